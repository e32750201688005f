/*
 * senders: profiles of real senders (senders.def) and what each does on the evidence of a walk.
 *
 * A profile changes what the strict sender of simulate.h is given: which policy, which hosts it
 * lists, which habits. Where nobody says what a sender does the outcome is unknown, never a guess.
 */
#ifndef STS_SENDERS_H
#define STS_SENDERS_H

#include "core/outlook.h"

enum sender_id {
#define SENDER(constant, id, name, version, basis) SENDER_##constant,
#define HABIT(sender, point, effect, note)
#define CACHE(sender, look, refresh_s, most_s)
#include "core/senders.def"
#undef SENDER
#undef HABIT
#undef CACHE
	sender_count
};

enum sender_basis { BASIS_READ, BASIS_VENDOR };

struct sender_type {
	const char *id, *name, *version;
	enum sender_basis basis;
};

enum habit_effect {
	HABIT_NOTE,
	HABIT_REFUSES,
	HABIT_ACCEPTS,
	HABIT_DEFERS,
	HABIT_RETURNS,
	HABIT_DEEP,
	HABIT_UNCHECKED,
	HABIT_OVERRIDES,
	HABIT_MATCHES,
	HABIT_UNDOCUMENTED,
};

struct habit {
	enum sender_id sender;
	const char *point; /* finding id, "always" or "cached" */
	enum habit_effect effect;
	const char *note;
};

/* What a delivery does with a copy that lives. */
enum cache_look { CACHE_TXT, CACHE_RENEWS, CACHE_FETCH, CACHE_NONE, CACHE_UNTOLD };

/* How a copy is left behind for what is published now. */
enum cache_way {
	CACHE_BY_TXT, /* the record is read: its TTL after the change */
	CACHE_BY_FETCH, /* the next delivery fetches */
	CACHE_BY_REFRESH, /* its timer fetches */
	CACHE_BY_END, /* the copy ends */
	CACHE_BY_NOTHING, /* never: it is renewed for as long as the id is the same */
};

#define SENDER_HABITS_MAX 16

struct sender_outlook {
	const struct sender_type *type;
	struct sim_result now; /* of a fresh one */
	const struct habit *habits[SENDER_HABITS_MAX]; /* that count here, "always" last */
	size_t habit_count;
	bool takes_policy; /* the published one, as it is */
	bool is_taking_untold; /* nobody says whether it does */
	int64_t heals_s; /* of one with the worst cached policy; -1 when there is nothing to heal */
};

/* One that holds a cached policy. */
struct sender_cached {
	struct sim_result now; /* while it does */
	bool is_worse; /* than a fresh one of the same kind */
	enum cache_way way; /* how it leaves the copy behind, and the latest moment when it has */
	int64_t until_s; /* -1 with CACHE_BY_NOTHING */
	bool is_untold; /* nobody says: until_s is the end of the copy */
};

const struct sender_type *sender_type(enum sender_id id);
const struct sender_type *sender_by_name(struct str id); /* NULL */
const struct habit *sender_habits(size_t *count); /* all, in the order of the table */
const char *habit_effect_name(enum habit_effect effect); /* "refuses" */
/* "as read from the source of mox 0.0.17"; "vendor documentation" */
struct str sender_basis_text(struct arena *a, const struct sender_type *type);
/* out: sender_count of them. */
void senders_make(struct arena *a, const struct judgement *j, struct sender_outlook *out);
/* s is of senders_make(). */
void sender_with_copy(struct arena *a, const struct judgement *j, const struct sender_outlook *s,
	const struct cached_outlook *c, struct sender_cached *out);
const char *cache_way_words(enum cache_way way); /* "reads the record" */

#endif
