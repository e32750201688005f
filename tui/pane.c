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
	size_t i = p->selected_at;

	if (id.n == 0)
		return p->end;
	if (i >= p->first && i < p->end && can_select(p, i) && str_eq(row_of(p, i)->id, id))
		return i;
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
	p->selected_at = line;
}

void
pane_set(struct pane *p, struct doc *doc, unsigned columns, bool is_ascii)
{
	struct layout_options options = {
		.columns = columns + (unsigned)p->left, .is_ascii = is_ascii, .clips = true
	};
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

void
pane_squeeze(struct pane *p, int height)
{
	p->height = height;
	layout_squeeze(&p->layout, &p->doc, height > 0 ? (size_t)height : 0);
	p->end = p->layout.count;
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

void
pane_worst(struct pane *p)
{
	size_t i, worst = p->end;

	for (i = p->first; p->has_doc && i < p->end; i++)
		if (can_select(p, i) && is_problem(row_of(p, i)) &&
			(worst == p->end || row_of(p, i)->severity > row_of(p, worst)->severity))
			worst = i;
	if (worst == p->end)
		return;
	remember(p, worst);
	pane_fit(p, p->height);
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

/* The text of a line as it stands there, with its glyphs. */
static void
line_text(const struct line *line, bool is_ascii, struct buf *out)
{
	size_t i;

	buf_clear(out);
	for (i = 0; i < line->count; i++) {
		const struct span *s = &line->spans[i];

		if (s->glyph != GLYPH_NONE)
			buf_add_text(out, glyph_text(s->glyph, is_ascii));
		else
			buf_add(out, s->text.text);
	}
}

/* Show where a line matches. */
static void
paint_match(const struct pane *p, struct painter *painter, int row, int column,
	const struct line *line, const struct pattern *pattern)
{
	struct arena *a = painter_arena(painter);
	struct buf text = BUF_INIT(0);
	size_t from, to, at = 0;
	unsigned cell = line->indent;

	line_text(line, painter_is_ascii(painter), &text);
	while (at < text.n && pattern_find(pattern, buf_text(&text) + at, &from, &to) &&
		to > from) {
		struct safe before = safe_text(a, str_sub(buf_str(&text), at, from), 0);
		struct safe match = safe_text(a, str_sub(buf_str(&text), at + from, to - from), 0);
		int x = (int)(cell + before.width) - p->left;

		if (x >= 0 && x < (int)p->columns)
			paint_text(
				painter, row, column + x, (int)p->columns - x, ROLE_MATCH, match);
		cell += before.width + match.width;
		at += to;
	}
	buf_release(&text);
}

int
pane_paint(const struct pane *p, struct painter *painter, int row, int column, enum role selection,
	const struct pattern *match)
{
	size_t at = selected_line(p), i;
	int found = -1, y;

	for (y = 0; y < p->height; y++) {
		const struct line *line;
		bool is_selected;

		i = p->top + (size_t)y;
		if (i >= p->end)
			break;
		line = &p->layout.lines[i];
		is_selected = i == at && selection != ROLE_TEXT;
		paint_line(painter, row + y, column, (int)p->columns, line, p->left,
			is_selected ? selection : ROLE_TEXT);
		if (match != NULL && match->is_set)
			paint_match(p, painter, row + y, column, line, match);
		if (is_selected && pointer_column(line) >= 0 && p->left == 0)
			paint_pointer(painter, row + y, column + pointer_column(line), selection);
		if (line->is_first && line->indent > 0 && p->doc.rows[line->row].is_changed)
			paint_words(painter, row + y, column, 1, ROLE_CHANGED, "*");
		if (is_selected)
			found = row + y;
	}
	return found;
}

bool
pane_pan(struct pane *p, int cells)
{
	unsigned widest = 0;
	size_t i;
	int left = p->left + cells;

	for (i = p->first; i < p->end; i++) {
		unsigned width = p->layout.lines[i].width + p->layout.lines[i].indent;

		widest = width > widest ? width : widest;
	}
	/* Lines are cut at columns + left: one that reaches it may go on. */
	if (cells > 0 && widest < p->columns + (unsigned)p->left)
		return false;
	if (left < 0)
		left = 0;
	if (left == p->left || left > 8192)
		return false;
	p->left = left;
	return true;
}

static size_t
first_line(const struct pane *p, size_t row)
{
	size_t i;

	for (i = p->first; i < p->end && p->layout.lines[i].row != row; i++)
		;
	return i;
}

/* The line to select for a match in a line that cannot be selected; p->end: none. */
static size_t
nearest(const struct pane *p, size_t line)
{
	size_t i;

	for (i = line; i < p->end; i++) {
		if (can_select(p, i))
			return i;
	}
	for (i = line; i > p->first; i--) {
		if (i - 1 < p->end && can_select(p, i - 1))
			return i - 1;
	}
	return p->end;
}

/* The row where a search begins: the last match while the selection stands at it. */
static size_t
search_from(const struct pane *p)
{
	size_t at = selected_line(p);

	if (at >= p->end || nearest(p, first_line(p, p->match)) == at)
		return p->match;
	return p->layout.lines[at].row;
}

static void
show_row(struct pane *p, size_t row)
{
	size_t line = first_line(p, row), at = nearest(p, line);

	p->match = row;
	if (line < p->end && (line < p->top || line >= p->top + (size_t)p->height))
		p->top = line;
	if (at < p->end)
		remember(p, at);
	pane_fit(p, p->height);
}

bool
pane_search(struct pane *p, const struct pattern *pattern, int step, size_t *nth, size_t *count)
{
	size_t here = search_from(p), best = SIZE_MAX, wrapped = SIZE_MAX, i;
	struct buf scratch = BUF_INIT(0);

	*count = 0;
	for (i = 0; i < p->doc.count; i++) {
		if (!pattern_has_row(pattern, &p->doc.rows[i], &scratch))
			continue;
		++*count;
		if (step > 0 ? (i > here && best == SIZE_MAX) : i < here) {
			best = i;
			*nth = *count;
		}
		if (best == SIZE_MAX && (step < 0 || wrapped == SIZE_MAX))
			wrapped = i;
	}
	if (*count > 0 && best == SIZE_MAX) {
		best = wrapped;
		*nth = step > 0 ? 1 : *count;
	}
	buf_release(&scratch);
	if (best != SIZE_MAX)
		show_row(p, best);
	return best != SIZE_MAX;
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
