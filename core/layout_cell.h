/*
 * layout_cell: one cell of a document as the lines it takes at a width. Used by layout.c only.
 */
#ifndef STS_LAYOUT_CELL_H
#define STS_LAYOUT_CELL_H

#include "core/doc.h"

/* One visual line of one cell. */
struct piece {
	struct span *spans;
	size_t count, cap;
	unsigned width;
};

struct block {
	struct piece *pieces;
	size_t count, cap;
	unsigned hang; /* cells that all lines but the first must leave free */
};

unsigned cell_width(const struct cell *c);
void piece_room(struct arena *a, struct piece *p, size_t spans); /* for so many more */
void piece_add(struct arena *a, struct piece *p, struct span span);
void piece_blanks(struct arena *a, struct piece *p, unsigned cells);
void
piece_glyphs(struct arena *a, struct piece *p, enum role role, enum glyph glyph, unsigned cells);

/* Lines of at most width cells (at least 1), broken between words where that is possible. */
void wrap_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b);
/* One line of at most width cells; what is left out shows as "...". */
void clip_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b);
/* The same for names: the last span is shortened in the middle. */
void shorten_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b);
/* A shell command, broken between words with a backslash; clipped, or whole where it cannot be. */
void
wrap_command(struct arena *a, const struct cell *c, unsigned width, bool clips, struct block *b);

#endif
