/*
 * term: the terminal: entering and leaving curses, keys, signals, size.
 *
 * Whatever ends the program, the terminal is restored: a normal exit, SIGTERM and SIGHUP (they come
 * out of term_wait), suspension, and a crash (async-safe writes only). One terminal per process.
 */
#ifndef STS_TERM_H
#define STS_TERM_H

#include <stdint.h>

#include "core/err.h"
#include "core/str.h"

struct term;

struct term_options {
	bool is_ascii; /* --ascii */
	bool has_no_color; /* NO_COLOR, --color never */
};

/* Why a full-screen console cannot run here: NULL when it can, else one line for people. */
const char *term_why_not(void);

enum result term_open(struct term **out, const struct term_options *options, struct err *err);
void term_close(struct term *t);

bool term_is_ascii(const struct term *t);
/* 0 without colour, else 8, 16, 256, ... */
int term_colors(const struct term *t);
void term_size(const struct term *t, int *rows, int *columns);

enum term_event {
	TERM_NONE, /* the time ran out */
	TERM_KEY, /* *key is filled in */
	TERM_RESIZE, /* size has changed: lay out again */
	TERM_FEED, /* feed_fd is readable */
	TERM_ASIDE, /* aside_fd is */
	TERM_END, /* SIGTERM, SIGHUP, or the terminal is gone */
};

/* Wait for a key, a signal, or a descriptor (-1: none); timeout_ms -1 waits for ever. */
enum term_event term_wait(struct term *t, int feed_fd, int aside_fd, int timeout_ms, uint32_t *key);
bool term_has_input(struct term *t); /* a key waits already */
void term_suspend(struct term *t); /* to the shell and back */
void term_redraw(struct term *t); /* every cell is sent again with the next frame */
void term_bell(struct term *t);
/* To the clipboard by OSC 52, through tmux where needed; false when it is too much. */
bool term_copy(struct term *t, struct str text);
/* The byte of the test harness: one for each frame (STSWALK_TEST_FD). */
void term_frame_done(struct term *t);

#endif
