/* The verdict in words: the first ones are about the message. */
#include "core/buf.h"
#include "core/rules.h"

#define TEXT_MAX 1024
#define HOSTS_LISTED 6

static struct str
finish(const struct judging *j, struct buf *out)
{
	const struct str text = arena_str(j->a, buf_str(out));

	buf_release(out);
	return text;
}

/* The first label where it is enough to tell the hosts apart. */
static struct str
short_name(const struct judging *j, struct str name)
{
	const struct str label = str_sub(name, 0, str_find(name, '.'));
	size_t same = 0;

	if (name_is_ipv4(name) || name_is_ipv6(name))
		return name;
	for (size_t i = 0; i < j->host_count && same < 2; i++) {
		const struct str other = j->hosts[i].host->name;

		same += str_eq_nocase(str_sub(other, 0, str_find(other, '.')), label) ? 1 : 0;
	}
	return same > 1 ? name : label;
}

static bool
is_bad(enum decision d)
{
	return d == DECISION_SKIP || d == DECISION_UNREACHABLE;
}

/* " (IPv6)" when all of that family fail, else the addresses. */
static void
add_bad_addresses(const struct judging *j, const struct host_facts *h, struct buf *out)
{
	size_t bad[family_count] = { 0 }, all[family_count] = { 0 };
	struct strs addresses = { 0 };

	for (size_t i = 0; i < h->count; i++) {
		const struct attempt *t = h->addresses[i].attempt;

		if (t->skip != SKIP_NONE)
			continue;
		all[t->family]++;
		if (!is_bad(h->addresses[i].decision))
			continue;
		bad[t->family]++;
		arena_push(j->a, &addresses, t->address);
	}
	if (bad[FAMILY_IPV4] == 0 && bad[FAMILY_IPV6] == all[FAMILY_IPV6])
		buf_add_text(out, " (IPv6)");
	else if (bad[FAMILY_IPV6] == 0 && bad[FAMILY_IPV4] == all[FAMILY_IPV4])
		buf_add_text(out, " (IPv4)");
	else
		buf_addf(out, " (%.*s)", STR_ARG(strs_join(j->a, addresses, ", ", 4)));
}

static bool
has_bad_address(const struct host_facts *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (is_bad(h->addresses[i].decision))
			return true;
	}
	return false;
}

/* The walk is over, mail goes elsewhere, and whether it could go here was not found out. */
static bool
is_open(const struct judging *j, const struct host_facts *h)
{
	const bool is_delivered = j->out->fresh == MAIL_DELIVERED_VALIDATED ||
				  j->out->fresh == MAIL_DELIVERED_UNVALIDATED;

	return !j->is_running && is_delivered && h->decision == DECISION_UNKNOWN;
}

/* Servers behind one of its addresses are not alike (--repeat). */
static bool
is_uneven(const struct judging *j, const struct host_facts *h)
{
	for (size_t i = 0; i < j->out->count; i++) {
		const struct finding *f = &j->out->findings[i];

		if (f->type->id == FINDING_SMTP_REPEATS_DIFFER && f->host == h->host)
			return true;
	}
	return false;
}

static bool
is_at_risk(const struct judging *j, const struct host_facts *h)
{
	return is_bad(h->decision) || has_bad_address(h) || is_open(j, h) || is_uneven(j, h);
}

static struct str
at_risk(const struct judging *j)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	size_t n = 0, more = 0;

	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		if (!is_at_risk(j, h))
			continue;
		if (n == HOSTS_LISTED) {
			more++;
			continue;
		}
		if (n++ > 0)
			buf_add_text(&out, ", ");
		buf_add(&out, short_name(j, h->host->name));
		if (is_open(j, h))
			buf_add_text(&out, " (not known)");
		else if (!is_bad(h->decision) && has_bad_address(h))
			add_bad_addresses(j, h, &out);
		else if (!is_bad(h->decision))
			buf_add_text(&out, " (at times)");
	}
	if (more > 0)
		buf_addf(&out, " and %zu more", more);
	return finish(j, &out);
}

static void
add_counts(const struct judging *j, struct buf *out)
{
	static const struct {
		enum severity severity;
		const char *one, *many;
	} rows[] = {
		{ SEVERITY_ERROR, "error", "errors" },
		{ SEVERITY_INCONCLUSIVE, "inconclusive", "inconclusive" },
		{ SEVERITY_WARNING, "warning", "warnings" },
	};
	bool has_any = false;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t n = j->out->counts[rows[i].severity];

		/* Warnings are told when nothing is worse. */
		if (n == 0 || (has_any && rows[i].severity == SEVERITY_WARNING))
			continue;
		buf_addf(out, "%s%zu %s", has_any ? ", " : "; ", n,
			n == 1 ? rows[i].one : rows[i].many);
		has_any = true;
	}
	if (!j->is_running && j->s->end_reason == END_CANCELLED) {
		buf_add_text(out, "; stopped before the end");
		return;
	}
	if (has_any)
		return;
	if (j->out->severity == SEVERITY_INCONCLUSIVE)
		buf_add_text(out, "; not everything could be told");
	else
		buf_add_text(out, j->out->is_final ? "; nothing wrong" : "; nothing wrong so far");
}

static struct str
headline(const struct judging *j)
{
	struct buf out = BUF_INIT(TEXT_MAX);

	buf_addf(&out, "mail %s", mail_outcome_words(j->out->fresh));
	if (j->out->mail_host != NULL)
		buf_addf(&out, " (%.*s)", STR_ARG(j->out->mail_host->name));
	add_counts(j, &out);
	return finish(j, &out);
}

static struct str
why_no_hosts(const struct judging *j)
{
	const struct lookup *mx = j->s->mx_lookup;

	if (mx == NULL || !mx->is_done)
		return j->is_running ? STR("The MX records are not known yet.")
				     : STR("The walk ended before the MX records were known.");
	if (j->s->is_null_mx)
		return STR("The domain publishes a null MX: it takes no mail.");
	if (mx->status == LOOKUP_NOT_ASKED && !j->is_dns_broken)
		return STR("The walk ended before the MX records were known.");
	if (j->out->fresh == MAIL_UNKNOWN)
		return j->is_dns_broken ? STR("DNS does not work from here.")
					: STR("The MX records could not be told from here.");
	if (mx->status == LOOKUP_NXDOMAIN)
		return STR("The domain does not exist.");
	if (mx->status == LOOKUP_OK && mx->count > 0)
		return STR("Every MX record has . in place of a host: no mail is taken.");
	if (lookup_failed(mx))
		return STR("The MX records cannot be looked up, so senders queue the mail.");
	return STR("The domain has neither MX records nor an address.");
}

static struct str
policy_words(const struct judging *j)
{
	if (j->is_policy_usable)
		return arena_printf(j->a, "The policy is in mode %s", policy_mode_name(j->mode));
	if (j->is_txt_usable)
		return STR("No usable policy is served");
	if (lookup_is_negative(j->s->txt_lookup))
		return STR("The domain has no MTA-STS record");
	return STR("The domain has no usable MTA-STS record");
}

/* What kept a host from being judged. */
static const char *
unknown_words(const struct host_facts *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->addresses[i].is_blocklisted)
			return "refuses the address of this host";
	}
	return h->tested == 0 ? "was not tested" : "could not be judged from here";
}

/* A host that senders try before, and of which nothing is known. */
static const struct host_facts *
better_unknown(const struct judging *j)
{
	for (size_t i = 0; i < j->host_count; i++) {
		if (j->hosts[i].decision == DECISION_UNKNOWN &&
			j->hosts[i].host->preference < j->out->mail_host->preference)
			return &j->hosts[i];
	}
	return NULL;
}

static struct str
why_second(const struct judging *j, const struct host_facts *first)
{
	const struct str host = j->out->mail_host->name;
	const struct str policy = policy_words(j);
	const char *how = j->out->fresh != MAIL_DELIVERED_VALIDATED ? "takes mail"
			  : j->mode == POLICY_MODE_ENFORCE
				  ? "matches it and shows a valid certificate"
				  : "is validated by its TLSA records (DANE)";

	return arena_printf(j->a, "%.*s, and %.*s %s; %.*s, which senders try first, %s.",
		STR_ARG(policy), STR_ARG(host), how, STR_ARG(first->host->name),
		unknown_words(first));
}

static struct str
why_delivered(const struct judging *j)
{
	const struct str host = j->out->mail_host->name;
	const struct str policy = policy_words(j);
	const struct host_facts *first = better_unknown(j);

	if (first != NULL)
		return why_second(j, first);
	if (j->out->fresh == MAIL_DELIVERED_VALIDATED && j->mode == POLICY_MODE_ENFORCE)
		return arena_printf(j->a,
			"%.*s, and %.*s is the first host that matches it and shows a valid "
			"certificate.",
			STR_ARG(policy), STR_ARG(host));
	if (j->out->fresh == MAIL_DELIVERED_VALIDATED)
		return arena_printf(j->a, "%.*s; %.*s is validated by its TLSA records (DANE).",
			STR_ARG(policy), STR_ARG(host));
	if (j->is_policy_usable && j->mode == POLICY_MODE_TESTING)
		return arena_printf(j->a,
			"%.*s: failures are reported, and mail goes to %.*s all the same.",
			STR_ARG(policy), STR_ARG(host));
	return arena_printf(j->a, "%.*s, so senders deliver to %.*s without checking who it is.",
		STR_ARG(policy), STR_ARG(host));
}

/* The policy does not bind, or it is met: then it is DANE that keeps senders away. */
static bool
is_refused_by_dane(const struct judging *j, const struct host_facts *h)
{
	const bool is_bound = j->is_policy_usable && j->mode == POLICY_MODE_ENFORCE;

	return h->decision == DECISION_SKIP && (!is_bound || (h->is_listed && h->is_good));
}

/* Why a sender does not get to a host, apart from what it refuses. */
struct ways {
	size_t skipped, by_dane, silent, nowhere, no_tlsa;
};

static struct ways
count_ways(const struct judging *j)
{
	struct ways w = { 0 };

	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_facts *h = &j->hosts[i];

		w.skipped += h->decision == DECISION_SKIP ? 1 : 0;
		w.by_dane += is_refused_by_dane(j, h) ? 1 : 0;
		if (h->decision != DECISION_UNREACHABLE)
			continue;
		if (j->fresh.hosts[i].reason == SIM_DANE_LOOKUP_FAILED)
			w.no_tlsa++;
		else if (j->fresh.hosts[i].reason == SIM_HOST_NO_ADDRESS && !h->is_lookup_failing)
			w.nowhere++;
		else
			w.silent++;
	}
	return w;
}

/* Of one host, or of all that there are, where one reason is the whole of it. */
static struct str
why_out_of_reach(const struct judging *j, const struct ways *w)
{
	const size_t all = j->host_count;

	if (w->no_tlsa == all)
		return arena_printf(j->a,
			"The TLSA records of %s cannot be looked up, so senders that do DANE queue "
			"the mail and try again.",
			all == 1 ? "the only MX host" : "all MX hosts");
	if (w->nowhere == all)
		return arena_printf(j->a,
			"%s, so senders queue the mail and try again, or return it.",
			all == 1 ? "The only MX host has no address" : "No MX host has an address");
	if (hosts_refuse(j))
		return arena_printf(j->a,
			"%s, so senders that get the same reply queue the mail and try again.",
			all == 1 ? "The only MX host answers and takes no mail now"
				 : "The MX hosts answer and take no mail now");
	if (all == 1)
		return STR("The only MX host cannot be reached, so senders queue the mail and try "
			   "again.");
	if (w->no_tlsa > 0)
		return arena_printf(j->a,
			"The TLSA records of %zu of %zu MX hosts cannot be looked up (DANE), and "
			"the others cannot be reached, so senders queue the mail and try again.",
			w->no_tlsa, all);
	return arena_printf(j->a,
		"None of the %zu MX hosts can be reached, so senders queue the mail and try again.",
		all);
}

static struct str
why_deferred(const struct judging *j)
{
	const struct ways w = count_ways(j);
	const size_t all = j->host_count, dead = w.silent + w.nowhere;
	struct str why, whom;

	if (w.skipped == 0)
		return why_out_of_reach(j, &w);
	why = w.by_dane < w.skipped ? policy_words(j) : STR("TLSA records are published (DANE)");
	if (all == 1)
		whom = STR("the only MX host");
	else if (w.skipped == all)
		whom = arena_printf(j->a, "all %zu MX hosts", all);
	else if (dead == 0)
		whom = arena_printf(j->a,
			"%zu of %zu MX hosts and cannot look up the TLSA records of %zu", w.skipped,
			all, w.no_tlsa);
	else
		whom = arena_printf(j->a, "%zu of %zu MX hosts and cannot reach %zu", w.skipped,
			all, dead + w.no_tlsa);
	return arena_printf(j->a,
		"%.*s, and senders pass over %.*s: they queue the mail and try again.",
		STR_ARG(why), STR_ARG(whom));
}

static struct str
why_unknown(const struct judging *j)
{
	if (!j->is_mode_known)
		return j->is_running ? STR("Which policy applies is not known yet.")
				     : STR("Which policy applies could not be told from here.");
	for (size_t i = 0; j->is_running && i < j->host_count; i++) {
		if (j->hosts[i].decision == DECISION_UNKNOWN)
			return arena_printf(j->a, "%.*s has not been tested yet.",
				STR_ARG(j->hosts[i].host->name));
	}
	return STR("The MX hosts could not be tested from here.");
}

static struct str
mail_why(const struct judging *j)
{
	enum mail_outcome fresh = j->out->fresh;

	if (j->host_count == 0 || j->s->is_null_mx)
		return why_no_hosts(j);
	switch (fresh) {
	case MAIL_DELIVERED_VALIDATED:
	case MAIL_DELIVERED_UNVALIDATED:
		return why_delivered(j);
	case MAIL_DEFERRED:
		return why_deferred(j);
	case MAIL_UNDELIVERABLE:
		return why_no_hosts(j);
	case MAIL_NOT_KNOWN_YET:
	case MAIL_UNKNOWN:
		break;
	}
	return j->s->mx_lookup == NULL || !j->s->mx_lookup->is_done ? why_no_hosts(j)
								    : why_unknown(j);
}

void
judge_words(struct judging *j)
{
	j->out->at_risk = at_risk(j);
	j->out->headline = headline(j);
	j->out->mail_why = mail_why(j);
}
