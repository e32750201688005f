/* Failures of reports against a walk: what is still true, which finding, what is left. */
#include "tests/support/build_story.h"
#include "tests/support/check.h"
#include "tests/support/golden.h"

#include <string.h>

#include "core/render.h"
#include "core/simulate.h"
#include "core/tlsrpt_join.h"

#define BACKUP "backup.example.net"
#define MX1 "mx1.example.com"
#define MX2 "mx2.example.com"
#define MX9 "mx9.example.com"

struct joins {
	struct session session;
	struct judgement judgement;
	struct view_input in;
	struct arena arena;
	struct report_failure failures[8];
	struct report_policy policy;
	struct named_report report;
	struct report_totals totals;
	struct report_join join;
};

static void
joins_open(struct joins *t, void (*story)(struct build *b, struct session *s))
{
	struct build b;

	memset(t, 0, sizeof(*t));
	story(&b, &t->session);
	judge(&t->session, NULL, &t->judgement);
	t->in = (struct view_input){ &t->session, &t->judgement, t->session.last_us };
	t->policy = (struct report_policy){
		.type = STR("sts"), .domain = STR("example.com"), .failures = t->failures
	};
	t->report = (struct named_report){ .file = STR("f"),
		.report = { .organization = STR("Example Mail Inc"),
			.begin_s = -1,
			.end_s = -1,
			.policies = &t->policy,
			.count = 1 } };
}

static void
joins_make(struct joins *t, bool has_walk)
{
	const struct str published = has_walk ? t->session.policy.body : STR_EMPTY;

	report_totals_make(&t->report, 1, published, &t->totals);
	report_join_make(&t->totals, has_walk ? &t->in : NULL, &t->join);
}

static void
joins_drop(struct joins *t)
{
	report_join_release(&t->join);
	report_totals_release(&t->totals);
	t->policy.count = 0;
}

static void
joins_close(struct joins *t)
{
	judgement_release(&t->judgement);
	session_release(&t->session);
	arena_release(&t->arena);
}

static const struct {
	const char *row, *result, *host, *ip, *reason, *domain;
	const char *now, *finding; /* NULL: none */
} rows[] = {
	{ "a name", "certificate-host-mismatch", BACKUP, "198.51.100.7", "", "example.com",
		"still-true", "tls-cert-host-mismatch" },
	{ "any case, a dot", "certificate-host-mismatch", "BACKUP.example.NET.", "", "",
		"Example.COM.", "still-true", "tls-cert-host-mismatch" },
	{ "the code says which", "validation-failure", BACKUP, "", "mtasts-policy-mx-mismatch",
		"example.com", "still-true", "mx-not-in-policy" },
	{ "as Stalwart has it", "validation-failure", BACKUP, "",
		"MX \"backup.example.net\" not authorized by policy.", "example.com", "still-true",
		"mx-not-in-policy" },
	{ "one address of two", "certificate-expired", MX2, "2001:db8:26::1", "", "example.com",
		"still-true-warning", "tls-cert-expired" },
	{ "under the type of another", "certificate-not-trusted", MX2, "", "", "example.com",
		"still-true-warning", "tls-cert-expired" },
	{ "well now", "starttls-not-supported", MX1, "", "", "example.com", "mended", NULL },
	{ "well at that address", "starttls-not-supported", MX2, "192.0.2.26", "", "example.com",
		"mended", NULL },
	{ "nobody answers", "starttls-not-supported", MX9, "", "", "example.com", "untested",
		NULL },
	{ "no such host", "certificate-expired", "old.example.org", "", "", "example.com",
		"no-such-host", NULL },
	{ "no host named", "certificate-expired", "", "", "", "example.com", "still-true-warning",
		"tls-cert-expired" },
	{ "no domain named", "certificate-expired", MX2, "", "", "", "still-true-warning",
		"tls-cert-expired" },
	{ "of another domain", "certificate-expired", MX2, "", "", "example.org", "other-domain",
		NULL },
	{ "TLSA, of a host", "tlsa-invalid", MX1, "", "", MX1, "dane-not-judged", NULL },
	{ "the policy file", "sts-policy-fetch-error", "", "", "", "example.com", "mended", NULL },
	{ "only a warning", "sts-policy-invalid", "", "", "", "example.com", "still-true-warning",
		"https-content-type" },
	{ "DANE is asked for", "dane-required", MX1, "", "", "example.com", "dane-not-judged",
		NULL },
	{ "a type of its own", "strange", BACKUP, "", "", "example.com", "unknown-type", NULL },
	{ "no type", "", BACKUP, "", "", "example.com", "unknown-type", NULL },
};

static void
test_rows(void **state)
{
	struct joins t;

	(void)state;
	joins_open(&t, story_failing);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct report_joined *got;

		t.policy.domain = str_of(rows[i].domain);
		t.policy.count = 1;
		t.failures[0] = (struct report_failure){ .result = str_of(rows[i].result),
			.mx_host = str_of(rows[i].host),
			.receiving_ip = str_of(rows[i].ip),
			.reason = str_of(rows[i].reason),
			.sessions = 5 };
		joins_make(&t, true);
		got = &t.join.rows[0];
		check_text(rows[i].row, "now", str_of(report_now_name(got->now)), rows[i].now);
		check_int(rows[i].row, "findings", got->count > 0, rows[i].finding != NULL);
		if (rows[i].finding != NULL)
			check_text(rows[i].row, "finding",
				str_of(t.judgement.findings[got->findings[0]].type->name),
				rows[i].finding);
		check_int(rows[i].row, "told", t.join.told, 5);
		check_int(rows[i].row, "shared out",
			t.join.seen + t.join.mended + t.join.elsewhere + t.join.open, 5);
		joins_drop(&t);
	}
	joins_close(&t);
}

/* A sender that insists on DANE is right as long as there are no records. */
static void
test_no_tlsa(void **state)
{
	struct sim_scene *scene;
	struct joins t;

	(void)state;
	joins_open(&t, story_failing);
	scene = sim_scene_copy(&t.arena, t.judgement.scene);
	for (size_t i = 0; i < scene->hosts[0].count; i++)
		scene->hosts[0].addresses[i].dane = DANE_NONE;
	t.judgement.scene = scene;
	t.policy.count = 1;
	t.failures[0] = (struct report_failure){
		.result = STR("dane-required"), .mx_host = STR(MX1), .sessions = 1
	};
	joins_make(&t, true);
	check_text("no TLSA", "now", str_of(report_now_name(t.join.rows[0].now)),
		"still-true-no-tlsa");
	joins_drop(&t);
	joins_close(&t);
}

/* Before a walk, and while it runs, nothing is called mended. */
static void
test_no_walk(void **state)
{
	struct joins t;

	(void)state;
	joins_open(&t, story_running);
	t.policy.count = 1;
	t.failures[0] = (struct report_failure){
		.result = STR("starttls-not-supported"), .mx_host = STR(MX9), .sessions = 1
	};
	joins_make(&t, false);
	check_text("none", "now", str_of(report_now_name(t.join.rows[0].now)), "no-walk");
	check_text("none", "domain", report_join_domain(&t.join, STR("sum:0")), "example.com");
	check_text("none", "domain", report_join_domain(&t.join, STR("sum:9")), "example.com");
	joins_drop(&t);
	t.policy.count = 1;
	joins_make(&t, true);
	check_text("running", "now", str_of(report_now_name(t.join.rows[0].now)), "running");
	joins_drop(&t);
	joins_close(&t);
}

static void
failure(struct joins *t, const char *result, const char *host, const char *reason, int64_t sessions)
{
	t->failures[t->policy.count++] = (struct report_failure){ .result = str_of(result),
		.mx_host = str_of(host),
		.reason = str_of(reason),
		.sending_ip = STR("192.0.2.200"),
		.sessions = sessions };
}

static void
fill(struct joins *t)
{
	static struct str lines[] = { BYTES("version: STSv1"), BYTES("mode: enforce"),
		BYTES("mx: *.example.com"), BYTES("max_age:604800"), BYTES("mx: old.example.org") };

	t->policy.lines = (struct strs){ .v = lines, .n = ROWS(lines) };
	t->policy.ok = 849;
	t->policy.failed = 50;
	failure(t, "certificate-host-mismatch", BACKUP, "", 31);
	failure(t, "validation-failure", BACKUP, "mtasts-policy-mx-mismatch", 6);
	failure(t, "certificate-expired", MX2, "", 3);
	failure(t, "starttls-not-supported", MX1, "", 1);
	failure(t, "strange", MX9, "", 2);
}

/* How many of the failures each finding explains, and what is left. */
static void
test_causes(void **state)
{
	struct joins t;

	(void)state;
	joins_open(&t, story_failing);
	fill(&t);
	joins_make(&t, true);
	check_int("causes", "count", (long long)t.join.cause_count, 3);
	check_int("causes", "first", t.join.causes[0].sessions, 31);
	check_int("causes", "second", t.join.causes[1].sessions, 6);
	check_int("causes", "third", t.join.causes[2].sessions, 3);
	check_int("causes", "seen", t.join.seen, 40);
	check_int("causes", "mended", t.join.mended, 1);
	check_int("causes", "open", t.join.open, 2);
	joins_drop(&t);
	joins_close(&t);
}

/* Counts that are as big as can be do not turn round. */
static void
test_overflow(void **state)
{
	struct joins t;

	(void)state;
	joins_open(&t, story_failing);
	t.policy.ok = INT64_MAX;
	t.policy.failed = INT64_MAX;
	failure(&t, "certificate-host-mismatch", BACKUP, "", INT64_MAX);
	failure(&t, "certificate-not-trusted", BACKUP, "", INT64_MAX);
	failure(&t, "starttls-not-supported", MX1, "", INT64_MAX);
	failure(&t, "starttls-not-supported", MX2, "", INT64_MAX);
	joins_make(&t, true);
	check_true("overflow", "told", t.join.told == INT64_MAX);
	check_true("overflow", "mended", t.join.mended == INT64_MAX);
	check_true("overflow", "cause", t.join.causes[0].sessions == INT64_MAX);
	joins_drop(&t);
	joins_close(&t);
}

static void
add_doc(struct buf *out, const char *title, struct doc *d)
{
	buf_addf(out, "== %s\n", title);
	render_text(d, &(struct render_options){ 80, false }, out);
	doc_release(d);
}

static void
test_golden(void **state)
{
	static const char *const ids[] = { "sum:0", "sum:1", "sum:2", "sum:3", "sum:4", "well:0" };
	struct buf out = BUF_INIT(0);
	struct joins t;
	struct doc d;

	(void)state;
	joins_open(&t, story_failing);
	fill(&t);
	t.report.report.begin_s = 1795219200;
	t.report.report.end_s = 1795305599;
	joins_make(&t, true);
	view_report_list(&t.join, &d);
	add_doc(&out, "list", &d);
	for (size_t i = 0; i < ROWS(ids); i++) {
		view_report_row(&t.join, &t.in, str_of(ids[i]), &d);
		add_doc(&out, ids[i], &d);
	}
	view_report_policy(&t.join, STR("sum:0"), &d);
	add_doc(&out, "policy", &d);
	view_report_policy(&t.join, STR("well:0"), &d);
	add_doc(&out, "no policy", &d);
	joins_drop(&t);
	t.policy.count = 5;
	joins_make(&t, false);
	view_report_row(&t.join, NULL, STR("sum:1"), &d);
	add_doc(&out, "no walk", &d);
	joins_drop(&t);
	joins_close(&t);
	check_golden_file("documents/failing-reports.txt", buf_str(&out));
	buf_release(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_tlsa),
		cmocka_unit_test(test_no_walk),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
