/* The escaping boundary. */
#include "core/safe.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "support/check.h"

static const struct {
	const char *name;
	struct str bytes;
	const char *shown;
	unsigned width;
} rows[] = {
	{ "plain", BYTES("220 mx.example.com ESMTP"), "220 mx.example.com ESMTP", 24 },
	{ "empty", BYTES(""), "", 0 },
	{ "umlaut",
		BYTES("b\xc3\xbc"
		      "cher"),
		"b\xc3\xbc"
		"cher",
		6 },
	{ "wide", BYTES("\xe4\xb8\xad\xe6\x96\x87"), "\xe4\xb8\xad\xe6\x96\x87", 4 },
	{ "ESC", BYTES("\x1b[31m"), "\\x1b[31m", 8 },
	{ "DEL, NUL", BYTES("\x7f\0"), "\\x7f\\x00", 8 },
	{ "line ends", BYTES("a\tb\r\n"), "a\\tb\\r\\n", 8 },
	{ "C1 as a byte",
		BYTES("\x9b"
		      "2J"),
		"\\x9b2J", 6 },
	{ "C1 as UTF-8", BYTES("\xc2\x9b"), "\\xc2\\x9b", 8 },
	{ "invalid UTF-8", BYTES("\xff\xc3"), "\\xff\\xc3", 8 },
	{ "surrogate", BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80", 12 },
	{ "bidi override", BYTES("\xe2\x80\xae"), "<U+202E>", 8 },
	{ "bidi isolate", BYTES("\xe2\x81\xa6"), "<U+2066>", 8 },
	{ "zero width space", BYTES("\xe2\x80\x8b"), "<U+200B>", 8 },
	{ "byte order mark", BYTES("\xef\xbb\xbf"), "<U+FEFF>", 8 },
	{ "soft hyphen", BYTES("\xc2\xad"), "<U+00AD>", 8 },
	{ "no-break space", BYTES("\xc2\xa0"), "<U+00A0>", 8 },
	{ "line separator", BYTES("\xe2\x80\xa8"), "<U+2028>", 8 },
	{ "private use", BYTES("\xee\x80\x80"), "<U+E000>", 8 },
	{ "no character", BYTES("\xef\xbf\xbf"), "<U+FFFF>", 8 },
	{ "Hangul filler", BYTES("\xe3\x85\xa4"), "<U+3164>", 8 },
	{ "variation selector", BYTES("\xef\xb8\x8f"), "<U+FE0F>", 8 },
	{ "emoji", BYTES("\xf0\x9f\xa7\x91"), "<U+1F9D1>", 9 },
	{ "wide symbol", BYTES("\xe2\x8c\x9a"), "<U+231A>", 8 },
	{ "tag character", BYTES("\xf3\xa0\x81\x81"), "<U+E0041>", 9 },
	{ "accent on a letter", BYTES("e\xcc\x81"), "e\xcc\x81", 1 },
	{ "two accents", BYTES("e\xcc\x81\xcc\x82"), "e\xcc\x81\xcc\x82", 1 },
	{ "storm of accents", BYTES("e\xcc\x81\xcc\x82\xcc\x83"), "e\xcc\x81\xcc\x82<U+0303>", 9 },
	{ "accent alone", BYTES("\xcc\x81"), "<U+0301>", 8 },
	{ "accent on a blank", BYTES(" \xcc\x81"), " <U+0301>", 9 },
	{ "accent on an escape", BYTES("\n\xcc\x81"), "\\n<U+0301>", 10 },
	{ "enclosing circle", BYTES("a\xe2\x83\x9d"), "a<U+20DD>", 9 },
	{ "spacing mark", BYTES("\xe0\xa4\x95\xe0\xa4\xbe"), "\xe0\xa4\x95<U+093E>", 9 },
	{ "grapheme joiner", BYTES("a\xcd\x8f"), "a<U+034F>", 9 },
	{ "a backslash stays", BYTES("\\x1b"), "\\x1b", 4 },
};

static void
test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		const struct safe s = safe_text(&a, rows[i].bytes, 0);
		const struct safe again = safe_text(&a, s.text, 0);

		check_text(rows[i].name, "shown", s.text, rows[i].shown);
		check_int(rows[i].name, "width", s.width, rows[i].width);
		check_str(rows[i].name, "shown again", again.text, s.text);
		check_int(rows[i].name, "width of literal", safe_literal(rows[i].shown).width,
			s.width);
		arena_release(&a);
	}
}

static const struct {
	const char *name;
	struct str bytes;
	unsigned cells;
	const char *shown;
} cuts[] = {
	{ "fits", BYTES("abcdef"), 6, "abcdef" },
	{ "cut", BYTES("abcdefg"), 6, "abc..." },
	{ "never inside an escape",
		BYTES("ab\x1b"
		      "cdefgh"),
		8, "ab..." },
	{ "never inside a wide one", BYTES("\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad\xe6\x96\x87"), 7,
		"\xe4\xb8\xad\xe6\x96\x87..." },
	{ "escape that fits exactly", BYTES("ab\x1b"), 6, "ab\\x1b" },
	{ "two cells", BYTES("abc"), 2, ".." },
	{ "accent kept at the cut", BYTES("abe\xcc\x81xyzuvw"), 6, "abe\xcc\x81..." },
};

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(cuts); i++) {
		struct arena a = { 0 };
		const struct safe s = safe_text(&a, cuts[i].bytes, cuts[i].cells);

		check_text(cuts[i].name, "shown", s.text, cuts[i].shown);
		check_int(cuts[i].name, "width", s.width, safe_literal(cuts[i].shown).width);
		assert_true(s.width <= cuts[i].cells);
		arena_release(&a);
	}
}

static void
test_pieces(void **state)
{
	struct arena a = { 0 };
	const struct safe wide = safe_literal("\xe4\xb8\xad\xe6\x96\x87\xe4\xb8\xad");
	struct safe s, rest;

	(void)state;
	s = safe_block(&a, STR("ab\r\n\x1b\nx\ty\n"));
	check_text("block", "text", s.text, "ab\\r\n\\x1b\nx\\ty\n");
	check_int("block", "width", s.width, 4);
	s = safe_ascii(&a, safe_literal("b\xc3\xbc-\xe2\x82\xac"));
	check_text("ascii", "text", s.text, "b<U+00FC>-<U+20AC>");
	check_int("ascii", "width", s.width, 18);
	s = safe_printf(&a, "%s/%d", "\x1b", 7);
	check_text("printf", "text", s.text, "\\x1b/7");
	s = safe_clip(wide, 5);
	check_int("clip", "width", s.width, 4);
	s = safe_clip(wide, 1);
	check_int("clip to nothing", "width", s.width, 0);
	s = safe_shorten(&a, safe_literal("mail.example.com"), 11);
	check_text("shorten", "text", s.text, "mail....com");
	s = safe_shorten(&a, wide, 5);
	check_text("shorten wide", "text", s.text, "...\xe4\xb8\xad");
	s = safe_shorten(&a, safe_literal("abcdef"), 2);
	check_text("shorten to two", "text", s.text, "..");
	s = safe_shorten(&a, safe_literal("abcdef"), 0);
	check_text("shorten to none", "text", s.text, "");
	s = safe_wrap(wide, 1, &rest);
	check_int("wrap in too little room", "width", s.width, 2);
	check_int("wrap in too little room", "rest", rest.width, 4);
	arena_release(&a);
}

static const struct {
	const char *name;
	const char *text;
	unsigned cells;
	const char *lines[5];
} wraps[] = {
	{ "fits", "one two", 7, { "one two" } },
	{ "words", "one two three", 7, { "one two", "three" } },
	{ "blank at the edge", "one two three", 8, { "one two", "three" } },
	{ "several blanks", "one   two", 5, { "one", "two" } },
	{ "long word", "abcdefghij", 4, { "abcd", "efgh", "ij" } },
	{ "long word behind a short one", "ab cdefghij", 4, { "ab", "cdef", "ghij" } },
	{ "indent stays", "  ab cd", 5, { "  ab", "cd" } },
	{ "wide", "\xe4\xb8\xad\xe6\x96\x87", 3, { "\xe4\xb8\xad", "\xe6\x96\x87" } },
};

static void
test_wrap(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(wraps); i++) {
		struct safe rest = safe_literal(wraps[i].text);
		size_t n = 0;

		while (rest.text.n != 0) {
			const struct safe line = safe_wrap(rest, wraps[i].cells, &rest);

			assert_non_null(wraps[i].lines[n]);
			check_text(wraps[i].name, "line", line.text, wraps[i].lines[n]);
			check_int(wraps[i].name, "width", line.width,
				safe_literal(wraps[i].lines[n]).width);
			n++;
		}
		assert_null(wraps[i].lines[n]);
	}
}

static size_t
encode(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Painter and libc must agree on the width of everything that is shown as it is. */
static void
test_widths_agree_with_libc(void **state)
{
	int seen = 0;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	for (uint32_t c = 0x20; c < 0x110000; c++) {
		struct arena a = { 0 };
		char bytes[6] = "x";
		const struct str one = { bytes, 1 + encode(c, bytes + 1) };
		struct safe s;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		s = safe_text(&a, one, 0);
		/* What an older libc does not know yet is none of its business. */
		if (str_eq(s.text, one) && wcwidth((wchar_t)c) >= 0) {
			if ((int)s.width - 1 != wcwidth((wchar_t)c))
				fail_msg("U+%04X: %d cells, by libc %d", (unsigned)c,
					(int)s.width - 1, wcwidth((wchar_t)c));
			seen++;
		}
		arena_release(&a);
	}
	setlocale(LC_CTYPE, "C");
	assert_true(seen > 80000);
}

/* Time and memory grow with the input, not with its square. */
static void
test_large(void **state)
{
	struct arena a = { 0 };
	const size_t n = 4 * 1024 * 1024;
	char *bytes = arena_alloc(&a, n);
	struct safe s;

	(void)state;
	memset(bytes, 0x1b, n);
	s = safe_text(&a, (struct str){ bytes, n }, 0);
	assert_int_equal(s.width, 4 * n);
	s = safe_text(&a, (struct str){ bytes, n }, 80);
	check_int("cut", "width", s.width, 79);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_widths_agree_with_libc),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests_name("safe", tests, NULL, NULL);
}
