/* Whether our own resolver works, and whether it tells the truth. */
#include "core/rules.h"

/* Whether the resolver ever said something about a name of the domain, and ever failed to. */
static void
survey_lookups(const struct session *s, bool *has_answer, bool *has_failure)
{
	*has_answer = *has_failure = false;
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (l->role == LOOKUP_ENV_ROOT || l->role == LOOKUP_ENV_INVALID || !l->is_done)
			continue;
		if (lookup_failed(l))
			*has_failure = true;
		else
			*has_answer = true;
	}
}

/* Whether any question but those about this side found something. */
static bool
has_records(const struct session *s)
{
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (l->role != LOOKUP_ENV_ROOT && l->role != LOOKUP_ENV_INVALID &&
			l->status == LOOKUP_OK)
			return true;
	}
	return false;
}

/* The root is never missing: who denies it and finds nothing denies all, as sealed networks do. */
static bool
is_root_denied(const struct session *s, const struct lookup *root)
{
	return lookup_says(root, LOOKUP_NXDOMAIN) && !has_records(s);
}

/* The walk's own question for a name that nobody has, right under the top-level domain: the last. */
static const struct lookup *
outside_lookup(const struct judging *j)
{
	const struct str top = name_top(j->domain);
	const struct lookup *last = NULL;

	for (size_t i = 0; i < j->s->lookup_count; i++) {
		const struct lookup *l = j->s->lookups[i];

		if (l->role == LOOKUP_AUX && l->type == RRTYPE_A && top.n > 0 &&
			name_is_made_up(l->name) && name_eq(name_parent(l->name), top) &&
			(last == NULL || l->start_us > last->start_us))
			last = l;
	}
	return last;
}

/*
 * A resolver that has lost its way out still answers what it remembers, the root first of all. Where
 * the domain's lookups fail, a name that nobody can remember tells whether it does.
 */
static void
judge_outside(struct judging *j)
{
	const struct lookup *mx = j->s->mx_lookup, *txt = j->s->txt_lookup;
	const struct lookup *outside = outside_lookup(j);
	const bool is_asked = mx != NULL && mx->is_done && lookup_is_failure(mx->status) &&
			      name_top(j->domain).n > 0 &&
			      (txt == NULL || !txt->is_done || lookup_failed(txt));

	if (j->is_running && is_asked && (outside == NULL || !outside->is_done))
		j->is_resolver_known = false;
	if (!is_asked || j->is_dns_broken || !lookup_failed(outside) || lookup_was_cut(j, outside))
		return;
	j->is_dns_broken = true;
	j->outside = outside;
}

void
judge_resolver(struct judging *j)
{
	const struct session *s = j->s;
	const struct lookup *root = session_lookup(s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY);
	const struct lookup *invalid = session_lookup(s, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY);
	bool has_answer, has_failure;

	survey_lookups(s, &has_answer, &has_failure);
	j->is_resolver_known = !j->is_running || root == NULL ||
			       (root->is_done && !is_root_denied(s, root));
	if (s->start != NULL && s->start->resolvers.n == 0 && !has_answer)
		j->is_dns_broken = has_failure || !j->is_running;
	else if (lookup_failed(root) && !lookup_was_cut(j, root))
		j->is_dns_broken = has_failure;
	else if (is_root_denied(s, root))
		j->is_dns_broken = !j->is_running;
	j->is_dns_rewriting = invalid != NULL && invalid->is_done &&
			      (invalid->status == LOOKUP_OK || invalid->status == LOOKUP_NODATA);
	j->is_ad_usable = s->start != NULL && s->start->is_ad_trusted && root != NULL &&
			  root->is_done && root->status == LOOKUP_OK && root->answer->is_ad;
	judge_outside(j);
}

bool
attempt_is_invented(const struct judging *j, const struct attempt *t)
{
	const struct lookup *invalid = session_lookup(
		j->s, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY);

	for (size_t i = 0; j->is_dns_rewriting && i < invalid->count; i++) {
		if (str_eq(invalid->records[i]->data, t->address))
			return true;
	}
	return false;
}
