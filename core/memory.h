/*
 * memory: what is remembered of the policies of a domain: every distinct id and body that a walk
 * fetched, with first and last sight, until the last sight plus max_age. Each that has not expired is
 * a sender that may still hold it (RFC 8461 sections 5.1 and 8.3).
 *
 * Pure: the text of the file in, the text of the file out; whoever owns the state folder reads and
 * writes it. A line that cannot be read is left out. Rehearsals never enter.
 */
#ifndef STS_MEMORY_H
#define STS_MEMORY_H

#include "core/session.h"

#define MEMORY_MAX_BYTES (4UL * 1024 * 1024)
#define MEMORY_MAX_POLICIES 64

/* Those that have not expired, oldest first; at most MEMORY_MAX_POLICIES. Text lives in the arena. */
struct ev_policy_cached *
memory_read(struct arena *a, struct str file, int64_t as_of_s, size_t *count);
/* The file with what the walk found; the same text when there is nothing to remember. */
struct str memory_add(struct arena *a, struct str file, const struct session *s);

#endif
