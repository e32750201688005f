/* Any bytes as a TLSRPT report, and as the mail round one; whatever is read is shown. */
#include "tests/fuzz/fuzz.h"

#include "core/limits.h"
#include "core/render.h"
#include "core/tlsrpt_join.h"
#include "core/tlsrpt_mail.h"

static void
check_report(const struct tls_report *r)
{
	size_t failures = 0;

	REQUIRE(r->count <= LIMIT_REPORT_POLICIES);
	for (size_t i = 0; i < r->count; i++) {
		const struct report_policy *p = &r->policies[i];

		REQUIRE(p->ok >= 0 && p->failed >= 0);
		REQUIRE(p->lines.n <= LIMIT_REPORT_STRINGS && p->mx.n <= LIMIT_REPORT_STRINGS);
		for (size_t k = 0; k < p->count; k++)
			REQUIRE(p->failures[k].sessions >= 0 &&
				p->failures[k].sessions <= LIMIT_REPORT_SESSIONS);
		failures += p->count;
	}
	REQUIRE(failures <= LIMIT_REPORT_FAILURES);
	REQUIRE(r->dropped == 0 || tls_report_is_odd(r));
}

static void
show(struct arena *a, struct str json)
{
	const struct render_options look = { .columns = 40 };
	struct named_report n = { .file = STR("file") };
	struct buf text = BUF_INIT(0);
	struct report_totals t;
	struct report_join join;
	struct err err = { .text = "" };
	struct doc doc;

	if (tls_report_read(a, json, &n.report, &err) != RESULT_OK) {
		REQUIRE(err.text[0] != '\0');
		return;
	}
	check_report(&n.report);
	report_totals_make(&n, 1, STR("version: STSv1\nmode: none\nmax_age: 1\n"), &t);
	REQUIRE(t.ok >= 0 && t.failed >= 0);
	view_tlsrpt(&t, &doc);
	render_text(&doc, &look, &text);
	doc_release(&doc);
	report_join_make(&t, NULL, &join);
	REQUIRE(join.told >= 0 && join.open == join.told);
	view_report_list(&join, &doc);
	render_text(&doc, &look, &text);
	doc_release(&doc);
	view_report_row(&join, NULL, STR("sum:0"), &doc);
	render_text(&doc, &look, &text);
	doc_release(&doc);
	view_report_policy(&join, STR("sum:0"), &doc);
	render_text(&doc, &look, &text);
	report_join_release(&join);
	render_tlsrpt_json(&t, &text);
	REQUIRE(utf8_is_valid(buf_str(&text)));
	doc_release(&doc);
	report_totals_release(&t);
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str input = fuzz_input(data, size);
	struct err err = { .text = "" };
	struct arena a = { 0 };
	struct str inside;

	show(&a, input);
	if (report_mail_is(input)) {
		if (report_mail_read(&a, input, &inside, &err) == RESULT_OK)
			show(&a, inside);
		else
			REQUIRE(err.text[0] != '\0');
	}
	arena_release(&a);
	return 0;
}
