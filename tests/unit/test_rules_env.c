/* Findings about this side, and about the domain as a whole: never red for what we cannot see. */
#include "tests/support/judge_case.h"

#define MX1 "mx1.example.com"
#define A4 "192.0.2.25"

static void
add_rewriting(struct build *b)
{
	add_lookup(b, LOOKUP_ENV_INVALID, RRTYPE_A, "x7f3q.invalid", LOOKUP_OK, "203.0.113.66");
}

/* A name that nobody has, beside the domain: the root may be answered from memory. */
static void
add_lost_way(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_A, "x0123456789abcdef.com", LOOKUP_SERVFAIL, NULL);
}

static void
add_known_way(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_A, "x0123456789abcdef.com", LOOKUP_NXDOMAIN, NULL);
}

static void
add_no_ipv6(struct build *b)
{
	add_route(b, FAMILY_IPV6, false);
}

static void
add_no_ipv4(struct build *b)
{
	add_route(b, FAMILY_IPV4, false);
}

static void
skip_ipv6(struct build *b)
{
	add_smtp_skip(b, MX1, "2001:db8::25", SKIP_NO_ROUTE);
}

static void
deny_root(struct build *b)
{
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_NXDOMAIN, NULL);
}

static void
add_plain_root(struct build *b)
{
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
}

static void
add_tlsa(struct build *b)
{
	add_secure(b, LOOKUP_MX_HOST, RRTYPE_A, MX1, A4);
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_AAAA, MX1, LOOKUP_NODATA, NULL);
	add_lookup(b, LOOKUP_TLSA, RRTYPE_TLSA, "_25._tcp." MX1, LOOKUP_OK, "3 1 1 00");
	add_smtp_ok(b, MX1, A4);
}

static void
add_out_of_time(struct build *b)
{
	add_smtp_skip(b, MX1, A4, SKIP_BUDGET);
}

#define BLOCKED .banner = "554 5.7.1 [203.0.113.5] blocked by list.example.org"

static const struct walk_row rows[] = {
	{ "domain gone", { .txt = "", .hosts = "", .tlsrpt = "", .mx_status = LOOKUP_NXDOMAIN },
		"error domain-nxdomain example.com" },
	{ "zone failing",
		{ .txt_status = LOOKUP_SERVFAIL,
			.tlsrpt_status = LOOKUP_SERVFAIL,
			.host_status = LOOKUP_SERVFAIL,
			.mx_status = LOOKUP_SERVFAIL },
		"error dns-zone-failing example.com" },
	{ "zone bogus",
		{ .txt_status = LOOKUP_BOGUS,
			.tlsrpt_status = LOOKUP_BOGUS,
			.host_status = LOOKUP_BOGUS,
			.mx_status = LOOKUP_BOGUS },
		"error dns-zone-failing example.com" },
	{ "nothing but what the resolver remembers",
		{ .before = add_lost_way,
			.txt_status = LOOKUP_SERVFAIL,
			.tlsrpt_status = LOOKUP_SERVFAIL,
			.host_status = LOOKUP_SERVFAIL,
			.mx_status = LOOKUP_SERVFAIL },
		"inconclusive env-dns-broken this host\ninconclusive dns-zone-failing "
		"example.com" },
	{ "zone failing, its parent well",
		{ .before = add_known_way,
			.txt_status = LOOKUP_SERVFAIL,
			.tlsrpt_status = LOOKUP_SERVFAIL,
			.host_status = LOOKUP_SERVFAIL,
			.mx_status = LOOKUP_SERVFAIL },
		"error dns-zone-failing example.com" },
	{ "no resolver answers",
		{ .is_root_failing = true,
			.txt_status = LOOKUP_TIMEOUT,
			.tlsrpt_status = LOOKUP_TIMEOUT,
			.host_status = LOOKUP_TIMEOUT,
			.mx_status = LOOKUP_TIMEOUT },
		"inconclusive env-dns-broken this host\n"
		"inconclusive txt-lookup-failed _mta-sts.example.com\n"
		"inconclusive mx-lookup-failed example.com\n"
		"inconclusive tlsrpt-lookup-failed _smtp._tls.example.com" },
	{ "resolver denies the root and all else",
		{ .before = deny_root,
			.txt = "",
			.hosts = "",
			.tlsrpt = "",
			.txt_status = LOOKUP_NXDOMAIN,
			.tlsrpt_status = LOOKUP_NXDOMAIN,
			.host_status = LOOKUP_NXDOMAIN,
			.mx_status = LOOKUP_NXDOMAIN },
		"inconclusive env-dns-broken this host\n"
		"inconclusive txt-absent _mta-sts.example.com" },
	{ "resolver denies the root alone", { .before = deny_root }, "" },
	{ "resolver invents", { .before = add_rewriting },
		"inconclusive env-dns-rewrites this host" },
	/* 203.0.113.66 is what it gives for x7f3q.invalid, too. */
	{ "resolver invents the MX host",
		{ .before = add_rewriting,
			.smtp = { { .host = MX1,
				.address = "203.0.113.66",
				.connect = OUTCOME_REFUSED } } },
		"inconclusive env-dns-rewrites this host\n"
		"inconclusive mx-all-unreachable example.com\n"
		"inconclusive smtp-connect " MX1 },
	{ "resolver invents, not the MX host",
		{ .before = add_rewriting,
			.smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_REFUSED } } },
		"error mx-all-unreachable example.com\n"
		"inconclusive env-dns-rewrites this host\nwarning smtp-connect " MX1 },
	{ "resolver invents the policy host",
		{ .before = add_rewriting,
			.hosts = "203.0.113.66",
			.https = { .address = "203.0.113.66", .connect = OUTCOME_REFUSED } },
		"inconclusive env-dns-rewrites this host\n"
		"inconclusive https-connect mta-sts.example.com" },
	{ "resolver invents, record absent", { .before = add_rewriting, .txt = "", .hosts = "" },
		"inconclusive env-dns-rewrites this host\n"
		"inconclusive txt-absent _mta-sts.example.com" },
	{ "blocked", { .smtp = { { .host = MX1, .address = A4, BLOCKED } } },
		"inconclusive env-source-blocklisted this host\nwarning smtp-banner-5xx " MX1 },
	{ "blocked by one",
		{ .mx = "10 " MX1 "\n20 mx2.example.com",
			.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
				    "mx: mx2.example.com\nmax_age: 1209600\n"),
			.smtp = { { .host = MX1, .address = A4, BLOCKED } } },
		"warning env-source-blocklisted this host\nwarning smtp-banner-5xx " MX1 },
	{ "another address is quoted",
		{ .smtp = { { .host = MX1,
			  .address = A4,
			  .banner = "554 [203.0.113.50] blocked" } } },
		"error mx-all-unreachable example.com\nwarning smtp-banner-5xx " MX1 },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

/* Walks whose MX part is made by hand. */
static void
check_made(const char *row, const struct walk *w, const struct ev_walk_start *start,
	void (*mx)(struct build *b), const char *raises)
{
	struct session s;
	struct build b;
	struct judgement j;

	build_begin(&b, &s);
	if (start != NULL)
		add_event(&b, "walk", EV_WALK_START, start);
	else
		add_walk_start(&b, "example.com");
	if (w->before != NULL)
		w->before(&b);
	walk_root(&b, w);
	walk_records(&b, w);
	walk_fetch(&b, w);
	add_mx(&b, "10 " MX1);
	mx(&b);
	add_end(&b, w->end);
	judge(&s, NULL, &j);
	check_raised(row, &j, raises);
	check_whole(row, &j);
	judgement_release(&j);
	session_release(&s);
}

static void
add_both(struct build *b)
{
	add_addresses(b, MX1, A4 "\n2001:db8::25");
	add_smtp_ok(b, MX1, A4);
	skip_ipv6(b);
}

static void
add_both_ipv6(struct build *b)
{
	add_addresses(b, MX1, A4 "\n2001:db8::25");
	add_smtp_skip(b, MX1, A4, SKIP_NO_ROUTE);
	add_smtp_ok(b, MX1, "2001:db8::25");
}

static void
add_ipv4_only(struct build *b)
{
	add_addresses(b, MX1, A4);
	add_smtp_skip(b, MX1, A4, SKIP_NO_ROUTE);
}

static void
add_late(struct build *b)
{
	add_addresses(b, MX1, A4);
	add_out_of_time(b);
}

static void
add_untrusted(struct build *b)
{
	add_addresses(b, MX1, A4);
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .tls = { .is_untrusted = true, .code = 20, .error = "no issuer" } });
}

static void
test_families(void **state)
{
	const struct walk no_ipv6 = { .before = add_no_ipv6 };
	const struct walk no_ipv4 = { .before = add_no_ipv4,
		.hosts = "2001:db8::80",
		.https = { .address = "2001:db8::80" } };

	(void)state;
	check_made("no IPv6", &no_ipv6, NULL, add_both, "info env-ipv6-none this host");
	check_made("no IPv4", &no_ipv4, NULL, add_both_ipv6, "info env-ipv4-none this host");
	check_made("no IPv4, nothing else", &no_ipv4, NULL, add_ipv4_only,
		"inconclusive env-ipv4-none this host");
}

static void
test_limits(void **state)
{
	const struct walk late = { .end = END_TIMEOUT };
	const struct walk plain = { .has_no_root = true, .before = add_plain_root };
	const struct walk w = { 0 };
	struct ev_walk_start start = build_walk_start("example.com");

	(void)state;
	check_made("out of time", &late, NULL, add_late, "inconclusive env-budget-spent this host");
	check_made("no AD", &plain, NULL, add_tlsa, "info env-dns-no-dnssec this host");
	start.is_ad_trusted = false;
	check_made("distant AD", &w, &start, add_tlsa, "info env-ad-untrusted this host");
}

static void
test_store(void **state)
{
	const struct walk w = { 0 };
	struct ev_walk_start start = build_walk_start("example.com");

	(void)state;
	start.store_newest_s = BUILD_AS_OF_S - 900 * BUILD_DAY_S;
	check_made("old store", &w, &start, add_untrusted,
		"error tls-chain-incomplete " MX1 "\ninfo env-ca-store-old this host");
	start.anchors = 0;
	check_made("no store", &w, &start, add_untrusted,
		"inconclusive tls-chain-incomplete " MX1
		"\ninconclusive env-ca-store-missing this host");
}

static void
add_refused(struct build *b)
{
	add_addresses(b, MX1, A4);
	add_smtp(b, (struct build_smtp){ .host = MX1, .address = A4, .ehlo = "550 who?" });
}

static void
test_ehlo_name(void **state)
{
	const struct walk w = { 0 };
	struct ev_walk_start start = build_walk_start("example.com");

	(void)state;
	start.ehlo = STR("ops1");
	check_made("no dot", &w, &start, add_refused,
		"error mx-all-unreachable example.com\nwarning env-ehlo-name-weak this host\n"
		"warning smtp-ehlo-refused " MX1);
	start.ehlo = STR("[IPv6:2001:db8::1]");
	check_made("a literal", &w, &start, add_refused,
		"error mx-all-unreachable example.com\nwarning smtp-ehlo-refused " MX1);
}

/* An answer whose Date is off. */
static void
add_skewed(struct build *b)
{
	const char *job = open_https_tls(b, "192.0.2.80");
	const struct build_tls tls = { 0 };
	const struct str body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
				    "max_age: 1209600\n");

	add_cert(b, job, "mta-sts.example.com", &tls);
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true);
	ADD(b, job, HTTP_DONE, http_done, .outcome = OUTCOME_OK, .status = 200,
		.content_type = STR("text/plain"), .has_content_type = true, .body = body,
		.has_date = true, .date_offset_ms = -400000);
	add_attempt_end(b, job, OUTCOME_OK);
}

static void
add_early(struct build *b)
{
	const char *job;

	add_addresses(b, MX1, A4);
	job = open_smtp_tls(b, MX1, A4);
	ADD(b, job, CERT, cert, .is_sent = true, .is_on_path = true, .subject = STR("CN=" MX1),
		.not_before_s = BUILD_AS_OF_S + 900 * BUILD_DAY_S,
		.not_after_s = BUILD_AS_OF_S + 990 * BUILD_DAY_S);
	ADD(b, job, CERT_ERROR, cert_error, .code = 9, .text = STR("not yet valid"));
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_name_ok = true);
	add_attempt_end(b, job, OUTCOME_OK);
}

/* A clock that starts in the past tells so by the files that this host has already. */
static void
test_clock_behind(void **state)
{
	const struct walk w = { 0 };
	struct ev_walk_start start = build_walk_start("example.com");

	(void)state;
	check_made("a server's fault", &w, &start, add_early, "error tls-cert-not-yet-valid " MX1);
	start.store_newest_s = BUILD_AS_OF_S + 800 * BUILD_DAY_S;
	check_made("our clock", &w, &start, add_early, "warning env-clock-skew this host");
}

static void
add_right_clock(struct build *b, const char *address)
{
	const char *job = open_https_tls(b, address);
	const struct build_tls tls = { 0 };

	add_cert(b, job, "mta-sts.example.com", &tls);
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true);
	ADD(b, job, HTTP_DONE, http_done, .outcome = OUTCOME_OK, .status = 200,
		.content_type = STR("text/plain"), .has_content_type = true,
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "max_age: 1209600\n"),
		.has_date = true, .date_offset_ms = 1000);
	add_attempt_end(b, job, OUTCOME_OK);
}

static void
add_just_over(struct build *b)
{
	const char *job;

	add_policy_host(b, "192.0.2.80");
	add_skewed(b);
	add_mx(b, "10 " MX1);
	add_addresses(b, MX1, A4);
	job = open_smtp_tls(b, MX1, A4);
	ADD(b, job, CERT, cert, .is_sent = true, .is_on_path = true, .subject = STR("CN=" MX1),
		.not_before_s = BUILD_AS_OF_S - 90 * BUILD_DAY_S,
		.not_after_s = BUILD_AS_OF_S - 100);
	ADD(b, job, CERT_ERROR, cert_error, .code = 10, .text = STR("certificate has expired"));
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_name_ok = true);
	add_attempt_end(b, job, OUTCOME_OK);
}

static void
test_clock(void **state)
{
	const struct walk w = { 0 };
	const struct finding *clock;
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	add_just_over(&b);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("clock", &j,
		"inconclusive tls-cert-expired " MX1 "\nwarning env-clock-skew this host");
	check_whole("clock", &j);
	/* One server alone cannot tell whose clock is wrong. */
	assert_non_null(clock = finding_of(&j, FINDING_ENV_CLOCK_SKEW));
	check_true("clock", "either may be wrong",
		str_starts(
			clock->means, STR("The clock of this host, or the clock of that server")));
	check_int("clock", "exit", j.exit, 3);
	check_int("clock", "decision", j.hosts[0].decision, DECISION_UNKNOWN);
	judgement_release(&j);
	session_release(&s);
}

/* Of two servers one agrees with our clock: it is the other one that is off. */
static void
test_clock_of_a_server(void **state)
{
	const struct walk w = { 0 };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	add_policy_host(&b, "192.0.2.79\n192.0.2.80");
	add_skewed(&b);
	add_right_clock(&b, "192.0.2.79");
	add_mx(&b, "10 " MX1);
	add_addresses(&b, MX1, A4);
	add_smtp_ok(&b, MX1, A4);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("clock of a server", &j, "");
	judgement_release(&j);
	session_release(&s);
}

static void
add_chain(struct build *b, const char *job)
{
	ADD(b, job, CERT, cert, .is_sent = true, .subject = STR("CN=leaf"),
		.sans = build_lines(b, "mta-sts.example.com\nmx.hoster.test"));
	ADD(b, job, CERT, cert, .depth = 1, .is_sent = true, .subject = STR("CN=Proxy CA"),
		.sha256 = STR("aa"));
	ADD(b, job, CERT_ERROR, cert_error, .depth = 1, .code = 19, .text = STR("self-signed"));
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_name_ok = true);
	add_attempt_end(b, job, OUTCOME_UNTRUSTED);
}

static void
test_intercepted(void **state)
{
	const struct walk w = { 0 };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	add_policy_host(&b, "192.0.2.80");
	add_chain(&b, open_https_tls(&b, "192.0.2.80"));
	add_mx(&b, "10 mx.hoster.test");
	add_addresses(&b, "mx.hoster.test", A4);
	add_chain(&b, open_smtp_tls(&b, "mx.hoster.test", A4));
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("intercepted", &j,
		"inconclusive env-https-intercepted this host\n"
		"inconclusive https-cert-untrusted mta-sts.example.com\n"
		"info tls-cert-untrusted mx.hoster.test");
	check_int("intercepted", "mail", j.fresh, MAIL_UNKNOWN);
	judgement_release(&j);
	session_release(&s);
}

static void
test_require(void **state)
{
	static const struct {
		const char *row, *mode, *require, *raises;
	} cases[] = {
		{ "met", "enforce", "enforce", "" },
		{ "any policy", "none", "policy",
			"info policy-mode-none mode\ninfo rollout-none-max-age-long example.com" },
		{ "testing is less", "testing", "enforce",
			"error require-not-met example.com\ninfo policy-mode-testing mode" },
		{ "none is less", "none", "testing",
			"error require-not-met example.com\ninfo policy-mode-none mode"
			"\ninfo rollout-none-max-age-long example.com" },
	};
	const struct walk absent = { .txt = "", .hosts = "" };
	const struct judge_options policy = { .require = "policy" };

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct walk w = { .mode = cases[i].mode };
		const struct judge_options options = { .require = cases[i].require };

		check_walk(cases[i].row, &w, &options, cases[i].raises);
	}
	check_walk("no policy", &absent, &policy,
		"error require-not-met example.com\ninfo txt-absent _mta-sts.example.com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_ehlo_name),
		cmocka_unit_test(test_clock),
		cmocka_unit_test(test_clock_behind),
		cmocka_unit_test(test_clock_of_a_server),
		cmocka_unit_test(test_intercepted),
		cmocka_unit_test(test_require),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
