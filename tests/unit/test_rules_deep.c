/* Findings of looks that no sender takes: what explains an absence, old TLS, SNI, repeats, name
 * servers, control hosts. */
#include "tests/support/judge_case.h"

#define D "example.com"
#define A4 "192.0.2.25"
#define MX1 "mx1.example.com"
#define RECORD "v=STSv1; id=20260101T000000;"
#define NO_RECORD .txt = "", .hosts = ""
#define ABSENT "info txt-absent _mta-sts.example.com\n"
#define ALSO(function) .more = function

/* Of a walk that may try control hosts, and one that shows itself without SNI. */
static struct ev_walk_start may_try, shows_itself;

static void
add_aux_txt(struct build *b, const char *name, const char *record)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_TXT, name, record != NULL ? LOOKUP_OK : LOOKUP_NXDOMAIN,
		record);
}

static void
at_mta_sts(struct build *b)
{
	add_aux_txt(b, D, "v=spf1 -all");
	add_aux_txt(b, "mta-sts." D, RECORD);
	add_aux_txt(b, "_mta_sts." D, NULL);
}

static void
at_domain(struct build *b)
{
	add_aux_txt(b, D, "v=spf1 -all\n" RECORD);
}

static void
at_underscore(struct build *b)
{
	add_aux_txt(b, "_mta_sts." D, "v=STSV1; id=1");
}

static void
nowhere(struct build *b)
{
	add_aux_txt(b, D, "v=spf1 -all");
	add_aux_txt(b, "mta-sts." D, NULL);
	add_aux_txt(b, "x00112233445566aa." D, NULL);
}

static void
wildcard(struct build *b)
{
	add_aux_txt(b, "x00112233445566aa." D, "v=spf1 -all");
}

static void
other_wildcard(struct build *b)
{
	add_aux_txt(b, "x00112233445566aa." D, "v=spf1 ~all");
}

static const struct walk_row absence[] = {
	{ "policy host has the record", { NO_RECORD, ALSO(at_mta_sts) },
		ABSENT "warning txt-wrong-name _mta-sts.example.com" },
	{ "domain has the record", { NO_RECORD, ALSO(at_domain) },
		ABSENT "warning txt-wrong-name _mta-sts.example.com" },
	{ "underscores", { NO_RECORD, ALSO(at_underscore) },
		ABSENT "warning txt-wrong-name _mta-sts.example.com" },
	{ "nowhere", { NO_RECORD, ALSO(nowhere) }, "info txt-absent _mta-sts.example.com" },
	{ "a record is there", { ALSO(at_mta_sts) }, "" },
	{ "wildcard", { .txt = "v=spf1 -all", .hosts = "", ALSO(wildcard) },
		ABSENT "warning txt-wildcard-answer _mta-sts.example.com" },
	{ "another record", { .txt = "v=spf1 -all", .hosts = "", ALSO(other_wildcard) },
		ABSENT "info txt-foreign _mta-sts.example.com" },
};

static void
test_absence(void **state)
{
	(void)state;
	check_rows(absence, ROWS(absence));
}

static void
parent_has(struct build *b)
{
	add_aux_txt(b, "_mta-sts.news.example.com", NULL);
	add_aux_txt(b, "_mta-sts.com", RECORD);
}

static const struct walk_row single_label[] = {
	{ "a single label is no parent", { NO_RECORD, ALSO(parent_has) },
		"info txt-absent _mta-sts.example.com" },
};

/* The walk of a name below the usual domain. */
static void
test_parent(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	check_rows(single_label, ROWS(single_label));
	build_begin(&b, &s);
	b.domain = "news.example.com";
	add_walk_start(&b, b.domain);
	add_secure(&b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", "a.root-servers.example");
	add_lookup(&b, LOOKUP_TXT, RRTYPE_TXT, "_mta-sts.news.example.com", LOOKUP_NXDOMAIN, NULL);
	add_lookup(&b, LOOKUP_MX, RRTYPE_MX, "news.example.com", LOOKUP_OK, "0 .");
	add_aux_txt(&b, "_mta-sts." D, RECORD);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("parent", &j,
		"info txt-absent _mta-sts.news.example.com\n"
		"info txt-parent-only _mta-sts.news.example.com\ninfo mx-null news.example.com");
	check_whole("parent", &j);
	judgement_release(&j);
	session_release(&s);
}

static void
legacy(struct build *b)
{
	add_aux_txt(b, "_smtp-tlsrpt." D, "v=TLSRPTv1; rua=mailto:tls@reports.example");
}

static void
rua_nxdomain(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_MX, "reports.example", LOOKUP_NXDOMAIN, NULL);
}

static void
rua_null_mx(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_MX, "reports.example", LOOKUP_OK, "0 .");
}

static void
rua_no_address(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_MX, "reports.example", LOOKUP_NODATA, NULL);
	add_lookup(b, LOOKUP_AUX, RRTYPE_A, "reports.example", LOOKUP_NODATA, NULL);
	add_lookup(b, LOOKUP_AUX, RRTYPE_AAAA, "reports.example", LOOKUP_NODATA, NULL);
}

static void
rua_implicit(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_MX, "reports.example", LOOKUP_NODATA, NULL);
	add_lookup(b, LOOKUP_AUX, RRTYPE_A, "reports.example", LOOKUP_OK, "192.0.2.99");
	add_lookup(b, LOOKUP_AUX, RRTYPE_AAAA, "reports.example", LOOKUP_NODATA, NULL);
}

static void
rua_https(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_A, "r.example", LOOKUP_NXDOMAIN, NULL);
	add_lookup(b, LOOKUP_AUX, RRTYPE_AAAA, "r.example", LOOKUP_NXDOMAIN, NULL);
}

#define RUA "warning tlsrpt-rua-unreachable mailto:tls@reports.example"

static const struct walk_row reports[] = {
	{ "draft name", { .tlsrpt = "", ALSO(legacy) },
		"info tlsrpt-absent _smtp._tls.example.com\n"
		"warning tlsrpt-legacy-name _smtp._tls.example.com" },
	{ "draft name beside the right one", { ALSO(legacy) }, "" },
	{ "rua domain is gone", { ALSO(rua_nxdomain) }, RUA },
	{ "rua domain takes no mail", { ALSO(rua_null_mx) }, RUA },
	{ "rua domain has nothing", { ALSO(rua_no_address) }, RUA },
	{ "rua domain is its own MX", { ALSO(rua_implicit) }, "" },
	{ "rua by https", { .tlsrpt = "v=TLSRPTv1; rua=https://r.example/t", ALSO(rua_https) },
		"warning tlsrpt-rua-unreachable https://r.example/t" },
};

static void
test_reports(void **state)
{
	(void)state;
	check_rows(reports, ROWS(reports));
}

static void
unchecked(struct build *b)
{
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_lookup(b, LOOKUP_AUX, RRTYPE_DS, D, LOOKUP_OK, "12345 13 2 00aa");
}

static void
hosts_lines(struct build *b)
{
	ADD(b, "walk", HOSTS_FILE, hosts_file, .name = STR("mta-sts." D),
		.address = STR("127.0.0.1"));
	ADD(b, "walk", HOSTS_FILE, hosts_file, .name = STR(MX1), .address = STR("192.0.2.7"));
	ADD(b, "walk", HOSTS_FILE, hosts_file, .name = STR("www." D), .address = STR("192.0.2.7"));
}

static const struct walk_row here[] = {
	{ "nobody checks", { .has_no_root = true, ALSO(unchecked) },
		"info dns-not-checked example.com" },
	{ "hosts file", { ALSO(hosts_lines) }, "info env-dns-local-override this host" },
};

static void
test_here(void **state)
{
	(void)state;
	check_rows(here, ROWS(here));
}

#define REFUSED \
	{ \
		.outcome = OUTCOME_ALERT, .error = "protocol version" \
	}

static void
again(struct build *b, enum attempt_variant variant, int64_t turn, struct build_tls tls)
{
	add_smtp(b,
		(struct build_smtp){
			.host = MX1, .address = A4, .variant = variant, .turn = turn, .tls = tls });
}

static void
old_works(struct build *b)
{
	again(b, VARIANT_OLD_TLS, 0, (struct build_tls){ .version = "TLSv1" });
}

static void
old_fails(struct build *b)
{
	again(b, VARIANT_OLD_TLS, 0, (struct build_tls)REFUSED);
}

static void
no_sni_good(struct build *b)
{
	again(b, VARIANT_NO_SNI, 0, (struct build_tls){ 0 });
	again(b, VARIANT_UNKNOWN_SNI, 0, (struct build_tls){ 0 });
}

static void
no_sni_other(struct build *b)
{
	again(b, VARIANT_NO_SNI, 0,
		(struct build_tls){ .is_name_wrong = true, .sans = "www.example.net" });
}

static void
no_sni_refused(struct build *b)
{
	again(b, VARIANT_NO_SNI, 0, (struct build_tls)REFUSED);
}

static void
unknown_refused(struct build *b)
{
	again(b, VARIANT_UNKNOWN_SNI, 0, (struct build_tls)REFUSED);
}

#define WRONG .tls = { .is_name_wrong = true, .sans = "www.example.net" }
#define ONLY(...) .smtp = { { .host = MX1, .address = A4, __VA_ARGS__ } }

static const struct walk_row handshakes[] = {
	{ "old TLS works", { ONLY(.tls = REFUSED), ALSO(old_works) },
		"error tls-version-low " MX1 },
	{ "old TLS fails too", { ONLY(.tls = REFUSED), ALSO(old_fails) },
		"error tls-handshake " MX1 },
	{ "alike with any SNI", { ONLY(.starttls = NULL), ALSO(no_sni_good) }, "" },
	{ "right without SNI only", { .start = &shows_itself, ONLY(WRONG), ALSO(no_sni_good) },
		"error tls-sni-wrong " MX1 },
	{ "wrong both ways", { .start = &shows_itself, ONLY(WRONG), ALSO(no_sni_other) },
		"error tls-cert-host-mismatch " MX1 },
	{ "wrong without SNI", { ONLY(.starttls = NULL), ALSO(no_sni_other) },
		"warning tls-nosni-wrong " MX1 },
	{ "refused without SNI", { ONLY(.starttls = NULL), ALSO(no_sni_refused) },
		"warning tls-nosni-wrong " MX1 },
	{ "unknown SNI refused", { ONLY(.starttls = NULL), ALSO(unknown_refused) },
		"warning tls-unknown-sni-refused " MX1 },
};

static void
test_handshakes(void **state)
{
	(void)state;
	check_rows(handshakes, ROWS(handshakes));
}

static void
https_again(struct build *b, enum attempt_variant variant, struct build_tls tls)
{
	const char *host = "mta-sts." D;
	const char *job = build_text(
		b, "https:%s/192.0.2.80?%s", host, attempt_variant_name(variant));

	add_connect(b, job,
		(struct ev_attempt_start){ .role = ATTEMPT_HTTPS,
			.host = str_of(host),
			.address = STR("192.0.2.80"),
			.port = 443,
			.variant = variant },
		OUTCOME_OK);
	add_tls(b, job, host, &tls);
	add_attempt_end(b, job, tls.outcome);
}

static void
https_old(struct build *b)
{
	https_again(b, VARIANT_OLD_TLS, (struct build_tls){ .version = "TLSv1.1" });
}

static void
https_no_sni(struct build *b)
{
	https_again(b, VARIANT_NO_SNI,
		(struct build_tls){ .is_name_wrong = true, .sans = "www.example.net" });
}

static void
https_same(struct build *b)
{
	https_again(b, VARIANT_NO_SNI, (struct build_tls){ 0 });
}

static const struct walk_row policy_hosts[] = {
	{ "old TLS only", { .https = { .tls = REFUSED }, ALSO(https_old) },
		"error https-tls-old mta-sts.example.com" },
	{ "SNI is needed", { ALSO(https_no_sni) }, "info https-sni-needed mta-sts.example.com" },
	{ "SNI is not needed", { ALSO(https_same) }, "" },
};

static void
test_policy_hosts(void **state)
{
	(void)state;
	check_rows(policy_hosts, ROWS(policy_hosts));
}

static void
alike(struct build *b)
{
	for (int turn = 2; turn <= 4; turn++)
		again(b, VARIANT_REPEAT, turn, (struct build_tls){ 0 });
}

static void
other_certificate(struct build *b)
{
	again(b, VARIANT_REPEAT, 2, (struct build_tls){ 0 });
	again(b, VARIANT_REPEAT, 3, (struct build_tls){ .sha256 = "00ff" });
}

static void
other_banner(struct build *b)
{
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .variant = VARIANT_REPEAT,
			    .turn = 2,
			    .banner = "220 node2.example.com ESMTP" });
}

/* A server that has enough of us says nothing of how it is otherwise. */
static void
busy(struct build *b)
{
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = A4,
			    .variant = VARIANT_REPEAT,
			    .turn = 2,
			    .banner = "421 too many" });
}

static const struct walk_row repeats[] = {
	{ "alike", { ONLY(.starttls = NULL), ALSO(alike) }, "" },
	{ "another certificate", { ONLY(.starttls = NULL), ALSO(other_certificate) },
		"warning smtp-repeats-differ " MX1 },
	{ "another name", { ONLY(.starttls = NULL), ALSO(other_banner) },
		"warning smtp-repeats-differ " MX1 },
	{ "busy", { ONLY(.starttls = NULL), ALSO(busy) }, "" },
};

static void
test_repeats(void **state)
{
	(void)state;
	check_rows(repeats, ROWS(repeats));
}

static void
ask_server(struct build *b, enum rrtype type, const char *name, const char *server,
	const char *record, int preference)
{
	const char *job = build_text(b, "dns:%s:%s@%s", rrtype_name(type), name, server);

	ADD(b, job, DNS_QUESTION, dns_question, .role = LOOKUP_AUTHORITY, .name = str_of(name),
		.type = type, .server = str_of(server));
	if (record != NULL)
		ADD(b, job, DNS_RECORD, dns_record, .owner = str_of(name), .type = type,
			.ttl_s = 300, .preference = preference, .data = str_of(record));
	ADD(b, job, DNS_ANSWER, dns_answer, .status = record != NULL ? LOOKUP_OK : LOOKUP_NXDOMAIN,
		.ttl_s = 300, .ede_code = -1, .resolver = str_of(server));
}

static void
servers_agree(struct build *b)
{
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns1.example.com 192.0.2.1", RECORD, -1);
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns2.example.com 192.0.2.2", RECORD, -1);
}

static void
servers_disagree(struct build *b)
{
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns1.example.com 192.0.2.1", RECORD, -1);
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns2.example.com 192.0.2.2", "v=STSv1; id=9", -1);
	ask_server(b, RRTYPE_MX, D, "ns1.example.com 192.0.2.1", MX1, 10);
	ask_server(b, RRTYPE_MX, D, "ns2.example.com 192.0.2.2", "old.example.com", 10);
}

static void
server_lacks(struct build *b)
{
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns1.example.com 192.0.2.1", RECORD, -1);
	ask_server(b, RRTYPE_TXT, "_mta-sts." D, "ns2.example.com 192.0.2.2", NULL, -1);
}

static const struct walk_row name_servers[] = {
	{ "agree", { ALSO(servers_agree) }, "" },
	{ "another id", { ALSO(servers_disagree) },
		"warning txt-servers-disagree _mta-sts.example.com" },
	{ "one has none", { ALSO(server_lacks) },
		"warning txt-servers-disagree _mta-sts.example.com" },
};

static void
test_name_servers(void **state)
{
	(void)state;
	check_rows(name_servers, ROWS(name_servers));
}

static void
add_control(struct build *b, const char *host, const char *address, enum outcome connect,
	const char *banner)
{
	add_smtp(b, (struct build_smtp){ .host = host,
			    .address = address,
			    .variant = VARIANT_CONTROL,
			    .connect = connect,
			    .banner = banner,
			    .ehlo = "250 x" });
}

static void
add_controls(struct build *b)
{
	ADD(b, "walk", CONTROLS, controls, .domains = build_lines(b, "one.example\ntwo.test"),
		.reason = STR("connect: timeout"));
}

static void
controls_fail(struct build *b)
{
	add_controls(b);
	add_control(b, "mx.one.example", "192.0.2.91", OUTCOME_TIMEOUT, NULL);
}

static void
controls_work(struct build *b)
{
	add_controls(b);
	add_control(b, "mx.one.example", "192.0.2.91", OUTCOME_OK, NULL);
	add_control(b, "mx.two.test", "192.0.2.92", OUTCOME_TIMEOUT, NULL);
}

/* Controls that do not resolve prove nothing. */
static void
controls_unresolved(struct build *b)
{
	add_controls(b);
	add_lookup(b, LOOKUP_CONTROL, RRTYPE_MX, "one.example", LOOKUP_TIMEOUT, NULL);
}

static void
controls_proxied(struct build *b)
{
	add_controls(b);
	add_control(b, "mx.one.example", "192.0.2.91", OUTCOME_OK, "220 gate.example.org ESMTP");
	add_control(b, "mx.two.test", "192.0.2.92", OUTCOME_OK, "220 gate.example.org ESMTP");
}

/* A provider that greets in its own name for hosts of its own. */
static void
controls_of_one(struct build *b)
{
	add_controls(b);
	add_control(b, "mx.one.example", "192.0.2.91", OUTCOME_OK, "220 mail.one.example ESMTP");
	add_control(b, "mx2.one.example", "192.0.2.92", OUTCOME_OK, "220 mail.one.example ESMTP");
}

#define DOWN .start = &may_try, ONLY(.connect = OUTCOME_TIMEOUT)
#define DEAD "error mx-all-unreachable example.com\nwarning smtp-connect " MX1
#define GATE \
	.start = &may_try, \
	ONLY(.banner = "220 gate.example.org ESMTP", .ehlo = "250 gate.example.org")

static const struct walk_row controls[] = {
	{ "blocked", { DOWN, ALSO(controls_fail) },
		"inconclusive env-port25-blocked this host\ninconclusive smtp-connect " MX1 },
	{ "not blocked", { DOWN, ALSO(controls_work) }, DEAD },
	{ "unresolved", { DOWN, ALSO(controls_unresolved) }, DEAD },
	{ "intercepted", { GATE, ALSO(controls_proxied) },
		"inconclusive env-port25-intercepted this host\n"
		"inconclusive smtp-starttls-absent " MX1 },
	{ "not intercepted", { DOWN, ALSO(controls_of_one) }, DEAD },
};

static void
test_controls(void **state)
{
	(void)state;
	check_rows(controls, ROWS(controls));
}

/* Who must act is known once the controls answer. */
static void
test_blame(void **state)
{
	const struct walk w = { DOWN, ALSO(controls_work) };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	assert_int_equal(finding_of(&j, FINDING_MX_ALL_UNREACHABLE)->blame, BLAME_DOMAIN);
	assert_int_equal(j.exit, 2);
	judgement_release(&j);
	session_release(&s);
}

/* Before the last of the walk nothing is said that control hosts may turn round. */
static void
test_waits_for_controls(void **state)
{
	struct walk w = { DOWN, ALSO(controls_fail) };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	w.is_open = true;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	assert_null(finding_of(&j, FINDING_MX_ALL_UNREACHABLE));
	assert_int_equal(j.fresh, MAIL_NOT_KNOWN_YET);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absence),
		cmocka_unit_test(test_parent),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_here),
		cmocka_unit_test(test_handshakes),
		cmocka_unit_test(test_policy_hosts),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_name_servers),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_waits_for_controls),
	};

	may_try = shows_itself = build_walk_start(D);
	may_try.has_controls = true;
	shows_itself.probes_sni = true;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
