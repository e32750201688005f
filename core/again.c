#include "core/again.h"

#include "core/finding.h"
#include "core/name.h"

static const struct {
	enum again_part part;
	const char *word, *said;
} parts[] = {
	{ AGAIN_ENV, "env", "this side" },
	{ AGAIN_RECORDS, "records", "the records" },
	{ AGAIN_POLICY, "policy", "the policy" },
	{ AGAIN_MX, "mx", "all MX hosts" },
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

bool
again_is_empty(const struct again *what)
{
	return what->parts == 0 && what->hosts.n == 0;
}

static bool
list_has(struct strs hosts, struct str name)
{
	for (size_t i = 0; i < hosts.n; i++) {
		if (name_eq(hosts.v[i], name))
			return true;
	}
	return false;
}

static void
add_host(struct arena *a, struct again *out, struct str name)
{
	if (!(out->parts & AGAIN_MX) && !list_has(out->hosts, name))
		arena_push(a, &out->hosts, arena_str(a, name));
}

static void
add_part(struct again *out, enum again_part part)
{
	out->parts |= part;
	if (part == AGAIN_MX)
		out->hosts = (struct strs){ 0 };
}

/* Of the name of a TLSA record, "_25._tcp.HOST", or the name itself. */
static struct str
host_of(struct str name)
{
	struct str rest = name, label;

	if (!str_starts(name, STR("_")))
		return name;
	if (!str_split(&rest, '.', &label) || !str_split(&rest, '.', &label) ||
		!str_is(label, "_tcp"))
		return name;
	return rest;
}

static bool
add_stage(struct again *out, enum stage stage)
{
	switch (stage) {
	case STAGE_ENV:
		add_part(out, AGAIN_ENV);
		return true;
	case STAGE_TXT:
	case STAGE_TLSRPT:
		add_part(out, AGAIN_RECORDS);
		return true;
	case STAGE_HTTPS:
	case STAGE_POLICY:
		add_part(out, AGAIN_POLICY);
		return true;
	case STAGE_MX:
		add_part(out, AGAIN_MX);
		return true;
	case STAGE_VERDICT:
	case stage_count:
		break;
	}
	return false;
}

static bool
add_finding(struct arena *a, struct again *out, const struct finding *f)
{
	if (f->stage != STAGE_MX || f->host == NULL || f->host->is_left_out)
		return add_stage(out, f->stage);
	add_host(a, out, f->host->name);
	return true;
}

bool
again_of_target(
	struct arena *a, const struct judgement *j, const struct target *target, struct again *out)
{
	*out = (struct again){ 0 };
	switch (target->kind) {
	case TARGET_FINDING:
		return target->index < j->count && add_finding(a, out, &j->findings[target->index]);
	case TARGET_HOST:
	case TARGET_ADDRESS:
		if (target->stage != STAGE_MX)
			return add_stage(out, target->stage);
		add_host(a, out, target->host);
		return true;
	case TARGET_LINE:
		return add_stage(out, STAGE_POLICY);
	case TARGET_STAGE:
		return add_stage(out, target->stage);
	case TARGET_NONE:
		break;
	}
	return false;
}

/* The part that a question is of; 0: that of a host, whose name is in the question's. */
static unsigned
part_of_question(enum lookup_role role, enum rrtype type)
{
	switch (role) {
	case LOOKUP_TXT:
	case LOOKUP_TLSRPT:
	case LOOKUP_AUTHORITY:
		return AGAIN_RECORDS;
	case LOOKUP_AUX:
		/* Whether DNSSEC would matter here is asked after the root. */
		return type == RRTYPE_DS ? AGAIN_ENV : AGAIN_RECORDS;
	case LOOKUP_POLICY_HOST:
		return AGAIN_POLICY;
	case LOOKUP_MX:
	case LOOKUP_CONTROL:
		return AGAIN_MX;
	case LOOKUP_ENV_ROOT:
	case LOOKUP_ENV_INVALID:
		return AGAIN_ENV;
	case LOOKUP_MX_HOST:
	case LOOKUP_TLSA:
	case LOOKUP_PLANNED:
	case lookup_role_count:
		break;
	}
	return 0;
}

/* The same of an attempt. */
static unsigned
part_of_attempt(enum attempt_role role, enum attempt_variant variant)
{
	if (variant == VARIANT_CONTROL)
		return AGAIN_MX;
	return role == ATTEMPT_HTTPS ? AGAIN_POLICY : 0;
}

static void
add(struct arena *a, struct again *out, unsigned part, struct str host)
{
	if (part != 0)
		add_part(out, (enum again_part)part);
	else
		add_host(a, out, host);
}

bool
again_of_job(struct arena *a, const struct session *s, struct str job, struct again *out)
{
	*out = (struct again){ 0 };
	for (size_t i = 0; i < s->attempt_count; i++) {
		const struct attempt *t = s->attempts[i];

		if (!str_eq(t->job, job))
			continue;
		add(a, out, part_of_attempt(t->role, t->variant), t->host);
		return true;
	}
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (!str_eq(l->job, job))
			continue;
		add(a, out, part_of_question(l->role, l->type), host_of(l->name));
		return true;
	}
	return false;
}

/* What is only advice stays as it is for longer than anybody watches. */
static bool
may_pass(const struct finding *f)
{
	return f->severity == SEVERITY_ERROR || f->severity == SEVERITY_INCONCLUSIVE ||
	       (f->severity == SEVERITY_WARNING && f->effect != EFFECT_NONE);
}

void
again_of_failures(struct arena *a, const struct judgement *j, struct again *out)
{
	*out = (struct again){ 0 };
	for (size_t i = 0; i < j->count; i++) {
		if (may_pass(&j->findings[i]))
			add_finding(a, out, &j->findings[i]);
	}
	for (size_t i = 0; i < stage_count; i++) {
		if (i != STAGE_MX && j->stages[i] == STATE_INCONCLUSIVE)
			add_stage(out, (enum stage)i);
	}
	for (size_t i = 0; i < j->host_count; i++) {
		if (j->hosts[i].state == STATE_FAIL || j->hosts[i].state == STATE_INCONCLUSIVE)
			add_host(a, out, j->hosts[i].host->name);
	}
}

bool
again_was_put_off(const struct session *s)
{
	for (size_t i = 0; i < s->attempt_count; i++) {
		const struct attempt *t = s->attempts[i];

		for (size_t k = 0; k < smtp_phase_count; k++) {
			const int code = t->steps[k].code;

			if (t->start_us >= session_round_us(s) && code >= 400 && code < 500)
				return true;
		}
	}
	return false;
}

struct strs
again_parts(struct arena *a, const struct again *what)
{
	struct strs words = { 0 };

	for (size_t i = 0; i < PARTS; i++) {
		if (what->parts & parts[i].part)
			arena_push(a, &words, str_of(parts[i].word));
	}
	return words;
}

/* Words of a later version are of no part that is known here. */
static unsigned
parts_of(struct strs words)
{
	unsigned all = 0;

	for (size_t i = 0; i < words.n; i++) {
		for (size_t k = 0; k < PARTS; k++)
			all |= str_is(words.v[i], parts[k].word) ? parts[k].part : 0;
	}
	return all;
}

enum { HOSTS_NAMED = 4 };

struct str
again_words(struct arena *a, const struct ev_walk_again *what)
{
	const unsigned all = parts_of(what->parts);
	struct str words = STR_EMPTY;

	for (size_t i = 0; i < PARTS; i++) {
		if (all & parts[i].part)
			words = arena_printf(a, "%.*s%s%s", STR_ARG(words), words.n > 0 ? ", " : "",
				parts[i].said);
	}
	for (size_t i = 0; i < what->hosts.n && i < HOSTS_NAMED; i++)
		words = arena_printf(a, "%.*s%s%.*s", STR_ARG(words), words.n > 0 ? ", " : "",
			STR_ARG(what->hosts.v[i]));
	if (what->hosts.n > HOSTS_NAMED)
		words = arena_printf(
			a, "%.*s and %zu more", STR_ARG(words), what->hosts.n - HOSTS_NAMED);
	return words;
}

static bool
has_host(const struct again *what, struct str name)
{
	return (what->parts & AGAIN_MX) != 0 || list_has(what->hosts, name);
}

static bool
is_of(const struct again *what, unsigned part, struct str host)
{
	return part != 0 ? (what->parts & part) != 0 : has_host(what, host);
}

/* An earlier repetition that nothing is left of. */
static bool
covers(const struct again *what, const struct ev_walk_again *earlier)
{
	if ((parts_of(earlier->parts) & ~what->parts) != 0)
		return false;
	for (size_t i = 0; i < earlier->hosts.n; i++) {
		if (!has_host(what, earlier->hosts.v[i]))
			return false;
	}
	return true;
}

/* Whether the events of a job are dropped, from its last question or start on. */
struct job {
	struct str name;
	bool is_dropped;
};

struct filter {
	const struct again *what;
	struct str policy_host;
	struct arena arena;
	struct job *jobs;
	size_t count, cap;
};

static struct job *
job_of(struct filter *f, struct str name)
{
	for (size_t i = f->count; i > 0; i--) {
		if (str_eq(f->jobs[i - 1].name, name))
			return &f->jobs[i - 1];
	}
	if (f->count == f->cap) {
		const size_t cap = f->cap == 0 ? 64 : f->cap * 2;

		f->jobs = f->cap == 0
				  ? arena_array(&f->arena, cap, sizeof(*f->jobs))
				  : arena_grow(&f->arena, f->jobs, f->cap, cap, sizeof(*f->jobs));
		f->cap = cap;
	}
	f->jobs[f->count] = (struct job){ name, false };
	return &f->jobs[f->count++];
}

/* What the walk itself noted; true when it is of the part. */
static bool
is_walk_event_dropped(const struct filter *f, const struct event *e)
{
	const bool has_mx = (f->what->parts & AGAIN_MX) != 0;
	const struct ev_hosts_file *line = e->payload;

	if (e->kind == EV_END)
		return true;
	if (e->kind == EV_WALK_AGAIN)
		return covers(f->what, e->payload);
	if (e->kind == EV_HOSTS_LEFT_OUT || e->kind == EV_CONTROLS)
		return has_mx;
	if (e->kind != EV_HOSTS_FILE)
		return false;
	if (name_eq(line->name, f->policy_host))
		return (f->what->parts & AGAIN_POLICY) != 0;
	return has_host(f->what, line->name);
}

static bool
is_dropped(struct filter *f, const struct event *e)
{
	const struct ev_dns_question *q = e->payload;
	const struct ev_attempt_start *start = e->payload;
	const struct ev_attempt_skip *skip = e->payload;
	struct job *job;

	if (str_is(e->job, "walk") || str_is(e->job, "note"))
		return is_walk_event_dropped(f, e);
	job = job_of(f, e->job);
	if (e->kind == EV_DNS_QUESTION)
		job->is_dropped = is_of(
			f->what, part_of_question(q->role, q->type), host_of(q->name));
	else if (e->kind == EV_ATTEMPT_START)
		job->is_dropped = is_of(
			f->what, part_of_attempt(start->role, start->variant), start->host);
	else if (e->kind == EV_ATTEMPT_SKIP)
		job->is_dropped = is_of(
			f->what, part_of_attempt(skip->role, VARIANT_PLAIN), skip->host);
	return job->is_dropped;
}

void
session_again(const struct session *s, const struct again *what, struct session *out)
{
	struct filter f = { .what = what };

	f.policy_host = arena_printf(&f.arena, "mta-sts.%.*s", STR_ARG(session_domain(s)));
	session_init(out);
	for (size_t i = 0; i < s->event_count; i++) {
		if (!is_dropped(&f, s->events[i]))
			session_fold(out, event_copy(&out->arena, s->events[i]));
	}
	session_settle(out);
	out->recorded_by = arena_str(&out->arena, s->recorded_by);
	out->header_members = arena_str(&out->arena, s->header_members);
	arena_release(&f.arena);
}
