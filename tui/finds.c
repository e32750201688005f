/*
 * finds: search, filter, least severity, order, and how the log runs.
 */
#include "tui/actions.h"
#include "tui/screen_sim.h"
#include "tui/rows.h"

static void
search_on(struct console *c, int step)
{
	size_t nth = 0, count = 0;

	if (!c->search.is_set) {
		console_say(c, "nothing was searched for yet: / begins");
		return;
	}
	if (!pane_search(console_pane(c), &c->search, step, &nth, &count)) {
		console_say(c, "/%s: no match here", buf_text(&c->search.text));
		c->is_status_error = true;
		return;
	}
	console_top(c)->follows = false;
	console_say(c, "/%s: match %zu of %zu", buf_text(&c->search.text), nth, count);
	move_done(c);
}

static void
accept_search(struct console *c, struct str text)
{
	char why[128];
	const char *wrong = NULL;

	if (text.n > 0)
		wrong = pattern_set(&c->search, text, why, sizeof(why));
	if (wrong != NULL) {
		console_say(c, "/%.*s: %s", STR_ARG(text), wrong);
		c->is_status_error = true;
	} else if (c->search.is_set) {
		search_on(c, 1);
	}
}

void
do_search(struct console *c, uint32_t key)
{
	(void)key;
	console_ask(c, "/", STR_EMPTY, accept_search);
}

void
do_match(struct console *c, uint32_t key)
{
	search_on(c, key_action(key) == ACTION_NEXT_MATCH ? 1 : -1);
}

static void
accept_filter(struct console *c, struct str text)
{
	struct screen *s = console_top(c);
	char why[128];
	const char *wrong = pattern_set(&s->filter, text, why, sizeof(why));

	console_changed(c);
	if (wrong == NULL)
		return;
	console_say(c, "\\%.*s: %s", STR_ARG(text), wrong);
	c->is_status_error = true;
}

void
do_filter(struct console *c, uint32_t key)
{
	(void)key;
	console_ask(c, "\\", buf_str(&console_top(c)->filter.text), accept_filter);
}

void
do_severity(struct console *c, uint32_t key)
{
	static const enum severity next[] = { [SEVERITY_OK] = SEVERITY_WARNING,
		[SEVERITY_INFO] = SEVERITY_WARNING,
		[SEVERITY_WARNING] = SEVERITY_INCONCLUSIVE,
		[SEVERITY_INCONCLUSIVE] = SEVERITY_OK,
		[SEVERITY_ERROR] = SEVERITY_OK };
	struct screen *s = console_top(c);

	(void)key;
	if (s->kind != SCREEN_FINDINGS && s->kind != SCREEN_LOG) {
		console_say(
			c, "m chooses the least severity among findings (f) and in the log (e)");
		return;
	}
	s->least = next[s->least];
	console_changed(c);
}

void
do_sort(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);
	int count = s->pane.doc.table_count > 0 ? (int)s->pane.doc.tables[0].count : 0;
	int step = key_action(key) == ACTION_SORT_RIGHT ? 1 : -1;
	bool is_list = s->kind == SCREEN_FINDINGS || s->kind == SCREEN_TLSRPT ||
		       (s->kind == SCREEN_STAGE && s->target.stage == STAGE_MX);

	if (!is_list || count == 0) {
		console_say(c, "< > sort findings (f), MX hosts (4) and TLSRPT reports (o)");
		return;
	}
	s->sort = (s->sort + step + count + 1) % (count + 1);
	console_changed(c);
	if (s->sort == 0)
		console_say(c, "in its own order");
	else
		console_say(c, "sorted by %s", rows_column(&s->pane.doc, s->sort));
}

void
do_follow(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);

	(void)key;
	if (s->kind != SCREEN_LOG) {
		console_say(c, "F follows the end of the log (e)");
		return;
	}
	s->follows = !s->follows;
	if (s->follows)
		pane_edge(&s->pane, true);
	c->is_dirty = true;
}

void
do_times(struct console *c, uint32_t key)
{
	static const char *const words[] = { "since the start", "since the last event", "UTC" };

	(void)key;
	if (simulate_times(c))
		return;
	c->times = (enum times)((c->times + 1) % 3);
	console_changed(c);
	console_say(c, "times in log and dialogues: %s", words[c->times]);
}
