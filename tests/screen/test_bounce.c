/* The bounce helper: a line, lines one after another, a whole notification pasted, at the prompt. */
#include "screen/story.h"

#include <stdio.h>

static void
paste(struct tty *t, const char *name)
{
	char path[512], bytes[8192];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/vectors/bounces/%s", TEST_DIR, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	tty_type(t, bytes, n);
}

static void
test_line(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "b450 4.4.8 MX hosts of example.test failed MTA-STS validation\r");
	assert_true(tty_shows(&t, "Exchange Online (by its own words)"));
	assert_true(tty_shows(&t, "mx-not-in-policy  backup.example.test  true now"));
	assert_true(tty_shows(&t, "more (an empty line ends it):"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "understood 1 of 1 line"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "Finding"));
	assert_true(tty_shows(&t, "MX host matches no mx pattern"));
	tty_keys(&t, "q");
	assert_true(tty_shows(&t, "What it says"));
	/* Another in its place: back leads to the walk. */
	tty_keys(&t, "b5.7.5\r");
	assert_true(tty_shows(&t, "likely, by the code alone"));
	tty_keys(&t, "q");
	assert_true(tty_shows(&t, "Mail now"));
	story_leave(&t);
}

static void
test_lines(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "bto=<a@example.test>, relay=backup.example.test[192.0.2.9]:25,\r");
	assert_true(tty_shows(&t, "mail to example.test, tried at backup.example.test"));
	tty_keys(&t, "status=deferred (Server certificate\r");
	tty_keys(&t, "not verified)\r");
	assert_true(tty_shows(&t, "Postfix (by its own words)"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "understood 2 of 3 lines"));
	story_leave(&t);
}

/* Blank lines inside of what is pasted end nothing, and none of it is taken for keys. */
static void
test_paste(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "b");
	paste(&t, "dsn.eml");
	tty_until(&t, "5.7.5: given up");
	tty_until(&t, "understood 7 of 24 lines");
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "more (an empty line ends it):"));
	tty_keys(&t, "\r");
	assert_false(tty_shows(&t, "more (an empty line ends it):"));
	assert_true(tty_shows(&t, "The walk here is of example.test, this is about example.com"));
	story_leave(&t);
}

/* At the domain prompt a bounce is recognised, and Enter walks the domain that it names. */
static void
test_home(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "--no-history", "--resolver",
		"127.0.0.1:9", "--timeout", "1", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "Walk the MTA-STS");
	tty_keys(&t, "450 4.4.8 MX hosts of example.test failed MTA-STS validation.\r");
	assert_true(tty_shows(&t, "What a walk would look at"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "understood 1 of 1 line"));
	assert_true(tty_shows(&t, "walk example.test: `stswalk example.test`"));
	tty_type(&t, "\r", 1);
	/* The walk begins with the bounce, and says what it sees. */
	tty_until(&t, "stswalk  example.test  Bounce");
	tty_until(&t, "What the walk of");
	tty_until(&t, "No MX host could be looked at");
	tty_type(&t, "Q", 1);
	tty_end(&t);
}

static void
test_home_code(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "--no-history", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "Walk the MTA-STS");
	tty_keys(&t, "5.7.5\r");
	assert_true(tty_shows(&t, "Remote certificate") || tty_shows(&t, "Exchange Online"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "the text names no domain: d walks one"));
	tty_type(&t, "Q", 1);
	tty_end(&t);
}

static void
test_sizes(void **state)
{
	static const int sizes[][2] = { { 40, 120 }, { 16, 60 }, { 8, 44 }, { 3, 19 } };
	static const char *const ascii[] = { "LC_ALL=C", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tty t;

		story_open(&t, 24, 80, i % 2 == 0 ? ascii : NULL, STORY_FAILING);
		tty_keys(&t, "bto=<a@example.test>, status=deferred (x)\r");
		tty_keys(&t, "\r");
		tty_resize(&t, sizes[i][0], sizes[i][1]);
		story_keys(&t, "jjG");
		assert_false(t.has_unknown);
		assert_true(i % 2 != 0 || !t.has_high);
		story_leave(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_home_code),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
