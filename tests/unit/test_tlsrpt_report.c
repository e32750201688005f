/* Reports of others: what is read, what is odd, what is no report; limits; sums. */
#include "tests/support/check.h"

#include "core/limits.h"
#include "core/tlsrpt_mail.h"
#include "core/tlsrpt_sum.h"

#define WRAP(policy, rest) \
	"{\"organization-name\":\"A\",\"contact-info\":\"a@example.com\",\"report-id\":\"1\"," \
	"\"date-range\":{\"start-datetime\":\"2026-11-21T00:00:00Z\"," \
	"\"end-datetime\":\"2026-11-21T23:59:59Z\"},\"policies\":[{\"policy\":{" policy "}" rest \
	"}]}"
#define STS "\"policy-type\":\"sts\",\"policy-domain\":\"example.com\""
#define SUMMARY \
	",\"summary\":{\"total-successful-session-count\":5," \
	"\"total-failure-session-count\":2}"
#define FAILURE(fields) ",\"failure-details\":[{\"sending-mta-ip\":\"192.0.2.1\"" fields "}]"
#define COUNT ",\"failed-session-count\":2"

static const struct {
	const char *name, *json;
	bool is_report;
	const char *odd; /* the words in the list of oddities, "" for none */
	int64_t ok, failed;
} rows[] = {
	{ "as written", WRAP(STS, SUMMARY), true, "", 5, 2 },
	{ "a failure", WRAP(STS, SUMMARY FAILURE(",\"result-type\":\"certificate-expired\"" COUNT)),
		true, "", 5, 2 },
	{ "lines as one string",
		WRAP(STS ",\"policy-string\":\"mode: none\\nmax_age: 1\"", SUMMARY), true,
		"policy-string is one string, not a list of lines", 5, 2 },
	{ "lines as JSON in a string",
		WRAP(STS ",\"policy-string\":\"[\\\"mode: none\\\"]\"", SUMMARY), true,
		"policy-string is one string, not a list of lines", 5, 2 },
	{ "mx-host as a list", WRAP(STS ",\"mx-host\":[\"a.example.com\"]", SUMMARY), true, "", 5,
		2 },
	{ "mx-host as a string", WRAP(STS ",\"mx-host\":\"a.example.com\"", SUMMARY), true,
		"mx-host is one string, not a list", 5, 2 },
	{ "no summary", WRAP(STS, FAILURE(",\"result-type\":\"certificate-expired\"" COUNT)), true,
		"no summary of sessions", 0, 2 },
	{ "no result", WRAP(STS, SUMMARY FAILURE(COUNT)), true, "a failure without result-type", 5,
		2 },
	{ "own result", WRAP(STS, SUMMARY FAILURE(",\"result-type\":\"odd\"" COUNT)), true,
		"a result-type that RFC 8460 does not have", 5, 2 },
	{ "no count", WRAP(STS, SUMMARY FAILURE(",\"result-type\":\"certificate-expired\"")), true,
		"a count that is no whole number, or missing", 5, 2 },
	{ "no domain", WRAP("\"policy-type\":\"no-policy-found\"", SUMMARY), true,
		"no policy-domain", 5, 2 },
	{ "a type of its own", WRAP("\"policy-type\":\"x\",\"policy-domain\":\"a\"", SUMMARY), true,
		"a policy-type that RFC 8460 does not have", 5, 2 },
	{ "only an id", "{\"report-id\":\"1\"}", true,
		"no organization-name; no contact-info; no date-range, or dates that are none; and "
		"no policies",
		0, 0 },
	{ "policies as an object",
		"{\"organization-name\":\"A\",\"contact-info\":\"a\",\"report-id\":\"1\","
		"\"date-range\":{\"start-datetime\":\"2026-11-21T00:00:00\","
		"\"end-datetime\":\"2026-11-21T23:59:59\"},\"policies\":{\"policy\":{" STS
		"}" SUMMARY "}}",
		true, "a date without zone, taken as UTC; and policies is no list", 5, 2 },
	{ "other JSON", "{\"a\":1}", false, NULL, 0, 0 },
	{ "a list", "[]", false, NULL, 0, 0 },
	{ "no JSON", "report", false, NULL, 0, 0 },
	{ "cut off", "{\"report-id\":\"1\"", false, NULL, 0, 0 },
	{ "nothing", "", false, NULL, 0, 0 },
	{ "too deep", "[[[[[[[[[[[[[[[[[[[[", false, NULL, 0, 0 },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].name;
		struct arena a = { 0 };
		struct err err = { .text = "" };
		struct named_report n = { .file = STR("f") };
		struct report_totals t;
		const bool is_read = tls_report_read(&a, str_of(rows[i].json), &n.report, &err) ==
				     RESULT_OK;

		check_int(name, "is a report", is_read, rows[i].is_report);
		check_int(name, "has an error", err.text[0] != '\0', !rows[i].is_report);
		if (is_read) {
			check_text(name, "odd", tls_report_oddities(&a, &n.report), rows[i].odd);
			report_totals_make(&n, 1, STR_EMPTY, &t);
			check_int(name, "well", t.ok, rows[i].ok);
			check_int(name, "failed", t.failed, rows[i].failed);
			report_totals_release(&t);
		}
		arena_release(&a);
	}
}

/* Failures of one reporter at one host with one result are one sum; the most weigh first. */
static void
test_sums(void **state)
{
	static const char json[] = WRAP(
		STS ",\"policy-string\":[\"mode:  enforce\",\"max_age: 9\"]", SUMMARY
		",\"failure-details\":["
		"{\"result-type\":\"certificate-expired\",\"receiving-mx-hostname\":\"b.test\","
		"\"failed-session-count\":1},"
		"{\"result-type\":\"certificate-expired\",\"receiving-mx-hostname\":\"a.test\","
		"\"failed-session-count\":2},"
		"{\"result-type\":\"certificate-expired\",\"receiving-mx-hostname\":\"A.test\","
		"\"failed-session-count\":3}]");
	struct arena a = { 0 };
	struct named_report n[2] = { { .file = STR("f") } };
	struct report_totals t;
	struct err err;

	(void)state;
	assert_int_equal(tls_report_read(&a, str_of(json), &n[0].report, &err), RESULT_OK);
	n[1] = n[0];
	report_totals_make(n, 2, STR("mode: enforce\nmax_age: 8\r\n"), &t);
	assert_int_equal(t.count, 2);
	check_int("a", "sessions", t.sums[0].sessions, 10);
	check_int("a", "details", (long long)t.sums[0].details, 4);
	check_text("a", "mode", t.sums[0].mode, "enforce");
	check_text("b", "host", t.sums[1].host, "b.test");
	check_int("policy", "lines", (long long)report_policy_differs(&t, &n[0].report.policies[0]),
		2);
	report_totals_release(&t);
	report_totals_make(n, 1, STR("max_age:9\nmode: enforce\n\n"), &t);
	check_int("same policy", "lines",
		(long long)report_policy_differs(&t, &n[0].report.policies[0]), 0);
	report_totals_release(&t);
	arena_release(&a);
}

/* Lists in lists, far deeper than any report. */
static void
test_deep(void **state)
{
	struct buf json = BUF_INIT(0);
	struct err err = { .text = "" };
	struct arena a = { 0 };
	struct tls_report r;

	(void)state;
	buf_add_text(&json, "{\"report-id\":\"1\",\"policies\":");
	for (size_t i = 0; i < 100000; i++)
		buf_add_text(&json, "[");
	for (size_t i = 0; i < 100000; i++)
		buf_add_text(&json, "]");
	buf_add_text(&json, "}");
	assert_int_equal(tls_report_read(&a, buf_str(&json), &r, &err), RESULT_FAILED);
	assert_true(err.text[0] != '\0');
	buf_release(&json);
	arena_release(&a);
}

/* More failures than are kept: counted, told, and nothing else. */
static void
test_limit(void **state)
{
	struct buf json = BUF_INIT(0);
	struct arena a = { 0 };
	struct tls_report r;
	struct err err;

	(void)state;
	buf_add_text(&json, "{\"report-id\":\"1\",\"policies\":[{\"failure-details\":[{}");
	for (size_t i = 0; i < LIMIT_REPORT_FAILURES + 6; i++)
		buf_add_text(&json, ",{}");
	buf_add_text(&json, "]}]}");
	assert_int_equal(tls_report_read(&a, buf_str(&json), &r, &err), RESULT_OK);
	assert_int_equal(r.policies[0].count, LIMIT_REPORT_FAILURES);
	assert_int_equal(r.dropped, 7);
	assert_true(r.odd[REPORT_ODD_TOO_MUCH]);
	buf_release(&json);
	arena_release(&a);
}

static const struct {
	const char *name, *mail, *inside; /* NULL: none */
} mails[] = {
	{ "the whole mail", "Content-Type: application/tlsrpt+json\n\n{}", "{}" },
	{ "base64 over lines",
		"Content-Type: APPLICATION/tlsrpt+gzip\r\nContent-Transfer-Encoding:\r\n "
		"base64\r\n\r\n"
		"ey\r\nJh\r\nIn0=\r\n",
		"{\"a\"}" },
	{ "bad base64", "Content-Type: application/json\nContent-Transfer-Encoding: base64\n\ne30",
		NULL },
	{ "bad quoting",
		"Content-Type: application/json\nContent-Transfer-Encoding: "
		"quoted-printable\n\n=G1",
		NULL },
	{ "by file name",
		"Content-Disposition: attachment; filename=\"a.JSON\"\nContent-Type: "
		"text/plain\n\n{}",
		"{}" },
	{ "text only", "Subject: x\n\n{}", NULL },
	{ "in a multipart",
		"Content-Type: multipart/report; boundary=x\n\n--xy\n--x\n\ntext\n--x\n"
		"Content-Type: application/gzip\n\nz\n--x--\n",
		"z\n" },
	{ "of a list, CRLF",
		"Content-Type: multipart/mixed; boundary=\"o\"\r\n\r\n--o\r\nContent-Type: "
		"multipart/report; boundary=i \r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nx"
		"\r\n--i \r\nContent-Type: application/tlsrpt+json\r\n\r\n{}\r\n--i--\r\n--o--\r\n",
		"{}\r\n" },
	{ "octets with a name",
		"Content-Type: application/octet-stream; name=\"r.json.gz\"\nContent-Transfer-"
		"Encoding: base64\n\ne30=\n",
		"{}" },
	{ "no boundary",
		"Content-Type: multipart/report\n\n--\nContent-Type: application/gzip\n\nz", NULL },
};

static void
test_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(mails); i++) {
		struct arena a = { 0 };
		struct err err = { .text = "" };
		struct str inside = STR_EMPTY;
		const bool is_there = report_mail_read(&a, str_of(mails[i].mail), &inside, &err) ==
				      RESULT_OK;

		check_true(mails[i].name, "looks like mail", report_mail_is(str_of(mails[i].mail)));
		check_int(mails[i].name, "is there", is_there, mails[i].inside != NULL);
		if (mails[i].inside != NULL)
			check_text(mails[i].name, "inside", inside, mails[i].inside);
		arena_release(&a);
	}
	assert_false(report_mail_is(STR("{\"a\":1}")));
	assert_false(report_mail_is(STR("\x1f\x8b")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
