/* MX names against patterns: RFC 8461 section 4.1. */
#include "core/match.h"

#include "support/check.h"
#include "support/vectors.h"

static const struct {
	const char *pattern;
	const char *name;
	enum match_miss miss;
	unsigned label;
	const char *explained;
} pairs[] = {
	{ "mx.a.example", "MX.A.Example.", MATCH_MISS_NONE, 0,
		"mx.a.example matches MX.A.Example" },
	{ "*.a.example", "mx.a.example", MATCH_MISS_NONE, 0, "*.a.example matches mx.a.example" },
	{ "*.a.example", "eu1.in.a.example", MATCH_MISS_WILDCARD_DEEP, 3,
		"*.a.example covers one label, eu1.in.a.example has 2 before a.example" },
	{ "*.a.example", "a.example", MATCH_MISS_WILDCARD_BARE, 3,
		"*.a.example covers one label before a.example, but not a.example itself" },
	{ "*.a.example", ".a.example", MATCH_MISS_LABEL, 3,
		"label 3 from the right differs: * in *.a.example,  in .a.example" },
	{ "mx1.a.example", "mx2.a.example", MATCH_MISS_LABEL, 3,
		"label 3 from the right differs: mx1 in mx1.a.example, mx2 in mx2.a.example" },
	{ "*.a.example", "mx.b.example", MATCH_MISS_LABEL, 2,
		"label 2 from the right differs: a in *.a.example, b in mx.b.example" },
	{ "mx.a.example", "a.example", MATCH_MISS_SHORTER, 3,
		"mx.a.example has 3 labels, a.example only 2" },
	{ "a.example", "mx.a.example", MATCH_MISS_LONGER, 3,
		"a.example is one name and no suffix, mx.a.example has 1 more label" },
	{ "mx*.a.example", "mx1.a.example", MATCH_MISS_WILDCARD_PARTIAL, 3,
		"mx*.a.example: '*' may only be the whole left-most label (RFC 8461 4.1)" },
	{ "mx*.a.example", "mail.a.example", MATCH_MISS_LABEL, 3, NULL },
	{ "mx*x.a.example", "mx.a.example", MATCH_MISS_LABEL, 3, NULL },
	{ "*", "example", MATCH_MISS_MALFORMED, 0,
		"* is malformed and matches nothing: '*' needs a domain behind it, as in "
		"*.example.com" },
	{ "mx.*.example", "mx.a.example", MATCH_MISS_MALFORMED, 0, NULL },
	{ "", "", MATCH_MISS_MALFORMED, 0, NULL },
	{ "a..example", "a..example", MATCH_MISS_MALFORMED, 0, NULL },
	{ " mx.a.example", "mx.a.example", MATCH_MISS_MALFORMED, 0, NULL },
	{ "a.example..", "a.example", MATCH_MISS_MALFORMED, 0, NULL },
	{ "*.a.example", "*.a.example", MATCH_MISS_LABEL, 3, NULL },
	{ "a.example", "", MATCH_MISS_LABEL, 1, NULL },
	{ "mx_1.a.example", "mx_1.a.example", MATCH_MISS_NONE, 0, NULL },
	{ "b\xc3\xbc"
	  "cher.example",
		"xn--bcher-kva.example", MATCH_MISS_NONE, 0, NULL },
	{ "xn--bcher-kva.example",
		"B\xc3\xbc"
		"CHER.example",
		MATCH_MISS_NONE, 0, NULL },
	{ "\xff.example", "\xff.example", MATCH_MISS_MALFORMED, 0, NULL },
	{ "*.example", "\xff.example", MATCH_MISS_NONE, 0, NULL },
};

static void
test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(pairs); i++) {
		struct arena a = { 0 };
		const struct str pattern = str_of(pairs[i].pattern);
		const struct str name = str_of(pairs[i].name);
		const struct match_pair pair = match_name(pattern, name);
		const struct str text = match_explain(&a, pattern, name, pair);

		check_int(pairs[i].pattern, "miss", pair.miss, pairs[i].miss);
		check_int(pairs[i].pattern, "label", pair.label_from_right, pairs[i].label);
		if (pairs[i].explained != NULL)
			check_text(pairs[i].pattern, "explanation", text, pairs[i].explained);
		assert_true(text.n != 0);
		arena_release(&a);
	}
}

static size_t
make_patterns(struct arena *a, struct strs list, struct policy_pattern **out)
{
	*out = arena_array(a, list.n, sizeof(**out));
	for (size_t i = 0; i < list.n; i++) {
		size_t at;

		(*out)[i].text = list.v[i];
		(*out)[i].is_valid = mx_pattern_check(list.v[i], &at) == MX_FAULT_NONE;
	}
	return list.n;
}

static const struct {
	const char *name;
	const char *host;
	const char *patterns[4];
	bool is_match;
	size_t index; /* of the match or of the nearest miss */
	enum match_miss miss;
} sets[] = {
	{ "no patterns", "mx.a.example", { NULL }, false, SIZE_MAX, MATCH_MISS_NONE },
	{ "first that matches", "mx.a.example", { "x.example", "*.a.example", "mx.a.example" },
		true, 1, MATCH_MISS_NONE },
	{ "nearest by labels", "eu1.in.a.example", { "b.example", "*.a.example", "x.test" }, false,
		1, MATCH_MISS_WILDCARD_DEEP },
	{ "nearest by spelling", "mx1.a.example", { "backup.a.example", "mx2.a.example" }, false, 1,
		MATCH_MISS_LABEL },
	{ "nearest of equals is the first", "mx1.a.example", { "mx2.a.example", "mx3.a.example" },
		false, 0, MATCH_MISS_LABEL },
	{ "malformed matches nothing", "mx_1.a.example", { "mx_1.a.example" }, false, 0,
		MATCH_MISS_MALFORMED },
	{ "an address matches nothing", "192.0.2.1", { "192.0.2.1" }, false, 0,
		MATCH_MISS_MALFORMED },
	{ "trailing dot is dropped", "mx.a.example", { "mx.a.example." }, true, 0,
		MATCH_MISS_NONE },
	{ "trailing dot behind no pattern", "mx_1.a.example", { "mx_1.a.example." }, false, 0,
		MATCH_MISS_MALFORMED },
	{ "U-label in no pattern", "mx_1.b\xc3\xbc.example", { "mx_1.b\xc3\xbc.example" }, false, 0,
		MATCH_MISS_MALFORMED },
	{ "partial wildcard", "mx1.a.example", { "mx*.a.example" }, false, 0,
		MATCH_MISS_MALFORMED },
};

static void
test_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sets); i++) {
		struct arena a = { 0 };
		struct strs list = { 0 };
		struct policy_pattern *patterns;
		struct match_result result;
		size_t count;

		for (size_t j = 0; j < ROWS(sets[i].patterns) && sets[i].patterns[j] != NULL; j++)
			arena_push(&a, &list, str_of(sets[i].patterns[j]));
		count = make_patterns(&a, list, &patterns);
		match_patterns(patterns, count, str_of(sets[i].host), &result);
		check_int(sets[i].name, "match", result.is_match, sets[i].is_match);
		check_true(sets[i].name, "index",
			(result.is_match ? result.pattern : result.nearest) == sets[i].index);
		check_int(sets[i].name, "miss", result.near.miss, sets[i].miss);
		arena_release(&a);
	}
}

static void
test_vectors(void **state)
{
	json_t *root = vectors_load(TEST_DIR "/vectors/match.json");
	json_t *vector;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(root), 56);
	json_array_foreach(root, i, vector)
	{
		struct arena a = { 0 };
		const char *name = vector_name(&a, "match", vector);
		json_t *input = json_object_get(vector, "input");
		struct policy_pattern *patterns;
		struct match_result result;
		const size_t count = make_patterns(
			&a, vector_strs(&a, json_object_get(input, "patterns")), &patterns);

		match_patterns(patterns, count, vector_str(json_object_get(input, "mx")), &result);
		check_int(name, "match", result.is_match, vector_expects(vector, "match"));
		arena_release(&a);
	}
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
