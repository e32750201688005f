/*
 * screen_themes: the theme picker: the whole screen is the preview, and changes with the selection.
 */
#include "core/embed.h"
#include "tui/screen.h"

static const struct column theme_columns[] = {
	{ .title = "Theme", .min = 16, .max = 24 },
	{ .title = "About", .min = 20, .is_flex = true },
};

static const struct {
	const char *name, *about;
} about[] = {
	{ "terminal", "your own 16 colours, never paints the background (default)" },
	{ "dark", "for a dark background, 256 colours" },
	{ "light", "for a light background" },
	{ "high-contrast", "bold and reverse, few colours" },
	{ "colorblind", "blue, yellow and orange; no red beside green" },
	{ "mono", "no colour at all: bold, underline, reverse" },
};

static void
sample(struct doc *out, size_t table, const char *what, enum state state, const char *seen)
{
	struct row *r = doc_table_row(out, table, 3);

	row_text(out, r, ROLE_TEXT, "%s", what);
	row_cell(out, r);
	row_glyph(out, r, state_role(state), state_glyph(state));
	row_text(out, r, state_role(state), " %-5s", state_word(state));
	row_text(out, r, ROLE_TEXT, " %s", seen);
}

static void
samples(struct doc *out, size_t table)
{
	struct row *r;

	doc_heading(out, "Preview");
	sample(out, table, "1 DNS records", STATE_OK, "v=STSv1; id=20261104T0900");
	sample(out, table, "2 HTTPS policy", STATE_WARN, "200 text/html 121 B");
	sample(out, table, "3 Policy", STATE_RUNNING, "mode=enforce");
	sample(out, table, "4 MX + STARTTLS", STATE_FAIL, "wrong certificate name");
	sample(out, table, "5 Verdict", STATE_WAITING, "needs stage 4");
	sample(out, table, "TLSRPT", STATE_SKIPPED, "not needed");
	sample(out, table, "port 25", STATE_INCONCLUSIVE, "blocked here");
	r = doc_table_row(out, table, 3);
	row_text(out, r, ROLE_CLIENT, "EHLO mail.example.com");
	row_cell(out, r);
	row_text(out, r, ROLE_SERVER, "250 STARTTLS");
	row_text(out, r, ROLE_TLS, "  inside TLS");
	row_text(out, r, ROLE_MATCH, "  match");
	row_text(out, r, ROLE_DIM, "  less important");
}

static const char *
about_theme(struct str name)
{
	size_t i;

	for (i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		if (str_is(name, about[i].name))
			return about[i].about;
	}
	return "";
}

static void
theme_row(const struct console *c, struct doc *out, size_t table, const char *name)
{
	struct row *r = doc_table_row(out, table, 3);

	row_id(out, r, "theme:%s", name);
	row_text(out, r, ROLE_TEXT, "%s%s", name,
		str_is(buf_str(&c->theme_name), name) ? "  (now)" : "");
	row_cell(out, r);
	row_text(out, r, ROLE_DIM, "%s", about_theme(str_of(name)));
}

void
themes_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct embedded *e;
	size_t table, i;

	(void)s;
	doc_init(out);
	table = doc_table(out, theme_columns, 2);
	doc_table_head(out, table, 3);
	if (c->options->theme_text.n > 0)
		theme_row(c, out, table, "file");
	for (i = 0; i < sizeof(about) / sizeof(about[0]); i++)
		theme_row(c, out, table, about[i].name);
	for (e = shipped_themes; e->name != NULL; e++) {
		if (about_theme(str_of(e->name))[0] == '\0')
			theme_row(c, out, table, e->name);
	}
	if (c->theme_warnings.n > 0)
		doc_heading(out, "Warnings of the theme file");
	for (i = 0; i < c->theme_warnings.n; i++) {
		struct row *r = doc_row(out, ROW_TEXT, 3);

		row_bytes(out, r, ROLE_STATE_WARN, c->theme_warnings.v[i]);
	}
	samples(out, table);
}

/* "theme:dark" */
static struct str
selected(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);

	return row != NULL ? str_skip(row->id, 6) : STR_EMPTY;
}

void
themes_preview(struct console *c)
{
	console_theme(c, selected(c));
}

void
themes_open(struct console *c)
{
	struct err err = { .text = "" };
	struct str name = selected(c);

	console_theme(c, name);
	buf_clear(&c->theme_name);
	buf_add(&c->theme_name, name);
	if (c->options->keep_theme == NULL || str_is(name, "file")) {
		console_say(c, "theme %.*s, for this time", STR_ARG(name));
	} else if (c->options->keep_theme(c->options->file_context, name, &err) == RESULT_OK) {
		console_say(c, "theme %.*s, kept in the configuration", STR_ARG(name));
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
}
