/* The history in the state folder, and changes against it. */
#include <dirent.h>

#include "cli/program.h"

/* A resolver that is not there: a walk of its own, offline and quick. */
#define WALK "check", "--resolver", "127.0.0.1:1", "--timeout", "5"

static size_t
session_count(const char *state, const char *domain, char *last, size_t size)
{
	char path[256];
	const struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/stswalk/sessions/%s", state, domain);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		snprintf(last, size, "%s/%s", path, entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void
remove_tree(const char *path)
{
	char inner[512];
	const struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (unlink(inner) != 0)
			remove_tree(inner);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

/* Accounts of daemons have a home that is not there: it is not made. */
static void
test_no_home(void **state)
{
	char missing[512], kept[600];
	struct folder folder = { 0 };
	struct program p = { .state = NULL };

	(void)state;
	folder_make(&folder);
	snprintf(missing, sizeof(missing), "%s/none", folder.path);
	p.home = missing;
	RUN(&p, WALK, "example.com");
	assert_int_not_equal(access(missing, F_OK), 0);
	assert_int_equal(mkdir(missing, 0700), 0);
	RUN(&p, WALK, "example.com");
	snprintf(kept, sizeof(kept), "%s/.local/state/stswalk/sessions/example.com", missing);
	assert_int_equal(access(kept, F_OK), 0);
	remove_tree(folder.path);
	program_release(&p);
}

static void
test_kept(void **state)
{
	char path[512] = "";
	struct folder folder = { 0 };
	struct program p = { .state = NULL };
	struct stat st;

	(void)state;
	folder_make(&folder);
	p.state = folder.path;
	RUN(&p, WALK, "--baseline", "last", "example.com");
	check_has("first", &p.err, "no earlier walk of example.com");
	assert_int_equal(session_count(folder.path, "example.com", path, sizeof(path)), 1);
	assert_int_equal(stat(path, &st), 0);
	check_int("file", "mode", st.st_mode & 0777, 0600);
	RUN(&p, "open", path);
	check_has("kept", &p.out, "example.com");
	RUN(&p, WALK, "--baseline", "last", "example.com");
	check_int("second", "bytes of error", (long long)p.err.n, 0);
	assert_int_equal(session_count(folder.path, "example.com", path, sizeof(path)), 2);
	RUN(&p, WALK, "--no-history", "example.com");
	assert_int_equal(session_count(folder.path, "example.com", path, sizeof(path)), 2);
	RUN(&p, WALK, "--smtp-port", "2525", "example.com");
	assert_int_equal(session_count(folder.path, "example.com", path, sizeof(path)), 2);
	RUN(&p, WALK, "--mx", "mx9.example.com", "example.com");
	assert_int_equal(session_count(folder.path, "example.com", path, sizeof(path)), 2);
	RUN(&p, "demo", "good");
	assert_int_equal(session_count(folder.path, "good.test", path, sizeof(path)), 0);
	remove_tree(folder.path);
	program_release(&p);
}

/* What changed since the walk before is told, and a saved session tells the same. */
static void
test_since(void **state)
{
	struct folder folder = { 0 };
	struct program p = { .state = NULL }, opened = { .state = NULL };
	const char *file;

	(void)state;
	folder_make(&folder);
	p.state = folder.path;
	file = folder_file(&folder, 0, "second.stswalk");
	RUN(&p, WALK, "example.com");
	assert_null(strstr(buf_text(&p.out), "Since"));
	RUN(&p, WALK, "--save", file, "example.com");
	check_has("second", &p.out, "the last walk (");
	check_has("second", &p.out, "Z, 1 walk): no change");
	RUN(&opened, "open", file);
	check_text("opened", "report", buf_str(&opened.out), buf_text(&p.out));
	RUN(&p, WALK, "--save", file, "--force", "--ehlo", "mail.example.net", "example.com");
	check_has("third", &p.out, "Z, 2 walks): ");
	RUN(&opened, "open", file, "-f", "json");
	check_has("as JSON", &opened.out, "\"last_walk\":{\"started\":\"20");
	check_has("as JSON", &opened.out, "\"walks\":2,\"compared\":true,\"changes\":[");
	RUN(&p, WALK, "--smtp-port", "2525", "example.com");
	assert_null(strstr(buf_text(&p.out), "Since"));
	RUN(&p, WALK, "--no-history", "example.com");
	assert_null(strstr(buf_text(&p.out), "Since"));
	remove_tree(folder.path);
	program_release(&p);
	program_release(&opened);
}

/* The last 20 stay; what is older only where it tells of a change. */
static void
test_pruned(void **state)
{
	char path[512] = "";
	struct folder folder = { 0 };
	struct program p = { .state = NULL };

	(void)state;
	folder_make(&folder);
	p.state = folder.path;
	for (int i = 0; i < 24; i++)
		RUN(&p, WALK, "example.net");
	check_int("history", "walks kept",
		(long long)session_count(folder.path, "example.net", path, sizeof(path)), 21);
	remove_tree(folder.path);
	program_release(&p);
}

static void
test_baseline(void **state)
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
	RUN(&p, "open", good, "--baseline", good);
	check_int("same", "exit", p.exit, 0);
	check_int("same", "bytes of error", (long long)p.err.n, 0);
	RUN(&p, "open", good, "--baseline", bad);
	check_int("better", "exit", p.exit, 1);
	check_has("better", &p.err, "changed since the baseline");
	check_has("better", &p.err, "a walk of mx-one-bad.test, not of good.test");
	check_has("better", &p.out, "tls-cert-expired");
	RUN(&p, "open", good, "--baseline", bad, "-f", "json");
	check_int("json", "exit", p.exit, 1);
	check_has("json", &p.out, "\"baseline\":{\"format\":\"stswalk-diff\"");
	check_has("json", &p.out, "\"same\":false");
	RUN(&p, "open", good, "--baseline", good, "-f", "json");
	check_has("json, same", &p.out, "\"same\":true");
	RUN(&p, "open", good, "-f", "json");
	check_has("json, none", &p.out, "\"baseline\":null");
	RUN(&p, "open", good, "--baseline", bad, "-f", "oneline");
	check_has("oneline", &p.out, "STSWALK WARNING - ");
	check_has("oneline", &p.out, " changes since the baseline");
	RUN(&p, "open", good, "--baseline", good, "-f", "oneline");
	check_has("oneline, same", &p.out, "STSWALK OK - ");
	RUN(&p, "open", bad, "--baseline", good);
	check_int("worse", "exit", p.exit, 2);
	RUN(&p, "open", good, "--baseline", "/nowhere");
	check_int("missing", "exit", p.exit, 65);
	folder_remove(&folder);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_no_home),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_pruned),
		cmocka_unit_test(test_baseline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
