/*
 * moves: the keys that move: rows, pages, panes, stages, siblings, problems.
 */
#include "tui/actions.h"

/* Stages by the number that stands before them on the screen. */
void
do_stage(struct console *c, uint32_t key)
{
	static const enum stage numbered[] = { STAGE_ENV, STAGE_TXT, STAGE_HTTPS, STAGE_POLICY,
		STAGE_MX, STAGE_VERDICT };
	size_t number = key - '0';
	struct target target = { .kind = TARGET_STAGE };
	struct screen *top = console_top(c);

	target.stage = numbered[number < 6 ? number : 3];
	if (top->kind == SCREEN_STAGE) {
		top->target.stage = target.stage;
		top->nth = 0;
		console_moved(c);
	} else {
		console_push(c, SCREEN_STAGE, &target);
	}
	stage_begin(c);
}

void
do_policy(struct console *c, uint32_t key)
{
	(void)key;
	do_stage(c, '3');
}

void
move_done(struct console *c)
{
	console_top(c)->nth = 0;
	if (console_top(c)->kind == SCREEN_THEMES)
		themes_preview(c);
	c->is_dirty = true;
}

static void
move_rows(struct console *c, int rows)
{
	if (rows < 0)
		console_top(c)->follows = false;
	if (pane_move(console_pane(c), rows))
		move_done(c);
}

void
do_move(struct console *c, uint32_t key)
{
	int height = console_pane(c)->height > 1 ? console_pane(c)->height : 1;
	int half = height > 1 ? height / 2 : 1;
	const struct {
		enum action action;
		int rows;
	} steps[] = { { ACTION_DOWN, 1 }, { ACTION_UP, -1 }, { ACTION_HALF_DOWN, half },
		{ ACTION_HALF_UP, -half }, { ACTION_PAGE_DOWN, height },
		{ ACTION_PAGE_UP, -height }, { ACTION_FIRST, -1000000 }, { ACTION_LAST, 1000000 } };
	const struct screen_ops *ops = screen_ops(console_top(c)->kind);
	size_t i;

	if (ops->move != NULL && ops->move(c, key_action(key)))
		return;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (steps[i].action == key_action(key))
			move_rows(c, steps[i].rows);
	}
}

/* Between list and detail where both are shown, else along long lines. */
void
do_sideways(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);
	const struct screen_ops *ops = screen_ops(s->kind);
	bool is_right = key_action(key) == ACTION_RIGHT;

	if (ops->move != NULL && ops->move(c, key_action(key)))
		return;
	if (s->detail.has_doc && s->has_detail_focus != is_right) {
		s->has_detail_focus = is_right;
		c->is_dirty = true;
	} else if (pane_pan(console_pane(c), is_right ? 8 : -8)) {
		c->is_dirty = true;
	}
}

void
do_sibling(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);
	const struct screen_ops *ops = screen_ops(s->kind);
	int step = key_action(key) == ACTION_NEXT_SIBLING ? 1 : -1;

	s->nth = 0;
	if (ops->sibling == NULL) {
		move_rows(c, step);
		return;
	}
	ops->sibling(c, s, step);
	s->pane.top = 0;
	console_moved(c);
	stage_begin(c);
}

/* First the other findings of this row, then the next row that has one. */
void
do_problem(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);
	const struct row *row = pane_row(&s->pane);
	size_t count = row == NULL ? 0 : target_findings(&c->judgement, &row->target);
	bool forward = key_action(key) == ACTION_NEXT_PROBLEM;
	const struct screen_ops *ops = screen_ops(s->kind);

	if (ops->move != NULL && ops->move(c, key_action(key)))
		return;
	if (forward && screen_has_why(s) && row != NULL && row->severity >= SEVERITY_WARNING &&
		s->nth + 1 < count) {
		s->nth++;
	} else {
		s->nth = 0;
		if (!pane_problem(&s->pane, forward)) {
			console_say(c, "no problem here");
			return;
		}
	}
	c->is_dirty = true;
}

void
do_overview(struct console *c, uint32_t key)
{
	(void)key;
	while (console_pop(c))
		;
}
