/* State and time of every stage. A stage that failed without a row is inconclusive, never ok. */
#include "core/rules.h"

static enum severity
worst_of(const struct judging *j, enum stage stage)
{
	enum severity worst = SEVERITY_OK;

	for (size_t i = 0; i < j->out->count; i++) {
		const struct finding *f = &j->out->findings[i];

		if (f->stage == stage && f->severity > worst)
			worst = f->severity;
	}
	return worst;
}

static enum state
by_worst(enum severity worst, enum state none)
{
	switch (worst) {
	case SEVERITY_WARNING:
		return STATE_WARN;
	case SEVERITY_INCONCLUSIVE:
		return STATE_INCONCLUSIVE;
	case SEVERITY_ERROR:
		return STATE_FAIL;
	case SEVERITY_OK:
	case SEVERITY_INFO:
		break;
	}
	return none;
}

/* Of a lookup that is not done: waiting, running, or cut off by the end of the walk. */
static enum state
open_state(const struct judging *j, const struct lookup *l)
{
	if (!j->is_running)
		return STATE_INCONCLUSIVE;
	return l == NULL ? STATE_WAITING : STATE_RUNNING;
}

/* The zone or the domain as a whole is at fault, which one row says. */
static bool
is_whole(const struct judging *j)
{
	return j->is_nxdomain || j->is_zone_failing;
}

static enum state
env_state(const struct judging *j)
{
	const struct session *s = j->s;
	const struct lookup *invalid = session_lookup(s, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY);
	const enum state state = by_worst(worst_of(j, STAGE_ENV), STATE_OK);

	if (s->start == NULL)
		return STATE_WAITING;
	if (j->is_running && (!j->is_resolver_known || (invalid != NULL && !invalid->is_done)))
		return STATE_RUNNING;
	if (s->fault_count > 0 && state != STATE_FAIL)
		return STATE_INCONCLUSIVE;
	return state;
}

static enum state
txt_state(const struct judging *j)
{
	const struct lookup *l = j->s->txt_lookup;
	const enum severity worst = worst_of(j, STAGE_TXT);

	if (l == NULL || !l->is_done)
		return open_state(j, l);
	if (j->is_running && l->status != LOOKUP_OK && !j->is_zone_settled)
		return STATE_RUNNING;
	if (worst <= SEVERITY_INFO && is_whole(j))
		return STATE_NOT_REACHED;
	if (worst <= SEVERITY_INFO && lookup_failed(l))
		return STATE_INCONCLUSIVE;
	return by_worst(worst, STATE_OK);
}

/* What becomes of the stages behind a record that leads to no policy. */
static enum state
beyond_txt(const struct judging *j)
{
	const struct lookup *l = j->s->txt_lookup;

	if (l == NULL || !l->is_done)
		return j->is_running ? STATE_WAITING : STATE_INCONCLUSIVE;
	if (is_whole(j))
		return STATE_NOT_REACHED;
	if (lookup_failed(l) && (j->is_dns_broken || lookup_was_cut(j, l)))
		return STATE_INCONCLUSIVE;
	return lookup_is_negative(l) || j->s->txt.verdict == TXT_VERDICT_NONE ? STATE_SKIPPED
									      : STATE_NOT_REACHED;
}

static enum state
https_state(const struct judging *j)
{
	const enum severity worst = worst_of(j, STAGE_HTTPS);

	if (j->is_running && !j->is_fetch_settled)
		return j->s->policy_a != NULL ? STATE_RUNNING : STATE_WAITING;
	if (!j->is_txt_usable)
		return beyond_txt(j);
	if (!j->is_fetch_ok && worst < SEVERITY_INCONCLUSIVE)
		return STATE_INCONCLUSIVE;
	return by_worst(worst, STATE_OK);
}

static enum state
policy_state(const struct judging *j)
{
	const enum severity worst = worst_of(j, STAGE_POLICY);

	if (j->s->rehearsed != NULL)
		return by_worst(worst, STATE_OK);
	if (j->is_running && !j->is_fetch_settled)
		return STATE_WAITING;
	if (!j->is_txt_usable)
		return beyond_txt(j);
	if (!j->is_fetch_ok)
		return j->is_fetch_unsure ? STATE_INCONCLUSIVE : STATE_NOT_REACHED;
	/* A web page in place of the policy is told one stage earlier. */
	if (!j->is_policy_usable && worst < SEVERITY_INCONCLUSIVE)
		return worst_of(j, STAGE_HTTPS) == SEVERITY_ERROR ? STATE_NOT_REACHED
								  : STATE_INCONCLUSIVE;
	return by_worst(worst, STATE_OK);
}

static bool
has_unknown_host(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		if (j->out->hosts[i].state == STATE_INCONCLUSIVE)
			return true;
	}
	return false;
}

static enum state
mx_state(const struct judging *j)
{
	const struct lookup *l = j->s->mx_lookup;
	const enum severity worst = worst_of(j, STAGE_MX);

	if (l == NULL || !l->is_done)
		return open_state(j, l);
	if (j->is_running && (!j->are_hosts_settled || (j->host_count > 0 && !j->is_mode_known)))
		return STATE_RUNNING;
	if (worst == SEVERITY_ERROR)
		return STATE_FAIL;
	if (j->out->fresh == MAIL_UNKNOWN || has_unknown_host(j))
		return STATE_INCONCLUSIVE;
	if (lookup_failed(l) && worst <= SEVERITY_INFO)
		return j->is_running && !j->is_zone_settled ? STATE_RUNNING : STATE_INCONCLUSIVE;
	return by_worst(worst, STATE_OK);
}

static enum state
tlsrpt_state(const struct judging *j)
{
	const struct lookup *l = j->s->tlsrpt_lookup;
	const enum severity worst = worst_of(j, STAGE_TLSRPT);

	if (l == NULL || !l->is_done)
		return open_state(j, l);
	if (worst <= SEVERITY_INFO && is_whole(j))
		return STATE_NOT_REACHED;
	if (worst <= SEVERITY_INFO && lookup_failed(l))
		return j->is_running && !j->is_zone_settled ? STATE_RUNNING : STATE_INCONCLUSIVE;
	return by_worst(worst, STATE_OK);
}

struct span_us {
	int64_t from, to; /* -1 while unknown */
	size_t round; /* that it is of */
};

/* Of the last round that looked at it: what lies between two rounds took nobody's time. */
static void
span_add(const struct judging *j, struct span_us *span, int64_t from, int64_t to)
{
	const size_t round = session_round_at(j->s, from);

	if (from < 0 || (span->from >= 0 && round < span->round))
		return;
	if (round > span->round)
		*span = (struct span_us){ -1, -1, round };
	if (span->from < 0 || from < span->from)
		span->from = from;
	if (to > span->to)
		span->to = to;
}

/* What is still open lasts until now. */
static void
span_lookup(const struct judging *j, struct span_us *span, const struct lookup *l)
{
	if (l != NULL)
		span_add(j, span, l->start_us, l->is_done ? l->end_us : j->s->last_us);
}

static void
span_attempt(const struct judging *j, struct span_us *span, const struct attempt *t)
{
	int64_t end_us = t->is_ended ? t->end_us : j->s->last_us;

	/* What follows TLS in an SMTP dialogue holds no verdict up. */
	if (t->role == ATTEMPT_SMTP && t->tls.is_judged)
		end_us = t->tls.judged_us;
	if (t->role == ATTEMPT_HTTPS && t->http != NULL)
		end_us = t->http_us;
	span_add(j, span, t->start_us, end_us);
}

static int64_t
span_length(const struct span_us *span)
{
	return span->from < 0 ? -1 : elapsed(span->from, span->to);
}

static int64_t
mx_time(const struct judging *j)
{
	struct span_us span = { -1, -1, 0 };

	span_lookup(j, &span, j->s->mx_lookup);
	for (size_t i = 0; i < j->host_count; i++) {
		const struct mx_host *host = j->hosts[i].host;

		span_lookup(j, &span, host->a);
		span_lookup(j, &span, host->aaaa);
		span_lookup(j, &span, host->tlsa);
		for (size_t k = 0; k < host->address_count; k++)
			span_attempt(j, &span, host->addresses[k]);
	}
	return span_length(&span);
}

static int64_t
https_time(const struct judging *j)
{
	struct span_us span = { -1, -1, 0 };

	span_lookup(j, &span, j->s->policy_a);
	span_lookup(j, &span, j->s->policy_aaaa);
	for (size_t i = 0; i < j->s->https_count; i++)
		span_attempt(j, &span, j->s->https[i]);
	return span_length(&span);
}

static int64_t
lookup_time(const struct judging *j, const struct lookup *a, const struct lookup *b)
{
	struct span_us span = { -1, -1, 0 };

	span_lookup(j, &span, a);
	span_lookup(j, &span, b);
	return span_length(&span);
}

static void
judge_times(struct judging *j)
{
	const struct session *s = j->s;
	int64_t *us = j->out->stage_us;

	us[STAGE_ENV] = lookup_time(j, session_lookup(s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY),
		session_lookup(s, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY));
	if (us[STAGE_ENV] < 0 && s->start != NULL)
		us[STAGE_ENV] = 0;
	us[STAGE_TXT] = lookup_time(j, s->txt_lookup, NULL);
	us[STAGE_HTTPS] = https_time(j);
	us[STAGE_POLICY] = s->has_policy ? 0 : -1;
	us[STAGE_MX] = mx_time(j);
	us[STAGE_TLSRPT] = lookup_time(j, s->tlsrpt_lookup, NULL);
	us[STAGE_VERDICT] = j->out->is_final ? 0 : -1;
}

void
judge_stages(struct judging *j)
{
	enum state *stages = j->out->stages;

	stages[STAGE_ENV] = env_state(j);
	stages[STAGE_TXT] = txt_state(j);
	stages[STAGE_HTTPS] = https_state(j);
	stages[STAGE_POLICY] = policy_state(j);
	stages[STAGE_MX] = mx_state(j);
	stages[STAGE_TLSRPT] = tlsrpt_state(j);
	stages[STAGE_VERDICT] = STATE_WAITING;
	judge_times(j);
}
