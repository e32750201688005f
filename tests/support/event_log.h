/*
 * event_log: a sink that keeps what is emitted, for tests of probes without a queue.
 *
 *	struct event_log log;
 *
 *	event_log_init(&log);
 *	... &log.sink ...
 *	answer = event_log_last(&log, EV_DNS_ANSWER, "dns:A:a.example");
 *	event_log_release(&log);
 */
#ifndef STS_TEST_EVENT_LOG_H
#define STS_TEST_EVENT_LOG_H

#include <pthread.h>

#include "core/event.h"

struct event_log {
	struct sink sink; /* first */
	pthread_mutex_t lock;
	struct arena arena;
	struct event **events;
	size_t count;
};

static inline void
event_log_emit(struct sink *sink, struct str job, enum event_kind kind, const void *payload)
{
	struct event_log *log = (struct event_log *)sink;
	const struct event event = { .job = job, .kind = kind, .payload = payload };

	pthread_mutex_lock(&log->lock);
	log->events = arena_grow(
		&log->arena, log->events, log->count, log->count + 1, sizeof(*log->events));
	log->events[log->count++] = event_copy(&log->arena, &event);
	pthread_mutex_unlock(&log->lock);
}

static inline void
event_log_init(struct event_log *log)
{
	*log = (struct event_log){ .sink = { event_log_emit } };
	pthread_mutex_init(&log->lock, NULL);
}

static inline void
event_log_release(struct event_log *log)
{
	arena_release(&log->arena);
	pthread_mutex_destroy(&log->lock);
}

/* Whether an event is of a kind and, unless NULL, of a job that begins so. */
static inline bool
event_is(const struct event *event, enum event_kind kind, const char *job)
{
	return event->kind == kind && (job == NULL || str_starts(event->job, str_of(job)));
}

static inline size_t
event_log_count(const struct event_log *log, enum event_kind kind, const char *job)
{
	size_t count = 0;

	for (size_t i = 0; i < log->count; i++)
		count += event_is(log->events[i], kind, job);
	return count;
}

/* The payload of the n-th, from 0, of that kind and job; NULL when there are fewer. */
static inline const void *
event_log_nth(const struct event_log *log, enum event_kind kind, const char *job, size_t n)
{
	for (size_t i = 0; i < log->count; i++) {
		if (event_is(log->events[i], kind, job) && n-- == 0)
			return log->events[i]->payload;
	}
	return NULL;
}

static inline const void *
event_log_last(const struct event_log *log, enum event_kind kind, const char *job)
{
	size_t count = event_log_count(log, kind, job);

	return count > 0 ? event_log_nth(log, kind, job, count - 1) : NULL;
}

#endif
