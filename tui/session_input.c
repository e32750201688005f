#include "tui/session_input.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/limits.h"
#include "core/safe.h"
#include "tui/options.h"
#include "tui/output.h"

enum result
session_load(const char *path, struct session *s, struct str *warning, struct err *err)
{
	struct arena a = { 0 };
	struct err problem = { .text = "" };
	struct str file;
	enum result rc;

	session_init(s);
	rc = input_read(&a, path, LIMIT_SESSION_BYTES, &file, err);
	if (rc == RESULT_OK && sessfile_read(file, s, warning, &problem) != RESULT_OK) {
		const bool is_stdin = strcmp(path, "-") == 0;
		const struct safe name = is_stdin ? safe_literal("standard input")
						  : safe_text(&a, str_of(path), 200);

		session_init(s);
		rc = err_set(err, EXIT_INPUT, "%.*s: %s", SAFE_ARG(name), problem.text);
	}
	arena_release(&a);
	return rc;
}

static int64_t
clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
live_input_open(struct live_input *in, int fd)
{
	*in = (struct live_input){ .fd = fd, .bytes = BUF_INIT(4UL * LIMIT_SESSION_LINE_BYTES) };
	in->offset_us = clock_us();
	in->reader.arena = &in->arena;
}

void
live_input_release(struct live_input *in)
{
	buf_release(&in->bytes);
	arena_release(&in->arena);
}

/* The walk's own last event did not come: one in its place, so that nobody waits for it. */
static bool
give_end(struct live_input *in, const struct event **event)
{
	static const struct ev_end cut = { .reason = END_CANCELLED };

	in->is_over = true;
	if (in->has_ended || !in->reader.has_header)
		return false;
	in->has_ended = true;
	in->end = (struct event){ .seq = in->reader.last_seq + 1,
		.us = in->reader.last_us,
		.job = STR("walk"),
		.kind = EV_END,
		.payload = &cut };
	*event = &in->end;
	return true;
}

/* False: no more bytes now, or never (is_over). */
static bool
read_more(struct live_input *in)
{
	struct pollfd waiting = { .fd = in->fd, .events = POLLIN };
	char chunk[16384];
	ssize_t n;

	if (poll(&waiting, 1, 0) <= 0)
		return false;
	n = read(in->fd, chunk, sizeof(chunk));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0) {
		if (!in->has_ended)
			err_set(&in->problem, EXIT_INPUT,
				"standard input ended before the walk did: what came is shown");
		in->is_over = true;
		return false;
	}
	buf_drop_front(&in->bytes, in->used);
	in->used = 0;
	buf_add(&in->bytes, (struct str){ chunk, (size_t)n });
	if (in->bytes.is_cut) {
		err_set(&in->problem, EXIT_INPUT, "standard input: line %u: longer than %d bytes",
			in->reader.line + 1, LIMIT_SESSION_LINE_BYTES);
		in->is_over = true;
	}
	return !in->is_over;
}

/* The next whole line; false when there is none. */
static bool
next_line(struct live_input *in, struct str *line)
{
	const struct str rest = str_skip(buf_str(&in->bytes), in->used);
	const size_t length = str_find(rest, '\n');

	if (length == rest.n)
		return false;
	*line = str_sub(rest, 0, length);
	in->used += length + 1;
	return true;
}

static bool
feed_take(void *context, const struct event **event)
{
	struct live_input *in = context;
	struct event *read = NULL;
	struct err problem;
	struct str line;

	while (!in->is_over) {
		if (!next_line(in, &line)) {
			if (!read_more(in) && !in->is_over)
				return false;
			continue;
		}
		if (sessfile_read_line(&in->reader, line, &read, &problem) != RESULT_OK) {
			err_set(&in->problem, EXIT_INPUT, "standard input: %s", problem.text);
			in->is_over = true;
		} else if (read != NULL) {
			if (read->kind == EV_WALK_START)
				in->offset_us = clock_us() - read->us;
			in->has_ended = in->has_ended || read->kind == EV_END;
			in->is_over = in->has_ended;
			*event = read;
			return true;
		}
	}
	return give_end(in, event);
}

/* Whoever walks elsewhere goes on; we stop listening. */
static void
feed_cancel(void *context)
{
	struct live_input *in = context;

	in->is_over = true;
}

static int64_t
feed_now_us(void *context)
{
	const struct live_input *in = context;

	return clock_us() - in->offset_us;
}

struct feed
live_input_feed(struct live_input *in)
{
	return (struct feed){ in->fd, feed_take, feed_cancel, feed_now_us, .context = in };
}
