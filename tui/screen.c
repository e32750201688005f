#include "tui/screen.h"
#include "tui/screen_home.h"
#include "tui/screen_lesson.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/rows.h"
#include "tui/screen_sim.h"
#include "tui/screen_tlsrpt.h"

/* Views of core that need nothing but the session. */
#define VIEW(name, call) \
	static void name(const struct console *c, const struct screen *s, struct doc *out) \
	{ \
		struct view_input in = console_input(c); \
\
		(void)s; \
		call; \
	}
VIEW(overview_view, view_overview(&in, out))
VIEW(stage_view, view_stage(&in, s->target.stage, out))
VIEW(host_view, view_host(&in, s->target.host, out))
VIEW(address_view, view_address(&in, s->target.host, s->target.address, out))
VIEW(certs_view, view_certs(&in, s->target.host, s->target.address, buf_str(&s->pane.selected),
			 s->has_other_form, out))
VIEW(findings_view, view_findings(&in, out))
VIEW(finding_view, view_finding(&in, s->target.index, out))
VIEW(log_view, view_log(&in, out))
VIEW(bytes_view, view_bytes(&in, &s->bytes, out))
#undef VIEW

static const struct screen_ops table[screen_kind_count] = {
	[SCREEN_OVERVIEW] = { .crumb = "Walk",
		.view = overview_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_STOP_PROBE, ACTION_HOLD,
			ACTION_STOP, ACTION_WATCH, ACTION_FINDINGS, ACTION_AGAIN_THIS,
			ACTION_SIMULATE, ACTION_LOG, ACTION_POLICY, ACTION_SAVE },
		.has_why = true,
		.list_percent = 48,
		.is_fixed_head = true },
	[SCREEN_STAGE] = { .crumb = "Stage",
		.view = stage_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_STOP_PROBE, ACTION_AGAIN_THIS,
			ACTION_CERTS, ACTION_POLICY, ACTION_BYTES, ACTION_SEARCH, ACTION_COPY },
		.sibling = stage_sibling,
		.has_why = true,
		.list_percent = 54 },
	[SCREEN_HOST] = { .crumb = "MX host",
		.view = host_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_STOP_PROBE, ACTION_AGAIN_THIS,
			ACTION_CERTS, ACTION_BYTES, ACTION_SEARCH },
		.open_label = "Dialogue",
		.sibling = host_sibling,
		.has_why = true,
		.list_percent = 54 },
	[SCREEN_ADDRESS] = { .crumb = "Address",
		.view = address_view,
		.noun = "line",
		.bar = { ACTION_STOP_PROBE, ACTION_AGAIN_THIS, ACTION_CERTS, ACTION_BYTES,
			ACTION_TIMES, ACTION_SEARCH, ACTION_COPY, ACTION_LOG },
		.sibling = address_sibling,
		.has_why = true,
		.why_rows = 4,
		.is_fixed_head = true },
	[SCREEN_CERTS] = { .crumb = "Certs",
		.view = certs_view,
		.noun = "certificate",
		.bar = { ACTION_FORM, ACTION_BYTES, ACTION_COPY, ACTION_SAVE },
		.sibling = address_sibling,
		.has_why = true,
		.why_rows = 6,
		.is_why_low = true },
	[SCREEN_FINDINGS] = { .crumb = "Findings",
		.view = findings_view,
		.noun = "finding",
		.bar = { ACTION_OPEN, ACTION_SEVERITY, ACTION_FILTER, ACTION_SORT_LEFT, ACTION_COPY,
			ACTION_SAVE },
		.open_label = "Evidence",
		.has_why = true,
		.list_percent = 50,
		.is_fixed_head = true },
	[SCREEN_FINDING] = { .crumb = "Finding",
		.view = finding_view,
		.noun = "line",
		.bar = { ACTION_OPEN, ACTION_BYTES, ACTION_CERTS, ACTION_COPY, ACTION_SEARCH },
		.open_label = "Evidence",
		.open = finding_open,
		.sibling = finding_sibling },
	[SCREEN_LOG] = { .crumb = "Log",
		.view = log_view,
		.is_steady = true,
		.noun = "event",
		.bar = { ACTION_FOLLOW, ACTION_SEARCH, ACTION_NEXT_MATCH, ACTION_FILTER,
			ACTION_TIMES, ACTION_BYTES },
		.open_label = "Finding",
		.open = log_open },
	[SCREEN_BYTES] = { .crumb = "Bytes",
		.view = bytes_view,
		.is_steady = true,
		.noun = "line",
		.bar = { ACTION_SEARCH, ACTION_COPY, ACTION_SAVE } },
	[SCREEN_DIFF] = { .crumb = "Diff",
		.view = diff_screen_view,
		.noun = "change",
		.bar = { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_SEARCH, ACTION_FILTER,
			ACTION_SAVE },
		.open_label = "Both sides",
		.open = change_open,
		.tab_label = "Next change",
		.move = diff_move,
		.counter = diff_counter,
		.status = diff_status,
		.is_steady = true,
		.is_fixed_head = true },
	[SCREEN_CHANGE] = { .crumb = "Diff > Change",
		.view = change_view,
		.noun = "line",
		.bar = { ACTION_NEXT_SIBLING, ACTION_COPY, ACTION_SAVE },
		.sibling = change_sibling,
		.is_steady = true },
	[SCREEN_HELP] = { .crumb = "Help",
		.view = help_view,
		.is_steady = true,
		.noun = "line",
		.bar = { ACTION_SEARCH, ACTION_NEXT_MATCH },
		.is_plain = true },
	[SCREEN_THEMES] = { .crumb = "Themes",
		.view = themes_view,
		.noun = "theme",
		.bar = { ACTION_OPEN, ACTION_SAVE, ACTION_ASCII, ACTION_COLOR },
		.open_label = "Keep",
		.open = themes_open,
		.save_label = "Save a copy",
		.key = themes_key,
		.status = themes_status,
		.is_fixed_head = true,
		.is_plain = true },
	[SCREEN_SAVE] = { .crumb = "Save",
		.view = save_view,
		.noun = "field",
		.bar = { ACTION_RIGHT, ACTION_OPEN, ACTION_SAVE },
		.open_label = "On/off, edit",
		.save_label = "Write",
		.side_label = "Choice",
		.open = save_open,
		.move = save_move,
		.counter = save_counter,
		.status = save_status },
	[SCREEN_SIMULATE] = { .crumb = "Simulate",
		.view = simulate_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_LESS, ACTION_MORE, ACTION_TIMES, ACTION_SIMULATE,
			ACTION_FINDINGS, ACTION_UNDO, ACTION_UNDO_ALL, ACTION_COPY, ACTION_SAVE },
		.open = simulate_open,
		.sibling = simulate_sibling,
		.move = simulate_move,
		.key = simulate_key,
		.has_why = true },
	[SCREEN_SENDER] = { .crumb = "Sender",
		.view = sender_view,
		.noun = "line",
		.bar = { ACTION_SIMULATE, ACTION_COPY, ACTION_SAVE } },
	[SCREEN_BOUNCE] = { .crumb = "Bounce",
		.view = bounce_view,
		.noun = "line",
		.bar = { ACTION_OPEN, ACTION_BOUNCE, ACTION_SIMULATE, ACTION_COPY, ACTION_SAVE },
		.open_label = "Finding",
		.open = bounce_open },
	[SCREEN_LESSON] = { .crumb = "Lesson",
		.view = lesson_view,
		.is_steady = true,
		.noun = "line",
		.bar = { ACTION_OPEN, ACTION_LESSON_BACK, ACTION_FINDINGS, ACTION_LOG, ACTION_CERTS,
			ACTION_POLICY },
		.open_label = "Next",
		.open = lesson_next,
		.counter = lesson_counter },
	[SCREEN_LESSONS] = { .crumb = "Lessons",
		.view = lessons_view,
		.noun = "lesson",
		.bar = { ACTION_OPEN, ACTION_SEARCH, ACTION_NEXT_MATCH, ACTION_FILTER },
		.open_label = "Begin",
		.open = lessons_open,
		.is_fixed_head = true,
		.is_plain = true },
	[SCREEN_DEMOS] = { .crumb = "Demo",
		.view = demos_view,
		.noun = "scenario",
		.bar = { ACTION_OPEN, ACTION_SEARCH, ACTION_NEXT_MATCH, ACTION_FILTER },
		.open_label = "Walk",
		.open = home_open,
		.is_fixed_head = true,
		.is_plain = true },
	[SCREEN_TLSRPT] = { .crumb = "TLSRPT",
		.view = tlsrpt_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_POLICY, ACTION_BYTES, ACTION_SORT_LEFT,
			ACTION_OPEN_FILE, ACTION_AGAIN, ACTION_SAVE },
		.open_label = "Finding",
		.open = tlsrpt_open,
		.key = tlsrpt_key,
		.box = tlsrpt_box,
		.is_fixed_head = true },
	[SCREEN_TLSRPT_POLICY] = { .crumb = "TLSRPT > Policy",
		.view = tlsrpt_policy_view,
		.noun = "line",
		.bar = { ACTION_SEARCH, ACTION_COPY } },
	[SCREEN_TLSRPT_BYTES] = { .crumb = "TLSRPT > Bytes",
		.view = tlsrpt_bytes_view,
		.is_steady = true,
		.noun = "line",
		.bar = { ACTION_SEARCH, ACTION_COPY } },
	[SCREEN_HOME] = { .crumb = "",
		.view = home_view,
		.noun = "row",
		.bar = { ACTION_OPEN, ACTION_DOMAIN, ACTION_OPEN_FILE, ACTION_LESSONS,
			ACTION_SEARCH },
		.open_label = "Open",
		.open = home_open,
		.is_plain = true },
};

/* Stages are pages of one kind, but not of one thing. */
static const struct {
	const char *noun;
	enum action bar[12];
} stages[stage_count] = {
	[STAGE_ENV] = { "check",
		{ ACTION_NEXT_PROBLEM, ACTION_LOG, ACTION_AGAIN, ACTION_COPY, ACTION_SAVE } },
	[STAGE_TXT] = { "row",
		{ ACTION_NEXT_PROBLEM, ACTION_POLICY, ACTION_BYTES, ACTION_COPY, ACTION_LOG } },
	[STAGE_HTTPS] = { "step", { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_CERTS, ACTION_POLICY,
					  ACTION_BYTES, ACTION_COPY, ACTION_SEARCH } },
	[STAGE_POLICY] = { "line",
		{ ACTION_NEXT_PROBLEM, ACTION_BYTES, ACTION_SIMULATE, ACTION_COPY } },
	[STAGE_MX] = { "row", { ACTION_OPEN, ACTION_NEXT_PROBLEM, ACTION_CERTS, ACTION_SNI,
				      ACTION_SORT_LEFT, ACTION_FILTER } },
	[STAGE_VERDICT] = { "row",
		{ ACTION_OPEN, ACTION_FINDINGS, ACTION_SIMULATE, ACTION_COPY, ACTION_SAVE } },
};

const enum action *
screen_bar(const struct screen *s)
{
	if (s->kind == SCREEN_STAGE && stages[s->target.stage].noun != NULL)
		return stages[s->target.stage].bar;
	return table[s->kind].bar;
}

const char *
screen_noun(const struct screen *s)
{
	if (s->kind == SCREEN_STAGE && stages[s->target.stage].noun != NULL)
		return stages[s->target.stage].noun;
	return table[s->kind].noun;
}

const struct screen_ops *
screen_ops(enum screen_kind kind)
{
	return &table[kind];
}

bool
screen_has_why(const struct screen *s)
{
	return table[s->kind].box != NULL ||
	       (table[s->kind].has_why && (s->kind != SCREEN_SIMULATE || s->tab == 0));
}

struct screen *
console_top(struct console *c)
{
	return &c->stack[c->depth - 1];
}

struct pane *
console_pane(struct console *c)
{
	struct screen *s = console_top(c);

	return s->has_detail_focus && s->detail.has_doc ? &s->detail : &s->pane;
}

void
screen_target(struct screen *s, const struct target *target)
{
	struct target kept = target == NULL ? (struct target){ 0 } : *target;
	struct buf host = BUF_INIT(0), address = BUF_INIT(0);

	buf_add(&host, kept.host);
	buf_add(&address, kept.address);
	buf_release(&s->host);
	buf_release(&s->address);
	s->host = host;
	s->address = address;
	s->target = kept;
	s->target.host = buf_str(&s->host);
	s->target.address = buf_str(&s->address);
}

void
screen_release(struct screen *s)
{
	pane_release(&s->pane);
	pane_release(&s->detail);
	pattern_release(&s->filter);
	buf_release(&s->host);
	buf_release(&s->address);
	buf_release(&s->job);
	buf_release(&s->detail_of);
	memset(s, 0, sizeof(*s));
}

void
console_moved(struct console *c)
{
	c->is_dirty = true;
	c->is_outdated = true;
}

void
console_changed(struct console *c)
{
	console_moved(c);
	c->version++;
}

void
console_go(struct console *c, enum console_next kind, struct str name)
{
	buf_clear(&c->next);
	buf_add(&c->next, name);
	c->next_kind = kind;
	/* Who leaves from reports or a bounce sees them again, joined with what comes. */
	c->options->reports->is_wanted = console_top(c)->kind == SCREEN_TLSRPT;
	bounce_keep(c);
	c->is_leaving = true;
}

struct screen *
console_push(struct console *c, enum screen_kind kind, const struct target *target)
{
	struct screen *s;

	if (console_top(c)->kind == kind && target == NULL)
		return NULL;
	if (c->depth == SCREENS_MAX) {
		console_say(c, "q goes back first: this is as deep as it goes");
		return NULL;
	}
	s = &c->stack[c->depth];
	memset(s, 0, sizeof(*s));
	s->kind = kind;
	screen_target(s, target);
	c->depth++;
	if (kind == SCREEN_LOG)
		log_recall(c, s);
	console_moved(c);
	return s;
}

bool
console_pop(struct console *c)
{
	if (c->depth == 1)
		return false;
	/* What was only looked at is not kept. */
	if (console_top(c)->kind == SCREEN_THEMES)
		console_theme(c, buf_str(&c->theme_name));
	if (console_top(c)->kind == SCREEN_LOG)
		log_keep(c, console_top(c));
	screen_release(console_top(c));
	c->depth--;
	console_moved(c);
	return true;
}

void
screen_document(const struct console *c, const struct screen *s, struct doc *out)
{
	table[s->kind].view(c, s, out);
	if (s->kind == SCREEN_LOG)
		log_times(c, out);
	for (size_t i = 0; i < out->count; i++)
		out->rows[i].is_changed = watch_has_changed(&c->watch, &out->rows[i].target);
	if (s->least > SEVERITY_OK)
		rows_least(out, s->least);
	rows_sort(out, s->sort);
	rows_filter(out, &s->filter);
}

bool
screen_of_row(const struct screen *s, const struct row *row, enum screen_kind *out)
{
	static const enum screen_kind kinds[] = {
		[TARGET_NONE] = SCREEN_OVERVIEW,
		[TARGET_STAGE] = SCREEN_STAGE,
		[TARGET_HOST] = SCREEN_HOST,
		[TARGET_ADDRESS] = SCREEN_ADDRESS,
		[TARGET_FINDING] = SCREEN_FINDING,
		[TARGET_LINE] = SCREEN_OVERVIEW,
	};

	*out = row == NULL ? SCREEN_OVERVIEW : kinds[row->target.kind];
	if (*out == SCREEN_OVERVIEW)
		return false;
	if (*out != s->kind)
		return true;
	/* Not the same page again. */
	return row->target.stage != s->target.stage || !str_eq(row->target.host, s->target.host) ||
	       !str_eq(row->target.address, s->target.address) ||
	       row->target.index != s->target.index;
}

void
console_say(struct console *c, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_clear(&c->status);
	buf_add_text(&c->status, text);
	c->is_status_error = false;
	c->is_dirty = true;
}

void
console_ask(struct console *c, const char *label, struct str text,
	void (*accept)(struct console *c, struct str text))
{
	prompt_open(&c->prompt, label, text);
	c->on_prompt = accept;
	c->on_prompt_key = NULL;
	c->on_prompt_text = NULL;
	c->is_dirty = true;
}

struct view_input
console_input(const struct console *c)
{
	return (struct view_input){ c->session, &c->judgement, c->now_us, c->times };
}
