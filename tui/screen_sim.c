/*
 * screen_sim: simulate, with its tabs, and the bounce helper. Nothing here touches the network.
 */
#include "core/attack.h"
#include "core/view_sim.h"
#include "tui/screen.h"

void
simulate_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_simulate(&in, (enum sim_tab)s->tab, s->attacks, out);
}

static void
go_to_tab(struct console *c, struct screen *s, unsigned tab)
{
	s->tab = tab;
	pane_release(&s->pane);
	console_changed(c);
}

/* The key that opens it goes on to the next tab. */
void
simulate_begin(struct console *c)
{
	struct screen *s = console_top(c);

	if (s->kind == SCREEN_SIMULATE)
		go_to_tab(c, s, (s->tab + 1) % sim_tab_count);
	else
		console_push(c, SCREEN_SIMULATE, NULL);
}

void
simulate_sibling(struct console *c, struct screen *s, int step)
{
	if (step > 0 ? s->tab + 1 < sim_tab_count : s->tab > 0)
		go_to_tab(c, s, step > 0 ? s->tab + 1 : s->tab - 1);
}

static bool
toggle_attack(struct screen *s, struct str id)
{
	for (int i = 0; i < attack_count; i++) {
		if (!str_is(id, attack_type((enum attack)i)->id))
			continue;
		s->attacks ^= ATTACK_BIT(i);
		return true;
	}
	return false;
}

/* Enter switches an attack on or off, and leads to the page of a sender, host or finding. */
void
simulate_open(struct console *c)
{
	struct screen *s = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	const struct str id = row != NULL ? row->id : STR_EMPTY;
	struct target target = { 0 };

	if (str_starts(id, STR("attack:")) && toggle_attack(s, str_skip(id, 7))) {
		console_changed(c);
		return;
	}
	if (!str_starts(id, STR("sender:"))) {
		console_open_row(c);
		return;
	}
	target.host = str_skip(id, 7);
	console_push(c, SCREEN_SENDER, &target);
}

void
sender_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_sim_sender(&in, s->target.host, out);
}

void
simulate_undo_all(struct console *c)
{
	struct screen *s = console_top(c);

	if (s->kind != SCREEN_SIMULATE) {
		console_say(c, "U switches the attacks of a simulation off (s)");
		return;
	}
	s->attacks = 0;
	console_changed(c);
}

void
bounce_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_ndr(c->has_judgement ? &in : NULL, s->target.host, out);
}

static void
accept_bounce(struct console *c, struct str text)
{
	const struct target target = { .host = text };

	if (text.n > 0)
		console_push(c, SCREEN_BOUNCE, &target);
}

void
bounce_begin(struct console *c)
{
	console_ask(c, "bounce, log line or code: ", STR_EMPTY, accept_bounce);
}
