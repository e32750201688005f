/* The policy file: RFC 8461 section 3.2. */
#include "core/policy.h"

#include "core/limits.h"

#include "support/check.h"
#include "support/vectors.h"

#define GOOD "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 604800\n"

static const struct {
	const char *name;
	const char *line; /* added to a good policy */
	enum policy_note note;
	size_t at;
	bool is_valid;
	const char *meant;
} lines[] = {
	{ "extension", "x-report: any thing", POLICY_NOTE_KEY_UNKNOWN, 0, true, "" },
	{ "extension in UTF-8", "comment: caf\xc3\xa9", POLICY_NOTE_KEY_UNKNOWN, 0, true, "" },
	{ "trailing blanks", "x: y \t ", POLICY_NOTE_KEY_UNKNOWN, 0, true, "" },
	{ "no blank behind the colon", "x:y", POLICY_NOTE_KEY_UNKNOWN, 0, true, "" },
	{ "key of 32", "abcdefghijklmnopqrstuvwxyz012345: 1", POLICY_NOTE_KEY_UNKNOWN, 0, true,
		"" },
	{ "near key", "maxage: 5", POLICY_NOTE_KEY_UNKNOWN, 0, true, "max_age" },
	{ "near key of two letters", "mz: mx1.example.com", POLICY_NOTE_KEY_UNKNOWN, 0, true,
		"mx" },
	{ "two letters are not near all", "ab: 1", POLICY_NOTE_KEY_UNKNOWN, 0, true, "" },
	{ "key case", "MX: mx1.example.com", POLICY_NOTE_KEY_CASE, 0, true, "mx" },
	{ "key case with a bad value", "Mode:", POLICY_NOTE_SYNTAX, 5, false, "mode" },
	{ "second mode", "mode: none", POLICY_NOTE_KEY_DUPLICATE, 0, true, "" },
	{ "second mode, unknown", "mode: bad", POLICY_NOTE_KEY_DUPLICATE, 0, true, "" },
	{ "second max_age, too large", "max_age: 99999999", POLICY_NOTE_KEY_DUPLICATE, 0, true,
		"" },
	{ "second version is no field", "version:", POLICY_NOTE_SYNTAX, 8, false, "" },
	{ "blank line", "", POLICY_NOTE_BLANK, 0, true, "" },
	{ "blanks only", " \t", POLICY_NOTE_BLANK, 0, true, "" },
	{ "no colon", "bogus", POLICY_NOTE_SYNTAX, 5, false, "" },
	{ "comment", "# text", POLICY_NOTE_SYNTAX, 0, false, "" },
	{ "leading blank", " x: y", POLICY_NOTE_SYNTAX, 0, false, "" },
	{ "blank before the colon", "x : y", POLICY_NOTE_SYNTAX, 1, false, "" },
	{ "no key", ": y", POLICY_NOTE_SYNTAX, 0, false, "" },
	{ "key of 33", "abcdefghijklmnopqrstuvwxyz0123456: 1", POLICY_NOTE_SYNTAX, 32, false, "" },
	{ "key with underscore first", "_x: y", POLICY_NOTE_SYNTAX, 0, false, "" },
	{ "empty value", "x: ", POLICY_NOTE_SYNTAX, 3, false, "" },
	{ "TAB inside a value", "x: a\tb", POLICY_NOTE_SYNTAX, 4, false, "" },
	{ "DEL", "x: a\x7f", POLICY_NOTE_SYNTAX, 4, false, "" },
	{ "no UTF-8", "x: a\xff", POLICY_NOTE_SYNTAX, 4, false, "" },
	{ "a surrogate is no UTF-8", "x: \xed\xa0\x80", POLICY_NOTE_SYNTAX, 3, false, "" },
	{ "mx over again", "mx: mx.example.com", POLICY_NOTE_NONE, 0, true, "" },
	{ "malformed mx", "mx: *", POLICY_NOTE_MX_BAD, 4, false, "" },
	{ "two names", "mx: a.example.com, b.example.com", POLICY_NOTE_MX_SEVERAL, 19, false, "" },
	{ "preference", "mx: 10 mx.example.com", POLICY_NOTE_MX_BAD, 4, false, "" },
	{ "comment behind mx", "mx: mx.example.com # first", POLICY_NOTE_MX_BAD, 18, false, "" },
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct arena a = { 0 };
		struct policy policy;
		const struct policy_line *line;

		policy_parse(&a, arena_printf(&a, GOOD "%s\n", lines[i].line), &policy);
		check_int(lines[i].name, "lines", (long long)policy.line_count, 5);
		line = &policy.lines[4];
		check_int(lines[i].name, "note", line->note, lines[i].note);
		check_int(lines[i].name, "place", (long long)line->note_at, (long long)lines[i].at);
		check_int(lines[i].name, "validity", policy.is_valid, lines[i].is_valid);
		check_text(lines[i].name, "meant", line->meant, lines[i].meant);
		check_text(lines[i].name, "text", line->text, lines[i].line);
		check_int(lines[i].name, "mode", policy.mode, POLICY_MODE_ENFORCE);
		check_int(lines[i].name, "max_age", (long long)policy.max_age_s, 604800);
		arena_release(&a);
	}
}

static void
test_pattern_for(void **state)
{
	static const char *const rows[][2] = {
		{ "mx.example.com", "mx.example.com" },
		{ "mx_1.example.com", "*.example.com" },
		{ "-mx.example.com", "*.example.com" },
		{ "mx.a_b.example.com", "" },
		{ "mx_1", "" },
		{ "192.0.2.1", "" },
		{ "*.example.com", "" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };

		check_text(
			rows[i][0], "pattern", mx_pattern_for(&a, str_of(rows[i][0])), rows[i][1]);
		arena_release(&a);
	}
}

static const struct {
	const char *name;
	const char *key; /* of the line that is replaced */
	const char *line;
	enum policy_note note;
	bool is_valid;
	const char *meant;
} fields[] = {
	{ "mode testing", "mode", "mode: testing", POLICY_NOTE_NONE, true, "" },
	{ "mode case", "mode", "mode: Enforce", POLICY_NOTE_MODE_UNKNOWN, false, "enforce" },
	{ "mode enforced", "mode", "mode: enforced", POLICY_NOTE_MODE_UNKNOWN, false, "enforce" },
	{ "mode and comment", "mode", "mode: enforce # since May", POLICY_NOTE_MODE_UNKNOWN, false,
		"enforce" },
	{ "two modes", "mode", "mode: testing, enforce", POLICY_NOTE_MODE_UNKNOWN, false,
		"testing" },
	{ "mode report", "mode", "mode: report", POLICY_NOTE_MODE_UNKNOWN, false, "" },
	{ "mode empty", "mode", "mode:", POLICY_NOTE_MODE_UNKNOWN, false, "" },
	{ "mode key case", "mode", "Mode: enforce", POLICY_NOTE_KEY_CASE, false, "mode" },
	{ "version 2", "version", "version: STSv2", POLICY_NOTE_VERSION_BAD, false, "" },
	{ "version case", "version", "version: stsv1", POLICY_NOTE_VERSION_BAD, false, "" },
	{ "no version", "version", "x: y", POLICY_NOTE_KEY_UNKNOWN, false, "" },
	{ "max_age 0", "max_age", "max_age: 0", POLICY_NOTE_NONE, true, "" },
	{ "max_age at most", "max_age", "max_age: 31557600", POLICY_NOTE_NONE, true, "" },
	{ "max_age over", "max_age", "max_age: 31557601", POLICY_NOTE_MAX_AGE_OVER, false, "" },
	{ "max_age ten digits", "max_age", "max_age: 9999999999", POLICY_NOTE_MAX_AGE_OVER, false,
		"" },
	{ "max_age eleven digits", "max_age", "max_age: 00000086400", POLICY_NOTE_MAX_AGE_BAD,
		false, "" },
	{ "max_age with unit", "max_age", "max_age: 7d", POLICY_NOTE_MAX_AGE_BAD, false, "" },
	{ "max_age negative", "max_age", "max_age: -1", POLICY_NOTE_MAX_AGE_BAD, false, "" },
	{ "max_age empty", "max_age", "max_age: ", POLICY_NOTE_MAX_AGE_BAD, false, "" },
	{ "no mx", "mx", "x: y", POLICY_NOTE_KEY_UNKNOWN, false, "" },
};

/* A good policy with one line replaced; *at is the index of that line. */
static struct str
replace_line(struct arena *a, const char *key, const char *line, size_t *at)
{
	struct str rest = STR(GOOD);
	struct str part;
	struct str body = STR_EMPTY;

	for (size_t i = 0; str_split(&rest, '\n', &part); i++) {
		const bool is_it = str_is(str_sub(part, 0, str_find(part, ':')), key);

		if (is_it)
			*at = i;
		part = is_it ? str_of(line) : part;
		body = arena_printf(a, "%.*s%.*s\n", STR_ARG(body), STR_ARG(part));
	}
	return body;
}

static void
test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(fields); i++) {
		struct arena a = { 0 };
		struct policy policy;
		size_t at = 0;

		policy_parse(&a, replace_line(&a, fields[i].key, fields[i].line, &at), &policy);
		check_int(fields[i].name, "note", policy.lines[at].note, fields[i].note);
		check_int(fields[i].name, "validity", policy.is_valid, fields[i].is_valid);
		check_text(fields[i].name, "meant", policy.lines[at].meant, fields[i].meant);
		arena_release(&a);
	}
}

static const struct {
	const char *value;
	enum mx_fault fault;
	size_t at;
} patterns[] = {
	{ "mx.example.com", MX_FAULT_NONE, 0 },
	{ "*.example.com", MX_FAULT_NONE, 0 },
	{ "localhost", MX_FAULT_NONE, 0 },
	{ "xn--bcher-kva.example", MX_FAULT_NONE, 0 },
	{ "", MX_FAULT_EMPTY, 0 },
	{ "*", MX_FAULT_WILDCARD_ALONE, 0 },
	{ "*.", MX_FAULT_WILDCARD_ALONE, 0 },
	{ "mx.*.example", MX_FAULT_WILDCARD_INSIDE, 3 },
	{ "*.*.example", MX_FAULT_WILDCARD_INSIDE, 2 },
	{ "mx*.example", MX_FAULT_WILDCARD_PARTIAL, 2 },
	{ "**.example", MX_FAULT_WILDCARD_PARTIAL, 0 },
	{ ".example.com", MX_FAULT_LEADING_DOT, 0 },
	{ "mx.example.com.", MX_FAULT_TRAILING_DOT, 14 },
	{ "https://mx.example.com", MX_FAULT_URL, 5 },
	{ "smtp:mx.example.com", MX_FAULT_URL, 4 },
	{ "mx.example.com/", MX_FAULT_URL, 14 },
	{ "mx.example.com:25", MX_FAULT_PORT, 14 },
	{ "10 mx.example.com", MX_FAULT_PREFERENCE, 0 },
	{ "192.0.2.1", MX_FAULT_ADDRESS, 0 },
	{ "[192.0.2.1]", MX_FAULT_ADDRESS, 0 },
	{ "2001:db8::1", MX_FAULT_ADDRESS, 0 },
	{ "[IPv6:2001:db8::1]", MX_FAULT_ADDRESS, 0 },
	{ "_dc-mx.example.com", MX_FAULT_UNDERSCORE, 0 },
	{ "m\xc3\xb8x.example", MX_FAULT_U_LABEL, 1 },
	{ "m\xf8x.example", MX_FAULT_SYNTAX, 1 },
	{ "mx.example.com primary!", MX_FAULT_COMMENT, 14 },
	{ "mx.example-", MX_FAULT_SYNTAX, 3 },
	{ "mx.example,", MX_FAULT_SYNTAX, 10 },
	{ "a..example", MX_FAULT_SYNTAX, 2 },
	{ "mx.example.com\\", MX_FAULT_SYNTAX, 14 },
	{ "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0.example", MX_FAULT_NONE,
		0 },
	{ "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01.example",
		MX_FAULT_SYNTAX, 0 },
};

static void
test_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(patterns); i++) {
		size_t at;
		const enum mx_fault fault = mx_pattern_check(str_of(patterns[i].value), &at);

		check_int(patterns[i].value, "fault", fault, patterns[i].fault);
		check_int(patterns[i].value, "place", (long long)at, (long long)patterns[i].at);
		assert_non_null(mx_fault_text(fault));
	}
}

enum {
	EMPTY = 1,
	BOM = 2,
	NUL = 4,
	UTF16 = 8,
	CR = 16,
	HTML = 32,
	LF = 64,
	CRLF = 128,
	BLANK = 256
};

static const struct {
	const char *name;
	struct str body;
	unsigned facts;
	size_t lines;
	bool is_valid;
} bodies[] = {
	{ "good", BYTES(GOOD), LF, 4, true },
	{ "0 bytes", BYTES(""), EMPTY, 0, false },
	{ "one line end", BYTES("\n"), EMPTY | LF | BLANK, 1, false },
	{ "blank lines", BYTES(" \r\n\t\n"), EMPTY | LF | CRLF | BLANK, 2, false },
	{ "no final line end", BYTES("version: STSv1\nmode: none\nmax_age: 1"), LF, 3, true },
	{ "mixed line ends", BYTES("version: STSv1\r\nmode: none\nmax_age: 1\r\n"), LF | CRLF, 3,
		true },
	{ "blank line at the end", BYTES(GOOD "\n"), LF | BLANK, 5, true },
	{ "byte order mark", BYTES("\xef\xbb\xbf" GOOD), BOM | LF, 4, false },
	{ "byte order mark before a page", BYTES("\xef\xbb\xbf\n<html>"), BOM | HTML | LF, 2,
		false },
	{ "NUL", BYTES(GOOD "x: a\0b\n"), NUL | LF, 5, false },
	{ "only NUL", BYTES("\0\0\0\0\0\0"), NUL, 1, false },
	{ "UTF-16 with mark", BYTES("\xff\xfev\0e\0"), UTF16, 1, false },
	{ "UTF-16, low byte first", BYTES("v\0e\0r\0s\0i\0o\0n\0:\0"), UTF16, 1, false },
	{ "UTF-16, high byte first", BYTES("\0v\0e\0r"), UTF16, 1, false },
	{ "bare CR", BYTES("version: STSv1\rmode: none\rmax_age: 1\r"), CR, 3, false },
	{ "CR before CRLF", BYTES("version: STSv1\r\r\nmode: none\nmax_age: 1\n"),
		CR | LF | CRLF | BLANK, 4, false },
	{ "web page", BYTES(" \r\n<!doctype html>"), HTML | CRLF | BLANK, 2, false },
};

static unsigned
facts_of(const struct policy *p)
{
	return (p->is_empty ? EMPTY : 0) | (p->has_bom ? BOM : 0) | (p->has_nul ? NUL : 0) |
	       (p->is_utf16 ? UTF16 : 0) | (p->has_bare_cr ? CR : 0) |
	       (p->looks_like_html ? HTML : 0) | (p->has_lf ? LF : 0) | (p->has_crlf ? CRLF : 0) |
	       (p->has_blank_lines ? BLANK : 0);
}

static void
test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bodies); i++) {
		struct arena a = { 0 };
		struct policy policy;

		policy_parse(&a, bodies[i].body, &policy);
		check_int(bodies[i].name, "facts", facts_of(&policy), bodies[i].facts);
		check_int(bodies[i].name, "lines", (long long)policy.total_lines,
			(long long)bodies[i].lines);
		check_int(bodies[i].name, "validity", policy.is_valid, bodies[i].is_valid);
		arena_release(&a);
	}
}

static void
test_first_bad_field_counts(void **state)
{
	struct arena a = { 0 };
	struct policy policy;

	(void)state;
	policy_parse(&a,
		STR("version: STSv1\nmode: bad\nmode: none\nmax_age: 1x\nmax_age: 1\n"
		    "x: 1\ny: 1\nx: 2\nx: 1\nX: 1\n"),
		&policy);
	assert_false(policy.is_valid);
	check_int("first", "mode", policy.mode, POLICY_MODE_UNKNOWN);
	check_int("first", "mode line", policy.mode_line, 2);
	check_text("first", "mode text", policy.mode_text, "bad");
	check_text("first", "max_age text", policy.max_age_text, "1x");
	check_int("first", "max_age line", policy.max_age_line, 4);
	check_int("x", "note", policy.lines[5].note, POLICY_NOTE_KEY_UNKNOWN);
	check_int("y", "note", policy.lines[6].note, POLICY_NOTE_KEY_UNKNOWN);
	check_int("second x", "note", policy.lines[7].note, POLICY_NOTE_KEY_DUPLICATE);
	check_int("third x", "note", policy.lines[8].note, POLICY_NOTE_KEY_DUPLICATE);
	check_int("X", "note", policy.lines[9].note, POLICY_NOTE_KEY_UNKNOWN);
	arena_release(&a);
}

/* More lines than are kept: all of them count for the verdict. */
static void
test_many_lines(void **state)
{
	struct arena a = { 0 };
	const size_t extra = LIMIT_POLICY_LINES + 100;
	char *body = arena_alloc(&a, sizeof(GOOD) + extra * 4 + 8);
	size_t n = 0;
	struct policy policy;

	(void)state;
	for (size_t i = 0; i < extra; i++, n += 4)
		memcpy(body + n, "a:b\n", 4);
	memcpy(body + n, GOOD, sizeof(GOOD));
	n += sizeof(GOOD) - 1;
	policy_parse(&a, (struct str){ body, n }, &policy);
	assert_true(policy.is_valid);
	assert_int_equal(policy.line_count, LIMIT_POLICY_LINES);
	assert_int_equal(policy.total_lines, extra + 4);
	assert_int_equal(policy.mx_count, 1);
	memcpy(body + n, "bad\n", 4);
	policy_parse(&a, (struct str){ body, n + 4 }, &policy);
	assert_false(policy.is_valid);
	assert_true(policy.has_syntax_error);
	arena_release(&a);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(policy_mode_name(POLICY_MODE_UNKNOWN), "unknown");
	assert_string_equal(policy_mode_name(POLICY_MODE_ENFORCE), "enforce");
	assert_string_equal(policy_eol_name(POLICY_EOL_CRLF), "crlf");
	assert_null(policy_note_name(POLICY_NOTE_NONE));
	assert_string_equal(policy_note_name(POLICY_NOTE_SYNTAX), "policy-line-syntax");
	assert_string_equal(policy_note_name(POLICY_NOTE_KEY_DUPLICATE), "policy-key-duplicate");
}

static void
check_fields(struct arena *a, const char *name, const struct policy *policy, json_t *expect)
{
	const struct strs mx = vector_strs(a, json_object_get(expect, "mx"));
	json_t *max_age = json_object_get(expect, "max_age");
	size_t next = 0;

	check_text(name, "mode", vector_str(json_object_get(expect, "mode")),
		policy->mode != POLICY_MODE_UNKNOWN ? policy_mode_name(policy->mode) : "");
	check_int(name, "max_age is a number", policy->is_max_age_ok, json_is_integer(max_age));
	if (policy->is_max_age_ok)
		check_int(
			name, "max_age", (long long)policy->max_age_s, json_integer_value(max_age));
	for (size_t i = 0; i < policy->mx_count; i++) {
		if (!policy->mx[i].is_valid)
			continue;
		check_true(name, "number of mx fields", next < mx.n);
		check_str(name, "mx", policy->mx[i].text, mx.v[next++]);
	}
	check_int(name, "number of mx fields", (long long)next, (long long)mx.n);
}

/*
 * Where the verdict of the vectors is not this parser's, and why: blank lines are outside the
 * grammar and leave a policy usable, and the size is a matter of the fetch (RFC 8461 3.3).
 */
static const struct {
	int id;
	const char *why;
} deliberate[] = {
	{ 150, "blank line inside" },
	{ 197, "blank line at the end" },
	{ 198, "blank line at the start" },
	{ 201, "blank line at the end, CRLF" },
	{ 255, "over 64 KiB" },
};

static bool
is_deliberate(json_int_t id)
{
	for (size_t i = 0; i < ROWS(deliberate); i++) {
		if (deliberate[i].id == id)
			return true;
	}
	return false;
}

static void
test_vectors(void **state)
{
	json_t *root = vectors_load(TEST_DIR "/vectors/policy.json");
	json_t *vector;
	size_t i;
	size_t exceptions = 0;

	(void)state;
	assert_int_equal(json_array_size(root), 102);
	json_array_foreach(root, i, vector)
	{
		struct arena a = { 0 };
		const char *name = vector_name(&a, "policy", vector);
		bool is_valid = vector_expects(vector, "valid");
		struct policy policy;

		policy_parse(&a, vector_bytes(&a, vector), &policy);
		if (is_deliberate(json_integer_value(json_object_get(vector, "id")))) {
			check_true(name, "ambiguity",
				json_is_string(json_object_get(vector, "ambiguous")));
			is_valid = !is_valid;
			exceptions++;
		} else if (is_valid) {
			check_fields(&a, name, &policy, json_object_get(vector, "expect"));
		}
		check_int(name, "validity", policy.is_valid, is_valid);
		arena_release(&a);
	}
	assert_int_equal(exceptions, ROWS(deliberate));
	json_decref(root);
}

/* Every line is indented: the vectors list its fields, for this parser there are none. */
static const char *const indented[] = { "005", "144" };

static bool
is_indented(const char *key)
{
	for (size_t i = 0; i < ROWS(indented); i++) {
		if (strcmp(key, indented[i]) == 0)
			return true;
	}
	return false;
}

/* Policies as they are published; blank lines at the end are valid there too. */
static void
test_published(void **state)
{
	json_t *root = vectors_load(TEST_DIR "/vectors/published/expect.json");
	const char *key;
	json_t *expect;

	(void)state;
	assert_int_equal(json_object_size(root), 148);
	json_object_foreach(root, key, expect)
	{
		struct arena a = { 0 };
		const struct str path = arena_printf(&a, TEST_DIR "/vectors/published/%s.txt", key);
		struct policy policy;

		policy_parse(&a, vectors_read_file(&a, path.p), &policy);
		check_int(path.p, "validity", policy.is_valid,
			json_is_true(json_object_get(expect, "valid")));
		if (is_indented(key))
			check_int(path.p, "mx fields", (long long)policy.mx_count, 0);
		else
			check_fields(&a, path.p, &policy, expect);
		arena_release(&a);
	}
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_pattern_for),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_first_bad_field_counts),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_published),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
