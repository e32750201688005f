/* What happens to the mail, and how the stages, hosts and addresses stand. */
#include "core/rules.h"

static enum state
severity_state(enum severity severity)
{
	switch (severity) {
	case SEVERITY_OK:
	case SEVERITY_INFO:
		return STATE_OK;
	case SEVERITY_WARNING:
		return STATE_WARN;
	case SEVERITY_INCONCLUSIVE:
		return STATE_INCONCLUSIVE;
	case SEVERITY_ERROR:
		return STATE_FAIL;
	}
	return STATE_INCONCLUSIVE;
}

static bool
is_out_of_time(enum skip_reason reason)
{
	return reason == SKIP_BUDGET || reason == SKIP_CANCELLED || reason == SKIP_LOCAL_FAULT;
}

static enum state
address_state(const struct judging *j, const struct address_facts *f)
{
	if (f->attempt->skip != SKIP_NONE)
		return is_out_of_time(f->attempt->skip) ? STATE_INCONCLUSIVE : STATE_SKIPPED;
	if (j->is_running && !f->is_settled)
		return STATE_RUNNING;
	if (f->trouble == TROUBLE_UNTESTED || f->is_unsure)
		return STATE_INCONCLUSIVE;
	if (f->worst > SEVERITY_INFO)
		return severity_state(f->worst);
	/* Whether a fault counts is told by the policy, which is still on its way. */
	if (j->is_running && !j->is_mode_known && f->trouble > TROUBLE_CONN)
		return STATE_WAITING;
	return f->trouble == TROUBLE_CONN ? STATE_WARN : STATE_OK;
}

/* RFC 8460 4.3: the first that fails of pattern, STARTTLS, handshake and certificate. */
static const char *
address_result(const struct host_facts *h, const struct address_facts *f)
{
	if (h->host->has_match && !h->host->match.is_match)
		return "validation-failure";
	switch (f->trouble) {
	case TROUBLE_PENDING:
	case TROUBLE_UNTESTED:
	case TROUBLE_NONE:
	case TROUBLE_CONN:
		return NULL;
	case TROUBLE_STARTTLS:
		return "starttls-not-supported";
	case TROUBLE_HANDSHAKE:
		return "validation-failure";
	case TROUBLE_CERT:
		break;
	}
	/* In the order of RFC 8461 section 4.2. */
	if (f->cert.is_expired)
		return "certificate-expired";
	if (f->cert.trust != TRUST_OK || f->cert.is_early || !f->cert.is_judged)
		return "certificate-not-trusted";
	return "certificate-host-mismatch";
}

static enum state
host_state(const struct judging *j, const struct host_facts *h)
{
	size_t skipped = 0;

	for (size_t i = 0; i < h->count; i++) {
		if (j->is_running && !h->is_settled && h->addresses[i].attempt->is_started)
			return STATE_RUNNING;
		skipped += h->addresses[i].attempt->skip != SKIP_NONE &&
					   !is_out_of_time(h->addresses[i].attempt->skip)
				   ? 1
				   : 0;
	}
	if (j->is_running && !h->is_settled)
		return h->host->a != NULL ? STATE_RUNNING : STATE_WAITING;
	if (j->is_running && !j->is_mode_known && h->decision == DECISION_UNKNOWN)
		return STATE_WAITING;
	if (h->worst == SEVERITY_ERROR)
		return STATE_FAIL;
	if (h->decision == DECISION_SKIP)
		return STATE_FAIL;
	if (h->host->is_left_out || (h->count > 0 && skipped == h->count))
		return h->worst > SEVERITY_INFO ? severity_state(h->worst) : STATE_SKIPPED;
	if (h->worst > SEVERITY_INFO)
		return severity_state(h->worst);
	if (h->decision == DECISION_UNKNOWN)
		return STATE_INCONCLUSIVE;
	if (h->decision == DECISION_UNREACHABLE ||
		(!h->is_listed && j->mode == POLICY_MODE_TESTING))
		return STATE_WARN;
	return STATE_OK;
}

static void
judge_host(const struct judging *j, const struct host_facts *h, struct host_judgement *out)
{
	out->host = h->host;
	out->decision = h->decision;
	out->state = host_state(j, h);
	out->address_count = h->count;
	out->addresses = arena_array(j->a, h->count + 1, sizeof(struct address_judgement));
	for (size_t i = 0; i < h->count; i++) {
		const struct address_facts *f = &h->addresses[i];

		out->addresses[i] = (struct address_judgement){ .attempt = f->attempt,
			.state = address_state(j, f),
			.decision = f->decision,
			.result_type = address_result(h, f),
			.dane = f->dane,
			.dane_result_type = f->dane_result_type };
		if (f->dane_match != NULL)
			out->addresses[i].dane_matched = f->dane_match->data;
		if (f->dane != DANE_NOT_JUDGED && f->dane != DANE_NONE && f->dane != DANE_INSECURE)
			j->out->has_dane = true;
	}
	j->out->addresses += h->count;
	j->out->tested += h->tested;
}

/* Before any host: whether there is a place to deliver to (RFC 5321 5.1, RFC 7505 section 3). */
static bool
outcome_without_hosts(const struct judging *j, enum mail_outcome *out)
{
	const struct session *s = j->s;
	const struct lookup *mx = s->mx_lookup;

	*out = j->is_running ? MAIL_NOT_KNOWN_YET : MAIL_UNKNOWN;
	if (mx == NULL || !mx->is_done)
		return true;
	if (s->is_null_mx) {
		*out = MAIL_UNDELIVERABLE;
		return true;
	}
	if (mx->status == LOOKUP_NXDOMAIN) {
		*out = j->is_nxdomain ? MAIL_UNDELIVERABLE : MAIL_UNKNOWN;
		return true;
	}
	if (lookup_failed(mx)) {
		if (!j->is_resolver_known)
			return true;
		*out = j->is_dns_broken || lookup_was_cut(j, mx) ? MAIL_UNKNOWN : MAIL_DEFERRED;
		return true;
	}
	if (j->host_count > 0)
		return false;
	/* NODATA and no address of the domain: the row says so when both are answered. */
	for (size_t i = 0; i < j->out->count; i++) {
		if (j->out->findings[i].type->id == FINDING_MX_NONE)
			*out = j->is_dns_rewriting ? MAIL_UNKNOWN : MAIL_UNDELIVERABLE;
	}
	return true;
}

/* The first host that works gets the mail; while a better one is open nothing is said. */
static enum mail_outcome
outcome_of(const struct judging *j, bool is_dane, const struct mx_host **host)
{
	enum mail_outcome outcome;
	bool has_unknown = false;

	if (outcome_without_hosts(j, &outcome))
		return outcome;
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];
		const enum decision d = is_dane ? h->dane_decision : h->decision;

		if (d == DECISION_USE || d == DECISION_USE_UNVALIDATED) {
			*host = h->host;
			return d == DECISION_USE ? MAIL_DELIVERED_VALIDATED
						 : MAIL_DELIVERED_UNVALIDATED;
		}
		if (d != DECISION_UNKNOWN)
			continue;
		has_unknown = true;
		if (j->is_running && (!h->is_settled || !j->is_mode_known))
			return MAIL_NOT_KNOWN_YET;
	}
	return has_unknown ? MAIL_UNKNOWN : MAIL_DEFERRED;
}

static void
judge_mail(struct judging *j)
{
	const struct mx_host *dane_host = NULL;

	j->out->fresh = outcome_of(j, false, &j->out->mail_host);
	if (j->out->has_dane)
		j->out->dane = outcome_of(j, true, &dane_host);
}

static void
judge_exit(struct judging *j)
{
	struct judgement *out = j->out;
	bool is_inconclusive = out->counts[SEVERITY_INCONCLUSIVE] > 0;

	for (int i = 0; i < stage_count; i++)
		is_inconclusive |= out->stages[i] == STATE_INCONCLUSIVE;
	if (out->counts[SEVERITY_ERROR] > 0) {
		out->severity = SEVERITY_ERROR;
		out->exit = 2;
	} else if (is_inconclusive) {
		out->severity = SEVERITY_INCONCLUSIVE;
		out->exit = 3;
	} else if (out->counts[SEVERITY_WARNING] > 0) {
		out->severity = SEVERITY_WARNING;
		out->exit = 1;
	}
	if (out->is_final)
		out->stages[STAGE_VERDICT] = severity_state(out->severity);
}

void
judge_verdict(struct judging *j)
{
	struct judgement *out = j->out;

	out->is_final = j->s->is_ended;
	out->host_count = j->host_count;
	out->hosts = arena_array(j->a, j->host_count + 1, sizeof(struct host_judgement));
	for (size_t i = 0; i < j->host_count; i++)
		judge_host(j, &j->hosts[i], &out->hosts[i]);
	judge_mail(j);
	judge_stages(j);
	judge_exit(j);
	judge_words(j);
}
