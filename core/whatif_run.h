/*
 * whatif_run: what senders do when a plan of whatif.h has come true, beside what they do now, why it
 * changes, and what is to be done for it in which order.
 *
 * The scene of the walk is copied, the copy is changed, and the simulator is asked again. Pure;
 * everything lives in the arena given, or in the judgement and the plan.
 */
#ifndef STS_WHATIF_RUN_H
#define STS_WHATIF_RUN_H

#include "core/whatif.h"

/* The message as a sender without cached policy, or with the worst, sees it. */
struct whatif_mail {
	bool is_there;
	enum mail_outcome outcome;
	struct str host; /* that gets it; empty if none does */
	int64_t heals_s; /* since 1970; -1 */
};

struct whatif_change {
	struct str name;
	const struct sim_host *before, *after; /* NULL: not among the MX hosts */
	const struct sim_host_result *was, *is;
	bool is_changed;
};

enum whatif_task {
	WHATIF_TASK_CERT, /* mend what was assumed to be well */
	WHATIF_TASK_UNLINK, /* take a host out of the MX records */
	WHATIF_TASK_FILE,
	WHATIF_TASK_TXT,
	WHATIF_TASK_WAIT,
	WHATIF_TASK_MX, /* put a host into the MX records */
};

struct whatif_todo {
	enum whatif_task task;
	const struct whatif_planned *host; /* NULL where it is about none */
};

/* A reason, and the hosts that it is about: none for one of the message itself. */
struct whatif_why {
	struct strs hosts;
	struct str text;
};

struct whatif_result {
	const struct sim_scene *scene; /* as edited */
	const struct outlook *outlook; /* of it */
	struct sim_result was, is; /* of a fresh sender */
	struct whatif_mail fresh_was, fresh_is, cached_was, cached_is;
	struct whatif_change *hosts; /* as tried then, those that are gone behind */
	size_t host_count, changed;
	struct whatif_why *why;
	size_t why_count;
	struct whatif_todo *todo; /* in this order */
	size_t todo_count;
};
void whatif_run(struct arena *a, const struct judgement *j, const struct whatif_plan *plan,
	struct whatif_result *out);

#endif
