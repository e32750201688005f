/*
 * wait: the one place that waits. Deadlines are absolute monotonic nanoseconds, passed by value.
 *
 * A cancel fd is an eventfd that becomes readable once and is never drained: it ends every wait of
 * whoever has it at once. Lookups share one; every probe of a walk has its own, so that it can be
 * stopped alone.
 */
#ifndef STS_WAIT_H
#define STS_WAIT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/err.h"

#define WAIT_FDS_MAX 16 /* of one net_wait_many() */

typedef int64_t deadline; /* CLOCK_MONOTONIC, ns */

deadline deadline_now(void);
deadline deadline_in_ms(int64_t ms);
deadline deadline_earlier(deadline a, deadline b);
int deadline_left_ms(deadline d); /* rounded up, 0 when past, at most INT_MAX */

/* What ends waits early: cancel (the user) and, for SMTP's last words only, tail (nothing else runs). */
struct waiter {
	int cancel_fd;
	int tail_fd; /* -1: none */
	deadline tail_after; /* tail ends no wait before this; 0: at once */
	const atomic_bool *is_stopped; /* whether cancel is for this one alone; NULL: never */
};
/* What WAIT_CANCELLED was: the user stopped this alone. */
bool waiter_was_stopped(const struct waiter *w);

enum wait_result { WAIT_READY, WAIT_TIMEOUT, WAIT_CANCELLED, WAIT_TAIL, WAIT_FAILED };

/*
 * Wait for poll() events on fd (-1: only for the others). Cancel comes before anything else. A limit
 * that is past already is a timeout even where fd is ready, so that trickled bytes prolong nothing;
 * what is ready comes before tail. WAIT_FAILED: poll() itself failed, errno says why.
 */
enum wait_result net_wait(int fd, short events, deadline limit, const struct waiter *w);
/* The same for several; revents are filled in. */
struct pollfd;
enum wait_result
net_wait_many(struct pollfd *fds, unsigned count, deadline limit, const struct waiter *w);

#endif
