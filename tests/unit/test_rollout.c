/* The rollout card: steps, what blocks, what to publish, and the ways out where mail waits. */
#include "tests/support/judge_case.h"

#include "core/buf.h"
#include "core/rollout.h"
#include "core/view_sim.h"

#define MX1 "mx1.example.com"
#define EXPIRED \
	{ \
		.host = MX1, .address = "192.0.2.25", \
		.tls = {.is_untrusted = true, \
			.code = 10, \
			.error = "certificate has expired" } \
	}

static void
hold_old_host(struct build *b)
{
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"), .first_s = -1,
		.fetched_s = BUILD_AS_OF_S - BUILD_DAY_S, .id = STR("1"),
		.body = STR(
			"version: STSv1\nmode: enforce\nmx: old.example.com\nmax_age: 864000\n"));
}

#define SHORT "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 604800\n"

static const struct {
	const char *row;
	struct walk walk;
	enum rollout_step here, next;
	size_t blocks, ways;
	const char *mode; /* of the policy to publish, NULL for none */
} rows[] = {
	{ "nothing at all", { .txt = "", .hosts = "", .tlsrpt = "" }, ROLLOUT_TLSRPT,
		ROLLOUT_TESTING, 0, 0, "testing" },
	{ "reports only", { .txt = "", .hosts = "" }, ROLLOUT_POLICY, ROLLOUT_TESTING, 0, 0,
		"testing" },
	{ "null MX", { .txt = "", .hosts = "", .tlsrpt = "", .mx = "0 ." }, ROLLOUT_TLSRPT,
		ROLLOUT_TESTING, 0, 0, NULL },
	{ "no MX host is known", { .txt = "", .hosts = "", .mx_status = LOOKUP_SERVFAIL },
		ROLLOUT_POLICY, ROLLOUT_TESTING, 0, 0, NULL },
	{ "a record that is wrong", { .txt = "v=STSv1; id=1-2;" }, ROLLOUT_POLICY, ROLLOUT_TESTING,
		1, 0, "testing" },
	{ "testing, all well", { .mode = "testing" }, ROLLOUT_TESTING, ROLLOUT_ENFORCE_SHORT, 0, 0,
		"enforce" },
	{ "testing, an expired certificate", { .mode = "testing", .smtp = { EXPIRED } },
		ROLLOUT_TESTING, ROLLOUT_ENFORCE_SHORT, 1, 0, "enforce" },
	{ "enforce for a week", { .body = { SHORT, sizeof(SHORT) - 1 } }, ROLLOUT_ENFORCE_SHORT,
		ROLLOUT_ENFORCE_LONG, 0, 0, "enforce" },
	{ "enforce for weeks", { 0 }, ROLLOUT_ENFORCE_LONG, rollout_step_count, 0, 0, NULL },
	{ "removal", { .mode = "none" }, ROLLOUT_REMOVAL, rollout_step_count, 0, 0, NULL },
	{ "mail waits: the name", { .mx = "10 mx2.example.com" }, ROLLOUT_ENFORCE_LONG,
		rollout_step_count, 1, 3, NULL },
	{ "mail waits: the certificate", { .smtp = { EXPIRED } }, ROLLOUT_ENFORCE_LONG,
		rollout_step_count, 1, 2, NULL },
	{ "mail of some waits", { .before = hold_old_host }, ROLLOUT_ENFORCE_LONG,
		rollout_step_count, 1, 2, NULL },
};

/* What is proposed is what lint calls valid, and lists every host. */
static void
check_policy(const char *row, const struct rollout *r, const char *mode)
{
	struct arena a = { 0 };
	struct policy p;

	if (mode == NULL) {
		check_int(row, "bytes of a policy", (long long)(r->policy.n + r->record.n), 0);
		return;
	}
	policy_parse(&a, r->policy, &p);
	check_true(row, "a valid policy", p.is_valid && !p.has_blank_lines);
	check_text(row, "mode", str_of(policy_mode_name(p.mode)), mode);
	check_true(row, "an mx line", p.mx_count > 0);
	check_true(row, "a record", r->record.n > 0);
	arena_release(&a);
}

/* What w writes at a line of a way out is its policy alone, and valid. */
static void
check_files(const char *row, struct session *s, const struct judgement *j, const struct rollout *r)
{
	const struct view_input in = { s, j, s->last_us };
	struct arena a = { 0 };

	for (size_t i = 0; i < r->way_count; i++) {
		struct policy p;
		struct str file;

		if (!str_starts(r->ways[i].publish, STR("version: ")))
			continue;
		file = sim_publish_file(&a, &in, arena_printf(&a, "publish-way:%zu:0", i));
		policy_parse(&a, file, &p);
		check_true(row, "a valid file", p.is_valid && !p.has_blank_lines);
		check_true(row, "of the way", str_starts(r->ways[i].publish, file));
	}
	arena_release(&a);
}

static void
check_rollout(const char *row, const struct walk *w, size_t index)
{
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	struct rollout r;

	walk_build(&b, &s, w);
	judge(&s, NULL, &j);
	rollout_make(&a, &j, &r);
	check_int(row, "step", r.here, rows[index].here);
	check_int(row, "next", r.next, rows[index].next);
	check_int(row, "blocks", (long long)r.block_count, (long long)rows[index].blocks);
	check_int(row, "ways", (long long)r.way_count, (long long)rows[index].ways);
	check_policy(row, &r, rows[index].mode);
	check_files(row, &s, &j, &r);
	for (size_t i = 1; i < r.way_count; i++)
		check_true(row, "soonest first", r.ways[i - 1].after_s <= r.ways[i].after_s);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_rollout(rows[i].row, &rows[i].walk, i);
}

/* The way out works: the policy that it proposes lets the mail through. */
static void
test_way_out_delivers(void **state)
{
	struct walk w = { .mx = "10 mx2.example.com" };
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	struct rollout r;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	assert_int_equal(j.fresh, MAIL_DEFERRED);
	rollout_make(&a, &j, &r);
	w.body = rollout_policy_text(&a, &j, POLICY_MODE_ENFORCE, 604800);
	judgement_release(&j);
	session_release(&s);
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	assert_int_equal(j.fresh, MAIL_DELIVERED_VALIDATED);
	judgement_release(&j);
	session_release(&s);
	arena_release(&a);
}

#define BARE \
	{ \
		.host = MX1, .address = "192.0.2.25", .ehlo = "250 " MX1 \
	}

/* What is to be done, soonest first; "*" stands for what is published with it. */
static const struct {
	const char *row;
	struct walk walk;
	const char *ways; /* a line each: seconds, words, * for literal lines */
} way_rows[] = {
	{ "all well", { 0 }, "" },
	{ "the name", { .mx = "10 mx2.example.com" },
		"300 add the mx lines, then a new id*\n"
		"300 restore the old MX host mx1.example.com*\n"
		"300 brake: mode testing, then a new id*\n" },
	{ "the certificate", { .smtp = { EXPIRED } },
		"0 put a certificate on mx1.example.com that has not expired\n"
		"300 brake: mode testing, then a new id*\n" },
	{ "no STARTTLS", { .smtp = { BARE } },
		"0 offer STARTTLS on mx1.example.com again\n"
		"300 brake: mode testing, then a new id*\n" },
	{ "nobody answers",
		{ .smtp = { { .host = MX1,
			  .address = "192.0.2.25",
			  .connect = OUTCOME_REFUSED } } },
		"" },
	{ "an earlier policy", { .before = hold_old_host },
		"300 wait: the id is new already\n"
		"300 restore the old MX host old.example.com*\n" },
	{ "an earlier policy, and none now", { .before = hold_old_host, .txt = "", .hosts = "" },
		"300 publish mode none, then a new id*\n"
		"300 restore the old MX host old.example.com*\n" },
	{ "an earlier policy of the same id", { .before = hold_old_host, .txt = "v=STSv1; id=1;" },
		"300 publish a new id, so that the file is fetched again*\n"
		"300 restore the old MX host old.example.com*\n" },
};

static void
test_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(way_rows); i++) {
		struct buf got = BUF_INIT(0);
		struct arena a = { 0 };
		struct session s;
		struct build b;
		struct judgement j;
		struct rollout r;

		walk_build(&b, &s, &way_rows[i].walk);
		judge(&s, NULL, &j);
		rollout_make(&a, &j, &r);
		for (size_t k = 0; k < r.way_count; k++)
			buf_addf(&got, "%lld %.*s%s\n", (long long)r.ways[k].after_s,
				STR_ARG(r.ways[k].what), r.ways[k].publish.n > 0 ? "*" : "");
		check_text(way_rows[i].row, "ways", buf_str(&got), way_rows[i].ways);
		buf_release(&got);
		arena_release(&a);
		judgement_release(&j);
		session_release(&s);
	}
}

static void
remember(struct build *b, const char *mode, int days_ago)
{
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"),
		.first_s = BUILD_AS_OF_S - days_ago * BUILD_DAY_S,
		.fetched_s = BUILD_AS_OF_S - BUILD_DAY_S, .id = STR("1"),
		.body = str_of(build_text(
			b, "version: STSv1\nmode: %s\nmx: %s\nmax_age: 864000\n", mode, MX1)));
}

static void
remember_both(struct build *b)
{
	remember(b, "testing", 60);
	remember(b, "enforce", 20);
}

/* Since when a step holds is what earlier walks remember, no more. */
static void
test_since(void **state)
{
	const struct walk w = { .before = remember_both };
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	struct rollout r;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	rollout_make(&a, &j, &r);
	assert_int_equal(r.since_s[ROLLOUT_TLSRPT], -1);
	assert_int_equal(r.since_s[ROLLOUT_POLICY], BUILD_AS_OF_S - 60 * BUILD_DAY_S);
	assert_int_equal(r.since_s[ROLLOUT_TESTING], BUILD_AS_OF_S - 60 * BUILD_DAY_S);
	assert_int_equal(r.since_s[ROLLOUT_ENFORCE_SHORT], BUILD_AS_OF_S - 20 * BUILD_DAY_S);
	assert_int_equal(r.since_s[ROLLOUT_REMOVAL], -1);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

/* What y copies: the whole text that a row is a line of. */
static void
test_publish_text(void **state)
{
	const struct walk w = { .mode = "testing", .tlsrpt = "" };
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	struct view_input in;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	in = (struct view_input){ &s, &j, s.last_us };
	assert_true(str_starts(sim_publish_text(&a, &in, STR("publish-policy:2")),
		STR("version: STSv1\nmode: enforce\n")));
	assert_true(str_starts(sim_publish_text(&a, &in, STR("publish-record:0")),
		STR("_mta-sts.example.com. 300 IN TXT")));
	assert_true(str_starts(sim_publish_text(&a, &in, STR("publish-tlsrpt:0")),
		STR("_smtp._tls.example.com. IN TXT")));
	assert_int_equal(sim_publish_text(&a, &in, STR("publish-way:0:1")).n, 0);
	assert_int_equal(sim_publish_text(&a, &in, STR("step:1")).n, 0);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_way_out_delivers),
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_publish_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
