/*
 * output: where a report or a session file goes: a file that appears whole or not at all, or
 * standard output.
 *
 * A file is written as NAME.part beside it and gets its name at the end; without that it is removed.
 * An existing file is never replaced unless that was asked for. What is no regular file (a pipe, a
 * terminal, /dev/null) is written directly. Every error is of exit 73; a reader that went away is
 * RESULT_FAILED with an empty err: nothing is to be said about it.
 */
#ifndef STS_OUTPUT_H
#define STS_OUTPUT_H

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

struct output {
	int fd; /* -1 once it failed or was closed */
	bool is_forced; /* may replace an existing file */
	bool has_no_force; /* and that could not be asked for */
	bool owns_fd;
	struct str path; /* as given, for errors */
	struct str target, part; /* empty when written directly */
	int signal_fd; /* readable: stop waiting for a slow reader; -1 for none */
	struct arena arena;
};

/* path "-" is standard output; RESULT_FAILED names --force as the way to replace a file. */
enum result output_open(struct output *o, const char *path, bool is_forced, struct err *err);
/* For whoever can only choose another name. */
enum result output_open_new(struct output *o, const char *path, struct err *err);
/* An open descriptor that stays open; name is for errors. */
void output_open_fd(struct output *o, int fd, const char *name);
/* After the first failure nothing more is written and every call fails, with the err empty. */
enum result output_write(struct output *o, struct str bytes, struct err *err);
bool output_is_file(const struct output *o); /* that gets its name at the end */
enum result output_restart(struct output *o, struct err *err); /* such a one is empty again */
/* Give it its name. */
enum result output_commit(struct output *o, struct err *err);
void output_release(struct output *o); /* drops what was not committed */

/* A whole file, "-" for standard input, at most max bytes. Errors are of exit 65. */
enum result
input_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *err);

#endif
