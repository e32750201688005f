/* Looks that a sender does not take: old TLS, other SNI, the same address again, each name server. */
#include "core/rules.h"

#define GROUPS_MAX 8

static bool
shook_hands(const struct attempt *t)
{
	return t != NULL && t->tls.done != NULL && t->tls.done->outcome == OUTCOME_OK;
}

/* By the peer's doing, not cut by us. */
static bool
was_refused(const struct attempt *t)
{
	return t != NULL && t->tls.done != NULL && t->tls.done->outcome != OUTCOME_OK &&
	       !outcome_was_cut(t->tls.done->outcome);
}

static bool
note_old(const struct judging *j, const struct attempt *t, struct found *f)
{
	const struct attempt *old = session_extra(j->s, t, VARIANT_OLD_TLS);
	const struct ev_tls_done *done;

	if (!was_refused(t) || !shook_hands(old))
		return false;
	done = t->tls.done;
	f->note = old->tls.done->version;
	f->detail = arena_printf(j->a, "TLS 1.2 and up: %s%s%.*s; %.*s with %.*s works",
		outcome_words(done->outcome), done->error.n > 0 ? ", " : "",
		STR_ARG(str_sub(done->error, 0, 160)), STR_ARG(old->tls.done->version),
		STR_ARG(old->tls.done->cipher));
	found_seq(f, t->tls.seq);
	found_seq(f, old->tls.seq);
	return true;
}

static bool
https_tls_old(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return !j->is_fetch_ok && j->fetch != NULL && note_old(j, j->fetch, f);
}

static bool
tls_version_low(const struct judging *j, const struct about *at, struct found *f)
{
	return note_old(j, at->address->attempt, f);
}

static struct str
leaf_names(const struct judging *j, const struct attempt *t)
{
	const struct ev_cert *leaf = t->tls.chain_count > 0 ? t->tls.chain[0] : NULL;

	if (leaf == NULL)
		return STR("none");
	if (leaf->sans.n == 0)
		return arena_printf(j->a, "no SAN, CN %.*s", STR_ARG(leaf->common_name));
	return strs_join(j->a, leaf->sans, ", ", 4);
}

/* What the address showed, in words: for SNI of one kind. */
static struct str
shown_text(const struct judging *j, const struct attempt *t)
{
	if (was_refused(t))
		return arena_printf(j->a, "no handshake (%s%s%.*s)",
			outcome_words(t->tls.done->outcome), t->tls.done->error.n > 0 ? ", " : "",
			STR_ARG(str_sub(t->tls.done->error, 0, 120)));
	return arena_printf(j->a, "a certificate for %.*s%s", STR_ARG(leaf_names(j, t)),
		t->tls.verdict != NULL && !t->tls.verdict->is_trusted ? ", not trusted" : "");
}

static bool
note_sni(const struct judging *j, const struct attempt *with, const struct attempt *other,
	const char *how, struct found *f)
{
	f->publish = arena_printf(j->a, "DNS:%.*s", STR_ARG(with->host));
	f->detail = arena_printf(j->a, "with SNI %.*s %.*s; %s %.*s", STR_ARG(with->tls.sni),
		STR_ARG(shown_text(j, with)), how, STR_ARG(shown_text(j, other)));
	found_seq(f, with->tls.seq);
	found_seq(f, with->tls.verdict_seq);
	found_seq(f, other->tls.seq);
	found_seq(f, other->tls.verdict_seq);
	return true;
}

static bool
tls_sni_wrong(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	const struct attempt *without = session_extra(j->s, t, VARIANT_NO_SNI);

	if (without == NULL || t->tls.verdict == NULL || t->tls.verdict->is_name_ok ||
		!attempt_tls_is_ok(without))
		return false;
	return note_sni(j, t, without, "without SNI", f);
}

static bool
tls_nosni_wrong(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	const struct attempt *without = session_extra(j->s, t, VARIANT_NO_SNI);

	if (!attempt_tls_is_ok(t) || without == NULL || attempt_tls_is_ok(without) ||
		!(was_refused(without) || without->tls.is_judged))
		return false;
	return note_sni(j, t, without, "without SNI", f);
}

static bool
tls_unknown_sni_refused(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = at->address->attempt;
	const struct attempt *other = session_extra(j->s, t, VARIANT_UNKNOWN_SNI);

	if (!shook_hands(t) || !was_refused(other) || other->tls.done->outcome == OUTCOME_TIMEOUT)
		return false;
	return note_sni(j, t, other, "with the SNI of nobody", f);
}

static bool
https_sni_needed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *t = j->s->chosen, *without;

	(void)at;
	if (t == NULL)
		return false;
	without = session_extra(j->s, t, VARIANT_NO_SNI);
	if (without == NULL || attempt_tls_is_ok(without) ||
		!(was_refused(without) || without->tls.is_judged))
		return false;
	return note_sni(j, t, without, "without SNI", f);
}

/* Attempts at one address that showed the same. */
struct group {
	struct str look;
	size_t n;
};

/* What servers behind one address may differ in; empty when it did not get that far. */
static struct str
look_of(const struct judging *j, const struct attempt *t)
{
	const struct smtp_step_seen *banner = &t->steps[SMTP_BANNER];
	const struct str line = t->banner.n > 0 ? t->banner.v[0] : STR_EMPTY;
	struct str host = str_skip(line, 4), certificate = STR("no certificate");

	if (!banner->is_done || banner->outcome != OUTCOME_OK || !t->steps[SMTP_EHLO].is_done)
		return STR_EMPTY;
	host = str_sub(host, 0, str_find(host, ' '));
	if (t->tls.chain_count > 0)
		certificate = arena_printf(j->a, "certificate %.*s (%.*s, to %.*s)",
			STR_ARG(str_sub(t->tls.chain[0]->sha256, 0, 16)), STR_ARG(leaf_names(j, t)),
			STR_ARG(date_text(j->a, t->tls.chain[0]->not_after_s)));
	return arena_printf(j->a, "%.*s, %s, %.*s", STR_ARG(host),
		attempt_offers_starttls(t) ? "STARTTLS" : "no STARTTLS", STR_ARG(certificate));
}

static void
group_add(struct group *groups, size_t *count, struct str look)
{
	for (size_t i = 0; i < *count; i++) {
		if (str_eq(groups[i].look, look)) {
			groups[i].n++;
			return;
		}
	}
	if (*count < GROUPS_MAX)
		groups[(*count)++] = (struct group){ look, 1 };
}

static struct str
groups_text(const struct judging *j, const struct group *groups, size_t count, size_t total)
{
	struct strs texts = { 0 };

	for (size_t i = 0; i < count; i++)
		arena_push(j->a, &texts,
			arena_printf(j->a, "%zu of %zu: %.*s", groups[i].n, total,
				STR_ARG(groups[i].look)));
	return strs_join(j->a, texts, "; ", GROUPS_MAX);
}

static bool
smtp_repeats_differ(const struct judging *j, const struct about *at, struct found *f)
{
	const struct attempt *plain = at->address->attempt;
	struct group groups[GROUPS_MAX];
	size_t count = 0, total = 0, extras, first = session_extras_at(j->s, plain, &extras);

	for (size_t i = 0; i <= extras; i++) {
		const struct attempt *t = i == 0 ? plain : j->s->extras[first + i - 1];
		struct str look;

		if (i > 0 && (t->variant != VARIANT_REPEAT || !str_eq(t->address, plain->address) ||
				     !name_eq(t->host, plain->host)))
			continue;
		/* The EHLO inside TLS may be cut: all that counts was seen before. */
		look = t->is_ended || t->tls.is_judged ? look_of(j, t) : STR_EMPTY;
		if (look.n == 0)
			continue;
		group_add(groups, &count, look);
		total++;
		found_seq(f, t->steps[SMTP_BANNER].seq);
		found_seq(f, t->tls.seq);
	}
	if (count < 2)
		return false;
	f->detail = groups_text(j, groups, count, total);
	return true;
}

static struct str
answer_text(const struct judging *j, const struct lookup *l)
{
	struct strs texts = { 0 };

	if (l->status != LOOKUP_OK)
		return str_of(lookup_words(l));
	for (size_t i = 0; i < l->count; i++)
		arena_push(j->a, &texts,
			l->type == RRTYPE_TXT
				? arena_printf(j->a, "\"%.*s\"",
					  STR_ARG(str_sub(l->records[i]->data, 0, 100)))
				: arena_printf(j->a, "%lld %.*s",
					  (long long)l->records[i]->preference,
					  STR_ARG(l->records[i]->data)));
	return arena_printf(j->a, "%.*s, TTL %lld", STR_ARG(strs_join(j->a, texts, ", ", 4)),
		(long long)l->answer->ttl_s);
}

/* TTLs may differ by the way they were asked; what is said may not. */
static bool
says_the_same(const struct lookup *a, const struct lookup *b)
{
	if (a->status != b->status || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (!str_eq(a->records[i]->data, b->records[i]->data) ||
			a->records[i]->preference != b->records[i]->preference)
			return false;
	}
	return true;
}

static bool
servers_differ(const struct judging *j, enum rrtype type, struct strs *texts, struct found *f)
{
	const struct lookup *first = NULL;
	bool is_different = false;

	for (size_t i = 0; i < j->s->lookup_count; i++) {
		const struct lookup *l = j->s->lookups[i];

		if (l->role != LOOKUP_AUTHORITY || l->type != type || !l->is_done ||
			lookup_failed(l))
			continue;
		if (first == NULL)
			first = l;
		is_different |= !says_the_same(first, l);
		arena_push(j->a, texts,
			arena_printf(j->a, "%.*s: %.*s", STR_ARG(l->server),
				STR_ARG(answer_text(j, l))));
		found_lookup(f, l);
	}
	return is_different;
}

static bool
txt_servers_disagree(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs texts = { 0 }, mx = { 0 };
	struct found scratch = { 0 };

	(void)at;
	if (!servers_differ(j, RRTYPE_TXT, &texts, f))
		return false;
	f->detail = strs_join(j->a, texts, "; ", 8);
	if (servers_differ(j, RRTYPE_MX, &mx, &scratch))
		f->detail = arena_printf(j->a, "%.*s. The MX records differ too: %.*s",
			STR_ARG(f->detail), STR_ARG(strs_join(j->a, mx, "; ", 8)));
	return true;
}

const struct rule rules_deep_txt[] = {
	{ FINDING_TXT_SERVERS_DISAGREE, ABOUT_WALK, BY_DNS, txt_servers_disagree },
	{ 0 },
};

const struct rule rules_deep_https[] = {
	{ FINDING_HTTPS_TLS_OLD, ABOUT_WALK, BY_POLICY_HOST, https_tls_old },
	{ FINDING_HTTPS_SNI_NEEDED, ABOUT_WALK, BY_POLICY_HOST, https_sni_needed },
	{ 0 },
};

const struct rule rules_deep_mx[] = {
	{ FINDING_SMTP_REPEATS_DIFFER, ABOUT_ADDRESS, BY_MX_HOST, smtp_repeats_differ },
	{ FINDING_TLS_VERSION_LOW, ABOUT_ADDRESS, BY_MX_HOST, tls_version_low },
	{ FINDING_TLS_SNI_WRONG, ABOUT_ADDRESS, BY_MX_HOST, tls_sni_wrong },
	{ FINDING_TLS_NOSNI_WRONG, ABOUT_ADDRESS, BY_MX_HOST, tls_nosni_wrong },
	{ FINDING_TLS_UNKNOWN_SNI_REFUSED, ABOUT_ADDRESS, BY_MX_HOST, tls_unknown_sni_refused },
	{ 0 },
};
