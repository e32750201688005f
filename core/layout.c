/* doc_layout(): rows of a document to visual lines of a given width. */
#include "core/layout_cell.h"

#include <assert.h>
#include <string.h>

enum {
	LABEL_WIDTH = 5, /* "Means": labels of one block share a column, at least this wide */
	LABEL_GAP = 2,
	FLEX_MIN = 10, /* a flexible column is not made narrower unless nothing else helps */
	FIXED_MIN = 4,
	NOTE_ROOM = 24, /* a value keeps this much beside a note at the right */
	COLUMNS_MAX = 16,
};

struct work {
	const struct doc *d;
	const struct layout_options *options;
	struct layout *out;
	struct row *rows; /* the document's, or copies in US-ASCII */
	unsigned *labels; /* label column of each row */
	unsigned (*widths)[COLUMNS_MAX]; /* of the columns of each table */
	size_t row;
};

/* A block at its place in a line. */
struct slot {
	struct block block;
	unsigned width;
	unsigned gap; /* blanks before it */
	bool is_right;
	enum glyph fill;
};

/* Draw the slots of one row side by side. */
static void
slot_line(struct work *w, struct piece *p, const struct slot *s, size_t line)
{
	struct arena *a = &w->out->arena;
	bool has_fill = s->fill != GLYPH_NONE && line + 1 == s->block.count;
	const struct piece *from;
	size_t i;

	if (line >= s->block.count)
		return;
	from = &s->block.pieces[line];
	if (s->is_right && from->width < s->width)
		piece_blanks(a, p, s->width - from->width);
	for (i = 0; i < from->count; i++) {
		if (has_fill && i + 1 == from->count && from->width < s->width)
			piece_glyphs(a, p, from->spans[i].role, s->fill, s->width - from->width);
		piece_add(a, p, from->spans[i]);
	}
}

static void
put_line(struct work *w, const struct piece *p, unsigned indent, bool is_first)
{
	struct layout *out = w->out;

	if (out->count == out->cap) {
		size_t cap = out->cap ? out->cap * 2 : 64;

		out->lines = arena_grow(
			&out->arena, out->lines, out->count, cap, sizeof(*out->lines));
		out->cap = cap;
	}
	out->lines[out->count++] = (struct line){ .row = w->row,
		.is_first = is_first,
		.indent = p->count > 0 ? indent : 0,
		.spans = p->spans,
		.count = p->count,
		.width = p->count > 0 ? indent + p->width : 0 };
}

/* Spans of the line, with the blanks before each slot: a fill may take more. */
static size_t
spans_of(const struct slot *slots, size_t count, size_t line)
{
	size_t spans = 0, i;

	for (i = 0; i < count; i++)
		if (line < slots[i].block.count)
			spans += slots[i].block.pieces[line].count + 2;
	return spans;
}

static void
put_slots(struct work *w, const struct slot *slots, size_t count, unsigned indent, unsigned hang)
{
	size_t lines = 1, line, i;

	for (i = 0; i < count; i++)
		if (slots[i].block.count > lines)
			lines = slots[i].block.count;
	for (line = 0; line < lines; line++) {
		struct piece p = { 0 };
		unsigned at = 0;

		piece_room(&w->out->arena, &p, spans_of(slots, count, line));
		for (i = 0; i < count; i++) {
			const struct slot *s = &slots[i];

			at += s->gap;
			if (line < s->block.count && s->block.pieces[line].count > 0) {
				if (p.width < at)
					piece_blanks(&w->out->arena, &p, at - p.width);
				slot_line(w, &p, s, line);
			}
			at += s->width;
		}
		put_line(w, &p, line == 0 ? indent : indent + hang, line == 0);
	}
}

static void
lay_heading(struct work *w, const struct row *r)
{
	static const struct cell none;
	const struct cell *title = r->count > 0 ? &r->cells[0] : &none;
	const struct cell *note = r->count > 1 ? &r->cells[1] : &none;
	struct arena *a = &w->out->arena;
	unsigned columns = w->options->columns, behind;
	struct block b = { 0 };
	struct piece p = { 0 };
	size_t i;

	piece_glyphs(a, &p, ROLE_RULE, GLYPH_RULE, columns < 2 ? columns : 2);
	if (title->count > 0 && columns > 6) {
		piece_blanks(a, &p, 1);
		clip_cell(a, title, columns - 4, &b);
		for (i = 0; i < b.pieces[0].count; i++)
			piece_add(a, &p, b.pieces[0].spans[i]);
		piece_blanks(a, &p, 1);
	}
	behind = note->count > 0 ? cell_width(note) + 4 : 0;
	if (p.width + behind + 1 > columns)
		behind = 0;
	if (p.width + behind < columns)
		piece_glyphs(a, &p, ROLE_RULE, GLYPH_RULE, columns - behind - p.width);
	if (behind > 0) {
		piece_blanks(a, &p, 1);
		for (i = 0; i < note->count; i++)
			piece_add(a, &p, note->spans[i]);
		piece_blanks(a, &p, 1);
		piece_glyphs(a, &p, ROLE_RULE, GLYPH_RULE, 2);
	}
	put_line(w, &p, 0, true);
}

/* Label, value, and perhaps a note that stands at the right edge or on a line of its own. */
static void
lay_field(struct work *w, const struct row *r, unsigned indent, unsigned room)
{
	struct arena *a = &w->out->arena;
	struct slot slots[3] = { 0 };
	unsigned label = w->labels[w->row], note = r->count > 2 ? cell_width(&r->cells[2]) : 0;
	size_t count = 2;
	bool is_beside;

	if (label + LABEL_GAP + 1 > room)
		label = room > 2 ? room / 3 : 0;
	slots[1].gap = label > 0 && room > label + LABEL_GAP ? LABEL_GAP : 0;
	slots[1].width = room - label - slots[1].gap;
	is_beside = note > 0 && slots[1].width >= note + LABEL_GAP &&
		    (slots[1].width - note - LABEL_GAP >= NOTE_ROOM ||
			    slots[1].width - note - LABEL_GAP >= cell_width(&r->cells[1]));
	if (label > 0)
		clip_cell(a, &r->cells[0], label, &slots[0].block);
	slots[0].width = label;
	if (is_beside) {
		slots[2] = (struct slot){ .gap = LABEL_GAP, .width = note };
		slots[1].width -= note + LABEL_GAP;
		wrap_cell(a, &r->cells[2], note, &slots[2].block);
		count = 3;
	}
	if (r->kind == ROW_COMMAND)
		wrap_command(a, &r->cells[1], slots[1].width, w->options->clips, &slots[1].block);
	else
		wrap_cell(a, &r->cells[1], slots[1].width, &slots[1].block);
	if (note > 0 && !is_beside)
		wrap_cell(a, &r->cells[2], slots[1].width, &slots[1].block);
	put_slots(w, slots, count, indent, 0);
}

/* Cells before the first column that is not named, for the lines from first on. */
static void
mark_named(struct work *w, const struct row *r, unsigned indent, size_t first)
{
	const struct table *t = &w->d->tables[r->table];
	unsigned cells = indent;
	size_t i;

	for (i = 0; i < t->named; i++)
		if (w->widths[r->table][i] > 0)
			cells += w->widths[r->table][i] + t->gap;
	for (i = first; t->named > 0 && i < w->out->count; i++)
		w->out->lines[i].named = cells;
}

static void
lay_table(struct work *w, const struct row *r, unsigned indent)
{
	const struct table *t = &w->d->tables[r->table];
	struct arena *a = &w->out->arena;
	struct slot slots[COLUMNS_MAX] = { 0 };
	unsigned width, gap = 0;
	size_t i, count = 0, first = w->out->count;

	for (i = 0; i < r->count && i < t->count; i++) {
		struct slot *s = &slots[count];

		width = w->widths[r->table][i];
		if (width == 0)
			continue;
		*s = (struct slot){ .width = width,
			.gap = gap,
			.is_right = t->columns[i].is_right,
			.fill = r->cells[i].fill };
		gap = t->gap;
		count++;
		if (!w->options->clips)
			wrap_cell(a, &r->cells[i], width, &s->block);
		else if (t->columns[i].is_middle_cut)
			shorten_cell(a, &r->cells[i], width, &s->block);
		else
			clip_cell(a, &r->cells[i], width, &s->block);
	}
	put_slots(w, slots, count, indent, 0);
	mark_named(w, r, indent, first);
}

/* The titles of a table on a rule: "── Stage ────── State ─── Time ── What was seen ────". */
static void
lay_ruled_head(struct work *w, const struct row *r, unsigned indent)
{
	const struct table *t = &w->d->tables[r->table];
	struct arena *a = &w->out->arena;
	unsigned columns = w->options->columns, at = indent;
	struct piece p = { 0 };
	size_t i, k;

	for (i = 0; i < r->count && i < t->count; i++) {
		unsigned start = i == 0 && at < 3 ? 3 : at;
		unsigned width = cell_width(&r->cells[i]);

		if (p.width >= start)
			start = p.width + 1;
		if (w->widths[r->table][i] == 0)
			continue;
		if (start + width + 1 > columns)
			break;
		if (p.width + 1 < start)
			piece_glyphs(a, &p, ROLE_RULE, r->cells[0].fill, start - 1 - p.width);
		piece_blanks(a, &p, start - p.width);
		for (k = 0; k < r->cells[i].count; k++)
			piece_add(a, &p, r->cells[i].spans[k]);
		piece_blanks(a, &p, 1);
		at += w->widths[r->table][i] + t->gap;
	}
	if (p.width < columns)
		piece_glyphs(a, &p, ROLE_RULE, r->cells[0].fill, columns - p.width);
	put_line(w, &p, 0, true);
}

static void
lay_single(struct work *w, const struct row *r, unsigned indent, unsigned room)
{
	static const struct cell none;
	const struct cell *c = r->count > 0 ? &r->cells[0] : &none;
	struct arena *a = &w->out->arena;
	unsigned hang = r->kind == ROW_TEXT && r->hang + 20 < room && cell_width(c) > room ? r->hang
											   : 0;
	struct slot slot = { .width = room, .fill = c->fill, .block.hang = hang };

	if (r->kind == ROW_COMMAND)
		wrap_command(a, c, room, w->options->clips, &slot.block);
	else if (r->kind == ROW_TEXT)
		wrap_cell(a, c, room, &slot.block);
	else if (w->options->clips)
		clip_cell(a, c, room, &slot.block);
	else
		wrap_cell(a, c, cell_width(c) + 1, &slot.block);
	put_slots(w, &slot, 1, indent, hang);
}

static unsigned
row_indent(const struct work *w, const struct row *r)
{
	return r->indent < w->options->columns ? r->indent : w->options->columns - 1;
}

static void
lay_row(struct work *w, const struct row *r)
{
	unsigned indent = row_indent(w, r);
	unsigned room = w->options->columns - indent;

	switch (r->kind) {
	case ROW_HEADING:
		lay_heading(w, r);
		break;
	case ROW_TABLE_HEAD:
		if (r->count > 0 && r->cells[0].fill != GLYPH_NONE) {
			lay_ruled_head(w, r, indent);
			break;
		}
		lay_table(w, r, indent);
		break;
	case ROW_TABLE:
		lay_table(w, r, indent);
		break;
	case ROW_FIELD:
	case ROW_COMMAND:
		if (r->count > 1) {
			lay_field(w, r, indent, room);
			break;
		}
		lay_single(w, r, indent, room);
		break;
	case ROW_TEXT:
	case ROW_VERBATIM:
	case ROW_BLANK:
		lay_single(w, r, indent, room);
		break;
	}
}

static bool
has_label(const struct row *r)
{
	return (r->kind == ROW_FIELD || r->kind == ROW_COMMAND) && r->count > 1;
}

/* Fields that stand together share the column of their labels. */
static void
measure_labels(struct work *w)
{
	size_t i, end;

	w->labels = arena_array(&w->out->arena, w->d->count + 1, sizeof(*w->labels));
	for (i = 0; i < w->d->count; i = end) {
		unsigned width = LABEL_WIDTH;

		end = i + 1;
		if (!has_label(&w->rows[i]))
			continue;
		for (end = i; end < w->d->count && has_label(&w->rows[end]) &&
			      w->rows[end].indent == w->rows[i].indent;
			end++)
			if (cell_width(&w->rows[end].cells[0]) > width)
				width = cell_width(&w->rows[end].cells[0]);
		for (; i < end; i++)
			w->labels[i] = width;
	}
}

static unsigned
table_width(const struct table *t, const unsigned *widths)
{
	unsigned total = 0;
	size_t i;

	for (i = 0; i < t->count; i++)
		if (widths[i] > 0)
			total += widths[i] + (total > 0 ? t->gap : 0);
	return total;
}

/* Take a cell from the widest column that may still give one. */
static bool
shrink(const struct table *t, unsigned *widths, bool is_flex)
{
	size_t i, widest = SIZE_MAX;

	for (i = 0; i < t->count; i++) {
		unsigned least = is_flex ? FLEX_MIN : FIXED_MIN;

		if (t->columns[i].is_flex != is_flex || widths[i] <= least)
			continue;
		if (widest == SIZE_MAX || widths[i] > widths[widest])
			widest = i;
	}
	if (widest == SIZE_MAX)
		return false;
	widths[widest]--;
	return true;
}

static void
fit(const struct table *t, unsigned *widths, unsigned room)
{
	unsigned total = table_width(t, widths);
	size_t i, last = t->count;

	for (i = 0; i < t->count; i++)
		if (widths[i] > room)
			widths[i] = room;
	while (table_width(t, widths) > room)
		if (!shrink(t, widths, true) && !shrink(t, widths, false))
			break;
	/* Too narrow for all: the right-most columns go. */
	while ((total = table_width(t, widths)) > room && last > 1)
		widths[--last] = 0;
	if (total > room)
		widths[0] = room;
	for (i = 0; i < t->count && total < room; i++) {
		const struct column *c = &t->columns[i];
		unsigned more = room - total;

		if (!c->is_flex || widths[i] == 0)
			continue;
		if (c->max > 0)
			more = widths[i] >= c->max         ? 0
			       : widths[i] + more > c->max ? c->max - widths[i]
							   : more;
		widths[i] += more;
		total += more;
	}
}

static void
measure_tables(struct work *w)
{
	const struct doc *d = w->d;
	unsigned *indents;
	size_t i, k;

	w->widths = arena_array(&w->out->arena, d->table_count + 1, sizeof(*w->widths));
	indents = arena_array(&w->out->arena, d->table_count + 1, sizeof(*indents));
	for (i = 0; i < d->table_count; i++) {
		assert(d->tables[i].count <= COLUMNS_MAX);
		for (k = 0; k < d->tables[i].count; k++)
			w->widths[i][k] = d->tables[i].columns[k].min;
	}
	for (i = 0; i < d->count; i++) {
		const struct row *r = &w->rows[i];
		const struct table *t;

		if (r->kind != ROW_TABLE && r->kind != ROW_TABLE_HEAD)
			continue;
		t = &d->tables[r->table];
		if (row_indent(w, r) > indents[r->table])
			indents[r->table] = row_indent(w, r);
		for (k = 0; k < r->count && k < t->count; k++) {
			unsigned width = cell_width(&r->cells[k]);
			unsigned max = t->columns[k].max;

			if (max > 0 && width > max)
				width = max;
			if (width > w->widths[r->table][k])
				w->widths[r->table][k] = width;
		}
	}
	for (i = 0; i < d->table_count; i++) {
		if (w->options->clips && w->options->columns < d->tables[i].spare_from)
			w->widths[i][d->tables[i].spare] = 0;
		fit(&d->tables[i], w->widths[i], w->options->columns - indents[i]);
	}
}

static bool
is_plain(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] > 0x7e)
			return false;
	return true;
}

static void
ascii_cell(struct arena *a, struct cell *c)
{
	struct span *spans = arena_array(a, c->count + 1, sizeof(*spans));
	size_t i;

	for (i = 0; i < c->count; i++) {
		spans[i] = c->spans[i];
		if (!is_plain(spans[i].text.text))
			spans[i].text = safe_ascii(a, spans[i].text);
	}
	c->spans = spans;
}

/* Copies of the rows in US-ASCII, so that widths are those of what is shown. */
static void
ascii_rows(struct work *w)
{
	struct arena *a = &w->out->arena;
	size_t i, k;

	w->rows = arena_array(a, w->d->count + 1, sizeof(*w->rows));
	for (i = 0; i < w->d->count; i++) {
		struct row *r = &w->rows[i];

		*r = w->d->rows[i];
		r->cells = arena_array(a, r->count + 1, sizeof(*r->cells));
		for (k = 0; k < r->count; k++) {
			r->cells[k] = w->d->rows[i].cells[k];
			ascii_cell(a, &r->cells[k]);
		}
	}
}

void
doc_layout(const struct doc *d, const struct layout_options *options, struct layout *out)
{
	struct work w = { .d = d, .options = options, .out = out, .rows = d->rows };

	assert(options->columns > 0);
	*out = (struct layout){ .columns = options->columns };
	if (options->is_ascii)
		ascii_rows(&w);
	measure_labels(&w);
	measure_tables(&w);
	for (w.row = 0; w.row < d->count; w.row++)
		lay_row(&w, &w.rows[w.row]);
}

void
layout_release(struct layout *l)
{
	if (!l)
		return;
	arena_release(&l->arena);
	*l = (struct layout){ 0 };
}
