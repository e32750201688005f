#include "tui/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void
view_of_overview(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	(void)s;
	view_overview(&in, out);
}

static void
view_of_stage(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	view_stage(&in, s->target.stage, out);
}

static void
view_of_host(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	view_host(&in, s->target.host, out);
}

static void
view_of_address(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	view_address(&in, s->target.host, s->target.address, out);
}

static void
view_of_findings(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	(void)s;
	view_findings(&in, out);
}

static void
view_of_finding(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	view_finding(&in, s->target.index, out);
}

static void
view_of_log(const struct console *c, const struct screen *s, struct doc *out)
{
	struct view_input in = console_input(c);

	(void)s;
	view_log(&in, out);
}

static void
view_of_help(const struct console *c, const struct screen *s, struct doc *out)
{
	(void)s;
	screen_help(c, out);
}

const struct screen_ops *
screen_ops(enum screen_kind kind)
{
	static const struct screen_ops ops[] = {
		[SCREEN_OVERVIEW] = { "Walk", view_of_overview, true },
		[SCREEN_STAGE] = { "Stage", view_of_stage, true },
		[SCREEN_HOST] = { "MX host", view_of_host, true },
		[SCREEN_ADDRESS] = { "Address", view_of_address, false },
		[SCREEN_FINDINGS] = { "Findings", view_of_findings, true },
		[SCREEN_FINDING] = { "Finding", view_of_finding, false },
		[SCREEN_LOG] = { "Log", view_of_log, false },
		[SCREEN_HELP] = { "Help", view_of_help, false },
	};

	return &ops[kind];
}

struct screen *
console_top(struct console *c)
{
	return &c->stack[c->depth - 1];
}

/* A target outlives the document it came from: its text moves into the screen. */
static void
screen_target(struct screen *s, const struct target *target)
{
	buf_clear(&s->host);
	buf_clear(&s->address);
	s->target = target == NULL ? (struct target){ 0 } : *target;
	buf_add(&s->host, s->target.host);
	buf_add(&s->address, s->target.address);
	s->target.host = buf_str(&s->host);
	s->target.address = buf_str(&s->address);
}

void
console_push(struct console *c, enum screen_kind kind, const struct target *target)
{
	struct screen *s;

	if (console_top(c)->kind == kind && target == NULL)
		return;
	if (c->depth == SCREENS_MAX) {
		console_say(c, "q goes back first: this is as deep as it goes");
		return;
	}
	s = &c->stack[c->depth];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	screen_target(s, target);
	c->depth++;
	c->is_dirty = true;
}

bool
console_pop(struct console *c)
{
	struct screen *s = console_top(c);

	if (c->depth == 1)
		return false;
	pane_release(&s->pane);
	buf_release(&s->host);
	buf_release(&s->address);
	c->depth--;
	c->is_dirty = true;
	return true;
}

void
console_say(struct console *c, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_clear(&c->status);
	buf_add_text(&c->status, text);
	c->is_dirty = true;
}

struct view_input
console_input(const struct console *c)
{
	return (struct view_input){ c->session, &c->judgement, c->now_us };
}

static void
help_row(struct doc *out, size_t table, const struct key_row *row)
{
	struct row *r = doc_table_row(out, table, 1);

	row_text(out, r, ROLE_KEY, "%s", row->key);
	row_cell(out, r);
	row_text(out, r, ROLE_KEY, "%s", row->twins);
	row_cell(out, r);
	row_text(out, r, ROLE_TEXT, "%s", row->help);
}

void
screen_help(const struct console *c, struct doc *out)
{
	static const struct column columns[] = {
		{ .title = "Key", .min = 6, .max = 8 },
		{ .title = "Also", .min = 6, .max = 14 },
		{ .title = "What it does", .min = 20, .is_flex = true },
	};
	static const enum state states[] = { STATE_OK, STATE_WARN, STATE_FAIL, STATE_RUNNING,
		STATE_WAITING, STATE_INCONCLUSIVE, STATE_SKIPPED, STATE_NOT_REACHED };
	struct row *r;
	size_t table, i;

	(void)c;
	doc_init(out);
	table = doc_table(out, columns, sizeof(columns) / sizeof(columns[0]));
	doc_heading(out, "Keys");
	for (i = 0; i < key_row_count; i++)
		help_row(out, table, &key_rows[i]);
	doc_heading(out, "Glyphs");
	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		r = doc_table_row(out, table, 1);
		row_glyph(out, r, state_role(states[i]), state_glyph(states[i]));
		row_cell(out, r);
		row_text(out, r, state_role(states[i]), "%s", state_word(states[i]));
		row_cell(out, r);
		row_text(out, r, ROLE_TEXT, "%s", state_name(states[i]));
	}
	doc_heading(out, "Exit status of check");
	doc_text(out, 1, ROLE_TEXT,
		"0 nothing wrong, 1 warnings, 2 errors, 3 could not tell, 64 usage");
}
