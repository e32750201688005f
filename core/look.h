/*
 * look: roles, glyphs and words of states. Roles say what text is; themes say how it looks. Glyphs
 * are named; the renderer chooses UTF-8 or ASCII.
 */
#ifndef STS_LOOK_H
#define STS_LOOK_H

#include "core/finding.h"

enum role {
#define ROLE(constant, name, purpose) ROLE_##constant,
#include "core/roles.def"
#undef ROLE
	role_count
};
const char *role_name(enum role r);

enum glyph {
	GLYPH_NONE,
	GLYPH_WAIT,
	GLYPH_RUN,
	GLYPH_OK,
	GLYPH_WARN,
	GLYPH_FAIL,
	GLYPH_SKIP,
	GLYPH_NOT_REACHED,
	GLYPH_UNKNOWN,
	GLYPH_INFO,
	GLYPH_POINTER,
	GLYPH_RULE, /* also a line in clear text */
	GLYPH_BAR, /* the done part of a progress bar */
	GLYPH_BAR_LEFT,
	GLYPH_BAR_RIGHT,
	GLYPH_VERTICAL,
	GLYPH_DOUBLE, /* a line inside TLS */
	glyph_count
};
const char *glyph_text(enum glyph g, bool is_ascii); /* one cell; "" for GLYPH_NONE */
enum glyph state_glyph(enum state s);
const char *state_word(enum state s); /* "OK" "WARN" "FAIL" "???" "SKIP" "N/R" "RUN" "WAIT" */
enum role state_role(enum state s);
enum severity state_severity(enum state s);
const char *severity_word(enum severity s); /* "ok" "info" "warn" "???" "error" */
enum glyph severity_glyph(enum severity s);
enum role severity_role(enum severity s);

#endif
