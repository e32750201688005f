/* Simulate and the bounce helper on the screen: tabs, attacks, senders, and nothing on the network. */
#include "screen/story.h"

static void
test_tabs(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "s");
	assert_true(tty_shows(&t, "[Columns]"));
	assert_true(tty_shows(&t, "enforce"));
	tty_keys(&t, "s");
	assert_true(tty_shows(&t, "[Senders]"));
	assert_true(tty_shows(&t, "mox 0.0.17"));
	tty_keys(&t, "J");
	assert_true(tty_shows(&t, "[Attacks]"));
	tty_keys(&t, "J");
	assert_true(tty_shows(&t, "[Rollout]"));
	tty_keys(&t, "J");
	assert_true(tty_shows(&t, "[Rollout]"));
	tty_keys(&t, "K");
	assert_true(tty_shows(&t, "[Attacks]"));
	tty_keys(&t, "q");
	assert_true(tty_shows(&t, "Mail now"));
	story_leave(&t);
}

static void
test_attacks(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "ssJ");
	assert_true(tty_shows(&t, "[ ] STARTTLS stripped"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "[x] STARTTLS stripped"));
	tty_keys(&t, "U");
	assert_true(tty_shows(&t, "[ ] STARTTLS stripped"));
	story_leave(&t);
}

static void
test_sender(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "ssj\r");
	assert_true(tty_shows(&t, "as read from the source of mox 0.0.17"));
	tty_keys(&t, "q");
	assert_true(tty_shows(&t, "[Senders]"));
	story_leave(&t);
}

static void
test_bounce(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "b450 4.4.8 MX hosts of example.com failed MTA-STS validation\r");
	assert_true(tty_shows(&t, "Exchange Online (by its own words)"));
	assert_true(tty_shows(&t, "mx-not-in-policy"));
	assert_true(tty_shows(&t, "true now"));
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tabs),
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_sender),
		cmocka_unit_test(test_bounce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
