#include "tui/replay.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t
scaled(int64_t us, int speed)
{
	return speed >= 0 ? us * (1 << speed) : us / (1 << -speed);
}

int64_t
replay_now_us(const struct replay *r)
{
	int64_t now = r->base_us;

	if (!r->is_held)
		now += scaled(clock_us() - r->begin_us, r->speed);
	return now < r->whole->last_us ? now : r->whole->last_us;
}

/* From here on the clock runs anew: after a step, a hold or another speed. */
static void
rebase(struct replay *r, int64_t now_us)
{
	r->base_us = now_us;
	r->begin_us = clock_us();
}

/* Readable when the next event is due; 1 ns from now at the latest, for 0 would switch it off. */
static void
arm(struct replay *r)
{
	struct itimerspec when = { { 0, 0 }, { 0, 1 } };
	int64_t us;

	if (r->at < r->whole->event_count) {
		us = scaled(r->whole->events[r->at]->us - replay_now_us(r), -r->speed);
		if (us > 0) {
			when.it_value.tv_sec = (time_t)(us / 1000000);
			when.it_value.tv_nsec = (long)(us % 1000000 * 1000 + 1);
		}
	}
	timerfd_settime(r->timer_fd, 0, &when, NULL);
}

void
replay_release(struct replay *r)
{
	if (!r->is_active)
		return;
	close(r->timer_fd);
	session_release(&r->shown);
	*r = (struct replay){ .timer_fd = -1 };
}

void
replay_hold(struct replay *r, bool is_held)
{
	const int64_t now_us = replay_now_us(r);

	r->is_held = is_held;
	rebase(r, now_us);
	arm(r);
}

void
replay_faster(struct replay *r, int step)
{
	const int64_t now_us = replay_now_us(r);

	if (r->speed + step > REPLAY_FASTEST || r->speed + step < -REPLAY_FASTEST)
		return;
	r->speed += step;
	rebase(r, now_us);
	arm(r);
}

/* Back means from the begin: folding is fast, and cannot be undone. */
void
replay_go(struct replay *r, size_t at)
{
	at = at > 0 ? at : 1;
	at = at < r->whole->event_count ? at : r->whole->event_count;
	if (at < r->at) {
		session_release(&r->shown);
		session_init(&r->shown);
		r->at = 0;
	}
	for (; r->at < at; r->at++)
		session_fold(&r->shown, event_copy(&r->shown.arena, r->whole->events[r->at]));
	session_settle(&r->shown);
	r->is_held = true;
	rebase(r, r->at > 0 ? r->whole->events[r->at - 1]->us : 0);
}

bool
replay_begin(struct replay *r, const struct session *whole)
{
	*r = (struct replay){ .whole = whole, .is_active = true, .is_held = true };
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	session_init(&r->shown);
	r->is_active = r->timer_fd >= 0;
	/* The walk's start: without it nothing has a name. */
	if (r->is_active)
		replay_go(r, 1);
	return r->is_active;
}

bool
replay_is_done(const struct replay *r)
{
	return r->at >= r->whole->event_count;
}

static bool
feed_take(void *context, const struct event **event)
{
	struct replay *r = context;
	uint64_t ticks;

	if (read(r->timer_fd, &ticks, sizeof(ticks)) < 0)
		ticks = 0;
	if (r->is_held || replay_is_done(r))
		return false;
	if (r->whole->events[r->at]->us > replay_now_us(r)) {
		arm(r);
		return false;
	}
	*event = r->whole->events[r->at++];
	return true;
}

static int64_t
feed_now_us(void *context)
{
	return replay_now_us(context);
}

struct feed
replay_feed(struct replay *r)
{
	return (struct feed){ r->timer_fd, feed_take, NULL, feed_now_us, .context = r };
}
