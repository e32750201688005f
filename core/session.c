#include "core/session.h"

#include <string.h>

#include "core/session_fold.h"

void *
array_open(struct arena *a, void *array, size_t count, size_t at, size_t size)
{
	const size_t least = 8;

	if (count == 0)
		array = arena_array(a, least, size);
	else if (count >= least && (count & (count - 1)) == 0)
		array = arena_grow(a, array, count, count * 2, size);
	if (at < count) {
		char *gap = (char *)array + at * size;

		memmove(gap + size, gap, (count - at) * size);
	}
	return array;
}

static bool
fold_walk_start(struct session *s, const struct event *event)
{
	if (s->start != NULL)
		return false;
	s->start = event->payload;
	if (s->recorded_by.n == 0)
		s->recorded_by = s->start->tool;
	return true;
}

/* What has expired meanwhile binds nobody any more (RFC 8461 section 5.1). */
static void
drop_expired(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->cached_count; i++) {
		if (s->cached[i].expires_s > session_as_of_s(s))
			s->cached[kept++] = s->cached[i];
	}
	s->cached_count = kept;
}

/* Rounds stand in the order of their times. */
static bool
fold_walk_again(struct session *s, const struct event *event)
{
	if (s->start == NULL || s->is_ended || event->us < session_round_us(s))
		return false;
	if (s->round_count >= LIMIT_SESSION_ROUNDS) {
		s->over_limit++;
		return false;
	}
	s->rounds = array_open(
		&s->arena, s->rounds, s->round_count, s->round_count, sizeof(*s->rounds));
	s->rounds[s->round_count++] = event;
	drop_expired(s);
	return true;
}

static bool
fold_route(struct session *s, const struct event *event)
{
	const struct ev_route *route = event->payload;

	s->is_route_known[route->family] = true;
	s->has_route[route->family] = route->has_route;
	return true;
}

static bool
fold_local_fault(struct session *s, const struct event *event)
{
	const struct ev_local_fault *fault = event->payload;

	s->faults = array_open(
		&s->arena, s->faults, s->fault_count, s->fault_count, sizeof(*s->faults));
	s->faults[s->fault_count++] = fault;
	return true;
}

static bool
fold_hosts_file(struct session *s, const struct event *event)
{
	if (s->override_count >= LIMIT_SESSION_HOSTS) {
		s->over_limit++;
		return false;
	}
	s->overrides = array_open(&s->arena, s->overrides, s->override_count, s->override_count,
		sizeof(*s->overrides));
	s->overrides[s->override_count++] = event;
	return false;
}

static bool
fold_controls(struct session *s, const struct event *event)
{
	if (s->controls == NULL) {
		s->controls = event->payload;
		s->controls_seq = event->seq;
	}
	return false;
}

static bool
fold_policy_rehearsed(struct session *s, const struct event *event)
{
	if (s->rehearsed != NULL)
		return false;
	s->rehearsed = event->payload;
	s->rehearsed_seq = event->seq;
	s->is_policy_stale = true;
	return true;
}

static bool
fold_last_walk(struct session *s, const struct event *event)
{
	if (s->last_walk == NULL)
		s->last_walk = event->payload;
	return false;
}

/* What is no valid policy, or has expired, binds nobody (RFC 8461 sections 3.2 and 5.1). */
static bool
fold_policy_cached(struct session *s, const struct event *event)
{
	const struct ev_policy_cached *cached = event->payload;
	struct cached_policy c = { .event = cached, .seq = event->seq };

	if (s->cached_count >= LIMIT_SESSION_CACHED) {
		s->over_limit++;
		return false;
	}
	policy_parse(&s->arena, cached->body, &c.policy);
	c.fetched_s = cached->fetched_s >= 0 ? cached->fetched_s : session_as_of_s(s);
	if (!c.policy.is_valid ||
		__builtin_add_overflow(c.fetched_s, (int64_t)c.policy.max_age_s, &c.expires_s) ||
		c.expires_s <= session_as_of_s(s))
		return false;
	s->cached = array_open(
		&s->arena, s->cached, s->cached_count, s->cached_count, sizeof(*s->cached));
	s->cached[s->cached_count++] = c;
	return true;
}

/* Of the log only. */
static bool
fold_foreign(struct session *s, const struct event *event)
{
	(void)s;
	(void)event;
	return false;
}

static bool
fold_note(struct session *s, const struct event *event)
{
	(void)s;
	(void)event;
	return false;
}

/* Where no event says that an attempt was over, the end of the walk cut it: a file that is torn. */
static void
cut_attempts(struct session *s, enum outcome outcome, int64_t us)
{
	for (size_t i = 0; i < s->attempt_count; i++) {
		struct attempt *t = s->attempts[i];

		if (!attempt_is_running(t))
			continue;
		t->is_ended = true;
		t->is_cut = true;
		t->end_us = us;
		t->end_outcome = outcome;
	}
}

static bool
fold_end(struct session *s, const struct event *event)
{
	const struct ev_end *end = event->payload;

	if (s->is_ended)
		return false;
	s->is_ended = true;
	s->end_reason = end->reason;
	if (end->reason != END_DONE)
		cut_attempts(s, end->reason == END_TIMEOUT ? OUTCOME_BUDGET : OUTCOME_CANCELLED,
			event->us);
	return false;
}

static bool (*const folders[event_kind_count])(struct session *, const struct event *) = {
#define EVENT(constant, suffix, word) [EV_##constant] = fold_##suffix,
#define EVENT_END(suffix)
#define INT(suffix, name)
#define BOOL(suffix, name)
#define ENUM(suffix, name, type)
#define TEXT(suffix, name)
#define LIST(suffix, name)
#include "core/events.def"
#undef EVENT
#undef EVENT_END
#undef INT
#undef BOOL
#undef ENUM
#undef TEXT
#undef LIST
};

void
session_init(struct session *s)
{
	*s = (struct session){ .verdict_us = -1 };
}

void
session_release(struct session *s)
{
	if (s == NULL)
		return;
	arena_release(&s->arena);
	*s = (struct session){ .verdict_us = -1 };
}

/* The log ends at LIMIT_EVENTS, but that the walk has ended must be known all the same. */
static bool
log_has_room(const struct session *s, const struct event *event, uint32_t last)
{
	if (last == UINT32_MAX)
		return false;
	return s->event_count < LIMIT_EVENTS || (event->kind == EV_END && !s->is_ended);
}

/* Of an attempt that no sender makes. */
static bool
is_aside(const struct session *s, const struct event *event)
{
	const struct attempt *t = s->extra_count + s->planned_count > 0
					  ? attempt_known(s, event->job)
					  : NULL;

	return t != NULL && t->variant != VARIANT_PLAIN;
}

void
session_fold(struct session *s, struct event *event)
{
	const uint32_t last = s->event_count == 0 ? 0 : s->events[s->event_count - 1]->seq;

	if (!log_has_room(s, event, last)) {
		s->over_limit++;
		return;
	}
	if (event->seq <= last)
		event->seq = last + 1;
	s->events = array_open(
		&s->arena, s->events, s->event_count, s->event_count, sizeof(*s->events));
	s->events[s->event_count++] = event;
	if (event->us > s->last_us)
		s->last_us = event->us;
	if (folders[event->kind](s, event) && event->us > s->verdict_us && !is_aside(s, event))
		s->verdict_us = event->us;
}

void
session_settle(struct session *s)
{
	if (!s->is_policy_stale)
		return;
	policy_parse(&s->arena, s->rehearsed != NULL ? s->rehearsed->body : s->chosen->http->body,
		&s->policy);
	s->has_policy = true;
	s->is_policy_stale = false;
	hosts_match(s);
}

void
session_apply(struct session *s, const struct event *event)
{
	session_fold(s, event_copy(&s->arena, event));
	session_settle(s);
}

void
session_add_note(struct session *s, struct str text, int64_t at_ms)
{
	const struct ev_note note = { .text = text, .at_ms = at_ms };
	struct event event = {
		.us = s->last_us, .job = STR("note"), .kind = EV_NOTE, .payload = &note
	};
	struct event *end;

	if (s->event_count == 0 || s->events[s->event_count - 1]->kind != EV_END) {
		session_apply(s, &event);
		return;
	}
	/* The end stays the last: it moves on by one. */
	end = event_copy(&s->arena, s->events[--s->event_count]);
	event.seq = end->seq++;
	session_apply(s, &event);
	session_fold(s, end);
}

size_t
session_event_at(const struct session *s, uint32_t seq)
{
	size_t low = 0, high = s->event_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (s->events[middle]->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->event_count && s->events[low]->seq == seq ? low : s->event_count;
}

const struct event *
session_event(const struct session *s, uint32_t seq)
{
	const size_t at = session_event_at(s, seq);

	return at < s->event_count ? s->events[at] : NULL;
}
