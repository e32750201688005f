/* screen_diff: D: what changed since the last walk of this domain that is kept. */
#include "core/diff.h"
#include "tui/history.h"
#include "tui/screen.h"

void
diff_begin(struct console *c)
{
	const struct ev_walk_start *start = c->session->start;
	struct session *base;

	if (start == NULL || console_top(c)->kind == SCREEN_DIFF)
		return;
	if (c->before == NULL) {
		base = arena_new(&c->arena, struct session);
		if (!history_last(start->domain, start->started_ms, base)) {
			console_say(c, "no earlier walk of %.*s is kept", STR_ARG(start->domain));
			return;
		}
		c->before = base;
		judge(base, c->options->judge, &c->judged_before);
	}
	console_push(c, SCREEN_DIFF, NULL);
}

void
diff_release_base(struct console *c)
{
	if (c->before == NULL)
		return;
	judgement_release(&c->judged_before);
	session_release(c->before);
	c->before = NULL;
}

void
diff_screen_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input old = { c->before, &c->judged_before, c->before->last_us };
	const struct view_input new = console_input(c);
	struct diff diff;

	(void)s;
	diff_sessions(&old, &new, &diff);
	view_diff(&diff, out);
	diff_release(&diff);
}
