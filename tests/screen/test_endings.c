/*
 * Whatever ends it, the terminal is as it was: keys, signals, crashes, a terminal that goes away, and
 * outputs that are closed or full.
 */
#include "screen/story.h"

#include <sys/stat.h>

static bool
tail_has(const struct tty *t, const char *text)
{
	return memmem(t->tail, t->tail_n, text, strlen(text)) != NULL;
}

static void
until_tail(struct tty *t, const char *text)
{
	while (!tail_has(t, text))
		assert_true(tty_pump(t, TTY_PATIENCE_MS));
}

/* A shell runs it and compares the settings of the terminal. */
static void
start_in_shell(struct tty *t, const char *program)
{
	static char command[512];
	static const char *const argv[] = { "/bin/sh", "-c", command, NULL };

	snprintf(command, sizeof(command),
		"before=$(stty -g); %s; status=$?; after=$(stty -g); echo status $status; "
		"if [ \"$before\" = \"$after\" ]; then echo settings kept; else echo changed; fi",
		program);
	tty_start(t, 24, 80, NULL, argv);
}

/* The shell's child. */
static pid_t
child_of(pid_t pid)
{
	char path[64];
	long child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)pid, (long)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &child), 1);
	fclose(f);
	return (pid_t)child;
}

static void
test_settings_kept(void **state)
{
	static const struct {
		const char *keys;
		int signal;
		const char *status;
	} rows[] = { { "q", 0, "status 0" }, { "Q", 0, "status 0" }, { "\003", 0, "status 0" },
		{ "f\033[21~", 0, "status 0" }, { "", SIGTERM, "status 130" },
		{ "", SIGHUP, "status 130" }, { "", SIGSEGV, "status " },
		{ "", SIGABRT, "status " }, { "w", SIGTERM, "status " },
		{ "/abc", SIGSEGV, "status " }, { "", SIGQUIT, "status " },
		{ "", SIGUSR1, "status " }, { "", SIGUSR2, "status " }, { "", SIGALRM, "status " },
		{ "", SIGXCPU, "status " } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tty t;

		start_in_shell(&t, TEST_PROGRAM " open " STORY_FAILING);
		tty_until(&t, "done 5/5");
		tty_type(&t, rows[i].keys, strlen(rows[i].keys));
		if (rows[i].signal != 0)
			kill(child_of(t.pid), rows[i].signal);
		tty_end(&t);
		if (!tail_has(&t, rows[i].status) || !tail_has(&t, "settings kept"))
			fail_msg("row %zu: %.*s", i, (int)t.tail_n, t.tail);
		assert_false(t.is_alt);
		assert_true(tty_cursor_visible(&t));
	}
}

/* The terminal goes away under it: the session file is completed all the same. */
static void
test_hang_up(void **state)
{
	char folder[] = "/tmp/stswalk-ending-XXXXXX", path[128], text[256] = "";
	const char *argv[] = { TEST_PROGRAM, "demo", "https-stall", "--no-history", "--save", path,
		NULL };
	struct tty t;
	FILE *f;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x.stswalk", folder);
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "running");
	close(t.fd);
	waitpid(t.pid, &t.status, 0);
	assert_true(WIFEXITED(t.status));
	f = fopen(path, "r");
	assert_non_null(f);
	fseek(f, -200, SEEK_END);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	assert_non_null(memmem(text, n, "\"kind\":\"end\"", 12));
	close(t.frames_fd);
	vterm_free(t.vt);
	unlink(path);
	rmdir(folder);
}

/* Closed or full outputs are told, with 73; a closed input is the terminal's. */
static void
test_descriptors(void **state)
{
	static const struct {
		const char *command, *shows;
	} rows[] = {
		{ TEST_PROGRAM " demo good --no-history >&-; echo status $?", "status 73" },
		{ TEST_PROGRAM " demo good --no-history >/dev/full; echo status $?", "status 73" },
		{ TEST_PROGRAM " demo good --no-history --plain >/dev/full; echo status $?",
			"status 73" },
		{ TEST_PROGRAM " demo good --no-history --plain >&-; echo status $?", "status 73" },
		{ TEST_PROGRAM " demo good --no-history </dev/null | cat; echo over", "over" },
		{ "env -u TERM " TEST_PROGRAM " demo good --no-history; echo status $?",
			"status 0" },
		{ TEST_PROGRAM " demo good --no-history --format text 2>&-; echo status $?",
			"status 0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const argv[] = { "/bin/sh", "-c", rows[i].command, NULL };
		struct tty t;

		tty_start(&t, 24, 80, NULL, argv);
		tty_end(&t);
		if (!tail_has(&t, rows[i].shows) || tail_has(&t, "\033[?1049h"))
			fail_msg("%s: %.*s", rows[i].command, (int)t.tail_n, t.tail);
	}
}

/* On the console: a session file that cannot be written is told when it ends. */
static void
test_full_disk(void **state)
{
	struct tty t;

	(void)state;
	start_in_shell(&t, TEST_PROGRAM " demo good --no-history --save /dev/full");
	tty_until(&t, "done 5/5");
	tty_type(&t, "q", 1);
	tty_end(&t);
	assert_true(tail_has(&t, "status 73"));
	assert_true(tail_has(&t, "/dev/full"));
	assert_true(tail_has(&t, "settings kept"));
}

/* Input closed: keys come from the terminal. */
static void
test_closed_input(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c",
		TEST_PROGRAM " open " STORY_FAILING " <&-", NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	story_leave(&t);
}

/* Stopped from elsewhere and continued: the picture is back, also in another size. */
static void
test_stopped(void **state)
{
	static const char *const argv[] = { "/bin/bash", "-c",
		"set -m; " TEST_PROGRAM " open " STORY_FAILING
		"; echo was stopped; read line; fg >/dev/null",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	kill(child_of(t.pid), SIGTSTP);
	until_tail(&t, "was stopped");
	assert_false(t.is_alt);
	assert_true(tty_cursor_visible(&t));
	tty_type(&t, "\r", 1);
	tty_until(&t, "Mail now");
	assert_true(t.is_alt);
	story_keys(&t, "f");
	assert_true(tty_shows(&t, "Findings"));
	story_leave(&t);
}

/* y in tmux wraps OSC 52 into the passthrough of tmux, elsewhere it is bare; off is off. */
static void
test_copy(void **state)
{
	static const struct {
		const char *env[2];
		const char *begins, *ends;
	} rows[] = {
		{ { "TMUX=/tmp/tmux-0/x,1,0" }, "\033Ptmux;\033\033]52;c;", "\033\033\\\033\\" },
		{ { "NOTHING=1" }, "\033]52;c;", "\033\\" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tty t;
		char *at;
		size_t n;

		story_open(&t, 24, 80, rows[i].env, STORY_FAILING);
		t.tail_n = 0;
		story_keys(&t, "fy");
		at = memmem(t.tail, t.tail_n, rows[i].begins, strlen(rows[i].begins));
		assert_non_null(at);
		at += strlen(rows[i].begins);
		n = 0;
		while (at + n < t.tail + t.tail_n && at[n] != '\033')
			n++;
		assert_true(n > 8 && n <= 74994);
		assert_memory_equal(at + n, rows[i].ends, strlen(rows[i].ends));
		assert_true(tty_shows(&t, "Findings"));
		story_leave(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_kept),
		cmocka_unit_test(test_hang_up),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_closed_input),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
