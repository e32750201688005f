/*
 * Settings: configuration and theme files that are wrong are told and never stop the program; the
 * domain prompt completes.
 */
#include "screen/story.h"

#include <sys/stat.h>

/* A configuration folder of its own; the caller removes nothing: it is under the build's /tmp. */
static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
test_configuration(void **state)
{
	char folder[] = "/tmp/stswalk-settings-XXXXXX", path[128], home[128];
	static const char *const argv[] = { TEST_PROGRAM, "--print-config", NULL };
	const char *env[] = { home, NULL };
	struct tty t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/stswalk", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/stswalk/config", folder);
	write_text(path, "# mine\ntheme = dark\nthem = light\nnonsense\n"
			 "color = blue\nwarn-days = many\nclipboard = off\n");
	snprintf(home, sizeof(home), "XDG_CONFIG_HOME=%s", folder);
	tty_start(&t, 40, 200, env, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	assert_non_null(memmem(t.tail, t.tail_n, "theme = dark   # ", 17));
	assert_non_null(memmem(t.tail, t.tail_n, "config:2", 8));
	assert_non_null(memmem(t.tail, t.tail_n, "config:3: unknown setting \"them\"", 32));
	assert_non_null(memmem(t.tail, t.tail_n, "did you mean \"theme\"?", 21));
	assert_non_null(memmem(t.tail, t.tail_n, "config:4", 8));
	assert_non_null(memmem(t.tail, t.tail_n, "config:5: color: \"blue\" is not one of", 37));
	assert_non_null(memmem(t.tail, t.tail_n, "config:6: warn-days: \"many\"", 27));
	assert_null(memmem(t.tail, t.tail_n, "config:7: ", 10));
	assert_non_null(memmem(t.tail, t.tail_n, "clipboard = off   # ", 20));
	unlink(path);
	snprintf(path, sizeof(path), "%s/stswalk", folder);
	rmdir(path);
	rmdir(folder);
}

static void
test_theme_file(void **state)
{
	char path[] = "/tmp/stswalk-theme-XXXXXX";
	const char *argv[] = { TEST_PROGRAM, "demo", "good", "--no-history", "--theme-file", path,
		NULL };
	struct tty t;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	write_text(path, "inherit = dark\n[roles]\nstate.ok = gren\nstate.oc = red\n"
			 "rule = #ff8800 # orange\n");
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "line 3: unknown colour \"gren\" (did you mean \"green\"?)"));
	story_keys(&t, "T");
	assert_true(
		tty_shows(&t, "line 4: unknown role \"state.oc\" (did you mean \"state.ok\"?)"));
	assert_false(tty_shows(&t, "line 5"));
	story_leave(&t);
	unlink(path);
}

static void
test_every_theme(void **state)
{
	static const char *const names[] = { "terminal", "dark", "light", "high-contrast",
		"colorblind", "mono" };
	struct tty t;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *argv[] = { TEST_PROGRAM, "demo", "mx-expired", "--no-history",
			"--theme", names[i], NULL };

		tty_start(&t, 24, 80, NULL, argv);
		tty_until(&t, "done 5/5");
		assert_false(tty_shows(&t, "theme"));
		assert_int_equal(t.has_color, strcmp(names[i], "mono") != 0);
		story_keys(&t, "Tjjjk");
		assert_true(tty_shows(&t, names[i]));
		story_leave(&t);
	}
}

static void
test_color(void **state)
{
	static const char *const never[] = { TEST_PROGRAM, "demo", "good", "--no-history",
		"--color", "never", NULL };
	static const char *const always[] = { TEST_PROGRAM, "demo", "good", "--no-history",
		"--color=always", NULL };
	static const char *const no_color[] = { "NO_COLOR=1", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, never);
	tty_until(&t, "done 5/5");
	assert_false(t.has_color);
	story_leave(&t);
	tty_start(&t, 24, 80, no_color, always);
	tty_until(&t, "done 5/5");
	assert_true(t.has_color);
	story_leave(&t);
}

static void
test_prompt(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "--no-history", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "Domain");
	tty_keys(&t, "demo mx-wrong-n\t");
	assert_true(tty_shows(&t, "Domain    demo mx-wrong-name"));
	tty_type(&t, "\r", 1);
	tty_until(&t, "Mail now");
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_theme_file),
		cmocka_unit_test(test_every_theme),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
