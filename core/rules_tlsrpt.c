/* The TLSRPT record (RFC 8460 section 3): the first fault that holds, and each bad rua. */
#include "core/rules.h"

static bool
note(const struct judging *j, struct found *f, struct str detail)
{
	f->detail = detail;
	found_lookup(f, j->s->tlsrpt_lookup);
	return true;
}

static bool
tlsrpt_absent(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->tlsrpt_lookup;
	const bool is_absent = lookup_is_negative(l) ||
			       (l->status == LOOKUP_OK &&
				       j->s->tlsrpt.fault == TLSRPT_FAULT_ABSENT);

	(void)at;
	/* Whether the mode is testing is known with the policy. */
	if (!j->is_txt_usable || !is_absent || (j->is_running && !j->is_mode_known))
		return false;
	f->severity = j->is_policy_usable && j->mode == POLICY_MODE_TESTING ? SEVERITY_WARNING
									    : SEVERITY_INFO;
	return note(j, f,
		arena_printf(j->a, "TXT _smtp._tls.%.*s: %s", STR_ARG(j->domain),
			l->status == LOOKUP_OK ? "no record begins v=TLSRPTv1" : lookup_words(l)));
}

static bool
tlsrpt_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->tlsrpt_lookup;

	(void)at;
	if (!lookup_failed(l) || l->status == LOOKUP_BOGUS)
		return false;
	if (l->status == LOOKUP_NOT_ASKED || lookup_was_cut(j, l))
		f->severity = SEVERITY_INCONCLUSIVE;
	return note(j, f,
		arena_printf(j->a, "TXT _smtp._tls.%.*s: %s", STR_ARG(j->domain), lookup_words(l)));
}

static bool
has_fault(const struct judging *j, enum tlsrpt_fault fault, struct found *f)
{
	const struct tlsrpt *t = &j->s->tlsrpt;

	if (j->s->tlsrpt_lookup->status != LOOKUP_OK || t->fault != fault)
		return false;
	if (t->chosen.n == 0)
		return note(j, f, strs_join(j->a, t->records, " | ", 4));
	return note(j, f,
		arena_printf(j->a, "\"%.*s\" at byte %zu",
			STR_ARG(quote_at(j->a, t->chosen, t->fault_at)), t->fault_at + 1));
}

static bool
tlsrpt_multiple(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_fault(j, TLSRPT_FAULT_MULTIPLE, f);
}

static bool
tlsrpt_version_bad(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_fault(j, TLSRPT_FAULT_VERSION, f);
}

static bool
tlsrpt_field_syntax(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_fault(j, TLSRPT_FAULT_SYNTAX, f);
}

static bool
tlsrpt_rua_missing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_fault(j, TLSRPT_FAULT_RUA_MISSING, f);
}

static bool
tlsrpt_rua_bad(const struct judging *j, const struct about *at, struct found *f)
{
	static const char *const why[] = {
		[RUA_FAULT_NONE] = "",
		[RUA_FAULT_SCHEME] = "neither mailto: nor https:",
		[RUA_FAULT_RAW_EXCLAMATION] = "a raw !",
		[RUA_FAULT_EMPTY] = "empty",
	};
	const struct tlsrpt *t = &j->s->tlsrpt;

	if (at->rua->fault == RUA_FAULT_NONE || t->fault != TLSRPT_FAULT_NONE)
		return false;
	f->subject = at->rua->uri.n > 0 ? str_sub(at->rua->uri, 0, 120) : STR("rua");
	return note(j, f, arena_printf(j->a, "%.*s: %s", STR_ARG(f->subject), why[at->rua->fault]));
}

static bool
tlsrpt_rua_self(const struct judging *j, const struct about *at, struct found *f)
{
	const struct tlsrpt *t = &j->s->tlsrpt;
	struct strs uris = { 0 };

	(void)at;
	if (!t->is_valid)
		return false;
	for (size_t i = 0; i < t->rua_count; i++) {
		if (!t->rua[i].is_mailto || !name_eq(t->rua[i].host, j->domain))
			return false;
		arena_push(j->a, &uris, t->rua[i].uri);
	}
	return t->rua_count > 0 && note(j, f, strs_join(j->a, uris, ", ", 4));
}

const struct rule rules_tlsrpt[] = {
	{ FINDING_TLSRPT_ABSENT, ABOUT_WALK, BY_DOMAIN, tlsrpt_absent },
	{ FINDING_TLSRPT_LOOKUP_FAILED, ABOUT_WALK, BY_DNS, tlsrpt_lookup_failed },
	{ FINDING_TLSRPT_MULTIPLE, ABOUT_WALK, BY_DOMAIN, tlsrpt_multiple },
	{ FINDING_TLSRPT_VERSION_BAD, ABOUT_WALK, BY_DOMAIN, tlsrpt_version_bad },
	{ FINDING_TLSRPT_FIELD_SYNTAX, ABOUT_WALK, BY_DOMAIN, tlsrpt_field_syntax },
	{ FINDING_TLSRPT_RUA_MISSING, ABOUT_WALK, BY_DOMAIN, tlsrpt_rua_missing },
	{ FINDING_TLSRPT_RUA_BAD, ABOUT_RUA, BY_DOMAIN, tlsrpt_rua_bad },
	{ FINDING_TLSRPT_RUA_SELF, ABOUT_WALK, BY_DOMAIN, tlsrpt_rua_self },
	{ 0 },
};
