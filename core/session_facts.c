/* Facts that follow from a session; nothing here changes one. */
#include "core/session.h"

bool
session_is_running(const struct session *s)
{
	return s->start != NULL && !s->is_ended;
}

struct str
session_domain(const struct session *s)
{
	return s->start != NULL ? s->start->domain : STR_EMPTY;
}

static int64_t
floor_divide(int64_t value, int64_t by)
{
	return value / by - (value % by < 0 ? 1 : 0);
}

/* RFC 5321 4.1.4: a client that has no name says the address that it comes from. */
static struct str
said_ehlo(const struct attempt *t)
{
	for (size_t i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];

		if (line->from == SPEAKER_CLIENT && str_starts(line->text, STR("EHLO ")))
			return str_skip(line->text, 5);
	}
	return STR_EMPTY;
}

struct str
session_ehlo(const struct session *s)
{
	struct str name = s->start != NULL ? s->start->ehlo : STR_EMPTY;

	for (size_t i = 0; i < s->host_count && name.n == 0; i++)
		for (size_t k = 0; k < s->hosts[i]->address_count && name.n == 0; k++)
			name = said_ehlo(s->hosts[i]->addresses[k]);
	return name;
}

bool
session_txt_is_usable(const struct session *s)
{
	return s->txt_lookup != NULL && s->txt_lookup->status == LOOKUP_OK &&
	       s->txt.verdict == TXT_VERDICT_VALID;
}

bool
session_fetch_is_ok(const struct session *s)
{
	return s->chosen != NULL;
}

uint32_t
session_policy_seq(const struct session *s)
{
	if (s->rehearsed != NULL)
		return s->rehearsed_seq;
	return s->chosen != NULL ? s->chosen->http_seq : 0;
}

bool
session_policy_is_usable(const struct session *s)
{
	return (session_txt_is_usable(s) || s->rehearsed != NULL) && s->has_policy &&
	       s->policy.is_valid && !s->policy.looks_like_html;
}

enum policy_mode
session_mode(const struct session *s)
{
	return session_policy_is_usable(s) ? s->policy.mode : POLICY_MODE_NONE;
}

const struct lookup *
session_lookup(const struct session *s, enum lookup_role role, enum rrtype type, struct str name)
{
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (l->role == role && l->type == type && (name.n == 0 || name_eq(l->name, name)))
			return l;
	}
	return NULL;
}

static bool
is_address_before(const struct attempt *t, const struct attempt *plain)
{
	if (t->family != plain->family)
		return t->family < plain->family;
	return str_cmp(t->address, plain->address) < 0;
}

size_t
session_extras_at(const struct session *s, const struct attempt *plain, size_t *count)
{
	size_t low = 0, high = s->extra_count, end;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (is_address_before(s->extras[middle], plain))
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < s->extra_count; end++) {
		if (!str_eq(s->extras[end]->address, plain->address))
			break;
	}
	*count = end - low;
	return low;
}

const struct attempt *
session_extra(const struct session *s, const struct attempt *plain, enum attempt_variant variant)
{
	size_t count, first = session_extras_at(s, plain, &count);

	for (size_t i = first; i < first + count; i++) {
		const struct attempt *t = s->extras[i];

		if (t->variant == variant && t->role == plain->role &&
			name_eq(t->host, plain->host))
			return t;
	}
	return NULL;
}

unsigned
lookup_is_failure(enum lookup_status status)
{
	switch (status) {
	case LOOKUP_SERVFAIL:
	case LOOKUP_BOGUS:
	case LOOKUP_REFUSED:
	case LOOKUP_TIMEOUT:
	case LOOKUP_MALFORMED:
		return 1;
	case LOOKUP_NOT_ASKED:
	case LOOKUP_OK:
	case LOOKUP_NXDOMAIN:
	case LOOKUP_NODATA:
	case lookup_status_count:
		break;
	}
	return 0;
}

static bool
outcome_is_ours(enum outcome outcome)
{
	return outcome == OUTCOME_BUDGET || outcome == OUTCOME_CANCELLED ||
	       outcome == OUTCOME_LOCAL_FAULT || outcome == OUTCOME_STOPPED;
}

bool
attempt_was_cut(const struct attempt *t)
{
	if (t->connect != NULL && outcome_is_ours(t->connect->outcome))
		return true;
	if (!t->is_ended || !outcome_is_ours(t->end_outcome))
		return false;
	/* What follows TLS in an SMTP dialogue tells nothing that the verdict needs. */
	if (t->role == ATTEMPT_SMTP)
		return !t->tls.is_judged;
	return t->http == NULL || outcome_is_ours(t->http->outcome);
}

bool
attempt_was_stopped(const struct attempt *t)
{
	if (t->skip != SKIP_NONE)
		return t->skip == SKIP_STOPPED;
	return attempt_was_cut(t) && t->end_outcome == OUTCOME_STOPPED;
}

bool
attempt_is_tested(const struct attempt *t)
{
	return t->is_started && t->connect != NULL && !attempt_was_cut(t);
}

bool
attempt_is_running(const struct attempt *t)
{
	return t->is_started && !t->is_ended;
}

bool
attempt_has_ehlo(const struct attempt *t)
{
	return t->steps[SMTP_EHLO].is_done && t->steps[SMTP_EHLO].outcome == OUTCOME_OK;
}

bool
attempt_offers_starttls(const struct attempt *t)
{
	return attempt_has_ehlo(t) && t->ehlo.has_starttls;
}

bool
attempt_tls_is_ok(const struct attempt *t)
{
	const struct tls_seen *tls = &t->tls;

	return tls->done != NULL && tls->done->outcome == OUTCOME_OK && tls->verdict != NULL &&
	       tls->verdict->is_trusted && tls->verdict->is_name_ok;
}

bool
attempt_http_is_ok(const struct attempt *t)
{
	return attempt_tls_is_ok(t) && t->http != NULL && t->http->outcome == OUTCOME_OK &&
	       t->http->status == 200 && t->http->body.n <= LIMIT_POLICY_BYTES;
}

struct wait {
	const char *what;
	int64_t since_us;
	int64_t limit_ms;
};

static struct wait
tls_wait(const struct attempt *t, int64_t before_us)
{
	if (t->tls.is_done)
		return (struct wait){ "certificate", t->tls.end_us, LIMIT_TLS_MS };
	return (struct wait){ "TLS", t->tls.is_started ? t->tls.start_us : before_us,
		LIMIT_TLS_MS };
}

static struct wait
https_wait(const struct attempt *t)
{
	if (!t->tls.is_judged && t->request_us < 0)
		return tls_wait(t, t->connect_us);
	if (t->http == NULL)
		return (struct wait){ "HTTP answer",
			t->request_us >= 0 ? t->request_us : t->tls.judged_us, LIMIT_HTTPS_MS };
	return (struct wait){ "end", t->http_us, LIMIT_HTTPS_MS };
}

static struct wait
smtp_wait(const struct attempt *t)
{
	static const struct {
		const char *what;
		int64_t limit_ms;
	} phases[] = {
		[SMTP_BANNER] = { "banner", LIMIT_SMTP_GREETING_MS },
		[SMTP_EHLO] = { "EHLO", LIMIT_SMTP_REPLY_MS },
		[SMTP_STARTTLS] = { "STARTTLS", LIMIT_SMTP_REPLY_MS },
		[SMTP_EHLO_TLS] = { "EHLO in TLS", LIMIT_SMTP_REPLY_MS },
		[SMTP_QUIT] = { "QUIT", LIMIT_SMTP_REPLY_MS },
	};
	int64_t since_us = t->connect_us;

	for (size_t phase = 0; phase < smtp_phase_count; phase++) {
		const struct smtp_step_seen *step = &t->steps[phase];

		if (!step->is_done && !t->steps[SMTP_QUIT].is_done)
			return (struct wait){ phases[phase].what, since_us,
				phases[phase].limit_ms };
		if (step->is_done && step->outcome != OUTCOME_OK)
			break;
		since_us = step->end_us;
		if (phase == SMTP_STARTTLS && !t->tls.is_judged)
			return tls_wait(t, since_us);
		if (phase == SMTP_STARTTLS)
			since_us = t->tls.judged_us;
	}
	return (struct wait){ "end", since_us, LIMIT_SMTP_REPLY_MS };
}

const char *
attempt_waits_for(const struct attempt *t, int64_t *since_us, int64_t *limit_ms)
{
	struct wait wait = { "connect", t->start_us, LIMIT_CONNECT_MS };

	if (!attempt_is_running(t))
		wait = (struct wait){ NULL, -1, 0 };
	else if (t->connect != NULL)
		wait = t->role == ATTEMPT_SMTP ? smtp_wait(t) : https_wait(t);
	if (since_us != NULL)
		*since_us = wait.since_us;
	if (limit_ms != NULL)
		*limit_ms = wait.limit_ms;
	return wait.what;
}

const struct ev_cert_error *
tls_error(const struct tls_seen *tls, int64_t code)
{
	for (size_t i = 0; i < tls->error_count; i++) {
		if (tls->errors[i]->code == code)
			return tls->errors[i];
	}
	return NULL;
}

int64_t
cert_days_left(const struct ev_cert *cert, int64_t as_of_s)
{
	int64_t left_s;

	if (__builtin_sub_overflow(cert->not_after_s, as_of_s, &left_s))
		return cert->not_after_s < 0 ? INT64_MIN / 86400 : INT64_MAX / 86400;
	return floor_divide(left_s, 86400);
}

const struct attempt *
session_planned_attempt(const struct session *s, struct str host, struct str address)
{
	for (size_t i = 0; s->planned_count > 0 && i < s->attempt_count; i++) {
		const struct attempt *t = s->attempts[i];

		if (t->variant == VARIANT_PLANNED && name_eq(t->host, host) &&
			(address.n == 0 || str_eq(t->address, address)))
			return t;
	}
	return NULL;
}
