/* MX hosts that nobody gets to: no address, or none that takes part in SMTP (RFC 5321 5.1). */
#include "core/rules.h"

#define HOSTS_LISTED 12

static struct str
address_words(const struct judging *j, const struct mx_host *host)
{
	struct str text = arena_printf(
		j->a, "A %.*s: %s", STR_ARG(host->name), lookup_words(host->a));

	if (host->aaaa != NULL)
		text = arena_printf(
			j->a, "%.*s; AAAA: %s", STR_ARG(text), lookup_words(host->aaaa));
	return text;
}

static bool
note_addresses(const struct judging *j, const struct mx_host *host, struct found *f)
{
	f->detail = address_words(j, host);
	found_lookup(f, host->a);
	found_lookup(f, host->aaaa);
	return true;
}

static bool
mx_no_address(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;

	if (at->host->has_address || !lookup_is_negative(host->a) ||
		!lookup_is_negative(host->aaaa))
		return false;
	return note_addresses(j, host, f);
}

static bool
mx_address_lookup_failed(const struct judging *j, const struct about *at, struct found *f)
{
	const struct mx_host *host = at->host->host;

	if (at->host->has_address || (!lookup_failed(host->a) && !lookup_failed(host->aaaa)) ||
		(host->a != NULL && !host->a->is_done) ||
		(host->aaaa != NULL && !host->aaaa->is_done))
		return false;
	if ((host->a != NULL && host->a->status == LOOKUP_BOGUS) ||
		(host->aaaa != NULL && host->aaaa->status == LOOKUP_BOGUS))
		return false;
	if (lookup_was_cut(j, host->a) || lookup_was_cut(j, host->aaaa))
		f->severity = SEVERITY_INCONCLUSIVE;
	return note_addresses(j, host, f);
}

/* Nothing can be said of a host that was not tested, or only in part. */
static bool
is_dead(const struct host_facts *h, bool *is_cut)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct address_facts *a = &h->addresses[i];

		if (a->trouble == TROUBLE_CONN)
			continue;
		if (a->trouble != TROUBLE_UNTESTED || !a->attempt->is_started)
			return false;
		*is_cut = true;
	}
	return h->count > 0 || h->decision == DECISION_UNREACHABLE ||
	       (h->decision == DECISION_SKIP && !h->has_address && !h->host->is_left_out);
}

/* There is no server to start, and nobody to talk to. */
static void
tell_no_address(const struct judging *j, struct found *f)
{
	bool is_absent = true;
	struct strs words = { 0 };

	for (size_t i = 0; i < j->host_count; i++) {
		const struct mx_host *host = j->hosts[i].host;

		is_absent &= name_is_ipv4(host->name) || name_is_ipv6(host->name) ||
			     (lookup_is_negative(host->a) && lookup_is_negative(host->aaaa));
		if (words.n < HOSTS_LISTED)
			arena_push(j->a, &words, address_words(j, host));
		found_lookup(f, host->a);
		found_lookup(f, host->aaaa);
	}
	f->detail = strs_join(j->a, words, "; ", HOSTS_LISTED);
	f->hand = "dig MX {D}\ndig A {H}\ndig AAAA {H}";
	f->blame = is_absent ? BLAME_DOMAIN : BLAME_DNS;
	if (!is_absent) {
		f->means = "No address of any MX host can be looked up, so mail waits in the "
			   "queues of all senders. MTA-STS has no part in this.";
		f->fix = "Repair the name servers that answer for the MX hosts.";
		return;
	}
	f->means = "No MX host has an address, so there is nowhere to deliver to: mail waits in "
		   "the queues of senders, or they return it. MTA-STS has no part in this.";
	f->fix = "Give the MX hosts an A or AAAA record, or let the MX records of {D} name hosts "
		 "that have one.";
}

/* The hosts answer, and refuse: it is neither the network nor a server that is down. */
static void
tell_refused(const struct judging *j, struct found *f)
{
	f->blame = is_outside(j, j->hosts[0].host->name) ? BLAME_MX_OPERATOR : BLAME_DOMAIN;
	f->means = "The MX hosts answer, but none lets us get as far as EHLO. Mail of senders that "
		   "get the same reply waits in their queues. MTA-STS has no part in this.";
	f->fix = "Look why the servers answer so. A reply 4yz may pass by itself (load, "
		 "greylisting): "
		 "walk again in some minutes, best also from a host that usually sends mail.";
}

static bool
mx_all_unreachable(const struct judging *j, const struct about *at, struct found *f)
{
	size_t addresses = 0;
	bool is_cut = false;

	(void)at;
	if (!j->are_hosts_settled || j->host_count == 0 || j->s->is_null_mx || j->is_blocklisted)
		return false;
	for (size_t i = 0; i < j->host_count; i++) {
		if (!is_dead(&j->hosts[i], &is_cut))
			return false;
		addresses += j->hosts[i].count;
	}
	if (is_cut)
		f->severity = SEVERITY_INCONCLUSIVE;
	f->detail = arena_printf(j->a,
		"%zu MX host%s, %zu address%s; none gets as far as a reply to EHLO", j->host_count,
		j->host_count == 1 ? "" : "s", addresses, addresses == 1 ? "" : "es");
	if (addresses == 0)
		tell_no_address(j, f);
	else if (hosts_refuse(j))
		tell_refused(j, f);
	if (j->do_controls_answer) {
		f->blame = is_outside(j, j->hosts[0].host->name) ? BLAME_MX_OPERATOR : BLAME_DOMAIN;
		f->detail = arena_printf(j->a, "%.*s. Port 25 works from here: %.*s",
			STR_ARG(f->detail), STR_ARG(controls_text(j, f)));
	}
	found_lookup(f, j->s->mx_lookup);
	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		for (size_t k = 0; k < h->count; k++)
			found_seq(f, h->addresses[k].attempt->connect_seq);
	}
	return true;
}

const struct rule rules_reach[] = {
	{ FINDING_MX_NO_ADDRESS, ABOUT_HOST, BY_MX_HOST, mx_no_address },
	{ FINDING_MX_ADDRESS_LOOKUP_FAILED, ABOUT_HOST, BY_DNS, mx_address_lookup_failed },
	{ FINDING_MX_ALL_UNREACHABLE, ABOUT_WALK, BY_UNKNOWN, mx_all_unreachable },
	{ 0 },
};
