/*
 * tlsrpt_join: failures of TLSRPT reports against a walk: whether each is still true, which finding
 * it is, and how many of the failures each finding explains.
 *
 * Pure. A failure is joined with findings of the same host and of the result type that is reported,
 * or of one that a sender reports so (tlsrpt_join.def). What the walk did not look at is never called
 * mended.
 */
#ifndef STS_TLSRPT_JOIN_H
#define STS_TLSRPT_JOIN_H

#include "core/tlsrpt_sum.h"
#include "core/view.h"

enum report_now {
#define NOW(constant, name, state, words) REPORT_NOW_##constant,
#include "core/tlsrpt_join.def"
#undef NOW
	report_now_count
};
const char *report_now_name(enum report_now n);
const char *report_now_words(enum report_now n);
enum state report_now_state(enum report_now n);
bool report_now_is_true(enum report_now n); /* seen by the walk as well */

/* What it means, in words that follow "because"; NULL for a type of the reporter's own. */
const char *report_sum_words(const struct report_sum *s);

/* Whether a walk that raises this finding would explain it. */
bool report_sum_may_be(const struct report_sum *s, const struct finding_type *type);
/* "max_age 604800 there, 86400 now", in the document's arena. */
const char *part_report_change(struct doc *d, const struct report_change *c);

#define REPORT_FINDINGS_MAX 4

/* One sum of the totals. */
struct report_joined {
	enum report_now now;
	size_t findings[REPORT_FINDINGS_MAX]; /* indices of the judgement, the likeliest first */
	size_t count;
	const char *alias; /* why the first of another type is it all the same, NULL if of this */
	size_t tested, addresses; /* of the host that it is about, 0 of 0 if of none */
};

/* A finding and the failed sessions that it explains. */
struct report_cause {
	size_t finding;
	int64_t sessions;
};

/* Sessions without trouble, by reporter. */
struct report_well {
	struct str organization;
	int64_t sessions;
};

struct report_join {
	struct arena arena;
	const struct report_totals *totals;
	const struct judgement *judgement; /* NULL: no walk */
	struct report_joined *rows; /* as totals->sums */
	struct report_cause *causes; /* most sessions first */
	size_t cause_count;
	struct report_well *wells;
	size_t well_count;
	/* Failed sessions: told in detail, and of these still true, not there any more, about another
	 * domain, and what the walk cannot tell. */
	int64_t told, seen, mended, elsewhere, open;
	struct str domain; /* the first policy-domain, empty if none is told */
};

/* Borrows both; in is NULL when there is no walk. */
void report_join_make(
	const struct report_totals *totals, const struct view_input *in, struct report_join *out);
void report_join_release(struct report_join *j);
/* The domain that the row with this id is about, else the one of the first report; may be empty. */
struct str report_join_domain(const struct report_join *j, struct str id);

/* One failure in plain words: a row that has begun, so that more may follow. */
struct row *part_report_words(struct doc *d, const struct report_sum *s);
/* The list: dates, totals, a row per failure and reporter. */
void view_report_list(const struct report_join *j, struct doc *out);
/* Under it, of the row with this id: in plain words, joined with the walk, what to do. */
void view_report_row(
	const struct report_join *j, const struct view_input *in, struct str id, struct doc *out);
/* The same as a part of a document that has begun. */
void part_report_row(
	struct doc *d, const struct report_join *j, const struct view_input *in, struct str id);
/* The policy that the reporter of this row applied, with what differs from the one of now. */
void view_report_policy(const struct report_join *j, struct str id, struct doc *out);

#endif
