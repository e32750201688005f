#include "tui/theme.h"

#include <string.h>

#include "core/embed.h"
#include "tui/options.h"

/* How a theme line is read: which looks it fills. */
enum section { SECTION_HEAD, SECTION_PALETTE, SECTION_ROLES, SECTION_RICH, SECTION_MONO };

struct reader {
	struct arena *arena;
	struct theme *theme;
	struct strs *warnings;
	struct strs names, values; /* of the palette */
	enum section section;
	struct str role; /* that the line is about; empty: none */
	bool has_own_rich[role_count]; /* said by this theme, not by one that it inherits from */
	unsigned line;
	unsigned depth; /* of inheritance */
};

#define THEME_DEPTH_MAX 8

static const struct {
	const char *name;
	short color;
} colors[] = {
	{ "black", 0 },
	{ "blue", 4 },
	{ "cyan", 6 },
	{ "default", LOOK_DEFAULT },
	{ "green", 2 },
	{ "magenta", 5 },
	{ "red", 1 },
	{ "white", 7 },
	{ "yellow", 3 },
};

static const struct {
	const char *name;
	unsigned attr;
} attrs[] = {
	{ "bold", LOOK_BOLD },
	{ "dim", LOOK_DIM },
	{ "normal", 0 },
	{ "reverse", LOOK_REVERSE },
	{ "underline", LOOK_UNDERLINE },
};

static bool parse_theme(struct reader *r, struct str text);

/* near may be NULL. */
static void
warn(struct reader *r, const char *what, struct str word, const char *near)
{
	arena_push(r->arena, r->warnings,
		arena_printf(r->arena, "line %u: %.*s%s%s \"%.*s\"%s%s%s", r->line,
			STR_ARG(r->role), r->role.n > 0 ? ": " : "", what, STR_ARG(word),
			near != NULL ? " (did you mean \"" : "", near != NULL ? near : "",
			near != NULL ? "\"?)" : ""));
}

static const char *
near_color(struct str word)
{
	const char *names[sizeof(colors) / sizeof(colors[0])];
	size_t i;

	for (i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		names[i] = colors[i].name;
	return near_word(word, names, i);
}

static const char *
near_attr(struct str word)
{
	const char *names[sizeof(attrs) / sizeof(attrs[0])];
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		names[i] = attrs[i].name;
	return near_word(word, names, i);
}

static const char *
near_role(struct str word)
{
	const char *names[role_count];
	int i;

	for (i = 0; i < role_count; i++)
		names[i] = role_name((enum role)i);
	return near_word(word, names, role_count);
}

static bool
hex_pair(struct str text, unsigned *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < 2; i++) {
		char c = i < text.n ? ascii_lower(text.p[i]) : 'x';

		if (ascii_is_digit(c))
			*out = *out * 16 + (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*out = *out * 16 + (unsigned)(c - 'a') + 10;
		else
			return false;
	}
	return true;
}

/* "#rrggbb" as the nearest of the 6x6x6 cube (16 to 231): the user's palette is never changed. */
static bool
parse_hex(struct str word, short *out)
{
	unsigned part[3], i, index = 16, weight = 36;

	if (word.n != 7 || word.p[0] != '#')
		return false;
	for (i = 0; i < 3; i++) {
		if (!hex_pair(str_sub(word, 1 + 2 * i, 2), &part[i]))
			return false;
		/* Levels of the cube: 0, 95, 135, 175, 215, 255. */
		index += weight * (part[i] < 48 ? 0 : part[i] < 115 ? 1 : (part[i] - 35) / 40);
		weight /= 6;
	}
	*out = (short)index;
	return true;
}

static bool
parse_color(struct reader *r, struct str word, short *out)
{
	uint64_t number;
	size_t i;

	for (i = 0; i < r->names.n; i++) {
		if (str_eq(r->names.v[i], word))
			word = r->values.v[i];
	}
	if (parse_hex(word, out))
		return true;
	if (str_to_u64(word, 255, &number)) {
		*out = (short)number;
		return true;
	}
	for (i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (str_is_nocase(word, colors[i].name)) {
			*out = colors[i].color;
			return true;
		}
	}
	return false;
}

static bool
parse_attr(struct str word, unsigned *out)
{
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		if (str_is_nocase(word, attrs[i].name)) {
			*out |= attrs[i].attr;
			return true;
		}
	}
	return false;
}

/* "fg [bg] [attr,attr]"; in the mono section only attributes. */
static bool
parse_look(struct reader *r, struct str value, struct look *out)
{
	unsigned place = r->section == SECTION_MONO ? 2 : 0;
	struct str word;

	*out = (struct look){ LOOK_DEFAULT, LOOK_DEFAULT, 0 };
	while (value.n > 0) {
		size_t end = 0;

		while (end < value.n && !ascii_is_wsp(value.p[end]) && value.p[end] != ',')
			end++;
		word = str_sub(value, 0, end);
		value = str_skip(value, end + 1);
		if (word.n == 0)
			continue;
		if (place == 0 && parse_color(r, word, &out->fg)) {
			place = 1;
		} else if (place == 1 && parse_color(r, word, &out->bg)) {
			place = 2;
		} else if (!parse_attr(word, &out->attrs)) {
			warn(r, place < 2 ? "unknown colour" : "unknown attribute", word,
				place < 2 ? near_color(word) : near_attr(word));
			return false;
		}
	}
	return true;
}

static void
set_role(struct reader *r, struct str name, struct str value)
{
	struct look look;
	int i;

	for (i = 0; i < role_count; i++) {
		if (str_is(name, role_name((enum role)i)))
			break;
	}
	if (i == role_count) {
		warn(r, "unknown role", name, near_role(name));
		return;
	}
	r->role = name;
	if (!parse_look(r, value, &look)) {
		r->role = STR_EMPTY;
		return;
	}
	r->role = STR_EMPTY;
	if (r->section == SECTION_MONO) {
		r->theme->mono[i] = look;
		r->theme->has_mono[i] = true;
	} else if (r->section == SECTION_RICH) {
		r->theme->rich[i] = look;
		r->theme->has_rich[i] = r->has_own_rich[i] = true;
	} else {
		r->theme->base[i] = look;
		/* What this theme says stands over all that was inherited. */
		r->theme->has_rich[i] = r->has_own_rich[i];
	}
}

static bool
inherit(struct reader *r, struct str name)
{
	struct reader parent = *r;
	const struct embedded *e;

	for (e = shipped_themes; e->name != NULL; e++) {
		if (!str_is(name, e->name))
			continue;
		parent.depth++;
		parent.section = SECTION_HEAD;
		parent.line = 0;
		memset(parent.has_own_rich, 0, sizeof(parent.has_own_rich));
		return parent.depth < THEME_DEPTH_MAX &&
		       parse_theme(&parent, (struct str){ e->text, e->size });
	}
	return false;
}

static void
set_head(struct reader *r, struct str name, struct str value)
{
	if (str_is(name, "name"))
		r->theme->name = arena_str(r->arena, value);
	else if (!str_is(name, "inherit"))
		warn(r, "unknown setting", name, NULL);
	else if (!inherit(r, value))
		warn(r, "cannot inherit from", value, NULL);
}

static bool
set_section(struct reader *r, struct str line)
{
	static const struct {
		const char *name;
		enum section section;
	} sections[] = {
		{ "[palette]", SECTION_PALETTE },
		{ "[roles]", SECTION_ROLES },
		{ "[roles.256]", SECTION_RICH },
		{ "[roles.mono]", SECTION_MONO },
	};
	size_t i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (str_is(line, sections[i].name)) {
			r->section = sections[i].section;
			return true;
		}
	}
	return false;
}

/* A comment begins the line, or stands behind a blank and is no colour. */
static size_t
comment_at(struct str line)
{
	size_t i;
	short color;

	for (i = 0; i < line.n; i++) {
		if (line.p[i] == '#' && (i == 0 || ascii_is_wsp(line.p[i - 1])) &&
			!parse_hex(str_sub(line, i, 7), &color))
			return i;
	}
	return line.n;
}

static void
parse_line(struct reader *r, struct str line)
{
	size_t equal;
	struct str name, value;

	line = str_trim(str_sub(line, 0, comment_at(line)));
	if (line.n == 0 || (line.p[0] == '[' && set_section(r, line)))
		return;
	equal = str_find(line, '=');
	if (equal == line.n) {
		warn(r, "no name = value", line, NULL);
		return;
	}
	name = str_trim(str_sub(line, 0, equal));
	value = str_trim(str_skip(line, equal + 1));
	switch (r->section) {
	case SECTION_HEAD:
		set_head(r, name, value);
		break;
	case SECTION_PALETTE:
		arena_push(r->arena, &r->names, arena_str(r->arena, name));
		arena_push(r->arena, &r->values, arena_str(r->arena, value));
		break;
	case SECTION_ROLES:
	case SECTION_RICH:
	case SECTION_MONO:
		set_role(r, name, value);
		break;
	}
}

static bool
parse_theme(struct reader *r, struct str text)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		r->line++;
		parse_line(r, line);
	}
	return true;
}

void
theme_parse(struct str text, struct arena *a, struct theme *out, struct strs *warnings)
{
	struct reader r = { .arena = a, .theme = out, .warnings = warnings };
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < role_count; i++)
		out->base[i] = (struct look){ LOOK_DEFAULT, LOOK_DEFAULT, 0 };
	parse_theme(&r, text);
}

struct str
theme_shipped_text(struct str name)
{
	const struct embedded *e;

	for (e = shipped_themes; e->name != NULL; e++) {
		if (str_is(name, e->name))
			return (struct str){ e->text, e->size };
	}
	return STR_EMPTY;
}

bool
theme_shipped(struct str name, struct arena *a, struct theme *out, struct strs *warnings)
{
	const struct str text = theme_shipped_text(name);

	if (text.n > 0)
		theme_parse(text, a, out, warnings);
	return text.n > 0;
}

/* The last number is the background; 7 and 9 to 15 are the light ones. */
const char *
theme_of_background(const char *colorfgbg)
{
	struct str rest = str_of(colorfgbg), word = STR_EMPTY;
	uint64_t background;

	while (str_split(&rest, ';', &word))
		;
	if (!str_to_u64(word, 15, &background))
		return "terminal";
	return background == 7 || background > 8 ? "light" : "dark";
}

static const char *
color_word(struct arena *a, short color)
{
	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (colors[i].color == color)
			return colors[i].name;
	}
	return arena_printf(a, "%d", color).p;
}

struct str
theme_words(const struct theme *t, enum role role, enum theme_depth depth, struct arena *a)
{
	const struct look look = theme_look(t, role, depth);
	const bool has_bg = look.bg != LOOK_DEFAULT;

	return arena_printf(a, "%s%s%s%s%s%s%s", color_word(a, look.fg), has_bg ? " on " : "",
		has_bg ? color_word(a, look.bg) : "", look.attrs & LOOK_BOLD ? " bold" : "",
		look.attrs & LOOK_DIM ? " dim" : "",
		look.attrs & LOOK_UNDERLINE ? " underline" : "",
		look.attrs & LOOK_REVERSE ? " reverse" : "");
}

void
theme_dump(struct str text, struct buf *out)
{
	buf_addf(out,
		"# Put it into ~/.config/stswalk/themes/mine.theme and choose --theme mine.\n");
	buf_add_text(out, "# A role is: name = foreground [background] [attributes]. The roles:\n");
	for (int i = 0; i < role_count; i++)
		buf_addf(out, "#   %s: %s\n", role_name((enum role)i),
			theme_role_purpose((enum role)i));
	buf_add(out, text);
}

const char *
theme_role_purpose(enum role role)
{
	static const char *const purposes[role_count] = {
#define ROLE(constant, name, purpose) [ROLE_##constant] = purpose,
#include "core/roles.def"
#undef ROLE
	};

	return purposes[role];
}

struct look
theme_look(const struct theme *t, enum role role, enum theme_depth depth)
{
	struct look look = t->base[role];

	if (depth == THEME_256 && t->has_rich[role])
		return t->rich[role];
	if (depth != THEME_MONO)
		return look;
	if (t->has_mono[role])
		return t->mono[role];
	return (struct look){ LOOK_DEFAULT, LOOK_DEFAULT, look.attrs };
}
