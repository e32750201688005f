/*
 * tlsrpt_sum: reports put together: by reporter, domain, host and result; what they deviate in, and
 * which of them tell of a policy that is not the published one. As a document and as JSON.
 */
#ifndef STS_TLSRPT_SUM_H
#define STS_TLSRPT_SUM_H

#include "core/buf.h"
#include "core/doc.h"
#include "core/tlsrpt_report.h"

struct named_report {
	struct str file; /* as given, for people */
	struct tls_report report;
};

/* All failures with these four in common. */
struct report_sum {
	struct str organization, domain, host, result;
	struct str mode; /* of the policy that the reporter applied, empty if none */
	struct str reason, sending_ip, receiving_ip; /* the first that is told */
	const struct report_policy *policy; /* that the first of them stood under */
	int64_t sessions;
	size_t details;
};

struct report_totals {
	struct arena arena;
	const struct named_report *reports;
	size_t report_count;
	int64_t ok, failed; /* sessions, of all summaries */
	struct report_sum *sums; /* most sessions first */
	size_t count;
	struct strs published; /* lines, without blanks */
	bool has_published;
};

/* published is the policy of now, empty when it is not known. Borrows the reports. */
void report_totals_make(const struct named_report *reports, size_t count, struct str published,
	struct report_totals *out);
void report_totals_release(struct report_totals *t);

/* Lines of the applied policy and of the published one that the other does not have; 0 also when
 * there is nothing to compare. */
size_t report_policy_differs(const struct report_totals *t, const struct report_policy *p);

/* What differs, key by key: without blanks, in lower case. One of the two values may be empty. */
struct report_change {
	struct str key, there, now;
};
/* The count of *out, which lives in the arena; 0 also when there is nothing to compare. */
size_t report_policy_changes(struct arena *a, const struct report_totals *t,
	const struct report_policy *p, struct report_change **out);

void view_tlsrpt(const struct report_totals *t, struct doc *out);
void render_tlsrpt_json(const struct report_totals *t, struct buf *out);

#endif
