/*
 * actions: what each key does: one function per action, found by a table.
 */
#include "tui/actions.h"
#include "tui/screen_sim.h"

#include <time.h>

#include "tui/screen_home.h"
#include "tui/screen_lesson.h"
#include "tui/screen_live.h"
#include "tui/term.h"

static void
do_open(struct console *c, uint32_t key)
{
	const struct screen_ops *ops = screen_ops(console_top(c)->kind);

	(void)key;
	if (ops->open != NULL)
		ops->open(c);
	else
		console_open_row(c);
}

/* Keys that only open a screen. */
static void
do_screen(struct console *c, uint32_t key)
{
	static const struct {
		enum action action;
		enum screen_kind kind;
	} kinds[] = { { ACTION_FINDINGS, SCREEN_FINDINGS }, { ACTION_LOG, SCREEN_LOG },
		{ ACTION_HELP, SCREEN_HELP }, { ACTION_LESSONS, SCREEN_LESSONS } };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].action == key_action(key))
			console_push(c, kinds[i].kind, NULL);
	}
}

/* Keys that begin something of a screen_*.c. */
static void
do_begin(struct console *c, uint32_t key)
{
	static const struct {
		enum action action;
		void (*begin)(struct console *c);
	} begins[] = { { ACTION_CERTS, certs_begin }, { ACTION_BYTES, bytes_begin },
		{ ACTION_SAVE, save_begin }, { ACTION_THEMES, themes_begin },
		{ ACTION_COPY, copy_begin }, { ACTION_DOMAIN, home_begin },
		{ ACTION_DIFF, diff_begin }, { ACTION_SIMULATE, simulate_begin },
		{ ACTION_BOUNCE, bounce_begin }, { ACTION_UNDO, simulate_undo },
		{ ACTION_UNDO_ALL, simulate_undo_all }, { ACTION_AGAIN_THIS, again_begin },
		{ ACTION_STOP_PROBE, stop_begin }, { ACTION_WATCH, watch_begin } };
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (begins[i].action == key_action(key))
			begins[i].begin(c);
	}
}

static void
do_form(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);

	(void)key;
	if (s->kind != SCREEN_CERTS) {
		console_say(c, "v changes between facts and PEM among the certificates (c)");
		return;
	}
	s->has_other_form = !s->has_other_form;
	console_changed(c);
}

static void
do_maximise(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);

	(void)key;
	s->is_maximised = !s->is_maximised;
	c->is_dirty = true;
}

static void
do_hold(struct console *c, uint32_t key)
{
	(void)key;
	if (c->replay.is_active || c->session->is_ended || c->feed.fd < 0) {
		replay_key(c, ACTION_HOLD);
		return;
	}
	c->is_held = !c->is_held;
	console_say(c, c->is_held ? "held: the walk runs on; P goes on" : "goes on");
}

static void
do_replay(struct console *c, uint32_t key)
{
	replay_key(c, key_action(key));
}

/* More and less of what is shown: the moment of the senders, else the speed of a replay. */
static void
do_more(struct console *c, uint32_t key)
{
	if (!simulate_moment(c, key_action(key) == ACTION_MORE ? 1 : -1))
		replay_key(c, key_action(key));
}

static void
walk_again(struct console *c, enum console_next next)
{
	if (c->live.fd < 0) {
		console_say(c, "this session is from a file: d walks a domain");
	} else if (!c->session->is_ended) {
		console_say(c, "the walk still runs: ^C stops it");
	} else {
		console_go(c, next, STR_EMPTY);
	}
}

static void
do_again(struct console *c, uint32_t key)
{
	(void)key;
	walk_again(c, NEXT_AGAIN);
}

static void
do_sni(struct console *c, uint32_t key)
{
	(void)key;
	walk_again(c, NEXT_SNI);
}

static void
accept_note(struct console *c, struct str text)
{
	struct timespec now;

	if (text.n == 0)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	session_add_note(c->session, text, (int64_t)now.tv_sec * 1000);
	c->is_stale = true;
	console_say(c, "noted; w saves the session with it");
}

/* Notes stand in the session's file in order: while events come from elsewhere there is none. */
static void
do_note(struct console *c, uint32_t key)
{
	(void)key;
	if (!c->session->is_ended || c->replay.is_active)
		console_say(c, "a note can be written when the walk has ended");
	else
		console_ask(c, "note: ", STR_EMPTY, accept_note);
}

static void
do_open_file(struct console *c, uint32_t key)
{
	(void)key;
	open_file_begin(c);
}

static void
do_look(struct console *c, uint32_t key)
{
	if (key_action(key) == ACTION_ASCII) {
		c->is_ascii = !c->is_ascii;
		console_say(c, term_is_ascii(c->term) ? "this terminal shows ASCII only"
			       : c->is_ascii          ? "ASCII"
						      : "UTF-8");
	} else {
		c->has_color = !c->has_color;
		console_say(c, term_colors(c->term) == 0
				       ? "no colour here: the terminal has none, or NO_COLOR is set"
			       : c->has_color ? "colour"
					      : "no colour");
	}
	console_painter(c);
}

static void
do_stop(struct console *c, uint32_t key)
{
	const bool was_watching = c->is_watching;

	(void)key;
	if (was_watching)
		watch_stop(c);
	if (!c->session->is_ended && !c->is_stopping && c->feed.cancel != NULL) {
		c->is_stopping = true;
		c->is_held = false;
		c->live.cancel(c->live.context);
		console_say(c, "stopped; ^C again leaves");
	} else if (was_watching) {
		console_say(c, "the watch has ended; ^C again leaves");
	} else {
		c->is_leaving = true;
	}
}

/* Esc undoes the innermost thing: a filter, then the screen. At the first screen only q leaves. */
static void
do_back(struct console *c, uint32_t key)
{
	struct screen *s = console_top(c);

	if (key == 0x1b && s->filter.is_set) {
		pattern_release(&s->filter);
		console_changed(c);
		console_say(c, "all rows are shown again");
		return;
	}
	if (!console_pop(c) && key != 0x1b)
		c->is_leaving = true;
}

static void
do_quit(struct console *c, uint32_t key)
{
	(void)key;
	c->is_leaving = true;
}

static void
do_redraw(struct console *c, uint32_t key)
{
	(void)key;
	term_redraw(c->term);
	c->is_dirty = true;
}

static void
do_suspend(struct console *c, uint32_t key)
{
	(void)key;
	term_suspend(c->term);
	c->is_dirty = true;
}

static void
do_nothing(struct console *c, uint32_t key)
{
	(void)key;
	console_say(c, "this key does nothing here; ? shows those that do");
}

static void (*const run[action_count])(struct console *c, uint32_t key) = {
	[ACTION_DOWN] = do_move,
	[ACTION_UP] = do_move,
	[ACTION_LEFT] = do_sideways,
	[ACTION_RIGHT] = do_sideways,
	[ACTION_HALF_DOWN] = do_move,
	[ACTION_HALF_UP] = do_move,
	[ACTION_PAGE_DOWN] = do_move,
	[ACTION_PAGE_UP] = do_move,
	[ACTION_FIRST] = do_move,
	[ACTION_LAST] = do_move,
	[ACTION_NEXT_SIBLING] = do_sibling,
	[ACTION_PREVIOUS_SIBLING] = do_sibling,
	[ACTION_OPEN] = do_open,
	[ACTION_NEXT_PROBLEM] = do_problem,
	[ACTION_PREVIOUS_PROBLEM] = do_problem,
	[ACTION_STAGE_0] = do_stage,
	[ACTION_STAGE_1] = do_stage,
	[ACTION_STAGE_2] = do_stage,
	[ACTION_STAGE_3] = do_stage,
	[ACTION_STAGE_4] = do_stage,
	[ACTION_STAGE_5] = do_stage,
	[ACTION_OVERVIEW] = do_overview,
	[ACTION_FINDINGS] = do_screen,
	[ACTION_LOG] = do_screen,
	[ACTION_HELP] = do_screen,
	[ACTION_LESSONS] = do_screen,
	[ACTION_THEMES] = do_begin,
	[ACTION_CERTS] = do_begin,
	[ACTION_POLICY] = do_policy,
	[ACTION_BYTES] = do_begin,
	[ACTION_SAVE] = do_begin,
	[ACTION_COPY] = do_begin,
	[ACTION_DOMAIN] = do_begin,
	[ACTION_DIFF] = do_begin,
	[ACTION_NOTE] = do_note,
	[ACTION_SIMULATE] = do_begin,
	[ACTION_BOUNCE] = do_begin,
	[ACTION_UNDO] = do_begin,
	[ACTION_UNDO_ALL] = do_begin,
	[ACTION_FORM] = do_form,
	[ACTION_SEARCH] = do_search,
	[ACTION_NEXT_MATCH] = do_match,
	[ACTION_PREVIOUS_MATCH] = do_match,
	[ACTION_FILTER] = do_filter,
	[ACTION_SEVERITY] = do_severity,
	[ACTION_SORT_LEFT] = do_sort,
	[ACTION_SORT_RIGHT] = do_sort,
	[ACTION_FOLLOW] = do_follow,
	[ACTION_TIMES] = do_times,
	[ACTION_MAXIMISE] = do_maximise,
	[ACTION_HOLD] = do_hold,
	[ACTION_REPLAY_NEXT] = do_replay,
	[ACTION_REPLAY_BACK] = do_replay,
	[ACTION_MORE] = do_more,
	[ACTION_LESS] = do_more,
	[ACTION_AGAIN] = do_again,
	[ACTION_AGAIN_THIS] = do_begin,
	[ACTION_STOP_PROBE] = do_begin,
	[ACTION_WATCH] = do_begin,
	[ACTION_SNI] = do_sni,
	[ACTION_OPEN_FILE] = do_open_file,
	[ACTION_ASCII] = do_look,
	[ACTION_COLOR] = do_look,
	[ACTION_STOP] = do_stop,
	[ACTION_BACK] = do_back,
	[ACTION_QUIT] = do_quit,
	[ACTION_REDRAW] = do_redraw,
	[ACTION_SUSPEND] = do_suspend,
};

static void
key_to_prompt(struct console *c, uint32_t key)
{
	void (*typed)(struct console *) = c->on_prompt_text;

	c->is_dirty = true;
	if (key == NAMED_F1) {
		console_say(c, "%sEnter accepts, Esc leaves, ^A ^E ^W ^U edit",
			home_is_typing(c) ? "Tab completes, ^R searches, Down: lists, ^O: file; "
					  : "");
		return;
	}
	if (c->on_prompt_key != NULL && c->on_prompt_key(c, key))
		return;
	switch (key == ('C' & 0x1f) ? PROMPT_LEFT : prompt_key(&c->prompt, key)) {
	case PROMPT_GOES_ON:
		break;
	case PROMPT_LEFT:
		prompt_close(&c->prompt);
		break;
	case PROMPT_ACCEPTED:
		prompt_close(&c->prompt);
		c->on_prompt(c, buf_str(&c->prompt.text));
		break;
	}
	if (typed != NULL)
		typed(c);
}

/* Keys that show something of a walk: at the domain prompt there is none yet. */
static bool
needs_walk(enum action action)
{
	static const enum action list[] = { ACTION_OVERVIEW, ACTION_FINDINGS, ACTION_LOG,
		ACTION_CERTS, ACTION_POLICY, ACTION_BYTES, ACTION_SAVE, ACTION_SIMULATE,
		ACTION_AGAIN, ACTION_AGAIN_THIS, ACTION_STOP_PROBE, ACTION_WATCH, ACTION_SNI,
		ACTION_HOLD, ACTION_DIFF, ACTION_NOTE, ACTION_REPLAY_NEXT, ACTION_REPLAY_BACK,
		ACTION_MORE, ACTION_LESS, ACTION_STAGE_0, ACTION_STAGE_1, ACTION_STAGE_2,
		ACTION_STAGE_3, ACTION_STAGE_4, ACTION_STAGE_5, ACTION_NEXT_SIBLING,
		ACTION_PREVIOUS_SIBLING };
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (list[i] == action)
			return true;
	}
	return false;
}

/* From the first key that moves it on, the cursor is the user's. */
static void
act(struct console *c, enum action action, uint32_t key)
{
	if (key_row(action)->group == KEYS_MOVING || action == ACTION_SEARCH)
		c->has_first_row = true;
	run[action](c, key);
}

void
console_key(struct console *c, uint32_t key)
{
	const struct screen_ops *ops = screen_ops(console_top(c)->kind);
	enum action action = key_action(key);

	if (c->status.n > 0) {
		buf_clear(&c->status);
		c->is_dirty = true;
	}
	/* Nothing of the document depends on a text that is typed ahead. */
	if (c->is_outdated && !(c->prompt.is_open && c->on_prompt_text != NULL))
		console_build(c);
	if (c->prompt.is_open)
		key_to_prompt(c, key);
	else if (lesson_key(c, key))
		c->is_dirty = true;
	else if (ops->key != NULL && ops->key(c, action))
		c->is_dirty = true;
	else if (c->options->is_home && needs_walk(action))
		console_say(c, "there is no walk yet: choose a domain or a demo");
	else if (run[action] != NULL)
		act(c, action, key);
	else
		do_nothing(c, key);
}
