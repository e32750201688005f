/*
 * event: one fact of a walk. The log of events is the session (see session.h, sessfile.h).
 *
 * Payloads are flat structs described by one field table per kind (events.def); nothing nests.
 * Text in a payload is borrowed until event_copy() puts it into an arena.
 */
#ifndef STS_EVENT_H
#define STS_EVENT_H

#include "core/arena.h"
#include "core/str.h"
#include "core/vocab.h"

enum event_kind {
#define EVENT(constant, suffix, word) EV_##constant,
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
	event_kind_count
};

#define EVENT(constant, suffix, word) struct ev_##suffix {
#define EVENT_END(suffix) \
	} \
	;
#define INT(suffix, name) int64_t name;
#define BOOL(suffix, name) bool name;
#define ENUM(suffix, name, type) enum type name;
#define TEXT(suffix, name) struct str name;
#define LIST(suffix, name) struct strs name;
#include "core/events.def"
#undef EVENT
#undef EVENT_END
#undef INT
#undef BOOL
#undef ENUM
#undef TEXT
#undef LIST

struct event {
	uint32_t seq; /* from 1, in the order the main thread saw them */
	int64_t us; /* microseconds since the walk began, monotonic */
	struct str job;
	enum event_kind kind;
	const void *payload; /* struct ev_* of the kind */
	/* JSON members of a file that this version does not know, each with a comma before it. */
	struct str members;
};

enum field_type { FIELD_INT, FIELD_BOOL, FIELD_ENUM, FIELD_TEXT, FIELD_LIST };

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	const struct vocab *vocab; /* FIELD_ENUM */
};

struct event_type {
	const char *name; /* "smtp-line" */
	size_t size; /* of the payload */
	const struct field *fields;
	size_t field_count;
};

const struct event_type *event_type(enum event_kind kind);
bool event_kind_from_name(struct str word, enum event_kind *out);
/* A deep copy in the arena: event, job and payload. */
struct event *event_copy(struct arena *a, const struct event *event);
bool event_payload_eq(enum event_kind kind, const void *a, const void *b);

/* The member of a payload that a field describes, for code that is driven by the tables. */
#define FIELD_IN(payload, field) ((const void *)((const char *)(payload) + (field)->offset))
#define FIELD_OF(payload, field) ((void *)((char *)(payload) + (field)->offset))

/* Where a probe puts its facts. emit() may be called from any thread; it copies what it keeps. */
struct sink {
	void (*emit)(struct sink *sink, struct str job, enum event_kind kind, const void *payload);
};
void sink_emit(struct sink *sink, struct str job, enum event_kind kind, const void *payload);
/* emit a literal payload: EMIT(sink, job, SMTP_STEP, smtp_step, .phase = SMTP_EHLO, ...) */
#define EMIT(sink, job, constant, suffix, ...) \
	sink_emit((sink), (job), EV_##constant, &(struct ev_##suffix){ __VA_ARGS__ })

#endif
