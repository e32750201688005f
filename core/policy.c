#include "core/policy.h"

#include <stdlib.h>

#include "core/limits.h"

enum { EXT_NAME_BYTES = 32, MAX_AGE_DIGITS = 10, KEY_DISTANCE_MAX = 2, UTF16_LOOK_BYTES = 16 };

struct parser {
	struct arena *arena;
	struct policy *policy;
	size_t line_room;
	size_t mx_room;
};

static const char *const mode_names[] = {
	[POLICY_MODE_UNKNOWN] = "unknown",
	[POLICY_MODE_NONE] = "none",
	[POLICY_MODE_TESTING] = "testing",
	[POLICY_MODE_ENFORCE] = "enforce",
};

static const char *const eol_names[] = {
	[POLICY_EOL_NONE] = "none",
	[POLICY_EOL_LF] = "lf",
	[POLICY_EOL_CRLF] = "crlf",
	[POLICY_EOL_CR] = "cr",
};

static const char *const note_names[] = {
	[POLICY_NOTE_NONE] = NULL,
	[POLICY_NOTE_SYNTAX] = "policy-line-syntax",
	[POLICY_NOTE_BLANK] = "policy-blank-line",
	[POLICY_NOTE_VERSION_BAD] = "policy-version-bad",
	[POLICY_NOTE_MODE_UNKNOWN] = "policy-mode-unknown",
	[POLICY_NOTE_MAX_AGE_BAD] = "policy-max-age-bad",
	[POLICY_NOTE_MAX_AGE_OVER] = "policy-max-age-over",
	[POLICY_NOTE_MX_BAD] = "policy-mx-bad",
	[POLICY_NOTE_MX_SEVERAL] = "policy-mx-several",
	[POLICY_NOTE_KEY_CASE] = "policy-key-case",
	[POLICY_NOTE_KEY_UNKNOWN] = "policy-key-unknown",
	[POLICY_NOTE_KEY_DUPLICATE] = "policy-key-duplicate",
};

const char *
policy_mode_name(enum policy_mode mode)
{
	return mode_names[mode];
}

const char *
policy_eol_name(enum policy_eol eol)
{
	return eol_names[eol];
}

const char *
policy_note_name(enum policy_note note)
{
	return note_names[note];
}

static size_t
offset_in(const struct policy_line *line, struct str part)
{
	return (size_t)(part.p - line->text.p);
}

static void
note(struct policy_line *line, enum policy_note kind, size_t at)
{
	line->note = kind;
	line->note_at = at;
}

/* sts-policy-ext-name; the length when all of it fits. */
static size_t
key_fault(struct str key)
{
	for (size_t i = 0; i < key.n; i++) {
		const char c = key.p[i];
		const bool is_inner = c == '_' || c == '-' || c == '.';

		if (i == EXT_NAME_BYTES || !(ascii_is_alnum(c) || (i > 0 && is_inner)))
			return i;
	}
	return key.n;
}

/*
 * sts-policy-ext-value: printable US-ASCII, UTF-8 beyond it, and inside also SP, which is why TAB
 * is a fault here though it may stand on either side. The length when all of it fits.
 */
static size_t
value_fault(struct str value)
{
	for (size_t i = 0; i < value.n;) {
		const unsigned char c = (unsigned char)value.p[i];
		const size_t length = utf8_sequence(str_skip(value, i), NULL);

		if (length == 0 || c < 0x20 || c == 0x7f)
			return i;
		i += length;
	}
	return value.n;
}

/* The word nearest to seen, if it is near enough to have been meant. */
static struct str
nearest(struct str seen, const char *const *words, size_t count, bool is_generous)
{
	struct str best = STR_EMPTY;
	unsigned best_distance = KEY_DISTANCE_MAX + 2;

	for (size_t i = 0; i < count; i++) {
		const struct str word = str_of(words[i]);
		const unsigned distance = str_distance(seen, word);
		const size_t bound = is_generous ? word.n / 2 : KEY_DISTANCE_MAX;

		if (distance < best_distance && distance <= bound && distance < word.n &&
			distance < seen.n) {
			best = word;
			best_distance = distance;
		}
	}
	return best;
}

static void
judge_version(struct parser *p, struct policy_line *line)
{
	p->policy->version = line->value;
	p->policy->is_version_ok = str_is(line->value, "STSv1");
	if (!p->policy->is_version_ok)
		note(line, POLICY_NOTE_VERSION_BAD, offset_in(line, line->value));
}

/* "enforce # since May" and "testing, enforce" begin with a mode. */
static struct str
first_word(struct str value)
{
	size_t end = 0;

	while (end < value.n && str_find(STR(" \t,;#"), value.p[end]) == 5)
		end++;
	return str_sub(value, 0, end);
}

static void
judge_mode(struct parser *p, struct policy_line *line)
{
	struct policy *policy = p->policy;

	policy->mode_text = line->value;
	for (enum policy_mode m = POLICY_MODE_NONE; m <= POLICY_MODE_ENFORCE; m++) {
		if (str_is(line->value, mode_names[m]))
			policy->mode = m;
	}
	if (policy->mode != POLICY_MODE_UNKNOWN)
		return;
	note(line, POLICY_NOTE_MODE_UNKNOWN, offset_in(line, line->value));
	line->meant = nearest(
		first_word(line->value), mode_names + POLICY_MODE_NONE, POLICY_MODE_ENFORCE, true);
}

static void
judge_max_age(struct parser *p, struct policy_line *line)
{
	struct policy *policy = p->policy;
	const size_t at = offset_in(line, line->value);
	size_t digits = 0;

	policy->max_age_text = line->value;
	while (digits < line->value.n && ascii_is_digit(line->value.p[digits]))
		digits++;
	if (digits > MAX_AGE_DIGITS)
		digits = MAX_AGE_DIGITS;
	if (!str_to_u64(str_sub(line->value, 0, digits), UINT64_MAX, &policy->max_age_s) ||
		digits < line->value.n) {
		policy->max_age_s = 0;
		note(line, POLICY_NOTE_MAX_AGE_BAD, at + digits);
		return;
	}
	/* Erratum 7282: the grammar's ten digits reach beyond the maximum that the text gives. */
	policy->is_max_age_over = policy->max_age_s > POLICY_MAX_AGE_MAX_S;
	policy->is_max_age_ok = !policy->is_max_age_over;
	if (policy->is_max_age_over)
		note(line, POLICY_NOTE_MAX_AGE_OVER, at);
}

/* Two or more names between blanks, commas and semicolons, and nothing else. */
static bool
is_several(struct str value, size_t *at)
{
	size_t names = 0;

	for (size_t i = 0; i < value.n;) {
		size_t end = i;
		size_t bad_at;
		enum mx_fault fault;

		while (end < value.n && str_find(STR(" \t,;"), value.p[end]) == 4)
			end++;
		if (end == i) {
			i++;
			continue;
		}
		fault = mx_pattern_check(str_sub(value, i, end - i), &bad_at);
		if (fault != MX_FAULT_NONE && fault != MX_FAULT_TRAILING_DOT)
			return false;
		if (++names == 2)
			*at = i;
		i = end;
	}
	return names >= 2;
}

static void
judge_mx(struct parser *p, struct policy_line *line)
{
	struct policy *policy = p->policy;
	size_t at;

	line->mx_fault = mx_pattern_check(line->value, &at);
	if (line->mx_fault != MX_FAULT_NONE) {
		const bool is_preference = line->mx_fault == MX_FAULT_PREFERENCE;

		if (!is_preference && is_several(line->value, &at))
			note(line, POLICY_NOTE_MX_SEVERAL, offset_in(line, line->value) + at);
		else
			note(line, POLICY_NOTE_MX_BAD, offset_in(line, line->value) + at);
		policy->has_bad_mx = true;
	}
	if (policy->mx_count == p->mx_room) {
		p->mx_room = p->mx_room != 0 ? p->mx_room * 2 : 8;
		policy->mx = arena_grow(
			p->arena, policy->mx, policy->mx_count, p->mx_room, sizeof(*policy->mx));
	}
	policy->mx[policy->mx_count++] = (struct policy_pattern){
		.text = line->value,
		.line = line->number,
		.is_valid = line->mx_fault == MX_FAULT_NONE,
	};
}

enum { FIELD_VERSION, FIELD_MODE, FIELD_MAX_AGE, FIELD_MX, FIELD_COUNT };

static const char *const field_keys[FIELD_COUNT] = {
	[FIELD_VERSION] = "version",
	[FIELD_MODE] = "mode",
	[FIELD_MAX_AGE] = "max_age",
	[FIELD_MX] = "mx",
};

static void (*const field_judges[FIELD_COUNT])(struct parser *p, struct policy_line *line) = {
	[FIELD_VERSION] = judge_version,
	[FIELD_MODE] = judge_mode,
	[FIELD_MAX_AGE] = judge_max_age,
	[FIELD_MX] = judge_mx,
};

/* Where the line of the first such field is kept; NULL for mx, which may come again. */
static unsigned *
first_line(struct policy *policy, int field)
{
	switch (field) {
	case FIELD_VERSION:
		return &policy->version_line;
	case FIELD_MODE:
		return &policy->mode_line;
	case FIELD_MAX_AGE:
		return &policy->max_age_line;
	}
	return NULL;
}

static int
find_field(struct str key)
{
	int field = 0;

	while (field < FIELD_COUNT && !str_is(key, field_keys[field]))
		field++;
	return field;
}

/*
 * A field that is only seen and ignored: an extension, or a duplicate. RFC 8461 3.2 ignores all
 * but the first of them; it must still be a field, of which sts-policy-extension is the widest.
 */
static void
judge_ignored(struct policy_line *line, enum policy_note kind)
{
	const size_t bad = value_fault(line->value);

	if (bad < line->value.n || line->value.n == 0) {
		note(line, POLICY_NOTE_SYNTAX, offset_in(line, line->value) + bad);
		return;
	}
	note(line, kind, 0);
}

static void
judge_extension(struct policy_line *line)
{
	for (int i = 0; i < FIELD_COUNT; i++) {
		if (str_is_nocase(line->key, field_keys[i])) {
			judge_ignored(line, POLICY_NOTE_KEY_CASE);
			line->meant = str_of(field_keys[i]);
			return;
		}
	}
	judge_ignored(line, POLICY_NOTE_KEY_UNKNOWN);
	line->meant = nearest(line->key, field_keys, FIELD_COUNT, false);
}

static void
judge_line(struct parser *p, struct policy_line *line)
{
	const size_t colon = str_find(line->text, ':');
	const struct str key = str_sub(line->text, 0, colon);
	const size_t bad = key_fault(key);
	unsigned *first;
	int field;

	if (str_trim_wsp(line->text).n == 0) {
		note(line, POLICY_NOTE_BLANK, 0);
		return;
	}
	if (bad < key.n || colon == 0 || colon == line->text.n) {
		note(line, POLICY_NOTE_SYNTAX, bad);
		return;
	}
	line->key = key;
	line->value = str_trim_wsp(str_skip(line->text, colon + 1));
	field = find_field(key);
	if (field == FIELD_COUNT) {
		judge_extension(line);
		return;
	}
	first = first_line(p->policy, field);
	if (first != NULL && *first != 0) {
		judge_ignored(line, POLICY_NOTE_KEY_DUPLICATE);
		return;
	}
	if (first != NULL)
		*first = line->number;
	field_judges[field](p, line);
}

/* Cut one line off rest. CR alone ends no line by the grammar, but would otherwise hide the rest. */
static struct policy_line
cut_line(struct str rest, size_t *used)
{
	struct policy_line line = { 0 };
	size_t end = 0;

	while (end < rest.n && rest.p[end] != '\n' && rest.p[end] != '\r')
		end++;
	line.text = str_sub(rest, 0, end);
	*used = end < rest.n ? end + 1 : end;
	if (end == rest.n) {
		line.eol = POLICY_EOL_NONE;
	} else if (rest.p[end] == '\n') {
		line.eol = POLICY_EOL_LF;
	} else if (end + 1 < rest.n && rest.p[end + 1] == '\n') {
		line.eol = POLICY_EOL_CRLF;
		*used = end + 2;
	} else {
		line.eol = POLICY_EOL_CR;
	}
	return line;
}

static void
keep_line(struct parser *p, const struct policy_line *line)
{
	struct policy *policy = p->policy;

	policy->has_blank_lines |= line->note == POLICY_NOTE_BLANK;
	policy->has_syntax_error |= line->note == POLICY_NOTE_SYNTAX;
	policy->has_lf |= line->eol == POLICY_EOL_LF;
	policy->has_crlf |= line->eol == POLICY_EOL_CRLF;
	policy->has_bare_cr |= line->eol == POLICY_EOL_CR;
	policy->is_empty &= line->note == POLICY_NOTE_BLANK;
	if (policy->line_count == LIMIT_POLICY_LINES)
		return;
	if (policy->line_count == p->line_room) {
		p->line_room = p->line_room != 0 ? p->line_room * 2 : 16;
		policy->lines = arena_grow(p->arena, policy->lines, policy->line_count,
			p->line_room, sizeof(*policy->lines));
	}
	policy->lines[policy->line_count++] = *line;
}

static int
by_key_then_line(const void *a, const void *b)
{
	const struct policy_line *x = *(struct policy_line *const *)a;
	const struct policy_line *y = *(struct policy_line *const *)b;
	const int order = str_cmp(x->key, y->key);

	return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* Sorted, because comparing each extension key with all before it is quadratic. */
static void
note_duplicates(struct parser *p)
{
	struct policy *policy = p->policy;
	struct policy_line **unknown = arena_array(
		p->arena, policy->line_count, sizeof(struct policy_line *));
	size_t count = 0;

	for (size_t i = 0; i < policy->line_count; i++) {
		if (policy->lines[i].note == POLICY_NOTE_KEY_UNKNOWN)
			unknown[count++] = &policy->lines[i];
	}
	if (count == 0)
		return;
	qsort(unknown, count, sizeof(*unknown), by_key_then_line);
	for (size_t i = 1; i < count; i++) {
		if (str_eq(unknown[i]->key, unknown[i - 1]->key))
			note(unknown[i], POLICY_NOTE_KEY_DUPLICATE, 0);
	}
}

/* A byte order mark of UTF-16, or every second byte 00 as in US-ASCII text without one. */
static bool
looks_like_utf16(struct str body)
{
	const size_t look = body.n < UTF16_LOOK_BYTES ? body.n & ~(size_t)1 : UTF16_LOOK_BYTES;
	size_t zeros[2] = { 0, 0 };

	if (str_starts(body, STR("\xff\xfe")) || str_starts(body, STR("\xfe\xff")))
		return true;
	for (size_t i = 0; i < look; i++)
		zeros[i % 2] += body.p[i] == '\0';
	return look >= 4 && zeros[0] != zeros[1] && (zeros[0] == look / 2 || zeros[1] == look / 2);
}

static void
judge_body(struct policy *policy)
{
	struct str body = policy->body;

	policy->has_bom = str_starts(body, STR("\xef\xbb\xbf"));
	policy->is_utf16 = looks_like_utf16(body);
	policy->has_nul = !policy->is_utf16 && str_find(body, '\0') < body.n;
	if (policy->has_bom)
		body = str_skip(body, 3);
	policy->looks_like_html = str_starts(str_trim(body), STR("<"));
	policy->is_empty = true; /* until a line says otherwise */
}

static bool
is_valid(const struct policy *policy)
{
	if (policy->is_empty || policy->has_bom || policy->has_nul || policy->is_utf16 ||
		policy->has_bare_cr || policy->has_syntax_error || policy->has_bad_mx)
		return false;
	if (!policy->is_version_ok || !policy->is_max_age_ok)
		return false;
	switch (policy->mode) {
	case POLICY_MODE_UNKNOWN:
		return false;
	case POLICY_MODE_NONE:
		return true;
	case POLICY_MODE_TESTING:
	case POLICY_MODE_ENFORCE:
		break;
	}
	return policy->mx_count != 0;
}

void
policy_parse(struct arena *a, struct str body, struct policy *out)
{
	struct parser p = { .arena = a, .policy = out };
	size_t at = 0;

	*out = (struct policy){ .body = body };
	judge_body(out);
	while (at < body.n) {
		size_t used;
		struct policy_line line = cut_line(str_skip(body, at), &used);

		line.number = (unsigned)++out->total_lines;
		line.at = at;
		judge_line(&p, &line);
		keep_line(&p, &line);
		at += used;
	}
	note_duplicates(&p);
	out->is_valid = is_valid(out);
}
