#include "core/outlook.h"

int
outcome_badness(enum mail_outcome outcome)
{
	static const int ranks[] = {
		[MAIL_NOT_KNOWN_YET] = 0,
		[MAIL_DELIVERED_VALIDATED] = 1,
		[MAIL_DELIVERED_UNVALIDATED] = 2,
		[MAIL_UNKNOWN] = 3,
		[MAIL_DEFERRED] = 4,
		[MAIL_UNDELIVERABLE] = 5,
	};

	return ranks[outcome];
}

bool
outcome_is_worse(enum mail_outcome with, enum mail_outcome without)
{
	return outcome_badness(with) > outcome_badness(without) &&
	       outcome_badness(with) > outcome_badness(MAIL_DELIVERED_UNVALIDATED);
}

static bool
is_delivered(enum decision d)
{
	return d == DECISION_USE || d == DECISION_USE_UNVALIDATED;
}

/* Of an address that does not answer nobody knows what certificate it will show when it does. */
static bool
is_tested(const struct sim_host *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const enum trouble t = h->addresses[i].trouble;

		if (t == TROUBLE_PENDING || t == TROUBLE_UNTESTED || t == TROUBLE_CONN)
			return false;
	}
	return h->count > 0 || h->is_dead;
}

static size_t
count_decision(const struct sim_host *h, const struct sim_host_result *r, enum decision d)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += r->addresses[i] == d ? 1 : 0;
	return n;
}

/* Every address of every MX host was tested, and none would be refused. */
static void
find_ready(struct outlook *o)
{
	const struct sim_scene *scene = o->scene;
	const struct sim_result *enforce = &o->modes[POLICY_MODE_ENFORCE];
	bool is_refused = false, is_unsure = scene->host_count == 0;

	o->ready = READY_UNKNOWN;
	if (!o->has_patterns || (scene->mx != SIM_MX_IS_LIST && scene->mx != SIM_MX_IS_IMPLICIT))
		return;
	for (size_t i = 0; i < scene->host_count; i++) {
		const struct sim_host *h = &scene->hosts[i];
		const struct sim_host_result *r = &enforce->hosts[i];
		const size_t skipped = count_decision(h, r, DECISION_SKIP);

		is_refused |= r->decision == DECISION_SKIP || skipped > 0;
		is_unsure |= !is_tested(h) || r->decision == DECISION_UNKNOWN ||
			     count_decision(h, r, DECISION_UNKNOWN) > 0;
		if (!is_delivered(o->modes[POLICY_MODE_NONE].hosts[i].decision))
			continue;
		o->lost += r->decision == DECISION_SKIP ? 1 : 0;
		o->partly += is_delivered(r->decision) && skipped > 0 ? 1 : 0;
	}
	if (is_refused || (!scene->is_policy_usable && scene->is_mode_known))
		o->ready = READY_NO;
	else if (!is_unsure && scene->is_mode_known)
		o->ready = READY_YES;
}

static void
find_modes(struct arena *a, struct outlook *o, bool wants_steps)
{
	const struct sim_scene *scene = o->scene;
	struct sim_sender sender = { .is_mode_known = true };

	if (o->has_patterns)
		o->is_listed = sim_listed(
			a, scene, scene->policy->mx, scene->policy->mx_count, false);
	sender.is_listed = o->is_listed;
	for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
		sender.mode = (enum policy_mode)mode;
		if (mode == POLICY_MODE_NONE || o->has_patterns)
			simulate(a, scene, &sender, wants_steps, &o->modes[mode]);
	}
}

/* RFC 8461 sections 3.3 and 5.1: a policy is looked for again when the id of the record differs. */
static void
find_healing(const struct outlook *o, struct cached_outlook *c)
{
	const struct sim_scene *scene = o->scene;
	const bool is_fetchable = scene->is_txt_usable && scene->is_fetch_ok &&
				  scene->is_policy_usable;

	c->heals_s = -1;
	if (!c->is_worse)
		return;
	c->heals_by_txt = is_fetchable && !str_eq(scene->id, c->cached->event->id);
	c->heals_s = c->cached->expires_s;
	if (c->heals_by_txt && scene->txt_ttl_s >= 0 &&
		scene->as_of_s + scene->txt_ttl_s < c->heals_s)
		c->heals_s = scene->as_of_s + scene->txt_ttl_s;
}

static void
find_cached(struct arena *a, const struct session *s, struct outlook *o, bool wants_steps)
{
	const enum mail_outcome fresh = outlook_now(o)->outcome;

	o->cached_count = s->cached_count;
	o->cached = arena_array(a, s->cached_count + 1, sizeof(struct cached_outlook));
	for (size_t i = 0; i < s->cached_count; i++) {
		struct cached_outlook *c = &o->cached[i];
		struct sim_sender sender = { .is_mode_known = true };

		c->cached = &s->cached[i];
		c->is_published = o->scene->is_policy_usable &&
				  str_eq(c->cached->policy.body, o->scene->policy->body);
		sender.mode = c->cached->policy.mode;
		if (c->cached->policy.mx_count > 0)
			c->is_listed = sim_listed(a, o->scene, c->cached->policy.mx,
				c->cached->policy.mx_count, false);
		sender.is_listed = c->is_listed;
		simulate(a, o->scene, &sender, wants_steps, &c->now);
		c->is_worse = outcome_is_worse(c->now.outcome, fresh);
		find_healing(o, c);
		if (o->worst == NULL ||
			outcome_badness(c->now.outcome) > outcome_badness(o->worst->now.outcome))
			o->worst = c;
	}
}

const struct sim_result *
outlook_now(const struct outlook *o)
{
	const enum policy_mode mode = o->scene->mode;

	return &o->modes[o->has_patterns && mode >= POLICY_MODE_NONE ? mode : POLICY_MODE_NONE];
}

void
outlook_make(struct arena *a, const struct session *s, const struct sim_scene *scene,
	bool wants_steps, struct outlook *out)
{
	*out = (struct outlook){ .scene = scene };
	out->has_patterns = scene->policy != NULL && scene->policy->mx_count > 0;
	find_modes(a, out, wants_steps);
	find_ready(out);
	find_cached(a, s, out, wants_steps);
}

bool
sim_reason_is_well(enum sim_reason r)
{
	return r == SIM_VALIDATED || r == SIM_WELL || r == SIM_UNCHECKED || r == SIM_DANE_MATCHES;
}

struct str
sim_step_text(struct arena *a, const struct sim_scene *scene, const struct sim_step *s)
{
	static const char *const decisions[] = {
		[DECISION_USE] = "use: ",
		[DECISION_USE_UNVALIDATED] = "use: ",
		[DECISION_SKIP] = "passed over: ",
		[DECISION_UNREACHABLE] = "unreachable: ",
		[DECISION_UNKNOWN] = "not known: ",
	};
	struct str host = STR_EMPTY, address = STR_EMPTY;

	if (s->host != SIM_NOWHERE)
		host = scene->hosts[s->host].name;
	if (s->address != SIM_NOWHERE)
		address = scene->hosts[s->host].addresses[s->address].text;
	return arena_printf(a, "%.*s%s%.*s%s%s%s (%s)", STR_ARG(host), address.n > 0 ? " " : "",
		STR_ARG(address), host.n > 0 ? ": " : "",
		s->has_decision ? decisions[s->decision] : "", sim_reason_words(s->reason),
		sim_reason_rfc(s->reason));
}

const struct sim_scene *
sim_scene_without(struct arena *a, const struct sim_scene *scene, const bool *is_down)
{
	struct sim_scene *copy = sim_scene_copy(a, scene);

	for (size_t i = 0; i < copy->host_count; i++) {
		struct sim_host *h = &copy->hosts[i];

		for (size_t k = 0; is_down[i] && k < h->count; k++)
			h->addresses[k].trouble = TROUBLE_CONN;
		for (size_t k = 0; is_down[i] && k < h->count; k++)
			h->addresses[k].is_unsure = false;
	}
	return copy;
}

enum sim_reason
sim_host_reason(struct arena *a, const struct sim_scene *scene, size_t index, const bool *is_listed)
{
	const struct sim_sender sender = {
		.is_mode_known = true, .mode = POLICY_MODE_ENFORCE, .is_listed = is_listed
	};
	const struct sim_host *h = &scene->hosts[index];
	struct sim_scene *one = sim_scene_copy(a, scene);
	enum sim_reason reason;
	struct sim_result r;

	simulate(a, scene, &sender, false, &r);
	reason = r.hosts[index].reason;
	for (size_t i = 0; sim_reason_is_well(reason) && i < h->count; i++) {
		one->hosts[index].addresses = &h->addresses[i];
		one->hosts[index].count = 1;
		simulate(a, one, &sender, false, &r);
		reason = r.hosts[index].reason;
	}
	return reason;
}
