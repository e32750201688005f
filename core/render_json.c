/* The JSON report: every field always there, in the order of docs/internals/commands.md. */
#include "core/json_parts.h"
#include "core/json_simulate.h"
#include "core/planned.h"
#include "core/render.h"

static enum lookup_status
status_of(const struct lookup *lookup)
{
	return lookup == NULL ? LOOKUP_NOT_ASKED : lookup->status;
}

static json_t *
status_node(const struct lookup *lookup)
{
	return jnode_word(lookup_status_name(status_of(lookup)));
}

/* What A and AAAA tell together: an answer, else a failure, else the negative answer. */
static json_t *
both_status(const struct lookup *a, const struct lookup *aaaa)
{
	const enum lookup_status first = status_of(a), second = status_of(aaaa);

	if (first == LOOKUP_OK || second == LOOKUP_OK)
		return jnode_word(lookup_status_name(LOOKUP_OK));
	if (!lookup_is_failure(first) && lookup_is_failure(second))
		return status_node(aaaa);
	return first == LOOKUP_NOT_ASKED ? status_node(aaaa) : status_node(a);
}

static json_t *
cname_node(const struct lookup *lookup)
{
	if (lookup == NULL || lookup->answer == NULL)
		return jnode_list();
	return jnode_texts(lookup->answer->cname);
}

static json_t *
both_cname(const struct lookup *a, const struct lookup *aaaa)
{
	const bool has_first = a != NULL && a->answer != NULL && a->answer->cname.n > 0;

	return cname_node(has_first ? a : aaaa);
}

/* "_mta-sts.D" and the like. */
static json_t *
name_node(const char *label, struct str domain)
{
	struct arena a = { 0 };
	json_t *value = jnode_text(arena_printf(&a, "%s.%.*s", label, STR_ARG(domain)));

	arena_release(&a);
	return value;
}

/*
 * Whether an AD bit means something here: never from a resolver that is not trusted for it; yes
 * once one was seen; no when the root itself comes without; else nobody knows.
 */
static json_t *
ad_usable(const struct session *s)
{
	const struct lookup *root = session_lookup(s, LOOKUP_ENV_ROOT, RRTYPE_NS, STR_EMPTY);

	if (s->start == NULL)
		return jnode_null();
	if (!s->start->is_ad_trusted)
		return jnode_bool(false);
	for (size_t i = 0; i < s->lookup_count; i++)
		if (s->lookups[i]->answer != NULL && s->lookups[i]->answer->is_ad)
			return jnode_bool(true);
	return root != NULL && root->status == LOOKUP_OK ? jnode_bool(false) : jnode_null();
}

/* An address in brackets in the first line of an EHLO reply: how that server sees us. */
static struct str
seen_address(const struct attempt *t)
{
	struct str line, inside;
	size_t open;

	if (t->ehlo_lines.n == 0)
		return STR_EMPTY;
	line = t->ehlo_lines.v[0];
	open = str_find(line, '[');
	if (open == line.n)
		return STR_EMPTY;
	line = str_skip(line, open + 1);
	if (!str_split(&line, ']', &inside))
		return STR_EMPTY;
	if (str_starts_nocase(inside, STR("IPv6:")))
		inside = str_skip(inside, 5);
	if (!name_is_ipv4(inside) && !name_is_ipv6(inside))
		return STR_EMPTY;
	return str_eq(inside, t->address) ? STR_EMPTY : inside;
}

static bool
list_has(const json_t *list, struct str text)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (str_is(text, json_string_value(json_array_get(list, i))))
			return true;
	return false;
}

static json_t *
seen_as(const struct session *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct str seen = seen_address(s->hosts[i]->addresses[k]);

			if (seen.n > 0 && !list_has(list, seen))
				jnode_add(list, jnode_text(seen));
		}
	}
	return list;
}

/* By the Date header of the policy fetch, else of any answer that came. */
static json_t *
clock_offset(const struct session *s)
{
	const struct ev_http_done *http = s->chosen ? s->chosen->http : NULL;

	for (size_t i = 0; i < s->https_count && (http == NULL || !http->has_date); i++)
		http = s->https[i]->http;
	if (http == NULL || !http->has_date)
		return jnode_null();
	return json_real((double)http->date_offset_ms / 1000.0);
}

static json_t *
route_node(const struct session *s, enum family family)
{
	return s->is_route_known[family] ? jnode_bool(s->has_route[family]) : jnode_null();
}

static json_t *
vantage(const struct session *s)
{
	const struct ev_walk_start *start = s->start;
	json_t *object = jnode_object(), *store = jnode_object();

	jnode_set(store, "path", jnode_text_or_null(start ? start->trust_store : STR_EMPTY));
	jnode_set(store, "anchors", start ? jnode_int_or_null(start->anchors) : jnode_null());
	jnode_set(object, "host", jnode_text_or_null(start ? start->host : STR_EMPTY));
	jnode_set(object, "resolvers", start ? jnode_texts(start->resolvers) : jnode_list());
	jnode_set(object, "ad_usable", ad_usable(s));
	jnode_set(object, "ehlo", jnode_text_or_null(session_ehlo(s)));
	jnode_set(object, "seen_as", seen_as(s));
	jnode_set(object, "trust_store", store);
	jnode_set(object, "ipv4", route_node(s, FAMILY_IPV4));
	jnode_set(object, "ipv6", route_node(s, FAMILY_IPV6));
	jnode_set(object, "clock_offset_s", clock_offset(s));
	jnode_set(object, "controls", json_controls(s));
	return object;
}

static void
add_untested(json_t *list, json_t *address, struct str host, json_t *reason)
{
	json_t *object = jnode_object();

	jnode_set(object, "address", address);
	jnode_set(object, "host", jnode_text(host));
	jnode_set(object, "reason", reason);
	jnode_add(list, object);
}

static bool
is_raised(const struct judgement *j, enum finding_id id)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->findings[i].type->id == id)
			return true;
	}
	return false;
}

static json_t *
coverage(const struct view_input *in)
{
	const struct session *s = in->session;
	json_t *object = jnode_object(), *untested = jnode_list();
	const bool is_port25_ours = is_raised(in->judgement, FINDING_ENV_PORT25_BLOCKED) ||
				    is_raised(in->judgement, FINDING_ENV_PORT25_INTERCEPTED);

	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (!attempt_is_tested(t))
				add_untested(untested, jnode_text(t->address), t->host,
					json_untested_reason(t));
			else if (is_port25_ours)
				add_untested(untested, jnode_text(t->address), t->host,
					jnode_word("port 25 does not work from here"));
		}
	}
	for (size_t i = 0; i < s->hosts_left_out.n; i++)
		add_untested(untested, jnode_null(), s->hosts_left_out.v[i],
			jnode_word("more MX hosts than are walked"));
	jnode_set(object, "addresses", jnode_int((int64_t)in->judgement->addresses));
	jnode_set(object, "tested", jnode_int((int64_t)in->judgement->tested));
	jnode_set(object, "untested", untested);
	jnode_set(object, "again", json_again(s));
	return object;
}

static json_t *
stages(const struct judgement *j)
{
	json_t *list = jnode_list();

	for (unsigned i = 0; i < stage_count; i++) {
		json_t *object = jnode_object();

		jnode_set(object, "id", jnode_word(stage_name(i)));
		jnode_set(object, "state", jnode_word(state_name(j->stages[i])));
		jnode_set(object, "ms", jnode_ms(j->stage_us[i]));
		jnode_add(list, object);
	}
	return list;
}

static json_t *
txt_records(const struct session *s)
{
	const struct lookup *lookup = s->txt_lookup;
	json_t *list = jnode_list();

	for (size_t i = 0; lookup != NULL && i < lookup->count; i++) {
		const bool is_known = i < s->txt.count;
		const struct txt_record *record = is_known ? &s->txt.records[i] : NULL;
		json_t *object = jnode_object();

		jnode_set(object, "text", jnode_text(lookup->records[i]->data));
		jnode_set(object, "strings", jnode_int((int64_t)lookup->records[i]->strings.n));
		jnode_set(object, "candidate",
			jnode_bool(record != NULL &&
				   (record->has_prefix || (s->txt.count == 1 && record->is_near))));
		jnode_add(list, object);
	}
	return list;
}

/* RFC 8914: what the resolver says about why. */
static json_t *
extended_error(const struct ev_dns_answer *answer)
{
	json_t *object;

	if (answer == NULL || answer->ede_code < 0)
		return jnode_null();
	object = jnode_object();
	jnode_set(object, "code", jnode_int(answer->ede_code));
	jnode_set(object, "text", jnode_text(answer->ede_text));
	return object;
}

static json_t *
txt_node(const struct session *s)
{
	const struct lookup *lookup = s->txt_lookup;
	const struct ev_dns_answer *answer = lookup ? lookup->answer : NULL;
	const bool is_usable = session_txt_is_usable(s);
	json_t *object = jnode_object();

	jnode_set(object, "name", name_node("_mta-sts", session_domain(s)));
	jnode_set(object, "status", status_node(lookup));
	jnode_set(object, "cname", cname_node(lookup));
	jnode_set(object, "ttl", jnode_int_or_null(answer ? answer->ttl_s : -1));
	jnode_set(object, "ad", answer ? jnode_bool(answer->is_ad) : jnode_null());
	jnode_set(object, "ede", extended_error(answer));
	jnode_set(object, "records", txt_records(s));
	jnode_set(object, "valid", jnode_bool(is_usable));
	jnode_set(object, "id", is_usable ? json_id(&s->txt) : jnode_null());
	return object;
}

static json_t *
policy_host(const struct session *s)
{
	json_t *object = jnode_object(), *addresses = jnode_list();
	const struct lookup *lookups[] = { s->policy_a, s->policy_aaaa };

	for (size_t i = 0; i < 2; i++)
		for (size_t k = 0; lookups[i] != NULL && k < lookups[i]->count; k++)
			jnode_add(addresses, jnode_text(lookups[i]->records[k]->data));
	jnode_set(object, "name", name_node("mta-sts", session_domain(s)));
	jnode_set(object, "status", both_status(s->policy_a, s->policy_aaaa));
	jnode_set(object, "cname", both_cname(s->policy_a, s->policy_aaaa));
	jnode_set(object, "addresses", addresses);
	return object;
}

static json_t *
policy_url(const struct session *s)
{
	struct arena a = { 0 };
	json_t *value = jnode_text(arena_printf(
		&a, "https://mta-sts.%.*s/.well-known/mta-sts.txt", STR_ARG(session_domain(s))));

	arena_release(&a);
	return value;
}

static json_t *
https_node(const struct view_input *in)
{
	const struct session *s = in->session;
	json_t *object = jnode_object(), *attempts = jnode_list();

	for (size_t i = 0; i < s->https_count; i++)
		jnode_add(attempts, json_https_attempt(s, in->judgement, s->https[i]));
	jnode_set(object, "url", policy_url(s));
	jnode_set(object, "ok", jnode_bool(session_fetch_is_ok(s)));
	jnode_set(object, "chosen", s->chosen ? jnode_text(s->chosen->address) : jnode_null());
	jnode_set(object, "attempts", attempts);
	return object;
}

static json_t *
policy_node(const struct session *s)
{
	json_t *object;

	if (!s->has_policy || (s->rehearsed == NULL && !session_fetch_is_ok(s)))
		return jnode_null();
	object = jnode_object();
	jnode_set(object, "source", jnode_word(s->rehearsed != NULL ? "file" : "published"));
	json_set_policy(object, &s->policy, true);
	return object;
}

static json_t *
match_node(const struct session *s, const struct mx_host *host)
{
	json_t *object;

	if (!host->has_match)
		return jnode_null();
	object = jnode_object();
	json_set_match(object, s->policy.mx, s->policy.mx_count, host->name, &host->match);
	return object;
}

static json_t *
tlsa_node(const struct lookup *lookup)
{
	json_t *object = jnode_object(), *records = jnode_list();
	const bool is_ad = lookup != NULL && lookup->answer != NULL && lookup->answer->is_ad;

	for (size_t i = 0; lookup != NULL && i < lookup->count; i++)
		jnode_add(records, jnode_text(lookup->records[i]->data));
	jnode_set(object, "status", status_node(lookup));
	jnode_set(object, "ad", jnode_bool(is_ad));
	jnode_set(object, "records", records);
	return object;
}

static json_t *
mx_node(const struct session *s, const struct host_judgement *hj)
{
	const struct mx_host *host = hj->host;
	json_t *object = jnode_object(), *addresses = jnode_list();

	for (size_t i = 0; i < hj->address_count; i++)
		jnode_add(addresses, json_smtp_attempt(s, &hj->addresses[i]));
	jnode_set(object, "host", jnode_text(host->name));
	jnode_set(object, "preference", jnode_int_or_null(host->preference));
	jnode_set(object, "implicit", jnode_bool(host->is_implicit));
	jnode_set(object, "planned", jnode_bool(host->is_planned));
	jnode_set(object, "status", both_status(host->a, host->aaaa));
	jnode_set(object, "cname", both_cname(host->a, host->aaaa));
	jnode_set(object, "match", match_node(s, host));
	jnode_set(object, "tlsa", tlsa_node(host->tlsa));
	jnode_set(object, "addresses", addresses);
	return object;
}

static json_t *
mx_nodes(const struct view_input *in)
{
	const struct planned *p = in->judgement->planned;
	json_t *list = jnode_list();

	for (size_t i = 0; i < in->judgement->host_count; i++)
		jnode_add(list, mx_node(in->session, &in->judgement->hosts[i]));
	for (size_t i = 0; p != NULL && i < p->judgement.host_count; i++) {
		if (p->judgement.hosts[i].host->is_planned)
			jnode_add(list, mx_node(&p->session, &p->judgement.hosts[i]));
	}
	return list;
}

static json_t *
tlsrpt_node(const struct session *s)
{
	json_t *object = jnode_object();

	jnode_set(object, "status", status_node(s->tlsrpt_lookup));
	jnode_set(object, "valid", jnode_bool(s->tlsrpt.is_valid));
	jnode_set(object, "rua", json_rua(&s->tlsrpt));
	jnode_set(object, "records", jnode_texts(s->tlsrpt.records));
	return object;
}

static json_t *
verdict_node(const struct view_input *in, const struct outlook *o)
{
	const struct judgement *j = in->judgement;
	json_t *object = jnode_object(), *mail = jnode_object();

	jnode_set(mail, "fresh", jnode_word(mail_outcome_name(j->fresh)));
	jnode_set(mail, "cached",
		jnode_word(o->worst != NULL ? mail_outcome_name(o->worst->now.outcome) : NULL));
	jnode_set(mail, "dane", jnode_word(j->has_dane ? mail_outcome_name(j->dane) : NULL));
	jnode_set(object, "severity", jnode_word(severity_name(j->severity)));
	jnode_set(object, "exit", jnode_int(j->exit));
	jnode_set(object, "at_ms", jnode_ms(session_verdict_us(in->session)));
	jnode_set(object, "ready_for_enforce", json_ready(o->ready));
	jnode_set(object, "mail_now", mail);
	jnode_set(object, "headline", jnode_text(j->headline));
	return object;
}

static json_t *
redacted_node(const struct ev_walk_start *start)
{
	if (start == NULL || start->redacted.n == 0)
		return jnode_null();
	return jnode_texts(start->redacted);
}

static json_t *
rehearsal_node(const struct session *s)
{
	const bool was_told = s->start != NULL && s->start->rehearsal.n > 0;
	json_t *list = was_told ? jnode_texts(s->start->rehearsal) : jnode_list();

	/* A session that was opened with a policy was not walked with it. */
	if (s->rehearsed != NULL && !list_has(list, STR("--policy")))
		jnode_add(list, jnode_word("--policy"));
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return jnode_null();
}

/* Who, which domain, when: what the report begins with. */
static void
set_head(json_t *object, const struct session *s)
{
	const struct ev_walk_start *start = s->start;
	const struct str writer = s->recorded_by.n > 0 ? s->recorded_by : STR(STSWALK_VERSION);

	jnode_set(object, "format", jnode_word("stswalk-report"));
	jnode_set(object, "version", jnode_int(1));
	jnode_set(object, "tool", json_tool(STR(STSWALK_VERSION)));
	jnode_set(object, "recorded_by", json_tool(writer));
	jnode_set(object, "domain", jnode_text(session_domain(s)));
	jnode_set(object, "domain_unicode", jnode_text(start ? start->domain_unicode : STR_EMPTY));
	jnode_set(object, "input", jnode_text(start ? start->input : STR_EMPTY));
	jnode_set(object, "as_of", start ? jnode_time_ms(session_as_of_ms(s)) : jnode_null());
	jnode_set(object, "duration_ms", jnode_ms(session_lasted_us(s)));
	jnode_set(object, "rehearsal", rehearsal_node(s));
	jnode_set(object, "redacted", redacted_node(start));
}

void
render_json(const struct view_input *in, struct buf *out)
{
	render_json_since(in, NULL, out);
}

void
render_json_since(const struct view_input *in, const struct diff *changes, struct buf *out)
{
	const struct session *s = in->session;
	json_t *object = jnode_object();
	struct arena a = { 0 };
	struct outlook o;

	outlook_make(&a, s, in->judgement->scene, true, &o);
	set_head(object, s);
	jnode_set(object, "vantage", vantage(s));
	jnode_set(object, "coverage", coverage(in));
	jnode_set(object, "stages", stages(in->judgement));
	jnode_set(object, "txt", txt_node(s));
	jnode_set(object, "policy_host", policy_host(s));
	jnode_set(object, "https", https_node(in));
	jnode_set(object, "policy", policy_node(s));
	jnode_set(object, "mx_status", status_node(s->mx_lookup));
	jnode_set(object, "null_mx", jnode_bool(s->is_null_mx));
	jnode_set(object, "mx", mx_nodes(in));
	jnode_set(object, "tlsrpt", tlsrpt_node(s));
	jnode_set(object, "cache", json_cache(s));
	jnode_set(object, "last_walk", json_last_walk(in));
	jnode_set(object, "findings", json_findings(in->judgement->findings, in->judgement->count));
	jnode_set(object, "simulate", json_simulate(in->judgement, &o));
	jnode_set(object, "verdict", verdict_node(in, &o));
	jnode_set(object, "baseline", changes != NULL ? json_diff(changes) : jnode_null());
	jnode_write(object, out);
	arena_release(&a);
}
