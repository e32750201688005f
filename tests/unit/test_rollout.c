/* The rollout card: steps, what blocks, what to publish, and the ways out where mail waits. */
#include "tests/support/judge_case.h"

#include "core/rollout.h"

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
		rollout_step_count, 0, 2, NULL },
	{ "mail waits: the certificate", { .smtp = { EXPIRED } }, ROLLOUT_ENFORCE_LONG,
		rollout_step_count, 0, 2, NULL },
	{ "mail of some waits", { .before = hold_old_host }, ROLLOUT_ENFORCE_LONG,
		rollout_step_count, 0, 2, NULL },
};

/* What is proposed is what lint calls valid, and lists every host. */
static void
check_policy(const char *row, const struct rollout *r, const char *mode)
{
	struct arena a = { 0 };
	struct policy p;

	if (mode == NULL) {
		check_int(row, "bytes of a policy", (long long)r->policy.n, 0);
		return;
	}
	policy_parse(&a, r->policy, &p);
	check_true(row, "a valid policy", p.is_valid && !p.has_blank_lines);
	check_text(row, "mode", str_of(policy_mode_name(p.mode)), mode);
	check_true(row, "an mx line", p.mx_count > 0);
	check_true(row, "a record", r->record.n > 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_way_out_delivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
