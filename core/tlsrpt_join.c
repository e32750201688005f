#include "core/tlsrpt_join.h"

#include <stdlib.h>

#include "core/simulate.h"

static const struct {
	const char *name, *words;
	enum state state;
} nows[] = {
#define NOW(constant, name, state, words) { name, words, state },
#include "core/tlsrpt_join.def"
#undef NOW
};

static const struct {
	const char *reported, *type, *who;
} aliases[] = {
#define ALIAS(reported, type, who) { reported, type, who },
#include "core/tlsrpt_join.def"
#undef ALIAS
};

static const struct {
	const char *piece, *findings, *words;
} reasons[] = {
#define REASON(piece, findings, words) { piece, findings, words },
#include "core/tlsrpt_join.def"
#undef REASON
};

const char *
report_now_name(enum report_now n)
{
	return nows[n].name;
}

const char *
report_now_words(enum report_now n)
{
	return nows[n].words;
}

enum state
report_now_state(enum report_now n)
{
	return nows[n].state;
}

bool
report_now_is_true(enum report_now n)
{
	return n == REPORT_NOW_TRUE || n == REPORT_NOW_WARNS || n == REPORT_NOW_NO_TLSA;
}

static bool
is_about_policy(const struct report_sum *s)
{
	return str_starts(s->result, STR("sts-"));
}

static bool
is_about_dane(const struct report_sum *s)
{
	return str_is(s->result, "tlsa-invalid") || str_is(s->result, "dnssec-invalid") ||
	       str_is(s->result, "dane-required");
}

static bool
has_word(const char *list, const char *word)
{
	struct str rest = str_of(list), part;

	while (str_split(&rest, ' ', &part))
		if (str_is(part, word))
			return true;
	return false;
}

#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

/* REASONS when the reporter says nothing beside the type that is known here. */
static size_t
reason_of(const struct report_sum *s)
{
	size_t i;

	for (i = 0; i < REASONS; i++)
		if (str_find_str(s->reason, str_of(reasons[i].piece)) < s->reason.n)
			break;
	return i;
}

bool
report_sum_may_be(const struct report_sum *s, const struct finding_type *type)
{
	const size_t i = reason_of(s);

	return i < REASONS ? has_word(reasons[i].findings, type->name)
			   : str_is(s->result, type->result);
}

static bool
reason_allows(const struct report_sum *s, const struct finding_type *type)
{
	return reason_of(s) == REASONS || report_sum_may_be(s, type);
}

const char *
report_sum_words(const struct report_sum *s)
{
	const size_t i = reason_of(s);

	return i < REASONS ? reasons[i].words : report_result_words(s->result);
}

/* 2: of this very type, 1: of one that is reported so by somebody (*who), 0: of another. */
static int
type_weight(struct str reported, struct str type, const char **who)
{
	*who = NULL;
	if (type.n > 0 && str_eq(reported, type))
		return 2;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (!str_is(reported, aliases[i].reported) || !str_is(type, aliases[i].type))
			continue;
		*who = aliases[i].who;
		return 1;
	}
	return 0;
}

static bool
is_same_place(const struct report_sum *s, const struct finding *f)
{
	if (is_about_policy(s))
		return f->host == NULL && f->stage != STAGE_MX;
	if (f->host == NULL)
		return f->stage == STAGE_MX;
	return s->host.n == 0 || name_eq(s->host, f->host->name);
}

/* Findings stand worst first, so the first of the heaviest is the one to name. */
static void
find(const struct judgement *j, const struct report_sum *s, struct report_joined *out)
{
	for (int wanted = 2; wanted > 0; wanted--) {
		for (size_t i = 0; i < j->count && out->count < REPORT_FINDINGS_MAX; i++) {
			const struct finding *f = &j->findings[i];
			const char *who;

			if (!is_same_place(s, f) || !reason_allows(s, f->type) ||
				type_weight(s->result, f->result_type, &who) != wanted)
				continue;
			if (out->count == 0)
				out->alias = who;
			out->findings[out->count++] = i;
		}
	}
}

static const struct sim_host *
scene_host(const struct judgement *j, struct str name)
{
	for (size_t i = 0; i < j->scene->host_count; i++)
		if (name_eq(j->scene->hosts[i].name, name))
			return &j->scene->hosts[i];
	return NULL;
}

static bool
was_looked_at(const struct sim_address *a, bool wants_dane)
{
	if (wants_dane)
		return a->dane != DANE_NOT_JUDGED && a->dane != DANE_LOOKUP_FAILED;
	return a->trouble != TROUBLE_PENDING && a->trouble != TROUBLE_UNTESTED &&
	       a->trouble != TROUBLE_CONN && !a->is_unsure;
}

/* The address that the report names decides alone, where the host still has it. */
static void
count_addresses(const struct sim_host *h, const struct report_sum *s, struct report_joined *out)
{
	const bool wants_dane = is_about_dane(s);
	size_t named = h->count;

	for (size_t i = 0; i < h->count; i++)
		if (s->receiving_ip.n > 0 && str_eq_nocase(h->addresses[i].text, s->receiving_ip))
			named = i;
	for (size_t i = 0; i < h->count; i++) {
		if (named < h->count && i != named)
			continue;
		out->addresses++;
		out->tested += was_looked_at(&h->addresses[i], wants_dane);
	}
}

static enum report_now
settled(const struct report_joined *r, bool is_running)
{
	if (r->addresses > 0 && r->tested == r->addresses)
		return REPORT_NOW_MENDED;
	return is_running ? REPORT_NOW_RUNNING : REPORT_NOW_UNTESTED;
}

static enum report_now
now_of_policy(const struct judgement *j)
{
	const enum state fetch = j->stages[STAGE_HTTPS], policy = j->stages[STAGE_POLICY];

	if (session_is_running(j->session))
		return REPORT_NOW_RUNNING;
	if ((fetch == STATE_OK || fetch == STATE_WARN) &&
		(policy == STATE_OK || policy == STATE_WARN))
		return REPORT_NOW_MENDED;
	return REPORT_NOW_UNTESTED;
}

/* "dane-required": the sender insists, and there is nothing to insist on. */
static bool
lacks_tlsa(const struct sim_host *h)
{
	bool is_judged = h->count > 0;

	for (size_t i = 0; i < h->count; i++)
		is_judged = is_judged && (h->addresses[i].dane == DANE_NONE ||
						 h->addresses[i].dane == DANE_INSECURE);
	return is_judged;
}

/* No finding says so: is it well, or was it not looked at? */
static enum report_now
now_of_host(const struct judgement *j, const struct report_sum *s, struct report_joined *out)
{
	const bool is_running = session_is_running(j->session);
	const struct sim_host *h = s->host.n > 0 ? scene_host(j, s->host) : NULL;
	enum report_now now;

	for (size_t i = 0; s->host.n == 0 && i < j->scene->host_count; i++)
		count_addresses(&j->scene->hosts[i], s, out);
	if (s->host.n == 0)
		return settled(out, is_running);
	if (h == NULL && is_running)
		return REPORT_NOW_RUNNING;
	if (h == NULL)
		return j->scene->host_count > 0 ? REPORT_NOW_NO_HOST : REPORT_NOW_UNTESTED;
	count_addresses(h, s, out);
	if (str_is(s->result, "dane-required") && lacks_tlsa(h))
		return REPORT_NOW_NO_TLSA;
	now = settled(out, is_running);
	return now == REPORT_NOW_UNTESTED && is_about_dane(s) ? REPORT_NOW_NO_DANE : now;
}

/* A TLSA policy is of the MX host, not of the domain (RFC 8460 section 4.4). */
static bool
is_of_walk(const struct judgement *j, const struct report_sum *s)
{
	return s->domain.n == 0 || name_eq(s->domain, session_domain(j->session)) ||
	       scene_host(j, s->domain) != NULL;
}

static void
join_row(const struct judgement *j, const struct report_sum *s, struct report_joined *out)
{
	if (j == NULL) {
		out->now = REPORT_NOW_NO_WALK;
	} else if (!is_of_walk(j, s)) {
		out->now = REPORT_NOW_ELSEWHERE;
	} else {
		find(j, s, out);
		if (out->count == 0 && report_sum_words(s) == NULL)
			out->now = REPORT_NOW_UNNAMED;
		else if (out->count == 0 && is_about_policy(s))
			out->now = now_of_policy(j);
		else if (out->count == 0)
			out->now = now_of_host(j, s, out);
		else if (j->findings[out->findings[0]].severity == SEVERITY_ERROR)
			out->now = REPORT_NOW_TRUE;
		else
			out->now = REPORT_NOW_WARNS;
	}
}

static int64_t
add(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static void
count_row(struct report_join *j, const struct report_sum *s, const struct report_joined *r)
{
	size_t i;

	j->told = add(j->told, s->sessions);
	if (report_now_is_true(r->now))
		j->seen = add(j->seen, s->sessions);
	else if (r->now == REPORT_NOW_MENDED || r->now == REPORT_NOW_NO_HOST)
		j->mended = add(j->mended, s->sessions);
	else if (r->now == REPORT_NOW_ELSEWHERE)
		j->elsewhere = add(j->elsewhere, s->sessions);
	else
		j->open = add(j->open, s->sessions);
	if (r->count == 0)
		return;
	for (i = 0; i < j->cause_count && j->causes[i].finding != r->findings[0]; i++)
		;
	if (i == j->cause_count)
		j->causes[j->cause_count++] = (struct report_cause){ r->findings[0], 0 };
	j->causes[i].sessions = add(j->causes[i].sessions, s->sessions);
}

static int
by_sessions(const void *left, const void *right)
{
	const struct report_cause *a = left, *b = right;

	if (a->sessions != b->sessions)
		return a->sessions > b->sessions ? -1 : 1;
	return a->finding < b->finding ? -1 : a->finding > b->finding;
}

static void
count_well(struct report_join *j, const struct tls_report *r)
{
	size_t i;

	for (i = 0; i < j->well_count && !str_eq(j->wells[i].organization, r->organization); i++)
		;
	if (i == j->well_count)
		j->wells[j->well_count++] = (struct report_well){ r->organization, 0 };
	for (size_t k = 0; k < r->count; k++) {
		j->wells[i].sessions = add(j->wells[i].sessions, r->policies[k].ok);
		if (j->domain.n == 0 && !str_is(r->policies[k].type, "tlsa"))
			j->domain = r->policies[k].domain;
	}
}

void
report_join_make(
	const struct report_totals *totals, const struct view_input *in, struct report_join *out)
{
	*out = (struct report_join){ .totals = totals,
		.judgement = in != NULL ? in->judgement : NULL };
	out->rows = arena_array(&out->arena, totals->count + 1, sizeof(*out->rows));
	out->causes = arena_array(&out->arena, totals->count + 1, sizeof(*out->causes));
	out->wells = arena_array(&out->arena, totals->report_count + 1, sizeof(*out->wells));
	for (size_t i = 0; i < totals->count; i++) {
		join_row(out->judgement, &totals->sums[i], &out->rows[i]);
		count_row(out, &totals->sums[i], &out->rows[i]);
	}
	if (out->cause_count > 0)
		qsort(out->causes, out->cause_count, sizeof(*out->causes), by_sessions);
	for (size_t i = 0; i < totals->report_count; i++)
		count_well(out, &totals->reports[i].report);
}

void
report_join_release(struct report_join *j)
{
	arena_release(&j->arena);
}
