#include "tui/console.h"

#include <string.h>
#include <time.h>

#include "tui/screen.h"
#include "tui/term.h"

/* At most ten pictures a second for events and timers; a key is answered at once. */
#define FRAME_US 100000
/* Events folded before a key gets its turn. */
#define EVENTS_PER_TURN 512

static int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
take_events(struct console *c)
{
	const struct feed *feed = &c->options->feed;
	const struct event *event;
	int i;

	for (i = 0; i < EVENTS_PER_TURN && feed->take(feed->context, &event); i++) {
		if (c->options->keep != NULL)
			c->options->keep(c->options->keep_context, event);
		session_apply(c->session, event);
		c->is_stale = true;
	}
}

static void
rejudge(struct console *c)
{
	if (c->has_judgement)
		judgement_release(&c->judgement);
	judge(c->session, c->options->judge, &c->judgement);
	c->has_judgement = true;
	c->is_stale = false;
	c->is_dirty = true;
}

static bool
has_timers(const struct console *c)
{
	return c->options->feed.fd >= 0 && !c->session->is_ended;
}

static void
frame(struct console *c)
{
	const struct feed *feed = &c->options->feed;

	c->now_us = c->session->last_us;
	if (has_timers(c) && feed->now_us != NULL)
		c->now_us = feed->now_us(feed->context);
	if (c->is_stale || !c->has_judgement)
		rejudge(c);
	term_size(c->term, &c->rows, &c->columns);
	console_draw(c);
	c->is_dirty = false;
	term_frame_done(c->term);
}

/* How long to wait: for ever when nothing runs, else until the next picture is due. */
static int
patience_ms(const struct console *c, int64_t last_frame_us)
{
	int64_t left;

	if (!c->is_dirty && !c->is_stale && !has_timers(c))
		return -1;
	left = last_frame_us + FRAME_US - clock_us();
	return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* Returns true when SIGTERM, SIGHUP or a lost terminal ended it. */
static bool
run(struct console *c)
{
	int64_t last_frame_us = clock_us();
	uint32_t key = 0;

	frame(c);
	while (!c->is_leaving) {
		int feed_fd = has_timers(c) ? c->options->feed.fd : -1;
		bool is_urgent = false;

		switch (term_wait(c->term, feed_fd, patience_ms(c, last_frame_us), &key)) {
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
			break;
		case TERM_NONE:
			c->is_dirty = c->is_dirty || has_timers(c);
			break;
		}
		if (c->is_leaving || !(c->is_dirty || c->is_stale))
			continue;
		if (is_urgent ? term_has_input(c->term) : clock_us() - last_frame_us < FRAME_US)
			continue;
		frame(c);
		last_frame_us = clock_us();
	}
	return false;
}

static void
release(struct console *c)
{
	while (c->depth > 1)
		console_pop(c);
	pane_release(&c->stack[0].pane);
	if (c->has_judgement)
		judgement_release(&c->judgement);
	buf_release(&c->status);
	painter_free(c->painter);
	arena_release(&c->arena);
}

enum result
console_run(const struct console_options *options, bool *was_killed, struct err *err)
{
	struct term_options terminal = { options->is_ascii, options->has_no_color };
	struct strs warnings = { 0 };
	struct console c = { 0 };
	enum result rc;

	*was_killed = false;
	c.options = options;
	c.session = options->session;
	c.depth = 1;
	c.stack[0].kind = SCREEN_OVERVIEW;
	theme_shipped(str_of(options->theme != NULL ? options->theme : "terminal"), &c.arena,
		&c.theme, &warnings);
	if ((rc = term_open(&c.term, &terminal, err)) != RESULT_OK) {
		arena_release(&c.arena);
		return rc;
	}
	c.painter = painter_new(c.term, &c.theme);
	if (warnings.n > 0)
		console_say(&c, "theme: %.*s", STR_ARG(warnings.v[0]));
	*was_killed = run(&c);
	term_close(c.term);
	release(&c);
	return RESULT_OK;
}
