#include "tui/pane.h"

#include <string.h>

void
pane_release(struct pane *p)
{
	if (p->has_doc) {
		layout_release(&p->layout);
		doc_release(&p->doc);
	}
	buf_release(&p->selected);
	memset(p, 0, sizeof(*p));
}

static const struct row *
row_of(const struct pane *p, size_t line)
{
	return &p->doc.rows[p->layout.lines[line].row];
}

static bool
can_select(const struct pane *p, size_t line)
{
	return p->layout.lines[line].is_first && row_of(p, line)->id.n > 0;
}

/* Line of the selected row, or the number of lines. */
static size_t
selected_line(const struct pane *p)
{
	struct str id = buf_str(&p->selected);
	size_t i;

	if (id.n == 0)
		return p->end;
	for (i = p->first; i < p->end; i++) {
		if (can_select(p, i) && str_eq(row_of(p, i)->id, id))
			return i;
	}
	return p->end;
}

static void
remember(struct pane *p, size_t line)
{
	buf_clear(&p->selected);
	buf_add(&p->selected, row_of(p, line)->id);
}

void
pane_set(struct pane *p, struct doc *doc, unsigned columns, bool is_ascii)
{
	struct layout_options options = { .columns = columns, .is_ascii = is_ascii, .clips = true };
	size_t i;

	if (p->has_doc) {
		layout_release(&p->layout);
		doc_release(&p->doc);
	}
	p->doc = *doc;
	memset(doc, 0, sizeof(*doc));
	p->has_doc = true;
	p->columns = columns;
	doc_layout(&p->doc, &options, &p->layout);
	p->first = 0;
	p->end = p->layout.count;
	if (selected_line(p) < p->end)
		return;
	buf_clear(&p->selected);
	for (i = 0; i < p->end; i++) {
		if (can_select(p, i)) {
			remember(p, i);
			break;
		}
	}
}

void
pane_fit(struct pane *p, int height)
{
	size_t at = selected_line(p), room = height > 0 ? (size_t)height : 0;

	p->height = height;
	if (p->top < p->first)
		p->top = p->first;
	if (at < p->end && at < p->top)
		p->top = at;
	if (at < p->end && room > 0 && at >= p->top + room)
		p->top = at - room + 1;
	if (p->end - p->first <= room)
		p->top = p->first;
	else if (p->top + room > p->end)
		p->top = p->end - room;
}

const struct row *
pane_row(const struct pane *p)
{
	size_t at = p->has_doc ? selected_line(p) : 0;

	return p->has_doc && at < p->end ? row_of(p, at) : NULL;
}

bool
pane_select(struct pane *p, struct str id)
{
	size_t i;

	for (i = p->first; p->has_doc && i < p->end; i++) {
		if (can_select(p, i) && str_eq(row_of(p, i)->id, id)) {
			remember(p, i);
			pane_fit(p, p->height);
			return true;
		}
	}
	return false;
}

static bool
scroll(struct pane *p, int rows)
{
	size_t before = p->top;

	if (rows < 0)
		p->top = p->top - p->first > (size_t)-rows ? p->top - (size_t)-rows : p->first;
	else
		p->top += (size_t)rows;
	pane_fit(p, p->height);
	return p->top != before;
}

bool
pane_move(struct pane *p, int rows)
{
	size_t at, i, last;

	if (!p->has_doc)
		return false;
	at = selected_line(p);
	if (at == p->end)
		return scroll(p, rows);
	last = at;
	for (i = at; rows != 0;) {
		if (rows > 0 ? i + 1 >= p->end : i <= p->first)
			break;
		i += rows > 0 ? 1 : (size_t)-1;
		if (!can_select(p, i))
			continue;
		last = i;
		rows += rows > 0 ? -1 : 1;
	}
	/* Nothing further to select: show what stands beyond. */
	if (last == at)
		return scroll(p, rows > 0 ? 1 : -1);
	remember(p, last);
	pane_fit(p, p->height);
	return true;
}

bool
pane_edge(struct pane *p, bool is_last)
{
	return pane_move(p, is_last ? 1000000 : -1000000);
}

static bool
is_problem(const struct row *row)
{
	return row->severity >= SEVERITY_WARNING;
}

bool
pane_problem(struct pane *p, bool forward)
{
	size_t at, i, step, n;

	if (!p->has_doc || p->end == p->first)
		return false;
	n = p->end - p->first;
	at = selected_line(p);
	if (at == p->end)
		at = p->first;
	for (step = 1; step <= n; step++) {
		i = p->first + ((at - p->first) + (forward ? step : n - step)) % n;
		if (can_select(p, i) && is_problem(row_of(p, i))) {
			remember(p, i);
			pane_fit(p, p->height);
			return true;
		}
	}
	return false;
}

/* Where the mark of the selection stands without hiding anything; -1 for nowhere. */
static int
pointer_column(const struct line *line)
{
	if (line->indent > 0)
		return line->indent >= 3 ? (int)line->indent - 2 : 0;
	if (line->count > 0 && line->spans[0].glyph == GLYPH_NONE &&
		line->spans[0].text.text.n > 0 && line->spans[0].text.text.p[0] == ' ')
		return 0;
	return -1;
}

int
pane_paint(const struct pane *p, struct painter *painter, int row, int column)
{
	size_t at = selected_line(p), i;
	int found = -1, y;

	for (y = 0; y < p->height; y++) {
		i = p->top + (size_t)y;
		if (i >= p->end)
			break;
		paint_line(painter, row + y, column, (int)p->columns, &p->layout.lines[i], i == at);
		if (i != at)
			continue;
		found = row + y;
		if (pointer_column(&p->layout.lines[i]) >= 0)
			paint_pointer(
				painter, row + y, column + pointer_column(&p->layout.lines[i]));
	}
	return found;
}

void
pane_place(const struct pane *p, size_t *at, size_t *of)
{
	size_t selected = selected_line(p), i;

	*at = 0;
	*of = 0;
	for (i = p->first; i < p->end; i++) {
		if (!can_select(p, i))
			continue;
		++*of;
		if (i <= selected && selected < p->end)
			++*at;
	}
	if (*of == 0) {
		*of = p->end - p->first;
		*at = p->top - p->first + (size_t)(p->height > 0 ? p->height : 0);
		if (*at > *of)
			*at = *of;
	}
}
