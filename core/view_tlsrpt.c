/* TLSRPT reports as a document: who reported, what failed, in plain words. */
#include "core/dates.h"
#include "core/finding.h"
#include "core/tlsrpt_join.h"

enum {
	WORDS_MAX = 40, /* sums that are told in plain words; the table has all */
	NAMES_MAX = 4, /* findings that are named of those that it may be */
};

static const char *
day(struct doc *d, int64_t s)
{
	struct str text = STR("?");

	if (s >= 0)
		text = str_sub(id_of_today(&d->arena, s), 0, 8);
	if (text.n == 8)
		text = arena_printf(&d->arena, "%.4s-%.2s-%.2s", text.p, text.p + 4, text.p + 6);
	return text.p;
}

static const char *
named(struct doc *d, struct str text, const char *none)
{
	return text.n > 0 ? doc_shown(d, text) : none;
}

static void
report_rows(struct doc *d, const struct named_report *n)
{
	const struct tls_report *r = &n->report;
	struct row *row = doc_row(d, ROW_TEXT, 1);
	size_t i;

	row->hang = 2;
	row_text(d, row, ROLE_HEADER, "%s", named(d, r->organization, "(no name)"));
	row_text(d, row, ROLE_TEXT, "  %s to %s (UTC)", day(d, r->begin_s), day(d, r->end_s));
	row_text(d, row, ROLE_DIM, "  %s", doc_shown(d, n->file));
	doc_field(d, 3, "Report", ROLE_TEXT, r->id);
	doc_field(d, 3, "Contact", ROLE_TEXT, r->contact);
	for (i = 0; i < r->count; i++) {
		const struct report_policy *p = &r->policies[i];
		const struct str mode = report_policy_value(p, "mode");

		doc_fieldf(d, 3, "Policy", ROLE_TEXT,
			"%s for %s%s%s: sessions well %lld, failed %lld", named(d, p->type, "?"),
			named(d, p->domain, "(no domain)"), mode.n > 0 ? ", mode " : "",
			named(d, mode, ""), (long long)p->ok, (long long)p->failed);
	}
	if (r->dropped > 0)
		doc_fieldf(d, 3, "Left out", ROLE_STATE_WARN,
			"%zu policies or failures over the limit", r->dropped);
}

static void
sum_table(struct doc *d, const struct report_totals *t)
{
	static const struct column columns[] = { { "Reporter", 8, 24, true, false, false },
		{ "Result", 8, 26, false, false, false }, { "MX host", 8, 40, true, false, true },
		{ "Sessions", 8, 14, false, true, false } };
	const size_t table = doc_table(d, columns, sizeof(columns) / sizeof(columns[0]));

	doc_table_head(d, table, 1);
	for (size_t i = 0; i < t->count; i++) {
		const struct report_sum *s = &t->sums[i];
		struct row *r = doc_table_row(d, table, 1);

		row_id(d, r, "sum:%zu", i);
		row_cell(d, r);
		row_text(d, r, ROLE_TEXT, "%s", named(d, s->organization, "(no name)"));
		row_cell(d, r);
		row_text(d, r, ROLE_TEXT, "%s", named(d, s->result, "(no type)"));
		row_cell(d, r);
		row_text(d, r, ROLE_TEXT, "%s", named(d, s->host, "-"));
		row_cell(d, r);
		row_text(d, r, ROLE_TEXT, "%lld", (long long)s->sessions);
	}
}

/* Findings of a walk that explain it. */
static struct str
finding_names(struct arena *a, const struct report_sum *s)
{
	struct str list = STR_EMPTY;
	size_t told = 0, more = 0;

	for (unsigned i = 0; i < finding_count; i++) {
		const struct finding_type *type = finding_type((enum finding_id)i);

		if (!report_sum_may_be(s, type))
			continue;
		if (told == NAMES_MAX)
			more++;
		else
			list = arena_printf(
				a, "%.*s%s%s", STR_ARG(list), told++ > 0 ? ", " : "", type->name);
	}
	return more == 0 ? list : arena_printf(a, "%.*s and %zu more", STR_ARG(list), more);
}

static void
sum_words(struct doc *d, const struct report_sum *s)
{
	const struct str names = finding_names(&d->arena, s);
	struct row *r = part_report_words(d, s);

	r->hang = 2;
	if (names.n > 0)
		row_text(d, r, ROLE_DIM, " A walk would look for: %.*s.", STR_ARG(names));
}

static struct row *
finding_row(struct doc *d, enum finding_id id, const struct tls_report *r)
{
	const struct finding_type *type = finding_type(id);
	const enum severity severity = str_is(str_of(type->severity), "warning") ? SEVERITY_WARNING
										 : SEVERITY_INFO;
	struct row *row = doc_row(d, ROW_TEXT, 1);

	row->hang = 2;
	row->severity = severity;
	row_glyph(d, row, severity_role(severity), severity_glyph(severity));
	row_text(d, row, ROLE_TEXT, " %s  ", type->name);
	row_text(d, row, ROLE_HEADER, "%s", named(d, r->organization, "(no name)"));
	return row;
}

static void
finding_rows(struct doc *d, const struct report_totals *t, const struct tls_report *r)
{
	if (tls_report_is_odd(r))
		row_text(d, finding_row(d, FINDING_TLSRPT_REPORT_MALFORMED, r), ROLE_TEXT, ": %s",
			tls_report_oddities(&d->arena, r).p);
	for (size_t i = 0; i < r->count; i++) {
		struct report_change *changes;
		const size_t count = report_policy_changes(&d->arena, t, &r->policies[i], &changes);
		struct row *row;

		if (count == 0)
			continue;
		row = finding_row(d, FINDING_TLSRPT_REPORT_STALE_POLICY, r);
		row_text(d, row, ROLE_TEXT, ": its policy-string is not the policy given: ");
		for (size_t k = 0; k < count; k++)
			row_text(d, row, ROLE_TEXT, "%s%s", k > 0 ? "; " : "",
				part_report_change(d, &changes[k]));
	}
}

static bool
has_findings(const struct report_totals *t)
{
	for (size_t i = 0; i < t->report_count; i++) {
		const struct tls_report *r = &t->reports[i].report;

		if (tls_report_is_odd(r))
			return true;
		for (size_t k = 0; k < r->count; k++)
			if (report_policy_differs(t, &r->policies[k]) > 0)
				return true;
	}
	return false;
}

void
view_tlsrpt(const struct report_totals *t, struct doc *out)
{
	doc_init(out);
	out->title = safe_literal("TLSRPT");
	doc_text(out, 0, ROLE_HEADER, "%zu report%s: %lld of %lld sessions failed", t->report_count,
		t->report_count == 1 ? "" : "s", (long long)t->failed,
		t->ok > INT64_MAX - t->failed ? (long long)INT64_MAX
					      : (long long)(t->ok + t->failed));
	doc_heading(out, "Reports");
	for (size_t i = 0; i < t->report_count; i++)
		report_rows(out, &t->reports[i]);
	doc_heading(out, "Failures");
	if (t->count == 0)
		doc_text(out, 1, ROLE_TEXT, "None was reported in detail.");
	else
		sum_table(out, t);
	if (t->count > 0)
		doc_heading(out, "In plain words");
	for (size_t i = 0; i < t->count && i < WORDS_MAX; i++)
		sum_words(out, &t->sums[i]);
	if (has_findings(t))
		doc_heading(out, "Findings");
	for (size_t i = 0; i < t->report_count; i++)
		finding_rows(out, t, &t->reports[i].report);
}
