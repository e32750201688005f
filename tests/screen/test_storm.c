/*
 * Storms: random sizes and keys, and a session of hostile text on every screen.
 */
#include "screen/story.h"

/* The same storm every time. */
static unsigned
next(unsigned *state, unsigned below)
{
	*state = *state * 1103515245u + 12345u;
	return (*state >> 16) % below;
}

/* What leaves, writes a file or walks is not among them. */
static const char *const keys[] = { "j", "k", "h", "l", "g", "G", "J", "K", "\r", "\t", "\033[Z",
	"0", "1", "2", "3", "4", "5", "H", "f", "e", "c", "p", "X", "v", "n", "N", "m", "<", ">",
	"F", "t", "O", "y", "A", "C", "T", "?", "\004", "\025", "\006", "\002", " ", "s", "W",
	"/tls\r", "/", "\\mx\r", "\\\025\r", "\033OB", "\033[6~", "P", "r", "[", "]", "x", "S", "D",
	"b4.4.8\r", "u", "U", ".", ",", "+", "-", "\033OP", "\033[15~", "\177", "\f" };

static void
storm(const char *path, unsigned rounds, unsigned seed)
{
	struct tty t;
	unsigned i;

	story_open(&t, 24, 80, NULL, path);
	for (i = 0; i < rounds; i++) {
		const char *key = keys[next(&seed, sizeof(keys) / sizeof(keys[0]))];

		tty_type(&t, key, strlen(key));
		if (next(&seed, 4) == 0)
			tty_resize(&t, (int)next(&seed, 100) + 1, (int)next(&seed, 300) + 1);
	}
	tty_resize(&t, 24, 80);
	/* Whatever prompt is open: nothing is accepted, then to the overview. */
	story_keys(&t, "\025\r");
	story_keys(&t, "H");
	tty_until(&t, "Mail now");
	assert_false(t.has_unknown);
	story_leave(&t);
}

static void
test_storm(void **state)
{
	(void)state;
	storm(STORY_FAILING, 2000, 1);
}

static void
test_hostile_storm(void **state)
{
	(void)state;
	storm(STORY_HOSTILE, 500, 7);
}

/* Text of the network never reaches the terminal raw, nor leaves its line. */
static void
test_hostile(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 40, 120 }, { 16, 60 }, { 8, 44 } };
	static const char *const mono[] = { "NO_COLOR=1", NULL };
	char row[4096];
	struct tty t;
	size_t i, k;

	(void)state;
	story_open(&t, 24, 80, mono, STORY_HOSTILE);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tty_resize(&t, sizes[i][0], sizes[i][1]);
		for (k = 0; k < STORY_SCREENS; k++) {
			story_go(&t, k);
			tty_row(&t, 0, row, sizeof(row));
			assert_non_null(strstr(row, "FAIL"));
			tty_row(&t, t.rows - 1, row, sizeof(row));
			assert_non_null(strchr(row, '?'));
			assert_true(t.is_alt);
		}
	}
	/* The texts ask for colours and the clipboard: none of it came through. */
	assert_false(t.has_color);
	assert_false(t.has_unknown);
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_hostile_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
