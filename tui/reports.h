/*
 * reports: the TLSRPT reports that were opened with o, and the bounce that a walk was begun from. They
 * outlive a console: the walk is joined with them.
 *
 * Each report has an arena of its own, so one that cannot be read leaves nothing behind. What is
 * shown of them is made once for each change of the console.
 */
#ifndef STS_REPORTS_H
#define STS_REPORTS_H

#include "core/tlsrpt_join.h"

#define REPORTS_MAX 32

/* What a file that was named with o turned out to be. */
enum opened_kind { OPENED_SESSION, OPENED_REPORT, OPENED_POLICY };

struct opened {
	enum opened_kind kind;
	struct str bytes; /* JSON of a report, unpacked; body of a policy */
	struct tls_report report;
};

struct reports {
	struct named_report list[REPORTS_MAX];
	struct str json[REPORTS_MAX];
	struct arena arenas[REPORTS_MAX];
	size_t count;
	size_t alone; /* 0: all together, else this one, from 1 */
	bool is_wanted; /* the next console begins with them */
	struct buf bounce; /* or with this; empty: with none */

	bool has_join;
	uint64_t version; /* of the console that the join was made for */
	struct report_totals totals;
	struct report_join join;
};

/* Takes over the arena, which holds report and JSON. False when it is there already, or there is
 * no room; *place is where it stands then, from 1. */
bool reports_add(struct reports *r, struct arena *a, struct str file, const struct opened *report,
	size_t *place);
void reports_release(struct reports *r);
/* Joined with the walk of in (NULL: none), whose policy is the published one; kept for version. */
const struct report_join *
reports_join(struct reports *r, const struct view_input *in, uint64_t version);
/* The report that a row of the list comes from first; NULL for none. */
const struct named_report *reports_of_row(const struct reports *r, struct str id, struct str *json);

#endif
