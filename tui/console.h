/*
 * console: the full-screen program. One poll loop over keys, signals and the walk's events; nothing
 * is drawn when nothing has changed.
 *
 * It knows nothing of the network: events come through a feed, and what they mean from core.
 */
#ifndef STS_CONSOLE_H
#define STS_CONSOLE_H

#include "core/err.h"
#include "core/finding.h"
#include "core/session.h"

/* Where events come from: a walk, a file that is played, or nothing (fd -1). */
struct feed {
	int fd; /* readable while events wait; -1: none will come */
	bool (*take)(void *context, const struct event **event);
	void (*cancel)(void *context);
	int64_t (*now_us)(void *context);
	void *context;
};

struct console_options {
	struct session *session; /* of the caller; events are folded into it */
	struct feed feed;
	/* Called for each event before it is folded: the session file. NULL: none. */
	void (*keep)(void *context, const struct event *event);
	void *keep_context;
	const struct judge_options *judge;
	const char *theme; /* shipped theme, NULL: terminal */
	const char *title; /* shown beside the domain, as "lab: good"; NULL: nothing */
	bool is_ascii, has_no_color;
};

/*
 * Runs until the user leaves. RESULT_FAILED: the terminal could not be used. *was_killed tells that
 * SIGTERM, SIGHUP or a lost terminal ended it.
 */
enum result console_run(const struct console_options *options, bool *was_killed, struct err *err);

#endif
