/* What is known of every MX host and address, and what a sender decides about it. */
#include "core/dane.h"
#include "core/rules.h"

/* An SMTP server that knows no EHLO knows no STARTTLS either (RFC 5321 4.2.4). */
static bool
is_no_esmtp(const struct smtp_step_seen *ehlo)
{
	return ehlo->outcome == OUTCOME_REPLY &&
	       (ehlo->code == 500 || ehlo->code == 501 || ehlo->code == 502 || ehlo->code == 504);
}

static enum trouble
dialogue_trouble(const struct attempt *t)
{
	const struct smtp_step_seen *banner = &t->steps[SMTP_BANNER];
	const struct smtp_step_seen *ehlo = &t->steps[SMTP_EHLO];
	const struct smtp_step_seen *starttls = &t->steps[SMTP_STARTTLS];
	const enum trouble open = t->is_ended ? TROUBLE_CONN : TROUBLE_PENDING;

	if (!banner->is_done || banner->outcome != OUTCOME_OK)
		return banner->is_done ? TROUBLE_CONN : open;
	if (!ehlo->is_done)
		return open;
	if (ehlo->outcome != OUTCOME_OK)
		return is_no_esmtp(ehlo) ? TROUBLE_STARTTLS : TROUBLE_CONN;
	if (!t->ehlo.has_starttls)
		return TROUBLE_STARTTLS;
	if (!starttls->is_done)
		return open;
	if (starttls->outcome == OUTCOME_OK)
		return TROUBLE_NONE;
	if (starttls->outcome == OUTCOME_REPLY || starttls->outcome == OUTCOME_NOT_OFFERED)
		return TROUBLE_STARTTLS;
	return TROUBLE_CONN;
}

static enum trouble
tls_trouble(const struct attempt *t)
{
	if (attempt_tls_is_ok(t))
		return TROUBLE_NONE;
	if (t->tls.is_done && t->tls.done->outcome != OUTCOME_OK)
		return TROUBLE_HANDSHAKE;
	if (!t->tls.is_judged && !t->is_ended)
		return TROUBLE_PENDING;
	return t->tls.is_done ? TROUBLE_CERT : TROUBLE_HANDSHAKE;
}

/* A step that our side ended, whether or not the attempt is told to be over. */
static bool
has_cut_step(const struct attempt *t)
{
	for (size_t i = SMTP_BANNER; i <= SMTP_STARTTLS; i++) {
		if (t->steps[i].is_done && outcome_was_cut(t->steps[i].outcome))
			return true;
	}
	return t->tls.is_done && outcome_was_cut(t->tls.done->outcome);
}

static enum trouble
smtp_trouble(const struct attempt *t)
{
	enum trouble trouble;

	if (t->skip != SKIP_NONE || attempt_was_cut(t) || has_cut_step(t))
		return TROUBLE_UNTESTED;
	if (t->connect == NULL)
		return t->is_ended ? TROUBLE_UNTESTED : TROUBLE_PENDING;
	if (t->connect->outcome != OUTCOME_OK)
		return TROUBLE_CONN;
	trouble = dialogue_trouble(t);
	return trouble == TROUBLE_NONE ? tls_trouble(t) : trouble;
}

static bool
quotes_address(struct str text, struct str address)
{
	while (address.n > 0 && text.n >= address.n) {
		const size_t at = str_find_str(text, address);
		char before, after;

		if (at == text.n)
			return false;
		before = at > 0 ? text.p[at - 1] : ' ';
		after = at + address.n < text.n ? text.p[at + address.n] : ' ';
		if (!ascii_is_alnum(before) && before != ':' && before != '.' &&
			!ascii_is_alnum(after) && after != ':')
			return true;
		text = str_skip(text, at + 1);
	}
	return false;
}

bool
attempt_is_refused_for_us(const struct attempt *t)
{
	bool is_refused = false;

	for (size_t i = SMTP_BANNER; i <= SMTP_STARTTLS; i++) {
		const struct smtp_step_seen *step = &t->steps[i];

		if (step->is_done && step->outcome == OUTCOME_REPLY && step->code >= 500)
			is_refused = true;
	}
	for (size_t i = 0; is_refused && i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];

		if (line->from == SPEAKER_SERVER && str_starts(line->text, STR("5")) &&
			quotes_address(line->text, source_address(t->connect->source)))
			return true;
	}
	return false;
}

/* The TLSA records of a host: what can be said before any address is looked at. */
static enum dane_verdict
tlsa_state(const struct judging *j, const struct mx_host *host)
{
	const struct lookup *l = host->tlsa;
	const bool is_address_secure = (host->a != NULL && host->a->status == LOOKUP_OK &&
					       host->a->answer->is_ad) ||
				       (host->aaaa != NULL && host->aaaa->status == LOOKUP_OK &&
					       host->aaaa->answer->is_ad);

	if (!j->is_ad_usable || l == NULL || !l->is_done || lookup_was_cut(j, l))
		return DANE_NOT_JUDGED;
	if (lookup_is_negative(l) || (l->status == LOOKUP_OK && l->count == 0))
		return DANE_NONE;
	/* RFC 7672 section 2.1: a failed lookup counts where the addresses are signed. */
	if (lookup_failed(l)) {
		if (j->is_dns_broken)
			return DANE_NOT_JUDGED;
		return is_address_secure ? DANE_LOOKUP_FAILED : DANE_NONE;
	}
	return l->answer->is_ad ? DANE_OK : DANE_INSECURE;
}

static void
judge_dane(const struct judging *j, const struct mx_host *host, struct address_facts *f)
{
	bool has_usable = false;

	f->dane = tlsa_state(j, host);
	if (f->dane == DANE_LOOKUP_FAILED)
		f->dane_result_type = "dnssec-invalid";
	if (f->dane != DANE_OK)
		return;
	if (f->trouble == TROUBLE_STARTTLS || f->trouble == TROUBLE_HANDSHAKE) {
		f->dane = DANE_FAIL; /* RFC 7672 section 2.2: TLS is mandatory */
		f->dane_result_type = "starttls-not-supported";
		return;
	}
	if (f->trouble != TROUBLE_NONE && f->trouble != TROUBLE_CERT) {
		f->dane = DANE_NOT_JUDGED;
		return;
	}
	for (size_t i = 0; i < host->tlsa->count && f->dane_match == NULL; i++) {
		struct tlsa record;

		tlsa_parse(host->tlsa->records[i]->data, &record);
		has_usable |= record.is_usable;
		if (record.is_usable && tlsa_matches(&record, &f->attempt->tls, j->as_of_s))
			f->dane_match = host->tlsa->records[i];
	}
	if (!has_usable) {
		f->dane = DANE_UNUSABLE;
	} else if (f->dane_match == NULL) {
		f->dane = DANE_FAIL;
		f->dane_result_type = "tlsa-invalid";
	}
}

static void
judge_address(const struct judging *j, const struct attempt *t, struct address_facts *f)
{
	f->attempt = t;
	f->trouble = smtp_trouble(t);
	f->is_settled = t->skip != SKIP_NONE || t->is_ended || t->tls.is_judged || !j->is_running;
	if (!j->is_running && f->trouble == TROUBLE_PENDING)
		f->trouble = TROUBLE_UNTESTED;
	f->cert = cert_faults(&t->tls, j->as_of_s);
	if (j->awaits_controls && f->trouble != TROUBLE_UNTESTED) {
		f->trouble = TROUBLE_PENDING;
		f->is_settled = false;
	}
	/* Whatever was seen, it was not this host that was talked to. */
	if (j->is_port25_blocked || j->is_port25_intercepted || attempt_is_invented(j, t))
		f->trouble = TROUBLE_UNTESTED;
	f->is_blocklisted = t->connect != NULL && attempt_is_refused_for_us(t);
	f->is_unsure = f->trouble == TROUBLE_CERT && cert_is_unsure(j, &f->cert, false);
}

static bool
host_is_settled(const struct judging *j, const struct host_facts *h)
{
	const struct mx_host *host = h->host;
	size_t expected;

	if (!j->is_running || host->is_left_out)
		return true;
	if (host->a == NULL || !host->a->is_done || host->aaaa == NULL || !host->aaaa->is_done)
		return false;
	if (j->is_ad_usable && host->tlsa != NULL && !host->tlsa->is_done)
		return false;
	expected = host->a->count + host->aaaa->count;
	if (h->count < expected)
		return false;
	return h->settled == h->count;
}

static void
judge_host(const struct judging *j, const struct mx_host *host, struct host_facts *h)
{
	h->host = host;
	h->count = host->address_count;
	h->addresses = arena_array(j->a, h->count + 1, sizeof(struct address_facts));
	h->is_listed = !j->is_policy_usable || !host->has_match || host->match.is_match;
	h->has_address = (host->a != NULL && host->a->count > 0) ||
			 (host->aaaa != NULL && host->aaaa->count > 0) || h->count > 0;
	h->is_lookup_failing = !h->has_address &&
			       (lookup_failed(host->a) || lookup_failed(host->aaaa));
	for (size_t i = 0; i < h->count; i++) {
		struct address_facts *f = &h->addresses[i];

		judge_address(j, host->addresses[i], f);
		judge_dane(j, host, f);
		h->settled += f->is_settled ? 1 : 0;
		h->tested += attempt_is_tested(f->attempt) && f->is_settled &&
					     !j->is_port25_blocked && !j->is_port25_intercepted &&
					     !attempt_is_invented(j, f->attempt)
				     ? 1
				     : 0;
		h->is_good |= f->trouble == TROUBLE_NONE && h->is_listed;
	}
	h->is_settled = host_is_settled(j, h);
}

/* Every host has tested addresses, and all of them refuse our own address. */
static bool
blocklist_explains_all(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		if (h->tested == 0)
			return false;
		for (size_t k = 0; k < h->count; k++) {
			if (attempt_is_tested(h->addresses[k].attempt) &&
				!h->addresses[k].is_blocklisted)
				return false;
		}
	}
	return j->host_count > 0;
}

bool
hosts_refuse(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		for (size_t k = 0; k < h->count; k++) {
			const struct smtp_step_seen *banner = &h->addresses[k]
								       .attempt->steps[SMTP_BANNER];

			if (!banner->is_done || banner->code < 400)
				return false;
		}
		if (h->count == 0)
			return false;
	}
	return j->host_count > 0;
}

void
judge_hosts(struct judging *j)
{
	const struct lookup *mx = j->s->mx_lookup;

	j->host_count = j->s->host_count;
	j->hosts = arena_array(j->a, j->host_count + 1, sizeof(struct host_facts));
	j->are_hosts_settled = !j->is_running || (mx != NULL && mx->is_done);
	for (size_t i = 0; i < j->host_count; i++) {
		judge_host(j, j->s->hosts[i], &j->hosts[i]);
		j->are_hosts_settled &= j->hosts[i].is_settled;
	}
	j->is_blocklisted = blocklist_explains_all(j);
	judge_decisions(j);
}
