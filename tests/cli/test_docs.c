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
	const char *words; /* of the command line; the last is completed */
	const char *has, *has_not;
} completions[] = {
	{ "stswalk ch", "check", "lint" },
	{ "stswalk check --red", "--redact", "--list" },
	{ "stswalk check -f mark", "markdown", "html" },
	{ "stswalk open --", "--brief", "--resolver" },
	{ "stswalk lint --format j", "json", "--format" },
	{ "stswalk check --require t", "testing", "policy" },
	{ "stswalk explain tls-cert-exp", "tls-cert-expired", "txt-absent" },
	{ "stswalk --tim", "--timeout", "--list" },
};

static void
test_bash(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(completions); i++) {
		char command[1024], answer[4096] = "";
		FILE *pipe;
		size_t n;

		snprintf(command, sizeof(command),
			"bash -c 'source %s; COMP_WORDS=(%s); "
			"COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stswalk; "
			"echo \" ${COMPREPLY[*]} \"'",
			made("completion.bash"), completions[i].words);
		pipe = popen(command, "r");
		assert_non_null(pipe);
		n = fread(answer, 1, sizeof(answer) - 1, pipe);
		answer[n] = '\0';
		assert_int_equal(pclose(pipe), 0);
		if (strstr(answer, completions[i].has) == NULL)
			fail_msg("%s: no %s in %s", completions[i].words, completions[i].has,
				answer);
		if (strstr(answer, completions[i].has_not) != NULL)
			fail_msg("%s: %s in %s", completions[i].words, completions[i].has_not,
				answer);
	}
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bash),
		cmocka_unit_test(test_every_option),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
