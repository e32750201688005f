#include <poll.h>
#include <pthread.h>

#include "net/queue.h"
#include "net/wait.h"
#include "support/cmocka_all.h"

#define CAPACITY 4
#define PER_EMITTER 500
#define EMITTERS 4

static bool
is_readable(const struct queue *q)
{
	struct pollfd fd = { .fd = queue_fd(q), .events = POLLIN };

	return poll(&fd, 1, 0) == 1;
}

static void
emit_number(struct sink *sink, struct str job, int64_t n)
{
	EMIT(sink, job, HTTP_DONE, http_done, .status = n);
}

static int64_t
number_of(const struct event *event)
{
	return ((const struct ev_http_done *)event->payload)->status;
}

static void
order_and_fd(void **state)
{
	struct queue *q = queue_new(deadline_now(), CAPACITY);
	char job[] = "smtp:mx1";
	const struct event *event;
	int64_t us = 0;

	(void)state;
	assert_false(is_readable(q));
	assert_false(queue_take(q, &event));
	for (int i = 0; i < CAPACITY; i++)
		emit_number(queue_sink(q), str_of(job), i);
	/* What was emitted is the queue's own copy. */
	job[0] = 'x';
	assert_true(is_readable(q));
	for (int i = 0; i < CAPACITY; i++) {
		assert_true(queue_take(q, &event));
		assert_int_equal(event->seq, i + 1);
		assert_int_equal(number_of(event), i);
		assert_str(event->job, "smtp:mx1");
		assert_true(event->us >= us);
		us = event->us;
	}
	assert_false(is_readable(q));
	assert_false(queue_take(q, &event));
	queue_free(q);
}

struct emitter {
	struct queue *q;
	const char *job;
	pthread_t thread;
};

static void *
emit_many(void *arg)
{
	const struct emitter *e = arg;

	for (int64_t i = 0; i < PER_EMITTER; i++)
		emit_number(queue_sink(e->q), str_of(e->job), i);
	return NULL;
}

static void
nothing_is_lost_when_full(void **state)
{
	struct queue *q = queue_new(deadline_now(), CAPACITY);
	struct emitter emitters[EMITTERS] = { { q, "0", 0 }, { q, "1", 0 }, { q, "2", 0 },
		{ q, "3", 0 } };
	int64_t next[EMITTERS] = { 0 };
	const struct waiter w = { -1, -1 };
	const struct event *event;
	uint32_t taken = 0;

	(void)state;
	for (int i = 0; i < EMITTERS; i++)
		pthread_create(&emitters[i].thread, NULL, emit_many, &emitters[i]);
	while (taken < EMITTERS * PER_EMITTER) {
		net_wait(queue_fd(q), POLLIN, deadline_in_ms(60000), &w);
		while (queue_take(q, &event)) {
			size_t who = (size_t)(event->job.p[0] - '0');

			/* The order within a job is kept. */
			assert_int_equal(number_of(event), next[who]++);
			assert_int_equal(event->seq, ++taken);
		}
	}
	for (int i = 0; i < EMITTERS; i++)
		pthread_join(emitters[i].thread, NULL);
	assert_false(is_readable(q));
	queue_free(q);
}

static void
close_lets_emitters_go(void **state)
{
	struct queue *q = queue_new(deadline_now(), CAPACITY);
	struct emitter e = { q, "0", 0 };
	const struct event *event;
	int64_t taken = 0;

	(void)state;
	pthread_create(&e.thread, NULL, emit_many, &e);
	queue_close(q);
	pthread_join(e.thread, NULL);
	while (queue_take(q, &event))
		assert_int_equal(number_of(event), taken++);
	assert_int_equal(taken, PER_EMITTER);
	queue_free(q);
}

/* The last event may come from the taker itself, which must not wait for itself. */
static void
end_finds_room(void **state)
{
	struct queue *q = queue_new(deadline_now(), 1);
	const struct event *event;

	(void)state;
	emit_number(queue_sink(q), STR("a"), 1);
	EMIT(queue_sink(q), STR("walk"), END, end, .reason = END_DONE);
	assert_true(queue_take(q, &event));
	assert_true(queue_take(q, &event));
	assert_int_equal(event->kind, EV_END);
	queue_free(q);
}

static void
free_drops_what_is_left(void **state)
{
	struct queue *q = queue_new(deadline_now(), CAPACITY);
	const struct event *event;

	(void)state;
	emit_number(queue_sink(q), STR("a"), 1);
	emit_number(queue_sink(q), STR("a"), 2);
	assert_true(queue_take(q, &event));
	queue_free(q);
	queue_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_fd),
		cmocka_unit_test(nothing_is_lost_when_full),
		cmocka_unit_test(close_lets_emitters_go),
		cmocka_unit_test(end_finds_room),
		cmocka_unit_test(free_drops_what_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
