#include "core/txt.h"

#include "core/tags.h"

#define VERSION STR("v=STSv1")
#define PREFIX STR("v=STSv1;") /* what survives among several records */

enum { ID_BYTES = 32 };

static void
set_fault(struct txt_record *r, enum txt_fault fault, size_t at, struct str seen)
{
	if (r->fault != TXT_FAULT_NONE && r->fault <= fault)
		return;
	r->fault = fault;
	r->fault_at = at;
	r->fault_seen = seen;
}

static void
push_field(struct arena *a, struct txt_record *r, const struct tag *tag, size_t *room)
{
	if (r->field_count == *room) {
		*room = *room != 0 ? *room * 2 : 4;
		r->fields = arena_grow(a, r->fields, r->field_count, *room, sizeof(*r->fields));
	}
	r->fields[r->field_count++] = (struct txt_field){
		.name = tag->name, .value = tag->value, .at = tag->at
	};
}

/*
 * %s"id=" 1*32(ALPHA / DIGIT). What breaks this rule does not turn into an extension field. A
 * blank or "=" inside fits no field at all: "id=1 foo=2" lacks a semicolon.
 */
static void
judge_id(struct txt_record *r, const struct tag *tag)
{
	const size_t value_at = tag->at + tag->name.n + 1;
	size_t i = 0;

	r->id = tag->value;
	while (i < r->id.n && ascii_is_alnum(r->id.p[i]))
		i++;
	if (i < r->id.n && (ascii_is_wsp(r->id.p[i]) || r->id.p[i] == '='))
		set_fault(r, TXT_FAULT_SYNTAX, value_at + i, tag->text);
	else if (i < r->id.n || r->id.n == 0)
		set_fault(r, TXT_FAULT_ID_BAD, value_at + i, r->id);
	else if (r->id.n > ID_BYTES)
		set_fault(r, TXT_FAULT_ID_LONG, value_at + ID_BYTES, r->id);
}

/*
 * The fields behind the version. Only the first id is judged as one: of duplicates all but the
 * first are ignored (RFC 8461 3.2), yet they must be fields.
 */
static void
parse_fields(struct arena *a, struct txt_record *r, size_t from)
{
	struct tag_scan scan;
	struct tag tag;
	size_t at;
	size_t room = 0;

	if (!tag_scan_begin(&scan, r->text, from, &at)) {
		set_fault(r, TXT_FAULT_SYNTAX, at, str_skip(r->text, at));
		return;
	}
	r->has_space_before_semicolon = at > from;
	while (tag_next(&scan, &tag)) {
		const bool is_id = str_is(tag.name, "id");

		if (tag.name.n != 0)
			push_field(a, r, &tag, &room);
		if (is_id && r->id_count++ == 0)
			judge_id(r, &tag);
		else if (tag.fault != TAG_FAULT_NONE)
			set_fault(r, TXT_FAULT_SYNTAX, tag.fault_at, tag.text);
		if (tag.blanks_at != 0)
			set_fault(r, TXT_FAULT_SYNTAX, tag.blanks_at,
				str_skip(r->text, tag.blanks_at));
	}
	if (r->id_count == 0)
		set_fault(r, TXT_FAULT_ID_MISSING, r->text.n, STR_EMPTY);
}

/*
 * Quotes and backslashes that a DNS panel stored as data: a quote anywhere, a backslash before the
 * "v" or a semicolon. The length when there are none.
 */
static size_t
find_quotes(struct str text)
{
	const size_t quote = str_find(text, '"');
	const size_t begin = str_find(text, '\\');
	size_t escaped = str_find_str(text, STR("\\;"));

	if (begin < escaped && begin < str_find(text, 'v') && begin < str_find(text, 'V'))
		escaped = begin;
	return quote < escaped ? quote : escaped;
}

static struct str
version_seen(struct str text)
{
	return str_trim_wsp(str_sub(text, 0, str_find(text, ';')));
}

/* What stands before the first field makes the record bad, whatever follows. */
static void
judge_start(struct txt_record *r, bool is_version)
{
	const struct str text = r->text;
	const size_t odd = tag_non_ascii(text);

	if (r->is_near && odd < text.n) {
		const size_t length = utf8_sequence(str_skip(text, odd), NULL);

		set_fault(
			r, TXT_FAULT_NON_ASCII, odd, str_sub(text, odd, length != 0 ? length : 1));
	}
	if (!is_version)
		set_fault(r, TXT_FAULT_VERSION, 0, version_seen(text));
	else if (text.n > VERSION.n && ascii_is_alnum(text.p[VERSION.n]))
		set_fault(r, TXT_FAULT_VERSION, VERSION.n, version_seen(text));
}

void
txt_parse(struct arena *a, struct str record, struct txt_record *out)
{
	const bool is_version = str_starts(record, VERSION);
	const size_t quotes = find_quotes(record);

	*out = (struct txt_record){
		.text = record,
		.is_near = tag_is_near(record, STR("sts")),
		.has_prefix = str_starts(record, PREFIX),
	};
	judge_start(out, is_version);
	/* Fields behind a bad version are still worth showing. */
	if (is_version && out->fault != TXT_FAULT_VERSION)
		parse_fields(a, out, VERSION.n);
	else if (out->is_near)
		parse_fields(a, out, str_find(record, ';'));
	/* An extension value may hold quotes: they are a fault only where the grammar has failed. */
	if (out->fault != TXT_FAULT_NONE && out->is_near && quotes < record.n)
		set_fault(out, TXT_FAULT_LITERAL_QUOTES, quotes,
			str_sub(record, quotes, record.p[quotes] == '"' ? 1 : 2));
	out->is_valid = out->fault == TXT_FAULT_NONE;
	if (!is_version)
		out->has_space_before_semicolon = false;
}

void
txt_choose(struct arena *a, struct strs records, struct txt_set *out)
{
	const struct txt_record *last = NULL;

	*out = (struct txt_set){ .count = records.n };
	out->records = arena_array(a, records.n, sizeof(*out->records));
	for (size_t i = 0; i < records.n; i++) {
		struct txt_record *r = &out->records[i];

		txt_parse(a, records.v[i], r);
		/* Only among several are records discarded; a single one is judged as it is. */
		if (records.n == 1 ? r->is_near : r->has_prefix) {
			out->candidates++;
			last = r;
		}
	}
	if (out->candidates == 0) {
		out->verdict = TXT_VERDICT_NONE;
		return;
	}
	if (out->candidates > 1) {
		out->verdict = TXT_VERDICT_MULTIPLE;
		return;
	}
	out->chosen = last;
	out->verdict = last->is_valid ? TXT_VERDICT_VALID : TXT_VERDICT_INVALID;
}
