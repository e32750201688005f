/*
 * plain: --plain: a walk as lines, one fact each: for screen readers and logs.
 *
 * A line is written when its fact is settled, in a stable order within what has come, and each with
 * one write. A fact that changes later comes again. Findings come at the end: until then each of
 * them may still be withdrawn.
 */
#ifndef STS_PLAIN_H
#define STS_PLAIN_H

#include "tui/cmd_walk.h"
#include "tui/session_input.h"

/* Walk setup->options.domain and print it. The exit status: 130 when it was interrupted. */
int plain_walk(const struct options *o, struct walk_setup *setup);
/* A session that was opened. The exit status. */
int
plain_session(const struct options *o, const struct judge_options *how, const struct session *s);
/* A walk elsewhere, as its events come in. The exit status. */
int plain_follow(const struct options *o, const struct judge_options *how, struct session *s,
	struct live_input *in);

#endif
