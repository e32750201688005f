/* The scene of a session: what judge_hosts.c found out, as the simulator sees it. */
#include "core/outlook.h"
#include "core/rules.h"

static enum sim_cert
cert_of(const struct address_facts *f)
{
	/* In the order of RFC 8461 section 4.2. */
	if (f->cert.is_expired)
		return SIM_CERT_EXPIRED;
	if (f->cert.trust != TRUST_OK || f->cert.is_early || !f->cert.is_judged)
		return SIM_CERT_UNTRUSTED;
	return f->cert.is_name_bad ? SIM_CERT_NAME : SIM_CERT_OK;
}

/* Whether nothing will ever be known of it, for a reason that says nothing about the others. */
static bool
is_out_of_reach(const struct attempt *t)
{
	return t->skip == SKIP_NO_ROUTE || t->skip == SKIP_FAMILY_OFF || t->skip == SKIP_OVER_LIMIT;
}

/* A host without any address: a dead entry, if that is what DNS says and not our resolver. */
static bool
host_is_dead(const struct judging *j, const struct host_facts *h)
{
	const struct mx_host *host = h->host;

	/* An address in place of a name: senders look it up and find nothing (RFC 5321 5.1). */
	if (name_is_ipv4(host->name) || name_is_ipv6(host->name))
		return h->count == 0 && !host->is_left_out;
	if (h->has_address || host->is_left_out || !h->is_settled || host->a == NULL)
		return false;
	if (j->is_dns_rewriting || lookup_was_cut(j, host->a) || lookup_was_cut(j, host->aaaa))
		return false;
	return !h->is_lookup_failing || !j->is_dns_broken;
}

static void
scene_host(const struct judging *j, const struct host_facts *h, struct sim_host *out)
{
	out->host = h->host;
	out->name = h->host->name;
	out->preference = h->host->preference;
	out->is_settled = h->is_settled;
	out->is_dead = host_is_dead(j, h);
	out->count = h->count;
	out->addresses = arena_array(j->a, h->count + 1, sizeof(struct sim_address));
	for (size_t i = 0; i < h->count; i++) {
		const struct address_facts *f = &h->addresses[i];
		const bool is_cert = f->trouble == TROUBLE_CERT;

		out->addresses[i] = (struct sim_address){ .text = f->attempt->address,
			.family = f->attempt->family,
			.trouble = f->trouble,
			.cert = is_cert ? cert_of(f) : SIM_CERT_OK,
			.dane = f->dane,
			.is_unsure = is_cert ? f->is_unsure : f->is_blocklisted,
			.is_out_of_reach = is_out_of_reach(f->attempt),
			.attempt = f->attempt };
	}
}

/* Neither MX nor address: all three were answered, and with no record. */
static bool
has_nothing(const struct judging *j)
{
	const struct lookup *a = NULL, *aaaa = NULL;

	for (size_t i = 0; i < j->s->lookup_count; i++) {
		const struct lookup *l = j->s->lookups[i];

		if (l->role != LOOKUP_MX_HOST || !name_eq(l->name, j->domain))
			continue;
		if (l->type == RRTYPE_A)
			a = l;
		else if (l->type == RRTYPE_AAAA)
			aaaa = l;
	}
	return j->s->mx_lookup->status == LOOKUP_NODATA && lookup_is_negative(a) &&
	       lookup_is_negative(aaaa);
}

static enum sim_mx
mx_of_failure(const struct judging *j, enum sim_mx open)
{
	const struct lookup *mx = j->s->mx_lookup;

	if (mx->status == LOOKUP_NXDOMAIN)
		return j->is_nxdomain ? SIM_MX_IS_NO_DOMAIN : SIM_MX_IS_UNKNOWN;
	if (!j->is_resolver_known)
		return open;
	return j->is_dns_broken || lookup_was_cut(j, mx) ? SIM_MX_IS_UNKNOWN : SIM_MX_IS_FAILING;
}

/* RFC 5321 section 5.1, RFC 7505 section 3. */
static enum sim_mx
mx_of(const struct judging *j)
{
	const struct session *s = j->s;
	const struct lookup *mx = s->mx_lookup;
	const enum sim_mx open = j->is_running ? SIM_MX_IS_PENDING : SIM_MX_IS_UNKNOWN;

	if (mx == NULL || !mx->is_done)
		return open;
	if (s->is_null_mx)
		return SIM_MX_IS_NULL;
	if (mx->status == LOOKUP_NXDOMAIN || lookup_failed(mx))
		return mx_of_failure(j, open);
	if (j->host_count > 0)
		return s->has_implicit_mx ? SIM_MX_IS_IMPLICIT : SIM_MX_IS_LIST;
	/* Records, but "." in each of them: no place to deliver to (RFC 7505 section 3). */
	if (mx->status == LOOKUP_OK && mx->count > 0)
		return SIM_MX_IS_NONE;
	if (!has_nothing(j) || (j->is_running && !j->is_resolver_known))
		return open;
	return j->is_dns_rewriting ? SIM_MX_IS_UNKNOWN : SIM_MX_IS_NONE;
}

static bool
host_has_dane(const struct host_facts *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const enum dane_verdict dane = h->addresses[i].dane;

		if (dane != DANE_NOT_JUDGED && dane != DANE_NONE && dane != DANE_INSECURE)
			return true;
	}
	return false;
}

static struct sim_scene *
scene_new(const struct judging *j)
{
	struct sim_scene *scene = arena_new(j->a, struct sim_scene);
	const struct session *s = j->s;

	scene->is_running = j->is_running;
	scene->mx = mx_of(j);
	scene->is_mode_known = j->is_mode_known;
	scene->is_policy_usable = j->is_policy_usable;
	scene->is_txt_usable = j->is_txt_usable;
	scene->is_fetch_ok = j->is_fetch_ok;
	scene->mode = j->mode;
	scene->policy = s->has_policy ? &s->policy : NULL;
	scene->txt_ttl_s = -1;
	scene->as_of_s = j->as_of_s;
	if (s->txt_lookup != NULL && s->txt_lookup->answer != NULL)
		scene->txt_ttl_s = s->txt_lookup->answer->ttl_s;
	if (j->is_txt_usable)
		scene->id = s->txt.chosen->id;
	scene->host_count = j->host_count;
	scene->hosts = arena_array(j->a, j->host_count + 1, sizeof(struct sim_host));
	for (size_t i = 0; i < j->host_count; i++) {
		scene_host(j, &j->hosts[i], &scene->hosts[i]);
		scene->has_dane |= host_has_dane(&j->hosts[i]);
	}
	return scene;
}

void
judge_decisions(struct judging *j)
{
	struct outlook *o = arena_new(j->a, struct outlook);
	bool *is_listed = arena_array(j->a, j->host_count + 1, sizeof(bool));
	struct sim_sender sender = { .is_mode_known = j->is_mode_known, .mode = j->mode };
	const struct sim_sender dane = { .ignores_sts = true };

	j->scene = scene_new(j);
	for (size_t i = 0; i < j->host_count; i++)
		is_listed[i] = j->hosts[i].is_listed;
	if (j->is_policy_usable)
		sender.is_listed = is_listed;
	simulate(j->a, j->scene, &sender, false, &j->fresh);
	simulate(j->a, j->scene, &dane, false, &j->dane);
	for (size_t i = 0; i < j->host_count; i++) {
		struct host_facts *h = &j->hosts[i];

		h->decision = j->fresh.hosts[i].decision;
		for (size_t k = 0; k < h->count; k++)
			h->addresses[k].decision = j->fresh.hosts[i].addresses[k];
	}
	outlook_make(j->a, j->s, j->scene, false, o);
	j->outlook = o;
}
