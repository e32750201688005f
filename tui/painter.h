/*
 * painter: safe text on the screen. Only cells inside the given box are ever touched, whatever the
 * text: it can only come as spans, and is clipped by its width in cells.
 */
#ifndef STS_PAINTER_H
#define STS_PAINTER_H

#include "core/doc.h"
#include "tui/term.h"
#include "tui/theme.h"

struct painter;

/* The theme must outlive the painter. What the terminal cannot do is not done. */
struct painter *
painter_new(const struct term *t, const struct theme *theme, bool is_ascii, bool has_color);
void painter_free(struct painter *p);

/* A frame: begin erases the picture in memory, end sends what differs from the screen. */
void painter_begin(struct painter *p);
void painter_end(struct painter *p, int cursor_row, int cursor_column, bool is_cursor_shown);

/* Each paints at most columns cells from column on and returns the cells used. */
int
paint_text(struct painter *p, int row, int column, int columns, enum role role, struct safe text);
int
paint_words(struct painter *p, int row, int column, int columns, enum role role, const char *ours);
int paint_glyph(struct painter *p, int row, int column, enum role role, enum glyph glyph);
/* selection: ROLE_TEXT for a row that is not selected. The first skip cells are left out. */
int paint_line(struct painter *p, int row, int column, int columns, const struct line *line,
	int skip, enum role selection);
void paint_vertical(struct painter *p, int row, int column, int rows);
/* The mark of the selected row. */
int paint_pointer(struct painter *p, int row, int column, enum role selection);
/* Rule from edge to edge, with text at the left and at the right (either may be NULL). */
void paint_rule(
	struct painter *p, int row, int column, int columns, const char *left, const char *right);
/* A whole row in one role, text left and right: title and key bar. */
void paint_bar(struct painter *p, int row, int columns, enum role role, struct safe left,
	struct safe right);
bool painter_is_ascii(const struct painter *p);
struct arena *painter_arena(struct painter *p); /* until the next painter_begin() */

#endif
