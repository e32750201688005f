#include "core/str.h"

#include <string.h>

enum { DISTANCE_MAX = 99 };

bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

bool
ascii_is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct str
str_of(const char *terminated)
{
	return (struct str){ terminated, terminated != NULL ? strlen(terminated) : 0 };
}

struct str
str_sub(struct str s, size_t from, size_t count)
{
	if (from > s.n)
		from = s.n;
	if (count > s.n - from)
		count = s.n - from;
	return (struct str){ s.p != NULL ? s.p + from : NULL, count };
}

struct str
str_skip(struct str s, size_t count)
{
	return str_sub(s, count, SIZE_MAX);
}

static bool
is_space(char c)
{
	return ascii_is_wsp(c) || c == '\r' || c == '\n';
}

static struct str
trim(struct str s, bool (*is_trimmed)(char c))
{
	size_t from = 0;
	size_t to = s.n;

	while (from < to && is_trimmed(s.p[from]))
		from++;
	while (to > from && is_trimmed(s.p[to - 1]))
		to--;
	return str_sub(s, from, to - from);
}

struct str
str_trim(struct str s)
{
	return trim(s, is_space);
}

struct str
str_trim_wsp(struct str s)
{
	return trim(s, ascii_is_wsp);
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_is(struct str a, const char *terminated)
{
	return str_eq(a, str_of(terminated));
}

bool
str_eq_nocase(struct str a, struct str b)
{
	return a.n == b.n && str_cmp_nocase(a, b) == 0;
}

bool
str_is_nocase(struct str a, const char *terminated)
{
	return str_eq_nocase(a, str_of(terminated));
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool
str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_sub(s, 0, prefix.n), prefix);
}

bool
str_ends_nocase(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq_nocase(str_skip(s, s.n - suffix.n), suffix);
}

int
str_cmp(struct str a, struct str b)
{
	const size_t n = a.n < b.n ? a.n : b.n;
	const int order = n != 0 ? memcmp(a.p, b.p, n) : 0;

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

int
str_cmp_nocase(struct str a, struct str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		const unsigned char x = (unsigned char)ascii_lower(a.p[i]);
		const unsigned char y = (unsigned char)ascii_lower(b.p[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.n > b.n) - (a.n < b.n);
}

size_t
str_find(struct str s, char c)
{
	const char *at = s.n != 0 ? memchr(s.p, c, s.n) : NULL;

	return at != NULL ? (size_t)(at - s.p) : s.n;
}

size_t
str_find_str(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	at = s.n != 0 ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
	return at != NULL ? (size_t)(at - s.p) : s.n;
}

bool
str_split(struct str *rest, char c, struct str *part)
{
	size_t at;

	if (rest->n == 0)
		return false;
	at = str_find(*rest, c);
	*part = str_sub(*rest, 0, at);
	*rest = at < rest->n ? str_skip(*rest, at + 1) : STR_EMPTY;
	return true;
}

bool
str_to_u64(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit;

		if (!ascii_is_digit(s.p[i]))
			return false;
		digit = (uint64_t)(s.p[i] - '0');
		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

unsigned
str_distance(struct str a, struct str b)
{
	unsigned row[DISTANCE_MAX + 1];

	if (a.n >= DISTANCE_MAX || b.n >= DISTANCE_MAX)
		return str_eq_nocase(a, b) ? 0 : DISTANCE_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		unsigned corner = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			const bool is_same = ascii_lower(a.p[i - 1]) == ascii_lower(b.p[j - 1]);
			unsigned best = corner + (is_same ? 0 : 1);

			corner = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b.n];
}

/* RFC 3629 section 4: the second byte is what keeps overlong forms and surrogates out. */
static const struct {
	unsigned char first_low, first_high;
	unsigned char second_low, second_high;
	unsigned char length;
} utf8_rows[] = {
	{ 0x00, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

size_t
utf8_sequence(struct str s, uint32_t *code_point)
{
	static const unsigned char first_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	const unsigned char *p = (const unsigned char *)s.p;
	size_t row = 0;
	uint32_t value;
	size_t length;

	if (s.n == 0)
		return 0;
	while (row < sizeof(utf8_rows) / sizeof(utf8_rows[0]) && p[0] > utf8_rows[row].first_high)
		row++;
	if (row == sizeof(utf8_rows) / sizeof(utf8_rows[0]) || p[0] < utf8_rows[row].first_low)
		return 0;
	length = utf8_rows[row].length;
	if (s.n < length)
		return 0;
	if (length > 1 && (p[1] < utf8_rows[row].second_low || p[1] > utf8_rows[row].second_high))
		return 0;
	value = p[0] & first_mask[length];
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (code_point != NULL)
		*code_point = value;
	return length;
}

bool
utf8_is_valid(struct str s)
{
	while (s.n != 0) {
		const size_t length = utf8_sequence(s, NULL);

		if (length == 0)
			return false;
		s = str_skip(s, length);
	}
	return true;
}
