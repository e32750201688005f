/* --policy and --cached as a process: what is accepted, what comes of it, what is refused. */
#include "cli/program.h"

#include <ftw.h>
#include <sys/stat.h>
#include <time.h>

#include "support/report_fields.h"
#include "support/temp_file.h"

#define OTHER "version: STSv1\nmode: enforce\nmx: old.testing.test\nmax_age: 604800\n"
#define SAME "version: STSv1\nmode: enforce\nmx: mail.testing.test\nmax_age: 604800\n"
#define REPORT \
	"{\"organization-name\":\"Example\",\"date-range\":{\"start-datetime\":" \
	"\"2099-01-01T00:00:00Z\",\"end-datetime\":\"2099-01-02T00:00:00Z\"}," \
	"\"policies\":[{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":[\"version: " \
	"STSv1\"," \
	"\"mode: enforce\",\"max_age: 604800\",\"mx: old.testing.test\"]," \
	"\"policy-domain\":\"testing.test\"}}]}"

static json_t *
report_of(const char *option, const char *text)
{
	struct temp_file file;
	struct program p = { 0 };
	json_t *json;

	assert_true(temp_file_make(&file, text));
	RUN(&p, "demo", "testing", "-f", "json", option, file.path);
	json = json_loadb(p.out.p, p.out.n, 0, NULL);
	assert_non_null(json);
	temp_file_remove(&file);
	program_release(&p);
	return json;
}

static void
check_word(const json_t *json, const char *path, const char *want)
{
	const char *got = json_string_value(json_at(json, path));

	if (got == NULL || strcmp(got, want) != 0)
		fail_msg("%s is %s, not %s", path, got != NULL ? got : "missing", want);
}

static void
test_cached(void **state)
{
	static const char *const texts[] = { OTHER, REPORT };

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		json_t *json = report_of("--cached", texts[i]);

		check_word(json, "verdict.mail_now.fresh", "delivered-unvalidated");
		check_word(json, "verdict.mail_now.cached", "deferred");
		check_word(json, "simulate.cached[0].outcome", "deferred");
		check_word(json, "cache[0].mode", "enforce");
		assert_int_equal(json_integer_value(json_at(json, "verdict.exit")), 2);
		json_decref(json);
	}
}

static void
test_rehearsed(void **state)
{
	json_t *json = report_of("--policy", SAME);

	(void)state;
	check_word(json, "policy.source", "file");
	check_word(json, "policy.mode", "enforce");
	check_word(json, "verdict.mail_now.fresh", "delivered-validated");
	assert_true(json_is_true(json_at(json, "verdict.ready_for_enforce")));
	json_decref(json);
	json = report_of("--policy", OTHER);
	check_word(json, "verdict.mail_now.fresh", "deferred");
	assert_true(json_is_false(json_at(json, "verdict.ready_for_enforce")));
	json_decref(json);
}

/* A saved session opened with another policy says what it says of a walk. */
static void
test_opened(void **state)
{
	struct temp_file file, policy;
	struct program p = { 0 };
	json_t *json;

	(void)state;
	assert_true(temp_file_make(&file, ""));
	assert_true(temp_file_make(&policy, OTHER));
	RUN(&p, "demo", "testing", "-f", "json", "--force", "--save", file.path);
	RUN(&p, "open", "-f", "json", "--policy", policy.path, "--cached", file.path, file.path);
	json = json_loadb(p.out.p, p.out.n, 0, NULL);
	assert_non_null(json);
	check_word(json, "verdict.mail_now.fresh", "deferred");
	check_word(json, "verdict.mail_now.cached", "delivered-unvalidated");
	check_word(json, "cache[0].id", "20260101T000000");
	json_decref(json);
	temp_file_remove(&file);
	temp_file_remove(&policy);
	program_release(&p);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *option, *text, *says;
	} rows[] = {
		{ "--cached", "mode: enforce\n", "not a valid policy" },
		{ "--cached", "{\"a\":1}", "no TLSRPT report" },
		{ "--cached", "{\"format\":\"stswalk-session\",\"version\":99}\n", "line 1" },
		{ "--cached", "", "not a valid policy" },
	};
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct temp_file file;

		assert_true(temp_file_make(&file, rows[i].text));
		RUN(&p, "demo", "testing", "-f", "json", rows[i].option, file.path);
		check_int(rows[i].text, "exit", p.exit, 65);
		if (str_find_str(buf_str(&p.err), str_of(rows[i].says)) == p.err.n)
			fail_msg("%s: %s", rows[i].text, buf_text(&p.err));
		temp_file_remove(&file);
	}
	RUN(&p, "demo", "testing", "-f", "json", "--policy", "/nonexistent/policy");
	assert_int_equal(p.exit, 65);
	program_release(&p);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* What an earlier walk fetched is a sender that may still hold it; --no-history does not look. */
static void
test_history(void **state)
{
	static const char line[] =
		"{\"id\":\"1\",\"first_s\":1790000000,\"last_s\":4000000000,\"body\":\"version: "
		"STSv1\\nmode: enforce\\nmx: old.example.com\\nmax_age: 31557600\\n\"}\n";
	char root[] = "/tmp/stswalk-state-XXXXXX", path[128];
	struct program p = { 0 };
	json_t *json;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/stswalk", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/stswalk/policies", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/stswalk/policies/example.com", root);
	file = fopen(path, "w");
	assert_non_null(file);
	/* As of now: within its max_age whenever the test runs. */
	fprintf(file, "%.*s%lld%s", (int)(strstr(line, "4000000000") - line), line,
		(long long)time(NULL) - 60, strstr(line, "4000000000") + 10);
	fclose(file);
	p.state = root;
	RUN(&p, "check", "-f", "json", "--timeout", "1", "--resolver", "127.0.0.1:1",
		"--no-controls", "example.com");
	json = json_loadb(p.out.p, p.out.n, 0, NULL);
	assert_non_null(json);
	check_word(json, "cache[0].source", "history");
	check_word(json, "cache[0].id", "1");
	json_decref(json);
	RUN(&p, "check", "-f", "json", "--timeout", "1", "--resolver", "127.0.0.1:1",
		"--no-history", "--no-controls", "example.com");
	json = json_loadb(p.out.p, p.out.n, 0, NULL);
	assert_int_equal(json_array_size(json_at(json, "cache")), 0);
	json_decref(json);
	program_release(&p);
	nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cached),
		cmocka_unit_test(test_rehearsed),
		cmocka_unit_test(test_opened),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
