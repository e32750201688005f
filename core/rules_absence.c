/* What explains an absence, by look-ups that a sender never makes. */
#include "core/rules.h"
#include "core/public_names.h"

#define DETAIL_BYTES 120

static const struct lookup *
aux(const struct judging *j, enum rrtype type, struct str name)
{
	const struct lookup *l = session_lookup(j->s, LOOKUP_AUX, type, name);

	return l != NULL && l->is_done ? l : NULL;
}

static const struct ev_dns_record *
record_that_begins(const struct lookup *l, struct str prefix)
{
	for (size_t i = 0; l != NULL && l->status == LOOKUP_OK && i < l->count; i++) {
		if (str_starts_nocase(l->records[i]->data, prefix))
			return l->records[i];
	}
	return NULL;
}

static bool
txt_wrong_name(const struct judging *j, const struct about *at, struct found *f)
{
	static const char *const labels[] = { "", "mta-sts.", "_mta_sts." };

	(void)at;
	for (size_t i = 0; txt_is_absent(j) && i < sizeof(labels) / sizeof(labels[0]); i++) {
		const struct str name = arena_printf(j->a, "%s%.*s", labels[i], STR_ARG(j->domain));
		const struct lookup *l = aux(j, RRTYPE_TXT, name);
		const struct ev_dns_record *r = record_that_begins(l, STR("v=STSv1"));

		if (r == NULL)
			continue;
		f->note = name;
		f->publish = arena_printf(j->a, "_mta-sts.%.*s. IN TXT \"%.*s\"",
			STR_ARG(j->domain), STR_ARG(str_sub(r->data, 0, DETAIL_BYTES)));
		f->detail = arena_printf(j->a, "TXT %.*s: \"%.*s\"", STR_ARG(name),
			STR_ARG(str_sub(r->data, 0, DETAIL_BYTES)));
		found_lookup(f, l);
		found_lookup(f, j->s->txt_lookup);
		return true;
	}
	return false;
}

static bool
have_same_records(const struct lookup *a, const struct lookup *b)
{
	if (a->count != b->count || a->status != b->status)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!str_eq(a->records[i]->data, b->records[i]->data))
			return false;
	}
	return true;
}

bool
is_random_label(const struct judging *j, const struct lookup *l)
{
	return l->role == LOOKUP_AUX && l->type == RRTYPE_TXT && name_is_made_up(l->name) &&
	       name_eq(name_parent(l->name), j->domain);
}

static bool
txt_wildcard_answer(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = at->lookup, *txt = j->s->txt_lookup;

	if (!is_random_label(j, l) || l->status != LOOKUP_OK || l->count == 0 ||
		j->s->txt.candidates > 0 || !have_same_records(l, txt))
		return false;
	f->note = l->name;
	f->detail = arena_printf(j->a, "TXT %.*s, a name made up just now, has it too: \"%.*s\"",
		STR_ARG(l->name), STR_ARG(str_sub(l->records[0]->data, 0, DETAIL_BYTES)));
	f->subject = txt->name;
	found_lookup(f, l);
	found_lookup(f, txt);
	return true;
}

static bool
txt_parent_only(const struct judging *j, const struct about *at, struct found *f)
{
	const struct str parent = name_parent(j->domain);
	const struct lookup *l;
	struct txt_set set;
	struct strs texts = { 0 };

	(void)at;
	if (!txt_is_absent(j) || name_is_public(parent))
		return false;
	l = aux(j, RRTYPE_TXT, arena_printf(j->a, "_mta-sts.%.*s", STR_ARG(parent)));
	for (size_t i = 0; l != NULL && i < l->count; i++)
		arena_push(j->a, &texts, l->records[i]->data);
	if (texts.n == 0)
		return false;
	txt_choose(j->a, texts, &set);
	if (set.verdict != TXT_VERDICT_VALID)
		return false;
	f->note = parent;
	f->detail = arena_printf(j->a, "TXT %.*s: \"%.*s\"", STR_ARG(l->name),
		STR_ARG(str_sub(set.chosen->text, 0, DETAIL_BYTES)));
	found_lookup(f, l);
	found_lookup(f, j->s->txt_lookup);
	return true;
}

static bool
tlsrpt_legacy_name(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = aux(
		j, RRTYPE_TXT, arena_printf(j->a, "_smtp-tlsrpt.%.*s", STR_ARG(j->domain)));
	const struct ev_dns_record *r = record_that_begins(l, STR("v=TLSRPTv1"));

	(void)at;
	if (r == NULL || j->s->tlsrpt_lookup->status == LOOKUP_NOT_ASKED)
		return false;
	if (j->s->tlsrpt_lookup->status == LOOKUP_OK && j->s->tlsrpt.fault != TLSRPT_FAULT_ABSENT)
		return false;
	f->publish = arena_printf(j->a, "_smtp._tls.%.*s. IN TXT \"%.*s\"", STR_ARG(j->domain),
		STR_ARG(str_sub(r->data, 0, DETAIL_BYTES)));
	f->detail = arena_printf(j->a, "TXT %.*s: \"%.*s\"", STR_ARG(l->name),
		STR_ARG(str_sub(r->data, 0, DETAIL_BYTES)));
	found_lookup(f, l);
	found_lookup(f, j->s->tlsrpt_lookup);
	return true;
}

static const struct lookup *
rua_lookup(const struct judging *j, enum rrtype type, struct str host)
{
	if (type == RRTYPE_MX && j->s->mx_lookup != NULL && name_eq(host, j->domain))
		return j->s->mx_lookup->is_done ? j->s->mx_lookup : NULL;
	return aux(j, type, host);
}

static bool
has_no_address(const struct judging *j, struct str host, struct found *f)
{
	const struct lookup *a = rua_lookup(j, RRTYPE_A, host);
	const struct lookup *aaaa = rua_lookup(j, RRTYPE_AAAA, host);

	if (!lookup_is_negative(a) || !lookup_is_negative(aaaa))
		return false;
	f->detail = arena_printf(
		j->a, "A %.*s: %s; AAAA: %s", STR_ARG(host), lookup_words(a), lookup_words(aaaa));
	found_lookup(f, a);
	found_lookup(f, aaaa);
	return true;
}

static bool
has_no_mail(const struct judging *j, struct str host, struct found *f)
{
	const struct lookup *mx = rua_lookup(j, RRTYPE_MX, host);

	if (mx == NULL)
		return false;
	found_lookup(f, mx);
	if (mx->status == LOOKUP_NXDOMAIN) {
		f->detail = arena_printf(j->a, "MX %.*s: %s", STR_ARG(host), lookup_words(mx));
		return true;
	}
	/* RFC 7505: this domain takes no mail. */
	if (mx->status == LOOKUP_OK && mx->count == 1 && mx->records[0]->preference == 0 &&
		(mx->records[0]->data.n == 0 || str_is(mx->records[0]->data, "."))) {
		f->detail = arena_printf(j->a, "MX %.*s: 0 ., it takes no mail", STR_ARG(host));
		return true;
	}
	return mx->status == LOOKUP_NODATA && has_no_address(j, host, f);
}

static bool
tlsrpt_rua_unreachable(const struct judging *j, const struct about *at, struct found *f)
{
	const struct tlsrpt_rua *rua = at->rua;

	if (rua->fault != RUA_FAULT_NONE || rua->host.n == 0 ||
		j->s->tlsrpt.fault != TLSRPT_FAULT_NONE)
		return false;
	if (!(rua->is_mailto ? has_no_mail(j, rua->host, f) : has_no_address(j, rua->host, f)))
		return false;
	f->subject = str_sub(rua->uri, 0, DETAIL_BYTES);
	f->note = rua->host;
	found_lookup(f, j->s->tlsrpt_lookup);
	return true;
}

static bool
dns_not_checked(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *root = session_lookup(j->s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY);
	const struct lookup *ds = aux(j, RRTYPE_DS, j->domain);

	(void)at;
	if (root == NULL || !root->is_done || root->status != LOOKUP_OK || root->answer->is_ad ||
		ds == NULL || ds->status != LOOKUP_OK || ds->count == 0)
		return false;
	f->detail = arena_printf(j->a, "DS %.*s: %zu record%s; NS . comes without AD from %.*s",
		STR_ARG(j->domain), ds->count, ds->count == 1 ? "" : "s",
		STR_ARG(root->answer->resolver));
	found_lookup(f, ds);
	found_lookup(f, root);
	return true;
}

static bool
env_dns_local_override(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs lines = { 0 };

	(void)at;
	for (size_t i = 0; i < j->s->override_count; i++) {
		const struct ev_hosts_file *line = j->s->overrides[i]->payload;

		if (!name_eq(line->name, j->policy_host) && session_host(j->s, line->name) == NULL)
			continue;
		if (lines.n == 0)
			f->note = shell_word(j->a, line->name);
		arena_push(j->a, &lines,
			arena_printf(
				j->a, "%.*s %.*s", STR_ARG(line->address), STR_ARG(line->name)));
		found_seq(f, j->s->overrides[i]->seq);
	}
	f->detail = arena_printf(
		j->a, "/etc/hosts: %.*s", STR_ARG(strs_join(j->a, lines, "; ", 8)));
	return lines.n > 0;
}

const struct rule rules_absence[] = {
	{ FINDING_TXT_WRONG_NAME, ABOUT_WALK, BY_DOMAIN, txt_wrong_name },
	{ FINDING_TXT_WILDCARD_ANSWER, ABOUT_LOOKUP, BY_DOMAIN, txt_wildcard_answer },
	{ FINDING_TXT_PARENT_ONLY, ABOUT_WALK, BY_DOMAIN, txt_parent_only },
	{ 0 },
};

const struct rule rules_reports[] = {
	{ FINDING_TLSRPT_LEGACY_NAME, ABOUT_WALK, BY_DOMAIN, tlsrpt_legacy_name },
	{ FINDING_TLSRPT_RUA_UNREACHABLE, ABOUT_RUA, BY_DOMAIN, tlsrpt_rua_unreachable },
	{ 0 },
};

const struct rule rules_here[] = {
	{ FINDING_DNS_NOT_CHECKED, ABOUT_WALK, BY_LOCAL, dns_not_checked },
	{ FINDING_ENV_DNS_LOCAL_OVERRIDE, ABOUT_WALK, BY_LOCAL, env_dns_local_override },
	{ 0 },
};
