/* What lint found, as a document. */
#include "core/lint.h"
#include "core/view_parts.h"

/* "✓ valid" or "✗ not valid", and what goes with it. */
static void
verdict_row(struct doc *d, bool is_valid, const char *behind)
{
	struct row *r = doc_row(d, ROW_TEXT, 1);

	row_cell(d, r);
	part_ok(d, r, is_valid);
	row_text(d, r, is_valid ? ROLE_STATE_OK : ROLE_STATE_FAIL, " %s",
		is_valid ? "valid" : "not valid");
	row_text(d, r, ROLE_TEXT, "%s", behind);
}

static void
record_rows(struct doc *d, struct strs records)
{
	for (size_t i = 0; i < records.n; i++) {
		struct row *r = doc_row(d, ROW_VERBATIM, 3);

		row_cell(d, r);
		if (records.v[i].n == 0)
			row_text(d, r, ROLE_DIM, "(empty)");
		row_bytes(d, r, ROLE_TEXT, records.v[i]);
	}
}

static void
txt_rows(const struct lint *l, struct doc *d)
{
	const bool is_valid = l->txt.verdict == TXT_VERDICT_VALID;
	const char *behind = "";

	if (!l->in->has_txt)
		return;
	doc_heading(d, "TXT record");
	if (is_valid)
		behind = TEXT(d, "  id %s", doc_shown(d, l->txt.chosen->id));
	else
		behind = TEXT(d, "  %s among %s", part_count(d, l->txt.candidates, "candidate"),
			part_count(d, l->txt.count, "record"));
	verdict_row(d, is_valid, behind);
	record_rows(d, l->in->txt);
	doc_blank(d);
}

static void
tlsrpt_rows(const struct lint *l, struct doc *d)
{
	if (!l->in->has_tlsrpt)
		return;
	doc_heading(d, "TLSRPT record");
	verdict_row(d, l->tlsrpt.is_valid, "");
	record_rows(d, l->in->tlsrpt);
	doc_blank(d);
}

/* A line of the file; what a text editor would not show whole either is cut. */
static void
line_row(struct doc *d, const struct policy_line *line)
{
	enum { SHOWN_CELLS = 400 };
	const char *note = policy_note_name(line->note);
	struct row *r = doc_row(d, ROW_VERBATIM, 3);

	row_cell(d, r);
	row_text(d, r, ROLE_DIM, "%3u  ", line->number);
	row_span(d, r, ROLE_TEXT, safe_text(&d->arena, line->text, SHOWN_CELLS));
	if (note != NULL)
		row_text(d, r, ROLE_SEV_WARNING, "   <- %s", note);
}

static void
policy_rows(const struct lint *l, struct doc *d)
{
	const char *behind = "";

	if (!l->in->has_policy)
		return;
	doc_heading(d, "Policy");
	if (l->is_policy_valid)
		behind = TEXT(d, "  mode=%s  max_age=%llu  %s", policy_mode_name(l->policy.mode),
			(unsigned long long)l->policy.max_age_s,
			part_count(d, l->policy.mx_count, "pattern"));
	verdict_row(d, l->is_policy_valid, behind);
	for (size_t i = 0; i < l->policy.line_count; i++)
		line_row(d, &l->policy.lines[i]);
	if (l->policy.total_lines > l->policy.line_count)
		doc_text(d, 3, ROLE_DIM, "and %s more",
			part_count(d, l->policy.total_lines - l->policy.line_count, "line"));
	doc_blank(d);
}

/* Why a host is not covered. */
static struct str
miss_words(const struct lint *l, struct doc *d, const struct lint_mx *mx)
{
	if (!mx->is_name)
		return STR("no host name");
	if (mx->match.nearest >= l->pattern_count)
		return STR("there is no pattern to match");
	return match_explain(
		&d->arena, l->patterns[mx->match.nearest].text, mx->host, mx->match.near);
}

static void
mx_rows(const struct lint *l, struct doc *d)
{
	if (l->in->mx.n == 0)
		return;
	doc_heading(d, "MX hosts");
	for (size_t i = 0; i < l->in->mx.n; i++) {
		const struct lint_mx *mx = &l->mx[i];
		struct row *r = doc_row(d, ROW_TEXT, 1);

		row_cell(d, r);
		part_ok(d, r, mx->match.is_match);
		row_text(d, r, ROLE_TEXT, " ");
		row_bytes(d, r, ROLE_TEXT, mx->host);
		row_text(d, r, ROLE_DIM, "  ");
		if (mx->match.is_match) {
			row_text(d, r, ROLE_DIM, "matches ");
			row_bytes(d, r, ROLE_TEXT, l->patterns[mx->match.pattern].text);
		} else {
			row_bytes(d, r, ROLE_DIM, miss_words(l, d, mx));
		}
	}
	doc_blank(d);
}

static void
finding_rows(const struct lint *l, struct doc *d)
{
	if (l->count == 0)
		return;
	doc_heading(d, "Findings");
	for (size_t i = 0; i < l->count; i++) {
		const struct finding *f = &l->findings[i];
		struct row *r = doc_row(d, ROW_TEXT, 1);

		row_id(d, r, "finding:%zu", i);
		r->severity = f->severity;
		row_cell(d, r);
		part_severity(d, r, f->severity);
		row_text(d, r, ROLE_HEADER, "  %s", f->type->title);
		if (f->subject.n > 0) {
			row_text(d, r, ROLE_TEXT, ": ");
			row_bytes(d, r, ROLE_TEXT, f->subject);
		}
		part_finding(d, f, 3, false);
		doc_blank(d);
	}
}

void
lint_report(const struct lint *l, struct doc *d)
{
	d->title = safe_literal("Lint");
	txt_rows(l, d);
	policy_rows(l, d);
	mx_rows(l, d);
	tlsrpt_rows(l, d);
	finding_rows(l, d);
	if (l->severity == SEVERITY_OK)
		doc_text(d, 0, ROLE_STATE_OK, "Nothing wrong.");
	else
		doc_text(d, 0, severity_role(l->severity), "%s",
			l->severity == SEVERITY_WARNING ? "Valid, with warnings." : "Not valid.");
}
