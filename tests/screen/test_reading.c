/*
 * What a reader meets on the way to a fault: the right certificate, the right word, and room to say
 * it where the terminal is wide.
 */
#include "screen/story.h"

/* A trusted chain for another name is wrong in its name, not in its path. */
static void
test_wrong_name(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "4jjjjjjc");
	assert_true(tty_shows(&t, "✗ name"));
	assert_false(tty_shows(&t, "✗ path"));
	story_leave(&t);
}

/* c on a host whose addresses differ shows the certificates that are wrong. */
static void
test_worst_address(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "4gjjc");
	assert_true(tty_shows(&t, "as sent by 127.0.1.27"));
	assert_true(tty_shows(&t, "✗ dates"));
	story_leave(&t);
}

/* Where a row has nothing behind it the Why box has the whole pane. */
static void
test_wide_why(void **state)
{
	struct tty t;
	char row[1024];

	(void)state;
	story_open(&t, 40, 120, NULL, STORY_FAILING);
	story_keys(&t, "3");
	assert_non_null(strstr(tty_row(&t, 3, row, sizeof(row)), "── Why ──"));
	story_leave(&t);
}

/* In a narrow list the times go, so that what was seen can be read. */
static void
test_spare_times(void **state)
{
	struct tty t;
	char row[1024];

	(void)state;
	story_open(&t, 16, 60, NULL, STORY_FAILING);
	assert_non_null(strstr(tty_row(&t, 2, row, sizeof(row)), "What was seen"));
	assert_null(strstr(row, "Time"));
	assert_true(tty_shows(&t, "200 text/html 141 B"));
	tty_resize(&t, 24, 80);
	story_keys(&t, "");
	assert_non_null(strstr(tty_row(&t, 3, row, sizeof(row)), "─ Time ─"));
	story_leave(&t);
}

/* A host that was tested while the policy is on its way waits for the policy, not for addresses. */
static void
test_waits_for_policy(void **state)
{
	static const char *const slow[] = { TEST_PROGRAM, "demo", "https-stall", "--no-history",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, slow);
	tty_until(&t, "1 of 1 address  TLSv1.3  needs");
	assert_false(tty_shows(&t, "needs its addresses"));
	story_leave(&t);
}

/* Below the whole layout the size that is needed is said whole. */
static void
test_size_needed(void **state)
{
	static const int columns[] = { 44, 52, 59 };
	struct tty t;
	size_t i;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		tty_resize(&t, 8, columns[i]);
		story_keys(&t, "");
		assert_true(tty_shows(&t, "needs 60x16"));
	}
	story_leave(&t);
}

/* t counts the lines of a dialogue from its start, from the line before, or as UTC; who is at both
 * sides stays above them, and the last words say that no mail was sent. */
static void
test_dialogue_times(void **state)
{
	struct tty t;
	char row[1024];

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "4gjjj\r");
	assert_true(tty_shows(&t, "+0.000    │─── TCP connect"));
	assert_non_null(strstr(tty_row(&t, 3, row, sizeof(row)), "mx2.example.test 127.0.1.26:"));
	story_keys(&t, "t");
	assert_true(tty_shows(&t, "^0.000    │─── TCP connect"));
	story_keys(&t, "t");
	assert_true(tty_shows(&t, "Z │─── TCP connect"));
	story_keys(&t, "jjjjjjjjjjjjjj");
	assert_non_null(strstr(tty_row(&t, 3, row, sizeof(row)), "mx2.example.test 127.0.1.26:"));
	assert_true(tty_shows(&t, "no MAIL, no mail sent"));
	story_keys(&t, "t");
	assert_true(tty_shows(&t, "+0.0"));
	story_leave(&t);
}

/* Among the certificates the Why box speaks of certificates, also where the host's name is the worse
 * fault. */
static void
test_why_of_certs(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "4gjjjjj");
	assert_true(tty_shows(&t, "mx-not-in-policy"));
	story_keys(&t, "jc");
	assert_true(tty_shows(&t, "tls-cert-host-mismatch"));
	assert_false(tty_shows(&t, "mx-not-in-policy"));
	story_leave(&t);
}

/* However small: what happens to mail, and which hosts are at risk. */
static void
test_small_mail(void **state)
{
	struct tty t;
	char row[1024];

	(void)state;
	story_open(&t, 8, 44, NULL, STORY_FAILING);
	assert_non_null(strstr(
		tty_row(&t, 1, row, sizeof(row)), "mail: delivered, validated; at risk: mx2"));
	story_leave(&t);
}

/* A page begins at what is worst on it: on the way from the verdict down to the evidence. */
static void
test_begins_at_worst(void **state)
{
	static const struct {
		const char *keys, *row;
	} rows[] = { { "2", "▸ content type" }, { "4", "▸ 20 backup.example.test" },
		{ "3J", "▸ 20 backup.example.test" }, { "g\r", "▸ DNS answers" } };
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		story_keys(&t, "H");
		story_keys(&t, rows[i].keys);
		assert_true(tty_shows(&t, rows[i].row));
	}
	story_leave(&t);
}

/* Each stage offers the keys that are of use there and counts what it is made of. */
static void
test_stages_differ(void **state)
{
	static const struct {
		const char *keys, *counter, *key;
	} rows[] = { { "0g", "check 1 of 9", "e Log" }, { "2g", "step 1 of", "c Certs" },
		{ "3g", "line 1 of 8", "s Simulate" }, { "4g", "row 1 of 7", "< Sort" } };
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char row[1024];

		story_keys(&t, "H");
		story_keys(&t, rows[i].keys);
		assert_true(tty_shows(&t, rows[i].counter));
		assert_non_null(strstr(tty_row(&t, 23, row, sizeof(row)), rows[i].key));
	}
	story_keys(&t, "H0j");
	assert_true(tty_shows(&t, "▸ no invention"));
	assert_true(tty_shows(&t, "NXDOMAIN for x"));
	assert_true(tty_shows(&t, "answers are real"));
	story_leave(&t);
}

/* A pattern of the policy names the hosts that it covers, and how near it comes to none. */
static void
test_line_hosts(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 40, 100, NULL, STORY_FAILING);
	story_keys(&t, "3jjj");
	assert_true(tty_shows(&t, "Hosts  mx1 ✓   mx2 ✗   backup ✗"));
	assert_false(tty_shows(&t, "Near"));
	story_keys(&t, "jj");
	assert_true(tty_shows(&t, "Hosts  mx1 ✗   mx2 ✗   backup ✗"));
	assert_true(tty_shows(&t, "Near"));
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_name),
		cmocka_unit_test(test_worst_address),
		cmocka_unit_test(test_wide_why),
		cmocka_unit_test(test_spare_times),
		cmocka_unit_test(test_waits_for_policy),
		cmocka_unit_test(test_size_needed),
		cmocka_unit_test(test_dialogue_times),
		cmocka_unit_test(test_why_of_certs),
		cmocka_unit_test(test_begins_at_worst),
		cmocka_unit_test(test_small_mail),
		cmocka_unit_test(test_stages_differ),
		cmocka_unit_test(test_line_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
