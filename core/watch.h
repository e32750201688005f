/*
 * watch: a walk whose failures are walked again and again: when the next round is due, and what the
 * last one changed. Times are microseconds of any one clock.
 */
#ifndef STS_WATCH_H
#define STS_WATCH_H

#include "core/doc.h"
#include "core/finding.h"

#define WATCH_SLOWEST 16 /* times the interval, however often servers ask for patience */

struct watch_row {
	struct str host; /* empty: of a stage */
	enum stage stage;
	enum state before;
	bool is_changed;
};

struct watch {
	int64_t every_us; /* asked for */
	unsigned slower; /* 0 and 1: as asked for; else that many times */
	int64_t next_us; /* the next round is due */
	struct arena arena;
	struct watch_row *rows; /* stages, then hosts, before the last round */
	size_t count;
	bool has_verdict_changed; /* by the last round */
};

void watch_release(struct watch *w);
/* Before a round: what it will be compared with. */
void watch_note(struct watch *w, const struct judgement *j);
/* After it: "mx2.example.com WARN to OK, verdict WARN to OK"; empty when nothing changed. */
struct str watch_compare(struct watch *w, struct arena *a, const struct judgement *j);
/* Whether the last round changed what a row is about. */
bool watch_has_changed(const struct watch *w, const struct target *target);
/* When the next round is due: every_us after the last, later where a server answered with 4xx. */
void watch_plan(struct watch *w, int64_t last_us, bool was_put_off);
int64_t watch_interval_us(const struct watch *w);

#endif
