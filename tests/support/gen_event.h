/*
 * gen_event: payloads of any kind with generated values, the same for the same seed. Texts are a
 * mix of plain words, awkward bytes (NUL, controls, invalid UTF-8) and long ones.
 */
#ifndef STS_TEST_GEN_EVENT_H
#define STS_TEST_GEN_EVENT_H

#include <string.h>

#include "core/event.h"

/* xorshift64*; state is never 0. */
struct gen {
	uint64_t state;
};

static inline uint64_t
gen_next(struct gen *g)
{
	g->state ^= g->state >> 12;
	g->state ^= g->state << 25;
	g->state ^= g->state >> 27;
	return g->state * UINT64_C(2685821657736338717);
}

static inline size_t
gen_below(struct gen *g, size_t bound)
{
	return (size_t)((gen_next(g) >> 16) % bound);
}

static inline struct str
gen_text(struct gen *g, struct arena *a)
{
	static const struct str usual[] = {
		{ NULL, 0 }, { "mx1.example.com", 15 }, { "192.0.2.25", 10 },
		{ "2001:db8::25", 12 }, { "v=STSv1; id=1;", 14 },
		{ "\"quoted\" \\ and / \r\n\t", 20 }, { "a\0b", 3 }, { "\xff\xfe", 2 },
		{ "\xed\xa0\x80", 3 }, /* a surrogate */
		{ "\xc2\x9b[31m\x1b[0m\x7f", 11 }, { "\xe2\x80\xae\xf0\x9f\x93\xac", 7 },
		{ "\xef\xbf\xbe\xf4\x8f\xbf\xbf", 7 }, /* noncharacters */
	};
	const size_t pick = gen_below(g, 16);
	char *bytes;

	if (pick < sizeof(usual) / sizeof(usual[0]))
		return usual[pick];
	const size_t n = pick == 15 ? 4096 : gen_below(g, 40);

	bytes = arena_alloc(a, n + 1);
	for (size_t i = 0; i < n; i++)
		bytes[i] = pick == 13 ? (char)('a' + gen_below(g, 26)) : (char)gen_below(g, 256);
	return (struct str){ bytes, n };
}

static inline int64_t
gen_int(struct gen *g)
{
	static const int64_t usual[] = { 0, 1, -1, 10, 220, 443, 1795334400, INT64_MAX, INT64_MIN,
		INT32_MIN };
	const size_t pick = gen_below(g, 12);

	return pick < sizeof(usual) / sizeof(usual[0]) ? usual[pick] : (int64_t)gen_next(g);
}

static inline struct strs
gen_list(struct gen *g, struct arena *a)
{
	struct strs list = { 0 };

	for (size_t n = gen_below(g, 4); n > 0; n--)
		arena_push(a, &list, gen_text(g, a));
	return list;
}

static inline void
gen_field(struct gen *g, struct arena *a, const struct field *field, void *payload)
{
	void *member = FIELD_OF(payload, field);

	switch (field->type) {
	case FIELD_INT:
		*(int64_t *)member = gen_int(g);
		break;
	case FIELD_BOOL:
		*(bool *)member = gen_below(g, 2) == 1;
		break;
	case FIELD_ENUM:
		*(unsigned *)member = (unsigned)gen_below(g, field->vocab->count);
		break;
	case FIELD_TEXT:
		*(struct str *)member = gen_text(g, a);
		break;
	case FIELD_LIST:
		*(struct strs *)member = gen_list(g, a);
		break;
	}
}

static inline void *
gen_payload(struct gen *g, struct arena *a, enum event_kind kind)
{
	const struct event_type *type = event_type(kind);
	void *payload = arena_alloc(a, type->size);

	for (size_t i = 0; i < type->field_count; i++)
		gen_field(g, a, &type->fields[i], payload);
	/* Text of a file, which was read. */
	if (kind == EV_FOREIGN)
		*(struct ev_foreign *)payload = (struct ev_foreign){ .word = { "later-kind", 10 },
			.members = { ",\"x\":{\"y\":[1,null]}", 19 } };
	return payload;
}

#endif
