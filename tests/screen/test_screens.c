/*
 * Goldens: every screen of a recorded session at three sizes, in UTF-8 and in ASCII.
 * UPDATE_GOLDEN=1 writes them anew.
 */
#include "screen/story.h"

#include "core/buf.h"

struct picture {
	const char *name;
	int rows, columns;
	const char *const *env;
};

static const char *const ascii[] = { "LC_ALL=C", NULL };

static const struct picture pictures[] = {
	{ "80x24", 24, 80, NULL },
	{ "80x24-ascii", 24, 80, ascii },
	{ "120x40", 40, 120, NULL },
	{ "120x40-ascii", 40, 120, ascii },
	{ "60x16", 16, 60, NULL },
	{ "60x16-ascii", 16, 60, ascii },
};

/* Attributes beside the text: one letter per cell. */
static void
add_attributes(struct tty *t, int row, struct buf *out)
{
	char line[512];
	int column, end = 0;

	for (column = 0; column < t->columns; column++) {
		VTermScreenCell cell;
		VTermPos at = { .row = row, .col = column };

		vterm_screen_get_cell(t->screen, at, &cell);
		line[column] = cell.attrs.reverse     ? 'r'
			       : cell.attrs.bold      ? 'b'
			       : cell.attrs.underline ? 'u'
						      : '.';
		if (line[column] != '.')
			end = column + 1;
	}
	line[end] = '\0';
	buf_addf(out, "%2d~%s\n", row, line);
}

static void
add_screen(struct tty *t, const char *name, bool with_attributes, struct buf *out)
{
	char row[2048];
	int i;

	buf_addf(out, "== %s\n", name);
	for (i = 0; i < t->rows; i++)
		buf_addf(out, "%2d|%s\n", i, tty_row(t, i, row, sizeof(row)));
	for (i = 0; with_attributes && i < t->rows; i++)
		add_attributes(t, i, out);
}

static void
check_golden(const char *name, const struct buf *got)
{
	char path[512];
	struct buf want = BUF_INIT(0);
	const char *update = getenv("UPDATE_GOLDEN");
	char bytes[8192];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/golden/screens/%s.txt", TEST_DIR, name);
	if (update != NULL && update[0] == '1') {
		f = fopen(path, "w");
		assert_non_null(f);
		assert_int_equal(fwrite(got->p, 1, got->n, f), got->n);
		fclose(f);
		return;
	}
	f = fopen(path, "r");
	if (f == NULL)
		fail_msg("%s is missing: UPDATE_GOLDEN=1 writes it", path);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(&want, (struct str){ bytes, n });
	fclose(f);
	if (!str_eq(buf_str(&want), buf_str(got))) {
		snprintf(path, sizeof(path), "build/%s.got", name);
		f = fopen(path, "w");
		if (f != NULL) {
			fwrite(got->p, 1, got->n, f);
			fclose(f);
		}
		fail_msg("%s differs from its golden; what came is in %s", name, path);
	}
	buf_release(&want);
}

static void
test_picture(void **state)
{
	const struct picture *p = *state;
	struct buf out = BUF_INIT(0);
	struct tty t;
	size_t i;

	story_open(&t, p->rows, p->columns, p->env, STORY_FAILING);
	for (i = 0; i < STORY_SCREENS; i++) {
		story_go(&t, i);
		add_screen(&t, story_screens[i].name, p->env == NULL && p->rows == 24, &out);
	}
	assert_false(t.has_unknown);
	assert_true(p->env == NULL || !t.has_high);
	story_leave(&t);
	check_golden(p->name, &out);
	buf_release(&out);
}

int
main(void)
{
	enum { COUNT = sizeof(pictures) / sizeof(pictures[0]) };
	struct CMUnitTest tests[COUNT];
	size_t i;

	for (i = 0; i < COUNT; i++) {
		tests[i] = (struct CMUnitTest){ .name = pictures[i].name,
			.test_func = test_picture,
			.initial_state = (void *)(uintptr_t)&pictures[i] };
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
