/*
 * A session that was opened from the shell: what it shows, what stays behind, and where it leads.
 */
#include "screen/story.h"

static const char *const opened[] = { TEST_PROGRAM, "open", STORY_FAILING, NULL };

static bool
tail_has(const struct tty *t, const char *text)
{
	return memmem(t->tail, t->tail_n, text, strlen(text)) != NULL;
}

/* d and o lead on, as they do behind a walk. */
static void
test_leads_on(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, opened);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "d");
	tty_type(&t, "demo good\r", 10);
	tty_until(&t, "stswalk  good.test");
	tty_until(&t, "done 5/5");
	tty_keys(&t, "o");
	tty_type(&t, STORY_FAILING "\r", strlen(STORY_FAILING) + 1);
	tty_until(&t, "stswalk  example.test");
	story_leave(&t);
}

static void
test_leaves_summary(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, opened);
	tty_until(&t, "done 5/5");
	story_leave(&t);
	assert_true(tail_has(&t, "example.test: mail delivered, validated"));
	assert_true(tail_has(&t, "`stswalk check` would exit 2\r\n"));
}

/* What is odd about a file is said on the screen, not only behind it. */
static void
test_odd_file(void **state)
{
	char file[] = "/tmp/stswalk-odd-XXXXXX", command[512];
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	const int fd = mkstemp(file);
	struct tty t;

	(void)state;
	assert_true(fd >= 0);
	snprintf(command, sizeof(command),
		"{ sed '1s/\"version\":\"[^\"]*\"/\"version\":\"9.8.7\"/' %s; printf '{\"seq\":9'; "
		"} >%s",
		STORY_FAILING, file);
	assert_int_equal(system(command), 0);
	tty_start(&t, 24, 80, NULL, words);
	tty_until(&t, "done 5/5");
	tty_until(&t, "the last line is torn and was left out; recorded by stswalk 9.8.7, judged");
	story_leave(&t);
	close(fd);
	unlink(file);
}

static void
test_plain(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "open", "--plain", STORY_FAILING, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	assert_false(tail_has(&t, "\033"));
	assert_true(tail_has(&t, "stage 4 of 5: MX and STARTTLS: fail\r\n"));
	assert_true(tail_has(&t, "check would exit: 2\r\n"));
}

/* What m left out is said, in the log too. */
static void
test_severity_stays_visible(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, opened);
	tty_until(&t, "done 5/5");
	story_keys(&t, "fm");
	assert_true(tty_shows(&t, "severity: warnings up"));
	story_keys(&t, "m");
	assert_true(tty_shows(&t, "severity: unknown up"));
	story_keys(&t, "qe");
	assert_false(tty_shows(&t, "severity:"));
	story_keys(&t, "m");
	assert_true(tty_shows(&t, "severity: warnings up"));
	story_leave(&t);
}

/* However narrow, every stage is on the strip. */
static void
test_narrow_strip(void **state)
{
	static const struct {
		int columns;
		const char *strip;
	} rows[] = {
		{ 52, "0 HERE ✓ 1 DNS ✓ 2 FETCH ! 3 POL ✓ 4 MX ✗ 5 END ✗" },
		{ 44, "0 ✓ 1 DNS ✓ 2 FETCH ! 3 POL ✓ 4 MX ✗ 5 END ✗" },
		{ 20, "0✓ 1✓ 2! 3✓ 4✗ 5✗" },
	};
	struct tty t;
	size_t i;

	(void)state;
	tty_start(&t, 24, 80, NULL, opened);
	tty_until(&t, "done 5/5");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tty_resize(&t, 8, rows[i].columns);
		story_keys(&t, "");
		assert_true(tty_shows(&t, rows[i].strip));
	}
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leads_on),
		cmocka_unit_test(test_leaves_summary),
		cmocka_unit_test(test_odd_file),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_severity_stays_visible),
		cmocka_unit_test(test_narrow_strip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
