/*
 * draw: the picture: where list, detail, findings and Why box stand, for every size.
 */
#include "core/view_sim.h"
#include "tui/frame.h"
#include "tui/screen_home.h"
#include "tui/screen_sim.h"

#define WIDE_COLUMNS 110 /* from here list and detail side by side */
#define TALL_ROWS 34 /* from here the findings under the list */

struct box {
	int row, column, rows, columns;
};

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

static int
max_int(int a, int b)
{
	return a > b ? a : b;
}

/* Lines at the top that never scroll: what stands before the first row that can be selected. */
static size_t
fixed_lines(const struct pane *pane)
{
	size_t i;

	for (i = 0; i < pane->layout.count; i++) {
		const struct line *line = &pane->layout.lines[i];

		if (pane->doc.rows[line->row].id.n > 0)
			return i;
	}
	return 0;
}

/* Lines of the settings of What if: what comes of them stays in sight under them. */
static size_t
setting_lines(const struct pane *pane)
{
	size_t end = 0;

	for (size_t i = 0; i < pane->layout.count; i++) {
		const struct row *row = &pane->doc.rows[pane->layout.lines[i].row];

		if (str_starts(row->id, STR(WHATIF_SETTING)))
			end = i + 1;
		/* What is wrong with the last of them. */
		else if (i == end && end > 0 && row->kind == ROW_TEXT && row->id.n == 0)
			end = i + 1;
	}
	return end > 0 ? end : pane->layout.count;
}

static void
build(struct console *c, struct screen *s, int columns)
{
	struct doc doc;

	/* A move needs no new document. */
	if (s->built == c->version && s->pane.has_doc && s->pane.columns == (unsigned)columns &&
		s->built_left == s->pane.left && screen_ops(s->kind)->is_steady)
		return;
	screen_document(c, s, &doc);
	pane_set(&s->pane, &doc, (unsigned)columns, painter_is_ascii(c->painter));
	s->built = c->version;
	s->built_left = s->pane.left;
	if (screen_ops(s->kind)->is_fixed_head || simulate_is_whatif(s))
		s->pane.first = fixed_lines(&s->pane);
	if (simulate_is_whatif(s) && !s->is_maximised)
		s->pane.end = setting_lines(&s->pane);
	if (s->follows)
		pane_edge(&s->pane, true);
}

void
console_build(struct console *c)
{
	struct screen *s = console_top(c);

	build(c, s, max_int(c->columns, 1));
	pane_fit(&s->pane, max_int(c->rows - 6, 1));
	c->is_outdated = false;
}

/* The head of a list: all of it, or its first and last line on a low screen. */
static int
draw_head(struct console *c, const struct pane *pane, struct box box)
{
	int row = box.row;
	size_t i;

	for (i = 0; i < pane->first; i++) {
		if (c->rows < 24 && i > 0 && i + 1 < pane->first)
			continue;
		paint_line(c->painter, row++, box.column, box.columns, &pane->layout.lines[i], 0,
			ROLE_TEXT);
	}
	return row - box.row;
}

/* A document that is only shown: as much of it as fits. */
static void
draw_doc(struct console *c, struct doc *doc, struct box box)
{
	struct pane pane = { 0 };

	pane_set(&pane, doc, (unsigned)box.columns, painter_is_ascii(c->painter));
	pane_squeeze(&pane, box.rows);
	pane_paint(&pane, c->painter, box.row, box.column, ROLE_TEXT, NULL);
	pane_release(&pane);
}

static void
why_doc(struct console *c, struct doc *out)
{
	struct screen *top = console_top(c);
	const struct screen_ops *ops = screen_ops(top->kind);
	const struct row *selected = pane_row(&top->pane);
	struct target target = top->target;
	struct view_input in = console_input(c);

	if (ops->box != NULL) {
		ops->box(c, top, out);
		return;
	}
	if (selected != NULL && selected->target.kind != TARGET_NONE)
		target = selected->target;
	target.is_of_certs = top->kind == SCREEN_CERTS;
	if (top->kind == SCREEN_SIMULATE && target.kind == TARGET_HOST)
		view_sim_host(&in, target.host, out);
	else
		view_why(&in, &target, top->nth, out);
}

/* Rows that the Why box would fill in so many columns, its rule included. */
static int
why_needs(struct console *c, int columns)
{
	struct pane pane = { 0 };
	struct doc doc;
	int rows;

	why_doc(c, &doc);
	pane_set(&pane, &doc, (unsigned)columns, painter_is_ascii(c->painter));
	rows = (int)pane.end + 1;
	pane_release(&pane);
	return rows;
}

/* The Why box of the selection, its rule first. */
static void
draw_why(struct console *c, struct box box)
{
	struct doc doc;

	if (box.rows < 2)
		return;
	paint_rule(c->painter, box.row, box.column, box.columns, "Why", NULL);
	why_doc(c, &doc);
	box.row++;
	box.rows--;
	draw_doc(c, &doc, box);
}

/* A box of the screen's own is a pane: l goes into it, and it scrolls. */
static void
draw_box(struct console *c, struct screen *s, struct box box)
{
	const struct row *row = pane_row(&s->pane);
	const struct str id = row != NULL ? row->id : STR_EMPTY;
	struct doc doc;

	if (!str_eq(buf_str(&s->detail_of), id)) {
		pane_release(&s->detail);
		buf_clear(&s->detail_of);
		buf_add(&s->detail_of, id);
	}
	screen_ops(s->kind)->box(c, s, &doc);
	pane_set(&s->detail, &doc, (unsigned)box.columns, painter_is_ascii(c->painter));
	if (box.rows < 2)
		return;
	pane_fit(&s->detail, box.rows);
	pane_paint(&s->detail, c->painter, box.row, box.column, ROLE_TEXT, &c->search);
}

/* Rows of the Why box under a list; the list keeps some rows where it has them. */
static int
why_rows(struct console *c, const struct screen *s, int body)
{
	int lines = (int)(s->pane.end - s->pane.first), least = screen_ops(s->kind)->why_rows;
	int keep = c->rows >= 24 ? 3 : 6, why;

	if (!screen_has_why(s) || s->is_maximised)
		return 0;
	/* On a low screen what becomes of the message, behind its hosts, comes before a box. */
	if (s->kind == SCREEN_SIMULATE && c->rows < 24)
		keep = 9;
	if (least == 0)
		least = 7;
	why = c->rows >= 24 ? least : 4;
	if (screen_ops(s->kind)->is_why_low)
		why = min_int(why, why_needs(c, c->columns));
	/* A box of its own is as high as what it says, where the list keeps a quarter. */
	if (screen_ops(s->kind)->box != NULL) {
		why = why_needs(c, c->columns);
		keep = max_int(body / 4, 3);
	}
	why = min_int(max_int(why, body - lines), body - min_int(lines, keep));
	return why >= 2 ? why : 0;
}

/* Rows of what comes of the settings; some rows of the list stay. */
static int
tail_rows(const struct console *c, const struct screen *s, int body)
{
	const int tail = (int)(s->pane.layout.count - s->pane.end);
	const int lines = (int)(s->pane.end - s->pane.first), keep = c->rows >= 24 ? 5 : 3;

	return min_int(tail, max_int(body - lines, body - keep));
}

static void
draw_tail(struct console *c, const struct pane *pane, struct box box)
{
	const size_t tail = pane->layout.count - pane->end;
	const bool is_cut = tail > (size_t)box.rows;
	int i;

	for (i = 0; i < box.rows - (is_cut ? 1 : 0); i++)
		paint_line(c->painter, box.row + i, box.column, box.columns,
			&pane->layout.lines[pane->end + (size_t)i], 0, ROLE_TEXT);
	if (is_cut && box.rows > 0)
		paint_text(c->painter, box.row + i, 1, box.columns - 1, ROLE_DIM,
			safe_printf(painter_arena(c->painter), "%zu more lines: O shows all",
				tail - (size_t)i));
}

static int
draw_list(struct console *c, struct screen *s, struct box box)
{
	enum role selection = s->has_detail_focus ? ROLE_SELECTION_BLUR : ROLE_SELECTION;

	if (home_is_typing(c))
		selection = ROLE_PROMPT;
	pane_fit(&s->pane, box.rows);
	return pane_paint(&s->pane, c->painter, box.row, box.column, selection, &c->search);
}

/* One pane with the Why box under it. */
static int
draw_single(struct console *c, struct screen *s, struct box box)
{
	int head, tail, why, cursor;

	build(c, s, box.columns);
	head = draw_head(c, &s->pane, box);
	box.row += head;
	box.rows -= head;
	tail = tail_rows(c, s, box.rows);
	if (tail > 0) {
		const int lines = (int)(s->pane.end - s->pane.first) + 1;

		box.rows = min_int(lines, box.rows - tail);
		draw_tail(c, &s->pane,
			(struct box){ box.row + box.rows, box.column, tail, box.columns });
	}
	why = why_rows(c, s, box.rows);
	cursor = draw_list(c, s, (struct box){ box.row, box.column, box.rows - why, box.columns });
	box.row += box.rows - why;
	box.rows = why;
	if (screen_ops(s->kind)->box != NULL)
		draw_box(c, s, box);
	else
		draw_why(c, box);
	return cursor;
}

/* What Enter on the selected row would open, in the pane beside the list. */
static int
draw_detail(struct console *c, struct screen *s, struct box box)
{
	const struct row *row = pane_row(&s->pane);
	struct screen shown = { 0 };
	struct doc doc;
	int cursor;

	if (!screen_of_row(s, row, &shown.kind)) {
		pane_release(&s->detail);
		s->has_detail_focus = false;
		return -1;
	}
	if (!str_eq(buf_str(&s->detail_of), row->id)) {
		pane_release(&s->detail);
		buf_clear(&s->detail_of);
		buf_add(&s->detail_of, row->id);
	}
	screen_target(&shown, &row->target);
	screen_document(c, &shown, &doc);
	screen_release(&shown);
	pane_set(&s->detail, &doc, (unsigned)box.columns, painter_is_ascii(c->painter));
	pane_fit(&s->detail, box.rows);
	cursor = pane_paint(&s->detail, c->painter, box.row, box.column,
		s->has_detail_focus ? ROLE_SELECTION : ROLE_TEXT, &c->search);
	return s->has_detail_focus ? max_int(cursor, box.row) : -1;
}

static void
draw_findings(struct console *c, struct box box)
{
	struct view_input in = console_input(c);
	struct doc doc;

	if (box.rows < 3)
		return;
	paint_rule(c->painter, box.row, box.column, box.columns, "Findings", NULL);
	view_findings(&in, &doc);
	box.row++;
	box.rows--;
	draw_doc(c, &doc, box);
}

/* The head of the overview stands over both panes. */
static int
draw_wide_head(struct console *c, struct screen *s, struct box box)
{
	int rows, i;

	if (s->kind != SCREEN_OVERVIEW)
		return 0;
	build(c, s, box.columns);
	rows = (int)s->pane.first;
	for (i = 0; i + 1 < rows; i++)
		paint_line(c->painter, box.row + i, box.column, box.columns,
			&s->pane.layout.lines[i], 0, ROLE_TEXT);
	return max_int(rows - 1, 0);
}

/* List at the left, detail and Why box at the right. */
static int
draw_wide(struct console *c, struct screen *s, struct box box)
{
	int head = draw_wide_head(c, s, box),
	    left = box.columns * screen_ops(s->kind)->list_percent / 100, lines, why, list, cursor;
	enum screen_kind kind;
	struct box right;
	size_t i;

	box.row += head;
	box.rows -= head;
	right = (struct box){ box.row, left + 1, box.rows, box.columns - left - 1 };
	paint_vertical(c->painter, box.row, left, box.rows);
	box.columns = left;
	build(c, s, left);
	for (i = s->kind == SCREEN_OVERVIEW && s->pane.first > 0 ? s->pane.first - 1 : 0;
		i < s->pane.first; i++) {
		paint_line(c->painter, box.row++, 0, left, &s->pane.layout.lines[i], 0, ROLE_TEXT);
		box.rows--;
	}
	lines = (int)(s->pane.end - s->pane.first);
	list = box.rows;
	if (c->rows >= TALL_ROWS && s->kind != SCREEN_FINDINGS)
		list = min_int(lines, box.rows - 8);
	cursor = draw_list(c, s, (struct box){ box.row, 0, list, left });
	draw_findings(c, (struct box){ box.row + list, 0, box.rows - list, left });
	/* The page of a finding says all that the box would. */
	why = screen_has_why(s) && s->kind != SCREEN_FINDINGS
		      ? min_int(why_needs(c, right.columns), right.rows / 2)
		      : 0;
	if (why > 0 && !screen_of_row(s, pane_row(&s->pane), &kind))
		why = right.rows;
	right.rows -= why;
	i = (size_t)draw_detail(c, s, right);
	right.row += right.rows;
	right.rows = why;
	draw_why(c, right);
	return s->has_detail_focus ? (int)i : cursor;
}

/* The detail alone, when it was maximised. */
static int
draw_maximised(struct console *c, struct screen *s, struct box box)
{
	build(c, s, box.columns);
	pane_fit(&s->pane, box.rows);
	return draw_detail(c, s, box);
}

static int
draw_body(struct console *c, struct screen *s, struct box box)
{
	bool is_wide = c->columns >= WIDE_COLUMNS && screen_ops(s->kind)->list_percent > 0;
	bool has_box = screen_ops(s->kind)->box != NULL;

	if (is_wide && s->is_maximised && s->has_detail_focus)
		return draw_maximised(c, s, box);
	if (has_box && s->is_maximised && s->has_detail_focus) {
		build(c, s, box.columns);
		draw_box(c, s, box);
		return -1;
	}
	if (is_wide && !s->is_maximised)
		return draw_wide(c, s, box);
	if (!has_box) {
		pane_release(&s->detail);
		s->has_detail_focus = false;
	}
	return draw_single(c, s, box);
}

static void
draw_full(struct console *c)
{
	struct screen *s = console_top(c);
	bool is_plain = screen_ops(s->kind)->is_plain || c->options->is_home;
	int top = s->kind == SCREEN_OVERVIEW ? 1 : is_plain ? 2 : 3, bottom = c->rows - 3;
	int cursor, prompt;

	frame_title(c);
	if (is_plain) {
		paint_rule(c->painter, 1, 0, c->columns, NULL, NULL);
	} else if (s->kind != SCREEN_OVERVIEW) {
		frame_strip(c, 1);
		paint_rule(c->painter, 2, 0, c->columns, NULL, NULL);
	}
	cursor = draw_body(c, s, (struct box){ top, 0, bottom - top, c->columns });
	frame_counter(c, bottom);
	prompt = frame_status(c, bottom + 1);
	frame_keys(c, bottom + 2);
	if (prompt >= 0)
		painter_end(c->painter, bottom + 1, prompt, true);
	else if (home_is_typing(c))
		painter_end(c->painter, max_int(cursor, top),
			home_cursor(c, painter_arena(c->painter)), true);
	else
		painter_end(
			c->painter, cursor >= 0 ? cursor : bottom + 1, 0, c->options->has_cursor);
}

/* Mail now, stages and the worst findings: the overview in one column. */
static int
draw_small_walk(struct console *c, int row)
{
	const struct judgement *j = &c->judgement;
	struct painter *p = c->painter;
	struct arena *a = painter_arena(p);
	size_t i;

	paint_text(p, row++, 0, c->columns, ROLE_TEXT,
		safe_printf(a, "mail: %s%s%.*s", mail_outcome_words(j->fresh),
			j->at_risk.n > 0 ? "; at risk: " : "",
			SAFE_ARG(safe_text(a, j->at_risk, 64))));
	if (c->rows > 4)
		frame_strip(c, row++);
	for (i = 0; i < j->count && row < c->rows - 2; i++) {
		const struct finding *f = &j->findings[i];
		struct safe subject = safe_text(a, f->subject, 64);

		paint_glyph(p, row, 0, severity_role(f->severity), severity_glyph(f->severity));
		paint_text(p, row++, 2, c->columns - 2, ROLE_TEXT,
			safe_printf(a, "%s %.*s", f->type->name, SAFE_ARG(subject)));
	}
	return c->rows - 1;
}

/* The verdict is never shortened. */
static void
small_title(struct console *c)
{
	struct arena *a = painter_arena(c->painter);
	struct safe left, right;
	char elapsed[24];
	unsigned room;

	if (c->session->start == NULL && c->options->is_home) {
		paint_words(c->painter, 0, 0, c->columns, ROLE_TITLE, "stswalk " STSWALK_VERSION);
		return;
	}
	frame_seconds(elapsed, sizeof(elapsed),
		c->session->is_ended ? session_lasted_us(c->session)
				     : c->now_us - session_round_us(c->session));
	right = safe_printf(a, "  %s  %s", state_word(frame_verdict(c)), elapsed);
	room = (unsigned)c->columns > right.width ? (unsigned)c->columns - right.width : 0;
	left = safe_printf(
		a, "stswalk %.*s", SAFE_ARG(safe_text(a, session_domain(c->session), 64)));
	left = safe_shorten(a, left, room);
	paint_text(c->painter, 0, 0, c->columns, ROLE_TITLE,
		safe_printf(a, "%.*s%.*s", SAFE_ARG(left), SAFE_ARG(right)));
}

/* One column, and what the whole layout would need. */
static void
draw_small(struct console *c)
{
	struct screen *s = console_top(c);
	struct painter *p = c->painter;
	struct arena *a = painter_arena(p);
	int cursor = c->rows - 1, prompt = -1;

	if (c->rows < 4 || c->columns < 20) {
		paint_text(p, 0, 0, c->columns, ROLE_TEXT,
			safe_printf(a, "%s %zu", state_word(frame_verdict(c)),
				c->judgement.counts[SEVERITY_ERROR]));
		painter_end(p, 0, 0, false);
		return;
	}
	small_title(c);
	if (s->kind == SCREEN_OVERVIEW) {
		build(c, s, c->columns);
		pane_fit(&s->pane, c->rows);
		cursor = draw_small_walk(c, 1);
	} else {
		build(c, s, c->columns);
		s->pane.first = 0;
		s->pane.end = s->pane.layout.count;
		if (screen_ops(s->kind)->box != NULL)
			draw_box(c, s,
				(struct box){
					1, 0, s->has_detail_focus ? c->rows - 3 : 0, c->columns });
		if (!s->has_detail_focus)
			cursor = draw_list(c, s, (struct box){ 1, 0, c->rows - 3, c->columns });
	}
	if (c->prompt.is_open || c->status.n > 0)
		prompt = frame_status(c, c->rows - 2);
	else
		paint_text(p, c->rows - 2, 0, c->columns, ROLE_DIM,
			safe_printf(a, "%.*s%s%dx%d%s needs %dx%d", SAFE_ARG(frame_counts(c, a)),
				c->judgement.count > 0 ? "   " : "", c->columns, c->rows,
				c->columns < 52 ? "" : ": layout", FRAME_FULL_COLUMNS,
				FRAME_FULL_ROWS));
	frame_keys(c, c->rows - 1);
	if (home_is_typing(c))
		painter_end(p, max_int(cursor, 1), home_cursor(c, a), true);
	else
		painter_end(p, prompt >= 0 ? c->rows - 2 : cursor, max_int(prompt, 0), prompt >= 0);
}

void
console_draw(struct console *c)
{
	c->is_outdated = false;
	painter_begin(c->painter);
	if (c->rows < FRAME_FULL_ROWS || c->columns < FRAME_FULL_COLUMNS)
		draw_small(c);
	else
		draw_full(c);
}
