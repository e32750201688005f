/*
 * draw: the picture: title, what a screen shows, Why box, rule, status, key bar.
 */
#include <stdio.h>
#include <string.h>

#include "tui/screen.h"

/* Below this the layout is one column (screens never refuse a size). */
#define FULL_ROWS 16
#define FULL_COLUMNS 60

static const struct {
	enum stage stage;
	const char *name, *brief, *title;
	bool has_time; /* it waits for somebody */
} strip[] = {
	{ STAGE_ENV, "HERE", "", "Here", false },
	{ STAGE_TXT, "DNS", "DNS", "DNS records", true },
	{ STAGE_HTTPS, "FETCH", "FETCH", "HTTPS policy", true },
	{ STAGE_POLICY, "POLICY", "POL", "Policy", false },
	{ STAGE_MX, "MX", "MX", "MX", true },
	{ STAGE_VERDICT, "END", "END", "Verdict", false },
};
#define STRIP (sizeof(strip) / sizeof(strip[0]))

static void
seconds(char *out, size_t size, int64_t us)
{
	if (us < 0)
		us = 0;
	if (us < 10000000)
		snprintf(out, size, "%d.%02ds", (int)(us / 1000000), (int)(us / 10000 % 100));
	else
		snprintf(out, size, "%d.%ds", (int)(us / 1000000), (int)(us / 100000 % 10));
}

static unsigned
stages_done(const struct console *c)
{
	unsigned done = 0;
	size_t i;

	for (i = 1; i < STRIP; i++) {
		enum state s = c->judgement.stages[strip[i].stage];

		done += s != STATE_WAITING && s != STATE_RUNNING;
	}
	return done;
}

static enum state
verdict_state(const struct console *c)
{
	return c->judgement.stages[STAGE_VERDICT];
}

static enum role
title_role(enum state s)
{
	switch (s) {
	case STATE_OK:
		return ROLE_TITLE_OK;
	case STATE_WARN:
		return ROLE_TITLE_WARN;
	case STATE_FAIL:
	case STATE_INCONCLUSIVE:
		return ROLE_TITLE_FAIL;
	case STATE_WAITING:
	case STATE_RUNNING:
	case STATE_SKIPPED:
	case STATE_NOT_REACHED:
		return ROLE_TITLE;
	}
	return ROLE_TITLE;
}

/* " Walk > 4 MX": where we are, from the stack. */
static struct safe
crumbs(struct console *c, struct painter *p)
{
	struct arena *a = painter_arena(p);
	const struct screen *s = console_top(c);
	struct safe part = safe_text(a, s->target.host, 30);
	size_t i;

	switch (s->kind) {
	case SCREEN_STAGE:
		for (i = 0; i + 1 < STRIP && strip[i].stage != s->target.stage; i++)
			;
		return safe_printf(a, "Walk > %zu %s", i, strip[i].title);
	case SCREEN_HOST:
		return safe_printf(a, "4 MX > %.*s", SAFE_ARG(part));
	case SCREEN_ADDRESS:
		part = safe_text(a, s->target.address, 40);
		return safe_printf(a, "4 MX > ... > %.*s", SAFE_ARG(part));
	case SCREEN_OVERVIEW:
	case SCREEN_FINDINGS:
	case SCREEN_FINDING:
	case SCREEN_LOG:
	case SCREEN_HELP:
		break;
	}
	return safe_literal(screen_ops(s->kind)->crumb);
}

/* "running 4/5  6 of 7 addresses", "done 5/5", "cancelled". */
static struct safe
progress(const struct console *c, struct arena *a)
{
	const struct session *s = c->session;
	const struct judgement *j = &c->judgement;

	if (s->is_ended && s->end_reason != END_DONE)
		return safe_printf(a, "%s", end_reason_name(s->end_reason));
	if (s->is_ended)
		return safe_printf(a, "done %u/5", stages_done(c));
	if (j->addresses == 0 || c->columns < 100)
		return safe_printf(a, "running %u/5", stages_done(c));
	return safe_printf(
		a, "running %u/5  %zu of %zu addresses", stages_done(c), j->tested, j->addresses);
}

static void
draw_title(struct console *c, struct painter *p)
{
	struct arena *a = painter_arena(p);
	const struct session *s = c->session;
	struct safe domain = s->start != NULL ? safe_text(a, s->start->domain_unicode, 0)
					      : safe_literal("");
	struct safe crumb = crumbs(c, p), left, right, verdict, done = progress(c, a);
	enum state state = verdict_state(c);
	char elapsed[24];
	unsigned room, rest;

	seconds(elapsed, sizeof(elapsed), s->is_ended ? s->last_us : c->now_us);
	right = safe_printf(a, "%s  %.*s ", elapsed, SAFE_ARG(done));
	verdict = safe_printf(a, " %s ", state_word(state));
	room = (unsigned)c->columns;
	room = room > right.width + verdict.width ? room - right.width - verdict.width : 0;
	/* The middle of the crumbs is shortened first, then the domain; never the verdict. */
	rest = 11 + domain.width;
	crumb = safe_shorten(a, crumb, room > rest + 12 ? room - rest - 1 : 12);
	rest = 11 + crumb.width + 1;
	domain = safe_shorten(a, domain, room > rest + 8 ? room - rest : 8);
	left = safe_printf(a, " stswalk  %.*s  %.*s", SAFE_ARG(domain), SAFE_ARG(crumb));
	if (c->options->title != NULL && left.width + 6 < room)
		left = safe_printf(a, "%.*s  lab", SAFE_ARG(left));
	paint_bar(p, 0, c->columns - (int)verdict.width, ROLE_TITLE, left, right);
	paint_text(p, 0, c->columns - (int)verdict.width, (int)verdict.width, title_role(state),
		verdict);
}

/* Names of the stages are shortened where there is no room, then times are left out. */
static void
draw_strip(struct console *c, struct painter *p, int row)
{
	const struct screen *top = console_top(c);
	bool is_wide = c->columns >= 60;
	int column = is_wide ? 1 : 0;
	size_t i;

	for (i = 0; i < STRIP; i++) {
		enum state state = c->judgement.stages[strip[i].stage];
		bool is_here = top->kind == SCREEN_STAGE && top->target.stage == strip[i].stage;
		int64_t us = c->judgement.stage_us[strip[i].stage];
		char text[32], time[24];

		snprintf(text, sizeof(text), "%zu %s%s", i,
			is_wide ? strip[i].name : strip[i].brief,
			is_wide || strip[i].brief[0] != '\0' ? " " : "");
		column += paint_words(p, row, column, c->columns - column,
			is_here ? ROLE_HEADER : ROLE_STRIP, text);
		column += paint_glyph(p, row, column, state_role(state), state_glyph(state));
		seconds(time, sizeof(time), us);
		snprintf(text, sizeof(text), " %.4s", time);
		if (us > 0 && strip[i].has_time && c->columns >= 76)
			column += paint_words(
				p, row, column, c->columns - column, ROLE_STRIP, text);
		column += c->columns >= 76 ? 3 : 1;
	}
}

/* Whether a key would do something here: the key bar shows no other. */
static bool
wants_key(const struct console *c, enum action action)
{
	const struct screen *top = &c->stack[c->depth - 1];
	const struct row *selected = pane_row(&top->pane);

	if (action == ACTION_OPEN)
		return selected != NULL && selected->target.kind != TARGET_NONE &&
		       selected->target.kind != TARGET_LINE;
	if (action == ACTION_NEXT_PROBLEM)
		return c->judgement.severity >= SEVERITY_WARNING;
	if (action == ACTION_STOP)
		return !c->session->is_ended;
	if (action == ACTION_FINDINGS)
		return top->kind != SCREEN_FINDINGS;
	if (action == ACTION_LOG)
		return top->kind != SCREEN_LOG;
	if (action == ACTION_POLICY)
		return c->session->has_policy;
	return true;
}

/* The key bar: keys by priority until it is full, in the order of the table; ? and q never drop. */
static void
draw_keys(struct console *c, struct painter *p, int row)
{
	bool is_in[64] = { false };
	int used = 1, column = 1, best;
	size_t i, pick;

	for (;;) {
		best = 0;
		pick = key_row_count;
		for (i = 0; i < key_row_count && i < 64; i++) {
			const struct key_row *k = &key_rows[i];

			if (!is_in[i] && k->priority > best && k->label[0] != '\0' &&
				wants_key(c, k->action)) {
				best = k->priority;
				pick = i;
			}
		}
		if (pick == key_row_count)
			break;
		used += (int)(strlen(key_rows[pick].key) + strlen(key_rows[pick].label)) + 3;
		if (used > c->columns && best < 100)
			break;
		is_in[pick] = true;
	}
	for (i = 0; i < key_row_count && i < 64; i++) {
		const struct key_row *k = &key_rows[i];
		const char *label = k->label;

		if (!is_in[i])
			continue;
		if (k->action == ACTION_BACK && c->depth == 1)
			label = "Quit";
		column += paint_words(p, row, column, c->columns - column, ROLE_KEY, k->key);
		column += paint_words(p, row, column + 1, c->columns - column - 1, ROLE_KEY_LABEL,
				  label) +
			  3;
	}
}

/* "2 error 5 warning 4 info"; kinds that did not occur are left out. */
static struct safe
counts(const struct console *c, struct arena *a)
{
	static const struct {
		enum severity severity;
		const char *word;
	} kinds[] = { { SEVERITY_ERROR, "error" }, { SEVERITY_INCONCLUSIVE, "unknown" },
		{ SEVERITY_WARNING, "warning" }, { SEVERITY_INFO, "info" } };
	struct safe all = safe_literal("");
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = c->judgement.counts[kinds[i].severity];

		if (n > 0)
			all = safe_printf(a, "%.*s%s%zu %s", SAFE_ARG(all),
				all.width > 0 ? " " : "", n, kinds[i].word);
	}
	return all;
}

static void
draw_counter(struct console *c, struct painter *p, int row)
{
	const struct judgement *j = &c->judgement;
	const struct screen *top = console_top(c);
	struct safe kinds = counts(c, painter_arena(p));
	char text[128];
	size_t at, of;

	pane_place(&top->pane, &at, &of);
	if (top->kind == SCREEN_OVERVIEW)
		snprintf(text, sizeof(text), "%zu finding%s%s%.*s", j->count,
			j->count == 1 ? "" : "s", j->count > 0 ? ": " : "", SAFE_ARG(kinds));
	else
		snprintf(text, sizeof(text), "%zu of %zu", at, of);
	paint_rule(p, row, c->columns, NULL, text);
}

/* What is waited for: the attempt that has waited longest. */
static void
draw_running(struct console *c, struct painter *p, int row)
{
	const struct attempt *oldest = NULL;
	const char *what = NULL;
	struct arena *a = painter_arena(p);
	int64_t oldest_us = 0;
	size_t i;

	for (i = 0; i < c->session->attempt_count; i++) {
		const struct attempt *t = c->session->attempts[i];
		int64_t since, limit;
		const char *waits = attempt_waits_for(t, &since, &limit);

		if (waits == NULL || (oldest != NULL && since >= oldest_us))
			continue;
		oldest = t;
		oldest_us = since;
		what = waits;
	}
	if (oldest == NULL) {
		paint_words(p, row, 1, c->columns - 1, ROLE_DIM, "waiting for DNS answers");
		return;
	}
	paint_text(p, row, 1, c->columns - 1, ROLE_DIM,
		safe_printf(a, "%.*s %.*s: waiting for %s",
			SAFE_ARG(safe_text(a, oldest->host, 40)),
			SAFE_ARG(safe_text(a, oldest->address, 0)), what));
}

static void
draw_status(struct console *c, struct painter *p, int row)
{
	struct arena *a = painter_arena(p);
	char elapsed[24];

	if (c->status.n > 0) {
		paint_text(p, row, 1, c->columns - 1, ROLE_PROMPT,
			safe_text(a, buf_str(&c->status), (unsigned)c->columns));
		return;
	}
	if (!c->session->is_ended) {
		draw_running(c, p, row);
		return;
	}
	seconds(elapsed, sizeof(elapsed), c->session->last_us);
	paint_text(p, row, 1, c->columns - 1, ROLE_DIM,
		safe_printf(a, "%s %s; `check` would exit %d",
			c->session->end_reason == END_DONE ? "done in" : "ended after", elapsed,
			c->judgement.exit));
}

/* The Why box of the selection: as much of it as fits. */
static void
draw_why(struct console *c, struct painter *p, int row, int height)
{
	struct screen *top = console_top(c);
	const struct row *selected = pane_row(&top->pane);
	struct view_input in = console_input(c);
	struct pane why = { 0 };
	struct doc doc;

	if (height < 2)
		return;
	paint_rule(p, row, c->columns, "Why", NULL);
	view_why(&in, selected != NULL ? &selected->target : &top->target, top->nth, &doc);
	pane_set(&why, &doc, (unsigned)c->columns, painter_is_ascii(p));
	buf_clear(&why.selected);
	why.height = height - 1;
	pane_paint(&why, p, row + 1, 0);
	pane_release(&why);
}

/* Lines at the top that never scroll: what stands before the first row that can be selected. */
static size_t
fixed_lines(const struct pane *pane)
{
	size_t i;

	for (i = 0; i < pane->layout.count; i++) {
		const struct line *line = &pane->layout.lines[i];

		if (pane->doc.rows[line->row].id.n > 0)
			return i;
	}
	return 0;
}

static void
build(struct console *c, struct screen *s, struct painter *p)
{
	struct doc doc;

	screen_ops(s->kind)->view(c, s, &doc);
	pane_set(&s->pane, &doc, (unsigned)c->columns, painter_is_ascii(p));
	if (s->kind == SCREEN_OVERVIEW || s->kind == SCREEN_FINDINGS)
		s->pane.first = fixed_lines(&s->pane);
}

static int
min_int(int a, int b)
{
	return a < b ? a : b;
}

static int
max_int(int a, int b)
{
	return a > b ? a : b;
}

/* Lines of the head that are shown: all of them, or the first and the last on a low screen. */
static int
draw_head(struct console *c, struct painter *p, const struct pane *pane, int top)
{
	size_t i;
	int row = top;

	for (i = 0; i < pane->first; i++) {
		if (c->rows < 24 && i > 0 && i + 1 < pane->first)
			continue;
		paint_line(p, row++, 0, c->columns, &pane->layout.lines[i], false);
	}
	return row;
}

/* Rows of the Why box, its rule included; the list keeps at least six rows where it has them. */
static int
why_rows(const struct console *c, const struct pane *pane, int body)
{
	int lines = (int)(pane->end - pane->first), why;

	why = max_int(c->rows >= 24 ? 7 : 4, body - lines);
	why = min_int(why, body - min_int(lines, c->rows >= 24 ? 3 : 6));
	return why >= 2 ? why : 0;
}

static void
draw_full(struct console *c, struct painter *p)
{
	struct screen *s = console_top(c);
	bool is_home = s->kind == SCREEN_OVERVIEW;
	int top = is_home ? 1 : 3, bottom = c->rows - 3, cursor, body, why;

	build(c, s, p);
	draw_title(c, p);
	if (!is_home) {
		draw_strip(c, p, 1);
		paint_rule(p, 2, c->columns, NULL, NULL);
	}
	top = draw_head(c, p, &s->pane, top);
	body = bottom - top;
	why = screen_ops(s->kind)->has_why ? why_rows(c, &s->pane, body) : 0;
	pane_fit(&s->pane, body - why);
	cursor = pane_paint(&s->pane, p, top, 0);
	if (why > 0)
		draw_why(c, p, bottom - why, why);
	draw_counter(c, p, bottom);
	draw_status(c, p, bottom + 1);
	draw_keys(c, p, bottom + 2);
	painter_end(p, cursor >= 0 ? cursor : bottom + 1, 0);
}

/* One column: mail now, stages, the worst findings, and what the whole layout would need. */
static void
draw_small(struct console *c, struct painter *p)
{
	const struct judgement *j = &c->judgement;
	struct arena *a = painter_arena(p);
	char elapsed[24];
	int row = 0;
	size_t i;

	if (c->rows < 4 || c->columns < 20) {
		paint_text(p, 0, 0, c->columns, ROLE_TEXT,
			safe_printf(a, "%s %zu", state_word(verdict_state(c)),
				j->counts[SEVERITY_ERROR]));
		painter_end(p, 0, 0);
		return;
	}
	seconds(elapsed, sizeof(elapsed), c->session->is_ended ? c->session->last_us : c->now_us);
	paint_text(p, row++, 0, c->columns, ROLE_TITLE,
		safe_shorten(a,
			safe_printf(a, "stswalk %.*s  %s  %s",
				SAFE_ARG(safe_text(a, session_domain(c->session), 64)),
				state_word(verdict_state(c)), elapsed),
			(unsigned)c->columns));
	paint_text(p, row++, 0, c->columns, ROLE_TEXT,
		safe_printf(a, "mail: %s", mail_outcome_words(j->fresh)));
	if (c->rows > 4)
		draw_strip(c, p, row++);
	for (i = 0; i < j->count && row < c->rows - 2; i++) {
		const struct finding *f = &j->findings[i];
		struct safe subject = safe_text(a, f->subject, 64);

		paint_glyph(p, row, 0, severity_role(f->severity), severity_glyph(f->severity));
		paint_text(p, row++, 2, c->columns - 2, ROLE_TEXT,
			safe_printf(a, "%s %.*s", f->type->name, SAFE_ARG(subject)));
	}
	paint_text(p, c->rows - 2, 0, c->columns, ROLE_DIM,
		safe_printf(a, "%.*s   %dx%d: layout needs %dx%d", SAFE_ARG(counts(c, a)),
			c->columns, c->rows, FULL_COLUMNS, FULL_ROWS));
	draw_keys(c, p, c->rows - 1);
	painter_end(p, c->rows - 1, 0);
}

void
console_draw(struct console *c)
{
	painter_begin(c->painter);
	if (c->rows < FULL_ROWS || c->columns < FULL_COLUMNS)
		draw_small(c, c->painter);
	else
		draw_full(c, c->painter);
}
