#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/https.h"
#include "net/smtp.h"
#include "net/vary.h"
#include "net/walk_job.h"

struct probe_job {
	struct walk *walk;
	struct arena arena;
	enum attempt_role role;
	struct str id, host, text;
	struct addr address;
	bool is_in_tail;
	enum attempt_variant variant; /* plain, or what it is in place of that */
	atomic_bool is_stopped;
	/* Under the walk's lock. */
	struct probe_job *next, **link;
	int cancel_fd; /* while it runs, else -1 */
};

/* Under the lock. A descriptor that cannot be written to was signalled before. */
static void
signal_job(const struct probe_job *job)
{
	const uint64_t one = 1;

	if (job->cancel_fd >= 0)
		(void)!write(job->cancel_fd, &one, sizeof(one));
}

void
walk_cancel_probes(struct walk *w)
{
	pthread_mutex_lock(&w->lock);
	for (const struct probe_job *job = w->probes; job != NULL; job = job->next)
		signal_job(job);
	pthread_mutex_unlock(&w->lock);
}

unsigned
walk_stop(struct walk *w, enum attempt_role role, struct str host, struct str address)
{
	unsigned count = 0;

	pthread_mutex_lock(&w->lock);
	for (struct probe_job *job = w->probes; job != NULL; job = job->next) {
		if (job->role != role || !name_eq(job->host, host) ||
			(address.n > 0 && !str_eq(job->text, address)))
			continue;
		atomic_store(&job->is_stopped, true);
		signal_job(job);
		count++;
	}
	pthread_mutex_unlock(&w->lock);
	return count;
}

/* Under the lock. */
static void
list_job(struct walk *w, struct probe_job *job)
{
	job->next = w->probes;
	job->link = &w->probes;
	if (job->next != NULL)
		job->next->link = &job->next;
	w->probes = job;
}

/*
 * A cancel descriptor of its own; without one it waits for the walk's. Between the look at the flag
 * and the signal to the list nothing can slip: both are done under the lock.
 */
static void
open_cancel(struct probe_job *job, struct waiter *waiter)
{
	struct walk *w = job->walk;

	pthread_mutex_lock(&w->lock);
	job->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (job->cancel_fd >= 0)
		waiter->cancel_fd = job->cancel_fd;
	if (atomic_load(&w->is_cancelled) || atomic_load(&job->is_stopped))
		signal_job(job);
	pthread_mutex_unlock(&w->lock);
	waiter->is_stopped = &job->is_stopped;
}

/* From now on nobody stops it. */
static void
unlist_job(struct probe_job *job)
{
	struct walk *w = job->walk;

	pthread_mutex_lock(&w->lock);
	if (job->link != NULL) {
		*job->link = job->next;
		if (job->next != NULL)
			job->next->link = job->link;
	}
	if (job->cancel_fd >= 0)
		close(job->cancel_fd);
	pthread_mutex_unlock(&w->lock);
}

static void
in_tail(void *arg)
{
	struct probe_job *job = arg;

	job->is_in_tail = true;
	walk_job_in_tail(job->walk);
}

static void
probe_https(const struct probe_context *c, struct probe_job *job)
{
	https_probe(c, job->id, job->host, &job->address);
}

static void
probe_smtp(const struct probe_context *c, struct probe_job *job)
{
	smtp_probe(c, job->id, job->host, &job->address, job->walk->options.ehlo, in_tail, job);
}

static const struct {
	void (*probe)(const struct probe_context *c, struct probe_job *job);
	unsigned max_addresses;
	bool has_tail;
} kinds[attempt_role_count] = {
	[ATTEMPT_HTTPS] = { probe_https, LIMIT_POLICY_HOST_ADDRESSES, false },
	[ATTEMPT_SMTP] = { probe_smtp, LIMIT_SMTP_ADDRESSES, true },
};

/* Another look at an address is a job of its own. */
static struct str
variant_id(struct probe_job *job, enum attempt_variant variant)
{
	if (variant == VARIANT_PLAIN)
		return job->id;
	return arena_printf(
		&job->arena, "%.*s?%s", STR_ARG(job->id), attempt_variant_name(variant));
}

/* Once more to the same address, after the last connection to it has ended. */
static void
probe_again(const struct probe_context *c, struct probe_job *job, enum attempt_variant variant,
	int64_t turn)
{
	struct probe_context context = *c;
	struct str id = variant_id(job, variant);

	if (atomic_load(&job->walk->is_cancelled) || atomic_load(&job->is_stopped) ||
		deadline_left_ms(c->limit) == 0)
		return;
	if (turn > 0)
		id = arena_printf(&job->arena, "%.*s-%d", STR_ARG(id), (int)turn);
	context.waiter.tail_fd = -1;
	context.variant = variant;
	context.turn = turn;
	context.seen = NULL;
	if (job->role == ATTEMPT_HTTPS)
		handshake_probe(&context, id, job->host, &job->address);
	else
		smtp_probe(&context, id, job->host, &job->address, job->walk->options.ehlo, NULL,
			NULL);
}

/* What was asked for on top of a sender's look, and what explains a failure of it. */
static void
look_deeper(const struct probe_context *c, struct probe_job *job)
{
	const struct walk_options *o = &job->walk->options;
	const struct probe_seen *seen = c->seen;

	if (seen->is_handshake_failed)
		probe_again(c, job, VARIANT_OLD_TLS, 0);
	if (o->probes_sni && seen->has_tls) {
		probe_again(c, job, VARIANT_NO_SNI, 0);
		probe_again(c, job, VARIANT_UNKNOWN_SNI, 0);
	}
	for (unsigned turn = 2;
		job->role == ATTEMPT_SMTP && seen->is_connected && turn <= o->repeat; turn++)
		probe_again(c, job, VARIANT_REPEAT, turn);
}

/* Whether they all fail in the same way is known when the last has ended. */
static void
note_failure(struct walk *w, const struct probe_seen *seen)
{
	if (seen->is_cut)
		return;
	pthread_mutex_lock(&w->lock);
	if (w->smtp_ends++ == 0)
		memcpy(w->failure, seen->failure, sizeof(w->failure));
	if (seen->failure[0] == '\0' || strcmp(w->failure, seen->failure) != 0)
		w->are_smtp_unlike = true;
	pthread_mutex_unlock(&w->lock);
}

static void
run_plain(struct probe_context *context, struct probe_job *job)
{
	struct probe_seen seen = { 0 };

	context->seen = &seen;
	kinds[job->role].probe(context, job);
	if (job->role == ATTEMPT_SMTP)
		note_failure(job->walk, &seen);
	look_deeper(context, job);
}

static void
skip(struct probe_job *job, enum skip_reason reason)
{
	EMIT(job->walk->sink, variant_id(job, job->variant), ATTEMPT_SKIP, attempt_skip,
		.role = job->role, .host = job->host, .address = job->text,
		.port = addr_port(&job->address), .reason = reason, .variant = job->variant);
}

static void
job_free(struct probe_job *job)
{
	arena_release(&job->arena);
	free(job);
}

static void
run(void *arg)
{
	struct probe_job *job = arg;
	struct walk *w = job->walk;
	struct probe_context context = {
		.waiter = w->waiter,
		.limit = w->limit,
		.sink = w->sink,
		.trust = w->options.trust,
	};
	bool was_in_tail;

	if (!kinds[job->role].has_tail)
		context.waiter.tail_fd = -1;
	open_cancel(job, &context.waiter);
	if (atomic_load(&w->is_cancelled))
		skip(job, SKIP_CANCELLED);
	else if (atomic_load(&job->is_stopped))
		skip(job, SKIP_STOPPED);
	else if (deadline_left_ms(w->limit) == 0)
		skip(job, SKIP_BUDGET);
	else if (job->variant != VARIANT_PLAIN)
		probe_again(&context, job, job->variant, 0);
	else
		run_plain(&context, job);
	was_in_tail = job->is_in_tail;
	unlist_job(job);
	job_free(job);
	walk_job_end(w, was_in_tail);
}

/* Under the lock: why the address is not attempted; SKIP_NONE counts it. */
static enum skip_reason
reason_to_skip(struct walk *w, const struct probe_job *job)
{
	const bool is_wanted[family_count] = {
		[FAMILY_IPV4] = w->options.wants_ipv4,
		[FAMILY_IPV6] = w->options.wants_ipv6,
	};
	enum family family = addr_family(&job->address);

	if (!is_wanted[family])
		return SKIP_FAMILY_OFF;
	if (!w->has_route[family])
		return SKIP_NO_ROUTE;
	if (w->addresses[job->role] == kinds[job->role].max_addresses)
		return SKIP_OVER_LIMIT;
	w->addresses[job->role]++;
	return SKIP_NONE;
}

/* Asked once per family, by the first address of the walk in it. */
static bool
learn_route(struct walk *w, const struct addr *address)
{
	enum family family = addr_family(address);

	if (w->is_route_known[family])
		return false;
	w->is_route_known[family] = true;
	w->has_route[family] = addr_has_route(address);
	return true;
}

static struct probe_job *
job_new(struct walk *w, enum attempt_role role, struct str host, struct str address)
{
	const unsigned ports[attempt_role_count] = {
		[ATTEMPT_HTTPS] = w->options.https_port,
		[ATTEMPT_SMTP] = w->options.smtp_port,
	};
	struct probe_job *job = mem_alloc(sizeof(*job));

	job->walk = w;
	job->cancel_fd = -1;
	job->role = role;
	job->host = arena_str(&job->arena, host);
	job->text = arena_str(&job->arena, address);
	job->id = arena_printf(&job->arena, "%s:%.*s/%.*s", attempt_role_name(role), STR_ARG(host),
		STR_ARG(address));
	if (!addr_make(address, ports[role], &job->address)) {
		job_free(job);
		return NULL;
	}
	return job;
}

static void
begin(struct walk *w, struct probe_job *job)
{
	enum skip_reason reason;
	bool is_route_new, has_route;

	pthread_mutex_lock(&w->lock);
	is_route_new = learn_route(w, &job->address);
	has_route = w->has_route[addr_family(&job->address)];
	reason = reason_to_skip(w, job);
	if (reason == SKIP_NONE)
		list_job(w, job);
	pthread_mutex_unlock(&w->lock);
	if (is_route_new)
		EMIT(w->sink, STR("walk"), ROUTE, route, .family = addr_family(&job->address),
			.has_route = has_route, .address = job->text);
	if (reason != SKIP_NONE) {
		skip(job, reason);
		job_free(job);
		return;
	}
	walk_job_begin(w);
	/* Never two connections at once to one address and port: servers count them, and refuse. */
	turns_run(w->turns, w->probe_lane, addr_text_port(&job->arena, &job->address), run, job);
}

void
walk_probe(struct walk *w, enum attempt_role role, struct str host, struct str address)
{
	struct probe_job *job = job_new(w, role, host, address);

	if (job != NULL)
		begin(w, job);
}

void
walk_probe_planned(struct walk *w, struct str host, struct str address)
{
	struct probe_job *job = job_new(w, ATTEMPT_SMTP, host, address);

	if (job == NULL)
		return;
	job->variant = VARIANT_PLANNED;
	begin(w, job);
}

void
walk_probe_control(struct walk *w, struct str host, struct str address)
{
	struct probe_job *job = job_new(w, ATTEMPT_SMTP, host, address);

	if (job == NULL)
		return;
	job->variant = VARIANT_CONTROL;
	pthread_mutex_lock(&w->lock);
	list_job(w, job);
	pthread_mutex_unlock(&w->lock);
	walk_job_begin(w);
	turns_run(w->turns, w->probe_lane, addr_text_port(&job->arena, &job->address), run, job);
}
