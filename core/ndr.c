#include "core/ndr.h"

static const struct ndr_type types[] = {
#define NDR(sender, codes, text, findings, meaning, clock) \
	{ sender, codes, text, findings, meaning, clock },
#include "core/ndr.def"
#undef NDR
};
#define TYPES (sizeof(types) / sizeof(types[0]))

const struct ndr_type *
ndr_types(size_t *count)
{
	*count = TYPES;
	return types;
}

static size_t
digits_at(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && n < 4 && ascii_is_digit(s.p[at + n]))
		n++;
	return n;
}

/* RFC 3463 section 2: class "." subject "." detail; the length of one that stands at a byte. */
static size_t
code_at(struct str s, size_t at)
{
	size_t end = at, n;

	if (at > 0 && (ascii_is_alnum(s.p[at - 1]) || s.p[at - 1] == '.'))
		return 0;
	if (at >= s.n || (s.p[at] != '2' && s.p[at] != '4' && s.p[at] != '5'))
		return 0;
	if (digits_at(s, at) != 1)
		return 0;
	end = at + 1;
	for (int i = 0; i < 2; i++) {
		if (end >= s.n || s.p[end] != '.')
			return 0;
		n = digits_at(s, end + 1);
		if (n == 0 || n > 3)
			return 0;
		end += 1 + n;
	}
	/* "5.7.5." ends a sentence, "5.7.5.1" is something else. */
	if (end + 1 < s.n && s.p[end] == '.' && ascii_is_digit(s.p[end + 1]))
		return 0;
	return end < s.n && ascii_is_alnum(s.p[end]) ? 0 : end - at;
}

static struct str
first_code(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		const size_t n = code_at(text, i);

		if (n > 0)
			return str_sub(text, i, n);
	}
	return STR_EMPTY;
}

bool
ndr_is_code(struct str word)
{
	if (word.n == 3 && digits_at(word, 0) == 3)
		return word.p[0] == '4' || word.p[0] == '5';
	return word.n > 0 && code_at(word, 0) == word.n;
}

static bool
has_text(struct str text, const char *wanted)
{
	const struct str needle = str_of(wanted);

	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (ascii_lower(text.p[i]) == ascii_lower(needle.p[0]) &&
			str_starts_nocase(str_skip(text, i), needle))
			return true;
	}
	return false;
}

static bool
has_code(const struct ndr_type *type, struct str code)
{
	struct str rest = str_of(type->codes), word;

	while (code.n > 0 && str_split(&rest, ' ', &word)) {
		if (str_eq(word, code))
			return true;
	}
	return false;
}

static void
add(struct ndr *out, const struct ndr_type *type, bool is_certain)
{
	for (size_t i = 0; i < out->count; i++) {
		if (out->matches[i].type == type)
			return;
	}
	if (out->count < NDR_MATCHES_MAX)
		out->matches[out->count++] = (struct ndr_match){ type, is_certain };
}

/* Bounces fold their lines: blanks of any kind count as one. */
static size_t
unfold(struct str text, char *out, size_t room)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n < room; i++) {
		const char c = text.p[i];
		const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';

		if (!is_blank)
			out[n++] = c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return n;
}

static void
count_lines(struct str text, struct ndr *out)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		bool is_known = false;

		if (str_trim(line).n == 0)
			continue;
		out->lines++;
		for (size_t i = 0; i < TYPES && !is_known; i++)
			is_known = has_text(line, types[i].text) ||
				   has_code(&types[i], first_code(line));
		out->understood += is_known ? 1 : 0;
	}
}

/* Its words stand in longer ones that the text has too. */
static bool
is_part_of_other(struct str text, const struct ndr_type *type)
{
	for (size_t i = 0; i < TYPES; i++) {
		if (&types[i] != type && has_text(str_of(types[i].text), type->text) &&
			has_text(text, types[i].text))
			return true;
	}
	return false;
}

void
ndr_read(struct str text, struct ndr *out)
{
	char flat[16384];
	struct str whole;
	bool is_certain;

	*out = (struct ndr){ 0 };
	text = str_sub(text, 0, text.n < sizeof(flat) ? text.n : sizeof(flat));
	whole = (struct str){ flat, unfold(text, flat, sizeof(flat)) };
	out->code = first_code(text);
	out->is_permanent = out->code.n > 0 && out->code.p[0] == '5';
	for (size_t i = 0; i < TYPES; i++) {
		if (has_text(whole, types[i].text) && !is_part_of_other(whole, &types[i]))
			add(out, &types[i], true);
	}
	is_certain = out->count > 0;
	for (size_t i = 0; !is_certain && i < TYPES; i++) {
		if (has_code(&types[i], out->code))
			add(out, &types[i], false);
	}
	count_lines(text, out);
}
