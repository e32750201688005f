/* The value of an mx field: ["*."] Domain (RFC 8461 section 3.2, RFC 5321 section 4.1.2). */
#include "core/policy.h"

#include "core/limits.h"
#include "core/name.h"

static const char *const mx_fault_texts[] = {
	[MX_FAULT_NONE] = "well-formed",
	[MX_FAULT_EMPTY] = "no name at all",
	[MX_FAULT_WILDCARD_ALONE] = "'*' needs a domain behind it, as in *.example.com",
	[MX_FAULT_WILDCARD_INSIDE] = "'*' may only be the left-most label",
	[MX_FAULT_WILDCARD_PARTIAL] = "'*' may only be the whole left-most label",
	[MX_FAULT_LEADING_DOT] = "begins with a dot; a suffix is written *.example.com",
	[MX_FAULT_TRAILING_DOT] = "ends with a dot; names in a policy have none",
	[MX_FAULT_URL] = "a URL; only the host name may stand here",
	[MX_FAULT_PORT] = "a port; only the host name may stand here",
	[MX_FAULT_PREFERENCE] = "a preference before the name; only the host name may stand here",
	[MX_FAULT_ADDRESS] = "an IP address; MX hosts have names",
	[MX_FAULT_UNDERSCORE] = "'_' is not allowed in a host name",
	[MX_FAULT_U_LABEL] = "not ASCII; an internationalised name is written as xn-- label",
	[MX_FAULT_COMMENT] = "text behind the name; a policy has no comments",
	[MX_FAULT_SYNTAX] = "no host name: labels of 1 to 63 letters, digits and hyphens",
};

const char *
mx_fault_text(enum mx_fault fault)
{
	return mx_fault_texts[fault];
}

static size_t
find_non_ascii(struct str s)
{
	size_t i = 0;

	while (i < s.n && (unsigned char)s.p[i] < 0x80)
		i++;
	return i;
}

static size_t
find_wsp(struct str s)
{
	size_t i = 0;

	while (i < s.n && !ascii_is_wsp(s.p[i]))
		i++;
	return i;
}

static size_t
digits_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && ascii_is_digit(s.p[i]))
		i++;
	return i;
}

static bool
is_empty(struct str value, size_t *at)
{
	*at = 0;
	return value.n == 0;
}

static bool
is_preference(struct str value, size_t *at)
{
	const size_t digits = digits_length(value);

	*at = 0;
	return digits != 0 && digits < value.n && ascii_is_wsp(value.p[digits]);
}

static bool
is_url(struct str value, size_t *at)
{
	static const char *const schemes[] = { "http:", "https:", "mailto:", "smtp:", "smtps:" };

	*at = str_find_str(value, STR("://"));
	if (*at < value.n)
		return true;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (str_starts_nocase(value, str_of(schemes[i]))) {
			*at = str_find(value, ':');
			return true;
		}
	}
	*at = str_find(value, '/');
	return *at < value.n;
}

/* The ABNF of Domain has room for 192.0.2.1, but it is the address of a host and no name of one. */
static bool
is_address(struct str value, size_t *at)
{
	*at = 0;
	return value.p[0] == '[' || name_is_ipv4(value) || name_is_ipv6(value);
}

static bool
is_port(struct str value, size_t *at)
{
	struct str port;

	*at = str_find(value, ':');
	port = str_skip(value, *at + 1);
	return *at < value.n && port.n != 0 && digits_length(port) == port.n;
}

static bool
is_u_label(struct str value, size_t *at)
{
	*at = find_non_ascii(value);
	return *at < value.n && utf8_is_valid(value);
}

static bool
is_comment(struct str value, size_t *at)
{
	size_t unused;

	*at = find_wsp(value);
	return *at < value.n && mx_pattern_check(str_sub(value, 0, *at), &unused) == MX_FAULT_NONE;
}

static bool
is_wildcard_alone(struct str value, size_t *at)
{
	*at = 0;
	return str_is(value, "*") || str_is(value, "*.");
}

/* A '*' behind the first label. */
static bool
is_wildcard_inside(struct str value, size_t *at)
{
	const size_t dot = str_find(value, '.');

	*at = dot + str_find(str_skip(value, dot), '*');
	return *at < value.n;
}

static bool
is_wildcard_partial(struct str value, size_t *at)
{
	*at = str_find(value, '*');
	return *at < value.n && !str_starts(value, STR("*."));
}

static bool
is_leading_dot(struct str value, size_t *at)
{
	*at = 0;
	return value.p[0] == '.';
}

static bool
is_trailing_dot(struct str value, size_t *at)
{
	*at = value.n - 1;
	return value.p[*at] == '.';
}

static bool
is_underscore(struct str value, size_t *at)
{
	*at = str_find(value, '_');
	return *at < value.n;
}

/* Where a label stops being one: a byte that none has, else its begin. */
static size_t
label_fault(struct str label)
{
	for (size_t i = 0; i < label.n; i++)
		if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-')
			return i;
	return 0;
}

/* The first label that is none, or where the name gets too long. */
static bool
is_bad_syntax(struct str value, size_t *at)
{
	const size_t start = str_starts(value, STR("*.")) ? 2 : 0;
	struct str rest = str_skip(value, start);
	struct str label;

	*at = start;
	if (name_is_rfc5321_domain(rest))
		return false;
	while (str_split(&rest, '.', &label) && name_is_rfc5321_domain(label))
		*at += label.n + 1;
	if (*at >= value.n)
		*at = start + LIMIT_NAME_BYTES;
	else
		*at += label_fault(label);
	return true;
}

/* In this order, because a URL with a port is first of all a URL. */
static const struct {
	bool (*holds)(struct str value, size_t *at);
	enum mx_fault fault;
} checks[] = {
	{ is_empty, MX_FAULT_EMPTY },
	{ is_url, MX_FAULT_URL },
	{ is_preference, MX_FAULT_PREFERENCE },
	{ is_address, MX_FAULT_ADDRESS },
	{ is_port, MX_FAULT_PORT },
	{ is_u_label, MX_FAULT_U_LABEL },
	{ is_comment, MX_FAULT_COMMENT },
	{ is_wildcard_alone, MX_FAULT_WILDCARD_ALONE },
	{ is_leading_dot, MX_FAULT_LEADING_DOT },
	{ is_wildcard_inside, MX_FAULT_WILDCARD_INSIDE },
	{ is_wildcard_partial, MX_FAULT_WILDCARD_PARTIAL },
	{ is_trailing_dot, MX_FAULT_TRAILING_DOT },
	{ is_underscore, MX_FAULT_UNDERSCORE },
	{ is_bad_syntax, MX_FAULT_SYNTAX },
};

enum mx_fault
mx_pattern_check(struct str value, size_t *at)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		if (checks[i].holds(value, at))
			return checks[i].fault;
	}
	*at = 0;
	return MX_FAULT_NONE;
}

struct str
mx_pattern_for(struct arena *a, struct str host)
{
	const struct str above = name_parent(host);
	struct str pattern;
	size_t at;

	if (name_is_ipv4(host) || str_find(host, '*') < host.n)
		return STR_EMPTY;
	if (mx_pattern_check(host, &at) == MX_FAULT_NONE)
		return host;
	if (above.n == 0)
		return STR_EMPTY;
	pattern = arena_printf(a, "*.%.*s", STR_ARG(above));
	return mx_pattern_check(pattern, &at) == MX_FAULT_NONE ? pattern : STR_EMPTY;
}

/* What stands before the first byte of stops. */
static struct str
before(struct str s, struct str stops)
{
	size_t end = 0;

	while (end < s.n && str_find(stops, s.p[end]) == stops.n)
		end++;
	return str_sub(s, 0, end);
}

/* The host of a URL, which may lack its scheme or its slashes. */
static struct str
url_host(struct str url)
{
	const size_t scheme = str_find(url, ':');

	if (scheme < str_find(url, '/'))
		url = str_skip(url, scheme + 1);
	while (str_starts(url, STR("/")))
		url = str_skip(url, 1);
	return before(url, STR("/:?#"));
}

static struct str
without_preference(struct str value)
{
	size_t digits = 0;

	while (digits < value.n && ascii_is_digit(value.p[digits]))
		digits++;
	return str_trim_wsp(str_skip(value, digits));
}

struct str
mx_pattern_meant(struct arena *a, struct str value, enum mx_fault fault)
{
	struct str ascii;
	size_t at;

	switch (fault) {
	case MX_FAULT_U_LABEL:
		if (name_to_ascii(a, value, &ascii))
			value = ascii;
		break;
	case MX_FAULT_LEADING_DOT:
		value = arena_printf(a, "*%.*s", STR_ARG(value));
		break;
	case MX_FAULT_PORT:
		value = before(value, STR(":"));
		break;
	case MX_FAULT_URL:
		value = url_host(value);
		break;
	case MX_FAULT_PREFERENCE:
		value = without_preference(value);
		break;
	case MX_FAULT_COMMENT:
	case MX_FAULT_SYNTAX:
		value = before(value, STR(" \t,;#"));
		break;
	case MX_FAULT_NONE:
	case MX_FAULT_EMPTY:
	case MX_FAULT_WILDCARD_ALONE:
	case MX_FAULT_WILDCARD_INSIDE:
	case MX_FAULT_WILDCARD_PARTIAL:
	case MX_FAULT_TRAILING_DOT:
	case MX_FAULT_ADDRESS:
	case MX_FAULT_UNDERSCORE:
		break;
	}
	value = name_no_dot(value);
	return mx_pattern_check(value, &at) == MX_FAULT_NONE ? value : STR_EMPTY;
}
