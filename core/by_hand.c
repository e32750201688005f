/* Templates of the catalogue: in words, and as whole commands for a shell. */
#include <string.h>

#include "core/buf.h"
#include "core/rules.h"

#define COMMANDS_MAX 8 /* of one EACH line */
#define TEXT_MAX 8192

static const struct str *
word_value(const struct words *w, char letter)
{
	const struct {
		char letter;
		const struct str *value;
	} values[] = {
		{ 'D', &w->domain },
		{ 'H', &w->host },
		{ 'A', &w->address },
		{ 'P', &w->port },
		{ 'N', &w->note },
		{ 'X', &w->publish },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (values[i].letter == letter)
			return values[i].value;
	}
	return NULL;
}

struct str
words_expand(struct arena *a, const char *template, const struct words *w)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	struct str result;

	for (const char *p = template; *p != '\0'; p++) {
		const struct str *value = NULL;

		if (p[0] == '{' && p[1] != '\0' && p[2] == '}')
			value = word_value(w, p[1]);
		if (value == NULL) {
			buf_add_char(&out, *p);
			continue;
		}
		buf_add(&out, *value);
		p += 2;
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str
finding_example(struct arena *a, const char *template)
{
	const struct words w = { .domain = STR("example.com"),
		.host = STR("mx1.example.com"),
		.address = STR("192.0.2.25"),
		.port = STR("25"),
		.note = STR("..."),
		.publish = STR("(a report has the whole line here)") };

	return words_expand(a, template, &w);
}

/* Host names come from DNS and may hold anything: only plain words go to a shell unquoted. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && memchr("._-:/[]@%+=,", s.p[i], 12) == NULL)
			return false;
	}
	return s.n > 0;
}

struct str
shell_word(struct arena *a, struct str s)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	struct str result;

	if (is_plain(s))
		return s;
	buf_add_char(&out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_add_text(&out, "'\\''");
		else
			buf_add_char(&out, s.p[i]);
	}
	buf_add_char(&out, '\'');
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

struct command {
	const struct session *s;
	const struct mx_host *host;
	const struct attempt *attempt; /* the address that is connected to, or NULL */
	struct words words; /* quoted for a shell */
	struct str options;
	struct arena *a;
};

static struct str
bracketed(struct arena *a, struct str address)
{
	if (!name_is_ipv6(address))
		return address;
	return arena_printf(a, "[%.*s]", STR_ARG(address));
}

static struct str
policy_url(const struct command *c)
{
	const int64_t port = c->s->start != NULL ? c->s->start->https_port : 443;

	if (port == 443 || port <= 0)
		return arena_printf(c->a, "https://mta-sts.%.*s/.well-known/mta-sts.txt",
			STR_ARG(c->words.domain));
	return arena_printf(c->a, "https://mta-sts.%.*s:%lld/.well-known/mta-sts.txt",
		STR_ARG(c->words.domain), (long long)port);
}

/* " --resolve mta-sts.D:443:ADDRESS", so that exactly this address is asked. */
static struct str
resolve_option(const struct command *c)
{
	if (c->attempt == NULL)
		return STR_EMPTY;
	return arena_printf(c->a, " --resolve mta-sts.%.*s:%lld:%.*s", STR_ARG(c->words.domain),
		(long long)c->attempt->port, STR_ARG(bracketed(c->a, c->attempt->address)));
}

static struct str
spaced(const struct command *c)
{
	return c->options.n > 0 ? arena_printf(c->a, " %.*s", STR_ARG(c->options)) : STR_EMPTY;
}

static struct str
expand_fetch(const struct command *c)
{
	return arena_printf(c->a, "curl -sv%.*s%.*s %.*s", STR_ARG(resolve_option(c)),
		STR_ARG(spaced(c)), STR_ARG(policy_url(c)));
}

static struct str
expand_bytes(const struct command *c)
{
	const bool is_standard = c->attempt == NULL || c->attempt->port == 443;

	return arena_printf(c->a, "curl -s%.*s%.*s %.*s | od -c | head -40",
		STR_ARG(is_standard ? STR_EMPTY : resolve_option(c)), STR_ARG(spaced(c)),
		STR_ARG(policy_url(c)));
}

/* Where openssl connects to: the address, or the host when none is known. */
static struct str
endpoint(const struct command *c, struct str name, int64_t port)
{
	if (c->attempt != NULL)
		return arena_printf(c->a, "%.*s:%lld",
			STR_ARG(bracketed(c->a, c->attempt->address)), (long long)c->attempt->port);
	return arena_printf(c->a, "%.*s:%lld", STR_ARG(name), (long long)port);
}

/* " -servername NAME", unless the options have their own word on SNI. */
static struct str
sni_option(const struct command *c, struct str name)
{
	const struct str own = STR("servername");

	if (str_find_str(c->options, own) < c->options.n)
		return STR_EMPTY;
	return arena_printf(c->a, " -servername %.*s", STR_ARG(name));
}

static struct str
expand_https(const struct command *c)
{
	const struct str name = arena_printf(c->a, "mta-sts.%.*s", STR_ARG(c->words.domain));
	const int64_t port = c->s->start != NULL ? c->s->start->https_port : 443;

	return arena_printf(c->a,
		"openssl s_client -connect %.*s%.*s -verify_hostname %.*s%.*s </dev/null",
		STR_ARG(endpoint(c, name, port)), STR_ARG(sni_option(c, name)), STR_ARG(name),
		STR_ARG(spaced(c)));
}

static struct str
expand_talk(const struct command *c)
{
	const struct str said = session_ehlo(c->s);
	const struct str ehlo = said.n > 0 ? shell_word(c->a, said) : STR("name");
	const struct str to = c->attempt != NULL ? c->attempt->address : c->words.host;

	return arena_printf(c->a,
		"nc %.*s %.*s  # wait for the 220, then type: EHLO %.*s, STARTTLS, QUIT",
		STR_ARG(to), STR_ARG(c->words.port), STR_ARG(ehlo));
}

static struct str
expand_smtps(const struct command *c)
{
	const struct str host = c->words.host;
	const int64_t port = c->s->start != NULL ? c->s->start->smtp_port : 25;

	return arena_printf(c->a,
		"openssl s_client -starttls smtp -connect %.*s%.*s -verify_hostname %.*s%.*s "
		"</dev/null",
		STR_ARG(endpoint(c, host, port)), STR_ARG(sni_option(c, host)), STR_ARG(host),
		STR_ARG(spaced(c)));
}

static struct str
expand_tlsa(const struct command *c)
{
	const struct lookup *tlsa = c->host != NULL ? c->host->tlsa : NULL;

	if (tlsa != NULL)
		return arena_printf(
			c->a, "dig +dnssec TLSA %.*s", STR_ARG(shell_word(c->a, tlsa->name)));
	return arena_printf(c->a, "dig +dnssec TLSA _25._tcp.%.*s", STR_ARG(c->words.host));
}

static const struct {
	struct str word;
	enum attempt_role role; /* whose addresses it is about */
	struct str (*expand)(const struct command *c);
} words[] = {
	{ { "FETCH", 5 }, ATTEMPT_HTTPS, expand_fetch },
	{ { "BYTES", 5 }, ATTEMPT_HTTPS, expand_bytes },
	{ { "HTTPS", 5 }, ATTEMPT_HTTPS, expand_https },
	{ { "TALK", 4 }, ATTEMPT_SMTP, expand_talk },
	{ { "SMTPS", 5 }, ATTEMPT_SMTP, expand_smtps },
	{ { "TLSA", 4 }, ATTEMPT_SMTP, expand_tlsa },
};

/* dig asks the resolver of resolv.conf, on port 53: any other has to be named. +trace asks the name
 * servers itself. */
static struct str
expand_dig(struct arena *a, const struct session *s, struct str line)
{
	struct str resolver, address;
	size_t colon;
	bool is_usual;

	if (!str_starts(line, STR("dig ")) || str_starts(line, STR("dig +trace")) ||
		s->start == NULL || s->start->resolvers.n == 0)
		return line;
	resolver = s->start->resolvers.v[0];
	for (colon = resolver.n; colon > 0 && resolver.p[colon - 1] != ':'; colon--)
		;
	if (colon == 0)
		return line;
	is_usual = str_is(str_skip(resolver, colon), "53");
	if (is_usual && !s->start->names_resolver)
		return line;
	address = str_sub(resolver, 0, colon - 1);
	if (address.n > 2 && address.p[0] == '[')
		address = str_sub(address, 1, address.n - 2);
	if (is_usual)
		return arena_printf(
			a, "dig @%.*s %.*s", STR_ARG(address), STR_ARG(str_skip(line, 4)));
	return arena_printf(a, "dig @%.*s -p %.*s %.*s", STR_ARG(address),
		STR_ARG(str_skip(resolver, colon)), STR_ARG(str_skip(line, 4)));
}

/* The addresses that a line is about, started ones only. */
static size_t
line_attempts(const struct session *s, const struct mx_host *host, enum attempt_role role,
	const struct attempt **out, size_t most)
{
	size_t n = 0;

	if (role == ATTEMPT_HTTPS) {
		for (size_t i = 0; i < s->https_count && n < most; i++) {
			if (s->https[i]->is_started)
				out[n++] = s->https[i];
		}
		return n;
	}
	for (size_t i = 0; i < s->host_count && n < most; i++) {
		const struct mx_host *h = s->hosts[i];

		if (host != NULL && h != host)
			continue;
		for (size_t k = 0; k < h->address_count && n < most; k++) {
			if (h->addresses[k]->is_started)
				out[n++] = h->addresses[k];
		}
	}
	return n;
}

static struct str
expand_line(struct command *c, struct str line)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct str rest = str_skip(line, words[i].word.n);
		const struct attempt *given = c->attempt;
		struct str result;

		if (!str_starts(line, words[i].word) || (rest.n > 0 && rest.p[0] != ' '))
			continue;
		if (given == NULL || given->role != words[i].role) {
			c->attempt = c->s->chosen;
			if (words[i].role == ATTEMPT_SMTP || c->attempt == NULL)
				c->attempt = NULL;
			if (c->attempt == NULL)
				line_attempts(c->s, c->host, words[i].role, &c->attempt, 1);
		}
		c->options = str_trim_wsp(rest);
		result = expand_dig(c->a, c->s, words[i].expand(c));
		c->attempt = given;
		return result;
	}
	return expand_dig(c->a, c->s, line);
}

static void
add_line(struct buf *out, struct str line)
{
	if (out->n > 0)
		buf_add_char(out, '\n');
	buf_add(out, line);
}

static enum attempt_role
line_role(struct str line)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_starts(line, words[i].word))
			return words[i].role;
	}
	return ATTEMPT_SMTP;
}

/* "EACH WORD ...": the command once for every address. */
static void
add_each(struct buf *out, struct command *c, struct str line)
{
	const struct attempt *attempts[COMMANDS_MAX];
	const size_t n = line_attempts(c->s, c->host, line_role(line), attempts, COMMANDS_MAX);
	struct command one = *c;

	if (n == 0)
		add_line(out, expand_line(c, line));
	for (size_t i = 0; i < n; i++) {
		one.attempt = attempts[i];
		if (attempts[i]->role == ATTEMPT_SMTP)
			one.words.host = shell_word(c->a, attempts[i]->host);
		add_line(out, expand_line(&one, line));
	}
}

static struct words
shell_words(struct arena *a, const struct session *s, const struct mx_host *host,
	const struct attempt *attempt)
{
	int64_t port = s->start != NULL && s->start->smtp_port > 0 ? s->start->smtp_port : 25;
	struct words w = { .domain = shell_word(a, session_domain(s)) };

	if (attempt != NULL)
		port = attempt->port;
	if (host != NULL)
		w.host = shell_word(a, host->name);
	else if (attempt != NULL)
		w.host = shell_word(a, attempt->host);
	else if (s->host_count > 0)
		w.host = shell_word(a, s->hosts[0]->name);
	else
		w.host = w.domain;
	w.address = attempt != NULL ? attempt->address : w.host;
	w.port = arena_printf(a, "%lld", (long long)port);
	return w;
}

struct str
by_hand_expand(struct arena *a, const char *template, const struct session *s,
	const struct mx_host *host, const struct attempt *attempt, struct str note, struct str line)
{
	struct command c = { .s = s, .host = host, .attempt = attempt, .a = a };
	struct buf out = BUF_INIT(TEXT_MAX);
	struct str rest, part, result;

	c.words = shell_words(a, s, host, attempt);
	c.words.note = note;
	c.words.publish = line;
	rest = words_expand(a, template, &c.words);
	while (str_split(&rest, '\n', &part)) {
		if (str_starts(part, STR("EACH ")))
			add_each(&out, &c, str_skip(part, 5));
		else
			add_line(&out, expand_line(&c, part));
	}
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}
