#include "core/planned.h"

struct planned *
planned_judge(struct arena *a, const struct session *s, const struct judge_options *options)
{
	struct planned *p;

	if (s->planned_count == 0 || s->takes_planned)
		return NULL;
	p = arena_new(a, struct planned);
	session_init(&p->session);
	p->session.takes_planned = true;
	for (size_t i = 0; i < s->event_count; i++)
		session_apply(&p->session, s->events[i]);
	judge(&p->session, options, &p->judgement);
	return p;
}

void
planned_release(struct planned *p)
{
	if (p == NULL)
		return;
	judgement_release(&p->judgement);
	session_release(&p->session);
}

static struct finding
marked(struct arena *a, const struct finding *from)
{
	struct finding f = *from;

	f.effect = EFFECT_NONE;
	f.subject = arena_printf(a, "%.*s (planned)", STR_ARG(from->subject));
	f.means = arena_printf(a, "Planned; were it an MX host today: %.*s", STR_ARG(from->means));
	return f;
}

/* An MX host of today is judged with those already, unless another address was given for it. */
static bool
is_new(const struct session *s, const struct mx_host *host)
{
	for (size_t i = 0; i < s->planned_count; i++) {
		if (name_eq(s->planned[i]->host, host->name))
			return host->preference < 0 || s->planned[i]->address.n > 0;
	}
	return false;
}

struct finding *
planned_findings(struct arena *a, const struct planned *p, size_t *count)
{
	const struct judgement *j = &p->judgement;
	struct finding *list = arena_array(a, j->count + 1, sizeof(struct finding));

	*count = 0;
	for (size_t i = 0; i < j->count; i++) {
		if (j->findings[i].host != NULL && is_new(&p->session, j->findings[i].host))
			list[(*count)++] = marked(a, &j->findings[i]);
	}
	return list;
}

static bool
is_tested(const struct sim_address *at)
{
	return at->trouble != TROUBLE_PENDING && at->trouble != TROUBLE_UNTESTED;
}

/* Where it stands in the list does not matter: each host is decided as if its turn came. */
static void
find_ready(const struct sim_scene *scene, struct planned_host *out)
{
	const struct sim_host *h = &scene->hosts[out->index];
	const struct sim_host_result *r = &out->enforce.hosts[out->index];
	bool is_refused = r->decision == DECISION_SKIP || r->decision == DECISION_UNREACHABLE;
	bool is_unsure = r->decision == DECISION_UNKNOWN;

	for (size_t i = 0; i < h->count; i++) {
		is_refused |= is_tested(&h->addresses[i]) && r->addresses[i] != DECISION_USE &&
			      r->addresses[i] != DECISION_UNKNOWN;
		is_unsure |= r->addresses[i] == DECISION_UNKNOWN;
	}
	out->reason = r->reason;
	out->ready = is_refused ? READY_NO : is_unsure ? READY_UNKNOWN : READY_YES;
}

static void
find_reasons(struct arena *a, const struct judgement *j, struct planned_host *out)
{
	out->also = SIM_WELL;
	if (out->ready == READY_YES)
		return;
	out->reason = sim_host_reason(a, j->scene, out->index, j->outlook->is_listed);
	if (out->reason != SIM_HOST_NOT_LISTED)
		return;
	out->also = sim_host_reason(a, j->scene, out->index, NULL);
	if (sim_reason_is_well(out->also))
		out->also = SIM_WELL;
}

struct planned_host *
planned_hosts(struct arena *a, const struct planned *p, size_t *count)
{
	const struct judgement *j = &p->judgement;
	const struct sim_sender sender = { .is_mode_known = true,
		.mode = POLICY_MODE_ENFORCE,
		.is_listed = j->outlook->is_listed };
	struct planned_host *list = arena_array(a, j->host_count + 1, sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < j->host_count; i++) {
		struct planned_host *out = &list[*count];

		if (!j->hosts[i].host->is_planned)
			continue;
		*out = (struct planned_host){ .host = &j->hosts[i], .index = i };
		simulate(a, j->scene, &sender, false, &out->enforce);
		find_ready(j->scene, out);
		find_reasons(a, j, out);
		++*count;
	}
	return list;
}
