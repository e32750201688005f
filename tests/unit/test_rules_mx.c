/* Findings about MX records and hosts, and the match with the policy. */
#include "tests/support/judge_case.h"

#include "core/buf.h"

#define MX1 "mx1.example.com"
#define MX2 "mx2.example.com"
#define POLICY(mx) .body = STR("version: STSv1\nmode: enforce\n" mx "max_age: 1209600\n")

static void
add_own_address(struct build *b)
{
	add_family(b, LOOKUP_MX_HOST, RRTYPE_A, "example.com", "192.0.2.1");
	add_family(b, LOOKUP_MX_HOST, RRTYPE_AAAA, "example.com", NULL);
	add_smtp_ok(b, "example.com", "192.0.2.1");
}

static void
add_no_address(struct build *b)
{
	add_family(b, LOOKUP_MX_HOST, RRTYPE_A, "example.com", NULL);
	add_family(b, LOOKUP_MX_HOST, RRTYPE_AAAA, "example.com", NULL);
}

static const struct walk_row rows[] = {
	{ "servfail", { .mx_status = LOOKUP_SERVFAIL }, "error mx-lookup-failed example.com" },
	{ "bogus", { .mx_status = LOOKUP_BOGUS }, "error dns-bogus example.com" },
	{ "null MX", { .mx = "0 ." }, "info mx-null example.com" },
	{ "null MX beside", { .mx = "0 .\n10 " MX1 }, "warning mx-null-mixed example.com" },
	{ "no MX, no address", { .mx_status = LOOKUP_NODATA, .more = add_no_address },
		"error mx-none example.com" },
	{ "no MX, an address",
		{ .mx_status = LOOKUP_NODATA,
			.more = add_own_address,
			POLICY("mx: example.com\n") },
		"info mx-implicit example.com" },
	{ "one not listed", { .mx = "10 " MX1 "\n20 " MX2 },
		"error mx-not-in-policy " MX2 "\ninfo mx-backup-at-risk example.com" },
	{ "none listed", { .mx = "10 " MX2 },
		"error mx-none-in-policy example.com\ninfo policy-mx-unused mx: " MX1 },
	{ "none of two listed", { .mx = "10 " MX2 "\n20 mx3.example.com" },
		"error mx-none-in-policy example.com\ninfo policy-mx-unused mx: " MX1 },
	{ "none listed, testing", { .mx = "10 " MX2, .mode = "testing" },
		"warning mx-none-in-policy example.com\ninfo policy-mx-unused mx: " MX1
		"\ninfo policy-mode-testing mode\nwarning whatif-enforce-breaks example.com" },
	{ "invalid policy: no match is judged", { .mx = "10 " MX2, POLICY("mx: " MX1 "\nmx: *\n") },
		"error policy-mx-bad mx: *" },
	{ "wildcards cover one label", { .mx = "10 " MX1, POLICY("mx: *.EXAMPLE.com\n") },
		"warning policy-mx-broad mx: *.EXAMPLE.com" },
	{ "an address as exchange",
		{ .mx = "10 " MX1 "\n20 192.0.2.99",
			.smtp = { { .host = "192.0.2.99" } },
			POLICY("mx: *.example.com\nmx: " MX1 "\n") },
		"warning mx-target-address 192.0.2.99\nwarning policy-mx-broad mx: *.example.com" },
	{ "no address",
		{ .mx = "10 " MX1 "\n20 " MX2,
			.smtp = { { .host = MX2 } },
			POLICY("mx: " MX1 "\nmx: " MX2 "\n") },
		"warning mx-no-address " MX2 "\ninfo mx-backup-at-risk example.com" },
	{ "private", { .smtp = { { .host = MX1, .address = "192.168.1.1" } } },
		"warning mx-private-address " MX1 },
	{ "the only host has no address", { .smtp = { { .host = MX1 } } },
		"error mx-all-unreachable example.com\nwarning mx-no-address " MX1 },
	{ "better host dead, the other passes",
		{ .mx = "10 " MX1 "\n20 " MX2,
			POLICY("mx: " MX1 "\nmx: " MX2 "\n"),
			.smtp = { { .host = MX1,
				.address = "192.0.2.25",
				.connect = OUTCOME_REFUSED } } },
		"warning smtp-connect " MX1 },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
add_cname_host(struct build *b)
{
	add_mx(b, "10 " MX1 "\n20 " MX2);
	add_lookup_with(b, LOOKUP_MX_HOST, RRTYPE_A, MX1, "192.0.2.25", "real.example.com",
		(struct ev_dns_answer){ .status = LOOKUP_OK });
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_AAAA, MX1, LOOKUP_NODATA, NULL);
	add_smtp_ok(b, MX1, "192.0.2.25");
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_A, MX2, LOOKUP_SERVFAIL, NULL);
	add_lookup(b, LOOKUP_MX_HOST, RRTYPE_AAAA, MX2, LOOKUP_SERVFAIL, NULL);
}

static void
test_lookups(void **state)
{
	struct session s;
	struct build b;
	struct judgement j;
	const struct walk w = { POLICY("mx: " MX1 "\nmx: " MX2 "\n") };

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_root(&b, &w);
	walk_records(&b, &w);
	walk_fetch(&b, &w);
	add_cname_host(&b);
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_raised("hosts", &j,
		"warning mx-target-cname " MX1 "\nwarning mx-address-lookup-failed " MX2
		"\ninfo mx-backup-at-risk example.com");
	check_whole("hosts", &j);
	judgement_release(&j);
	session_release(&s);
}

/* A thousand hosts and a policy of thousands of patterns are judged in no time. */
static void
test_many(void **state)
{
	struct walk w = { .is_open = true };
	struct buf mx = BUF_INIT(0), body = BUF_INIT(LIMIT_POLICY_BYTES);
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	buf_add_text(&body, "version: STSv1\nmode: enforce\nmax_age: 1209600\n");
	for (int i = 0; i < 2500; i++)
		buf_addf(&body, "mx: *.p%d.example\n", i);
	w.body = buf_str(&body);
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	walk_records(&b, &w);
	walk_fetch(&b, &w);
	for (int i = 0; i < 1000; i++)
		buf_addf(&mx, "%d a.b.p%d.example\n", i, i);
	add_mx(&b, buf_text(&mx));
	add_end(&b, END_DONE);
	judge(&s, NULL, &j);
	check_true("many", "bounded", j.count < 64);
	check_int("many", "mail", j.fresh, MAIL_DEFERRED);
	assert_non_null(finding_of(&j, FINDING_MX_NONE_IN_POLICY));
	judgement_release(&j);
	session_release(&s);
	buf_release(&mx);
	buf_release(&body);
}

/* Where there is no address, there is no server to start. */
static void
test_nowhere(void **state)
{
	const struct walk w = { .smtp = { { .host = MX1 } } };
	const struct finding *f;
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	assert_non_null(f = finding_of(&j, FINDING_MX_ALL_UNREACHABLE));
	check_text("nowhere", "who", f->who, "whoever runs example.com");
	check_true("nowhere", "what to do",
		str_starts(f->fix, STR("Give the MX hosts an A or AAAA record")));
	check_true("nowhere", "no server is talked of",
		str_find_str(f->fix, STR("server")) == f->fix.n);
	check_text("nowhere", "by hand", f->by_hand,
		"dig MX example.com\ndig A " MX1 "\ndig AAAA " MX1);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
