#include "net/wait.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define NS_PER_MS 1000000
#define NS_PER_S 1000000000

deadline
deadline_now(void)
{
	struct timespec now;

	/* CLOCK_MONOTONIC cannot fail with a valid pointer. */
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (deadline)now.tv_sec * NS_PER_S + now.tv_nsec;
}

deadline
deadline_in_ms(int64_t ms)
{
	deadline now = deadline_now();

	if (ms > (INT64_MAX - now) / NS_PER_MS)
		return INT64_MAX;
	return now + ms * NS_PER_MS;
}

deadline
deadline_earlier(deadline a, deadline b)
{
	return a < b ? a : b;
}

int
deadline_left_ms(deadline d)
{
	deadline now = deadline_now();
	int64_t left;

	if (d <= now)
		return 0;
	left = (d - now - 1) / NS_PER_MS + 1;
	return left > INT_MAX ? INT_MAX : (int)left;
}

bool
waiter_was_stopped(const struct waiter *w)
{
	return w->is_stopped != NULL && atomic_load(w->is_stopped);
}

/* poll() for at most the time that is left, begun again when a signal came in between. */
static int
poll_until(struct pollfd *fds, nfds_t count, deadline limit)
{
	for (;;) {
		int ready = poll(fds, count, deadline_left_ms(limit));

		if (ready > 0 || (ready < 0 && errno != EINTR))
			return ready;
		if (ready == 0 && deadline_left_ms(limit) == 0)
			return 0;
	}
}

/*
 * Cancel beats everything, so that it works against a peer that never stops sending; what has
 * arrived beats tail, so that a reply which is there already is still read.
 */
static enum wait_result
wait_for(struct pollfd *fds, unsigned count, deadline limit, const struct waiter *w)
{
	struct pollfd all[WAIT_FDS_MAX + 2];
	bool is_past = deadline_left_ms(limit) == 0;
	int ready;

	assert(count <= WAIT_FDS_MAX);
	if (count > 0)
		memcpy(all, fds, count * sizeof(*fds));
	/* poll() passes over descriptors below 0. */
	all[count] = (struct pollfd){ .fd = w->cancel_fd, .events = POLLIN };
	all[count + 1] = (struct pollfd){ .fd = w->tail_fd, .events = POLLIN };
	ready = poll_until(all, count + 2, limit);
	for (unsigned i = 0; i < count; i++)
		fds[i].revents = ready > 0 ? all[i].revents : 0;
	if (ready < 0)
		return WAIT_FAILED;
	if (ready > 0 && all[count].revents != 0)
		return WAIT_CANCELLED;
	/* A peer that trickles bytes must not outlive its limit: past is past. */
	if (ready == 0 || is_past)
		return WAIT_TIMEOUT;
	for (unsigned i = 0; i < count; i++) {
		if ((fds[i].revents & POLLNVAL) != 0)
			return WAIT_FAILED;
		if (fds[i].revents != 0)
			return WAIT_READY;
	}
	return WAIT_TAIL;
}

enum wait_result
net_wait_many(struct pollfd *fds, unsigned count, deadline limit, const struct waiter *w)
{
	const struct waiter patient = {
		.cancel_fd = w->cancel_fd, .tail_fd = -1, .is_stopped = w->is_stopped
	};
	enum wait_result result;

	if (w->tail_fd < 0 || w->tail_after <= deadline_now())
		return wait_for(fds, count, limit, w);
	result = wait_for(fds, count, deadline_earlier(limit, w->tail_after), &patient);
	if (result != WAIT_TIMEOUT || limit <= w->tail_after)
		return result;
	return wait_for(fds, count, limit, w);
}

enum wait_result
net_wait(int fd, short events, deadline limit, const struct waiter *w)
{
	struct pollfd one = { .fd = fd, .events = events };

	return net_wait_many(&one, 1, limit, w);
}
