/*
 * timeline: the life of one cached policy, from its first sight to its end, and what senders do at
 * any moment of it; who notices when that something else is published; when what is old may go.
 *
 * Pure: the moment is a parameter. The hosts are taken to be as the walk saw them from then on; of
 * earlier moments nothing is known but who held the copy. All times are seconds since 1970.
 */
#ifndef STS_TIMELINE_H
#define STS_TIMELINE_H

#include "core/senders.h"

struct timeline_sender {
	struct sender_outlook fresh; /* with its type and habits */
	struct sender_cached copy; /* what it does while it holds the copy, and until when */
	bool holds; /* at the moment, so far as is known */
	enum mail_outcome outcome; /* at the moment */
	size_t host; /* that gets the mail, else SIM_NOWHERE */
};

struct timeline {
	const struct cached_outlook *copy;
	int64_t first_s, end_s; /* its life, first_s <= as_of_s < end_s */
	int64_t as_of_s; /* of the walk */
	int64_t moment_s; /* within the life */
	struct timeline_sender senders[sender_count];
};

/*
 * copy: index in the outlook's cached ones, which are not none. A moment outside of the life is moved
 * to its nearer end.
 */
void timeline_make(struct arena *a, const struct judgement *j, size_t copy, int64_t moment_s,
	struct timeline *out);
/*
 * The next moment worth a look, later or (step < 0) earlier: when somebody notices, the walk, the
 * ends, and marks in between. The moment itself at either end.
 */
int64_t timeline_next(const struct timeline *t, int step);
/* The copy to begin with: the worst, else the latest that is not what is published. */
size_t timeline_choice(const struct outlook *o);

/* When what is old may go. */
struct timeline_mx {
	struct str host; /* of today, or a pattern that no host of today matches */
	bool is_today;
	int64_t until_s; /* the end of the last copy that lists no other host of today */
	struct str id; /* of that copy */
};
#define TIMELINE_MX_MAX 16
struct timeline_end {
	struct timeline_mx mx[TIMELINE_MX_MAX];
	size_t mx_count;
	/* The record and the file, mode none being published now (RFC 8461 8.3). */
	bool has_policy; /* one is published or held */
	bool is_none; /* mode none is published already */
	int64_t removal_s;
};
void timeline_end(const struct judgement *j, struct timeline_end *out);

#endif
