#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/wait.h"
#include "support/cmocka_all.h"

#define LONG_MS 60000

enum fd_state { FD_NONE, FD_IDLE, FD_READY };

static int
make_fd(enum fd_state state)
{
	return state == FD_NONE ? -1 : eventfd(state == FD_READY, EFD_CLOEXEC);
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void
what_ends_a_wait(void **state)
{
	static const struct {
		const char *name;
		enum fd_state fd, cancel, tail;
		int64_t ms;
		enum wait_result wanted;
		int64_t tail_after_ms; /* 0: at once */
	} rows[] = {
		{ "ready", FD_READY, FD_IDLE, FD_IDLE, LONG_MS, WAIT_READY },
		{ "ready without tail", FD_READY, FD_IDLE, FD_NONE, LONG_MS, WAIT_READY },
		{ "nothing in time", FD_IDLE, FD_IDLE, FD_IDLE, 1, WAIT_TIMEOUT },
		{ "no fd at all", FD_NONE, FD_IDLE, FD_NONE, 1, WAIT_TIMEOUT },
		{ "past limit beats ready", FD_READY, FD_IDLE, FD_IDLE, -1, WAIT_TIMEOUT },
		{ "cancel", FD_IDLE, FD_READY, FD_IDLE, LONG_MS, WAIT_CANCELLED },
		{ "cancel beats ready", FD_READY, FD_READY, FD_READY, LONG_MS, WAIT_CANCELLED },
		{ "cancel beats a past limit", FD_IDLE, FD_READY, FD_IDLE, -1, WAIT_CANCELLED },
		{ "tail", FD_IDLE, FD_IDLE, FD_READY, LONG_MS, WAIT_TAIL },
		{ "ready beats tail", FD_READY, FD_IDLE, FD_READY, LONG_MS, WAIT_READY },
		{ "tail without an fd", FD_NONE, FD_IDLE, FD_READY, LONG_MS, WAIT_TAIL },
		{ "tail when its time comes", FD_IDLE, FD_IDLE, FD_READY, LONG_MS, WAIT_TAIL, 1 },
		{ "the limit before tail", FD_IDLE, FD_IDLE, FD_READY, 1, WAIT_TIMEOUT, LONG_MS },
		{ "ready before tail", FD_READY, FD_IDLE, FD_READY, LONG_MS, WAIT_READY, LONG_MS },
		{ "cancel before tail", FD_IDLE, FD_READY, FD_READY, LONG_MS, WAIT_CANCELLED,
			LONG_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct waiter w = { make_fd(rows[i].cancel), make_fd(rows[i].tail),
			rows[i].tail_after_ms > 0 ? deadline_in_ms(rows[i].tail_after_ms) : 0 };
		int fd = make_fd(rows[i].fd);
		enum wait_result got;

		got = net_wait(fd, POLLIN, deadline_in_ms(rows[i].ms), &w);
		if (got != rows[i].wanted)
			fail_msg("%s: got %d", rows[i].name, (int)got);
		close_fd(fd);
		close_fd(w.cancel_fd);
		close_fd(w.tail_fd);
	}
}

static void
many_say_which(void **state)
{
	const struct waiter w = { make_fd(FD_IDLE), -1 };
	struct pollfd fds[] = {
		{ .fd = make_fd(FD_IDLE), .events = POLLIN },
		{ .fd = -1, .events = POLLIN },
		{ .fd = make_fd(FD_READY), .events = POLLIN },
	};

	(void)state;
	assert_int_equal(net_wait_many(fds, 3, deadline_in_ms(LONG_MS), &w), WAIT_READY);
	assert_int_equal(fds[0].revents, 0);
	assert_int_equal(fds[1].revents, 0);
	assert_int_equal(fds[2].revents, POLLIN);
	close_fd(fds[0].fd);
	close_fd(fds[2].fd);
	close_fd(w.cancel_fd);
}

static void
a_closed_fd_fails(void **state)
{
	const struct waiter w = { -1, -1 };
	int fd = make_fd(FD_READY);

	(void)state;
	close_fd(fd);
	assert_int_equal(net_wait(fd, POLLIN, deadline_in_ms(LONG_MS), &w), WAIT_FAILED);
}

static void
cancel_is_never_drained(void **state)
{
	const struct waiter w = { make_fd(FD_READY), -1 };

	(void)state;
	assert_int_equal(net_wait(-1, 0, deadline_in_ms(LONG_MS), &w), WAIT_CANCELLED);
	assert_int_equal(net_wait(-1, 0, deadline_in_ms(LONG_MS), &w), WAIT_CANCELLED);
	close_fd(w.cancel_fd);
}

static void
deadlines_add_up(void **state)
{
	deadline far = deadline_in_ms(INT64_MAX);

	(void)state;
	assert_true(far == INT64_MAX);
	assert_int_equal(deadline_left_ms(far), INT32_MAX);
	assert_int_equal(deadline_left_ms(0), 0);
	assert_int_equal(deadline_left_ms(deadline_in_ms(-5)), 0);
	assert_true(deadline_left_ms(deadline_in_ms(LONG_MS)) <= LONG_MS);
	assert_true(deadline_left_ms(deadline_in_ms(LONG_MS)) > 0);
	assert_true(deadline_earlier(3, 4) == 3);
	assert_true(deadline_earlier(4, 3) == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ends_a_wait),
		cmocka_unit_test(many_say_which),
		cmocka_unit_test(a_closed_fd_fails),
		cmocka_unit_test(cancel_is_never_drained),
		cmocka_unit_test(deadlines_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
