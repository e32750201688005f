/* stswalk lint as a process: values are data, files and standard input, exit status. */
#include "cli/program.h"

#include "support/report_fields.h"

#define GOOD_POLICY "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 604800\n"

static void
test_exit_status(void **state)
{
	static const struct {
		const char *name;
		const char *words[PROGRAM_WORDS];
		int exit;
	} rows[] = {
		{ "valid record", { "lint", "--txt", "v=STSv1; id=1" }, 0 },
		{ "value behind =", { "lint", "--txt=v=STSv1; id=1" }, 0 },
		{ "bad record", { "lint", "--txt", "v=STSv1; id=1-2" }, 2 },
		{ "a value may look like an option", { "lint", "--txt", "--mx" }, 2 },
		{ "empty record", { "lint", "--txt", "" }, 2 },
		{ "bytes", { "lint", "--txt", "\xff\x01" }, 2 },
		{ "match", { "lint", "--mx", "a.example", "--pattern", "a.example" }, 0 },
		{ "no match", { "lint", "--mx", "a.example", "--pattern", "b.example" }, 2 },
		{ "no host name", { "lint", "--mx", "a b", "--pattern", "*.example" }, 2 },
		{ "TLSRPT", { "lint", "--tlsrpt", "v=TLSRPTv1; rua=mailto:a@example.com" }, 0 },
	};
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		program_run(&p, rows[i].words);
		check_int(rows[i].name, "exit", p.exit, rows[i].exit);
		check_int(rows[i].name, "bytes of error", (long long)p.err.n, 0);
		check_true(rows[i].name, "a report", p.out.n > 0);
	}
	program_release(&p);
}

static void
test_json(void **state)
{
	struct program p = { .input = GOOD_POLICY };
	json_error_t error;
	json_t *json;

	(void)state;
	RUN(&p, "lint", "-f", "json", "--policy", "-", "--mx", "mx1.example.com", "--mx",
		"mx.example.org");
	assert_int_equal(p.exit, 2);
	json = json_loadb(p.out.p, p.out.n, 0, &error);
	assert_non_null(json);
	assert_true(json_is_true(json_at(json, "policy.valid")));
	assert_true(json_is_true(json_at(json, "mx[0].ok")));
	assert_true(json_is_false(json_at(json, "mx[1].ok")));
	assert_true(json_is_null(json_at(json, "txt")));
	assert_int_equal(json_integer_value(json_at(json, "verdict.exit")), 2);
	json_decref(json);
	program_release(&p);
}

static void
test_policy_file(void **state)
{
	struct program p = { 0 };
	struct folder f = { 0 };
	const char *file;

	(void)state;
	folder_make(&f);
	file = folder_file(&f, 0, "mta-sts.txt");
	write_file(file, GOOD_POLICY);
	RUN(&p, "lint", "--policy", file);
	assert_int_equal(p.exit, 0);
	RUN(&p, "lint", "--policy", f.path);
	assert_int_equal(p.exit, 65);
	assert_int_equal(p.out.n, 0);
	assert_int_equal(line_count(&p.err), 1);
	check_has("a folder", &p.err, "directory");
	RUN(&p, "lint", "--policy", "/nonexistent/mta-sts.txt");
	assert_int_equal(p.exit, 65);
	check_has("missing", &p.err, "/nonexistent/mta-sts.txt");
	folder_remove(&f);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_status),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_policy_file),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
