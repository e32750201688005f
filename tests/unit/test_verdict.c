/* What happens to the mail, the states of stages and hosts, and what may be said before the end. */
#include "tests/support/judge_case.h"

#define MX1 "mx1.example.com"
#define A4 "192.0.2.25"

struct verdict_row {
	const char *row;
	struct walk walk;
	enum mail_outcome fresh;
	int exit;
	const char *headline;
	const char *states; /* env txt https policy mx tlsrpt verdict */
};

static const struct verdict_row rows[] = {
	{ "good", { 0 }, MAIL_DELIVERED_VALIDATED, 0,
		"mail delivered, validated (mx1.example.com); nothing wrong",
		"ok ok ok ok ok ok ok" },
	{ "testing", { .mode = "testing" }, MAIL_DELIVERED_UNVALIDATED, 0,
		"mail delivered, without validation (mx1.example.com); nothing wrong",
		"ok ok ok ok ok ok ok" },
	{ "no MTA-STS", { .txt = "", .hosts = "" }, MAIL_DELIVERED_UNVALIDATED, 0,
		"mail delivered, without validation (mx1.example.com); nothing wrong",
		"ok ok skipped skipped ok ok ok" },
	{ "bad record", { .txt = "v=STSv1;" }, MAIL_DELIVERED_UNVALIDATED, 2,
		"mail delivered, without validation (mx1.example.com); 1 error",
		"ok fail not-reached not-reached ok ok fail" },
	{ "bad policy", { .body = STR("version: STSv1\n") }, MAIL_DELIVERED_UNVALIDATED, 2,
		"mail delivered, without validation (mx1.example.com); 2 errors",
		"ok ok ok fail ok ok fail" },
	{ "a page in place of the policy", { .body = STR("<html>") }, MAIL_DELIVERED_UNVALIDATED, 2,
		"mail delivered, without validation (mx1.example.com); 1 error",
		"ok ok fail not-reached ok ok fail" },
	{ "no fetch", { .https = { .connect = OUTCOME_REFUSED } }, MAIL_DELIVERED_UNVALIDATED, 2,
		"mail delivered, without validation (mx1.example.com); 1 error",
		"ok ok fail not-reached ok ok fail" },
	{ "refused by policy", { .mx = "10 mx2.example.com" }, MAIL_DEFERRED, 2,
		"mail delayed; 1 error", "ok ok ok ok fail ok fail" },
	{ "dead", { .smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_TIMEOUT } } },
		MAIL_DEFERRED, 2, "mail delayed; 1 error", "ok ok ok ok fail ok fail" },
	{ "null MX", { .mx = "0 ." }, MAIL_UNDELIVERABLE, 0, "mail refused; nothing wrong",
		"ok ok ok ok ok ok ok" },
	{ "null MX twice", { .mx = "0 .\n0 ." }, MAIL_UNDELIVERABLE, 1, "mail refused; 1 warning",
		"ok ok ok ok warn ok warn" },
	{ "gone", { .txt = "", .hosts = "", .tlsrpt = "", .mx_status = LOOKUP_NXDOMAIN },
		MAIL_UNDELIVERABLE, 2, "mail refused; 1 error",
		"ok not-reached not-reached not-reached fail not-reached fail" },
	{ "MX lookup fails", { .mx_status = LOOKUP_SERVFAIL }, MAIL_DEFERRED, 2,
		"mail delayed; 1 error", "ok ok ok ok fail ok fail" },
	{ "our resolver is broken",
		{ .is_root_failing = true,
			.txt_status = LOOKUP_TIMEOUT,
			.tlsrpt_status = LOOKUP_TIMEOUT,
			.host_status = LOOKUP_TIMEOUT,
			.mx_status = LOOKUP_TIMEOUT },
		MAIL_UNKNOWN, 3, "mail not known; 4 inconclusive",
		"inconclusive inconclusive inconclusive inconclusive inconclusive inconclusive "
		"inconclusive" },
	{ "fetch cut off", { .https = { .outcome = OUTCOME_CANCELLED }, .end = END_CANCELLED },
		MAIL_UNKNOWN, 3, "mail not known; stopped before the end",
		"ok ok inconclusive inconclusive inconclusive ok inconclusive" },
	{ "MX host cut off",
		{ .smtp = { { .host = MX1, .address = A4, .banner_fails = OUTCOME_CANCELLED } },
			.end = END_CANCELLED },
		MAIL_UNKNOWN, 3, "mail not known; stopped before the end",
		"ok ok ok ok inconclusive ok inconclusive" },
	{ "only a warning", { .https = { .content_type = "text/html" } }, MAIL_DELIVERED_VALIDATED,
		1, "mail delivered, validated (mx1.example.com); 1 warning",
		"ok ok warn ok ok ok warn" },
};

static const char *
states_text(struct arena *a, const struct judgement *j)
{
	struct str text = STR("");

	for (size_t i = 0; i < stage_count; i++)
		text = arena_printf(
			a, "%.*s%s%s", STR_ARG(text), i > 0 ? " " : "", state_name(j->stages[i]));
	return text.p;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct verdict_row *r = &rows[i];
		struct arena a = { 0 };
		struct session s;
		struct build b;
		struct judgement j;

		walk_build(&b, &s, &r->walk);
		judge(&s, NULL, &j);
		check_text(r->row, "headline", j.headline, r->headline);
		check_text(r->row, "states", str_of(states_text(&a, &j)), r->states);
		check_text(r->row, "fresh", str_of(mail_outcome_name(j.fresh)),
			mail_outcome_name(r->fresh));
		check_int(r->row, "exit", j.exit, r->exit);
		check_true(r->row, "final", j.is_final);
		check_true(r->row, "why", j.mail_why.n > 0);
		judgement_release(&j);
		session_release(&s);
		arena_release(&a);
	}
}

/* Why the mail waits, in words that are true of one host and of several. */
static const struct {
	const char *row;
	struct walk walk;
	const char *why;
} whys[] = {
	{ "one host, refused", { .mx = "10 mx2.example.com" },
		"The policy is in mode enforce, and senders pass over the only MX host: they queue "
		"the mail and try again." },
	{ "one host, dead",
		{ .smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_TIMEOUT } } },
		"The only MX host cannot be reached, so senders queue the mail and try again." },
	{ "one host, no address", { .mx = "10 " MX1, .smtp = { { .host = MX1 } } },
		"The only MX host has no address, so senders queue the mail and try again, or "
		"return it." },
	{ "one host refuses us, the next takes it",
		{ .mx = "10 " MX1 "\n20 mx2.example.com",
			.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
				    "mx: mx2.example.com\nmax_age: 1209600\n"),
			.smtp = { { .host = MX1,
				.address = A4,
				.banner = "554 5.7.1 [203.0.113.5] is on a list" } } },
		"The policy is in mode enforce, and mx2.example.com matches it and shows a valid "
		"certificate; mx1.example.com, which senders try first, refuses the address of "
		"this host." },
	{ "our resolver is broken", { .is_root_failing = true, .mx_status = LOOKUP_TIMEOUT },
		"DNS does not work from here." },
};

static void
test_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(whys); i++) {
		struct session s;
		struct build b;
		struct judgement j;

		walk_build(&b, &s, &whys[i].walk);
		judge(&s, NULL, &j);
		check_text(whys[i].row, "why", j.mail_why, whys[i].why);
		judgement_release(&j);
		session_release(&s);
	}
}

/* A better host that refuses us may refuse others too: it is not "nothing seen". */
static void
test_at_risk(void **state)
{
	const struct walk w = { .mx = "10 " MX1 "\n20 mx2.example.com",
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "mx: mx2.example.com\nmax_age: 1209600\n"),
		.smtp = { { .host = MX1,
			.address = A4,
			.banner = "554 5.7.1 [203.0.113.5] is on a list" } } };
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	check_text("refused", "at risk", j.at_risk, "mx1 (not known)");
	assert_non_null(f = finding_of(&j, FINDING_ENV_SOURCE_BLOCKLISTED));
	check_true("refused", "our port is no news",
		str_find_str(f->detail, STR(":50112")) == f->detail.n);
	assert_non_null(f = finding_of(&j, FINDING_SMTP_BANNER_5XX));
	check_int("refused", "blame", f->blame, BLAME_LOCAL);
	judgement_release(&j);
	session_release(&s);
}

/* Nothing at all: before the first event, and with the walk's end only. */
static void
test_empty(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_begin(&b, &s);
	judge(&s, NULL, &j);
	assert_int_equal(j.count, 0);
	assert_int_equal(j.exit, 0);
	assert_int_equal(j.fresh, MAIL_NOT_KNOWN_YET);
	for (size_t i = 0; i < stage_count; i++)
		assert_int_equal(j.stages[i], STATE_WAITING);
	judgement_release(&j);
	add_walk_start(&b, "example.com");
	add_end(&b, END_CANCELLED);
	judge(&s, NULL, &j);
	assert_int_equal(j.exit, 3);
	assert_int_equal(j.fresh, MAIL_UNKNOWN);
	judgement_release(&j);
	session_release(&s);
	judgement_release(NULL);
}

static const struct verdict_row running[] = {
	{ .row = "two addresses, the first bad",
		.walk = { .smtp = { { .host = MX1, .address = A4, .ehlo = "250 hi" },
				  { .host = MX1, .address = "2001:db8::25" } } } },
	{ .row = "two hosts, one not listed", .walk = { .mx = "10 mx2.example.com\n20 " MX1 } },
	{ .row = "mode testing",
		.walk = { .mode = "testing",
			.smtp = { { .host = MX1,
				.address = A4,
				.tls = { .is_name_wrong = true } } } } },
	{ .row = "first address of the policy host dead",
		.walk = { .hosts = "192.0.2.79\n192.0.2.80",
			.https = { .address = "192.0.2.79", .connect = OUTCOME_REFUSED },
			.https2 = { .address = "192.0.2.80" } } },
};

static void
test_while_running(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_prefixes(rows[i].row, &rows[i].walk, NULL);
	for (size_t i = 0; i < ROWS(running); i++)
		check_prefixes(running[i].row, &running[i].walk, NULL);
}

/* A better host that is still open keeps the outcome open. */
static void
test_open_host(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	const struct walk w = { .is_open = true,
		.mx = "10 " MX1 "\n20 mx2.example.com",
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "mx: mx2.example.com\nmax_age: 1209600\n"),
		.smtp = { { .host = "mx2.example.com", .address = "192.0.2.26" } } };

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	walk_fetch(&b, &w);
	add_mx(&b, w.mx);
	add_addresses(&b, MX1, A4);
	add_addresses(&b, "mx2.example.com", "192.0.2.26");
	add_smtp(&b, w.smtp[0]);
	ADD(&b, "smtp:" MX1 "/" A4, ATTEMPT_START, attempt_start, .role = ATTEMPT_SMTP,
		.host = STR(MX1), .address = STR(A4), .port = 25);
	judge(&s, NULL, &j);
	assert_int_equal(j.fresh, MAIL_NOT_KNOWN_YET);
	assert_int_equal(j.hosts[0].state, STATE_RUNNING);
	assert_int_equal(j.hosts[1].state, STATE_OK);
	assert_int_equal(j.stages[STAGE_MX], STATE_RUNNING);
	assert_int_equal(j.stages[STAGE_VERDICT], STATE_WAITING);
	assert_int_equal(j.count, 0);
	judgement_release(&j);
	session_release(&s);
}

static void
test_coverage(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_good_open(&b, &s, "enforce");
	add_mx(&b, NULL);
	add_smtp_skip(&b, MX1, "2001:db8::99", SKIP_NO_ROUTE);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	assert_int_equal(j.addresses, 5);
	assert_int_equal(j.tested, 4);
	assert_int_equal(j.hosts[0].addresses[2].state, STATE_SKIPPED);
	assert_int_equal(j.hosts[0].decision, DECISION_USE);
	judgement_release(&j);
	session_release(&s);
}

/* The same session gives the same judgement. */
static void
test_pure(void **state)
{
	struct session s;
	struct build b;
	struct judgement one, two;

	(void)state;
	walk_build(&b, &s, &(struct walk){ .mx = "10 " MX1 "\n20 mx2.example.com" });
	judge(&s, NULL, &one);
	judge(&s, NULL, &two);
	assert_int_equal(one.count, two.count);
	for (size_t i = 0; i < one.count; i++) {
		assert_ptr_equal(one.findings[i].type, two.findings[i].type);
		check_str("pure", "detail", one.findings[i].detail, two.findings[i].detail);
		check_str("pure", "by hand", one.findings[i].by_hand, two.findings[i].by_hand);
	}
	judgement_release(&one);
	judgement_release(&two);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_at_risk),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_while_running),
		cmocka_unit_test(test_open_host),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_pure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
