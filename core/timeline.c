#include "core/timeline.h"

#include "core/name.h"

#define MARKS 16

static int64_t
first_sight(const struct cached_policy *c)
{
	return c->event->first_s >= 0 && c->event->first_s < c->fetched_s ? c->event->first_s
									  : c->fetched_s;
}

/* Before the walk nobody looked at the hosts; after it they are taken to stay as they were. */
static void
at_moment(const struct timeline *t, struct timeline_sender *s)
{
	const struct sim_result *now = &s->fresh.now;
	const bool is_over = s->copy.way != CACHE_BY_NOTHING && t->moment_s >= s->copy.until_s;

	s->holds = !is_over;
	if (s->holds)
		now = &s->copy.now;
	s->outcome = now->outcome;
	s->host = now->host;
	/* It may have left the copy behind already, where nobody says when it looks. */
	if (s->holds && s->copy.is_untold && s->fresh.now.outcome != now->outcome) {
		s->outcome = MAIL_UNKNOWN;
		s->host = SIM_NOWHERE;
	}
	if (t->moment_s < t->as_of_s) {
		s->outcome = MAIL_UNKNOWN;
		s->host = SIM_NOWHERE;
	}
}

void
timeline_make(struct arena *a, const struct judgement *j, size_t copy, int64_t moment_s,
	struct timeline *out)
{
	struct sender_outlook all[sender_count];

	*out = (struct timeline){ .copy = &j->outlook->cached[copy], .as_of_s = j->scene->as_of_s };
	out->first_s = first_sight(out->copy->cached);
	out->end_s = out->copy->cached->expires_s;
	out->moment_s = moment_s < out->first_s ? out->first_s
			: moment_s > out->end_s ? out->end_s
						: moment_s;
	senders_make(a, j, all);
	for (size_t i = 0; i < sender_count; i++) {
		struct timeline_sender *s = &out->senders[i];

		s->fresh = all[i];
		sender_with_copy(a, j, &s->fresh, out->copy, &s->copy);
		at_moment(out, s);
	}
}

struct search {
	int64_t from_s, best_s;
	int step;
};

static void
offer(struct search *search, const struct timeline *t, int64_t at_s)
{
	const bool is_ahead = search->step > 0 ? at_s > search->from_s : at_s < search->from_s;
	const bool is_nearer = search->best_s == search->from_s ||
			       (search->step > 0 ? at_s < search->best_s : at_s > search->best_s);

	if (is_ahead && is_nearer && at_s >= t->first_s && at_s <= t->end_s)
		search->best_s = at_s;
}

int64_t
timeline_next(const struct timeline *t, int step)
{
	struct search search = { t->moment_s, t->moment_s, step };
	const int64_t life_s = t->end_s - t->first_s;

	for (int64_t i = 0; i <= MARKS; i++)
		offer(&search, t, t->first_s + life_s / MARKS * i);
	offer(&search, t, t->end_s);
	offer(&search, t, t->as_of_s);
	for (size_t i = 0; i < sender_count; i++) {
		if (t->senders[i].copy.way != CACHE_BY_NOTHING)
			offer(&search, t, t->senders[i].copy.until_s);
	}
	return search.best_s;
}

size_t
timeline_choice(const struct outlook *o)
{
	size_t choice = o->cached_count - 1;

	if (o->worst != NULL && o->worst->is_worse)
		return (size_t)(o->worst - o->cached);
	while (choice > 0 && o->cached[choice].is_published)
		choice--;
	return choice;
}

static void
add_mx(struct timeline_end *out, struct str host, bool is_today, const struct cached_policy *c)
{
	struct timeline_mx *mx = NULL;

	for (size_t i = 0; i < out->mx_count; i++) {
		if (name_eq(out->mx[i].host, host))
			mx = &out->mx[i];
	}
	if (mx == NULL && out->mx_count < TIMELINE_MX_MAX) {
		mx = &out->mx[out->mx_count++];
		*mx = (struct timeline_mx){ .host = host, .is_today = is_today, .until_s = -1 };
	}
	if (mx != NULL && c->expires_s > mx->until_s) {
		mx->until_s = c->expires_s;
		mx->id = c->event->id;
	}
}

/* An enforced copy that lists one host of today, or none: that host, or an old one, must stay. */
static void
find_needed(const struct sim_scene *scene, const struct cached_outlook *c, struct timeline_end *out)
{
	const struct policy *p = &c->cached->policy;
	size_t listed = 0, only = 0;

	if (p->mode != POLICY_MODE_ENFORCE || c->is_listed == NULL)
		return;
	for (size_t i = 0; i < scene->host_count; i++) {
		if (c->is_listed[i] && listed++ == 0)
			only = i;
	}
	if (listed == 1 && scene->host_count > 1)
		add_mx(out, scene->hosts[only].name, true, c->cached);
	for (size_t i = 0; listed == 0 && i < p->mx_count; i++)
		add_mx(out, p->mx[i].text, false, c->cached);
}

void
timeline_end(const struct judgement *j, struct timeline_end *out)
{
	const struct sim_scene *scene = j->scene;
	const struct outlook *o = j->outlook;

	*out = (struct timeline_end){ .removal_s = scene->as_of_s };
	out->is_none = scene->is_policy_usable && scene->mode == POLICY_MODE_NONE;
	out->has_policy = scene->is_policy_usable;
	if (scene->is_policy_usable && !out->is_none)
		out->removal_s += (int64_t)scene->policy->max_age_s;
	for (size_t i = 0; i < o->cached_count; i++) {
		const struct cached_policy *c = o->cached[i].cached;

		find_needed(scene, &o->cached[i], out);
		out->has_policy = true;
		if (c->policy.mode != POLICY_MODE_NONE && c->expires_s > out->removal_s)
			out->removal_s = c->expires_s;
	}
}
