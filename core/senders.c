#include "core/senders.h"

static const struct sender_type types[] = {
#define READ BASIS_READ
#define VENDOR BASIS_VENDOR
#define SENDER(constant, id, name, version, basis) { id, name, version, basis },
#define HABIT(sender, point, effect, note)
#define CACHE(sender, look, refresh_s, most_s)
#include "core/senders.def"
#undef SENDER
#undef HABIT
#undef CACHE
#undef READ
#undef VENDOR
};

static const struct habit habits[] = {
#define SENDER(constant, id, name, version, basis)
#define HABIT(sender, point, effect, note) { SENDER_##sender, point, HABIT_##effect, note },
#define CACHE(sender, look, refresh_s, most_s)
#include "core/senders.def"
#undef SENDER
#undef HABIT
#undef CACHE
};
#define HABITS (sizeof(habits) / sizeof(habits[0]))

static const struct {
	enum cache_look look;
	int64_t refresh_s, most_s; /* 0: never, max_age */
} caches[sender_count] = {
#define SENDER(constant, id, name, version, basis)
#define HABIT(sender, point, effect, note)
#define CACHE(sender, look, refresh_s, most_s) \
	[SENDER_##sender] = { CACHE_##look, refresh_s, most_s },
#include "core/senders.def"
#undef SENDER
#undef HABIT
#undef CACHE
};

const struct sender_type *
sender_type(enum sender_id id)
{
	return &types[id];
}

const struct sender_type *
sender_by_name(struct str id)
{
	for (size_t i = 0; i < sender_count; i++) {
		if (str_is_nocase(id, types[i].id))
			return &types[i];
	}
	return NULL;
}

const struct habit *
sender_habits(size_t *count)
{
	*count = HABITS;
	return habits;
}

const char *
habit_effect_name(enum habit_effect effect)
{
	static const char *const names[] = {
		[HABIT_NOTE] = "note",
		[HABIT_REFUSES] = "refuses",
		[HABIT_ACCEPTS] = "accepts",
		[HABIT_DEFERS] = "defers",
		[HABIT_RETURNS] = "returns",
		[HABIT_DEEP] = "deep",
		[HABIT_UNCHECKED] = "unchecked",
		[HABIT_OVERRIDES] = "overrides",
		[HABIT_MATCHES] = "matches",
		[HABIT_UNDOCUMENTED] = "undocumented",
	};

	return names[effect];
}

struct str
sender_basis_text(struct arena *a, const struct sender_type *type)
{
	if (type == &types[SENDER_RFC8461])
		return STR("every MUST and SHOULD of RFC 8461, and DANE (RFC 7672)");
	if (type->basis == BASIS_VENDOR)
		return STR("vendor documentation");
	return arena_printf(a, "as read from the source of %s%s%s", type->name,
		type->version[0] != '\0' ? " " : "", type->version);
}

static const struct finding *
raised(const struct judgement *j, const char *id)
{
	for (size_t i = 0; i < j->count; i++) {
		if (str_is(str_of(id), j->findings[i].type->name))
			return &j->findings[i];
	}
	return NULL;
}

/* A failed lookup matters to whoever asks for the record, not one of a host or of TLSRPT. */
static bool
holds(const struct judgement *j, const struct habit *h)
{
	const struct finding *f;

	if (str_is(str_of(h->point), "always"))
		return true;
	if (str_is(str_of(h->point), "cached"))
		return j->outlook->cached_count > 0;
	/* What may be our own fault tells nothing of a sender elsewhere. */
	f = raised(j, h->point);
	if (f != NULL && f->severity == SEVERITY_INCONCLUSIVE)
		return false;
	if (f != NULL && h->effect == HABIT_DEFERS && f->type->id == FINDING_DNS_BOGUS)
		return str_starts(f->subject, STR("_mta-sts."));
	return f != NULL;
}

static bool
has_effect(const struct sender_outlook *s, enum habit_effect effect)
{
	for (size_t i = 0; i < s->habit_count; i++) {
		if (s->habits[i]->effect == effect)
			return true;
	}
	return false;
}

static bool
accepts(const struct sender_outlook *s, const char *id)
{
	for (size_t i = 0; i < s->habit_count; i++) {
		if (s->habits[i]->effect == HABIT_ACCEPTS &&
			str_is(str_of(s->habits[i]->point), id))
			return true;
	}
	return false;
}

/* The mode that it reads: "Mode" is mode to who ignores the case of keys. */
static enum policy_mode
mode_read(const struct policy *p, const struct sender_outlook *s)
{
	if (p->mode_line != 0 || !accepts(s, "policy-key-case"))
		return p->mode;
	for (size_t i = 0; i < p->line_count; i++) {
		for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
			if (str_is_nocase(p->lines[i].key, "mode") &&
				str_is(p->lines[i].value, policy_mode_name((enum policy_mode)mode)))
				return (enum policy_mode)mode;
		}
	}
	return p->mode;
}

/* A policy that the RFC does not let count, and this sender takes: all that is wrong is accepted. */
static bool
is_accepted(const struct judgement *j, const struct sender_outlook *s)
{
	const struct sim_scene *scene = j->scene;
	size_t faults = 0;

	if (scene->policy == NULL || !scene->is_fetch_ok ||
		mode_read(scene->policy, s) < POLICY_MODE_NONE)
		return false;
	if (!scene->is_txt_usable && !scene->policy->is_valid)
		return false; /* its faults were not judged */
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		const bool is_fault = f->severity == SEVERITY_ERROR && f->effect == EFFECT_SKIP &&
				      f->stage <= STAGE_POLICY;

		faults += is_fault ? 1 : 0;
		if (is_fault && !accepts(s, f->type->name))
			return false;
	}
	return faults > 0;
}

/* Which policy applies to it, and how it matches. */
static void
set_policy(struct arena *a, const struct judgement *j, struct sender_outlook *s,
	struct sim_sender *out)
{
	const struct sim_scene *scene = j->scene;

	s->takes_policy = (scene->is_policy_usable && !has_effect(s, HABIT_REFUSES)) ||
			  (!scene->is_policy_usable && is_accepted(j, s));
	out->is_mode_known = scene->is_mode_known;
	out->mode = POLICY_MODE_NONE;
	if (!s->takes_policy)
		return;
	out->is_mode_known = true;
	out->mode = mode_read(scene->policy, s);
	if (!j->outlook->has_patterns)
		return;
	out->is_listed = j->outlook->is_listed;
	if (has_effect(s, HABIT_DEEP))
		out->is_listed = sim_listed(
			a, scene, scene->policy->mx, scene->policy->mx_count, true);
}

static void
find_habits(const struct judgement *j, enum sender_id id, bool is_always, struct sender_outlook *s)
{
	for (size_t i = 0; i < HABITS && s->habit_count < SENDER_HABITS_MAX; i++) {
		if (habits[i].sender == id &&
			str_is(str_of(habits[i].point), "always") == is_always &&
			holds(j, &habits[i]))
			s->habits[s->habit_count++] = &habits[i];
	}
}

/* Whether nobody says what it does with the policy, or else with the delivery. */
static bool
has_untold(const struct judgement *j, const struct sender_outlook *s, bool is_of_policy)
{
	for (size_t i = 0; i < s->habit_count; i++) {
		const struct finding *f = raised(j, s->habits[i]->point);

		if (s->habits[i]->effect == HABIT_UNDOCUMENTED && f != NULL &&
			(f->stage <= STAGE_POLICY) == is_of_policy)
			return true;
	}
	return false;
}

/* Why a message is returned tells the point. */
static bool
returns_for(const struct habit *h, bool is_bare)
{
	return h->effect == HABIT_RETURNS &&
	       str_starts(str_of(h->point), STR("smtp-starttls")) == is_bare;
}

static bool
does_return(const struct sender_outlook *s, bool is_bare)
{
	for (size_t i = 0; i < s->habit_count; i++) {
		if (returns_for(s->habits[i], is_bare))
			return true;
	}
	return false;
}

/* What it is known for, whether or not that shows with the published policy. */
static bool
is_known_for(const struct sender_outlook *s, enum habit_effect effect)
{
	const enum sender_id id = (enum sender_id)(s->type - types);

	for (size_t i = 0; i < HABITS; i++) {
		if (habits[i].sender == id && habits[i].effect == effect)
			return true;
	}
	return false;
}

static bool
is_known_to_return(const struct sender_outlook *s, bool is_bare)
{
	const enum sender_id id = (enum sender_id)(s->type - types);

	for (size_t i = 0; i < HABITS; i++) {
		if (habits[i].sender == id && returns_for(&habits[i], is_bare))
			return true;
	}
	return false;
}

static void
deliver_with_copy(struct arena *a, const struct judgement *j, const struct sender_outlook *s,
	const struct cached_outlook *c, struct sim_result *out)
{
	const struct policy *p = &c->cached->policy;
	const struct sim_sender sender = { .is_mode_known = true,
		.mode = p->mode,
		.is_listed = p->mx_count > 0 ? sim_listed(a, j->scene, p->mx, p->mx_count,
						       is_known_for(s, HABIT_DEEP))
					     : NULL,
		.overrides_dane = is_known_for(s, HABIT_OVERRIDES),
		.ignores_testing = is_known_for(s, HABIT_UNCHECKED),
		.dane_suffices = is_known_for(s, HABIT_MATCHES),
		.returns_unlisted = is_known_to_return(s, false),
		.returns_bare = is_known_to_return(s, true) };

	simulate(a, j->scene, &sender, false, out);
	if (has_untold(j, s, false))
		out->outcome = MAIL_UNKNOWN;
}

static void
leave_by(struct sender_cached *out, enum cache_way way, int64_t at_s)
{
	if (out->until_s < 0 || at_s < out->until_s) {
		out->way = way;
		out->until_s = at_s;
	}
}

/* RFC 8461 sections 3.3, 5.1 and 8.1; what cannot be fetched leaves a copy where it is. */
static void
find_leaving(const struct judgement *j, const struct sender_outlook *s,
	const struct cached_policy *c, struct sender_cached *out)
{
	const struct sim_scene *scene = j->scene;
	const enum sender_id id = (enum sender_id)(s->type - types);
	const enum cache_look look = caches[id].look;
	const bool is_new = scene->is_txt_usable && !str_eq(scene->id, c->event->id);
	const bool is_taken = s->takes_policy && !s->is_taking_untold;
	const bool reads = look == CACHE_TXT || look == CACHE_RENEWS;

	out->way = CACHE_BY_NOTHING;
	out->until_s = -1;
	if (look != CACHE_RENEWS || !scene->is_txt_usable || is_new)
		leave_by(out, CACHE_BY_END, c->expires_s);
	if (caches[id].most_s > 0)
		leave_by(out, CACHE_BY_END, c->fetched_s + caches[id].most_s);
	if (is_taken && reads && is_new && scene->txt_ttl_s >= 0)
		leave_by(out, CACHE_BY_TXT, scene->as_of_s + scene->txt_ttl_s);
	if (is_taken && look == CACHE_FETCH)
		leave_by(out, CACHE_BY_FETCH, scene->as_of_s);
	if (is_taken && caches[id].refresh_s > 0)
		leave_by(out, CACHE_BY_REFRESH, scene->as_of_s + caches[id].refresh_s);
	out->is_untold = look == CACHE_UNTOLD || s->is_taking_untold;
}

void
sender_with_copy(struct arena *a, const struct judgement *j, const struct sender_outlook *s,
	const struct cached_outlook *c, struct sender_cached *out)
{
	*out = (struct sender_cached){ 0 };
	deliver_with_copy(a, j, s, c, &out->now);
	out->is_worse = outcome_is_worse(out->now.outcome, s->now.outcome);
	find_leaving(j, s, c->cached, out);
}

const char *
cache_way_words(enum cache_way way)
{
	static const char *const words[] = {
		[CACHE_BY_TXT] = "reads the record",
		[CACHE_BY_FETCH] = "fetches anew",
		[CACHE_BY_REFRESH] = "refreshes",
		[CACHE_BY_END] = "its copy ends",
		[CACHE_BY_NOTHING] = "never, without a new id",
	};

	return words[way];
}

static int64_t
healing_of(struct arena *a, const struct judgement *j, const struct sender_outlook *s)
{
	struct sender_cached copy;

	if (j->outlook->worst == NULL || !j->outlook->worst->is_worse)
		return -1;
	sender_with_copy(a, j, s, j->outlook->worst, &copy);
	return copy.is_worse && copy.until_s >= j->scene->as_of_s ? copy.until_s : -1;
}

void
senders_make(struct arena *a, const struct judgement *j, struct sender_outlook *out)
{
	for (size_t i = 0; i < sender_count; i++) {
		struct sender_outlook *s = &out[i];
		struct sim_sender sender = { 0 };

		*s = (struct sender_outlook){ .type = &types[i] };
		find_habits(j, (enum sender_id)i, false, s);
		find_habits(j, (enum sender_id)i, true, s);
		set_policy(a, j, s, &sender);
		sender.overrides_dane = has_effect(s, HABIT_OVERRIDES);
		sender.ignores_testing = has_effect(s, HABIT_UNCHECKED);
		sender.dane_suffices = has_effect(s, HABIT_MATCHES);
		sender.returns_unlisted = does_return(s, false);
		sender.returns_bare = does_return(s, true);
		simulate(a, j->scene, &sender, false, &s->now);
		if (has_effect(s, HABIT_DEFERS))
			s->now.outcome = MAIL_DEFERRED;
		else if (has_effect(s, HABIT_UNDOCUMENTED))
			s->now.outcome = MAIL_UNKNOWN;
		s->is_taking_untold = has_untold(j, s, true);
		s->heals_s = healing_of(a, j, s);
	}
}
