/*
 * The domain prompt and its lists: what was walked, saved and learnt lately comes from the state
 * folder, at every size, and what is typed is completed, searched and edited.
 */
#include "screen/story.h"

#include <sys/stat.h>

#define HOSTILE "ev\033[31mil\xc2\x9b\xe2\x80\xae\xff.test"

struct place {
	char folder[64], state[96];
	const char *env[3];
	char env_state[128];
};

static void
write_text(const char *folder, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A working folder with one session in it, and a state folder with one walk of each kind. */
static void
place_make(struct place *p)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->folder, sizeof(p->folder), "/tmp/stswalk-home-XXXXXX");
	assert_non_null(mkdtemp(p->folder));
	snprintf(p->state, sizeof(p->state), "%s/stswalk", p->folder);
	assert_int_equal(mkdir(p->state, 0700), 0);
	snprintf(p->env_state, sizeof(p->env_state), "XDG_STATE_HOME=%s", p->folder);
	p->env[0] = p->env_state;
	write_text(p->state, "recent",
		"example.com\t2026-11-22 08:00\tFAIL\t11\n"
		"good.example\t2026-11-22 07:55\tOK\t0\n"
		"xn--bcher-kva.example\t2026-11-21 16:02\tWARN\t1\n" HOSTILE
		"\t2026-11-20 10:00\tODD\tmany\n"
		"old.example\t2026-10-01 10:00  FAIL\n");
	write_text(p->state, "lessons", "good\nnone\nno-such-lesson\n");
}

static void
place_drop(struct place *p)
{
	char command[128];
	int rc;

	snprintf(command, sizeof(command), "rm -rf '%s'", p->folder);
	rc = system(command);
	assert_int_equal(rc, 0);
}

static void
start(struct tty *t, const struct place *p, int rows, int columns, const char *more)
{
	char command[512];
	const char *const argv[] = { "/bin/sh", "-c", command, NULL };

	snprintf(command, sizeof(command), "cd '%s' && exec %s %s", p->folder, TEST_PROGRAM, more);
	tty_start(t, rows, columns, p->env, argv);
	tty_until(t, strstr(more, "demo") != NULL ? "done 5/5" : "Domain");
	/* The first picture's byte may come behind its text. */
	while (t->frames == 0)
		assert_true(tty_pump(t, TTY_PATIENCE_MS));
}

static bool
row_says(struct tty *t, const char *first, const char *second)
{
	char row[2048];

	for (int i = 0; i < t->rows; i++) {
		tty_row(t, i, row, sizeof(row));
		if (strstr(row, first) != NULL && strstr(row, second) != NULL)
			return true;
	}
	return false;
}

static void
leave(struct tty *t)
{
	tty_type(t, "\003", 1);
	assert_int_equal(tty_end(t), 0);
	assert_false(t->is_alt);
}

static void
test_lists(void **state)
{
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	write_text(p.folder, "kept.stswalk", "not a session");
	write_text(p.folder, "other.txt", "");
	start(&t, &p, 24, 80, "");
	assert_true(row_says(&t, "Recent    example.com", "2026-11-22 08:00  ✗ FAIL  11 findings"));
	assert_true(row_says(&t, "good.example", "✓ OK"));
	assert_true(row_says(&t, "bücher.example", "! WARN  xn--bcher"));
	assert_true(row_says(&t, "ev\\x1b[31mil", "2026-11-20 10:00"));
	assert_true(row_says(&t, "old.example", "2026-10-01 10:00"));
	assert_true(row_says(&t, "Saved     kept.stswalk", "20"));
	assert_false(tty_shows(&t, "other.txt"));
	assert_true(row_says(&t, "Demo ", " in all"));
	assert_true(row_says(&t, "Lessons   24 in order", "done: 2"));
	tty_resize(&t, 40, 120);
	assert_true(row_says(&t, "bücher.example", "xn--bcher-kva.example  1 finding"));
	leave(&t);
	start(&t, &p, 24, 80, "--no-history");
	assert_false(tty_shows(&t, "Recent"));
	assert_true(tty_shows(&t, "kept.stswalk"));
	assert_true(tty_shows(&t, "done: 0"));
	leave(&t);
	place_drop(&p);
}

/* Whatever the size: where to type, what was walked, and how to go on. */
static void
test_sizes(void **state)
{
	static const struct {
		int rows, columns;
	} sizes[] = { { 24, 80 }, { 16, 60 }, { 40, 120 }, { 8, 44 } };
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	start(&t, &p, 24, 80, "");
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		tty_resize(&t, sizes[i].rows, sizes[i].columns);
		assert_true(row_says(&t, "Domain", ""));
		assert_true(row_says(&t, "Recent    example.com", "✗ FAIL"));
		assert_true(row_says(&t, "Demo      good", "in all"));
		assert_true(row_says(&t, "Enter Accept", "Esc Leave"));
	}
	leave(&t);
	place_drop(&p);
}

static void
test_recall(void **state)
{
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	start(&t, &p, 24, 80, "");
	tty_keys(&t, "mine.test");
	tty_keys(&t, "\022");
	assert_true(tty_shows(&t, "type a part of its name"));
	tty_keys(&t, "example");
	assert_true(tty_shows(&t, "Domain    example.com"));
	tty_keys(&t, "\022");
	assert_true(tty_shows(&t, "Domain    good.example"));
	tty_keys(&t, "\022\022\022\022");
	assert_true(tty_shows(&t, "no older one"));
	assert_true(tty_shows(&t, "Domain    old.example"));
	tty_keys(&t, "X");
	assert_true(tty_shows(&t, "not found"));
	tty_keys(&t, "\177");
	assert_true(tty_shows(&t, "Domain    example.com"));
	tty_keys(&t, "\033");
	assert_true(tty_shows(&t, "Domain    mine.test"));
	/* By the letters that are shown, and any other key keeps what was found. */
	tty_keys(&t, "\022b\xc3\xbc");
	assert_true(tty_shows(&t, "Domain    xn--bcher-kva.example"));
	tty_keys(&t, "\001x");
	assert_true(tty_shows(&t, "Domain    xxn--bcher-kva.example"));
	leave(&t);
	place_drop(&p);
}

static void
test_edit(void **state)
{
	static const struct {
		const char *keys, *shows;
	} rows[] = {
		{ "exa\t", "Domain    example.com" },
		{ "\025zz\t", "nothing walked lately begins like this" },
		{ "\025one two\027", "Domain    one" },
		{ "\001x\005y", "Domain    xone y" },
		{ "\001\033OC\025", "Domain    one y" },
		{ "\005\025demo mx-wrong-n\t", "Domain    demo mx-wrong-name" },
		{ "\033OP", "Tab completes, ^R searches, Down: lists, ^O: file" },
	};
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	start(&t, &p, 24, 80, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tty_keys(&t, rows[i].keys);
		if (!tty_shows(&t, rows[i].shows))
			tty_dump(&t);
		assert_true(tty_shows(&t, rows[i].shows));
	}
	/* Down goes into the lists and Enter comes back to what was typed. */
	tty_keys(&t, "\033OB");
	assert_true(row_says(&t, "▸ Recent", "example.com"));
	tty_keys(&t, "k\r");
	assert_true(tty_shows(&t, "▸ Domain    demo mx-wrong-name"));
	/* A line longer than the screen is shown around its cursor. */
	for (int i = 0; i < 30; i++)
		tty_keys(&t, "0123456789");
	assert_true(row_says(&t, "Domain ", "6789"));
	/* ^O asks for a file; Esc gives it up. */
	tty_keys(&t, "\017");
	assert_true(tty_shows(&t, "open session, report or policy:"));
	tty_keys(&t, "\033OP");
	assert_true(tty_shows(&t, "Enter accepts, Esc leaves"));
	tty_keys(&t, "\033");
	assert_false(tty_shows(&t, "open session, report or policy:"));
	leave(&t);
	place_drop(&p);
}

/* The rows lead to walks, files, the demo's scenarios and the lessons. */
static void
test_rows(void **state)
{
	struct place p;
	struct tty t;
	char command[512];
	int rc;

	(void)state;
	place_make(&p);
	snprintf(command, sizeof(command), "cp " STORY_FAILING " '%s/old.stswalk'", p.folder);
	rc = system(command);
	assert_int_equal(rc, 0);
	start(&t, &p, 24, 80, "");
	tty_keys(&t, "\033");
	tty_keys(&t, "Gk");
	assert_true(tty_shows(&t, "▸ Demo"));
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "What it shows"));
	tty_keys(&t, "/mx-wrong-name\r");
	tty_type(&t, "\r", 1);
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "mx-wrong-name"));
	/* From a walk d comes back here; what is typed there may be given up. */
	tty_keys(&t, "d");
	tty_keys(&t, "\033");
	tty_keys(&t, "Gkk");
	assert_true(tty_shows(&t, "▸ Saved     old.stswalk"));
	tty_type(&t, "\r", 1);
	tty_until(&t, "example.test");
	assert_true(tty_shows(&t, "done 5/5"));
	story_leave(&t);
	place_drop(&p);
}

static bool
file_has(const struct place *p, const char *name, const char *text)
{
	char path[256], bytes[4096];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", p->state, name);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return memmem(bytes, n, text, strlen(text)) != NULL;
}

static void
to_the_end(struct tty *t)
{
	for (int pages = 0; pages < 40 && !tty_shows(t, "the lesson is over"); pages++)
		tty_keys(t, " ");
	assert_true(tty_shows(t, "the lesson is over"));
}

/* L from anywhere, Enter begins one, the last page makes it a done one, Space goes on. */
static void
test_lessons(void **state)
{
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	start(&t, &p, 24, 80, "demo good");
	tty_keys(&t, "L");
	assert_true(row_says(&t, "✓      1  all is well", "good"));
	assert_true(row_says(&t, " 3  the underscore", "txt-wrong-name"));
	assert_false(row_says(&t, "✓      3", "the underscore"));
	tty_keys(&t, "jj");
	tty_type(&t, "\r", 1);
	tty_until(&t, "Lesson 3 of 24");
	to_the_end(&t);
	assert_true(tty_shows(&t, "Space begins lesson 4"));
	tty_type(&t, " ", 1);
	tty_until(&t, "Lesson 4 of 24");
	assert_true(file_has(&p, "lessons", "txt-wrong-name\n"));
	tty_keys(&t, "L");
	assert_true(row_says(&t, "✓      3", "the underscore"));
	assert_false(row_says(&t, "✓      4", "two records"));
	story_leave(&t);
	assert_false(file_has(&p, "lessons", "txt-two-records"));
	place_drop(&p);
}

/* --no-history leaves nothing behind. */
static void
test_no_history(void **state)
{
	struct place p;
	struct tty t;

	(void)state;
	place_make(&p);
	start(&t, &p, 24, 80, "--no-history");
	tty_keys(&t, "\033");
	tty_keys(&t, "Ljjj");
	tty_type(&t, "\r", 1);
	tty_until(&t, "Lesson 4 of 24");
	to_the_end(&t);
	story_leave(&t);
	assert_false(file_has(&p, "lessons", "txt-two-records"));
	place_drop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_edit),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_lessons),
		cmocka_unit_test(test_no_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
