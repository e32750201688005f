/*
 * screen_log: times of the log: since start, since the last event, UTC; and its document, kept.
 */
#include <string.h>

#include "tui/screen_live.h"

const struct event *
log_event(const struct session *s, const struct row *row)
{
	uint64_t seq;

	if (!str_starts(row->id, STR("event:")) ||
		!str_to_u64(str_skip(row->id, 6), UINT32_MAX, &seq))
		return NULL;
	return session_event(s, (uint32_t)seq);
}

void
log_times(const struct console *c, struct doc *d)
{
	int64_t last_us = 0;
	size_t i;

	if (c->times == TIMES_START)
		return;
	for (i = 0; i < d->count; i++) {
		const struct event *e = log_event(c->session, &d->rows[i]);
		struct span *span;
		int64_t step;

		if (e == NULL || d->rows[i].count == 0 || d->rows[i].cells[0].count == 0)
			continue;
		span = &d->rows[i].cells[0].spans[0];
		step = e->us > last_us ? e->us - last_us : 0;
		if (c->times == TIMES_UTC)
			span->text = view_utc(&d->arena, c->session, e->us);
		else
			span->text = safe_printf(&d->arena, "^%d.%03d", (int)(step / 1000000),
				(int)(step / 1000 % 1000));
		last_us = e->us;
	}
}

void
log_keep(struct console *c, struct screen *s)
{
	bool is_whole = !s->filter.is_set && s->sort == 0 && s->least == SEVERITY_OK &&
			s->pane.left == 0;

	if (!is_whole || !s->pane.has_doc || s->built != c->version)
		return;
	screen_release(&c->log);
	c->log.pane = s->pane;
	c->log.built = s->built;
	c->log.built_left = s->built_left;
	memset(&s->pane, 0, sizeof(s->pane));
}

void
log_recall(struct console *c, struct screen *s)
{
	if (!c->log.pane.has_doc || c->log.built != c->version)
		return;
	s->pane = c->log.pane;
	s->built = c->log.built;
	s->built_left = c->log.built_left;
	memset(&c->log, 0, sizeof(c->log));
	pane_edge(&s->pane, false);
}
