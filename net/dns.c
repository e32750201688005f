#include "net/dns.h"

#include <string.h>

#include "net/resolver.h"

/* Extended DNS Errors that blame the way to the name servers, not DNSSEC (RFC 8914 section 4). */
enum { EDE_NO_REACHABLE_AUTHORITY = 22, EDE_NETWORK_ERROR = 23 };

struct lookup {
	const struct dns_context *c;
	struct arena *a;
	const struct dns_question *question;
	struct str job;
	struct str asked; /* the question's name as packets have it */
	struct str end; /* of the CNAME chain so far */
	deadline limit;
	const struct dnswire_record *kept[LIMIT_RECORDS + LIMIT_CNAME_STEPS];
	size_t count; /* kept, chain included */
	struct resolver_reply reply; /* the latest */
	struct ev_dns_answer fact;
	struct dns_answer *out;
};

/* Of the type asked for that are kept of one answer. */
static size_t
keep_max(enum rrtype type)
{
	return type == RRTYPE_TXT ? LIMIT_TXT_RECORDS : LIMIT_RECORDS;
}

static void
keep(struct lookup *l, const struct dnswire_record *record)
{
	l->kept[l->count++] = record;
	if (l->fact.ttl_s < 0 || record->ttl_s < l->fact.ttl_s)
		l->fact.ttl_s = record->ttl_s;
}

static bool
is_in_chain(const struct lookup *l, struct str name)
{
	if (str_eq(name, l->asked))
		return true;
	for (size_t i = 0; i < l->fact.cname.n; i++) {
		if (str_eq(name, l->fact.cname.v[i]))
			return true;
	}
	return false;
}

static const struct dnswire_record *
find(const struct dnswire_packet *packet, enum rrtype type, struct str owner)
{
	for (size_t i = 0; i < packet->count; i++) {
		const struct dnswire_record *record = &packet->answers[i];

		if (record->type == type && str_eq(record->owner, owner))
			return record;
	}
	return NULL;
}

/* Follow the CNAMEs of this packet from where the chain ends; whether it got longer. */
static bool
follow_chain(struct lookup *l, const struct dnswire_packet *packet)
{
	const struct dnswire_record *alias;
	bool is_longer = false;

	if (l->question->type == RRTYPE_CNAME)
		return false;
	while ((alias = find(packet, RRTYPE_CNAME, l->end)) != NULL) {
		if (l->fact.cname.n == LIMIT_CNAME_STEPS) {
			l->fact.error = arena_printf(
				l->a, "CNAME chain longer than %d steps", LIMIT_CNAME_STEPS);
			return false;
		}
		keep(l, alias);
		l->fact.is_cname_loop = is_in_chain(l, alias->data);
		arena_push(l->a, &l->fact.cname, alias->data);
		l->end = alias->data;
		if (l->fact.is_cname_loop)
			return false;
		is_longer = true;
	}
	return is_longer;
}

/* The records asked for at the end of the chain, whatever else the packet holds. */
static size_t
keep_records(struct lookup *l, const struct dnswire_packet *packet)
{
	size_t found = 0;

	for (size_t i = 0; i < packet->count; i++) {
		const struct dnswire_record *record = &packet->answers[i];

		if (record->type != l->question->type || !str_eq(record->owner, l->end))
			continue;
		if (found++ < keep_max(l->question->type))
			keep(l, record);
		else
			l->fact.over_limit++;
	}
	return found;
}

static void
take_meta(struct lookup *l, const struct resolver_reply *reply)
{
	bool is_first = l->fact.resolver.n == 0;

	l->fact.tries += reply->tries;
	if (l->fact.error.n == 0)
		l->fact.error = reply->error;
	if (!reply->has_packet)
		return;
	/* Every part of a chain must be secure for the whole to be (RFC 4035 section 3.2.3). */
	l->fact.is_ad = reply->packet.has_ad && (is_first || l->fact.is_ad);
	l->fact.is_tcp = l->fact.is_tcp || reply->is_tcp;
	l->fact.rcode = reply->packet.rcode;
	l->fact.resolver = reply->resolver;
	if (reply->packet.ede_code >= 0) {
		l->fact.ede_code = reply->packet.ede_code;
		l->fact.ede_text = reply->packet.ede_text;
	}
}

/* A reply that its limit or a cancel cut short. */
static void
note_cut(struct lookup *l, const struct resolver_reply *reply)
{
	bool is_budget = l->c->limit <= l->limit;

	if (reply->cut == RESOLVER_CANCELLED) {
		l->fact.status = LOOKUP_NOT_ASKED;
		l->fact.error = STR("cancelled");
		l->out->was_cut = true;
	} else if (reply->cut == RESOLVER_PAST_LIMIT && is_budget) {
		l->fact.error = STR("the walk's time was spent");
		l->out->was_cut = true;
	}
}

static int
question_ms(const struct dns_context *c)
{
	return c->question_ms > 0 ? c->question_ms : LIMIT_DNS_MS;
}

static void
ask(struct lookup *l, struct str name, bool wants_cd, struct resolver_reply *reply)
{
	const struct resolver_question question = {
		.job = l->job,
		.name = name,
		.type = l->question->type,
		.wants_cd = wants_cd,
		.limit = l->limit,
	};

	resolver_ask(l->c, l->a, &question, reply);
}

/* Ask, and ask again for the end of a chain where a resolver stopped short of it. */
static void
resolve(struct lookup *l)
{
	struct resolver_reply *reply = &l->reply;
	size_t found = 0;
	bool is_longer;

	do {
		ask(l, l->end, false, reply);
		take_meta(l, reply);
		l->fact.status = reply->status;
		note_cut(l, reply);
		if (!reply->has_packet || l->out->was_cut)
			return;
		is_longer = follow_chain(l, &reply->packet);
		if (reply->status == LOOKUP_OK && !l->fact.is_cname_loop)
			found = keep_records(l, &reply->packet);
	} while (reply->status == LOOKUP_OK && found == 0 && is_longer && !reply->packet.has_soa);
	if (reply->status == LOOKUP_OK && found == 0)
		l->fact.status = LOOKUP_NODATA;
	if (found == 0 && reply->packet.negative_ttl_s >= 0)
		l->fact.ttl_s = reply->packet.negative_ttl_s;
}

/*
 * SERVFAIL that turns into an answer once checking is disabled: DNSSEC is what fails (RFC 4035
 * section 5.5). Not so when the resolver itself says that it could not reach the name servers.
 */
static void
check_bogus(struct lookup *l)
{
	struct resolver_reply reply;

	if (l->fact.status != LOOKUP_SERVFAIL || l->fact.rcode != DNSWIRE_SERVFAIL ||
		l->out->was_cut)
		return;
	if (l->fact.ede_code == EDE_NO_REACHABLE_AUTHORITY || l->fact.ede_code == EDE_NETWORK_ERROR)
		return;
	/* Another question, with time of its own. */
	l->limit = deadline_earlier(l->c->limit, deadline_in_ms(question_ms(l->c)));
	ask(l, l->end, true, &reply);
	l->fact.tries += reply.tries;
	if (reply.status == LOOKUP_OK || reply.status == LOOKUP_NXDOMAIN)
		l->fact.status = LOOKUP_BOGUS;
	note_cut(l, &reply);
}

static void
emit_records(struct lookup *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct dnswire_record *record = l->kept[i];

		EMIT(l->c->sink, l->job, DNS_RECORD, dns_record, .owner = record->owner,
			.type = record->type, .ttl_s = record->ttl_s,
			.preference = record->preference, .data = record->data,
			.strings = record->strings);
	}
}

static void
give_answer(struct lookup *l)
{
	struct dns_answer *out = l->out;

	out->status = l->fact.status;
	out->is_ad = l->fact.is_ad;
	out->preferences = arena_array(l->a, l->count, sizeof(*out->preferences));
	for (size_t i = 0; i < l->count; i++) {
		if (l->kept[i]->type != l->question->type)
			continue;
		out->preferences[out->data.n] = l->kept[i]->preference;
		arena_push(l->a, &out->data, l->kept[i]->data);
	}
}

void
dns_lookup(const struct dns_context *c, struct arena *a, const struct dns_question *question,
	struct dns_answer *out)
{
	struct lookup *l = arena_new(a, struct lookup);
	bool is_name;

	*out = (struct dns_answer){ .status = LOOKUP_NOT_ASKED };
	l->c = c;
	l->a = a;
	l->question = question;
	l->out = out;
	l->limit = deadline_earlier(c->limit, deadline_in_ms(question_ms(c)));
	l->fact = (struct ev_dns_answer){ .rcode = -1, .ttl_s = -1, .ede_code = -1 };
	l->job = arena_printf(a, "dns:%s:%.*s%s%.*s", rrtype_name(question->type),
		STR_ARG(question->name), question->server.n > 0 ? "@" : "",
		STR_ARG(question->server));
	is_name = dnswire_name(a, question->name, &l->asked);
	l->end = l->asked;
	EMIT(c->sink, l->job, DNS_QUESTION, dns_question, .role = question->role,
		.name = question->name, .type = question->type, .server = question->server);
	if (!is_name) {
		/* As _mta-sts. before a domain of 253 bytes: nobody can publish it. */
		l->fact.status = LOOKUP_NXDOMAIN;
		l->fact.error = STR("no name that DNS can carry");
	} else if (c->resolvers->count == 0) {
		l->fact.error = STR("no resolver configured");
	} else {
		resolve(l);
		check_bogus(l);
	}
	emit_records(l);
	sink_emit(c->sink, l->job, EV_DNS_ANSWER, &l->fact);
	give_answer(l);
}
