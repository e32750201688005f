/*
 * The reducer relies on order within a job only: walks whose jobs are interleaved anew, many times,
 * fold to the same facts. And no order of events, sensible or not, may break it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/build_session.h"
#include "tests/support/dump_session.h"
#include "tests/support/gen_event.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
walk_good(struct build *b)
{
	build_good(b, b->s, "enforce");
}

/* Two policy host addresses, skipped and failing addresses, hosts left out, a local fault. */
static void
walk_mixed(struct build *b)
{
	static struct str left_out[] = { { "mx3.example.com", 15 } };

	build_good_open(b, b->s, "testing");
	add_https(b, (struct build_https){
			     .address = "192.0.2.79", .status = 404, .outcome = OUTCOME_STATUS });
	add_https_ok(b, "2001:db8::80", "version: STSv1\nmode: none\nmax_age: 1\n");
	ADD(b, "walk", HOSTS_LEFT_OUT, hosts_left_out, .hosts = { left_out, 1 });
	ADD(b, "walk", LOCAL_FAULT, local_fault, .what = STR("thread"));
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "192.0.2.27",
			    .tls = { .is_untrusted = true, .code = 10, .error = "expired" } });
	add_smtp_connect_fails(b, "mx2.example.com", "192.0.2.28", OUTCOME_TIMEOUT);
	add_smtp_skip(b, "mx1.example.com", "2001:db8::29", SKIP_NO_ROUTE);
	add_end(b, END_TIMEOUT);
}

static void
walk_implicit(struct build *b)
{
	add_walk_start(b, "example.com");
	add_txt(b, "v=STSv1; id=1;\nv=STSv1; id=2;\nunrelated");
	add_policy_host(b, "192.0.2.80\n192.0.2.81");
	add_https_ok(b, "192.0.2.80", "version: STSv1\nmode: none\nmx: *.example.com\n");
	add_mx(b, NULL);
	add_addresses(b, "example.com", "192.0.2.1\n2001:db8::1");
	add_smtp_ok(b, "example.com", "192.0.2.1");
	add_end(b, END_DONE);
}

/* One host in two roles, names in two cases, everything at the same microsecond. */
static void
walk_at_once(struct build *b)
{
	b->step_us = 0;
	add_walk_start(b, "example.com");
	add_txt(b, "v=STSv1; id=1;");
	add_policy_host(b, "192.0.2.80\n192.0.2.81");
	add_https_ok(b, "192.0.2.81", BUILD_POLICY("enforce"));
	add_https_ok(b, "192.0.2.80", BUILD_POLICY("testing"));
	add_mx(b, "10 MTA-STS.example.com\n10 mx1.example.com\n0 .");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	add_smtp_ok(b, "Mx1.example.com", "192.0.2.25");
	add_smtp_ok(b, "mta-sts.example.com", "192.0.2.80");
	add_end(b, END_CANCELLED);
}

static const struct {
	const char *name;
	void (*build)(struct build *b);
} walks[] = {
	{ "good", walk_good },
	{ "mixed", walk_mixed },
	{ "implicit MX", walk_implicit },
	{ "all at once", walk_at_once },
};

/* The events of one job that are still to be told, in their order. */
struct queue {
	struct str job;
	const struct event *events[64];
	size_t count, next;
};

static size_t
queues_of(const struct session *s, struct queue *queues, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < s->event_count; i++) {
		size_t at = 0;

		while (at < count && !str_eq(queues[at].job, s->events[i]->job))
			at++;
		if (at == count) {
			assert_true(count < room);
			queues[count++] = (struct queue){ .job = s->events[i]->job };
		}
		assert_true(queues[at].count < COUNT(queues[at].events));
		queues[at].events[queues[at].count++] = s->events[i];
	}
	return count;
}

/* Bursts of a random length, so that both fine and coarse interleavings come up. */
static void
fold_shuffled(const struct session *from, struct session *to, struct gen *g)
{
	static struct queue queues[64];
	size_t count = queues_of(from, queues, COUNT(queues));

	while (count > 0) {
		const size_t pick = gen_below(g, count);
		struct queue *q = &queues[pick];

		for (size_t burst = 1 + gen_below(g, 8); burst > 0 && q->next < q->count; burst--) {
			struct event event = *q->events[q->next++];

			event.seq = 0;
			session_apply(to, &event);
		}
		if (q->next == q->count)
			queues[pick] = queues[--count];
	}
}

static void
test_interleavings(void **state)
{
	struct gen g = { 2026 };

	(void)state;
	for (size_t i = 0; i < COUNT(walks); i++) {
		struct session s;
		struct build b;
		struct buf wanted = { 0 };

		build_begin(&b, &s);
		walks[i].build(&b);
		dump_session(&wanted, &s);
		for (int round = 0; round < 300; round++) {
			struct session shuffled;
			struct buf seen = { 0 };

			session_init(&shuffled);
			fold_shuffled(&s, &shuffled, &g);
			dump_session(&seen, &shuffled);
			if (!str_eq(buf_str(&seen), buf_str(&wanted)))
				fail_msg("%s, round %d:\n%s\n---- instead of ----\n%s",
					walks[i].name, round, buf_text(&seen), buf_text(&wanted));
			buf_release(&seen);
			session_release(&shuffled);
		}
		buf_release(&wanted);
		session_release(&s);
	}
}

/* Folding all and settling once is the same as settling after each. */
static void
test_settle_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(walks); i++) {
		struct session s, once;
		struct build b;
		struct buf wanted = { 0 }, seen = { 0 };

		build_begin(&b, &s);
		walks[i].build(&b);
		session_init(&once);
		for (size_t k = 0; k < s.event_count; k++)
			session_fold(&once, event_copy(&once.arena, s.events[k]));
		session_settle(&once);
		dump_session(&wanted, &s);
		dump_session(&seen, &once);
		assert_string_equal(buf_text(&seen), buf_text(&wanted));
		buf_release(&wanted);
		buf_release(&seen);
		session_release(&once);
		session_release(&s);
	}
}

/* Any kind with any values, in few jobs, so that events meet each other. */
static void
test_nonsense(void **state)
{
	static const char *const jobs[] = { "", "walk", "dns:MX:example.com", "dns:A:example.com",
		"https:h/1", "https:h/2", "smtp:h/1", "smtp:h/2", "smtp:i/::1" };

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct gen g = { seed * 7919 };
		struct session s;
		struct buf facts = { 0 };

		session_init(&s);
		for (int i = 0; i < 600; i++) {
			struct arena a = { 0 };
			const enum event_kind kind = (enum event_kind)gen_below(
				&g, event_kind_count);
			const struct event event = { .us = gen_int(&g),
				.kind = kind,
				.job = str_of(jobs[gen_below(&g, COUNT(jobs))]),
				.payload = gen_payload(&g, &a, kind) };

			session_apply(&s, &event);
			arena_release(&a);
		}
		dump_session(&facts, &s);
		assert_true(facts.n > 0);
		buf_release(&facts);
		session_release(&s);
	}
}

/* A walk in which events are lost, doubled and swapped. */
static void
test_mutilated(void **state)
{
	struct gen g = { 77 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct session s, other;
		struct build b;
		struct buf facts = { 0 };

		build_begin(&b, &s);
		walks[(size_t)round % COUNT(walks)].build(&b);
		session_init(&other);
		for (size_t i = 0; i < s.event_count; i++) {
			const size_t at = gen_below(&g, 6) == 0 ? gen_below(&g, s.event_count) : i;
			struct event event = *s.events[at];

			event.seq = 0;
			session_apply(&other, &event);
		}
		dump_session(&facts, &other);
		buf_release(&facts);
		session_release(&other);
		session_release(&s);
	}
}

static void
test_limits(void **state)
{
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	add_question(&b, LOOKUP_MX, RRTYPE_MX, "example.com");
	for (int i = 0; i < LIMIT_RECORDS + 3; i++)
		add_record(&b, RRTYPE_MX, "example.com",
			str_of(build_text(&b, "%d mx%d.example.com", i, i)));
	add_answer(&b, RRTYPE_MX, "example.com", LOOKUP_OK);
	assert_int_equal(s.mx_lookup->count, LIMIT_RECORDS);
	assert_int_equal(s.host_count, LIMIT_RECORDS);
	assert_int_equal(s.over_limit, 3);
	for (int i = 0; i < LIMIT_SESSION_LOOKUPS + 5; i++)
		add_question(&b, LOOKUP_AUX, RRTYPE_A, build_text(&b, "h%d.example.com", i));
	assert_int_equal(s.lookup_count, LIMIT_SESSION_LOOKUPS);
	for (int i = 0; i < LIMIT_SESSION_HOSTS + 5; i++)
		add_smtp_skip(
			&b, build_text(&b, "s%d.example.com", i), "192.0.2.1", SKIP_OVER_LIMIT);
	assert_int_equal(s.host_count, LIMIT_SESSION_HOSTS);
	session_release(&s);
}

static void
test_limits_of_an_attempt(void **state)
{
	struct session s;
	struct build b;
	const char *job = "https:mta-sts.example.com/192.0.2.80";
	const struct attempt *t;

	(void)state;
	build_begin(&b, &s);
	add_connect(&b, job, (struct ev_attempt_start){ .role = ATTEMPT_HTTPS }, OUTCOME_OK);
	t = s.https[0];
	for (int i = 0; i < 40; i++) {
		ADD(&b, job, CERT, cert, .is_sent = true);
		ADD(&b, job, CERT, cert, .is_anchor = i == 0);
		ADD(&b, job, CERT_ERROR, cert_error, .code = i);
	}
	assert_int_equal(t->tls.chain_count, LIMIT_CHAIN_CERTS);
	assert_int_equal(t->tls.added_count, LIMIT_CHAIN_CERTS);
	assert_int_equal(t->tls.error_count, LIMIT_CERT_ERRORS);
	/* The anchor came first and stands last. */
	assert_true(t->tls.added[LIMIT_CHAIN_CERTS - 1]->is_anchor);
	for (int i = 0; i < 2 * LIMIT_HEADERS; i++)
		ADD(&b, job, HTTP_HEADER, http_header, .line = STR("X: y"));
	assert_int_equal(t->headers.n, LIMIT_HEADERS + 1);
	session_release(&s);
}

/* The log is bounded; that the walk has ended is known all the same. */
static void
test_limit_of_the_log(void **state)
{
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	for (int i = 0; i < LIMIT_EVENTS + 2; i++)
		ADD(&b, "smtp:h/a", SMTP_LINE, smtp_line, .text = STR("250 x"));
	assert_int_equal(s.event_count, LIMIT_EVENTS);
	assert_int_equal(s.over_limit, 2);
	add_end(&b, END_DONE);
	add_end(&b, END_DONE);
	assert_int_equal(s.event_count, LIMIT_EVENTS + 1);
	assert_true(s.is_ended);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interleavings),
		cmocka_unit_test(test_settle_once),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_mutilated),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_of_an_attempt),
		cmocka_unit_test(test_limit_of_the_log),
	};

	return cmocka_run_group_tests_name("session order", tests, NULL, NULL);
}
