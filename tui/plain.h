/*
 * plain: --plain: a walk as lines, one fact each, in a stable order: for screen readers and logs.
 */
#ifndef STS_PLAIN_H
#define STS_PLAIN_H

#include "tui/cmd_walk.h"

/* Walk setup->options.domain and print it. The exit status. */
int plain_walk(const struct options *o, struct walk_setup *setup);
/* A session that was opened. The exit status. */
int
plain_session(const struct options *o, const struct judge_options *how, const struct session *s);
/* The lines of a session. */
void
plain_lines(const struct session *s, const struct judgement *j, bool is_ascii, struct buf *out);

#endif
