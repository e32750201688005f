#include <stdlib.h>

#include "core/session.h"
#include "net/walk_job.h"

/* DANE speaks of the port that mail is sent to, whatever --smtp-port says (RFC 7672 section 2.2.3). */
#define TLSA_PREFIX "_25._tcp."

struct lookup_job {
	struct walk *walk;
	struct arena arena;
	struct dns_question question;
	struct resolver_config server; /* asked in place of the resolvers, if it has an address */
};

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
probe_addresses(struct walk *w, enum attempt_role role, const struct dns_question *question,
	const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->data.n; i++) {
		if (!is_seen(answer->data, i, answer->data.v[i]))
			walk_probe(w, role, question->name, answer->data.v[i]);
	}
}

static void
after_policy_host(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	(void)a;
	probe_addresses(w, ATTEMPT_HTTPS, question, answer);
}

static void
after_mx_host(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	(void)a;
	probe_addresses(w, ATTEMPT_SMTP, question, answer);
}

static void
after_planned(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	(void)a;
	for (size_t i = 0; question->type != RRTYPE_TLSA && i < answer->data.n; i++) {
		if (!is_seen(answer->data, i, answer->data.v[i]))
			walk_probe_planned(w, question->name, answer->data.v[i]);
	}
}

void
walk_planned(struct walk *w, const struct walk_address *planned)
{
	if (planned->address.n > 0) {
		walk_probe_planned(w, planned->name, planned->address);
	} else {
		walk_lookup(w, LOOKUP_PLANNED, RRTYPE_A, planned->name);
		walk_lookup(w, LOOKUP_PLANNED, RRTYPE_AAAA, planned->name);
	}
	walk_lookup(w, LOOKUP_PLANNED, RRTYPE_TLSA,
		arena_printf(&w->arena, TLSA_PREFIX "%.*s", STR_ARG(planned->name)));
}

void
walk_host(struct walk *w, struct arena *a, struct str host)
{
	walk_lookup(w, LOOKUP_MX_HOST, RRTYPE_A, host);
	walk_lookup(w, LOOKUP_MX_HOST, RRTYPE_AAAA, host);
	walk_lookup(
		w, LOOKUP_TLSA, RRTYPE_TLSA, arena_printf(a, TLSA_PREFIX "%.*s", STR_ARG(host)));
	walk_note_hosts_file(w, host);
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
after_mx(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	struct exchange *list = arena_array(a, answer->data.n, sizeof(*list));

	for (size_t i = 0; i < answer->data.n; i++)
		list[i] = (struct exchange){ answer->preferences[i], answer->data.v[i] };
	if (answer->data.n > 0)
		qsort(list, answer->data.n, sizeof(*list), by_turn);
	/* Without MX records the domain's own addresses are the implicit MX (RFC 5321 section 5.1). */
	if (answer->status == LOOKUP_NODATA && !answer->was_cut)
		walk_host(w, a, question->name);
	else if (answer->status == LOOKUP_OK)
		walk_exchanges(w, a, list, answer->data.n);
	else if (lookup_is_failure(answer->status) && !answer->was_cut)
		walk_after_mx_failed(w, a);
}

static void
after_nothing(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	(void)w, (void)a, (void)question, (void)answer;
}

static walk_follow_up *const follows[lookup_role_count] = {
	[LOOKUP_TXT] = walk_after_txt,
	[LOOKUP_TLSRPT] = walk_after_tlsrpt,
	[LOOKUP_POLICY_HOST] = after_policy_host,
	[LOOKUP_MX] = after_mx,
	[LOOKUP_MX_HOST] = after_mx_host,
	[LOOKUP_TLSA] = after_nothing,
	[LOOKUP_ENV_ROOT] = walk_after_env_root,
	[LOOKUP_ENV_INVALID] = after_nothing,
	[LOOKUP_AUX] = walk_after_aux,
	[LOOKUP_AUTHORITY] = after_nothing,
	[LOOKUP_CONTROL] = walk_after_control,
	[LOOKUP_PLANNED] = after_planned,
};

/* Not only to explain something, or to know this side. */
static bool
is_for_mail(enum lookup_role role)
{
	return role != LOOKUP_AUX && role != LOOKUP_AUTHORITY && role != LOOKUP_CONTROL;
}

static void
run(void *arg)
{
	struct lookup_job *job = arg;
	struct walk *w = job->walk;
	const struct dns_context context = {
		.resolvers = job->server.count > 0 ? &job->server : &w->resolvers,
		.waiter = { .cancel_fd = w->waiter.cancel_fd, .tail_fd = -1 },
		.limit = w->limit,
		.question_ms = is_for_mail(job->question.role) ? 0 : LIMIT_AUX_DNS_MS,
		.sink = w->sink,
	};
	struct dns_answer answer;

	if (!walk_resolved(w, &job->arena, &job->question, &answer))
		dns_lookup(&context, &job->arena, &job->question, &answer);
	follows[job->question.role](w, &job->arena, &job->question, &answer);
	arena_release(&job->arena);
	free(job);
	walk_job_end(w, false);
}

static struct lookup_job *
job_new(struct walk *w, enum lookup_role role, enum rrtype type, struct str name)
{
	struct lookup_job *job = mem_alloc(sizeof(*job));

	job->walk = w;
	job->question = (struct dns_question){
		.role = role,
		.type = type,
		.name = arena_str(&job->arena, name),
	};
	return job;
}

static void
begin(struct lookup_job *job)
{
	const struct dns_question *q = &job->question;
	struct walk *w = job->walk;
	struct str key = arena_printf(&job->arena, "%s:%.*s@%.*s", rrtype_name(q->type),
		STR_ARG(q->name), STR_ARG(q->server));

	walk_job_begin(w);
	/* A name may have two roles (the policy host as MX host): events of one job must not mix. */
	turns_run(w->turns, w->lookup_lane, key, run, job);
}

void
walk_lookup(struct walk *w, enum lookup_role role, enum rrtype type, struct str name)
{
	begin(job_new(w, role, type, name));
}

void
walk_ask_server(
	struct walk *w, enum rrtype type, struct str name, struct str server, struct str address)
{
	struct lookup_job *job = job_new(w, LOOKUP_AUTHORITY, type, name);
	unsigned port = w->options.dns_port > 0 ? w->options.dns_port : 53;

	job->question.server = arena_printf(
		&job->arena, "%.*s %.*s", STR_ARG(server), STR_ARG(address));
	if (addr_make(address, port, &job->server.servers[0]))
		job->server.count = 1;
	begin(job);
}
