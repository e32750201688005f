/*
 * The console on a terminal: the lab's walks seen as an operator sees them.
 */
#include "screen/tty.h"

static const char *const good[] = { TEST_PROGRAM, "demo", "good", "--no-history", NULL };
static const char *const failing[] = { TEST_PROGRAM, "demo", "mx-expired", "--no-history", NULL };
static const char *const c_locale[] = { "LC_ALL=C", NULL };
static const char *const vt100[] = { "TERM=vt100", NULL };
static const char *const no_color[] = { "NO_COLOR=1", NULL };

static void
leave(struct tty *t)
{
	tty_type(t, "Q", 1);
	assert_int_equal(tty_end(t), 0);
	assert_false(t->is_alt);
	assert_true(tty_cursor_visible(t));
}

static void
test_overview(void **state)
{
	struct tty t;
	char row[512];

	(void)state;
	tty_start(&t, 24, 80, NULL, good);
	tty_until(&t, "done 5/5");
	assert_true(t.is_alt);
	assert_non_null(strstr(tty_row(&t, 0, row, sizeof(row)), "stswalk  good.test"));
	assert_non_null(strstr(tty_row(&t, 1, row, sizeof(row)), "Mail now"));
	assert_true(tty_shows(&t, "delivered, validated"));
	assert_true(tty_shows(&t, "2 HTTPS policy"));
	assert_true(tty_shows(&t, "4 MX + STARTTLS"));
	assert_true(tty_shows(&t, "nobody has to act"));
	assert_non_null(strstr(tty_row(&t, 22, row, sizeof(row)), "would exit 0"));
	assert_non_null(strstr(tty_row(&t, 23, row, sizeof(row)), "q Quit"));
	leave(&t);
}

static void
test_drill_down(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, failing);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "\t");
	assert_true(tty_shows(&t, "tls-cert-expired"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "MX >") || tty_shows(&t, "Walk >"));
	tty_keys(&t, "q");
	assert_true(tty_shows(&t, "Mail now"));
	tty_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	tty_keys(&t, "q");
	tty_keys(&t, "?");
	assert_true(tty_shows(&t, "open what is selected"));
	tty_keys(&t, "q");
	tty_keys(&t, "e");
	assert_true(tty_shows(&t, "Log"));
	leave(&t);
}

/* The selected row, without its place; empty: no row has the mark. */
static const char *
selected(struct tty *t, char *row, size_t size)
{
	for (int i = 0; i < 24; i++)
		if (strstr(tty_row(t, i, row, size), "\xe2\x96\xb8") != NULL)
			return row;
	row[0] = '\0';
	return row;
}

/*
 * Beside what is well the box says who must act elsewhere. From a finding to the line that shows
 * it, and even in the lowest box stands what to do.
 */
static void
test_evidence(void **state)
{
	struct tty t;
	char row[512];

	(void)state;
	tty_start(&t, 24, 80, NULL, failing);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "g");
	assert_non_null(strstr(selected(&t, row, sizeof(row)), "0 Here"));
	assert_true(tty_shows(&t, "nobody here; elsewhere domain"));
	tty_keys(&t, "f\r\r");
	assert_non_null(strstr(selected(&t, row, sizeof(row)), "expired certificate"));
	assert_true(tty_shows(&t, "Do     Renew it"));
	tty_keys(&t, "qq");
	assert_true(tty_shows(&t, "certificate of the MX host has expired"));
	/* From the host Enter goes on to the dialogue of its address. */
	tty_keys(&t, "H4\r");
	assert_non_null(strstr(selected(&t, row, sizeof(row)), "127.0.1.25"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "TCP connect"));
	leave(&t);
}

static void
test_resize(void **state)
{
	static const int sizes[][2] = { { 40, 120 }, { 16, 60 }, { 15, 59 }, { 8, 44 }, { 5, 20 },
		{ 3, 10 }, { 1, 1 }, { 60, 200 }, { 24, 80 } };
	struct tty t;
	size_t i;

	(void)state;
	tty_start(&t, 24, 80, NULL, failing);
	tty_until(&t, "done 5/5");
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		tty_resize(&t, sizes[i][0], sizes[i][1]);
	assert_true(tty_shows(&t, "Mail now"));
	assert_true(tty_shows(&t, "Quit"));
	leave(&t);
}

static void
test_ascii(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, c_locale, failing);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "\t\r");
	assert_false(t.has_high);
	leave(&t);
}

static void
test_mono(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, vt100, good);
	tty_until(&t, "done 5/5");
	assert_false(t.has_color);
	leave(&t);
	tty_start(&t, 24, 80, no_color, good);
	tty_until(&t, "done 5/5");
	assert_false(t.has_color);
	leave(&t);
}

/* A finished walk that nobody touches writes nothing. */
static void
test_idle(void **state)
{
	struct tty t;
	size_t before;

	(void)state;
	tty_start(&t, 24, 80, NULL, good);
	tty_until(&t, "done 5/5");
	while (tty_pump(&t, 300))
		;
	before = t.bytes;
	assert_false(tty_pump(&t, 2000));
	assert_int_equal(t.bytes, before);
	leave(&t);
}

static void
test_signals(void **state)
{
	static const int numbers[] = { SIGTERM, SIGHUP };
	struct tty t;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		tty_start(&t, 24, 80, NULL, good);
		tty_until(&t, "done 5/5");
		kill(t.pid, numbers[i]);
		tty_end(&t);
		assert_true(WIFEXITED(t.status));
		assert_false(t.is_alt);
	}
}

static void
test_interrupt(void **state)
{
	static const char *const slow[] = { TEST_PROGRAM, "demo", "https-stall", "--no-history",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, slow);
	tty_until(&t, "running");
	tty_type(&t, "\003", 1);
	tty_until(&t, "cancelled");
	tty_type(&t, "\003", 1);
	tty_end(&t);
	assert_true(WIFEXITED(t.status));
	assert_false(t.is_alt);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overview),
		cmocka_unit_test(test_drill_down),
		cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_mono),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
