/* Findings about the certificates of MX hosts. */
#include "tests/support/judge_case.h"

#define A4 "192.0.2.25"
#define MX1 "mx1.example.com"
#define CERT(...) \
	{ \
		.smtp = { { .host = MX1, .address = A4, .tls = { __VA_ARGS__ } } } \
	}
#define MISNAMED(names) .is_name_wrong = true, .sans = (names)

static const struct walk_row rows[] = {
	{ "name", CERT(MISNAMED("mail.hoster.test")), "error tls-cert-host-mismatch " MX1 },
	{ "CN only", CERT(MISNAMED("")), "error tls-cert-cn-only " MX1 },
	{ "one wildcard too shallow", CERT(MISNAMED("*.com")),
		"error tls-cert-wildcard-depth " MX1 },
	{ "part of a label", CERT(MISNAMED("mx*.example.com")),
		"error tls-cert-wildcard-partial " MX1 },
	{ "part of a label under a pattern",
		{ .body = STR("version: STSv1\nmode: enforce\nmx: *.example.com\n"
			      "max_age: 1209600\n"),
			.smtp = { { .host = MX1,
				.address = A4,
				.tls = { MISNAMED("mx*.example.com") } } } },
		"error tls-cert-wildcard-partial " MX1
		"\nwarning policy-mx-broad mx: *.example.com" },
	{ "leading dot", CERT(MISNAMED(".example.com")), "error tls-cert-host-mismatch " MX1 },
	{ "only the domain", CERT(MISNAMED("example.com")), "error tls-cert-pattern-only " MX1 },
	{ "expired", CERT(.is_untrusted = true, .code = 10, .days_left = -3),
		"error tls-cert-expired " MX1 },
	{ "expired and misnamed",
		CERT(.is_untrusted = true, .code = 10, .days_left = -3,
			MISNAMED("mail.hoster.test")),
		"error tls-cert-expired " MX1 "\nerror tls-cert-host-mismatch " MX1 },
	{ "not yet", CERT(.is_untrusted = true, .code = 9, .days_left = 100),
		"error tls-cert-not-yet-valid " MX1 },
	{ "self-signed", CERT(.is_untrusted = true, .code = 18),
		"error tls-cert-self-signed " MX1 },
	{ "untrusted", CERT(.is_untrusted = true, .code = 19), "error tls-cert-untrusted " MX1 },
	{ "incomplete", CERT(.is_untrusted = true, .code = 20), "error tls-chain-incomplete " MX1 },
	{ "the same, said twice", CERT(.is_untrusted = true, .code = 21),
		"error tls-chain-incomplete " MX1 },
	{ "purpose", CERT(.is_untrusted = true, .code = 26), "error tls-cert-invalid " MX1 },
	{ "untrusted without a reason", CERT(.is_untrusted = true), "error tls-cert-invalid " MX1 },
	{ "expiring", CERT(.days_left = 5), "warning tls-cert-expiring " MX1 },
	{ "expiring, no policy",
		{ .txt = "",
			.hosts = "",
			.smtp = { { .host = MX1, .address = A4, .tls = { .days_left = 5 } } } },
		"info txt-absent _mta-sts.example.com" },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
test_pattern_only(void **state)
{
	static const struct walk_row row[] = { { "pattern",
		{ .mx = "10 eu1.in.example.com",
			.body = STR("version: STSv1\nmode: testing\nmx: *.example.net\n"
				    "mx: *.in.example.com\nmax_age: 1209600\n"),
			.smtp = { { .host = "eu1.in.example.com",
				.address = A4,
				.tls = { MISNAMED("*.example.net") } } } },
		"warning tls-cert-pattern-only eu1.in.example.com\n"
		"info policy-mx-unused mx: *.example.net\ninfo policy-mode-testing mode\n"
		"warning whatif-enforce-breaks example.com" } };

	(void)state;
	check_rows(row, ROWS(row));
}

static void
add_extra(struct build *b)
{
	const char *job = open_smtp_tls(b, MX1, A4);
	const struct build_tls tls = { 0 };

	add_cert(b, job, MX1, &tls);
	ADD(b, job, CERT, cert, .depth = 1, .is_sent = true, .subject = STR("CN=Old CA"),
		.not_after_s = BUILD_AS_OF_S + BUILD_DAY_S);
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true,
		.wanted = STR(MX1), .ocsp = STR("revoked"));
	add_attempt_end(b, job, OUTCOME_OK);
}

static void
test_extra(void **state)
{
	static const struct walk_row row[] = { { "extra and revoked",
		{ .smtp = { { .host = MX1 } }, .addresses = A4, .more = add_extra },
		"warning tls-cert-revoked " MX1 "\ninfo tls-chain-extra " MX1 } };

	(void)state;
	check_rows(row, ROWS(row));
}

static void
test_warn_days(void **state)
{
	const struct walk w = { 0 };
	const struct judge_options month = { .warn_days = 62 };

	(void)state;
	check_walk("warn at 62", &w, &month,
		"warning https-cert-expiring mta-sts.example.com\n"
		"warning tls-cert-expiring " MX1);
}

/* Chosen by the first check that fails (RFC 8460 4.3), whatever the mode. */
static void
test_result_types(void **state)
{
	static const struct {
		const char *row;
		struct build_tls tls;
		const char *result;
	} cases[] = {
		{ "good", { 0 }, NULL },
		{ "name", { .is_name_wrong = true }, "certificate-host-mismatch" },
		{ "expired", { .is_untrusted = true, .code = 10 }, "certificate-expired" },
		{ "self-signed", { .is_untrusted = true, .code = 18 }, "certificate-not-trusted" },
		{ "alert", { .outcome = OUTCOME_ALERT }, "validation-failure" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct walk w = { .mode = "testing",
			.smtp = { { .host = MX1, .address = A4, .tls = cases[i].tls } } };
		struct session s;
		struct build b;
		struct judgement j;
		const char *got;

		walk_build(&b, &s, &w);
		judge(&s, NULL, &j);
		got = j.hosts[0].addresses[0].result_type;
		check_text(cases[i].row, "result type", str_of(got), cases[i].result);
		check_int(cases[i].row, "decision", j.hosts[0].decision, DECISION_USE_UNVALIDATED);
		judgement_release(&j);
		session_release(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_pattern_only),
		cmocka_unit_test(test_extra),
		cmocka_unit_test(test_warn_days),
		cmocka_unit_test(test_result_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
