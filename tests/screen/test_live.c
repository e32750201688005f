/*
 * A live walk under control: a part walked again, a probe stopped, and what the keys for it say
 * where there is nothing for them to do.
 */
#include "screen/story.h"

static const char *const one_bad[] = { TEST_PROGRAM, "demo", "mx-one-bad", "--no-history", NULL };
static const char *const silent[] = { TEST_PROGRAM, "demo", "mx-silent", "--no-history", NULL };

/* Its folder goes with it. */
struct kept {
	char folder[64], path[96];
};

static void
kept_make(struct kept *k)
{
	snprintf(k->folder, sizeof(k->folder), "/tmp/stswalk-live-XXXXXX");
	assert_non_null(mkdtemp(k->folder));
	snprintf(k->path, sizeof(k->path), "%s/s.stswalk", k->folder);
}

static void
kept_remove(struct kept *k)
{
	unlink(k->path);
	rmdir(k->folder);
}

/* The report of the file. */
static void
report(const struct kept *k, const char *how, char *out, size_t size)
{
	char command[512];
	FILE *f;
	size_t n;

	snprintf(command, sizeof(command), "%s open -f %s %s", TEST_PROGRAM, how, k->path);
	f = popen(command, "r");
	assert_non_null(f);
	n = fread(out, 1, size - 1, f);
	out[n] = '\0';
	pclose(f);
}

static void
start_kept(struct tty *t, const struct kept *k, const char *scenario)
{
	const char *const argv[] = { TEST_PROGRAM, "demo", scenario, "--no-history", "--save",
		k->path, NULL };

	tty_start(t, 24, 80, NULL, argv);
}

/* A host, then a stage: only theirs is asked again, and the file tells of both. */
static void
test_again(void **state)
{
	static char text[65536];
	struct kept k;
	struct tty t;

	(void)state;
	kept_make(&k);
	start_kept(&t, &k, "mx-one-bad");
	tty_until(&t, "done 5/5");
	story_keys(&t, "gjjjjjj");
	tty_type(&t, "R", 1);
	tty_until(&t, "again: backup.mx-one-bad.test");
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "expired certificate"));
	assert_true(tty_shows(&t, "1 of 1 address  TLSv1.3"));
	story_keys(&t, "gj");
	tty_type(&t, "R", 1);
	tty_until(&t, "again: the records");
	tty_until(&t, "done 5/5");
	story_keys(&t, "e/again\r");
	assert_true(tty_shows(&t, "again backup.mx-one-bad.test"));
	story_keys(&t, "n");
	assert_true(tty_shows(&t, "again the records"));
	story_leave(&t);
	report(&k, "text", text, sizeof(text));
	assert_non_null(strstr(text, ": backup.mx-one-bad.test\n"));
	assert_non_null(strstr(text, ": the records, in 0."));
	kept_remove(&k);
}

/* The address is untested by the operator's wish, and the rest of the walk comes to its end. */
static void
test_stop(void **state)
{
	static char text[65536];
	struct kept k;
	struct tty t;

	(void)state;
	kept_make(&k);
	start_kept(&t, &k, "mx-silent");
	tty_until(&t, "banner, ");
	assert_true(tty_shows(&t, "x Stop  P Pause"));
	story_keys(&t, "gjjjjj");
	tty_type(&t, "x", 1);
	tty_until(&t, "done 5/5");
	assert_true(tty_shows(&t, "mail.mx-silent.test: stopped; the rest of the walk goes on"));
	assert_true(tty_shows(&t, "stopped by the operator"));
	/* Nobody is told to leave it while a host was not looked at. */
	tty_keys(&t, "HG");
	assert_true(tty_shows(&t, "not known: not everything was tested"));
	assert_true(tty_shows(&t, "walk again: what was not tested is not judged"));
	assert_false(tty_shows(&t, "nobody has to act"));
	assert_true(tty_shows(&t, "1 of 2 addresses tested"));
	story_leave(&t);
	report(&k, "json", text, sizeof(text));
	assert_non_null(strstr(text, "\"reason\":\"stopped by the operator\""));
	assert_null(strstr(text, "smtp-banner-timeout"));
	kept_remove(&k);
}

/* Nothing of it is done where it makes no sense, and the status line says why. */
static void
test_refused(void **state)
{
	static const struct {
		const char *keys, *says;
	} running[] = {
		{ "gR", "the walk still runs" },
		{ "gx", "x is for a host, an address or the policy fetch" },
		{ "gjjx", "mta-sts.mx-silent.test: no probe of it runs" },
		{ "gjjjjjjx", "backup.mx-silent.test: no probe of it runs" },
	}, ended[] = {
		{ "gx", "nothing runs" },
		{ "GR", "R is for a stage, a host or an address" },
		{ "?R", "R is for a stage, a host or an address" },
		{ "Hg.R", "this is a replay" },
		{ "x", "this is a replay" },
	}, opened[] = {
		{ "gR", "from a file" },
		{ "x", "from a file" },
	};
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, silent);
	tty_until(&t, "banner, ");
	for (size_t i = 0; i < sizeof(running) / sizeof(running[0]); i++) {
		tty_keys(&t, running[i].keys);
		tty_until(&t, running[i].says);
	}
	/* Held, stopped, and then left. */
	tty_keys(&t, "P");
	tty_until(&t, "held");
	tty_keys(&t, "\003");
	tty_until(&t, "cancelled");
	tty_type(&t, "\003", 1);
	assert_int_equal(tty_end(&t), 0);
	tty_start(&t, 24, 80, NULL, one_bad);
	tty_until(&t, "done 5/5");
	for (size_t i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
		story_keys(&t, "");
		tty_type(&t, ended[i].keys, strlen(ended[i].keys));
		tty_until(&t, ended[i].says);
	}
	story_leave(&t);
	story_open(&t, 24, 80, NULL, STORY_FAILING);
	for (size_t i = 0; i < sizeof(opened) / sizeof(opened[0]); i++) {
		tty_type(&t, opened[i].keys, strlen(opened[i].keys));
		tty_until(&t, opened[i].says);
	}
	story_leave(&t);
}

/* Every screen, with the part walked again under it. */
static void
test_again_everywhere(void **state)
{
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, NULL, one_bad);
	tty_until(&t, "done 5/5");
	for (size_t i = 0; i < STORY_SCREENS; i++) {
		story_go(&t, i);
		tty_type(&t, "R", 1);
		story_keys(&t, "x");
		tty_until(&t, "mx-one-bad.test");
	}
	story_keys(&t, "H");
	tty_until(&t, "done 5/5");
	story_leave(&t);
}

/* Told to go while a part is walked again: the file is whole, with what was known. */
static void
test_hangup(void **state)
{
	static char text[65536];
	struct kept k;
	struct tty t;

	(void)state;
	kept_make(&k);
	start_kept(&t, &k, "mx-silent");
	tty_until(&t, "banner, ");
	story_keys(&t, "\003");
	tty_until(&t, "cancelled");
	story_keys(&t, "gjjjjj");
	tty_type(&t, "R", 1);
	tty_until(&t, "banner, ");
	kill(t.pid, SIGHUP);
	tty_end(&t);
	assert_true(WIFEXITED(t.status));
	report(&k, "text", text, sizeof(text));
	assert_non_null(strstr(text, ": mail.mx-silent.test, in "));
	assert_non_null(strstr(text, "stopped before its end"));
	kept_remove(&k);
}

static const char *const at_once[] = { "STSWALK_TEST_WATCH_MS=1", NULL };
static const char *const in_an_hour[] = { "STSWALK_TEST_WATCH_MS=3600000", NULL };

static size_t
bells(const struct tty *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->tail_n; i++)
		n += t->tail[i] == '\a';
	return n;
}

/* The servers go on to their next act while one watches: what was put right is seen, and told once. */
static void
test_watch(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "demo", "mx-expired", "--no-history",
		NULL };
	char row[512];
	struct tty t;

	(void)state;
	tty_start(&t, 24, 80, at_once, argv);
	tty_until(&t, "done 5/5  FAIL");
	tty_type(&t, "W", 1);
	tty_until(&t, "done 5/5  OK");
	assert_true(tty_shows(&t, "Z mail.mx-expired.test FAIL to OK, verdict FAIL to OK: all is"));
	assert_non_null(strstr(tty_row(&t, 8, row, sizeof(row)), "*4 MX + STARTTLS"));
	assert_non_null(strstr(tty_row(&t, 9, row, sizeof(row)), "*  ▸ mail.mx-expired.test"));
	assert_non_null(strstr(tty_row(&t, 10, row, sizeof(row)), "*5 Verdict"));
	assert_null(strstr(tty_row(&t, 6, row, sizeof(row)), "*"));
	assert_int_equal(bells(&t), 1);
	tty_type(&t, "W", 1);
	tty_until(&t, "nothing failed: there is nothing to watch");
	story_keys(&t, "e/again\r");
	assert_true(tty_shows(&t, "by the watch"));
	story_leave(&t);
}

/* What stays as it is rings no bell and says nothing; W ends it, ^C too. */
static void
test_watch_goes_on(void **state)
{
	static char text[65536];
	struct kept k;
	struct tty t;

	(void)state;
	kept_make(&k);
	{
		const char *const argv[] = { TEST_PROGRAM, "demo", "mx-one-bad", "--no-history",
			"--save", k.path, NULL };

		tty_start(&t, 24, 80, at_once, argv);
	}
	tty_until(&t, "done 5/5  FAIL");
	story_keys(&t, "W");
	tty_until(&t, "watch 0s");
	tty_until(&t, "W Stop watching");
	/* Rounds come and go under every screen. */
	for (size_t i = 0; i < STORY_SCREENS; i++)
		story_go(&t, i);
	story_keys(&t, "HWg");
	tty_until(&t, "done 5/5  FAIL");
	story_keys(&t, "W");
	tty_type(&t, "\003", 1);
	tty_until(&t, "^C again leaves");
	assert_int_equal(bells(&t), 0);
	story_keys(&t, "W");
	kill(t.pid, SIGHUP);
	tty_end(&t);
	assert_true(WIFEXITED(t.status));
	report(&k, "text", text, sizeof(text));
	assert_non_null(strstr(text, " (watch): backup.mx-one-bad.test, in "));
	kept_remove(&k);
}

/* Between two rounds the countdown is all that is written. */
static void
test_watch_is_quiet(void **state)
{
	struct tty t;
	size_t before;

	(void)state;
	tty_start(&t, 24, 80, in_an_hour, one_bad);
	tty_until(&t, "done 5/5  FAIL");
	tty_type(&t, "W", 1);
	tty_until(&t, "watch 3600s  next 59:");
	tty_until(&t, "next 59:57");
	before = t.bytes;
	tty_until(&t, "next 59:55");
	assert_true(t.bytes - before <= 2 * 40);
	/* A replay is looked at in peace, and the watch is there when it ends. */
	story_keys(&t, ",");
	assert_true(tty_shows(&t, "replay"));
	story_keys(&t, ".");
	tty_until(&t, "watch 3600s  next");
	story_leave(&t);
}

/* Live on the row that runs, at the end on what is worst; from the first move on where it was put. */
static void
test_first_row(void **state)
{
	static const struct {
		const char *scenario, *row;
	} rows[] = {
		{ "mx-one-bad", "   ▸ backup.mx-one-bad.test" },
		{ "https-404", "▸2 HTTPS policy" },
		{ "txt-absent", "▸1 DNS records" },
		{ "good", "▸5 Verdict" },
	};
	struct tty t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const argv[] = { TEST_PROGRAM, "demo", rows[i].scenario, "--no-history",
			NULL };

		tty_start(&t, 24, 80, NULL, argv);
		tty_until(&t, "done 5/5");
		if (!tty_shows(&t, rows[i].row)) {
			tty_dump(&t);
			fail_msg("%s: not \"%s\"", rows[i].scenario, rows[i].row);
		}
		story_leave(&t);
	}
	tty_start(&t, 24, 80, NULL, silent);
	tty_until(&t, "banner, ");
	assert_true(tty_shows(&t, "▸ mail.mx-silent.test"));
	story_keys(&t, "gj");
	assert_true(tty_shows(&t, "▸1 DNS records"));
	tty_keys(&t, "\003");
	tty_until(&t, "cancelled");
	assert_true(tty_shows(&t, "▸1 DNS records"));
	story_leave(&t);
}

/* The walk begins anew, and says what is done besides and where it is to be seen. */
static void
test_sni(void **state)
{
	static const char *const argv[] = { TEST_PROGRAM, "demo", "sni-missing", "--no-history",
		NULL };
	struct tty t;

	(void)state;
	tty_start(&t, 60, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	tty_keys(&t, "S");
	tty_until(&t, "also without SNI and with an unknown name");
	tty_until(&t, "done 5/5");
	tty_keys(&t, "4");
	tty_keys(&t, "j");
	tty_keys(&t, "\r");
	tty_until(&t, "Looked at once more");
	assert_true(tty_shows(&t, "without SNI"));
	tty_type(&t, "Q", 1);
	assert_int_equal(tty_end(&t), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_sni),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_again_everywhere),
		cmocka_unit_test(test_hangup),
		cmocka_unit_test(test_first_row),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_watch_goes_on),
		cmocka_unit_test(test_watch_is_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
