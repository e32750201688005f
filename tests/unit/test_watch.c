/* A watch: when its rounds are due, and what each of them changed. */
#include "core/watch.h"
#include "support/build_session.h"
#include "support/check.h"

static struct arena arena;

/* A judgement by hand: the states that a watch looks at. */
struct states {
	enum state stages[stage_count];
	enum state hosts[2];
	size_t host_count;
};

static struct mx_host mx1 = { .name = { "mx1.example.com", 15 } };
static struct mx_host mx2 = { .name = { "mx2.example.com", 15 } };

static void
fill(const struct states *from, struct judgement *j, struct host_judgement *hosts)
{
	*j = (struct judgement){ .hosts = hosts, .host_count = from->host_count };
	for (size_t i = 0; i < stage_count; i++)
		j->stages[i] = from->stages[i];
	hosts[0] = (struct host_judgement){ .host = &mx1, .state = from->hosts[0] };
	hosts[1] = (struct host_judgement){ .host = &mx2, .state = from->hosts[1] };
}

#define OK_STAGES \
	{ \
		STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_OK \
	}
#define FAILED_MX \
	{ \
		STATE_OK, STATE_OK, STATE_OK, STATE_OK, STATE_FAIL, STATE_OK, STATE_FAIL \
	}

static void
test_what_changed(void **state)
{
	static const struct {
		const char *name;
		struct states before, after;
		const char *words;
		bool is_stage_marked, is_host_marked, rings; /* stage MX, mx2 */
	} rows[] = {
		{ "nothing", { OK_STAGES, { STATE_OK, STATE_WARN }, 2 },
			{ OK_STAGES, { STATE_OK, STATE_WARN }, 2 }, "", false, false, false },
		{ "one of two", { FAILED_MX, { STATE_OK, STATE_WARN }, 2 },
			{ FAILED_MX, { STATE_OK, STATE_OK }, 2 }, "mx2.example.com WARN to OK",
			false, true, false },
		{ "all is well", { FAILED_MX, { STATE_OK, STATE_FAIL }, 2 },
			{ OK_STAGES, { STATE_OK, STATE_OK }, 2 },
			"mx2.example.com FAIL to OK, verdict FAIL to OK", true, true, true },
		{ "worse again", { OK_STAGES, { STATE_OK, STATE_OK }, 2 },
			{ FAILED_MX, { STATE_OK, STATE_INCONCLUSIVE }, 2 },
			"mx2.example.com OK to ???, verdict OK to FAIL", true, true, true },
		{ "a host is gone", { OK_STAGES, { STATE_OK, STATE_FAIL }, 2 },
			{ OK_STAGES, { STATE_OK, STATE_OK }, 1 }, "", false, false, false },
		{ "a host is new", { OK_STAGES, { STATE_OK, STATE_FAIL }, 1 },
			{ OK_STAGES, { STATE_OK, STATE_OK }, 2 }, "", false, false, false },
	};
	const struct target stage = { .kind = TARGET_STAGE, .stage = STAGE_MX };
	const struct target host = {
		.kind = TARGET_HOST, .stage = STAGE_MX, .host = { "MX2.example.com.", 16 }
	};
	const struct target line = { .kind = TARGET_LINE };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct watch w = { 0 };
		struct judgement j;
		struct host_judgement hosts[2];
		struct str words;

		assert_false(watch_has_changed(&w, &host));
		fill(&rows[i].before, &j, hosts);
		watch_note(&w, &j);
		fill(&rows[i].after, &j, hosts);
		words = watch_compare(&w, &arena, &j);
		check_text(rows[i].name, "words", words, rows[i].words);
		check_int(rows[i].name, "stage", watch_has_changed(&w, &stage),
			rows[i].is_stage_marked);
		check_int(
			rows[i].name, "host", watch_has_changed(&w, &host), rows[i].is_host_marked);
		check_int(rows[i].name, "line", watch_has_changed(&w, &line), false);
		check_int(rows[i].name, "bell", w.has_verdict_changed, rows[i].rings);
		watch_release(&w);
	}
}

/* Nothing was noted before: a walk that was begun by hand while one watches. */
static void
test_nothing_noted(void **state)
{
	const struct states after = { FAILED_MX, { STATE_OK, STATE_FAIL }, 2 };
	struct watch w = { 0 };
	struct judgement j;
	struct host_judgement hosts[2];

	(void)state;
	fill(&after, &j, hosts);
	assert_int_equal(watch_compare(&w, &arena, &j).n, 0);
	assert_false(w.has_verdict_changed);
}

static void
test_when(void **state)
{
	static const struct {
		bool was_put_off;
		int64_t wait_us;
	} rows[] = { { false, 60 }, { true, 120 }, { true, 240 }, { true, 480 }, { true, 960 },
		{ true, 960 }, { false, 60 }, { true, 120 } };
	struct watch w = { .every_us = 60 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		watch_plan(&w, 1000, rows[i].was_put_off);
		assert_int_equal(w.next_us, 1000 + rows[i].wait_us);
		assert_int_equal(watch_interval_us(&w), rows[i].wait_us);
	}
}

static int
release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_changed),
		cmocka_unit_test(test_nothing_noted),
		cmocka_unit_test(test_when),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
