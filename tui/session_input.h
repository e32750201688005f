/*
 * session_input: session files as they come in: whole, or line by line while a walk elsewhere is
 * still writing them.
 */
#ifndef STS_SESSION_INPUT_H
#define STS_SESSION_INPUT_H

#include "core/sessfile.h"
#include "tui/console.h"

/*
 * The session of a file, "-" for standard input. s is initialised here; warning says what is odd
 * about it, empty when nothing is. Errors: exit 65, one line with the name and the line number.
 */
enum result session_load(const char *path, struct session *s, struct str *warning, struct err *err);

/* Lines from a descriptor as the console's feed. A stream that stops, or goes wrong, ends the walk
 * with an event of its own; problem says why. */
struct live_input {
	int fd;
	struct arena arena;
	struct buf bytes;
	size_t used; /* of bytes, already read as lines */
	struct sessfile_reader reader;
	bool has_ended;
	bool is_over; /* nothing more is to be read */
	int64_t offset_us; /* our clock at the walk's begin */
	struct err problem; /* text empty: none */
	struct event end;
};

void live_input_open(struct live_input *in, int fd);
void live_input_release(struct live_input *in);
struct feed live_input_feed(struct live_input *in);

#endif
