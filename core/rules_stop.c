/*
 * The stop rules: one fault gives one red line.
 *
 * Gates keep whole lists of predicates from being asked, stops take a finding away because another
 * one says it better, and unsure evidence of this side makes a finding inconclusive.
 */
#include "core/rules.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool
has_txt(const struct judging *j)
{
	return j->s->txt_lookup != NULL && j->s->txt_lookup->is_done;
}

/* RFC 8461 section 3.1: without a usable record no sender looks for a policy. */
static bool
has_usable_txt(const struct judging *j)
{
	return j->is_txt_usable;
}

static bool
has_settled_fetch(const struct judging *j)
{
	return j->is_txt_usable && j->is_fetch_settled;
}

static bool
has_body(const struct judging *j)
{
	return j->s->has_policy &&
	       (j->s->rehearsed != NULL || (j->is_txt_usable && j->is_fetch_ok));
}

/* A body that is no policy file at all has no lines worth judging. */
static bool
has_lines(const struct judging *j)
{
	const struct policy *p = &j->s->policy;

	return has_body(j) && !p->is_empty && !p->has_bom && !p->has_nul && !p->is_utf16 &&
	       !p->has_bare_cr && (p->is_valid || !p->looks_like_html);
}

static bool
has_text_body(const struct judging *j)
{
	return has_body(j) && (j->s->policy.is_valid || !j->s->policy.looks_like_html);
}

static bool
has_mx(const struct judging *j)
{
	return j->s->mx_lookup != NULL && j->s->mx_lookup->is_done;
}

/* Before the MX answer nothing is known to be an MX host; null MX means that none is (RFC 7505). */
static bool
has_mx_hosts(const struct judging *j)
{
	return has_mx(j) && j->host_count > 0 && !j->s->is_null_mx;
}

static bool
has_tlsrpt(const struct judging *j)
{
	return j->s->tlsrpt_lookup != NULL && j->s->tlsrpt_lookup->is_done;
}

static const struct {
	const struct rule *list;
	bool (*is_open)(const struct judging *j);
} gates[] = {
	{ rules_txt, has_txt },
	{ rules_absence, has_txt },
	{ rules_deep_txt, has_txt },
	{ rules_host, has_usable_txt },
	{ rules_https, has_settled_fetch },
	{ rules_deep_https, has_settled_fetch },
	{ rules_policy_body, has_text_body },
	{ rules_policy, has_lines },
	{ rules_mx, has_mx },
	{ rules_reach, has_mx },
	{ rules_smtp, has_mx_hosts },
	{ rules_tls, has_mx_hosts },
	{ rules_deep_mx, has_mx_hosts },
	{ rules_dane, has_mx_hosts },
	{ rules_tlsrpt, has_tlsrpt },
	{ rules_reports, has_tlsrpt },
};

bool
rules_apply(const struct judging *j, const struct rule *list)
{
	for (size_t i = 0; i < COUNT(gates); i++) {
		if (gates[i].list == list)
			return gates[i].is_open(j);
	}
	return true;
}

enum scope {
	SCOPE_ALL,
	SCOPE_SUBJECT,
	SCOPE_NOTE, /* the predicates noted the same: a key */
	SCOPE_ADDRESS,
	SCOPE_IPV6, /* of the same host */
};

/* What the first raises, the others need not say: ids, or prefixes that end with "-". */
static const struct {
	enum finding_id cause;
	enum scope scope;
	const char *stops;
} stops[] = {
	{ FINDING_DOMAIN_NXDOMAIN, SCOPE_ALL,
		"dns- txt- host- https- policy- mx- smtp- tls- dane- tlsrpt-" },
	{ FINDING_DNS_ZONE_FAILING, SCOPE_ALL,
		"domain- dns-bogus txt- host- https- policy- mx- smtp- tls- dane- tlsrpt-" },
	{ FINDING_TXT_MULTIPLE, SCOPE_ALL,
		"txt-literal-quotes txt-non-ascii txt-version-bad txt-field-syntax txt-id-missing "
		"txt-id-bad txt-id-too-long txt-id-duplicate txt-space-before-semicolon "
		"txt-unknown-field" },
	{ FINDING_TXT_CNAME_DANGLING, SCOPE_ALL,
		"txt-absent txt-orphan-policy txt-parent-only txt-wrong-name" },
	{ FINDING_TXT_WILDCARD_ANSWER, SCOPE_ALL, "txt-foreign" },
	{ FINDING_HTTPS_TLS_OLD, SCOPE_ALL, "https-handshake" },
	{ FINDING_TLS_VERSION_LOW, SCOPE_ADDRESS, "tls-handshake" },
	{ FINDING_TLS_SNI_WRONG, SCOPE_ADDRESS,
		"tls-cert-host-mismatch tls-cert-cn-only tls-cert-wildcard-depth "
		"tls-cert-wildcard-partial tls-cert-pattern-only" },
	{ FINDING_ENV_PORT25_BLOCKED, SCOPE_ALL, "mx-all-unreachable mx-backup-at-risk" },
	{ FINDING_ENV_PORT25_INTERCEPTED, SCOPE_ALL, "mx-all-unreachable mx-backup-at-risk" },
	{ FINDING_ENV_CAPTIVE_PORTAL, SCOPE_ALL, "https-status" },
	{ FINDING_POLICY_UTF16, SCOPE_ALL, "policy-bom policy-nul policy-bare-cr policy-empty" },
	{ FINDING_POLICY_EMPTY, SCOPE_ALL, "policy-bom policy-nul policy-bare-cr" },
	{ FINDING_POLICY_BOM, SCOPE_ALL, "policy-nul policy-bare-cr" },
	{ FINDING_POLICY_NUL, SCOPE_ALL, "policy-bare-cr" },
	{ FINDING_POLICY_KEY_CASE, SCOPE_NOTE,
		"policy-version-missing policy-mode-missing policy-max-age-missing "
		"policy-mx-missing" },
	{ FINDING_POLICY_MX_BAD, SCOPE_ALL, "policy-mx-missing" },
	{ FINDING_POLICY_MX_SEVERAL, SCOPE_ALL, "policy-mx-missing" },
	{ FINDING_MX_NONE_IN_POLICY, SCOPE_ALL, "mx-not-in-policy" },
	{ FINDING_MX_TARGET_ADDRESS, SCOPE_SUBJECT,
		"mx-no-address mx-address-lookup-failed mx-not-in-policy" },
	{ FINDING_SMTP_IPV6_FAILED, SCOPE_IPV6, "smtp-connect" },
	{ FINDING_TLS_CERT_CN_ONLY, SCOPE_ADDRESS, "tls-cert-host-mismatch" },
	{ FINDING_TLS_CERT_WILDCARD_DEPTH, SCOPE_ADDRESS, "tls-cert-host-mismatch" },
	{ FINDING_TLS_CERT_WILDCARD_PARTIAL, SCOPE_ADDRESS, "tls-cert-host-mismatch" },
	{ FINDING_TLS_CERT_PATTERN_ONLY, SCOPE_ADDRESS, "tls-cert-host-mismatch" },
};

static bool
is_listed(const char *list, const char *id)
{
	struct str rest = str_of(list), word;

	while (str_split(&rest, ' ', &word)) {
		if (word.n > 0 && word.p[word.n - 1] == '-' ? str_starts(str_of(id), word)
							    : str_is(word, id))
			return true;
	}
	return false;
}

static bool
is_in_scope(enum scope scope, const struct raised *cause, const struct raised *r)
{
	switch (scope) {
	case SCOPE_ALL:
		return true;
	case SCOPE_SUBJECT:
		return str_eq(cause->found.subject, r->found.subject);
	case SCOPE_NOTE:
		return str_eq(cause->found.note, r->found.note);
	case SCOPE_ADDRESS:
		return cause->at.address == r->at.address;
	case SCOPE_IPV6:
		return cause->at.host == r->at.host && r->at.address != NULL &&
		       r->at.address->attempt->family == FAMILY_IPV6;
	}
	return false;
}

static void
stop_by(struct judging *j, const struct raised *cause)
{
	for (size_t i = 0; i < COUNT(stops); i++) {
		if (stops[i].cause != cause->type->id)
			continue;
		for (size_t k = 0; k < j->raised_count; k++) {
			struct raised *r = &j->raised[k];

			if (is_listed(stops[i].stops, r->type->name) &&
				is_in_scope(stops[i].scope, cause, r))
				r->is_stopped = true;
		}
	}
}

static const char dns_rows[] =
	"dns-zone-failing dns-bogus domain-nxdomain txt-absent txt-cname-dangling "
	"txt-lookup-failed host-nxdomain host-no-address host-lookup-failed mx-lookup-failed "
	"mx-none mx-no-address mx-address-lookup-failed tlsrpt-absent tlsrpt-lookup-failed "
	"tlsrpt-rua-unreachable";
static const char trust_rows[] =
	"https-cert-self-signed https-cert-untrusted https-chain-incomplete https-cert-invalid "
	"tls-cert-self-signed tls-cert-untrusted tls-chain-incomplete tls-cert-invalid";
static const char date_rows[] = "https-cert-expired https-cert-not-yet-valid https-cert-expiring "
				"tls-cert-expired tls-cert-not-yet-valid tls-cert-expiring";

/* The look at an address that says better what a row says, if the walk takes it. */
static bool
better_look(const struct judging *j, const struct raised *r, enum attempt_variant *variant)
{
	static const char names[] = "tls-cert-host-mismatch tls-cert-cn-only "
				    "tls-cert-wildcard-depth tls-cert-wildcard-partial "
				    "tls-cert-pattern-only";

	*variant = VARIANT_OLD_TLS;
	if (is_listed("tls-handshake https-handshake", r->type->name))
		return true;
	*variant = VARIANT_NO_SNI;
	return j->s->start != NULL && j->s->start->probes_sni && is_listed(names, r->type->name);
}

static bool
has_random_answer(const struct judging *j)
{
	for (size_t i = 0; i < j->s->lookup_count; i++) {
		if (is_random_label(j, j->s->lookups[i]) && j->s->lookups[i]->is_done)
			return true;
	}
	return false;
}

/* What a look that is still to come may say better, or may turn round: control hosts come last. */
static bool
awaits_deeper_look(const struct judging *j, const struct raised *r)
{
	const struct attempt *t = r->at.address != NULL ? r->at.address->attempt : j->fetch, *other;
	enum attempt_variant variant;

	if (t != NULL && better_look(j, r, &variant)) {
		other = session_extra(j->s, t, variant);
		return other == NULL || !other->is_ended;
	}
	if (r->type->id == FINDING_TXT_FOREIGN && j->s->txt.candidates == 0)
		return !has_random_answer(j);
	return j->awaits_controls && is_listed("smtp- tls- mx-all-unreachable", r->type->name);
}

/* Nothing is said before the walk carries it: neither a by-mode row before the mode is known, nor
 * what DNS lacks before it is known whether our resolver and the whole zone work. */
static bool
is_too_early(const struct judging *j, const struct raised *r)
{
	if (!j->is_running)
		return false;
	if (!j->is_mode_known && str_is(str_of(r->type->severity), "by-mode"))
		return true;
	/* IPv6 that fails may turn out to be the whole of it. */
	if (r->type->id == FINDING_SMTP_CONNECT && !r->at.host->is_settled)
		return r->at.address->attempt->family == FAMILY_IPV6;
	if (awaits_deeper_look(j, r))
		return true;
	if (!j->is_clock_known && is_listed(date_rows, r->type->name))
		return true;
	return !j->is_zone_settled && is_listed(dns_rows, r->type->name);
}

/* Of a host, or of any of them. */
static bool
has_stopped_address(const struct judging *j, const struct host_facts *host)
{
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		for (size_t k = 0; k < h->count && (host == NULL || host == h); k++) {
			if (attempt_was_stopped(h->addresses[k].attempt))
				return true;
		}
	}
	return false;
}

/* The operator ended the walk, or this probe alone: a step that was cut says nothing, neither of the domain nor of this
 * side. Its stage is inconclusive. How the walk ends is known only when it has. */
static bool
is_of_cancelled_step(const struct judging *j, const struct raised *r)
{
	const bool is_https = str_starts(str_of(r->type->name), STR("https-"));

	if (r->at.address != NULL && attempt_was_stopped(r->at.address->attempt))
		return true;
	if (is_https && j->fetch != NULL && !j->is_fetch_ok && attempt_was_stopped(j->fetch))
		return true;
	if (r->found.stage == STAGE_MX && r->found.severity == SEVERITY_INCONCLUSIVE &&
		r->at.address == NULL && has_stopped_address(j, r->at.host))
		return true;
	if (r->found.stage == STAGE_ENV || (!j->is_running && j->s->end_reason != END_CANCELLED))
		return false;
	if (r->found.severity == SEVERITY_INCONCLUSIVE)
		return true;
	if (r->at.address != NULL)
		return attempt_was_cut(r->at.address->attempt);
	return is_https && j->fetch != NULL && !j->is_fetch_ok && attempt_was_cut(j->fetch);
}

void
judge_stop(struct judging *j)
{
	for (size_t i = 0; i < j->raised_count; i++) {
		if (is_too_early(j, &j->raised[i]) || is_of_cancelled_step(j, &j->raised[i]))
			j->raised[i].is_stopped = true;
	}
	/* Causes stand before what they stop or stop nothing that stops others: one pass does. */
	for (size_t i = 0; i < j->raised_count; i++) {
		if (!j->raised[i].is_stopped)
			stop_by(j, &j->raised[i]);
	}
}

/* Dates within the offset of our clock cannot be told. */
static bool
is_within_skew(const struct judging *j, const struct raised *r)
{
	const struct cert_faults *c = r->at.address != NULL ? &r->at.address->cert : &j->fetch_cert;
	const struct ev_cert *cert = c->dated != NULL ? c->dated : c->leaf;
	int64_t start_s, end_s;

	if (!j->has_skew || cert == NULL)
		return false;
	start_s = elapsed(j->as_of_s, cert->not_before_s);
	end_s = elapsed(j->as_of_s, cert->not_after_s);
	return (start_s >= -j->skew_s && start_s <= j->skew_s) ||
	       (end_s >= -j->skew_s && end_s <= j->skew_s);
}

/* Who must act first where this condition of our side holds, in words of blame. */
static enum blame
ours_if(bool is_local, bool is_network)
{
	if (is_network)
		return BLAME_NETWORK;
	return is_local ? BLAME_LOCAL : BLAME_NOBODY;
}

/* It speaks of a server that our resolver put in the place of theirs. */
static bool
is_of_invented(const struct judging *j, const struct raised *r)
{
	if (r->at.address != NULL && is_listed("smtp- tls-", r->type->name))
		return attempt_is_invented(j, r->at.address->attempt);
	return str_starts(str_of(r->type->name), STR("https-")) && j->fetch != NULL &&
	       attempt_is_invented(j, j->fetch);
}

enum blame
raised_unsure_by(const struct judging *j, const struct raised *r)
{
	const char *id = r->type->name;
	const bool is_https = str_starts(str_of(id), STR("https-"));

	if (is_of_invented(j, r))
		return BLAME_LOCAL;
	if (is_listed(dns_rows, id))
		return ours_if(j->is_dns_broken || j->is_dns_rewriting, false);
	if (is_listed(trust_rows, id))
		return ours_if(j->is_store_missing, is_https && j->is_https_intercepted);
	if (is_listed(date_rows, id))
		return ours_if(is_within_skew(j, r), false);
	if (is_https && j->fetch != NULL && !j->is_fetch_ok)
		return ours_if(attempt_was_cut(j->fetch), false);
	if (r->at.address != NULL && attempt_was_cut(r->at.address->attempt))
		return BLAME_LOCAL;
	if (!is_listed("smtp- tls-", id))
		return BLAME_NOBODY;
	return ours_if(j->is_dns_broken, j->is_port25_blocked || j->is_port25_intercepted);
}
