/*
 * since: what changed since the walk of this domain before this one.
 *
 * That walk comes as an event, so that a saved session tells the same: its states and findings as
 * they are judged now, not as they were judged then. Told only of walks that ran to their end.
 */
#ifndef STS_SINCE_H
#define STS_SINCE_H

#include "core/finding.h"
#include "core/view.h"

/* The event of a walk that is over, in the arena; walks: how many are kept, with it. */
struct ev_last_walk *
since_event(struct arena *a, const struct session *s, const struct judgement *j, int64_t walks);

struct since {
	bool is_known; /* there was a walk before, and this one can be compared with it */
	struct strs changes; /* "mx2.example.com WARN to OK" */
	size_t findings_gone, findings_new;
};

void since_compare(struct arena *a, const struct view_input *in, struct since *out);
/* Whether a stage, or an MX host by its name, was in another state then; false without a then. */
bool since_stage_changed(const struct view_input *in, enum stage stage);
bool since_host_changed(const struct view_input *in, const struct host_judgement *host);

/* "Since last walk (08:00Z, 12 walks): mx2 WARN to OK, 2 findings gone": a row on a screen, and a
 * field of a report. No row where there was no walk before. */
void part_since_row(struct doc *d, const struct view_input *in);
void part_since_field(struct doc *d, const struct view_input *in);

#endif
