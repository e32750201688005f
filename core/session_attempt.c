/* Attempts: one address of the policy host or of an MX host, from its first event to its last. */
#include "core/session_fold.h"

/* Index of the first attempt whose job does not stand before this one. */
static size_t
job_place(const struct session *s, struct str job)
{
	size_t low = 0, high = s->attempt_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (str_cmp(s->attempts[middle]->job, job) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct attempt *
attempt_known(const struct session *s, struct str job)
{
	const size_t at = job_place(s, job);

	return at < s->attempt_count && str_eq(s->attempts[at]->job, job) ? s->attempts[at] : NULL;
}

struct attempt *
attempt_of(const struct session *s, const struct event *event)
{
	struct attempt *t = attempt_known(s, event->job);

	return t != NULL && t->is_started && (!t->is_ended || t->is_cut) ? t : NULL;
}

static bool
attempt_is_before(const struct attempt *a, const struct attempt *b)
{
	int order;

	if (a->family != b->family)
		return a->family < b->family;
	order = str_cmp(a->address, b->address);
	return order != 0 ? order < 0 : str_cmp(a->job, b->job) < 0;
}

void
attempt_insert(struct arena *a, struct attempt ***list, size_t *count, struct attempt *t)
{
	size_t low = 0, high = *count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (attempt_is_before((*list)[middle], t))
			low = middle + 1;
		else
			high = middle;
	}
	*list = array_open(a, *list, *count, low, sizeof(**list));
	(*list)[low] = t;
	(*count)++;
}

static struct attempt *
attempt_blank(struct arena *a, const struct event *event)
{
	struct attempt *t = arena_new(a, struct attempt);

	t->job = event->job;
	t->seq = event->seq;
	t->start_us = t->end_us = t->connect_us = -1;
	t->request_us = t->http_us = -1;
	t->tls.start_us = t->tls.end_us = t->tls.judged_us = -1;
	for (size_t i = 0; i < smtp_phase_count; i++)
		t->steps[i].end_us = -1;
	return t;
}

/* Where planned hosts count, only their planned addresses do. */
static bool
is_of_today(const struct session *s, const struct attempt *what)
{
	const struct mx_host *host = session_host(s, what->host);

	return s->takes_planned && what->role == ATTEMPT_SMTP && what->variant == VARIANT_PLAIN &&
	       host != NULL && host->is_planned;
}

static void
attempt_list(struct session *s, struct attempt *t)
{
	if (t->variant == VARIANT_PLANNED && s->takes_planned)
		t->variant = VARIANT_PLAIN;
	if (t->variant == VARIANT_PLANNED)
		return;
	if (t->variant != VARIANT_PLAIN)
		attempt_insert(&s->arena, &s->extras, &s->extra_count, t);
	else if (t->role == ATTEMPT_HTTPS)
		attempt_insert(&s->arena, &s->https, &s->https_count, t);
	else
		hosts_add_attempt(s, t);
}

/* A new attempt in all lists that it belongs to; NULL when the job is known, or past the limit. */
static struct attempt *
attempt_new(struct session *s, const struct event *event, const struct attempt *what)
{
	const size_t at = job_place(s, event->job);
	struct attempt *t;

	if (is_of_today(s, what))
		return NULL;
	if (at < s->attempt_count && str_eq(s->attempts[at]->job, event->job))
		return NULL;
	if (s->attempt_count >= LIMIT_SESSION_ATTEMPTS) {
		s->over_limit++;
		return NULL;
	}
	t = attempt_blank(&s->arena, event);
	t->role = what->role;
	t->variant = what->variant;
	t->turn = what->turn;
	t->host = what->host;
	t->address = what->address;
	t->family = str_find(t->address, ':') < t->address.n ? FAMILY_IPV6 : FAMILY_IPV4;
	t->port = what->port;
	s->attempts = array_open(
		&s->arena, s->attempts, s->attempt_count, at, sizeof(*s->attempts));
	s->attempts[at] = t;
	s->attempt_count++;
	attempt_list(s, t);
	return t;
}

bool
fold_attempt_start(struct session *s, const struct event *event)
{
	const struct ev_attempt_start *start = event->payload;
	const struct attempt what = { .role = start->role,
		.variant = start->variant,
		.turn = start->turn,
		.host = start->host,
		.address = start->address,
		.port = start->port };
	struct attempt *t = attempt_new(s, event, &what);

	if (t == NULL)
		return false;
	t->is_started = true;
	t->start_us = event->us;
	return t->variant == VARIANT_PLAIN;
}

bool
fold_attempt_skip(struct session *s, const struct event *event)
{
	const struct ev_attempt_skip *skip = event->payload;
	const struct attempt what = { .role = skip->role,
		.variant = skip->variant,
		.host = skip->host,
		.address = skip->address,
		.port = skip->port };
	struct attempt *t = attempt_new(s, event, &what);

	if (t == NULL)
		return false;
	t->skip = skip->reason;
	return true;
}

bool
fold_connect(struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->connect != NULL)
		return false;
	t->connect = event->payload;
	t->connect_us = event->us;
	t->connect_seq = event->seq;
	return true;
}

static struct attempt *
https_of(const struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	return t != NULL && t->role == ATTEMPT_HTTPS ? t : NULL;
}

bool
fold_http_request(struct session *s, const struct event *event)
{
	const struct ev_http_request *request = event->payload;
	struct attempt *t = https_of(s, event);

	if (t == NULL || t->request_us >= 0)
		return false;
	t->request = request->line;
	t->request_us = event->us;
	return true;
}

bool
fold_http_header(struct session *s, const struct event *event)
{
	const struct ev_http_header *header = event->payload;
	struct attempt *t = https_of(s, event);

	if (t == NULL)
		return false;
	/* One more than the limit: the status line stands first. */
	if (t->headers.n > LIMIT_HEADERS) {
		s->over_limit++;
		return false;
	}
	arena_push(&s->arena, &t->headers, header->line);
	return true;
}

bool
fold_http_done(struct session *s, const struct event *event)
{
	struct attempt *t = https_of(s, event);

	if (t == NULL || t->http != NULL)
		return false;
	t->http = event->payload;
	t->http_us = event->us;
	t->http_seq = event->seq;
	attempt_offer(s, t);
	return true;
}

void
attempt_offer(struct session *s, const struct attempt *t)
{
	const struct attempt *best = s->chosen;

	if (t->variant != VARIANT_PLAIN || t->role != ATTEMPT_HTTPS || !attempt_http_is_ok(t))
		return;
	if (best == NULL || t->http_us < best->http_us ||
		(t->http_us == best->http_us && attempt_is_before(t, best))) {
		s->chosen = t;
		s->is_policy_stale = true;
	}
}

bool
fold_attempt_end(struct session *s, const struct event *event)
{
	const struct ev_attempt_end *end = event->payload;
	struct attempt *t = attempt_of(s, event);

	if (t == NULL)
		return false;
	t->is_ended = true;
	t->is_cut = false;
	t->end_us = event->us;
	t->end_outcome = end->outcome;
	t->end_error = end->error;
	return !t->tls.is_judged;
}
