/* The clock of this host against those of the servers that told theirs (HTTP Date). */
#include <stdlib.h>

#include "core/rules.h"

#define SKEW_LEAST_S 300
#define STORE_AHEAD_S 86400
#define SKEW_UNKNOWN_S (100LL * 365 * 86400) /* more than any certificate lives */

static bool
is_answered(const struct lookup *l)
{
	return l != NULL && l->is_done;
}

/* No further Date is to come. */
static bool
is_settled(const struct judging *j)
{
	const struct session *s = j->s;
	size_t expected;

	if (!j->is_running)
		return true;
	if (!is_answered(s->policy_a) || !is_answered(s->policy_aaaa))
		return false;
	expected = s->policy_a->count + s->policy_aaaa->count;
	if (expected > LIMIT_POLICY_HOST_ADDRESSES)
		expected = LIMIT_POLICY_HOST_ADDRESSES;
	if (s->https_count < expected)
		return false;
	for (size_t i = 0; i < s->https_count; i++) {
		const struct attempt *t = s->https[i];

		if (t->skip == SKIP_NONE && !t->is_ended && t->http == NULL)
			return false;
	}
	return true;
}

/* Nobody installs a certificate that is of tomorrow: by how much our clock is behind is not known. */
static bool
is_before_store(const struct judging *j)
{
	const struct ev_walk_start *start = j->s->start;

	return start != NULL && start->store_newest_s >= 0 &&
	       elapsed(j->as_of_s, start->store_newest_s) > STORE_AHEAD_S;
}

/* One server whose Date agrees with our clock clears it: then it is the others that are off. */
void
judge_clock(struct judging *j)
{
	int64_t most_s = 0;
	bool agrees = false;

	j->is_clock_known = is_settled(j);
	for (size_t i = 0; j->is_clock_known && i < j->s->https_count; i++) {
		const struct ev_http_done *http = j->s->https[i]->http;
		int64_t off_s;

		if (http == NULL || !http->has_date)
			continue;
		off_s = llabs((long long)(http->date_offset_ms / 1000));
		j->clock_count++;
		agrees |= off_s <= SKEW_LEAST_S;
		if (off_s > most_s)
			most_s = off_s;
	}
	j->has_skew = most_s > SKEW_LEAST_S && !agrees;
	j->skew_s = j->has_skew ? most_s : 0;
	/* A server whose certificate is not valid yet by our clock never gets to tell its own. */
	j->is_before_store = j->is_clock_known && j->clock_count == 0 && is_before_store(j);
	if (j->is_before_store) {
		j->has_skew = true;
		j->skew_s = SKEW_UNKNOWN_S;
	}
}
