#include "core/sessfile_plain.h"

#include <string.h>

#define MAX_FIELDS 64
#define MAX_DIGITS 15 /* no overflow can come near */

/* A value that stands in the line; nothing is copied before the line was taken whole. */
struct value {
	int64_t number; /* integer, truth, word */
	struct str text; /* text; a list without its brackets */
	size_t count; /* of a list */
};

static bool
take(struct str *rest, struct str literal)
{
	if (!str_starts(*rest, literal))
		return false;
	*rest = str_skip(*rest, literal.n);
	return true;
}

/* ,"name": */
static bool
take_name(struct str *rest, const char *name)
{
	const size_t n = strlen(name);

	if (rest->n < n + 4 || rest->p[0] != ',' || rest->p[1] != '"' ||
		memcmp(rest->p + 2, name, n) != 0 || rest->p[n + 2] != '"' || rest->p[n + 3] != ':')
		return false;
	*rest = str_skip(*rest, n + 4);
	return true;
}

static bool
take_string(struct str *rest, struct str *out)
{
	const char *text = rest->p + 1;
	unsigned odd = 0;
	size_t n;

	if (rest->n < 2 || rest->p[0] != '"')
		return false;
	n = str_find(str_skip(*rest, 1), '"');
	if (n + 2 > rest->n)
		return false;
	for (size_t i = 0; i < n; i++)
		odd |= ((unsigned char)(text[i] - 0x20) >= 0x5f) | (text[i] == '\\');
	*out = (struct str){ text, n };
	*rest = str_skip(*rest, n + 2);
	return odd == 0;
}

static size_t
digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* Without a leading zero, as JSON has them. */
static bool
take_digits(struct str *rest, int64_t *out)
{
	const size_t n = digits(*rest);
	uint64_t number;

	if (n == 0 || n > MAX_DIGITS || (n > 1 && rest->p[0] == '0') ||
		!str_to_u64(str_sub(*rest, 0, n), INT64_MAX, &number))
		return false;
	*out = (int64_t)number;
	*rest = str_skip(*rest, n);
	return true;
}

static bool
take_integer(struct str *rest, int64_t *out)
{
	const bool is_negative = take(rest, STR("-"));

	if (!take_digits(rest, out) || (is_negative && *out == 0))
		return false;
	*out = is_negative ? -*out : *out;
	return true;
}

/* 198.000: whole microseconds. */
static bool
take_ms(struct str *rest, int64_t *us)
{
	int64_t whole;

	if (!take_digits(rest, &whole) || !take(rest, STR(".")) || digits(*rest) != 3)
		return false;
	*us = whole * 1000 + (rest->p[0] - '0') * 100 + (rest->p[1] - '0') * 10 +
	      (rest->p[2] - '0');
	*rest = str_skip(*rest, 3);
	return whole < SESSFILE_LONGEST_MS;
}

static bool
take_bool(struct str *rest, int64_t *out)
{
	*out = take(rest, STR("true"));
	return *out || take(rest, STR("false"));
}

static bool
take_list(struct str *rest, struct value *out)
{
	const char *from = rest->p + 1;
	struct str text;

	if (!take(rest, STR("[")))
		return false;
	while (!str_starts(*rest, STR("]"))) {
		if ((out->count > 0 && !take(rest, STR(","))) || !take_string(rest, &text))
			return false;
		out->count++;
	}
	out->text = (struct str){ from, (size_t)(rest->p - from) };
	return take(rest, STR("]"));
}

static bool
take_word(struct str *rest, const struct vocab *vocab, int64_t *out)
{
	struct str word;
	unsigned found;

	if (!take_string(rest, &word) || !vocab_find(vocab, word, &found))
		return false;
	*out = found;
	return true;
}

static bool
take_value(struct str *rest, const struct field *field, struct value *out)
{
	*out = (struct value){ 0 };
	switch (field->type) {
	case FIELD_INT:
		return take_integer(rest, &out->number);
	case FIELD_BOOL:
		return take_bool(rest, &out->number);
	case FIELD_ENUM:
		return take_word(rest, field->vocab, &out->number);
	case FIELD_TEXT:
		return take_string(rest, &out->text);
	case FIELD_LIST:
		return take_list(rest, out);
	}
	return false;
}

static struct strs
keep_list(struct arena *a, const struct value *value)
{
	struct strs list = { arena_array(a, value->count, sizeof(*list.v)), value->count };
	struct str rest = value->text, text;

	for (size_t i = 0; i < list.n; i++) {
		if (i > 0)
			take(&rest, STR(","));
		take_string(&rest, &text);
		list.v[i] = arena_str(a, text);
	}
	return list;
}

static void
keep_value(struct arena *a, const struct field *field, const struct value *value, void *member)
{
	switch (field->type) {
	case FIELD_INT:
		*(int64_t *)member = value->number;
		break;
	case FIELD_BOOL:
		*(bool *)member = value->number != 0;
		break;
	case FIELD_ENUM:
		*(unsigned *)member = (unsigned)value->number;
		break;
	case FIELD_TEXT:
		*(struct str *)member = arena_str(a, value->text);
		break;
	case FIELD_LIST:
		*(struct strs *)member = keep_list(a, value);
		break;
	}
}

static struct event *
keep(struct sessfile_reader *r, const struct event *event, const struct value *values)
{
	const struct event_type *type = event_type(event->kind);
	struct event *kept = arena_new(r->arena, struct event);
	void *payload = arena_alloc(r->arena, type->size);

	for (size_t i = 0; i < type->field_count; i++)
		keep_value(r->arena, &type->fields[i], &values[i],
			FIELD_OF(payload, &type->fields[i]));
	*kept = *event;
	kept->job = arena_str(r->arena, event->job);
	kept->payload = payload;
	r->last_seq = kept->seq;
	r->last_us = kept->us;
	return kept;
}

struct event *
sessfile_read_plain(struct sessfile_reader *r, struct str line)
{
	struct value values[MAX_FIELDS];
	struct str rest = line, kind;
	const struct event_type *type;
	struct event event = { 0 };
	int64_t seq;

	if (!r->has_header || !take(&rest, STR("{\"seq\":")) || !take_digits(&rest, &seq) ||
		seq <= r->last_seq || seq > UINT32_MAX || !take_name(&rest, "ms") ||
		!take_ms(&rest, &event.us) || !take_name(&rest, "job") ||
		!take_string(&rest, &event.job) || !take_name(&rest, "kind") ||
		!take_string(&rest, &kind) || !event_kind_from_name(kind, &event.kind) ||
		event.kind == EV_FOREIGN || event.kind == EV_END)
		return NULL;
	event.seq = (uint32_t)seq;
	type = event_type(event.kind);
	if (type->field_count > MAX_FIELDS)
		return NULL;
	for (size_t i = 0; i < type->field_count; i++) {
		if (!take_name(&rest, type->fields[i].name) ||
			!take_value(&rest, &type->fields[i], &values[i]))
			return NULL;
	}
	return str_is(rest, "}") ? keep(r, &event, values) : NULL;
}
