/*
 * screen_themes: the theme picker: the whole screen is the preview, and changes with the selection.
 * Themes of the user stand under the shipped ones; a file that is not right is shown with its fault.
 */
#include "tui/screen.h"
#include "tui/term.h"

static const struct column theme_columns[] = {
	{ .title = "Theme", .min = 22, .max = 26 },
	{ .title = "", .min = 1, .max = 1 },
	{ .title = "Preview: the whole screen changes with the selection",
		.min = 20,
		.is_flex = true },
};

static const struct {
	const char *name, *about;
} shipped[] = {
	{ "auto", "dark or light by COLORFGBG, else terminal" },
	{ "terminal", "your terminal's 16 colours, never paints the background" },
	{ "dark", "for a dark background, 256 colours" },
	{ "light", "for a light background" },
	{ "high-contrast", "bold and reverse, few colours" },
	{ "colorblind", "blue, yellow and orange; no red beside green" },
	{ "mono", "no colour at all: bold, underline, reverse" },
};
#define SHIPPED (sizeof(shipped) / sizeof(shipped[0]))

/* One row of the list. */
struct choice {
	struct str name;
	const char *about;
	const struct theme_file *file; /* of the user; NULL: shipped, or that of --theme-file */
};

static bool
is_shipped(struct str name)
{
	for (size_t i = 0; i < SHIPPED; i++) {
		if (str_is(name, shipped[i].name))
			return true;
	}
	return false;
}

static const struct theme_file *
file_of(const struct console *c, struct str name)
{
	for (size_t i = 0; i < c->themes.n; i++) {
		if (str_eq(c->themes.v[i].name, name))
			return &c->themes.v[i];
	}
	return NULL;
}

/* The nth row; false behind the last. */
static bool
choice_at(const struct console *c, size_t n, struct choice *out)
{
	const size_t given = c->options->theme_text.n > 0;

	*out = (struct choice){ .name = STR("file"), .about = "what --theme-file names" };
	if (n < given)
		return true;
	n -= given;
	if (n < SHIPPED) {
		out->name = str_of(shipped[n].name);
		out->about = shipped[n].about;
		out->file = file_of(c, out->name);
		return true;
	}
	n -= SHIPPED;
	for (size_t i = 0; i < c->themes.n; i++) {
		if (is_shipped(c->themes.v[i].name) || n-- > 0)
			continue;
		*out = (struct choice){ c->themes.v[i].name, "yours", &c->themes.v[i] };
		return true;
	}
	return false;
}

static bool
is_broken(struct doc *d, const struct choice *choice)
{
	struct strs warnings = { 0 };
	struct theme theme;

	if (choice->file != NULL)
		theme_parse(choice->file->text, &d->arena, &theme, &warnings);
	return warnings.n > 0;
}

static void
theme_cells(const struct console *c, struct doc *d, struct row *r, size_t n, struct choice *choice)
{
	const bool is_now = str_eq(buf_str(&c->theme_name), choice->name);

	row_id(d, r, "theme:%zu", n);
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, choice->name);
	if (is_broken(d, choice))
		row_text(d, r, ROLE_STATE_FAIL, " (broken)");
	else if (choice->file != NULL)
		row_text(d, r, ROLE_DIM, " (yours)");
	if (is_now)
		row_text(d, r, ROLE_DIM, " (now)");
}

/* The preview, line by line. */

static const struct {
	const char *what;
	enum state state;
	const char *seen;
} samples[] = {
	{ "1 DNS records", STATE_OK, "v=STSv1; id=..." },
	{ "2 HTTPS policy", STATE_WARN, "200 text/html" },
	{ "3 Policy", STATE_RUNNING, "mode=enforce" },
	{ "4 MX + STARTTLS", STATE_FAIL, "wrong name" },
	{ "5 Verdict", STATE_WAITING, "needs stage 4" },
	{ "  TLSRPT", STATE_SKIPPED, "not needed" },
	{ "  port 25", STATE_INCONCLUSIVE, "blocked here" },
};
#define SAMPLES (sizeof(samples) / sizeof(samples[0]))

static const enum role told_roles[] = { ROLE_STATE_OK, ROLE_STATE_WARN, ROLE_STATE_FAIL,
	ROLE_STATE_SKIP, ROLE_TITLE, ROLE_SELECTION, ROLE_MATCH, ROLE_DIM };
#define TOLD (sizeof(told_roles) / sizeof(told_roles[0]))

static void
sample(struct doc *d, struct row *r, size_t n)
{
	row_text(d, r, ROLE_TEXT, " %-16s ", samples[n].what);
	row_glyph(d, r, state_role(samples[n].state), state_glyph(samples[n].state));
	row_text(d, r, state_role(samples[n].state), " %-5s", state_word(samples[n].state));
	row_text(d, r, ROLE_TEXT, " %s", samples[n].seen);
}

static void
dialogue_sample(struct doc *d, struct row *r)
{
	row_text(d, r, ROLE_CLIENT, " EHLO");
	row_text(d, r, ROLE_SERVER, "  250 STARTTLS");
	row_text(d, r, ROLE_TLS, "  inside TLS  ");
	row_text(d, r, ROLE_MATCH, "match");
}

static void
role_sample(const struct console *c, struct doc *d, struct row *r, enum role role)
{
	const enum theme_depth depth = !c->has_color || term_colors(c->term) == 0 ? THEME_MONO
				       : term_colors(c->term) >= 256              ? THEME_256
										  : THEME_BASE;

	row_text(d, r, ROLE_DIM, " %-16s ", role_name(role));
	row_bytes(d, r, role, theme_words(&c->theme, role, depth, &d->arena));
}

/* How many roles are told: several faults of a file have their place. */
static size_t
told_count(const struct console *c)
{
	const size_t faults = c->theme_warnings.n > 1 ? c->theme_warnings.n + 1 : 0;

	return faults < TOLD ? TOLD - faults : 0;
}

static bool
preview(const struct console *c, struct doc *d, struct row *r, size_t n)
{
	row_cell(d, r);
	row_glyph(d, r, ROLE_RULE, GLYPH_VERTICAL);
	row_cell(d, r);
	if (n < SAMPLES)
		sample(d, r, n);
	else if (n == SAMPLES)
		dialogue_sample(d, r);
	else if (n - SAMPLES - 1 < told_count(c))
		role_sample(c, d, r, told_roles[n - SAMPLES - 1]);
	else
		return false;
	return true;
}

/* What the terminal can do, above all. */
static void
abilities(const struct console *c, struct doc *d)
{
	const int colors = c->has_color ? term_colors(c->term) : 0;
	const bool is_ascii = c->is_ascii || term_is_ascii(c->term);
	const char *glyphs = is_ascii ? "ASCII" : "UTF-8";

	if (colors == 0)
		doc_text(d, 3, ROLE_DIM, "no colour   %s   background: the terminal's", glyphs);
	else
		doc_text(d, 3, ROLE_DIM, "%d colours   %s   background: %s", colors, glyphs,
			theme_look(&c->theme, ROLE_TEXT, THEME_BASE).bg == LOOK_DEFAULT
				? "the terminal's"
				: "the theme's");
}

/* The theme of the selected row; false when there is none. */
static bool
shown_choice(const struct console *c, const struct screen *s, struct choice *out)
{
	const struct row *row = pane_row(&s->pane);
	uint64_t n;

	return row != NULL && str_starts(row->id, STR("theme:")) &&
	       str_to_u64(str_skip(row->id, 6), 1000, &n) && choice_at(c, (size_t)n, out);
}

struct safe
themes_status(const struct console *c, struct arena *a)
{
	struct choice choice;

	if (!shown_choice(c, &c->stack[c->depth - 1], &choice))
		return safe_literal("");
	if (c->theme_warnings.n == 0)
		return safe_printf(
			a, "%.*s: %s", SAFE_ARG(safe_text(a, choice.name, 40)), choice.about);
	return safe_printf(a, "%.*s.theme, %.*s", SAFE_ARG(safe_text(a, choice.name, 40)),
		SAFE_ARG(safe_text(a, c->theme_warnings.v[0], 0)));
}

/* All that is wrong in the file of the theme that is shown, where the status has not all. */
static void
tell_faults(const struct console *c, const struct screen *s, struct doc *d)
{
	struct choice choice;

	if (c->theme_warnings.n < 2 || !shown_choice(c, s, &choice))
		return;
	doc_heading(d, "%s", doc_shown(d, choice.file != NULL ? choice.file->path : choice.name));
	for (size_t i = 0; i < c->theme_warnings.n; i++) {
		struct row *r = doc_row(d, ROW_TEXT, 1);

		row_bytes(d, r, ROLE_STATE_WARN, c->theme_warnings.v[i]);
	}
}

void
themes_view(const struct console *c, const struct screen *s, struct doc *out)
{
	struct choice choice;
	size_t table, n;
	bool goes_on = true;

	doc_init(out);
	abilities(c, out);
	table = doc_table(out, theme_columns, 3);
	out->tables[table].gap = 1;
	doc_table_head(out, table, 3);
	for (n = 0; goes_on; n++) {
		const bool has_choice = choice_at(c, n, &choice);
		struct row *r;

		if (!has_choice && n > SAMPLES + told_count(c))
			break;
		r = doc_table_row(out, table, 3);
		if (has_choice)
			theme_cells(c, out, r, n, &choice);
		else
			row_cell(out, r);
		goes_on = preview(c, out, r, n) || has_choice;
	}
	tell_faults(c, s, out);
}

static bool
selected(struct console *c, struct choice *out)
{
	return shown_choice(c, console_top(c), out);
}

/* The theme that is used stands selected. */
void
themes_begin(struct console *c)
{
	struct screen *s = console_push(c, SCREEN_THEMES, NULL);
	struct choice choice;

	for (size_t n = 0; s != NULL && choice_at(c, n, &choice); n++) {
		if (str_eq(buf_str(&c->theme_name), choice.name))
			buf_addf(&s->pane.selected, "theme:%zu", n);
	}
}

void
themes_preview(struct console *c)
{
	struct choice choice;

	if (selected(c, &choice) && console_theme(c, choice.name))
		console_changed(c);
}

void
themes_open(struct console *c)
{
	struct err err = { .text = "" };
	struct choice choice;

	if (!selected(c, &choice))
		return;
	console_theme(c, choice.name);
	buf_clear(&c->theme_name);
	buf_add(&c->theme_name, choice.name);
	console_changed(c);
	if (c->options->keep_theme == NULL || str_is(choice.name, "file")) {
		console_say(c, "theme %.*s, for this time", STR_ARG(choice.name));
	} else if (c->options->keep_theme(c->options->file_context, choice.name, &err) ==
		   RESULT_OK) {
		console_say(c, "theme %.*s, kept in the configuration", STR_ARG(choice.name));
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
}

static struct str
text_of(const struct console *c, const struct choice *choice)
{
	if (choice->file != NULL)
		return choice->file->text;
	if (str_is(choice->name, "file"))
		return c->options->theme_text;
	return theme_shipped_text(str_is(choice->name, "auto") ? STR("terminal") : choice->name);
}

static void
accept_copy(struct console *c, struct str name)
{
	struct buf text = BUF_INIT(0);
	struct err err = { .text = "" };
	struct choice choice;
	struct str path = STR_EMPTY;

	if (!selected(c, &choice) || name.n == 0)
		return;
	if (choice.file != NULL)
		buf_add(&text, choice.file->text);
	else
		theme_dump(text_of(c, &choice), &text);
	if (c->options->add_theme(c->options->file_context, &c->arena, name, buf_str(&text), &path,
		    &err) == RESULT_OK) {
		console_read_themes(c);
		console_changed(c);
		console_say(c, "%.*s written: edit it, then choose it here", STR_ARG(path));
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
	buf_release(&text);
}

bool
themes_key(struct console *c, enum action action)
{
	struct choice choice;

	if (action != ACTION_SAVE)
		return false;
	if (c->options->add_theme == NULL || !selected(c, &choice))
		console_say(c, "no theme can be saved here");
	else
		console_ask(c, "copy it as theme: ", STR("mine"), accept_copy);
	return true;
}
