/* This side: raised only where it changes or limits what can be said of the domain. */
#include "core/rules.h"

#define STORE_OLD_S (2LL * 365 * 86400)

static const struct lookup *
root_of(const struct judging *j)
{
	return session_lookup(j->s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY);
}

static bool
env_dns_broken(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *root = root_of(j);
	struct str error = root != NULL && root->answer != NULL ? root->answer->error : STR_EMPTY;

	(void)at;
	if (str_find_str(error, STR("no answer")) < error.n)
		error = STR_EMPTY; /* the words say so already */
	if (!j->is_dns_broken || j->s->start == NULL)
		return false;
	if (j->outside != NULL) {
		f->detail = arena_printf(j->a,
			"A %.*s, a name made up just now: %s; NS . is answered",
			STR_ARG(j->outside->name), lookup_words(j->outside));
		f->means =
			"The resolver answers what it remembers, and nothing new: it has no way "
			"out, or the name servers of the top-level domain do not answer. Nothing "
			"that needs DNS can be judged.";
		f->note = shell_word(j->a, j->outside->name);
		f->hand = "dig {N}";
		found_lookup(f, j->outside);
	} else if (j->s->start->resolvers.n == 0) {
		f->detail = STR("no resolver is configured");
	} else {
		f->detail = arena_printf(j->a, "NS . at %.*s: %s%s%.*s%s",
			STR_ARG(strs_join(j->a, j->s->start->resolvers, ", ", 8)),
			lookup_words(root), error.n > 0 ? " (" : "", STR_ARG(error),
			error.n > 0 ? ")" : "");
	}
	found_lookup(f, root);
	return true;
}

static bool
env_dns_rewrites(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = session_lookup(j->s, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY);

	(void)at;
	if (!j->is_dns_rewriting)
		return false;
	f->note = shell_word(j->a, l->name);
	f->detail = arena_printf(j->a, "A %.*s: %s%s%.*s", STR_ARG(l->name), lookup_words(l),
		l->count > 0 ? " " : "", STR_ARG(l->count > 0 ? l->records[0]->data : STR_EMPTY));
	found_lookup(f, l);
	return true;
}

static const struct lookup *
seen_tlsa(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		const struct lookup *l = j->hosts[i].host->tlsa;

		if (l != NULL && l->status == LOOKUP_OK && l->count > 0)
			return l;
	}
	return NULL;
}

static bool
note_ad(const struct judging *j, struct found *f, const char *what)
{
	const struct lookup *root = root_of(j), *tlsa = seen_tlsa(j);

	f->detail = arena_printf(j->a, "%s at %.*s; TLSA records of %.*s were seen", what,
		STR_ARG(root->answer->resolver), STR_ARG(tlsa->name));
	found_lookup(f, root);
	found_lookup(f, tlsa);
	return true;
}

static bool
env_dns_no_dnssec(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *root = root_of(j);

	(void)at;
	if (root == NULL || root->status != LOOKUP_OK || root->answer->is_ad ||
		seen_tlsa(j) == NULL)
		return false;
	return note_ad(j, f, "NS . comes without AD");
}

static bool
env_ad_untrusted(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *root = root_of(j);

	(void)at;
	if (root == NULL || root->status != LOOKUP_OK || !root->answer->is_ad ||
		j->s->start == NULL || j->s->start->is_ad_trusted || seen_tlsa(j) == NULL)
		return false;
	return note_ad(j, f, "AD is set");
}

static bool
env_clock_skew(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!j->has_skew)
		return false;
	if (j->is_before_store) {
		f->means = "Files of the trust store are newer than the time of this host, so its "
			   "clock "
			   "is behind, by how much is not known: dates are not judged.";
		f->detail = arena_printf(j->a, "newest file of %.*s: %.*s; time of this host: %.*s",
			STR_ARG(j->s->start->trust_store),
			STR_ARG(date_text(j->a, j->s->start->store_newest_s)),
			STR_ARG(date_text(j->a, j->as_of_s)));
		f->hand = "date -u";
		found_seq(f, 1);
		return true;
	}
	f->note = arena_printf(j->a, "%lld seconds", (long long)j->skew_s);
	if (j->clock_count == 1) {
		f->means = "The clock of this host, or the clock of that server, is wrong: one "
			   "server alone cannot tell. Dates cannot be told closer than {N}: what "
			   "lies within is not judged.";
		f->fix = "Compare this host with a time server. If this host is right, tell "
			 "whoever runs {H} that their clock is wrong.";
	}
	for (size_t i = 0; i < j->s->https_count; i++) {
		const struct attempt *t = j->s->https[i];
		const struct ev_http_done *http = t->http;

		if (http == NULL || !http->has_date)
			continue;
		f->detail = arena_printf(j->a, "Date of %.*s: %+lld s against our clock",
			STR_ARG(t->address), (long long)(http->date_offset_ms / 1000));
		found_seq(f, t->http_seq);
		break;
	}
	return true;
}

static bool
env_https_intercepted(const struct judging *j, const struct about *at, struct found *f)
{
	const struct tls_seen *tls;

	(void)at;
	if (!j->is_https_intercepted || j->fetch == NULL || j->fetch->tls.chain_count == 0)
		return false;
	tls = &j->fetch->tls;
	f->detail = arena_printf(j->a,
		"%.*s, not trusted, issues for the policy host and for an MX "
		"host elsewhere",
		STR_ARG(str_sub(tls->chain[tls->chain_count - 1]->subject, 0, 200)));
	found_seq(f, tls->verdict_seq);
	return true;
}

static bool
env_captive_portal(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	for (size_t i = 0; j->is_captive && i < j->s->https_count; i++) {
		const struct attempt *t = j->s->https[i];

		if (t->http == NULL || t->http->status != 511)
			continue;
		f->detail = arena_printf(j->a, "%.*s: status 511", STR_ARG(t->address));
		found_seq(f, t->http_seq);
		return true;
	}
	return false;
}

static bool
env_ca_store_missing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!j->is_store_missing)
		return false;
	f->detail = j->s->start->trust_store.n == 0
			    ? STR("no trust store was found")
			    : arena_printf(j->a, "%.*s holds no certificate",
				      STR_ARG(j->s->start->trust_store));
	found_seq(f, 1);
	return true;
}

static bool
is_untrusted(const struct cert_faults *c)
{
	return c->trust == TRUST_UNTRUSTED || c->trust == TRUST_INCOMPLETE;
}

static bool
has_untrusted(const struct judging *j)
{
	if (is_untrusted(&j->fetch_cert))
		return true;
	for (size_t i = 0; i < j->host_count; i++) {
		for (size_t k = 0; k < j->hosts[i].count; k++) {
			if (is_untrusted(&j->hosts[i].addresses[k].cert))
				return true;
		}
	}
	return false;
}

static bool
env_ca_store_old(const struct judging *j, const struct about *at, struct found *f)
{
	const struct ev_walk_start *start = j->s->start;

	(void)at;
	if (start == NULL || start->store_newest_s < 0 || start->anchors == 0 ||
		elapsed(start->store_newest_s, j->as_of_s) <= STORE_OLD_S || !has_untrusted(j))
		return false;
	f->detail = arena_printf(j->a, "newest file of %.*s: %.*s", STR_ARG(start->trust_store),
		STR_ARG(date_text(j->a, start->store_newest_s)));
	found_seq(f, 1);
	return true;
}

static bool
lacks(const struct attempt *t, enum family family)
{
	return t->family == family && (t->skip == SKIP_FAMILY_OFF || t->skip == SKIP_NO_ROUTE);
}

/* For want of the family nothing is left of the fetch, or of all MX hosts: the rest would be a
 * verdict on nothing. */
static bool
leaves_nothing(const struct judging *j, enum family family)
{
	const struct session *s = j->s;
	size_t lacking = 0, tried = 0;

	for (size_t i = 0; i < s->https_count; i++) {
		lacking += lacks(s->https[i], family) ? 1 : 0;
		tried += s->https[i]->skip == SKIP_NONE ? 1 : 0;
	}
	if (j->is_txt_usable && s->rehearsed == NULL && lacking > 0 && tried == 0)
		return true;
	lacking = tried = 0;
	for (size_t i = 0; i < j->host_count; i++) {
		for (size_t k = 0; k < j->hosts[i].count; k++) {
			const struct attempt *t = j->hosts[i].addresses[k].attempt;

			lacking += lacks(t, family) ? 1 : 0;
			tried += t->skip == SKIP_NONE ? 1 : 0;
		}
	}
	return lacking > 0 && tried == 0;
}

/* An address of the family that the walk met and could not be tested from here. */
static bool
lacks_family(const struct judging *j, enum family family, struct found *f)
{
	const struct session *s = j->s;
	const enum rrtype type = family == FAMILY_IPV4 ? RRTYPE_A : RRTYPE_AAAA;
	const bool is_off = s->start != NULL &&
			    !(family == FAMILY_IPV4 ? s->start->wants_ipv4 : s->start->wants_ipv6);
	const bool is_unrouted = s->is_route_known[family] && !s->has_route[family];

	for (size_t i = 0; (is_off || is_unrouted) && i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (l->type != type || l->status != LOOKUP_OK || l->count == 0 ||
			(l->role != LOOKUP_POLICY_HOST && l->role != LOOKUP_MX_HOST))
			continue;
		f->note = shell_word(j->a, l->records[0]->data);
		f->detail = arena_printf(j->a, "%s; %.*s has %.*s",
			is_off ? "not asked for" : "no route here", STR_ARG(l->name),
			STR_ARG(l->records[0]->data));
		if (!j->is_running && leaves_nothing(j, family))
			f->severity = SEVERITY_INCONCLUSIVE;
		if (is_off)
			f->fix = family == FAMILY_IPV4 ? "Walk without -6." : "Walk without -4.";
		found_lookup(f, l);
		return true;
	}
	return false;
}

static bool
env_ipv4_none(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return lacks_family(j, FAMILY_IPV4, f);
}

static bool
env_ipv6_none(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return lacks_family(j, FAMILY_IPV6, f);
}

static bool
env_port25_blocked(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *control = NULL;

	(void)at;
	if (!j->is_port25_blocked)
		return false;
	for (size_t i = 0; i < j->s->extra_count && control == NULL; i++) {
		if (j->s->extras[i]->variant == VARIANT_CONTROL)
			control = j->s->extras[i];
	}
	f->note = shell_word(j->a, control->host);
	found_seq(f, j->s->controls_seq);
	f->detail = arena_printf(j->a, "every MX address, %.*s; control hosts: %.*s",
		STR_ARG(j->s->controls != NULL ? j->s->controls->reason : STR("alike")),
		STR_ARG(controls_text(j, f)));
	return true;
}

static bool
env_port25_intercepted(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!j->is_port25_intercepted)
		return false;
	f->note = shell_word(j->a, j->intercepted->host);
	found_seq(f, j->s->controls_seq);
	f->detail = arena_printf(j->a, "the same server answers for unrelated hosts: %.*s",
		STR_ARG(controls_text(j, f)));
	found_seq(f, j->intercepted->tls.verdict_seq);
	return true;
}

static bool
env_source_blocklisted(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	for (size_t i = 0; i < j->host_count; i++) {
		for (size_t k = 0; k < j->hosts[i].count; k++) {
			const struct attempt *t = j->hosts[i].addresses[k].attempt;

			if (!j->hosts[i].addresses[k].is_blocklisted)
				continue;
			if (f->evidence_count == 0)
				f->detail = arena_printf(j->a,
					"%.*s refuses the connection and quotes %.*s, the address "
					"it comes from",
					STR_ARG(t->host),
					STR_ARG(source_address(t->connect->source)));
			found_seq(f, t->connect_seq);
		}
	}
	if (!j->is_blocklisted)
		f->severity = SEVERITY_WARNING;
	return f->evidence_count > 0;
}

static bool
env_ehlo_name_weak(const struct judging *j, const struct about *at, struct found *f)
{
	const struct str ehlo = j->s->start != NULL ? j->s->start->ehlo : STR_EMPTY;

	(void)at;
	/* An address literal needs no dot (RFC 5321 section 4.1.4). */
	if (ehlo.n == 0 || ehlo.p[0] == '[' || str_find(ehlo, '.') < ehlo.n)
		return false;
	for (size_t i = 0; i < j->host_count; i++) {
		for (size_t k = 0; k < j->hosts[i].count; k++) {
			const struct attempt *t = j->hosts[i].addresses[k].attempt;

			for (int p = SMTP_BANNER; p <= SMTP_EHLO; p++) {
				if (t->steps[p].is_done && t->steps[p].code / 100 == 5)
					found_seq(f, t->steps[p].seq);
			}
		}
	}
	f->detail = arena_printf(j->a, "EHLO %.*s", STR_ARG(ehlo));
	return f->evidence_count > 0;
}

static bool
was_out_of_time(const struct attempt *t)
{
	return t->skip == SKIP_BUDGET ||
	       (t->is_ended && t->end_outcome == OUTCOME_BUDGET && attempt_was_cut(t));
}

static bool
env_budget_spent(const struct judging *j, const struct about *at, struct found *f)
{
	const struct session *s = j->s;
	struct strs jobs = { 0 };

	(void)at;
	for (size_t i = 0; i < s->https_count; i++) {
		if (was_out_of_time(s->https[i]))
			arena_push(j->a, &jobs, s->https[i]->job);
	}
	for (size_t i = 0; i < j->host_count; i++) {
		for (size_t k = 0; k < j->hosts[i].count; k++) {
			if (was_out_of_time(j->hosts[i].addresses[k].attempt))
				arena_push(j->a, &jobs, j->hosts[i].addresses[k].attempt->job);
		}
	}
	for (size_t i = 0; s->end_reason == END_TIMEOUT && i < s->lookup_count; i++) {
		if (lookup_was_cut(j, s->lookups[i]))
			arena_push(j->a, &jobs, s->lookups[i]->job);
	}
	if (jobs.n == 0)
		return false;
	f->note = strs_join(j->a, jobs, ", ", 8);
	f->detail = arena_printf(j->a, "after %lld s: %.*s",
		(long long)(s->start != NULL ? s->start->budget_ms / 1000 : 0), STR_ARG(f->note));
	if (s->event_count > 0)
		found_seq(f, s->events[s->event_count - 1]->seq);
	return true;
}

const struct rule rules_env[] = {
	{ FINDING_ENV_PORT25_BLOCKED, ABOUT_WALK, BY_NETWORK, env_port25_blocked },
	{ FINDING_ENV_PORT25_INTERCEPTED, ABOUT_WALK, BY_NETWORK, env_port25_intercepted },
	{ FINDING_ENV_SOURCE_BLOCKLISTED, ABOUT_WALK, BY_LOCAL, env_source_blocklisted },
	{ FINDING_ENV_DNS_BROKEN, ABOUT_WALK, BY_LOCAL, env_dns_broken },
	{ FINDING_ENV_DNS_REWRITES, ABOUT_WALK, BY_LOCAL, env_dns_rewrites },
	{ FINDING_ENV_DNS_NO_DNSSEC, ABOUT_WALK, BY_LOCAL, env_dns_no_dnssec },
	{ FINDING_ENV_AD_UNTRUSTED, ABOUT_WALK, BY_LOCAL, env_ad_untrusted },
	{ FINDING_ENV_CLOCK_SKEW, ABOUT_WALK, BY_LOCAL, env_clock_skew },
	{ FINDING_ENV_HTTPS_INTERCEPTED, ABOUT_WALK, BY_NETWORK, env_https_intercepted },
	{ FINDING_ENV_CAPTIVE_PORTAL, ABOUT_WALK, BY_NETWORK, env_captive_portal },
	{ FINDING_ENV_CA_STORE_MISSING, ABOUT_WALK, BY_LOCAL, env_ca_store_missing },
	{ FINDING_ENV_CA_STORE_OLD, ABOUT_WALK, BY_LOCAL, env_ca_store_old },
	{ FINDING_ENV_IPV4_NONE, ABOUT_WALK, BY_LOCAL, env_ipv4_none },
	{ FINDING_ENV_IPV6_NONE, ABOUT_WALK, BY_LOCAL, env_ipv6_none },
	{ FINDING_ENV_EHLO_NAME_WEAK, ABOUT_WALK, BY_LOCAL, env_ehlo_name_weak },
	{ FINDING_ENV_BUDGET_SPENT, ABOUT_WALK, BY_LOCAL, env_budget_spent },
	{ 0 },
};
