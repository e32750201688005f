/*
 * replay: an opened session again from its begin: played in its own times, held, or event by event.
 *
 * It is a feed like any other: a timer that is readable when the next event is due. What was played
 * is a session of its own; the whole one stays as it is.
 */
#ifndef STS_REPLAY_H
#define STS_REPLAY_H

#include "tui/console.h"

#define REPLAY_FASTEST 6 /* 64 times */

struct replay {
	const struct session *whole;
	struct session shown; /* its first at events */
	size_t at;
	int speed; /* 2 to the power of it: 0 is as it was, -1 half as fast */
	bool is_active;
	bool is_held;
	int64_t base_us, begin_us; /* place in the session at a time of our clock */
	int timer_fd;
};

/* Begin at the walk's start, held. False when no timer can be had. */
bool replay_begin(struct replay *r, const struct session *whole);
void replay_release(struct replay *r);
struct feed replay_feed(struct replay *r);

void replay_hold(struct replay *r, bool is_held);
void replay_faster(struct replay *r, int step);
/* The place that is shown, in events; held there. */
void replay_go(struct replay *r, size_t at);
bool replay_is_done(const struct replay *r);
int64_t replay_now_us(const struct replay *r);

#endif
