#include "tui/painter.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

/* A longer gap is cheaper to jump over. */
#define GAP_MAX 12

struct painter {
	const struct theme *theme;
	bool is_ascii;
	enum theme_depth depth;
	bool has_default_colors;
	attr_t attrs[role_count];
	short pairs[role_count];
	short selected[role_count]; /* on the background of the selection */
	struct arena arena; /* of the frame */
	int rows, columns;
};

struct pairs {
	struct look looks[2 * role_count + 1];
	short count;
};

static enum theme_depth
depth_of(int count)
{
	if (count <= 0)
		return THEME_MONO;
	return count >= 256 ? THEME_256 : THEME_BASE;
}

/* A colour this terminal has, else its own. */
static short
color_here(const struct painter *p, short color, short fallback)
{
	if (color == LOOK_DEFAULT)
		return p->has_default_colors ? -1 : fallback;
	return color < COLORS ? color : (short)(color % 8);
}

static attr_t
attr_of(unsigned bits)
{
	static const struct {
		unsigned bit;
		attr_t attr;
	} map[] = {
		{ LOOK_BOLD, A_BOLD },
		{ LOOK_DIM, A_DIM },
		{ LOOK_UNDERLINE, A_UNDERLINE },
		{ LOOK_REVERSE, A_REVERSE },
	};
	attr_t attr = A_NORMAL;
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (bits & map[i].bit)
			attr |= map[i].attr;
	}
	return attr;
}

/* Pairs are shared by equal looks; when none is left the default pair serves. */
static short
pair_for(struct painter *p, short fg, short bg, struct pairs *known)
{
	short i;

	if (fg == LOOK_DEFAULT && bg == LOOK_DEFAULT)
		return 0;
	for (i = 1; i <= known->count; i++) {
		if (known->looks[i].fg == fg && known->looks[i].bg == bg)
			return i;
	}
	if (known->count + 1 >= COLOR_PAIRS)
		return 0;
	known->looks[++known->count] = (struct look){ fg, bg, 0 };
	init_pair(known->count, color_here(p, fg, COLOR_WHITE), color_here(p, bg, COLOR_BLACK));
	return known->count;
}

static void
set_looks(struct painter *p)
{
	struct look over = theme_look(p->theme, ROLE_SELECTION, p->depth);
	struct pairs known = { .count = 0 };
	int i;

	for (i = 0; i < role_count; i++) {
		struct look look = theme_look(p->theme, (enum role)i, p->depth);

		p->attrs[i] = attr_of(look.attrs);
		if (p->depth == THEME_MONO)
			continue;
		p->pairs[i] = pair_for(p, look.fg, look.bg, &known);
		p->selected[i] = pair_for(p, over.fg == LOOK_DEFAULT ? look.fg : over.fg,
			over.bg == LOOK_DEFAULT ? look.bg : over.bg, &known);
	}
}

struct painter *
painter_new(const struct term *t, const struct theme *theme, bool is_ascii, bool has_color)
{
	struct painter *p = mem_alloc(sizeof(*p));

	memset(p, 0, sizeof(*p));
	p->theme = theme;
	p->is_ascii = is_ascii || term_is_ascii(t);
	p->depth = has_color ? depth_of(term_colors(t)) : THEME_MONO;
	if (p->depth != THEME_MONO)
		p->has_default_colors = use_default_colors() == OK;
	set_looks(p);
	return p;
}

void
painter_free(struct painter *p)
{
	if (p == NULL)
		return;
	arena_release(&p->arena);
	free(p);
}

bool
painter_is_ascii(const struct painter *p)
{
	return p->is_ascii;
}

struct arena *
painter_arena(struct painter *p)
{
	return &p->arena;
}

void
painter_begin(struct painter *p)
{
	arena_release(&p->arena);
	getmaxyx(stdscr, p->rows, p->columns);
	erase();
}

/* What of a cell shows where there is no letter: nothing but the ground of the screen? */
static bool
is_plain_ground(attr_t attr, short pair)
{
	short fg, ground, bg;

	if (attr & (A_REVERSE | A_UNDERLINE))
		return false;
	return pair_content(0, &fg, &ground) == OK && pair_content(pair, &fg, &bg) == OK &&
	       bg == ground;
}

/* Blanks between two words that have looks keep the look of the first: nobody sees it, and the line
 * is spared a change to the plain look and back. */
static void
join_gaps(struct painter *p, int row)
{
	attr_t attr, left = A_NORMAL;
	short pair, left_pair = 0;
	int column, end = -1; /* behind the last letter */

	for (column = 0; column < p->columns; column++) {
		wchar_t text[CCHARW_MAX + 1] = { 0 };
		cchar_t cell;

		if (mvin_wch(row, column, &cell) == ERR ||
			getcchar(&cell, text, &attr, &pair, NULL) == ERR)
			return;
		attr &= A_ATTRIBUTES & ~A_COLOR;
		if (text[0] == L' ' && text[1] == 0 && attr == A_NORMAL && pair == 0)
			continue;
		if (end >= 0 && column > end && column - end <= GAP_MAX &&
			(attr != A_NORMAL || pair != 0) && is_plain_ground(attr, pair) &&
			is_plain_ground(left, left_pair))
			mvchgat(row, end, column - end, left, left_pair, NULL);
		left = attr;
		left_pair = pair;
		end = column + 1;
	}
}

void
painter_end(struct painter *p, int cursor_row, int cursor_column, bool is_cursor_shown)
{
	bool is_shown = cursor_row >= 0 && cursor_row < p->rows && cursor_column >= 0 &&
			cursor_column < p->columns;

	int row;

	for (row = 0; row < p->rows; row++)
		join_gaps(p, row);
	curs_set(is_cursor_shown ? 1 : 0);
	if (is_shown)
		move(cursor_row, cursor_column);
	wnoutrefresh(stdscr);
	doupdate();
}

/* A selection in reverse is of one look: colours would make patches of it, and every change of look
 * is bytes that a slow line waits for. Its glyphs and words say what the colours said. */
static void
set_role(struct painter *p, enum role role, enum role selection)
{
	attr_t attr = p->attrs[role];
	short pair = p->pairs[role];

	if (selection == ROLE_SELECTION && p->attrs[selection] & A_REVERSE) {
		attr = A_NORMAL;
		pair = p->pairs[selection];
	} else if (selection == ROLE_SELECTION) {
		pair = p->selected[role];
	}
	if (selection != ROLE_TEXT)
		attr |= p->attrs[selection];
	attr_set(attr, pair, NULL);
}

static int
put(struct painter *p, int row, int column, int columns, enum role role, struct safe text,
	enum role selection)
{
	struct safe fits;

	if (row < 0 || row >= p->rows || column < 0 || column >= p->columns)
		return 0;
	if (columns > p->columns - column)
		columns = p->columns - column;
	if (columns <= 0)
		return 0;
	if (p->is_ascii)
		text = safe_ascii(&p->arena, text);
	fits = safe_clip(text, (unsigned)columns);
	set_role(p, role, selection);
	mvaddnstr(row, column, fits.text.p ? fits.text.p : "", (int)fits.text.n);
	attr_set(A_NORMAL, 0, NULL);
	return (int)fits.width;
}

int
paint_text(struct painter *p, int row, int column, int columns, enum role role, struct safe text)
{
	return put(p, row, column, columns, role, text, ROLE_TEXT);
}

int
paint_words(struct painter *p, int row, int column, int columns, enum role role, const char *ours)
{
	return put(p, row, column, columns, role, safe_literal(ours), ROLE_TEXT);
}

static struct safe
glyph_safe(const struct painter *p, enum glyph glyph)
{
	return (struct safe){ str_of(glyph_text(glyph, p->is_ascii)), 1 };
}

/* Glyphs are of the right set already and must not be escaped as foreign text. */
static int
put_glyph(struct painter *p, int row, int column, enum role role, enum glyph glyph,
	enum role selection)
{
	struct safe text = glyph_safe(p, glyph);

	if (row < 0 || row >= p->rows || column < 0 || column >= p->columns)
		return 0;
	set_role(p, role, selection);
	mvaddnstr(row, column, text.text.p, (int)text.text.n);
	attr_set(A_NORMAL, 0, NULL);
	return 1;
}

int
paint_glyph(struct painter *p, int row, int column, enum role role, enum glyph glyph)
{
	return put_glyph(p, row, column, role, glyph, ROLE_TEXT);
}

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

/* Blanks of a selected row are painted, others are there already. */
static int
blanks(struct painter *p, int row, int column, int count, enum role selection)
{
	int i;

	if (selection == ROLE_TEXT)
		return count;
	for (i = 0; i < count; i++)
		put(p, row, column + i, 1, ROLE_TEXT, safe_literal(" "), selection);
	return count;
}

int
paint_pointer(struct painter *p, int row, int column, enum role selection)
{
	return put_glyph(p, row, column, ROLE_TEXT, GLYPH_POINTER, selection);
}

/* The span without its first cells; *skip is what is still to leave out. */
static struct safe
without(struct safe text, int *skip)
{
	struct safe cut;

	if ((int)text.width <= *skip) {
		*skip -= (int)text.width;
		return safe_literal("");
	}
	cut = safe_clip(text, (unsigned)*skip);
	*skip = 0;
	return (struct safe){ str_skip(text.text, cut.text.n), text.width - cut.width };
}

int
paint_line(struct painter *p, int row, int column, int columns, const struct line *line, int skip,
	enum role selection)
{
	int at = column, end = column + columns, indent = (int)line->indent;
	int named = line->named > 0 ? column + (int)line->named - skip : end;
	size_t i;

	at += blanks(p, row, at, min_int(indent > skip ? indent - skip : 0, columns), selection);
	skip = indent > skip ? 0 : skip - indent;
	for (i = 0; i < line->count && at < end; i++) {
		const struct span *s = &line->spans[i];
		struct safe text;

		if (s->glyph == GLYPH_NONE) {
			text = without(s->text, &skip);
			at += put(p, row, at, end - at, s->role, text,
				at < named ? selection : ROLE_TEXT);
		} else if (skip > 0) {
			skip--;
		} else {
			at += put_glyph(
				p, row, at, s->role, s->glyph, at < named ? selection : ROLE_TEXT);
		}
	}
	if (selection != ROLE_TEXT && named >= end)
		at += blanks(p, row, at, end - at, selection);
	return at - column;
}

void
paint_vertical(struct painter *p, int row, int column, int rows)
{
	int i;

	for (i = 0; i < rows; i++)
		paint_glyph(p, row + i, column, ROLE_RULE, GLYPH_VERTICAL);
}

void
paint_rule(struct painter *p, int row, int column, int columns, const char *left, const char *right)
{
	struct safe head = safe_literal(left != NULL ? left : "");
	struct safe tail = safe_literal(right != NULL ? right : "");
	int i;

	for (i = 0; i < columns; i++)
		paint_glyph(p, row, column + i, ROLE_RULE, GLYPH_RULE);
	if (head.width > 0 && columns > 8) {
		head = safe_shorten(&p->arena, head, (unsigned)columns - 6);
		paint_words(p, row, column + 2, 1, ROLE_RULE, " ");
		paint_text(p, row, column + 3, columns - 4, ROLE_HEADER, head);
		paint_words(p, row, column + 3 + (int)head.width, 1, ROLE_RULE, " ");
	}
	if (tail.width > 0 && (int)(head.width + tail.width) + 10 < columns) {
		i = column + columns - (int)tail.width - 4;
		paint_words(p, row, i, 1, ROLE_RULE, " ");
		paint_text(p, row, i + 1, (int)tail.width, ROLE_TEXT, tail);
		paint_words(p, row, i + 1 + (int)tail.width, 1, ROLE_RULE, " ");
	}
}

void
paint_bar(struct painter *p, int row, int columns, enum role role, struct safe left,
	struct safe right)
{
	int room;

	set_role(p, role, ROLE_TEXT);
	if (row >= 0 && row < p->rows) {
		int column;

		for (column = 0; column < columns && column < p->columns; column++)
			mvaddch(row, column, ' ');
	}
	attr_set(A_NORMAL, 0, NULL);
	room = columns - (int)right.width;
	if (room < 0)
		room = 0;
	paint_text(p, row, 0, room, role, left);
	paint_text(p, row, room, columns - room, role, right);
}
