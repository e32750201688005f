/*
 * screen_save: w: a report, the session or this screen into a file; y: to the clipboard.
 */
#include <stdio.h>
#include <time.h>

#include "core/redact.h"
#include "core/render.h"
#include "core/sessfile.h"
#include "tui/screen.h"
#include "tui/term.h"

static const struct column save_columns[] = {
	{ .title = "What", .min = 16, .max = 20 },
	{ .title = "As", .min = 20, .is_flex = true },
};

/* The screen that save was called from. */
static const struct screen *
below(const struct console *c)
{
	return c->depth > 1 ? &c->stack[c->depth - 2] : &c->stack[0];
}

static void
render_screen(const struct console *c, struct buf *out)
{
	struct render_options options = { 78, c->is_ascii };
	struct doc doc;

	screen_document(c, below(c), &doc);
	render_text(&doc, &options, out);
	doc_release(&doc);
}

static void
render_report(const struct console *c, struct buf *out)
{
	struct render_options options = { 78, c->is_ascii };
	struct view_input in = console_input(c);
	struct doc doc;

	view_report(&in, &doc);
	render_text(&doc, &options, out);
	doc_release(&doc);
}

static void
render_object(const struct console *c, struct buf *out)
{
	struct view_input in = console_input(c);

	render_json(&in, out);
}

/* A transcript in one of the formats of a report; redact is 0 or REDACT_ALL. */
static void
render_ticket(const struct console *c, enum format_kind kind, bool is_brief, unsigned redact,
	struct buf *out)
{
	const struct report_format *format = &report_formats[kind];
	struct report_input report = { .is_brief = is_brief, .look = { 78, c->is_ascii } };
	struct session redacted;
	struct judgement judgement;

	report.view = console_input(c);
	if (redact != 0) {
		session_redact(c->session, redact, &redacted, NULL);
		judge(&redacted, c->options->judge, &judgement);
		report.view = (struct view_input){ &redacted, &judgement, redacted.last_us };
	}
	if (format->begin != NULL)
		format->begin("stswalk", out);
	format->render(&report, out);
	if (format->end != NULL)
		format->end(out);
	if (redact != 0) {
		judgement_release(&judgement);
		session_release(&redacted);
	}
}

static void
render_first_page(const struct console *c, struct buf *out)
{
	render_ticket(c, FORMAT_MARKDOWN, true, 0, out);
}

static void
render_transcript(const struct console *c, struct buf *out)
{
	render_ticket(c, FORMAT_MARKDOWN, false, 0, out);
}

static void
render_page(const struct console *c, struct buf *out)
{
	render_ticket(c, FORMAT_HTML, false, 0, out);
}

static void
render_redacted_page(const struct console *c, struct buf *out)
{
	render_ticket(c, FORMAT_HTML, false, REDACT_ALL, out);
}

static void
render_redacted_first(const struct console *c, struct buf *out)
{
	render_ticket(c, FORMAT_MARKDOWN, true, REDACT_ALL, out);
}

static void
render_redacted_session(const struct console *c, struct buf *out)
{
	session_redact_write(c->session, REDACT_ALL, out);
}

static void
render_session(const struct console *c, struct buf *out)
{
	sessfile_write(out, c->session);
}

static const struct {
	const char *name, *about, *ending;
	void (*render)(const struct console *c, struct buf *out);
} formats[] = {
	{ "report", "text, as `stswalk check` prints it", "txt", render_report },
	{ "report-json", "JSON, as `stswalk check --format json`", "json", render_object },
	{ "screen", "what stood on the screen before, as text", "txt", render_screen },
	{ "session", "every event; `stswalk open` shows it again", "stswalk", render_session },
	{ "ticket", "Markdown, the first page: who must do what", "md", render_first_page },
	{ "transcript", "Markdown with all evidence", "md", render_transcript },
	{ "page", "HTML with all evidence, one file", "html", render_page },
	{ "ticket, redacted", "without what tells who walked", "md", render_redacted_first },
	{ "page, redacted", "the same", "html", render_redacted_page },
	{ "session, redacted", "the same", "stswalk", render_redacted_session },
};
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static size_t
selected(const struct screen *s)
{
	const struct row *row = pane_row(&s->pane);
	uint64_t number;

	if (row == NULL || !str_to_u64(str_skip(row->id, 5), FORMATS - 1, &number))
		return 0;
	return (size_t)number;
}

static void
preview(const struct console *c, size_t format, struct doc *out)
{
	enum { SHOWN = 100 };
	struct buf text = BUF_INIT(0);
	struct str rest, line;
	size_t n;

	formats[format].render(c, &text);
	doc_heading(out, "Preview, %zu bytes", text.n);
	rest = buf_str(&text);
	for (n = 0; n < SHOWN && str_split(&rest, '\n', &line); n++) {
		struct row *r = doc_row(out, ROW_VERBATIM, 1);

		row_bytes(out, r, ROLE_TEXT, str_sub(line, 0, 1000));
	}
	buf_release(&text);
}

void
save_view(const struct console *c, const struct screen *s, struct doc *out)
{
	size_t table, i;

	doc_init(out);
	table = doc_table(out, save_columns, 2);
	doc_table_head(out, table, 3);
	for (i = 0; i < FORMATS; i++) {
		struct row *r = doc_table_row(out, table, 3);

		row_id(out, r, "save:%zu", i);
		row_text(out, r, ROLE_TEXT, "%s", formats[i].name);
		row_cell(out, r);
		row_text(out, r, ROLE_DIM, "%s", formats[i].about);
	}
	preview(c, selected(s), out);
}

void
save_begin(struct console *c)
{
	if (c->options->write_file == NULL)
		console_say(c, "nothing can be written from here");
	else if (console_top(c)->kind != SCREEN_HOME)
		console_push(c, SCREEN_SAVE, NULL);
}

static void
write_now(struct console *c, struct str path)
{
	struct err err = { .text = "" };
	struct buf text = BUF_INIT(0), name = BUF_INIT(0);

	if (path.n == 0)
		return;
	buf_add(&name, path);
	formats[c->save_format].render(c, &text);
	if (c->options->write_file(
		    c->options->file_context, buf_text(&name), buf_str(&text), &err) == RESULT_OK) {
		size_t bytes = text.n;

		console_pop(c);
		console_say(c, "%s: %zu bytes written", buf_text(&name), bytes);
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
	buf_release(&name);
	buf_release(&text);
}

/* The default path names domain and time; nothing is ever overwritten. */
void
save_open(struct console *c)
{
	struct arena *a = &c->arena;
	time_t when = (time_t)session_as_of_s(c->session);
	struct tm parts = { 0 };
	char stamp[32] = "";
	size_t format = selected(console_top(c));

	if (gmtime_r(&when, &parts) != NULL)
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &parts);
	c->save_format = format;
	console_ask(c, "write to: ",
		arena_printf(a, "%.*s-%s.%s", STR_ARG(session_domain(c->session)), stamp,
			formats[format].ending),
		write_now);
}

/* The command by hand of the worst finding of the selection, else the text of the row. */
static struct str
copied(struct console *c)
{
	struct screen *top = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	struct buf text = BUF_INIT(0);
	struct str out;
	size_t i, k;

	if (row != NULL && row->target.kind == TARGET_FINDING &&
		row->target.index < c->judgement.count && top->kind == SCREEN_FINDINGS)
		return c->judgement.findings[row->target.index].by_hand;
	if (top->kind == SCREEN_FINDING && top->target.index < c->judgement.count)
		return c->judgement.findings[top->target.index].by_hand;
	if (row == NULL) {
		struct render_options options = { 78, c->is_ascii };

		render_text(&top->pane.doc, &options, &text);
	}
	for (i = 0; row != NULL && i < row->count; i++) {
		for (k = 0; k < row->cells[i].count; k++)
			buf_add(&text, row->cells[i].spans[k].text.text);
		if (i + 1 < row->count)
			buf_add_char(&text, ' ');
	}
	out = arena_str(&c->arena, str_trim(buf_str(&text)));
	buf_release(&text);
	return out;
}

void
copy_begin(struct console *c)
{
	struct str text = copied(c);

	if (c->options->has_no_clipboard)
		console_say(c, "the clipboard is off in the configuration; w saves");
	else if (text.n == 0)
		console_say(c, "nothing to copy here");
	else if (!term_copy(c->term, text))
		console_say(c, "too much for the clipboard; w saves");
	else
		console_say(c, "copied %zu bytes to the clipboard (OSC 52)", text.n);
}
