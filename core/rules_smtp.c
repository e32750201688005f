/* The SMTP dialogue with every address, as far as STARTTLS (RFC 5321, RFC 3207). */
#include "core/rules.h"

#define BANNER_INFO_US 5000000
#define BANNER_SLOW_US 30000000

static const struct smtp_step_seen *
step(const struct about *at, enum smtp_phase phase)
{
	return &at->address->attempt->steps[phase];
}

static bool
is_lost(enum outcome o)
{
	return o == OUTCOME_CLOSED || o == OUTCOME_RESET || o == OUTCOME_TIMEOUT ||
	       outcome_was_cut(o) || o == OUTCOME_UNREACHABLE || o == OUTCOME_REFUSED;
}

static bool
smtp_connect(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_connect *c = at->address->attempt->connect;

	if (c == NULL || c->outcome == OUTCOME_OK)
		return false;
	f->detail = arena_printf(j->a, "port %lld: %s", (long long)at->address->attempt->port,
		outcome_words(c->outcome));
	/* The system's words for the others say the same again. */
	if (c->outcome == OUTCOME_UNREACHABLE && c->error.n > 0)
		f->detail = arena_printf(j->a, "%.*s: %.*s", STR_ARG(f->detail), STR_ARG(c->error));
	found_seq(f, at->address->attempt->connect_seq);
	return true;
}

/* Every IPv6 address fails at TCP, and an IPv4 one works. */
static bool
smtp_ipv6_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct host_facts *h = at->host;
	bool has_ipv4 = false;
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++) {
		const struct attempt *t = h->addresses[i].attempt;

		if (t->connect == NULL || outcome_was_cut(t->connect->outcome))
			continue;
		if (t->family == FAMILY_IPV4) {
			has_ipv4 |= t->connect->outcome == OUTCOME_OK;
			continue;
		}
		if (t->connect->outcome == OUTCOME_OK)
			return false;
		f->detail = arena_printf(j->a, "%.*s%s%.*s: %s", STR_ARG(f->detail),
			n > 0 ? "; " : "", STR_ARG(t->address), outcome_words(t->connect->outcome));
		found_seq(f, t->connect_seq);
		n++;
	}
	return has_ipv4 && n > 0 && h->is_settled;
}

static bool
smtp_banner_slow(const struct judging *j, const struct about *at, struct found *f)
{
	const struct smtp_step_seen *banner = step(at, SMTP_BANNER);
	const int64_t took_us = elapsed(at->address->attempt->connect_us, banner->end_us);

	if (!banner->is_done || banner->outcome != OUTCOME_OK || took_us <= BANNER_INFO_US)
		return false;
	f->severity = took_us > BANNER_SLOW_US ? SEVERITY_WARNING : SEVERITY_INFO;
	f->detail = arena_printf(j->a, "greeting after %lld.%lld s", (long long)(took_us / 1000000),
		(long long)(took_us / 100000 % 10));
	found_seq(f, banner->seq);
	return true;
}

static bool
smtp_banner_timeout(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	const struct smtp_step_seen *banner = step(at, SMTP_BANNER);
	const bool is_cut = !banner->is_done && t->is_ended && outcome_was_cut(t->end_outcome);
	const int64_t end_us = banner->is_done ? banner->end_us : t->end_us;

	if (t->connect == NULL || t->connect->outcome != OUTCOME_OK)
		return false;
	if (!is_cut && !(banner->is_done && (banner->outcome == OUTCOME_TIMEOUT ||
						    outcome_was_cut(banner->outcome))))
		return false;
	if (is_cut || outcome_was_cut(banner->outcome))
		f->severity = SEVERITY_INCONCLUSIVE;
	f->detail = arena_printf(j->a,
		is_cut || outcome_was_cut(banner->outcome)
			? "the walk was ended %lld s after the connection, before a greeting"
			: "no complete greeting within %lld s",
		(long long)((elapsed(t->connect_us, end_us) / 100000 + 5) / 10));
	found_seq(f, banner->is_done ? banner->seq : t->connect_seq);
	return true;
}

/* The reply as it came: the last line of what the server said before the step ended. */
static struct str
reply_text(const struct judging *j, const struct attempt *t, const struct smtp_step_seen *s)
{
	struct str text = STR_EMPTY;

	for (size_t i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];

		if (line->from == SPEAKER_SERVER && line->seq < s->seq)
			text = line->text;
	}
	if (text.n == 0)
		return arena_printf(j->a, "%d", s->code);
	return arena_printf(j->a, "\"%.*s\"", STR_ARG(str_sub(text, 0, 200)));
}

static bool
note_step(const struct judging *j, const struct about *at, enum smtp_phase phase, struct found *f)
{
	const struct smtp_step_seen *s = step(at, phase);

	f->detail = reply_text(j, at->address->attempt, s);
	found_seq(f, s->seq);
	return true;
}

static bool
banner_is(const struct about *at, int hundreds)
{
	const struct smtp_step_seen *banner = step(at, SMTP_BANNER);

	return banner->is_done && banner->outcome == OUTCOME_REPLY &&
	       banner->code / 100 == hundreds;
}

static bool
smtp_banner_4xx(const struct judging *j, const struct about *at, struct found *f)
{
	return banner_is(at, 4) && note_step(j, at, SMTP_BANNER, f);
}

static bool
smtp_banner_5xx(const struct judging *j, const struct about *at, struct found *f)
{
	if (!banner_is(at, 5))
		return false;
	/* The refusal quotes the address of this side: nothing for the other one to do. */
	if (at->address->is_blocklisted)
		f->blame = BLAME_LOCAL;
	return note_step(j, at, SMTP_BANNER, f);
}

static bool
is_unreadable(const struct smtp_step_seen *s, bool is_banner)
{
	if (!s->is_done)
		return false;
	if (is_banner && s->outcome == OUTCOME_REPLY && s->code / 100 != 4 && s->code / 100 != 5)
		return true;
	return s->outcome == OUTCOME_BAD_REPLY || s->outcome == OUTCOME_GARBAGE ||
	       s->outcome == OUTCOME_TOO_BIG || s->outcome == OUTCOME_TRUNCATED;
}

static bool
smtp_reply_bad(const struct judging *j, const struct about *at, struct found *f)
{
	static const char *const where[] = {
		[SMTP_BANNER] = "greeting",
		[SMTP_EHLO] = "reply to EHLO",
		[SMTP_STARTTLS] = "reply to STARTTLS",
	};

	for (int p = SMTP_BANNER; p <= SMTP_STARTTLS; p++) {
		if (!is_unreadable(step(at, (enum smtp_phase)p), p == SMTP_BANNER))
			continue;
		note_step(j, at, (enum smtp_phase)p, f);
		f->detail = arena_printf(j->a, "%s: %.*s", where[p], STR_ARG(f->detail));
		return true;
	}
	return false;
}

/* The phase at which the connection was lost, smtp_phase_count if it was not. */
static enum smtp_phase
lost_at(const struct about *at)
{
	const struct attempt *t = at->address->attempt;

	for (int p = SMTP_BANNER; p <= SMTP_STARTTLS; p++) {
		const struct smtp_step_seen *s = step(at, (enum smtp_phase)p);

		if (s->is_done && s->outcome == OUTCOME_OK)
			continue;
		if (p == SMTP_STARTTLS && !t->ehlo.has_starttls)
			break;
		if (s->is_done ? is_lost(s->outcome) : t->is_ended)
			return (enum smtp_phase)p;
		break;
	}
	return smtp_phase_count;
}

static bool
smtp_closed(const struct judging *j, const struct about *at, struct found *f)
{
	static const char *const when[] = {
		[SMTP_BANNER] = "before the greeting was complete",
		[SMTP_EHLO] = "after EHLO",
		[SMTP_STARTTLS] = "after STARTTLS",
	};
	const struct attempt *t = at->address->attempt;
	const enum smtp_phase phase = lost_at(at);
	const struct smtp_step_seen *s;
	enum outcome o;

	if (t->connect == NULL || t->connect->outcome != OUTCOME_OK || phase == smtp_phase_count)
		return false;
	s = step(at, phase);
	o = s->is_done ? s->outcome : t->end_outcome;
	/* A greeting that does not come in time has its own row. */
	if (phase == SMTP_BANNER && (o == OUTCOME_TIMEOUT || outcome_was_cut(o)))
		return false;
	if (outcome_was_cut(o))
		f->severity = SEVERITY_INCONCLUSIVE;
	f->detail = arena_printf(j->a, "%s %s", outcome_words(o), when[phase]);
	found_seq(f, s->is_done ? s->seq : t->connect_seq);
	return true;
}

static bool
is_no_esmtp(const struct smtp_step_seen *ehlo)
{
	return ehlo->is_done && ehlo->outcome == OUTCOME_REPLY &&
	       (ehlo->code == 500 || ehlo->code == 501 || ehlo->code == 502 || ehlo->code == 504);
}

static bool
smtp_ehlo_refused(const struct judging *j, const struct about *at, struct found *f)
{
	const struct smtp_step_seen *ehlo = step(at, SMTP_EHLO);

	if (!ehlo->is_done || ehlo->outcome != OUTCOME_REPLY || is_no_esmtp(ehlo))
		return false;
	return note_step(j, at, SMTP_EHLO, f);
}

static bool
smtp_starttls_absent(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	const struct smtp_step_seen *ehlo = step(at, SMTP_EHLO);

	f->publish = arena_printf(j->a, "DNS:%.*s", STR_ARG(t->host));
	if (is_no_esmtp(ehlo))
		return note_step(j, at, SMTP_EHLO, f);
	if (!attempt_has_ehlo(t) || t->ehlo.has_starttls || t->ehlo.masked.n > 0)
		return false;
	f->detail = t->ehlo.keywords.n == 0
			    ? STR("EHLO offers nothing")
			    : arena_printf(j->a, "EHLO offers %.*s",
				      STR_ARG(strs_join(j->a, t->ehlo.keywords, ", ", 16)));
	found_seq(f, ehlo->seq);
	return true;
}

static bool
smtp_starttls_mangled(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;

	if (!attempt_has_ehlo(t) || t->ehlo.has_starttls || t->ehlo.masked.n == 0)
		return false;
	f->detail = arena_printf(
		j->a, "EHLO offers \"%.*s\" in place of STARTTLS", STR_ARG(t->ehlo.masked));
	found_seq(f, step(at, SMTP_EHLO)->seq);
	return true;
}

static bool
smtp_starttls_refused(const struct judging *j, const struct about *at, struct found *f)
{
	const struct smtp_step_seen *s = step(at, SMTP_STARTTLS);

	return s->is_done && s->outcome == OUTCOME_REPLY && note_step(j, at, SMTP_STARTTLS, f);
}

static bool
smtp_extra_plaintext(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;

	if (t->extra_bytes <= 0)
		return false;
	f->detail = arena_printf(
		j->a, "%lld bytes in clear behind the 220 to STARTTLS", (long long)t->extra_bytes);
	found_seq(f, step(at, SMTP_STARTTLS)->seq);
	return true;
}

/* What a sender would tell apart, in words; NULL for an address that does not answer. */
static const char *
behaviour(const struct address_facts *a)
{
	switch (a->trouble) {
	case TROUBLE_PENDING:
	case TROUBLE_UNTESTED:
	case TROUBLE_CONN:
		return NULL;
	case TROUBLE_NONE:
		return "STARTTLS, valid certificate";
	case TROUBLE_STARTTLS:
		return "no STARTTLS";
	case TROUBLE_HANDSHAKE:
		return "TLS fails";
	case TROUBLE_CERT:
		break;
	}
	if (a->cert.trust != TRUST_OK)
		return "certificate not trusted";
	if (a->cert.is_expired || a->cert.is_early)
		return "certificate out of date";
	return "certificate for another name";
}

static bool
smtp_addresses_differ(const struct judging *j, const struct about *at, struct found *f)
{
	const char *first = NULL;
	struct strs words = { 0 };
	bool is_different = false;

	for (size_t i = 0; i < at->host->count; i++) {
		const struct address_facts *a = &at->host->addresses[i];
		const char *does = behaviour(a);

		if (does == NULL)
			continue;
		if (first == NULL)
			first = does;
		is_different |= !str_is(str_of(first), does);
		arena_push(j->a, &words,
			arena_printf(j->a, "%.*s: %s", STR_ARG(a->attempt->address), does));
		found_seq(f, a->attempt->tls.verdict_seq != 0 ? a->attempt->tls.verdict_seq
							      : a->attempt->steps[SMTP_EHLO].seq);
	}
	f->detail = strs_join(j->a, words, "; ", 8);
	return is_different;
}

const struct rule rules_smtp[] = {
	{ FINDING_SMTP_CONNECT, ABOUT_ADDRESS, BY_MX_HOST, smtp_connect },
	{ FINDING_SMTP_IPV6_FAILED, ABOUT_HOST, BY_MX_HOST, smtp_ipv6_failed },
	{ FINDING_SMTP_BANNER_SLOW, ABOUT_ADDRESS, BY_MX_HOST, smtp_banner_slow },
	{ FINDING_SMTP_BANNER_TIMEOUT, ABOUT_ADDRESS, BY_MX_HOST, smtp_banner_timeout },
	{ FINDING_SMTP_BANNER_4XX, ABOUT_ADDRESS, BY_MX_HOST, smtp_banner_4xx },
	{ FINDING_SMTP_BANNER_5XX, ABOUT_ADDRESS, BY_MX_HOST, smtp_banner_5xx },
	{ FINDING_SMTP_REPLY_BAD, ABOUT_ADDRESS, BY_MX_HOST, smtp_reply_bad },
	{ FINDING_SMTP_CLOSED, ABOUT_ADDRESS, BY_MX_HOST, smtp_closed },
	{ FINDING_SMTP_EHLO_REFUSED, ABOUT_ADDRESS, BY_MX_HOST, smtp_ehlo_refused },
	{ FINDING_SMTP_STARTTLS_ABSENT, ABOUT_ADDRESS, BY_MX_HOST, smtp_starttls_absent },
	{ FINDING_SMTP_STARTTLS_MANGLED, ABOUT_ADDRESS, BY_MX_HOST, smtp_starttls_mangled },
	{ FINDING_SMTP_STARTTLS_REFUSED, ABOUT_ADDRESS, BY_MX_HOST, smtp_starttls_refused },
	{ FINDING_SMTP_EXTRA_PLAINTEXT, ABOUT_ADDRESS, BY_MX_HOST, smtp_extra_plaintext },
	{ FINDING_SMTP_ADDRESSES_DIFFER, ABOUT_HOST, BY_MX_HOST, smtp_addresses_differ },
	{ 0 },
};
