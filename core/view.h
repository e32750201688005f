/*
 * view: pure functions from a session and its judgement to documents.
 *
 * What a document says is the same on a screen and in a report. now_us is the time to show for what
 * is still running (the last event's time for a finished walk).
 */
#ifndef STS_VIEW_H
#define STS_VIEW_H

#include "core/doc.h"
#include "core/topics.h"

/* What stands before the lines of a dialogue: since its start, since the line before, UTC. */
enum times { TIMES_START, TIMES_LAST, TIMES_UTC };

struct view_input {
	const struct session *session;
	const struct judgement *judgement;
	int64_t now_us;
	enum times times;
};
/* Time of day of a moment of the walk: "08:00:01.118Z"; "-" when nobody knows it. */
struct safe view_utc(struct arena *a, const struct session *s, int64_t us);

/* Mail now (two rows), stage rows, and the MX hosts under their stage. */
void view_overview(const struct view_input *in, struct doc *out);
/* The Why box for a selection: the worst finding of the target, or that nobody has to act. nth
 * chooses among several findings of the target, wrapping. */
void
view_why(const struct view_input *in, const struct target *target, size_t nth, struct doc *out);
/* A stage, a host with all its addresses, one address with its dialogue and chain. */
void view_stage(const struct view_input *in, enum stage stage, struct doc *out);
void view_host(const struct view_input *in, struct str host, struct doc *out);
void
view_address(const struct view_input *in, struct str host, struct str address, struct doc *out);
void view_policy(const struct view_input *in, struct doc *out);
void view_findings(const struct view_input *in, struct doc *out);
/* One finding whole: who, seen, means, do, by hand, RFC, evidence. */
void view_finding(const struct view_input *in, size_t index, struct doc *out);
void view_log(const struct view_input *in, struct doc *out);
/* The report of check: mail now and what to do first, then every stage. */
void view_report(const struct view_input *in, struct doc *out);
/* The catalogue: one entry, or the list of all. */
void view_explain(const struct finding_type *type, struct doc *out);
void view_explain_list(struct doc *out);
/* A topic, and a table of all of them added to a document (topics.h). */
void view_topic(const struct topic *topic, struct doc *out);
void view_topic_list(struct doc *out);
/* Count of findings that belong to a target. */
size_t target_findings(const struct judgement *j, const struct target *target);
/* Which of them this finding is: the nth of view_why(). */
size_t target_finding_place(const struct judgement *j, const struct target *target, size_t finding);

#endif
