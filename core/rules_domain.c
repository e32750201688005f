/* The domain and its DNS as a whole, and what the user asked for. */
#include <strings.h>

#include "core/rules.h"

static bool
domain_nxdomain(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!j->is_nxdomain)
		return false;
	f->detail = arena_printf(j->a, "MX %.*s: NXDOMAIN (no such name)", STR_ARG(j->domain));
	found_lookup(f, j->s->mx_lookup);
	return true;
}

static struct str
ede_text(const struct judging *j, const struct lookup *l)
{
	if (l->answer == NULL || l->answer->ede_code < 0)
		return STR_EMPTY;
	return arena_printf(j->a, "; extended error %lld %.*s", (long long)l->answer->ede_code,
		STR_ARG(l->answer->ede_text));
}

static bool
zone_failing(const struct judging *j, const struct about *at, struct found *f)
{
	const struct session *s = j->s;

	(void)at;
	if (!j->is_zone_failing)
		return false;
	f->detail = arena_printf(j->a,
		"TXT _mta-sts.%.*s, MX %.*s and A mta-sts.%.*s: %s%.*s; other names resolve",
		STR_ARG(j->domain), STR_ARG(j->domain), STR_ARG(j->domain),
		lookup_words(s->mx_lookup), STR_ARG(ede_text(j, s->mx_lookup)));
	found_lookup(f, s->txt_lookup);
	found_lookup(f, s->mx_lookup);
	found_lookup(f, s->policy_a);
	found_lookup(f, s->policy_aaaa);
	if (lookup_was_cut(j, s->txt_lookup))
		f->severity = SEVERITY_INCONCLUSIVE;
	return true;
}

/* The stage a lookup belongs to; false for those that have their own rows. */
static bool
bogus_place(enum lookup_role role, enum stage *stage, enum effect *effect)
{
	switch (role) {
	case LOOKUP_TXT:
		*stage = STAGE_TXT;
		*effect = EFFECT_SKIP;
		return true;
	case LOOKUP_POLICY_HOST:
		*stage = STAGE_HTTPS;
		*effect = EFFECT_SKIP;
		return true;
	case LOOKUP_MX:
	case LOOKUP_MX_HOST:
		*stage = STAGE_MX;
		*effect = EFFECT_CONN;
		return true;
	case LOOKUP_TLSRPT:
		*stage = STAGE_TLSRPT;
		*effect = EFFECT_NONE;
		return true;
	case LOOKUP_TLSA:
	case LOOKUP_ENV_ROOT:
	case LOOKUP_ENV_INVALID:
	case LOOKUP_AUX:
	case LOOKUP_AUTHORITY:
	case LOOKUP_CONTROL:
	case LOOKUP_PLANNED: /* judged where planned hosts count */
	case lookup_role_count:
		break;
	}
	return false;
}

static bool
dns_bogus(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = at->lookup;

	if (!l->is_done || l->status != LOOKUP_BOGUS ||
		!bogus_place(l->role, &f->stage, &f->effect))
		return false;
	/* Nobody looks for the policy host without a usable record. */
	if (l->role == LOOKUP_POLICY_HOST && !j->is_txt_usable)
		return false;
	f->subject = l->name;
	f->note = arena_printf(
		j->a, "%s %.*s", rrtype_name(l->type), STR_ARG(shell_word(j->a, l->name)));
	f->detail = arena_printf(j->a, "%s %.*s: %s%.*s", rrtype_name(l->type), STR_ARG(l->name),
		lookup_words(l), STR_ARG(ede_text(j, l)));
	found_lookup(f, l);
	return true;
}

static const struct {
	const char *level;
	enum policy_mode least; /* POLICY_MODE_NONE: any usable policy */
} levels[] = {
	{ "policy", POLICY_MODE_NONE },
	{ "testing", POLICY_MODE_TESTING },
	{ "enforce", POLICY_MODE_ENFORCE },
};

static bool
require_not_met(const struct judging *j, const struct about *at, struct found *f)
{
	const char *wanted = j->options != NULL ? j->options->require : NULL;
	enum policy_mode least = POLICY_MODE_NONE;

	(void)at;
	if (wanted == NULL || (!j->is_mode_known && j->is_running))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcasecmp(wanted, levels[i].level) == 0)
			least = levels[i].least;
	}
	if (j->is_policy_usable && j->mode >= least)
		return false;
	f->note = j->is_policy_usable
			  ? arena_printf(j->a, "mode %s, and %s was required",
				    policy_mode_name(j->mode), wanted)
			  : arena_printf(j->a, "no usable policy, and %s was required", wanted);
	f->detail = f->note;
	if (!j->is_mode_known)
		f->severity = SEVERITY_INCONCLUSIVE;
	found_lookup(f, j->s->txt_lookup);
	if (j->fetch != NULL)
		found_seq(f, j->fetch->http_seq);
	return true;
}

const struct rule rules_domain[] = {
	{ FINDING_DOMAIN_NXDOMAIN, ABOUT_WALK, BY_DOMAIN, domain_nxdomain },
	{ FINDING_DNS_ZONE_FAILING, ABOUT_WALK, BY_DNS, zone_failing },
	{ FINDING_DNS_BOGUS, ABOUT_LOOKUP, BY_DNS, dns_bogus },
	{ FINDING_REQUIRE_NOT_MET, ABOUT_WALK, BY_DOMAIN, require_not_met },
	{ 0 },
};
