/* Lessons as text, and the lab left up. */
#include "cli/program.h"

static void
check_hasnt(const char *row, const struct buf *text, const char *word)
{
	if (text->n > 0 && strstr(text->p, word) != NULL)
		fail_msg("%s: \"%s\" is told", row, word);
}

static void
test_steps(void **state)
{
	struct program p = { .input = "a\nb\nx\nc\nc\na\n" };

	(void)state;
	RUN(&p, "demo", "--step", "9");
	assert_int_equal(p.exit, 0);
	assert_int_equal(p.err.n, 0);
	check_has("title", &p.out, "Lesson 9 of 24: one label deep");
	check_has("right", &p.out, "You said (a): right");
	check_has("wrong", &p.out, "You said (b): not so");
	check_has("no answer", &p.out, "It is (a): enforce");
	check_has("finding", &p.out, "mx-none-in-policy");
	check_has("act", &p.out, "What was done");
	check_has("difference", &p.out, "v1.mx.cloud.test");
	program_release(&p);
}

static void
test_steps_without_answers(void **state)
{
	struct program p = { 0 };

	(void)state;
	RUN(&p, "demo", "--step", "null-mx", "--ascii");
	assert_int_equal(p.exit, 0);
	check_has("not of the course", &p.out, "Step 5 of 5");
	for (size_t i = 0; i < p.out.n; i++)
		assert_true((unsigned char)p.out.p[i] < 0x80);
	RUN(&p, "demo", "--list", "--step");
	assert_int_equal(p.exit, 0);
	assert_int_equal(line_count(&p.out), 25);
	check_has("course", &p.out, "dane-mismatch");
	program_release(&p);
}

/* Five stages, two wrong names, the right one; only then it is told what it was. */
static void
test_quiz(void **state)
{
	struct program p = { .input = "a\na\na\nc\nc\n" };

	(void)state;
	RUN(&p, "demo", "--quiz", "mx-expired");
	assert_int_equal(p.exit, 0);
	check_has("title", &p.out, "Quiz: what is wrong?");
	check_has("domain", &p.out, "quiz.test");
	check_hasnt("scenario", &p.out, "mx-expired");
	check_has("told at last", &p.out, "tls-cert-expired");
	assert_true(strstr(p.out.p, "tls-cert-expired") > strstr(p.out.p, "Step 6 of 7"));
	p.input = "a\na\na\nc\nc\na\nb\nc\nd\n";
	RUN(&p, "demo", "--quiz", "mx-expired");
	check_has("again", &p.out, "That is not it.");
	check_has("named", &p.out, "right, certificate of the MX host has expired.");
	check_has("what a wrong name means", &p.out, "(b) A self-signed certificate is enough");
	RUN(&p, "demo", "--quiz");
	assert_int_equal(p.exit, 0);
	program_release(&p);
}

static void
test_serve(void **state)
{
	struct program p = { .signal = SIGINT };
	const char *ca;
	char path[256];
	size_t n;

	(void)state;
	RUN(&p, "demo", "--serve", "migration");
	assert_int_equal(p.exit, 0);
	check_has("title", &p.out, "# migration: ");
	check_has("dig", &p.out, "dig @127.0.0.53 -p ");
	check_has("curl", &p.out, "https://mta-sts.migration.test/.well-known/mta-sts.txt");
	check_has("openssl", &p.out, "-verify_hostname old.migration.test");
	check_has("walk", &p.out, "stswalk check --resolver 127.0.0.53:");
	ca = strstr(p.out.p, "--cacert ");
	assert_non_null(ca);
	ca += strlen("--cacert ");
	n = strcspn(ca, " ");
	assert_true(n < sizeof(path));
	memcpy(path, ca, n);
	path[n] = '\0';
	assert_int_equal(access(path, F_OK), -1);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_steps_without_answers),
		cmocka_unit_test(test_quiz),
		cmocka_unit_test(test_serve),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
