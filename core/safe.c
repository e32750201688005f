#include "core/safe.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <utf8proc.h>

#include "core/buf.h"

/* More marks than this on one base is no language but a storm. */
enum { MARKS_MAX = 2 };

/* The longest escape is <U+10FFFF>; the longest for one byte of input is \x1b. */
enum { ESCAPE_BYTES = 16, GROWTH_MAX = 4 };

enum shape { SHAPE_ESCAPED, SHAPE_SHOWN, SHAPE_MARK };

struct range {
	uint32_t first, last;
};

/*
 * Non-spacing marks that every terminal puts on the character before. Those of the Indic scripts
 * are left out: they come with spacing marks, on whose width libraries disagree.
 */
static const struct range marks[] = {
	{ 0x0300, 0x034e }, /* Latin, Greek, Cyrillic */
	{ 0x0350, 0x036f }, { 0x0483, 0x0487 }, { 0x0591, 0x05c7 }, /* Hebrew */
	{ 0x064b, 0x065f }, /* Arabic */
	{ 0x0670, 0x0670 }, { 0x0e31, 0x0e31 }, /* Thai */
	{ 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e }, { 0x3099, 0x309a }, /* kana */
};

/* Where two cells are certain: East Asian scripts. Emoji are not, they grew wide in steps. */
static const struct range wide[] = {
	{ 0x1100, 0x115f },
	{ 0x2e80, 0x3247 }, /* 3248 to 324f and 4dc0 to 4dff: 1 or 2, by library */
	{ 0x3250, 0x4dbf },
	{ 0x4e00, 0xa4cf },
	{ 0xa960, 0xa97c },
	{ 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },
	{ 0xfe30, 0xfe6f },
	{ 0xff01, 0xff60 },
	{ 0xffe0, 0xffe6 },
	{ 0x20000, 0x2a6d6 },
};

/* Characters of one cell by the one table and of none or two by the other. */
static const struct range uncertain[] = {
	{ 0x1160, 0x11ff }, /* conjoining vowels and finals */
	{ 0x3248, 0x324f },
	{ 0x4dc0, 0x4dff },
	{ 0xd7b0, 0xd7ff },
};

#define IN_RANGES(code_point, ranges) \
	in_ranges((code_point), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

static bool
in_ranges(uint32_t code_point, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (code_point >= ranges[i].first && code_point <= ranges[i].last)
			return true;
	}
	return false;
}

static bool
is_graphic(uint32_t code_point)
{
	const int category = utf8proc_category((utf8proc_int32_t)code_point);

	if (utf8proc_get_property((utf8proc_int32_t)code_point)->ignorable)
		return false;
	return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
	       (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_SO);
}

static enum shape
shape_of(uint32_t code_point, unsigned *width)
{
	*width = 0;
	if (code_point >= 0x20 && code_point < 0x7f) {
		*width = 1;
		return SHAPE_SHOWN;
	}
	if (code_point < 0xa0)
		return SHAPE_ESCAPED;
	if (IN_RANGES(code_point, marks)) {
		const int category = utf8proc_category((utf8proc_int32_t)code_point);

		if (category == UTF8PROC_CATEGORY_MN)
			return SHAPE_MARK;
	}
	if (!is_graphic(code_point) || IN_RANGES(code_point, uncertain))
		return SHAPE_ESCAPED;
	*width = (unsigned)utf8proc_charwidth((utf8proc_int32_t)code_point);
	if (*width == 2)
		return IN_RANGES(code_point, wide) ? SHAPE_SHOWN : SHAPE_ESCAPED;
	return *width == 1 && code_point < 0x10000 ? SHAPE_SHOWN : SHAPE_ESCAPED;
}

/* What stands for bytes, which are one sequence, or one byte of no sequence. */
static struct str
escape(struct str bytes, bool is_sequence, uint32_t code_point, char out[ESCAPE_BYTES])
{
	size_t n = 0;

	if (is_sequence && code_point >= 0xa0) {
		n = (size_t)snprintf(out, ESCAPE_BYTES, "<U+%04X>", (unsigned)code_point);
		return (struct str){ out, n };
	}
	switch (bytes.p[0]) {
	case '\n':
		return STR("\\n");
	case '\r':
		return STR("\\r");
	case '\t':
		return STR("\\t");
	}
	for (size_t i = 0; i < bytes.n; i++) {
		const unsigned byte = (unsigned char)bytes.p[i];

		n += (size_t)snprintf(out + n, ESCAPE_BYTES - n, "\\x%02x", byte);
	}
	return (struct str){ out, n };
}

struct unit {
	struct str text; /* as shown */
	unsigned width;
	size_t used; /* bytes of the input */
	enum shape shape;
};

/* The next thing to show; marks_left is how many marks may still sit on what was shown last. */
static struct unit
next_unit(struct str rest, unsigned *marks_left, char out[ESCAPE_BYTES])
{
	uint32_t code_point = 0;
	const size_t length = utf8_sequence(rest, &code_point);
	struct unit u = { .used = length != 0 ? length : 1 };

	u.text = str_sub(rest, 0, u.used);
	u.shape = length != 0 ? shape_of(code_point, &u.width) : SHAPE_ESCAPED;
	if (u.shape == SHAPE_MARK && *marks_left == 0)
		u.shape = SHAPE_ESCAPED;
	switch (u.shape) {
	case SHAPE_SHOWN:
		*marks_left = u.text.p[0] != ' ' ? MARKS_MAX : 0;
		break;
	case SHAPE_MARK:
		--*marks_left;
		break;
	case SHAPE_ESCAPED:
		*marks_left = 0;
		u.text = escape(u.text, length != 0, code_point, out);
		u.width = (unsigned)u.text.n;
		break;
	}
	return u;
}

static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const unsigned char byte = (unsigned char)s.p[i];

		if (byte < 0x20 || byte >= 0x7f)
			return false;
	}
	return true;
}

static struct safe
dots(unsigned cells)
{
	const unsigned n = cells < 3 ? cells : 3;

	return (struct safe){ str_sub(STR("..."), 0, n), n };
}

static struct safe
finish(struct arena *a, struct buf *out, unsigned width)
{
	struct safe result = { arena_str(a, buf_str(out)), width };

	buf_release(out);
	return result;
}

struct safe
safe_text(struct arena *a, struct str bytes, unsigned max_cells)
{
	const unsigned most = max_cells != 0 ? max_cells : UINT32_MAX;
	const struct safe more = dots(most);
	struct buf out = BUF_INIT(bytes.n * GROWTH_MAX + ESCAPE_BYTES);
	unsigned marks_left = 0;
	unsigned width = 0;
	/* Where the dots would go. */
	size_t cut = 0;
	unsigned cut_width = 0;

	if (bytes.n <= most && is_plain(bytes))
		return (struct safe){ arena_str(a, bytes), (unsigned)bytes.n };
	while (bytes.n != 0) {
		char escaped[ESCAPE_BYTES];
		const struct unit u = next_unit(bytes, &marks_left, escaped);

		if (u.width > most - width) {
			out.n = cut;
			buf_add(&out, more.text);
			return finish(a, &out, cut_width + more.width);
		}
		buf_add(&out, u.text);
		width += u.width;
		if (width <= most - more.width) {
			cut = out.n;
			cut_width = width;
		}
		bytes = str_skip(bytes, u.used);
	}
	return finish(a, &out, width);
}

struct safe
safe_block(struct arena *a, struct str bytes)
{
	struct buf out = BUF_INIT(bytes.n * GROWTH_MAX + ESCAPE_BYTES);
	unsigned marks_left = 0;
	unsigned width = 0;
	unsigned widest = 0;

	while (bytes.n != 0) {
		char escaped[ESCAPE_BYTES];
		struct unit u;

		if (bytes.p[0] == '\n') {
			u = (struct unit){ .text = STR("\n"), .used = 1 };
			marks_left = 0;
			width = 0;
		} else {
			u = next_unit(bytes, &marks_left, escaped);
			width += u.width;
		}
		buf_add(&out, u.text);
		if (width > widest)
			widest = width;
		bytes = str_skip(bytes, u.used);
	}
	return finish(a, &out, widest);
}

/* One character of text that is ours or safe: a base with its marks. */
static struct safe
first_character(struct str text)
{
	struct safe c = { STR_EMPTY, 0 };

	while (c.text.n < text.n) {
		uint32_t code_point = 0;
		const size_t length = utf8_sequence(str_skip(text, c.text.n), &code_point);
		unsigned width = 1;

		assert(length != 0);
		if (code_point >= 0x7f)
			width = (unsigned)utf8proc_charwidth((utf8proc_int32_t)code_point);
		if (c.text.n != 0 && width != 0)
			break;
		c.text = str_sub(text, 0, c.text.n + length);
		c.width += width;
	}
	return c;
}

struct safe
safe_literal(const char *literal)
{
	struct safe s = { str_of(literal), 0 };

	for (struct str rest = s.text; rest.n != 0;) {
		const struct safe c = first_character(rest);

		s.width += c.width;
		rest = str_skip(rest, c.text.n);
	}
	return s;
}

struct safe
safe_vprintf(struct arena *a, const char *format, va_list args)
{
	char usual[256], *text = usual;
	struct safe result;
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(usual, sizeof(usual), format, args);
	assert(n >= 0);
	if ((size_t)n >= sizeof(usual)) {
		text = mem_alloc((size_t)n + 1);
		vsnprintf(text, (size_t)n + 1, format, again);
	}
	va_end(again);
	/* Safe text stays as it is, so that this only catches what should not have come here. */
	result = safe_text(a, (struct str){ text, (size_t)n }, 0);
	if (text != usual)
		free(text);
	return result;
}

struct safe
safe_printf(struct arena *a, const char *format, ...)
{
	struct safe result;
	va_list args;

	va_start(args, format);
	result = safe_vprintf(a, format, args);
	va_end(args);
	return result;
}

struct safe
safe_ascii(struct arena *a, struct safe s)
{
	struct buf out = BUF_INIT(s.text.n * GROWTH_MAX + ESCAPE_BYTES);
	unsigned width;

	if (is_plain(s.text))
		return s;
	for (struct str rest = s.text; rest.n != 0;) {
		uint32_t code_point = 0;
		const size_t length = utf8_sequence(rest, &code_point);
		char escaped[ESCAPE_BYTES];

		assert(length != 0);
		if (code_point < 0x7f)
			buf_add_char(&out, rest.p[0]);
		else
			buf_add(&out, escape(str_sub(rest, 0, length), true, code_point, escaped));
		rest = str_skip(rest, length);
	}
	width = (unsigned)out.n;
	return finish(a, &out, width);
}

struct safe
safe_clip(struct safe s, unsigned cells)
{
	struct safe head = { str_sub(s.text, 0, 0), 0 };

	if (s.width <= cells)
		return s;
	for (;;) {
		const struct safe c = first_character(str_skip(s.text, head.text.n));

		if (c.text.n == 0 || c.width > cells - head.width)
			return head;
		head.text = str_sub(s.text, 0, head.text.n + c.text.n);
		head.width += c.width;
	}
}

struct safe
safe_shorten(struct arena *a, struct safe s, unsigned cells)
{
	const struct safe middle = dots(cells);
	const unsigned left = cells - middle.width;
	struct safe head;
	struct safe tail = s;
	struct buf out = BUF_INIT(s.text.n + ESCAPE_BYTES);

	if (s.width <= cells)
		return s;
	head = safe_clip(s, left - left / 2);
	while (tail.width > left - head.width) {
		const struct safe c = first_character(tail.text);

		tail.text = str_skip(tail.text, c.text.n);
		tail.width -= c.width;
	}
	buf_add(&out, head.text);
	buf_add(&out, middle.text);
	buf_add(&out, tail.text);
	return finish(a, &out, head.width + middle.width + tail.width);
}

struct safe
safe_wrap(struct safe s, unsigned cells, struct safe *rest)
{
	struct safe line = { str_sub(s.text, 0, 0), 0 };
	struct safe end = line; /* of the last word that fits */
	bool in_word = false;

	*rest = (struct safe){ str_skip(s.text, s.text.n), 0 };
	if (s.width <= cells)
		return s;
	while (line.text.n < s.text.n) {
		const struct safe c = first_character(str_skip(s.text, line.text.n));
		const bool is_blank = c.text.p[0] == ' ';

		if (is_blank && in_word)
			end = line;
		/* At least one character, or a caller's loop would never end. */
		if (line.text.n != 0 && (line.width >= cells || c.width > cells - line.width))
			break;
		in_word = !is_blank;
		line.text = str_sub(s.text, 0, line.text.n + c.text.n);
		line.width += c.width;
	}
	if (end.text.n != 0)
		line = end;
	rest->text = str_skip(s.text, line.text.n);
	rest->width = s.width - line.width;
	while (rest->text.n != 0 && rest->text.p[0] == ' ') {
		rest->text = str_skip(rest->text, 1);
		rest->width--;
	}
	return line;
}
