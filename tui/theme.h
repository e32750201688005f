/*
 * theme: how each role looks. Line-based text, shipped ones compiled in (themes/).
 *
 * A theme file never stops the program: what is wrong in it is a warning that names line and word.
 * Colours are terminal indexes; LOOK_DEFAULT is the terminal's own colour. Nothing here knows
 * curses: the painter turns looks into attributes.
 */
#ifndef STS_THEME_H
#define STS_THEME_H

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
/* Theme text over what it inherits. Warnings are one line each: "line 12: unknown colour ..." */
void theme_parse(struct str text, struct arena *a, struct theme *out, struct strs *warnings);
/* What a role is for, in words. */
const char *theme_role_purpose(enum role role);
struct look theme_look(const struct theme *t, enum role role, enum theme_depth depth);

#endif
