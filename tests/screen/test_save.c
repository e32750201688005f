/* w: the form, what it previews and what it writes; and what happens where nothing can be written. */
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/sessfile.h"
#include "screen/story.h"
#include "support/build_session.h"

static char folder[64];

static void
begin(struct tty *t)
{
	static const char *const argv[] = { TEST_PROGRAM, "open", STORY_FAILING, NULL };

	tty_start(t, 24, 80, NULL, argv);
	tty_until(t, "done 5/5");
}

/* Keys whose answer stands in the status line, which the next key empties. */
static void
says(struct tty *t, const char *keys, const char *words)
{
	tty_type(t, keys, strlen(keys));
	tty_until(t, words);
}

static const char *
path_in(const char *name)
{
	static char path[300];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* The path of the form: emptied, then typed. */
static void
type_path(struct tty *t, const char *path)
{
	char keys[400];

	story_keys(t, "jjjjj\r");
	snprintf(keys, sizeof(keys), "\025%s\r", path);
	tty_type(t, keys, strlen(keys));
	story_keys(t, "");
}

static void
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "re");
	char bytes[8192];
	size_t n;

	*out = BUF_INIT(0);
	if (f == NULL)
		fail_msg("%s was not written", path);
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_add(out, (struct str){ bytes, n });
	fclose(f);
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* Keys on the form that make it say what is wanted, and what the file begins with and holds. */
static const struct {
	const char *name, *keys, *begin, *holds;
} kinds[] = {
	{ "markdown", "", "# example.test: mail delivered", "-----BEGIN CERTIFICATE-----" },
	{ "html", "jl", "<!DOCTYPE html>", "-----BEGIN CERTIFICATE-----" },
	{ "text", "jhh", "example.test: mail delivered", "-----BEGIN CERTIFICATE-----" },
	{ "json", "jh", "{\"format\":\"stswalk-report\"", "\"findings\":[" },
	{ "oneline", "jll", "STSWALK CRITICAL - example.test", "mx-not-in-policy" },
	{ "tlsrpt", "jlll", "{\"organization-name\":", "\"policies\":[" },
	{ "page", "l", "# example.test: mail delivered", "## Who must act" },
	{ "screen", "ll", "- **Mail now**", "What was seen" },
	{ "session", "lll", "{\"format\":\"stswalk-session\"", "\"kind\":\"end\"" },
	{ "scope", "jjll", "# example.test: mail delivered", "mx2.example.test" },
};

static void
test_kinds(void **state)
{
	struct buf file;
	struct tty t;
	size_t i;

	(void)state;
	begin(&t);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *path = path_in(kinds[i].name);

		story_keys(&t, "w");
		story_keys(&t, kinds[i].keys);
		type_path(&t, path);
		assert_true(tty_shows(&t, "nothing is overwritten"));
		tty_type(&t, "w", 1);
		tty_until(&t, "bytes written");
		assert_false(tty_shows(&t, "Preview"));
		read_file(path, &file);
		if (strncmp(buf_text(&file), kinds[i].begin, strlen(kinds[i].begin)) != 0)
			fail_msg("%s begins: %.60s", kinds[i].name, buf_text(&file));
		if (strstr(buf_text(&file), kinds[i].holds) == NULL)
			fail_msg("%s does not hold %s", kinds[i].name, kinds[i].holds);
		unlink(path);
		buf_release(&file);
	}
	story_leave(&t);
}

/* What is shown is what is written, redacted or not. */
static void
test_redacted(void **state)
{
	struct buf file;
	struct tty t;

	(void)state;
	begin(&t);
	story_keys(&t, "w");
	assert_true(tty_shows(&t, "nothing redacted"));
	assert_true(tty_shows(&t, "out1.example.net"));
	story_keys(&t, "jjj\rl\rl\rl\rl\r");
	assert_true(tty_shows(&t, "redacted: 5 classes, "));
	assert_false(tty_shows(&t, "out1.example.net"));
	assert_true(tty_shows(&t, "-redacted.md"));
	story_keys(&t, "gglll");
	type_path(&t, path_in("redacted"));
	tty_type(&t, "w", 1);
	tty_until(&t, "bytes written");
	read_file(path_in("redacted"), &file);
	assert_null(strstr(buf_text(&file), "out1"));
	assert_non_null(strstr(buf_text(&file), "\"redacted\":[\"host\""));
	buf_release(&file);
	/* Such a session says that it is one. */
	story_keys(&t, "o");
	tty_type(&t, path_in("redacted"), strlen(path_in("redacted")));
	tty_type(&t, "\r", 1);
	tty_until(&t, "done 5/5");
	story_keys(&t, "wjjj");
	assert_true(tty_shows(&t, "redacted before: 5 classes"));
	says(&t, "\r", "this session has lost it already");
	unlink(path_in("redacted"));
	story_leave(&t);
}

/* A choice that another one rules out is passed over, and shown as none. */
static void
test_ruled_out(void **state)
{
	struct tty t;

	(void)state;
	begin(&t);
	story_keys(&t, "wl");
	assert_true(tty_shows(&t, " -  json  (*) markdown  ( ) html   -  oneline"));
	story_keys(&t, "jh");
	assert_true(tty_shows(&t, "(*) text   -  json"));
	story_keys(&t, "kl");
	assert_true(tty_shows(&t, "-  this screen as it stands"));
	assert_true(tty_shows(&t, "-  a screen is not redacted"));
	story_keys(&t, "l");
	assert_true(tty_shows(&t, "-  every event, as JSON lines"));
	assert_true(tty_shows(&t, "-  all: a session is always whole"));
	story_keys(&t, "hhhjl");
	assert_true(tty_shows(&t, "-  all: json knows no scope"));
	says(&t, "j\r", "there is no choice here");
	story_leave(&t);
}

static void
test_scrolls(void **state)
{
	struct tty t;

	(void)state;
	begin(&t);
	story_keys(&t, "w");
	assert_true(tty_shows(&t, "line 1-12 of "));
	story_keys(&t, "\006");
	assert_true(tty_shows(&t, "line 13-24 of "));
	story_keys(&t, "\025");
	assert_true(tty_shows(&t, "line 7-18 of "));
	story_keys(&t, "\002\002");
	assert_true(tty_shows(&t, "line 1-12 of "));
	story_leave(&t);
}

/* Where nothing can be written: told before and after, and nothing is lost or left. */
static void
test_paths(void **state)
{
	char nowhere[128];
	struct buf kept;
	struct tty t;
	FILE *f;

	(void)state;
	f = fopen(path_in("old"), "we");
	assert_non_null(f);
	assert_true(fputs("old", f) >= 0);
	fclose(f);
	begin(&t);
	story_keys(&t, "w");
	type_path(&t, path_in("old"));
	assert_true(tty_shows(&t, "the file exists and stays as it is"));
	says(&t, "w", "nothing was written: the file exists");
	read_file(path_in("old"), &kept);
	assert_string_equal(buf_text(&kept), "old");
	buf_release(&kept);
	type_path(&t, folder);
	says(&t, "w", "nothing was written: this is a folder");
	snprintf(nowhere, sizeof(nowhere), "%s/none/x", folder);
	type_path(&t, nowhere);
	says(&t, "w", "nothing was written: the folder does not exist");
	snprintf(nowhere, sizeof(nowhere), "%s/old/x", folder);
	type_path(&t, nowhere);
	assert_true(tty_shows(&t, "what stands for the folder is a file"));
	/* Root may write anywhere. */
	if (geteuid() != 0) {
		assert_int_equal(chmod(folder, 0500), 0);
		type_path(&t, path_in("x"));
		says(&t, "w", "nothing was written: nothing may be written in this folder");
		assert_int_equal(chmod(folder, 0700), 0);
	}
	/* An empty one is the default again. */
	type_path(&t, "");
	assert_true(tty_shows(&t, "example.test-20261122T1434Z.md"));
	unlink(path_in("old"));
	story_leave(&t);
}

/* No room: the reason, nothing half-written, and the session still there to be written elsewhere. */
static void
test_no_room(void **state)
{
	struct rlimit small = { 4096, 4096 };
	struct tty t;
	char part[300];

	(void)state;
	begin(&t);
	assert_int_equal(prlimit(t.pid, RLIMIT_FSIZE, &small, NULL), 0);
	story_keys(&t, "w");
	type_path(&t, path_in("x"));
	tty_type(&t, "w", 1);
	tty_until(&t, "cannot be written: File too large");
	assert_true(tty_shows(&t, "Preview"));
	snprintf(part, sizeof(part), "%s.part", path_in("x"));
	assert_false(is_there(path_in("x")));
	assert_false(is_there(part));
	type_path(&t, "/dev/full");
	assert_true(tty_shows(&t, "no regular file"));
	tty_type(&t, "w", 1);
	tty_until(&t, "/dev/full: cannot be written: No space left");
	story_keys(&t, "q");
	assert_true(tty_shows(&t, "MX + STARTTLS"));
	/* One line fits. */
	story_keys(&t, "wjll");
	type_path(&t, path_in("x"));
	tty_type(&t, "w", 1);
	tty_until(&t, "bytes written");
	assert_true(is_there(path_in("x")));
	unlink(path_in("x"));
	story_leave(&t);
}

/* Larger than what is made at once: previews come when they are ready, keys are answered meanwhile,
 * and leaving waits for the file. */
static void
test_large(void **state)
{
	enum { LOOKUPS = 1500 };
	char source[300];
	const char *const argv[] = { TEST_PROGRAM, "open", source, NULL };
	struct buf whole = BUF_INIT(0), file;
	struct session s;
	struct build b;
	struct tty t;
	FILE *f;

	(void)state;
	build_good_open(&b, &s, "enforce");
	for (int i = 0; i < LOOKUPS; i++)
		add_lookup(&b, LOOKUP_TLSA, RRTYPE_TLSA,
			build_text(&b, "_25._tcp.mx%d.example.com", i), LOOKUP_NODATA, NULL);
	add_end(&b, END_DONE);
	sessfile_write(&whole, &s);
	snprintf(source, sizeof(source), "%s", path_in("source"));
	f = fopen(source, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(whole.p, 1, whole.n, f), whole.n);
	fclose(f);
	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	story_keys(&t, "w");
	tty_until(&t, "Preview ");
	story_keys(&t, "jjj\rl\rkkklll");
	tty_until(&t, "line 1-12 of ");
	story_keys(&t, "jjj\rh\rkkk");
	type_path(&t, path_in("copy"));
	tty_type(&t, "wQ", 2);
	assert_int_equal(tty_end(&t), 0);
	read_file(path_in("copy"), &file);
	assert_int_equal(file.n, whole.n);
	assert_memory_equal(file.p, whole.p, whole.n);
	unlink(path_in("copy"));
	unlink(source);
	buf_release(&file);
	buf_release(&whole);
	session_release(&s);
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/stswalk-save-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_redacted),
		cmocka_unit_test(test_ruled_out),
		cmocka_unit_test(test_scrolls),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
