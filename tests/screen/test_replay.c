/* A saved session on the screen: shown at once, played, held, stepped; and one that is followed. */
#include "screen/tty.h"

static char file[64];

static int
make_file(void **state)
{
	char command[512];

	(void)state;
	snprintf(file, sizeof(file), "/tmp/stswalk-replay-%ld.stswalk", (long)getpid());
	snprintf(command, sizeof(command), "%s demo mx-one-bad --save %s --force -o /dev/null",
		TEST_PROGRAM, file);
	return system(command) == -1;
}

static int
remove_file(void **state)
{
	(void)state;
	return unlink(file);
}

static void
leave(struct tty *t)
{
	tty_type(t, "Q", 1);
	assert_int_equal(tty_end(t), 0);
	assert_false(t->is_alt);
}

static void
test_open(void **state)
{
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, words);
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "mx-one-bad.test"));
	tty_keys(&t, "\t");
	assert_true(tty_shows(&t, "tls-cert-expired"));
	leave(&t);
}

static void
test_step(void **state)
{
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 100, NULL, words);
	tty_until(&t, "done 5/5");
	/* The last event is the end of the walk: before it the walk runs. */
	tty_keys(&t, ",");
	assert_true(tty_shows(&t, "replay"));
	assert_true(tty_shows(&t, "held"));
	assert_false(tty_shows(&t, "done 5/5"));
	tty_keys(&t, ",");
	tty_keys(&t, ".");
	assert_true(tty_shows(&t, "held"));
	tty_keys(&t, "f");
	assert_true(tty_shows(&t, "certificate of the MX host has expired"));
	tty_keys(&t, "q");
	tty_keys(&t, ".");
	assert_true(tty_shows(&t, "done 5/5"));
	assert_true(tty_shows(&t, "replay: the end"));
	leave(&t);
}

static void
test_play(void **state)
{
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 100, NULL, words);
	tty_until(&t, "done 5/5");
	tty_keys(&t, ".");
	tty_keys(&t, "+");
	assert_true(tty_shows(&t, "x2 held"));
	tty_keys(&t, "-");
	tty_keys(&t, "-");
	assert_true(tty_shows(&t, "x1/2 held"));
	/* A lab walk lasts some milliseconds: played, it comes to its end by itself. */
	tty_type(&t, "P", 1);
	tty_until(&t, "replay: the end");
	assert_true(tty_shows(&t, "done 5/5"));
	leave(&t);
}

/* The events come over standard input; keys come from the terminal. */
static void
test_follow(void **state)
{
	char command[256];
	const char *const words[] = { "/bin/sh", "-c", command, NULL };
	struct tty t;

	(void)state;
	snprintf(command, sizeof(command), "%s open - <%s", TEST_PROGRAM, file);
	tty_start(&t, 24, 80, NULL, words);
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "mx-one-bad.test"));
	leave(&t);
}

/* What stops early is shown as far as it came, and said afterwards. */
static void
test_follow_torn(void **state)
{
	char command[256];
	const char *const words[] = { "/bin/sh", "-c", command, NULL };
	struct tty t;

	(void)state;
	snprintf(command, sizeof(command), "head -40 %s | %s open -", file, TEST_PROGRAM);
	tty_start(&t, 24, 80, NULL, words);
	tty_until(&t, "mx-one-bad.test");
	tty_type(&t, "Q", 1);
	assert_int_equal(WEXITSTATUS(tty_end(&t)), 65);
}

/* D compares with the walk that is kept in the state folder. */
static void
test_diff(void **state)
{
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	char folder[] = "/tmp/stswalk-state-XXXXXX", command[1024], place[128];
	const char *env[] = { place, NULL };
	struct tty t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(place, sizeof(place), "XDG_STATE_HOME=%s", folder);
	tty_start(&t, 24, 80, env, words);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "D");
	assert_true(tty_shows(&t, "no earlier walk is kept; compare with session file:"));
	tty_keys(&t, "/nonexistent\r");
	assert_true(tty_shows(&t, "/nonexistent: "));
	/* From itself there is no difference. */
	tty_keys(&t, "D");
	tty_keys(&t, file);
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "nothing changed"));
	assert_true(tty_shows(&t, "`stswalk diff` would exit 0 (same)"));
	leave(&t);
	snprintf(command, sizeof(command),
		"d=%s/stswalk/sessions/mx-one-bad.test && mkdir -p $d && "
		"sed s/id=20260101T000000/id=7/g %s >$d/20200101T000000.000Z.stswalk",
		folder, file);
	assert_int_equal(system(command), 0);
	tty_start(&t, 24, 80, env, words);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "D");
	assert_true(tty_shows(&t, "change 1 of 1   same: "));
	assert_true(tty_shows(&t, "`stswalk diff` would exit 1 (different)"));
	assert_true(tty_shows(&t, "id=7;"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "Old, 20"));
	assert_true(tty_shows(&t, "v=STSv1; id=7;"));
	assert_true(tty_shows(&t, "v=STSv1; id=20260101T000000;"));
	tty_keys(&t, "qq");
	assert_true(tty_shows(&t, "Mail now"));
	leave(&t);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

/* A note goes into the session that w saves, before its end. */
static void
test_note(void **state)
{
	const char *const words[] = { TEST_PROGRAM, "open", file, NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, words);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "a");
	assert_true(tty_shows(&t, "note:"));
	tty_keys(&t, "called the hoster\r");
	assert_true(tty_shows(&t, "noted"));
	tty_keys(&t, "eG");
	assert_true(tty_shows(&t, "note: called the hoster"));
	assert_true(tty_shows(&t, "end: done"));
	leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_play),
		cmocka_unit_test(test_follow),
		cmocka_unit_test(test_follow_torn),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
