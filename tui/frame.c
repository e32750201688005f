#include "tui/frame.h"
#include "tui/screen_sim.h"

#include <stdio.h>
#include <string.h>

#include "tui/screen_home.h"
#include "tui/screen_lesson.h"
#include "tui/screen_tlsrpt.h"
#include "tui/screen_live.h"
#include "tui/term.h"

static const struct {
	enum stage stage;
	const char *name, *brief, *title;
	bool has_time; /* it waits for somebody */
} strip[] = {
	{ STAGE_ENV, "HERE", "HERE", "Here", false },
	{ STAGE_TXT, "DNS", "DNS", "DNS records", true },
	{ STAGE_HTTPS, "FETCH", "FETCH", "HTTPS policy", true },
	{ STAGE_POLICY, "POLICY", "POL", "Policy", false },
	{ STAGE_MX, "MX", "MX", "MX", true },
	{ STAGE_VERDICT, "END", "END", "Verdict", false },
};
#define STRIP (sizeof(strip) / sizeof(strip[0]))

void
frame_seconds(char *out, size_t size, int64_t us)
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

enum state
frame_verdict(const struct console *c)
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

/* " Walk > 4 MX": where we are. */
static struct safe
crumbs(struct console *c, struct arena *a)
{
	const struct screen *s = console_top(c);
	struct safe host = safe_text(a, s->target.host, 0);
	struct safe address = safe_text(a, s->target.address, 0);
	size_t i;

	switch (s->kind) {
	case SCREEN_STAGE:
		for (i = 0; i + 1 < STRIP && strip[i].stage != s->target.stage; i++)
			;
		return safe_printf(a, "Walk > %zu %s", i, strip[i].title);
	case SCREEN_HOST:
		return safe_printf(a, "4 MX > %.*s", SAFE_ARG(host));
	case SCREEN_ADDRESS:
		return safe_printf(a, "%s > %.*s > %.*s",
			s->target.stage == STAGE_MX ? "4 MX" : "2 HTTPS", SAFE_ARG(host),
			SAFE_ARG(address));
	case SCREEN_CERTS:
		return safe_printf(a, "%.*s > Certs", SAFE_ARG(host));
	case SCREEN_SENDER:
		return safe_printf(a, "Simulate > %.*s", SAFE_ARG(host));
	case SCREEN_LESSON:
		return lesson_crumb(c, a);
	case SCREEN_LESSONS:
	case SCREEN_DEMOS:
	case SCREEN_SIMULATE:
	case SCREEN_BOUNCE:
	case SCREEN_OVERVIEW:
	case SCREEN_FINDINGS:
	case SCREEN_FINDING:
	case SCREEN_LOG:
	case SCREEN_BYTES:
	case SCREEN_HELP:
	case SCREEN_THEMES:
	case SCREEN_SAVE:
	case SCREEN_DIFF:
	case SCREEN_CHANGE:
	case SCREEN_HOME:
	case SCREEN_TLSRPT:
	case SCREEN_TLSRPT_POLICY:
	case SCREEN_TLSRPT_BYTES:
	case screen_kind_count:
		break;
	}
	return safe_literal(screen_ops(s->kind)->crumb);
}

/* Live the overview says how far the walk is in place of a verdict that is not there yet. */
static bool
shows_addresses(const struct console *c)
{
	const enum state verdict = frame_verdict(c);

	return !c->session->is_ended && c->judgement.addresses > 0 && c->columns >= 72 &&
	       c->stack[c->depth - 1].kind == SCREEN_OVERVIEW &&
	       (verdict == STATE_WAITING || verdict == STATE_RUNNING);
}

/* "running 4/5  6 of 7 addresses", "done 5/5", "cancelled". */
static struct safe
progress(const struct console *c, struct arena *a)
{
	const struct session *s = c->session;
	const struct judgement *j = &c->judgement;

	if (s->is_ended && s->end_reason != END_DONE)
		return safe_printf(a, "%s", end_reason_name(s->end_reason));
	if (s->is_ended && c->is_watching)
		return safe_literal("done");
	if (s->is_ended)
		return safe_printf(a, "done %u/5", stages_done(c));
	if (j->addresses == 0 || (c->columns < 100 && !shows_addresses(c)))
		return safe_printf(a, "running %u/5", stages_done(c));
	return safe_printf(
		a, "running %u/5  %zu of %zu addresses", stages_done(c), j->tested, j->addresses);
}

/* Before a walk there is only the program. */
static void
home_title(struct console *c)
{
	struct arena *a = painter_arena(c->painter);

	paint_bar(c->painter, 0, c->columns, ROLE_TITLE,
		safe_printf(a, " stswalk  %s", screen_ops(console_top(c)->kind)->crumb),
		safe_printf(a, "version %s ", STSWALK_VERSION));
}

void
frame_title(struct console *c)
{
	struct painter *p = c->painter;
	struct arena *a = painter_arena(p);
	const struct session *s = c->session;
	struct safe domain = s->start != NULL ? safe_text(a, s->start->domain_unicode, 0)
					      : safe_literal("");
	struct safe crumb = crumbs(c, a), left, right, verdict, done = progress(c, a);
	enum state state = frame_verdict(c);
	char elapsed[24], place[64], watch[64];
	unsigned room, rest;
	const char *title;

	if (s->start == NULL && c->options->is_home) {
		home_title(c);
		return;
	}
	frame_seconds(elapsed, sizeof(elapsed),
		s->is_ended ? session_lasted_us(s) : c->now_us - session_round_us(s));
	right = safe_printf(a, "%s  %.*s ", elapsed, SAFE_ARG(done));
	if (c->is_watching)
		right = safe_printf(
			a, "%s%.*s ", watch_words(c, watch, sizeof(watch)), SAFE_ARG(done));
	if (c->replay.is_active)
		right = safe_printf(a, "%s ", replay_words(c, place, sizeof(place)));
	else if (simulate_is_whatif(console_top(c)))
		right = whatif_title(c, a);
	verdict = safe_printf(a, " %s ", state_word(state));
	if (lesson_is_shown(c))
		right = safe_literal("");
	if (lesson_hides_verdict(c) || shows_addresses(c))
		verdict = safe_literal("");
	room = (unsigned)c->columns;
	room = room > right.width + verdict.width ? room - right.width - verdict.width : 0;
	/* The middle of the crumbs is shortened first, then the domain; never the verdict. */
	rest = 12 + domain.width;
	crumb = safe_shorten(a, crumb, room > rest + 13 ? room - rest - 1 : 12);
	rest = 12 + crumb.width;
	domain = safe_shorten(a, domain, room > rest + 9 ? room - rest - 1 : 8);
	left = safe_printf(a, " stswalk  %.*s  %.*s", SAFE_ARG(domain), SAFE_ARG(crumb));
	title = s == c->rehearsal                              ? "rehearsal"
		: s->start != NULL && s->start->scenario.n > 0 ? "lab"
							       : c->options->title;
	if (title != NULL && left.width + strlen(title) + 3 < room)
		left = safe_printf(a, "%.*s  %s", SAFE_ARG(left), title);
	paint_bar(p, 0, c->columns - (int)verdict.width, ROLE_TITLE, left, right);
	paint_text(p, 0, c->columns - (int)verdict.width, (int)verdict.width, title_role(state),
		verdict);
}

#define STRIP_HERE 49 /* from here stage 0 has its name */
#define STRIP_NAMES 44 /* from here the others; else numbers and glyphs */

/* Where there is no room times are left out, names are shortened, then left out. */
void
frame_strip(struct console *c, int row)
{
	struct painter *p = c->painter;
	const struct screen *top = console_top(c);
	bool is_wide = c->columns >= 60, has_here = c->columns >= STRIP_HERE;
	int column = is_wide ? 1 : 0;
	size_t i;

	for (i = 0; i < STRIP; i++) {
		const bool is_told = lesson_has_told(c, strip[i].stage);
		const bool is_hidden = is_told && i > 0 && lesson_is_closed(c);
		enum state state = is_told ? c->judgement.stages[strip[i].stage] : STATE_WAITING;
		bool is_here = top->kind == SCREEN_STAGE && top->target.stage == strip[i].stage;
		int64_t us = is_told && !is_hidden ? c->judgement.stage_us[strip[i].stage] : 0;
		const char *name = is_wide ? strip[i].name : strip[i].brief;
		char text[32], time[24];

		if (c->columns < STRIP_NAMES || (i == 0 && !has_here))
			name = "";
		if (state == STATE_RUNNING && us >= 0)
			us += c->now_us - c->session->last_us;
		snprintf(text, sizeof(text), "%zu%s%s%s", i, c->columns < STRIP_NAMES ? "" : " ",
			name, name[0] != '\0' ? " " : "");
		column += paint_words(p, row, column, c->columns - column,
			is_here ? ROLE_HEADER : ROLE_STRIP, text);
		if (!is_hidden)
			column += paint_glyph(
				p, row, column, state_role(state), state_glyph(state));
		frame_seconds(time, sizeof(time), us);
		snprintf(text, sizeof(text), " %.4s", time);
		if (us > 0 && strip[i].has_time && c->columns >= 76)
			column += paint_words(
				p, row, column, c->columns - column, ROLE_STRIP, text);
		column += c->columns >= 76 ? 3 : 1;
	}
}

/* Whether a key would do something here: the key bar shows no other. */
static bool
wants_key(struct console *c, enum action action)
{
	const struct screen *top = console_top(c);
	enum screen_kind kind;

	if (lesson_refuses(c, action))
		return false;
	if (action == ACTION_OPEN)
		return screen_ops(top->kind)->open != NULL ||
		       screen_of_row(top, pane_row(&top->pane), &kind);
	if (action == ACTION_NEXT_PROBLEM)
		return screen_ops(top->kind)->tab_label != NULL ||
		       c->judgement.severity >= SEVERITY_WARNING;
	/* At the domain prompt there is no walk to save or simulate. */
	if (c->session->start == NULL && (action == ACTION_SAVE || action == ACTION_SIMULATE))
		return top->kind == SCREEN_THEMES;
	if (action == ACTION_STOP || action == ACTION_STOP_PROBE || action == ACTION_HOLD)
		return !c->session->is_ended && !c->replay.is_active;
	if (action == ACTION_WATCH)
		return c->is_watching || (c->live.again != NULL && watch_has_work(c));
	if (action == ACTION_AGAIN_THIS)
		return c->session->is_ended && c->live.again != NULL;
	if (action == ACTION_POLICY)
		return c->session->has_policy || top->kind == SCREEN_TLSRPT;
	if (top->kind == SCREEN_SIMULATE)
		return simulate_wants_key(c, action);
	if (action == ACTION_NEXT_MATCH)
		return c->search.is_set;
	if (action == ACTION_CERTS)
		return c->session->https_count > 0 || c->session->host_count > 0;
	return true;
}

static const char *
label_of(struct console *c, enum action action)
{
	const struct screen_ops *ops = screen_ops(console_top(c)->kind);

	if (action == ACTION_BACK && c->depth == 1)
		return "Quit";
	if (action == ACTION_WATCH && c->is_watching)
		return "Stop watching";
	if (action == ACTION_OPEN && c->session->start == NULL &&
		(ops->box != NULL || console_top(c)->kind == SCREEN_BOUNCE))
		return "Walk";
	if (action == ACTION_OPEN && simulate_is_whatif(console_top(c)))
		return "Edit";
	if (action == ACTION_SAVE && simulate_saves_policy(c))
		return "Save policy";
	if (action == ACTION_OPEN && ops->open_label != NULL)
		return ops->open_label;
	if (action == ACTION_SAVE && ops->save_label != NULL)
		return ops->save_label;
	if (action == ACTION_NEXT_PROBLEM && ops->tab_label != NULL)
		return ops->tab_label;
	if (action == ACTION_RIGHT && ops->side_label != NULL)
		return ops->side_label;
	if (action == ACTION_SIMULATE && console_top(c)->kind == SCREEN_SIMULATE)
		return "Next tab";
	if (action == ACTION_FORM && console_top(c)->has_other_form)
		return "Facts";
	return key_row(action)->label;
}

/* A watch must be seen to be ended. */
static int
priority_of(const struct console *c, enum action action)
{
	return action == ACTION_WATCH && c->is_watching ? 95 : key_row(action)->priority;
}

/* The screen's keys and the two that are always there; those that fit, by priority. */
static size_t
bar_of(struct console *c, enum action *out, size_t max)
{
	const enum action *bar = screen_bar(console_top(c));
	size_t n = 0, i, k, worst;
	int used = 1;

	for (i = 0; i < max - 2 && bar[i] != ACTION_NONE; i++) {
		if (wants_key(c, bar[i]) && c->rows >= 16)
			out[n++] = bar[i];
	}
	out[n++] = ACTION_HELP;
	out[n++] = ACTION_BACK;
	for (i = 0; i < n; i++)
		used += (int)(strlen(key_row(out[i])->key) + strlen(label_of(c, out[i]))) + 3;
	while (used - 2 > c->columns && n > 2) {
		for (worst = 0, i = 1; i < n; i++) {
			if (priority_of(c, out[i]) < priority_of(c, out[worst]))
				worst = i;
		}
		used -= (int)(strlen(key_row(out[worst])->key) + strlen(label_of(c, out[worst]))) +
			3;
		for (k = worst; k + 1 < n; k++)
			out[k] = out[k + 1];
		n--;
	}
	return n;
}

static int
paint_key(struct painter *p, int row, int column, int columns, const char *key, const char *label)
{
	int at = column;

	at += paint_words(p, row, at, columns - at, ROLE_KEY, key) + 1;
	at += paint_words(p, row, at, columns - at, ROLE_KEY_LABEL, label) + 2;
	return at;
}

/* Keys of prompts, the most useful first: what does not fit is left out from the end. */
static const struct {
	bool (*is_shown)(const struct console *c); /* NULL: at every prompt */
	const char *key, *label;
} prompt_table[] = {
	{ NULL, "Enter", "Accept" },
	{ NULL, "Esc", "Leave" },
	{ home_is_typing, "Tab", "Complete" },
	{ home_is_typing, "Down", "Lists" },
	{ home_is_typing, "^O", "Open" },
	{ home_is_typing, "^R", "Search" },
	{ home_is_typing, "F1", "Help" },
	{ NULL, "^U", "Empty" },
};

static void
prompt_keys(struct console *c, int row)
{
	int column = 1;

	/* The status line is taken by the prompt. */
	if (c->status.n > 0 && !home_is_typing(c)) {
		paint_text(c->painter, row, 1, c->columns - 1, ROLE_PROMPT,
			safe_text(painter_arena(c->painter), buf_str(&c->status),
				(unsigned)c->columns));
		return;
	}
	for (size_t i = 0; i < sizeof(prompt_table) / sizeof(prompt_table[0]); i++) {
		const char *key = prompt_table[i].key, *label = prompt_table[i].label;

		if (prompt_table[i].is_shown != NULL && !prompt_table[i].is_shown(c))
			continue;
		if (column + (int)(strlen(key) + strlen(label)) >= c->columns)
			break;
		column = paint_key(c->painter, row, column, c->columns, key, label);
	}
}

void
frame_keys(struct console *c, int row)
{
	enum action bar[14];
	int column = 1;
	size_t n, i;

	if (c->prompt.is_open) {
		prompt_keys(c, row);
		return;
	}
	n = bar_of(c, bar, sizeof(bar) / sizeof(bar[0]));
	for (i = 0; i < n; i++)
		column = paint_key(c->painter, row, column, c->columns, key_row(bar[i])->key,
			label_of(c, bar[i]));
}

/* "2 error 5 warning 4 info"; kinds that did not occur are left out. */
struct safe
frame_counts(const struct console *c, struct arena *a)
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

/* "finding 1 of 11   severity: all   filter: none" */
static struct safe
place_words(struct console *c, struct arena *a)
{
	static const char *const least[] = { "all", "all", "warnings up", "unknown up", "errors" };
	struct screen *s = console_top(c);
	struct safe words;
	size_t at, of;

	if (simulate_is_whatif(s))
		return whatif_place(c, a);
	pane_place(console_pane(c), &at, &of);
	words = safe_printf(a, "%s %zu of %zu", screen_noun(s), at, of);
	if (s->kind == SCREEN_FINDINGS || s->least > SEVERITY_OK)
		words = safe_printf(a, "%.*s   severity: %s", SAFE_ARG(words), least[s->least]);
	if (s->kind == SCREEN_LOG)
		words = safe_printf(
			a, "%.*s   follow %s", SAFE_ARG(words), s->follows ? "on" : "off");
	if (s->filter.is_set || s->kind == SCREEN_FINDINGS || s->kind == SCREEN_LOG)
		words = safe_printf(a, "%.*s   filter: %s", SAFE_ARG(words),
			s->filter.is_set ? buf_text(&s->filter.text) : "none");
	if (s->kind == SCREEN_TLSRPT)
		words = tlsrpt_place(c, a, words);
	return words;
}

void
frame_counter(struct console *c, int row)
{
	const struct judgement *j = &c->judgement;
	struct arena *a = painter_arena(c->painter);
	const struct screen_ops *ops = screen_ops(console_top(c)->kind);
	struct safe kinds = frame_counts(c, a), words = place_words(c, a);

	if (ops->counter != NULL)
		words = ops->counter(c, a);
	if (console_top(c)->kind == SCREEN_OVERVIEW && !console_top(c)->filter.is_set)
		words = safe_printf(a, "%zu finding%s%s%.*s", j->count, j->count == 1 ? "" : "s",
			j->count > 0 ? ": " : "", SAFE_ARG(kinds));
	words = safe_shorten(a, words, c->columns > 12 ? (unsigned)c->columns - 12 : 1);
	paint_rule(c->painter, row, 0, c->columns, NULL, words.text.p);
}

/* What is waited for: the attempt that has waited longest. */
static void
draw_running(struct console *c, int row)
{
	struct painter *p = c->painter;
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

struct safe
frame_typed(const struct console *c, struct arena *a, int room, int *column)
{
	struct str text = buf_str(&c->prompt.text);
	struct safe before = safe_text(a, str_sub(text, 0, c->prompt.cursor), 0),
		    all = safe_text(a, text, 0), cut;
	int skip = 0;

	if (painter_is_ascii(c->painter)) {
		before = safe_ascii(a, before);
		all = safe_ascii(a, all);
	}
	while ((int)before.width - skip >= room && skip < (int)before.width)
		skip += 16;
	cut = safe_clip(all, (unsigned)skip);
	if (skip > 0)
		all = (struct safe){ str_skip(all.text, cut.text.n), all.width - cut.width };
	*column = (int)before.width - (skip > 0 ? (int)cut.width : 0);
	return safe_clip(all, room > 0 ? (unsigned)room : 0);
}

static int
draw_prompt(struct console *c, int row)
{
	struct painter *p = c->painter;
	struct arena *a = painter_arena(p);
	int column = 1, at;

	column += paint_words(p, row, column, c->columns - column, ROLE_PROMPT, c->prompt.label);
	paint_text(p, row, column, c->columns - column, ROLE_PROMPT,
		frame_typed(c, a, c->columns - column, &at));
	return column + at;
}

int
frame_status(struct console *c, int row)
{
	struct painter *p = c->painter;
	struct arena *a = painter_arena(p);
	char elapsed[24];

	if (c->prompt.is_open && !home_is_typing(c))
		return draw_prompt(c, row);
	if (c->status.n > 0) {
		paint_text(p, row, 1, c->columns - 1,
			c->is_status_error ? ROLE_PROMPT_ERROR : ROLE_PROMPT,
			safe_text(a, buf_str(&c->status), (unsigned)c->columns));
	} else if (home_is_typing(c)) {
		paint_text(p, row, 1, c->columns - 1, ROLE_DIM, home_hint(c, a));
	} else if (screen_ops(console_top(c)->kind)->status != NULL) {
		paint_text(p, row, 1, c->columns - 1, ROLE_DIM,
			screen_ops(console_top(c)->kind)->status(c, a));
	} else if (lesson_is_shown(c) || lesson_hides_verdict(c)) {
		paint_text(p, row, 1, c->columns - 1, ROLE_DIM,
			safe_literal("Space goes on, Backspace goes back"));
	} else if (c->session->is_ended) {
		frame_seconds(elapsed, sizeof(elapsed), session_lasted_us(c->session));
		paint_text(p, row, 1, c->columns - 1, ROLE_DIM,
			safe_printf(a, "%s %s; `check` would exit %d",
				c->session->end_reason == END_DONE ? "done in" : "ended after",
				elapsed, c->judgement.exit));
	} else if (c->session->start != NULL) {
		draw_running(c, row);
	}
	return -1;
}
