/*
 * theme: how each role looks. Line-based text, shipped ones compiled in (themes/).
 *
 * A theme file never stops the program: what is wrong in it is a warning that names line and word.
 * Colours are terminal indexes; LOOK_DEFAULT is the terminal's own colour. Nothing here knows
 * curses: the painter turns looks into attributes.
 */
#ifndef STS_THEME_H
#define STS_THEME_H

#include "core/buf.h"
#include "core/doc.h"

#define LOOK_DEFAULT (-1)

enum look_attr { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct look {
	short fg, bg; /* -1 or 0..255 */
	unsigned attrs; /* enum look_attr */
};

/* Which looks a terminal can show. */
enum theme_depth { THEME_MONO, THEME_BASE, THEME_256 };

struct theme {
	struct str name;
	/* Per depth: the base look, what [roles.256] changes, what [roles.mono] says. */
	struct look base[role_count], rich[role_count], mono[role_count];
	bool has_rich[role_count], has_mono[role_count];
};

/* The name of a shipped theme; false when there is none of that name. */
bool theme_shipped(struct str name, struct arena *a, struct theme *out, struct strs *warnings);
/* Theme text over what it inherits. Warnings are one line each, with the role: "line 12: rule: unknown
 * colour ..." */
void theme_parse(struct str text, struct arena *a, struct theme *out, struct strs *warnings);
/* A theme of the user's folders, as it stands there: it may be wrong. */
struct theme_file {
	struct str name, path, text;
};

struct theme_files {
	struct theme_file *v;
	size_t n;
};

/* The text of a shipped theme; empty when there is none of that name. */
struct str theme_shipped_text(struct str name);
/* The shipped theme that suits the background that $COLORFGBG tells ("15;0"); NULL or odd:
 * terminal. */
const char *theme_of_background(const char *colorfgbg);
/* "red bold", "208 on 17 reverse": what a role looks like. */
struct str
theme_words(const struct theme *t, enum role role, enum theme_depth depth, struct arena *a);
/* A theme's text under comments that name every role and what it is for. */
void theme_dump(struct str text, struct buf *out);
/* What a role is for, in words. */
const char *theme_role_purpose(enum role role);
struct look theme_look(const struct theme *t, enum role role, enum theme_depth depth);

#endif
