/* The words of a scenario: escapes, numbers, names. */
#include "net/lab/spec_read.h"

#include "core/limits.h"

struct str
spec_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	*rest = str_trim_wsp(*rest);
	while (n < rest->n && !ascii_is_wsp(rest->p[n]))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_trim_wsp(str_skip(*rest, n));
	return word;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* One escape behind the backslash at s.p[*i]; *i ends on its last byte. */
static bool
unescape_one(struct str s, size_t *i, char *out)
{
	static const struct {
		char letter, byte;
	} simple[] = { { 'n', '\n' }, { 'r', '\r' }, { 't', '\t' }, { '0', '\0' }, { '\\', '\\' },
		{ '"', '"' } };

	if (++*i >= s.n)
		return false;
	for (size_t k = 0; k < sizeof(simple) / sizeof(simple[0]); k++) {
		if (simple[k].letter == s.p[*i]) {
			*out = simple[k].byte;
			return true;
		}
	}
	if (s.p[*i] != 'x' || *i + 2 >= s.n || hex_digit(s.p[*i + 1]) < 0 ||
		hex_digit(s.p[*i + 2]) < 0)
		return false;
	*out = (char)(hex_digit(s.p[*i + 1]) * 16 + hex_digit(s.p[*i + 2]));
	*i += 2;
	return true;
}

bool
spec_unescape(struct arena *a, struct str text, struct str *out)
{
	char *p = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\\')
			p[n++] = text.p[i];
		else if (unescape_one(text, &i, &p[n]))
			n++;
		else
			return false;
	}
	*out = (struct str){ p, n };
	return true;
}

bool
spec_number(struct spec_reader *r, struct str word, uint64_t max, uint64_t *out)
{
	if (str_to_u64(word, max, out))
		return true;
	return spec_wrong(
		r, "\"%.*s\" is no number up to %llu", STR_ARG(word), (unsigned long long)max);
}

/* Labels of 1 to 63 bytes, 253 in all; any byte is allowed, a name can be odd on purpose. */
bool
spec_name_has_shape(struct str name)
{
	struct str rest = name, label;

	if (name.n > LIMIT_NAME_BYTES)
		return false;
	while (str_split(&rest, '.', &label)) {
		if (label.n == 0 || label.n > LIMIT_LABEL_BYTES)
			return false;
	}
	return name.n == 0 || name.p[name.n - 1] != '.';
}

struct str
spec_lower(struct arena *a, struct str s)
{
	struct str copy = arena_str(a, s);
	char *p = (char *)copy.p;

	for (size_t i = 0; i < copy.n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
	}
	return copy;
}

bool
spec_name(struct spec_reader *r, struct str word, struct str *out)
{
	struct str domain = r->spec->head.domain;

	if (word.n == 0)
		return spec_wrong(r, "a name is missing");
	if (str_is(word, "@"))
		*out = domain;
	else if (word.p[word.n - 1] == '.')
		*out = spec_lower(r->a, str_sub(word, 0, word.n - 1));
	else
		*out = spec_lower(
			r->a, arena_printf(r->a, "%.*s.%.*s", STR_ARG(word), STR_ARG(domain)));
	if (!spec_name_has_shape(*out))
		return spec_wrong(r, "\"%.*s\" is no domain name", STR_ARG(word));
	return true;
}
