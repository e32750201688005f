#include "core/ndr.h"

#include "core/name.h"

static const struct ndr_type types[] = {
#define NDR(sender, codes, text, findings, meaning, clock) \
	{ sender, codes, text, findings, meaning, clock },
#include "core/ndr.def"
#undef NDR
};
#define TYPES (sizeof(types) / sizeof(types[0]))

enum mark_kind {
	MARK_NOTHING,
	MARK_RECIPIENT,
	MARK_HOST,
	MARK_HOST_BEFORE,
	MARK_CODE,
	MARK_ACTION
};

static const struct {
	enum mark_kind kind;
	const char *before;
	enum ndr_state state;
} marks[] = {
#define MARK(kind, before, state) { MARK_##kind, before, NDR_##state },
#include "core/ndr_marks.def"
#undef MARK
};
#define MARKS (sizeof(marks) / sizeof(marks[0]))

const struct ndr_type *
ndr_types(size_t *count)
{
	*count = TYPES;
	return types;
}

size_t
ndr_senders(void)
{
	size_t count = 0;

	for (size_t i = 0; i < TYPES; i++) {
		size_t k = 0;

		while (k < i && !str_is(str_of(types[k].sender), types[i].sender))
			k++;
		count += k == i;
	}
	return count;
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

/* The first that tells of trouble, else one of success. */
static struct str
first_code(struct str text)
{
	struct str good = STR_EMPTY;

	for (size_t i = 0; i < text.n; i++) {
		const size_t n = code_at(text, i);

		if (n > 0 && text.p[i] != '2')
			return str_sub(text, i, n);
		if (n > 0 && good.n == 0)
			good = str_sub(text, i, n);
	}
	return good;
}

bool
ndr_is_code(struct str word)
{
	if (word.n == 3 && digits_at(word, 0) == 3)
		return word.p[0] == '4' || word.p[0] == '5';
	return word.n > 0 && code_at(word, 0) == word.n;
}

/* Where it stands, case ignored; text.n when it does not. */
static size_t
find_text(struct str text, const char *wanted)
{
	const struct str needle = str_of(wanted);

	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (ascii_lower(text.p[i]) == ascii_lower(needle.p[0]) &&
			str_starts_nocase(str_skip(text, i), needle))
			return i;
	}
	return text.n;
}

static bool
has_text(struct str text, const char *wanted)
{
	return find_text(text, wanted) < text.n;
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
static struct str
unfold(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		const char c = text.p[i];
		const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';

		if (!is_blank)
			out[n++] = c;
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return (struct str){ out, n };
}

static bool
ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '<' || c == '>' || c == '(' || c == ')' || c == '[' ||
	       c == ']' || c == '"' || c == '\'' || c == ',' || c == ';' || c == ':' || c == '=';
}

/* The next word of a value, behind blanks and quotes. */
static struct str
word_of(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (rest->n > 0 && ends_word(rest->p[0]) && rest->p[0] != '[')
		*rest = str_skip(*rest, 1);
	while (n < rest->n && !ends_word(rest->p[n]))
		n++;
	word = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return word;
}

/* A name with a dot in it, of what host names are made of; a final dot ends a sentence. */
static struct str
name_in(struct str word)
{
	bool has_dot = false;

	while (word.n > 0 && word.p[word.n - 1] == '.')
		word.n--;
	for (size_t i = 0; i < word.n; i++) {
		const char c = word.p[i];

		if (c != '.' && c != '-' && c != '_' && !ascii_is_alnum(c) && (c & 0x80) == 0)
			return STR_EMPTY;
		has_dot |= c == '.';
	}
	return has_dot && word.n <= 253 && !name_is_ipv4(word) ? word : STR_EMPTY;
}

static void
take(struct str *place, struct str value)
{
	if (place->n == 0)
		*place = value;
}

/* "rfc822; user@example.com", "<user@example.com>", "example.com" */
static bool
take_recipient(struct str value, struct ndr *out)
{
	struct str word = word_of(&value), domain;
	size_t at;

	if (value.n > 0 && value.p[0] == ';')
		word = word_of(&value);
	at = str_find(word, '@');
	domain = name_in(str_skip(word, at < word.n ? at + 1 : 0));
	take(&out->domain, domain);
	return domain.n > 0;
}

/* "dns; mx.example.com", "mx.example.com[192.0.2.25]:25", "mx.example.com [2001:db8::25]" */
static bool
take_host(struct str value, struct ndr *out)
{
	struct str word = word_of(&value), host, address = STR_EMPTY;

	if (value.n > 0 && value.p[0] == ';')
		word = word_of(&value);
	host = name_in(word);
	value = str_trim_wsp(value);
	if (value.n > 0 && value.p[0] == '[')
		address = str_sub(value, 1, str_find(value, ']') - 1);
	if (!name_is_ipv4(address) && !name_is_ipv6(address))
		address = STR_EMPTY;
	if (out->host.n == 0 && host.n > 0) {
		out->host = host;
		out->address = address;
	} else if (host.n > 0 && name_eq(out->host, host)) {
		take(&out->address, address);
	}
	return host.n > 0;
}

static enum ndr_state
state_of(struct str word)
{
	static const struct {
		const char *word;
		enum ndr_state state;
	} words[] = { { "delayed", NDR_DELAYED }, { "deferred", NDR_DELAYED },
		{ "failed", NDR_RETURNED }, { "bounced", NDR_RETURNED },
		{ "expired", NDR_RETURNED }, { "delivered", NDR_DELIVERED },
		{ "relayed", NDR_DELIVERED }, { "sent", NDR_DELIVERED } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is_nocase(word, words[i].word))
			return words[i].state;
	return NDR_UNKNOWN;
}

static bool
take_mark(struct str line, size_t mark, size_t at, struct ndr *out)
{
	const struct str value = str_skip(line, at + str_of(marks[mark].before).n);
	struct str rest = value;
	enum ndr_state state = marks[mark].state;
	bool is_good = true;
	size_t from = at;

	switch (marks[mark].kind) {
	case MARK_NOTHING:
		break;
	case MARK_RECIPIENT:
		is_good = take_recipient(value, out);
		break;
	case MARK_HOST:
		is_good = take_host(value, out);
		break;
	case MARK_HOST_BEFORE:
		while (from > 0 && line.p[from - 1] != '"')
			from--;
		is_good = take_host(str_sub(line, from, at - from), out);
		break;
	case MARK_CODE:
		rest = word_of(&rest);
		is_good = ndr_is_code(rest) && rest.n > 3;
		if (is_good)
			take(&out->code, rest);
		break;
	case MARK_ACTION:
		state = state_of(word_of(&rest));
		is_good = state != NDR_UNKNOWN;
		break;
	}
	if (is_good && state != NDR_UNKNOWN && out->state == NDR_UNKNOWN)
		out->state = state;
	return is_good;
}

/* Fields begin their line; what stands in a log does not begin a word's middle. */
static bool
begins_there(struct str line, size_t mark, size_t at)
{
	const struct str before = str_of(marks[mark].before);

	if (before.p[before.n - 1] == ':')
		return at == 0;
	return at == 0 || !ascii_is_alnum(before.p[0]) || !ascii_is_alnum(line.p[at - 1]);
}

static bool
take_marks(struct str line, struct ndr *out)
{
	bool is_known = false;

	for (size_t i = 0; i < MARKS; i++) {
		const size_t at = find_text(line, marks[i].before);

		if (at < line.n && begins_there(line, i, at))
			is_known |= take_mark(line, i, at, out);
	}
	return is_known;
}

static bool
is_known_line(struct str line)
{
	const struct str code = first_code(line);

	for (size_t i = 0; i < TYPES; i++)
		if (has_text(line, types[i].text) || has_code(&types[i], code))
			return true;
	return false;
}

/* A line with those that are folded into it; false at the end. */
static bool
next_lines(struct str *text, struct str *line, size_t *count)
{
	struct str more, rest;

	*count = 0;
	if (!str_split(text, '\n', line))
		return false;
	*count = str_trim(*line).n > 0;
	while (*count > 0 && text->n > 0 && ascii_is_wsp(text->p[0])) {
		rest = *text;
		str_split(&rest, '\n', &more);
		if (str_trim(more).n == 0)
			break;
		*line = (struct str){ line->p, (size_t)(more.p + more.n - line->p) };
		*text = rest;
		(*count)++;
	}
	return true;
}

static void
read_lines(struct arena *a, struct str text, struct ndr *out)
{
	struct str line;
	size_t count;

	while (next_lines(&text, &line, &count)) {
		bool is_known;

		if (count == 0)
			continue;
		line = str_trim(unfold(a, line));
		is_known = take_marks(line, out);
		is_known |= is_known_line(line);
		out->lines += count;
		out->understood += is_known ? count : 0;
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

static void
find_types(struct str whole, struct ndr *out)
{
	bool is_certain;

	for (size_t i = 0; i < TYPES; i++) {
		if (has_text(whole, types[i].text) && !is_part_of_other(whole, &types[i]))
			add(out, &types[i], true);
	}
	is_certain = out->count > 0;
	for (size_t i = 0; !is_certain && i < TYPES; i++) {
		if (has_code(&types[i], out->code))
			add(out, &types[i], false);
	}
}

void
ndr_read(struct arena *a, struct str text, struct ndr *out)
{
	struct str whole;

	*out = (struct ndr){ .is_cut = text.n > NDR_MAX_BYTES };
	text = str_sub(text, 0, text.n < NDR_MAX_BYTES ? text.n : NDR_MAX_BYTES);
	whole = unfold(a, text);
	read_lines(a, text, out);
	take(&out->code, first_code(whole));
	if (out->state == NDR_UNKNOWN && out->code.n > 0)
		out->state = out->code.p[0] == '5'   ? NDR_RETURNED
			     : out->code.p[0] == '4' ? NDR_DELAYED
						     : NDR_DELIVERED;
	find_types(whole, out);
}

bool
ndr_is_bounce(struct str line)
{
	struct arena a = { 0 };
	struct ndr n;
	bool is_bounce;

	line = str_trim(line);
	ndr_read(&a, line, &n);
	is_bounce = ndr_is_code(line) ||
		    (str_find(line, ' ') < line.n && (n.understood > 0 || n.code.n > 0));
	arena_release(&a);
	return is_bounce;
}
