#include "core/tlsrpt_mail.h"

#include "core/base64.h"
#include "core/limits.h"

/* An entity: header fields, a blank line, the body. */
struct entity {
	struct str header, body;
};

static bool
next_line(struct str *rest, struct str *line)
{
	if (!str_split(rest, '\n', line))
		return false;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static struct entity
entity_of(struct str text)
{
	struct str rest = text, line;

	while (next_line(&rest, &line)) {
		if (line.n == 0)
			return (struct entity){ str_sub(text, 0, (size_t)(line.p - text.p)), rest };
	}
	return (struct entity){ text, STR_EMPTY };
}

/* The value of a field, unfolded; empty when it is not there. */
static struct str
field(struct arena *a, struct str header, const char *name)
{
	struct str rest = header, line, key, value;

	while (next_line(&rest, &line)) {
		value = line;
		if (!str_split(&value, ':', &key) || !str_is_nocase(str_trim_wsp(key), name))
			continue;
		value = arena_str(a, str_trim_wsp(value));
		while (value.n < LIMIT_HEADER_LINE_BYTES && rest.n > 0 && ascii_is_wsp(rest.p[0]) &&
			next_line(&rest, &line))
			value = arena_printf(
				a, "%.*s %.*s", STR_ARG(value), STR_ARG(str_trim_wsp(line)));
		return str_trim_wsp(value);
	}
	return STR_EMPTY;
}

/* "type/subtype; NAME=value; NAME=\"value\"" */
static struct str
parameter(struct str value, const char *name)
{
	struct str rest = value, part, key;

	str_split(&rest, ';', &part);
	while (str_split(&rest, ';', &part)) {
		if (!str_split(&part, '=', &key) || !str_is_nocase(str_trim_wsp(key), name))
			continue;
		part = str_trim_wsp(part);
		if (part.n >= 2 && part.p[0] == '"' && part.p[part.n - 1] == '"')
			part = str_sub(part, 1, part.n - 2);
		return part;
	}
	return STR_EMPTY;
}

static struct str
media_type(struct str value)
{
	struct str type = STR_EMPTY;

	str_split(&value, ';', &type);
	return str_trim_wsp(type);
}

static bool
is_report(struct arena *a, struct str header)
{
	static const char *const types[] = { "application/tlsrpt+gzip", "application/tlsrpt+json",
		"application/gzip", "application/x-gzip", "application/json" };
	const struct str value = field(a, header, "content-type");
	const struct str type = media_type(value);
	struct str name = parameter(field(a, header, "content-disposition"), "filename");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_is_nocase(type, types[i]))
			return true;
	if (name.n == 0)
		name = parameter(value, "name");
	return str_ends_nocase(name, STR(".json")) || str_ends_nocase(name, STR(".json.gz"));
}

static bool
from_base64(struct arena *a, struct str body, struct str *out)
{
	char *digits = arena_alloc(a, body.n + 1);
	size_t n = 0;

	/* RFC 2045 section 6.8: line ends are no part of it. */
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != '\r' && body.p[i] != '\n' && !ascii_is_wsp(body.p[i]))
			digits[n++] = body.p[i];
	return base64_decode(a, (struct str){ digits, n }, out);
}

static int
hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 2045 section 6.7; a soft line break leaves nothing. */
static bool
from_quoted(struct arena *a, struct str body, struct str *out)
{
	char *bytes = arena_alloc(a, body.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < body.n; i++) {
		const struct str rest = str_skip(body, i);

		if (body.p[i] != '=') {
			bytes[n++] = body.p[i];
		} else if (str_starts(rest, STR("=\r\n"))) {
			i += 2;
		} else if (str_starts(rest, STR("=\n"))) {
			i += 1;
		} else {
			if (rest.n < 3 || hex_value(rest.p[1]) < 0 || hex_value(rest.p[2]) < 0)
				return false;
			bytes[n++] = (char)(hex_value(rest.p[1]) << 4 | hex_value(rest.p[2]));
			i += 2;
		}
	}
	*out = (struct str){ bytes, n };
	return true;
}

static bool
decode(struct arena *a, const struct entity *e, struct str *out, struct err *err)
{
	const struct str how = field(a, e->header, "content-transfer-encoding");
	bool is_good = true;

	if (str_is_nocase(how, "base64"))
		is_good = from_base64(a, e->body, out);
	else if (str_is_nocase(how, "quoted-printable"))
		is_good = from_quoted(a, e->body, out);
	else
		*out = e->body;
	if (!is_good)
		err_set(err, 0, "mail whose report cannot be decoded");
	return is_good;
}

/* Parts that still have to be looked at: a stack, so that nothing recurses. */
struct parts {
	struct arena *arena;
	struct str waiting[LIMIT_REPORT_PARTS];
	unsigned depth[LIMIT_REPORT_PARTS];
	size_t count, seen;
};

static bool
is_delimiter(struct str line, struct str boundary, bool *is_last)
{
	if (!str_starts(line, STR("--")) || !str_starts(str_skip(line, 2), boundary))
		return false;
	line = str_skip(line, 2 + boundary.n);
	*is_last = str_starts(line, STR("--"));
	return str_trim_wsp(str_skip(line, *is_last ? 2 : 0)).n == 0;
}

/* The parts of a multipart, the first one on top (RFC 2046 section 5.1.1). */
static void
push_parts(struct parts *p, struct str body, struct str boundary, unsigned depth)
{
	struct str rest = body, line, list[LIMIT_REPORT_PARTS];
	const char *begin = NULL;
	size_t count = 0;
	bool is_last = false;

	while (!is_last && next_line(&rest, &line)) {
		if (!is_delimiter(line, boundary, &is_last))
			continue;
		if (begin != NULL && count < LIMIT_REPORT_PARTS)
			list[count++] = (struct str){ begin, (size_t)(line.p - begin) };
		begin = rest.n > 0 ? rest.p : NULL;
	}
	for (size_t i = count; i-- > 0 && p->count < LIMIT_REPORT_PARTS;) {
		p->waiting[p->count] = list[i];
		p->depth[p->count++] = depth;
	}
}

bool
report_mail_is(struct str bytes)
{
	size_t n = 0;

	while (n < bytes.n && (ascii_is_alnum(bytes.p[n]) || bytes.p[n] == '-'))
		n++;
	return n > 0 && n < bytes.n &&
	       (bytes.p[n] == ':' || str_starts(bytes, STR("From "))); /* of an mbox */
}

enum result
report_mail_read(struct arena *a, struct str mail, struct str *out, struct err *err)
{
	struct parts p = { .arena = a, .waiting = { mail }, .count = 1 };

	while (p.count > 0 && p.seen++ < LIMIT_REPORT_PARTS) {
		const unsigned depth = p.depth[--p.count];
		const struct entity e = entity_of(p.waiting[p.count]);
		const struct str value = field(a, e.header, "content-type");
		const struct str boundary = parameter(value, "boundary");

		if (str_starts_nocase(value, STR("multipart/"))) {
			if (boundary.n > 0 && depth < LIMIT_REPORT_NESTING)
				push_parts(&p, e.body, boundary, depth + 1);
		} else if (is_report(a, e.header)) {
			return decode(a, &e, out, err) ? RESULT_OK : RESULT_FAILED;
		}
	}
	return err_set(err, 0, "mail without a TLSRPT report in it");
}
