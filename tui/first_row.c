/*
 * first_row: where the overview begins: on its worst row, live on the row that runs. From the first
 * key that moves it on, the cursor is the user's.
 */
#include "tui/screen_live.h"

static bool
is_at(const struct row *row, const struct finding *f)
{
	const enum stage stage = f->stage == STAGE_TLSRPT ? STAGE_TXT : f->stage;

	if (f->stage == STAGE_MX && f->host != NULL)
		return row->target.kind == TARGET_HOST && str_eq(row->target.host, f->host->name);
	return row->target.kind == TARGET_STAGE && row->target.stage == stage;
}

/* What is to be done first; where nothing is, the verdict. */
static bool
is_worst(const struct judgement *j, const struct row *row)
{
	if (j->count > 0 && j->findings[0].severity >= SEVERITY_WARNING)
		return is_at(row, &j->findings[0]);
	return row->target.kind == TARGET_STAGE && row->target.stage == STAGE_VERDICT;
}

static bool
is_running(const struct judgement *j, const struct row *row)
{
	if (row->target.kind == TARGET_STAGE && row->target.stage != STAGE_MX)
		return j->stages[row->target.stage] == STATE_RUNNING;
	for (size_t i = 0; row->target.kind == TARGET_HOST && i < j->host_count; i++) {
		if (str_eq(row->target.host, j->hosts[i].host->name))
			return j->hosts[i].state == STATE_RUNNING;
	}
	return false;
}

/* Stages come to run one after the other; at the first host that runs the cursor has arrived. */
static bool
is_on_its_way(const struct console *c, const struct pane *pane)
{
	const struct row *row = pane_row(pane);

	return row == NULL || (row->target.kind == TARGET_STAGE && !is_running(&c->judgement, row));
}

void
first_row(struct console *c)
{
	struct screen *s = console_top(c);
	const bool is_ended = c->session->is_ended;

	if (c->has_first_row || c->depth > 1 || s->kind != SCREEN_OVERVIEW || c->replay.is_active)
		return;
	console_build(c);
	if (!is_ended && !is_on_its_way(c, &s->pane))
		return;
	for (size_t i = 0; i < s->pane.doc.count; i++) {
		const struct row *row = &s->pane.doc.rows[i];

		if (row->id.n > 0 && (is_ended ? is_worst(&c->judgement, row)
					       : is_running(&c->judgement, row))) {
			pane_select(&s->pane, row->id);
			break;
		}
	}
	c->has_first_row = is_ended;
}
