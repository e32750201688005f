/* The fetch (RFC 8461 section 3.3): judged on the attempt that got furthest. */
#include "core/rules.h"

#define SLOW_US 4000000
#define AGE_LONG_S 3600
#define CACHE_LONG_S 60

/* The step that failed is the last one the attempt came to. */
enum reached { REACHED_NOTHING, REACHED_CONNECT, REACHED_TLS, REACHED_CERT, REACHED_HTTP };

static enum reached
reached(const struct judging *j)
{
	const struct attempt *t = j->fetch;

	if (t == NULL || t->connect == NULL)
		return REACHED_NOTHING;
	if (t->connect->outcome != OUTCOME_OK)
		return REACHED_CONNECT;
	if (t->tls.verdict != NULL && !attempt_tls_is_ok(t))
		return REACHED_CERT;
	if (t->tls.verdict == NULL || (t->tls.is_done && t->tls.done->outcome != OUTCOME_OK))
		return REACHED_TLS;
	return REACHED_HTTP;
}

static size_t
tested_count(const struct judging *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->s->https_count; i++)
		n += j->s->https[i]->is_started ? 1 : 0;
	return n;
}

static struct str
with_error(const struct judging *j, const char *words, struct str error)
{
	if (error.n == 0)
		return str_of(words);
	return arena_printf(j->a, "%s: %.*s", words, STR_ARG(error));
}

static bool
https_connect(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs words = { 0 };

	(void)at;
	if (reached(j) != REACHED_CONNECT)
		return false;
	for (size_t i = 0; i < j->s->https_count; i++) {
		const struct attempt *t = j->s->https[i];

		if (t->connect == NULL)
			continue;
		arena_push(j->a, &words,
			arena_printf(j->a, "%.*s port %lld: %s", STR_ARG(t->address),
				(long long)t->port, outcome_words(t->connect->outcome)));
		found_seq(f, t->connect_seq);
	}
	f->detail = strs_join(j->a, words, "; ", 8);
	return true;
}

static bool
https_handshake(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = j->fetch;
	const bool is_told = t != NULL && t->tls.is_done;

	(void)at;
	if (reached(j) != REACHED_TLS)
		return false;
	f->detail = arena_printf(j->a, "%.*s: %.*s", STR_ARG(t->address),
		STR_ARG(is_told ? with_error(j, outcome_words(t->tls.done->outcome),
					  t->tls.done->error)
				: with_error(j, outcome_words(t->end_outcome), t->end_error)));
	found_seq(f, t->connect_seq);
	found_seq(f, t->tls.seq);
	return true;
}

static bool
has_cert_fault(const struct judging *j)
{
	return reached(j) == REACHED_CERT;
}

static bool
note_cert(const struct judging *j, struct found *f, struct str what)
{
	const size_t n = tested_count(j);

	f->detail = n > 1 ? arena_printf(
				    j->a, "%.*s: %.*s", STR_ARG(j->fetch->address), STR_ARG(what))
			  : what;
	found_seq(f, j->fetch->tls.verdict_seq);
	found_seq(f, j->fetch->tls.seq);
	return true;
}

static bool
https_cert_name(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_cert *leaf = j->fetch_cert.leaf;

	(void)at;
	if (!has_cert_fault(j) || !j->fetch_cert.is_name_bad)
		return false;
	f->publish = arena_printf(j->a, "DNS:%.*s", STR_ARG(j->policy_host));
	return note_cert(j, f, cert_names_text(j->a, leaf, j->policy_host));
}

static bool
https_cert_expired(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!has_cert_fault(j) || !j->fetch_cert.is_expired)
		return false;
	return note_cert(j, f, expiry_text(j, &j->fetch_cert));
}

static bool
https_cert_not_yet_valid(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_cert *cert = j->fetch_cert.dated;

	(void)at;
	if (!has_cert_fault(j) || !j->fetch_cert.is_early)
		return false;
	if (j->has_skew && cert != NULL && elapsed(j->as_of_s, cert->not_before_s) <= j->skew_s)
		return false;
	return note_cert(j, f, early_text(j, &j->fetch_cert));
}

static bool
has_trust_fault(const struct judging *j, enum trust_fault fault, struct found *f)
{
	if (!has_cert_fault(j) || j->fetch_cert.trust != fault)
		return false;
	f->note = trust_note(j->a, &j->fetch_cert);
	return note_cert(j, f, trust_text(j->a, &j->fetch->tls, &j->fetch_cert));
}

static bool
https_cert_self_signed(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_trust_fault(j, TRUST_SELF_SIGNED, f);
}

static bool
https_cert_untrusted(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_trust_fault(j, TRUST_UNTRUSTED, f);
}

static bool
https_chain_incomplete(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_trust_fault(j, TRUST_INCOMPLETE, f);
}

static bool
https_cert_invalid(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_trust_fault(j, TRUST_INVALID, f);
}

static bool
https_cert_revoked(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (j->fetch == NULL || j->fetch->tls.verdict == NULL ||
		!str_is(j->fetch->tls.verdict->ocsp, "revoked"))
		return false;
	return note_cert(j, f, STR("the stapled OCSP answer says revoked"));
}

static bool
https_cert_expiring(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (j->fetch == NULL || !attempt_tls_is_ok(j->fetch) ||
		!cert_is_expiring(j, j->fetch_cert.leaf))
		return false;
	f->note = date_text(j->a, j->fetch_cert.leaf->not_after_s);
	return note_cert(j, f, days_left_text(j, j->fetch_cert.leaf));
}

/* The status line and the headers of the attempt, without what surrounds them. */
static struct str
header_value(const struct attempt *t, const char *name)
{
	for (size_t i = 1; i < t->headers.n; i++) {
		struct str rest = t->headers.v[i], key;

		if (str_split(&rest, ':', &key) && str_is_nocase(str_trim(key), name))
			return str_trim(rest);
	}
	return STR_EMPTY;
}

static struct str
status_line(const struct judging *j, const struct attempt *t)
{
	if (t->headers.n > 0)
		return str_sub(t->headers.v[0], 0, 120);
	return arena_printf(j->a, "status %lld", (long long)t->http->status);
}

/* An answer over good TLS that is no policy; NULL when there is none or it is one. */
static const struct ev_http_done *
bad_http(const struct judging *j)
{
	if (j->is_fetch_ok || reached(j) != REACHED_HTTP)
		return NULL;
	return j->fetch->http;
}

static bool
https_redirect(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_http_done *http = bad_http(j);

	(void)at;
	if (http == NULL || http->status < 300 || http->status > 399)
		return false;
	f->detail = arena_printf(j->a, "%.*s; Location: %.*s", STR_ARG(status_line(j, j->fetch)),
		STR_ARG(http->redirect));
	found_seq(f, j->fetch->http_seq);
	return true;
}

static bool
https_status(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_http_done *http = bad_http(j);

	(void)at;
	if (http == NULL || http->status <= 0 || http->status == 200 ||
		(http->status >= 300 && http->status <= 399))
		return false;
	f->detail = arena_printf(j->a, "%.*s; \"%.*s\"", STR_ARG(status_line(j, j->fetch)),
		STR_ARG(str_sub(http->body, 0, 120)));
	found_seq(f, j->fetch->http_seq);
	return true;
}

/* Good TLS, and then no complete answer. */
static enum outcome
http_outcome(const struct judging *j)
{
	const struct attempt *t = j->fetch;

	if (j->is_fetch_ok || reached(j) != REACHED_HTTP)
		return OUTCOME_OK;
	if (t->http == NULL)
		return t->is_ended ? t->end_outcome : OUTCOME_BUDGET;
	return t->http->status == 0 || t->http->status == 200 ? t->http->outcome : OUTCOME_OK;
}

static bool
note_http(const struct judging *j, struct found *f)
{
	const struct attempt *t = j->fetch;
	const int64_t bytes = t->http != NULL ? t->http->body_bytes : 0;
	const struct str error = t->http != NULL ? t->http->error : t->end_error;
	const enum outcome o = http_outcome(j);

	f->detail = arena_printf(j->a, "%.*s; %lld bytes of the body came",
		STR_ARG(with_error(
			j, o == OUTCOME_GARBAGE ? "malformed HTTP" : outcome_words(o), error)),
		(long long)bytes);
	found_seq(f, t->http_seq != 0 ? t->http_seq : t->tls.verdict_seq);
	return true;
}

static bool
https_truncated(const struct judging *j, const struct about *at, struct found *f)
{
	const enum outcome o = http_outcome(j);

	(void)at;
	if (o == OUTCOME_OK || o == OUTCOME_TIMEOUT || o == OUTCOME_TOO_BIG || outcome_was_cut(o))
		return false;
	return note_http(j, f);
}

static bool
https_timeout(const struct judging *j, const struct about *at, struct found *f)
{
	const enum outcome o = http_outcome(j);

	(void)at;
	if (o != OUTCOME_TIMEOUT && !outcome_was_cut(o))
		return false;
	if (outcome_was_cut(o))
		f->severity = SEVERITY_INCONCLUSIVE;
	return note_http(j, f);
}

static bool
https_too_big(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (http_outcome(j) != OUTCOME_TOO_BIG)
		return false;
	return note_http(j, f);
}

static bool
is_html(const struct judging *j)
{
	const struct policy *p = &j->s->policy;

	return j->is_fetch_ok && j->s->has_policy && p->looks_like_html && !p->is_valid;
}

static bool
https_body_html(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!is_html(j))
		return false;
	f->detail = arena_printf(
		j->a, "\"%.*s\"", STR_ARG(str_sub(str_trim(j->s->policy.body), 0, 120)));
	found_seq(f, j->fetch->http_seq);
	return true;
}

static bool
https_content_type(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_http_done *http = j->is_fetch_ok ? j->s->chosen->http : NULL;
	struct str type;

	(void)at;
	if (http == NULL || is_html(j))
		return false;
	type = str_trim(str_sub(http->content_type, 0, str_find(http->content_type, ';')));
	if (http->has_content_type && str_is_nocase(type, "text/plain"))
		return false;
	f->subject = STR("Content-Type");
	f->detail = http->has_content_type ? arena_printf(j->a, "Content-Type: %.*s",
						     STR_ARG(str_sub(http->content_type, 0, 120)))
					   : STR("no Content-Type header");
	found_seq(f, j->s->chosen->http_seq);
	return true;
}

static bool
https_slow(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = j->s->chosen;

	(void)at;
	if (t == NULL || elapsed(t->start_us, t->http_us) <= SLOW_US)
		return false;
	f->detail = arena_printf(j->a, "%.*s: complete after %lld.%lld s", STR_ARG(t->address),
		(long long)(elapsed(t->start_us, t->http_us) / 1000000),
		(long long)(elapsed(t->start_us, t->http_us) / 100000 % 10));
	found_seq(f, t->http_seq);
	return true;
}

/* The number behind "max-age=" of Cache-Control; 0 when there is none. */
static uint64_t
cache_max_age(struct str value)
{
	struct str part;
	uint64_t seconds = 0;

	while (str_split(&value, ',', &part)) {
		struct str rest = str_trim(part), key;

		if (str_split(&rest, '=', &key) && str_is_nocase(str_trim(key), "max-age") &&
			str_to_u64(str_trim(rest), UINT64_MAX, &seconds))
			return seconds;
	}
	return 0;
}

static bool
https_cdn_cached(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = j->s->chosen;
	struct str age, control;
	uint64_t seconds = 0;

	(void)at;
	if (t == NULL)
		return false;
	age = header_value(t, "Age");
	control = header_value(t, "Cache-Control");
	if (age.n == 0 && cache_max_age(control) <= CACHE_LONG_S)
		return false;
	f->severity = str_to_u64(age, UINT64_MAX, &seconds) && seconds > AGE_LONG_S
			      ? SEVERITY_WARNING
			      : SEVERITY_INFO;
	f->detail = arena_printf(j->a, "%s%.*s%s%s%.*s", age.n > 0 ? "Age: " : "", STR_ARG(age),
		age.n > 0 && control.n > 0 ? "; " : "", control.n > 0 ? "Cache-Control: " : "",
		STR_ARG(str_sub(control, 0, 120)));
	found_seq(f, t->http_seq);
	return true;
}

const struct rule rules_https[] = {
	{ FINDING_HTTPS_CONNECT, ABOUT_WALK, BY_POLICY_HOST, https_connect },
	{ FINDING_HTTPS_HANDSHAKE, ABOUT_WALK, BY_POLICY_HOST, https_handshake },
	{ FINDING_HTTPS_CERT_NAME, ABOUT_WALK, BY_POLICY_HOST, https_cert_name },
	{ FINDING_HTTPS_CERT_EXPIRED, ABOUT_WALK, BY_POLICY_HOST, https_cert_expired },
	{ FINDING_HTTPS_CERT_NOT_YET_VALID, ABOUT_WALK, BY_POLICY_HOST, https_cert_not_yet_valid },
	{ FINDING_HTTPS_CERT_SELF_SIGNED, ABOUT_WALK, BY_POLICY_HOST, https_cert_self_signed },
	{ FINDING_HTTPS_CERT_UNTRUSTED, ABOUT_WALK, BY_POLICY_HOST, https_cert_untrusted },
	{ FINDING_HTTPS_CHAIN_INCOMPLETE, ABOUT_WALK, BY_POLICY_HOST, https_chain_incomplete },
	{ FINDING_HTTPS_CERT_INVALID, ABOUT_WALK, BY_POLICY_HOST, https_cert_invalid },
	{ FINDING_HTTPS_CERT_REVOKED, ABOUT_WALK, BY_POLICY_HOST, https_cert_revoked },
	{ FINDING_HTTPS_CERT_EXPIRING, ABOUT_WALK, BY_POLICY_HOST, https_cert_expiring },
	{ FINDING_HTTPS_REDIRECT, ABOUT_WALK, BY_POLICY_HOST, https_redirect },
	{ FINDING_HTTPS_STATUS, ABOUT_WALK, BY_POLICY_HOST, https_status },
	{ FINDING_HTTPS_TRUNCATED, ABOUT_WALK, BY_POLICY_HOST, https_truncated },
	{ FINDING_HTTPS_CONTENT_TYPE, ABOUT_WALK, BY_POLICY_HOST, https_content_type },
	{ FINDING_HTTPS_BODY_HTML, ABOUT_WALK, BY_POLICY_HOST, https_body_html },
	{ FINDING_HTTPS_TOO_BIG, ABOUT_WALK, BY_POLICY_HOST, https_too_big },
	{ FINDING_HTTPS_SLOW, ABOUT_WALK, BY_POLICY_HOST, https_slow },
	{ FINDING_HTTPS_TIMEOUT, ABOUT_WALK, BY_POLICY_HOST, https_timeout },
	{ FINDING_HTTPS_CDN_CACHED, ABOUT_WALK, BY_POLICY_HOST, https_cdn_cached },
	{ 0 },
};
