/*
 * The program as a process on a terminal: stop and go on, a crash, terminals that cannot, input from
 * elsewhere, what stays behind.
 */
#include "screen/story.h"

static const char *const good[] = { TEST_PROGRAM, "demo", "good", "--no-history", NULL };

static bool
tail_has(const struct tty *t, const char *text)
{
	return memmem(t->tail, t->tail_n, text, strlen(text)) != NULL;
}

/* ^Z stops it on the main screen; fg brings the picture back. Only a shell with jobs can show it. */
static void
test_suspend(void **state)
{
	static const char *const argv[] = { "/bin/bash", "-c",
		"set -m; " TEST_PROGRAM " demo good --no-history; echo was stopped; fg >/dev/null",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	tty_type(&t, "\032", 1);
	tty_until(&t, "Mail now");
	while (!tail_has(&t, "was stopped"))
		assert_true(tty_pump(&t, TTY_PATIENCE_MS));
	tty_until(&t, "Mail now");
	assert_true(t.is_alt);
	story_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	story_leave(&t);
}

/* A crash restores the terminal before it ends the process. */
static void
test_crash(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, good);
	tty_until(&t, "done 5/5");
	kill(t.pid, SIGSEGV);
	tty_end(&t);
	assert_true(WIFSIGNALED(t.status) || WEXITSTATUS(t.status) != 0);
	assert_false(t.is_alt);
	assert_true(tty_cursor_visible(&t));
}

/* Terminals that cannot show it get the report, and a note why. */
static void
test_incapable(void **state)
{
	static const struct {
		const char *env[2], *note;
	} rows[] = {
		{ { "TERM=dumb" }, "cannot place its cursor" },
		{ { "TERM=" }, "TERM is not set" },
		{ { "TERM=no-such-terminal" }, "does not know" },
	};
	struct tty t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tty_start(&t, 24, 80, rows[i].env, good);
		tty_end(&t);
		assert_int_equal(t.status, 0);
		assert_true(tail_has(&t, rows[i].note));
		assert_true(tail_has(&t, "delivered, validated"));
	}
}

/* Keys come from the terminal when standard input is a file. */
static void
test_input_elsewhere(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		TEST_PROGRAM " demo good --no-history </dev/null", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	story_leave(&t);
}

/* Into a pipe goes the report, without any control sequence. */
static void
test_output_elsewhere(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		TEST_PROGRAM " demo good --no-history | cat", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	assert_true(tail_has(&t, "delivered, validated"));
	assert_false(tail_has(&t, "\033"));
}

static void
test_summary(void **state)
{
	static const char *const quiet[] = { TEST_PROGRAM, "demo", "good", "--no-history",
		"--no-summary", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, good);
	tty_until(&t, "done 5/5");
	story_leave(&t);
	assert_true(tail_has(&t, "`stswalk check` would exit 0\r\n"));
	tty_start(&t, 24, 80, NULL, quiet);
	tty_until(&t, "done 5/5");
	tty_type(&t, "q", 1);
	assert_int_equal(tty_end(&t), 0);
	assert_false(tail_has(&t, "`stswalk check` would exit"));
}

static void
test_plain(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "demo", "good", "--no-history", "--plain",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	assert_false(tail_has(&t, "\033"));
	assert_true(tail_has(&t, "stage 4 of 5: MX and STARTTLS: ok\r\n"));
	assert_true(tail_has(&t, "mail now: delivered, validated\r\n"));
}

/* A walk that waits: timers run, the cursor does not, a resize and every screen work. */
static void
test_live(void **state)
{
	static const char *const slow[] = { TEST_PROGRAM, "demo", "https-stall", "--no-history",
		NULL };
	struct tty t;
	size_t i, before;

	(void)state;
	tty_start(&t, 24, 80, NULL, slow);
	tty_until(&t, "HTTP answer");
	assert_true(tty_shows(&t, "running"));
	for (i = 0; i < STORY_SCREENS; i++)
		story_go(&t, i);
	tty_resize(&t, 16, 60);
	tty_resize(&t, 40, 120);
	story_keys(&t, "H");
	/* Held: nothing is written until it goes on. */
	tty_keys(&t, "P");
	while (tty_pump(&t, 50))
		;
	before = t.bytes;
	assert_false(tty_pump(&t, 500));
	assert_int_equal(t.bytes, before);
	tty_keys(&t, "P");
	tty_type(&t, "\003", 1);
	tty_until(&t, "cancelled");
	story_leave(&t);
}

/* Walk again, then another scenario from the prompt's list. */
static void
test_onward(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, good);
	tty_until(&t, "done 5/5");
	tty_type(&t, "r", 1);
	tty_until(&t, "done 5/5");
	tty_type(&t, "d", 1);
	tty_until(&t, "▸ Domain");
	tty_type(&t, "demo mx-expired\r", 16);
	tty_until(&t, "mx-expired.test");
	tty_until(&t, "FAIL");
	tty_type(&t, "d", 1);
	tty_until(&t, "▸ Domain");
	tty_type(&t, "demo no-such\r", 13);
	/* What cannot be walked stays to be mended, and the walk stays behind it. */
	tty_until(&t, "not known");
	assert_true(tty_shows(&t, "▸ Domain    demo no-such"));
	tty_keys(&t, "\025two words\r");
	assert_true(tty_shows(&t, "has a blank in it"));
	assert_true(tty_shows(&t, "▸ Domain    two words"));
	tty_keys(&t, "\033");
	tty_keys(&t, "\033");
	assert_true(tty_shows(&t, "4 MX + STARTTLS"));
	tty_type(&t, "q", 1);
	tty_end(&t);
	assert_true(WIFEXITED(t.status));
}

static void
test_bytes_written(void **state)
{
	struct tty t;
	size_t before;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	before = t.bytes;
	tty_keys(&t, "j");
	/* One cursor move; the Why box of another row comes with it. */
	assert_true(t.bytes - before < 2000);
	before = t.bytes;
	story_keys(&t, "");
	assert_true(t.bytes - before < 4096);
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suspend),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_incapable),
		cmocka_unit_test(test_input_elsewhere),
		cmocka_unit_test(test_output_elsewhere),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_onward),
		cmocka_unit_test(test_bytes_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
