/* MX records and hosts (RFC 5321 section 5.1), and the match with the policy (RFC 8461 4.1). */
#include "core/providers.h"
#include "core/rules.h"

#define SMTP_PORT 25
#define HOSTS_LISTED 12

static const struct lookup *
mx_of(const struct judging *j)
{
	return j->s->mx_lookup;
}

static bool
mx_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = mx_of(j);

	(void)at;
	if (!lookup_failed(l) || l->status == LOOKUP_BOGUS)
		return false;
	if (l->status == LOOKUP_NOT_ASKED || lookup_was_cut(j, l))
		f->severity = SEVERITY_INCONCLUSIVE;
	f->detail = arena_printf(j->a, "MX %.*s: %s", STR_ARG(j->domain), lookup_words(l));
	found_lookup(f, l);
	return true;
}

static bool
mx_null(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!j->s->is_null_mx)
		return false;
	f->detail = STR("MX 0 .");
	found_lookup(f, mx_of(j));
	return true;
}

static bool
is_root(const struct ev_dns_record *r)
{
	return r->data.n == 0 || str_is(r->data, ".");
}

static bool
mx_null_mixed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = mx_of(j);
	struct strs records = { 0 };
	bool has_root = false;

	(void)at;
	for (size_t i = 0; i < l->count; i++) {
		has_root |= is_root(l->records[i]);
		if (i < HOSTS_LISTED)
			arena_push(j->a, &records,
				arena_printf(j->a, "%lld %.*s",
					(long long)l->records[i]->preference,
					STR_ARG(l->records[i]->data)));
	}
	if (!has_root || j->s->is_null_mx)
		return false;
	f->detail = strs_join(j->a, records, ", ", HOSTS_LISTED);
	found_lookup(f, l);
	return true;
}

/* The address lookups of the domain itself, asked because it has no MX record. */
static const struct lookup *
own_address(const struct judging *j, enum rrtype type)
{
	const struct lookup *l = session_lookup(j->s, LOOKUP_MX_HOST, type, j->domain);

	return l != NULL ? l : session_lookup(j->s, LOOKUP_AUX, type, j->domain);
}

static bool
mx_none(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *a = own_address(j, RRTYPE_A), *aaaa = own_address(j, RRTYPE_AAAA);

	(void)at;
	if (mx_of(j)->status != LOOKUP_NODATA || !lookup_is_negative(a) ||
		!lookup_is_negative(aaaa))
		return false;
	f->detail = arena_printf(
		j->a, "MX, A and AAAA %.*s: no such record at the name", STR_ARG(j->domain));
	found_lookup(f, mx_of(j));
	found_lookup(f, a);
	found_lookup(f, aaaa);
	return true;
}

static bool
mx_implicit(const struct judging *j, const struct about *at, struct found *f)
{
	if (!at->host->host->is_implicit || !at->host->has_address)
		return false;
	f->detail = arena_printf(j->a, "no MX record; %.*s has an address", STR_ARG(j->domain));
	found_lookup(f, mx_of(j));
	return true;
}

static bool
any_listed(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		if (j->hosts[i].host->has_match && j->hosts[i].host->match.is_match)
			return true;
	}
	return false;
}

static struct str
miss_text(const struct judging *j, const struct mx_host *host)
{
	const struct match_result *m = &host->match;

	if (m->nearest >= j->s->policy.mx_count)
		return arena_printf(j->a, "%.*s matches no pattern", STR_ARG(host->name));
	return match_explain(j->a, j->s->policy.mx[m->nearest].text, host->name, m->near);
}

static bool
is_unlisted(const struct judging *j, const struct host_facts *h)
{
	return j->is_policy_usable && h->host->has_match && !h->host->match.is_match;
}

/* Whose MX hosts the policy speaks of, if that is not the provider of this host. */
static const struct provider *
other_provider(const struct judging *j, const struct provider *own)
{
	for (size_t i = 0; i < j->s->policy.mx_count; i++) {
		const struct provider *p = provider_of_pattern(j->s->policy.mx[i].text);

		if (p != NULL && p != own)
			return p;
	}
	return NULL;
}

/* What is known of the provider that runs a host, and of one that is perhaps being left. */
static struct str
advice_text(const struct judging *j, struct str host)
{
	const struct provider *own = provider_of_host(host), *other = other_provider(j, own);
	struct str text = own != NULL ? provider_advice(j->a, own) : STR_EMPTY;

	if (other == NULL)
		return text;
	return arena_printf(j->a,
		"%.*s%sThe policy lists the hosts of %s: while you move, keep the lines of the old "
		"and the new hosts together, until the TTL of the old MX records is over and "
		"senders have read the new policy.",
		STR_ARG(text), text.n > 0 ? "\n" : "", other->name);
}

static struct str
lines_for(const struct judging *j, struct str host)
{
	const struct provider *p = provider_of_host(host);
	const struct str pattern = mx_pattern_for(j->a, host);

	if (p != NULL)
		return provider_lines(j->a, p, host);
	/* What no policy can list wants a name that one can. */
	if (pattern.n == 0)
		return arena_printf(j->a, "mx: mail.%.*s", STR_ARG(j->domain));
	return arena_printf(j->a, "mx: %.*s", STR_ARG(pattern));
}

static bool
mx_not_in_policy(const struct judging *j, const struct about *at, struct found *f)
{
	if (!is_unlisted(j, at->host))
		return false;
	f->publish = lines_for(j, at->host->host->name);
	f->advice = advice_text(j, at->host->host->name);
	f->detail = miss_text(j, at->host->host);
	found_lookup(f, mx_of(j));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static void
push_new(struct arena *a, struct strs *list, struct str line)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_eq(list->v[i], line))
			return;
	}
	arena_push(a, list, line);
}

static bool
mx_none_in_policy(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs names = { 0 }, lines = { 0 };

	(void)at;
	if (!j->is_policy_usable || j->host_count == 0 || j->s->is_null_mx ||
		!is_unlisted(j, &j->hosts[0]) || any_listed(j))
		return false;
	for (size_t i = 0; i < j->host_count && i <= HOSTS_LISTED; i++) {
		const struct str name = j->hosts[i].host->name;

		arena_push(j->a, &names, name);
		if (i < HOSTS_LISTED)
			push_new(j->a, &lines, lines_for(j, name));
	}
	f->advice = advice_text(j, j->hosts[0].host->name);
	f->publish = strs_join(j->a, lines, "\n", HOSTS_LISTED);
	f->detail = j->host_count == 1
			    ? miss_text(j, j->hosts[0].host)
			    : arena_printf(j->a, "none of %zu: %.*s; %.*s", j->host_count,
				      STR_ARG(strs_join(j->a, names, ", ", HOSTS_LISTED)),
				      STR_ARG(miss_text(j, j->hosts[0].host)));
	found_lookup(f, mx_of(j));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

/* The part of the name that a wildcard pattern ends in, two or more labels further up. */
static struct str
deep_suffix(const struct judging *j, struct str name)
{
	struct str rest = name_parent(name_parent(name));

	while (rest.n > 0 && !index_has(&j->suffixes, rest))
		rest = name_parent(rest);
	return rest;
}

static bool
policy_mx_wildcard_depth(const struct judging *j, const struct about *at, struct found *f)
{
	const struct str name = at->host->host->name;
	const struct match_pair pair = { .miss = MATCH_MISS_WILDCARD_DEEP };
	struct str suffix, pattern;
	size_t at_byte;

	if (!is_unlisted(j, at->host))
		return false;
	suffix = deep_suffix(j, name);
	if (suffix.n == 0)
		return false;
	pattern = arena_printf(j->a, "*.%.*s", STR_ARG(suffix));
	f->detail = match_explain(j->a, pattern, name, pair);
	pattern = arena_printf(j->a, "*.%.*s", STR_ARG(name_parent(name)));
	f->publish = mx_pattern_check(pattern, &at_byte) == MX_FAULT_NONE
			     ? arena_printf(j->a, "mx: %.*s", STR_ARG(pattern))
			     : lines_for(j, name);
	found_lookup(f, mx_of(j));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
is_address(struct str name)
{
	return name_is_ipv4(name) || name_is_ipv6(name);
}

static bool
fails(const struct host_facts *h)
{
	return h->decision == DECISION_SKIP || h->decision == DECISION_UNREACHABLE;
}

static bool
passes(const struct host_facts *h)
{
	return h->decision == DECISION_USE || h->decision == DECISION_USE_UNVALIDATED;
}

static bool
mx_backup_at_risk(const struct judging *j, const struct about *at, struct found *f)
{
	int64_t best = INT64_MAX;
	struct strs failing = { 0 };

	(void)at;
	if (!j->are_hosts_settled)
		return false;
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		if (passes(h) && h->host->preference < best)
			best = h->host->preference;
		/* An address in place of a name is told by a row of its own. */
		if (!fails(h) || is_address(h->host->name))
			continue;
		if (h->host->preference <= best)
			return false;
		if (failing.n <= HOSTS_LISTED)
			arena_push(j->a, &failing, h->host->name);
	}
	if (failing.n == 0)
		return false;
	f->note = strs_join(j->a, failing, ", ", HOSTS_LISTED);
	f->detail = f->note;
	found_lookup(f, mx_of(j));
	return true;
}

static bool
mx_target_cname(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;
	const struct lookup *l = host->a;

	if (l == NULL || l->answer == NULL || l->answer->cname.n == 0)
		l = host->aaaa;
	if (host->is_implicit || l == NULL || l->answer == NULL || l->answer->cname.n == 0)
		return false;
	f->detail = arena_printf(j->a, "%.*s -> %.*s", STR_ARG(host->name),
		STR_ARG(strs_join(j->a, l->answer->cname, " -> ", 8)));
	found_lookup(f, l);
	return true;
}

static bool
mx_target_address(const struct judging *j, const struct about *at, struct found *f)
{
	const struct str name = at->host->host->name;

	if (!is_address(name))
		return false;
	f->detail = arena_printf(
		j->a, "MX %lld %.*s", (long long)at->host->host->preference, STR_ARG(name));
	found_lookup(f, mx_of(j));
	return true;
}

static void
push_private(const struct judging *j, const struct lookup *l, struct strs *out)
{
	for (size_t i = 0; l != NULL && l->is_done && i < l->count; i++) {
		if (address_is_private(l->records[i]->data))
			arena_push(j->a, out, l->records[i]->data);
	}
}

static bool
mx_private_address(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;
	struct strs private = { 0 };

	if (j->s->start == NULL || j->s->start->smtp_port != SMTP_PORT)
		return false;
	push_private(j, host->a, &private);
	push_private(j, host->aaaa, &private);
	if (private.n == 0)
		return false;
	f->note = strs_join(j->a, private, ", ", 8);
	f->detail = f->note;
	found_lookup(f, host->a);
	found_lookup(f, host->aaaa);
	return true;
}

const struct rule rules_mx[] = {
	{ FINDING_MX_LOOKUP_FAILED, ABOUT_WALK, BY_DNS, mx_lookup_failed },
	{ FINDING_MX_NULL, ABOUT_WALK, BY_DOMAIN, mx_null },
	{ FINDING_MX_NULL_MIXED, ABOUT_WALK, BY_DOMAIN, mx_null_mixed },
	{ FINDING_MX_NONE, ABOUT_WALK, BY_DOMAIN, mx_none },
	{ FINDING_MX_IMPLICIT, ABOUT_HOST, BY_DOMAIN, mx_implicit },
	{ FINDING_MX_NOT_IN_POLICY, ABOUT_HOST, BY_DOMAIN, mx_not_in_policy },
	{ FINDING_MX_NONE_IN_POLICY, ABOUT_WALK, BY_DOMAIN, mx_none_in_policy },
	{ FINDING_POLICY_MX_WILDCARD_DEPTH, ABOUT_HOST, BY_DOMAIN, policy_mx_wildcard_depth },
	{ FINDING_MX_BACKUP_AT_RISK, ABOUT_WALK, BY_DOMAIN, mx_backup_at_risk },
	{ FINDING_MX_TARGET_CNAME, ABOUT_HOST, BY_DOMAIN, mx_target_cname },
	{ FINDING_MX_TARGET_ADDRESS, ABOUT_HOST, BY_DOMAIN, mx_target_address },
	{ FINDING_MX_PRIVATE_ADDRESS, ABOUT_HOST, BY_MX_HOST, mx_private_address },
	{ 0 },
};
