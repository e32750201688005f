/* Changes over time, and the change that is planned: what senders with an earlier policy do. */
#include "core/dates.h"
#include "core/outlook.h"
#include "core/rules.h"

#define HOSTS_LISTED 6
#define DAY_S 86400
#define WEEK_S (7 * DAY_S)

static struct str
new_record(const struct judging *j)
{
	return arena_printf(j->a, "_mta-sts.%.*s. IN TXT \"v=STSv1; id=%.*s;\"", STR_ARG(j->domain),
		STR_ARG(id_of_today(j->a, j->as_of_s)));
}

static bool
gets_mail(const struct sim_host_result *r)
{
	return r->decision == DECISION_USE || r->decision == DECISION_USE_UNVALIDATED;
}

static struct str
lost_text(const struct judging *j, const struct sim_scene *scene, const struct sim_result *now,
	const struct sim_result *then, size_t *count)
{
	struct strs lost = { 0 };

	*count = 0;
	for (size_t i = 0; i < scene->host_count; i++) {
		if (!gets_mail(&now->hosts[i]) || then->hosts[i].decision != DECISION_SKIP)
			continue;
		if ((*count)++ < HOSTS_LISTED)
			arena_push(j->a, &lost,
				arena_printf(j->a, "%.*s: %s", STR_ARG(scene->hosts[i].name),
					sim_reason_words(then->hosts[i].reason)));
	}
	return strs_join(j->a, lost, "; ", HOSTS_LISTED);
}

/* To which host the mail of holders goes meanwhile, or that it waits. */
static struct str
holders_note(const struct judging *j, const struct sim_result *then)
{
	if (then->outcome == MAIL_DEFERRED)
		return STR("no host is left, and their mail waits");
	for (size_t i = 0; i < j->scene->host_count; i++) {
		if (gets_mail(&then->hosts[i]))
			return arena_printf(j->a,
				"none of their mail waits meanwhile, it goes to %.*s",
				STR_ARG(j->scene->hosts[i].name));
	}
	return STR("their mail goes to the others");
}

static const char *
outcome_note(const struct sim_result *r)
{
	return r->outcome == MAIL_DEFERRED ? "no host would be left, so mail would wait"
					   : "mail would go to the others";
}

static bool
whatif_enforce_breaks(const struct judging *j, const struct about *at, struct found *f)
{
	const struct outlook *o = j->outlook;
	const struct sim_result *enforce = &o->modes[POLICY_MODE_ENFORCE];
	struct str lost;
	size_t count;

	(void)at;
	if (!j->is_policy_usable || !j->is_mode_known || !j->are_hosts_settled ||
		j->mode == POLICY_MODE_ENFORCE || !o->has_patterns)
		return false;
	lost = lost_text(j, j->scene, &j->fresh, enforce, &count);
	if (count == 0)
		return false;
	f->detail = lost;
	f->note = arena_printf(j->a, "%zu of %zu MX hosts would be passed over; %s", count,
		j->host_count, outcome_note(enforce));
	found_seq(f, session_policy_seq(j->s));
	found_lookup(f, j->s->mx_lookup);
	return true;
}

/* Published, and not only being rehearsed. */
static const struct policy *
published(const struct judging *j)
{
	return j->s->rehearsed == NULL && j->is_policy_usable ? &j->s->policy : NULL;
}

/* The record or the file is gone, and that is certain. */
static bool
is_removed(const struct judging *j)
{
	const struct ev_http_done *http = j->fetch != NULL ? j->fetch->http : NULL;

	if (!j->is_mode_known || j->is_policy_usable || j->s->rehearsed != NULL)
		return false;
	if (lookup_is_negative(j->s->txt_lookup))
		return true;
	if (!j->is_txt_usable)
		return j->s->txt_lookup->status == LOOKUP_OK &&
		       j->s->txt.verdict == TXT_VERDICT_NONE;
	if (j->is_fetch_ok || j->is_fetch_unsure)
		return false;
	return lookup_is_negative(j->s->policy_a) || (http != NULL && http->status == 404) ||
	       (http != NULL && http->status == 410);
}

static struct str
cached_name(const struct judging *j, const struct cached_policy *c)
{
	return arena_printf(j->a, "mode %s%s%.*s, from %.*s, binds until %.*s",
		policy_mode_name(c->policy.mode), c->event->id.n > 0 ? ", id " : "",
		STR_ARG(c->event->id), STR_ARG(c->event->source),
		STR_ARG(date_text(j->a, c->expires_s)));
}

static bool
rollout_cached_policy_breaks(const struct judging *j, const struct about *at, struct found *f)
{
	const struct outlook *o = j->outlook;

	(void)at;
	if (!j->is_mode_known || !j->are_hosts_settled || is_removed(j))
		return false;
	for (size_t i = 0; i < o->cached_count; i++) {
		const struct cached_outlook *c = &o->cached[i];
		size_t count;
		const struct str lost = lost_text(j, j->scene, &j->fresh, &c->now, &count);

		if (c->cached->policy.mode != POLICY_MODE_ENFORCE || count == 0)
			continue;
		f->effect = c->now.outcome == MAIL_DEFERRED ? EFFECT_ALL : EFFECT_HOST;
		f->detail = arena_printf(
			j->a, "%.*s (%.*s)", STR_ARG(lost), STR_ARG(cached_name(j, c->cached)));
		f->note = holders_note(j, &c->now);
		f->publish = new_record(j);
		found_seq(f, c->cached->seq);
		found_lookup(f, j->s->mx_lookup);
		return true;
	}
	return false;
}

/* Fetched later than this one: it told its holders to stop. */
static bool
has_none_since(const struct session *s, const struct cached_policy *c)
{
	for (size_t i = 0; i < s->cached_count; i++) {
		if (s->cached[i].policy.mode == POLICY_MODE_NONE &&
			s->cached[i].fetched_s > c->fetched_s)
			return true;
	}
	return false;
}

static bool
rollout_removed_without_none(const struct judging *j, const struct about *at, struct found *f)
{
	const struct outlook *o = j->outlook;
	const struct cached_policy *last = NULL;

	(void)at;
	if (!is_removed(j))
		return false;
	f->severity = SEVERITY_WARNING;
	for (size_t i = 0; i < o->cached_count; i++) {
		const struct cached_policy *c = o->cached[i].cached;
		size_t count;

		if (c->policy.mode < POLICY_MODE_TESTING || has_none_since(j->s, c))
			continue;
		lost_text(j, j->scene, &j->fresh, &o->cached[i].now, &count);
		if (c->policy.mode == POLICY_MODE_ENFORCE && count > 0)
			f->severity = SEVERITY_ERROR;
		if (last == NULL || c->expires_s > last->expires_s)
			last = c;
		found_seq(f, c->seq);
	}
	if (last == NULL)
		return false;
	f->note = date_text(j->a, last->expires_s);
	f->detail = arena_printf(
		j->a, "senders may hold a policy of %.*s", STR_ARG(cached_name(j, last)));
	f->publish = STR("mode: none");
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
has_same_hosts(const struct policy *a, const struct policy *b)
{
	if (a->mx_count != b->mx_count)
		return false;
	for (size_t i = 0; i < a->mx_count; i++) {
		bool has_it = false;

		for (size_t k = 0; k < b->mx_count && !has_it; k++)
			has_it = name_eq(a->mx[i].text, b->mx[k].text);
		if (!has_it)
			return false;
	}
	return true;
}

static bool
rollout_body_changed_id_same(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *now = published(j);

	(void)at;
	for (size_t i = 0; now != NULL && i < j->s->cached_count; i++) {
		const struct cached_policy *c = &j->s->cached[i];
		const bool is_minor = c->policy.mode == now->mode &&
				      has_same_hosts(&c->policy, now);

		if (!str_eq(c->event->id, j->scene->id) || str_eq(c->event->body, now->body))
			continue;
		f->severity = is_minor ? SEVERITY_WARNING : SEVERITY_ERROR;
		f->detail = arena_printf(j->a, "id %.*s, but the file was another one: %.*s",
			STR_ARG(c->event->id), STR_ARG(cached_name(j, c)));
		f->publish = new_record(j);
		found_lookup(f, j->s->txt_lookup);
		found_seq(f, c->seq);
		return true;
	}
	return false;
}

static bool
rollout_id_changed_body_same(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *now = published(j);

	(void)at;
	for (size_t i = 0; now != NULL && i < j->s->cached_count; i++) {
		const struct cached_policy *c = &j->s->cached[i];

		if (c->event->id.n == 0 || str_eq(c->event->id, j->scene->id) ||
			!str_eq(c->event->body, now->body))
			continue;
		f->detail = arena_printf(j->a, "id %.*s, before it %.*s, with the same file",
			STR_ARG(j->scene->id), STR_ARG(c->event->id));
		f->publish = new_record(j);
		found_lookup(f, j->s->txt_lookup);
		found_seq(f, c->seq);
		return true;
	}
	return false;
}

/* The value of Last-Modified, empty without one. */
static struct str
last_modified(const struct attempt *t)
{
	for (size_t i = 0; i < t->headers.n; i++) {
		struct str rest = t->headers.v[i], name;

		if (str_split(&rest, ':', &name) && str_is_nocase(name, "last-modified"))
			return str_trim_wsp(rest);
	}
	return STR_EMPTY;
}

static bool
rollout_id_older_than_file(const struct judging *j, const struct about *at, struct found *f)
{
	int64_t id_s, file_s;
	struct str modified;

	(void)at;
	if (published(j) == NULL || j->s->chosen == NULL || !date_of_id(j->scene->id, &id_s))
		return false;
	modified = last_modified(j->s->chosen);
	if (!date_of_http(modified, &file_s) || file_s - id_s <= DAY_S)
		return false;
	f->detail = arena_printf(
		j->a, "id %.*s; Last-Modified: %.*s", STR_ARG(j->scene->id), STR_ARG(modified));
	f->publish = new_record(j);
	found_lookup(f, j->s->txt_lookup);
	found_seq(f, j->s->chosen->http_seq);
	return true;
}

static bool
rollout_none_max_age_long(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = &j->s->policy;

	(void)at;
	if (!j->is_policy_usable || j->mode != POLICY_MODE_NONE || p->max_age_s <= WEEK_S)
		return false;
	f->line = p->max_age_line;
	f->publish = STR("max_age: 86400");
	f->detail = arena_printf(j->a, "max_age: %.*s", STR_ARG(p->max_age_text));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
rollout_testing_old(const struct judging *j, const struct about *at, struct found *f)
{
	int64_t since_s = j->as_of_s;

	(void)at;
	if (published(j) == NULL || j->mode != POLICY_MODE_TESTING)
		return false;
	for (size_t i = 0; i < j->s->cached_count; i++) {
		const struct ev_policy_cached *c = j->s->cached[i].event;

		if (j->s->cached[i].policy.mode != POLICY_MODE_TESTING)
			return false;
		if (c->first_s >= 0 && c->first_s < since_s)
			since_s = c->first_s;
		found_seq(f, j->s->cached[i].seq);
	}
	if (j->as_of_s - since_s <= 30 * (int64_t)DAY_S)
		return false;
	f->detail = arena_printf(
		j->a, "mode testing since %.*s at least", STR_ARG(date_text(j->a, since_s)));
	f->line = j->s->policy.mode_line;
	f->publish = STR("mode: enforce");
	return true;
}

const struct rule rules_rollout[] = {
	{ FINDING_ROLLOUT_BODY_CHANGED_ID_SAME, ABOUT_WALK, BY_DOMAIN,
		rollout_body_changed_id_same },
	{ FINDING_ROLLOUT_ID_CHANGED_BODY_SAME, ABOUT_WALK, BY_DOMAIN,
		rollout_id_changed_body_same },
	{ FINDING_ROLLOUT_ID_OLDER_THAN_FILE, ABOUT_WALK, BY_DOMAIN, rollout_id_older_than_file },
	{ FINDING_ROLLOUT_CACHED_POLICY_BREAKS, ABOUT_WALK, BY_DOMAIN,
		rollout_cached_policy_breaks },
	{ FINDING_ROLLOUT_REMOVED_WITHOUT_NONE, ABOUT_WALK, BY_DOMAIN,
		rollout_removed_without_none },
	{ FINDING_ROLLOUT_NONE_MAX_AGE_LONG, ABOUT_WALK, BY_DOMAIN, rollout_none_max_age_long },
	{ FINDING_ROLLOUT_TESTING_OLD, ABOUT_WALK, BY_DOMAIN, rollout_testing_old },
	{ FINDING_WHATIF_ENFORCE_BREAKS, ABOUT_WALK, BY_DOMAIN, whatif_enforce_breaks },
	{ 0 },
};
