/* What this side ended or spoiled: nothing of it is laid on the domain. */
#include "tests/support/judge_case.h"

#define MX1 "mx1.example.com"
#define MX2 "mx2.example.com"
#define A4 "192.0.2.25"
#define TWO "10 " MX1 "\n20 " MX2
#define BOTH STR("version: STSv1\nmode: enforce\nmx: " MX1 "\nmx: " MX2 "\nmax_age: 1209600\n")

static const struct walk_row cancelled[] = {
	{ "greeting",
		{ .end = END_CANCELLED,
			.smtp = { { .host = MX1,
				.address = A4,
				.banner_fails = OUTCOME_CANCELLED } } },
		"" },
	{ "EHLO",
		{ .end = END_CANCELLED,
			.smtp = { { .host = MX1,
				.address = A4,
				.ehlo_fails = OUTCOME_CANCELLED } } },
		"" },
	{ "STARTTLS",
		{ .end = END_CANCELLED,
			.smtp = { { .host = MX1,
				.address = A4,
				.starttls_fails = OUTCOME_CANCELLED } } },
		"" },
	{ "handshake with an MX host",
		{ .end = END_CANCELLED,
			.smtp = { { .host = MX1,
				.address = A4,
				.tls = { .outcome = OUTCOME_CANCELLED, .error = "cancelled" } } } },
		"" },
	{ "connection to an MX host",
		{ .end = END_CANCELLED,
			.smtp = { { .host = MX1, .address = A4, .connect = OUTCOME_CANCELLED } } },
		"" },
	{ "one host of two",
		{ .end = END_CANCELLED,
			.mx = TWO,
			.body = BOTH,
			.smtp = { { .host = MX1,
				.address = A4,
				.banner_fails = OUTCOME_CANCELLED } } },
		"" },
	{ "fetch", { .end = END_CANCELLED, .https = { .outcome = OUTCOME_CANCELLED } }, "" },
	{ "handshake of the fetch",
		{ .end = END_CANCELLED,
			.https = { .tls = { .outcome = OUTCOME_CANCELLED,
					   .error = "cancelled" } } },
		"" },
	{ "connection of the fetch",
		{ .end = END_CANCELLED, .https = { .connect = OUTCOME_CANCELLED } }, "" },
	{ "one address of the policy host",
		{ .end = END_CANCELLED,
			.hosts = "192.0.2.79\n192.0.2.80",
			.https = { .address = "192.0.2.79", .connect = OUTCOME_CANCELLED },
			.https2 = { .address = "192.0.2.80" } },
		"" },
};

/* Lookups that were never asked, or asked and ended with the walk. */
static void
add_cut_lookups(struct build *b, enum lookup_status status)
{
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_secure(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", "a.root-servers.example");
	add_lookup(b, LOOKUP_TXT, RRTYPE_TXT, "_mta-sts.example.com", status, NULL);
	add_lookup(b, LOOKUP_TLSRPT, RRTYPE_TXT, "_smtp._tls.example.com", status, NULL);
	add_lookup(b, LOOKUP_POLICY_HOST, RRTYPE_A, "mta-sts.example.com", status, NULL);
	add_lookup(b, LOOKUP_POLICY_HOST, RRTYPE_AAAA, "mta-sts.example.com", status, NULL);
	add_lookup(b, LOOKUP_MX, RRTYPE_MX, "example.com", status, NULL);
	add_end(b, END_CANCELLED);
}

static void
check_cut_lookups(const char *row, enum lookup_status status)
{
	struct session s;
	struct build b;
	struct judgement j;

	build_begin(&b, &s);
	add_cut_lookups(&b, status);
	judge(&s, NULL, &j);
	check_raised(row, &j, "");
	check_int(row, "exit", j.exit, 3);
	check_text(row, "headline", j.headline, "mail not known; stopped before the end");
	check_text(row, "TXT", str_of(state_name(j.stages[STAGE_TXT])), "inconclusive");
	check_text(row, "MX", str_of(state_name(j.stages[STAGE_MX])), "inconclusive");
	check_text(row, "TLSRPT", str_of(state_name(j.stages[STAGE_TLSRPT])), "inconclusive");
	judgement_release(&j);
	session_release(&s);
}

static void
test_cancelled(void **state)
{
	(void)state;
	check_rows(cancelled, ROWS(cancelled));
	check_cut_lookups("not asked", LOOKUP_NOT_ASKED);
	check_cut_lookups("no answer until then", LOOKUP_TIMEOUT);
}

/* A file that is torn, a connection that drops: no event says of what was on its way that it is over. */
static void
test_cut_after_any_event(void **state)
{
	struct session whole;
	struct build b;

	(void)state;
	build_good(&b, &whole, "enforce");
	for (size_t n = 1; n < whole.event_count; n++) {
		static const struct ev_end end = { .reason = END_CANCELLED };
		const struct event *last = whole.events[n - 1];
		const struct event cut = {
			.seq = last->seq + 1, .us = last->us, .kind = EV_END, .payload = &end
		};
		struct session s;
		struct judgement j;
		char row[64];

		snprintf(row, sizeof(row), "after %zu of %zu, %s", n, whole.event_count,
			event_type(last->kind)->name);
		session_init(&s);
		for (size_t i = 0; i < n; i++)
			session_apply(&s, whole.events[i]);
		session_apply(&s, &cut);
		judge(&s, NULL, &j);
		check_int(row, "errors", (long long)j.counts[SEVERITY_ERROR], 0);
		check_int(row, "warnings", (long long)j.counts[SEVERITY_WARNING], 0);
		for (size_t i = 0; i < s.attempt_count; i++)
			check_true(row, "no attempt runs", !attempt_is_running(s.attempts[i]));
		/* What mail does is told by the first host; until then nobody says that all is well. */
		if (j.fresh == MAIL_UNKNOWN)
			check_int(row, "exit", j.exit, 3);
		check_true(row, "known or unknown", j.fresh != MAIL_NOT_KNOWN_YET);
		judgement_release(&j);
		session_release(&s);
	}
	session_release(&whole);
}

/* The host that mail seems to go to is not the first one that senders try. */
static void
test_better_host_untested(void **state)
{
	const struct walk w = { .end = END_CANCELLED,
		.mx = TWO,
		.body = BOTH,
		.smtp = { { .host = MX1, .address = A4, .banner_fails = OUTCOME_CANCELLED } } };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	check_text("better host", "why", j.mail_why,
		"The policy is in mode enforce, and " MX2
		" matches it and shows a valid certificate; " MX1
		", which senders try first, was not tested.");
	check_text("better host", "headline", j.headline,
		"mail delivered, validated (" MX2 "); stopped before the end");
	judgement_release(&j);
	session_release(&s);
}

/* Rows that are inconclusive: this side or its network has to act, and no report is foretold. */
static const struct walk_row ours[] = {
	{ .row = "no resolver answers",
		.walk = { .is_root_failing = true,
			.txt_status = LOOKUP_TIMEOUT,
			.tlsrpt_status = LOOKUP_TIMEOUT,
			.host_status = LOOKUP_TIMEOUT,
			.mx_status = LOOKUP_TIMEOUT } },
	{ .row = "out of time at the greeting",
		.walk = { .end = END_TIMEOUT,
			.smtp = { { .host = MX1,
				.address = A4,
				.banner_fails = OUTCOME_BUDGET } } } },
	{ .row = "out of time in the fetch",
		.walk = { .end = END_TIMEOUT, .https = { .outcome = OUTCOME_BUDGET } } },
	{ .row = "out of time in TLS",
		.walk = { .end = END_TIMEOUT,
			.smtp = { { .host = MX1,
				.address = A4,
				.tls = { .outcome = OUTCOME_BUDGET,
					.error = "out of time" } } } } },
};

static void
check_ours(const char *row, const struct judgement *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];

		if (f->severity != SEVERITY_INCONCLUSIVE)
			continue;
		n++;
		if (f->blame != BLAME_LOCAL && f->blame != BLAME_NETWORK)
			fail_msg("%s: %s blames %s", row, f->type->name, blame_name(f->blame));
		check_int(row, f->type->name, (long long)f->result_type.n, 0);
		check_true(row, f->type->name,
			str_find_str(f->who, STR("whoever")) == f->who.n && f->who.n > 0);
	}
	check_true(row, "something is inconclusive", n > 0);
}

static void
test_who(void **state)
{
	struct ev_walk_start start = build_walk_start("example.com");
	const struct walk no_store = { .start = &start,
		.https = { .tls = { .is_untrusted = true, .code = 20, .error = "no issuer" } } };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	for (size_t i = 0; i < ROWS(ours); i++) {
		walk_build(&b, &s, &ours[i].walk);
		judge(&s, NULL, &j);
		check_ours(ours[i].row, &j);
		judgement_release(&j);
		session_release(&s);
	}
	start.anchors = 0;
	walk_build(&b, &s, &no_store);
	judge(&s, NULL, &j);
	check_ours("no trust store", &j);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_cut_after_any_event),
		cmocka_unit_test(test_better_host_untested),
		cmocka_unit_test(test_who),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
