/*
 * actions: what each key does. One function per action where it is more than a line.
 */
#include "tui/screen.h"
#include "tui/term.h"

/* Stages by the number that stands before them on the screen. */
static const enum stage numbered[] = { STAGE_ENV, STAGE_TXT, STAGE_HTTPS, STAGE_POLICY, STAGE_MX,
	STAGE_VERDICT };
#define NUMBERED (sizeof(numbered) / sizeof(numbered[0]))

static void
go_stage(struct console *c, size_t number)
{
	struct target target = { .kind = TARGET_STAGE, .stage = numbered[number] };
	struct screen *top = console_top(c);

	if (top->kind == SCREEN_STAGE) {
		top->target.stage = target.stage;
		top->nth = 0;
		c->is_dirty = true;
	} else {
		console_push(c, SCREEN_STAGE, &target);
	}
}

static void
open_row(struct console *c)
{
	static const enum screen_kind kinds[] = {
		[TARGET_NONE] = SCREEN_OVERVIEW,
		[TARGET_STAGE] = SCREEN_STAGE,
		[TARGET_HOST] = SCREEN_HOST,
		[TARGET_ADDRESS] = SCREEN_ADDRESS,
		[TARGET_FINDING] = SCREEN_FINDING,
		[TARGET_LINE] = SCREEN_OVERVIEW,
	};
	struct screen *top = console_top(c);
	const struct row *row = pane_row(&top->pane);
	enum screen_kind kind = row == NULL ? SCREEN_OVERVIEW : kinds[row->target.kind];

	if (kind == SCREEN_OVERVIEW || (kind == SCREEN_STAGE && top->kind == SCREEN_STAGE &&
					       row->target.stage == top->target.stage)) {
		console_say(c, "nothing further to open here");
		return;
	}
	console_push(c, kind, &row->target);
}

/* The address that stands step places further in the walk's order, over all hosts. */
static void
sibling_address(struct console *c, struct screen *s, int step)
{
	const struct mx_host *last_host = NULL;
	const struct attempt *last = NULL;
	bool take_next = false;
	size_t h, i;

	for (h = 0; h < c->session->host_count; h++) {
		const struct mx_host *host = c->session->hosts[h];

		for (i = 0; i < host->address_count; i++) {
			const struct attempt *t = host->addresses[i];
			bool is_here = str_eq(host->name, s->target.host) &&
				       str_eq(t->address, s->target.address);

			if (take_next || (is_here && step < 0)) {
				if (!take_next) {
					t = last;
					host = last_host;
				}
				if (t == NULL)
					return;
				buf_clear(&s->host);
				buf_clear(&s->address);
				buf_add(&s->host, host->name);
				buf_add(&s->address, t->address);
				s->target.host = buf_str(&s->host);
				s->target.address = buf_str(&s->address);
				return;
			}
			take_next = is_here && step > 0;
			last = t;
			last_host = host;
		}
	}
}

static void
sibling_host(struct console *c, struct screen *s, int step)
{
	size_t h;

	for (h = 0; h < c->session->host_count; h++) {
		if (!str_eq(c->session->hosts[h]->name, s->target.host))
			continue;
		if ((step < 0 && h == 0) || (step > 0 && h + 1 == c->session->host_count))
			return;
		buf_clear(&s->host);
		buf_add(&s->host, c->session->hosts[step < 0 ? h - 1 : h + 1]->name);
		s->target.host = buf_str(&s->host);
		return;
	}
}

static void
sibling_stage(struct screen *s, int step)
{
	size_t i;

	for (i = 0; i < NUMBERED; i++) {
		if (numbered[i] == s->target.stage)
			break;
	}
	if ((step < 0 && i == 0) || (step > 0 && i + 1 >= NUMBERED))
		return;
	s->target.stage = numbered[step < 0 ? i - 1 : i + 1];
}

static void
sibling(struct console *c, int step)
{
	struct screen *s = console_top(c);

	s->nth = 0;
	c->is_dirty = true;
	switch (s->kind) {
	case SCREEN_STAGE:
		sibling_stage(s, step);
		break;
	case SCREEN_HOST:
		sibling_host(c, s, step);
		break;
	case SCREEN_ADDRESS:
		sibling_address(c, s, step);
		break;
	case SCREEN_FINDING:
		if (step < 0 ? s->target.index > 0 : s->target.index + 1 < c->judgement.count)
			s->target.index += step < 0 ? (size_t)-1 : 1;
		break;
	case SCREEN_OVERVIEW:
	case SCREEN_FINDINGS:
	case SCREEN_LOG:
	case SCREEN_HELP:
		pane_move(&s->pane, step);
		break;
	}
}

/* First the other findings of this row, then the next row that has one. */
static void
problem(struct console *c, bool forward)
{
	struct screen *s = console_top(c);
	const struct row *row = pane_row(&s->pane);
	size_t count = row == NULL ? 0 : target_findings(&c->judgement, &row->target);

	if (forward && row != NULL && row->severity >= SEVERITY_WARNING && s->nth + 1 < count) {
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

static void
stop(struct console *c)
{
	if (!c->session->is_ended && !c->is_stopping && c->options->feed.cancel != NULL) {
		c->is_stopping = true;
		c->options->feed.cancel(c->options->feed.context);
		console_say(c, "stopped; ^C again leaves");
	} else {
		c->is_leaving = true;
	}
}

static void
back(struct console *c, uint32_t key)
{
	if (console_pop(c))
		return;
	/* At the overview Esc does nothing, and q leaves. */
	if (key != 0x1b)
		c->is_leaving = true;
}

static void
move_rows(struct console *c, int rows)
{
	struct screen *s = console_top(c);

	if (pane_move(&s->pane, rows)) {
		s->nth = 0;
		c->is_dirty = true;
	}
}

static int
page(struct console *c, int part)
{
	int height = console_top(c)->pane.height;

	return height > part ? height / part : 1;
}

static void
act(struct console *c, enum action action, uint32_t key)
{
	switch (action) {
	case ACTION_OPEN:
		open_row(c);
		break;
	case ACTION_NEXT_PROBLEM:
		problem(c, true);
		break;
	case ACTION_PREVIOUS_PROBLEM:
		problem(c, false);
		break;
	case ACTION_DOWN:
		move_rows(c, 1);
		break;
	case ACTION_UP:
		move_rows(c, -1);
		break;
	case ACTION_HALF_DOWN:
		move_rows(c, page(c, 2));
		break;
	case ACTION_HALF_UP:
		move_rows(c, -page(c, 2));
		break;
	case ACTION_PAGE_DOWN:
		move_rows(c, page(c, 1));
		break;
	case ACTION_PAGE_UP:
		move_rows(c, -page(c, 1));
		break;
	case ACTION_FIRST:
		move_rows(c, -1000000);
		break;
	case ACTION_LAST:
		move_rows(c, 1000000);
		break;
	case ACTION_NEXT_SIBLING:
		sibling(c, 1);
		break;
	case ACTION_PREVIOUS_SIBLING:
		sibling(c, -1);
		break;
	case ACTION_STAGE_0:
	case ACTION_STAGE_1:
	case ACTION_STAGE_2:
	case ACTION_STAGE_3:
	case ACTION_STAGE_4:
	case ACTION_STAGE_5:
		go_stage(c, (size_t)(action - ACTION_STAGE_0));
		break;
	case ACTION_OVERVIEW:
		while (console_pop(c))
			;
		break;
	case ACTION_FINDINGS:
		console_push(c, SCREEN_FINDINGS, NULL);
		break;
	case ACTION_LOG:
		console_push(c, SCREEN_LOG, NULL);
		break;
	case ACTION_POLICY:
		go_stage(c, 3);
		break;
	case ACTION_HELP:
		console_push(c, SCREEN_HELP, NULL);
		break;
	case ACTION_BACK:
		back(c, key);
		break;
	case ACTION_QUIT:
		c->is_leaving = true;
		break;
	case ACTION_STOP:
		stop(c);
		break;
	case ACTION_REDRAW:
		term_redraw(c->term);
		c->is_dirty = true;
		break;
	case ACTION_SUSPEND:
		term_suspend(c->term);
		c->is_dirty = true;
		break;
	case ACTION_NONE:
	case action_count:
		console_say(c, "this key does nothing here; ? shows those that do");
		break;
	}
}

void
console_key(struct console *c, uint32_t key)
{
	if (c->status.n > 0) {
		buf_clear(&c->status);
		c->is_dirty = true;
	}
	act(c, key_action(key), key);
}
