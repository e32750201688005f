/* Lookups: a question, its records, its answer; the TXT and TLSRPT records that they carry. */
#include "core/session_fold.h"

static int
lookup_order(const struct lookup *l, struct str job, enum lookup_role role)
{
	const int order = str_cmp(l->job, job);

	return order != 0 ? order : (int)l->role - (int)role;
}

/* Index of the first lookup that does not stand before the job and role. */
static size_t
lookup_place(const struct session *s, struct str job, enum lookup_role role)
{
	size_t low = 0, high = s->lookup_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (lookup_order(s->lookups[middle], job, role) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * One question may be asked in several roles (the domain as its own MX host, a policy host that is
 * an MX host too), each a lookup of the same job: what comes belongs to the latest open one.
 */
static struct lookup *
open_lookup(const struct session *s, struct str job)
{
	struct lookup *found = NULL;

	for (size_t i = lookup_place(s, job, 0); i < s->lookup_count; i++) {
		struct lookup *l = s->lookups[i];

		if (!str_eq(l->job, job))
			break;
		if (!l->is_done && (found == NULL || l->seq > found->seq))
			found = l;
	}
	return found;
}

static void
keep_first(const struct lookup **slot, const struct lookup *l)
{
	if (*slot == NULL)
		*slot = l;
}

static void
link_lookup(struct session *s, const struct lookup *l)
{
	switch (l->role) {
	case LOOKUP_TXT:
		keep_first(&s->txt_lookup, l);
		break;
	case LOOKUP_TLSRPT:
		keep_first(&s->tlsrpt_lookup, l);
		break;
	case LOOKUP_MX:
		keep_first(&s->mx_lookup, l);
		break;
	case LOOKUP_POLICY_HOST:
		if (l->type == RRTYPE_A)
			keep_first(&s->policy_a, l);
		else if (l->type == RRTYPE_AAAA)
			keep_first(&s->policy_aaaa, l);
		break;
	case LOOKUP_MX_HOST:
	case LOOKUP_TLSA:
	case LOOKUP_ENV_ROOT:
	case LOOKUP_ENV_INVALID:
	case LOOKUP_AUX:
	case LOOKUP_AUTHORITY:
	case LOOKUP_CONTROL:
	case LOOKUP_PLANNED:
	case lookup_role_count:
		break;
	}
	hosts_offer_lookup(s, l);
}

/* What explains an absence, or this side, holds no verdict up. */
static bool
is_for_verdict(const struct lookup *l)
{
	return l->role != LOOKUP_AUX && l->role != LOOKUP_AUTHORITY && l->role != LOOKUP_CONTROL &&
	       l->role != LOOKUP_PLANNED;
}

/* Where planned hosts count, what was asked about them was asked about MX hosts. */
static enum lookup_role
role_of(const struct session *s, const struct ev_dns_question *question)
{
	if (question->role != LOOKUP_PLANNED || !s->takes_planned)
		return question->role;
	return question->type == RRTYPE_TLSA ? LOOKUP_TLSA : LOOKUP_MX_HOST;
}

bool
fold_dns_question(struct session *s, const struct event *event)
{
	const struct ev_dns_question *question = event->payload;
	const enum lookup_role role = role_of(s, question);
	const size_t at = lookup_place(s, event->job, role);
	struct lookup *l;

	if (at < s->lookup_count && lookup_order(s->lookups[at], event->job, role) == 0)
		return false;
	if (s->lookup_count >= LIMIT_SESSION_LOOKUPS) {
		s->over_limit++;
		return false;
	}
	l = arena_new(&s->arena, struct lookup);
	l->job = event->job;
	l->role = role;
	l->name = name_no_dot(question->name);
	l->server = question->server;
	l->type = question->type;
	l->status = LOOKUP_NOT_ASKED;
	l->start_us = event->us;
	l->end_us = -1;
	l->seq = event->seq;
	s->lookups = array_open(&s->arena, s->lookups, s->lookup_count, at, sizeof(*s->lookups));
	s->lookups[at] = l;
	s->lookup_count++;
	link_lookup(s, l);
	return is_for_verdict(l);
}

static int
record_order(const struct ev_dns_record *a, const struct ev_dns_record *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference ? -1 : 1;
	return str_cmp(a->data, b->data);
}

bool
fold_dns_record(struct session *s, const struct event *event)
{
	const struct ev_dns_record *record = event->payload;
	struct lookup *l = open_lookup(s, event->job);
	size_t at;

	if (l == NULL || record->type != l->type)
		return false;
	if (l->count >= LIMIT_RECORDS) {
		s->over_limit++;
		return false;
	}
	for (at = l->count; at > 0; at--) {
		if (record_order(l->records[at - 1], record) <= 0)
			break;
	}
	l->records = array_open(&s->arena, l->records, l->count, at, sizeof(*l->records));
	l->records[at] = record;
	l->count++;
	return is_for_verdict(l);
}

static struct strs
record_texts(struct arena *a, const struct lookup *l)
{
	struct strs texts = { 0 };

	for (size_t i = 0; i < l->count; i++)
		arena_push(a, &texts, l->records[i]->data);
	return texts;
}

bool
fold_dns_answer(struct session *s, const struct event *event)
{
	const struct ev_dns_answer *answer = event->payload;
	struct lookup *l = open_lookup(s, event->job);

	if (l == NULL)
		return false;
	l->is_done = true;
	l->answer = answer;
	l->status = answer->status;
	l->end_us = event->us;
	l->seq = event->seq;
	if (l == s->txt_lookup)
		txt_choose(&s->arena, record_texts(&s->arena, l), &s->txt);
	else if (l == s->tlsrpt_lookup)
		tlsrpt_parse(&s->arena, record_texts(&s->arena, l), &s->tlsrpt);
	else if (l == s->mx_lookup)
		hosts_from_mx(s);
	else if (l->type == RRTYPE_A || l->type == RRTYPE_AAAA)
		hosts_try_implicit(s);
	return is_for_verdict(l);
}
