#include "tui/console.h"
#include "tui/screen_home.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tui/screen_tlsrpt.h"
#include "tui/screen_live.h"
#include "tui/term.h"

/* At most ten pictures a second for events and timers; a key is answered at once. */
#define FRAME_US 100000
/* Events folded before a key gets its turn. */
#define EVENTS_PER_TURN 512

int64_t
console_clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
take_events(struct console *c)
{
	const struct feed *feed = &c->feed;
	const struct event *event;
	int i;

	for (i = 0; i < EVENTS_PER_TURN && feed->take(feed->context, &event); i++) {
		if (c->options->keep != NULL)
			c->options->keep(c->options->keep_context, event);
		session_apply(c->session, event);
		c->is_stale = true;
	}
	if (c->replay.is_active && replay_is_done(&c->replay))
		replay_drop(c);
}

void
console_rejudge(struct console *c)
{
	if (c->has_judgement)
		judgement_release(&c->judgement);
	judge(c->session, c->options->judge, &c->judgement);
	c->has_judgement = true;
	c->is_stale = false;
	console_changed(c);
}

static bool
has_timers(const struct console *c)
{
	return c->feed.fd >= 0 && !c->session->is_ended;
}

static void
frame(struct console *c)
{
	const struct feed *feed = &c->feed;

	c->now_us = c->session->last_us;
	if (has_timers(c) && feed->now_us != NULL)
		c->now_us = feed->now_us(feed->context);
	if (has_timers(c) && !c->is_held)
		c->version++;
	if (c->is_stale || !c->has_judgement)
		console_rejudge(c);
	term_size(c->term, &c->rows, &c->columns);
	save_refresh(c);
	first_row(c);
	console_draw(c);
	c->is_dirty = false;
	term_frame_done(c->term);
}

/* How long to wait: for ever when nothing runs, else until the next picture is due. */
static int
patience_ms(const struct console *c, int64_t last_frame_us)
{
	int64_t left;

	if (!c->is_dirty && !c->is_stale && (c->is_held || !has_timers(c)))
		return watch_patience_ms(c);
	left = last_frame_us + FRAME_US - console_clock_us();
	return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* What could not be written is told before anybody leaves. */
static bool
is_over(struct console *c)
{
	if (!c->is_leaving)
		return false;
	if (save_is_lost(c)) {
		c->is_leaving = false;
		frame(c);
	}
	return c->is_leaving;
}

/* Returns true when SIGTERM, SIGHUP or a lost terminal ended it. */
static bool
run(struct console *c)
{
	int64_t last_frame_us = console_clock_us();
	uint32_t key = 0;

	frame(c);
	while (!is_over(c)) {
		int feed_fd = has_timers(c) && !c->is_held ? c->feed.fd : -1;
		int aside_fd = c->saver != NULL ? saver_fd(c->saver) : -1;
		bool is_urgent = false;

		switch (term_wait(
			c->term, feed_fd, aside_fd, patience_ms(c, last_frame_us), &key)) {
		case TERM_END:
			return true;
		case TERM_KEY:
			console_key(c, key);
			is_urgent = true;
			break;
		case TERM_RESIZE:
			c->is_dirty = true;
			is_urgent = true;
			break;
		case TERM_FEED:
			take_events(c);
			is_urgent = c->session->is_ended;
			watch_round_over(c);
			break;
		case TERM_ASIDE:
			save_ready(c);
			is_urgent = true;
			break;
		case TERM_NONE:
			c->is_dirty = c->is_dirty || has_timers(c) || c->is_watching;
			break;
		}
		watch_tick(c);
		if (c->is_leaving || !(c->is_dirty || c->is_stale))
			continue;
		if (is_urgent ? term_has_input(c->term)
			      : console_clock_us() - last_frame_us < FRAME_US)
			continue;
		frame(c);
		last_frame_us = console_clock_us();
	}
	return false;
}

void
console_painter(struct console *c)
{
	painter_free(c->painter);
	c->painter = painter_new(c->term, &c->theme, c->is_ascii, c->has_color);
	term_redraw(c->term);
	c->is_dirty = true;
	c->version++;
}

/* The text of a theme by its name: a file of --theme-file, one of the user's, a shipped one. */
static struct str
theme_text(const struct console *c, struct str name)
{
	if (str_is(name, "file"))
		return c->options->theme_text;
	for (size_t i = 0; i < c->themes.n; i++) {
		if (str_eq(c->themes.v[i].name, name))
			return c->themes.v[i].text;
	}
	if (str_is(name, "auto"))
		name = str_of(theme_of_background(getenv("COLORFGBG")));
	return theme_shipped_text(name);
}

bool
console_theme(struct console *c, struct str name)
{
	const struct str text = theme_text(c, name);

	if (text.n == 0)
		return false;
	c->theme_warnings = (struct strs){ 0 };
	theme_parse(text, &c->arena, &c->theme, &c->theme_warnings);
	if (c->painter != NULL)
		console_painter(c);
	return true;
}

void
console_read_themes(struct console *c)
{
	if (c->options->read_themes != NULL)
		c->options->read_themes(c->options->file_context, &c->arena, &c->themes);
}

static void
begin(struct console *c, const struct console_options *options)
{
	struct str name = str_of(options->theme != NULL ? options->theme : "terminal");

	c->options = options;
	c->session = options->session;
	c->feed = c->live = options->feed;
	c->is_ascii = options->is_ascii;
	c->has_color = !options->has_no_color;
	c->depth = 1;
	c->stack[0].kind = options->is_home          ? SCREEN_HOME
			   : options->lesson != NULL ? SCREEN_LESSON
						     : SCREEN_OVERVIEW;
	console_read_themes(c);
	if (options->theme_text.n > 0)
		name = STR("file");
	if (!console_theme(c, name)) {
		console_say(
			c, "theme %.*s: there is none of this name; T shows all", STR_ARG(name));
		c->is_status_error = true;
		name = STR("terminal");
		console_theme(c, name);
	}
	buf_add(&c->theme_name, name);
	if (options->greeting != NULL)
		console_say(c, "%s", options->greeting);
	if (options->notice != NULL) {
		console_say(c, "%s", options->notice);
		c->is_status_error = true;
	}
	if (options->is_home && options->notice == NULL)
		home_begin(c);
	if (options->reports->is_wanted && !options->is_home)
		tlsrpt_show(c);
	if (!options->is_home)
		bounce_again(c);
	if (c->theme_warnings.n > 0) {
		console_say(c, "theme %.*s, %.*s", STR_ARG(name), STR_ARG(c->theme_warnings.v[0]));
		c->is_status_error = true;
	}
}

static void
release(struct console *c)
{
	saver_free(c->saver);
	save_form_release(&c->save);
	/* The terminal is closed: nothing is painted any more. */
	painter_free(c->painter);
	c->painter = NULL;
	while (c->depth > 1)
		console_pop(c);
	screen_release(&c->stack[0]);
	screen_release(&c->log);
	if (c->has_judgement)
		judgement_release(&c->judgement);
	replay_release(&c->replay);
	watch_release(&c->watch);
	diff_release_base(c);
	rehearse_release(c);
	buf_release(&c->status);
	buf_release(&c->theme_name);
	buf_release(&c->next);
	prompt_release(&c->prompt);
	recall_release(&c->recall);
	whatif_reset(&c->whatif);
	pattern_release(&c->search);
	arena_release(&c->arena);
}

enum result
console_run_on(const struct console_options *options, struct arena *a, struct console_end *end,
	struct err *err)
{
	struct term_options terminal = { options->is_ascii, options->has_no_color };
	struct console c = { 0 };
	enum result rc;

	*end = (struct console_end){ 0 };
	begin(&c, options);
	if ((rc = term_open(&c.term, &terminal, err)) == RESULT_OK) {
		console_painter(&c);
		end->was_killed = run(&c);
		end->next = c.next_kind;
		end->name = arena_str(a, buf_str(&c.next));
		end->has_done_lesson = c.lesson.is_over;
		term_close(c.term);
	}
	release(&c);
	return rc;
}

enum result
console_run(const struct console_options *options, bool *was_killed, struct err *err)
{
	struct console_end end;
	struct arena a = { 0 };
	enum result rc = console_run_on(options, &a, &end, err);

	*was_killed = end.was_killed;
	arena_release(&a);
	return rc;
}
