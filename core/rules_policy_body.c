/* Bodies that are no policy file as a whole (RFC 8461 section 3.2): nothing else is said of them. */
#include "core/rules.h"

static bool
note_body(const struct judging *j, struct found *f, const char *what)
{
	f->detail = arena_printf(j->a, "%s; %zu bytes", what, j->s->policy.body.n);
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
policy_empty(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return j->s->policy.is_empty && note_body(j, f, "no line with anything on it");
}

static bool
policy_bom(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return j->s->policy.has_bom && !j->s->policy.is_utf16 &&
	       note_body(j, f, "the body begins EF BB BF");
}

static bool
policy_nul(const struct judging *j, const struct about *at, struct found *f)
{
	size_t byte;

	(void)at;
	if (!j->s->policy.has_nul || j->s->policy.is_utf16)
		return false;
	byte = str_find(j->s->policy.body, '\0');
	return note_body(j, f, arena_printf(j->a, "the first 00 stands at byte %zu", byte + 1).p);
}

static bool
policy_utf16(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return j->s->policy.is_utf16 && note_body(j, f, "two bytes for every character");
}

static bool
policy_bare_cr(const struct judging *j, const struct about *at, struct found *f)
{
	const struct str body = j->s->policy.body;

	(void)at;
	if (!j->s->policy.has_bare_cr)
		return false;
	for (size_t i = 0; i < body.n; i++) {
		if (body.p[i] == '\r' && (i + 1 == body.n || body.p[i + 1] != '\n'))
			return note_body(
				j, f, arena_printf(j->a, "a CR without LF at byte %zu", i + 1).p);
	}
	return note_body(j, f, "a CR without LF");
}

const struct rule rules_policy_body[] = {
	{ FINDING_POLICY_EMPTY, ABOUT_WALK, BY_POLICY_HOST, policy_empty },
	{ FINDING_POLICY_BOM, ABOUT_WALK, BY_POLICY_HOST, policy_bom },
	{ FINDING_POLICY_NUL, ABOUT_WALK, BY_POLICY_HOST, policy_nul },
	{ FINDING_POLICY_UTF16, ABOUT_WALK, BY_POLICY_HOST, policy_utf16 },
	{ FINDING_POLICY_BARE_CR, ABOUT_WALK, BY_POLICY_HOST, policy_bare_cr },
	{ 0 },
};
