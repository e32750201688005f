#include "core/event.h"

#include <assert.h>
#include <string.h>

/* Enum members are read and written through unsigned. */
#define ENUM(suffix, name, type) \
	_Static_assert(sizeof(enum type) == sizeof(unsigned), "an enum is as wide as unsigned");
#define EVENT(constant, suffix, word)
#define EVENT_END(suffix)
#define INT(suffix, name)
#define BOOL(suffix, name)
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

#define MEMBER(suffix, name, type, words) \
	{ #name, type, offsetof(struct ev_##suffix, name), words },
#define EVENT(constant, suffix, word) static const struct field fields_##suffix[] = {
#define EVENT_END(suffix) \
	} \
	;
#define INT(suffix, name) MEMBER(suffix, name, FIELD_INT, NULL)
#define BOOL(suffix, name) MEMBER(suffix, name, FIELD_BOOL, NULL)
#define ENUM(suffix, name, type) MEMBER(suffix, name, FIELD_ENUM, &vocab_##type)
#define TEXT(suffix, name) MEMBER(suffix, name, FIELD_TEXT, NULL)
#define LIST(suffix, name) MEMBER(suffix, name, FIELD_LIST, NULL)
#include "core/events.def"
#undef EVENT
#undef EVENT_END
#undef INT
#undef BOOL
#undef ENUM
#undef TEXT
#undef LIST

static const struct event_type types[] = {
#define EVENT(constant, suffix, word) \
	[EV_##constant] = { (word), sizeof(struct ev_##suffix), fields_##suffix, \
		sizeof(fields_##suffix) / sizeof(fields_##suffix[0]) },
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

const struct event_type *
event_type(enum event_kind kind)
{
	assert((size_t)kind < event_kind_count);
	return &types[kind];
}

bool
event_kind_from_name(struct str word, enum event_kind *out)
{
	for (size_t i = 0; i < event_kind_count; i++) {
		if (str_is(word, types[i].name)) {
			*out = (enum event_kind)i;
			return true;
		}
	}
	return false;
}

static void
field_copy(struct arena *a, const struct field *field, void *payload)
{
	void *member = FIELD_OF(payload, field);

	switch (field->type) {
	case FIELD_TEXT:
		*(struct str *)member = arena_str(a, *(struct str *)member);
		break;
	case FIELD_LIST:
		*(struct strs *)member = arena_strs(a, *(struct strs *)member);
		break;
	case FIELD_INT:
	case FIELD_BOOL:
	case FIELD_ENUM:
		break;
	}
}

struct event *
event_copy(struct arena *a, const struct event *event)
{
	const struct event_type *type = event_type(event->kind);
	struct event *copy = arena_new(a, struct event);
	void *payload = arena_alloc(a, type->size);

	memcpy(payload, event->payload, type->size);
	for (size_t i = 0; i < type->field_count; i++)
		field_copy(a, &type->fields[i], payload);
	*copy = *event;
	copy->job = arena_str(a, event->job);
	copy->members = arena_str(a, event->members);
	copy->payload = payload;
	return copy;
}

static bool
strs_eq(const struct strs *a, const struct strs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		if (!str_eq(a->v[i], b->v[i]))
			return false;
	}
	return true;
}

static bool
field_eq(const struct field *field, const void *a, const void *b)
{
	const void *left = FIELD_IN(a, field), *right = FIELD_IN(b, field);

	switch (field->type) {
	case FIELD_INT:
		return *(const int64_t *)left == *(const int64_t *)right;
	case FIELD_BOOL:
		return *(const bool *)left == *(const bool *)right;
	case FIELD_ENUM:
		return *(const unsigned *)left == *(const unsigned *)right;
	case FIELD_TEXT:
		return str_eq(*(const struct str *)left, *(const struct str *)right);
	case FIELD_LIST:
		return strs_eq(left, right);
	}
	return false;
}

bool
event_payload_eq(enum event_kind kind, const void *a, const void *b)
{
	const struct event_type *type = event_type(kind);

	for (size_t i = 0; i < type->field_count; i++) {
		if (!field_eq(&type->fields[i], a, b))
			return false;
	}
	return true;
}

void
sink_emit(struct sink *sink, struct str job, enum event_kind kind, const void *payload)
{
	sink->emit(sink, job, kind, payload);
}
