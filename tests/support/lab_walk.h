/*
 * lab_walk: walk a scenario of the lab over real sockets, from any thread.
 *
 *	if (lab_walk(&scenario, &s, &err)) ... session_release(&s);
 */
#ifndef STS_TEST_LAB_WALK_H
#define STS_TEST_LAB_WALK_H

#include <poll.h>

#include "core/session.h"
#include "net/lab/lab.h"
#include "net/walk.h"

static inline void
lab_walk_options(struct lab *lab, struct walk_options *o)
{
	*o = (struct walk_options){ .wants_ipv4 = true,
		.wants_ipv6 = true,
		.host = "lab.test",
		.budget_ms = LIMIT_WALK_MS };
	lab_apply(lab, o);
}

/* Take events until the end, or until the one asked for has come: false without it. */
static inline bool
lab_walk_until(struct walk *w, struct session *s, bool (*is_enough)(const struct event *, void *),
	void *arg)
{
	struct pollfd fd = { .fd = walk_fd(w), .events = POLLIN };
	const struct event *e;

	for (;;) {
		poll(&fd, 1, -1);
		while (walk_take(w, &e)) {
			bool is_end = e->kind == EV_END;

			session_apply(s, e);
			if (is_enough != NULL && is_enough(e, arg))
				return true;
			if (is_end)
				return is_enough == NULL;
		}
	}
}

/* A whole walk into a fresh session. False with err when it could not begin. */
static inline bool
lab_walk(const struct scenario *scenario, struct session *s, struct err *err)
{
	struct walk_options options;
	struct lab *lab;
	struct walk *w;
	bool has_begun;

	session_init(s);
	if (lab_start(&lab, scenario, NULL, err) != RESULT_OK)
		return false;
	lab_walk_options(lab, &options);
	has_begun = walk_start(&w, &options, err) == RESULT_OK;
	if (has_begun) {
		lab_walk_until(w, s, NULL, NULL);
		walk_free(w);
	}
	lab_stop(lab);
	return has_begun;
}

static inline bool
has_ipv6_loopback(void)
{
	struct addr at;

	return addr_make(STR("::1"), 25, &at) && addr_has_route(&at);
}

#endif
