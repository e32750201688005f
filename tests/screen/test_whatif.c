/* What if on the screen: settings are switched and typed with keys, and the result follows. */
#include "screen/story.h"

#define WHAT_IF "sss"

static void
expect(struct tty *t, const char *text)
{
	if (tty_shows(t, text))
		return;
	tty_dump(t);
	fail_msg("\"%s\" is not there", text);
}

static void
expect_not(struct tty *t, const char *text)
{
	if (!tty_shows(t, text))
		return;
	tty_dump(t);
	fail_msg("\"%s\" is there", text);
}

/* Enter and l go on, h goes back, u undoes one, U all. */
static void
test_choices(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF);
	expect(&t, "[What-if]");
	expect(&t, "no network used  0 edits");
	expect(&t, "lint: valid");
	story_keys(&t, "l");
	expect(&t, "[none]");
	expect(&t, "no network used  1 edit ");
	expect(&t, "Why it changes");
	expect(&t, "w Save policy");
	story_keys(&t, "\r");
	expect(&t, "[testing]");
	story_keys(&t, "h");
	expect(&t, "[none]");
	story_keys(&t, "u");
	expect(&t, "[testing]");
	story_keys(&t, "uu");
	expect(&t, "0 edits");
	story_keys(&t, "u");
	expect(&t, "0 edits");
	story_keys(&t, "lGl");
	expect(&t, "2 edits");
	expect(&t, "[404]");
	story_keys(&t, "U");
	expect(&t, "0 edits");
	expect_not(&t, "[404]");
	story_leave(&t);
}

/* Each key counts as if it were kept; Esc restores, Enter keeps. */
static void
test_typing(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF "jjj\r");
	expect(&t, "[mail.example.test_]");
	expect(&t, "typing");
	story_keys(&t, "\025*.example.tes");
	expect(&t, "[*.example.tes_]");
	expect_not(&t, "listed by");
	story_keys(&t, "t");
	expect(&t, "listed by *.example.test");
	tty_keys(&t, "\033");
	expect_not(&t, "typing");
	expect_not(&t, "*.example.test");
	expect(&t, "0 edits");
	story_keys(&t, "\r\025*.example.test\r");
	expect(&t, "[*.example.test]");
	expect(&t, "changed");
	expect(&t, "setting 4 of 12   lint: valid");
	/* An emptied text takes the line out, and u brings it back. */
	story_keys(&t, "\r\025\r");
	expect(&t, "removed");
	story_keys(&t, "u");
	expect(&t, "[*.example.test]");
	/* One line more. */
	story_keys(&t, "j\rmx9.example.org\r");
	expect(&t, "mx pattern 4");
	expect(&t, "2 edits");
	/* Enter without a change is no edit. */
	story_keys(&t, "\r\r");
	expect(&t, "2 edits");
	story_keys(&t, "uu");
	expect(&t, "0 edits");
	story_leave(&t);
}

/* What is wrong stands under its setting; the edit stays, and nothing is saved. */
static void
test_errors(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF "j\r\025mx*.example.test");
	expect(&t, "'*' may only be the whole left-most label");
	expect(&t, "lint: policy-mx-bad");
	story_keys(&t, "\r");
	expect(&t, "[mx*.example.test]");
	expect(&t, "error");
	expect(&t, "no policy applies");
	tty_keys(&t, "w");
	expect(&t, "not saved: lint calls the policy not valid (policy-mx-bad)");
	story_keys(&t, "\r\025mx1.example.test\r");
	expect(&t, "lint: valid");
	story_leave(&t);
}

static void
test_hosts(void **state)
{
	struct tty t;

	(void)state;
	story_open(&t, 40, 120, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF "Gk\r5 new.example.test\r");
	expect(&t, "MX new ");
	expect(&t, "planned");
	expect(&t, "publish MX 5 new.example.test when it passes a test");
	story_keys(&t, "k\r");
	expect(&t, "[ok]");
	expect(&t, "let backup.example.test offer STARTTLS");
	expect(&t, "2 edits");
	/* Edits outlast the screen, and the tab. */
	story_keys(&t, "J");
	expect(&t, "[Attacks]");
	story_keys(&t, "q");
	expect(&t, "Mail now");
	story_keys(&t, WHAT_IF);
	expect(&t, "2 edits");
	expect(&t, "MX new ");
	story_leave(&t);
}

/* The first line of a command's output, and its exit status. */
static int
run(const char *command, char *out, size_t size)
{
	FILE *f = popen(command, "r");
	size_t n;
	int status;

	assert_non_null(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	status = pclose(f);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* The rollout card writes what it proposes: for the step after, and for the row of a way out. */
static void
test_save_rollout(void **state)
{
	char folder[] = "/tmp/stswalk-rollout-XXXXXX", keys[256], command[1024], out[4096];
	struct tty t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	story_open(&t, 24, 80, NULL, TEST_DIR "/sessions/testing.stswalk");
	story_keys(&t, "sssss");
	expect(&t, "[Rollout]");
	expect(&t, "mailto:tls@reports.test");
	expect(&t, "w Save policy");
	tty_keys(&t, "w");
	expect(&t, "write the policy to: ");
	snprintf(keys, sizeof(keys), "\025%s/policy.txt\r", folder);
	tty_keys(&t, keys);
	tty_until(&t, "saved; upload it, then the TXT record");
	story_leave(&t);
	snprintf(command, sizeof(command), TEST_PROGRAM " lint --policy %s/policy.txt", folder);
	assert_int_equal(run(command, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "mode=enforce"));
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(run(command, out, sizeof(out)), 0);
}

/* The file is what lint calls valid, and opened with it the walk says what the screen said. */
static void
test_save(void **state)
{
	static const char want[] = "version: STSv1\r\nmode: enforce\r\nmx: mx1.example.test\r\n"
				   "mx: mx2.example.test\r\nmx: *.example.test\r\n"
				   "max_age: 86400\r\ncontact: postmaster@example.test\r\n";
	static char json[1 << 20];
	char folder[] = "/tmp/stswalk-whatif-XXXXXX", path[128], keys[256], command[1024],
	     out[4096];
	struct tty t;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/policy.txt", folder);
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF "jjj\r\025*.example.test\rw");
	expect(&t, "write the policy to: example.test-mta-sts.txt");
	snprintf(keys, sizeof(keys), "\025%s\r", path);
	tty_keys(&t, keys);
	tty_until(&t, "saved; upload it, then TXT id=2026");
	expect(&t, "✓ validated, mx1");
	/* Never over a file that is there. */
	story_keys(&t, "wjjj");
	snprintf(keys, sizeof(keys), "\025%s\r", path);
	tty_keys(&t, keys);
	tty_until(&t, "exists");
	story_leave(&t);

	snprintf(command, sizeof(command), "cat %s", path);
	run(command, out, sizeof(out));
	assert_string_equal(out, want);
	snprintf(command, sizeof(command), TEST_PROGRAM " lint --policy %s", path);
	assert_true(run(command, out, sizeof(out)) < 2);
	assert_non_null(strstr(out, " valid"));
	snprintf(command, sizeof(command), TEST_PROGRAM " open -f json --policy %s " STORY_FAILING,
		path);
	run(command, json, sizeof(json));
	assert_non_null(strstr(json, "\"published_mode\":\"enforce\""));
	assert_non_null(strstr(json, "\"fresh\":\"delivered-validated\""));
	assert_non_null(strstr(json, "\"pattern\":\"*.example.test\""));
	unlink(path);
	rmdir(folder);
}

/* A result is in sight at every size; nothing but ASCII where the terminal has no more. */
static void
test_sizes(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 16, 60 }, { 40, 120 }, { 12, 50 } };
	static const char *const env[] = { "LC_ALL=C", "TERM=vt100", NULL };
	struct tty t;

	(void)state;
	for (size_t ascii = 0; ascii < 2; ascii++) {
		story_open(&t, 24, 80, ascii == 1 ? env : NULL, STORY_FAILING);
		story_keys(&t, WHAT_IF "jj\r\025*.in.test");
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
			tty_resize(&t, sizes[i][0], sizes[i][1]);
			expect(&t, "[*.in.test_]");
			expect(&t, "*.in.test");
			if (sizes[i][0] >= 16)
				expect(&t, "message (fresh)");
		}
		tty_resize(&t, 16, 60);
		story_keys(&t, "\r");
		expect(&t, "more lines: O shows all");
		story_keys(&t, "OG");
		for (int k = 0; k < 30; k++)
			story_keys(&t, "j");
		expect(&t, "(TTL)");
		assert_true(ascii == 0 || !t.has_high);
		assert_false(t.has_unknown);
		story_leave(&t);
	}
}

/* Bytes that are pasted into a field reach the terminal escaped. */
static void
test_hostile(void **state)
{
	static char many[4097];
	struct tty t;

	(void)state;
	memset(many, 'a', sizeof(many) - 1);
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	story_keys(&t, WHAT_IF "j\r\025\xe2\x80\xae"
			       "evil\xc2\x9b"
			       "31m");
	expect(&t, "[<U+202E>evil\\xc2\\x9b31m_]");
	expect(&t, "not ASCII");
	story_keys(&t, "\025");
	tty_type(&t, many, sizeof(many) - 1);
	story_keys(&t, "");
	expect(&t, "aaaaaaaaaa");
	expect(&t, "lint: policy-mx-bad");
	story_keys(&t, "\r");
	expect(&t, "error");
	assert_false(t.has_unknown);
	/* ESC is a key: it leaves the field. */
	story_keys(&t, "\r\025x");
	tty_keys(&t, "\033");
	expect_not(&t, "typing");
	assert_false(t.has_unknown);
	story_leave(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_typing),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_save_rollout),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
