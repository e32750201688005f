/* TLSA records (RFC 6698, RFC 7671, RFC 7672): errors whatever the mode, a DANE sender refuses. */
#include "core/dane.h"
#include "core/rules.h"

#define HOSTS_LISTED 8

static struct str
records_text(const struct judging *j, const struct mx_host *host)
{
	struct strs records = { 0 };

	for (size_t i = 0; i < host->tlsa->count && i <= 4; i++)
		arena_push(j->a, &records, str_sub(host->tlsa->records[i]->data, 0, 90));
	return strs_join(j->a, records, "; ", 4);
}

/* The record of the key in use, as it should stand in the zone. */
static struct str
wanted_record(const struct judging *j, const struct mx_host *host, const struct ev_cert *leaf)
{
	return arena_printf(j->a, "%.*s. IN TLSA 3 1 1 %.*s", STR_ARG(host->tlsa->name),
		STR_ARG(leaf->spki_sha256));
}

static bool
note(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;
	const struct tls_seen *tls = at->address != NULL ? &at->address->attempt->tls : NULL;

	f->detail = arena_printf(j->a, "TLSA %.*s", STR_ARG(records_text(j, host)));
	found_lookup(f, host->tlsa);
	if (tls == NULL)
		return true;
	if (tls->chain_count > 0) {
		f->publish = wanted_record(j, host, tls->chain[0]);
		if (f->note.n == 0)
			f->note = arena_printf(
				j->a, "3 1 1 %.*s", STR_ARG(tls->chain[0]->spki_sha256));
	}
	found_seq(f, tls->seq);
	return true;
}

/* What the addresses of a host have in common; DANE_NOT_JUDGED if nothing was judged. */
static enum dane_verdict
host_verdict(const struct host_facts *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->addresses[i].dane != DANE_NOT_JUDGED)
			return h->addresses[i].dane;
	}
	return DANE_NOT_JUDGED;
}

static const struct address_facts *
matching_address(const struct host_facts *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->addresses[i].dane == DANE_OK)
			return &h->addresses[i];
	}
	return NULL;
}

static bool
dane_active(const struct judging *j, const struct about *at, struct found *f)
{
	const struct address_facts *a = matching_address(at->host);

	if (a == NULL || !at->host->is_settled)
		return false;
	note(j, at, f);
	f->detail = arena_printf(
		j->a, "TLSA %.*s matches", STR_ARG(str_sub(a->dane_match->data, 0, 90)));
	found_seq(f, a->attempt->tls.seq);
	return true;
}

static bool
dane_mismatch(const struct judging *j, const struct about *at, struct found *f)
{
	const struct address_facts *a = at->address;
	const struct ev_cert *leaf;

	if (a->dane != DANE_FAIL || a->trouble == TROUBLE_STARTTLS ||
		a->trouble == TROUBLE_HANDSHAKE)
		return false;
	note(j, at, f);
	leaf = a->cert.leaf;
	if (leaf != NULL)
		f->detail = arena_printf(j->a, "%.*s; the key shown is 3 1 1 %.*s",
			STR_ARG(f->detail), STR_ARG(leaf->spki_sha256));
	return true;
}

static bool
dane_no_tls(const struct judging *j, const struct about *at, struct found *f)
{
	const struct address_facts *a = at->address;

	if (a->dane != DANE_FAIL ||
		(a->trouble != TROUBLE_STARTTLS && a->trouble != TROUBLE_HANDSHAKE))
		return false;
	note(j, at, f);
	f->detail = arena_printf(j->a, "%.*s; %s", STR_ARG(f->detail),
		a->trouble == TROUBLE_STARTTLS ? "no STARTTLS" : "the TLS handshake fails");
	found_seq(f, a->attempt->steps[SMTP_EHLO].seq);
	return true;
}

static bool
dane_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct lookup *l = at->host->host->tlsa;

	if (host_verdict(at->host) != DANE_LOOKUP_FAILED)
		return false;
	f->detail = arena_printf(
		j->a, "TLSA %.*s: %s; the addresses are signed", STR_ARG(l->name), lookup_words(l));
	found_lookup(f, l);
	return true;
}

static bool
dane_insecure(const struct judging *j, const struct about *at, struct found *f)
{
	return host_verdict(at->host) == DANE_INSECURE && note(j, at, f);
}

static bool
dane_usage_unusable(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;

	if (host_verdict(at->host) != DANE_UNUSABLE)
		return false;
	note(j, at, f);
	f->publish = arena_printf(
		j->a, "%.*s. IN TLSA 3 1 1 <SHA-256 of the public key>", STR_ARG(host->tlsa->name));
	for (size_t i = 0; i < at->host->count; i++) {
		const struct ev_cert *leaf = at->host->addresses[i].cert.leaf;

		if (leaf != NULL && leaf->spki_sha256.n > 0)
			f->publish = wanted_record(j, host, leaf);
	}
	return true;
}

static size_t
usable_count(const struct mx_host *host)
{
	size_t n = 0;

	for (size_t i = 0; i < host->tlsa->count; i++) {
		struct tlsa record;

		tlsa_parse(host->tlsa->records[i]->data, &record);
		n += record.is_usable ? 1 : 0;
	}
	return n;
}

static bool
has_usable(const struct judging *j, const struct mx_host *host)
{
	const struct lookup *l = host->tlsa;

	return j->is_ad_usable && l != NULL && l->status == LOOKUP_OK && l->answer->is_ad &&
	       usable_count(host) > 0;
}

static bool
dane_partial(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs without = { 0 };
	size_t with = 0;

	(void)at;
	if (!j->are_hosts_settled)
		return false;
	for (size_t i = 0; i < j->host_count; i++) {
		const struct mx_host *host = j->hosts[i].host;

		if (has_usable(j, host))
			with++;
		else if (lookup_is_negative(host->tlsa) ||
			 (host->tlsa != NULL && host->tlsa->status == LOOKUP_OK))
			arena_push(j->a, &without, host->name);
		else
			continue;
		found_lookup(f, host->tlsa);
	}
	if (with == 0 || without.n == 0)
		return false;
	f->note = strs_join(j->a, without, ", ", HOSTS_LISTED);
	f->detail = arena_printf(j->a, "%zu of %zu hosts have records; without: %.*s", with,
		j->host_count, STR_ARG(f->note));
	return true;
}

/* Whether some record of the same combination matches this address. */
static bool
combination_matches(const struct judging *j, const struct mx_host *host,
	const struct address_facts *a, const struct tlsa *like)
{
	for (size_t i = 0; i < host->tlsa->count; i++) {
		struct tlsa record;

		tlsa_parse(host->tlsa->records[i]->data, &record);
		if (record.usage == like->usage && record.selector == like->selector &&
			record.matching == like->matching &&
			tlsa_matches(&record, &a->attempt->tls, j->as_of_s))
			return true;
	}
	return false;
}

/* RFC 7671 section 8: a client may support, or prefer, only one of the combinations. */
static bool
dane_set_stale(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;
	const struct address_facts *a = at->address;

	if (a->dane != DANE_OK)
		return false;
	for (size_t i = 0; i < host->tlsa->count; i++) {
		struct tlsa record;

		tlsa_parse(host->tlsa->records[i]->data, &record);
		if (!record.is_usable || combination_matches(j, host, a, &record))
			continue;
		f->note = arena_printf(
			j->a, "%u %u %u", record.usage, record.selector, record.matching);
		note(j, at, f);
		f->detail = arena_printf(
			j->a, "%.*s; no %.*s record matches", STR_ARG(f->detail), STR_ARG(f->note));
		return true;
	}
	return false;
}

static bool
dane_one_record(const struct judging *j, const struct about *at, struct found *f)
{
	const struct address_facts *a = matching_address(at->host);
	struct tlsa record;

	if (a == NULL || !at->host->is_settled || usable_count(at->host->host) != 1)
		return false;
	tlsa_parse(a->dane_match->data, &record);
	return record.usage == 3 && note(j, at, f);
}

const struct rule rules_dane[] = {
	{ FINDING_DANE_ACTIVE, ABOUT_HOST, BY_MX_HOST, dane_active },
	{ FINDING_DANE_MISMATCH, ABOUT_ADDRESS, BY_MX_HOST, dane_mismatch },
	{ FINDING_DANE_NO_TLS, ABOUT_ADDRESS, BY_MX_HOST, dane_no_tls },
	{ FINDING_DANE_LOOKUP_FAILED, ABOUT_HOST, BY_DNS, dane_lookup_failed },
	{ FINDING_DANE_INSECURE, ABOUT_HOST, BY_MX_HOST, dane_insecure },
	{ FINDING_DANE_USAGE_UNUSABLE, ABOUT_HOST, BY_MX_HOST, dane_usage_unusable },
	{ FINDING_DANE_PARTIAL, ABOUT_WALK, BY_DOMAIN, dane_partial },
	{ FINDING_DANE_SET_STALE, ABOUT_ADDRESS, BY_MX_HOST, dane_set_stale },
	{ FINDING_DANE_ONE_RECORD, ABOUT_HOST, BY_MX_HOST, dane_one_record },
	{ 0 },
};
