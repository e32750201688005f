/*
 * screen_sim: simulate, with its tabs. Nothing here touches the network.
 */
#include "core/attack.h"
#include "core/outlook.h"
#include "core/view_sim.h"
#include "tui/screen_sim.h"

void
simulate_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	struct sim_choice choice = s->sim;

	choice.whatif = &c->whatif;
	choice.draft = c->has_draft ? &c->draft : NULL;
	view_simulate(&in, (enum sim_tab)s->tab, &choice, out);
}

bool
simulate_is_whatif(const struct screen *s)
{
	return s->kind == SCREEN_SIMULATE && s->tab == SIM_TAB_WHATIF;
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
		s->sim.attacks ^= ATTACK_BIT(i);
		return true;
	}
	return false;
}

static bool
shows_senders(struct console *c)
{
	const struct screen *s = console_top(c);

	return s->kind == SCREEN_SIMULATE && s->tab == SIM_TAB_SENDERS && c->has_judgement;
}

bool
simulate_moment(struct console *c, int step)
{
	const struct view_input in = console_input(c);
	struct screen *s = console_top(c);
	int64_t moment_s;

	if (!shows_senders(c))
		return false;
	if (!sim_moment(&in, &s->sim, step, &moment_s)) {
		console_say(c, "no cached policy is known: there is no time to move in");
	} else if (moment_s == s->sim.moment_s) {
		console_say(c, step > 0 ? "that is the end of the copy"
					: "that is the first sight of the copy");
	} else {
		s->sim.moment_s = moment_s;
		console_changed(c);
	}
	return true;
}

bool
simulate_times(struct console *c)
{
	struct screen *s = console_top(c);

	if (!shows_senders(c))
		return false;
	s->sim.is_relative = !s->sim.is_relative;
	console_changed(c);
	console_say(c, "times of the senders: %s", s->sim.is_relative ? "from the walk on" : "UTC");
	return true;
}

bool
simulate_wants_key(struct console *c, enum action action)
{
	const struct screen *s = console_top(c);

	if (action == ACTION_MORE || action == ACTION_LESS || action == ACTION_TIMES)
		return shows_senders(c) && c->judgement.outlook->cached_count > 0;
	/* Room for what edits and saves. */
	if (action == ACTION_FINDINGS || action == ACTION_COPY)
		return !simulate_is_whatif(s);
	if (action == ACTION_UNDO)
		return simulate_is_whatif(s) && c->whatif.count > 0;
	if (action == ACTION_UNDO_ALL)
		return simulate_is_whatif(s) ? c->whatif.count > 0 : s->sim.attacks != 0;
	return true;
}

/* Another copy has another life: it begins with the moment of the walk. */
static bool
choose_copy(struct screen *s, struct str number)
{
	uint64_t copy;

	if (!str_to_u64(number, SIZE_MAX, &copy))
		return false;
	s->sim.copy = (size_t)copy;
	s->sim.moment_s = 0;
	return true;
}

/* Enter switches an attack on or off, chooses a cached policy, and leads to the page of a sender, host or finding. */
void
simulate_open(struct console *c)
{
	struct screen *s = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	const struct str id = row != NULL ? row->id : STR_EMPTY;
	struct target target = { 0 };

	if (simulate_is_whatif(s)) {
		whatif_open(c);
		return;
	}
	if ((str_starts(id, STR("attack:")) && toggle_attack(s, str_skip(id, 7))) ||
		(str_starts(id, STR("copy:")) && choose_copy(s, str_skip(id, 5)))) {
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

/* h l switch choices of What-if. */
bool
simulate_move(struct console *c, enum action action)
{
	if (!simulate_is_whatif(console_top(c)) ||
		(action != ACTION_LEFT && action != ACTION_RIGHT))
		return false;
	whatif_sideways(c, action == ACTION_RIGHT ? 1 : -1);
	return true;
}

void
simulate_write(struct console *c, struct str path, struct str policy, const char *next)
{
	struct err err = { .text = "" };
	struct arena a = { 0 };

	if (c->options->write_file(c->options->file_context, arena_str(&a, path).p, policy, &err) ==
		RESULT_OK) {
		console_say(c, "saved; upload it, then %s: %.*s, %zu bytes", next, STR_ARG(path),
			policy.n);
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
	arena_release(&a);
}

/* What the rollout card proposes at the selected row, else for its next step. */
static struct str
rollout_file(struct console *c, struct arena *a)
{
	const struct view_input in = console_input(c);
	const struct screen *s = console_top(c);
	const struct row *row;

	if (s->kind != SCREEN_SIMULATE || s->tab != SIM_TAB_ROLLOUT || !c->has_judgement)
		return STR_EMPTY;
	row = pane_row(console_pane(c));
	return sim_publish_file(a, &in, row != NULL ? row->id : STR_EMPTY);
}

static void
write_rollout(struct console *c, struct str path)
{
	struct arena a = { 0 };

	if (path.n > 0)
		simulate_write(c, path, rollout_file(c, &a), "the TXT record");
	arena_release(&a);
}

static bool
rollout_save(struct console *c)
{
	struct arena a = { 0 };
	const bool has_file = rollout_file(c, &a).n > 0;

	if (has_file && c->options->write_file == NULL)
		console_say(c, "nothing can be written from here");
	else if (has_file)
		console_ask(c, "write the policy to: ",
			arena_printf(&a, "%.*s-mta-sts.txt", STR_ARG(session_domain(c->session))),
			write_rollout);
	arena_release(&a);
	return has_file;
}

bool
simulate_saves_policy(struct console *c)
{
	struct arena a = { 0 };
	const bool is_one = simulate_is_whatif(console_top(c)) ? whatif_is_new(c)
							       : rollout_file(c, &a).n > 0;

	arena_release(&a);
	return is_one;
}

/* w saves the policy of What-if or of the rollout card, where there is one. */
bool
simulate_key(struct console *c, enum action action)
{
	if (action != ACTION_SAVE)
		return false;
	return simulate_is_whatif(console_top(c)) ? whatif_save(c) : rollout_save(c);
}

void
simulate_undo(struct console *c)
{
	if (!simulate_is_whatif(console_top(c)))
		console_say(c, "u undoes the last edit of What-if, a tab of simulate (s)");
	else if (!whatif_undo(&c->whatif))
		console_say(c, "nothing to undo: all is as it was walked");
	else
		console_changed(c);
}

/* Of the tab that is shown: what is edited, or which attacks are on. */
void
simulate_undo_all(struct console *c)
{
	struct screen *s = console_top(c);

	if (simulate_is_whatif(s)) {
		whatif_reset(&c->whatif);
	} else if (s->kind == SCREEN_SIMULATE && s->tab == SIM_TAB_ATTACKS) {
		s->sim.attacks = 0;
	} else {
		console_say(c, "U undoes all edits of What-if or Attacks, tabs of simulate (s)");
		return;
	}
	console_changed(c);
}
