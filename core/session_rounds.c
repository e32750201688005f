/* Times of a session, by its rounds. */
#include "core/session.h"

size_t
session_round_at(const struct session *s, int64_t us)
{
	size_t low = 0, high = s->round_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (s->rounds[middle]->us <= us)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Wall clock and walk's time of the beginning of a round. */
static int64_t
round_begin(const struct session *s, size_t round, int64_t *us)
{
	const struct ev_walk_again *again;

	*us = 0;
	if (round == 0)
		return s->start != NULL ? s->start->started_ms : 0;
	again = s->rounds[round - 1]->payload;
	*us = s->rounds[round - 1]->us;
	return again->at_ms;
}

int64_t
session_round_us(const struct session *s)
{
	int64_t us;

	round_begin(s, s->round_count, &us);
	return us;
}

int64_t
session_lasted_us(const struct session *s)
{
	return s->last_us - session_round_us(s);
}

int64_t
session_verdict_us(const struct session *s)
{
	return s->verdict_us < 0 ? -1 : s->verdict_us - session_round_us(s);
}

int64_t
session_as_of_ms(const struct session *s)
{
	int64_t us;

	return round_begin(s, s->round_count, &us);
}

int64_t
session_as_of_s(const struct session *s)
{
	const int64_t ms = session_as_of_ms(s);

	return ms / 1000 - (ms % 1000 < 0 ? 1 : 0);
}

int64_t
session_wall_ms(const struct session *s, int64_t us)
{
	int64_t from_us, ms;
	const int64_t begin_ms = round_begin(s, session_round_at(s, us), &from_us);

	return __builtin_add_overflow(begin_ms, (us - from_us) / 1000, &ms) ? INT64_MAX : ms;
}
