/*
 * doc: a document: rows of role-tagged safe text and tables. What a view makes, and what every
 * renderer and the painter show. No content is written twice.
 *
 * A row knows its identity (so a selection survives updates and resizes) and what Enter on it opens.
 * doc_layout() turns rows into visual lines for a width; it is used by report and console alike.
 */
#ifndef STS_DOC_H
#define STS_DOC_H

#include <stdarg.h>

#include "core/look.h"
#include "core/safe.h"

struct span {
	enum role role;
	enum glyph glyph; /* drawn instead of text when not GLYPH_NONE */
	struct safe text;
};

struct cell {
	struct span *spans;
	size_t count;
	enum glyph fill; /* draws the blanks before the last span, which then stands at the right */
};

/* Columns of a table; widths come from content, then shrink by flex to what there is. */
struct column {
	const char *title;
	unsigned min, max; /* cells; max 0: as wide as its content */
	bool is_flex; /* takes what is left, wraps or is clipped */
	bool is_right; /* right-aligned */
	bool is_middle_cut; /* a name: on screens shortened in the middle */
};

enum row_kind {
	ROW_TEXT, /* one cell, wrapped at indent */
	ROW_FIELD, /* label, value, and perhaps a note at the right: value wraps behind the label */
	ROW_TABLE, /* a row of table: count cells */
	ROW_TABLE_HEAD,
	ROW_HEADING, /* a section: "── Why ───────", perhaps with a note at the right */
	ROW_VERBATIM, /* one cell, never wrapped: clipped on screens, whole in reports */
	ROW_COMMAND, /* label and shell command: broken between words only, with a backslash */
	ROW_BLANK,
};

enum target_kind {
	TARGET_NONE,
	TARGET_STAGE,
	TARGET_HOST,
	TARGET_ADDRESS,
	TARGET_FINDING,
	TARGET_LINE
};

/* What a row is about: where Enter leads, which findings belong to it. */
struct target {
	enum target_kind kind;
	enum stage stage;
	struct str host, address; /* of TARGET_HOST, TARGET_ADDRESS */
	size_t index; /* finding, policy line */
	bool is_of_certs; /* findings about certificates stand before the others */
};

struct row {
	enum row_kind kind;
	struct str id; /* unique in the document, stable over updates; empty: not selectable */
	unsigned indent; /* cells */
	unsigned hang; /* of ROW_TEXT: more indent for all lines but the first */
	struct cell *cells;
	size_t count;
	size_t table; /* index of columns in the document, for ROW_TABLE* */
	enum severity severity; /* of what it tells; SEVERITY_OK when nothing is wrong */
	struct target target;
	bool is_changed; /* since it was looked at last: screens put a mark before it */
	unsigned spare; /* layout_squeeze(): the highest gives way first; 0: never */
};

struct table {
	const struct column *columns;
	size_t count;
	unsigned gap; /* blanks between columns, 2 unless changed */
	size_t spare; /* this column is left out on screens of fewer cells than spare_from */
	unsigned spare_from; /* 0: never */
	size_t named; /* a selection marks these first columns, the rest keeps its looks; 0: all */
};

struct doc {
	struct arena arena;
	struct safe title;
	struct row *rows;
	size_t count, cap;
	struct table *tables;
	size_t table_count;
};

void doc_init(struct doc *d);
void doc_release(struct doc *d);
size_t doc_find(const struct doc *d, struct str id); /* the row's index; SIZE_MAX if absent */

/*
 * Building. Rows are filled from left to right; text is copied into the document's arena. A row is
 * good until the next one is made. Columns must outlive the document.
 */
struct row *doc_row(struct doc *d, enum row_kind kind, unsigned indent);
size_t doc_table(struct doc *d, const struct column *columns, size_t count);
void doc_table_head(struct doc *d, size_t table, unsigned indent); /* the titles */
struct row *doc_table_row(struct doc *d, size_t table, unsigned indent);
void
row_id(struct doc *d, struct row *r, const char *format, ...) __attribute__((format(printf, 3, 4)));
void row_cell(struct doc *d, struct row *r); /* begin the next cell */
void row_span(struct doc *d, struct row *r, enum role role, struct safe text);
void row_text(struct doc *d, struct row *r, enum role role, const char *format, ...)
	__attribute__((format(printf, 4, 5))); /* our own words */
void
row_bytes(struct doc *d, struct row *r, enum role role, struct str bytes); /* through safe_text */
void row_glyph(struct doc *d, struct row *r, enum role role, enum glyph glyph);
/* Bytes made visible, terminated, for the %s of the functions below. */
const char *doc_shown(struct doc *d, struct str bytes);
void row_vtext(struct doc *d, struct row *r, enum role role, const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));
/* Whole rows in one call. */
void doc_heading(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doc_blank(struct doc *d);
void doc_text(struct doc *d, unsigned indent, enum role role, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* "label   value", value any bytes, a row per line; empty values make no row. */
void doc_field(struct doc *d, unsigned indent, const char *label, enum role role, struct str value);
void doc_fieldf(struct doc *d, unsigned indent, const char *label, enum role role,
	const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for commands, one a line. */
void doc_command(struct doc *d, unsigned indent, const char *label, struct str commands);

/* Layout: one visual line after the other. */
struct line {
	size_t row; /* index in the document */
	bool is_first; /* of its row */
	unsigned indent; /* blanks before the spans */
	struct span *spans; /* in order; gaps are spans of blanks */
	size_t count;
	unsigned width; /* cells, with the indent */
	unsigned named; /* cells that a selection marks; 0: the whole line */
};

struct layout {
	struct arena arena;
	struct line *lines;
	size_t count, cap;
	unsigned columns;
};

struct layout_options {
	unsigned columns; /* width, cells; at least 1 */
	bool is_ascii; /* text of the lines is US-ASCII: safe_ascii() changes widths */
	bool clips; /* screens: over-long lines are clipped, tables shortened; else wrapped */
};

/*
 * No line is wider than columns, and no character is cut; only verbatim rows and commands may be,
 * where nothing clips. Borrows from the document.
 */
void doc_layout(const struct doc *d, const struct layout_options *options, struct layout *out);
/*
 * At most this many lines, if rows that can be spared allow it: each keeps its first line, and says
 * that it goes on, until no other has more; commands go whole.
 */
void layout_squeeze(struct layout *l, const struct doc *d, size_t lines);
void layout_release(struct layout *l);

#endif
