/* The life of a cached policy: who does what at a moment, who notices when, when the old may go. */
#include "tests/support/judge_case.h"

#include "core/timeline.h"

#define HOUR_S 3600
#define COPY(id_, body_, days_ago_) \
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"), \
		.first_s = BUILD_AS_OF_S - 2 * (days_ago_)*BUILD_DAY_S, \
		.fetched_s = BUILD_AS_OF_S - (days_ago_)*BUILD_DAY_S, .id = STR(id_), \
		.body = STR(body_))
#define OLD "version: STSv1\nmode: enforce\nmx: old.example.com\nmax_age: 864000\n"
#define LONG "version: STSv1\nmode: enforce\nmx: old.example.com\nmax_age: 31557600\n"
#define ONE "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 864000\n"
#define TESTING "version: STSv1\nmode: testing\nmx: old.example.com\nmax_age: 1728000\n"
/* Of OLD, fetched a day ago. */
#define END_S (9 * BUILD_DAY_S)

static void
hold_old(struct build *b)
{
	COPY("1", OLD, 1);
}

/* The id of before is the id of now: nobody who reads the record learns anything. */
static void
hold_same_id(struct build *b)
{
	COPY("20260101T000000", OLD, 1);
}

static void
hold_long(struct build *b)
{
	COPY("1", LONG, 10);
}

static void
hold_several(struct build *b)
{
	COPY("1", OLD, 1);
	COPY("2", ONE, 2);
	COPY("3", TESTING, 3);
}

static const struct {
	const char *row;
	struct walk walk;
	enum sender_id sender;
	int64_t after_s; /* the moment, from the walk on */
	enum mail_outcome outcome;
	bool holds;
} rows[] = {
	{ "before the walk", { .before = hold_old }, SENDER_RFC8461, -1, MAIL_UNKNOWN, true },
	{ "at the walk", { .before = hold_old }, SENDER_RFC8461, 0, MAIL_DEFERRED, true },
	{ "a second early", { .before = hold_old }, SENDER_RFC8461, 299, MAIL_DEFERRED, true },
	{ "one TTL later", { .before = hold_old }, SENDER_RFC8461, 300, MAIL_DELIVERED_VALIDATED,
		false },
	{ "no look at the record", { .before = hold_old }, SENDER_CHASQUID, 599, MAIL_DEFERRED,
		true },
	{ "its timer", { .before = hold_old }, SENDER_CHASQUID, 600, MAIL_DELIVERED_VALIDATED,
		false },
	{ "nothing but the end", { .before = hold_old }, SENDER_POSTFIX_TLSPOL, END_S - 1,
		MAIL_DEFERRED, true },
	{ "the end", { .before = hold_old }, SENDER_POSTFIX_TLSPOL, END_S, MAIL_DELIVERED_VALIDATED,
		false },
	{ "thirty days at most", { .before = hold_long }, SENDER_POSTFIX_TLSPOL, 20 * BUILD_DAY_S,
		MAIL_DELIVERED_VALIDATED, false },
	{ "less than thirty", { .before = hold_long }, SENDER_POSTFIX_TLSPOL, 20 * BUILD_DAY_S - 1,
		MAIL_DEFERRED, true },
	{ "fetched at the delivery", { .before = hold_old }, SENDER_ZONEMTA, 0,
		MAIL_DELIVERED_VALIDATED, false },
	{ "returned meanwhile", { .before = hold_old }, SENDER_STALWART, 0, MAIL_UNDELIVERABLE,
		true },
	{ "nobody says", { .before = hold_old }, SENDER_GMAIL, HOUR_S, MAIL_UNKNOWN, true },
	{ "but not longer", { .before = hold_old }, SENDER_GMAIL, END_S, MAIL_DELIVERED_VALIDATED,
		false },
	{ "the same id", { .before = hold_same_id }, SENDER_RFC8461, END_S - 1, MAIL_DEFERRED,
		true },
	{ "the same id, at the end", { .before = hold_same_id }, SENDER_RFC8461, END_S,
		MAIL_DELIVERED_VALIDATED, false },
	{ "the same id, once a day", { .before = hold_same_id }, SENDER_MOX, BUILD_DAY_S,
		MAIL_DELIVERED_VALIDATED, false },
	{ "the same id renews", { .before = hold_same_id }, SENDER_POSTFIX_RESOLVER, END_S,
		MAIL_DEFERRED, true },
	{ "a fetch that is refused",
		{ .before = hold_old, .https = { .content_type = "text/html" } }, SENDER_CHASQUID,
		END_S - 1, MAIL_DEFERRED, true },
	{ "no record: the copy lives on", { .before = hold_old, .txt = "", .hosts = "" },
		SENDER_RFC8461, END_S - 1, MAIL_DEFERRED, true },
	{ "no record: then none", { .before = hold_old, .txt = "", .hosts = "" }, SENDER_RFC8461,
		END_S, MAIL_DELIVERED_UNVALIDATED, false },
};

struct judged {
	struct arena a;
	struct session s;
	struct judgement j;
};

static void
judged_init(struct judged *t, const struct walk *w)
{
	struct build b;

	*t = (struct judged){ 0 };
	walk_build(&b, &t->s, w);
	judge(&t->s, NULL, &t->j);
}

static void
judged_release(struct judged *t)
{
	arena_release(&t->a);
	judgement_release(&t->j);
	session_release(&t->s);
}

static void
test_moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct judged t;
		struct timeline line;
		const struct timeline_sender *s = &line.senders[rows[i].sender];

		judged_init(&t, &rows[i].walk);
		timeline_make(&t.a, &t.j, 0, BUILD_AS_OF_S + rows[i].after_s, &line);
		check_text(rows[i].row, "outcome", str_of(mail_outcome_name(s->outcome)),
			mail_outcome_name(rows[i].outcome));
		check_int(rows[i].row, "holds", s->holds, rows[i].holds);
		judged_release(&t);
	}
}

/* From end to end and back: in order, through every moment at which somebody notices. */
static void
test_steps(void **state)
{
	const struct walk w = { .before = hold_old };
	struct judged t;
	struct timeline line;
	int64_t at_s = 0;
	int forward = 0, back = 0;
	bool has_walk = false, has_txt = false, has_timer = false;

	(void)state;
	judged_init(&t, &w);
	timeline_make(&t.a, &t.j, 0, 0, &line);
	assert_int_equal(line.moment_s, BUILD_AS_OF_S - 2 * BUILD_DAY_S);
	while (timeline_next(&line, 1) != line.moment_s) {
		at_s = timeline_next(&line, 1);
		assert_true(at_s > line.moment_s);
		timeline_make(&t.a, &t.j, 0, at_s, &line);
		has_walk |= at_s == BUILD_AS_OF_S;
		has_txt |= at_s == BUILD_AS_OF_S + 300;
		has_timer |= at_s == BUILD_AS_OF_S + 600;
		forward++;
	}
	assert_int_equal(at_s, BUILD_AS_OF_S + END_S);
	assert_true(has_walk && has_txt && has_timer);
	while (timeline_next(&line, -1) != line.moment_s) {
		timeline_make(&t.a, &t.j, 0, timeline_next(&line, -1), &line);
		back++;
	}
	assert_int_equal(back, forward);
	assert_int_equal(line.moment_s, line.first_s);
	judged_release(&t);
}

/* Which copy first: the one that hurts, else one that is not published. */
static void
test_choice(void **state)
{
	const struct walk w = { .before = hold_several };
	struct judged t;

	(void)state;
	judged_init(&t, &w);
	assert_int_equal(t.j.outlook->cached_count, 3);
	assert_int_equal(timeline_choice(t.j.outlook), 0);
	judged_release(&t);
}

static void
test_end(void **state)
{
	const struct walk w = { .before = hold_several,
		.mx = "10 mx1.example.com\n20 mx2.example.com" };
	struct judged t;
	struct timeline_end end;

	(void)state;
	judged_init(&t, &w);
	timeline_end(&t.j, &end);
	assert_int_equal(end.mx_count, 2);
	check_text("end", "old host", end.mx[0].host, "old.example.com");
	assert_false(end.mx[0].is_today);
	assert_int_equal(end.mx[0].until_s, BUILD_AS_OF_S + END_S);
	check_text("end", "host of today", end.mx[1].host, "mx1.example.com");
	assert_true(end.mx[1].is_today);
	assert_int_equal(end.mx[1].until_s, BUILD_AS_OF_S + 8 * BUILD_DAY_S);
	/* The testing policy outlives the enforced ones, and the published one starts today. */
	assert_int_equal(end.removal_s, BUILD_AS_OF_S + 17 * BUILD_DAY_S);
	judged_release(&t);
}

static const struct {
	const char *row;
	struct walk walk;
	bool has_policy, is_none;
	int64_t after_s;
} ends[] = {
	{ "nothing at all", { .txt = "", .hosts = "" }, false, false, 0 },
	{ "published today", { 0 }, true, false, 1209600 },
	{ "mode none binds nobody", { .mode = "none" }, true, true, 0 },
	{ "mode none after another", { .mode = "none", .before = hold_old }, true, true, END_S },
};

static void
test_removal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(ends); i++) {
		struct judged t;
		struct timeline_end end;

		judged_init(&t, &ends[i].walk);
		timeline_end(&t.j, &end);
		check_int(ends[i].row, "has a policy", end.has_policy, ends[i].has_policy);
		check_int(ends[i].row, "is none", end.is_none, ends[i].is_none);
		check_int(ends[i].row, "from", end.removal_s, BUILD_AS_OF_S + ends[i].after_s);
		judged_release(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moments),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_removal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
