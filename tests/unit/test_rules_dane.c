/* Findings about TLSA records, and what a sender decides by them. */
#include "tests/support/judge_case.h"

#include "core/rollout.h"
#include "core/senders.h"

#define MX1 "mx1.example.com"
#define A4 "192.0.2.25"
#define TLSA "_25._tcp." MX1
#define KEY "1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c"
#define CERT "9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b"
#define OTHER "00000000000000000000000000000000000000000000000000000000deadbeef"

struct dane_row {
	const char *row;
	const char *records; /* of TLSA; NULL: the lookup fails */
	bool is_insecure;
	struct build_smtp smtp;
	const char *mode;
	const char *raises;
	enum dane_verdict verdict;
	enum mail_outcome fresh;
};

static const struct dane_row rows[] = {
	{ "one that matches", "3 1 1 " KEY, false, { 0 }, "enforce",
		"info dane-active " MX1 "\ninfo dane-one-record " MX1, DANE_OK,
		MAIL_DELIVERED_VALIDATED },
	{ "of the certificate", "3 0 1 " CERT, false, { 0 }, "enforce",
		"info dane-active " MX1 "\ninfo dane-one-record " MX1, DANE_OK,
		MAIL_DELIVERED_VALIDATED },
	{ "ready for the next key", "3 1 1 " KEY "\n3 1 1 " OTHER, false, { 0 }, "enforce",
		"info dane-active " MX1, DANE_OK, MAIL_DELIVERED_VALIDATED },
	{ "DANE validates under testing", "3 1 1 " KEY "\n3 1 1 " OTHER, false, { 0 }, "testing",
		"info dane-active " MX1 "\ninfo policy-mode-testing mode", DANE_OK,
		MAIL_DELIVERED_VALIDATED },
	{ "another key", "3 1 1 " OTHER, false, { 0 }, "enforce", "error dane-mismatch " MX1,
		DANE_FAIL, MAIL_DEFERRED },
	{ "another key, testing", "3 1 1 " OTHER, false, { 0 }, "testing",
		"error dane-mismatch " MX1 "\ninfo policy-mode-testing mode", DANE_FAIL,
		MAIL_DEFERRED },
	{ "no STARTTLS", "3 1 1 " KEY, false, { .ehlo = "250 hi" }, "testing",
		"error dane-no-tls " MX1 "\nwarning smtp-starttls-absent " MX1
		"\ninfo policy-mode-testing mode",
		DANE_FAIL, MAIL_DEFERRED },
	{ "usage 1", "1 1 1 " KEY, false, { 0 }, "enforce", "warning dane-usage-unusable " MX1,
		DANE_UNUSABLE, MAIL_DELIVERED_VALIDATED },
	{ "digest too short", "3 1 1 abcd", false, { 0 }, "enforce",
		"warning dane-usage-unusable " MX1, DANE_UNUSABLE, MAIL_DELIVERED_VALIDATED },
	{ "insecure", "3 1 1 " OTHER, true, { 0 }, "enforce", "info dane-insecure " MX1,
		DANE_INSECURE, MAIL_DELIVERED_VALIDATED },
	{ "lookup fails", NULL, false, { 0 }, "enforce", "error dane-lookup-failed " MX1,
		DANE_LOOKUP_FAILED, MAIL_DEFERRED },
	{ "a stale combination", "3 1 1 " KEY "\n3 1 1 " OTHER "\n2 1 1 " OTHER, false, { 0 },
		"enforce", "info dane-active " MX1 "\nwarning dane-set-stale " MX1, DANE_OK,
		MAIL_DELIVERED_VALIDATED },
	{ "expired, but DANE-EE does not look at dates", "3 1 1 " KEY "\n3 1 1 " OTHER, false,
		{ .tls = { .is_untrusted = true, .code = 10, .days_left = -3 } }, "none",
		"info dane-active " MX1 "\ninfo tls-cert-expired " MX1
		"\ninfo policy-mode-none mode\nwarning whatif-enforce-breaks example.com"
		"\ninfo rollout-none-max-age-long example.com",
		DANE_OK, MAIL_DELIVERED_VALIDATED },
};

static void
build_row(struct build *b, struct session *s, const struct dane_row *r, bool has_ad)
{
	const struct walk w = { .mode = r->mode };
	struct ev_walk_start start = build_walk_start("example.com");
	struct build_smtp smtp = r->smtp;

	start.is_ad_trusted = has_ad;
	build_begin(b, s);
	add_event(b, "walk", EV_WALK_START, &start);
	walk_root(b, &w);
	walk_records(b, &w);
	walk_fetch(b, &w);
	add_mx(b, "10 " MX1);
	add_secure(b, LOOKUP_MX_HOST, RRTYPE_A, MX1, A4);
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_AAAA, MX1, LOOKUP_NODATA, NULL);
	if (r->records == NULL)
		add_lookup(b, LOOKUP_TLSA, RRTYPE_TLSA, TLSA, LOOKUP_SERVFAIL, NULL);
	else if (r->is_insecure)
		add_lookup(b, LOOKUP_TLSA, RRTYPE_TLSA, TLSA, LOOKUP_OK, r->records);
	else
		add_secure(b, LOOKUP_TLSA, RRTYPE_TLSA, TLSA, r->records);
	smtp.host = MX1;
	smtp.address = A4;
	add_smtp(b, smtp);
	add_end(b, END_DONE);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct session s;
		struct build b;
		struct judgement j;

		build_row(&b, &s, &rows[i], true);
		judge(&s, NULL, &j);
		check_raised(rows[i].row, &j, rows[i].raises);
		check_whole(rows[i].row, &j);
		check_int(rows[i].row, "verdict", j.hosts[0].addresses[0].dane, rows[i].verdict);
		check_int(rows[i].row, "fresh", j.fresh, rows[i].fresh);
		judgement_release(&j);
		session_release(&s);
	}
}

/* AD of a distant resolver does not count: nothing is judged, dane-insecure least of all. */
static void
test_distant_resolver(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct session s;
		struct build b;
		struct judgement j;

		build_row(&b, &s, &rows[i], false);
		judge(&s, NULL, &j);
		for (size_t k = 0; k < j.count; k++)
			check_true(rows[i].row, "no dane row",
				!str_starts(str_of(j.findings[k].type->name), STR("dane-")));
		if (rows[i].records != NULL && !rows[i].is_insecure)
			assert_non_null(finding_of(&j, FINDING_ENV_AD_UNTRUSTED));
		check_int(rows[i].row, "has dane", j.has_dane, false);
		judgement_release(&j);
		session_release(&s);
	}
}

/* The host answers well; it is the look-up of its TLSA records that keeps senders away. */
static void
test_failed_lookup(void **state)
{
	const struct dane_row row = { .row = "lookup" };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_row(&b, &s, &row, true);
	judge(&s, NULL, &j);
	check_text(row.row, "why", j.mail_why,
		"The TLSA records of the only MX host cannot be looked up, so senders that do DANE "
		"queue the mail and try again.");
	judgement_release(&j);
	session_release(&s);
}

static void
test_partial(void **state)
{
	const struct walk w = { .body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
					    "mx: mx2.example.com\nmax_age: 1209600\n") };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	walk_fetch(&b, &w);
	add_mx(&b, "10 " MX1 "\n20 mx2.example.com");
	add_secure(&b, LOOKUP_MX_HOST, RRTYPE_A, MX1, A4);
	add_lookup(&b, LOOKUP_MX_HOST, RRTYPE_AAAA, MX1, LOOKUP_NODATA, NULL);
	add_secure(&b, LOOKUP_TLSA, RRTYPE_TLSA, TLSA, "3 1 1 " KEY "\n3 1 1 " OTHER);
	add_smtp_ok(&b, MX1, A4);
	add_addresses(&b, "mx2.example.com", "192.0.2.26");
	add_smtp_ok(&b, "mx2.example.com", "192.0.2.26");
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("partial", &j, "info dane-active " MX1 "\nwarning dane-partial example.com");
	check_whole("partial", &j);
	judgement_release(&j);
	session_release(&s);
}

static void
test_literal(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	build_row(&b, &s, &rows[4], true);
	judge(&s, NULL, &j);
	f = finding_of(&j, FINDING_DANE_MISMATCH);
	check_true("mismatch", "the record to publish",
		str_find_str(f->fix, STR(TLSA ". IN TLSA 3 1 1 " KEY)) < f->fix.n);
	check_text("mismatch", "by hand", f->by_hand,
		"dig +dnssec TLSA " TLSA "\n"
		"openssl s_client -starttls smtp -connect 192.0.2.25:25 -servername " MX1
		" -verify_hostname " MX1 " -dane_tlsa_domain " MX1 " -dane_tlsa_rrdata '3 1 1 " KEY
		"' </dev/null");
	check_text("mismatch", "result type", f->result_type, "tlsa-invalid");
	judgement_release(&j);
	session_release(&s);
}

/* TLSA records match, the certificate has expired: RFC 8461 asks for both, some for the first. */
static void
test_senders(void **state)
{
	static const struct {
		enum sender_id sender;
		enum mail_outcome outcome;
	} expected[] = {
		{ SENDER_RFC8461, MAIL_DEFERRED },
		{ SENDER_MOX, MAIL_DEFERRED },
		{ SENDER_STALWART, MAIL_DELIVERED_VALIDATED },
		{ SENDER_POSTFIX_TLSPOL, MAIL_DELIVERED_VALIDATED },
		{ SENDER_POSTFIX_RESOLVER, MAIL_DEFERRED },
	};
	const struct dane_row row = { "expired", "3 1 1 " KEY, false,
		{ .tls = { .is_untrusted = true, .code = 10, .days_left = -3 } }, "enforce", "",
		DANE_OK, MAIL_DEFERRED };
	struct sender_outlook all[sender_count];
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_row(&b, &s, &row, true);
	judge(&s, NULL, &j);
	senders_make(&a, &j, all);
	for (size_t i = 0; i < ROWS(expected); i++)
		check_text(all[expected[i].sender].type->id, "outcome",
			str_of(mail_outcome_name(all[expected[i].sender].now.outcome)),
			mail_outcome_name(expected[i].outcome));
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

/* What TLSA records refuse no policy lets through: the ways out are the host's and those of DNS. */
static void
test_ways_out(void **state)
{
	const struct dane_row row = { "another key", "3 1 1 " OTHER, false, { 0 }, "enforce", "",
		DANE_FAIL, MAIL_DEFERRED };
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	struct rollout r;

	(void)state;
	build_row(&b, &s, &row, true);
	judge(&s, NULL, &j);
	rollout_make(&a, &j, &r);
	assert_true(r.is_waiting);
	assert_int_equal(r.way_count, 2);
	check_text("ways", "first", r.ways[0].what,
		"put the certificate on " MX1 " back that its TLSA records name");
	check_text("ways", "second", r.ways[1].publish, "_25._tcp." MX1 ". IN TLSA 3 1 1 " KEY);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_distant_resolver),
		cmocka_unit_test(test_failed_lookup),
		cmocka_unit_test(test_partial),
		cmocka_unit_test(test_literal),
		cmocka_unit_test(test_ways_out),
		cmocka_unit_test(test_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
