/*
 * --plain: one fact a line while the walk goes, nothing else ever, and an end that is told.
 */
#include "screen/story.h"

static bool
tail_has(const struct tty *t, const char *text)
{
	return memmem(t->tail, t->tail_n, text, strlen(text)) != NULL;
}

static void
until_tail(struct tty *t, const char *text)
{
	while (!tail_has(t, text))
		assert_true(tty_pump(t, TTY_PATIENCE_MS));
}

/* Every line is "name: value". */
static void
check_lines(const struct tty *t)
{
	size_t from = 0;

	for (size_t i = 0; i < t->tail_n; i++) {
		const unsigned char c = (unsigned char)t->tail[i];

		if (c == '\n') {
			assert_non_null(memmem(t->tail + from, i - from, ": ", 2));
			from = i + 1;
		} else {
			assert_true(c >= 0x20 || c == '\r');
		}
	}
	assert_int_equal(from, t->tail_n);
}

/* What is settled is told while the rest is waited for; ^C ends it with what is known. */
static void
test_live(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "demo", "https-stall", "--no-history",
		"--plain", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 40, 200, NULL, argv);
	until_tail(&t, "domain: ");
	until_tail(&t, "stage 1 of 5: DNS records: ok\r\n");
	until_tail(&t, "stage 2 of 5: HTTPS policy: running\r\n");
	assert_false(tail_has(&t, "mail now: "));
	tty_type(&t, "\003", 1);
	tty_end(&t);
	assert_true(WIFEXITED(t.status));
	assert_int_equal(WEXITSTATUS(t.status), 130);
	assert_true(tail_has(&t, "mail now: "));
	assert_true(tail_has(&t, "ended: cancelled\r\n"));
	assert_true(tail_has(&t, "check would exit: "));
	/* The terminal echoes what was typed into it. */
	assert_false(tail_has(&t, "\033"));
}

/* A whole walk: facts come once, findings with who, what was seen and what to do. */
static void
test_whole(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "demo", "mx-wrong-name", "--no-history",
		"--plain", NULL };
	static const char *const facts[] = { "domain: mx-wrong-name.test\r\n",
		"stage 4 of 5: MX and STARTTLS: fail\r\n", "mail now: delayed\r\n",
		"finding 1 of 1: error: tls-cert-host-mismatch: ", "finding 1 who: ",
		"finding 1 seen: ", "finding 1 means: ", "finding 1 do: ",
		"check would exit: 2\r\n" };
	struct tty t;

	(void)state;
	tty_start(&t, 40, 200, NULL, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	check_lines(&t);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const char *at = memmem(t.tail, t.tail_n, facts[i], strlen(facts[i]));

		assert_non_null(at);
		at++;
		assert_null(
			memmem(at, t.tail_n - (size_t)(at - t.tail), facts[i], strlen(facts[i])));
	}
}

/* Opened from a file or as a stream, in UTF-8 or not, it is the same, and nothing of the network
 * reaches the terminal raw. */
static void
test_opened(void **state)
{
	static const char *const files[] = { STORY_GOOD, STORY_FAILING, STORY_HOSTILE };
	static const char *const looks[] = { "", " --ascii" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		for (size_t k = 0; k < sizeof(looks) / sizeof(looks[0]); k++) {
			char command[512];
			const char *const argv[] = { "/bin/sh", "-c", command, NULL };
			struct tty t;

			snprintf(command, sizeof(command),
				TEST_PROGRAM " open --plain%s %s && [ \"$(" TEST_PROGRAM
					     " open --plain %s)\" = \"$(" TEST_PROGRAM
					     " open --plain - < %s)\" ] && echo 'both: same'",
				looks[k], files[i], files[i], files[i]);
			tty_start(&t, 40, 200, NULL, argv);
			tty_end(&t);
			assert_true(tail_has(&t, "both: same\r\n"));
			assert_false(t.has_unknown || tail_has(&t, "\033"));
			assert_false(k > 0 && t.has_high);
		}
	}
}

/* A reader that goes away ends the walk at once: this one would wait for long. */
static void
test_reader_gone(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		TEST_PROGRAM " demo https-stall --no-history --plain | head -1", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 40, 200, NULL, argv);
	tty_end(&t);
	assert_true(tail_has(&t, "domain: "));
	assert_false(tail_has(&t, "stage"));
}

/* --save - has standard output for its events alone. */
static void
test_stream(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		"set -- demo good --no-history --plain --save -; "
		"echo \"out: $(" TEST_PROGRAM " \"$@\" 2>/dev/null | grep -c '^stage')\"; "
		"echo \"err: $(" TEST_PROGRAM " \"$@\" 2>&1 >/dev/null | grep -c '^mail now:')\"",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 40, 200, NULL, argv);
	tty_end(&t);
	assert_true(tail_has(&t, "out: 0\r\n"));
	assert_true(tail_has(&t, "err: 1\r\n"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_reader_gone),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
