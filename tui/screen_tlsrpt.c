/*
 * screen_tlsrpt: o: TLSRPT reports beside the walk, or before one; a policy file over the walk.
 */
#include "core/name.h"
#include "tui/reports.h"
#include "tui/screen_tlsrpt.h"

static bool
has_walk(const struct console *c)
{
	return c->session->start != NULL;
}

static const struct report_join *
join_of(const struct console *c)
{
	const struct view_input in = console_input(c);

	return reports_join(
		c->options->reports, has_walk(c) && c->has_judgement ? &in : NULL, c->version);
}

static struct str
selected(const struct screen *s)
{
	const struct row *row = pane_row(&s->pane);

	return row != NULL ? row->id : STR_EMPTY;
}

void
tlsrpt_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_report_list(join_of(c), out);
	/* Below another screen it is only asked for when it is saved: with its box. */
	if (s != &c->stack[c->depth - 1])
		part_report_row(out, join_of(c), has_walk(c) ? &in : NULL, selected(s));
}

void
tlsrpt_box(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_report_row(join_of(c), has_walk(c) ? &in : NULL, selected(s), out);
}

void
tlsrpt_policy_view(const struct console *c, const struct screen *s, struct doc *out)
{
	view_report_policy(join_of(c), s->target.host, out);
}

void
tlsrpt_bytes_view(const struct console *c, const struct screen *s, struct doc *out)
{
	struct str json = STR_EMPTY;
	const struct named_report *report;

	join_of(c);
	report = reports_of_row(c->options->reports, s->target.host, &json);
	view_bytes_of("the report's JSON", json, out);
	if (report != NULL)
		doc_text(out, 1, ROLE_DIM, "read from %s", doc_shown(out, report->file));
}

/* Walk the domain that the reports are about, and come back to them. */
static void
walk_domain(struct console *c)
{
	const struct str domain = report_join_domain(join_of(c), selected(console_top(c)));

	if (domain.n == 0) {
		console_say(c, "the reports name no domain: d walks one");
		return;
	}
	console_go(c, NEXT_DOMAIN, domain);
}

void
tlsrpt_open(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);

	if (!has_walk(c))
		walk_domain(c);
	else if (row != NULL && row->target.kind == TARGET_FINDING)
		console_push(c, SCREEN_FINDING, &row->target);
	else
		console_say(c, "no finding of this walk explains this row");
}

static void
step(struct console *c, int by)
{
	struct reports *r = c->options->reports;

	if (r->count < 2)
		console_say(c, "one report is open: o opens another beside it");
	else if (by > 0 ? r->alone < r->count : r->alone > 0)
		r->alone += by > 0 ? 1 : (size_t)-1;
	if (r->count > 1 && r->alone == 0)
		console_say(c, "all %zu reports together", r->count);
	else if (r->count > 1)
		console_say(c, "report %zu: %.*s", r->alone, STR_ARG(r->list[r->alone - 1].file));
	pane_edge(&console_top(c)->pane, false);
	console_changed(c);
}

static void
show_part(struct console *c, enum screen_kind kind)
{
	const struct target target = { .host = selected(console_top(c)) };

	console_push(c, kind, &target);
}

bool
tlsrpt_key(struct console *c, enum action action)
{
	if (action == ACTION_NEXT_SIBLING || action == ACTION_PREVIOUS_SIBLING)
		step(c, action == ACTION_NEXT_SIBLING ? 1 : -1);
	else if (action == ACTION_POLICY)
		show_part(c, SCREEN_TLSRPT_POLICY);
	else if (action == ACTION_BYTES)
		show_part(c, SCREEN_TLSRPT_BYTES);
	else if (action == ACTION_AGAIN && !has_walk(c))
		walk_domain(c);
	else
		return false;
	return true;
}

/* Behind the counter: which report, when there are several. */
struct safe
tlsrpt_place(const struct console *c, struct arena *a, struct safe words)
{
	const struct reports *r = c->options->reports;

	if (r->count < 2)
		return words;
	if (r->alone == 0)
		return safe_printf(a, "%.*s   all %zu reports", SAFE_ARG(words), r->count);
	return safe_printf(a, "%.*s   report %zu of %zu", SAFE_ARG(words), r->alone, r->count);
}

void
tlsrpt_show(struct console *c)
{
	c->options->reports->is_wanted = false;
	console_push(c, SCREEN_TLSRPT, NULL);
	console_changed(c);
}

static void
add_report(struct console *c, struct arena *a, struct str path, const struct opened *opened)
{
	struct reports *r = c->options->reports;
	struct arena words = { 0 };
	size_t place;

	if (reports_add(r, a, path, opened, &place)) {
		const struct str odd = tls_report_oddities(&words, &opened->report);

		r->alone = 0;
		if (odd.n > 0)
			console_say(c, "read %zu report%s; odd about this one: %.*s", r->count,
				r->count == 1 ? "" : "s", STR_ARG(odd));
		else
			console_say(c, "read %zu report%s, nothing odd about this one", r->count,
				r->count == 1 ? "" : "s");
	} else if (place <= r->count) {
		r->alone = r->count > 1 ? place : 0;
		console_say(c, "this very report is open already: it is not counted twice");
	} else {
		console_say(c, "%d reports are open: that is all that fit", REPORTS_MAX);
		c->is_status_error = true;
	}
	arena_release(&words);
	tlsrpt_show(c);
}

static void
take_opened(struct console *c, struct arena *a, struct str path, const struct opened *opened)
{
	switch (opened->kind) {
	case OPENED_SESSION:
		console_go(c, NEXT_FILE, path);
		return;
	case OPENED_REPORT:
		add_report(c, a, path, opened);
		return;
	case OPENED_POLICY:
		rehearse_begin(c, path, opened->bytes);
		return;
	}
}

static void
accept_file(struct console *c, struct str text)
{
	struct opened opened;
	struct arena a = { 0 };
	struct err err = { .text = "" };
	const char *path;

	text = str_trim(text);
	if (text.n == 0) {
		if (!rehearse_end(c) && c->options->reports->count > 0)
			tlsrpt_show(c);
		return;
	}
	path = arena_printf(&a, "%.*s", STR_ARG(text)).p;
	if (c->options->read_file(c->options->file_context, &a, path, &opened, &err) == RESULT_OK) {
		take_opened(c, &a, str_of(path), &opened);
	} else {
		console_say(c, "%s", err.text);
		c->is_status_error = true;
	}
	arena_release(&a);
}

void
open_file_begin(struct console *c)
{
	console_ask(c,
		c->options->reports->count > 0 ? "open (Enter alone: the reports again): "
					       : "open session, report or policy: ",
		STR_EMPTY, accept_file);
}
