/*
 * safe: the escaping boundary. Text that may be shown.
 *
 * safe_text() is the single way from bytes to struct safe: C0, C1, DEL and invalid UTF-8 come out
 * as \x1b, line ends and tabs as \n \r \t, bidi controls, zero width, private and unassigned code
 * points, unpaired combining marks and whatever has no certain width as <U+202E>. The result is
 * valid UTF-8 that moves no cursor, and its width in cells is known without asking the locale.
 * A backslash that stands before something that could be read as an escape is not doubled: the
 * exact bytes are always kept beside it as evidence.
 */
#ifndef STS_SAFE_H
#define STS_SAFE_H

#include <stdarg.h>

#include "core/arena.h"
#include "core/str.h"

struct safe {
	struct str text; /* only safe.c makes one from foreign bytes */
	unsigned width; /* terminal cells */
};

/* Foreign bytes made visible, at most max_cells cells ("" and 0 mean no bound; cut with "..."). */
struct safe safe_text(struct arena *a, struct str bytes, unsigned max_cells);
/* The same, but LF is kept: for bodies in JSON and files, never for a screen. The width is that of
 * the widest line. */
struct safe safe_block(struct arena *a, struct str bytes);
/* Our own words: a literal, or a format whose %s arguments are ours or safe already (what is not
 * comes out escaped; a line end is escaped too). */
struct safe safe_literal(const char *literal);
struct safe
safe_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct safe safe_vprintf(struct arena *a, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* US-ASCII only: what is not becomes <U+00FC>. For LC_ALL=C and --ascii. */
struct safe safe_ascii(struct arena *a, struct safe s);
/* The first cells of s; never cuts a character. */
struct safe safe_clip(struct safe s, unsigned cells);
/* s in at most cells, shortened in the middle with "..." when it does not fit. */
struct safe safe_shorten(struct arena *a, struct safe s, unsigned cells);
/* The largest prefix of at most cells that ends before a blank, else at a character; *rest behind
 * it without leading blanks. At least one character, so that wrapping always ends. */
struct safe safe_wrap(struct safe s, unsigned cells, struct safe *rest);

#define SAFE_ARG(s) STR_ARG((s).text)

#endif
