/* Judging takes whatever a session holds: walks with events lost, doubled and altered. */
#include "tests/support/judge_case.h"

#include <string.h>

#include "tests/support/build_story.h"
#include "tests/support/gen_event.h"

#define ROUNDS 600

static void
add_tlsa_walk(struct build *b, struct session *s)
{
	const struct walk w = { 0 };

	build_begin(b, s);
	add_walk_start(b, "example.com");
	walk_root(b, &w);
	walk_records(b, &w);
	walk_fetch(b, &w);
	add_mx(b, "10 mx1.example.com\n20 192.0.2.1\n30 .");
	add_secure(b, LOOKUP_MX_HOST, RRTYPE_A, "mx1.example.com", "192.0.2.25");
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_AAAA, "mx1.example.com", LOOKUP_NODATA, NULL);
	add_secure(b, LOOKUP_TLSA, RRTYPE_TLSA, "_25._tcp.mx1.example.com",
		"3 1 1 00\n2 0 0 3000\n3 1 2 abcd");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_end(b, END_TIMEOUT);
}

static void (*const stories[])(struct build *b, struct session *s) = {
	story_failing,
	story_running,
	story_gap,
	story_absent,
	story_broken,
	add_tlsa_walk,
};

/* One field of a copy of the payload becomes something else. */
static struct event
altered(struct gen *g, struct arena *a, const struct event *event)
{
	const struct event_type *type = event_type(event->kind);
	struct event copy = *event;
	void *payload = arena_alloc(a, type->size);

	memcpy(payload, event->payload, type->size);
	gen_field(g, a, &type->fields[gen_below(g, type->field_count)], payload);
	copy.payload = payload;
	if (gen_below(g, 20) == 0)
		copy.us = gen_int(g);
	return copy;
}

static void
apply_mutated(struct gen *g, struct arena *a, const struct session *from, struct session *to)
{
	for (size_t i = 0; i < from->event_count; i++) {
		struct event event = *from->events[i];
		const size_t what = gen_below(g, 40);

		if (what == 0)
			continue;
		if (what < 4 && event_type(event.kind)->field_count > 0)
			event = altered(g, a, &event);
		session_apply(to, &event);
		if (what == 39)
			session_apply(to, &event);
	}
}

static void
check_judgement(const struct session *s)
{
	const struct judge_options options = { .warn_days = 30, .require = "enforce" };
	struct judgement j;

	judge(s, &options, &j);
	for (size_t i = 0; i < j.count; i++) {
		assert_true(j.findings[i].subject.n > 0 || j.findings[i].host != NULL ||
			    session_domain(s).n == 0);
		assert_true(j.findings[i].who.n > 0);
		assert_true(j.findings[i].means.n > 0);
		assert_true(i == 0 || j.findings[i - 1].severity >= j.findings[i].severity);
	}
	assert_true(j.headline.n > 0 && j.mail_why.n > 0);
	assert_true(j.exit >= 0 && j.exit <= 3);
	judgement_release(&j);
}

static void
test_mutated(void **state)
{
	struct gen g = { 20261122 };

	(void)state;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct session whole, s;
		struct arena a = { 0 };
		struct build b;

		stories[round % ROWS(stories)](&b, &whole);
		session_init(&s);
		apply_mutated(&g, &a, &whole, &s);
		check_judgement(&s);
		session_release(&s);
		session_release(&whole);
		arena_release(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_mutated) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
