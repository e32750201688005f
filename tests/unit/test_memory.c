/* The memory of policies: what enters, what is kept, what is forgotten, and files that are wrong. */
#include "tests/support/judge_case.h"

#include "core/memory.h"

#define BODY "version: STSv1\nmode: enforce\nmx: old.example.com\nmax_age: 864000\n"

static struct str
remember(struct arena *a, struct str file, const struct walk *w)
{
	struct session s;
	struct build b;
	struct str text;

	walk_build(&b, &s, w);
	text = arena_str(a, memory_add(a, file, &s));
	session_release(&s);
	return text;
}

static const char *
line_of(struct arena *a, const char *id, int64_t last_s)
{
	return arena_printf(a,
		"{\"id\":\"%s\",\"first_s\":%lld,\"last_s\":%lld,\"body\":\"version: STSv1\\nmode: "
		"enforce\\nmx: old.example.com\\nmax_age: 864000\\n\"}\n",
		id, (long long)(last_s - 1000), (long long)last_s)
		.p;
}

/* The walk's own policy enters; seen again it is the same one, seen later. */
static void
test_add(void **state)
{
	const struct walk w = { 0 };
	struct arena a = { 0 };
	struct str file = remember(&a, STR_EMPTY, &w), again = remember(&a, file, &w);
	struct ev_policy_cached *all;
	size_t count;

	(void)state;
	assert_true(str_eq(file, again));
	all = memory_read(&a, file, BUILD_AS_OF_S, &count);
	assert_int_equal(count, 1);
	assert_true(str_is(all[0].id, "20260101T000000"));
	assert_true(str_is(all[0].source, "history"));
	assert_int_equal(all[0].first_s, BUILD_AS_OF_S);
	assert_int_equal(all[0].fetched_s, BUILD_AS_OF_S);
	arena_release(&a);
}

static void
test_others_stay(void **state)
{
	const struct walk w = { 0 };
	struct arena a = { 0 };
	const int64_t recent = BUILD_AS_OF_S - 86400, old = BUILD_AS_OF_S - 864001;
	struct str file = arena_printf(
		&a, "%s%s", line_of(&a, "old", old), line_of(&a, "recent", recent));
	struct ev_policy_cached *all;
	size_t count;

	(void)state;
	file = remember(&a, file, &w);
	all = memory_read(&a, file, BUILD_AS_OF_S, &count);
	assert_int_equal(count, 2);
	assert_true(str_is(all[0].id, "recent"));
	assert_true(str_is(all[0].body, BODY));
	assert_true(str_is(all[1].id, "20260101T000000"));
	arena_release(&a);
}

static void
test_what_never_enters(void **state)
{
	static struct str options[] = { { "--https-port", 12 } };
	struct ev_walk_start lab = build_walk_start("example.com");
	struct ev_walk_start rehearsal = build_walk_start("example.com");
	const struct walk rows[] = { { .txt = "" }, { .txt = "v=STSv1; id=1-2;" },
		{ .https = { .status = 404, .outcome = OUTCOME_STATUS } }, { .start = &lab },
		{ .start = &rehearsal } };
	struct arena a = { 0 };

	(void)state;
	lab.scenario = STR("good");
	rehearsal.rehearsal = (struct strs){ options, 1 };
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_int_equal(remember(&a, STR_EMPTY, &rows[i]).n, 0);
	arena_release(&a);
}

static void
test_wrong_files(void **state)
{
	static const char endless[] = "{\"id\":\"1\",\"last_s\":9223372036854775807,"
				      "\"body\":\"version: STSv1\\nmode: none\\nmax_age: 1\\n\"}\n";
	static const char *const files[] = { "", "\n\n", "{", "[]\n", "{\"id\":1}\n",
		"{\"id\":\"1\",\"first_s\":0,\"last_s\":99999999999,\"body\":\"\"}\n", endless,
		"\xff\x01" };

	(void)state;
	for (size_t i = 0; i < ROWS(files); i++) {
		struct arena a = { 0 };
		size_t count;

		memory_read(&a, str_of(files[i]), BUILD_AS_OF_S, &count);
		check_int(files[i], "policies", (long long)count, 0);
		arena_release(&a);
	}
}

/* The oldest makes room. */
static void
test_room(void **state)
{
	const struct walk w = { 0 };
	struct arena a = { 0 };
	struct str file = STR_EMPTY;
	struct ev_policy_cached *all;
	size_t count;

	(void)state;
	for (int i = 0; i < MEMORY_MAX_POLICIES; i++)
		file = arena_printf(&a, "%.*s%s", STR_ARG(file),
			line_of(&a, arena_printf(&a, "n%d", i).p, BUILD_AS_OF_S - 1000 + i));
	file = remember(&a, file, &w);
	all = memory_read(&a, file, BUILD_AS_OF_S, &count);
	assert_int_equal(count, MEMORY_MAX_POLICIES);
	assert_true(str_is(all[0].id, "n1"));
	assert_true(str_is(all[count - 1].id, "20260101T000000"));
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_others_stay),
		cmocka_unit_test(test_what_never_enters),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
