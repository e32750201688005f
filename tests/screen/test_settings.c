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
			 "color = blue\nwarn-days = many\nclipboard = off\n"
			 "watch-seconds = 59\n");
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
	assert_non_null(memmem(t.tail, t.tail_n, "watch-seconds: \"59\" is not", 26));
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
	assert_true(tty_shows(
		&t, "line 3: state.ok: unknown colour \"gren\" (did you mean \"green\"?)"));
	story_keys(&t, "T");
	assert_true(
		tty_shows(&t, "line 4: unknown role \"state.oc\" (did you mean \"state.ok\"?)"));
	assert_false(tty_shows(&t, "line 5"));
	story_leave(&t);
	unlink(path);
}

struct settings {
	char folder[64], themes[128], home[128];
	const char *env[3];
};

static void
settings_make(struct settings *s)
{
	char path[192];

	memset(s, 0, sizeof(*s));
	snprintf(s->folder, sizeof(s->folder), "/tmp/stswalk-settings-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(path, sizeof(path), "%s/stswalk", s->folder);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(s->themes, sizeof(s->themes), "%s/stswalk/themes", s->folder);
	assert_int_equal(mkdir(s->themes, 0700), 0);
	snprintf(path, sizeof(path), "%s/my.x.theme", s->themes);
	write_text(path, "inherit = dark\n[roles]\nstate.ok = gren\n");
	snprintf(path, sizeof(path), "%s/sepia.theme", s->themes);
	write_text(path, "inherit = light\n[roles]\nstate.ok = 130 default bold\n");
	snprintf(s->home, sizeof(s->home), "XDG_CONFIG_HOME=%s", s->folder);
	s->env[0] = s->home;
}

static void
settings_drop(struct settings *s)
{
	char command[128];
	int rc;

	snprintf(command, sizeof(command), "rm -rf '%s'", s->folder);
	rc = system(command);
	assert_int_equal(rc, 0);
}

static bool
file_has(const char *path, const char *text)
{
	char bytes[16384];
	size_t n;
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return false;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return memmem(bytes, n, text, strlen(text)) != NULL;
}

/* The picker lists the user's themes, shows what is wrong with one, previews, and q gives back. */
static void
test_picker(void **state)
{
	struct settings s;
	char path[192];
	struct tty t;

	(void)state;
	settings_make(&s);
	story_open(&t, 24, 80, s.env, STORY_FAILING);
	story_keys(&t, "T");
	assert_true(tty_shows(&t, "256 colours   UTF-8   background: the terminal's"));
	assert_true(tty_shows(&t, "▸ terminal (now)"));
	assert_true(tty_shows(&t, "  auto "));
	assert_true(tty_shows(&t, "my.x (broken)"));
	assert_true(tty_shows(&t, "sepia (yours)"));
	assert_true(tty_shows(&t, "state.ok         green"));
	story_keys(&t, "G");
	assert_true(tty_shows(&t, "▸ sepia (yours)"));
	assert_true(tty_shows(&t, "state.ok         130 bold"));
	story_keys(&t, "k");
	assert_true(tty_shows(&t, "my.x.theme, line 3: state.ok: unknown colour \"gren\" (did"));
	story_keys(&t, "q");
	story_keys(&t, "T");
	assert_true(tty_shows(&t, "▸ terminal (now)"));
	assert_true(tty_shows(&t, "state.ok         green"));
	/* H leaves it as q does. */
	story_keys(&t, "G");
	story_keys(&t, "H");
	story_keys(&t, "T");
	assert_true(tty_shows(&t, "state.ok         green"));
	/* A copy of any theme, never over a file. */
	story_keys(&t, "w\r");
	snprintf(path, sizeof(path), "%s/mine.theme", s.themes);
	assert_true(file_has(path, "#   state.ok: "));
	assert_true(file_has(path, "state.ok = green"));
	assert_true(tty_shows(&t, "mine (yours)"));
	tty_keys(&t, "w");
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "mine.theme"));
	assert_true(tty_shows(&t, "exists"));
	tty_keys(&t, "w");
	tty_keys(&t, "\025../x\r");
	assert_true(tty_shows(&t, "is no name of a theme"));
	/* Enter keeps it for the next time. */
	story_keys(&t, "G");
	tty_keys(&t, "\r");
	assert_true(tty_shows(&t, "theme sepia, kept in the configuration"));
	story_leave(&t);
	snprintf(path, sizeof(path), "%s/stswalk/config", s.folder);
	assert_true(file_has(path, "theme = sepia"));
	story_open(&t, 24, 80, s.env, STORY_FAILING);
	story_keys(&t, "T");
	assert_true(tty_shows(&t, "▸ sepia (yours) (now)"));
	story_leave(&t);
	settings_drop(&s);
}

/* auto looks at what the terminal says of its background. */
static void
test_auto(void **state)
{
	static const struct {
		const char *env[2], *is;
	} rows[] = { { { "COLORFGBG=0;15" }, "light" }, { { "COLORFGBG=15;default;0" }, "dark" },
		{ { "COLORFGBG=what" }, "terminal" }, { { "COLORFGBG=" }, "terminal" } };
	struct tty t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *argv[] = { TEST_PROGRAM, "open", STORY_FAILING, "--theme", "auto",
			NULL };
		char shown[2048], same[2048];

		tty_start(&t, 24, 80, rows[i].env, argv);
		tty_until(&t, "done 5/5");
		story_keys(&t, "T");
		assert_true(tty_shows(&t, "▸ auto (now)"));
		tty_row(&t, 12, shown, sizeof(shown));
		story_keys(&t, strcmp(rows[i].is, "light") == 0  ? "jjj"
			       : strcmp(rows[i].is, "dark") == 0 ? "jj"
								 : "j");
		tty_row(&t, 12, same, sizeof(same));
		assert_string_equal(strstr(shown, "state.ok"), strstr(same, "state.ok"));
		story_leave(&t);
	}
}

/* Options stand over the file, and --print-config says so. */
static void
test_origins(void **state)
{
	static const char *const shows[] = { "ascii = yes   # --ascii", "theme = mono   # --theme",
		"warn-days = 20   # --warn-days", "resolver = 127.0.0.1   # --resolver",
		"history = no   # --no-history", "summary = no   # --no-summary",
		"controls = no   # --no-controls", "ehlo = mx.example   # --ehlo",
		"color = never   # --color", "clipboard = osc52   # default" };
	static const char *const argv[] = { TEST_PROGRAM, "--print-config", "--ascii", "--theme",
		"mono", "--warn-days", "20", "--resolver", "127.0.0.1", "--no-history",
		"--no-summary", "--no-controls", "--ehlo", "mx.example", "--color", "never", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 40, 200, NULL, argv);
	tty_end(&t);
	assert_int_equal(t.status, 0);
	for (size_t i = 0; i < sizeof(shows) / sizeof(shows[0]); i++) {
		if (memmem(t.tail, t.tail_n, shows[i], strlen(shows[i])) == NULL)
			fail_msg("%s: %.*s", shows[i], (int)t.tail_n, t.tail);
	}
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
		cmocka_unit_test(test_picker),
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_every_theme),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_prompt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
