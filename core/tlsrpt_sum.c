#include "core/tlsrpt_sum.h"

#include <stdlib.h>

#include "core/limits.h"

static int64_t
add(int64_t a, int64_t b)
{
	return a > INT64_MAX - b ? INT64_MAX : a + b;
}

/* A line as it is compared: what blanks stand in it is nobody's business. */
static struct str
squeezed(struct arena *a, struct str line)
{
	char *out = arena_alloc(a, line.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		if (!ascii_is_wsp(line.p[i]) && line.p[i] != '\r')
			out[n++] = ascii_lower(line.p[i]);
	return (struct str){ out, n };
}

static struct strs
lines_of(struct arena *a, struct str body)
{
	struct strs list = { 0 };
	struct str line;

	while (list.n < LIMIT_POLICY_LINES && str_split(&body, '\n', &line)) {
		line = squeezed(a, line);
		if (line.n > 0)
			arena_push(a, &list, line);
	}
	return list;
}

static int
by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* The applied policy's lines, as the published ones stand in t. */
static struct strs
applied(struct arena *a, const struct report_totals *t, const struct report_policy *p)
{
	struct strs list = { 0 };

	if (!t->has_published || !str_is(p->type, "sts"))
		return list;
	for (size_t i = 0; i < p->lines.n; i++) {
		const struct str line = squeezed(a, p->lines.v[i]);

		if (line.n > 0)
			arena_push(a, &list, line);
	}
	if (list.n > 0)
		qsort(list.v, list.n, sizeof(*list.v), by_bytes);
	return list;
}

static void
split_line(struct str line, struct str *key, struct str *value)
{
	*value = line;
	if (!str_split(value, ':', key))
		*key = line;
}

/* A key that both have with another value is one change: what was there waits for what is now. */
static void
add_change(struct report_change *list, size_t *count, struct str line, bool is_now)
{
	struct str key, value;

	split_line(line, &key, &value);
	for (size_t i = 0; i < *count; i++) {
		struct str *place = is_now ? &list[i].now : &list[i].there;

		if (str_eq(list[i].key, key) && place->n == 0) {
			*place = value;
			return;
		}
	}
	list[*count].key = key;
	*(is_now ? &list[*count].now : &list[*count].there) = value;
	(*count)++;
}

/* How many lines only one of the two has; list, unless NULL, gets what that comes to. */
static size_t
compare(struct strs there, struct strs now, struct report_change *list, size_t *count)
{
	size_t i = 0, k = 0, lines = 0;

	while (there.n > 0 && (i < there.n || k < now.n)) {
		const int order = i == there.n ? 1
				  : k == now.n ? -1
					       : str_cmp(there.v[i], now.v[k]);

		if (order != 0 && list != NULL)
			add_change(list, count, order < 0 ? there.v[i] : now.v[k], order > 0);
		lines += order != 0;
		i += order <= 0;
		k += order >= 0;
	}
	return lines;
}

size_t
report_policy_changes(struct arena *a, const struct report_totals *t, const struct report_policy *p,
	struct report_change **out)
{
	const struct strs there = applied(a, t, p);
	size_t count = 0;

	*out = arena_array(a, there.n + t->published.n + 1, sizeof(**out));
	compare(there, t->published, *out, &count);
	return count;
}

size_t
report_policy_differs(const struct report_totals *t, const struct report_policy *p)
{
	struct arena a = { 0 };
	const size_t lines = compare(applied(&a, t, p), t->published, NULL, NULL);

	arena_release(&a);
	return lines;
}

static int
by_key(const void *left, const void *right)
{
	const struct report_sum *a = left, *b = right;
	int order = str_cmp(a->organization, b->organization);

	if (order == 0)
		order = str_cmp(a->domain, b->domain);
	if (order == 0)
		order = str_cmp_nocase(a->host, b->host);
	if (order == 0)
		order = str_cmp(a->result, b->result);
	return order;
}

static int
by_weight(const void *left, const void *right)
{
	const struct report_sum *a = left, *b = right;

	if (a->sessions != b->sessions)
		return a->sessions > b->sessions ? -1 : 1;
	return by_key(left, right);
}

static void
take_first(struct str *out, struct str more)
{
	if (out->n == 0)
		*out = more;
}

/* Neighbours with the same key become one. */
static size_t
merge(struct report_sum *sums, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		struct report_sum *last = n > 0 ? &sums[n - 1] : NULL;

		if (last == NULL || by_key(last, &sums[i]) != 0) {
			sums[n++] = sums[i];
			continue;
		}
		last->sessions = add(last->sessions, sums[i].sessions);
		last->details += sums[i].details;
		take_first(&last->mode, sums[i].mode);
		take_first(&last->reason, sums[i].reason);
		take_first(&last->sending_ip, sums[i].sending_ip);
		take_first(&last->receiving_ip, sums[i].receiving_ip);
	}
	return n;
}

static void
add_policy(struct report_totals *t, const struct tls_report *r, const struct report_policy *p)
{
	t->ok = add(t->ok, p->ok);
	t->failed = add(t->failed, p->failed);
	for (size_t i = 0; i < p->count; i++) {
		const struct report_failure *f = &p->failures[i];

		t->sums[t->count++] = (struct report_sum){ .organization = r->organization,
			.domain = p->domain,
			.host = f->mx_host,
			.result = f->result,
			.mode = report_policy_value(p, "mode"),
			.reason = f->reason,
			.sending_ip = f->sending_ip,
			.receiving_ip = f->receiving_ip,
			.policy = p,
			.sessions = f->sessions,
			.details = 1 };
	}
}

void
report_totals_make(const struct named_report *reports, size_t count, struct str published,
	struct report_totals *out)
{
	size_t details = 0;

	*out = (struct report_totals){ .reports = reports, .report_count = count };
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < reports[i].report.count; k++)
			details += reports[i].report.policies[k].count;
	out->sums = arena_array(&out->arena, details + 1, sizeof(*out->sums));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < reports[i].report.count; k++)
			add_policy(out, &reports[i].report, &reports[i].report.policies[k]);
	qsort(out->sums, out->count, sizeof(*out->sums), by_key);
	out->count = merge(out->sums, out->count);
	qsort(out->sums, out->count, sizeof(*out->sums), by_weight);
	out->has_published = published.n > 0;
	out->published = lines_of(&out->arena, published);
	if (out->published.n > 0)
		qsort(out->published.v, out->published.n, sizeof(struct str), by_bytes);
}

void
report_totals_release(struct report_totals *t)
{
	arena_release(&t->arena);
}
