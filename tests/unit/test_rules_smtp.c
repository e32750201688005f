/* Findings about the dialogue with MX addresses, and how several addresses fold into a host. */
#include "tests/support/judge_case.h"

#define A4 "192.0.2.25"
#define A6 "2001:db8::25"
#define MX1 "mx1.example.com"
#define ONE(...) \
	{ \
		{ \
			.host = MX1, .address = A4, __VA_ARGS__ \
		} \
	}
/* The only host: its trouble is that of the domain, too. */
#define ALONE(...) \
	{ \
		.smtp = ONE(__VA_ARGS__) \
	}
#define DEAD "error mx-all-unreachable example.com\n"

static const struct walk_row alone[] = {
	{ "refused", ALONE(.connect = OUTCOME_REFUSED), DEAD "warning smtp-connect " MX1 },
	{ "timeout", ALONE(.connect = OUTCOME_TIMEOUT), DEAD "warning smtp-connect " MX1 },
	{ "cancelled", ALONE(.connect = OUTCOME_CANCELLED),
		"inconclusive mx-all-unreachable example.com\ninconclusive smtp-connect " MX1 },
	{ "silent", ALONE(.banner_fails = OUTCOME_TIMEOUT),
		DEAD "warning smtp-banner-timeout " MX1 },
	{ "421", ALONE(.banner = "421 busy"), DEAD "warning smtp-banner-4xx " MX1 },
	{ "554 in two lines", ALONE(.banner = "554-no\n554 not you"),
		DEAD "warning smtp-banner-5xx " MX1 },
	{ "another protocol", ALONE(.banner_fails = OUTCOME_BAD_REPLY),
		DEAD "warning smtp-reply-bad " MX1 },
	{ "closed before the greeting", ALONE(.banner_fails = OUTCOME_CLOSED),
		DEAD "warning smtp-closed " MX1 },
	{ "closed after EHLO", ALONE(.ehlo_fails = OUTCOME_RESET),
		DEAD "warning smtp-closed " MX1 },
	{ "EHLO refused", ALONE(.ehlo = "550 go away"), DEAD "warning smtp-ehlo-refused " MX1 },
	{ "no ESMTP", ALONE(.ehlo = "502 what"), "error smtp-starttls-absent " MX1 },
	{ "no STARTTLS", ALONE(.ehlo = "250-" MX1 "\n250 SIZE 1000"),
		"error smtp-starttls-absent " MX1 },
	{ "masked", ALONE(.ehlo = "250-" MX1 "\n250 XXXXXXXA"),
		"error smtp-starttls-mangled " MX1 },
	{ "454", ALONE(.starttls = "454 no key"), "error smtp-starttls-refused " MX1 },
	{ "extra bytes", ALONE(.extra_bytes = 27), "warning smtp-extra-plaintext " MX1 },
	{ "alert", ALONE(.tls = { .outcome = OUTCOME_ALERT, .error = "no shared cipher" }),
		"error tls-handshake " MX1 },
};

static void
test_alone(void **state)
{
	(void)state;
	check_rows(alone, ROWS(alone));
}

/* Who answers is not down, and no network is between: it is theirs, and the words say so. */
static void
test_refusing(void **state)
{
	static const struct {
		const char *name;
		struct walk walk;
		enum blame blame;
		const char *means, *why;
	} cases[] = {
		{ "refused", ALONE(.connect = OUTCOME_REFUSED), BLAME_UNKNOWN,
			"No MX host takes part in SMTP", "The only MX host cannot be reached" },
		{ "450", ALONE(.banner = "450 4.7.1 greylisted"), BLAME_DOMAIN,
			"The MX hosts answer, but", "The only MX host answers and takes no mail" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct finding *f;
		struct session s;
		struct build b;
		struct judgement j;

		walk_build(&b, &s, &cases[i].walk);
		judge(&s, NULL, &j);
		assert_non_null(f = finding_of(&j, FINDING_MX_ALL_UNREACHABLE));
		check_int(cases[i].name, "blame", f->blame, cases[i].blame);
		check_true(cases[i].name, "means", str_starts(f->means, str_of(cases[i].means)));
		check_true(cases[i].name, "why", str_starts(j.mail_why, str_of(cases[i].why)));
		judgement_release(&j);
		session_release(&s);
	}
}

static const struct walk_row modes[] = {
	{ "testing", { .mode = "testing", .smtp = ONE(.ehlo = "250 " MX1) },
		"warning smtp-starttls-absent " MX1 "\ninfo policy-mode-testing mode"
		"\nwarning whatif-enforce-breaks example.com" },
	{ "none", { .mode = "none", .smtp = ONE(.ehlo = "250 " MX1) },
		"info smtp-starttls-absent " MX1 "\ninfo policy-mode-none mode"
		"\nwarning whatif-enforce-breaks example.com"
		"\ninfo rollout-none-max-age-long example.com" },
	{ "no record", { .txt = "", .hosts = "", .smtp = ONE(.ehlo = "250 " MX1) },
		"info smtp-starttls-absent " MX1 "\ninfo txt-absent _mta-sts.example.com" },
};

static void
test_modes(void **state)
{
	(void)state;
	check_rows(modes, ROWS(modes));
}

#define EXPIRED \
	{ \
		.is_untrusted = true, .code = 10, .days_left = -3 \
	}

/* A host is good if one of its addresses is. */
static const struct walk_row folded[] = {
	{ "one expired",
		{ .smtp = { { .host = MX1, .address = A4 },
			  { .host = MX1, .address = A6, .tls = EXPIRED } } },
		"warning tls-cert-expired " MX1 " " A6 "\nwarning smtp-addresses-differ " MX1 },
	{ "both expired",
		{ .smtp = { { .host = MX1, .address = A4, .tls = EXPIRED },
			  { .host = MX1, .address = A6, .tls = EXPIRED } } },
		"error tls-cert-expired " MX1 },
	{ "IPv6 dead",
		{ .smtp = { { .host = MX1, .address = A4 },
			  { .host = MX1, .address = A6, .connect = OUTCOME_TIMEOUT } } },
		"warning smtp-ipv6-failed " MX1 },
	{ "IPv4 dead",
		{ .smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_REFUSED },
			  { .host = MX1, .address = A6 } } },
		"warning smtp-connect " MX1 " " A4 },
	{ "both dead",
		{ .smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_REFUSED },
			  { .host = MX1, .address = A6, .connect = OUTCOME_REFUSED } } },
		DEAD "warning smtp-connect " MX1 },
	{ "one without STARTTLS",
		{ .smtp = { { .host = MX1, .address = A4 },
			  { .host = MX1, .address = A6, .ehlo = "250 " MX1 } } },
		"warning smtp-starttls-absent " MX1 " " A6 "\nwarning smtp-addresses-differ " MX1 },
};

static void
test_folding(void **state)
{
	(void)state;
	check_rows(folded, ROWS(folded));
}

/* As the greeting comes later and later. */
static void
check_banner(const char *row, int64_t after_us, const char *raises)
{
	const char *job = "smtp:" MX1 "/" A4;
	const struct walk w = { 0 };
	struct session s;
	struct build b;
	struct judgement j;
	const struct build_tls tls = { 0 };
	const struct build_smtp m = { .host = MX1, .address = A4 };

	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	walk_fetch(&b, &w);
	add_mx(&b, "10 " MX1);
	add_addresses(&b, MX1, A4);
	add_connect(&b, job,
		(struct ev_attempt_start){
			.role = ATTEMPT_SMTP, .host = STR(MX1), .address = STR(A4), .port = 25 },
		OUTCOME_OK);
	b.us += after_us;
	add_dialogue(&b, job, &m);
	add_tls(&b, job, MX1, &tls);
	add_attempt_end(&b, job, OUTCOME_OK);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised(row, &j, raises);
	judgement_release(&j);
	session_release(&s);
}

static void
test_banner(void **state)
{
	(void)state;
	check_banner("4 s", 4000000, "");
	check_banner("20 s", 20000000, "info smtp-banner-slow " MX1);
	check_banner("40 s", 40000000, "warning smtp-banner-slow " MX1);
}

static void
test_words(void **state)
{
	const struct walk w = { .mx = "10 mx1.example.com\n20 mx.hoster.test",
		.smtp = { { .host = "mx1.example.com", .address = A4 },
			{ .host = "mx.hoster.test", .address = "192.0.2.77", .ehlo = "250 hi" } },
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "mx: mx.hoster.test\nmax_age: 1209600\n") };
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	check_raised("backup", &j,
		"error smtp-starttls-absent mx.hoster.test\ninfo mx-backup-at-risk example.com");
	f = finding_of(&j, FINDING_SMTP_STARTTLS_ABSENT);
	check_int("backup", "blame", f->blame, BLAME_MX_OPERATOR);
	check_text("backup", "who", f->who, "whoever runs mx.hoster.test");
	check_text("backup", "by hand", f->by_hand,
		"nc 192.0.2.77 25  # wait for the 220, then type: EHLO ops1.example.net, "
		"STARTTLS, QUIT");
	check_text("backup", "result type", f->result_type, "starttls-not-supported");
	check_text("backup", "headline", j.headline,
		"mail delivered, validated (mx1.example.com); 1 error");
	check_text("backup", "at risk", j.at_risk, "mx");
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_refusing),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_banner),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
