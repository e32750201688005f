/*
 * What is looked up beyond the walk itself: what explains an absence, the name servers one by one,
 * the addresses of --resolve, the hosts file, and the control hosts.
 */
#include <string.h>
#include <sys/random.h>

#include "core/public_names.h"
#include "core/tlsrpt.h"
#include "core/txt.h"
#include "net/hostfile.h"
#include "net/walk_job.h"

#define SERVERS_MAX 16 /* addresses of name servers that --authoritative asks */
#define RUAS_MAX 4 /* report addresses whose hosts are looked up */

static struct str
under(struct arena *a, const char *label, struct str name)
{
	return arena_printf(a, "%s.%.*s", label, STR_ARG(name));
}

static bool
says_no(const struct dns_answer *answer)
{
	return answer->status == LOOKUP_NXDOMAIN || answer->status == LOOKUP_NODATA;
}

static bool
has_near(const struct txt_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->records[i].is_near)
			return true;
	}
	return false;
}

/* Of no meaning, and another one every time: only a "*" record answers for it. */
static struct str
random_label(struct arena *a)
{
	uint64_t number = 0;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		number = (uint64_t)deadline_now();
	return arena_printf(a, "x%016llx", (unsigned long long)number);
}

void
walk_after_txt(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	struct str domain = w->options.domain.ascii, parent = name_parent(domain);
	struct txt_set set = { 0 };

	(void)question;
	if (answer->was_cut || (answer->status != LOOKUP_OK && !says_no(answer)))
		return;
	if (answer->status == LOOKUP_OK)
		txt_choose(a, answer->data, &set);
	if (set.verdict == TXT_VERDICT_VALID)
		return;
	if (answer->status == LOOKUP_OK)
		walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, under(a, random_label(a).p, domain));
	if (has_near(&set))
		return;
	walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, domain);
	walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, under(a, "mta-sts", domain));
	walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, under(a, "_mta_sts", domain));
	if (!name_is_public(parent))
		walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, under(a, "_mta-sts", parent));
}

void
walk_after_tlsrpt(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	struct str domain = w->options.domain.ascii;
	struct tlsrpt t = { 0 };

	(void)question;
	if (answer->was_cut || (answer->status != LOOKUP_OK && !says_no(answer)))
		return;
	tlsrpt_parse(a, answer->data, &t);
	if (t.fault == TLSRPT_FAULT_ABSENT) {
		walk_lookup(w, LOOKUP_AUX, RRTYPE_TXT, under(a, "_smtp-tlsrpt", domain));
		return;
	}
	for (size_t i = 0; i < t.rua_count && i < RUAS_MAX; i++) {
		const struct tlsrpt_rua *rua = &t.rua[i];

		/* The domain's own MX is asked for anyway. */
		if (rua->fault != RUA_FAULT_NONE || rua->host.n == 0 ||
			(rua->is_mailto && name_eq(rua->host, domain)))
			continue;
		if (rua->is_mailto) {
			walk_lookup(w, LOOKUP_AUX, RRTYPE_MX, rua->host);
			continue;
		}
		walk_lookup(w, LOOKUP_AUX, RRTYPE_A, rua->host);
		walk_lookup(w, LOOKUP_AUX, RRTYPE_AAAA, rua->host);
	}
}

void
walk_after_mx_failed(struct walk *w, struct arena *a)
{
	const struct str top = name_top(w->options.domain.ascii);

	if (top.n > 0)
		walk_lookup(w, LOOKUP_AUX, RRTYPE_A, under(a, random_label(a).p, top));
}

/* Whether it matters that nobody here checks DNSSEC. */
void
walk_after_env_root(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	(void)a, (void)question;
	if (answer->status == LOOKUP_OK && !answer->is_ad)
		walk_lookup(w, LOOKUP_AUX, RRTYPE_DS, w->options.domain.ascii);
}

/* A server that cannot be reached from here says nothing, and says it slowly. */
static bool
is_in_reach(struct str address)
{
	struct addr at;

	return addr_make(address, 53, &at) && addr_has_route(&at);
}

static void
ask_servers(struct walk *w, struct arena *a, struct str server, const struct dns_answer *answer)
{
	struct str domain = w->options.domain.ascii;

	for (size_t i = 0; i < answer->data.n; i++) {
		bool has_room;

		if (!is_in_reach(answer->data.v[i]))
			continue;
		pthread_mutex_lock(&w->lock);
		has_room = w->servers < SERVERS_MAX;
		w->servers += has_room ? 1 : 0;
		pthread_mutex_unlock(&w->lock);
		if (!has_room)
			return;
		walk_ask_server(
			w, RRTYPE_TXT, under(a, "_mta-sts", domain), server, answer->data.v[i]);
		walk_ask_server(w, RRTYPE_MX, domain, server, answer->data.v[i]);
	}
}

static void
after_servers(struct walk *w, const struct dns_question *question, const struct dns_answer *answer)
{
	/* No zone begins at this name: that of a parent holds it. */
	if (says_no(answer) && !name_is_public(name_parent(question->name)))
		walk_lookup(w, LOOKUP_AUX, RRTYPE_NS, name_parent(question->name));
	for (size_t i = 0; i < answer->data.n && i < SERVERS_MAX; i++) {
		if (w->options.wants_ipv4)
			walk_lookup(w, LOOKUP_AUX, RRTYPE_A, answer->data.v[i]);
		if (w->options.wants_ipv6)
			walk_lookup(w, LOOKUP_AUX, RRTYPE_AAAA, answer->data.v[i]);
	}
}

void
walk_after_aux(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	if (question->type == RRTYPE_NS) {
		after_servers(w, question, answer);
	} else if (question->type == RRTYPE_MX && answer->status == LOOKUP_NODATA) {
		/* RFC 5321 section 5.1: its own addresses serve. */
		walk_lookup(w, LOOKUP_AUX, RRTYPE_A, question->name);
		walk_lookup(w, LOOKUP_AUX, RRTYPE_AAAA, question->name);
	} else if (w->options.asks_authority &&
		   (question->type == RRTYPE_A || question->type == RRTYPE_AAAA)) {
		ask_servers(w, a, question->name, answer);
	}
}

bool
walk_resolved(struct walk *w, struct arena *a, const struct dns_question *question,
	struct dns_answer *out)
{
	const struct walk_options *o = &w->options;
	bool is_known = false;
	struct str job;

	*out = (struct dns_answer){ .status = LOOKUP_NODATA };
	if (question->type != RRTYPE_A && question->type != RRTYPE_AAAA)
		return false;
	for (size_t i = 0; i < o->address_count; i++)
		is_known |= name_eq(o->addresses[i].name, question->name);
	if (!is_known)
		return false;
	job = arena_printf(a, "dns:%s:%.*s", rrtype_name(question->type), STR_ARG(question->name));
	EMIT(w->sink, job, DNS_QUESTION, dns_question, .role = question->role,
		.name = question->name, .type = question->type);
	for (size_t i = 0; i < o->address_count; i++) {
		struct str address = o->addresses[i].address;
		bool is_v6 = str_find(address, ':') < address.n;

		if (!name_eq(o->addresses[i].name, question->name) ||
			is_v6 != (question->type == RRTYPE_AAAA))
			continue;
		out->status = LOOKUP_OK;
		/* The list lives as long as the walk. */
		EMIT(w->sink, job, DNS_RECORD, dns_record, .owner = question->name,
			.type = question->type, .preference = -1, .data = address);
		arena_push(a, &out->data, address);
	}
	EMIT(w->sink, job, DNS_ANSWER, dns_answer, .status = out->status, .ttl_s = -1,
		.ede_code = -1, .resolver = STR("--resolve"));
	return true;
}

void
walk_note_hosts_file(struct walk *w, struct str name)
{
	struct arena a = { NULL, 0 };
	struct str rest = w->options.hosts_text;
	struct strs words;

	while (hostfile_line(&a, &rest, "#", &words)) {
		for (size_t i = 1; i < words.n; i++) {
			if (!name_eq(words.v[i], name))
				continue;
			EMIT(w->sink, STR("walk"), HOSTS_FILE, hosts_file, .name = name,
				.address = words.v[0]);
			break;
		}
	}
	arena_release(&a);
}

/* The best host of a control domain, then the first of its addresses. */
void
walk_after_control(struct walk *w, struct arena *a, const struct dns_question *question,
	const struct dns_answer *answer)
{
	size_t best = 0;

	(void)a;
	if (answer->data.n == 0) {
		if (question->type == RRTYPE_A && answer->status == LOOKUP_NODATA)
			walk_lookup(w, LOOKUP_CONTROL, RRTYPE_AAAA, question->name);
		return;
	}
	if (question->type != RRTYPE_MX) {
		walk_probe_control(w, question->name, answer->data.v[0]);
		return;
	}
	for (size_t i = 1; i < answer->data.n; i++) {
		if (answer->preferences[i] < answer->preferences[best])
			best = i;
	}
	walk_lookup(w, LOOKUP_CONTROL, w->options.wants_ipv4 ? RRTYPE_A : RRTYPE_AAAA,
		answer->data.v[best]);
}

/* One server's own certificate is its own affair; the same one on two of them is not. */
static bool
is_telling(const struct walk *w)
{
	if (w->smtp_ends == 0 || w->are_smtp_unlike || w->has_controls)
		return false;
	return w->smtp_ends > 1 || strncmp(w->failure, "certificate ", 12) != 0;
}

bool
walk_try_controls(struct walk *w)
{
	struct strs domains = w->options.controls;
	bool is_wanted;

	pthread_mutex_lock(&w->lock);
	is_wanted = domains.n > 0 && is_telling(w);
	w->has_controls |= is_wanted;
	pthread_mutex_unlock(&w->lock);
	if (!is_wanted)
		return false;
	EMIT(w->sink, STR("walk"), CONTROLS, controls, .domains = domains,
		.reason = str_of(w->failure));
	for (size_t i = 0; i < domains.n; i++)
		walk_lookup(w, LOOKUP_CONTROL, RRTYPE_MX, domains.v[i]);
	return true;
}
