/*
 * tlsrpt_report: a TLSRPT report (RFC 8460 section 4.4) as it was sent: JSON from anybody.
 *
 * Reporters deviate from the schema in known ways; a report is read as far as it goes, and what was
 * odd about it is told. Everything lives in the arena; text is as sent, so it is made visible
 * wherever it is shown.
 */
#ifndef STS_TLSRPT_REPORT_H
#define STS_TLSRPT_REPORT_H

#include "core/arena.h"
#include "core/err.h"

enum report_oddity {
#define ODDITY(constant, words) REPORT_##constant,
#include "core/tlsrpt_report.def"
#undef ODDITY
	report_oddity_count
};
const char *report_oddity_words(enum report_oddity o); /* "a date without zone, taken as UTC" */

struct report_failure {
	struct str result; /* RFC 8460 4.3, or whatever the reporter calls it */
	struct str sending_ip, mx_host, receiving_ip, helo, reason, information;
	int64_t sessions; /* 0 to LIMIT_REPORT_SESSIONS */
};

struct report_policy {
	struct str type; /* "sts" "tlsa" "no-policy-found" */
	struct str domain;
	struct strs lines; /* policy-string */
	struct strs mx; /* patterns of mx-host */
	int64_t ok, failed; /* of the summary */
	struct report_failure *failures;
	size_t count;
};

struct tls_report {
	struct str organization, contact, id;
	int64_t begin_s, end_s; /* since 1970; -1 when not told */
	struct report_policy *policies;
	size_t count;
	size_t dropped; /* policies and failures over the limits */
	bool odd[report_oddity_count];
};

/* Fails for what is no JSON, and for JSON that is no report; err has no name of the file. */
enum result
tls_report_read(struct arena *a, struct str json, struct tls_report *out, struct err *err);
bool tls_report_is_odd(const struct tls_report *r);
/* One report that came twice: its sessions count once (report-id: RFC 8460 section 4.4). */
bool tls_report_is_same(const struct tls_report *a, const struct tls_report *b);
/* "a, b and c"; empty when nothing is odd. */
struct str tls_report_oddities(struct arena *a, const struct tls_report *r);

/* A line of the policy that a reporter applied under "key: value"; empty when there is none. */
struct str report_policy_value(const struct report_policy *p, const char *key);

/* What a result type means, in plain words that follow "because"; NULL for one of the reporter's. */
const char *report_result_words(struct str result);

#endif
