/* The TXT record (RFC 8461 section 3.1). */
#include "core/rules.h"

#define TTL_LONG_S 86400

static bool
has_near(const struct session *s)
{
	for (size_t i = 0; i < s->txt.count; i++) {
		if (s->txt.records[i].is_near)
			return true;
	}
	return false;
}

bool
txt_is_absent(const struct judging *j)
{
	const struct lookup *l = j->s->txt_lookup;

	return lookup_is_negative(l) || (l->status == LOOKUP_OK && !has_near(j->s));
}

static bool
txt_absent(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->txt_lookup;

	(void)at;
	if (!txt_is_absent(j))
		return false;
	f->detail = l->status == LOOKUP_OK
			    ? arena_printf(j->a,
				      "TXT _mta-sts.%.*s: %zu record%s, none for MTA-STS",
				      STR_ARG(j->domain), l->count, l->count == 1 ? "" : "s")
			    : arena_printf(j->a, "TXT _mta-sts.%.*s: %s", STR_ARG(j->domain),
				      lookup_words(l));
	found_lookup(f, l);
	return true;
}

static bool
txt_orphan_policy(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = &j->s->policy;

	(void)at;
	if (!txt_is_absent(j) || !j->is_fetch_ok || !p->is_valid || p->looks_like_html)
		return false;
	f->detail = arena_printf(j->a, "https://mta-sts.%.*s/.well-known/mta-sts.txt: 200, mode %s",
		STR_ARG(j->domain), policy_mode_name(p->mode));
	found_lookup(f, j->s->txt_lookup);
	found_seq(f, j->s->chosen->http_seq);
	return true;
}

/* A policy that is served behind a bad record has no findings of its own: it is mentioned here. */
static void
mention_policy(const struct judging *j, struct found *f)
{
	const struct policy *p = &j->s->policy;

	if (j->is_txt_usable || !j->is_fetch_ok || !p->is_valid || p->looks_like_html)
		return;
	f->detail = arena_printf(j->a,
		"%.*s; a valid policy is served, but senders do not ask for it",
		STR_ARG(f->detail));
	found_seq(f, j->s->chosen->http_seq);
}

static bool
txt_multiple(const struct judging *j, const struct about *at, struct found *f)
{
	const struct txt_set *set = &j->s->txt;
	struct strs texts = { 0 };

	(void)at;
	if (j->s->txt_lookup->status != LOOKUP_OK || set->verdict != TXT_VERDICT_MULTIPLE)
		return false;
	for (size_t i = 0; i < set->count; i++) {
		if (set->records[i].has_prefix)
			arena_push(j->a, &texts, set->records[i].text);
	}
	f->detail = arena_printf(j->a, "%u records: %.*s", set->candidates,
		STR_ARG(strs_join(j->a, texts, " | ", 4)));
	found_lookup(f, j->s->txt_lookup);
	mention_policy(j, f);
	return true;
}

/* A record that was meant and is bad: the one error that the parser put first. */
static bool
has_fault(const struct judging *j, const struct about *at, enum txt_fault fault, struct found *f)
{
	const struct txt_record *r = at->txt;

	if (!r->is_near || r->fault != fault)
		return false;
	f->detail = arena_printf(j->a, "\"%.*s\"", STR_ARG(quote_at(j->a, r->text, r->fault_at)));
	if (r->fault_seen.n > 0)
		f->detail = arena_printf(j->a, "%.*s: at byte %zu \"%.*s\"", STR_ARG(f->detail),
			r->fault_at + 1, STR_ARG(str_sub(r->fault_seen, 0, 60)));
	found_lookup(f, j->s->txt_lookup);
	mention_policy(j, f);
	/* Senders sort it out and go by the good one. */
	if (j->is_txt_usable && r != j->s->txt.chosen) {
		f->severity = SEVERITY_INFO;
		f->effect = EFFECT_NONE;
	}
	return true;
}

static bool
txt_literal_quotes(const struct judging *j, const struct about *at, struct found *f)
{
	return has_fault(j, at, TXT_FAULT_LITERAL_QUOTES, f);
}

static bool
txt_non_ascii(const struct judging *j, const struct about *at, struct found *f)
{
	return has_fault(j, at, TXT_FAULT_NON_ASCII, f);
}

static bool
txt_version_bad(const struct judging *j, const struct about *at, struct found *f)
{
	return has_fault(j, at, TXT_FAULT_VERSION, f);
}

static bool
txt_field_syntax(const struct judging *j, const struct about *at, struct found *f)
{
	return has_fault(j, at, TXT_FAULT_SYNTAX, f);
}

static bool
txt_id_missing(const struct judging *j, const struct about *at, struct found *f)
{
	return has_fault(j, at, TXT_FAULT_ID_MISSING, f);
}

static bool
txt_id_bad(const struct judging *j, const struct about *at, struct found *f)
{
	if (!has_fault(j, at, TXT_FAULT_ID_BAD, f))
		return false;
	f->detail = arena_printf(j->a, "%.*s; the id is \"%.*s\"", STR_ARG(f->detail),
		STR_ARG(str_sub(at->txt->id, 0, 60)));
	return true;
}

static bool
txt_id_too_long(const struct judging *j, const struct about *at, struct found *f)
{
	if (!has_fault(j, at, TXT_FAULT_ID_LONG, f))
		return false;
	f->detail = arena_printf(j->a, "id of %zu characters: \"%.*s\"", at->txt->id.n,
		STR_ARG(str_sub(at->txt->id, 0, 80)));
	return true;
}

/* Erratum 6285: good by the grammar, lost by the rule that discards among several records. */
static bool
txt_space_before_semicolon(const struct judging *j, const struct about *at, struct found *f)
{
	const struct txt_record *r = at->txt;

	if (!r->is_near || !r->has_space_before_semicolon)
		return false;
	f->severity = SEVERITY_WARNING;
	f->effect = EFFECT_NONE;
	if (j->s->txt.count > 1 && !j->is_txt_usable) {
		f->severity = SEVERITY_ERROR;
		f->effect = EFFECT_SKIP;
	}
	f->detail = arena_printf(j->a, "\"%.*s\"%s", STR_ARG(quote_at(j->a, r->text, 0)),
		j->s->txt.count > 1 ? ", beside other TXT records" : "");
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
is_counted(const struct judging *j, const struct about *at)
{
	return at->txt == j->s->txt.chosen;
}

static bool
txt_id_duplicate(const struct judging *j, const struct about *at, struct found *f)
{
	if (!is_counted(j, at) || at->txt->id_count < 2)
		return false;
	f->detail = arena_printf(j->a, "%u ids; the first, \"%.*s\", counts: \"%.*s\"",
		at->txt->id_count, STR_ARG(str_sub(at->txt->id, 0, 40)),
		STR_ARG(quote_at(j->a, at->txt->text, 0)));
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
txt_unknown_field(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs names = { 0 };

	if (!is_counted(j, at) || !at->txt->is_valid)
		return false;
	for (size_t i = 0; i < at->txt->field_count; i++) {
		const struct txt_field *field = &at->txt->fields[i];

		if (!str_is(field->name, "id") && !str_is(field->name, "v"))
			arena_push(j->a, &names, field->name);
	}
	if (names.n == 0)
		return false;
	f->detail = strs_join(j->a, names, ", ", 8);
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
txt_split(const struct judging *j, const struct about *at, struct found *f)
{
	if (!at->txt->is_near || at->record == NULL || at->record->strings.n < 2)
		return false;
	f->detail = arena_printf(j->a, "%zu strings, joined: \"%.*s\"", at->record->strings.n,
		STR_ARG(quote_at(j->a, at->txt->text, 0)));
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
txt_foreign(const struct judging *j, const struct about *at, struct found *f)
{
	if (at->txt->is_near)
		return false;
	f->detail = arena_printf(j->a, "\"%.*s\"", STR_ARG(quote_at(j->a, at->txt->text, 0)));
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static struct str
cname_end(const struct lookup *l)
{
	if (l == NULL || l->answer == NULL || l->answer->cname.n == 0)
		return STR_EMPTY;
	return l->answer->cname.v[l->answer->cname.n - 1];
}

static bool
txt_cname(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->txt_lookup;

	(void)at;
	if (cname_end(l).n == 0 || l->status != LOOKUP_OK || l->count == 0)
		return false;
	f->detail = arena_printf(j->a, "_mta-sts.%.*s -> %.*s", STR_ARG(j->domain),
		STR_ARG(strs_join(j->a, l->answer->cname, " -> ", 8)));
	found_lookup(f, l);
	return true;
}

static bool
txt_cname_dangling(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->txt_lookup;

	(void)at;
	if (!l->answer->is_cname_loop && (cname_end(l).n == 0 || !lookup_is_negative(l)))
		return false;
	f->note = cname_end(l);
	f->detail = arena_printf(j->a, "_mta-sts.%.*s -> %.*s: %s", STR_ARG(j->domain),
		STR_ARG(strs_join(j->a, l->answer->cname, " -> ", 8)),
		l->answer->is_cname_loop ? "a loop" : lookup_words(l));
	found_lookup(f, l);
	return true;
}

static bool
txt_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = j->s->txt_lookup;

	(void)at;
	if (!lookup_failed(l) || l->status == LOOKUP_BOGUS || l->answer->is_cname_loop)
		return false;
	f->detail = arena_printf(
		j->a, "TXT _mta-sts.%.*s: %s", STR_ARG(j->domain), lookup_words(l));
	if (l->status == LOOKUP_NOT_ASKED || lookup_was_cut(j, l))
		f->severity = SEVERITY_INCONCLUSIVE;
	found_lookup(f, l);
	return true;
}

static bool
txt_ttl_long(const struct judging *j, const struct about *at, struct found *f)
{
	if (!at->txt->is_near || at->record == NULL || at->record->ttl_s <= TTL_LONG_S)
		return false;
	f->detail = arena_printf(j->a, "TTL %lld s, %lld hours", (long long)at->record->ttl_s,
		(long long)at->record->ttl_s / 3600);
	found_lookup(f, j->s->txt_lookup);
	return true;
}

const struct rule rules_txt[] = {
	{ FINDING_TXT_ABSENT, ABOUT_WALK, BY_DOMAIN, txt_absent },
	{ FINDING_TXT_ORPHAN_POLICY, ABOUT_WALK, BY_DOMAIN, txt_orphan_policy },
	{ FINDING_TXT_MULTIPLE, ABOUT_WALK, BY_TXT_OWNER, txt_multiple },
	{ FINDING_TXT_VERSION_BAD, ABOUT_TXT, BY_TXT_OWNER, txt_version_bad },
	{ FINDING_TXT_SPACE_BEFORE_SEMICOLON, ABOUT_TXT, BY_TXT_OWNER, txt_space_before_semicolon },
	{ FINDING_TXT_ID_MISSING, ABOUT_TXT, BY_TXT_OWNER, txt_id_missing },
	{ FINDING_TXT_ID_BAD, ABOUT_TXT, BY_TXT_OWNER, txt_id_bad },
	{ FINDING_TXT_ID_TOO_LONG, ABOUT_TXT, BY_TXT_OWNER, txt_id_too_long },
	{ FINDING_TXT_ID_DUPLICATE, ABOUT_TXT, BY_TXT_OWNER, txt_id_duplicate },
	{ FINDING_TXT_FIELD_SYNTAX, ABOUT_TXT, BY_TXT_OWNER, txt_field_syntax },
	{ FINDING_TXT_UNKNOWN_FIELD, ABOUT_TXT, BY_TXT_OWNER, txt_unknown_field },
	{ FINDING_TXT_NON_ASCII, ABOUT_TXT, BY_TXT_OWNER, txt_non_ascii },
	{ FINDING_TXT_LITERAL_QUOTES, ABOUT_TXT, BY_TXT_OWNER, txt_literal_quotes },
	{ FINDING_TXT_SPLIT, ABOUT_TXT, BY_TXT_OWNER, txt_split },
	{ FINDING_TXT_FOREIGN, ABOUT_TXT, BY_TXT_OWNER, txt_foreign },
	{ FINDING_TXT_CNAME, ABOUT_WALK, BY_TXT_OWNER, txt_cname },
	{ FINDING_TXT_CNAME_DANGLING, ABOUT_WALK, BY_DOMAIN, txt_cname_dangling },
	{ FINDING_TXT_LOOKUP_FAILED, ABOUT_WALK, BY_DNS, txt_lookup_failed },
	{ FINDING_TXT_TTL_LONG, ABOUT_TXT, BY_TXT_OWNER, txt_ttl_long },
	{ 0 },
};
