/*
 * planned: MX hosts that are planned (--mx), judged as if they were MX hosts already: the events of
 * the walk are folded once more with them in the list, behind those of today, and judged anew.
 *
 * Nothing of it touches what happens to mail today: only the findings about planned hosts come into
 * the walk's own judgement, marked, and without an effect on the mail.
 */
#ifndef STS_PLANNED_H
#define STS_PLANNED_H

#include "core/outlook.h"

struct planned {
	struct session session; /* with the planned hosts among the others */
	struct judgement judgement;
};

/* Lives in the arena and must be released before it; NULL when nothing is planned. */
struct planned *
planned_judge(struct arena *a, const struct session *s, const struct judge_options *options);
void planned_release(struct planned *p); /* NULL is well */
/* The findings about planned hosts, in words that say so; they borrow from p. */
struct finding *planned_findings(struct arena *a, const struct planned *p, size_t *count);

/* Whether senders would use a host under enforce, over each of its addresses, and why not. */
struct planned_host {
	const struct host_judgement *host;
	size_t index; /* in the scene of the planned judgement */
	enum ready ready;
	enum sim_reason reason; /* of what is not ready, or cannot be told */
	enum sim_reason also; /* what is wrong besides its name, SIM_WELL for nothing */
	struct sim_result enforce; /* hosts[index] is its own */
};
/* One per planned host, in the order of the scene. */
struct planned_host *planned_hosts(struct arena *a, const struct planned *p, size_t *count);

#endif
