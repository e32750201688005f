#include "core/name.h"

#include <string.h>

#include <idn2.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/safe.h"

enum { EXIT_USAGE = 64, QUOTE_CELLS = 60, IPV4_BYTES = 4, IPV6_BYTES = 16 };

struct str
name_no_dot(struct str name)
{
	if (name.n != 0 && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

bool
name_eq(struct str a, struct str b)
{
	return str_eq_nocase(name_no_dot(a), name_no_dot(b));
}

bool
name_is_under(struct str name, struct str domain)
{
	name = name_no_dot(name);
	domain = name_no_dot(domain);
	if (!str_ends_nocase(name, domain))
		return false;
	return name.n == domain.n || domain.n == 0 || name.p[name.n - domain.n - 1] == '.';
}

struct str
name_parent(struct str name)
{
	return str_skip(name, str_find(name, '.') + 1);
}

struct str
name_top(struct str name)
{
	struct str rest = name_parent(name_no_dot(name)), top = rest;

	while ((rest = name_parent(rest)).n > 0)
		top = rest;
	return top;
}

bool
name_is_made_up(struct str name)
{
	const struct str label = str_sub(name, 0, str_find(name, '.'));

	if (label.n != 17 || label.p[0] != 'x')
		return false;
	for (size_t i = 1; i < label.n; i++) {
		if (!ascii_is_digit(label.p[i]) && (label.p[i] < 'a' || label.p[i] > 'f'))
			return false;
	}
	return true;
}

unsigned
name_label_count(struct str name)
{
	unsigned count = 0;
	struct str label;

	name = name_no_dot(name);
	for (bool is_more = name.n != 0; is_more; count++) {
		const size_t dot = str_find(name, '.');

		label = str_sub(name, 0, dot);
		is_more = label.n < name.n;
		name = str_skip(name, dot + 1);
	}
	return count;
}

/* Let-dig [Ldh-str] of RFC 5321 4.1.2. */
static bool
is_ldh_label(struct str label)
{
	if (label.n == 0 || label.n > LIMIT_LABEL_BYTES)
		return false;
	for (size_t i = 0; i < label.n; i++) {
		if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-')
			return false;
	}
	return label.p[0] != '-' && label.p[label.n - 1] != '-';
}

bool
name_is_rfc5321_domain(struct str s)
{
	if (s.n == 0 || s.n > LIMIT_NAME_BYTES || s.p[s.n - 1] == '.')
		return false;
	for (struct str label; str_split(&s, '.', &label);) {
		if (!is_ldh_label(label))
			return false;
	}
	return true;
}

static bool
parse_ipv4(struct str s, unsigned char out[IPV4_BYTES])
{
	for (int i = 0; i < IPV4_BYTES; i++) {
		const size_t dot = str_find(s, '.');
		const struct str part = str_sub(s, 0, dot);
		uint64_t value;

		if ((dot < s.n) != (i < IPV4_BYTES - 1))
			return false;
		if (part.n > 3 || !str_to_u64(part, 255, &value))
			return false;
		if (part.n > 1 && part.p[0] == '0')
			return false;
		out[i] = (unsigned char)value;
		s = str_skip(s, dot + 1);
	}
	return true;
}

static bool
parse_hex16(struct str s, unsigned *out)
{
	static const char digits[] = "0123456789abcdef";

	*out = 0;
	if (s.n == 0 || s.n > 4)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		const char *at = memchr(digits, ascii_lower(s.p[i]), sizeof(digits) - 1);

		if (at == NULL)
			return false;
		*out = *out << 4 | (unsigned)(at - digits);
	}
	return true;
}

/* Groups of one side of "::"; returns their bytes, or -1. An IPv4 tail is allowed when is_last. */
static int
parse_groups(struct str s, bool is_last, unsigned char out[IPV6_BYTES])
{
	int n = 0;

	if (s.n == 0)
		return 0;
	for (;;) {
		const size_t colon = str_find(s, ':');
		const struct str part = str_sub(s, 0, colon);
		unsigned value;

		if (is_last && colon == s.n && n <= IPV6_BYTES - IPV4_BYTES &&
			parse_ipv4(part, out + n))
			return n + IPV4_BYTES;
		if (n + 2 > IPV6_BYTES || !parse_hex16(part, &value))
			return -1;
		out[n++] = (unsigned char)(value >> 8);
		out[n++] = (unsigned char)(value & 0xff);
		if (colon == s.n)
			return n;
		s = str_skip(s, colon + 1);
	}
}

/* RFC 4291 section 2.2. */
static bool
parse_ipv6(struct str s, unsigned char out[IPV6_BYTES])
{
	const size_t gap = str_find_str(s, STR("::"));
	unsigned char tail[IPV6_BYTES];
	int head_n, tail_n;

	memset(out, 0, IPV6_BYTES);
	if (gap == s.n)
		return parse_groups(s, true, out) == IPV6_BYTES;
	head_n = parse_groups(str_sub(s, 0, gap), false, out);
	tail_n = parse_groups(str_skip(s, gap + 2), true, tail);
	/* "::" stands for one group at least. */
	if (head_n < 0 || tail_n < 0 || head_n + tail_n > IPV6_BYTES - 2)
		return false;
	memcpy(out + IPV6_BYTES - tail_n, tail, (size_t)tail_n);
	return true;
}

bool
name_is_ipv4(struct str s)
{
	unsigned char bytes[IPV4_BYTES];

	return parse_ipv4(s, bytes);
}

bool
name_is_ipv6(struct str s)
{
	unsigned char bytes[IPV6_BYTES];

	return parse_ipv6(s, bytes);
}

struct prefix {
	unsigned char bytes[2];
	unsigned bits;
};

static const struct prefix private_ipv4[] = {
	{ { 10, 0 }, 8 }, /* RFC 1918 */
	{ { 172, 16 }, 12 }, { { 192, 168 }, 16 }, { { 127, 0 }, 8 }, /* loopback */
	{ { 169, 254 }, 16 }, /* link-local */
};

static const struct prefix private_ipv6[] = {
	{ { 0xfe, 0x80 }, 10 }, /* link-local */
	{ { 0xfc, 0x00 }, 7 }, /* unique local */
};

static bool
has_prefix(const unsigned char *address, const struct prefix *rows, size_t count)
{
	const unsigned high = (unsigned)address[0] << 8 | address[1];

	for (size_t i = 0; i < count; i++) {
		const unsigned want = (unsigned)rows[i].bytes[0] << 8 | rows[i].bytes[1];

		if ((high ^ want) >> (16 - rows[i].bits) == 0)
			return true;
	}
	return false;
}

bool
address_is_private(struct str address)
{
	static const unsigned char loopback[IPV6_BYTES] = { [IPV6_BYTES - 1] = 1 };
	unsigned char bytes[IPV6_BYTES];

	if (parse_ipv4(address, bytes))
		return has_prefix(
			bytes, private_ipv4, sizeof(private_ipv4) / sizeof(*private_ipv4));
	if (!parse_ipv6(address, bytes))
		return false;
	return memcmp(bytes, loopback, sizeof(bytes)) == 0 ||
	       has_prefix(bytes, private_ipv6, sizeof(private_ipv6) / sizeof(*private_ipv6));
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static struct str
to_lower(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	return (struct str){ p, s.n };
}

bool
name_to_ascii(struct arena *a, struct str name, struct str *out)
{
	char *converted = NULL;

	name = name_no_dot(name);
	if (is_ascii(name)) {
		*out = to_lower(a, name);
		return true;
	}
	/* A U-label is shorter in characters than its A-label, of at most four bytes each. */
	if (name.n > 4 * LIMIT_NAME_BYTES || str_find(name, '\0') < name.n || !utf8_is_valid(name))
		return false;
	if (idn2_to_ascii_8z(arena_str(a, name).p, &converted,
		    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	*out = to_lower(a, name_no_dot(str_of(converted)));
	idn2_free(converted);
	return out->n != 0;
}

/* The U-label of one A-label, or the label itself where the two do not round-trip. */
static struct str
label_to_unicode(struct arena *a, struct str label)
{
	char *converted = NULL;
	struct str unicode = label;
	struct str back;

	if (!str_starts_nocase(label, STR("xn--")) || label.n > LIMIT_LABEL_BYTES ||
		!is_ascii(label) || str_find(label, '\0') < label.n)
		return label;
	if (idn2_to_unicode_8z8z(to_lower(a, label).p, &converted, 0) != IDN2_OK)
		return label;
	unicode = arena_str(a, str_of(converted));
	idn2_free(converted);
	if (!name_to_ascii(a, unicode, &back) || !str_eq_nocase(back, label))
		return label;
	return unicode;
}

struct str
name_to_unicode(struct arena *a, struct str ascii)
{
	struct buf out = { 0 };
	struct str result;
	struct str label;

	if (ascii.n > LIMIT_NAME_BYTES + 1)
		return ascii;
	for (struct str rest = ascii; str_split(&rest, '.', &label);) {
		buf_add(&out, label_to_unicode(a, label));
		if (rest.p != NULL)
			buf_add_char(&out, '.');
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

static bool
is_empty(struct str s)
{
	return s.n == 0;
}

static bool
is_blank_inside(struct str s)
{
	return str_find(s, ' ') < s.n || str_find(s, '\t') < s.n || str_find(s, '\n') < s.n ||
	       str_find(s, '\r') < s.n;
}

static bool
is_url(struct str s)
{
	return str_find_str(s, STR("://")) < s.n || str_find(s, '/') < s.n;
}

static bool
is_address(struct str s)
{
	return s.p[0] == '[' || name_is_ipv4(s) || name_is_ipv6(s);
}

static bool
has_colon(struct str s)
{
	return str_find(s, ':') < s.n;
}

static bool
has_star(struct str s)
{
	return str_find(s, '*') < s.n;
}

static bool
has_empty_label(struct str s)
{
	return s.p[0] == '.' || s.p[s.n - 1] == '.' || str_find_str(s, STR("..")) < s.n;
}

static bool
has_long_label(struct str s)
{
	for (struct str label; str_split(&s, '.', &label);) {
		if (label.n > LIMIT_LABEL_BYTES)
			return true;
	}
	return false;
}

static bool
is_long(struct str s)
{
	return s.n > LIMIT_NAME_BYTES;
}

static bool
has_other_bytes(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && memchr("-_.", s.p[i], 3) == NULL)
			return true;
	}
	return false;
}

struct objection {
	bool (*holds)(struct str s);
	const char *text;
};

/* What is wrong with the word as typed, then with its A-labels: the first that holds is said. */
static const struct objection typed_objections[] = {
	{ is_empty, "is empty; expected a domain such as example.com" },
	{ is_blank_inside, "has a blank in it; expected one domain such as example.com" },
	{ is_url, "looks like a URL; expected only its domain, such as example.com" },
	{ is_address, "is an IP address; expected the domain of a mail address" },
	{ has_colon, "has a ':' in it; expected a domain without port or scheme" },
	{ has_star, "has a '*' in it; expected one domain, not a pattern" },
	{ has_empty_label,
		"has an empty label (RFC 1035 2.3.1); expected a name such as example.com" },
};

static const struct objection ascii_objections[] = {
	{ is_empty, "is empty; expected a domain such as example.com" },
	{ is_address, "is an IP address; expected the domain of a mail address" },
	{ has_empty_label,
		"has an empty label (RFC 1035 2.3.1); expected a name such as example.com" },
	{ has_long_label, "has a label over 63 bytes (RFC 1035 2.3.4)" },
	{ is_long, "is longer than 253 bytes (RFC 1035 2.3.4)" },
	{ has_other_bytes, "has other bytes than letters, digits, '-' and '_'" },
};

static const char *
objection(struct str s, const struct objection *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].holds(s))
			return rows[i].text;
	}
	return NULL;
}

enum result
domain_parse(struct arena *a, struct str input, struct domain *out, struct err *err)
{
	const struct safe word = safe_text(a, input, QUOTE_CELLS);
	struct str name = input;
	const char *why;

	*out = (struct domain){ .input = input };
	while (str_find(name, '@') < name.n)
		name = str_skip(name, str_find(name, '@') + 1);
	/* Only one dot is the root's; "example.com.." has an empty label. */
	name = name_no_dot(name);
	why = objection(
		name, typed_objections, sizeof(typed_objections) / sizeof(typed_objections[0]));
	if (why == NULL && !name_to_ascii(a, name, &out->ascii))
		why = "is no internationalised domain name (IDNA 2008)";
	if (why == NULL)
		why = objection(out->ascii, ascii_objections,
			sizeof(ascii_objections) / sizeof(ascii_objections[0]));
	if (why != NULL)
		return err_set(err, EXIT_USAGE, "\"%.*s\" %s", SAFE_ARG(word), why);
	out->input = arena_str(a, input);
	out->unicode = name_to_unicode(a, out->ascii);
	return RESULT_OK;
}

struct str
source_address(struct str source)
{
	size_t colon = source.n;

	while (colon > 0 && source.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return STR_EMPTY;
	source = str_sub(source, 0, colon - 1);
	return source.n > 2 && source.p[0] == '[' ? str_sub(source, 1, source.n - 2) : source;
}

bool
name_is_host(struct arena *a, struct str text)
{
	struct str name, label;

	if (!name_to_ascii(a, text, &name))
		return false;
	name = name_no_dot(name);
	if (name.n == 0 || name.n > LIMIT_NAME_BYTES || name_is_ipv4(name))
		return false;
	if (name.p[name.n - 1] == '.')
		return false;
	while (str_split(&name, '.', &label)) {
		if (label.n == 0 || label.n > LIMIT_LABEL_BYTES)
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
				return false;
	}
	return true;
}
