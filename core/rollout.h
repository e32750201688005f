/*
 * rollout: which step towards enforce a domain is on, what blocks the next one, what to publish for
 * it, and where mail waits now the ways out, soonest first (RFC 8461 sections 5, 8.1 and 8.3).
 *
 * Pure: everything follows from the judgement. Texts live in the arena given.
 */
#ifndef STS_ROLLOUT_H
#define STS_ROLLOUT_H

#include "core/outlook.h"

enum rollout_step {
	ROLLOUT_TLSRPT,
	ROLLOUT_POLICY, /* a policy file and its record */
	ROLLOUT_TESTING,
	ROLLOUT_ENFORCE_SHORT, /* max_age of a week */
	ROLLOUT_ENFORCE_LONG,
	ROLLOUT_REMOVAL,
	rollout_step_count
};

enum rollout_state { ROLLOUT_DONE, ROLLOUT_HERE, ROLLOUT_NEXT, ROLLOUT_LATER, ROLLOUT_OPEN };

struct way_out {
	struct str what;
	struct str publish; /* literal lines, empty if nothing is to be published */
	int64_t after_s; /* until senders that read the record again notice */
	struct str others; /* what becomes of the rest, empty if there is none */
};

#define ROLLOUT_WAYS_MAX 8

struct rollout {
	enum rollout_step here, next; /* next is rollout_step_count where nothing is left to do */
	enum rollout_state states[rollout_step_count];
	int64_t since_s[rollout_step_count]; /* first seen from here, since 1970; -1 unknown */
	const struct finding *
		*blocks; /* of the next step, or of the last one; in the judgement's order */
	size_t block_count;
	struct str policy; /* file for the next step, with line ends; empty if none is needed */
	struct str record; /* the TXT record that goes with it, as in a zone file */
	bool has_no_host; /* no policy can be proposed: nothing to put in an mx line is known */
	struct str tlsrpt; /* record to add, empty if there is one */
	int64_t wait_s; /* TTL of the record: then whoever reads it has noticed */
	bool is_waiting; /* mail waits now, for fresh senders or for some that hold a policy */
	struct way_out ways[ROLLOUT_WAYS_MAX]; /* soonest first */
	size_t way_count;
};

void rollout_make(struct arena *a, const struct judgement *j, struct rollout *out);
const char *rollout_step_title(enum rollout_step step);
const char *rollout_step_needs(enum rollout_step step);
const char *rollout_state_name(enum rollout_state state); /* "done" "here" "next" "later" "-" */
/* A policy file of these lines: the policy's own patterns, and the walked hosts that none lists. */
struct str rollout_policy_text(
	struct arena *a, const struct judgement *j, enum policy_mode mode, uint64_t max_age_s);

#endif
