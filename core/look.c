#include "core/look.h"

#include <assert.h>

static const char *const role_names[role_count] = {
#define ROLE(constant, name, purpose) name,
#include "core/roles.def"
#undef ROLE
};

static const char *const glyphs[glyph_count][2] = {
	[GLYPH_NONE] = { "", "" },
	[GLYPH_WAIT] = { "◌", "." },
	[GLYPH_RUN] = { "▸", ">" },
	[GLYPH_OK] = { "✓", "+" },
	[GLYPH_WARN] = { "!", "!" },
	[GLYPH_FAIL] = { "✗", "X" },
	[GLYPH_SKIP] = { "⊘", "~" },
	[GLYPH_NOT_REACHED] = { "-", "-" },
	[GLYPH_UNKNOWN] = { "?", "?" },
	[GLYPH_INFO] = { "i", "i" },
	[GLYPH_POINTER] = { "▸", ">" },
	[GLYPH_RULE] = { "─", "-" },
	[GLYPH_BAR] = { "█", "#" },
	[GLYPH_BAR_LEFT] = { "▕", "[" },
	[GLYPH_BAR_RIGHT] = { "▏", "]" },
	[GLYPH_VERTICAL] = { "│", "|" },
	[GLYPH_DOUBLE] = { "═", "=" },
};

struct look {
	enum glyph glyph;
	enum role role;
	const char *word;
	enum severity severity;
};

static const struct look states[] = {
	[STATE_WAITING] = { GLYPH_WAIT, ROLE_STATE_WAIT, "WAIT", SEVERITY_OK },
	[STATE_RUNNING] = { GLYPH_RUN, ROLE_STATE_RUN, "RUN", SEVERITY_OK },
	[STATE_OK] = { GLYPH_OK, ROLE_STATE_OK, "OK", SEVERITY_OK },
	[STATE_WARN] = { GLYPH_WARN, ROLE_STATE_WARN, "WARN", SEVERITY_WARNING },
	[STATE_FAIL] = { GLYPH_FAIL, ROLE_STATE_FAIL, "FAIL", SEVERITY_ERROR },
	[STATE_INCONCLUSIVE] = { GLYPH_UNKNOWN, ROLE_STATE_UNKNOWN, "???", SEVERITY_INCONCLUSIVE },
	[STATE_SKIPPED] = { GLYPH_SKIP, ROLE_STATE_SKIP, "SKIP", SEVERITY_OK },
	[STATE_NOT_REACHED] = { GLYPH_NOT_REACHED, ROLE_STATE_NR, "N/R", SEVERITY_OK },
};

static const struct look severities[] = {
	[SEVERITY_OK] = { GLYPH_OK, ROLE_STATE_OK, "ok", SEVERITY_OK },
	[SEVERITY_INFO] = { GLYPH_INFO, ROLE_SEV_INFO, "info", SEVERITY_INFO },
	[SEVERITY_WARNING] = { GLYPH_WARN, ROLE_SEV_WARNING, "warn", SEVERITY_WARNING },
	[SEVERITY_INCONCLUSIVE] = { GLYPH_UNKNOWN, ROLE_STATE_UNKNOWN, "???",
		SEVERITY_INCONCLUSIVE },
	[SEVERITY_ERROR] = { GLYPH_FAIL, ROLE_SEV_ERROR, "error", SEVERITY_ERROR },
};

const char *
role_name(enum role r)
{
	assert(r < role_count);
	return role_names[r];
}

const char *
glyph_text(enum glyph g, bool is_ascii)
{
	assert(g < glyph_count);
	return glyphs[g][is_ascii ? 1 : 0];
}

enum glyph
state_glyph(enum state s)
{
	return states[s].glyph;
}

const char *
state_word(enum state s)
{
	return states[s].word;
}

enum role
state_role(enum state s)
{
	return states[s].role;
}

enum severity
state_severity(enum state s)
{
	return states[s].severity;
}

enum glyph
severity_glyph(enum severity s)
{
	return severities[s].glyph;
}

enum role
severity_role(enum severity s)
{
	return severities[s].role;
}

const char *
severity_word(enum severity s)
{
	return severities[s].word;
}
