/* The formats of check and demo: begin, end, several reports, the first page. */
#include "cli/program.h"

static const struct {
	const char *name;
	const char *words[PROGRAM_WORDS];
	int exit;
	const char *begins, *has;
} runs[] = {
	{ "text", { "demo", "good", "-f", "text" }, 0, "good.test", "What was seen" },
	{ "full", { "demo", "good", "--full" }, 0, "good.test", "-----BEGIN CERTIFICATE-----" },
	{ "markdown", { "demo", "good", "-f", "markdown" }, 0, "# good.test", "## By hand" },
	{ "first page", { "demo", "good", "-f", "markdown", "--brief" }, 0, "# good.test",
		"## Who must act" },
	{ "html", { "demo", "good", "-f", "html" }, 0, "<!DOCTYPE html>", "</html>\n" },
	{ "title of the page", { "demo", "good", "-f", "html" }, 0, "<!DOCTYPE html>",
		"<title>good.test: mail delivered, validated (mail.good.test); nothing "
		"wrong</title>" },
	{ "oneline", { "demo", "good", "-foneline" }, 0, "STSWALK OK - good.test: ", " | time=" },
	{ "oneline of a fault", { "demo", "mx-one-bad", "-foneline" }, 2, "STSWALK CRITICAL - ",
		"tls-cert-expired backup.mx-one-bad.test" },
	{ "the session's digest", { "demo", "good", "--full" }, 0, "good.test",
		"of its session file" },
	{ "TLSRPT", { "demo", "mx-one-bad", "-f", "tlsrpt" }, 2,
		"{\"organization-name\":\"stswalk (synthetic",
		"\"result-type\":\"certificate-expired\"" },
	{ "TLSRPT of a good walk", { "demo", "good", "-f", "tlsrpt" }, 0, "{",
		"\"total-failure-session-count\":0},\"failure-details\":[]}]}" },
	{ "redacted", { "demo", "good", "-f", "json", "--redact" }, 0, "{",
		"\"redacted\":[\"host\",\"source\",\"resolver\",\"ehlo\",\"user\"]" },
	{ "not redacted", { "demo", "good", "-f", "json" }, 0, "{", "\"redacted\":null" },
};

static void
test_runs(void **state)
{
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(runs); i++) {
		program_run(&p, runs[i].words);
		check_int(runs[i].name, "exit", p.exit, runs[i].exit);
		check_true(runs[i].name, runs[i].begins,
			str_starts(buf_str(&p.out), str_of(runs[i].begins)));
		check_has(runs[i].name, &p.out, runs[i].has);
		check_int(runs[i].name, "bytes of error", (long long)p.err.n, 0);
	}
	program_release(&p);
}

/* The digest in a transcript is that of the session file beside it. */
static void
test_digest(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 }, digest = { 0 };
	const char *file;
	char command[200], sum[65] = "";
	FILE *pipe;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "a.stswalk");
	RUN(&p, "demo", "good", "--full", "--save", file);
	assert_int_equal(p.exit, 0);
	snprintf(command, sizeof(command), "sha256sum %s", file);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_int_equal(fread(sum, 1, 64, pipe), 64);
	pclose(pipe);
	check_has("digest", &p.out, sum);
	folder_remove(&folder);
	program_release(&p);
	program_release(&digest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
