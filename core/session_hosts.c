/* MX hosts: from the MX answer, from attempts that are seen before it, or implied (RFC 5321 5.1). */
#include "core/session_fold.h"

/* Index of the first host whose name does not stand before this one. */
static size_t
name_place(const struct session *s, struct str name)
{
	size_t low = 0, high = s->host_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (str_cmp_nocase(s->hosts_by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct mx_host *
host_find(const struct session *s, struct str name)
{
	const struct str key = name_no_dot(name);
	const size_t at = name_place(s, key);

	if (at < s->host_count && str_eq_nocase(s->hosts_by_name[at]->name, key))
		return s->hosts_by_name[at];
	return NULL;
}

const struct mx_host *
session_host(const struct session *s, struct str name)
{
	return host_find(s, name);
}

/* Hosts whose preference is not known (yet) stand last. */
static bool
host_is_before(const struct mx_host *a, const struct mx_host *b)
{
	const int64_t left = a->preference < 0 ? INT64_MAX : a->preference;
	const int64_t right = b->preference < 0 ? INT64_MAX : b->preference;

	if (left != right)
		return left < right;
	return str_cmp(a->name, b->name) < 0;
}

/* Into the list of the order tried; count is what the list holds without the host. */
static void
order_insert(struct session *s, size_t count, struct mx_host *host)
{
	size_t at = count;

	while (at > 0 && host_is_before(host, s->hosts[at - 1])) {
		s->hosts[at] = s->hosts[at - 1];
		at--;
	}
	s->hosts[at] = host;
}

static void
host_set_preference(struct session *s, struct mx_host *host, int64_t preference)
{
	size_t at = 0;

	while (s->hosts[at] != host)
		at++;
	for (; at + 1 < s->host_count; at++)
		s->hosts[at] = s->hosts[at + 1];
	host->preference = preference;
	order_insert(s, s->host_count - 1, host);
}

/* The name that a lookup is about: TLSA records stand below _PORT._tcp (RFC 6698 section 3). */
static struct str
lookup_host(const struct lookup *l)
{
	struct str name = l->name;

	for (int i = 0; l->type == RRTYPE_TLSA && i < 2 && name.n > 0 && name.p[0] == '_'; i++)
		name = name_parent(name);
	return name;
}

static unsigned
lookup_rank(const struct lookup *l)
{
	return l->role == LOOKUP_MX_HOST || l->role == LOOKUP_TLSA ? 0 : 1 + (unsigned)l->role;
}

/* An answer asked for in another role serves too, where none was asked in the host's own. */
static void
slot_offer(const struct lookup **slot, const struct lookup *l)
{
	if (*slot == NULL || lookup_rank(l) < lookup_rank(*slot))
		*slot = l;
	else if (lookup_rank(l) == lookup_rank(*slot) && str_cmp(l->job, (*slot)->job) < 0)
		*slot = l;
}

static void
host_offer(struct mx_host *host, const struct lookup *l)
{
	if (l->type == RRTYPE_A)
		slot_offer(&host->a, l);
	else if (l->type == RRTYPE_AAAA)
		slot_offer(&host->aaaa, l);
	else if (l->type == RRTYPE_TLSA)
		slot_offer(&host->tlsa, l);
}

void
hosts_offer_lookup(struct session *s, const struct lookup *l)
{
	struct mx_host *host = host_find(s, lookup_host(l));

	if (host != NULL)
		host_offer(host, l);
}

static struct str
name_lower(struct arena *a, struct str name)
{
	char *p = arena_alloc(a, name.n + 1);

	for (size_t i = 0; i < name.n; i++)
		p[i] = ascii_lower(name.p[i]);
	return (struct str){ p, name.n };
}

static bool
is_left_out(const struct session *s, struct str name)
{
	for (size_t i = 0; i < s->hosts_left_out.n; i++) {
		if (name_eq(s->hosts_left_out.v[i], name))
			return true;
	}
	return false;
}

/* A match never depends on the mode of the policy, nor on whether all of it is valid. */
static void
match_host(const struct session *s, struct mx_host *host)
{
	host->has_match = s->has_policy && s->policy.mx_count > 0;
	host->match = (struct match_result){ .nearest = SIZE_MAX };
	if (host->has_match)
		match_patterns(s->policy.mx, s->policy.mx_count, host->name, &host->match);
}

void
hosts_match(struct session *s)
{
	for (size_t i = 0; i < s->host_count; i++)
		match_host(s, s->hosts[i]);
}

static struct mx_host *
host_new(struct session *s, struct str name)
{
	const size_t at = name_place(s, name);
	struct mx_host *host = arena_new(&s->arena, struct mx_host);

	host->name = name_lower(&s->arena, name);
	host->preference = -1;
	host->is_left_out = is_left_out(s, name);
	s->hosts_by_name = array_open(
		&s->arena, s->hosts_by_name, s->host_count, at, sizeof(struct mx_host *));
	s->hosts_by_name[at] = host;
	s->hosts = array_open(
		&s->arena, s->hosts, s->host_count, s->host_count, sizeof(struct mx_host *));
	order_insert(s, s->host_count, host);
	s->host_count++;
	for (size_t i = 0; i < s->lookup_count; i++) {
		if (name_eq(lookup_host(s->lookups[i]), host->name))
			host_offer(host, s->lookups[i]);
	}
	match_host(s, host);
	return host;
}

/* NULL for a name that is none, and past the limit. */
static struct mx_host *
host_need(struct session *s, struct str name)
{
	const struct str key = name_no_dot(name);
	struct mx_host *host = host_find(s, key);

	if (host != NULL || key.n == 0 || str_is(key, "."))
		return host;
	if (s->host_count >= LIMIT_SESSION_HOSTS) {
		s->over_limit++;
		return NULL;
	}
	return host_new(s, key);
}

static bool
record_is_root(const struct ev_dns_record *record)
{
	return record->data.n == 0 || str_is(record->data, ".");
}

void
hosts_from_mx(struct session *s)
{
	const struct lookup *mx = s->mx_lookup;

	if (mx->status != LOOKUP_OK) {
		hosts_try_implicit(s);
		return;
	}
	/* RFC 7505 section 3: a single MX record, preference 0, the root as its exchange. */
	s->is_null_mx = !s->takes_planned && mx->count == 1 && mx->records[0]->preference == 0 &&
			record_is_root(mx->records[0]);
	for (size_t i = 0; i < mx->count; i++) {
		const struct ev_dns_record *record = mx->records[i];
		struct mx_host *host = record_is_root(record) ? NULL : host_need(s, record->data);

		/* Records stand by preference: a host that is listed twice keeps its best one. */
		if (host != NULL && host->preference < 0)
			host_set_preference(s, host, record->preference);
	}
}

static bool
has_address(const struct session *s, struct str name)
{
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if ((l->type == RRTYPE_A || l->type == RRTYPE_AAAA) && l->status == LOOKUP_OK &&
			l->count > 0 && name_eq(l->name, name))
			return true;
	}
	return false;
}

/* RFC 5321 section 5.1: without MX records, a domain that has an address is its own MX host. */
void
hosts_try_implicit(struct session *s)
{
	const struct lookup *mx = s->mx_lookup;
	struct mx_host *host;

	if (mx == NULL || s->has_implicit_mx || !mx->is_done || mx->status != LOOKUP_NODATA ||
		mx->count > 0)
		return;
	if (host_find(s, mx->name) == NULL && !has_address(s, mx->name))
		return;
	host = host_need(s, mx->name);
	if (host == NULL)
		return;
	host->is_implicit = true;
	s->has_implicit_mx = true;
	host_set_preference(s, host, 0);
}

bool
fold_hosts_left_out(struct session *s, const struct event *event)
{
	const struct ev_hosts_left_out *left_out = event->payload;

	for (size_t i = 0; i < left_out->hosts.n; i++) {
		struct mx_host *host = host_find(s, left_out->hosts.v[i]);

		if (s->hosts_left_out.n >= LIMIT_SESSION_HOSTS) {
			s->over_limit++;
			return true;
		}
		arena_push(&s->arena, &s->hosts_left_out, left_out->hosts.v[i]);
		if (host != NULL)
			host->is_left_out = true;
	}
	return true;
}

/* As an MX host only where planned ones count; else it waits in a list of its own. */
bool
fold_mx_planned(struct session *s, const struct event *event)
{
	const struct ev_mx_planned *planned = event->payload;
	struct mx_host *host;

	for (size_t i = 0; i < s->planned_count; i++) {
		if (name_eq(s->planned[i]->host, planned->host))
			return false;
	}
	if (s->planned_count >= LIMIT_MX_HOSTS) {
		s->over_limit++;
		return false;
	}
	s->planned = array_open(
		&s->arena, s->planned, s->planned_count, s->planned_count, sizeof(*s->planned));
	s->planned[s->planned_count++] = planned;
	host = s->takes_planned ? host_need(s, planned->host) : NULL;
	if (host != NULL)
		host->is_planned = true;
	return true;
}

void
hosts_add_attempt(struct session *s, struct attempt *t)
{
	struct mx_host *host = host_need(s, t->host);

	if (host == NULL)
		return;
	t->host = host->name;
	attempt_insert(&s->arena, &host->addresses, &host->address_count, t);
	hosts_try_implicit(s);
}
