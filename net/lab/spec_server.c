/* The [https] and [mx] sections: what each server shows and how each of its steps behaves. */
#include "net/lab/spec_read.h"

#include <arpa/inet.h>

#include "core/name.h"

static const char *const cert_words[] = {
#define CERT_KIND(constant, word, issuer, from_days, to_days, names, traits) word,
#include "net/lab/certs.def"
#undef CERT_KIND
};

bool
lab_cert_kind_from_word(struct str word, enum lab_cert_kind *out)
{
	for (size_t i = 0; i < lab_cert_kind_count; i++) {
		if (str_is(word, cert_words[i])) {
			*out = (enum lab_cert_kind)i;
			return true;
		}
	}
	return false;
}

static bool
read_kind(struct spec_reader *r, struct str args, enum lab_cert_kind *kind, struct strs *names)
{
	struct str word = spec_word(&args), name;

	if (!lab_cert_kind_from_word(word, kind))
		return spec_wrong(r, "\"%.*s\" is no kind of certificate", STR_ARG(word));
	while ((word = spec_word(&args)).n > 0) {
		if (!spec_name(r, word, &name))
			return false;
		arena_push(r->a, names, name);
	}
	return true;
}

static bool
read_certificate(struct spec_reader *r, struct str args)
{
	return read_kind(r, args, &r->server->cert, &r->server->cert_names);
}

static bool
read_other_certificate(struct spec_reader *r, struct str args)
{
	struct lab_other *other = &r->server->other;

	other->is_given = true;
	return read_kind(r, args, &other->cert, &other->cert_names);
}

static bool
read_keeps(struct spec_reader *r, struct str args)
{
	r->server->keeps_cert = true;
	return args.n == 0 || spec_wrong(r, "keeps-certificate has no arguments");
}

static bool
read_alternates(struct spec_reader *r, struct str args)
{
	r->server->alternates = true;
	return args.n == 0 || spec_wrong(r, "alternates has no arguments");
}

static bool
read_unknown_sni(struct spec_reader *r, struct str args)
{
	struct str word = spec_word(&args);
	uint64_t number;

	if (!str_is(word, "alert"))
		return spec_wrong(r, "unknown-sni wants alert NUMBER");
	if (!spec_number(r, args, 255, &number))
		return false;
	r->server->unknown_sni_alert = (unsigned)number;
	return true;
}

static bool
read_key(struct spec_reader *r, struct str args)
{
	static const struct {
		const char *word;
		enum lab_key key;
	} words[] = { { "ec256", LAB_KEY_EC256 }, { "ec384", LAB_KEY_EC384 },
		{ "ed25519", LAB_KEY_ED25519 }, { "rsa2048", LAB_KEY_RSA2048 } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_is(args, words[i].word)) {
			r->server->key = words[i].key;
			return true;
		}
	}
	return spec_wrong(r, "keys are ec256 ec384 ed25519 rsa2048");
}

/* "1.2", or "1.0-1.1" */
static bool
read_tls_versions(struct spec_reader *r, struct str args)
{
	struct str rest = args, low, high;

	if (!str_split(&rest, '-', &low))
		return spec_wrong(r, "tls-versions wants 1.0 to 1.3");
	high = rest.n > 0 ? rest : low;
	if (low.n != 3 || high.n != 3 || !str_starts(low, STR("1.")) ||
		!str_starts(high, STR("1.")) || low.p[2] < '0' || low.p[2] > high.p[2] ||
		high.p[2] > '3')
		return spec_wrong(r, "\"%.*s\" is not 1.0 to 1.3", STR_ARG(args));
	r->server->tls_min = (unsigned)(low.p[2] - '0');
	r->server->tls_max = (unsigned)(high.p[2] - '0');
	return true;
}

static bool
read_offers(struct spec_reader *r, struct str args)
{
	struct str word;

	r->server->has_offers = true;
	while ((word = spec_word(&args)).n > 0)
		arena_push(r->a, &r->server->offers, word);
	return true;
}

static bool
read_status(struct spec_reader *r, struct str args)
{
	uint64_t status;

	if (!spec_number(r, spec_word(&args), 999, &status))
		return false;
	r->server->status = (unsigned)status;
	r->server->reason = args;
	return true;
}

static bool
read_type(struct spec_reader *r, struct str args)
{
	r->server->content_type = str_is(args, "none") ? STR_EMPTY : args;
	return true;
}

static bool
read_header(struct spec_reader *r, struct str args)
{
	struct str text;

	if (!spec_unescape(r->a, args, &text))
		return spec_wrong(r, "an escape is \\n \\r \\t \\0 \\\\ \\\" or \\xHH");
	r->server->headers = arena_printf(
		r->a, "%.*s%.*s\r\n", STR_ARG(r->server->headers), STR_ARG(text));
	return true;
}

static bool
read_body(struct spec_reader *r, struct str args)
{
	r->server->has_body = true;
	if (!spec_unescape(r->a, args, &r->server->body))
		return spec_wrong(r, "an escape is \\n \\r \\t \\0 \\\\ \\\" or \\xHH");
	return true;
}

static bool
read_size(struct spec_reader *r, struct str args, size_t *out)
{
	uint64_t bytes;

	if (!spec_number(r, args, SPEC_MAX_FILL_BYTES, &bytes))
		return false;
	*out = (size_t)bytes;
	return true;
}

static bool
read_fill(struct spec_reader *r, struct str args)
{
	return read_size(r, args, &r->server->fill_bytes);
}

static bool
read_cut(struct spec_reader *r, struct str args)
{
	r->server->is_cut = true;
	return read_size(r, args, &r->server->cut_bytes);
}

static bool
read_chunked(struct spec_reader *r, struct str args)
{
	r->server->is_chunked = true;
	return args.n == 0 || spec_wrong(r, "chunked has no arguments");
}

enum { FOR_HTTPS = 1, FOR_MX = 2, FOR_BOTH = 3 };

static const struct {
	const char *word;
	int where;
	bool (*read)(struct spec_reader *r, struct str args);
} server_words[] = {
	{ "certificate", FOR_BOTH, read_certificate },
	{ "other-certificate", FOR_BOTH, read_other_certificate },
	{ "keeps-certificate", FOR_BOTH, read_keeps },
	{ "alternates", FOR_BOTH, read_alternates },
	{ "unknown-sni", FOR_BOTH, read_unknown_sni },
	{ "key", FOR_BOTH, read_key },
	{ "tls-versions", FOR_BOTH, read_tls_versions },
	{ "offers", FOR_MX, read_offers },
	{ "status", FOR_HTTPS, read_status },
	{ "type", FOR_HTTPS, read_type },
	{ "header", FOR_HTTPS, read_header },
	{ "body", FOR_HTTPS, read_body },
	{ "fill", FOR_HTTPS, read_fill },
	{ "cut", FOR_HTTPS, read_cut },
	{ "chunked", FOR_HTTPS, read_chunked },
};

static const struct {
	const char *word;
	enum lab_step step;
	int where;
} step_words[] = {
	{ "connect", LAB_CONNECT, FOR_BOTH },
	{ "banner", LAB_BANNER, FOR_MX },
	{ "ehlo", LAB_EHLO, FOR_MX },
	{ "starttls", LAB_STARTTLS, FOR_MX },
	{ "tls", LAB_TLS, FOR_BOTH },
	{ "ehlo-tls", LAB_EHLO_TLS, FOR_MX },
	{ "quit", LAB_QUIT, FOR_MX },
	{ "answer", LAB_ANSWER, FOR_HTTPS },
};

/* say, delay and deeds of one step. */

static bool
step_say(struct spec_reader *r, struct str args, struct lab_action *act)
{
	struct str text;

	if (!spec_unescape(r->a, args, &text))
		return spec_wrong(r, "an escape is \\n \\r \\t \\0 \\\\ \\\" or \\xHH");
	act->has_say = true;
	/* The text may hold NUL: no printf. */
	char *p = arena_alloc(r->a, act->say.n + text.n + 3);
	size_t n = 0;

	for (size_t i = 0; i < act->say.n; i++)
		p[n++] = act->say.p[i];
	for (size_t i = 0; i < text.n; i++)
		p[n++] = text.p[i];
	p[n++] = '\r';
	p[n++] = '\n';
	act->say = (struct str){ p, n };
	return true;
}

static bool
step_delay(struct spec_reader *r, struct str args, struct lab_action *act)
{
	uint64_t ms;

	if (!spec_number(r, args, SPEC_MAX_DELAY_MS, &ms))
		return false;
	act->delay_ms = (int64_t)ms;
	return true;
}

static bool
step_alert(struct spec_reader *r, struct str args, struct lab_action *act)
{
	uint64_t number;

	if (!spec_number(r, args, 255, &number))
		return false;
	act->alert = (unsigned)number;
	act->deed = LAB_ALERT;
	return true;
}

static const struct {
	const char *word;
	enum lab_deed deed; /* where read is NULL */
	bool (*read)(struct spec_reader *r, struct str args, struct lab_action *act);
	int only; /* step it is for, -1 for any */
} verbs[] = {
	{ "say", LAB_GO_ON, step_say, -1 },
	{ "delay", LAB_GO_ON, step_delay, -1 },
	{ "stall", LAB_STALL, NULL, -1 },
	{ "close", LAB_CLOSE, NULL, -1 },
	{ "reset", LAB_RESET, NULL, -1 },
	{ "refuse", LAB_REFUSE, NULL, LAB_CONNECT },
	{ "alert", LAB_ALERT, step_alert, LAB_TLS },
};

static bool
read_step(struct spec_reader *r, enum lab_step step, struct str rest)
{
	struct str verb = spec_word(&rest);
	struct lab_action *act = &r->server->steps[step];

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!str_is(verb, verbs[i].word) ||
			(verbs[i].only >= 0 && verbs[i].only != (int)step))
			continue;
		if (verbs[i].read != NULL)
			return verbs[i].read(r, rest, act);
		act->deed = verbs[i].deed;
		return rest.n == 0 || spec_wrong(r, "%s has no arguments", verbs[i].word);
	}
	return spec_wrong(r, "\"%.*s\" is nothing that this step can do", STR_ARG(verb));
}

bool
spec_server_line(struct spec_reader *r, struct str line)
{
	int where = r->server->is_https ? FOR_HTTPS : FOR_MX;
	struct str rest = str_trim(line), word = spec_word(&rest);

	for (size_t i = 0; i < sizeof(server_words) / sizeof(server_words[0]); i++) {
		if ((server_words[i].where & where) != 0 && str_is(word, server_words[i].word))
			return server_words[i].read(r, rest);
	}
	for (size_t i = 0; i < sizeof(step_words) / sizeof(step_words[0]); i++) {
		if ((step_words[i].where & where) != 0 && str_is(word, step_words[i].word))
			return read_step(r, step_words[i].step, rest);
	}
	return spec_wrong(r, "\"%.*s\" is no word of this section", STR_ARG(word));
}

static bool
is_taken(const struct spec_reader *r, bool is_https, struct str address)
{
	for (size_t i = 0; i < r->spec->server_count; i++) {
		const struct lab_server *s = &r->spec->servers[i];

		if (s->is_https == is_https && str_eq(s->address, address))
			return true;
	}
	return false;
}

/* The n-th server of its sort has an address of its own unless the file gives one. */
static struct str
next_address(struct spec_reader *r, bool is_https)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->spec->server_count; i++)
		n += r->spec->servers[i].is_https == is_https;
	/* An act that took a server away leaves a gap before addresses in use. */
	while (r->act > 0 &&
		is_taken(r, is_https, arena_printf(r->a, "127.0.1.%u", (is_https ? 180 : 25) + n)))
		n++;
	return arena_printf(r->a, "127.0.1.%u", (is_https ? 180 : 25) + n);
}

static bool
is_loopback_text(struct arena *a, struct str text)
{
	struct in_addr v4;
	struct str copy = arena_str(a, text);

	if (str_is(text, "::1"))
		return true;
	return inet_pton(AF_INET, copy.p, &v4) == 1 && (ntohl(v4.s_addr) >> 24) == 127;
}

static bool
take_address(struct spec_reader *r, struct lab_server *s, struct str word)
{
	s->address = word.n > 0 ? word : next_address(r, s->is_https);
	if (!is_loopback_text(r->a, s->address))
		return spec_wrong(r, "\"%.*s\" is neither 127.x.y.z nor ::1", STR_ARG(word));
	if (is_taken(r, s->is_https, s->address))
		return spec_wrong(r, "%.*s has a server already", STR_ARG(s->address));
	if (str_is(s->address, "::1"))
		r->spec->head.needs_ipv6 = true;
	return true;
}

/* In place of the same host's server of an earlier act, or one more. */
static bool
place_server(struct spec_reader *r, const struct lab_server *s, struct str address)
{
	struct lab_server *at = NULL;

	if (r->act > 0)
		at = spec_server_of_before(r, s->is_https, s->host, address);
	if (at != NULL) {
		const struct str kept = at->address;

		*at = *s;
		at->address = kept;
	} else {
		if (r->spec->server_count == SPEC_MAX_SERVERS)
			return spec_wrong(r, "over %d servers", SPEC_MAX_SERVERS);
		at = &r->spec->servers[r->spec->server_count];
		*at = *s;
		if (!take_address(r, at, address))
			return false;
		r->spec->server_count++;
	}
	r->server = at;
	return true;
}

bool
spec_server_begin(struct spec_reader *r, bool is_https, struct str args)
{
	struct lab_server server, *s = &server;
	struct str word;
	uint64_t preference;

	*s = (struct lab_server){ .is_https = is_https,
		.line = r->line,
		.act = r->act,
		.preference = -1,
		.tls_min = 2,
		.tls_max = 3,
		.status = 200,
		.reason = STR("OK"),
		.content_type = STR("text/plain") };
	if (is_https) {
		if (!spec_name(r, STR("mta-sts"), &s->host))
			return false;
	} else {
		if (!str_is(word = spec_word(&args), "-")) {
			if (!spec_number(r, word, 65535, &preference))
				return false;
			s->preference = (int)preference;
		}
		if (!spec_name(r, spec_word(&args), &s->host))
			return false;
	}
	if (!place_server(r, s, spec_word(&args)))
		return false;
	return args.n == 0 || spec_wrong(r, "\"%.*s\" is too much", STR_ARG(args));
}
