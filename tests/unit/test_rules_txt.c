/* Findings about the TXT record: one bad record, one red line. */
#include "tests/support/judge_case.h"

#define NAME "_mta-sts.example.com"
/* Under "no policy" the walk still looks at the policy, and says no more than that it is there. */
static const struct walk_row rows[] = {
	{ "good", { .txt = "v=STSv1; id=20260101T000000;" }, "" },
	{ "absent, a policy is served", { .txt = "" },
		"info txt-absent " NAME "\nwarning txt-orphan-policy " NAME },
	{ "absent", { .txt = "", .hosts = "" }, "info txt-absent " NAME },
	{ "nodata", { .txt_status = LOOKUP_NODATA, .hosts = "" }, "info txt-absent " NAME },
	{ "only foreign", { .txt = "google-site-verification=abc", .hosts = "" },
		"info txt-absent " NAME "\ninfo txt-foreign " NAME },
	{ "two", { .txt = "v=STSv1; id=1;\nv=STSv1; id=2;" }, "error txt-multiple " NAME },
	{ "two, one of them bad", { .txt = "v=STSv1; id=1;\nv=STSv1; id=2-2;" },
		"error txt-multiple " NAME },
	{ "case of the version", { .txt = "v=stsv1; id=1;" }, "error txt-version-bad " NAME },
	{ "version 2", { .txt = "v=STSv2; id=1;" }, "error txt-version-bad " NAME },
	{ "blank before", { .txt = " v=STSv1; id=1;" }, "error txt-version-bad " NAME },
	{ "bad version beside a good record", { .txt = "v=STSv1; id=1;\nv=STSv2; id=1;" },
		"info txt-version-bad " NAME },
	{ "blank before the semicolon", { .txt = "v=STSv1 ; id=1;" },
		"warning txt-space-before-semicolon " NAME },
	{ "the same in company", { .txt = "v=STSv1 ; id=1;\nunrelated" },
		"error txt-space-before-semicolon " NAME "\ninfo txt-foreign " NAME },
	{ "no id", { .txt = "v=STSv1; foo=bar;" }, "error txt-id-missing " NAME },
	{ "bare", { .txt = "v=STSv1;" }, "error txt-id-missing " NAME },
	{ "dashes in the id", { .txt = "v=STSv1; id=2026-04-08;" }, "error txt-id-bad " NAME },
	{ "id of 33", { .txt = "v=STSv1; id=123456789012345678901234567890123;" },
		"error txt-id-too-long " NAME },
	{ "id of 32", { .txt = "v=STSv1; id=12345678901234567890123456789012;" }, "" },
	{ "two ids", { .txt = "v=STSv1; id=1; id=2;" }, "warning txt-id-duplicate " NAME },
	{ "no equals sign", { .txt = "v=STSv1; id=1; foo;" }, "error txt-field-syntax " NAME },
	{ "empty field", { .txt = "v=STSv1;; id=1;" }, "error txt-field-syntax " NAME },
	{ "unknown field", { .txt = "v=STSv1; id=1; foo=bar;" }, "info txt-unknown-field " NAME },
	{ "smart quotes",
		{ .txt = "v=STSv1; id=\xe2\x80\x9c"
			 "1\xe2\x80\x9d;" },
		"error txt-non-ascii " NAME },
	{ "quotes", { .txt = "\"v=STSv1; id=1;\"" }, "error txt-literal-quotes " NAME },
	{ "backslash", { .txt = "v=STSv1\\; id=1\\;" }, "error txt-literal-quotes " NAME },
	{ "foreign beside", { .txt = "v=STSv1; id=1;\nv=spf1 -all" }, "info txt-foreign " NAME },
	{ "servfail", { .txt_status = LOOKUP_SERVFAIL }, "error txt-lookup-failed " NAME },
	{ "servfail, our resolver is broken",
		{ .txt_status = LOOKUP_SERVFAIL, .is_root_failing = true },
		"inconclusive txt-lookup-failed " NAME "\ninconclusive env-dns-broken this host" },
	{ "bogus", { .txt_status = LOOKUP_BOGUS }, "error dns-bogus " NAME },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

/* A walk whose TXT lookup is made by hand. */
static void
check_lookup_with(const char *row, void (*more)(struct build *b),
	const struct ev_dns_record *records, size_t count, struct ev_dns_answer answer,
	const char *cnames, const char *raises)
{
	const char *job = "dns:TXT:" NAME;
	struct session s;
	struct build b;
	struct judgement j;
	const struct walk w = { .hosts = "" };

	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	add_question(&b, LOOKUP_TXT, RRTYPE_TXT, NAME);
	for (size_t i = 0; i < count; i++)
		add_event(&b, job, EV_DNS_RECORD, &records[i]);
	answer.cname = build_lines(&b, cnames);
	answer.ede_code = -1;
	add_event(&b, job, EV_DNS_ANSWER, &answer);
	if (more != NULL)
		more(&b);
	add_tlsrpt(&b, "v=TLSRPTv1; rua=mailto:tls@reports.example");
	walk_fetch(&b, &(struct walk){ .mode = "enforce" });
	walk_mx(&b, &w);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised(row, &j, raises);
	check_whole(row, &j);
	judgement_release(&j);
	session_release(&s);
}

static void
check_lookup(const char *row, const struct ev_dns_record *records, size_t count,
	struct ev_dns_answer answer, const char *cnames, const char *raises)
{
	check_lookup_with(row, NULL, records, count, answer, cnames, raises);
}

static void
add_record_at_domain(struct build *b)
{
	add_lookup(b, LOOKUP_AUX, RRTYPE_TXT, "example.com", LOOKUP_OK, "v=STSv1; id=1;");
}

static void
test_answers(void **state)
{
	struct str halves[] = { STR("v=STSv1; "), STR("id=1;") };
	struct ev_dns_record record = { .owner = STR(NAME),
		.type = RRTYPE_TXT,
		.ttl_s = 300,
		.preference = -1,
		.data = STR("v=STSv1; id=1;"),
		.strings = { halves, 2 } };
	const struct ev_dns_answer ok = { .status = LOOKUP_OK };

	(void)state;
	check_lookup("split", &record, 1, ok, NULL, "info txt-split " NAME);
	record.strings = (struct strs){ 0 };
	check_lookup("cname", &record, 1, ok, "_mta-sts.hoster.test", "info txt-cname " NAME);
	check_lookup("dangling", NULL, 0, (struct ev_dns_answer){ .status = LOOKUP_NXDOMAIN },
		"_mta-sts.hoster.test", "error txt-cname-dangling " NAME);
	/* The record stands at the domain itself: the CNAME is in its way, one finding says what to do. */
	check_lookup_with("dangling, and a record at the wrong name", add_record_at_domain, NULL, 0,
		(struct ev_dns_answer){ .status = LOOKUP_NXDOMAIN }, "_mta-sts.hoster.test",
		"error txt-cname-dangling " NAME);
	record.ttl_s = 172800;
	check_lookup("ttl", &record, 1, ok, NULL, "warning txt-ttl-long " NAME);
}

static void
test_blame(void **state)
{
	const struct walk w = { .txt = "v=STSv1;" };
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	f = finding_of(&j, FINDING_TXT_ID_MISSING);
	assert_non_null(f);
	assert_int_equal(f->blame, BLAME_DOMAIN);
	assert_int_equal(f->effect, EFFECT_SKIP);
	check_text("id", "who", f->who, "whoever runs example.com");
	check_true("id", "the literal record",
		str_find_str(f->fix, STR("_mta-sts.example.com. IN TXT \"v=STSv1; "
					 "id=20261122T080000;\"")) < f->fix.n);
	check_true("id", "what was seen", str_find_str(f->detail, STR("v=STSv1;")) < f->detail.n);
	check_text("id", "by hand", f->by_hand, "dig TXT _mta-sts.example.com");
	judgement_release(&j);
	session_release(&s);
}

/* The record of a provider: the provider must act. */
static void
test_blame_operator(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	const struct finding *f;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_lookup_with(&b, LOOKUP_TXT, RRTYPE_TXT, NAME, "v=STSv1;", "_mta-sts.hoster.test",
		(struct ev_dns_answer){ .status = LOOKUP_OK });
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	f = finding_of(&j, FINDING_TXT_ID_MISSING);
	assert_non_null(f);
	assert_int_equal(f->blame, BLAME_POLICY_OPERATOR);
	check_true("cname", "names the target",
		str_find_str(f->who, STR("_mta-sts.hoster.test")) < f->who.n);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_blame),
		cmocka_unit_test(test_blame_operator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
