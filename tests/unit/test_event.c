#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/gen_event.h"

static void
test_names_lead_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < event_kind_count; i++) {
		enum event_kind kind = event_kind_count;

		assert_true(
			event_kind_from_name(str_of(event_type((enum event_kind)i)->name), &kind));
		assert_int_equal(kind, i);
	}
	enum event_kind none = EV_END;

	assert_false(event_kind_from_name(STR("smtp-"), &none));
	assert_false(event_kind_from_name(STR("smtp-line2"), &none));
	assert_false(event_kind_from_name(STR_EMPTY, &none));
	assert_int_equal(none, EV_END);
}

static void
test_words_lead_back(void **state)
{
	enum outcome outcome = OUTCOME_OK;
	enum lookup_status status = LOOKUP_OK;
	unsigned found = 99;

	(void)state;
	for (size_t i = 0; i < outcome_count; i++) {
		assert_true(outcome_from_name(str_of(outcome_name((enum outcome)i)), &outcome));
		assert_int_equal(outcome, i);
	}
	assert_string_equal(outcome_name(OUTCOME_BAD_REPLY), "bad-reply");
	assert_true(lookup_status_from_name(STR("bogus"), &status));
	assert_int_equal(status, LOOKUP_BOGUS);
	assert_false(outcome_from_name(STR("OK"), &outcome));
	assert_false(vocab_find(&vocab_family, STR("ipv5"), &found));
	assert_int_equal(found, 99);
}

/* The session file puts these beside the fields of every kind. */
static void
test_field_names_are_free(void **state)
{
	static const char *const taken[] = { "seq", "ms", "job", "kind" };

	(void)state;
	for (size_t i = 0; i < event_kind_count; i++) {
		const struct event_type *type = event_type((enum event_kind)i);

		assert_true(type->field_count > 0);
		for (size_t k = 0; k < type->field_count; k++) {
			for (size_t t = 0; t < sizeof(taken) / sizeof(taken[0]); t++)
				assert_string_not_equal(type->fields[k].name, taken[t]);
			assert_true((type->fields[k].type == FIELD_ENUM) ==
				    (type->fields[k].vocab != NULL));
		}
	}
}

static void
test_copy_is_deep(void **state)
{
	struct gen g = { 7 };

	(void)state;
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < event_kind_count; i++) {
			const enum event_kind kind = (enum event_kind)i;
			struct arena from = { 0 }, into = { 0 };
			const struct event event = { .seq = 3,
				.us = 4,
				.kind = kind,
				.job = arena_str(&from, STR("smtp:h/a")),
				.payload = gen_payload(&g, &from, kind) };
			struct event *copy = event_copy(&into, &event);
			struct event *again;

			assert_true(event_payload_eq(kind, event.payload, copy->payload));
			arena_release(&from);
			again = event_copy(&from, copy);
			assert_true(event_payload_eq(kind, again->payload, copy->payload));
			assert_true(str_is(copy->job, "smtp:h/a"));
			assert_int_equal(copy->seq, 3);
			assert_int_equal(copy->us, 4);
			arena_release(&from);
			arena_release(&into);
		}
	}
}

static void
change(const struct field *field, void *payload)
{
	static struct str other[] = { { "another\0text", 12 } };
	void *member = FIELD_OF(payload, field);

	switch (field->type) {
	case FIELD_INT:
		*(int64_t *)member ^= 1;
		break;
	case FIELD_BOOL:
		*(bool *)member = !*(bool *)member;
		break;
	case FIELD_ENUM:
		*(unsigned *)member ^= 1;
		break;
	case FIELD_TEXT:
		*(struct str *)member = other[0];
		break;
	case FIELD_LIST:
		*(struct strs *)member = (struct strs){ other, 1 };
		break;
	}
}

/* Whichever field differs, the payloads are not the same. */
static void
test_every_field_is_compared(void **state)
{
	struct gen g = { 11 };
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < event_kind_count; i++) {
		const enum event_kind kind = (enum event_kind)i;
		const struct event_type *type = event_type(kind);

		for (size_t k = 0; k < type->field_count; k++) {
			void *left = gen_payload(&g, &a, kind);
			void *right = arena_alloc(&a, type->size);

			memcpy(right, left, type->size);
			assert_true(event_payload_eq(kind, left, right));
			change(&type->fields[k], right);
			assert_false(event_payload_eq(kind, left, right));
		}
	}
	arena_release(&a);
}

struct counting_sink {
	struct sink sink;
	enum event_kind kind;
	struct str text;
};

static void
count(struct sink *sink, struct str job, enum event_kind kind, const void *payload)
{
	struct counting_sink *counting = (struct counting_sink *)sink;
	const struct ev_smtp_line *line = payload;

	assert_true(str_is(job, "smtp:h/a"));
	counting->kind = kind;
	counting->text = line->text;
}

static void
test_emit(void **state)
{
	struct counting_sink counting = { .sink = { count } };

	(void)state;
	EMIT(&counting.sink, STR("smtp:h/a"), SMTP_LINE, smtp_line, .from = SPEAKER_CLIENT,
		.text = STR("QUIT"));
	assert_int_equal(counting.kind, EV_SMTP_LINE);
	assert_true(str_is(counting.text, "QUIT"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_lead_back),
		cmocka_unit_test(test_words_lead_back),
		cmocka_unit_test(test_field_names_are_free),
		cmocka_unit_test(test_copy_is_deep),
		cmocka_unit_test(test_every_field_is_compared),
		cmocka_unit_test(test_emit),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
