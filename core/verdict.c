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
	return reason == SKIP_BUDGET || reason == SKIP_CANCELLED || reason == SKIP_LOCAL_FAULT ||
	       reason == SKIP_STOPPED;
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
	const struct sim_host *scene = &j->scene->hosts[h - j->hosts];
	const bool is_matched = !h->host->has_match || h->host->match.is_match;

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
			.result_type = sim_result_type(is_matched, &scene->addresses[i]),
			.dane = f->dane,
			.dane_result_type = f->dane_result_type };
		if (f->dane_match != NULL)
			out->addresses[i].dane_matched = f->dane_match->data;
	}
	j->out->addresses += h->count;
	j->out->tested += h->tested;
}

static void
judge_mail(struct judging *j)
{
	struct judgement *out = j->out;

	out->scene = j->scene;
	out->outlook = j->outlook;
	out->has_dane = j->scene->has_dane;
	out->fresh = j->fresh.outcome;
	if (j->fresh.host != SIM_NOWHERE)
		out->mail_host = j->hosts[j->fresh.host].host;
	if (out->has_dane)
		out->dane = j->dane.outcome;
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
