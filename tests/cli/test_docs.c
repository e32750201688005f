/* What is made from the tables: completions that a shell runs, manual pages that name every option. */
#include "cli/program.h"

/* The folder of the program that is tested has what was made beside it. */
static const char *
made(const char *name)
{
	static char path[512];
	const char *slash = strrchr(TEST_PROGRAM, '/');

	snprintf(path, sizeof(path), "%.*s/share/%s", (int)(slash - TEST_PROGRAM), TEST_PROGRAM,
		name);
	return path;
}

static const struct {
	const char *line; /* of the command line; the last word is completed */
	const char *has, *has_not;
} completions[] = {
	{ "stswalk ch", "check", "lint" },
	{ "stswalk check --red", "--redact", "--list" },
	{ "stswalk check -f mark", "markdown", "html" },
	{ "stswalk open --b", "--brief", "--resolver" },
	{ "stswalk lint --format js", "json", "markdown" },
	{ "stswalk check --require t", "testing", "enforce" },
	{ "stswalk demo --theme da", "dark", "light" },
	{ "stswalk demo --color al", "always", "never" },
	{ "stswalk demo wildcard-p", "wildcard-provider", "migration" },
	{ "stswalk demo ./tests/bench/fi", "five-by-two.lab", "bench.c" },
	{ "stswalk open README", "README.md", "CHANGELOG" },
	{ "stswalk tlsrpt README", "README.md", "CHANGELOG" },
	{ "stswalk lint --policy README", "README.md", "CHANGELOG" },
	{ "stswalk explain tls-cert-exp", "tls-cert-expired", "txt-absent" },
	{ "stswalk explain thr", "threat-model", "txt-absent" },
	{ "stswalk --tim", "--timeout", "--list" },
	{ "stswalk example.com --tim", "--timeout", "--list" },
};

/* A shell's own words; $FILE is the file of the completion, $FOLDER one to write to. */
static const struct shell {
	const char *name, *file, *command;
} shells[] = {
	{ "bash", "completion.bash",
		"bash -c 'source $FILE; COMP_WORDS=($LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		"_stswalk; printf \"%s\\n\" \"${COMPREPLY[@]}\"'" },
	{ "zsh", "completion.zsh", "zsh -f tests/cli/complete.zsh $FILE \"$LINE\" $FOLDER 2>&1" },
	{ "fish", "completion.fish",
		"fish --no-config -c 'source $FILE; complete -C $LINE' | cut -f1" },
};

static void
complete(const struct shell *shell)
{
	char command[64], answer[16384], folder[] = "/tmp/stswalk-shell-XXXXXX";
	size_t n;

	snprintf(command, sizeof(command), "command -v %s >/dev/null", shell->name);
	if (system(command) != 0) {
		print_message("no %s here: its completion is not tried\n", shell->name);
		skip();
	}
	assert_non_null(mkdtemp(folder));
	setenv("FOLDER", folder, 1);
	for (size_t i = 0; i < ROWS(completions); i++) {
		FILE *pipe;

		setenv("FILE", made(shell->file), 1);
		setenv("LINE", completions[i].line, 1);
		pipe = popen(shell->command, "r");
		assert_non_null(pipe);
		n = fread(answer, 1, sizeof(answer) - 1, pipe);
		answer[n] = '\0';
		check_int(shell->name, completions[i].line, pclose(pipe), 0);
		if (strstr(answer, completions[i].has) == NULL)
			fail_msg("%s: %s: no %s in %s", shell->name, completions[i].line,
				completions[i].has, answer);
		if (strstr(answer, completions[i].has_not) != NULL)
			fail_msg("%s: %s: %s in %s", shell->name, completions[i].line,
				completions[i].has_not, answer);
	}
	assert_int_equal(system("rm -r $FOLDER"), 0);
}

static void
test_bash(void **state)
{
	(void)state;
	complete(&shells[0]);
}

static void
test_zsh(void **state)
{
	(void)state;
	complete(&shells[1]);
}

static void
test_fish(void **state)
{
	(void)state;
	complete(&shells[2]);
}

/* Every shell's file names every option; other shells parse it where they are there. */
static void
test_every_option(void **state)
{
	static const char *const files[] = { "completion.bash", "completion.zsh",
		"completion.fish" };
	static const char *const checks[] = { "bash -n",
		"command -v zsh >/dev/null || exit 0; zsh -n",
		"command -v fish >/dev/null || exit 0; fish --no-execute" };
	static const struct {
		bool is_there;
		const char *name;
	} options[] = {
#define GROUP(title)
#define OPTION(name, letter, argument, in, set, member, low, high, help) { true, name },
#define LATER(name, argument, in) { false, name },
#include "tui/options.def"
#undef GROUP
#undef OPTION
#undef LATER
	};

	(void)state;
	for (size_t i = 0; i < ROWS(files); i++) {
		struct buf text = file_text(made(files[i]));
		char command[700];

		for (size_t k = 0; k < ROWS(options); k++)
			if (options[k].is_there)
				check_has(files[i], &text, options[k].name);
		buf_release(&text);
		snprintf(command, sizeof(command), "sh -c '%s %s'", checks[i], made(files[i]));
		check_int(files[i], "syntax", system(command), 0);
	}
}

static void
test_manual(void **state)
{
	static const struct {
		const char *page, *has;
	} rows[] = {
		{ "stswalk.1", "\\-\\-redact[=CLASSES]" },
		{ "stswalk.1", "\\-\\-resolver ADDR[:PORT]" },
		{ "stswalk.1", "stswalk " STSWALK_VERSION },
		{ "stswalk.1", ".SH EXIT STATUS" },
		{ "stswalk.1", "next problem" },
		{ "stswalk.conf.5", "warn\\-days" },
		{ "stswalk-theme.5", "title.verdict.fail" },
		{ "stswalk-scenario.5", "expired\\-intermediate" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = file_text(made(rows[i].page));

		check_has(rows[i].page, &text, rows[i].has);
		if (text_has(&text, "@"))
			check_true(rows[i].page, "nothing is left to fill in",
				!text_has(&text, "@\n"));
		buf_release(&text);
	}
}

/* "--word" of a page is an option of the program, at least somewhere. */
static void
test_options_of_pages(void **state)
{
	static const char *const names[] = {
#define GROUP(title)
#define OPTION(name, letter, argument, in, set, member, low, high, help) name,
#define LATER(name, argument, in)
#include "tui/options.def"
#undef GROUP
#undef OPTION
#undef LATER
	};
	static const char *const pages[] = { TEST_DIR "/../README.md",
		TEST_DIR "/../docs/guide.md" };

	(void)state;
	for (size_t i = 0; i < ROWS(pages); i++) {
		struct buf text = file_text(pages[i]);
		struct str rest = buf_str(&text);
		size_t count = 0;

		for (size_t at = 0; at + 3 < rest.n; at++) {
			struct str word = str_skip(rest, at + 3);
			size_t n = 0, k = 0;

			if (rest.p[at + 1] != '-' || rest.p[at + 2] != '-' ||
				(rest.p[at] != ' ' && rest.p[at] != '`'))
				continue;
			while (n < word.n &&
				(word.p[n] == '-' || (word.p[n] >= 'a' && word.p[n] <= 'z')))
				n++;
			word = str_sub(word, 0, n);
			while (k < ROWS(names) && !str_is(word, names[k]))
				k++;
			/* Lines of demo --serve and HTML comments have others. */
			if (k == ROWS(names) && n > 0 && !str_is(word, "cacert") &&
				!str_is(word, "connect-to"))
				fail_msg("%s: no option --%.*s", pages[i], STR_ARG(word));
			count += n > 0;
		}
		assert_true(count > 10);
		buf_release(&text);
	}
}

/* Formatters that are here find nothing to say. */
static void
test_manual_format(void **state)
{
	static const char *const formatters[][2] = { { "mandoc", "mandoc -Tlint -Wwarning" },
		{ "groff", "groff -man -ww -Tutf8 -Z" } };
	static const char *const pages[] = { "stswalk.1", "stswalk.conf.5", "stswalk-theme.5",
		"stswalk-scenario.5" };
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(formatters); i++) {
		char command[1024];

		snprintf(command, sizeof(command), "command -v %s >/dev/null", formatters[i][0]);
		if (system(command) != 0) {
			print_message(
				"no %s here: the pages are not put through it\n", formatters[i][0]);
			continue;
		}
		count++;
		for (size_t k = 0; k < ROWS(pages); k++) {
			snprintf(command, sizeof(command),
				"! { %s %s 2>&1 >/dev/null | grep . >&2; } && ! { %s %s 2>&1 | "
				"grep -E "
				"'WARNING|ERROR' >&2; }",
				formatters[i][1], made(pages[k]), formatters[i][1], made(pages[k]));
			check_int(pages[k], formatters[i][0], system(command), 0);
		}
	}
	if (count == 0)
		skip();
}

/* The example of a page as a file: what stands between .nf and .fi. */
static void
example(const char *page, const char *path)
{
	struct buf text = file_text(made(page)), out = BUF_INIT(0);
	struct str rest = buf_str(&text), line;
	bool is_inside = false;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	while (str_split(&rest, '\n', &line)) {
		if (str_is(line, ".nf") || str_is(line, ".fi")) {
			is_inside = str_is(line, ".nf");
			continue;
		}
		for (size_t i = 0; is_inside && i < line.n; i++)
			if (line.p[i] != '\\')
				buf_add_char(&out, line.p[i]);
		if (is_inside)
			buf_add_char(&out, '\n');
	}
	assert_true(out.n > 0);
	assert_int_equal(fwrite(out.p, 1, out.n, file), out.n);
	assert_int_equal(fclose(file), 0);
	buf_release(&text);
	buf_release(&out);
}

/* The examples of the pages are understood without a word of complaint. */
static void
test_examples(void **state)
{
	static const struct {
		const char *page, *words[6];
		int exit;
		const char *has;
	} rows[] = {
		{ "stswalk-scenario.5", { "demo" }, 2, "starttls-absent" },
		{ "stswalk-theme.5", { "open", "tests/sessions/good.stswalk", "--theme-file" }, 0,
			"good" },
		{ "stswalk.conf.5", { "--print-config" }, 0, "warn-days = 14" },
	};
	char folder[] = "/tmp/stswalk-pages-XXXXXX", path[256];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/stswalk", folder);
	assert_int_equal(mkdir(path, 0700), 0);
	setenv("XDG_CONFIG_HOME", folder, 1);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *words[8] = { NULL };
		struct program p = { .out = BUF_INIT(0), .err = BUF_INIT(0) };
		size_t n = 0;
		const bool is_config = strcmp(rows[i].page, "stswalk.conf.5") == 0;

		snprintf(path, sizeof(path), "%s/stswalk/%s", folder,
			is_config ? "config" : "example.lab");
		example(rows[i].page, path);
		for (; rows[i].words[n] != NULL; n++)
			words[n] = rows[i].words[n];
		if (!is_config)
			words[n] = path;
		program_run(&p, words);
		check_int(rows[i].page, "exit", p.exit, rows[i].exit);
		check_has(rows[i].page, &p.out, rows[i].has);
		check_int(rows[i].page, "complaints", p.err.n, 0);
		buf_release(&p.out);
		buf_release(&p.err);
		unlink(path);
	}
	unsetenv("XDG_CONFIG_HOME");
	snprintf(path, sizeof(path), "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bash),
		cmocka_unit_test(test_zsh),
		cmocka_unit_test(test_fish),
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_options_of_pages),
		cmocka_unit_test(test_manual_format),
		cmocka_unit_test(test_examples),
	};
	const char *path = getenv("PATH");
	char with_program[4096];

	/* Completions ask stswalk for scenarios. */
	snprintf(with_program, sizeof(with_program), "%.*s:%s",
		(int)(strrchr(TEST_PROGRAM, '/') - TEST_PROGRAM), TEST_PROGRAM,
		path != NULL ? path : "/usr/bin:/bin");
	setenv("PATH", with_program, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
