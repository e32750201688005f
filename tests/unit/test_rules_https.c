/* Findings about the policy host and the fetch: one row says why it failed. */
#include "tests/support/judge_case.h"

#define HOST "mta-sts.example.com"
#define BAD_TLS(x509, words) .tls = { .is_untrusted = true, .code = (x509), .error = (words) }
#define HTTPS(...) \
	{ \
		.https = { __VA_ARGS__ } \
	}

static const struct walk_row rows[] = {
	{ "nxdomain", { .host_status = LOOKUP_NXDOMAIN }, "error host-nxdomain " HOST },
	{ "no address", { .hosts = "" }, "error host-no-address " HOST },
	{ "servfail", { .host_status = LOOKUP_SERVFAIL }, "error host-lookup-failed " HOST },
	{ "bogus", { .host_status = LOOKUP_BOGUS }, "error dns-bogus " HOST },
	{ "private", { .hosts = "10.1.2.3", .https = { .address = "10.1.2.3" } },
		"error host-private-address " HOST },
	{ "one private", { .hosts = "10.1.2.3\n192.0.2.80" },
		"warning host-private-address " HOST },
	{ "test networks are not private", { .hosts = "198.51.100.1" }, "" },
	{ "one dead",
		{ .hosts = "192.0.2.80\n192.0.2.81",
			.https2 = { .address = "192.0.2.81", .connect = OUTCOME_REFUSED } },
		"warning host-address-dead " HOST },
	{ "two policies",
		{ .hosts = "192.0.2.80\n192.0.2.81",
			.https2 = { .address = "192.0.2.81", .body = STR("version: STSv1\n") } },
		"warning host-addresses-differ " HOST },
	{ "one certificate bad",
		{ .hosts = "192.0.2.80\n192.0.2.81",
			.https2 = { .address = "192.0.2.81", .tls = { .is_name_wrong = true } } },
		"warning host-addresses-differ " HOST },
	{ "refused", HTTPS(.connect = OUTCOME_REFUSED), "error https-connect " HOST },
	{ "alert", HTTPS(.tls = { .outcome = OUTCOME_ALERT, .error = "handshake failure" }),
		"error https-handshake " HOST },
	{ "name", HTTPS(.tls = { .is_name_wrong = true, .sans = "www.example.com" }),
		"error https-cert-name " HOST },
	{ "expired", HTTPS(.tls = { .is_untrusted = true, .code = 10, .days_left = -3 }),
		"error https-cert-expired " HOST },
	{ "not yet", HTTPS(.tls = { .is_untrusted = true, .code = 9, .days_left = 100 }),
		"error https-cert-not-yet-valid " HOST },
	{ "self-signed", HTTPS(BAD_TLS(18, "self-signed certificate")),
		"error https-cert-self-signed " HOST },
	{ "untrusted", HTTPS(BAD_TLS(19, "self-signed certificate in chain")),
		"error https-cert-untrusted " HOST },
	{ "no issuer at depth 1",
		HTTPS(.tls = { .is_untrusted = true, .code = 20, .depth = 1, .error = "x" }),
		"error https-cert-untrusted " HOST },
	{ "chain", HTTPS(BAD_TLS(20, "unable to get local issuer certificate")),
		"error https-chain-incomplete " HOST },
	{ "purpose", HTTPS(BAD_TLS(26, "unsuitable certificate purpose")),
		"error https-cert-invalid " HOST },
	{ "untrusted and misnamed: each its repair",
		HTTPS(.tls = { .is_untrusted = true, .is_name_wrong = true, .code = 18 }),
		"error https-cert-name " HOST "\nerror https-cert-self-signed " HOST },
	{ "expiring", HTTPS(.tls = { .days_left = 3 }), "warning https-cert-expiring " HOST },
	{ "short-lived is well", HTTPS(.tls = { .days_left = 3, .lifetime_days = 6 }), "" },
	{ "redirect",
		HTTPS(.status = 301, .outcome = OUTCOME_REDIRECT,
			.redirect = "https://www.example.com/"),
		"error https-redirect " HOST },
	{ "404", HTTPS(.status = 404, .outcome = OUTCOME_STATUS), "error https-status " HOST },
	{ "204", HTTPS(.status = 204, .outcome = OUTCOME_STATUS), "error https-status " HOST },
	{ "truncated", HTTPS(.outcome = OUTCOME_TRUNCATED), "error https-truncated " HOST },
	{ "too big", HTTPS(.outcome = OUTCOME_TOO_BIG), "error https-too-big " HOST },
	{ "timeout", HTTPS(.outcome = OUTCOME_TIMEOUT), "error https-timeout " HOST },
	{ "out of budget", HTTPS(.outcome = OUTCOME_BUDGET),
		"inconclusive https-timeout " HOST "\ninconclusive env-budget-spent this host" },
	{ "cancelled", HTTPS(.outcome = OUTCOME_CANCELLED), "inconclusive https-timeout " HOST },
	{ "text/html", HTTPS(.content_type = "text/html"),
		"warning https-content-type Content-Type" },
	{ "no type", HTTPS(.content_type = ""), "warning https-content-type Content-Type" },
	{ "charset", HTTPS(.content_type = "Text/Plain; charset=utf-8"), "" },
	{ "a page", HTTPS(.content_type = "text/html", .body = STR("\n<!DOCTYPE html>")),
		"error https-body-html " HOST },
	{ "portal", HTTPS(.status = 511, .outcome = OUTCOME_STATUS),
		"inconclusive env-captive-portal this host" },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

/* No usable record: nobody asks for the policy, so nothing is said of its host. */
static void
test_gate(void **state)
{
	static const struct walk_row silent[] = {
		{ "absent", { .txt = "", .https = { .connect = OUTCOME_REFUSED } },
			"info txt-absent _mta-sts.example.com" },
		{ "bad", { .txt = "v=STSv1;", .host_status = LOOKUP_NXDOMAIN },
			"error txt-id-missing _mta-sts.example.com" },
	};

	(void)state;
	check_rows(silent, ROWS(silent));
}

static void
add_slow(struct build *b)
{
	const char *job = open_https_tls(b, "192.0.2.80");
	const struct build_tls tls = { 0 };
	const struct build_https h = {
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "max_age: 1209600\n")
	};

	add_cert(b, job, HOST, &tls);
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true,
		.wanted = STR(HOST));
	b->us += 5000000;
	add_http(b, job, HOST, &h);
}

static void
add_cached(struct build *b)
{
	const char *job = open_https_tls(b, "192.0.2.80");
	const struct build_tls tls = { 0 };
	const struct build_https h = {
		.body = STR("version: STSv1\nmode: enforce\nmx: mx1.example.com\n"
			    "max_age: 1209600\n")
	};

	add_cert(b, job, HOST, &tls);
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true,
		.wanted = STR(HOST), .ocsp = STR("revoked"));
	ADD(b, job, HTTP_HEADER, http_header, .line = STR("HTTP/1.1 200 OK"));
	ADD(b, job, HTTP_HEADER, http_header, .line = STR("age: 7200"));
	add_http(b, job, HOST, &h);
}

/* Fetches made step by step, in place of the usual one. */
static void
check_fetch(const char *row, void (*fetch)(struct build *b), const char *cnames, const char *raises)
{
	struct session s;
	struct build b;
	struct judgement j;
	const struct walk w = { 0 };

	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	add_lookup_with(&b, LOOKUP_POLICY_HOST, RRTYPE_A, HOST, "192.0.2.80", cnames,
		(struct ev_dns_answer){ .status = LOOKUP_OK });
	add_lookup(&b, LOOKUP_POLICY_HOST, RRTYPE_AAAA, HOST, LOOKUP_NODATA, NULL);
	fetch(&b);
	walk_mx(&b, &w);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised(row, &j, raises);
	check_whole(row, &j);
	judgement_release(&j);
	session_release(&s);
}

static void
add_good(struct build *b)
{
	walk_fetch(b, &(struct walk){ .hosts = "192.0.2.80" });
}

static void
test_fetches(void **state)
{
	(void)state;
	check_fetch("slow", add_slow, NULL, "warning https-slow " HOST);
	check_fetch("cached and revoked", add_cached, NULL,
		"warning https-cert-revoked " HOST "\nwarning https-cdn-cached " HOST);
	check_fetch("cname", add_good, "sts.hoster.test", "info host-cname " HOST);
}

static void
test_words(void **state)
{
	const struct walk w = HTTPS(.tls = { .is_name_wrong = true, .sans = "*.example.net" });
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	f = finding_of(&j, FINDING_HTTPS_CERT_NAME);
	check_true(
		"name", "SAN quoted", str_find_str(f->detail, STR("*.example.net")) < f->detail.n);
	check_true("name", "wanted", str_find_str(f->detail, STR("wanted " HOST)) < f->detail.n);
	check_true("name", "what to ask for", str_find_str(f->fix, STR("DNS:" HOST)) < f->fix.n);
	check_text("name", "result type", f->result_type, "sts-webpki-invalid");
	check_text("name", "by hand", f->by_hand,
		"openssl s_client -connect 192.0.2.80:443 -servername mta-sts.example.com "
		"-verify_hostname mta-sts.example.com </dev/null");
	check_int("name", "stage", j.stages[STAGE_HTTPS], STATE_FAIL);
	check_int("name", "policy stage", j.stages[STAGE_POLICY], STATE_NOT_REACHED);
	check_int("name", "mail", j.fresh, MAIL_DELIVERED_UNVALIDATED);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_gate),
		cmocka_unit_test(test_fetches),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
