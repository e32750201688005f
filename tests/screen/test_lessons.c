/* Every lesson of the course, stepped through by keys; a quiz that keeps its secret. */
#include "screen/tty.h"

#include <string.h>

enum { LESSONS = 24, PAGES_MAX = 40 };

static void
start(struct tty *t, const char *option, const char *name)
{
	const char *const argv[] = { TEST_PROGRAM, "demo", option, name, "--no-history", NULL };

	tty_start(t, 24, 80, NULL, argv);
	tty_until(t, "What do you expect?");
}

static void
test_every_lesson(void **state)
{
	(void)state;
	for (int i = 1; i <= LESSONS; i++) {
		char number[8], title[32];
		struct tty t;
		int pages = 0;

		snprintf(number, sizeof(number), "%d", i);
		snprintf(title, sizeof(title), "Lesson %d of 24", i);
		start(&t, "--step", number);
		assert_true(tty_shows(&t, title));
		assert_true(tty_shows(&t, "step 1 of"));
		assert_false(tty_shows(&t, "FAIL"));
		while (!tty_shows(&t, "the lesson is over") && pages++ < PAGES_MAX)
			tty_keys(&t, pages % 2 == 0 ? " " : "\r");
		assert_true(pages >= 10 && pages < PAGES_MAX);
		tty_keys(&t, "\177");
		assert_true(tty_shows(&t, "What do you expect?"));
		tty_keys(&t, "f");
		assert_true(tty_shows(&t, "Findings"));
		tty_keys(&t, "q");
		assert_true(tty_shows(&t, "What do you expect?"));
		tty_type(&t, "Q", 1);
		assert_int_equal(tty_end(&t), 0);
	}
}

/* The end of a lesson is longer than a screen: Space shows the fix before it goes on. */
static void
test_space_reads_to_the_end(void **state)
{
	struct tty t;
	int keys = 0;

	(void)state;
	start(&t, "--step", "cached-same-id");
	while (!tty_shows(&t, "step 5 of") && keys++ < 20)
		tty_keys(&t, " ");
	tty_keys(&t, " ");
	assert_true(tty_shows(&t, "What happened"));
	assert_false(tty_shows(&t, "The fix"));
	tty_keys(&t, " ");
	assert_true(tty_shows(&t, "The fix"));
	assert_true(tty_shows(&t, "step 5 of"));
	tty_keys(&t, " ");
	assert_true(tty_shows(&t, "step 6 of"));
	tty_type(&t, "Q", 1);
	assert_int_equal(tty_end(&t), 0);
}

static void
test_answers(void **state)
{
	struct tty t;

	(void)state;
	start(&t, "--step", "wildcard-provider");
	assert_true(tty_shows(&t, "1 DNS \u25cc"));
	assert_true(
		tty_shows(&t, "lesson 9 of 24   answered 0 of 0 right   act 1 of 2   choice 1"));
	tty_keys(&t, "j ");
	assert_true(tty_shows(&t, "You said (b): not so"));
	assert_true(tty_shows(&t, "answered 0 of 1 right   act 1 of 2"));
	tty_keys(&t, "\177k ");
	assert_true(tty_shows(&t, "You said (a): right"));
	assert_true(tty_shows(&t, "answered 1 of 1 right   act 1 of 2"));
	/* What was told has its state in the strip, what was not waits. */
	assert_true(tty_shows(&t, "1 DNS \u2713"));
	assert_true(tty_shows(&t, "2 FETCH \u25cc"));
	assert_true(tty_shows(&t, "5 END \u25cc"));
	tty_keys(&t, "\177\177");
	assert_true(tty_shows(&t, "this is the first step"));
	tty_keys(&t, "P");
	assert_true(tty_shows(&t, "not in a lesson"));
	tty_type(&t, "Q", 1);
	assert_int_equal(tty_end(&t), 0);
}

/* Until the fault is named no key shows what it is. */
static void
test_quiz(void **state)
{
	static const char *const looks[] = { "f", "s", "5", "4", "H", "w", "p", "e", "X", "c" };
	struct tty t;
	int wrong = 0;

	(void)state;
	start(&t, "--quiz", "mx-expired");
	assert_true(tty_shows(&t, "Quiz"));
	assert_false(tty_shows(&t, "f Findings"));
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		tty_keys(&t, looks[i]);
		assert_false(tty_shows(&t, "tls-cert-expired"));
		assert_false(tty_shows(&t, "FAIL"));
		if (!tty_shows(&t, "What do you expect?"))
			tty_keys(&t, "q");
		assert_true(tty_shows(&t, "What do you expect?"));
	}
	for (int i = 0; i < 10; i++)
		tty_keys(&t, " ");
	assert_true(tty_shows(&t, "Name what is wrong"));
	tty_keys(&t, " ");
	/* The strip says which stages were told, not how they went; a wrong name what it means. */
	assert_false(tty_shows(&t, "1 DNS \u2713"));
	assert_false(tty_shows(&t, "4 MX \u2717"));
	assert_true(tty_shows(&t, "5 END"));
	assert_true(tty_shows(&t, "that is not it"));
	assert_true(tty_shows(&t, "That is not it"));
	while (tty_shows(&t, "that is not it") && wrong++ < 4)
		tty_keys(&t, "j ");
	assert_true(tty_shows(&t, "tls-cert-expired"));
	assert_true(tty_shows(&t, "Lesson 12 of 24"));
	tty_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	tty_type(&t, "Q", 1);
	assert_int_equal(tty_end(&t), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_space_reads_to_the_end),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_quiz),
		cmocka_unit_test(test_every_lesson),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
