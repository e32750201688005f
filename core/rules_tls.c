/* TLS and the certificate of every MX address (RFC 8461 section 4.2). */
#include "core/rules.h"

static bool
tls_handshake(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	enum outcome o = t->end_outcome;
	struct str error = t->end_error;

	if (!t->steps[SMTP_STARTTLS].is_done || t->steps[SMTP_STARTTLS].outcome != OUTCOME_OK)
		return false;
	if (t->tls.is_done) {
		o = t->tls.done->outcome;
		error = t->tls.done->error;
	}
	if (o == OUTCOME_OK || (!t->tls.is_done && !t->is_ended))
		return false;
	if (outcome_was_cut(o))
		f->severity = SEVERITY_INCONCLUSIVE;
	f->note = error.n > 0 ? str_sub(error, 0, 200) : str_of(outcome_words(o));
	f->detail = arena_printf(j->a, "%s%s%.*s", outcome_words(o), error.n > 0 ? ": " : "",
		STR_ARG(str_sub(error, 0, 200)));
	found_seq(f, t->tls.seq != 0 ? t->tls.seq : t->steps[SMTP_STARTTLS].seq);
	return true;
}

static bool
note_cert(const struct judging *j, const struct about *at, struct found *f, struct str what)
{
	f->publish = arena_printf(j->a, "DNS:%.*s", STR_ARG(at->host->host->name));
	f->detail = what;
	found_seq(f, at->address->attempt->tls.verdict_seq);
	found_seq(f, at->address->attempt->tls.seq);
	return true;
}

static const struct ev_cert *
misnamed(const struct about *at)
{
	const struct cert_faults *c = &at->address->cert;

	return c->is_judged && c->is_name_bad ? c->leaf : NULL;
}

static bool
tls_cert_host_mismatch(const struct judging *j, const struct about *at, struct found *f)
{
	const struct cert_faults *c = &at->address->cert;

	if (!c->is_judged || !c->is_name_bad)
		return false;
	return note_cert(j, at, f, cert_names_text(j->a, c->leaf, at->host->host->name));
}

static bool
tls_cert_cn_only(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_cert *leaf = misnamed(at);

	if (leaf == NULL || leaf->sans.n > 0 || leaf->common_name.n == 0 ||
		!name_eq(leaf->common_name, at->host->host->name))
		return false;
	return note_cert(j, at, f, cert_names_text(j->a, leaf, at->host->host->name));
}

static bool
has_miss(const struct judging *j, const struct about *at, enum match_miss miss, struct found *f)
{
	const struct ev_cert *leaf = misnamed(at);
	const struct str wanted = at->host->host->name;

	for (size_t i = 0; leaf != NULL && i < leaf->sans.n; i++) {
		const struct match_pair pair = match_name(leaf->sans.v[i], wanted);

		if (pair.miss == miss)
			return note_cert(j, at, f,
				arena_printf(j->a, "SAN %.*s; wanted %.*s; %.*s",
					STR_ARG(leaf->sans.v[i]), STR_ARG(wanted),
					STR_ARG(match_explain(
						j->a, leaf->sans.v[i], wanted, pair))));
	}
	return false;
}

static bool
tls_cert_wildcard_depth(const struct judging *j, const struct about *at, struct found *f)
{
	return has_miss(j, at, MATCH_MISS_WILDCARD_DEEP, f);
}

static bool
tls_cert_wildcard_partial(const struct judging *j, const struct about *at, struct found *f)
{
	return has_miss(j, at, MATCH_MISS_WILDCARD_PARTIAL, f);
}

/* The name of a pattern, or one that a pattern covers: what a confused client would look for. */
static bool
is_of_policy(const struct judging *j, struct str san)
{
	size_t at;

	if (mx_pattern_check(san, &at) != MX_FAULT_NONE)
		return false;
	if (name_eq(san, j->domain) || index_has(&j->exacts, san))
		return true;
	return index_has(&j->suffixes, name_parent(san));
}

/* A wildcard that stops short of the name says more than a likeness to the policy. */
static bool
tls_cert_pattern_only(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_cert *leaf = misnamed(at);
	struct found unused = { 0 };

	if (has_miss(j, at, MATCH_MISS_WILDCARD_DEEP, &unused) ||
		has_miss(j, at, MATCH_MISS_WILDCARD_PARTIAL, &unused))
		return false;
	for (size_t i = 0; leaf != NULL && i < leaf->sans.n; i++) {
		if (!is_of_policy(j, leaf->sans.v[i]))
			continue;
		f->note = leaf->sans.v[i];
		return note_cert(j, at, f, cert_names_text(j->a, leaf, at->host->host->name));
	}
	return false;
}

static bool
tls_cert_expired(const struct judging *j, const struct about *at, struct found *f)
{
	return at->address->cert.is_expired &&
	       note_cert(j, at, f, expiry_text(j, &at->address->cert));
}

static bool
tls_cert_not_yet_valid(const struct judging *j, const struct about *at, struct found *f)
{
	const struct cert_faults *c = &at->address->cert;

	if (!c->is_early || c->is_expired)
		return false;
	if (j->has_skew && c->dated != NULL &&
		elapsed(j->as_of_s, c->dated->not_before_s) <= j->skew_s)
		return false;
	return note_cert(j, at, f, early_text(j, c));
}

static bool
has_trust_fault(
	const struct judging *j, const struct about *at, enum trust_fault fault, struct found *f)
{
	const struct cert_faults *c = &at->address->cert;

	if (!c->is_judged || c->trust != fault)
		return false;
	f->note = trust_note(j->a, c);
	return note_cert(j, at, f, trust_text(j->a, &at->address->attempt->tls, c));
}

static bool
tls_cert_self_signed(const struct judging *j, const struct about *at, struct found *f)
{
	return has_trust_fault(j, at, TRUST_SELF_SIGNED, f);
}

static bool
tls_cert_untrusted(const struct judging *j, const struct about *at, struct found *f)
{
	return has_trust_fault(j, at, TRUST_UNTRUSTED, f);
}

static bool
tls_chain_incomplete(const struct judging *j, const struct about *at, struct found *f)
{
	return has_trust_fault(j, at, TRUST_INCOMPLETE, f);
}

static bool
tls_cert_invalid(const struct judging *j, const struct about *at, struct found *f)
{
	return has_trust_fault(j, at, TRUST_INVALID, f);
}

static bool
tls_chain_extra(const struct judging *j, const struct about *at, struct found *f)
{
	const struct tls_seen *tls = &at->address->attempt->tls;
	struct strs extra = { 0 };

	if (tls->verdict == NULL || !tls->verdict->is_trusted)
		return false;
	for (size_t i = 0; i < tls->chain_count; i++) {
		if (!tls->chain[i]->is_on_path)
			arena_push(j->a, &extra, tls->chain[i]->subject);
	}
	if (extra.n == 0)
		return false;
	return note_cert(j, at, f,
		arena_printf(j->a, "%zu of %zu sent are not on the path: %.*s", extra.n,
			tls->chain_count, STR_ARG(strs_join(j->a, extra, "; ", 4))));
}

static bool
tls_cert_expiring(const struct judging *j, const struct about *at, struct found *f)
{
	const struct cert_faults *c = &at->address->cert;

	if (!j->is_policy_usable || !c->is_judged || c->is_expired || c->leaf == NULL ||
		!cert_is_expiring(j, c->leaf))
		return false;
	f->note = date_text(j->a, c->leaf->not_after_s);
	return note_cert(j, at, f, days_left_text(j, c->leaf));
}

static bool
tls_cert_revoked(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_cert_verdict *v = at->address->attempt->tls.verdict;

	return v != NULL && str_is(v->ocsp, "revoked") &&
	       note_cert(j, at, f, STR("the stapled OCSP answer says revoked"));
}

const struct rule rules_tls[] = {
	{ FINDING_TLS_HANDSHAKE, ABOUT_ADDRESS, BY_MX_HOST, tls_handshake },
	{ FINDING_TLS_CERT_HOST_MISMATCH, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_host_mismatch },
	{ FINDING_TLS_CERT_CN_ONLY, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_cn_only },
	{ FINDING_TLS_CERT_WILDCARD_DEPTH, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_wildcard_depth },
	{ FINDING_TLS_CERT_WILDCARD_PARTIAL, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_wildcard_partial },
	{ FINDING_TLS_CERT_PATTERN_ONLY, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_pattern_only },
	{ FINDING_TLS_CERT_EXPIRED, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_expired },
	{ FINDING_TLS_CERT_NOT_YET_VALID, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_not_yet_valid },
	{ FINDING_TLS_CERT_SELF_SIGNED, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_self_signed },
	{ FINDING_TLS_CERT_UNTRUSTED, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_untrusted },
	{ FINDING_TLS_CHAIN_INCOMPLETE, ABOUT_ADDRESS, BY_MX_HOST, tls_chain_incomplete },
	{ FINDING_TLS_CERT_INVALID, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_invalid },
	{ FINDING_TLS_CHAIN_EXTRA, ABOUT_ADDRESS, BY_MX_HOST, tls_chain_extra },
	{ FINDING_TLS_CERT_EXPIRING, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_expiring },
	{ FINDING_TLS_CERT_REVOKED, ABOUT_ADDRESS, BY_MX_HOST, tls_cert_revoked },
	{ 0 },
};
