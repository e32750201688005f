/* diff as a process: exit 0 for the same, 1 for different, 65 for what is no session. */
#include "cli/program.h"

static void
test_diff(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *good, *bad;

	(void)state;
	folder_make(&folder);
	good = folder_file(&folder, 0, "good.stswalk");
	bad = folder_file(&folder, 1, "bad.stswalk");
	RUN(&p, "demo", "good", "--save", good, "-o", "/dev/null");
	RUN(&p, "demo", "mx-one-bad", "--save", bad, "-o", "/dev/null");
	RUN(&p, "diff", good, good);
	check_int("same", "exit", p.exit, 0);
	check_has("same", &p.out, "nothing changed");
	RUN(&p, "diff", good, bad);
	check_int("different", "exit", p.exit, 1);
	check_has("different", &p.out, "tls-cert-expired");
	check_has("different", &p.out, "Outcomes");
	RUN(&p, "diff", good, bad, "-f", "json");
	check_int("JSON", "exit", p.exit, 1);
	check_int("JSON", "lines", (long long)line_count(&p.out), 1);
	check_has("JSON", &p.out, "{\"format\":\"stswalk-diff\",\"version\":1,");
	check_has("JSON", &p.out, "\"same\":false");
	RUN(&p, "diff", good, "/nowhere");
	check_int("missing", "exit", p.exit, 65);
	check_int("missing", "bytes of output", (long long)p.out.n, 0);
	RUN(&p, "diff", good);
	check_int("one only", "exit", p.exit, 64);
	check_has("one only", &p.err, "expected OLD NEW");
	RUN(&p, "diff", good, bad, "-f", "html");
	check_int("html", "exit", p.exit, 64);
	folder_remove(&folder);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
