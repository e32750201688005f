#include "net/walk.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "net/hostfile.h"
#include "net/https.h"
#include "net/sock.h"
#include "net/walk_job.h"

#define EXIT_OWN_FAULT 70
#define HOSTS_PATH "/etc/hosts"
#define QUEUE_CAPACITY 1024
#define MS_PER_S 1000
#define NS_PER_MS 1000000
#define NS_PER_US 1000

static void
signal_fd(int fd)
{
	const uint64_t one = 1;

	(void)!write(fd, &one, sizeof(one));
}

void
walk_job_begin(struct walk *w)
{
	pthread_mutex_lock(&w->lock);
	w->running++;
	w->holding++;
	pthread_mutex_unlock(&w->lock);
}

/* Under the lock. */
static void
let_go(struct walk *w)
{
	if (--w->holding == 0)
		signal_fd(w->waiter.tail_fd);
}

void
walk_job_in_tail(struct walk *w)
{
	pthread_mutex_lock(&w->lock);
	let_go(w);
	pthread_mutex_unlock(&w->lock);
}

static enum end_reason
end_reason(const struct walk *w)
{
	if (atomic_load(&w->is_cancelled))
		return END_CANCELLED;
	return deadline_left_ms(w->limit) == 0 ? END_TIMEOUT : END_DONE;
}

void
walk_job_end(struct walk *w, bool was_in_tail)
{
	bool is_last;

	pthread_mutex_lock(&w->lock);
	is_last = w->running == 1;
	pthread_mutex_unlock(&w->lock);
	/* The last job alone begins others, so nobody else can while this looks. */
	if (is_last && !atomic_load(&w->is_cancelled) && deadline_left_ms(w->limit) > 0)
		(void)walk_try_controls(w);
	pthread_mutex_lock(&w->lock);
	if (!was_in_tail)
		let_go(w);
	is_last = --w->running == 0;
	if (is_last)
		pthread_cond_signal(&w->idle);
	pthread_mutex_unlock(&w->lock);
	if (is_last)
		EMIT(w->sink, STR("walk"), END, end, .reason = end_reason(w));
}

/* AD counts from a resolver on this host, or where somebody said so (resolv.conf(5), trust-ad). */
static bool
is_ad_trusted(const struct walk *w)
{
	if (w->options.is_ad_trusted || w->resolvers.trusts_ad)
		return true;
	for (size_t i = 0; i < w->resolvers.count; i++) {
		if (!addr_is_loopback(&w->resolvers.servers[i]))
			return false;
	}
	return w->resolvers.count > 0;
}

static void
emit_start(struct walk *w)
{
	const struct walk_options *o = &w->options;
	struct strs resolvers = { NULL, 0 };
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < w->resolvers.count; i++)
		arena_push(
			&w->arena, &resolvers, addr_text_port(&w->arena, &w->resolvers.servers[i]));
	EMIT(w->sink, STR("walk"), WALK_START, walk_start, .domain = o->domain.ascii,
		.domain_unicode = o->domain.unicode, .input = o->domain.input,
		.started_ms = (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS,
		.tool = STR(STSWALK_VERSION), .host = str_of(o->host), .ehlo = str_of(o->ehlo),
		.resolvers = resolvers, .names_resolver = o->names_resolver,
		.is_ad_trusted = is_ad_trusted(w), .trust_store = str_of(trust_path(o->trust)),
		.anchors = trust_anchors(o->trust), .store_newest_s = trust_newest_s(o->trust),
		.wants_ipv4 = o->wants_ipv4, .wants_ipv6 = o->wants_ipv6,
		.https_port = o->https_port, .smtp_port = o->smtp_port, .budget_ms = o->budget_ms,
		.probes_sni = o->probes_sni, .asks_authority = o->asks_authority,
		.repeat = o->repeat, .has_controls = o->controls.n > 0, .rehearsal = o->rehearsal,
		.scenario = str_of(o->scenario));
	if (o->rehearsed != NULL)
		sink_emit(w->sink, STR("walk"), EV_POLICY_REHEARSED, o->rehearsed);
	for (size_t i = 0; i < o->cached_count; i++)
		sink_emit(w->sink, STR("walk"), EV_POLICY_CACHED, &o->cached[i]);
	if (o->last_walk != NULL)
		sink_emit(w->sink, STR("walk"), EV_LAST_WALK, o->last_walk);
	for (size_t i = 0; i < o->planned_count; i++)
		EMIT(w->sink, STR("walk"), MX_PLANNED, mx_planned, .host = o->planned[i].name,
			.address = o->planned[i].address);
}

/* The log goes on: what is repeated, and by whose wish. */
static void
emit_again(struct walk *w)
{
	const struct walk_options *o = &w->options;
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	EMIT(w->sink, STR("walk"), WALK_AGAIN, walk_again,
		.at_ms = (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS,
		.reason = o->again_reason, .parts = again_parts(&w->arena, o->again),
		.hosts = o->again->hosts);
}

/* A name that nobody can have registered (RFC 6761 section 6.4), another one every time. */
static struct str
random_invalid_name(struct arena *a)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint64_t)deadline_now();
	return arena_printf(a, "x%016llx.invalid", (unsigned long long)number);
}

static void
begin_mx(struct walk *w)
{
	walk_lookup(w, LOOKUP_MX, RRTYPE_MX, w->options.domain.ascii);
	for (size_t i = 0; i < w->options.planned_count; i++)
		walk_planned(w, &w->options.planned[i]);
}

static void
begin_policy(struct walk *w)
{
	struct str policy_host = arena_printf(
		&w->arena, "mta-sts.%.*s", STR_ARG(w->options.domain.ascii));

	walk_lookup(w, LOOKUP_POLICY_HOST, RRTYPE_A, policy_host);
	walk_lookup(w, LOOKUP_POLICY_HOST, RRTYPE_AAAA, policy_host);
	walk_note_hosts_file(w, policy_host);
}

static void
begin_records(struct walk *w)
{
	struct str domain = w->options.domain.ascii;

	walk_lookup(w, LOOKUP_TXT, RRTYPE_TXT,
		arena_printf(&w->arena, "_mta-sts.%.*s", STR_ARG(domain)));
	walk_lookup(w, LOOKUP_TLSRPT, RRTYPE_TXT,
		arena_printf(&w->arena, "_smtp._tls.%.*s", STR_ARG(domain)));
	if (w->options.asks_authority)
		walk_lookup(w, LOOKUP_AUX, RRTYPE_NS, domain);
}

/* Everything that can start, starts. This thread counts as a job until all have begun. */
static void
begin_jobs(struct walk *w)
{
	const struct again whole = { .parts = AGAIN_ENV | AGAIN_RECORDS | AGAIN_POLICY | AGAIN_MX };
	const struct again *what = w->options.again != NULL ? w->options.again : &whole;

	walk_job_begin(w);
	if (w->options.again != NULL)
		emit_again(w);
	else
		emit_start(w);
	if (what->parts & AGAIN_MX)
		begin_mx(w);
	for (size_t i = 0; i < what->hosts.n; i++)
		walk_host(w, &w->arena, what->hosts.v[i]);
	if (what->parts & AGAIN_POLICY)
		begin_policy(w);
	if (what->parts & AGAIN_RECORDS)
		begin_records(w);
	if (what->parts & AGAIN_ENV) {
		walk_lookup(w, LOOKUP_ENV_ROOT, RRTYPE_NS, STR("."));
		walk_lookup(w, LOOKUP_ENV_INVALID, RRTYPE_A, random_invalid_name(&w->arena));
	}
	walk_job_end(w, false);
}

static struct walk_address *
copy_addresses(struct arena *a, const struct walk_address *from, size_t count)
{
	struct walk_address *copy = arena_array(a, count + 1, sizeof(struct walk_address));

	for (size_t i = 0; i < count; i++) {
		copy[i].name = arena_str(a, from[i].name);
		copy[i].address = arena_str(a, from[i].address);
	}
	return copy;
}

/* Control hosts explain how all MX hosts fail: without all of them nothing can be said. */
static void
copy_again(struct walk *w, const struct again *from)
{
	struct again *copy = arena_new(&w->arena, struct again);

	copy->parts = from->parts;
	copy->hosts = arena_strs(&w->arena, from->hosts);
	w->options.again = copy;
	w->has_controls = (copy->parts & AGAIN_MX) == 0;
}

/* The options with every text of their own: the caller's may go. */
static void
copy_options(struct walk *w, const struct walk_options *from)
{
	struct walk_options *to = &w->options;
	struct arena *a = &w->arena;

	*to = *from;
	to->domain.input = arena_str(a, from->domain.input);
	to->domain.ascii = arena_str(a, from->domain.ascii);
	to->domain.unicode = arena_str(a, from->domain.unicode);
	to->ehlo = from->ehlo != NULL ? arena_str(a, str_of(from->ehlo)).p : NULL;
	to->host = from->host != NULL ? arena_str(a, str_of(from->host)).p : NULL;
	to->scenario = from->scenario != NULL ? arena_str(a, str_of(from->scenario)).p : NULL;
	to->rehearsal = arena_strs(a, from->rehearsal);
	to->controls = arena_strs(a, from->controls);
	to->hosts_text = from->hosts_text.p != NULL ? arena_str(a, from->hosts_text)
						    : hostfile_read(a, HOSTS_PATH);
	to->addresses = copy_addresses(a, from->addresses, from->address_count);
	to->planned = copy_addresses(a, from->planned, from->planned_count);
	if (from->again != NULL)
		copy_again(w, from->again);
	w->resolvers = *from->resolvers;
	w->resolvers.search = STR_EMPTY;
	to->resolvers = &w->resolvers;
	to->budget_ms = from->budget_ms > 0 ? from->budget_ms : LIMIT_WALK_MS;
	w->limit = deadline_in_ms(to->budget_ms);
}

static enum result
open_all(struct walk *w, struct err *err)
{
	char reason[SOCK_ERROR_MAX];

	w->waiter.cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->waiter.tail_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->queue = queue_new(w->begin, QUEUE_CAPACITY);
	if (w->waiter.cancel_fd < 0 || w->waiter.tail_fd < 0 || w->queue == NULL)
		return err_set(err, EXIT_OWN_FAULT, "walk: no descriptor for it: %s",
			sock_error(errno, reason));
	w->sink = queue_sink(w->queue);
	if (w->options.trace_path != NULL) {
		if (trace_open(&w->trace, w->options.trace_path, w->begin, w->sink, err) !=
			RESULT_OK)
			return RESULT_FAILED;
		w->sink = trace_sink(w->trace);
	}
	if (https_setup(err) != RESULT_OK)
		return RESULT_FAILED;
	w->lookup_lane = pool_new(LIMIT_LOOKUPS);
	w->probe_lane = w->lookup_lane != NULL ? pool_new(LIMIT_PROBES) : NULL;
	if (w->probe_lane == NULL)
		return err_set(err, EXIT_OWN_FAULT, "walk: no thread for it: %s",
			sock_error(errno, reason));
	return RESULT_OK;
}

enum result
walk_start(struct walk **out, const struct walk_options *options, struct err *err)
{
	struct walk *w = mem_alloc(sizeof(*w));

	assert(options->resolvers != NULL && options->trust != NULL);
	*out = NULL;
	w->begin = options->begin > 0 ? options->begin : deadline_now();
	w->turns = turns_new();
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->idle, NULL);
	atomic_init(&w->is_cancelled, false);
	copy_options(w, options);
	if (open_all(w, err) != RESULT_OK) {
		walk_free(w);
		return RESULT_FAILED;
	}
	begin_jobs(w);
	*out = w;
	return RESULT_OK;
}

int
walk_fd(const struct walk *w)
{
	return queue_fd(w->queue);
}

bool
walk_take(struct walk *w, const struct event **event)
{
	return queue_take(w->queue, event);
}

void
walk_cancel(struct walk *w)
{
	atomic_store(&w->is_cancelled, true);
	signal_fd(w->waiter.cancel_fd);
	walk_cancel_probes(w);
}

deadline
walk_begin(const struct walk *w)
{
	return w->begin;
}

int64_t
walk_now_us(const struct walk *w)
{
	return (deadline_now() - w->begin) / NS_PER_US;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
walk_free(struct walk *w)
{
	if (w == NULL)
		return;
	walk_cancel(w);
	if (w->queue != NULL)
		queue_close(w->queue);
	/* Lookups begin probes, and the last probe may begin lookups: neither lane may go first. */
	pthread_mutex_lock(&w->lock);
	while (w->running > 0)
		pthread_cond_wait(&w->idle, &w->lock);
	pthread_mutex_unlock(&w->lock);
	pool_free(w->lookup_lane);
	pool_free(w->probe_lane);
	turns_free(w->turns);
	trace_free(w->trace);
	queue_free(w->queue);
	close_fd(w->waiter.cancel_fd);
	close_fd(w->waiter.tail_fd);
	pthread_cond_destroy(&w->idle);
	pthread_mutex_destroy(&w->lock);
	arena_release(&w->arena);
	free(w);
}
