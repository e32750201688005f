/* Names and addresses in text: finding them however they are written, and replacing them. */
#include <string.h>

#include "core/name.h"
#include "core/redact.h"

/* A hostile session could bring any number of addresses: those beyond share one label. */
enum { ADDRESS_TEXT_MAX = 45, SECRETS_MAX = 1024 };

static const struct {
	enum redact_class class;
	const char *word;
} labels[] = {
	{ REDACT_HOST, "HOST" },
	{ REDACT_SOURCE, "SOURCE" },
	{ REDACT_RESOLVER, "RESOLVER" },
	{ REDACT_EHLO, "EHLO" },
	{ REDACT_USER, "USER" },
};

static unsigned *
counter(struct secrets *s, enum redact_class class)
{
	switch (class) {
	case REDACT_HOST:
		return &s->hosts;
	case REDACT_SOURCE:
		return &s->sources;
	case REDACT_RESOLVER:
		return &s->resolvers;
	case REDACT_EHLO:
		return &s->ehlos;
	case REDACT_USER:
	case REDACT_ALL:
		break;
	}
	return &s->users;
}

/* A name with dots stays one, of the zone that is no one's (RFC 2606): what is judged by its form is
 * judged as before. */
struct str
redact_label(struct arena *a, enum redact_class class, enum secret_kind kind, unsigned number)
{
	const char *word = "";

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (labels[i].class == class)
			word = labels[i].word;
	return arena_printf(a, "%s-%u%s", word, number,
		kind == SECRET_NAME && class != REDACT_USER ? ".invalid" : "");
}

bool
redact_is_label(struct str text)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const struct str word = str_of(labels[i].word);

		if (str_starts(text, word) && text.n > word.n + 1 && text.p[word.n] == '-' &&
			ascii_is_digit(text.p[word.n + 1]))
			return true;
	}
	return false;
}

static bool
is_hex(char c)
{
	return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* Two bytes of IPv6 as four digits. */
static void
add_group(struct buf *out, struct str group)
{
	for (size_t i = group.n; i < 4; i++)
		buf_add_char(out, '0');
	for (size_t i = 0; i < group.n; i++)
		buf_add_char(out, ascii_lower(group.p[i]));
}

static void
add_octets(struct buf *out, struct str text)
{
	struct str part;

	while (str_split(&text, '.', &part)) {
		uint64_t octet = 0;

		str_to_u64(part, 255, &octet);
		buf_addf(out, "%02x", (unsigned)octet);
	}
}

/* The groups of one side of "::". */
static void
add_groups(struct buf *out, struct str side)
{
	struct str part;

	while (str_split(&side, ':', &part)) {
		if (str_find(part, '.') < part.n)
			add_octets(out, part);
		else if (part.n > 0)
			add_group(out, part);
	}
}

struct str
address_canonical(struct arena *a, struct str text)
{
	struct buf head = BUF_INIT(128), tail = BUF_INIT(128);
	struct str result = STR_EMPTY;

	if (name_is_ipv4(text)) {
		add_octets(&head, text);
	} else if (name_is_ipv6(text)) {
		const size_t gap = str_find_str(text, STR("::"));

		add_groups(&head, str_sub(text, 0, gap));
		add_groups(&tail, str_skip(text, gap));
		while (head.n + tail.n < 32)
			buf_add_char(&head, '0');
		buf_add(&head, buf_str(&tail));
		/* An IPv4 address in IPv6's clothes is the same address. */
		if (str_starts(buf_str(&head), STR("00000000000000000000ffff")))
			buf_drop_front(&head, 24);
	}
	if (head.n > 0)
		result = arena_str(a, buf_str(&head));
	buf_release(&head);
	buf_release(&tail);
	return result;
}

bool
secrets_has_walked(const struct secrets *s, struct str address)
{
	struct arena a = { 0 };
	const struct str wanted = address_canonical(&a, address);
	bool is_walked = false;

	for (size_t i = 0; i < s->walked.n && !is_walked; i++)
		is_walked = wanted.n > 0 && str_eq(s->walked.v[i], wanted);
	arena_release(&a);
	return is_walked;
}

static struct secret *
array_next(struct secrets *s, struct secret **v, size_t *n, size_t *cap)
{
	if (*n == *cap) {
		const size_t more = *cap > 0 ? 2 * *cap : 16;

		*v = arena_grow(s->arena, *v, *n, more, sizeof(**v));
		*cap = more;
	}
	return &(*v)[(*n)++];
}

void
secret_add(struct secrets *s, enum secret_kind kind, struct str text, struct str label)
{
	struct secret *secret = kind == SECRET_LITERAL ? array_next(s, &s->literals,
								 &s->literal_count, &s->literal_cap)
						       : array_next(s, &s->v, &s->n, &s->cap);

	*secret = (struct secret){ kind, arena_str(s->arena, text), label, STR_EMPTY };
	if (kind == SECRET_ADDRESS || kind == SECRET_LITERAL)
		secret->canonical = address_canonical(s->arena, text);
	if (kind != SECRET_LITERAL && text.n > 0)
		s->begins[(unsigned char)ascii_lower(text.p[0])] = true;
}

static struct str
find_address(const struct secrets *s, struct str text)
{
	struct arena a = { 0 };
	const struct str wanted = address_canonical(&a, text);
	struct str label = STR_EMPTY;

	for (size_t i = 0; i < s->n && label.n == 0; i++)
		if (wanted.n > 0 && str_eq(s->v[i].canonical, wanted))
			label = s->v[i].label;
	for (size_t i = 0; i < s->literal_count && label.n == 0; i++)
		if (wanted.n > 0 && str_eq(s->literals[i].canonical, wanted))
			label = s->literals[i].label;
	arena_release(&a);
	return label;
}

struct str
secret_label(struct secrets *s, enum redact_class class, enum secret_kind kind, struct str text)
{
	struct str label = STR_EMPTY;

	for (size_t i = 0; i < s->n; i++)
		if (str_eq_nocase(s->v[i].text, text))
			return s->v[i].label;
	if (kind == SECRET_ADDRESS || kind == SECRET_LITERAL)
		label = find_address(s, text);
	if (label.n == 0 && s->n + s->literal_count >= SECRETS_MAX)
		return STR("MORE");
	if (label.n == 0)
		label = redact_label(s->arena, class, kind, ++*counter(s, class));
	secret_add(s, kind, text, label);
	if (kind == SECRET_ADDRESS)
		secret_forms(s, text, label);
	return label;
}

void
secret_user(struct secrets *s, struct str before, struct str user, struct str behind)
{
	const struct str text = arena_printf(
		s->arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(user), STR_ARG(behind));
	struct str label;

	for (size_t i = 0; i < s->n; i++)
		if (str_eq_nocase(s->v[i].text, text))
			return;
	if (user.n == 0 || redact_is_label(user) || s->n >= SECRETS_MAX)
		return;
	label = redact_label(s->arena, REDACT_USER, SECRET_NAME, ++s->users);
	secret_add(s, SECRET_NAME, text,
		arena_printf(s->arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(label),
			STR_ARG(behind)));
}

static char
char_at(struct str text, size_t at)
{
	return at < text.n ? text.p[at] : '\0';
}

/* "." only parts names where a letter or digit is behind it. */
static bool
goes_on(struct str text, size_t at)
{
	const char c = char_at(text, at);

	return ascii_is_alnum(c) || c == '-' || c == '_' ||
	       (c == '.' && ascii_is_alnum(char_at(text, at + 1)));
}

static bool
stands_alone(const struct secrets *s, const struct secret *secret, struct str text, size_t at)
{
	const size_t end = at + secret->text.n;
	const char before = at > 0 ? text.p[at - 1] : '\0';
	const bool is_v6 = str_find(secret->text, ':') < secret->text.n;

	switch (secret->kind) {
	case SECRET_NAME:
		return true;
	case SECRET_WORD:
		return !ascii_is_alnum(before) && memchr("-_.", before, 3) == NULL &&
		       !goes_on(text, end);
	case SECRET_NOTE:
		return s->is_note && !ascii_is_alnum(before) && !ascii_is_alnum(char_at(text, end));
	case SECRET_HEX:
		return !is_hex(before) && !is_hex(char_at(text, end));
	case SECRET_ADDRESS:
		if (is_v6)
			return !is_hex(before) && !is_hex(char_at(text, end)) &&
			       char_at(text, end) != ':';
		return !ascii_is_digit(before) && !ascii_is_digit(char_at(text, end));
	case SECRET_LITERAL:
		break;
	}
	return false;
}

/* The longest secret that begins here. */
static const struct secret *
secret_at(const struct secrets *s, struct str text, size_t at)
{
	const struct str rest = str_skip(text, at);
	const struct secret *best = NULL;

	if (!s->begins[(unsigned char)ascii_lower(text.p[at])])
		return NULL;
	for (size_t i = 0; i < s->n; i++) {
		const struct secret *secret = &s->v[i];

		if (rest.n >= secret->text.n && str_starts_nocase(rest, secret->text) &&
			(best == NULL || secret->text.n > best->text.n) &&
			stands_alone(s, secret, text, at))
			best = secret;
	}
	return best;
}

static bool
is_name_char(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* The length of a name of our zones at a place, 0 for none: whatever stands under the name of this
 * host is of the same house. */
static size_t
zone_name_at(const struct secrets *s, struct str text, size_t at)
{
	struct str name;
	size_t n = 0;

	if (s->zones.n == 0 || (at > 0 && is_name_char(text.p[at - 1])))
		return 0;
	while (is_name_char(char_at(text, at + n)))
		n++;
	while (n > 0 && !ascii_is_alnum(text.p[at + n - 1]))
		n--;
	name = str_sub(text, at, n);
	for (size_t i = 0; i < s->walked_names.n; i++)
		if (str_eq_nocase(s->walked_names.v[i], name))
			return 0;
	for (size_t i = 0; i < s->zones.n; i++) {
		if (name_is_under(name, s->zones.v[i]))
			return n;
	}
	return 0;
}

bool
secrets_tell(const struct secrets *s, struct str bytes)
{
	for (size_t at = 0; at < bytes.n; at++) {
		const struct secret *secret = secret_at(s, bytes, at);

		if ((secret != NULL && secret->kind == SECRET_NAME) ||
			zone_name_at(s, bytes, at) > 0)
			return true;
	}
	return false;
}

/* The length of an IP literal at a place, 0 for none. */
static size_t
literal_at(struct str text, size_t at)
{
	const char before = at > 0 ? text.p[at - 1] : '\0';
	size_t n = 0;

	if (is_hex(before) || before == '.' || text.n < 3)
		return 0;
	while (n <= ADDRESS_TEXT_MAX && ascii_is_digit(char_at(text, at + n)))
		n++;
	if (n > 0 && char_at(text, at + n) == '.') {
		while (n <= ADDRESS_TEXT_MAX &&
			(ascii_is_digit(char_at(text, at + n)) || char_at(text, at + n) == '.'))
			n++;
		while (n > 0 && char_at(text, at + n - 1) == '.')
			n--;
		return name_is_ipv4(str_sub(text, at, n)) ? n : 0;
	}
	if (ascii_is_alnum(before))
		return 0;
	for (n = 0; n <= ADDRESS_TEXT_MAX &&
		    (is_hex(char_at(text, at + n)) || char_at(text, at + n) == ':' ||
			    char_at(text, at + n) == '.');)
		n++;
	for (; n > 2; n--)
		if (name_is_ipv6(str_sub(text, at, n)))
			return ascii_is_alnum(char_at(text, at + n)) ? 0 : n;
	return 0;
}

/* "client.example.net [203.0.113.5]": a name that a server gives to an address of ours. */
static void
drop_given_name(struct secrets *s, struct buf *out)
{
	size_t end = out->n, from;
	struct str name, label;

	if (!(s->classes & REDACT_HOST) || end < 2 ||
		(out->p[end - 1] != '[' && out->p[end - 1] != '('))
		return;
	end--;
	if (end == 0 || out->p[end - 1] != ' ')
		return;
	end--;
	for (from = end; from > 0 && (ascii_is_alnum(out->p[from - 1]) || out->p[from - 1] == '.' ||
					     out->p[from - 1] == '-');)
		from--;
	name = (struct str){ out->p + from, end - from };
	if (str_find(name, '.') == name.n || redact_is_label(name))
		return;
	label = secret_label(s, REDACT_HOST, SECRET_NAME, name);
	s->places++;
	/* The bracket stays behind it. */
	name = arena_str(s->arena, (struct str){ out->p + end, out->n - end });
	out->n = from;
	buf_add(out, label);
	buf_add(out, name);
}

/* Replace a literal unless it was walked; the number of bytes that were dealt with. */
static size_t
take_literal(struct secrets *s, struct buf *out, struct str text, size_t at, bool has_literals)
{
	const size_t n = literal_at(text, at);
	const struct str literal = str_sub(text, at, n);
	struct str label;

	if (n == 0)
		return 0;
	if (secrets_has_walked(s, literal)) {
		buf_add(out, literal);
		return n;
	}
	if (has_literals)
		drop_given_name(s, out);
	label = find_address(s, literal);
	if (label.n == 0 && has_literals && s->classes & REDACT_SOURCE)
		label = secret_label(s, REDACT_SOURCE, SECRET_LITERAL, literal);
	if (label.n == 0) {
		buf_add(out, literal);
		return n;
	}
	buf_add(out, label);
	s->places++;
	return n;
}

struct str
secrets_apply(struct secrets *s, struct arena *a, struct str text, bool has_literals)
{
	struct buf out = BUF_INIT(0);
	const size_t before = s->places;
	struct str result = text;
	size_t at = 0;

	while (at < text.n) {
		const struct secret *secret;
		size_t taken;

		/* The 6 of "[IPv6:2001:db8::1]" is not of the address. */
		if (str_starts_nocase(str_skip(text, at), STR("IPv6:"))) {
			buf_add(&out, str_sub(text, at, 5));
			at += 5;
			continue;
		}
		secret = secret_at(s, text, at);
		taken = take_literal(s, &out, text, at, has_literals);
		if (taken == 0 && secret != NULL) {
			if (has_literals && secret->kind == SECRET_ADDRESS)
				drop_given_name(s, &out);
			buf_add(&out, secret->label);
			taken = secret->text.n;
			s->places++;
		}
		if (taken == 0 && (taken = zone_name_at(s, text, at)) > 0) {
			buf_add(&out, secret_label(s, REDACT_HOST, SECRET_NAME,
					      str_sub(text, at, taken)));
			s->places++;
		}
		if (taken == 0) {
			buf_add_char(&out, text.p[at]);
			taken = 1;
		}
		at += taken;
	}
	if (s->places > before) /* else nothing of it changed */
		result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}
