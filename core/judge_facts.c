/* Facts that predicates share: this side, the domain as a whole, the policy that applies. */
#include <stdlib.h>

#include "core/rules.h"

/* X509_V_ERR_* of OpenSSL, as events carry them. */
enum {
	X509_NO_ISSUER = 2,
	X509_NOT_YET_VALID = 9,
	X509_EXPIRED = 10,
	X509_SELF_SIGNED_LEAF = 18,
	X509_SELF_SIGNED_IN_CHAIN = 19,
	X509_NO_LOCAL_ISSUER = 20,
	X509_LEAF_UNVERIFIED = 21,
	X509_HOSTNAME = 62,
};

int64_t
elapsed(int64_t from, int64_t to)
{
	int64_t result;

	if (__builtin_sub_overflow(to, from, &result))
		return to < from ? INT64_MIN : INT64_MAX;
	return result;
}

bool
is_outside(const struct judging *j, struct str name)
{
	return !name_is_under(name, j->domain);
}

bool
lookup_is_negative(const struct lookup *l)
{
	return l != NULL && l->is_done &&
	       (l->status == LOOKUP_NXDOMAIN || l->status == LOOKUP_NODATA);
}

bool
lookup_failed(const struct lookup *l)
{
	return l != NULL && l->is_done &&
	       (lookup_is_failure(l->status) || l->status == LOOKUP_NOT_ASKED);
}

bool
lookup_says(const struct lookup *l, enum lookup_status status)
{
	return l != NULL && l->is_done && l->status == status;
}

bool
lookup_was_cut(const struct judging *j, const struct lookup *l)
{
	const struct session *s = j->s;

	if (l == NULL || j->is_running)
		return false;
	if (!l->is_done || l->status == LOOKUP_NOT_ASKED)
		return true;
	/* Ended together with a walk that was ended, and earlier than its own limit. */
	return l->status == LOOKUP_TIMEOUT && s->end_reason != END_DONE &&
	       elapsed(l->start_us, l->end_us) < (int64_t)LIMIT_DNS_MS * 1000 &&
	       elapsed(l->end_us, s->last_us) < 500000;
}

static enum trust_fault
trust_of(const struct ev_cert_error *e)
{
	switch (e->code) {
	case X509_NOT_YET_VALID:
	case X509_EXPIRED:
	case X509_HOSTNAME:
		return TRUST_OK;
	case X509_SELF_SIGNED_LEAF:
		return TRUST_SELF_SIGNED;
	case X509_SELF_SIGNED_IN_CHAIN:
		return TRUST_UNTRUSTED;
	case X509_NO_ISSUER:
	case X509_NO_LOCAL_ISSUER:
	case X509_LEAF_UNVERIFIED:
		return e->depth == 0 ? TRUST_INCOMPLETE : TRUST_UNTRUSTED;
	default:
		return TRUST_INVALID;
	}
}

/* The certificate of the path whose dates are wrong; the leaf when none can be told. */
static const struct ev_cert *
dated_cert(const struct tls_seen *tls, bool is_expired, int64_t as_of_s)
{
	for (size_t i = 0; i < tls->chain_count + tls->added_count; i++) {
		const struct ev_cert *c = i < tls->chain_count ? tls->chain[i]
							       : tls->added[i - tls->chain_count];

		if (is_expired ? c->not_after_s < as_of_s : c->not_before_s > as_of_s)
			return c;
	}
	return tls->chain_count > 0 ? tls->chain[0] : NULL;
}

struct cert_faults
cert_faults(const struct tls_seen *tls, int64_t as_of_s)
{
	struct cert_faults c = { .is_judged = tls->verdict != NULL };

	c.leaf = tls->chain_count > 0 ? tls->chain[0] : NULL;
	if (tls->verdict == NULL)
		return c;
	c.is_name_bad = !tls->verdict->is_name_ok;
	if (tls->verdict->is_trusted)
		return c;
	for (size_t i = 0; i < tls->error_count; i++) {
		const enum trust_fault fault = trust_of(tls->errors[i]);

		if (fault != TRUST_OK && (c.trust == TRUST_OK || fault < c.trust)) {
			c.trust = fault;
			c.error = tls->errors[i];
		}
	}
	c.is_expired = tls_error(tls, X509_EXPIRED) != NULL;
	c.is_early = tls_error(tls, X509_NOT_YET_VALID) != NULL;
	if (c.is_expired || c.is_early)
		c.dated = dated_cert(tls, c.is_expired, as_of_s);
	else if (c.trust == TRUST_OK)
		c.trust = TRUST_INVALID; /* not trusted, and nobody says why */
	return c;
}

static bool
date_is_unsure(const struct judging *j, const struct cert_faults *c)
{
	int64_t off_s;

	if (!j->has_skew || c->dated == NULL)
		return false;
	off_s = c->is_expired ? elapsed(c->dated->not_after_s, j->as_of_s)
			      : elapsed(j->as_of_s, c->dated->not_before_s);
	return off_s >= 0 && off_s <= j->skew_s;
}

bool
cert_is_unsure(const struct judging *j, const struct cert_faults *c, bool is_https)
{
	const bool is_trust_ours = j->is_store_missing || (is_https && j->is_https_intercepted);

	if (c->is_name_bad || (c->trust == TRUST_OK && !c->is_expired && !c->is_early))
		return false;
	if (c->trust != TRUST_OK && !is_trust_ours)
		return false;
	return (!c->is_expired && !c->is_early) || date_is_unsure(j, c);
}

static bool
has_untrusted(const struct session *s)
{
	for (size_t i = 0; i < s->https_count; i++) {
		const struct ev_cert_verdict *v = s->https[i]->tls.verdict;

		if (v != NULL && !v->is_trusted)
			return true;
	}
	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct ev_cert_verdict *v = s->hosts[i]->addresses[k]->tls.verdict;

			if (v != NULL && !v->is_trusted)
				return true;
		}
	}
	return false;
}

/* The topmost certificate that a server sent over a chain that is not trusted. */
static const struct ev_cert *
untrusted_top(const struct attempt *t)
{
	if (t->tls.verdict == NULL || t->tls.verdict->is_trusted || t->tls.chain_count < 2)
		return NULL;
	return t->tls.chain[t->tls.chain_count - 1];
}

static bool
is_top_of_unrelated_host(const struct judging *j, const struct ev_cert *top)
{
	for (size_t i = 0; i < j->s->host_count; i++) {
		const struct mx_host *host = j->s->hosts[i];

		for (size_t k = 0; k < host->address_count && is_outside(j, host->name); k++) {
			const struct ev_cert *other = untrusted_top(host->addresses[k]);

			if (other != NULL && other->sha256.n > 0 &&
				str_eq(other->sha256, top->sha256))
				return true;
		}
	}
	for (size_t i = 0; i < j->s->extra_count; i++) {
		const struct attempt *t = j->s->extras[i];
		const struct ev_cert *other = t->variant == VARIANT_CONTROL ? untrusted_top(t)
									    : NULL;

		if (other != NULL && other->sha256.n > 0 && str_eq(other->sha256, top->sha256))
			return true;
	}
	return false;
}

static void
judge_vantage(struct judging *j)
{
	const struct session *s = j->s;

	j->is_store_missing = s->start != NULL &&
			      (s->start->anchors == 0 || s->start->trust_store.n == 0) &&
			      has_untrusted(s);
	for (size_t i = 0; i < s->https_count; i++) {
		const struct attempt *t = s->https[i];
		const struct ev_cert *top = untrusted_top(t);

		if (top != NULL && is_top_of_unrelated_host(j, top))
			j->is_https_intercepted = true;
		if (t->http != NULL && t->http->status == 511)
			j->is_captive = true;
	}
}

/* TXT, MX and policy host of D all end in the same failure, and a name outside of D resolves. */
static bool
is_zone_failing(const struct judging *j)
{
	const struct session *s = j->s;
	const struct lookup *root = session_lookup(s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY);
	const struct lookup *txt = s->txt_lookup;

	if (txt == NULL || !txt->is_done || !lookup_is_failure(txt->status))
		return false;
	if (s->end_reason == END_CANCELLED && lookup_was_cut(j, txt))
		return false;
	if (!lookup_says(s->mx_lookup, txt->status) || !lookup_says(s->policy_a, txt->status) ||
		(s->policy_aaaa != NULL && !lookup_says(s->policy_aaaa, txt->status)))
		return false;
	return lookup_says(root, LOOKUP_OK);
}

static void
judge_domain(struct judging *j)
{
	const struct session *s = j->s;
	const bool is_sane = !j->is_dns_broken && !j->is_dns_rewriting && j->is_resolver_known;

	j->is_nxdomain = is_sane && lookup_says(s->mx_lookup, LOOKUP_NXDOMAIN);
	j->is_zone_failing = is_zone_failing(j);
	j->is_zone_settled = !j->is_running ||
			     (s->txt_lookup != NULL && s->txt_lookup->is_done &&
				     s->mx_lookup != NULL && s->mx_lookup->is_done &&
				     s->policy_a != NULL && s->policy_a->is_done &&
				     j->is_resolver_known);
}

/* How far a fetch got. */
static int
fetch_rank(const struct attempt *t)
{
	if (t->skip != SKIP_NONE || t->connect == NULL)
		return 0;
	if (t->http != NULL && t->http->outcome != OUTCOME_UNTRUSTED)
		return t->http->status > 0 ? 6 : 5;
	if (t->tls.verdict != NULL)
		return 4;
	if (t->tls.is_done)
		return 3;
	return t->connect->outcome == OUTCOME_OK ? 2 : 1;
}

static bool
https_is_settled(const struct attempt *t)
{
	if (t->skip != SKIP_NONE || t->is_ended || t->http != NULL)
		return true;
	return t->tls.is_judged && !attempt_tls_is_ok(t);
}

static size_t
address_total(const struct lookup *a, const struct lookup *aaaa)
{
	return (a != NULL ? a->count : 0) + (aaaa != NULL ? aaaa->count : 0);
}

static bool
fetch_is_settled(const struct judging *j)
{
	const struct session *s = j->s;
	size_t expected = address_total(s->policy_a, s->policy_aaaa);

	if (!j->is_running || s->chosen != NULL)
		return true;
	if (s->policy_a == NULL || !s->policy_a->is_done || s->policy_aaaa == NULL ||
		!s->policy_aaaa->is_done)
		return false;
	if (expected > LIMIT_POLICY_HOST_ADDRESSES)
		expected = LIMIT_POLICY_HOST_ADDRESSES;
	if (s->https_count < expected)
		return false;
	for (size_t i = 0; i < s->https_count; i++) {
		if (!https_is_settled(s->https[i]))
			return false;
	}
	return true;
}

static bool
fetch_is_unsure(const struct judging *j)
{
	const struct session *s = j->s;
	bool has_sure = false;

	if (j->is_captive)
		return true;
	if (s->https_count == 0) {
		if (s->policy_a == NULL && s->policy_aaaa == NULL)
			return true;
		if (address_total(s->policy_a, s->policy_aaaa) > 0)
			return true; /* no attempt was made */
		return j->is_dns_broken || j->is_dns_rewriting || lookup_was_cut(j, s->policy_a) ||
		       lookup_was_cut(j, s->policy_aaaa);
	}
	for (size_t i = 0; i < s->https_count; i++) {
		const struct attempt *t = s->https[i];
		const struct cert_faults c = cert_faults(&t->tls, j->as_of_s);

		if (t->skip != SKIP_NONE)
			continue;
		if (attempt_was_cut(t) || !t->is_ended || attempt_is_invented(j, t) ||
			(c.is_judged && !attempt_tls_is_ok(t) && cert_is_unsure(j, &c, true)))
			return true;
		has_sure = true;
	}
	return !has_sure;
}

static void
judge_fetch(struct judging *j)
{
	const struct session *s = j->s;

	j->is_fetch_settled = fetch_is_settled(j);
	j->is_fetch_ok = session_fetch_is_ok(s);
	j->fetch = s->chosen;
	for (size_t i = 0; i < s->https_count && s->chosen == NULL; i++) {
		if (fetch_rank(s->https[i]) > 0 &&
			(j->fetch == NULL || fetch_rank(s->https[i]) > fetch_rank(j->fetch)))
			j->fetch = s->https[i];
	}
	if (j->fetch != NULL)
		j->fetch_cert = cert_faults(&j->fetch->tls, j->as_of_s);
	j->is_fetch_unsure = !j->is_fetch_ok && fetch_is_unsure(j);
}

/* RFC 8461 section 3.3: without a record or a policy, as though MTA-STS were not implemented. */
static void
judge_mode(struct judging *j)
{
	const struct lookup *txt = j->s->txt_lookup;

	j->is_txt_usable = session_txt_is_usable(j->s);
	j->is_policy_usable = session_policy_is_usable(j->s);
	j->mode = POLICY_MODE_NONE;
	if (j->s->rehearsed != NULL) {
		j->is_mode_known = true;
		j->mode = session_mode(j->s);
		return;
	}
	if (txt == NULL || !txt->is_done || lookup_was_cut(j, txt))
		return;
	if (!j->is_txt_usable) {
		const bool is_ours = lookup_failed(txt) ? j->is_dns_broken || !j->is_resolver_known
							: false;

		j->is_mode_known = !is_ours && !j->is_dns_rewriting;
		return;
	}
	j->is_mode_known = j->is_fetch_ok || (j->is_fetch_settled && !j->is_fetch_unsure);
	j->mode = session_mode(j->s);
}

static int
name_order(const void *a, const void *b)
{
	return str_cmp_nocase(*(const struct str *)a, *(const struct str *)b);
}

bool
index_has(const struct name_index *index, struct str name)
{
	const struct str key = name_no_dot(name);

	return index->n > 0 &&
	       bsearch(&key, index->v, index->n, sizeof(struct str), name_order) != NULL;
}

static void
index_hosts(struct judging *j)
{
	const size_t n = j->s->host_count;

	j->names.v = arena_array(j->a, n + 1, sizeof(struct str));
	j->parents.v = arena_array(j->a, n + 1, sizeof(struct str));
	for (size_t i = 0; i < n; i++) {
		j->names.v[i] = name_no_dot(j->s->hosts[i]->name);
		j->parents.v[i] = name_parent(j->names.v[i]);
	}
	j->names.n = j->parents.n = n;
	qsort(j->names.v, n, sizeof(struct str), name_order);
	qsort(j->parents.v, n, sizeof(struct str), name_order);
}

static void
index_patterns(struct judging *j)
{
	const struct policy *p = &j->s->policy;

	if (!j->is_policy_usable)
		return;
	j->suffixes.v = arena_array(j->a, p->mx_count + 1, sizeof(struct str));
	j->exacts.v = arena_array(j->a, p->mx_count + 1, sizeof(struct str));
	for (size_t i = 0; i < p->mx_count; i++) {
		if (!p->mx[i].is_valid)
			continue;
		if (str_starts(p->mx[i].text, STR("*.")))
			j->suffixes.v[j->suffixes.n++] = str_skip(p->mx[i].text, 2);
		else
			j->exacts.v[j->exacts.n++] = p->mx[i].text;
	}
	qsort(j->suffixes.v, j->suffixes.n, sizeof(struct str), name_order);
	qsort(j->exacts.v, j->exacts.n, sizeof(struct str), name_order);
}

void
judge_facts(struct judging *j)
{
	j->domain = session_domain(j->s);
	j->policy_host = arena_printf(j->a, "mta-sts.%.*s", STR_ARG(j->domain));
	j->as_of_s = session_as_of_s(j->s);
	j->is_running = !j->s->is_ended;
	judge_resolver(j);
	judge_vantage(j);
	judge_clock(j);
	judge_controls(j);
	judge_domain(j);
	judge_fetch(j);
	judge_mode(j);
	index_hosts(j);
	index_patterns(j);
	judge_hosts(j);
}
