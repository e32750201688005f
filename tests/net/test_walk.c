/* Walks with probes that only pretend: what is asked, attempted, skipped, in which company, and how
 * a walk ends. The probes have tests of their own. */
#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "net/https.h"
#include "net/smtp.h"
#include "net/walk.h"
#include "support/cmocka_all.h"
#include "support/dns_peer.h"
#include "support/event_log.h"
#include "support/temp_file.h"

#define LONG_MS 60000
#define DOMAIN "d.example"
#define MAX_ACTIVE 128

/* What the pretended probes did. */
static struct {
	pthread_mutex_t lock;
	struct addr active[MAX_ACTIVE];
	unsigned active_count, most_active;
	bool has_overlap; /* two at once to one address and port */
	atomic_uint in_tail, ended_by_tail;
	atomic_int tail_fd;
	atomic_bool was_tail_early;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
is_same(const struct addr *a, const struct addr *b)
{
	return a->len == b->len && memcmp(&a->sa, &b->sa, a->len) == 0;
}

static void
enter(const struct addr *address)
{
	pthread_mutex_lock(&seen.lock);
	for (unsigned i = 0; i < seen.active_count; i++)
		seen.has_overlap = seen.has_overlap || is_same(&seen.active[i], address);
	seen.active[seen.active_count++] = *address;
	if (seen.active_count > seen.most_active)
		seen.most_active = seen.active_count;
	pthread_mutex_unlock(&seen.lock);
}

static void
leave(const struct addr *address)
{
	pthread_mutex_lock(&seen.lock);
	for (unsigned i = 0; i < seen.active_count; i++) {
		if (!is_same(&seen.active[i], address))
			continue;
		seen.active[i] = seen.active[--seen.active_count];
		break;
	}
	pthread_mutex_unlock(&seen.lock);
}

static bool
is_readable(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	return poll(&one, 1, 0) == 1;
}

static void
start(const struct probe_context *c, struct str job, enum attempt_role role, struct str host,
	const struct addr *address)
{
	struct arena a = { NULL, 0 };

	enter(address);
	EMIT(c->sink, job, ATTEMPT_START, attempt_start, .role = role, .host = host,
		.address = addr_text(&a, address), .port = addr_port(address));
	arena_release(&a);
}

static void
end(const struct probe_context *c, struct str job, const struct addr *address,
	enum wait_result wait)
{
	static const enum outcome outcomes[] = {
		[WAIT_READY] = OUTCOME_OK,
		[WAIT_TIMEOUT] = OUTCOME_BUDGET,
		[WAIT_CANCELLED] = OUTCOME_CANCELLED,
		[WAIT_TAIL] = OUTCOME_UNREAD,
		[WAIT_FAILED] = OUTCOME_LOCAL_FAULT,
	};

	EMIT(c->sink, job, ATTEMPT_END, attempt_end,
		.outcome = wait == WAIT_CANCELLED && waiter_was_stopped(&c->waiter)
				   ? OUTCOME_STOPPED
				   : outcomes[wait]);
	leave(address);
}

enum result
https_setup(struct err *err)
{
	(void)err;
	return RESULT_OK;
}

/* The policy host waits for tails.d.example's SMTP probes to be in their tail. */
void
https_probe(const struct probe_context *c, struct str job, struct str host, const struct addr *at)
{
	enum wait_result wait = WAIT_READY;

	start(c, job, ATTEMPT_HTTPS, host, at);
	if (str_is(host, "mta-sts.tails.example")) {
		while (atomic_load(&seen.in_tail) < 2 && wait == WAIT_READY) {
			if (net_wait(-1, 0, deadline_in_ms(1), &c->waiter) != WAIT_TIMEOUT)
				wait = WAIT_CANCELLED;
		}
		/* This job still holds the walk. */
		if (is_readable(atomic_load(&seen.tail_fd)))
			atomic_store(&seen.was_tail_early, true);
	}
	end(c, job, at, wait);
}

/* What an MX host does is the beginning of its name. */
void
smtp_probe(const struct probe_context *c, struct str job, struct str host, const struct addr *at,
	const char *ehlo, void (*in_tail)(void *arg), void *arg)
{
	enum wait_result wait = WAIT_READY;

	assert_string_equal(ehlo, "ops1.example.net");
	start(c, job, ATTEMPT_SMTP, host, at);
	if (str_starts(host, STR("stall")))
		wait = net_wait(-1, 0, c->limit, &(struct waiter){ c->waiter.cancel_fd, -1 });
	atomic_store(&seen.tail_fd, c->waiter.tail_fd);
	in_tail(arg);
	atomic_fetch_add(&seen.in_tail, 1);
	if (str_starts(host, STR("tail"))) {
		wait = net_wait(-1, 0, c->limit, &c->waiter);
		if (wait == WAIT_TAIL)
			atomic_fetch_add(&seen.ended_by_tail, 1);
	}
	end(c, job, at, wait);
}

/* One walk and all that it noted. */
struct walked {
	struct event_log log;
	enum end_reason reason;
};

static struct walk_options
options_of(const struct resolver_config *resolvers, const struct trust *trust)
{
	return (struct walk_options){
		.domain = { STR("x@" DOMAIN), STR(DOMAIN), STR(DOMAIN) },
		.resolvers = resolvers,
		.trust = trust,
		.https_port = 443,
		.smtp_port = 25,
		.wants_ipv4 = true,
		.wants_ipv6 = true,
		.ehlo = "ops1.example.net",
		.host = "ops1",
		.budget_ms = LONG_MS,
	};
}

static void
reset_seen(void)
{
	seen.active_count = seen.most_active = 0;
	seen.has_overlap = false;
	atomic_store(&seen.in_tail, 0);
	atomic_store(&seen.ended_by_tail, 0);
	atomic_store(&seen.was_tail_early, false);
}

/* Take events to the end; cancel when an event of that kind and job has come. */
static void
walk_out(const struct walk_options *options, struct walked *out, enum event_kind cancel_at,
	const char *cancel_job)
{
	const struct waiter none = { -1, -1 };
	const struct event *event = NULL;
	struct walk *w;
	struct err err = { "", 0 };
	bool is_over = false;

	reset_seen();
	event_log_init(&out->log);
	if (walk_start(&w, options, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	while (!is_over) {
		net_wait(walk_fd(w), POLLIN, deadline_in_ms(LONG_MS), &none);
		while (walk_take(w, &event)) {
			/* Nothing may follow the end. */
			assert_false(is_over);
			sink_emit(&out->log.sink, event->job, event->kind, event->payload);
			is_over = event->kind == EV_END;
			if (cancel_job != NULL && event_is(event, cancel_at, cancel_job))
				walk_cancel(w);
		}
	}
	assert_true(walk_now_us(w) >= (deadline_now() - walk_begin(w)) / 1000 - 1000000);
	walk_free(w);
	assert_int_equal(
		out->log.events[0]->kind, options->again != NULL ? EV_WALK_AGAIN : EV_WALK_START);
	out->reason = ((const struct ev_end *)event_log_last(&out->log, EV_END, "walk"))->reason;
	assert_int_equal(event_log_count(&out->log, EV_DNS_QUESTION, NULL),
		event_log_count(&out->log, EV_DNS_ANSWER, NULL));
	assert_int_equal(event_log_count(&out->log, EV_ATTEMPT_START, NULL),
		event_log_count(&out->log, EV_ATTEMPT_END, NULL));
	assert_false(seen.has_overlap);
}

/* The same against a zone; change (may be NULL) adapts the options. */
static void
walk_zone(const char *zone, void (*change)(struct walk_options *o), struct walked *out,
	enum event_kind cancel_at, const char *cancel_job)
{
	struct resolver_config config = { .count = 1 };
	struct walk_options options;
	struct dns_peer peer;
	struct trust *trust;
	struct err err;

	assert_int_equal(trust_open(&trust, NULL, NULL, &err), RESULT_OK);
	dns_peer_start(&peer, dns_peer_zone, (void *)(uintptr_t)zone);
	config.servers[0] = peer.address;
	options = options_of(&config, trust);
	if (change != NULL)
		change(&options);
	walk_out(&options, out, cancel_at, cancel_job);
	dns_peer_stop(&peer);
	trust_free(trust);
}

static bool
has_question(const struct walked *w, enum lookup_role role, const char *job)
{
	const struct ev_dns_question *q = event_log_nth(&w->log, EV_DNS_QUESTION, job, 0);

	return q != NULL && q->role == role;
}

static size_t
skips(const struct walked *w, enum attempt_role role, enum skip_reason reason)
{
	size_t count = 0;

	for (size_t i = 0; i < w->log.count; i++) {
		const struct ev_attempt_skip *skip = w->log.events[i]->payload;

		if (w->log.events[i]->kind == EV_ATTEMPT_SKIP)
			count += skip->role == role && skip->reason == reason;
	}
	return count;
}

static size_t
attempts(const struct walked *w, const char *job)
{
	return event_log_count(&w->log, EV_ATTEMPT_START, job);
}

static void
a_whole_walk(void **state)
{
	const struct ev_walk_start *start_fact;
	struct walked w;

	(void)state;
	walk_zone("_mta-sts.d.example 60 TXT \"v=STSv1; id=1;\"\n"
		  "mta-sts.d.example 60 A 127.0.0.80\n"
		  "d.example 60 MX 20 mx2.d.example\n"
		  "d.example 60 MX 10 MX1.d.example\n"
		  "mx1.d.example 60 A 127.0.0.25\n"
		  "mx2.d.example 60 A 127.0.0.26\n"
		  "mx2.d.example 60 A 127.0.0.27\n",
		NULL, &w, EV_END, NULL);
	assert_int_equal(w.reason, END_DONE);
	start_fact = w.log.events[0]->payload;
	assert_str(start_fact->domain, DOMAIN);
	assert_str(start_fact->input, "x@" DOMAIN);
	assert_true(start_fact->is_ad_trusted); /* the resolver is on loopback */
	assert_int_equal(start_fact->resolvers.n, 1);
	assert_true(has_question(&w, LOOKUP_TXT, "dns:TXT:_mta-sts.d.example"));
	assert_true(has_question(&w, LOOKUP_TLSRPT, "dns:TXT:_smtp._tls.d.example"));
	assert_true(has_question(&w, LOOKUP_POLICY_HOST, "dns:A:mta-sts.d.example"));
	assert_true(has_question(&w, LOOKUP_POLICY_HOST, "dns:AAAA:mta-sts.d.example"));
	assert_true(has_question(&w, LOOKUP_MX, "dns:MX:d.example"));
	assert_true(has_question(&w, LOOKUP_MX_HOST, "dns:A:mx1.d.example"));
	assert_true(has_question(&w, LOOKUP_MX_HOST, "dns:AAAA:mx2.d.example"));
	assert_true(has_question(&w, LOOKUP_TLSA, "dns:TLSA:_25._tcp.mx1.d.example"));
	assert_true(has_question(&w, LOOKUP_ENV_ROOT, "dns:NS:."));
	assert_true(has_question(&w, LOOKUP_ENV_INVALID, "dns:A:x"));
	assert_int_equal(event_log_count(&w.log, EV_DNS_QUESTION, NULL), 14);
	assert_int_equal(attempts(&w, "https:mta-sts.d.example/127.0.0.80"), 1);
	assert_int_equal(attempts(&w, "smtp:mx1.d.example/127.0.0.25"), 1);
	assert_int_equal(attempts(&w, "smtp:mx2.d.example/"), 2);
	assert_int_equal(event_log_count(&w.log, EV_ROUTE, "walk"), 1);
	event_log_release(&w.log);
}

/* Which hosts the MX answer leads to. */
static void
mx_rows(void **state)
{
	static const struct {
		const char *name, *zone;
		size_t lookups; /* of MX hosts: A and AAAA */
		const char *job; /* an attempt that there must be, NULL: none at all */
	} rows[] = {
		{ "null MX", "d.example MX 0 .\n", 0, NULL },
		{ "root beside a host", "d.example MX 0 .\nd.example MX 1 m.example\n", 2, NULL },
		{ "implicit MX", "d.example A 127.0.0.9\n", 2, "smtp:d.example/127.0.0.9" },
		{ "no such domain", "x.example A 127.0.0.9\n", 0, NULL },
		{ "MX lookup fails", "d.example SERVFAIL\n", 0, NULL },
		{ "address as host", "d.example MX 0 127.0.0.1.\n", 0, NULL },
		{ "one host twice",
			"d.example MX 1 m.example\nd.example MX 2 M.example\n"
			"m.example A 127.0.0.9\n",
			2, "smtp:m.example/127.0.0.9" },
		{ "one address twice",
			"d.example MX 1 m.example\nm.example 1 A 127.0.0.9\n"
			"m.example 2 A 127.0.0.9\n",
			2, "smtp:m.example/127.0.0.9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct walked w;
		size_t lookups = 0;

		print_message("%s\n", rows[i].name);
		walk_zone(rows[i].zone, NULL, &w, EV_END, NULL);
		for (size_t k = 0; k < w.log.count; k++) {
			const struct ev_dns_question *q = w.log.events[k]->payload;

			if (w.log.events[k]->kind == EV_DNS_QUESTION)
				lookups += q->role == LOOKUP_MX_HOST;
		}
		assert_int_equal(lookups, rows[i].lookups);
		assert_int_equal(attempts(&w, NULL), rows[i].job != NULL);
		if (rows[i].job != NULL)
			assert_int_equal(attempts(&w, rows[i].job), 1);
		assert_int_equal(w.reason, END_DONE);
		event_log_release(&w.log);
	}
}

static void
limits_are_told(void **state)
{
	const struct ev_hosts_left_out *left_out;
	struct arena a = { NULL, 0 };
	struct buf zone = { 0 };
	struct walked w;

	(void)state;
	for (int i = 0; i < LIMIT_MX_HOSTS + 3; i++)
		buf_addf(&zone, "d.example MX 10 m%02d.example\n", i);
	/* Three addresses each: 96 in all, and 12 of the policy host. */
	for (int i = 0; i < LIMIT_MX_HOSTS * 3; i++)
		buf_addf(&zone, "m%02d.example A 127.0.1.%d\n", i / 3, i + 1);
	for (int i = 0; i < LIMIT_POLICY_HOST_ADDRESSES + 4; i++)
		buf_addf(&zone, "mta-sts.d.example A 127.0.2.%d\n", i + 1);
	walk_zone(buf_text(&zone), NULL, &w, EV_END, NULL);
	left_out = event_log_last(&w.log, EV_HOSTS_LEFT_OUT, "walk");
	assert_non_null(left_out);
	assert_int_equal(left_out->hosts.n, 3);
	assert_str(left_out->hosts.v[0], "m32.example");
	assert_str(left_out->hosts.v[2], "m34.example");
	assert_int_equal(attempts(&w, "smtp:"), LIMIT_SMTP_ADDRESSES);
	assert_int_equal(skips(&w, ATTEMPT_SMTP, SKIP_OVER_LIMIT), 96 - LIMIT_SMTP_ADDRESSES);
	assert_int_equal(attempts(&w, "https:"), LIMIT_POLICY_HOST_ADDRESSES);
	assert_int_equal(skips(&w, ATTEMPT_HTTPS, SKIP_OVER_LIMIT), 4);
	assert_true(seen.most_active <= LIMIT_PROBES);
	event_log_release(&w.log);
	buf_release(&zone);
	arena_release(&a);
}

static void
one_connection_per_address(void **state)
{
	struct buf zone = { 0 };
	struct walked w;

	(void)state;
	/* walk_out() asserts that no two probes of one address overlap. */
	for (int i = 0; i < 20; i++)
		buf_addf(&zone, "d.example MX 10 m%d.example\nm%d.example A 127.0.0.9\n", i, i);
	walk_zone(buf_text(&zone), NULL, &w, EV_END, NULL);
	assert_int_equal(attempts(&w, "smtp:"), 20);
	assert_int_equal(seen.most_active, 1);
	event_log_release(&w.log);
	buf_release(&zone);
}

/* The policy host as MX host: two lookups of the same job, whose events must not mix. */
static void
one_name_in_two_roles(void **state)
{
	struct walked w;
	bool is_open = false;
	size_t questions = 0;

	(void)state;
	walk_zone("d.example MX 10 mta-sts.d.example\nmta-sts.d.example A 127.0.0.9\n", NULL, &w,
		EV_END, NULL);
	for (size_t i = 0; i < w.log.count; i++) {
		const struct event *event = w.log.events[i];

		if (!str_is(event->job, "dns:A:mta-sts.d.example"))
			continue;
		if (event->kind == EV_DNS_QUESTION) {
			assert_false(is_open);
			questions++;
		}
		is_open = event->kind != EV_DNS_ANSWER;
	}
	assert_int_equal(questions, 2);
	assert_int_equal(attempts(&w, "https:mta-sts.d.example/127.0.0.9"), 1);
	assert_int_equal(attempts(&w, "smtp:mta-sts.d.example/127.0.0.9"), 1);
	event_log_release(&w.log);
}

static void
without_ipv4(struct walk_options *o)
{
	o->wants_ipv4 = false;
}

static void
without_ipv6(struct walk_options *o)
{
	o->wants_ipv6 = false;
}

#define BOTH_FAMILIES \
	"mta-sts.d.example A 127.0.0.80\nmta-sts.d.example AAAA ::1\n" \
	"d.example MX 10 m.example\nm.example A 127.0.0.25\nm.example AAAA ::1\n"

static void
a_family_that_is_off(void **state)
{
	struct walked w;

	(void)state;
	walk_zone(BOTH_FAMILIES, without_ipv4, &w, EV_END, NULL);
	assert_int_equal(skips(&w, ATTEMPT_HTTPS, SKIP_FAMILY_OFF), 1);
	assert_int_equal(skips(&w, ATTEMPT_SMTP, SKIP_FAMILY_OFF), 1);
	assert_int_equal(event_log_count(&w.log, EV_ATTEMPT_SKIP, "smtp:m.example/127"), 1);
	assert_int_equal(event_log_count(&w.log, EV_ROUTE, "walk"), 2);
	event_log_release(&w.log);
	walk_zone(BOTH_FAMILIES, without_ipv6, &w, EV_END, NULL);
	assert_int_equal(event_log_count(&w.log, EV_ATTEMPT_SKIP, "smtp:m.example/::1"), 1);
	assert_int_equal(attempts(&w, "smtp:m.example/127.0.0.25"), 1);
	event_log_release(&w.log);
}

/* Whether there is IPv6 here is this host's affair; the skip must follow the route either way. */
static void
a_family_without_route(void **state)
{
	struct walked w;

	(void)state;
	walk_zone(BOTH_FAMILIES, NULL, &w, EV_END, NULL);
	for (size_t i = 0; i < w.log.count; i++) {
		const struct ev_route *route = w.log.events[i]->payload;

		if (w.log.events[i]->kind != EV_ROUTE || route->family != FAMILY_IPV6)
			continue;
		assert_int_equal(skips(&w, ATTEMPT_SMTP, SKIP_NO_ROUTE), !route->has_route);
		assert_int_equal(attempts(&w, "smtp:m.example/::1"), route->has_route);
	}
	event_log_release(&w.log);
}

static void
of_tails(struct walk_options *o)
{
	o->domain.ascii = STR("tails.example");
}

/* The last words of SMTP are cut short once nothing else runs, and not before. */
static void
tails_are_cut_last(void **state)
{
	struct walked w;

	(void)state;
	walk_zone("mta-sts.tails.example A 127.0.0.80\n"
		  "tails.example MX 10 tail1.example\ntails.example MX 20 tail2.example\n"
		  "tail1.example A 127.0.0.25\ntail2.example A 127.0.0.26\n",
		of_tails, &w, EV_END, NULL);
	assert_int_equal(w.reason, END_DONE);
	assert_false(atomic_load(&seen.was_tail_early));
	assert_int_equal(atomic_load(&seen.ended_by_tail), 2);
	event_log_release(&w.log);
}

/* Everything stalls: lookups, probes, and one that waits for the address of another. */
#define STALLED \
	"_mta-sts.d.example SILENT\nmta-sts.d.example SILENT\n" \
	"d.example MX 10 stall1.example\nd.example MX 20 stall2.example\n" \
	"stall1.example A 127.0.0.25\nstall2.example A 127.0.0.25\n"

static void
cancel_ends_all(void **state)
{
	struct walked w;

	(void)state;
	walk_zone(STALLED, NULL, &w, EV_ATTEMPT_START, "smtp:stall");
	assert_int_equal(w.reason, END_CANCELLED);
	assert_int_equal(attempts(&w, "smtp:stall"), 1);
	assert_true(skips(&w, ATTEMPT_SMTP, SKIP_CANCELLED) <= 1);
	event_log_release(&w.log);
}

/* Parts of a walk: only what is asked for is asked, and the clock goes on. */
static void
of_host(struct walk_options *o)
{
	static struct str host[] = { { "m.example", 9 } };
	static const struct again what = { .hosts = { host, 1 } };

	o->again = &what;
	o->again_reason = AGAIN_WATCH;
	o->begin = deadline_now() - INT64_C(3600) * 1000000000;
}

static void
of_parts(struct walk_options *o)
{
	static const struct again what = { .parts = AGAIN_RECORDS | AGAIN_ENV };

	o->again = &what;
}

static void
of_policy(struct walk_options *o)
{
	static const struct again what = { .parts = AGAIN_POLICY };

	o->again = &what;
}

static void
of_mx(struct walk_options *o)
{
	static const struct again what = { .parts = AGAIN_MX };

	o->again = &what;
}

static void
only_a_part(void **state)
{
	static const struct {
		const char *name;
		void (*change)(struct walk_options *o);
		size_t questions, https, smtp;
		size_t parts, hosts; /* in the first event */
	} rows[] = {
		{ "host", of_host, 3, 0, 1, 0, 1 },
		{ "policy", of_policy, 2, 1, 0, 1, 0 },
		{ "mx", of_mx, 4, 0, 1, 1, 0 },
		{ "records and here", of_parts, 4, 0, 0, 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ev_walk_again *again;
		struct walked w;

		print_message("%s\n", rows[i].name);
		walk_zone("_mta-sts.d.example TXT \"v=STSv1; id=1;\"\n"
			  "_smtp._tls.d.example TXT \"v=TLSRPTv1; rua=mailto:a@d.example\"\n"
			  "mta-sts.d.example A 127.0.0.80\nd.example MX 10 m.example\n"
			  "m.example A 127.0.0.25\n",
			rows[i].change, &w, EV_END, NULL);
		again = w.log.events[0]->payload;
		assert_int_equal(w.log.events[0]->kind, EV_WALK_AGAIN);
		assert_int_equal(again->parts.n, rows[i].parts);
		assert_int_equal(again->hosts.n, rows[i].hosts);
		assert_int_equal(again->reason, i == 0 ? AGAIN_WATCH : AGAIN_OPERATOR);
		assert_int_equal(event_log_count(&w.log, EV_DNS_QUESTION, NULL), rows[i].questions);
		assert_int_equal(attempts(&w, "https:"), rows[i].https);
		assert_int_equal(attempts(&w, "smtp:"), rows[i].smtp);
		assert_int_equal(w.reason, END_DONE);
		event_log_release(&w.log);
	}
}

/* One probe is stopped, and one that waits for its turn; the third ends by itself. */
static void
stop_ends_one(void **state)
{
	const struct waiter none = { -1, -1 };
	struct resolver_config config = { .count = 1 };
	const struct ev_attempt_end *end_fact;
	struct walk_options options;
	const struct event *event;
	struct event_log log;
	struct dns_peer peer;
	struct trust *trust;
	struct walk *w;
	struct err err;
	unsigned stopped = 0;
	bool is_over = false;

	(void)state;
	assert_int_equal(trust_open(&trust, NULL, NULL, &err), RESULT_OK);
	dns_peer_start(&peer, dns_peer_zone,
		(void *)(uintptr_t) "d.example MX 10 stall1.example\nd.example MX 20 m.example\n"
				    "stall1.example A 127.0.0.25\nm.example A 127.0.0.26\n");
	config.servers[0] = peer.address;
	options = options_of(&config, trust);
	reset_seen();
	event_log_init(&log);
	assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
	assert_int_equal(walk_stop(w, ATTEMPT_SMTP, STR("other.example"), STR_EMPTY), 0);
	while (!is_over) {
		net_wait(walk_fd(w), POLLIN, deadline_in_ms(LONG_MS), &none);
		while (walk_take(w, &event)) {
			sink_emit(&log.sink, event->job, event->kind, event->payload);
			is_over = event->kind == EV_END;
			if (event_is(event, EV_ATTEMPT_START, "smtp:stall1"))
				stopped = walk_stop(
					w, ATTEMPT_SMTP, STR("Stall1.example"), STR("127.0.0.25"));
		}
	}
	assert_int_equal(stopped, 1);
	assert_int_equal(walk_stop(w, ATTEMPT_SMTP, STR("stall1.example"), STR_EMPTY), 0);
	walk_free(w);
	end_fact = event_log_last(&log, EV_ATTEMPT_END, "smtp:stall1");
	assert_int_equal(end_fact->outcome, OUTCOME_STOPPED);
	end_fact = event_log_last(&log, EV_ATTEMPT_END, "smtp:m.example");
	assert_int_equal(end_fact->outcome, OUTCOME_OK);
	assert_int_equal(
		((const struct ev_end *)event_log_last(&log, EV_END, "walk"))->reason, END_DONE);
	event_log_release(&log);
	dns_peer_stop(&peer);
	trust_free(trust);
}

static void
cancel_at_once(void **state)
{
	struct walked w;

	(void)state;
	walk_zone(STALLED, NULL, &w, EV_WALK_START, "walk");
	assert_int_equal(w.reason, END_CANCELLED);
	event_log_release(&w.log);
}

static void
of_short_budget(struct walk_options *o)
{
	o->budget_ms = 1500;
}

static void
the_budget_ends_all(void **state)
{
	const struct ev_dns_answer *answer;
	const struct ev_attempt_end *attempt;
	struct walked w;

	(void)state;
	walk_zone(STALLED, of_short_budget, &w, EV_END, NULL);
	assert_int_equal(w.reason, END_TIMEOUT);
	answer = event_log_last(&w.log, EV_DNS_ANSWER, "dns:TXT:_mta-sts.d.example");
	assert_int_equal(answer->status, LOOKUP_TIMEOUT);
	attempt = event_log_last(&w.log, EV_ATTEMPT_END, "smtp:stall");
	assert_non_null(attempt);
	assert_int_equal(attempt->outcome, OUTCOME_BUDGET);
	assert_int_equal(skips(&w, ATTEMPT_SMTP, SKIP_BUDGET), 1);
	event_log_release(&w.log);
}

static void
of_no_resolver(struct walk_options *o)
{
	static const struct resolver_config none = { .count = 0 };

	o->resolvers = &none;
}

static void
no_resolver_ends_soon(void **state)
{
	const struct ev_walk_start *start_fact;
	const struct ev_dns_answer *answer;
	struct walked w;

	(void)state;
	walk_zone("", of_no_resolver, &w, EV_END, NULL);
	assert_int_equal(w.reason, END_DONE);
	start_fact = w.log.events[0]->payload;
	assert_false(start_fact->is_ad_trusted);
	answer = event_log_last(&w.log, EV_DNS_ANSWER, "dns:MX:d.example");
	assert_int_equal(answer->status, LOOKUP_NOT_ASKED);
	event_log_release(&w.log);
}

static size_t
entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static void
nothing_is_left_behind(void **state)
{
	size_t fds, threads;
	struct walked w;

	(void)state;
	walk_zone(STALLED, NULL, &w, EV_ATTEMPT_START, "smtp:stall");
	event_log_release(&w.log);
	fds = entries("/proc/self/fd");
	threads = entries("/proc/self/task");
	for (int i = 0; i < 3; i++) {
		walk_zone(STALLED, NULL, &w, EV_ATTEMPT_START, "smtp:stall");
		event_log_release(&w.log);
	}
	assert_int_equal(entries("/proc/self/fd"), fds);
	assert_int_equal(entries("/proc/self/task"), threads);
}

/* Freed in the middle: nobody takes the events any more. */
static void
free_without_taking(void **state)
{
	const struct resolver_config none = { .count = 0 };
	struct walk_options options;
	struct trust *trust;
	struct walk *w;
	struct err err;

	(void)state;
	assert_int_equal(trust_open(&trust, NULL, NULL, &err), RESULT_OK);
	options = options_of(&none, trust);
	assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
	walk_free(w);
	walk_free(NULL);
	trust_free(trust);
}

static const char *trace_path;

static void
of_trace(struct walk_options *o)
{
	o->trace_path = trace_path;
}

static void
the_trace_has_every_event(void **state)
{
	struct arena a = { NULL, 0 };
	struct temp_file f;
	struct walked w;
	struct str text;
	char *bytes;
	FILE *file;
	size_t lines = 0;

	(void)state;
	assert_true(temp_file_make(&f, ""));
	trace_path = f.path;
	walk_zone("_mta-sts.d.example TXT \"a\\027b\"\n", of_trace, &w, EV_END, NULL);
	file = fopen(f.path, "r");
	assert_non_null(file);
	bytes = arena_alloc(&a, 65536);
	text = (struct str){ bytes, fread(bytes, 1, 65536, file) };
	fclose(file);
	temp_file_remove(&f);
	assert_true(str_find_str(text, STR(" dns:TXT:_mta-sts.d.example dns-record ")) < text.n);
	assert_true(str_find_str(text, STR(" data=\"a\\x1bb\" ")) < text.n);
	assert_true(str_find_str(text, STR(" walk end reason=done\n")) < text.n);
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	assert_int_equal(lines, w.log.count);
	event_log_release(&w.log);
	arena_release(&a);
}

static void
a_trace_that_cannot_be_written(void **state)
{
	const struct resolver_config none = { .count = 0 };
	struct walk_options options;
	struct trust *trust;
	struct walk *w;
	struct err err;

	(void)state;
	assert_int_equal(trust_open(&trust, NULL, NULL, &err), RESULT_OK);
	options = options_of(&none, trust);
	options.trace_path = "/no/such/folder/trace";
	assert_int_equal(walk_start(&w, &options, &err), RESULT_FAILED);
	assert_null(w);
	assert_int_equal(err.exit, 73);
	trust_free(trust);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_walk),
		cmocka_unit_test(mx_rows),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(one_connection_per_address),
		cmocka_unit_test(one_name_in_two_roles),
		cmocka_unit_test(a_family_that_is_off),
		cmocka_unit_test(a_family_without_route),
		cmocka_unit_test(tails_are_cut_last),
		cmocka_unit_test(cancel_ends_all),
		cmocka_unit_test(only_a_part),
		cmocka_unit_test(stop_ends_one),
		cmocka_unit_test(cancel_at_once),
		cmocka_unit_test(the_budget_ends_all),
		cmocka_unit_test(no_resolver_ends_soon),
		cmocka_unit_test(nothing_is_left_behind),
		cmocka_unit_test(free_without_taking),
		cmocka_unit_test(the_trace_has_every_event),
		cmocka_unit_test(a_trace_that_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
