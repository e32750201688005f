/* Simulate on the screen: tabs, attacks, senders, and nothing on the network. */
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
	assert_true(tty_shows(&t, "[What-if]"));
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

/* The box below the columns: why the selected host is what it is under enforce. */
static void
test_host(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 40, 120, NULL, STORY_FAILING);
	story_keys(&t, "sjj");
	assert_true(tty_shows(&t, "mx-not-in-policy tls-cert-host-mismatch"));
	assert_true(tty_shows(&t, "; and besides: the certificate"));
	assert_true(tty_shows(&t, "testing and enforce: validation-failure (likely)"));
	assert_true(tty_shows(&t, "Exchange Online 4.4.8 \"failed MTA-STS validation\""));
	story_leave(&t);
}

static void
test_attacks(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "sssJ");
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

#define POLICIES TEST_DIR "/screen/policies/"

/* + and - move over the life of a cached policy, Enter on one chooses it, t counts from the walk. */
static void
test_slider(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "open", "--cached", POLICIES "old.txt",
		"--cached", POLICIES "testing.txt", STORY_GOOD, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	story_keys(&t, "ss");
	assert_true(
		tty_shows(&t, "cached  \xe2\x9c\x97 delayed   heals 14:38Z (reads the record)"));
	assert_true(tty_shows(&t, "[x] enforce  mx: old.good.test"));
	assert_true(tty_shows(&t, "at 14:33Z, the walk"));
	story_keys(&t, "+");
	assert_true(tty_shows(&t, "at 14:38Z"));
	assert_true(tty_shows(&t, "as a fresh one since 14:38Z"));
	story_keys(&t, "--");
	assert_true(tty_shows(&t, "at 14:33Z, the walk"));
	tty_keys(&t, "-");
	assert_true(tty_shows(&t, "first sight of the copy"));
	story_keys(&t, "j\r");
	assert_true(tty_shows(&t, "[x] testing  mx: mx1.good.test"));
	assert_true(tty_shows(&t, "delivered, without validation"));
	tty_keys(&t, "t");
	assert_true(tty_shows(&t, "+20 days   at the walk"));
	story_keys(&t, "G");
	assert_true(tty_shows(&t, "Keep old.good.test up until 2026-12-02"));
	assert_true(tty_shows(&t, "publish mode none and a new id first"));
	story_leave(&t);
}

static void
test_no_copy(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_GOOD);
	story_keys(&t, "ss");
	assert_true(tty_shows(&t, "no cached policy is known: --cached FILE"));
	assert_true(tty_shows(&t, "mox 0.0.17"));
	tty_keys(&t, "+");
	assert_true(tty_shows(&t, "there is no time to move in"));
	story_leave(&t);
}

/* What becomes of the message is there on a low screen too. */
static void
test_columns_low(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 16, 60, NULL, STORY_GOOD);
	story_keys(&t, "s");
	assert_true(tty_shows(&t, "[Columns]"));
	assert_true(tty_shows(&t, "the ...age")); /* its label has the width of the hosts */
	assert_true(tty_shows(&t, "✓ validate"));
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tabs),
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_attacks),
		cmocka_unit_test(test_sender),
		cmocka_unit_test(test_slider),
		cmocka_unit_test(test_no_copy),
		cmocka_unit_test(test_columns_low),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
