/* Findings about the TLSRPT record. */
#include "tests/support/judge_case.h"

#define NAME "_smtp._tls.example.com"

static const struct walk_row rows[] = {
	{ "good", { .tlsrpt = "v=TLSRPTv1; rua=https://reports.example/tls" }, "" },
	{ "absent", { .tlsrpt = "" }, "info tlsrpt-absent " NAME },
	{ "absent under testing", { .tlsrpt = "", .mode = "testing" },
		"warning tlsrpt-absent " NAME "\ninfo policy-mode-testing mode" },
	{ "absent, no MTA-STS either", { .txt = "", .hosts = "", .tlsrpt = "" },
		"info txt-absent _mta-sts.example.com" },
	{ "foreign only", { .tlsrpt = "v=spf1 -all" }, "info tlsrpt-absent " NAME },
	{ "servfail", { .tlsrpt_status = LOOKUP_SERVFAIL }, "warning tlsrpt-lookup-failed " NAME },
	{ "two",
		{ .tlsrpt = "v=TLSRPTv1; rua=mailto:a@x.example\n"
			    "v=TLSRPTv1; rua=mailto:b@x.example" },
		"warning tlsrpt-multiple " NAME },
	{ "case", { .tlsrpt = "v=tlsrptv1; rua=mailto:a@x.example" },
		"warning tlsrpt-version-bad " NAME },
	{ "syntax", { .tlsrpt = "v=TLSRPTv1; rua" }, "warning tlsrpt-field-syntax " NAME },
	{ "no rua", { .tlsrpt = "v=TLSRPTv1;" }, "warning tlsrpt-rua-missing " NAME },
	{ "no scheme", { .tlsrpt = "v=TLSRPTv1; rua=tls@x.example" },
		"warning tlsrpt-rua-bad tls@x.example" },
	{ "self", { .tlsrpt = "v=TLSRPTv1; rua=mailto:tls@example.com" },
		"info tlsrpt-rua-self " NAME },
	{ "self and elsewhere",
		{ .tlsrpt = "v=TLSRPTv1; rua=mailto:tls@example.com,mailto:tls@x.example" }, "" },
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
