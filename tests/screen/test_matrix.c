/*
 * What holds on every terminal, in every locale, at every size: no unknown sequence, no byte beyond
 * ASCII in the C locale, no colour without colour, the verdict and the key bar in sight.
 */
#include "screen/story.h"

static const int sizes[][2] = { { 24, 80 }, { 40, 120 }, { 16, 60 }, { 15, 59 }, { 8, 44 },
	{ 5, 20 }, { 3, 10 }, { 1, 1 }, { 60, 200 }, { 100, 300 } };

static const struct {
	const char *name, *env[4];
	bool is_ascii, is_mono;
} terminals[] = {
	{ "xterm-256color", { "TERM=xterm-256color" }, false, false },
	{ "xterm", { "TERM=xterm" }, false, false },
	{ "screen-256color", { "TERM=screen-256color" }, false, false },
	{ "tmux-256color", { "TERM=tmux-256color" }, false, false },
	{ "linux", { "TERM=linux" }, false, false },
	{ "vt100", { "TERM=vt100" }, false, true },
	{ "vt220", { "TERM=vt220" }, false, true },
	{ "screen in C", { "TERM=screen-256color", "LC_ALL=C" }, true, false },
	{ "linux in C", { "TERM=linux", "LC_ALL=C" }, true, false },
	{ "vt100 in C", { "TERM=vt100", "LC_ALL=C" }, true, true },
	{ "no colour", { "TERM=screen-256color", "NO_COLOR=1" }, false, true },
	{ "empty NO_COLOR", { "TERM=screen-256color", "NO_COLOR=" }, false, false },
	{ "odd LINES", { "TERM=screen-256color", "LINES=10", "COLUMNS=10" }, false, false },
};

static void
check_frame(struct tty *t)
{
	char row[4096];

	if (t->rows < 4 || t->columns < 20)
		return;
	tty_row(t, 0, row, sizeof(row));
	if (strstr(row, "FAIL") == NULL) {
		tty_dump(t);
		fail_msg("no verdict in the title");
	}
	tty_row(t, t->rows - 1, row, sizeof(row));
	if (strchr(row, '?') == NULL || strchr(row, 'q') == NULL) {
		tty_dump(t);
		fail_msg("no help or way back in the key bar");
	}
}

static void
test_terminal(void **state)
{
	size_t which = (size_t)(uintptr_t)*state, i, k;
	struct tty t;

	story_open(&t, 24, 80, terminals[which].env, STORY_FAILING);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tty_resize(&t, sizes[i][0], sizes[i][1]);
		for (k = 0; k < STORY_SCREENS; k++) {
			story_go(&t, k);
			/* Help is about keys, not about the walk. */
			check_frame(&t);
		}
	}
	assert_false(t.has_unknown);
	assert_true(!terminals[which].is_ascii || !t.has_high);
	assert_true(!terminals[which].is_mono || !t.has_color);
	assert_true(terminals[which].is_mono || t.has_color);
	story_leave(&t);
}

int
main(void)
{
	enum { COUNT = sizeof(terminals) / sizeof(terminals[0]) };
	struct CMUnitTest tests[COUNT];
	size_t i;

	for (i = 0; i < COUNT; i++) {
		tests[i] = (struct CMUnitTest){ .name = terminals[i].name,
			.test_func = test_terminal,
			.initial_state = (void *)(uintptr_t)i };
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
