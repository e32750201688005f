/*
 * known: what a walk is told beforehand: the policy of --policy, to be rehearsed in place of the
 * published one, and the policies of --cached, which senders may still hold.
 *
 * --cached takes a policy file, a saved session (the policy that it fetched), or a TLSRPT report
 * with its policy-string. Errors are of exit 65 and name the file.
 */
#ifndef STS_KNOWN_H
#define STS_KNOWN_H

#include "core/event.h"
#include "core/session.h"
#include "tui/options.h"

struct known {
	const struct ev_policy_rehearsed *rehearsed; /* NULL without --policy */
	struct ev_policy_cached *cached;
	size_t cached_count;
};

/* Texts live in the arena. */
enum result
known_read(struct arena *a, const struct options *o, struct known *out, struct err *err);
/* Into a session that was opened, as if its walk had been told. */
void known_apply(const struct known *known, struct session *s);

/* The policies that earlier walks of a domain fetched (memory.h), behind those of known. Failures
 * are silent: it is only a help. */
void known_recall(struct arena *a, struct str domain, int64_t now_s, struct known *known);
/* Remember what this walk fetched. */
void known_keep(const struct session *s);

#endif
