/*
 * rehearse: a policy file over a walk that has ended: what it would do on the evidence of this walk.
 * The console shows a copy of the session that was told of the file; the walk itself stays as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "tui/screen_tlsrpt.h"

static void
drop(struct console *c)
{
	if (c->rehearsal == NULL)
		return;
	session_release(c->rehearsal);
	free(c->rehearsal);
	c->rehearsal = NULL;
}

void
rehearse_release(struct console *c)
{
	drop(c);
}

/* What is judged may point into the session that goes. */
static void
show(struct console *c, struct session *s)
{
	if (c->has_judgement)
		judgement_release(&c->judgement);
	c->has_judgement = false;
	drop(c);
	c->session = s;
	console_rejudge(c);
}

bool
rehearse_end(struct console *c)
{
	if (c->rehearsal == NULL || c->session != c->rehearsal)
		return false;
	show(c, c->options->session);
	console_say(c, "the walk as it was, with the published policy");
	return true;
}

static struct session *
copy_of(const struct session *whole)
{
	struct session *s = mem_alloc(sizeof(*s));

	session_init(s);
	s->recorded_by = arena_str(&s->arena, whole->recorded_by);
	for (size_t i = 0; i < whole->event_count; i++)
		session_fold(s, event_copy(&s->arena, whole->events[i]));
	session_settle(s);
	return s;
}

/* Where the name begins behind the folders. */
static size_t
base_at(struct str path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return at;
}

void
rehearse_begin(struct console *c, struct str path, struct str body)
{
	const struct ev_policy_rehearsed rehearsed = { .source = path, .body = body };
	const struct event e = {
		.job = STR("walk"), .kind = EV_POLICY_REHEARSED, .payload = &rehearsed
	};
	const size_t dir = base_at(path);
	struct session *s;

	if (c->options->session->start == NULL) {
		console_say(c, "a policy file: over a walk o says what it would do; "
			       "`stswalk lint --policy` judges it alone");
		return;
	}
	if (!c->options->session->is_ended) {
		console_say(c, "a policy file: when the walk has ended, o says what it would do");
		return;
	}
	replay_drop(c);
	s = copy_of(c->options->session);
	session_apply(s, &e);
	show(c, s);
	c->rehearsal = s;
	while (console_pop(c))
		;
	console_say(c, "rehearsal of %.*s: not what is published; o and Enter alone ends it",
		STR_ARG(str_skip(path, dir)));
}
