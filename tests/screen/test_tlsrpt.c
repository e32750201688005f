/* TLSRPT reports and policy files that o opens: over a walk, before one, at every size, hostile. */
#include "screen/story.h"

#define REPORTS TEST_DIR "/vectors/reports/"

static void
open_file(struct tty *t, const char *path)
{
	tty_keys(t, "o");
	tty_type(t, path, strlen(path));
	story_keys(t, "\r");
}

static void
check_shows(struct tty *t, const char *const *rows)
{
	for (; *rows != NULL; rows++) {
		if (!tty_shows(t, *rows)) {
			tty_dump(t);
			fail_msg("\"%s\" is not on the screen", *rows);
		}
	}
}

#define SHOWS(t, ...) check_shows(t, (const char *const[]){ __VA_ARGS__, NULL })

/* Two reports over the walk: what is still true, which finding, how much each explains. */
static void
test_joined(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	open_file(&t, REPORTS "story-one.json");
	SHOWS(&t, "Report of 2026-11-21 (UTC)   failed 37 of 886 sessions",
		"certificate-host-mismatch backup.example.test    31   ✗",
		"tls-cert-host-mismatch, still true   who: domain",
		"policy   max_age 604800 there, 86400 now",
		"6 of 37 who: domain  ✗ mx-not-in-policy, backup.example.test");
	open_file(&t, REPORTS "story-two.json");
	SHOWS(&t, "Reports of 2026-11-21 (UTC)   failed 41 of 1310 sessions", "all 2 reports",
		"1 of 41: not seen now");
	story_keys(&t, "jjj");
	SHOWS(&t, "Once Mailhub Ltd could not validate mx1.example.test because it did not offer",
		"mx1.example.test: nothing of the kind now; 1 of 1 address looked at");
	/* The report on its own, and back. */
	story_keys(&t, "J");
	SHOWS(&t, "report 1 of 2", "failed 37 of 886");
	story_keys(&t, "J");
	SHOWS(&t, "report 2 of 2", "failed 4 of 424");
	story_keys(&t, "KK");
	SHOWS(&t, "all 2 reports");
	/* Enter leads to the finding, and back to the row. */
	story_keys(&t, "j\r");
	SHOWS(&t, "Finding", "MX host matches no mx pattern");
	story_keys(&t, "q");
	SHOWS(&t, "row 2 of 6");
	story_leave(&t);
}

static void
test_keys(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	open_file(&t, REPORTS "story-one.json");
	tty_keys(&t, "J");
	SHOWS(&t, "one report is open: o opens another beside it");
	tty_keys(&t, ">>>>");
	SHOWS(&t, "sorted by Count");
	tty_keys(&t, "p");
	SHOWS(&t, "What Example Mail Inc applied: sts for example.test", "max_age: 604800",
		"Against the policy of the walk");
	story_keys(&t, "qX");
	SHOWS(&t, "the report's JSON", "organization");
	story_keys(&t, "qG");
	SHOWS(&t, "row 3 of 3");
	tty_keys(&t, "\r");
	SHOWS(&t, "no finding of this walk explains this row");
	tty_keys(&t, "r");
	SHOWS(&t, "this session is from a file");
	/* The same once more is not counted twice; Enter alone shows what is open. */
	open_file(&t, REPORTS "good.json.gz");
	open_file(&t, REPORTS "mail.eml");
	SHOWS(&t, "report 2 of 2", "37 of 37: about another domain than this walk");
	open_file(&t, REPORTS "odd.json");
	SHOWS(&t, "all 3 reports");
	tty_keys(&t, "o");
	tty_type(&t, REPORTS "story-one.json", strlen(REPORTS "story-one.json"));
	tty_keys(&t, "\r");
	SHOWS(&t, "open already: it is not counted twice", "report 1 of 3");
	tty_keys(&t, "Ho\r");
	SHOWS(&t, "report 1 of 3");
	story_leave(&t);
}

/* This screen, saved, has its box with it. */
static void
test_saved(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	open_file(&t, REPORTS "story-one.json");
	story_keys(&t, "jwll");
	tty_until(&t, "(*) this screen");
	tty_until(&t, "failed 37 of 886 sessions");
	tty_until(&t, "6 times Example Mail Inc");
	story_leave(&t);
}

/* What cannot be read is told where it was asked for, and nothing is lost. */
static void
test_errors(void **state)
{
	static const struct {
		const char *file, *says;
	} rows[] = {
		{ REPORTS "broken.json.gz", "broken.json.gz: gzip that is broken or cut off" },
		{ REPORTS "bomb.json.gz", "bomb.json.gz: gzip of more than 33554432 bytes" },
		{ REPORTS "list.json", "list.json: no session, no TLSRPT report and no policy" },
		{ REPORTS "nothing.eml", "nothing.eml: mail without a TLSRPT report in it" },
		{ "/nowhere/at-all", "/nowhere/at-all" },
		{ TEST_DIR, "directory" },
		{ "/dev/null", "null: no session, no TLSRPT report and no policy" },
	};
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tty_keys(&t, "o");
		tty_type(&t, rows[i].file, strlen(rows[i].file));
		tty_keys(&t, "\r");
		/* The frame may be that of the path: a long file takes its time. */
		if (i != 5)
			tty_until(&t, rows[i].says);
		SHOWS(&t, "Mail now");
	}
	story_leave(&t);
}

/* At the domain prompt: what a walk would look at; Enter walks, and joins. */
static void
test_before_walk(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "--no-history", "--resolver",
		"127.0.0.1:9", "--timeout", "1", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "Walk the MTA-STS");
	story_keys(&t, "\017");
	tty_type(&t, REPORTS "story-one.json\r", strlen(REPORTS "story-one.json\r"));
	tty_until(&t, "TLSRPT");
	assert_false(tty_shows(&t, "w Save"));
	SHOWS(&t, "No walk yet", "A walk of example.test would look at this now",
		"Enter or r walks example.test and joins the 37 failures with it");
	story_keys(&t, "J");
	story_keys(&t, "p");
	SHOWS(&t, "policy-string");
	story_keys(&t, "qX");
	SHOWS(&t, "the report's JSON");
	story_keys(&t, "q");
	tty_type(&t, "\r", 1);
	tty_until(&t, "stswalk  example.test  TLSRPT");
	tty_until(&t, "Joined with the walk of");
	tty_until(&t, "the walk could not look at this");
	tty_type(&t, "Q", 1);
	tty_end(&t);
	assert_int_equal(t.status, 0);
}

/* A policy file over the walk: what it would do, and back. */
static void
test_rehearsal(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "o");
	tty_type(&t, REPORTS "policy.txt", strlen(REPORTS "policy.txt"));
	tty_keys(&t, "\r");
	SHOWS(&t, "rehearsal of policy.txt: not what is published", "Walk  rehearsal",
		"enforcing senders pass over 3 of 3 hosts");
	story_keys(&t, "f");
	SHOWS(&t, "no MX host matches");
	tty_keys(&t, "o\r");
	SHOWS(&t, "the walk as it was");
	story_keys(&t, "H");
	SHOWS(&t, "enforcing senders pass over 1 of 3 hosts");
	story_leave(&t);
}

/* Text of anybody does nothing, and counts do not turn round. */
static void
test_hostile(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	open_file(&t, REPORTS "hostile.json");
	SHOWS(&t, "\\x1b]0;owned", "1000000000000 of 2000000000012 who");
	story_keys(&t, "jjjp");
	story_keys(&t, "qX");
	assert_false(t.has_unknown);
	story_leave(&t);
}

static void
test_sizes(void **state)
{
	static const struct {
		int rows, columns;
		bool is_ascii;
		const char *shows;
	} sizes[] = {
		{ 24, 80, true, "certificate-host-mismatch backup.example.test    31   X" },
		{ 16, 60, false, "31   ✗" },
		{ 40, 120, false, "certificate-host-mismatch" },
		{ 40, 120, true, "What to do with this" },
		{ 8, 44, false, "TLSRPT" },
		{ 3, 19, false, "FAIL 2" },
	};
	static const char *const ascii[] = { "LC_ALL=C", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tty t;

		story_open(&t, 24, 80, sizes[i].is_ascii ? ascii : NULL, STORY_FAILING);
		open_file(&t, REPORTS "story-one.json");
		if (sizes[i].rows != 24)
			tty_resize(&t, sizes[i].rows, sizes[i].columns);
		story_keys(&t, "");
		if (sizes[i].rows != 8)
			SHOWS(&t, sizes[i].shows);
		assert_true(!sizes[i].is_ascii || !t.has_high);
		assert_false(t.has_unknown);
		story_leave(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_before_walk),
		cmocka_unit_test(test_rehearsal),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_sizes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
