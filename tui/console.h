/*
 * console: the full-screen program. One poll loop over keys, signals and the walk's events; nothing
 * is drawn when nothing has changed.
 *
 * It knows nothing of the network: events come through a feed, and what they mean from core.
 */
#ifndef STS_CONSOLE_H
#define STS_CONSOLE_H

#include "core/again.h"
#include "core/err.h"
#include "core/finding.h"
#include "core/lesson.h"
#include "core/session.h"
#include "tui/theme.h"
#include "tui/reports.h"

/* Where events come from: a walk, a file that is played, or nothing (fd -1). */
struct feed {
	int fd; /* readable while events wait; -1: none will come */
	bool (*take)(void *context, const struct event **event);
	void (*cancel)(void *context);
	int64_t (*now_us)(void *context);
	/*
	 * Walk parts of an ended walk again, into the same session, which is made anew: nothing may
	 * point into it. fd takes another value. NULL: cannot.
	 */
	enum result (*again)(void *context, const struct again *what, enum again_reason reason,
		int *fd, struct err *err);
	/* End probes of a host, or of one address of it; how many there were. NULL: cannot. */
	unsigned (*stop)(
		void *context, enum attempt_role role, struct str host, struct str address);
	void *context;
};

/* What the user wants after the console: another walk, a file, or nothing. */
enum console_next {
	NEXT_NOTHING,
	NEXT_DOMAIN,
	NEXT_DEMO,
	NEXT_AGAIN,
	NEXT_SNI,
	NEXT_FILE,
	NEXT_LESSON
};

/* One line of a list that the domain prompt offers. Any bytes: they may be of a file. */
struct offer {
	struct str name; /* what is walked or opened */
	struct str shown; /* for people: U-labels, a short path; empty: the name */
	struct str when; /* "2026-11-22 08:00", UTC; may be empty */
	struct str about; /* beside it */
	struct str also; /* the A-labels of a name that is shown in others; empty: none */
	enum state state; /* how it ended; STATE_WAITING: nothing is known */
};

struct offers {
	struct offer *v;
	size_t n;
};

struct console_options {
	struct session *session; /* of the caller; events are folded into it */
	struct feed feed;
	/* Called for each event before it is folded: the session file. NULL: none. */
	void (*keep)(void *context, const struct event *event);
	void *keep_context;
	const struct judge_options *judge;
	const char *theme; /* a shipped theme, one of the user's, or auto; NULL: terminal */
	struct str theme_text; /* of a theme file; empty: none */
	int64_t watch_us; /* between two rounds of W */
	const char *title; /* of the lab's scenario; NULL: a real walk */
	bool is_ascii, has_no_color;
	const char *notice; /* first words of the status line; NULL: none */
	const char *greeting; /* the same where nothing is wrong */
	/* A lesson in place of a walk; the sessions of its acts, the first is session. */
	const struct lesson *lesson;
	struct session *lesson_sessions;
	bool is_home; /* begin with the domain prompt; the session is empty */
	bool has_cursor; /* the hardware cursor is shown on the selected row */
	bool has_no_history; /* earlier walks are not looked at */
	bool has_no_clipboard; /* y says how to save instead */
	struct offers recent, saved, demos; /* of the domain prompt */
	const bool *lessons_done; /* course_count() of them; NULL: it is not remembered */
	/* Keep the chosen theme for the next time; an error is one line in err. NULL: cannot. */
	enum result (*keep_theme)(void *context, struct str name, struct err *err);
	/* Themes of the user's folders, and a new one there; NULL: none, cannot. */
	void (*read_themes)(void *context, struct arena *a, struct theme_files *out);
	enum result (*add_theme)(void *context, struct arena *a, struct str name, struct str text,
		struct str *path, struct err *err);
	/* Write a whole new file, from any thread; NULL: cannot. */
	enum result (*write_file)(
		void *context, const char *path, struct str bytes, struct err *err);
	/* Read what o names and tell what it is; text lives in the arena. */
	enum result (*read_file)(void *context, struct arena *a, const char *path,
		struct opened *out, struct err *err);
	void *file_context;
	/* SHA-256 of a session file as hex, for transcripts; NULL: not told. */
	void (*digest)(struct str bytes, char out[65]);
	struct reports *reports; /* of the caller: they outlive this console */
};

/* How it ended. Text is of the arena that was given. */
struct console_end {
	bool was_killed; /* SIGTERM, SIGHUP or a lost terminal */
	enum console_next next;
	struct str name; /* of NEXT_DOMAIN, NEXT_DEMO, NEXT_FILE, NEXT_LESSON (its scenario) */
	bool has_done_lesson; /* its last page was read */
};

/*
 * Runs until the user leaves. RESULT_FAILED: the terminal could not be used. *was_killed tells that
 * SIGTERM, SIGHUP or a lost terminal ended it.
 */
enum result console_run(const struct console_options *options, bool *was_killed, struct err *err);
/* The same, telling what the user wants next. */
enum result console_run_on(const struct console_options *options, struct arena *a,
	struct console_end *end, struct err *err);

#endif
