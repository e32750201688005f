#include "tui/painter.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>

struct painter {
	const struct theme *theme;
	bool is_ascii;
	enum theme_depth depth;
	bool has_default_colors;
	attr_t attrs[role_count];
	short pairs[role_count];
	struct arena arena; /* of the frame */
	int rows, columns;
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
pair_for(struct painter *p, struct look look, struct look *known, short *count)
{
	short i;

	if (look.fg == LOOK_DEFAULT && look.bg == LOOK_DEFAULT)
		return 0;
	for (i = 1; i <= *count; i++) {
		if (known[i].fg == look.fg && known[i].bg == look.bg)
			return i;
	}
	if (*count + 1 >= COLOR_PAIRS)
		return 0;
	++*count;
	known[*count] = look;
	init_pair(*count, color_here(p, look.fg, COLOR_WHITE), color_here(p, look.bg, COLOR_BLACK));
	return *count;
}

struct painter *
painter_new(const struct term *t, const struct theme *theme)
{
	struct painter *p = mem_alloc(sizeof(*p));
	struct look known[role_count + 1];
	short count = 0;
	int i;

	memset(p, 0, sizeof(*p));
	p->theme = theme;
	p->is_ascii = term_is_ascii(t);
	p->depth = depth_of(term_colors(t));
	if (p->depth != THEME_MONO)
		p->has_default_colors = use_default_colors() == OK;
	for (i = 0; i < role_count; i++) {
		struct look look = theme_look(theme, (enum role)i, p->depth);

		p->attrs[i] = attr_of(look.attrs);
		if (p->depth != THEME_MONO)
			p->pairs[i] = pair_for(p, look, known, &count);
	}
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

void
painter_end(struct painter *p, int cursor_row, int cursor_column)
{
	bool is_shown = cursor_row >= 0 && cursor_row < p->rows && cursor_column >= 0 &&
			cursor_column < p->columns;

	curs_set(0);
	if (is_shown)
		move(cursor_row, cursor_column);
	wnoutrefresh(stdscr);
	doupdate();
}

static void
set_role(struct painter *p, enum role role, bool is_selected)
{
	attr_t attr = p->attrs[role];

	if (is_selected)
		attr |= p->attrs[ROLE_SELECTION];
	attr_set(attr, p->pairs[role], NULL);
}

static int
put(struct painter *p, int row, int column, int columns, enum role role, struct safe text,
	bool is_selected)
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
	set_role(p, role, is_selected);
	mvaddnstr(row, column, fits.text.p ? fits.text.p : "", (int)fits.text.n);
	attr_set(A_NORMAL, 0, NULL);
	return (int)fits.width;
}

int
paint_text(struct painter *p, int row, int column, int columns, enum role role, struct safe text)
{
	return put(p, row, column, columns, role, text, false);
}

int
paint_words(struct painter *p, int row, int column, int columns, enum role role, const char *ours)
{
	return put(p, row, column, columns, role, safe_literal(ours), false);
}

static struct safe
glyph_safe(const struct painter *p, enum glyph glyph)
{
	return (struct safe){ str_of(glyph_text(glyph, p->is_ascii)), 1 };
}

/* Glyphs are of the right set already and must not be escaped as foreign text. */
static int
put_glyph(
	struct painter *p, int row, int column, enum role role, enum glyph glyph, bool is_selected)
{
	struct safe text = glyph_safe(p, glyph);

	if (row < 0 || row >= p->rows || column < 0 || column >= p->columns)
		return 0;
	set_role(p, role, is_selected);
	mvaddnstr(row, column, text.text.p, (int)text.text.n);
	attr_set(A_NORMAL, 0, NULL);
	return 1;
}

int
paint_glyph(struct painter *p, int row, int column, enum role role, enum glyph glyph)
{
	return put_glyph(p, row, column, role, glyph, false);
}

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

/* Blanks of a selected row are painted, others are there already. */
static int
blanks(struct painter *p, int row, int column, int count, bool is_selected)
{
	int i;

	if (!is_selected)
		return count;
	for (i = 0; i < count; i++)
		put(p, row, column + i, 1, ROLE_TEXT, safe_literal(" "), true);
	return count;
}

int
paint_pointer(struct painter *p, int row, int column)
{
	return put_glyph(p, row, column, ROLE_TEXT, GLYPH_POINTER, true);
}

int
paint_line(struct painter *p, int row, int column, int columns, const struct line *line,
	bool is_selected)
{
	int at = column, end = column + columns;
	size_t i;

	at += blanks(p, row, at, min_int((int)line->indent, columns), is_selected);
	for (i = 0; i < line->count && at < end; i++) {
		const struct span *s = &line->spans[i];

		if (s->glyph != GLYPH_NONE)
			at += put_glyph(p, row, at, s->role, s->glyph, is_selected);
		else
			at += put(p, row, at, end - at, s->role, s->text, is_selected);
	}
	if (is_selected)
		at += blanks(p, row, at, end - at, true);
	return at - column;
}

void
paint_rule(struct painter *p, int row, int columns, const char *left, const char *right)
{
	struct safe head = safe_literal(left != NULL ? left : "");
	struct safe tail = safe_literal(right != NULL ? right : "");
	int column;

	for (column = 0; column < columns; column++)
		paint_glyph(p, row, column, ROLE_RULE, GLYPH_RULE);
	if (head.width > 0 && (int)head.width + 4 < columns) {
		paint_words(p, row, 2, 1, ROLE_RULE, " ");
		paint_text(p, row, 3, columns - 4, ROLE_HEADER, head);
		paint_words(p, row, 3 + (int)head.width, 1, ROLE_RULE, " ");
	}
	if (tail.width > 0 && (int)(head.width + tail.width) + 10 < columns) {
		column = columns - (int)tail.width - 4;
		paint_words(p, row, column, 1, ROLE_RULE, " ");
		paint_text(p, row, column + 1, (int)tail.width, ROLE_TEXT, tail);
		paint_words(p, row, column + 1 + (int)tail.width, 1, ROLE_RULE, " ");
	}
}

void
paint_bar(struct painter *p, int row, int columns, enum role role, struct safe left,
	struct safe right)
{
	int room;

	set_role(p, role, false);
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
