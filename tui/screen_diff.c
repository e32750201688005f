/*
 * screen_diff: D: what changed since the last walk of this domain that is kept, or since a session
 * that is asked for; Enter shows both sides of a change whole.
 */
#include <stdio.h>

#include "core/diff.h"
#include "tui/history.h"
#include "tui/screen.h"
#include "tui/session_input.h"

/* The other side, judged; what the picture counted stays for the frame. */
struct base {
	struct session session;
	struct judgement judgement;
	size_t changes, same_facts, same_findings;
};

static void
make(const struct console *c, struct diff *out)
{
	const struct base *base = c->base;
	const struct view_input old = { &base->session, &base->judgement, base->session.last_us };
	const struct view_input new = console_input(c);

	diff_sessions(&old, &new, out);
}

static void
show(struct console *c, struct base *base)
{
	judge(&base->session, c->options->judge, &base->judgement);
	c->base = base;
	console_push(c, SCREEN_DIFF, NULL);
}

static void
accept_base(struct console *c, struct str path)
{
	struct base *base;
	struct str warning;
	struct err err;

	if (path.n == 0)
		return;
	base = arena_new(&c->arena, struct base);
	if (session_load(arena_str(&c->arena, path).p, &base->session, &warning, &err) ==
		RESULT_OK) {
		show(c, base);
		if (warning.n > 0)
			console_say(c, "%.*s", STR_ARG(warning));
	} else {
		session_release(&base->session);
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
}

void
diff_begin(struct console *c)
{
	const struct ev_walk_start *start = c->session->start;
	struct base *base;

	if (start == NULL || console_top(c)->kind == SCREEN_DIFF)
		return;
	if (c->base != NULL) {
		console_push(c, SCREEN_DIFF, NULL);
		return;
	}
	base = arena_new(&c->arena, struct base);
	if (!c->options->has_no_history &&
		history_last(start->domain, start->started_ms, &base->session)) {
		show(c, base);
		return;
	}
	session_release(&base->session);
	console_ask(
		c, "no earlier walk is kept; compare with session file: ", STR_EMPTY, accept_base);
}

void
diff_release_base(struct console *c)
{
	if (c->base == NULL)
		return;
	judgement_release(&c->base->judgement);
	session_release(&c->base->session);
	c->base = NULL;
}

void
diff_screen_view(const struct console *c, const struct screen *s, struct doc *out)
{
	struct diff diff;

	(void)s;
	make(c, &diff);
	view_diff_screen(&diff, out);
	c->base->changes = diff.count;
	c->base->same_facts = diff.same[DIFF_FACTS];
	c->base->same_findings = diff.same[DIFF_FINDINGS];
	diff_release(&diff);
}

void
change_view(const struct console *c, const struct screen *s, struct doc *out)
{
	struct diff diff;

	make(c, &diff);
	view_change(&diff, s->target.index, out);
	diff_release(&diff);
}

/* The number of a row "diff:12". */
static bool
change_of_row(const struct row *row, size_t *out)
{
	uint64_t number;

	if (row == NULL || !str_starts(row->id, STR("diff:")) ||
		!str_to_u64(str_skip(row->id, 5), UINT32_MAX, &number))
		return false;
	*out = (size_t)number;
	return true;
}

void
change_open(struct console *c)
{
	struct target target = { .kind = TARGET_NONE };

	if (change_of_row(pane_row(console_pane(c)), &target.index))
		console_push(c, SCREEN_CHANGE, &target);
	else
		console_say(c, "nothing changed");
}

/* J and K with one change open: the next row of the list below, which goes along. */
void
change_sibling(struct console *c, struct screen *s, int step)
{
	struct pane *list = &c->stack[c->depth > 1 ? c->depth - 2 : 0].pane;

	pane_move(list, step);
	change_of_row(pane_row(list), &s->target.index);
}

/* Every row is a change: Tab goes round. */
bool
diff_move(struct console *c, enum action action)
{
	struct pane *pane = console_pane(c);
	const bool is_forward = action == ACTION_NEXT_PROBLEM;

	if (!is_forward && action != ACTION_PREVIOUS_PROBLEM)
		return false;
	if (!pane_move(pane, is_forward ? 1 : -1))
		pane_edge(pane, !is_forward);
	c->is_dirty = true;
	return true;
}

struct safe
diff_counter(const struct console *c, struct arena *a)
{
	const struct base *base = c->base;
	size_t at, of;

	if (base->changes == 0)
		return safe_printf(a, "nothing changed   same: %zu facts, %zu findings",
			base->same_facts, base->same_findings);
	pane_place(&c->stack[c->depth - 1].pane, &at, &of);
	return safe_printf(a, "change %zu of %zu   same: %zu facts, %zu findings", at, of,
		base->same_facts, base->same_findings);
}

struct safe
diff_status(const struct console *c, struct arena *a)
{
	const bool is_same = c->base->changes == 0;

	return safe_printf(
		a, "`stswalk diff` would exit %d (%s)", !is_same, is_same ? "same" : "different");
}
