/*
 * screen_live: keys of a live walk: R walks the selected thing again, x stops its probe.
 */
#include "tui/screen_live.h"

/* Of the selected row, or of the page that has no such rows. */
static const struct target *
selected(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);

	if (row != NULL && row->target.kind != TARGET_NONE)
		return &row->target;
	return &console_top(c)->target;
}

bool
live_is_here(struct console *c)
{
	if (c->replay.is_active)
		console_say(c, "this is a replay: P and . go on to its end");
	else if (c->live.fd < 0)
		console_say(c, "this session is from a file: d walks a domain");
	else if (c->live.again == NULL)
		console_say(c, "this walk is on another host: r walks the domain from here");
	else
		return true;
	return false;
}

bool
live_again(struct console *c, const struct again *what, enum again_reason reason)
{
	struct err err = { .text = "" };
	bool has_begun;

	if (c->is_watching)
		watch_note(&c->watch, &c->judgement);
	save_wait(c);
	/* It points into the session, which is made anew. */
	if (c->has_judgement)
		judgement_release(&c->judgement);
	c->has_judgement = false;
	has_begun = c->live.again(c->live.context, what, reason, &c->live.fd, &err) == RESULT_OK;
	if (has_begun) {
		c->feed = c->live;
		c->is_held = c->is_stopping = false;
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
	console_rejudge(c);
	return has_begun;
}

/* In the log a row is an event, which is of a job. */
static bool
choose(struct console *c, struct arena *a, struct again *what)
{
	const struct screen *s = console_top(c);
	const struct row *row = pane_row(&s->pane);
	const struct event *event;

	if (s->kind != SCREEN_LOG)
		return again_of_target(a, &c->judgement, selected(c), what);
	event = row != NULL ? log_event(c->session, row) : NULL;
	return event != NULL && again_of_job(a, c->session, event->job, what);
}

void
again_begin(struct console *c)
{
	struct arena a = { 0 };
	struct again what;

	if (!live_is_here(c))
		return;
	if (!c->session->is_ended)
		console_say(c, "the walk still runs: x stops a probe, ^C the walk");
	else if (!choose(c, &a, &what))
		console_say(c, "R is for a stage, a host or an address; r walks all again");
	else if (live_again(c, &what, AGAIN_OPERATOR))
		console_say(c, "again: %.*s",
			STR_ARG(again_words(
				&a, &(struct ev_walk_again){ .parts = again_parts(&a, &what),
					    .hosts = what.hosts })));
	arena_release(&a);
}

/* How many probes of the selected thing were ended; none where it is no address and no host. */
static unsigned
stop(struct console *c, const struct target *t, struct arena *a, struct str *who)
{
	const bool is_mx = t->stage == STAGE_MX;

	if (t->kind == TARGET_HOST || t->kind == TARGET_ADDRESS) {
		*who = arena_str(a, t->host);
		return c->live.stop(c->live.context, is_mx ? ATTEMPT_SMTP : ATTEMPT_HTTPS, t->host,
			t->kind == TARGET_ADDRESS ? t->address : STR_EMPTY);
	}
	if (t->kind != TARGET_STAGE || t->stage != STAGE_HTTPS)
		return 0;
	*who = arena_printf(a, "mta-sts.%.*s", STR_ARG(session_domain(c->session)));
	return c->live.stop(c->live.context, ATTEMPT_HTTPS, *who, STR_EMPTY);
}

void
stop_begin(struct console *c)
{
	struct arena a = { 0 };
	struct str who = STR_EMPTY;
	unsigned count;

	if (!live_is_here(c))
		return;
	if (c->session->is_ended) {
		console_say(c, "nothing runs: the walk has ended");
		return;
	}
	count = stop(c, selected(c), &a, &who);
	if (count > 0)
		console_say(c, "%.*s: stopped; the rest of the walk goes on",
			SAFE_ARG(safe_text(&a, who, 60)));
	else if (who.n > 0)
		console_say(c, "%.*s: no probe of it runs", SAFE_ARG(safe_text(&a, who, 60)));
	else
		console_say(
			c, "x is for a host, an address or the policy fetch; ^C stops the walk");
	arena_release(&a);
}
