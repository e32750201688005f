#include "core/tlsrpt.h"

#include "core/name.h"
#include "core/tags.h"

#define VERSION STR("v=TLSRPTv1")
#define PREFIX STR("v=TLSRPTv1;") /* what survives among several records */

struct parser {
	struct arena *arena;
	struct tlsrpt *out;
	size_t rua_room;
};

static void
set_fault(struct tlsrpt *t, enum tlsrpt_fault fault, size_t at)
{
	if (t->fault != TLSRPT_FAULT_NONE && t->fault <= fault)
		return;
	t->fault = fault;
	t->fault_at = at;
}

/* Where the authority of "scheme://authority/path" begins and ends; empty without "//". */
static struct str
uri_authority(struct str uri)
{
	struct str rest = str_skip(uri, str_find(uri, ':') + 1);
	size_t end = 0;

	if (!str_starts(rest, STR("//")))
		return STR_EMPTY;
	rest = str_skip(rest, 2);
	while (end < rest.n && str_find(STR("/?#"), rest.p[end]) == 3)
		end++;
	return str_sub(rest, 0, end);
}

/* "[" IPv6address or IPvFuture "]" at the begin of s, brackets and all; empty if there is none. */
static struct str
ip_literal(struct str s)
{
	const size_t close = str_find(s, ']');
	const struct str inner = str_sub(s, 1, close - 1);

	if (!str_starts(s, STR("[")) || close == s.n)
		return STR_EMPTY;
	if (!name_is_ipv6(inner) && (inner.n < 4 || ascii_lower(inner.p[0]) != 'v'))
		return STR_EMPTY;
	return str_sub(s, 0, close + 1);
}

/*
 * The first byte that the shape of a URI does not allow: a bracket that is none of an IP literal,
 * a port that is no number, a second "#" (RFC 3986 3). The length when there is none.
 */
static size_t
uri_shape_fault(struct str uri)
{
	const struct str authority = uri_authority(uri);
	const size_t user = str_find(authority, '@');
	const struct str host_port = user < authority.n ? str_skip(authority, user + 1) : authority;
	const struct str literal = ip_literal(host_port);
	const size_t fragment = str_find(uri, '#');
	size_t port = literal.n != 0 ? literal.n : str_find(host_port, ':');

	for (size_t i = 0; i < uri.n; i++) {
		const bool is_bracket = uri.p[i] == '[' || uri.p[i] == ']';
		const bool is_literal = literal.n != 0 &&
					(uri.p + i == literal.p ||
						uri.p + i == literal.p + literal.n - 1);

		if ((is_bracket && !is_literal) || (uri.p[i] == '#' && i > fragment))
			return i;
	}
	if (port < host_port.n && host_port.p[port] != ':')
		return (size_t)(host_port.p - uri.p) + port;
	while (++port < host_port.n)
		if (!ascii_is_digit(host_port.p[port]))
			return (size_t)(host_port.p - uri.p) + port;
	return uri.n;
}

/* The first byte that RFC 3986 does not allow in a URI; the length when there is none. */
static size_t
uri_fault(struct str uri)
{
	for (size_t i = 0; i < uri.n; i++) {
		const char c = uri.p[i];

		if (ascii_is_alnum(c) || str_find(STR("-._~:/?#[]@!$&'()*+,;="), c) < 22)
			continue;
		if (c != '%' || i + 2 >= uri.n)
			return i;
		for (int j = 0; j < 2; j++) {
			const char digit = ascii_lower(uri.p[++i]);

			if (!ascii_is_digit(digit) && (digit < 'a' || digit > 'f'))
				return i;
		}
	}
	return uri_shape_fault(uri);
}

/* The host of "//user@host:port/path", without user and port. */
static struct str
authority_host(struct str rest)
{
	size_t end = 0;
	size_t at;

	while (end < rest.n && str_find(STR("/?#"), rest.p[end]) == 3)
		end++;
	rest = str_sub(rest, 0, end);
	while ((at = str_find(rest, '@')) < rest.n)
		rest = str_skip(rest, at + 1);
	if (str_starts(rest, STR("["))) {
		at = str_find(rest, ']');
		return str_sub(rest, 0, at < rest.n ? at + 1 : at);
	}
	return str_sub(rest, 0, str_find(rest, ':'));
}

/* What stands behind the last @ of mailto:local@host?subject=x (RFC 6068). */
static struct str
mailbox_host(struct str rest)
{
	size_t at;

	rest = str_sub(rest, 0, str_find(rest, '?'));
	if (str_find(rest, '@') == rest.n)
		return STR_EMPTY;
	while ((at = str_find(rest, '@')) < rest.n)
		rest = str_skip(rest, at + 1);
	return rest;
}

static struct tlsrpt_rua
judge_uri(struct str uri)
{
	struct tlsrpt_rua rua = { .uri = uri };
	static const struct str mailto = { "mailto:", 7 };
	static const struct str https = { "https://", 8 };

	/* The scheme is case-insensitive (RFC 3986 3.1). */
	rua.is_mailto = str_starts_nocase(uri, mailto);
	if (rua.is_mailto)
		rua.host = mailbox_host(str_skip(uri, mailto.n));
	else if (str_starts_nocase(uri, https))
		rua.host = authority_host(str_skip(uri, https.n));
	else if (uri.n != 0)
		rua.fault = RUA_FAULT_SCHEME;
	if (rua.fault == RUA_FAULT_NONE && str_find(uri, '!') < uri.n)
		rua.fault = RUA_FAULT_RAW_EXCLAMATION;
	if (rua.fault == RUA_FAULT_NONE && rua.host.n == 0)
		rua.fault = RUA_FAULT_EMPTY;
	return rua;
}

static void
push_rua(struct parser *p, struct tlsrpt_rua rua)
{
	struct tlsrpt *out = p->out;

	if (out->rua_count == p->rua_room) {
		p->rua_room = p->rua_room != 0 ? p->rua_room * 2 : 4;
		out->rua = arena_grow(
			p->arena, out->rua, out->rua_count, p->rua_room, sizeof(*out->rua));
	}
	out->rua[out->rua_count++] = rua;
}

/* tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri), with no blank behind "rua=". */
static void
parse_rua(struct parser *p, const struct tag *tag)
{
	const size_t value_at = tag->at + tag->name.n + 1;
	size_t from = 0;

	if (tag->value.n != 0 && ascii_is_wsp(tag->value.p[0]))
		set_fault(p->out, TLSRPT_FAULT_SYNTAX, value_at);
	for (;;) {
		const size_t comma = from + str_find(str_skip(tag->value, from), ',');
		const struct str uri = str_trim_wsp(str_sub(tag->value, from, comma - from));
		const size_t uri_at = value_at + from;
		const size_t bad = uri_fault(uri);

		push_rua(p, judge_uri(uri));
		if (uri.n == 0)
			set_fault(p->out, TLSRPT_FAULT_SYNTAX, uri_at);
		else if (bad < uri.n)
			set_fault(p->out, TLSRPT_FAULT_SYNTAX,
				(size_t)(uri.p - p->out->chosen.p) + bad);
		if (comma == tag->value.n)
			return;
		from = comma + 1;
	}
}

/*
 * Blanks at the very end have no production without a semicolon; every known parser takes them,
 * and so does this one.
 */
static void
parse_fields(struct parser *p)
{
	struct tlsrpt *out = p->out;
	struct tag_scan scan;
	struct tag tag;
	size_t at;

	if (!tag_scan_begin(&scan, out->chosen, VERSION.n, &at)) {
		set_fault(out, TLSRPT_FAULT_SYNTAX, at);
		return;
	}
	while (tag_next(&scan, &tag)) {
		if (str_is(tag.name, "rua"))
			parse_rua(p, &tag);
		else if (tag.fault != TAG_FAULT_NONE)
			set_fault(out, TLSRPT_FAULT_SYNTAX, tag.fault_at);
	}
	if (out->rua_count == 0)
		set_fault(out, TLSRPT_FAULT_RUA_MISSING, out->chosen.n);
}

/* The record that counts. Several are first reduced to those with the exact prefix. */
static void
choose(struct tlsrpt *out)
{
	size_t with_prefix = 0;
	size_t near = out->records.n;

	for (size_t i = out->records.n; i-- > 0;) {
		if (str_starts(out->records.v[i], PREFIX)) {
			with_prefix++;
			out->chosen = out->records.v[i];
		}
		if (tag_is_near(out->records.v[i], STR("tlsrpt")))
			near = i;
	}
	if (with_prefix > 1) {
		out->chosen = STR_EMPTY;
		set_fault(out, TLSRPT_FAULT_MULTIPLE, 0);
	} else if (with_prefix == 0 && near == out->records.n) {
		set_fault(out, TLSRPT_FAULT_ABSENT, 0);
	} else if (with_prefix == 0) {
		out->chosen = out->records.v[near];
		/* "v=TLSRPTv1 ;" is good alone and discarded in company. */
		if (out->records.n > 1 && str_starts(out->chosen, VERSION))
			set_fault(out, TLSRPT_FAULT_VERSION, VERSION.n);
	}
}

static void
judge_version(struct tlsrpt *out)
{
	const struct str text = out->chosen;

	if (!str_starts(text, VERSION))
		set_fault(out, TLSRPT_FAULT_VERSION, 0);
	else if (text.n > VERSION.n && ascii_is_alnum(text.p[VERSION.n]))
		set_fault(out, TLSRPT_FAULT_VERSION, VERSION.n);
}

void
tlsrpt_parse(struct arena *a, struct strs records, struct tlsrpt *out)
{
	struct parser p = { .arena = a, .out = out };

	*out = (struct tlsrpt){ .records = records };
	choose(out);
	if (out->chosen.n == 0)
		return;
	judge_version(out);
	if (str_starts(out->chosen, VERSION))
		parse_fields(&p);
	out->is_valid = out->fault == TLSRPT_FAULT_NONE;
	for (size_t i = 0; i < out->rua_count; i++)
		out->is_valid &= out->rua[i].fault == RUA_FAULT_NONE;
}
