/*
 * screen_replay: keys of a replay. The console shows what was played in place of the whole session,
 * and takes its events from the replay's timer; at the end everything is as it was.
 */
#include <stdio.h>

#include "tui/screen_live.h"

static void
show(struct console *c)
{
	struct replay *r = &c->replay;

	c->session = &r->shown;
	c->feed = replay_feed(r);
	c->is_held = r->is_held;
	console_rejudge(c);
}

static void
replay_leave(struct console *c)
{
	c->session = c->options->session;
	c->feed = c->live;
	c->is_held = false;
	console_rejudge(c);
	console_say(c, "replay: the end");
}

/* The session that is shown goes with the replay: nothing may point into it any more. */
void
replay_drop(struct console *c)
{
	if (!c->replay.is_active)
		return;
	save_wait(c);
	replay_leave(c);
	replay_release(&c->replay);
}

static bool
is_active(struct console *c)
{
	if (c->replay.is_active)
		return true;
	if (!c->options->session->is_ended && c->live.fd >= 0)
		console_say(c, "the walk still runs: a finished one can be played again");
	else if (!replay_begin(&c->replay, c->options->session))
		console_say(c, "no timer for a replay");
	return c->replay.is_active;
}

static void
go(struct console *c, size_t at)
{
	if (at >= c->options->session->event_count) {
		replay_drop(c);
		return;
	}
	save_wait(c);
	if (c->has_judgement)
		judgement_release(&c->judgement);
	c->has_judgement = false;
	replay_go(&c->replay, at);
	show(c);
}

void
replay_key(struct console *c, enum action action)
{
	struct replay *r = &c->replay;
	const bool was_active = r->is_active;

	if (!is_active(c))
		return;
	if (!was_active && action == ACTION_REPLAY_BACK)
		go(c, c->options->session->event_count - 1);
	else if (action == ACTION_REPLAY_BACK)
		go(c, r->at - 1);
	else if (action == ACTION_REPLAY_NEXT)
		go(c, r->at + 1);
	else if (action == ACTION_MORE || action == ACTION_LESS)
		replay_faster(r, action == ACTION_MORE ? 1 : -1);
	else
		replay_hold(r, !r->is_held);
	if (r->is_active)
		show(c);
}

/* "replay 1.84 of 10.42s x2" for the title. */
const char *
replay_words(const struct console *c, char *text, size_t size)
{
	const struct replay *r = &c->replay;
	const double now = (double)replay_now_us(r) / 1000000;

	snprintf(text, size, "replay %.2f of %.2fs %s%d%s", now,
		(double)r->whole->last_us / 1000000, r->speed < 0 ? "x1/" : "x",
		1 << (r->speed < 0 ? -r->speed : r->speed), r->is_held ? " held" : "");
	return text;
}
