/* The MTA-STS TXT record: RFC 8461 section 3.1. */
#include "core/txt.h"

#include "support/check.h"
#include "support/vectors.h"

static const struct {
	const char *name;
	struct str record;
	enum txt_fault fault;
	size_t at;
	const char *seen;
} faults[] = {
	{ "example of the RFC", BYTES("v=STSv1; id=20160831085700Z;"), TXT_FAULT_NONE, 0, "" },
	{ "quotes at the start", BYTES("\"v=STSv1; id=1;\""), TXT_FAULT_LITERAL_QUOTES, 0, "\"" },
	{ "backslash behind a blank", BYTES(" \\v=STSv1; id=1"), TXT_FAULT_LITERAL_QUOTES, 1,
		"\\v" },
	{ "escaped semicolon", BYTES("v=STSv1\\; id=1"), TXT_FAULT_LITERAL_QUOTES, 7, "\\;" },
	{ "escaped semicolon behind id", BYTES("v=STSv1; id=1\\;"), TXT_FAULT_LITERAL_QUOTES, 13,
		"\\;" },
	{ "quotes in an extension value are legal", BYTES("v=STSv1; id=1; x=\"a\""), TXT_FAULT_NONE,
		0, "" },
	{ "a backslash in an extension value is legal", BYTES("v=STSv1; id=1; x=a\\;"),
		TXT_FAULT_NONE, 0, "" },
	{ "no-break space", BYTES("v=STSv1;\xc2\xa0id=1"), TXT_FAULT_NON_ASCII, 8, "\xc2\xa0" },
	{ "lone high byte", BYTES("v=STSv1; id=1\xa0"), TXT_FAULT_NON_ASCII, 13, "\xa0" },
	{ "NUL", BYTES("v=STSv1; id=1\0"), TXT_FAULT_NON_ASCII, 13, NULL },
	{ "byte order mark", BYTES("\xef\xbb\xbfv=STSv1; id=1"), TXT_FAULT_NON_ASCII, 0,
		"\xef\xbb\xbf" },
	{ "lower case version", BYTES("v=stsv1; id=1"), TXT_FAULT_VERSION, 0, "v=stsv1" },
	{ "later version", BYTES("v=STSv2; id=1"), TXT_FAULT_VERSION, 0, "v=STSv2" },
	{ "letter behind the version", BYTES("v=STSv12;id=1"), TXT_FAULT_VERSION, 7, "v=STSv12" },
	{ "leading blank", BYTES(" v=STSv1; id=1"), TXT_FAULT_VERSION, 0, "v=STSv1" },
	{ "empty", BYTES(""), TXT_FAULT_VERSION, 0, "" },
	{ "version alone", BYTES("v=STSv1"), TXT_FAULT_SYNTAX, 7, "" },
	{ "no semicolon", BYTES("v=STSv1 id=1"), TXT_FAULT_SYNTAX, 8, "id=1" },
	{ "blank at the end", BYTES("v=STSv1; id=1 "), TXT_FAULT_SYNTAX, 13, " " },
	{ "empty field", BYTES("v=STSv1; id=1;;"), TXT_FAULT_SYNTAX, 14, "" },
	{ "no equals sign", BYTES("v=STSv1; id=1; foo"), TXT_FAULT_SYNTAX, 18, "foo" },
	{ "blanks round equals", BYTES("v=STSv1; id = 1"), TXT_FAULT_SYNTAX, 11, "id = 1" },
	{ "name of 33", BYTES("v=STSv1; id=1; abcdefghijklmnopqrstuvwxyz0123456=1"),
		TXT_FAULT_SYNTAX, 47, "abcdefghijklmnopqrstuvwxyz0123456=1" },
	{ "no name", BYTES("v=STSv1; id=1; =1"), TXT_FAULT_SYNTAX, 15, "=1" },
	{ "empty value", BYTES("v=STSv1; x=; id=1"), TXT_FAULT_SYNTAX, 11, "x=" },
	{ "id without semicolon behind", BYTES("v=STSv1; id=a b=c"), TXT_FAULT_SYNTAX, 13,
		"id=a b=c" },
	{ "second id must still be a field", BYTES("v=STSv1; id=1; id="), TXT_FAULT_SYNTAX, 18,
		"id=" },
	{ "no id", BYTES("v=STSv1;"), TXT_FAULT_ID_MISSING, 8, "" },
	{ "ID is not id", BYTES("v=STSv1; ID=1"), TXT_FAULT_ID_MISSING, 13, "" },
	{ "empty id", BYTES("v=STSv1; id=;"), TXT_FAULT_ID_BAD, 12, "" },
	{ "date as id", BYTES("v=STSv1; id=2026-04-08"), TXT_FAULT_ID_BAD, 16, "2026-04-08" },
	{ "date and time as id", BYTES("v=STSv1; id=2026-04-08 12:00"), TXT_FAULT_ID_BAD, 16,
		"2026-04-08 12:00" },
	{ "second id does not count", BYTES("v=STSv1; id=1; id=2-3"), TXT_FAULT_NONE, 0, "" },
	{ "syntax before id", BYTES("v=STSv1; id=1-2; foo"), TXT_FAULT_SYNTAX, 20, "foo" },
	{ "id of 33", BYTES("v=STSv1; id=012345678901234567890123456789012"), TXT_FAULT_ID_LONG, 44,
		"012345678901234567890123456789012" },
	{ "foreign record", BYTES("v=spf1 -all"), TXT_FAULT_VERSION, 0, "v=spf1 -all" },
};

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(faults); i++) {
		struct arena a = { 0 };
		struct txt_record r;

		txt_parse(&a, faults[i].record, &r);
		check_int(faults[i].name, "fault", r.fault, faults[i].fault);
		check_int(faults[i].name, "validity", r.is_valid, r.fault == TXT_FAULT_NONE);
		check_int(faults[i].name, "place", (long long)r.fault_at, (long long)faults[i].at);
		if (faults[i].seen != NULL)
			check_text(faults[i].name, "seen", r.fault_seen, faults[i].seen);
		arena_release(&a);
	}
}

static const struct {
	const char *name;
	const char *record;
	bool is_near;
} near[] = {
	{ "plain", "v=STSv1; id=1", true },
	{ "blanks", " \tv = \tsts", true },
	{ "quotes and backslashes", "\\\"v=STSv1", true },
	{ "no-break space", "\xc2\xa0v=stsV9", true },
	{ "another word", "v=spf1 -all", false },
	{ "not first", "id=1; v=STSv1", false },
	{ "no equals sign", "vSTSv1", false },
	{ "TLSRPT", "v=TLSRPTv1; rua=mailto:a@example.com", false },
};

static void
test_near(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(near); i++) {
		struct arena a = { 0 };
		struct txt_record r;

		txt_parse(&a, str_of(near[i].record), &r);
		check_int(near[i].name, "nearness", r.is_near, near[i].is_near);
		arena_release(&a);
	}
}

static void
test_fields(void **state)
{
	struct arena a = { 0 };
	struct txt_record r;

	(void)state;
	txt_parse(&a, STR("v=STSv1 ; foo=bar;\tid=1; id=2 ;v=STSv2;"), &r);
	assert_true(r.is_valid);
	assert_false(r.has_prefix);
	assert_true(r.has_space_before_semicolon);
	check_text("fields", "id", r.id, "1");
	check_int("fields", "ids", r.id_count, 2);
	check_int("fields", "count", (long long)r.field_count, 4);
	check_text("fields", "name", r.fields[0].name, "foo");
	check_text("fields", "value", r.fields[0].value, "bar");
	check_int("fields", "place", (long long)r.fields[1].at, 19);
	check_text("fields", "later version", r.fields[3].value, "STSv2");
	arena_release(&a);
}

static const struct {
	const char *name;
	const char *records[4];
	enum txt_verdict verdict;
	unsigned candidates;
	const char *id;
} sets[] = {
	{ "none", { NULL }, TXT_VERDICT_NONE, 0, NULL },
	{ "one", { "v=STSv1; id=1" }, TXT_VERDICT_VALID, 1, "1" },
	{ "one bad", { "v=STSv1; id=" }, TXT_VERDICT_INVALID, 1, "" },
	{ "one near", { "v=stsv1; id=5" }, TXT_VERDICT_INVALID, 1, "5" },
	{ "one foreign", { "v=spf1 -all" }, TXT_VERDICT_NONE, 0, NULL },
	{ "blank alone is fine", { "v=STSv1 ; id=1" }, TXT_VERDICT_VALID, 1, "1" },
	{ "blank in company is discarded", { "v=STSv1 ; id=1", "x" }, TXT_VERDICT_NONE, 0, NULL },
	{ "foreign beside", { "x", "v=STSv1; id=2", "y" }, TXT_VERDICT_VALID, 1, "2" },
	{ "near beside", { "v=stsv1; id=1", "v=STSv1; id=2" }, TXT_VERDICT_VALID, 1, "2" },
	{ "bad beside foreign", { "x", "v=STSv1; id=2-" }, TXT_VERDICT_INVALID, 1, "2-" },
	{ "two", { "v=STSv1; id=1", "v=STSv1;" }, TXT_VERDICT_MULTIPLE, 2, NULL },
};

static void
test_choose(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sets); i++) {
		struct arena a = { 0 };
		struct strs records = { 0 };
		struct txt_set set;

		for (size_t j = 0; j < ROWS(sets[i].records) && sets[i].records[j] != NULL; j++)
			arena_push(&a, &records, str_of(sets[i].records[j]));
		txt_choose(&a, records, &set);
		check_int(sets[i].name, "verdict", set.verdict, sets[i].verdict);
		check_int(sets[i].name, "candidates", set.candidates, sets[i].candidates);
		check_int(sets[i].name, "choice", set.chosen != NULL, sets[i].id != NULL);
		if (set.chosen != NULL)
			check_text(sets[i].name, "id", set.chosen->id, sets[i].id);
		arena_release(&a);
	}
}

/* Every case that the grammar leaves open is decided here as the vectors have it. */
static void
test_vectors(void **state)
{
	json_t *root = vectors_load(TEST_DIR "/vectors/txt.json");
	json_t *vector;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(root), 71);
	json_array_foreach(root, i, vector)
	{
		struct arena a = { 0 };
		const char *name = vector_name(&a, "txt", vector);
		const json_t *expect = json_object_get(vector, "expect");
		struct txt_set set;

		txt_choose(&a, vector_strs(&a, json_object_get(vector, "input")), &set);
		check_int(name, "validity", set.verdict == TXT_VERDICT_VALID,
			vector_expects(vector, "valid"));
		if (set.verdict == TXT_VERDICT_VALID)
			check_str(name, "id", set.chosen->id,
				vector_str(json_object_get(expect, "id")));
		arena_release(&a);
	}
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_choose),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("txt", tests, NULL, NULL);
}
