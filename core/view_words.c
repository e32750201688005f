/* One address and one lookup in a few words. */
#include "core/again.h"
#include "core/view_parts.h"

#include <inttypes.h>

enum { BAR_CELLS = 12 };

static const char *const lookup_said[lookup_status_count] = {
	[LOOKUP_NOT_ASKED] = "not asked",
	[LOOKUP_OK] = "answered",
	[LOOKUP_NXDOMAIN] = "no such name (NXDOMAIN)",
	[LOOKUP_NODATA] = "no such record (NODATA)",
	[LOOKUP_SERVFAIL] = "lookup failed (SERVFAIL)",
	[LOOKUP_BOGUS] = "DNSSEC validation failed (bogus)",
	[LOOKUP_REFUSED] = "the resolver refused to answer",
	[LOOKUP_TIMEOUT] = "no answer from the resolver",
	[LOOKUP_MALFORMED] = "the answer makes no sense",
};

static const char *const skip_said[skip_reason_count] = {
	[SKIP_NONE] = "",
	[SKIP_FAMILY_OFF] = "this address family was switched off",
	[SKIP_NO_ROUTE] = "no route here",
	[SKIP_OVER_LIMIT] = "more addresses than a walk tries",
	[SKIP_BUDGET] = "the time of the walk was up",
	[SKIP_CANCELLED] = "the walk was stopped",
	[SKIP_LOCAL_FAULT] = "a fault of this side",
	[SKIP_STOPPED] = "stopped by the operator",
};

/* Behind the name of a step: "greeting timed out". */
static const char *const outcome_said[outcome_count] = {
	[OUTCOME_OK] = "ok",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_UNREACHABLE] = "unreachable",
	[OUTCOME_TIMEOUT] = "timed out",
	[OUTCOME_RESET] = "reset",
	[OUTCOME_CLOSED] = "closed by the other side",
	[OUTCOME_ALERT] = "failed",
	[OUTCOME_GARBAGE] = "made no sense",
	[OUTCOME_REPLY] = "answered with a refusal",
	[OUTCOME_BAD_REPLY] = "answered with no proper reply",
	[OUTCOME_STATUS] = "answered with an error status",
	[OUTCOME_REDIRECT] = "answered with a redirect",
	[OUTCOME_TRUNCATED] = "was cut short",
	[OUTCOME_TOO_BIG] = "was too big",
	[OUTCOME_UNTRUSTED] = "not trusted",
	[OUTCOME_NOT_OFFERED] = "not offered",
	[OUTCOME_UNREAD] = "not waited for",
	[OUTCOME_BUDGET] = "not finished: time was up",
	[OUTCOME_CANCELLED] = "not finished: stopped",
	[OUTCOME_LOCAL_FAULT] = "not finished: a fault of this side",
	[OUTCOME_STOPPED] = "not finished: stopped by the operator",
};

static const char *const phases[smtp_phase_count] = {
	[SMTP_BANNER] = "greeting",
	[SMTP_EHLO] = "EHLO",
	[SMTP_STARTTLS] = "STARTTLS",
	[SMTP_EHLO_TLS] = "EHLO inside TLS",
	[SMTP_QUIT] = "QUIT",
};

/* X509_V_ERR_* by number: core knows no OpenSSL. */
static const struct {
	int64_t code;
	const char *words;
} cert_faults[] = {
	{ 9, "certificate not valid yet" },
	{ 10, "expired certificate" },
	{ 18, "self-signed certificate" },
	{ 19, "chain ends in an unknown root" },
	{ 20, "issuer missing or unknown" },
	{ 21, "issuer missing or unknown" },
	{ 23, "revoked certificate" },
	{ 26, "certificate not for servers" },
};

const char *
part_lookup_words(enum lookup_status status)
{
	return lookup_said[status];
}

const char *
skip_words(enum skip_reason reason)
{
	return skip_said[reason];
}

const char *
cert_words(struct doc *d, const struct tls_seen *tls)
{
	const char *words = "";
	size_t i;

	if (!tls->is_judged || !tls->verdict)
		return words;
	for (i = 0; i < sizeof(cert_faults) / sizeof(cert_faults[0]) && !words[0]; i++)
		if (tls_error(tls, cert_faults[i].code))
			words = cert_faults[i].words;
	if (!words[0] && !tls->verdict->is_trusted && tls->error_count > 0)
		words = TEXT(d, "untrusted certificate (%s)", doc_shown(d, tls->errors[0]->text));
	else if (!words[0] && !tls->verdict->is_trusted)
		words = "untrusted certificate";
	if (tls->verdict->is_name_ok)
		return words;
	return words[0] ? TEXT(d, "%s, wrong name", words) : "wrong certificate name";
}

bool
attempt_is_good(const struct attempt *t)
{
	return t->role == ATTEMPT_HTTPS ? attempt_http_is_ok(t) : attempt_tls_is_ok(t);
}

static const char *
with_error(struct doc *d, const char *words, struct str error)
{
	return error.n > 0 ? TEXT(d, "%s (%s)", words, doc_shown(d, error)) : words;
}

/* The first SMTP step before TLS that did not go well; NULL when all that were taken did. */
static const char *
smtp_words(struct doc *d, const struct attempt *t)
{
	static const enum smtp_phase order[] = { SMTP_BANNER, SMTP_EHLO, SMTP_STARTTLS };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const struct smtp_step_seen *step = &t->steps[order[i]];

		if (!step->is_done || step->outcome == OUTCOME_OK)
			continue;
		if (step->outcome == OUTCOME_NOT_OFFERED)
			return "no STARTTLS offered";
		if (step->code > 0)
			return TEXT(d, "%s answered %d", phases[order[i]], step->code);
		return TEXT(d, "%s %s", phases[order[i]], outcome_said[step->outcome]);
	}
	return NULL;
}

const char *
http_words(struct doc *d, const struct attempt *t)
{
	const struct ev_http_done *h = t->http;

	if (h->outcome == OUTCOME_OK)
		return TEXT(d, "%" PRId64 " %s %" PRId64 " B", h->status,
			h->has_content_type ? doc_shown(d, h->content_type) : "no content type",
			h->body_bytes);
	if (h->outcome == OUTCOME_REDIRECT)
		return TEXT(d, "redirect %" PRId64 " to %s", h->status, doc_shown(d, h->redirect));
	if (h->outcome == OUTCOME_STATUS)
		return TEXT(d, "HTTP status %" PRId64, h->status);
	return with_error(d, TEXT(d, "the reply %s", outcome_said[h->outcome]), h->error);
}

static const char *
connect_words(struct doc *d, const struct attempt *t)
{
	if (t->connect->outcome == OUTCOME_TIMEOUT)
		return TEXT(d, "no answer on port %" PRId64, t->port);
	if (t->connect->outcome == OUTCOME_REFUSED)
		return TEXT(d, "port %" PRId64 " refused", t->port);
	return with_error(
		d, TEXT(d, "connection %s", outcome_said[t->connect->outcome]), t->connect->error);
}

const char *
attempt_words(struct doc *d, const struct attempt *t)
{
	const char *words;

	if (t->skip != SKIP_NONE)
		return "untested";
	if (!t->is_started)
		return "not begun";
	if (t->connect && t->connect->outcome != OUTCOME_OK)
		return connect_words(d, t);
	if ((words = smtp_words(d, t)))
		return words;
	if (t->tls.is_done && t->tls.done && t->tls.done->outcome != OUTCOME_OK &&
		t->tls.done->outcome != OUTCOME_UNTRUSTED)
		return with_error(d,
			TEXT(d, "TLS handshake %s", outcome_said[t->tls.done->outcome]),
			t->tls.done->error);
	if ((words = cert_words(d, &t->tls))[0])
		return words;
	if (t->role == ATTEMPT_HTTPS && t->http && !attempt_http_is_ok(t))
		return http_words(d, t);
	if (attempt_is_good(t))
		return "ok";
	if (t->is_ended)
		return with_error(d, outcome_said[t->end_outcome], t->end_error);
	return "running";
}

void
part_progress(struct doc *d, struct row *r, const struct attempt *t, int64_t now_us)
{
	int64_t since_us = t->start_us, limit_ms = 0, gone_us;
	const char *step = attempt_waits_for(t, &since_us, &limit_ms);
	unsigned done = 0, i;

	gone_us = now_us > since_us ? now_us - since_us : 0;
	if (limit_ms > 0)
		done = gone_us >= limit_ms * 1000
			       ? BAR_CELLS
			       : (unsigned)(gone_us * BAR_CELLS / (limit_ms * 1000));
	row_glyph(d, r, ROLE_DIM, GLYPH_BAR_LEFT);
	for (i = 0; i < BAR_CELLS; i++)
		if (i < done)
			row_glyph(d, r, ROLE_STATE_RUN, GLYPH_BAR);
		else
			row_text(d, r, ROLE_DIM, " ");
	row_glyph(d, r, ROLE_DIM, GLYPH_BAR_RIGHT);
	row_text(d, r, ROLE_TEXT, " %s, %" PRId64 ".%" PRId64 " of %" PRId64 " s",
		step ? step : "waiting", gone_us / 1000000, gone_us / 100000 % 10, limit_ms / 1000);
}

enum { ROUNDS_SHOWN = 6 };

/* The last ones: those before them are further from what is shown. */
void
part_rounds(struct doc *d, const struct session *s)
{
	const size_t first = s->round_count > ROUNDS_SHOWN ? s->round_count - ROUNDS_SHOWN : 0;

	if (first > 0)
		doc_text(d, 0, ROLE_DIM,
			"parts of it again %zu times, of these the last %d:", s->round_count,
			ROUNDS_SHOWN);
	for (size_t i = first; i < s->round_count; i++) {
		const struct ev_walk_again *again = s->rounds[i]->payload;

		doc_text(d, 0, ROLE_DIM, "again %s%s: %s%s", part_stamp(d, again->at_ms / 1000),
			again->reason == AGAIN_WATCH ? " (watch)" : "",
			doc_shown(d, again_words(&d->arena, again)),
			i + 1 < s->round_count
				? ""
				: TEXT(d, ", in %s", part_seconds(d, session_lasted_us(s))));
	}
}
