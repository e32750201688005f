/*
 * screen_help: what ? shows, made from the key table.
 */
#include "tui/screen.h"

static const struct column key_columns[] = {
	{ .title = "Key", .min = 6, .max = 9 },
	{ .title = "Also", .min = 6, .max = 14 },
	{ .title = "What it does", .min = 20, .is_flex = true },
};

static void
key_line(struct doc *out, size_t table, const struct key_row *row)
{
	struct row *r = doc_table_row(out, table, 1);

	row_text(out, r, ROLE_KEY, "%s", row->key);
	row_cell(out, r);
	row_text(out, r, ROLE_KEY, "%s", row->twins);
	row_cell(out, r);
	row_text(out, r, ROLE_TEXT, "%s", row->help);
}

static void
here(const struct console *c, struct doc *out, size_t table)
{
	const struct screen_ops *ops;
	const enum action *bar;
	size_t i;

	if (c->depth < 2)
		return;
	ops = screen_ops(c->stack[c->depth - 2].kind);
	bar = screen_bar(&c->stack[c->depth - 2]);
	doc_heading(out, "This screen%s%s", ops->crumb[0] != '\0' ? ": " : "", ops->crumb);
	for (i = 0; i < sizeof(ops->bar) / sizeof(ops->bar[0]); i++) {
		if (bar[i] != ACTION_NONE)
			key_line(out, table, key_row(bar[i]));
	}
}

static void
group(struct doc *out, size_t table, const char *title, enum key_group which)
{
	size_t i;

	doc_heading(out, "%s", title);
	for (i = 0; i < key_row_count; i++) {
		if (key_rows[i].group == which)
			key_line(out, table, &key_rows[i]);
	}
}

static void
glyphs(struct doc *out, size_t table)
{
	static const enum state states[] = { STATE_OK, STATE_WARN, STATE_FAIL, STATE_RUNNING,
		STATE_WAITING, STATE_INCONCLUSIVE, STATE_SKIPPED, STATE_NOT_REACHED };
	size_t i;

	doc_heading(out, "States");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		struct row *r = doc_table_row(out, table, 1);

		row_glyph(out, r, state_role(states[i]), state_glyph(states[i]));
		row_text(out, r, ROLE_DIM, "  %s", glyph_text(state_glyph(states[i]), true));
		row_cell(out, r);
		row_text(out, r, state_role(states[i]), "%s", state_word(states[i]));
		row_cell(out, r);
		row_text(out, r, ROLE_TEXT, "%s", state_name(states[i]));
	}
}

void
help_view(const struct console *c, const struct screen *s, struct doc *out)
{
	size_t table;

	(void)s;
	doc_init(out);
	table = doc_table(out, key_columns, sizeof(key_columns) / sizeof(key_columns[0]));
	here(c, out, table);
	group(out, table, "Moving", KEYS_MOVING);
	group(out, table, "Everywhere", KEYS_EVERYWHERE);
	doc_heading(out, "At a prompt");
	doc_text(out, 1, ROLE_TEXT,
		"letters are text; Enter accepts, Esc leaves, ^A ^E go to the ends, ^W deletes a "
		"word, ^U all before the cursor");
	doc_text(out, 1, ROLE_TEXT,
		"search and filter are extended regular expressions; without a capital letter "
		"they match both cases");
	glyphs(out, table);
	doc_heading(out, "Sizes");
	doc_text(out, 1, ROLE_TEXT,
		"below 60x16 one column; from 110 columns list and detail side by side; from 34 "
		"rows the findings under the list");
	doc_heading(out, "Exit status of check");
	doc_text(out, 1, ROLE_TEXT,
		"0 nothing wrong, 1 warnings, 2 errors, 3 could not tell, 64 usage");
}
