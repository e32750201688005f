/* Two sessions side by side: what came, went and changed. */
#include "core/diff.h"
#include "core/view_parts.h"

static const char *const titles[] = {
	[DIFF_FACTS] = "Facts", [DIFF_FINDINGS] = "Findings", [DIFF_OUTCOMES] = "Outcomes"
};

static const struct column report_columns[] = {
	{ "", 1, 1, false, false, false },
	{ "What", 20, 32, false, false, true },
	{ "Old", 8, 19, false, false, true },
	{ "New", 8, 0, true, false, true },
};

/* On a screen the part is the title of its table, and the mark stands before the row. */
#define SCREEN_COLUMNS(title) \
	{ \
		{ title, 26, 34, false, false, true }, { "Old", 8, 19, false, false, false }, \
			{ "New", 8, 0, true, false, false }, \
	}
static const struct column screen_columns[diff_part_count][3] = {
	[DIFF_FACTS] = SCREEN_COLUMNS("Facts"),
	[DIFF_FINDINGS] = SCREEN_COLUMNS("Findings"),
	[DIFF_OUTCOMES] = SCREEN_COLUMNS("Outcomes"),
};

static const char *const marks[] = { [DIFF_NEW] = "+", [DIFF_GONE] = "-", [DIFF_CHANGED] = "~" };

static void
side_row(struct doc *d, unsigned indent, const char *label, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct judgement *j = in->judgement;

	if (s->start == NULL)
		return;
	doc_fieldf(d, indent, label, ROLE_TEXT, "%.16sZ  %s  %zu of %zu addresses  stswalk %s",
		part_stamp(d, session_as_of_s(s)), doc_shown(d, s->start->host), j->tested,
		j->addresses, doc_shown(d, s->recorded_by));
}

/* What somebody wrote down about either walk is no change of the domain. */
static void
note_rows(struct doc *d, unsigned indent, const char *label, const struct view_input *in)
{
	for (size_t i = 0; i < in->session->event_count; i++) {
		const struct event *e = in->session->events[i];
		const struct ev_note *note = e->payload;

		if (e->kind == EV_NOTE)
			doc_fieldf(d, indent, label, ROLE_TEXT, "note of %.16sZ: %s",
				part_stamp(d, note->at_ms / 1000), doc_shown(d, note->text));
	}
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

static bool
severity_of_name(struct str name, enum severity *out)
{
	for (unsigned i = SEVERITY_OK; i <= SEVERITY_ERROR; i++) {
		if (!str_is(name, severity_name((enum severity)i)))
			continue;
		*out = (enum severity)i;
		return true;
	}
	return false;
}

/* Of a finding: how bad, and what it is about. */
static void
finding_cell(struct doc *d, struct row *r, struct str severity, struct str subject)
{
	enum severity level;

	row_cell(d, r);
	if (!severity_of_name(severity, &level)) {
		row_text(d, r, ROLE_DIM, "-");
		return;
	}
	row_glyph(d, r, severity_role(level), severity_glyph(level));
	row_text(d, r, ROLE_TEXT, " ");
	row_bytes(d, r, ROLE_TEXT, subject.n > 0 ? subject : severity);
}

/* Senders that fare alike on both sides are one row. */
static size_t
alike(const struct diff *diff, size_t at)
{
	const struct diff_row *first = &diff->rows[at];
	size_t n = 1;

	if (first->part != DIFF_OUTCOMES || !str_starts(first->what, STR(DIFF_SENDER)))
		return 1;
	while (at + n < diff->count) {
		const struct diff_row *row = &diff->rows[at + n];

		if (!str_starts(row->what, STR(DIFF_SENDER)) || row->change != first->change ||
			!str_eq(row->old, first->old) || !str_eq(row->new, first->new))
			break;
		n++;
	}
	return n;
}

/* A host of the domain without it: the words behind it say more. */
static const char *
short_what(struct doc *d, const struct diff *diff, struct str what)
{
	const struct str host = str_sub(what, 0, str_find(what, ' '));
	const struct session *s = diff->new.session;

	if (session_host(s, host) == NULL)
		return doc_shown(d, what);
	return TEXT(d, "%s%s", part_short_host(d, s, host), doc_shown(d, str_skip(what, host.n)));
}

static void
what_words(struct doc *d, struct row *r, const struct diff *diff, size_t index)
{
	const struct diff_row *row = &diff->rows[index];
	const size_t n = alike(diff, index);

	if (row->part == DIFF_FINDINGS)
		row_bytes(d, r, ROLE_TEXT, str_sub(row->what, 0, str_find(row->what, ' ')));
	else if (n > 1)
		row_text(d, r, ROLE_TEXT, "%s and %s",
			doc_shown(d, str_skip(row->what, sizeof(DIFF_SENDER) - 1)),
			part_count(d, n - 1, "other"));
	else
		row_text(d, r, ROLE_TEXT, "%s", short_what(d, diff, row->what));
}

static void
change_row(struct doc *d, size_t table, const struct diff *diff, size_t index, bool is_screen)
{
	const struct diff_row *row = &diff->rows[index];
	const struct str subject = str_skip(row->what, str_find(row->what, ' ') + 1);
	struct row *r = doc_table_row(d, table, is_screen ? 3 : 1);

	row_id(d, r, "diff:%zu", index);
	r->severity = row->severity;
	row_text(d, r, ROLE_CHANGED, "%s%s", marks[row->change], is_screen ? " " : "");
	if (!is_screen)
		row_cell(d, r);
	what_words(d, r, diff, index);
	if (row->part == DIFF_FINDINGS) {
		finding_cell(d, r, row->old, subject);
		finding_cell(d, r, row->new, subject);
	} else {
		value_cell(d, r, row->old, row->change != DIFF_NEW);
		value_cell(d, r, row->new, row->change != DIFF_GONE);
	}
}

static void
change_rows(
	struct doc *d, size_t table, const struct diff *diff, enum diff_part part, bool is_screen)
{
	for (size_t i = 0; i < diff->count; i += alike(diff, i))
		if (diff->rows[i].part == part)
			change_row(d, table, diff, i, is_screen);
}

/* "mail.example.com 192.0.2.25" of "mail.example.com 192.0.2.25 verified". */
static struct str
whose(struct str what)
{
	const size_t first = str_find(what, ' ');

	return str_sub(what, 0, first + 1 + str_find(str_skip(what, first + 1), ' '));
}

/* Of a server that came or went: its connection says so, all else would only repeat it. */
static bool
is_of_one_side(const struct diff *diff, struct str what)
{
	const struct str who = whose(what);

	for (size_t i = 0; i < diff->count; i++)
		if (diff->rows[i].is_detail && diff->rows[i].change != DIFF_CHANGED &&
			str_starts(diff->rows[i].what, who) &&
			str_is(str_skip(diff->rows[i].what, who.n), " connection"))
			return true;
	return false;
}

static bool
is_brief(const struct diff *diff, const struct diff_row *row)
{
	if (row->part == DIFF_FACTS)
		return !row->is_detail && !is_of_one_side(diff, row->what);
	return !str_starts(row->what, STR(DIFF_SENDER));
}

void
part_diff_brief(struct doc *d, const struct diff *diff)
{
	for (unsigned part = diff_part_count; part-- > 0;) {
		size_t table = SIZE_MAX;

		for (size_t i = 0; i < diff->count; i++) {
			if (diff->rows[i].part != part || !is_brief(diff, &diff->rows[i]))
				continue;
			if (table == SIZE_MAX) {
				doc_blank(d);
				doc_heading(d, "%s", titles[part]);
				table = doc_table(d, report_columns,
					sizeof(report_columns) / sizeof(report_columns[0]));
				doc_table_head(d, table, 1);
			}
			change_row(d, table, diff, i, false);
		}
	}
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
		table = doc_table(
			d, report_columns, sizeof(report_columns) / sizeof(report_columns[0]));
		doc_table_head(d, table, 1);
		change_rows(d, table, diff, (enum diff_part)part, false);
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
	side_row(out, 0, "Old", &diff->old);
	note_rows(out, 0, "", &diff->old);
	side_row(out, 0, "New", &diff->new);
	note_rows(out, 0, "", &diff->new);
	part_diff(out, diff);
	doc_blank(out);
	doc_fieldf(out, 0, "Same", ROLE_TEXT, "%s, %s, %s",
		part_count(out, diff->same[DIFF_FACTS], "fact"),
		part_count(out, diff->same[DIFF_FINDINGS], "finding"),
		part_count(out, diff->same[DIFF_OUTCOMES], "outcome"));
	doc_fieldf(out, 0, "Exit", ROLE_TEXT, "%s", diff->count == 0 ? "0, same" : "1, different");
}

void
view_diff_screen(const struct diff *diff, struct doc *out)
{
	doc_init(out);
	out->title = safe_literal("Diff");
	side_row(out, 1, "old", &diff->old);
	note_rows(out, 1, "", &diff->old);
	side_row(out, 1, "new", &diff->new);
	note_rows(out, 1, "", &diff->new);
	for (unsigned part = 0; part < diff_part_count; part++) {
		size_t table;

		if (diff->counts[part] == 0)
			continue;
		table = doc_table(out, screen_columns[part], 3);
		doc_table_head(out, table, 3);
		out->rows[out->count - 1].cells[0].fill = GLYPH_RULE;
		change_rows(out, table, diff, (enum diff_part)part, true);
	}
	if (diff->count == 0) {
		doc_blank(out);
		doc_text(out, 1, ROLE_TEXT,
			"nothing changed: facts, findings and outcomes are the same on both sides");
	}
}

/* Line by line, so that what a value is made of can be told. */
static void
side_whole(struct doc *d, const char *label, const struct view_input *in, struct str value,
	bool is_there)
{
	doc_heading(d, "%s, %.16sZ", label, part_stamp(d, session_as_of_s(in->session)));
	if (!is_there)
		doc_text(d, 1, ROLE_DIM, "not there");
	else if (value.n == 0)
		doc_text(d, 1, ROLE_DIM, "empty");
	else
		row_bytes(d, doc_row(d, ROW_TEXT, 1), ROLE_TEXT, value);
}

void
view_change(const struct diff *diff, size_t index, struct doc *out)
{
	const struct diff_row *row;

	doc_init(out);
	out->title = safe_literal("Change");
	if (index >= diff->count)
		return;
	row = &diff->rows[index];
	doc_fieldf(out, 1, "What", ROLE_TEXT, "%s", doc_shown(out, row->what));
	if (alike(diff, index) > 1) {
		for (size_t i = 1; i < alike(diff, index); i++)
			doc_fieldf(out, 1, "and", ROLE_TEXT, "%s",
				doc_shown(out, diff->rows[index + i].what));
	}
	doc_fieldf(out, 1, "Change", ROLE_CHANGED, "%s %s", marks[row->change],
		diff_change_name(row->change));
	doc_blank(out);
	side_whole(out, "Old", &diff->old, row->old, row->change != DIFF_NEW);
	doc_blank(out);
	side_whole(out, "New", &diff->new, row->new, row->change != DIFF_GONE);
}
