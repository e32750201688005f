#include "tui/reports.h"

#include <string.h>

static void
drop_join(struct reports *r)
{
	if (!r->has_join)
		return;
	report_join_release(&r->join);
	report_totals_release(&r->totals);
	r->has_join = false;
}

bool
reports_add(struct reports *r, struct arena *a, struct str file, const struct opened *report,
	size_t *place)
{
	for (*place = 1; *place <= r->count; (*place)++)
		if (tls_report_is_same(&r->list[*place - 1].report, &report->report))
			return false;
	if (r->count == REPORTS_MAX)
		return false;
	drop_join(r);
	r->list[r->count].file = arena_str(a, file);
	r->list[r->count].report = report->report;
	r->json[r->count] = report->bytes;
	r->arenas[r->count] = *a;
	r->count++;
	memset(a, 0, sizeof(*a));
	return true;
}

void
reports_release(struct reports *r)
{
	drop_join(r);
	for (size_t i = 0; i < r->count; i++)
		arena_release(&r->arenas[i]);
	buf_release(&r->bounce);
	memset(r, 0, sizeof(*r));
}

const struct report_join *
reports_join(struct reports *r, const struct view_input *in, uint64_t version)
{
	const struct named_report *list = r->list;
	struct str published = STR_EMPTY;
	size_t count = r->count;

	if (r->has_join && r->version == version)
		return &r->join;
	drop_join(r);
	if (r->alone > 0 && r->alone <= r->count) {
		list = &r->list[r->alone - 1];
		count = 1;
	}
	if (in != NULL && in->session->has_policy)
		published = in->session->policy.body;
	report_totals_make(list, count, published, &r->totals);
	report_join_make(&r->totals, in, &r->join);
	r->has_join = true;
	r->version = version;
	return &r->join;
}

static const struct report_policy *
policy_of_row(const struct reports *r, struct str id)
{
	uint64_t n;

	if (!r->has_join || !str_starts(id, STR("sum:")) ||
		!str_to_u64(str_skip(id, 4), SIZE_MAX, &n) || n >= r->totals.count)
		return NULL;
	return r->totals.sums[n].policy;
}

const struct named_report *
reports_of_row(const struct reports *r, struct str id, struct str *json)
{
	const struct report_policy *policy = policy_of_row(r, id);
	size_t at = r->alone > 0 ? r->alone - 1 : 0;

	for (size_t i = 0; i < r->count && policy != NULL; i++)
		for (size_t k = 0; k < r->list[i].report.count; k++)
			if (&r->list[i].report.policies[k] == policy)
				at = i;
	if (at >= r->count)
		return NULL;
	*json = r->json[at];
	return &r->list[at];
}
