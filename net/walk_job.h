/*
 * walk_job: the inside of a walk: what its jobs share, and how one begins and ends. For the walk_*.c
 * files alone.
 *
 * A job is one lookup or one probe in a thread of a lane. It may begin others, and always does so
 * before it ends; so when no job is left the walk is over, and the last one notes that. A job that
 * is in its tail no longer holds the walk: when none holds it, tail_fd says so to those still there.
 */
#ifndef STS_WALK_JOB_H
#define STS_WALK_JOB_H

#include <pthread.h>
#include <stdatomic.h>

#include "net/pool.h"
#include "net/queue.h"
#include "net/trace.h"
#include "net/turns.h"
#include "net/walk.h"

struct walk {
	/* Set before the first thread; read by all. */
	struct arena arena;
	struct walk_options options;
	struct resolver_config resolvers;
	struct queue *queue;
	struct trace *trace; /* NULL without --trace */
	struct sink *sink;
	struct waiter waiter; /* with tail_fd, for SMTP */
	deadline begin, limit;
	struct pool *lookup_lane, *probe_lane;
	struct turns *turns;

	atomic_bool is_cancelled;

	pthread_mutex_t lock; /* of what follows; nothing is emitted under it */
	pthread_cond_t idle; /* running fell to 0 */
	unsigned running; /* jobs */
	unsigned holding; /* those of them not in their tail */
	bool is_route_known[family_count], has_route[family_count];
	unsigned addresses[attempt_role_count]; /* attempted so far */
	unsigned smtp_ends; /* dialogues with MX hosts that said something of the peer */
	bool are_smtp_unlike; /* one went well, or they failed in different ways */
	bool has_controls; /* are tried */
	char failure[128]; /* of all of them */
	unsigned servers; /* asked for --authoritative */
	struct probe_job *probes; /* of addresses, that have not ended: a list */
};

void walk_job_begin(struct walk *w);
void walk_job_in_tail(struct walk *w);
void walk_job_end(struct walk *w, bool was_in_tail);

/* Begin a lookup; what follows from its answer is begun by it. */
void walk_lookup(struct walk *w, enum lookup_role role, enum rrtype type, struct str name);
/* Begin the lookups of an MX host. */
void walk_host(struct walk *w, struct arena *a, struct str host);
/* Begin a probe of an address, or note why it is skipped. */
void walk_probe(struct walk *w, enum attempt_role role, struct str host, struct str address);
void walk_probe_planned(struct walk *w, struct str host, struct str address);
void walk_planned(struct walk *w, const struct walk_address *planned); /* all of a planned host */
void walk_cancel_probes(struct walk *w);
void walk_probe_control(struct walk *w, struct str host, struct str address);

/* walk_more.c: what is looked up beyond the walk itself. */
typedef void walk_follow_up(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer);
walk_follow_up walk_after_txt, walk_after_tlsrpt, walk_after_env_root, walk_after_aux,
	walk_after_control;
/* Whether the resolver knows the way out at all: a name that nobody has, outside of the domain. */
void walk_after_mx_failed(struct walk *w, struct arena *a);
/* Ask one name server itself. */
void walk_ask_server(
	struct walk *w, enum rrtype type, struct str name, struct str server, struct str address);
/* The address that --resolve gives a name; false when it gives none. */
bool walk_resolved(struct walk *w, struct arena *a, const struct dns_question *question,
	struct dns_answer *out);
/* Note what the hosts file says of a name. */
void walk_note_hosts_file(struct walk *w, struct str name);
/* Nothing else is to be done: whether every SMTP connection failed alike and controls are begun. */
bool walk_try_controls(struct walk *w);

#endif
