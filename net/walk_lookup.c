#include <stdlib.h>

#include "net/walk_job.h"

/* DANE speaks of the port that mail is sent to, whatever --smtp-port says (RFC 7672 section 2.2.3). */
#define TLSA_PREFIX "_25._tcp."

struct lookup_job {
	struct walk *walk;
	struct arena arena;
	struct dns_question question;
};

typedef void follow(struct walk *w, const struct lookup_job *job, const struct dns_answer *answer);

static bool
is_seen(struct strs list, size_t count, struct str s)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(list.v[i], s))
			return true;
	}
	return false;
}

static void
probe_addresses(struct walk *w, enum attempt_role role, const struct lookup_job *job,
	const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->data.n; i++) {
		if (!is_seen(answer->data, i, answer->data.v[i]))
			walk_probe(w, role, job->question.name, answer->data.v[i]);
	}
}

static void
after_policy_host(struct walk *w, const struct lookup_job *job, const struct dns_answer *answer)
{
	probe_addresses(w, ATTEMPT_HTTPS, job, answer);
}

static void
after_mx_host(struct walk *w, const struct lookup_job *job, const struct dns_answer *answer)
{
	probe_addresses(w, ATTEMPT_SMTP, job, answer);
}

static void
walk_host(struct walk *w, struct arena *a, struct str host)
{
	walk_lookup(w, LOOKUP_MX_HOST, RRTYPE_A, host);
	walk_lookup(w, LOOKUP_MX_HOST, RRTYPE_AAAA, host);
	walk_lookup(
		w, LOOKUP_TLSA, RRTYPE_TLSA, arena_printf(a, TLSA_PREFIX "%.*s", STR_ARG(host)));
}

struct exchange {
	int64_t preference;
	struct str host;
};

static int
by_turn(const void *a, const void *b)
{
	const struct exchange *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return str_cmp(x->host, y->host);
}

/* The root (RFC 7505) and addresses in place of a name are no hosts. */
static bool
is_host(struct str name)
{
	return !str_is(name, ".") && !name_is_ipv4(name) && !name_is_ipv6(name);
}

static void
walk_exchanges(struct walk *w, struct arena *a, const struct exchange *list, size_t count)
{
	struct strs hosts = { NULL, 0 }, left_out = { NULL, 0 };

	for (size_t i = 0; i < count; i++) {
		if (!is_host(list[i].host) || is_seen(hosts, hosts.n, list[i].host))
			continue;
		arena_push(a, &hosts, list[i].host);
		if (hosts.n > LIMIT_MX_HOSTS)
			arena_push(a, &left_out, list[i].host);
		else
			walk_host(w, a, list[i].host);
	}
	if (left_out.n > 0)
		EMIT(w->sink, STR("walk"), HOSTS_LEFT_OUT, hosts_left_out, .hosts = left_out);
}

static void
after_mx(struct walk *w, const struct lookup_job *job, const struct dns_answer *answer)
{
	struct arena a = { NULL, 0 };
	struct exchange *list = arena_array(&a, answer->data.n, sizeof(*list));

	for (size_t i = 0; i < answer->data.n; i++)
		list[i] = (struct exchange){ answer->preferences[i], answer->data.v[i] };
	if (answer->data.n > 0)
		qsort(list, answer->data.n, sizeof(*list), by_turn);
	/* Without MX records the domain's own addresses are the implicit MX (RFC 5321 section 5.1). */
	if (answer->status == LOOKUP_NODATA && !answer->was_cut)
		walk_host(w, &a, job->question.name);
	else if (answer->status == LOOKUP_OK)
		walk_exchanges(w, &a, list, answer->data.n);
	arena_release(&a);
}

static void
after_nothing(struct walk *w, const struct lookup_job *job, const struct dns_answer *answer)
{
	(void)w;
	(void)job;
	(void)answer;
}

static follow *const follows[lookup_role_count] = {
	[LOOKUP_TXT] = after_nothing,
	[LOOKUP_TLSRPT] = after_nothing,
	[LOOKUP_POLICY_HOST] = after_policy_host,
	[LOOKUP_MX] = after_mx,
	[LOOKUP_MX_HOST] = after_mx_host,
	[LOOKUP_TLSA] = after_nothing,
	[LOOKUP_ENV_ROOT] = after_nothing,
	[LOOKUP_ENV_INVALID] = after_nothing,
	[LOOKUP_AUX] = after_nothing,
};

static void
run(void *arg)
{
	struct lookup_job *job = arg;
	struct walk *w = job->walk;
	const struct dns_context context = {
		.resolvers = &w->resolvers,
		.waiter = { .cancel_fd = w->waiter.cancel_fd, .tail_fd = -1 },
		.limit = w->limit,
		.sink = w->sink,
	};
	struct dns_answer answer;

	dns_lookup(&context, &job->arena, &job->question, &answer);
	follows[job->question.role](w, job, &answer);
	arena_release(&job->arena);
	free(job);
	walk_job_end(w, false);
}

void
walk_lookup(struct walk *w, enum lookup_role role, enum rrtype type, struct str name)
{
	struct lookup_job *job = mem_alloc(sizeof(*job));
	struct str key;

	job->walk = w;
	job->question = (struct dns_question){
		.role = role,
		.type = type,
		.name = arena_str(&job->arena, name),
	};
	key = arena_printf(&job->arena, "%s:%.*s", rrtype_name(type), STR_ARG(name));
	walk_job_begin(w);
	/* A name may have two roles (the policy host as MX host): events of one job must not mix. */
	turns_run(w->turns, w->lookup_lane, key, run, job);
}
