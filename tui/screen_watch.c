/*
 * screen_watch: W: what failed is walked again, every minute or later, until all of it is well.
 */
#include <stdio.h>

#include "tui/screen_live.h"
#include "tui/term.h"

#define US_PER_S 1000000

/* Between two rounds. A replay is looked at in peace: the round that is due waits for its end. */
static bool
is_waiting(const struct console *c)
{
	return c->is_watching && c->session->is_ended && !c->replay.is_active;
}

static void
failures(struct console *c, struct arena *a, struct again *what)
{
	again_of_failures(a, &c->judgement, what);
}

bool
watch_has_work(struct console *c)
{
	struct arena a = { 0 };
	struct again what;

	failures(c, &a, &what);
	arena_release(&a);
	return !again_is_empty(&what);
}

void
watch_stop(struct console *c)
{
	c->is_watching = false;
	watch_release(&c->watch);
	console_changed(c);
}

/* What was seen last may be older than the interval: then the first round begins at once. */
void
watch_begin(struct console *c)
{
	int64_t idle_us;

	if (c->is_watching) {
		watch_stop(c);
		console_say(c, "the watch has ended");
		return;
	}
	if (!live_is_here(c))
		return;
	if (c->session->is_ended && !watch_has_work(c)) {
		console_say(c, "nothing failed: there is nothing to watch");
		return;
	}
	c->is_watching = true;
	c->watch.every_us = c->options->watch_us;
	c->watch.slower = 1;
	idle_us = c->live.now_us(c->live.context) - c->session->last_us;
	if (c->session->is_ended)
		watch_plan(&c->watch, console_clock_us() - idle_us, again_was_put_off(c->session));
	console_changed(c);
	console_say(c, "what failed is walked again every %d s, until all is well; W stops",
		(int)(watch_interval_us(&c->watch) / US_PER_S));
}

void
watch_tick(struct console *c)
{
	struct arena a = { 0 };
	struct again what;

	if (!is_waiting(c) || console_clock_us() < c->watch.next_us)
		return;
	failures(c, &a, &what);
	if (!live_again(c, &what, AGAIN_WATCH))
		c->is_watching = false;
	arena_release(&a);
}

/* Until the countdown shows another second; -1 where there is none. */
int
watch_patience_ms(const struct console *c)
{
	int64_t left_us;

	if (!is_waiting(c))
		return -1;
	left_us = c->watch.next_us - console_clock_us();
	return left_us <= 0 ? 0 : (int)(((left_us - 1) % US_PER_S + 1000) / 1000);
}

/* "09:12:07Z mx2.example.com WARN to OK" */
static void
tell(struct console *c, struct arena *a, struct str words, bool is_well)
{
	const struct safe stamp = safe_clip(view_utc(a, c->session, c->session->last_us), 8);

	if (words.n > 0 || is_well)
		console_say(c, "%.*sZ %.*s%s%s", SAFE_ARG(stamp),
			SAFE_ARG(safe_text(a, words, 200)), words.n > 0 && is_well ? ": " : "",
			!is_well      ? ""
			: words.n > 0 ? "all is well"
				      : "all is well: the watch has ended");
	if (c->watch.has_verdict_changed)
		term_bell(c->term);
}

void
watch_round_over(struct console *c)
{
	struct arena a = { 0 };
	struct str words;
	bool is_well;

	if (!is_waiting(c))
		return;
	console_rejudge(c);
	words = watch_compare(&c->watch, &a, &c->judgement);
	is_well = !watch_has_work(c);
	tell(c, &a, words, is_well);
	if (is_well)
		c->is_watching = false;
	else
		watch_plan(&c->watch, console_clock_us(), again_was_put_off(c->session));
	arena_release(&a);
}

const char *
watch_words(const struct console *c, char *text, size_t size)
{
	const int64_t left_us = c->watch.next_us - console_clock_us();
	const int left_s = left_us > 0 ? (int)((left_us + US_PER_S - 1) / US_PER_S) : 0;
	const int every_s = (int)(watch_interval_us(&c->watch) / US_PER_S);

	if (!c->is_watching)
		return "";
	if (is_waiting(c))
		snprintf(
			text, size, "watch %ds  next %d:%02d  ", every_s, left_s / 60, left_s % 60);
	else
		snprintf(text, size, "watch %ds  ", every_s);
	return text;
}
