/* The policy host: its name, its addresses, and how they differ. */
#include "core/rules.h"

#define HTTPS_PORT 443

/* No address in DNS, and both lookups are answered. */
static bool
has_no_address(const struct judging *j)
{
	const struct lookup *a = j->s->policy_a, *aaaa = j->s->policy_aaaa;

	if (a == NULL && aaaa == NULL)
		return false;
	return (a == NULL || (a->is_done && a->count == 0)) &&
	       (aaaa == NULL || (aaaa->is_done && aaaa->count == 0));
}

static bool
says(const struct lookup *l, enum lookup_status status)
{
	return l != NULL && l->is_done && l->status == status;
}

static struct str
both_words(const struct judging *j)
{
	const struct lookup *a = j->s->policy_a, *aaaa = j->s->policy_aaaa, *any;
	const char *types = "A and AAAA";
	struct str text;

	/* A walk that was stopped may have asked one of them only. */
	if (a != NULL && aaaa != NULL && a->status == LOOKUP_NOT_ASKED &&
		aaaa->status != a->status) {
		types = "AAAA";
		a = NULL;
	} else if (a != NULL && aaaa != NULL && aaaa->status == LOOKUP_NOT_ASKED &&
		   aaaa->status != a->status) {
		types = "A";
		aaaa = NULL;
	}
	any = a != NULL ? a : aaaa;
	text = arena_printf(
		j->a, "%s mta-sts.%.*s: %s", types, STR_ARG(j->domain), lookup_words(any));
	if (a != NULL && aaaa != NULL && a->status != aaaa->status)
		text = arena_printf(j->a, "%.*s and %s", STR_ARG(text), lookup_words(aaaa));
	if (any->answer != NULL && any->answer->cname.n > 0)
		text = arena_printf(j->a, "%.*s; CNAME %.*s", STR_ARG(text),
			STR_ARG(strs_join(j->a, any->answer->cname, " -> ", 8)));
	return text;
}

static bool
note_lookups(const struct judging *j, struct found *f)
{
	f->detail = both_words(j);
	found_lookup(f, j->s->policy_a);
	found_lookup(f, j->s->policy_aaaa);
	return true;
}

static bool
host_nxdomain(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!has_no_address(j) || (!says(j->s->policy_a, LOOKUP_NXDOMAIN) &&
					  !says(j->s->policy_aaaa, LOOKUP_NXDOMAIN)))
		return false;
	return note_lookups(j, f);
}

static bool
host_no_address(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *a = j->s->policy_a, *aaaa = j->s->policy_aaaa;

	(void)at;
	if (!has_no_address(j) || (a != NULL && a->status != LOOKUP_NODATA) ||
		(aaaa != NULL && aaaa->status != LOOKUP_NODATA))
		return false;
	return note_lookups(j, f);
}

static bool
host_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *a = j->s->policy_a, *aaaa = j->s->policy_aaaa;

	(void)at;
	if (!has_no_address(j) || (!lookup_failed(a) && !lookup_failed(aaaa)))
		return false;
	if (says(a, LOOKUP_BOGUS) || says(aaaa, LOOKUP_BOGUS) || says(a, LOOKUP_NXDOMAIN) ||
		says(aaaa, LOOKUP_NXDOMAIN))
		return false;
	if (lookup_was_cut(j, a) || lookup_was_cut(j, aaaa) || says(a, LOOKUP_NOT_ASKED))
		f->severity = SEVERITY_INCONCLUSIVE;
	return note_lookups(j, f);
}

static void
count_private(const struct judging *j, const struct lookup *l, size_t *all, struct strs *private)
{
	for (size_t i = 0; l != NULL && i < l->count; i++) {
		(*all)++;
		if (address_is_private(l->records[i]->data))
			arena_push(j->a, private, l->records[i]->data);
	}
}

static bool
host_private_address(const struct judging *j, const struct about *at, struct found *f)
{
	const struct session *s = j->s;
	struct strs private = { 0 };
	size_t all = 0;

	(void)at;
	if (s->start == NULL || s->start->https_port != HTTPS_PORT)
		return false;
	/* That all are private is known with the last answer. */
	if ((s->policy_a != NULL && !s->policy_a->is_done) ||
		(s->policy_aaaa != NULL ? !s->policy_aaaa->is_done : j->is_running))
		return false;
	count_private(j, s->policy_a, &all, &private);
	count_private(j, s->policy_aaaa, &all, &private);
	if (private.n == 0)
		return false;
	f->severity = private.n == all ? SEVERITY_ERROR : SEVERITY_WARNING;
	f->effect = private.n == all ? EFFECT_SKIP : EFFECT_NONE;
	f->note = strs_join(j->a, private, ", ", 8);
	f->detail = arena_printf(
		j->a, "%.*s; %zu of %zu addresses", STR_ARG(f->note), private.n, all);
	found_lookup(f, s->policy_a);
	found_lookup(f, s->policy_aaaa);
	return true;
}

static bool
host_cname(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->policy_a;

	(void)at;
	if (l == NULL || l->count == 0)
		l = j->s->policy_aaaa;
	if (l == NULL || l->count == 0 || l->answer == NULL || l->answer->cname.n == 0)
		return false;
	f->detail = arena_printf(j->a, "mta-sts.%.*s -> %.*s", STR_ARG(j->domain),
		STR_ARG(strs_join(j->a, l->answer->cname, " -> ", 8)));
	found_lookup(f, l);
	return true;
}

/* Nothing that could be compared came: no certificate, no status. */
static bool
is_dead(const struct attempt *t)
{
	return attempt_is_tested(t) && t->is_ended && t->tls.verdict == NULL &&
	       (t->http == NULL || t->http->status == 0);
}

static enum outcome
attempt_outcome(const struct attempt *t)
{
	if (t->connect->outcome != OUTCOME_OK)
		return t->connect->outcome;
	if (t->tls.is_done && t->tls.done->outcome != OUTCOME_OK)
		return t->tls.done->outcome;
	return t->end_outcome;
}

static bool
host_address_dead(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs dead = { 0 }, names = { 0 };

	(void)at;
	for (size_t i = 0; j->is_fetch_ok && i < j->s->https_count; i++) {
		const struct attempt *t = j->s->https[i];

		if (!is_dead(t))
			continue;
		arena_push(j->a, &names, t->address);
		arena_push(j->a, &dead,
			arena_printf(j->a, "%.*s: %s", STR_ARG(t->address),
				outcome_words(attempt_outcome(t))));
		found_seq(f, t->connect_seq);
		found_seq(f, t->tls.seq);
	}
	if (dead.n == 0)
		return false;
	f->note = strs_join(j->a, names, ", ", 8);
	f->detail = strs_join(j->a, dead, "; ", 8);
	return true;
}

/* What a sender would tell apart: certificate verdict, status, body. */
static bool
answers_alike(const struct attempt *a, const struct attempt *b)
{
	if (attempt_tls_is_ok(a) != attempt_tls_is_ok(b))
		return false;
	if (a->http == NULL || b->http == NULL)
		return a->http == b->http;
	return a->http->status == b->http->status && str_eq(a->http->body, b->http->body);
}

static struct str
answer_words(const struct judging *j, const struct attempt *t)
{
	if (!attempt_tls_is_ok(t))
		return arena_printf(j->a, "%.*s: certificate is not valid", STR_ARG(t->address));
	if (t->http == NULL || t->http->status == 0)
		return arena_printf(j->a, "%.*s: no answer", STR_ARG(t->address));
	return arena_printf(j->a, "%.*s: status %lld, %lld bytes", STR_ARG(t->address),
		(long long)t->http->status, (long long)t->http->body_bytes);
}

static bool
host_addresses_differ(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *first = NULL;
	struct strs words = { 0 };
	bool is_different = false;

	(void)at;
	for (size_t i = 0; i < j->s->https_count; i++) {
		const struct attempt *t = j->s->https[i];

		if (!attempt_is_tested(t) || !t->is_ended || t->tls.verdict == NULL)
			continue;
		if (first == NULL)
			first = t;
		is_different |= !answers_alike(first, t);
		arena_push(j->a, &words, answer_words(j, t));
		found_seq(f, t->http_seq != 0 ? t->http_seq : t->tls.verdict_seq);
	}
	f->detail = strs_join(j->a, words, "; ", 8);
	return is_different;
}

const struct rule rules_host[] = {
	{ FINDING_HOST_NXDOMAIN, ABOUT_WALK, BY_DOMAIN, host_nxdomain },
	{ FINDING_HOST_NO_ADDRESS, ABOUT_WALK, BY_DOMAIN, host_no_address },
	{ FINDING_HOST_LOOKUP_FAILED, ABOUT_WALK, BY_DNS, host_lookup_failed },
	{ FINDING_HOST_PRIVATE_ADDRESS, ABOUT_WALK, BY_DOMAIN, host_private_address },
	{ FINDING_HOST_CNAME, ABOUT_WALK, BY_POLICY_HOST, host_cname },
	{ FINDING_HOST_ADDRESS_DEAD, ABOUT_WALK, BY_POLICY_HOST, host_address_dead },
	{ FINDING_HOST_ADDRESSES_DIFFER, ABOUT_WALK, BY_POLICY_HOST, host_addresses_differ },
	{ 0 },
};
