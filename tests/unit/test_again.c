/* What of a walk is walked again, the session that is left for it, and how it goes on. */
#include "core/again.h"
#include "core/sessfile.h"
#include "support/story_reports.h"

static struct arena arena;

#define HOUR_US (INT64_C(3600) * 1000000)
#define LATER_MS ((BUILD_AS_OF_S + 3600) * 1000)

#define POLICY \
	"version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\n" \
	"mx: mta-sts.example.com\nmax_age: 604800\n"

/* mx2 shows an expired certificate; the policy host is an MX host too. */
static void
walk(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.net");
	add_txt(b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80", POLICY);
	add_mx(b, "10 mx1.example.com\n20 mx2.example.com\n30 mta-sts.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_addresses(b, "mx2.example.com", "192.0.2.26");
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "192.0.2.26",
			    .tls = { .is_untrusted = true,
				    .code = 10,
				    .error = "certificate has expired",
				    .days_left = -3 } });
	add_addresses(b, "mta-sts.example.com", "192.0.2.80");
	add_smtp_ok(b, "mta-sts.example.com", "192.0.2.80");
	ADD(b, "note", NOTE, note, .text = STR("the hoster was told"), .at_ms = 1);
	add_end(b, END_DONE);
}

/* The session without the part, and the event that says so. */
static void
begin_again(struct build *b, struct session *s, struct again what, int64_t us, int64_t at_ms)
{
	struct session rest;

	session_again(s, &what, &rest);
	session_release(s);
	*s = rest;
	b->us = us;
	ADD(b, "walk", WALK_AGAIN, walk_again, .at_ms = at_ms, .parts = again_parts(&arena, &what),
		.hosts = what.hosts);
}

static struct again
of_host(const char *name)
{
	struct again what = { 0 };

	arena_push(&arena, &what.hosts, str_of(name));
	return what;
}

static size_t
jobs_left(const struct session *s, const char *front)
{
	size_t n = 0;

	for (size_t i = 0; i < s->lookup_count; i++)
		n += str_starts(s->lookups[i]->job, str_of(front));
	for (size_t i = 0; i < s->attempt_count; i++)
		n += str_starts(s->attempts[i]->job, str_of(front));
	return n;
}

static void
test_what_is_left(void **state)
{
	static const struct {
		const char *name;
		unsigned parts;
		const char *host;
		const char *gone, *stays; /* a job each */
	} rows[] = {
		{ "a host", 0, "MX2.example.com", "smtp:mx2.example.com", "smtp:mx1.example.com" },
		{ "its TLSA", 0, "mx2.example.com", "dns:TLSA:_25._tcp.mx2.",
			"dns:TLSA:_25._tcp.mx1." },
		{ "its addresses", 0, "mx2.example.com", "dns:A:mx2.", "dns:MX:" },
		{ "policy", AGAIN_POLICY, NULL, "https:", "smtp:mta-sts.example.com" },
		{ "records", AGAIN_RECORDS, NULL, "dns:TXT:", "dns:MX:" },
		{ "mx", AGAIN_MX, NULL, "smtp:", "https:" },
		{ "mx lookup", AGAIN_MX, NULL, "dns:MX:", "dns:TXT:_mta-sts." },
		{ "here", AGAIN_ENV, NULL, "dns:NS:", "dns:TXT:_smtp." },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct again what = { .parts = rows[i].parts };
		struct session s, rest;
		struct build b;

		walk(&b, &s);
		if (rows[i].host != NULL)
			what = of_host(rows[i].host);
		session_again(&s, &what, &rest);
		check_true(rows[i].name, "was there", jobs_left(&s, rows[i].gone) > 0);
		check_int(rows[i].name, "goes", jobs_left(&rest, rows[i].gone), 0);
		check_int(rows[i].name, "stays", jobs_left(&rest, rows[i].stays),
			jobs_left(&s, rows[i].stays));
		check_true(rows[i].name, "is open", !rest.is_ended && rest.start != NULL);
		session_release(&rest);
		session_release(&s);
	}
}

/* A name that is asked for in two roles loses only one of them. */
static void
test_two_roles_of_a_name(void **state)
{
	const struct again policy = { .parts = AGAIN_POLICY };
	const struct again host = of_host("mta-sts.example.com");
	struct session s, rest;
	struct build b;

	(void)state;
	walk(&b, &s);
	session_again(&s, &policy, &rest);
	assert_null(session_lookup(&rest, LOOKUP_POLICY_HOST, RRTYPE_A, STR_EMPTY));
	assert_int_equal(session_host(&rest, STR("mta-sts.example.com"))->address_count, 1);
	session_release(&rest);
	session_again(&s, &host, &rest);
	assert_non_null(rest.chosen);
	assert_non_null(session_lookup(&rest, LOOKUP_POLICY_HOST, RRTYPE_A, STR_EMPTY));
	assert_int_equal(session_host(&rest, STR("mta-sts.example.com"))->address_count, 0);
	session_release(&rest);
	session_release(&s);
}

/* An hour later the certificate is there: the finding goes, and dates count from then. */
static void
test_it_goes_on(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	size_t events;

	(void)state;
	walk(&b, &s);
	events = s.event_count;
	judge(&s, NULL, &j);
	assert_int_equal(j.severity, SEVERITY_ERROR);
	judgement_release(&j);
	begin_again(&b, &s, of_host("mx2.example.com"), HOUR_US, LATER_MS + 500);
	judge(&s, NULL, &j);
	assert_false(j.is_final);
	assert_int_equal(j.hosts[1].state, STATE_WAITING);
	assert_int_equal(j.hosts[0].state, STATE_OK);
	judgement_release(&j);
	add_addresses(&b, "mx2.example.com", "192.0.2.26");
	add_smtp_ok(&b, "mx2.example.com", "192.0.2.26");
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	assert_int_equal(j.counts[SEVERITY_ERROR], 0);
	assert_true(j.stage_us[STAGE_MX] < 1000000);
	assert_int_equal(s.round_count, 1);
	assert_true(s.event_count < events + 2);
	assert_int_equal(session_as_of_s(&s), BUILD_AS_OF_S + 3600);
	assert_int_equal(session_wall_ms(&s, 1000), BUILD_AS_OF_S * 1000 + 1);
	assert_int_equal(session_wall_ms(&s, HOUR_US + 2000), LATER_MS + 502);
	assert_true(session_lasted_us(&s) < 1000000);
	assert_true(session_verdict_us(&s) <= session_lasted_us(&s));
	for (size_t i = 1; i < s.event_count; i++)
		assert_true(s.events[i]->seq > s.events[i - 1]->seq);
	judgement_release(&j);
	session_release(&s);
}

/* Every format says the same of the file as it said before. */
static void
test_its_file(void **state)
{
	struct buf file = BUF_INIT(0);
	struct session s, read;
	struct str warning = STR_EMPTY;
	struct err err = { .text = "" };
	struct build b;

	(void)state;
	walk(&b, &s);
	begin_again(&b, &s, of_host("mx2.example.com"), HOUR_US, LATER_MS);
	add_addresses(&b, "mx2.example.com", "192.0.2.26");
	add_smtp_ok(&b, "mx2.example.com", "192.0.2.26");
	add_end(&b, END_DONE);
	begin_again(&b, &s, (struct again){ .parts = AGAIN_RECORDS }, 2 * HOUR_US, LATER_MS * 2);
	add_txt(&b, "v=STSv1; id=20260101T000000;");
	add_end(&b, END_DONE);
	sessfile_write(&file, &s);
	session_init(&read);
	if (sessfile_read(buf_str(&file), &read, &warning, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	assert_int_equal(warning.n, 0);
	for (size_t i = 0; i < format_count; i++) {
		struct buf before = report_of(&s, (enum format_kind)i, NULL);
		struct buf after = report_of(&read, (enum format_kind)i, NULL);

		check_text(
			report_formats[i].name, "the report", buf_str(&after), buf_text(&before));
		if (i == FORMAT_TEXT || i == FORMAT_MARKDOWN)
			assert_true(
				str_find_str(buf_str(&after), STR("again 2026-11-22 09:00:00Z: "
								  "mx2.example.com")) < after.n);
		buf_release(&before);
		buf_release(&after);
	}
	session_release(&read);
	session_release(&s);
	buf_release(&file);
}

/* What a later round replaces wholly is not told any more; so a watch of hours stays small. */
static void
test_rounds_that_are_replaced(void **state)
{
	struct session s;
	struct build b;
	size_t events = 0;

	(void)state;
	walk(&b, &s);
	for (int round = 1; round <= 20; round++) {
		begin_again(&b, &s, of_host("mx2.example.com"), round * HOUR_US, LATER_MS);
		add_addresses(&b, "mx2.example.com", "192.0.2.26");
		add_end(&b, END_DONE);
		if (round == 1)
			events = s.event_count;
	}
	assert_int_equal(s.event_count, events);
	assert_int_equal(s.round_count, 1);
	begin_again(&b, &s, of_host("mx1.example.com"), 21 * HOUR_US, LATER_MS);
	assert_int_equal(s.round_count, 2);
	add_end(&b, END_DONE);
	begin_again(&b, &s, (struct again){ .parts = AGAIN_MX }, 22 * HOUR_US, LATER_MS);
	assert_int_equal(s.round_count, 1);
	session_release(&s);
}

static void
test_targets(void **state)
{
	static const struct {
		const char *name;
		struct target target;
		bool is_any;
		unsigned parts;
		const char *host;
	} rows[] = {
		{ "here", { TARGET_STAGE, STAGE_ENV }, true, AGAIN_ENV, NULL },
		{ "dns", { TARGET_STAGE, STAGE_TXT }, true, AGAIN_RECORDS, NULL },
		{ "fetch", { TARGET_STAGE, STAGE_HTTPS }, true, AGAIN_POLICY, NULL },
		{ "policy", { TARGET_STAGE, STAGE_POLICY }, true, AGAIN_POLICY, NULL },
		{ "mx", { TARGET_STAGE, STAGE_MX }, true, AGAIN_MX, NULL },
		{ "verdict", { TARGET_STAGE, STAGE_VERDICT }, false, 0, NULL },
		{ "host", { TARGET_HOST, STAGE_MX, { "mx2.example.com", 15 } }, true, 0,
			"mx2.example.com" },
		{ "address",
			{ TARGET_ADDRESS, STAGE_MX, { "mx2.example.com", 15 },
				{ "192.0.2.26", 10 } },
			true, 0, "mx2.example.com" },
		{ "address of the policy host",
			{ TARGET_ADDRESS, STAGE_HTTPS, { "mta-sts.example.com", 19 } }, true,
			AGAIN_POLICY, NULL },
		{ "policy line", { TARGET_LINE }, true, AGAIN_POLICY, NULL },
		{ "worst finding", { TARGET_FINDING }, true, 0, "mx2.example.com" },
		{ "no finding", { TARGET_FINDING, .index = 99 }, false, 0, NULL },
		{ "nothing", { TARGET_NONE }, false, 0, NULL },
	};
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk(&b, &s);
	judge(&s, NULL, &j);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct again what;

		check_int(rows[i].name, "found",
			again_of_target(&arena, &j, &rows[i].target, &what), rows[i].is_any);
		check_int(rows[i].name, "parts", what.parts, rows[i].parts);
		check_int(rows[i].name, "hosts", what.hosts.n, rows[i].host != NULL);
		if (rows[i].host != NULL)
			check_text(rows[i].name, "host", what.hosts.v[0], rows[i].host);
	}
	judgement_release(&j);
	session_release(&s);
}

static void
test_jobs(void **state)
{
	static const struct {
		const char *job;
		bool is_any;
		unsigned parts;
		const char *host;
	} rows[] = {
		{ "smtp:mx1.example.com/192.0.2.25", true, 0, "mx1.example.com" },
		{ "https:mta-sts.example.com/192.0.2.80", true, AGAIN_POLICY, NULL },
		{ "dns:TLSA:_25._tcp.mx1.example.com", true, 0, "mx1.example.com" },
		{ "dns:MX:example.com", true, AGAIN_MX, NULL },
		{ "dns:NS:.", true, AGAIN_ENV, NULL },
		{ "dns:TXT:_smtp._tls.example.com", true, AGAIN_RECORDS, NULL },
		{ "walk", false, 0, NULL },
	};
	struct session s;
	struct build b;

	(void)state;
	walk(&b, &s);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct again what;

		check_int(rows[i].job, "found",
			again_of_job(&arena, &s, str_of(rows[i].job), &what), rows[i].is_any);
		check_int(rows[i].job, "parts", what.parts, rows[i].parts);
		if (rows[i].host != NULL)
			check_text(rows[i].job, "host", what.hosts.v[0], rows[i].host);
	}
	session_release(&s);
}

/* What is advice does not go away in a minute: it is not walked again. */
static void
test_failures(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	struct again what;

	(void)state;
	walk(&b, &s);
	judge(&s, NULL, &j);
	again_of_failures(&arena, &j, &what);
	assert_int_equal(what.parts, 0);
	assert_false(again_was_put_off(&s));
	check_text("failures", "first", what.hosts.v[0], "mx2.example.com");
	judgement_release(&j);
	session_release(&s);

	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_lookup(&b, LOOKUP_TXT, RRTYPE_TXT, "_mta-sts.example.com", LOOKUP_SERVFAIL, NULL);
	add_mx(&b, "10 mx1.example.com");
	add_addresses(&b, "mx1.example.com", "192.0.2.25");
	add_smtp(&b, (struct build_smtp){ .host = "mx1.example.com",
			     .address = "192.0.2.25",
			     .banner = "451 4.7.1 later" });
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	again_of_failures(&arena, &j, &what);
	assert_true(what.parts & AGAIN_RECORDS);
	assert_true(what.hosts.n == 1 || (what.parts & AGAIN_MX));
	assert_true(again_was_put_off(&s));
	judgement_release(&j);
	session_release(&s);

	build_good(&b, &s, "enforce");
	judge(&s, NULL, &j);
	again_of_failures(&arena, &j, &what);
	assert_true(again_is_empty(&what));
	judgement_release(&j);
	session_release(&s);
}

/* A probe that the operator stopped is untested: nobody is blamed, and no finding made of it. */
static void
test_stopped(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk(&b, &s);
	begin_again(&b, &s, of_host("mx2.example.com"), HOUR_US, LATER_MS);
	add_addresses(&b, "mx2.example.com", "192.0.2.26\n192.0.2.27");
	ADD(&b, "smtp:mx2.example.com/192.0.2.26", ATTEMPT_START, attempt_start,
		.role = ATTEMPT_SMTP, .host = STR("mx2.example.com"), .address = STR("192.0.2.26"),
		.port = 25);
	ADD(&b, "smtp:mx2.example.com/192.0.2.26", CONNECT, connect, .outcome = OUTCOME_STOPPED);
	ADD(&b, "smtp:mx2.example.com/192.0.2.26", ATTEMPT_END, attempt_end,
		.outcome = OUTCOME_STOPPED);
	add_smtp_skip(&b, "mx2.example.com", "192.0.2.27", SKIP_STOPPED);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	assert_int_equal(j.hosts[1].state, STATE_INCONCLUSIVE);
	for (size_t i = 0; i < j.count; i++) {
		if (j.findings[i].host == s.hosts[1] && j.findings[i].severity > SEVERITY_INFO)
			fail_msg("%s: %.*s", j.findings[i].type->name,
				STR_ARG(j.findings[i].detail));
	}
	for (size_t i = 0; i < 2; i++) {
		assert_true(attempt_was_stopped(s.hosts[1]->addresses[i]));
		assert_false(attempt_is_tested(s.hosts[1]->addresses[i]));
	}
	judgement_release(&j);
	session_release(&s);
}

static int
release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_left),
		cmocka_unit_test(test_two_roles_of_a_name),
		cmocka_unit_test(test_it_goes_on),
		cmocka_unit_test(test_its_file),
		cmocka_unit_test(test_rounds_that_are_replaced),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
