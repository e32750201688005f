/*
 * whatif: the policy and the hosts of a walk, edited, and what becomes of the mail then.
 *
 * Edits are a list: each is appended, the last can be undone, all can be dropped. whatif_plan()
 * applies them to what was walked and gives every setting with its value, and whatif_run.h says what
 * senders do then. All is pure. Without a policy to edit the plan begins with the one that the rollout
 * card proposes. While a walk runs edits do not count.
 *
 * Values of settings are typed by the user or come from the network: they are shown like all foreign
 * bytes, and never make two lines of a policy out of one.
 */
#ifndef STS_WHATIF_H
#define STS_WHATIF_H

#include "core/outlook.h"

enum whatif_kind {
	WHATIF_MODE,
	WHATIF_PATTERN,
	WHATIF_MAX_AGE,
	WHATIF_ID,
	WHATIF_HOST,
	WHATIF_FETCH,
};

/* What delivery to a host meets, on all its addresses. */
enum whatif_host {
	WHATIF_HOST_OK,
	WHATIF_HOST_EXPIRED,
	WHATIF_HOST_NAME,
	WHATIF_HOST_UNTRUSTED,
	WHATIF_HOST_NO_STARTTLS,
	WHATIF_HOST_NO_ANSWER,
	WHATIF_HOST_REMOVED, /* from the MX records */
	whatif_host_count
};

enum whatif_fetch {
	WHATIF_FETCH_OK,
	WHATIF_FETCH_NOT_FOUND,
	WHATIF_FETCH_CERT,
	WHATIF_FETCH_NO_ANSWER,
	whatif_fetch_count
};

#define WHATIF_AS_WALKED (-1)

struct whatif_edit {
	enum whatif_kind kind;
	size_t index; /* of patterns and hosts; behind the last: one more */
	struct str text; /* of what is typed; a pattern without any is removed */
	int choice; /* of mode, host and fetch: enum policy_mode, whatif_host, whatif_fetch */
};

/* A zeroed one has no edits. */
struct whatif {
	struct arena arena;
	struct whatif_edit *edits;
	size_t count;
};
void whatif_append(struct whatif *w, struct whatif_edit edit); /* text is copied */
bool whatif_undo(struct whatif *w); /* the last; false without any */
void whatif_reset(struct whatif *w);

enum whatif_mark {
	WHATIF_UNCHANGED,
	WHATIF_CHANGED,
	WHATIF_PROPOSED, /* by this program, for what is not published yet */
	WHATIF_PLANNED, /* a host that nobody has tested */
	WHATIF_REMOVED,
	WHATIF_TYPING,
};
const char *whatif_mark_words(enum whatif_mark mark); /* "changed", "" */

struct whatif_setting {
	enum whatif_kind kind;
	size_t index;
	bool is_choice; /* one of a few; else text */
	bool is_new; /* nothing yet: adds a pattern or host */
	struct str name; /* of the host */
	struct str walked, value;
	struct str error; /* what is wrong with the value; empty if nothing is */
	enum whatif_mark mark;
	int choice; /* of value */
	int same; /* the choice that is what was walked, WHATIF_AS_WALKED for none */
	bool has_walked; /* as walked is a choice of its own */
};

struct whatif_planned {
	struct str name;
	int64_t preference;
	const struct sim_host *walked; /* NULL: planned */
	int choice;
	bool is_usable; /* has a name that can stand in an MX record, and is not removed */
};

struct whatif_plan {
	struct whatif_setting *settings;
	size_t count, changed; /* changed: that the user has edited and that differ */
	struct str policy; /* as walked, or as edited: the whole file with CRLF */
	const struct policy *parsed; /* the same, read; NULL where there is nothing at all */
	bool is_policy_new; /* not the file that was walked */
	bool is_proposed; /* there was nothing to edit */
	bool is_valid; /* as lint says */
	const char *fault; /* the worst that lint finds, warning or error: a finding's id; NULL */
	struct str id;
	bool is_id_new, is_id_ok;
	int fetch; /* enum whatif_fetch */
	struct whatif_planned *hosts; /* walked ones first */
	size_t host_count;
};

/* draft: an edit that is being typed, NULL for none. */
void whatif_plan(struct arena *a, const struct judgement *j, const struct whatif *w,
	const struct whatif_edit *draft, struct whatif_plan *out);
/* The edit that goes on to the next (1) or previous (-1) choice of a setting. */
struct whatif_edit whatif_step(const struct whatif_setting *s, int step);
const char *whatif_host_words(int choice); /* "wrong name" */
const char *whatif_fetch_words(int choice); /* "404" */

/* What was walked: of a host the choice that all its addresses are examples of, or
 * WHATIF_AS_WALKED; of host and fetch two words, none where nothing was asked. */
int whatif_same(const struct sim_host *h);
struct str whatif_walked_words(struct arena *a, const struct sim_host *h);
struct str whatif_walked_fetch(struct arena *a, const struct session *s);

#endif
