/*
 * again: which part of a walk is walked again, and the session that its events go on with.
 *
 * A walk is one session however often a part of it is repeated: what was known of the part is
 * dropped, a walk-again event says what is repeated, when and why, and the new events follow. So
 * the reducer never sees two answers to one question, a session does not grow with the hours that
 * it is watched, and its file gives the same report as the console showed.
 */
#ifndef STS_AGAIN_H
#define STS_AGAIN_H

#include "core/doc.h"

/* AGAIN_RECORDS: both TXT records. AGAIN_POLICY: the policy host and the fetch. AGAIN_MX: the MX
 * lookup and every MX host. */
enum again_part { AGAIN_ENV = 1, AGAIN_RECORDS = 2, AGAIN_POLICY = 4, AGAIN_MX = 8 };

struct again {
	unsigned parts; /* of enum again_part */
	struct strs hosts; /* MX hosts; none together with AGAIN_MX */
};

bool again_is_empty(const struct again *what);
/* What a row is about, also by way of its finding; false where it is of no part (the verdict). */
bool again_of_target(
	struct arena *a, const struct judgement *j, const struct target *target, struct again *out);
/* The same for the job of an event of the log. */
bool again_of_job(struct arena *a, const struct session *s, struct str job, struct again *out);
/* What failed, or could not be told, in a way that may have passed a minute later. */
void again_of_failures(struct arena *a, const struct judgement *j, struct again *out);
/* Whether a server answered with 4xx since the walk was last begun: it asks for patience. */
bool again_was_put_off(const struct session *s);
/* "mx2.example.com", "the records, the policy"; for a status line or a report. */
struct str again_words(struct arena *a, const struct ev_walk_again *what);
/* The words of the parts, as the event has them. */
struct strs again_parts(struct arena *a, const struct again *what);
/* The session without what is walked again and without its end; out is made anew. */
void session_again(const struct session *s, const struct again *what, struct session *out);

#endif
