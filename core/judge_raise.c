/* Every predicate over its subjects. What holds is kept as raised, before any stop rule. */
#include "core/rules.h"

/* Findings of one id that are kept: a hostile policy must not make thousands of them. */
#define SAME_ID_MAX 16

static const struct rule *const lists[] = {
	rules_env,
	rules_here,
	rules_domain,
	rules_absence,
	rules_txt,
	rules_deep_txt,
	rules_host,
	rules_deep_https,
	rules_https,
	rules_policy_body,
	rules_policy,
	rules_mx,
	rules_reach,
	rules_deep_mx,
	rules_smtp,
	rules_tls,
	rules_dane,
	rules_tlsrpt,
	rules_reports,
	rules_rollout,
};

static const struct {
	const char *prefix;
	enum stage stage;
} stages[] = {
	{ "env-", STAGE_ENV },
	{ "txt-", STAGE_TXT },
	{ "host-", STAGE_HTTPS },
	{ "https-", STAGE_HTTPS },
	{ "policy-", STAGE_POLICY },
	{ "dns-", STAGE_MX },
	{ "domain-", STAGE_MX },
	{ "mx-", STAGE_MX },
	{ "smtp-", STAGE_MX },
	{ "tls-", STAGE_MX },
	{ "dane-", STAGE_MX },
	{ "tlsrpt-", STAGE_TLSRPT },
	{ "require-", STAGE_VERDICT },
};

static enum stage
stage_of(const struct finding_type *type)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (str_starts(str_of(type->name), str_of(stages[i].prefix)))
			return stages[i].stage;
	}
	return STAGE_VERDICT;
}

/* The first of a "/" list of the catalogue. */
static struct str
first_word(const char *list)
{
	const struct str s = str_of(list);

	return str_sub(s, 0, str_find(s, '/'));
}

static enum severity
preset_severity(const struct judging *j, const struct finding_type *type)
{
	const struct str word = first_word(type->severity);

	for (int s = SEVERITY_OK; s <= SEVERITY_ERROR; s++) {
		if (str_is(word, severity_name((enum severity)s)))
			return (enum severity)s;
	}
	/* by-mode */
	if (j->mode == POLICY_MODE_ENFORCE)
		return SEVERITY_ERROR;
	return j->mode == POLICY_MODE_TESTING ? SEVERITY_WARNING : SEVERITY_INFO;
}

static enum effect
preset_effect(const struct finding_type *type)
{
	const struct str word = first_word(type->effect);

	for (int e = EFFECT_NONE; e <= EFFECT_SKIP; e++) {
		if (str_is(word, effect_name((enum effect)e)))
			return (enum effect)e;
	}
	return EFFECT_NONE;
}

static bool
cname_leaves(const struct judging *j, const struct lookup *l)
{
	if (l == NULL || l->answer == NULL || l->answer->cname.n == 0)
		return false;
	return is_outside(j, l->answer->cname.v[l->answer->cname.n - 1]);
}

static enum blame
blame_of(const struct judging *j, enum blame_rule rule, const struct about *at)
{
	switch (rule) {
	case BY_DOMAIN:
		return BLAME_DOMAIN;
	case BY_TXT_OWNER:
		return cname_leaves(j, j->s->txt_lookup) ? BLAME_POLICY_OPERATOR : BLAME_DOMAIN;
	case BY_POLICY_HOST:
		return cname_leaves(j, j->s->policy_a) || cname_leaves(j, j->s->policy_aaaa)
			       ? BLAME_POLICY_OPERATOR
			       : BLAME_DOMAIN;
	case BY_MX_HOST:
		return at->host != NULL && is_outside(j, at->host->host->name) ? BLAME_MX_OPERATOR
									       : BLAME_DOMAIN;
	case BY_DNS:
		return BLAME_DNS;
	case BY_LOCAL:
		return BLAME_LOCAL;
	case BY_NETWORK:
		return BLAME_NETWORK;
	case BY_UNKNOWN:
		return BLAME_UNKNOWN;
	}
	return BLAME_UNKNOWN;
}

static struct str
preset_subject(const struct judging *j, enum stage stage, const struct about *at)
{
	if (at->host != NULL)
		return at->host->host->name;
	switch (stage) {
	case STAGE_TXT:
		return arena_printf(j->a, "_mta-sts.%.*s", STR_ARG(j->domain));
	case STAGE_HTTPS:
		return j->policy_host;
	case STAGE_TLSRPT:
		return arena_printf(j->a, "_smtp._tls.%.*s", STR_ARG(j->domain));
	case STAGE_POLICY:
		return STR("policy");
	case STAGE_ENV:
		return STR("this host");
	case STAGE_MX:
	case STAGE_VERDICT:
	case stage_count:
		break;
	}
	return j->domain;
}

static struct raised *
same_before(struct judging *j, size_t from, const struct raised *r)
{
	for (size_t i = from; i < j->raised_count; i++) {
		struct raised *other = &j->raised[i];

		if (str_eq(other->found.subject, r->found.subject))
			return other;
	}
	return NULL;
}

/* One finding per id and subject: what else is seen of the same goes with the first. */
static void
merge(struct judging *j, struct raised *into, const struct raised *r)
{
	struct found *f = &into->found;

	if (r->found.severity > f->severity)
		f->severity = r->found.severity;
	if (f->detail.n < 400 && !str_eq(f->detail, r->found.detail))
		f->detail = arena_printf(
			j->a, "%.*s; %.*s", STR_ARG(f->detail), STR_ARG(r->found.detail));
	for (size_t i = 0; i < r->found.evidence_count; i++)
		found_seq(f, r->found.evidence[i]);
}

static void
keep(struct judging *j, size_t from, const struct raised *r)
{
	struct raised *same = r->at.address == NULL ? same_before(j, from, r) : NULL;

	if (same != NULL) {
		merge(j, same, r);
		return;
	}
	if (r->at.kind != ABOUT_ADDRESS && j->raised_count - from >= SAME_ID_MAX) {
		j->left_out[r->type->id]++;
		return;
	}
	if (j->raised_count == j->raised_cap) {
		const size_t cap = j->raised_cap == 0 ? 32 : j->raised_cap * 2;

		j->raised = arena_grow(
			j->a, j->raised, j->raised_count, cap, sizeof(struct raised));
		j->raised_cap = cap;
	}
	j->raised[j->raised_count++] = *r;
}

/* from: index of the first that was raised for this rule. */
static void
try_rule(struct judging *j, size_t from, const struct rule *rule, const struct about *at)
{
	struct raised r = { .rule = rule, .type = finding_type(rule->id), .at = *at };

	r.at.kind = rule->about;
	r.found.stage = stage_of(r.type);
	r.found.severity = preset_severity(j, r.type);
	r.found.effect = preset_effect(r.type);
	r.found.blame = blame_of(j, rule->blame, at);
	if (!rule->is_true(j, &r.at, &r.found))
		return;
	if (r.found.subject.n == 0)
		r.found.subject = preset_subject(j, r.found.stage, at);
	keep(j, from, &r);
}

static const struct ev_dns_record *
record_of(const struct session *s, const struct txt_record *txt, size_t index)
{
	const struct lookup *l = s->txt_lookup;

	if (index < l->count && str_eq(l->records[index]->data, txt->text))
		return l->records[index];
	for (size_t i = 0; i < l->count; i++) {
		if (str_eq(l->records[i]->data, txt->text))
			return l->records[i];
	}
	return NULL;
}

static void
run_dns(struct judging *j, size_t from, const struct rule *rule)
{
	const struct session *s = j->s;
	struct about at = { 0 };

	if (rule->about == ABOUT_LOOKUP) {
		for (size_t i = 0; i < s->lookup_count; i++) {
			at.lookup = s->lookups[i];
			try_rule(j, from, rule, &at);
		}
		return;
	}
	if (s->txt_lookup == NULL || s->txt_lookup->status != LOOKUP_OK)
		return;
	for (size_t i = 0; i < s->txt.count; i++) {
		at.txt = &s->txt.records[i];
		at.record = record_of(s, at.txt, i);
		try_rule(j, from, rule, &at);
	}
}

static void
run_policy(struct judging *j, size_t from, const struct rule *rule)
{
	const struct policy *p = &j->s->policy;
	struct about at = { 0 };

	if (!j->s->has_policy)
		return;
	for (size_t i = 0; rule->about == ABOUT_LINE && i < p->line_count; i++) {
		at.line = &p->lines[i];
		try_rule(j, from, rule, &at);
	}
	for (size_t i = 0; rule->about == ABOUT_PATTERN && i < p->mx_count; i++) {
		at.pattern = &p->mx[i];
		try_rule(j, from, rule, &at);
	}
}

static void
run_hosts(struct judging *j, size_t from, const struct rule *rule)
{
	struct about at = { 0 };

	for (size_t i = 0; i < j->host_count; i++) {
		at.host = &j->hosts[i];
		at.address = NULL;
		if (rule->about == ABOUT_HOST)
			try_rule(j, from, rule, &at);
		for (size_t k = 0; rule->about == ABOUT_ADDRESS && k < at.host->count; k++) {
			at.address = &at.host->addresses[k];
			if (at.address->attempt->is_started)
				try_rule(j, from, rule, &at);
		}
	}
}

static void
run_ruas(struct judging *j, size_t from, const struct rule *rule)
{
	struct about at = { 0 };

	for (size_t i = 0; i < j->s->tlsrpt.rua_count; i++) {
		at.rua = &j->s->tlsrpt.rua[i];
		try_rule(j, from, rule, &at);
	}
}

static void
run_rule(struct judging *j, const struct rule *rule)
{
	const size_t from = j->raised_count;
	const struct about walk = { 0 };

	switch (rule->about) {
	case ABOUT_WALK:
		try_rule(j, from, rule, &walk);
		return;
	case ABOUT_LOOKUP:
	case ABOUT_TXT:
		run_dns(j, from, rule);
		return;
	case ABOUT_LINE:
	case ABOUT_PATTERN:
		run_policy(j, from, rule);
		return;
	case ABOUT_HOST:
	case ABOUT_ADDRESS:
		run_hosts(j, from, rule);
		return;
	case ABOUT_RUA:
		run_ruas(j, from, rule);
		return;
	}
}

void
judge_raise(struct judging *j)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!rules_apply(j, lists[i]))
			continue;
		for (const struct rule *rule = lists[i]; rule->is_true != NULL; rule++)
			run_rule(j, rule);
	}
}
