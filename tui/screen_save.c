/*
 * screen_save: w: the form of what is saved, with the preview of what will be written; then the
 * writing, which goes on while other screens are shown.
 */
#include <stdio.h>
#include <string.h>

#include "core/redact.h"
#include "core/view_parts.h"
#include "tui/screen.h"

/* Rows around the preview: title, strip, rule, fields, heading, counter, status, keys. */
#define ROWS_AROUND 12
#define VALUE_COLUMN 13 /* cells before a field's value */

static const struct column columns[] = {
	{ .title = "", .min = 8, .max = 8 },
	{ .title = "", .min = 20, .is_flex = true },
};

static const char *const labels[save_field_count] = { "What", "Format", "Scope", "Redact", "Path" };
static const char *const what_names[save_what_count] = { "whole report", "first page",
	"this screen", "session" };

/* The screen that save was called from. */
static const struct screen *
below(const struct console *c)
{
	return c->depth > 1 ? &c->stack[c->depth - 2] : &c->stack[0];
}

static enum save_field
field_of(const struct screen *s)
{
	const struct row *row = pane_row(&s->pane);
	uint64_t number;

	if (row == NULL || !str_to_u64(str_skip(row->id, 5), save_field_count - 1, &number))
		return SAVE_FIELD_WHAT;
	return (enum save_field)number;
}

static size_t
lines_shown(const struct console *c)
{
	return c->rows > ROWS_AROUND + 1 ? (size_t)(c->rows - ROWS_AROUND) : 1;
}

/* One field with choices: as many of them as fit round the chosen one. */
struct choices {
	const char *names[LIMIT_SESSION_HOSTS + 2];
	bool can[LIMIT_SESSION_HOSTS + 2];
	size_t n, chosen;
};

static void
add_choice(struct choices *k, const char *name, bool can)
{
	if (k->n < sizeof(k->names) / sizeof(k->names[0])) {
		k->names[k->n] = name;
		k->can[k->n++] = can;
	}
}

static size_t
first_that_fits(const struct choices *k, int columns_all)
{
	size_t first = k->chosen,
	       room = columns_all > VALUE_COLUMN + 10 ? (size_t)columns_all - VALUE_COLUMN - 6 : 10;

	while (first > 0 && strlen(k->names[first - 1]) + 6 < room) {
		room -= strlen(k->names[first - 1]) + 6;
		first--;
	}
	return first;
}

static struct row *
field_row(struct doc *d, size_t table, enum save_field field)
{
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "save:%d", (int)field);
	row_text(d, r, ROLE_HEADER, "%s", labels[field]);
	row_cell(d, r);
	return r;
}

static void
choice_row(const struct console *c, struct doc *d, size_t table, enum save_field field,
	const struct choices *k)
{
	struct row *r = field_row(d, table, field);
	size_t used = 0, first = 0, i;

	for (i = 0; i < k->n; i++)
		used += strlen(k->names[i]) + (i > 0 ? 6 : 4);
	if (used + VALUE_COLUMN > (size_t)c->columns)
		first = first_that_fits(k, c->columns);
	if (first > 0)
		row_text(d, r, ROLE_DIM, "... ");
	for (i = first; i < k->n; i++)
		row_text(d, r, k->can[i] ? ROLE_TEXT : ROLE_DIM, "%s%s %s", i > first ? "  " : "",
			!k->can[i]       ? " - "
			: i == k->chosen ? "(*)"
					 : "( )",
			k->names[i]);
}

static void
what_row(const struct console *c, struct doc *d, size_t table)
{
	struct choices k = { .chosen = c->save.what };

	for (size_t i = 0; i < save_what_count; i++)
		add_choice(&k, what_names[i], true);
	choice_row(c, d, table, SAVE_FIELD_WHAT, &k);
}

static void
format_row(const struct console *c, struct doc *d, size_t table)
{
	const struct save_form *f = &c->save;
	struct choices k = { .chosen = f->format };

	if (f->what == SAVE_SESSION) {
		row_text(d, field_row(d, table, SAVE_FIELD_FORMAT), ROLE_DIM,
			"-  every event, as JSON lines; `stswalk open` shows it again");
		return;
	}
	for (size_t i = 0; i < format_count; i++)
		add_choice(&k, report_formats[i].name, save_allows_format(f, (enum format_kind)i));
	choice_row(c, d, table, SAVE_FIELD_FORMAT, &k);
}

static const char *
no_scope_words(struct doc *d, const struct save_form *f)
{
	if (f->what == SAVE_SCREEN)
		return "-  this screen as it stands";
	if (f->what == SAVE_SESSION)
		return "-  all: a session is always whole";
	return arena_printf(&d->arena, "-  all: %s knows no scope", report_formats[f->format].name)
		.p;
}

static void
scope_row(const struct console *c, struct doc *d, size_t table)
{
	const struct save_form *f = &c->save;
	const struct session *s = c->session;
	struct choices k = { .n = 0 };

	if (!save_allows_scope(f)) {
		row_text(d, field_row(d, table, SAVE_FIELD_SCOPE), ROLE_DIM, "%s",
			no_scope_words(d, f));
		return;
	}
	add_choice(&k, "all", true);
	for (size_t i = 0; i < s->host_count; i++) {
		if (str_eq(s->hosts[i]->name, buf_str(&f->scope)))
			k.chosen = k.n;
		add_choice(&k, part_short_host(d, s, s->hosts[i]->name), true);
	}
	choice_row(c, d, table, SAVE_FIELD_SCOPE, &k);
}

static void
redact_row(const struct console *c, struct doc *d, size_t table, bool is_selected)
{
	const struct save_form *f = &c->save;
	const char *gap = c->columns < 70 ? "" : " ";
	struct row *r = field_row(d, table, SAVE_FIELD_REDACT);

	if (!save_allows_redact(f)) {
		row_text(d, r, ROLE_DIM,
			"-  a screen is not redacted: take the report, or open a redacted session");
		return;
	}
	for (size_t i = 0; i < REDACT_CLASSES; i++) {
		const unsigned class = 1u << i;

		row_text(d, r, ROLE_TEXT, "%s", i > 0 ? gap : "");
		if (is_selected && i == f->box)
			row_glyph(d, r, ROLE_TEXT, GLYPH_POINTER);
		else if (i > 0)
			row_text(d, r, ROLE_TEXT, " ");
		row_text(d, r, ROLE_TEXT, "[%s]%s%s",
			f->redacted & class ? "-"
			: f->redact & class ? "x"
					    : " ",
			gap, redact_class_name(i));
	}
}

/* The end of a long path says more than its begin. */
static void
path_row(const struct console *c, struct doc *d, size_t table)
{
	const bool is_typed = c->prompt.is_open;
	const struct str path = buf_str(is_typed ? &c->prompt.text : &c->save.path);
	const struct safe shown = safe_text(&d->arena, path, 0);
	const unsigned room = c->columns > VALUE_COLUMN + 8
				      ? (unsigned)c->columns - VALUE_COLUMN - 1
				      : 8;
	struct row *r = field_row(d, table, SAVE_FIELD_PATH);

	row_span(d, r, ROLE_TEXT, safe_shorten(&d->arena, shown, room));
}

static void
preview_heading(const struct console *c, struct doc *d)
{
	const struct save_form *f = &c->save;
	const size_t shown = lines_shown(c);
	const size_t last = f->top + shown < f->result.lines ? f->top + shown : f->result.lines;

	doc_heading(d, "Preview");
	row_cell(d, &d->rows[d->count - 1]);
	if (f->made != f->wanted)
		row_text(d, &d->rows[d->count - 1], ROLE_DIM, "being made ...");
	else
		row_text(d, &d->rows[d->count - 1], ROLE_DIM, "line %zu-%zu of %zu",
			f->result.lines > 0 ? f->top + 1 : 0, last, f->result.lines);
}

void
save_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct save_form *f = &c->save;
	struct str rest = str_skip(buf_str(&f->result.bytes), f->at), line;
	size_t table, n;

	doc_init(out);
	table = doc_table(out, columns, 2);
	what_row(c, out, table);
	format_row(c, out, table);
	scope_row(c, out, table);
	redact_row(c, out, table, field_of(s) == SAVE_FIELD_REDACT);
	path_row(c, out, table);
	preview_heading(c, out);
	if (f->problem.n > 0)
		doc_text(out, 1, ROLE_TEXT, "%s", buf_text(&f->problem));
	for (n = 0; n < lines_shown(c) && str_split(&rest, '\n', &line); n++) {
		struct row *r = doc_row(out, ROW_VERBATIM, 1);

		row_bytes(out, r, ROLE_TEXT, str_sub(line, 0, 1000));
	}
}

/* "redacted: 5 classes, 37 places" */
struct safe
save_counter(const struct console *c, struct arena *a)
{
	const struct save_form *f = &c->save;
	const unsigned classes = f->redact | f->redacted;
	const int n = __builtin_popcount(classes);

	if (classes == 0 || !save_allows_redact(f))
		return safe_literal("nothing redacted");
	if (f->redact == 0)
		return safe_printf(a, "redacted before: %d class%s", n, n == 1 ? "" : "es");
	return safe_printf(a, "redacted: %d class%s, %zu place%s", n, n == 1 ? "" : "es",
		f->result.places, f->result.places == 1 ? "" : "s");
}

struct safe
save_status(const struct console *c, struct arena *a)
{
	bool is_free;

	if (c->save.writes || saver_state(c->saver) == SAVER_WRITING)
		return safe_printf(a, "writing %.*s ...",
			SAFE_ARG(safe_text(a, buf_str(&c->save.writing), 60)));
	return safe_literal(save_path_words(&c->save, &is_free));
}

static void
make_next(struct console *c)
{
	struct save_form *f = &c->save;
	struct doc screen = { 0 };
	struct save_order order = { .what = f->what,
		.format = f->format,
		.scope = save_allows_scope(f) ? buf_str(&f->scope) : STR_EMPTY,
		.redact = save_allows_redact(f) ? f->redact & ~f->redacted : 0,
		.look = { 78, c->is_ascii },
		.judge = c->options->judge,
		.digest = c->options->digest,
		.session = c->session,
		.screen = &screen };

	if (f->what == SAVE_SCREEN)
		screen_document(c, below(c), &screen);
	f->begun = f->wanted;
	saver_make(c->saver, &order);
}

/* Only what is shown in the form is written. */
static void
write_next(struct console *c)
{
	struct save_form *f = &c->save;
	struct arena a = { 0 };

	f->writes = false;
	saver_write(c->saver, save_path(f, &a).p, buf_str(&f->result.bytes), c->options->write_file,
		c->options->file_context);
	arena_release(&a);
}

static bool
is_form_shown(const struct console *c)
{
	return c->stack[c->depth - 1].kind == SCREEN_SAVE;
}

/* What there is to do while nothing runs. */
static void
next(struct console *c)
{
	struct save_form *f = &c->save;

	if (saver_state(c->saver) != SAVER_IDLE || !(f->writes || is_form_shown(c)))
		return;
	if (f->made != f->wanted)
		make_next(c);
	else if (f->writes)
		write_next(c);
}

static void
take_made(struct console *c, struct save_made *made, enum result rc, const struct err *err)
{
	struct save_form *f = &c->save;

	buf_release(&f->result.bytes);
	f->result = *made;
	f->made = f->begun;
	buf_clear(&f->problem);
	if (rc != RESULT_OK) {
		buf_release(&f->result.bytes);
		f->result = (struct save_made){ 0 };
		buf_add_text(&f->problem, err->text);
	}
	f->writes = f->writes && rc == RESULT_OK;
	f->top = f->at = 0;
}

static void
take_written(struct console *c, enum result rc, const struct err *err)
{
	struct save_form *f = &c->save;
	const size_t bytes = f->result.bytes.n;

	if (rc != RESULT_OK) {
		console_say(c, "%s", err->text);
		c->is_status_error = true;
		return;
	}
	if (is_form_shown(c))
		console_pop(c);
	console_say(c, "%s: %zu bytes written", buf_text(&f->writing), bytes);
}

void
save_ready(struct console *c)
{
	struct save_made made = { 0 };
	enum result rc;
	struct err err;

	for (;;) {
		const enum saver_state was = saver_take(c->saver, &made, &rc, &err);

		if (was == SAVER_IDLE)
			return;
		if (was == SAVER_MAKING)
			take_made(c, &made, rc, &err);
		else
			take_written(c, rc, &err);
		console_changed(c);
		next(c);
	}
}

static void
form_changed(struct console *c)
{
	struct save_form *f = &c->save;

	f->wanted++;
	f->events = c->session->event_count;
	f->is_ascii = c->is_ascii;
	save_default_path(f, c->session);
	next(c);
	save_ready(c);
	console_changed(c);
}

/* The walk goes on: what is shown is of now. */
void
save_refresh(struct console *c)
{
	const struct save_form *f = &c->save;

	if (is_form_shown(c) && saver_state(c->saver) == SAVER_IDLE &&
		(f->events != c->session->event_count || f->is_ascii != c->is_ascii))
		form_changed(c);
}

void
save_wait(struct console *c)
{
	while (c->saver != NULL && saver_state(c->saver) != SAVER_IDLE) {
		saver_wait(c->saver);
		save_ready(c);
	}
}

bool
save_is_lost(struct console *c)
{
	if (c->saver == NULL || !(c->save.writes || saver_state(c->saver) == SAVER_WRITING))
		return false;
	save_wait(c);
	return c->is_status_error;
}

static void
write_now(struct console *c)
{
	struct save_form *f = &c->save;
	bool is_free;

	save_path_words(f, &is_free);
	if (f->problem.n > 0) {
		console_say(c, "nothing was written: %s", buf_text(&f->problem));
		c->is_status_error = true;
		return;
	}
	if (!is_free) {
		console_say(c, "nothing was written: %s", save_path_words(f, &is_free));
		c->is_status_error = true;
		return;
	}
	buf_clear(&f->writing);
	buf_add(&f->writing, buf_str(&f->path));
	f->writes = true;
	save_refresh(c);
	next(c);
	save_ready(c);
	c->is_dirty = true;
}

void
save_begin(struct console *c)
{
	struct save_form *f = &c->save;

	if (c->saver == NULL && c->options->write_file != NULL)
		c->saver = saver_new();
	if (c->saver == NULL) {
		console_say(c, "nothing can be written from here");
	} else if (saver_state(c->saver) == SAVER_WRITING) {
		console_say(c, "%s is still being written", buf_text(&f->writing));
	} else if (console_top(c)->kind == SCREEN_SAVE) {
		write_now(c);
	} else if (console_push(c, SCREEN_SAVE, NULL) != NULL) {
		saver_wait(c->saver);
		save_ready(c);
		save_form_release(f);
		f->format = FORMAT_MARKDOWN;
		f->redacted = session_redacted(c->session);
		form_changed(c);
	}
}

static void
accept_path(struct console *c, struct str path)
{
	struct save_form *f = &c->save;

	path = str_trim(path);
	f->has_own_path = path.n > 0;
	buf_clear(&f->path);
	buf_add(&f->path, path);
	save_default_path(f, c->session);
	console_changed(c);
}

void
save_open(struct console *c)
{
	struct save_form *f = &c->save;
	const enum save_field field = field_of(console_top(c));

	if (field == SAVE_FIELD_PATH)
		console_ask(c, "path: ", buf_str(&f->path), accept_path);
	else if (field == SAVE_FIELD_REDACT && f->redacted & 1u << f->box)
		console_say(c, "this session has lost it already");
	else if (save_switch(f, field, c->session))
		form_changed(c);
	else
		console_say(c, "there is no choice here");
}

bool
save_move(struct console *c, enum action action)
{
	struct save_form *f = &c->save;
	const int64_t page = (int64_t)lines_shown(c);
	const struct {
		enum action action;
		int64_t lines;
	} pages[] = { { ACTION_HALF_DOWN, (page + 1) / 2 }, { ACTION_HALF_UP, -(page + 1) / 2 },
		{ ACTION_PAGE_DOWN, page }, { ACTION_PAGE_UP, -page } };

	if (action == ACTION_LEFT || action == ACTION_RIGHT) {
		if (save_step(f, field_of(console_top(c)), c->session,
			    action == ACTION_RIGHT ? 1 : -1))
			form_changed(c);
		console_changed(c);
		return true;
	}
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (pages[i].action != action)
			continue;
		save_scroll(f, pages[i].lines, (size_t)page);
		console_changed(c);
		return true;
	}
	return false;
}
