#include "core/tags.h"

static size_t
skip_wsp(struct str s, size_t at)
{
	while (at < s.n && ascii_is_wsp(s.p[at]))
		at++;
	return at;
}

bool
tag_scan_begin(struct tag_scan *scan, struct str record, size_t from, size_t *at)
{
	*at = skip_wsp(record, from);
	*scan = (struct tag_scan){ .record = record, .at = record.n, .is_done = true };
	if (*at == record.n || record.p[*at] != ';')
		return false;
	scan->at = *at + 1;
	scan->is_done = false;
	return true;
}

/* (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / "."); the length when all of it fits. */
static size_t
name_fault(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];
		const bool is_inner = c == '_' || c == '-' || c == '.';

		if (i == TAG_NAME_BYTES || !(ascii_is_alnum(c) || (i > 0 && is_inner)))
			return i;
	}
	return name.n;
}

/* 1*(%x21-3A / %x3C / %x3E-7E); the length when all of it fits. */
static size_t
value_fault(struct str value)
{
	for (size_t i = 0; i < value.n; i++) {
		const unsigned char c = (unsigned char)value.p[i];

		if (c < 0x21 || c > 0x7e || c == ';' || c == '=')
			return i;
	}
	return value.n;
}

static void
judge(struct tag *tag)
{
	const size_t equals = str_find(tag->text, '=');
	size_t bad;

	tag->fault_at = tag->at;
	if (tag->text.n == 0) {
		tag->fault = TAG_FAULT_EMPTY;
		return;
	}
	bad = name_fault(str_sub(tag->text, 0, equals));
	if (equals == tag->text.n) {
		tag->fault = TAG_FAULT_NO_EQUALS;
		tag->fault_at += bad;
		return;
	}
	tag->name = str_sub(tag->text, 0, equals);
	tag->value = str_skip(tag->text, equals + 1);
	if (bad < equals || equals == 0) {
		tag->fault = TAG_FAULT_NAME;
		tag->fault_at += bad;
		return;
	}
	bad = value_fault(tag->value);
	if (bad < tag->value.n || tag->value.n == 0) {
		tag->fault = TAG_FAULT_VALUE;
		tag->fault_at += equals + 1 + bad;
	}
}

bool
tag_next(struct tag_scan *scan, struct tag *out)
{
	const struct str record = scan->record;
	const size_t start = skip_wsp(record, scan->at);
	size_t end, text_end;

	if (scan->is_done)
		return false;
	end = start + str_find(str_skip(record, start), ';');
	*out = (struct tag){ .at = start, .is_last = end == record.n };
	scan->is_done = out->is_last;
	/* Behind the last semicolon nothing need follow. */
	if (out->is_last && start == end)
		return false;
	for (text_end = end; text_end > start && ascii_is_wsp(record.p[text_end - 1]);)
		text_end--;
	out->text = str_sub(record, start, text_end - start);
	if (out->is_last && text_end < end)
		out->blanks_at = text_end;
	scan->at = end + 1;
	judge(out);
	return true;
}

bool
tag_is_near(struct str record, struct str word)
{
	static const struct str skipped[] = {
		{ " ", 1 }, { "\t", 1 }, { "\"", 1 }, { "\\", 1 },
		{ "\xef\xbb\xbf", 3 }, /* U+FEFF */
		{ "\xc2\xa0", 2 }, /* U+00A0 */
	};
	const size_t count = sizeof(skipped) / sizeof(skipped[0]);

	for (size_t i = 0; i < count;) {
		if (str_starts(record, skipped[i])) {
			record = str_skip(record, skipped[i].n);
			i = 0;
		} else {
			i++;
		}
	}
	if (!str_starts_nocase(record, STR("v")))
		return false;
	record = str_skip(record, skip_wsp(record, 1));
	if (!str_starts(record, STR("=")))
		return false;
	return str_starts_nocase(str_skip(record, skip_wsp(record, 1)), word);
}

size_t
tag_non_ascii(struct str record)
{
	for (size_t i = 0; i < record.n; i++) {
		const unsigned char c = (unsigned char)record.p[i];

		if (c > 0x7e || (c < 0x20 && c != '\t'))
			return i;
	}
	return record.n;
}
