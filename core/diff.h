/*
 * diff: what changed between two sessions: facts first, then findings, then outcomes.
 *
 * Facts come from the events by a table that says which fields of which kind are facts of the domain
 * (a record, a certificate, a reply) and not of the walk (times, ports, our own addresses). A key
 * may have several values, as MX records have; their order never counts. A session has no difference
 * from itself, and the difference of B and A is that of A and B with the sides exchanged.
 */
#ifndef STS_DIFF_H
#define STS_DIFF_H

#include "core/buf.h"
#include "core/view.h"

enum diff_part { DIFF_FACTS, DIFF_FINDINGS, DIFF_OUTCOMES, diff_part_count };
enum diff_change { DIFF_NEW, DIFF_GONE, DIFF_CHANGED };

struct diff_row {
	enum diff_part part;
	enum diff_change change;
	struct str what; /* "TXT _mta-sts.example.com" */
	struct str old, new; /* empty on the side that has it not; any bytes */
	enum severity severity; /* of a finding, the worse of both sides */
	bool is_detail; /* a fact that follows from others: a look-up, a connection */
};

struct diff {
	struct arena arena;
	struct diff_row *rows;
	size_t count;
	size_t counts[diff_part_count];
	size_t same[diff_part_count];
	struct view_input old, new; /* as given */
};

/* Both sessions and judgements must outlive the diff. */
void diff_sessions(const struct view_input *old, const struct view_input *new, struct diff *out);
void diff_release(struct diff *d);

/* The exit status with a baseline: a change is a warning. d may be NULL. */
int diff_exit(const struct diff *d, int exit);

const char *diff_change_name(enum diff_change change); /* "new" "gone" "changed" */
const char *diff_part_name(enum diff_part part); /* "facts" ... */

void view_diff(const struct diff *diff, struct doc *out);
/* The same for a screen, whose frame counts; and one row with both sides whole. */
void view_diff_screen(const struct diff *diff, struct doc *out);
void view_change(const struct diff *diff, size_t index, struct doc *out);
/* The rows alone, as part of another document. */
void part_diff(struct doc *d, const struct diff *diff);
/*
 * The same for a reader who learns: outcomes first, and of the facts those that somebody changed,
 * without details and without all that is said by a server that only one side has.
 */
void part_diff_brief(struct doc *d, const struct diff *diff);
/* One object, one line. */
void render_diff_json(const struct diff *diff, struct buf *out);

#define DIFF_SENDER "sender " /* what of an outcome begins so, a program's name follows */

/* Between the two files of this module: one side as keys with values. */
struct diff_fact {
	enum diff_part part;
	unsigned rank; /* of its kind, in the order of the walk */
	struct str key, value;
	enum severity severity;
	bool is_detail;
};

struct diff_facts {
	struct arena *arena;
	struct diff_fact *v;
	size_t n, cap;
};

void diff_collect(const struct view_input *in, struct diff_facts *out);

#endif
