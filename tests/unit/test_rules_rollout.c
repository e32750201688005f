/* Findings about changes over time: earlier policies that senders hold, and the next mode. */
#include "tests/support/judge_case.h"

#define D "example.com"
#define ID "20260101T000000"
#define V "version: STSv1\n"
#define AGE "max_age: 1209600\n"
#define MX1 "mx: mx1.example.com\n"
#define OLD "mx: old.example.com\n"
#define USUAL V "mode: enforce\nmx: mx1.example.com\n" AGE

static void
hold(struct build *b, const char *id, int days, const char *body)
{
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"),
		.first_s = BUILD_AS_OF_S - 40 * BUILD_DAY_S,
		.fetched_s = BUILD_AS_OF_S - days * BUILD_DAY_S, .id = str_of(id),
		.body = str_of(body));
}

static void
hold_same(struct build *b)
{
	hold(b, ID, 1, USUAL);
}

static void
hold_old_host(struct build *b)
{
	hold(b, "20250101", 2, V "mode: enforce\n" OLD AGE);
}

static void
hold_old_host_too_long(struct build *b)
{
	hold(b, "20250101", 15, V "mode: enforce\n" OLD AGE);
}

static void
hold_old_host_testing(struct build *b)
{
	hold(b, "20250101", 2, V "mode: testing\n" OLD AGE);
}

static void
hold_junk(struct build *b)
{
	hold(b, ID, 1, "<html>");
}

static void
hold_same_id(struct build *b)
{
	hold(b, ID, 1, V "mode: enforce\n" MX1 "mx: mx2.example.com\n" AGE);
}

static void
hold_same_id_other_age(struct build *b)
{
	hold(b, ID, 1, V "mode: enforce\n" MX1 "max_age: 1209601\n");
}

static void
hold_same_body(struct build *b)
{
	hold(b, "20250101", 1, USUAL);
}

static void
hold_testing(struct build *b)
{
	hold(b, ID, 1, V "mode: testing\n" MX1 AGE);
}

static void
hold_none_since(struct build *b)
{
	hold(b, "20250101", 3, USUAL);
	hold(b, "20250102", 1, V "mode: none\nmax_age: 1209600\n");
}

static void
rehearse_enforce(struct build *b)
{
	ADD(b, "walk", POLICY_REHEARSED, policy_rehearsed, .source = STR("next.txt"),
		.body = STR(USUAL));
}

static void
rehearse_bad(struct build *b)
{
	ADD(b, "walk", POLICY_REHEARSED, policy_rehearsed, .source = STR("next.txt"),
		.body = STR(V "mode: enforced\n" MX1 AGE));
}

#define EXPIRED \
	{ \
		.host = "mx1.example.com", .address = "192.0.2.25", \
		.tls = {.is_untrusted = true, \
			.code = 10, \
			.error = "certificate has expired" } \
	}
#define ABSENT .txt = "", .hosts = ""

static const struct walk_row rows[] = {
	{ "the policy of yesterday is that of today", { .before = hold_same }, "" },
	{ "what is no policy binds nobody", { .before = hold_junk }, "" },
	{ "the host moved", { .before = hold_old_host }, "error rollout-cached-policy-breaks " D },
	{ "the host moved, but all copies have expired", { .before = hold_old_host_too_long }, "" },
	{ "the host moved under testing", { .before = hold_old_host_testing }, "" },
	{ "file changed, id not", { .before = hold_same_id },
		"error rollout-body-changed-id-same " D },
	{ "only max_age changed, id not", { .before = hold_same_id_other_age },
		"warning rollout-body-changed-id-same " D },
	{ "id changed, file not", { .before = hold_same_body },
		"warning rollout-id-changed-body-same " D },
	{ "removed, and the old policy refuses the host", { ABSENT, .before = hold_old_host },
		"info txt-absent _mta-sts." D "\nerror rollout-removed-without-none " D },
	{ "removed, and the old policy is harmless", { ABSENT, .before = hold_same },
		"info txt-absent _mta-sts." D "\nwarning rollout-removed-without-none " D },
	{ "removed, and nobody remembers", { ABSENT, .before = hold_old_host_too_long },
		"info txt-absent _mta-sts." D },
	{ "removed, after mode none", { ABSENT, .before = hold_none_since },
		"info txt-absent _mta-sts." D },
	{ "file gone",
		{ .https = { .status = 404, .outcome = OUTCOME_STATUS }, .before = hold_same },
		"error https-status mta-sts." D "\nwarning rollout-removed-without-none " D },
	{ "testing for 40 days", { .mode = "testing", .before = hold_testing },
		"info policy-mode-testing mode\ninfo rollout-testing-old " D },
	{ "file changed a day after the id",
		{ .txt = "v=STSv1; id=20260101T000000Z;",
			.https = { .header = "Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT" } },
		"" },
	{ "file changed over a day after the id",
		{ .txt = "v=STSv1; id=20260101T000000Z;",
			.https = { .header = "last-modified:  Fri, 02 Jan 2026 00:00:01 GMT" } },
		"warning rollout-id-older-than-file " D },
	{ "id of a day alone",
		{ .txt = "v=STSv1; id=20260101;",
			.https = { .header = "Last-Modified: Sat, 03 Jan 2026 12:00:00 GMT" } },
		"warning rollout-id-older-than-file " D },
	{ "id that is no date",
		{ .txt = "v=STSv1; id=20261301;",
			.https = { .header = "Last-Modified: Sat, 03 Jan 2026 12:00:00 GMT" } },
		"" },
	{ "Last-Modified that is no date", { .https = { .header = "Last-Modified: yesterday" } },
		"" },
	{ "enforce would refuse the only host", { .mode = "testing", .smtp = { EXPIRED } },
		"warning tls-cert-expired mx1." D "\ninfo policy-mode-testing mode\n"
		"warning whatif-enforce-breaks " D },
	{ "a policy is rehearsed where none is published", { ABSENT, .before = rehearse_enforce },
		"info txt-absent _mta-sts." D },
	{ "a rehearsed policy is judged", { ABSENT, .before = rehearse_bad },
		"info txt-absent _mta-sts." D "\nerror policy-mode-unknown mode" },
	{ "rehearsing enforce in testing", { .mode = "testing", .before = rehearse_enforce }, "" },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
