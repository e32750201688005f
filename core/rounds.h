/*
 * rounds: the times of a session. A walk is one round, and one more for each time that a part of it
 * was walked again (again.h). Times of the walk are microseconds since the first began; each round
 * says by its own wall clock when that was.
 */
#ifndef STS_ROUNDS_H
#define STS_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

struct session;

int64_t session_as_of_s(const struct session *s); /* wall clock when the last round began */
int64_t session_as_of_ms(const struct session *s);
/* Wall clock at a time of the walk, by the begin of its round: this host may have slept between. */
int64_t session_wall_ms(const struct session *s, int64_t us);
size_t session_round_at(const struct session *s, int64_t us); /* 0 in the first */
int64_t session_round_us(const struct session *s); /* when the last round began */
int64_t session_lasted_us(const struct session *s); /* the last round so far */
int64_t session_verdict_us(const struct session *s); /* it until the verdict; -1 before */

#endif
