/* The JSON report of sessions made by hand. */
#include "core/render.h"

#include <stdlib.h>

#include "support/build_session.h"
#include "support/report_fields.h"

struct report {
	struct session session;
	struct build build;
	struct judgement judgement;
	struct buf text;
	json_t *json;
};

static void
report_make(struct report *r)
{
	struct view_input in = { .session = &r->session, .judgement = &r->judgement };
	json_error_t error;

	in.now_us = r->session.last_us;
	judge(&r->session, NULL, &r->judgement);
	r->text = (struct buf){ 0 };
	render_json(&in, &r->text);
	r->json = json_loadb(r->text.p, r->text.n, JSON_REJECT_DUPLICATES, &error);
	if (r->json == NULL)
		fail_msg("no JSON: %s at %d", error.text, error.position);
}

static void
report_release(struct report *r)
{
	json_decref(r->json);
	buf_release(&r->text);
	judgement_release(&r->judgement);
	session_release(&r->session);
}

static void
check_at(const struct report *r, const char *path, const char *want)
{
	check_text(path, "value", str_of(json_text_at(r->json, path)), want);
}

static void
test_good_has_every_field(void **state)
{
	struct report r;

	(void)state;
	build_good(&r.build, &r.session, "enforce");
	report_make(&r);
	check_report_fields("good", r.json);
	check_at(&r, "domain", "example.com");
	check_at(&r, "as_of", "2026-11-22T08:00:00.000Z");
	check_at(&r, "txt.id", "20260101T000000");
	check_at(&r, "https.chosen", "192.0.2.80");
	check_at(&r, "policy.mode", "enforce");
	check_at(&r, "policy.lines[0].eol", "crlf");
	check_at(&r, "mx[0].host", "mx1.example.com");
	check_at(&r, "mx[0].match.pattern", "mx1.example.com");
	check_at(&r, "mx[0].addresses[0].decision", "use");
	check_at(&r, "mx[0].addresses[0].ehlo[0]", "PIPELINING");
	check_at(&r, "mx[0].addresses[0].tls.chain[0].subject", "CN=mx1.example.com");
	check_at(&r, "tlsrpt.rua[0]", "mailto:tls@example.com");
	check_at(&r, "verdict.severity", "ok");
	check_at(&r, "verdict.mail_now.fresh", "delivered-validated");
	assert_int_equal(json_integer_value(json_at(r.json, "verdict.exit")), 0);
	assert_int_equal(json_array_size(json_at(r.json, "stages")), 7);
	report_release(&r);
}

/* One object on one line, so that several domains make JSON lines. */
static void
test_one_line(void **state)
{
	struct report r;

	(void)state;
	build_good(&r.build, &r.session, "enforce");
	report_make(&r);
	assert_int_equal(str_find(buf_str(&r.text), '\n'), r.text.n - 1);
	report_release(&r);
}

/* Before anything was learnt, and with every part of the walk failing at its first step. */
static void
test_absent_facts_are_null(void **state)
{
	struct report r;

	(void)state;
	build_begin(&r.build, &r.session);
	report_make(&r);
	check_report_fields("no event at all", r.json);
	assert_true(json_is_null(json_at(r.json, "policy")));
	assert_true(json_is_null(json_at(r.json, "as_of")));
	check_at(&r, "mx_status", "not-asked");
	report_release(&r);

	build_begin(&r.build, &r.session);
	add_walk_start(&r.build, "example.com");
	add_txt(&r.build, NULL);
	add_mx(&r.build, "10 mx1.example.com\n20 mx2.example.com");
	add_addresses(&r.build, "mx1.example.com", "192.0.2.25");
	add_smtp_connect_fails(&r.build, "mx1.example.com", "192.0.2.25", OUTCOME_REFUSED);
	add_addresses(&r.build, "mx2.example.com", "2001:db8::26");
	add_smtp_skip(&r.build, "mx2.example.com", "2001:db8::26", SKIP_NO_ROUTE);
	add_end(&r.build, END_DONE);
	report_make(&r);
	check_report_fields("nothing works", r.json);
	check_at(&r, "txt.status", "nxdomain");
	check_at(&r, "policy_host.status", "not-asked");
	check_at(&r, "coverage.untested[0].reason", "no IPv6 route");
	check_at(&r, "mx[0].addresses[0].error", "connect: refused");
	assert_true(json_is_null(json_at(r.json, "mx[0].match")));
	assert_true(json_is_null(json_at(r.json, "mx[0].addresses[0].tls")));
	assert_true(json_is_null(json_at(r.json, "mx[0].addresses[0].starttls")));
	report_release(&r);
}

/* Whatever peers send, the report is valid UTF-8 and hides nothing; line ends stay in the body. */
static void
test_hostile_text(void **state)
{
	static const char policy[] = "version: STSv1\nmode: enforce\nmx: mx\x1b[2J.example.com\n"
				     "max_age: 604800\nx: \xff\xe2\x80\xae\n";
	struct report r;
	const char *body;

	(void)state;
	build_begin(&r.build, &r.session);
	add_walk_start(&r.build, "example.com");
	add_txt(&r.build, "v=STSv1; id=1;\x1b]0;x\x07\xc3\x28");
	add_policy_host(&r.build, "192.0.2.80");
	add_https(&r.build, (struct build_https){ .body = { policy, sizeof(policy) - 1 } });
	add_mx(&r.build, "10 mx1.example.com");
	add_addresses(&r.build, "mx1.example.com", "192.0.2.25");
	add_smtp(&r.build, (struct build_smtp){ .host = "mx1.example.com",
				   .address = "192.0.2.25",
				   .banner = "220 \xe2\x80\xae"
					     "evil\x9b" });
	add_end(&r.build, END_DONE);
	report_make(&r);
	check_report_fields("hostile", r.json);
	assert_true(utf8_is_valid(buf_str(&r.text)));
	for (size_t i = 0; i + 1 < r.text.n; i++)
		assert_true((unsigned char)r.text.p[i] >= 0x20);
	check_at(&r, "txt.records[0].text", "v=STSv1; id=1;\\x1b]0;x\\x07\\xc3(");
	check_at(&r, "mx[0].addresses[0].banner", "220 <U+202E>evil\\x9b");
	body = json_text_at(r.json, "policy.body");
	assert_non_null(strstr(body, "version: STSv1\nmode: enforce\nmx: mx\\x1b[2J"));
	assert_null(strchr(body, '\x1b'));
	report_release(&r);
}

/* Numbers have one decimal at most and never a comma. */
static void
test_numbers(void **state)
{
	struct report r;
	const char *at;

	(void)state;
	build_good_open(&r.build, &r.session, "enforce");
	r.build.us = 412000;
	add_end(&r.build, END_DONE);
	report_make(&r);
	at = strstr(r.text.p, "\"duration_ms\":");
	assert_non_null(at);
	assert_int_equal(strncmp(at, "\"duration_ms\":412.0,", 20), 0);
	report_release(&r);
}

static void
test_certificate_error(void **state)
{
	struct report r;

	(void)state;
	build_good_open(&r.build, &r.session, "enforce");
	add_mx(&r.build, "10 mx1.example.com");
	add_addresses(&r.build, "mx1.example.com", "192.0.2.99");
	add_smtp(&r.build, (struct build_smtp){ .host = "mx1.example.com",
				   .address = "192.0.2.99",
				   .tls = { .error = "certificate has expired",
					   .code = 10,
					   .is_untrusted = true,
					   .days_left = -3 } });
	add_end(&r.build, END_DONE);
	report_make(&r);
	check_report_fields("expired", r.json);
	for (size_t i = 0; i < 3; i++) {
		const json_t *address = json_array_get(json_at(r.json, "mx[0].addresses"), i);

		if (strcmp(json_text_at(address, "address"), "192.0.2.99") != 0)
			continue;
		check_text("address", "error", str_of(json_text_at(address, "error")),
			"certificate has expired");
		check_text("address", "result_type", str_of(json_text_at(address, "result_type")),
			"certificate-expired");
		assert_true(json_is_false(json_at(address, "ok")));
		assert_true(json_is_false(json_at(address, "tls.trusted")));
		assert_int_equal(json_integer_value(json_at(address, "tls.errors[0].code")), 10);
		assert_true(json_integer_value(json_at(address, "tls.chain[0].days_left")) < 0);
	}
	report_release(&r);
}

/* How a server sees us: the address in brackets of its EHLO reply, not its own. */
static void
test_seen_as(void **state)
{
	struct report r;

	(void)state;
	build_begin(&r.build, &r.session);
	add_walk_start(&r.build, "example.com");
	add_mx(&r.build, "10 mx1.example.com");
	add_addresses(&r.build, "mx1.example.com", "192.0.2.25\n192.0.2.26");
	add_smtp(&r.build,
		(struct build_smtp){ .host = "mx1.example.com",
			.address = "192.0.2.25",
			.ehlo = "250-mx1.example.com Hello [203.0.113.5]\n250 STARTTLS" });
	add_smtp(&r.build, (struct build_smtp){ .host = "mx1.example.com",
				   .address = "192.0.2.26",
				   .ehlo = "250-[192.0.2.26] Hello\n250 STARTTLS" });
	add_end(&r.build, END_DONE);
	report_make(&r);
	assert_int_equal(json_array_size(json_at(r.json, "vantage.seen_as")), 1);
	check_at(&r, "vantage.seen_as[0]", "203.0.113.5");
	report_release(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_has_every_field),
		cmocka_unit_test(test_one_line),
		cmocka_unit_test(test_absent_facts_are_null),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_certificate_error),
		cmocka_unit_test(test_seen_as),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
