/* Planned MX hosts: judged as if they were MX hosts, and what happens to mail stays as it is. */
#include "tests/support/judge_case.h"

#include "core/buf.h"
#include "core/planned.h"
#include "core/render.h"
#include "core/view.h"

#define MX1 "mx1.example.com"
#define MX9 "mx9.example.com"
#define BOTH "version: STSv1\nmode: enforce\nmx: " MX1 "\nmx: " MX9 "\nmax_age: 1209600\n"
#define ONLY_NEW "version: STSv1\nmode: enforce\nmx: " MX9 "\nmax_age: 1209600\n"
#define BODY(text) .body = { text, sizeof(text) - 1 }

static void
plan_at(struct build *b, const char *host, const char *address)
{
	ADD(b, "walk", MX_PLANNED, mx_planned, .host = str_of(host), .address = str_of(address));
}

static void
plan(struct build *b)
{
	plan_at(b, MX9, "");
}

static void
plan_here(struct build *b)
{
	plan_at(b, MX1, "192.0.2.99");
}

/* What DNS has of it, as the walk asks. */
static void
look_up(struct build *b, const char *address)
{
	add_lookup(b, LOOKUP_PLANNED, RRTYPE_A, MX9, address != NULL ? LOOKUP_OK : LOOKUP_NXDOMAIN,
		address);
	add_lookup(b, LOOKUP_PLANNED, RRTYPE_AAAA, MX9,
		address != NULL ? LOOKUP_NODATA : LOOKUP_NXDOMAIN, NULL);
	add_lookup(b, LOOKUP_PLANNED, RRTYPE_TLSA, "_25._tcp." MX9, LOOKUP_NODATA, NULL);
}

static void
is_well(struct build *b)
{
	look_up(b, "192.0.2.99");
	add_smtp(b, (struct build_smtp){
			    .host = MX9, .address = "192.0.2.99", .variant = VARIANT_PLANNED });
}

static void
has_expired(struct build *b)
{
	look_up(b, "192.0.2.99");
	add_smtp(b, (struct build_smtp){ .host = MX9,
			    .address = "192.0.2.99",
			    .variant = VARIANT_PLANNED,
			    .tls = { .is_untrusted = true,
				    .code = 10,
				    .error = "certificate has expired" } });
}

static void
is_refusing(struct build *b)
{
	look_up(b, "192.0.2.99");
	add_smtp(b, (struct build_smtp){ .host = MX9,
			    .address = "192.0.2.99",
			    .variant = VARIANT_PLANNED,
			    .connect = OUTCOME_REFUSED });
}

static void
has_no_route(struct build *b)
{
	look_up(b, "192.0.2.99");
	ADD(b, "smtp:" MX9 "/192.0.2.99?planned", ATTEMPT_SKIP, attempt_skip, .role = ATTEMPT_SMTP,
		.host = STR(MX9), .address = STR("192.0.2.99"), .port = 25, .reason = SKIP_NO_ROUTE,
		.variant = VARIANT_PLANNED);
}

static void
is_nowhere(struct build *b)
{
	look_up(b, NULL);
}

/* The host of today behind another address, without STARTTLS. */
static void
is_moved(struct build *b)
{
	add_smtp(b, (struct build_smtp){ .host = MX1,
			    .address = "192.0.2.99",
			    .variant = VARIANT_PLANNED,
			    .ehlo = "250 " MX1 });
}

static const struct {
	const char *row;
	struct walk walk;
	enum ready ready;
	enum sim_reason reason, also;
	const char *findings; /* about it, in order */
} rows[] = {
	{ "listed and well", { BODY(BOTH), .before = plan, .more = is_well }, READY_YES,
		SIM_VALIDATED, SIM_WELL, "" },
	{ "not listed", { .before = plan, .more = is_well }, READY_NO, SIM_HOST_NOT_LISTED,
		SIM_WELL, "mx-not-in-policy" },
	{ "not listed, and expired", { .before = plan, .more = has_expired }, READY_NO,
		SIM_HOST_NOT_LISTED, SIM_BAD_CERT_EXPIRED, "mx-not-in-policy tls-cert-expired" },
	{ "expired", { BODY(BOTH), .before = plan, .more = has_expired }, READY_NO,
		SIM_BAD_CERT_EXPIRED, SIM_WELL, "tls-cert-expired" },
	{ "refuses", { BODY(BOTH), .before = plan, .more = is_refusing }, READY_NO, SIM_UNREACHABLE,
		SIM_WELL, "smtp-connect" },
	{ "no address", { BODY(BOTH), .before = plan, .more = is_nowhere }, READY_NO,
		SIM_HOST_NO_ADDRESS, SIM_WELL, "mx-no-address" },
	{ "no route", { BODY(BOTH), .before = plan, .more = has_no_route }, READY_UNKNOWN,
		SIM_HOST_UNTESTED, SIM_WELL, "" },
	{ "no policy at all", { .txt = "", .hosts = "", .before = plan, .more = is_well },
		READY_YES, SIM_VALIDATED, SIM_WELL, "" },
	{ "testing", { .mode = "testing", .before = plan, .more = has_expired }, READY_NO,
		SIM_HOST_NOT_LISTED, SIM_BAD_CERT_EXPIRED, "mx-not-in-policy tls-cert-expired" },
	{ "a host of today, elsewhere", { .before = plan_here, .more = is_moved }, READY_NO,
		SIM_NO_STARTTLS, SIM_WELL, "smtp-starttls-absent" },
	{ "null MX today", { .mx = "0 .", BODY(ONLY_NEW), .before = plan, .more = is_well },
		READY_YES, SIM_VALIDATED, SIM_WELL, "" },
};

static void
check_findings(const char *row, const struct judgement *j, const char *expected)
{
	struct buf got = BUF_INIT(0);

	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];

		if (!str_ends_nocase(f->subject, STR("(planned)")) ||
			f->severity < SEVERITY_WARNING)
			continue;
		buf_addf(&got, "%s%s", got.n > 0 ? " " : "", f->type->name);
		check_int(row, "effect", f->effect, EFFECT_NONE);
		check_true(row, "says so", str_starts(f->means, STR("Planned; ")));
	}
	check_text(row, "findings", buf_str(&got), expected);
	buf_release(&got);
}

/* The same walk without what is planned. */
static void
check_today(const char *row, const struct walk *w, const struct judgement *j)
{
	struct walk without = *w;
	struct session s;
	struct build b;
	struct judgement today;

	without.before = NULL;
	without.more = NULL;
	walk_build(&b, &s, &without);
	judge(&s, NULL, &today);
	check_int(row, "mail now", j->fresh, today.fresh);
	check_int(row, "ready", j->outlook->ready, today.outlook->ready);
	check_int(row, "hosts", (long long)j->host_count, (long long)today.host_count);
	check_int(row, "coverage", (long long)j->addresses, (long long)today.addresses);
	check_str(row, "at risk", j->at_risk, today.at_risk);
	judgement_release(&today);
	session_release(&s);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct planned_host *hosts;
		struct session s;
		struct build b;
		struct judgement j;
		size_t count;

		walk_build(&b, &s, &rows[i].walk);
		judge(&s, NULL, &j);
		assert_non_null(j.planned);
		hosts = planned_hosts(&a, j.planned, &count);
		check_int(rows[i].row, "planned", (long long)count, 1);
		check_int(rows[i].row, "ready", hosts->ready, rows[i].ready);
		check_text(rows[i].row, "reason", str_of(sim_reason_name(hosts->reason)),
			sim_reason_name(rows[i].reason));
		check_text(rows[i].row, "also", str_of(sim_reason_name(hosts->also)),
			sim_reason_name(rows[i].also));
		check_findings(rows[i].row, &j, rows[i].findings);
		check_today(rows[i].row, &rows[i].walk, &j);
		arena_release(&a);
		judgement_release(&j);
		session_release(&s);
	}
}

/* The report, the JSON report and the screens' pages name it. */
static void
test_said(void **state)
{
	const struct walk w = { .before = plan, .more = has_expired };
	const struct render_options options = { .columns = 400, .is_ascii = true };
	struct buf text = BUF_INIT(0);
	struct session s;
	struct build b;
	struct judgement j;
	struct view_input in;
	struct doc d;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	in = (struct view_input){ &s, &j, s.last_us };
	view_report(&in, &d);
	render_text(&d, &options, &text);
	doc_release(&d);
	view_stage(&in, STAGE_MX, &d);
	render_text(&d, &options, &text);
	doc_release(&d);
	view_host(&in, STR(MX9), &d);
	render_text(&d, &options, &text);
	doc_release(&d);
	view_address(&in, STR(MX9), STR("192.0.2.99"), &d);
	render_text(&d, &options, &text);
	doc_release(&d);
	assert_true(str_find_str(buf_str(&text),
			    STR("planned MX host " MX9
				": not ready: no mx pattern of the policy matches the name (RFC "
				"8461 4.1); the certificate has expired")) < text.n);
	assert_true(str_find_str(buf_str(&text), STR("planned " MX9 "  passed over")) < text.n);
	assert_true(str_find_str(buf_str(&text), STR("plan " MX9)) < text.n);
	assert_true(str_find_str(buf_str(&text), STR("192.0.2.99")) < text.n);
	buf_clear(&text);
	render_json(&in, &text);
	assert_true(str_find_str(buf_str(&text),
			    STR("{\"host\":\"" MX9 "\",\"preference\":null,\"implicit\":false,"
				"\"planned\":true")) < text.n);
	buf_release(&text);
	judgement_release(&j);
	session_release(&s);
}

/* A list of them is bounded, and each host counts once. */
static void
test_bounds(void **state)
{
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	for (int i = 0; i < 100; i++)
		plan_at(&b, build_text(&b, "mx%d.example.com", i / 2), "");
	assert_int_equal(s.planned_count, LIMIT_MX_HOSTS);
	assert_int_equal(s.host_count, 0);
	assert_true(s.over_limit > 0);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_said),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
