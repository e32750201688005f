/* What was seen, in one line: of a host, of a stage. */
#include "core/view_parts.h"

#include <inttypes.h>

/* The one that has been running longest. */
static const struct attempt *
oldest_running(struct attempt *const *list, size_t count)
{
	const struct attempt *oldest = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (attempt_is_running(list[i]) &&
			(!oldest || list[i]->start_us < oldest->start_us))
			oldest = list[i];
	return oldest;
}

/* One word for all addresses of a family, NULL when there are none; *differ when they disagree. */
static const char *
family_words(struct doc *d, const struct mx_host *host, enum family family, bool *differ)
{
	const char *all = NULL;
	size_t i;

	for (i = 0; i < host->address_count; i++) {
		const char *one;

		if (host->addresses[i]->family != family)
			continue;
		one = attempt_words(d, host->addresses[i]);
		if (all && !str_eq(str_of(all), str_of(one)))
			*differ = true;
		if (!all || str_is(str_of(all), "ok") || str_is(str_of(all), "untested"))
			all = one;
	}
	return all;
}

static const char *
tls_versions(struct doc *d, const struct mx_host *host)
{
	struct str version = STR_EMPTY;
	size_t i;

	for (i = 0; i < host->address_count; i++) {
		const struct ev_tls_done *done = host->addresses[i]->tls.done;

		if (!done || done->version.n == 0)
			continue;
		if (version.n > 0 && !str_eq(version, done->version))
			return "TLS versions differ";
		version = done->version;
	}
	return doc_shown(d, version);
}

static const char *
no_address_words(struct doc *d, const struct mx_host *host, bool is_final)
{
	const struct lookup *a = host->a, *aaaa = host->aaaa;

	if (host->is_left_out)
		return "left out: more hosts than a walk tries";
	if (!a || !a->is_done || !aaaa || !aaaa->is_done)
		return is_final ? "addresses not looked up" : "looking up addresses";
	if (lookup_is_failure(a->status))
		return TEXT(d, "no address: %s", part_lookup_words(a->status));
	if (lookup_is_failure(aaaa->status))
		return TEXT(d, "no address: %s", part_lookup_words(aaaa->status));
	return TEXT(d, "no address: %s", part_lookup_words(a->status));
}

static bool
is_all_good(const struct mx_host *host)
{
	size_t i;

	for (i = 0; i < host->address_count; i++)
		if (!attempt_is_good(host->addresses[i]))
			return false;
	return host->address_count > 0;
}

static const char *
host_words(struct doc *d, const struct mx_host *host, bool is_final)
{
	bool differ[family_count] = { false };
	const char *v4, *v6;
	size_t i, good = 0;

	if (host->address_count == 0)
		return no_address_words(d, host, is_final);
	for (i = 0; i < host->address_count; i++)
		good += attempt_is_good(host->addresses[i]) ? 1 : 0;
	if (good == host->address_count)
		return TEXT(d, "%zu of %s  %s", good, part_count(d, good, "address"),
			tls_versions(d, host));
	v4 = family_words(d, host, FAMILY_IPV4, &differ[FAMILY_IPV4]);
	v6 = family_words(d, host, FAMILY_IPV6, &differ[FAMILY_IPV6]);
	if (differ[FAMILY_IPV4] || differ[FAMILY_IPV6])
		return TEXT(d, "%s (%zu of %zu ok)", differ[FAMILY_IPV4] ? v4 : v6, good,
			host->address_count);
	if (v4 && v6 && !str_eq(str_of(v4), str_of(v6)))
		return TEXT(d, "IPv4 %s, IPv6 %s", v4, v6);
	return v4 ? v4 : v6;
}

/* Behind "TLSA": whether the records agree with every address that was judged. */
static const char *
dane_words(const struct judgement *j, const struct mx_host *host)
{
	size_t i, k, good = 0;

	for (i = 0; i < j->host_count; i++) {
		if (j->hosts[i].host != host)
			continue;
		for (k = 0; k < j->hosts[i].address_count; k++) {
			if (j->hosts[i].addresses[k].dane == DANE_FAIL)
				return " fails";
			good += j->hosts[i].addresses[k].dane == DANE_OK ? 1 : 0;
		}
	}
	return good > 0 ? " ok" : "";
}

void
part_host_seen(struct doc *d, struct row *r, const struct view_input *in,
	const struct mx_host *host, enum state state)
{
	const struct attempt *running = oldest_running(host->addresses, host->address_count);
	const char *dane;
	bool has_tlsa;

	if (state == STATE_WAITING && host->a == NULL) {
		row_text(d, r, ROLE_DIM, "needs its addresses");
		return;
	}
	if (running) {
		part_progress(d, r, running, in->now_us);
		return;
	}
	has_tlsa = host->tlsa && host->tlsa->is_done && host->tlsa->count > 0;
	dane = has_tlsa ? dane_words(in->judgement, host) : "";
	if (str_is(str_of(dane), " fails")) {
		row_text(d, r, ROLE_TEXT, "TLSA fails; ");
		has_tlsa = false;
	}
	/* Where the addresses are well, the name is what there is to say first. */
	if (host->has_match && !host->match.is_match)
		row_text(d, r, ROLE_TEXT,
			is_all_good(host) ? "not in policy; %s" : "%s; not in policy",
			host_words(d, host, in->judgement->is_final));
	else
		row_text(d, r, ROLE_TEXT, "%s", host_words(d, host, in->judgement->is_final));
	if (has_tlsa)
		row_text(d, r, ROLE_DIM, "  TLSA%s", dane);
	/* Tested; what it counts for is told by the policy. */
	if (state == STATE_WAITING)
		row_text(d, r, ROLE_DIM, "  needs stage 3");
}

static const char *
family_list(const struct session *s, bool is_final)
{
	bool v4 = s->has_route[FAMILY_IPV4], v6 = s->has_route[FAMILY_IPV6];

	if (!s->is_route_known[FAMILY_IPV4] && !s->is_route_known[FAMILY_IPV6])
		return is_final ? "no address was looked for" : "routes not asked yet";
	if (v4 && v6)
		return "IPv4 IPv6";
	if (v4)
		return "IPv4 only";
	return v6 ? "IPv6 only" : "no route";
}

/* Whether any answer had the AD bit; *answers: whether any name was answered for at all. */
static bool
has_ad(const struct session *s, bool *answers, bool *fails)
{
	bool has = false;
	size_t i;

	for (i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (!l->is_done || l->status == LOOKUP_NOT_ASKED)
			continue;
		*fails = *fails || lookup_is_failure(l->status);
		*answers = *answers || !lookup_is_failure(l->status);
		has = has || (l->answer && l->answer->is_ad);
	}
	return has;
}

static void
resolver_seen(struct doc *d, struct row *r, const struct session *s)
{
	bool answers = false, fails = false;
	bool has = has_ad(s, &answers, &fails);

	if (!s->start)
		return;
	if (s->start->resolvers.n == 0)
		row_text(d, r, ROLE_TEXT, "  no resolver");
	else if (fails && !answers)
		row_text(d, r, ROLE_TEXT, "  resolver %s: no answer of use",
			doc_shown(d, s->start->resolvers.v[0]));
	else if (s->start->is_ad_trusted)
		row_text(d, r, ROLE_TEXT, "  resolver AD %s", has ? "ok" : "not seen");
	else
		row_text(d, r, ROLE_TEXT, "  resolver %s", doc_shown(d, s->start->resolvers.v[0]));
}

static void
env_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct ev_http_done *h = s->chosen ? s->chosen->http : NULL;

	row_text(d, r, ROLE_TEXT, "%s", family_list(s, in->judgement->is_final));
	/* The header has whole seconds. */
	if (h && h->has_date && h->date_offset_ms > -2000 && h->date_offset_ms < 2000)
		row_text(d, r, ROLE_TEXT, "  clock ok");
	else if (h && h->has_date)
		row_text(d, r, ROLE_TEXT, "  clock %+" PRId64 "s", h->date_offset_ms / 1000);
	resolver_seen(d, r, s);
}

static void
txt_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct session *s = in->session;

	if (!s->txt_lookup || !s->txt_lookup->is_done)
		row_text(d, r, ROLE_DIM, "asking for _mta-sts TXT");
	else if (s->txt_lookup->status != LOOKUP_OK || s->txt.verdict == TXT_VERDICT_NONE)
		row_text(d, r, ROLE_TEXT, "%s",
			lookup_is_failure(s->txt_lookup->status) ||
					s->txt_lookup->status == LOOKUP_NOT_ASKED
				? part_lookup_words(s->txt_lookup->status)
				: "no MTA-STS record");
	else if (s->txt.verdict == TXT_VERDICT_MULTIPLE)
		row_text(d, r, ROLE_TEXT, "%u MTA-STS records: none counts", s->txt.candidates);
	else if (s->txt.chosen)
		row_bytes(d, r, ROLE_TEXT, str_trim_wsp(s->txt.chosen->text));
	if (!s->tlsrpt_lookup || !s->tlsrpt_lookup->is_done)
		return;
	if (lookup_is_failure(s->tlsrpt_lookup->status))
		row_text(d, r, ROLE_TEXT, "   TLSRPT lookup failed");
	else if (s->tlsrpt_lookup->status == LOOKUP_NOT_ASKED)
		row_text(d, r, ROLE_DIM, "   TLSRPT not asked");
	else if (s->tlsrpt.is_valid)
		row_text(d, r, ROLE_TEXT, "   TLSRPT ok");
	else if (s->tlsrpt.fault == TLSRPT_FAULT_ABSENT || s->tlsrpt_lookup->status != LOOKUP_OK)
		row_text(d, r, ROLE_DIM, "   no TLSRPT");
	else
		row_text(d, r, ROLE_TEXT, "   TLSRPT faulty");
}

static void
https_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct attempt *t = s->chosen ? s->chosen : oldest_running(s->https, s->https_count);

	if (s->chosen && s->chosen->http) {
		row_text(d, r, ROLE_TEXT, "%s", http_words(d, s->chosen));
		if (s->chosen->tls.chain_count > 0)
			row_text(d, r, ROLE_TEXT, "  cert ok, %s",
				part_count(d,
					(size_t)cert_days_left(
						s->chosen->tls.chain[0], session_as_of_s(s)),
					"day"));
	} else if (t) {
		part_progress(d, r, t, in->now_us);
	} else if (s->https_count > 0) {
		row_text(d, r, ROLE_TEXT, "%s", attempt_words(d, s->https[0]));
		if (s->https_count > 1)
			row_text(
				d, r, ROLE_DIM, "  (%s)", part_count(d, s->https_count, "address"));
	} else if (s->policy_a && s->policy_a->is_done) {
		row_text(
			d, r, ROLE_TEXT, "policy host: %s", part_lookup_words(s->policy_a->status));
	} else {
		row_text(d, r, ROLE_DIM, "asking for the addresses of the policy host");
	}
}

static void
policy_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct policy *p = &in->session->policy;

	if (!in->session->has_policy) {
		row_text(d, r, ROLE_DIM, "no policy was fetched");
		return;
	}
	if (!p->is_valid)
		row_text(d, r, ROLE_TEXT, "not a valid policy%s",
			p->is_empty          ? ": empty"
			: p->looks_like_html ? ": a web page"
					     : "");
	if (p->mode_line > 0)
		row_text(d, r, ROLE_TEXT, "%smode=%s", p->is_valid ? "" : "  ",
			doc_shown(d, p->mode_text));
	if (p->max_age_line > 0)
		row_text(d, r, ROLE_TEXT, "  max_age=%s", doc_shown(d, p->max_age_text));
	if (p->mode_line > 0 || p->mx_count > 0)
		row_text(d, r, ROLE_TEXT, "  %s", part_count(d, p->mx_count, "pattern"));
}

static void
mx_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct session *s = in->session;

	if (s->is_null_mx)
		row_text(d, r, ROLE_TEXT, "null MX: the domain takes no mail (RFC 7505)");
	else if (!s->mx_lookup || !s->mx_lookup->is_done)
		row_text(d, r, ROLE_DIM, "asking for the MX records");
	else if (s->host_count == 0 && s->mx_lookup->count > 0)
		row_text(d, r, ROLE_TEXT, "no MX host: every record has . in its place");
	else if (s->host_count == 0)
		row_text(
			d, r, ROLE_TEXT, "no MX host: %s", part_lookup_words(s->mx_lookup->status));
	else
		row_text(d, r, ROLE_TEXT, "%s, %s",
			s->has_implicit_mx ? "implicit MX" : part_count(d, s->host_count, "host"),
			part_coverage(d, in->judgement));
	if (s->hosts_left_out.n > 0)
		row_text(d, r, ROLE_STATE_UNKNOWN, ", %s left out",
			part_count(d, s->hosts_left_out.n, "host"));
}

/* The policy does not bind, or the address meets it: then it is DANE that keeps senders away. */
static bool
fails_dane_alone(const struct session *s, const struct host_judgement *h)
{
	const bool is_bound = session_mode(s) == POLICY_MODE_ENFORCE;
	size_t i;

	for (i = 0; i < h->address_count; i++)
		if ((h->addresses[i].dane == DANE_FAIL ||
			    h->addresses[i].dane == DANE_LOOKUP_FAILED) &&
			(!is_bound || attempt_is_good(h->addresses[i].attempt)))
			return true;
	return false;
}

static void
verdict_seen(struct doc *d, struct row *r, const struct view_input *in)
{
	const struct judgement *j = in->judgement;
	size_t i, passed_over = 0, by_dane = 0;

	for (i = 0; i < j->host_count; i++) {
		passed_over += j->hosts[i].decision == DECISION_SKIP ? 1 : 0;
		by_dane += j->hosts[i].decision == DECISION_SKIP &&
					   fails_dane_alone(in->session, &j->hosts[i])
				   ? 1
				   : 0;
	}
	if (passed_over > 0)
		row_text(d, r, ROLE_TEXT, "%s pass over %zu of %s",
			by_dane == 0             ? "enforcing senders"
			: by_dane == passed_over ? "senders that do DANE"
						 : "senders",
			passed_over, part_count(d, j->host_count, "host"));
	else if (j->is_final && j->fresh == MAIL_DELIVERED_VALIDATED &&
		 j->severity <= SEVERITY_INFO)
		row_text(d, r, ROLE_TEXT, "every sender can do what is asked");
	else if (!j->is_final)
		row_text(d, r, ROLE_DIM, "so far: %s", mail_outcome_words(j->fresh));
	else
		row_text(d, r, ROLE_TEXT, "mail %s", mail_outcome_words(j->fresh));
}

void
part_stage_seen(struct doc *d, struct row *r, const struct view_input *in, enum stage stage)
{
	static void (*const seen[stage_count])(
		struct doc * d, struct row * r, const struct view_input *in) = {
		[STAGE_ENV] = env_seen,
		[STAGE_TXT] = txt_seen,
		[STAGE_HTTPS] = https_seen,
		[STAGE_POLICY] = policy_seen,
		[STAGE_MX] = mx_seen,
		[STAGE_TLSRPT] = txt_seen,
		[STAGE_VERDICT] = verdict_seen,
	};
	enum state state = part_stage_state(in->judgement, stage);
	bool is_unused = state == STATE_NOT_REACHED ||
			 (state == STATE_SKIPPED && stage != STAGE_MX);
	/* A walk looks further than a sender would. */
	bool has_evidence = (stage == STAGE_HTTPS && in->session->https_count > 0) ||
			    (stage == STAGE_POLICY && in->session->has_policy) ||
			    (stage == STAGE_MX && in->session->host_count > 0);

	if (state == STATE_WAITING)
		row_text(d, r, ROLE_DIM, "needs %s", stage_words(stage)->waits);
	else if (is_unused && !has_evidence)
		row_text(d, r, ROLE_DIM, state == STATE_SKIPPED ? "not needed" : "not reached");
	else {
		if (is_unused)
			row_text(d, r, ROLE_DIM, "unused: ");
		seen[stage](d, r, in);
	}
}
