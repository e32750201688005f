#include "tui/cmd_live.h"

#include <poll.h>

static bool
take(void *context, const struct event **event)
{
	struct live *l = context;

	return walk_take(l->walk, event);
}

static void
cancel(void *context)
{
	struct live *l = context;

	walk_cancel(l->walk);
}

static int64_t
now_us(void *context)
{
	const struct live *l = context;

	return walk_now_us(l->walk);
}

static unsigned
stop(void *context, enum attempt_role role, struct str host, struct str address)
{
	struct live *l = context;

	return walk_stop(l->walk, role, host, address);
}

/* The first event says what is walked again, and is there already. */
static void
take_first(struct live *l)
{
	const struct event *event;

	if (walk_take(l->walk, &event))
		session_apply(l->session, event);
}

/* In the lab time is told in acts: while one watches, the servers go on to the next. */
static enum result
next_act(struct walk_setup *setup, enum again_reason reason, struct err *err)
{
	size_t act;

	if (setup->lab == NULL || reason != AGAIN_WATCH)
		return RESULT_OK;
	act = lab_scenario(setup->lab)->act + 1;
	if (act >= lab_scenario(setup->lab)->acts.n)
		return RESULT_OK;
	if (lab_act(setup->lab, act, err) != RESULT_OK)
		return RESULT_FAILED;
	lab_apply(setup->lab, &setup->options);
	return RESULT_OK;
}

/* The ended walk goes, the session stays without the parts, and another walk goes on with it. */
static enum result
again(void *context, const struct again *what, enum again_reason reason, int *fd, struct err *err)
{
	struct live *l = context;
	struct walk_options options;
	struct session rest;
	struct walk *walk;

	if (recorder_restart(l->recorder, err) != RESULT_OK ||
		next_act(l->setup, reason, err) != RESULT_OK)
		return RESULT_FAILED;
	options = l->setup->options;
	options.again = what;
	options.again_reason = reason;
	options.begin = walk_begin(l->walk);
	if (walk_start(&walk, &options, err) != RESULT_OK)
		return RESULT_FAILED;
	session_again(l->session, what, &rest);
	session_release(l->session);
	*l->session = rest;
	walk_free(l->walk);
	l->walk = walk;
	*fd = walk_fd(walk);
	take_first(l);
	return RESULT_OK;
}

enum result
live_start(struct live *l, struct walk_setup *setup, struct session *session,
	struct recorder *recorder, struct err *err)
{
	struct arena a = { 0 };
	const struct walk_options options = walk_setup_recall(setup, &a);
	enum result rc;

	*l = (struct live){ .setup = setup, .session = session, .recorder = recorder };
	rc = walk_start(&l->walk, &options, err);
	arena_release(&a);
	return rc;
}

struct feed
live_feed(struct live *l)
{
	return (struct feed){ .fd = walk_fd(l->walk),
		.take = take,
		.cancel = cancel,
		.now_us = now_us,
		.again = again,
		.stop = stop,
		.context = l };
}

void
live_end(struct live *l)
{
	walk_cancel(l->walk);
	while (!l->session->is_ended) {
		const struct event *event;
		struct pollfd fd = { .fd = walk_fd(l->walk), .events = POLLIN };

		while (walk_take(l->walk, &event)) {
			session_apply(l->session, event);
			recorder_add(l->recorder, event);
		}
		if (!l->session->is_ended)
			poll(&fd, 1, -1);
	}
	walk_free(l->walk);
	recorder_finish(l->recorder, l->session);
}
