#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/build_session.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define NO_STARTTLS "250-mx1.example.com\n250 PIPELINING"
static const struct {
	const char *name;
	struct build_smtp smtp;
	bool is_tested, has_ehlo, offers, is_ok;
	enum outcome end;
} addresses[] = {
	{ "well", { 0 }, true, true, true, true, OUTCOME_OK },
	{ "refused", { .connect = OUTCOME_REFUSED }, true, false, false, false, OUTCOME_REFUSED },
	{ "budget at connect", { .connect = OUTCOME_BUDGET }, false, false, false, false,
		OUTCOME_BUDGET },
	{ "no descriptor", { .connect = OUTCOME_LOCAL_FAULT }, false, false, false, false,
		OUTCOME_LOCAL_FAULT },
	{ "no banner", { .banner_fails = OUTCOME_TIMEOUT }, true, false, false, false,
		OUTCOME_TIMEOUT },
	{ "cancelled at banner", { .banner_fails = OUTCOME_CANCELLED }, false, false, false, false,
		OUTCOME_CANCELLED },
	{ "banner 554", { .banner = "554 go away" }, true, false, false, false, OUTCOME_REPLY },
	{ "EHLO 502", { .ehlo = "502 what" }, true, false, false, false, OUTCOME_REPLY },
	{ "no STARTTLS", { .ehlo = NO_STARTTLS }, true, true, false, false, OUTCOME_NOT_OFFERED },
	{ "STARTTLS 454", { .starttls = "454 4.7.0 later" }, true, true, true, false,
		OUTCOME_REPLY },
	{ "handshake fails", { .tls = { .outcome = OUTCOME_ALERT, .error = "alert 40" } }, true,
		true, true, false, OUTCOME_ALERT },
	{ "budget in the handshake", { .tls = { .outcome = OUTCOME_BUDGET } }, false, true, true,
		false, OUTCOME_BUDGET },
	{ "expired", { .tls = { .is_untrusted = true, .code = 10, .error = "expired" } }, true,
		true, true, false, OUTCOME_OK },
	{ "other name", { .tls = { .is_name_wrong = true, .sans = "a.test" } }, true, true, true,
		false, OUTCOME_OK },
};

static void
test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct session s;
		struct build b;
		struct build_smtp smtp = addresses[i].smtp;
		const struct attempt *t;

		smtp.host = "mx1.example.com";
		smtp.address = "192.0.2.25";
		build_begin(&b, &s);
		add_smtp(&b, smtp);
		t = s.hosts[0]->addresses[0];
		if (attempt_is_tested(t) != addresses[i].is_tested ||
			attempt_has_ehlo(t) != addresses[i].has_ehlo ||
			attempt_offers_starttls(t) != addresses[i].offers ||
			attempt_tls_is_ok(t) != addresses[i].is_ok ||
			t->end_outcome != addresses[i].end)
			fail_msg("%s", addresses[i].name);
		assert_false(attempt_is_running(t));
		assert_int_equal(attempt_was_cut(t), !addresses[i].is_tested);
		assert_null(attempt_waits_for(t, NULL, NULL));
		session_release(&s);
	}
}

static void
test_dialogue(void **state)
{
	struct session s;
	struct build b;
	const struct attempt *t;

	(void)state;
	build_begin(&b, &s);
	add_smtp(&b, (struct build_smtp){ .host = "mx1.example.com",
			     .address = "192.0.2.25",
			     .banner = "220-hello\n220 there",
			     .extra_bytes = 7,
			     .tls = { .code = 18, .error = "self-signed", .depth = 0 } });
	t = s.hosts[0]->addresses[0];
	assert_int_equal(t->banner.n, 2);
	assert_int_equal(t->ehlo_lines.n, 3);
	assert_true(str_is(t->ehlo_lines.v[2], "250 STARTTLS"));
	assert_int_equal(t->ehlo.keywords.n, 2);
	assert_int_equal(t->ehlo_tls_lines.n, 1);
	assert_int_equal(t->dialogue_count, 12);
	assert_int_equal(t->extra_bytes, 7);
	assert_int_equal(t->steps[SMTP_STARTTLS].code, 220);
	assert_int_equal(t->steps[SMTP_QUIT].code, 221);
	assert_int_equal(t->tls.chain_count, 1);
	assert_non_null(tls_error(&t->tls, 18));
	assert_null(tls_error(&t->tls, 10));
	session_release(&s);
}

/* QUIT is written behind the EHLO whose reply is still to come; HELO follows a refused EHLO. */
static void
test_replies_find_their_command(void **state)
{
	struct session s;
	struct build b;
	const char *job = "smtp:mx1.example.com/192.0.2.25";
	const struct attempt *t;

	(void)state;
	build_begin(&b, &s);
	add_connect(&b, job,
		(struct ev_attempt_start){ .role = ATTEMPT_SMTP,
			.host = STR("mx1.example.com"),
			.address = STR("192.0.2.25") },
		OUTCOME_OK);
	add_exchange(&b, job, SMTP_BANNER, NULL, "220 x", OUTCOME_OK, 0);
	add_line(&b, job, SPEAKER_CLIENT, false, STR("EHLO x"));
	add_line(&b, job, SPEAKER_SERVER, false, STR("502 no"));
	add_line(&b, job, SPEAKER_CLIENT, false, STR("helo x"));
	add_line(&b, job, SPEAKER_CLIENT, false, STR("QUIT"));
	add_line(&b, job, SPEAKER_SERVER, false, STR("250 mx1"));
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_EHLO, .code = 250);
	add_line(&b, job, SPEAKER_SERVER, false, STR("221 bye"));
	t = s.hosts[0]->addresses[0];
	assert_int_equal(t->ehlo_lines.n, 1);
	assert_true(str_is(t->ehlo_lines.v[0], "250 mx1"));
	assert_int_equal(t->banner.n, 1);
	session_release(&s);
}

static void
assert_waits(const struct session *s, const char *what, int64_t limit_ms)
{
	int64_t since_us = -9, limit = -9;
	const char *waits = attempt_waits_for(s->attempts[0], &since_us, &limit);

	assert_non_null(waits);
	assert_string_equal(waits, what);
	assert_int_equal(limit, limit_ms);
	assert_int_equal(since_us, s->last_us);
}

static void
test_waiting(void **state)
{
	struct session s;
	struct build b;
	const char *job = "smtp:mx1.example.com/192.0.2.25";

	(void)state;
	build_begin(&b, &s);
	ADD(&b, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_SMTP,
		.host = STR("mx1.example.com"), .address = STR("192.0.2.25"));
	assert_waits(&s, "connect", LIMIT_CONNECT_MS);
	ADD(&b, job, CONNECT, connect, .outcome = OUTCOME_OK);
	assert_waits(&s, "banner", LIMIT_SMTP_GREETING_MS);
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_BANNER, .code = 220);
	assert_waits(&s, "EHLO", LIMIT_SMTP_REPLY_MS);
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_EHLO, .code = 250);
	assert_waits(&s, "STARTTLS", LIMIT_SMTP_REPLY_MS);
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_STARTTLS, .code = 220);
	assert_waits(&s, "TLS", LIMIT_TLS_MS);
	ADD(&b, job, TLS_START, tls_start, .sni = STR("mx1.example.com"));
	assert_waits(&s, "TLS", LIMIT_TLS_MS);
	ADD(&b, job, TLS_DONE, tls_done, .outcome = OUTCOME_OK);
	assert_waits(&s, "certificate", LIMIT_TLS_MS);
	ADD(&b, job, CERT_VERDICT, cert_verdict, .is_trusted = true);
	assert_waits(&s, "EHLO in TLS", LIMIT_SMTP_REPLY_MS);
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_EHLO_TLS, .code = 250);
	assert_waits(&s, "QUIT", LIMIT_SMTP_REPLY_MS);
	ADD(&b, job, SMTP_STEP, smtp_step, .phase = SMTP_QUIT, .code = 221);
	assert_waits(&s, "end", LIMIT_SMTP_REPLY_MS);
	session_release(&s);

	build_begin(&b, &s);
	job = "https:mta-sts.example.com/192.0.2.80";
	add_connect(&b, job, (struct ev_attempt_start){ .role = ATTEMPT_HTTPS }, OUTCOME_OK);
	assert_waits(&s, "TLS", LIMIT_TLS_MS);
	add_tls(&b, job, "mta-sts.example.com", &(struct build_tls){ 0 });
	assert_waits(&s, "HTTP answer", LIMIT_HTTPS_MS);
	ADD(&b, job, HTTP_REQUEST, http_request, .line = STR("GET"));
	assert_waits(&s, "HTTP answer", LIMIT_HTTPS_MS);
	ADD(&b, job, HTTP_DONE, http_done, .status = 200);
	assert_waits(&s, "end", LIMIT_HTTPS_MS);
	session_release(&s);
}

static void
test_skipped(void **state)
{
	struct session s;
	struct build b;
	const struct attempt *t;

	(void)state;
	build_begin(&b, &s);
	add_smtp_skip(&b, "mx1.example.com", "2001:db8::25", SKIP_NO_ROUTE);
	t = s.hosts[0]->addresses[0];
	assert_int_equal(t->skip, SKIP_NO_ROUTE);
	assert_false(t->is_started || attempt_is_tested(t) || attempt_is_running(t));
	session_release(&s);
}

static void
test_days_left(void **state)
{
	static const struct {
		int64_t not_after_s, as_of_s, days;
	} rows[] = {
		{ 86400, 0, 1 },
		{ 86399, 0, 0 },
		{ -1, 0, -1 },
		{ -86400, 0, -1 },
		{ INT64_MAX, -1, INT64_MAX / 86400 },
		{ INT64_MIN, 1, INT64_MIN / 86400 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ev_cert cert = { .not_after_s = rows[i].not_after_s };

		assert_int_equal(cert_days_left(&cert, rows[i].as_of_s), rows[i].days);
	}
}

static void
test_verdict_time(void **state)
{
	struct session s;
	struct build b;
	const char *job = "smtp:mx1.example.com/192.0.2.25";
	const char *refuses = "smtp:mx2.example.com/192.0.2.26";
	const struct build_smtp usual = { .host = "mx1.example.com", .address = "192.0.2.25" };
	int64_t judged_us;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_connect(&b, job,
		(struct ev_attempt_start){ .role = ATTEMPT_SMTP,
			.host = STR("mx1.example.com"),
			.address = STR("192.0.2.25") },
		OUTCOME_OK);
	add_dialogue(&b, job, &usual);
	assert_int_equal(s.verdict_us, s.last_us);
	add_tls(&b, job, "mx1.example.com", &usual.tls);
	assert_int_equal(s.verdict_us, s.last_us);
	judged_us = s.last_us;
	add_exchange(&b, job, SMTP_EHLO_TLS, "EHLO x", "250 y", OUTCOME_OK, 0);
	add_exchange(&b, job, SMTP_QUIT, "QUIT", "221 bye", OUTCOME_OK, 0);
	add_attempt_end(&b, job, OUTCOME_OK);
	assert_int_equal(s.verdict_us, judged_us);
	add_smtp(&b,
		(struct build_smtp){
			.host = "mx2.example.com", .address = "192.0.2.26", .banner = "554 no" });
	assert_int_equal(s.verdict_us, s.last_us);
	/* The farewell in clear holds nothing up either. */
	judged_us = s.last_us;
	add_line(&b, refuses, SPEAKER_CLIENT, false, STR("QUIT"));
	add_end(&b, END_DONE);
	assert_int_equal(s.verdict_us, judged_us);
	assert_true(s.last_us > judged_us);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_dialogue),
		cmocka_unit_test(test_replies_find_their_command),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_days_left),
		cmocka_unit_test(test_verdict_time),
	};

	return cmocka_run_group_tests_name("session attempts", tests, NULL, NULL);
}
