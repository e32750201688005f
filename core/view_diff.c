/* Two sessions side by side: what came, went and changed. */
#include "core/diff.h"
#include "core/view_parts.h"

static const struct column columns[] = {
	{ "", 1, 1, false, false, false },
	{ "What", 20, 32, false, false, true },
	{ "Old", 8, 19, false, false, false },
	{ "New", 8, 0, true, false, false },
};

static const char *const titles[] = {
	[DIFF_FACTS] = "Facts", [DIFF_FINDINGS] = "Findings", [DIFF_OUTCOMES] = "Outcomes"
};

static void
side_row(struct doc *d, const char *label, const struct view_input *in)
{
	const struct session *s = in->session;

	if (s->start == NULL)
		return;
	doc_fieldf(d, 0, label, ROLE_TEXT, "%s  %s  %s  stswalk %s",
		part_stamp(d, session_as_of_s(s)), doc_shown(d, s->start->host),
		part_coverage(d, in->judgement), doc_shown(d, s->recorded_by));
}

static void
value_cell(struct doc *d, struct row *r, struct str value, bool is_there)
{
	row_cell(d, r);
	if (is_there)
		row_bytes(d, r, ROLE_TEXT, value);
	else
		row_text(d, r, ROLE_DIM, "-");
}

static void
change_row(struct doc *d, size_t table, const struct diff_row *row, size_t index)
{
	static const char *const marks[] = {
		[DIFF_NEW] = "+", [DIFF_GONE] = "-", [DIFF_CHANGED] = "~"
	};
	struct row *r = doc_table_row(d, table, 1);

	row_id(d, r, "diff:%zu", index);
	r->severity = row->severity;
	part_cell(d, r, ROLE_CHANGED, "%s", marks[row->change]);
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, row->what);
	value_cell(d, r, row->old, row->change != DIFF_NEW);
	value_cell(d, r, row->new, row->change != DIFF_GONE);
}

void
part_diff(struct doc *d, const struct diff *diff)
{
	for (unsigned part = 0; part < diff_part_count; part++) {
		size_t table;

		if (diff->counts[part] == 0)
			continue;
		if (d->count > 0)
			doc_blank(d);
		doc_heading(d, "%s", titles[part]);
		table = doc_table(d, columns, sizeof(columns) / sizeof(columns[0]));
		doc_table_head(d, table, 1);
		for (size_t i = 0; i < diff->count; i++)
			if (diff->rows[i].part == part)
				change_row(d, table, &diff->rows[i], i);
	}
}

void
view_diff(const struct diff *diff, struct doc *out)
{
	struct row *r;

	doc_init(out);
	out->title = safe_literal("Diff");
	r = doc_row(out, ROW_TEXT, 0);
	row_bytes(out, r, ROLE_TITLE, session_domain(diff->new.session));
	row_text(out, r, ROLE_TITLE, ": %s",
		diff->count == 0 ? "nothing changed" : part_count(out, diff->count, "change"));
	doc_blank(out);
	side_row(out, "Old", &diff->old);
	side_row(out, "New", &diff->new);
	part_diff(out, diff);
	doc_blank(out);
	doc_fieldf(out, 0, "Same", ROLE_TEXT, "%s, %s, %s",
		part_count(out, diff->same[DIFF_FACTS], "fact"),
		part_count(out, diff->same[DIFF_FINDINGS], "finding"),
		part_count(out, diff->same[DIFF_OUTCOMES], "outcome"));
	doc_fieldf(out, 0, "Exit", ROLE_TEXT, "%s", diff->count == 0 ? "0, same" : "1, different");
}
