/*
 * The key table: no key has two meanings, and every key does something harmless on every screen.
 */
#include "screen/story.h"

enum { KEYS_MAX = 160, NAME_MAX_BYTES = 16 };

struct key {
	char name[NAME_MAX_BYTES];
};

static const struct {
	const char *name, *bytes;
} named[] = {
	{ "Enter", "\r" },
	{ "Tab", "\t" },
	{ "Space", " " },
	{ "S-Tab", "\033[Z" },
	{ "Up", "\033OA" },
	{ "Down", "\033OB" },
	{ "Right", "\033OC" },
	{ "Left", "\033OD" },
	{ "Home", "\033[1~" },
	{ "End", "\033[4~" },
	{ "PgUp", "\033[5~" },
	{ "PgDn", "\033[6~" },
	{ "Backspace", "\177" },
	{ "F1", "\033OP" },
	{ "F2", "\033OQ" },
	{ "F3", "\033OR" },
	{ "F4", "\033OS" },
	{ "F5", "\033[15~" },
	{ "F6", "\033[17~" },
	{ "F7", "\033[18~" },
	{ "F8", "\033[19~" },
	{ "F9", "\033[20~" },
	{ "F10", "\033[21~" },
};

/* Bytes of a key's name; false for Esc, which needs time, and for what leaves or suspends. */
static bool
bytes_of(const char *name, char *out)
{
	static const char *const others[] = { "Esc", "Q", "F10", "^C", "^Z", "q" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(name, others[i]) == 0)
			return false;
	}
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		if (strcmp(name, named[i].name) == 0) {
			memcpy(out, named[i].bytes, strlen(named[i].bytes) + 1);
			return true;
		}
	}
	out[0] = name[0] == '^' && name[1] != '\0' ? (char)(name[1] & 0x1f) : name[0];
	out[1] = '\0';
	return true;
}

/* Names of all keys, from the program itself. */
static size_t
read_keys(struct key *keys)
{
	FILE *f = popen(TEST_PROGRAM " --print-keys", "r");
	char line[256];
	size_t n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *at = line + 2, *name;

		if (strncmp(line, "  ", 2) != 0)
			continue;
		/* Two columns: the key and its twins, 10 and 14 wide, each behind a blank. */
		line[2 + 10 + 1 + 14] = '\0';
		while ((name = strsep(&at, " ")) != NULL) {
			if (name[0] == '\0')
				continue;
			assert_true(n < KEYS_MAX && strlen(name) < NAME_MAX_BYTES);
			memcpy(keys[n++].name, name, strlen(name) + 1);
		}
	}
	pclose(f);
	assert_true(n > 60);
	return n;
}

static void
test_one_meaning(void **state)
{
	struct key keys[KEYS_MAX];
	size_t n = read_keys(keys), i, k;

	(void)state;
	for (i = 0; i < n; i++) {
		for (k = i + 1; k < n; k++) {
			if (strcmp(keys[i].name, keys[k].name) == 0)
				fail_msg("%s has two meanings", keys[i].name);
		}
	}
}

/* An open prompt is left by accepting nothing. */
static void
leave_prompt(struct tty *t)
{
	char row[2048];

	tty_row(t, t->rows - 1, row, sizeof(row));
	if (strstr(row, "Enter Accept") != NULL)
		story_keys(t, "\025\r");
}

/* Each key on the screen that these keys lead to; it must still be of the same walk. */
static void
press_all(struct tty *t, const char *screen, const char *way)
{
	struct key keys[KEYS_MAX];
	char bytes[NAME_MAX_BYTES], row[2048], go[200];
	const size_t n = read_keys(keys);

	snprintf(go, sizeof(go), "Hg%s", way);
	for (size_t i = 0; i < n; i++) {
		if (!bytes_of(keys[i].name, bytes))
			continue;
		story_keys(t, go);
		story_keys(t, bytes);
		leave_prompt(t);
		tty_row(t, 0, row, sizeof(row));
		if (strstr(row, "example.test") == NULL) {
			tty_dump(t);
			fail_msg("%s on %s", keys[i].name, screen);
		}
	}
}

static void
test_every_key(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (size_t s = 0; s < STORY_SCREENS; s++)
		press_all(&t, story_screens[s].name, story_screens[s].keys);
	/* Once it was asked what to compare with, D leads there. */
	story_keys(&t, "HgD" STORY_GOOD "\r");
	assert_true(tty_shows(&t, "Facts"));
	press_all(&t, "diff", "D");
	press_all(&t, "one change", "Dj\r");
	story_leave(&t);
}

/* What is on the screen, without its clock. */
static void
snapshot(struct tty *t, char *out, size_t size)
{
	char row[2048];

	out[0] = '\0';
	for (int i = 1; i < t->rows; i++) {
		tty_row(t, i, row, sizeof(row));
		snprintf(out + strlen(out), size - strlen(out), "%s\n", row);
	}
}

/* What a key does on a screen. */
static void
press(struct tty *t, size_t screen, const char *name, char *out, size_t size)
{
	char bytes[NAME_MAX_BYTES];

	assert_true(bytes_of(name, bytes));
	story_go(t, screen);
	story_keys(t, bytes);
	snapshot(t, out, size);
	leave_prompt(t);
}

/* A twin does what its key does: the console works without function keys and arrows. */
static void
test_twins(void **state)
{
	static char first[65536], second[65536];
	FILE *f = popen(TEST_PROGRAM " --print-keys", "r");
	char line[256];
	struct tty t;
	int tried = 0;

	(void)state;
	assert_non_null(f);
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *key, *at = line + 2, *twin, bytes[NAME_MAX_BYTES];

		line[2 + 10 + 1 + 14] = '\0';
		if (strncmp(line, "  ", 2) != 0 || (key = strsep(&at, " ")) == NULL ||
			!bytes_of(key, bytes))
			continue;
		while ((twin = strsep(&at, " ")) != NULL) {
			if (twin[0] == '\0' || !bytes_of(twin, bytes))
				continue;
			for (size_t s = 1; s < STORY_SCREENS; s += 3) {
				press(&t, s, key, first, sizeof(first));
				press(&t, s, twin, second, sizeof(second));
				if (strcmp(first, second) != 0)
					fail_msg("%s is not %s on %s:\n%s%s", twin, key,
						story_screens[s].name, second, first);
			}
			tried++;
		}
	}
	pclose(f);
	assert_true(tried >= 18);
	story_leave(&t);
}

/* A key of another screen says where it works; one of no screen says that, too. */
static void
test_elsewhere(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	tty_keys(&t, "u");
	assert_true(tty_shows(&t, "u undoes the last edit of What-if"));
	tty_keys(&t, "\007");
	assert_true(tty_shows(&t, "this key does nothing here"));
	story_leave(&t);
}

static void
test_search(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "e");
	tty_keys(&t, "/starttls\r");
	assert_true(tty_shows(&t, "/starttls: match 1 of "));
	tty_keys(&t, "n");
	assert_true(tty_shows(&t, "/starttls: match 2 of "));
	tty_keys(&t, "NN");
	/* It wraps. */
	assert_false(tty_shows(&t, "match 1 of "));
	tty_keys(&t, "/Starttls\r");
	assert_true(tty_shows(&t, "no match here"));
	tty_keys(&t, "/(\r");
	assert_true(tty_shows(&t, "/(: "));
	story_leave(&t);
}

static void
test_filter(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "f");
	story_keys(&t, "\\backup\r");
	assert_true(tty_shows(&t, "filter: backup"));
	assert_true(tty_shows(&t, "backup.example.test"));
	assert_false(tty_shows(&t, "text/html"));
	tty_type(&t, "\033", 1);
	tty_until(&t, "filter: none");
	tty_keys(&t, "m");
	assert_true(tty_shows(&t, "severity: warnings"));
	tty_keys(&t, ">>>");
	assert_true(tty_shows(&t, "sorted by Subject"));
	story_leave(&t);
}

/* Enter goes deeper and q comes back to the same row. */
static void
test_drill(void **state)
{
	struct tty t;
	char before[2048], after[2048];

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, "fjj");
	tty_row(&t, 6, before, sizeof(before));
	story_keys(&t, "\r");
	assert_true(tty_shows(&t, "Evidence"));
	story_keys(&t, "X");
	assert_true(tty_shows(&t, "event "));
	story_keys(&t, "qq");
	assert_string_equal(before, tty_row(&t, 6, after, sizeof(after)));
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_meaning),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_elsewhere),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_drill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
