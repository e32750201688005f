/*
 * screen_home: the domain prompt, with what was walked and saved lately under it, and the way to the
 * demo's scenarios and the lessons.
 */
#include <string.h>

#include "core/lesson.h"
#include "core/name.h"
#include "tui/frame.h"
#include "tui/screen_home.h"

enum { LABEL_AT = 3, TEXT_AT = 13 };

static const struct column word_columns[] = {
	{ .title = "", .min = 8 },
	{ .title = "", .min = 20, .is_flex = true },
};

/* Narrow screens leave out when, wide ones have room for long names. */
static const struct column recent_columns[2][5] = {
	{ { .title = "", .min = 8 }, { .title = "", .min = 24, .max = 26, .is_middle_cut = true },
		{ .title = "", .min = 16, .max = 16 }, { .title = "", .min = 6 },
		{ .title = "", .min = 0, .is_flex = true } },
	{ { .title = "", .min = 8 }, { .title = "", .min = 24, .max = 48, .is_middle_cut = true },
		{ .title = "", .min = 16, .max = 16 }, { .title = "", .min = 6 },
		{ .title = "", .min = 0, .is_flex = true } },
};

static const struct column saved_columns[] = {
	{ .title = "", .min = 8 },
	{ .title = "", .min = 24, .max = 44, .is_middle_cut = true },
	{ .title = "", .min = 16 },
};

enum { WHEN_FROM = 70, BOTH_FROM = 100 /* cells */ };

static void accept_domain(struct console *c, struct str text);

bool
home_is_typing(const struct console *c)
{
	return c->prompt.is_open && c->stack[c->depth - 1].kind == SCREEN_HOME &&
	       c->on_prompt == accept_domain;
}

int
home_cursor(const struct console *c, struct arena *a)
{
	int column;

	frame_typed(c, a, c->columns - TEXT_AT - 1, &column);
	return TEXT_AT + column;
}

/* The line that is typed, or how to begin. */
static void
domain_row(const struct console *c, struct doc *out, size_t table)
{
	struct row *r = doc_table_row(out, table, LABEL_AT);
	const struct str text = buf_str(&c->prompt.text);
	int column;

	row_id(out, r, "type:");
	row_text(out, r, ROLE_KEY, "Domain");
	row_cell(out, r);
	if (home_is_typing(c))
		row_span(out, r, ROLE_PROMPT,
			frame_typed(c, &out->arena, c->columns - TEXT_AT - 1, &column));
	else if (text.n > 0 && c->on_prompt == accept_domain)
		row_bytes(out, r, ROLE_TEXT, text);
	else
		row_text(out, r, ROLE_DIM, "Enter or d types one");
}

static struct row *
offer_row(struct doc *out, size_t table, const char *kind, const char *label,
	const struct offers *offers, size_t i)
{
	const struct offer *o = &offers->v[i];
	struct row *r = doc_table_row(out, table, LABEL_AT);

	row_id(out, r, "%s:%zu", kind, i);
	row_cell(out, r);
	row_text(out, r, ROLE_KEY, "%s", i == 0 ? label : "");
	row_cell(out, r);
	row_bytes(out, r, ROLE_TEXT, o->shown.n > 0 ? o->shown : o->name);
	row_cell(out, r);
	row_bytes(out, r, ROLE_DIM, o->when);
	return r;
}

static void
recent_rows(const struct console *c, struct doc *out, size_t count)
{
	const bool is_wide = c->columns >= BOTH_FROM;
	const size_t table = doc_table(out, recent_columns[is_wide], 5);

	out->tables[table].spare = 2;
	out->tables[table].spare_from = WHEN_FROM;
	for (size_t i = 0; i < count; i++) {
		const struct offer *o = &c->options->recent.v[i];
		struct row *r = offer_row(out, table, "recent", "Recent", &c->options->recent, i);

		row_cell(out, r);
		if (o->state != STATE_WAITING) {
			row_glyph(out, r, state_role(o->state), state_glyph(o->state));
			row_text(out, r, state_role(o->state), " %s", state_word(o->state));
		}
		row_cell(out, r);
		row_bytes(out, r, ROLE_DIM, o->also);
		if (o->also.n == 0 || is_wide)
			row_text(out, r, ROLE_DIM, "%s%s", o->also.n > 0 ? "  " : "",
				doc_shown(out, o->about));
	}
}

static void
saved_rows(const struct console *c, struct doc *out, size_t count)
{
	const size_t table = doc_table(out, saved_columns, 3);

	out->tables[table].spare = 2;
	out->tables[table].spare_from = WHEN_FROM;
	for (size_t i = 0; i < count; i++)
		offer_row(out, table, "saved", "Saved", &c->options->saved, i);
}

/* A row that leads to a list: "24 in order: all is well, ...". */
static void
list_row(struct doc *out, size_t table, const char *id, const char *label, const char *text)
{
	struct row *r = doc_table_row(out, table, LABEL_AT);

	row_id(out, r, "%s", id);
	row_text(out, r, ROLE_KEY, "%s", label);
	row_cell(out, r);
	row_text(out, r, ROLE_TEXT, "%s", text);
}

/* The first names of the course that fit, for a taste of the list. */
static const char *
some_names(const struct console *c, struct doc *out)
{
	const int room = c->columns - TEXT_AT - 15;
	struct buf text = BUF_INIT(1024);
	const char *all;

	for (size_t i = 0; i < course_count(); i++) {
		if ((int)(text.n + strlen(course_scenario(i))) > room)
			break;
		buf_addf(&text, "%s   ", course_scenario(i));
	}
	all = arena_printf(
		&out->arena, "%.*s... %zu in all", STR_ARG(buf_str(&text)), c->options->demos.n)
		      .p;
	buf_release(&text);
	return all;
}

static size_t
lessons_done(const struct console *c)
{
	size_t n = 0;

	for (size_t i = 0; c->options->lessons_done != NULL && i < course_count(); i++)
		n += c->options->lessons_done[i];
	return n;
}

static void
gap(struct doc *out, bool is_airy)
{
	if (is_airy)
		doc_blank(out);
}

/* How many rows of both lists fit with all that stands around them. */
static void
shares(const struct console *c, int around, size_t *recent, size_t *saved)
{
	const int room = c->rows - 5 - around;
	const size_t all = room > 3 ? (size_t)room : 3;

	*saved = all / 3 > 0 ? all / 3 : 1;
	if (c->options->saved.n < *saved)
		*saved = c->options->saved.n;
	*recent = all - *saved;
	if (c->options->recent.n < *recent)
		*recent = c->options->recent.n;
}

void
home_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const bool is_airy = c->rows >= 24, is_low = c->rows < FRAME_FULL_ROWS;
	size_t words, recent, saved;

	(void)s;
	doc_init(out);
	words = doc_table(out, word_columns, 2);
	shares(c, is_airy ? 12 : 4, &recent, &saved);
	gap(out, is_airy);
	if (!is_low)
		doc_text(out, LABEL_AT, ROLE_HEADER, "Walk the MTA-STS delivery path of a domain");
	gap(out, is_airy);
	domain_row(c, out, words);
	if (is_airy)
		doc_text(out, TEXT_AT, ROLE_DIM, "what stands after the @ of an address");
	gap(out, is_airy && recent > 0);
	recent_rows(c, out, recent);
	gap(out, is_airy && saved > 0);
	saved_rows(c, out, saved);
	gap(out, is_airy);
	list_row(out, words, "demos:", "Demo", some_names(c, out));
	if (is_airy)
		doc_text(
			out, TEXT_AT, ROLE_DIM, "servers on loopback; nothing leaves this machine");
	gap(out, is_airy);
	list_row(out, words, "lessons:", "Lessons",
		arena_printf(&out->arena, "%zu in order, from \"%s\" on   done: %zu",
			course_count(), course_about(0), lessons_done(c))
			.p);
}

static bool
is_offered(const struct offers *offers, struct str name)
{
	for (size_t i = 0; i < offers->n; i++)
		if (str_eq(offers->v[i].name, name))
			return true;
	return false;
}

/* The line stays to be mended, and the walk that is shown stays too. */
static void
ask_again(struct console *c, const char *why)
{
	home_begin(c);
	console_say(c, "%s", why);
}

static void
accept_domain(struct console *c, struct str text)
{
	struct domain domain;
	struct err err = { .text = "" };

	text = str_trim(text);
	if (text.n == 0)
		return;
	if (str_starts(text, STR("demo "))) {
		text = str_trim(str_skip(text, 5));
		if (is_offered(&c->options->demos, text))
			console_go(c, NEXT_DEMO, text);
		else
			ask_again(c,
				"this scenario is not known; Tab completes, Down leads to a list");
	} else if (home_is_bounce(c, text)) {
		return;
	} else if (domain_parse(&c->arena, text, &domain, &err) != RESULT_OK) {
		ask_again(c, err.text);
	} else {
		console_go(c, NEXT_DOMAIN, text);
	}
}

static bool
complete_from(struct console *c, const struct offers *offers, const char *before)
{
	struct str typed = buf_str(&c->prompt.text), front = str_of(before);
	size_t i;

	if (!str_starts(typed, front))
		return false;
	for (i = 0; i < offers->n; i++) {
		if (str_starts_nocase(offers->v[i].name, str_skip(typed, front.n)) &&
			!str_eq(offers->v[i].name, str_skip(typed, front.n))) {
			prompt_set(&c->prompt, arena_printf(&c->arena, "%s%.*s", before,
						       STR_ARG(offers->v[i].name)));
			return true;
		}
	}
	return false;
}

static void
complete(struct console *c)
{
	if (!complete_from(c, &c->options->demos, "demo ") &&
		!complete_from(c, &c->options->recent, ""))
		console_say(c, "nothing walked lately begins like this");
}

/* Tab completes, ^R searches what was walked, Down goes into the lists, ^O opens a file. */
static bool
domain_key(struct console *c, uint32_t key)
{
	const struct offers *recent = &c->options->recent;

	if (c->recall.is_on && recall_key(&c->recall, &c->prompt, recent, key))
		return true;
	switch (key) {
	case '\t':
		complete(c);
		return true;
	case 'R' & 0x1f:
		if (recent->n > 0)
			recall_begin(&c->recall, &c->prompt, recent);
		else
			console_say(c, "no walk is remembered yet: nothing to search");
		return true;
	case NAMED_DOWN:
		prompt_close(&c->prompt);
		pane_move(&console_top(c)->pane, 1);
		return true;
	case 'O' & 0x1f:
		prompt_close(&c->prompt);
		open_file_begin(c);
		return true;
	case 'C' & 0x1f:
		prompt_close(&c->prompt);
		c->is_leaving = c->options->is_home && c->depth == 1;
		return true;
	default:
		return false;
	}
}

/* What the status line says while a domain is typed. */
struct safe
home_hint(const struct console *c, struct arena *a)
{
	const struct recall *r = &c->recall;
	const struct safe needle = safe_text(a, buf_str(&r->needle), 30);

	if (!r->is_on)
		return safe_literal(c->columns < 76
					    ? "Tab completes, demo NAME walks a scenario"
					    : "Tab completes and ^R searches what was walked; demo "
					      "NAME walks a scenario");
	if (r->needle.n == 0)
		return safe_literal("search what was walked: type a part of its name");
	return safe_printf(a, "search \"%.*s\": %s", SAFE_ARG(needle),
		!r->has_failed                 ? "Enter walks it, ^R goes to an older one"
		: r->at < c->options->recent.n ? "no older one; Enter walks this"
					       : "not found; Esc gives up");
}

void
home_begin(struct console *c)
{
	struct screen *s;

	if (console_top(c)->kind != SCREEN_HOME)
		console_push(c, SCREEN_HOME, NULL);
	s = console_top(c);
	if (s->kind != SCREEN_HOME)
		return;
	buf_clear(&s->pane.selected);
	buf_add_text(&s->pane.selected, "type:");
	/* What was typed here before is still there. */
	console_ask(c,
		"domain: ", c->on_prompt == accept_domain ? buf_str(&c->prompt.text) : STR_EMPTY,
		accept_domain);
	c->on_prompt_key = domain_key;
	c->recall.is_on = false;
}

/* The offer that a row of the lists stands for. */
static bool
go_offer(struct console *c, const struct row *row, const char *kind, const struct offers *offers,
	enum console_next next)
{
	struct str word = str_of(kind);
	uint64_t i;

	if (!str_starts(row->id, word) || !str_to_u64(str_skip(row->id, word.n), 1000000, &i) ||
		i >= offers->n)
		return false;
	console_go(c, next, offers->v[i].name);
	return true;
}

void
home_open(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);
	const struct console_options *o = c->options;

	if (row == NULL) {
		home_begin(c);
	} else if (str_is(row->id, "demos:")) {
		console_push(c, SCREEN_DEMOS, NULL);
	} else if (str_is(row->id, "lessons:")) {
		console_push(c, SCREEN_LESSONS, NULL);
	} else if (!go_offer(c, row, "recent:", &o->recent, NEXT_DOMAIN) &&
		   !go_offer(c, row, "saved:", &o->saved, NEXT_FILE) &&
		   !go_offer(c, row, "demo:", &o->demos, NEXT_DEMO)) {
		home_begin(c);
	}
}

/* All scenarios of the demo. */
void
demos_view(const struct console *c, const struct screen *s, struct doc *out)
{
	static const struct column columns[] = {
		{ .title = "Scenario", .min = 20 },
		{ .title = "What it shows", .min = 20, .is_flex = true },
	};
	const struct offers *demos = &c->options->demos;
	size_t table;

	(void)s;
	doc_init(out);
	table = doc_table(out, columns, 2);
	doc_table_head(out, table, LABEL_AT);
	for (size_t i = 0; i < demos->n; i++) {
		struct row *r = doc_table_row(out, table, LABEL_AT);

		row_id(out, r, "demo:%zu", i);
		row_bytes(out, r, ROLE_TEXT, demos->v[i].name);
		row_cell(out, r);
		row_bytes(out, r, ROLE_DIM, demos->v[i].about);
	}
}
