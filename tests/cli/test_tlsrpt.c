/* tlsrpt as a process: JSON, gzip, mail; several files; what is no report. */
#include "cli/program.h"

#define REPORTS TEST_DIR "/vectors/reports/"

static const struct {
	const char *name;
	const char *words[PROGRAM_WORDS];
	int exit;
	const char *out, *err; /* has; NULL: nothing at all */
} runs[] = {
	{ "JSON", { "tlsrpt", REPORTS "good.json" }, 0, "37 of 886 sessions failed", NULL },
	{ "gzip", { "tlsrpt", REPORTS "good.json.gz" }, 0, "37 of 886 sessions failed", NULL },
	{ "mail", { "tlsrpt", REPORTS "mail.eml" }, 0, "certificate-host-mismatch", NULL },
	{ "quoted-printable", { "tlsrpt", REPORTS "quoted.eml" }, 0, "tlsrpt-report-malformed",
		NULL },
	{ "deviations", { "tlsrpt", REPORTS "odd.json" }, 0, "no contact-info; a date without",
		NULL },
	{ "two", { "tlsrpt", REPORTS "good.json", REPORTS "odd.json" }, 0,
		"40 of 1310 sessions failed", NULL },
	{ "another policy", { "tlsrpt", "--policy", REPORTS "policy.txt", REPORTS "good.json" }, 0,
		"tlsrpt-report-stale-policy", NULL },
	{ "for programs", { "tlsrpt", "-f", "json", REPORTS "good.json" }, 0,
		"{\"format\":\"stswalk-tlsrpt\",\"version\":1,\"successful\":849,\"failed\":37,",
		NULL },
	{ "no zone, a TLSA policy in a string", { "tlsrpt", REPORTS "no-zone.json" }, 0,
		"could not use the policy of example.com because the", NULL },
	{ "no domain where no policy was found", { "tlsrpt", REPORTS "no-policy-domain.json" }, 0,
		"example.net: no policy-domain", NULL },
	{ "a reason that says which", { "tlsrpt", REPORTS "no-policy-domain.json" }, 0,
		"A walk would look for: tls-cert-self-signed.", NULL },
	{ "a report in a list's mail", { "tlsrpt", REPORTS "nested.eml" }, 0,
		"1 of 6 sessions failed", NULL },
	{ "JSON as the whole mail", { "tlsrpt", REPORTS "single.eml" }, 0, "tlsa-invalid", NULL },
	{ "text of anybody", { "tlsrpt", REPORTS "hostile.json" }, 0, "\\x1b]0;owned", NULL },
	{ "one report twice", { "tlsrpt", REPORTS "good.json", REPORTS "mail.eml" }, 0,
		"37 of 886 sessions failed", "good.json, counted once" },
	{ "which lines differ", { "tlsrpt", "--policy", REPORTS "policy.txt", REPORTS "good.json" },
		0, "max_age 604800 there", NULL },
	{ "one is none", { "tlsrpt", REPORTS "list.json", REPORTS "good.json" }, 65,
		"37 of 886 sessions failed", "no TLSRPT report" },
	{ "broken gzip", { "tlsrpt", REPORTS "broken.json.gz" }, 65, NULL, "broken or cut off" },
	{ "gzip that blows up", { "tlsrpt", REPORTS "bomb.json.gz" }, 65, NULL,
		"gzip of more than 33554432 bytes" },
	{ "mail without", { "tlsrpt", REPORTS "nothing.eml" }, 65, NULL, "TLSRPT report in it" },
	{ "no file", { "tlsrpt", "/nowhere" }, 65, NULL, "/nowhere" },
	{ "no word", { "tlsrpt" }, 64, NULL, "tlsrpt: expected" },
	{ "another format", { "tlsrpt", "-f", "html", REPORTS "good.json" }, 64, NULL,
		"text and json only" },
};

static void
check_stream(const char *row, const struct buf *got, const char *has)
{
	if (has != NULL)
		check_has(row, got, has);
	else
		check_int(row, "bytes", (long long)got->n, 0);
}

static void
test_runs(void **state)
{
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(runs); i++) {
		program_run(&p, runs[i].words);
		check_int(runs[i].name, "exit", p.exit, runs[i].exit);
		check_stream(runs[i].name, &p.out, runs[i].out);
		check_stream(runs[i].name, &p.err, runs[i].err);
	}
	program_release(&p);
}

static void
test_stdin(void **state)
{
	struct program p = { .input = "{\"report-id\":\"\\u001b[31m\",\"policies\":[]}" };

	(void)state;
	RUN(&p, "tlsrpt", "-");
	check_int("standard input", "exit", p.exit, 0);
	check_has("standard input", &p.out, "\\x1b[31m");
	program_release(&p);
}

/* What we write of a walk we read, and find nothing odd about. */
static void
test_synthetic(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *file;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "report.json");
	RUN(&p, "demo", "mx-one-bad", "-f", "tlsrpt", "-o", file);
	RUN(&p, "tlsrpt", "-f", "json", file);
	check_int("synthetic", "exit", p.exit, 0);
	check_has("synthetic", &p.out, "\"deviations\":[]");
	check_has("synthetic", &p.out, "\"result_type\":\"certificate-expired\"");
	folder_remove(&folder);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_stdin),
		cmocka_unit_test(test_synthetic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
