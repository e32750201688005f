/*
 * cmd_walk: what every command that walks shares: the walk as the options want it, the session
 * file that records it, and the loop that follows it to its end.
 */
#ifndef STS_CMD_WALK_H
#define STS_CMD_WALK_H

#include <signal.h>

#include "core/finding.h"
#include "net/lab/lab.h"
#include "net/walk.h"
#include "tui/cmd.h"

/* Resolvers, trust store, names and limits: once for all domains of a command. */
struct walk_setup {
	struct arena arena;
	struct resolver_config resolvers;
	struct trust *trust;
	struct lab *lab; /* of demo, else NULL */
	struct walk_options options; /* all but the domain */
	struct judge_options judge;
	bool has_no_history; /* --no-history, and always in the lab */
	bool has_no_controls; /* --no-controls, which holds in the lab too */
};

/* Errors: 64 for a resolver that is none, 65 for anchors that cannot be read, 73 for a trace file that cannot be written. */
enum result walk_setup_open(struct walk_setup *s, const struct options *o, struct err *err);
/* cmd_deep.c: what goes beyond a sender's look. */
enum result walk_setup_deep(struct walk_setup *s, const struct options *o, struct err *err);
/* Start the lab and point the walk at it. */
enum result walk_setup_lab(struct walk_setup *s, const struct scenario *scenario, struct err *err);
void walk_setup_release(struct walk_setup *s);
/* The options of a walk with what earlier walks of its domain remember; the arena must live until
 * the walk has begun. */
struct walk_options walk_setup_recall(const struct walk_setup *s, struct arena *a);

/* The session file, or the stream of events of "--save -". What is to be redacted is held until the
 * end: only then is known what of it was walked. */
struct recorder {
	struct output output;
	struct buf line;
	bool is_open, is_stream;
	unsigned redact; /* REDACT_*: then the file is written whole, behind the last event */
	struct session held; /* until then */
	bool has_end; /* the last event was written: only then the file gets its name */
	struct err err; /* of the first write that failed */
	bool has_failed;
	bool is_whole; /* the file is written anew at the end, from the session */
};

enum result recorder_open(struct recorder *r, const struct options *o, struct err *err);
void recorder_add(struct recorder *r, const struct event *event);
/* The walk goes on after its end, and what was written of it is not all true any more: the file will
 * be written anew. RESULT_FAILED: a pipe has it already. */
enum result recorder_restart(struct recorder *r, struct err *err);
void recorder_finish(struct recorder *r, const struct session *s); /* write it, if it was */
/* RESULT_FAILED: the file is not there; r->err says why. */
enum result recorder_close(struct recorder *r);

/* SIGINT, SIGTERM and SIGHUP as a descriptor, for the time of a command; not those that whoever
 * started the program wants ignored (nohup). */
struct interrupts {
	int fd;
	sigset_t set;
	int number; /* of the last that was taken, 0 for none */
};
enum result interrupts_begin(struct interrupts *i, struct err *err);
void interrupts_end(struct interrupts *i);
int interrupts_exit(const struct interrupts *i); /* 130 for SIGINT, else 128 + number */

/*
 * One walk from its first event to its last, folded and recorded. An interrupt cancels the walk,
 * what is known is still folded.
 */
enum result walk_follow(const struct walk_setup *s, struct session *session,
	struct recorder *recorder, struct interrupts *interrupts, struct err *err);
/* The same, with a look at the session whenever events have come; false from it cancels the walk. */
enum result walk_follow_with(const struct walk_setup *s, struct session *session,
	struct recorder *recorder, struct interrupts *interrupts,
	bool (*watch)(void *context, const struct session *s), void *context, struct err *err);

#endif
