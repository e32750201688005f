/*
 * Hostile text on every screen: banners, EHLO lines, policy bodies, records, headers and certificate
 * names with ESC, C1, bidi controls, zero width, invalid UTF-8, very long lines and storms of
 * combining marks. No cell holds a control or an invisible character, no line is moved or coloured
 * by it, nothing of it reaches the terminal raw.
 */
#include "screen/story.h"

/* Ways to screens beyond those of the story. */
static const struct {
	const char *name, *keys;
} more[] = {
	{ "every host", "4Gc" },
	{ "each finding", "fG\r" },
	{ "evidence of a finding", "fG\rG\r" },
	{ "bytes of an answer", "1GX" },
	{ "bytes of a dialogue", "4jjj\rX" },
	{ "end of the dialogue", "4jjj\rG" },
	{ "certificate's bytes", "4jjjjjjcX" },
	{ "end of the log", "eG" },
	{ "log in UTC", "ett" },
	{ "finding from the log", "eG\r" },
	{ "sorted findings", "f>>" },
	{ "panned", "elll" },
	{ "a saved format", "wjj" },
	{ "a sender", "ssj\r" },
	{ "a bounce of bad bytes", "b550 5.7.5 \xc2\x9b"
				   "31m\xe2\x80\xae\xf0\x9f\x92\xa3 caf\xc3\xa9\r" },
	{ "a note of bad bytes", "a\xe2\x80\xae\xe2\x80\x8bnote\re" },
	{ "a search for bad bytes", "e/\xc2\x9b\xe2\x80\xae\r" },
	{ "a filter for bad bytes", "e\\\xe2\x80\xae.\r" },
	{ "lessons", "L" },
	{ "domain prompt", "d\xe2\x80\xae\xc2\x9b\xef\xbb\xbf" },
};
#define MORE (sizeof(more) / sizeof(more[0]))

static const int sizes[][2] = { { 24, 80 }, { 40, 120 }, { 16, 60 }, { 15, 59 }, { 8, 44 },
	{ 5, 20 }, { 3, 12 }, { 50, 200 } };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* C0, DEL, C1, zero width, bidi, byte order mark, tags, private use. */
static bool
is_forbidden(uint32_t c)
{
	static const uint32_t ranges[][2] = { { 0x01, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
		{ 0x061c, 0x061c }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xe000, 0xf8ff }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xeffff } };

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	}
	return false;
}

static void
check_cells(struct tty *t, const char *name)
{
	for (int row = 0; row < t->rows; row++) {
		for (int column = 0; column < t->columns; column++) {
			VTermPos at = { .row = row, .col = column };
			VTermScreenCell cell;

			vterm_screen_get_cell(t->screen, at, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0;
				i++) {
				if (is_forbidden(cell.chars[i])) {
					tty_dump(t);
					fail_msg("%s: U+%04X in row %d, column %d", name,
						(unsigned)cell.chars[i], row, column);
				}
			}
			/* One mark on a letter may be, a pile of them may not. */
			assert_true(cell.chars[1] == 0 || cell.chars[2] == 0 || cell.chars[3] == 0);
		}
	}
}

/* The frame stands where it belongs: title, rule over the status, key bar. */
static void
check_frame(struct tty *t, const char *name)
{
	char row[4096];
	size_t n;

	if (t->rows < 16 || t->columns < 60)
		return;
	tty_row(t, t->rows - 3, row, sizeof(row));
	n = strlen(row);
	if (strncmp(row, "──", 6) != 0 || n < 6 || strcmp(row + n - 6, "──") != 0) {
		tty_dump(t);
		fail_msg("%s: the rule is not in its row at %dx%d", name, t->columns, t->rows);
	}
	tty_row(t, t->rows - 1, row, sizeof(row));
	assert_true(strchr(row, '?') != NULL || strstr(row, "Enter Accept") != NULL);
	assert_true(t->is_alt);
}

static void
check(struct tty *t, const char *name)
{
	check_cells(t, name);
	check_frame(t, name);
	if (t->has_color || t->has_unknown) {
		tty_dump(t);
		fail_msg("%s: %s came through", name, t->has_color ? "a colour" : "a sequence");
	}
}

static void
leave_prompt(struct tty *t)
{
	char row[2048];

	if (strstr(tty_row(t, t->rows - 1, row, sizeof(row)), "Enter Accept") != NULL)
		tty_keys(t, "\003");
}

static void
test_every_screen(void **state)
{
	static const char *const mono[] = { "NO_COLOR=1", NULL };
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, mono, STORY_HOSTILE);
	for (size_t i = 0; i < SIZES; i++) {
		tty_resize(&t, sizes[i][0], sizes[i][1]);
		for (size_t k = 0; k < STORY_SCREENS; k++) {
			story_go(&t, k);
			check(&t, story_screens[k].name);
		}
		for (size_t k = 0; k < MORE; k++) {
			char keys[128];

			snprintf(keys, sizeof(keys), "Hg%s", more[k].keys);
			story_keys(&t, keys);
			check(&t, more[k].name);
			leave_prompt(&t);
		}
	}
	story_keys(&t, "H");
	story_leave(&t);
	/* Nor does what stays behind it hold any. */
	assert_false(t.has_color);
	assert_false(t.has_unknown);
}

/* Every row of the long screens comes by. */
static void
test_every_row(void **state)
{
	static const char *const ways[] = { "4", "f", "e", "3", "1", "2", "ss", "w" };
	static const char *const mono[] = { "NO_COLOR=1", NULL };
	struct tty t;

	(void)state;
	story_open(&t, 16, 60, mono, STORY_HOSTILE);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		char before[4096], after[4096];

		story_keys(&t, "H");
		story_keys(&t, ways[i]);
		story_keys(&t, "g");
		for (int rows = 0; rows < 400; rows++) {
			tty_row(&t, t.rows - 3, before, sizeof(before));
			check(&t, ways[i]);
			story_keys(&t, "j");
			tty_row(&t, t.rows - 3, after, sizeof(after));
			if (strcmp(before, after) == 0)
				break;
		}
	}
	story_leave(&t);
}

/* What stays behind in the scrollback is text alone. */
static void
test_summary(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "open", STORY_HOSTILE, NULL };
	const char *left, *end;
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	tty_type(&t, "Q", 1);
	tty_end(&t);
	end = t.tail + t.tail_n;
	left = memmem(t.tail, t.tail_n, "example.test: ", 14);
	for (const char *next = left; next != NULL;) {
		left = next;
		next = memmem(next + 1, (size_t)(end - next - 1), "\nexample.test: ", 15);
	}
	assert_non_null(left);
	for (; left < end; left++)
		assert_true((unsigned char)*left >= 0x20 || *left == '\r' || *left == '\n');
	assert_true(memmem(t.tail, t.tail_n, "would exit", 10) != NULL);
}

/* In the C locale it is ASCII alone. */
static void
test_ascii(void **state)
{
	static const char *const env[] = { "LC_ALL=C", "TERM=vt100", NULL };
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, env, STORY_HOSTILE);
	for (size_t k = 0; k < STORY_SCREENS; k++) {
		story_go(&t, k);
		check_cells(&t, story_screens[k].name);
	}
	assert_false(t.has_high || t.has_color || t.has_unknown);
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_screen),
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
