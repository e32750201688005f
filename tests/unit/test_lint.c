/* Lint: the same rules as for a walk, offline. */
#include "core/render.h"

#include "support/report_fields.h"
#include "support/vectors.h"

#define GOOD_POLICY \
	"version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800\n"

struct given {
	const char *txt[3], *tlsrpt[3], *mx[3], *patterns[3];
	const char *policy;
};

struct want {
	int exit;
	const char *finding; /* of the first; NULL: none at all */
	const char *path, *value; /* something in the JSON, NULL: nothing */
};

static const struct {
	const char *name;
	struct given given;
	struct want want;
} rows[] = {
	{ "valid record", { .txt = { "v=STSv1; id=1" } }, { 0, NULL, "txt.id", "1" } },
	{ "record without id", { .txt = { "v=STSv1;" } }, { 2, "txt-id-missing", NULL, NULL } },
	{ "record that is none", { .txt = { "v=spf1 -all" } }, { 2, "txt-absent", NULL, NULL } },
	{ "empty record", { .txt = { "" } }, { 2, "txt-absent", NULL, NULL } },
	{ "two records", { .txt = { "v=STSv1; id=1", "v=STSv1; id=2" } },
		{ 2, "txt-multiple", NULL, NULL } },
	{ "records alone: no policy is spoken of", { .txt = { "v=STSv1; id=1", "v=STSv1; id=2" } },
		{ 2, "txt-multiple", "findings[0].detail",
			"2 records: v=STSv1; id=1 | v=STSv1; id=2" } },
	{ "an unused pattern is told by its line in the file",
		{ .mx = { "a.example.net" }, .policy = GOOD_POLICY },
		{ 0, "policy-mx-unused", "findings[0].detail", "line 3: mx: mx1.example.com" } },
	{ "a pattern by hand comes behind the lines of the file",
		{ .mx = { "mx1.example.com", "a.example.net" },
			.policy = GOOD_POLICY,
			.patterns = { "b.example" } },
		{ 0, "policy-mx-unused", "findings[0].detail", "line 6: mx: b.example" } },
	{ "valid policy", { .policy = GOOD_POLICY }, { 0, NULL, "policy.mode", "enforce" } },
	{ "empty policy", { .policy = "" }, { 2, "policy-empty", NULL, NULL } },
	{ "a web page", { .policy = "<html>" }, { 2, "https-body-html", NULL, NULL } },
	{ "mode missing", { .policy = "version: STSv1\nmx: a.example\nmax_age: 604800\n" },
		{ 2, "policy-mode-missing", NULL, NULL } },
	{ "short max_age",
		{ .policy = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 300\n" },
		{ 1, "policy-max-age-short", NULL, NULL } },
	{ "a bad record does not hide a bad policy",
		{ .txt = { "v=STSv1;" },
			.policy = "version: STSv1\nmode: enforce\nmx: *\nmax_age: 604800\n" },
		{ 2, "txt-id-missing", "findings[1].id", "policy-mx-bad" } },
	{ "mx in the policy", { .mx = { "a.example.net" }, .policy = GOOD_POLICY },
		{ 0, "policy-mx-unused", "mx[0].pattern", "*.example.net" } },
	{ "mx not in the policy",
		{ .mx = { "mx1.example.com", "mx.example.org" }, .policy = GOOD_POLICY },
		{ 2, "mx-not-in-policy", NULL, NULL } },
	{ "no mx in the policy", { .mx = { "mx.example.org" }, .policy = GOOD_POLICY },
		{ 2, "mx-none-in-policy", NULL, NULL } },
	{ "mx and pattern", { .mx = { "MX.Example.com." }, .patterns = { "mx.example.com" } },
		{ 0, NULL, "mx[0].pattern", "mx.example.com" } },
	{ "underscore", { .mx = { "_dc.example.com" }, .patterns = { "*.example.com" } },
		{ 0, NULL, "mx[0].pattern", "*.example.com" } },
	{ "U-label",
		{ .mx = { "b\xc3\xbc"
			  "cher.example" },
			.patterns = { "xn--bcher-kva.example" } },
		{ 0, NULL, "mx[0].pattern", "xn--bcher-kva.example" } },
	{ "two labels under a wildcard",
		{ .mx = { "a.b.example.com" }, .patterns = { "*.example.com" } },
		{ 2, "mx-none-in-policy", NULL, NULL } },
	{ "no host name", { .mx = { "a b" }, .patterns = { "*.example.com" } },
		{ 2, NULL, "mx[0].host", "a b" } },
	{ "no pattern", { .mx = { "mx.example.com" } },
		{ 2, NULL, "mx[0].host", "mx.example.com" } },
	{ "bad pattern", { .patterns = { "mx.*.example" } }, { 2, "policy-mx-bad", NULL, NULL } },
	{ "line end in a pattern", { .patterns = { "a.example\nmx: b.example" } },
		{ 2, "policy-mx-bad", NULL, NULL } },
	{ "miss under testing is a warning",
		{ .mx = { "mx.example.org" },
			.policy = "version: STSv1\nmode: testing\nmx: a.example\n"
				  "max_age: 604800\n" },
		{ 1, "mx-none-in-policy", NULL, NULL } },
	{ "valid TLSRPT", { .tlsrpt = { "v=TLSRPTv1; rua=mailto:a@example.com" } },
		{ 0, NULL, "tlsrpt.rua[0]", "mailto:a@example.com" } },
	{ "TLSRPT without rua", { .tlsrpt = { "v=TLSRPTv1;" } }, { 2, NULL, NULL, NULL } },
};

static struct strs
list_of(struct arena *a, const char *const *texts)
{
	struct strs list = { 0 };

	for (size_t i = 0; i < 3 && texts[i] != NULL; i++)
		arena_push(a, &list, str_of(texts[i]));
	return list;
}

static json_t *
run_lint(const struct lint_input *in, const char *row, int *exit)
{
	struct buf json = { 0 };
	struct doc doc;
	json_error_t error;
	json_t *root;

	doc_init(&doc);
	*exit = lint_judge(in, &doc, &json);
	check_true(row, "a report of some rows", doc.count > 0);
	root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL)
		fail_msg("%s: %s", row, error.text);
	doc_release(&doc);
	buf_release(&json);
	return root;
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct given *given = &rows[i].given;
		const struct want *want = &rows[i].want;
		struct arena a = { 0 };
		const struct lint_input in = { .txt = list_of(&a, given->txt),
			.has_txt = given->txt[0] != NULL,
			.tlsrpt = list_of(&a, given->tlsrpt),
			.has_tlsrpt = given->tlsrpt[0] != NULL,
			.has_policy = given->policy != NULL,
			.policy = str_of(given->policy),
			.mx = list_of(&a, given->mx),
			.patterns = list_of(&a, given->patterns) };
		int exit;
		json_t *json = run_lint(&in, rows[i].name, &exit);

		check_int(rows[i].name, "exit", exit, want->exit);
		check_int(rows[i].name, "verdict.exit",
			json_integer_value(json_at(json, "verdict.exit")), want->exit);
		if (want->finding != NULL)
			check_text(rows[i].name, "first finding",
				str_of(json_text_at(json, "findings[0].id")), want->finding);
		if (want->path != NULL)
			check_text(rows[i].name, want->path, str_of(json_text_at(json, want->path)),
				want->value);
		json_decref(json);
		arena_release(&a);
	}
}

/* What was not given is null; mx is a list all the same. */
static void
test_fields(void **state)
{
	static const char *const top[] = { "format", "version", "txt", "tlsrpt", "policy", "mx",
		"findings", "verdict" };
	const struct lint_input in = { .has_policy = true, .policy = STR(GOOD_POLICY) };
	int exit;
	json_t *json;

	(void)state;
	json = run_lint(&in, "fields", &exit);
	for (size_t i = 0; i < ROWS(top); i++)
		check_true(top[i], "field", json_object_get(json, top[i]) != NULL);
	assert_true(json_is_null(json_at(json, "txt")));
	assert_true(json_is_null(json_at(json, "tlsrpt")));
	assert_int_equal(json_array_size(json_at(json, "mx")), 0);
	assert_int_equal(json_array_size(json_at(json, "policy.lines")), 5);
	assert_int_equal(json_array_size(json_at(json, "policy.mx")), 2);
	assert_int_equal(json_integer_value(json_at(json, "policy.max_age")), 604800);
	json_decref(json);
}

/* RFC 8461 3.3: more than 64 KiB is not read, whatever stands in it. */
static void
test_too_big(void **state)
{
	struct buf body = { 0 };
	struct lint_input in = { .has_policy = true };
	int exit;
	json_t *json;

	(void)state;
	buf_add_text(&body, GOOD_POLICY);
	while (body.n <= LIMIT_POLICY_BYTES)
		buf_add_text(&body, "mx: mx1.example.com\n");
	in.policy = buf_str(&body);
	json = run_lint(&in, "too big", &exit);
	assert_int_equal(exit, 2);
	check_text("too big", "finding", str_of(json_text_at(json, "findings[0].id")),
		"https-too-big");
	assert_true(json_is_false(json_at(json, "policy.valid")));
	json_decref(json);
	buf_release(&body);
}

/* Every shared vector has the verdict of the grammar, and an exit status that says the same. */
static void
test_vectors(void **state)
{
	static const struct {
		const char *path, *at;
	} files[] = { { TEST_DIR "/vectors/txt.json", "txt.valid" },
		{ TEST_DIR "/vectors/policy.json", "policy.valid" },
		{ TEST_DIR "/vectors/tlsrpt_txt.json", "tlsrpt.valid" },
		{ TEST_DIR "/vectors/match.json", "mx[0].ok" } };

	(void)state;
	for (size_t f = 0; f < ROWS(files); f++) {
		json_t *file = vectors_load(files[f].path);
		json_t *vector;
		size_t i;

		json_array_foreach(file, i, vector)
		{
			struct arena a = { 0 };
			json_t *input = json_object_get(vector, "input"), *json;
			struct lint_input in = { 0 };
			const char *name = vector_name(&a, files[f].at, vector);
			int exit;
			struct strs records = vector_strs(&a, input);

			if (json_object_get(vector, "input_hex") != NULL)
				records.v[0] = vector_bytes(&a, vector);
			in.has_txt = f == 0;
			in.has_policy = f == 1;
			in.has_tlsrpt = f == 2;
			if (f == 0)
				in.txt = records;
			else if (f == 1)
				in.policy = records.v[0];
			else if (f == 2)
				in.tlsrpt = records;
			else {
				in.mx = vector_strs(&a, json_object_get(input, "mx"));
				in.patterns = vector_strs(&a, json_object_get(input, "patterns"));
			}
			json = run_lint(&in, name, &exit);
			if (json_object_get(vector, "ambiguous") == NULL)
				check_int(name, "verdict", json_is_true(json_at(json, files[f].at)),
					vector_expects(vector, f == 3 ? "match" : "valid"));
			if (json_is_false(json_at(json, files[f].at)))
				check_int(name, "exit", exit, 2);
			json_decref(json);
			arena_release(&a);
		}
		json_decref(file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
