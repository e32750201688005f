/*
 * history: the walks of a domain that are kept: the last 20, and of the older ones each in which the
 * record's id, the policy, the MX hosts or the verdict differ from the one before; at most 200.
 *
 * Rehearsals never enter, nor walks that were stopped.
 */
#ifndef STS_HISTORY_H
#define STS_HISTORY_H

#include "core/finding.h"
#include "core/session.h"

#define HISTORY_LAST 20
#define HISTORY_MOST 200

/* Keep a walk that has ended, and drop what is not kept any more. */
void history_keep(const struct session *s);
/* How the last of them came out, in the arena; NULL when there is none. */
const struct ev_last_walk *
history_recall(struct arena *a, struct str domain, const struct judge_options *how);
/* The last walk before a time; false when there is none. s is initialised here then. */
bool history_last(struct str domain, int64_t before_ms, struct session *s);

#endif
