/* What views say of other looks at an address and of control hosts. */
#include "tests/support/judge_case.h"

#include "core/buf.h"
#include "core/render.h"
#include "core/view.h"

#define MX1 "mx1.example.com"
#define A4 "192.0.2.25"

static void
looks(struct build *b)
{
	add_smtp(b, (struct build_smtp){ .host = MX1, .address = A4, .variant = VARIANT_NO_SNI });
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .variant = VARIANT_UNKNOWN_SNI,
			    .tls = { .outcome = OUTCOME_ALERT, .error = "unrecognized name" } });
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .variant = VARIANT_REPEAT,
			    .turn = 2,
			    .tls = { .sha256 = "00ff", .sans = "www.example.net" } });
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .variant = VARIANT_REPEAT,
			    .turn = 3,
			    .connect = OUTCOME_REFUSED });
}

static void
controls(struct build *b)
{
	ADD(b, "walk", CONTROLS, controls, .domains = build_lines(b, "one.example\ntwo.test"),
		.reason = STR("connect: refused"));
	ADD(b, "walk", HOSTS_FILE, hosts_file, .name = STR(MX1), .address = STR("192.0.2.7"));
	add_lookup(b, LOOKUP_CONTROL, RRTYPE_MX, "one.example", LOOKUP_OK, "10 mx.one.example");
	add_lookup(b, LOOKUP_CONTROL, RRTYPE_MX, "two.test", LOOKUP_TIMEOUT, NULL);
	add_smtp(b, (struct build_smtp){ .host = "mx.one.example",
			    .address = "192.0.2.91",
			    .variant = VARIANT_CONTROL });
}

static void
check_doc(const char *row, struct doc *doc, const char *wanted)
{
	const struct render_options options = { .columns = 400, .is_ascii = true };
	struct str rest = str_of(wanted), line;
	struct buf text = BUF_INIT(0);

	render_text(doc, &options, &text);
	while (rest.n > 0 && str_split(&rest, '\n', &line)) {
		if (str_find_str(buf_str(&text), line) == text.n)
			fail_msg("%s: \"%.*s\" is not in\n%s", row, STR_ARG(line), buf_text(&text));
	}
	buf_release(&text);
	doc_release(doc);
}

static void
test_address(void **state)
{
	const struct walk w = { .smtp = { { .host = MX1, .address = A4 } }, .more = looks };
	struct session s;
	struct build b;
	struct judgement j;
	struct doc doc;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	view_address(&(struct view_input){ &s, &j, s.last_us }, STR(MX1), STR(A4), &doc);
	check_doc("looks", &doc,
		"Looked at once more\nwithout SNI  TLSv1.3, the same certificate\n"
		"with the SNI of nobody  no handshake: unrecognized name\n"
		"again, 2.  TLSv1.3, another certificate: www.example.net\nagain, 3.  refused");
	judgement_release(&j);
	session_release(&s);
}

static void
test_controls(void **state)
{
	const struct walk w = {
		.smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_REFUSED } },
		.more = controls
	};
	struct session s;
	struct build b;
	struct judgement j;
	struct doc doc;
	struct buf json = BUF_INIT(0);
	const struct view_input in = { &s, &j, 0 };

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	view_report(&in, &doc);
	check_doc("report", &doc, "Tried  control hosts\nmx.one.example answers");
	view_stage(&in, STAGE_ENV, &doc);
	check_doc("environment", &doc, "control hosts\nmx.one.example answers\nport 25 works here");
	view_log(&in, &doc);
	check_doc("log", &doc,
		"every SMTP connection failed alike, connect: refused\n"
		"control hosts are tried: one.example, two.test\n"
		"the hosts file, which the walk does not use, has 192.0.2.7 for " MX1);
	render_json(&in, &json);
	assert_true(
		str_find_str(buf_str(&json),
			STR("\"controls\":[{\"domain\":\"one.example\",\"host\":\"mx.one.example\","
			    "\"address\":\"192.0.2.91\",\"outcome\":\"ok\",\"banner\":\"220 "
			    "mx.one.example ESMTP\"},{\"domain\":\"two.test\",\"host\":null")) <
		json.n);
	buf_release(&json);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
