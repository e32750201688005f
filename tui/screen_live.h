/*
 * screen_live: a live walk under control: parts walked again, probes stopped. For the files that
 * give out keys.
 */
#ifndef STS_SCREEN_LIVE_H
#define STS_SCREEN_LIVE_H

#include "tui/screen.h"

const struct event *log_event(const struct session *s, const struct row *row); /* or NULL */
void console_rejudge(struct console *c); /* at once: keys typed ahead look at it */
void again_begin(struct console *c); /* R */
void stop_begin(struct console *c); /* x */
bool live_is_here(struct console *c); /* a walk of this console; else says why it is none */
/* Walk parts again for whatever reason; false, and said, when it cannot be. */
bool live_again(struct console *c, const struct again *what, enum again_reason reason);

void first_row(struct console *c); /* first_row.c: before a picture */
/* The watch (screen_watch.c). */
void watch_begin(struct console *c); /* W */
void watch_stop(struct console *c);
bool watch_has_work(struct console *c); /* something failed that may pass */
void watch_tick(struct console *c); /* begins the round that is due */
void watch_round_over(struct console *c); /* a walk has ended */
int watch_patience_ms(const struct console *c); /* -1: for ever */
const char *watch_words(const struct console *c, char *text, size_t size); /* for the title */
int64_t console_clock_us(void); /* monotonic */

#endif
