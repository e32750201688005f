/* Borrowed bytes, UTF-8 and distances. */
#include "core/str.h"

#include <string.h>

#include "support/check.h"

static void
test_cutting(void **state)
{
	const struct str s = STR("abcdef");

	(void)state;
	check_text("sub", "middle", str_sub(s, 2, 2), "cd");
	check_text("sub", "clipped", str_sub(s, 4, SIZE_MAX), "ef");
	check_text("sub", "behind the end", str_sub(s, 7, 1), "");
	check_text("skip", "part", str_skip(s, 5), "f");
	check_text("skip", "all", str_skip(s, SIZE_MAX), "");
	check_text("trim", "all kinds", str_trim(STR(" \t\r\nx y\r\n ")), "x y");
	check_text("trim", "only blanks", str_trim(STR(" \n ")), "");
	check_text("trim wsp", "keeps line ends", str_trim_wsp(STR("\t x\r\n ")), "x\r\n");
	check_text("of", "NULL", str_of(NULL), "");
	check_text("sub", "of the empty one", str_sub(STR_EMPTY, 0, 3), "");
}

static const struct {
	const char *name;
	struct str text;
	const char *parts[5];
} splits[] = {
	{ "nothing", BYTES(""), { NULL } },
	{ "one", BYTES("a"), { "a" } },
	{ "two", BYTES("a,b"), { "a", "b" } },
	{ "empty ones", BYTES(",a,,b,"), { "", "a", "", "b" } },
	{ "only separators", BYTES(",,"), { "", "" } },
};

static void
test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(splits); i++) {
		struct str rest = splits[i].text;
		struct str part;
		size_t n = 0;

		while (str_split(&rest, ',', &part)) {
			assert_non_null(splits[i].parts[n]);
			check_text(splits[i].name, "part", part, splits[i].parts[n++]);
		}
		assert_null(splits[i].parts[n]);
	}
}

static void
test_compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR_EMPTY, STR("")));
	assert_false(str_eq(STR("a"), STR("A")));
	assert_true(str_eq_nocase(STR("aZ-9"), STR("Az-9")));
	assert_false(str_eq_nocase(STR("["), STR("{")));
	assert_true(str_is_nocase(STR("MX"), "mx"));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_starts(STR("a"), STR_EMPTY));
	assert_true(str_starts_nocase(STR("ABC"), STR("ab")));
	assert_true(str_ends_nocase(STR("mail.Example"), STR(".example")));
	assert_false(str_ends_nocase(STR("e"), STR(".example")));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
	assert_int_equal(str_cmp(STR_EMPTY, STR_EMPTY), 0);
	assert_true(str_cmp_nocase(STR("A"), STR("b")) < 0);
	assert_int_equal(str_cmp_nocase(STR("Ab"), STR("aB")), 0);
}

static void
test_find(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abc"), 'c'), 2);
	assert_int_equal(str_find(STR("abc"), 'x'), 3);
	assert_int_equal(str_find(STR_EMPTY, 'x'), 0);
	assert_int_equal(str_find(STR("a\0b"), '\0'), 1);
	assert_int_equal(str_find_str(STR("aab"), STR("ab")), 1);
	assert_int_equal(str_find_str(STR("aab"), STR("ba")), 3);
	assert_int_equal(str_find_str(STR("aab"), STR_EMPTY), 0);
}

static const struct {
	const char *text;
	uint64_t max;
	bool is_number;
	uint64_t value;
} numbers[] = {
	{ "0", 0, true, 0 },
	{ "1", 0, false, 0 },
	{ "65535", 65535, true, 65535 },
	{ "65536", 65535, false, 0 },
	{ "0007", 9, true, 7 },
	{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, false, 0 },
	{ "99999999999999999999999", UINT64_MAX, false, 0 },
	{ "", 9, false, 0 },
	{ "+1", 9, false, 0 },
	{ "-1", 9, false, 0 },
	{ "1 ", 9, false, 0 },
	{ "1e1", 99, false, 0 },
};

static void
test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(numbers); i++) {
		uint64_t value = 0;
		const bool is_number = str_to_u64(str_of(numbers[i].text), numbers[i].max, &value);

		check_int(numbers[i].text, "being a number", is_number, numbers[i].is_number);
		check_true(numbers[i].text, "value", value == numbers[i].value);
	}
}

static void
test_distance(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_int_equal(str_distance(STR("max_age"), STR("maxage")), 1);
	assert_int_equal(str_distance(STR("enforced"), STR("ENFORCE")), 1);
	assert_int_equal(str_distance(STR(""), STR("mode")), 4);
	assert_int_equal(str_distance(STR("kitten"), STR("sitting")), 3);
	assert_int_equal(str_distance((struct str){ text, 300 }, STR("a")), 99);
	assert_int_equal(str_distance((struct str){ text, 300 }, (struct str){ text, 300 }), 0);
	assert_int_equal(str_distance((struct str){ text, 98 }, (struct str){ text, 98 }), 0);
}

static const struct {
	const char *name;
	struct str bytes;
	size_t length;
	uint32_t code_point;
} sequences[] = {
	{ "ASCII", BYTES("a"), 1, 'a' },
	{ "NUL", BYTES("\0"), 1, 0 },
	{ "two bytes", BYTES("\xc3\xbcx"), 2, 0xfc },
	{ "three bytes", BYTES("\xe2\x82\xac"), 3, 0x20ac },
	{ "four bytes", BYTES("\xf0\x9f\x98\x80"), 4, 0x1f600 },
	{ "last of all", BYTES("\xf4\x8f\xbf\xbf"), 4, 0x10ffff },
	{ "beyond the last", BYTES("\xf4\x90\x80\x80"), 0, 0 },
	{ "nothing", BYTES(""), 0, 0 },
	{ "overlong slash", BYTES("\xc0\xaf"), 0, 0 },
	{ "overlong in three", BYTES("\xe0\x80\xaf"), 0, 0 },
	{ "overlong in four", BYTES("\xf0\x80\x80\xaf"), 0, 0 },
	{ "surrogate", BYTES("\xed\xa0\x80"), 0, 0 },
	{ "cut short", BYTES("\xe2\x82"), 0, 0 },
	{ "continuation alone", BYTES("\x80"), 0, 0 },
	{ "wrong continuation", BYTES("\xe2\x82x"), 0, 0 },
	{ "five bytes", BYTES("\xf8\x88\x80\x80\x80"), 0, 0 },
};

static void
test_utf8(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sequences); i++) {
		uint32_t code_point = 0;

		check_int(sequences[i].name, "length",
			(long long)utf8_sequence(sequences[i].bytes, &code_point),
			(long long)sequences[i].length);
		check_int(sequences[i].name, "code point", code_point, sequences[i].code_point);
	}
	assert_true(utf8_is_valid(STR("caf\xc3\xa9 \xe2\x82\xac")));
	assert_true(utf8_is_valid(STR_EMPTY));
	assert_false(utf8_is_valid(STR("caf\xc3")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cutting),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
