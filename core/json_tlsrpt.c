/* TLSRPT reports as JSON: one object, one line. */
#include "core/finding.h"
#include "core/jnode.h"
#include "core/tlsrpt_sum.h"

static json_t *
policy_node(const struct report_totals *t, const struct report_policy *p)
{
	const bool is_compared = t->has_published && p->lines.n > 0 && str_is(p->type, "sts");
	json_t *object = jnode_object();

	jnode_set(object, "type", jnode_text_or_null(p->type));
	jnode_set(object, "domain", jnode_text_or_null(p->domain));
	jnode_set(object, "policy_string", jnode_texts(p->lines));
	jnode_set(object, "mx", jnode_texts(p->mx));
	jnode_set(object, "successful", jnode_int(p->ok));
	jnode_set(object, "failed", jnode_int(p->failed));
	jnode_set(object, "lines_that_differ",
		is_compared ? jnode_int((int64_t)report_policy_differs(t, p)) : jnode_null());
	return object;
}

static json_t *
report_node(const struct report_totals *t, const struct named_report *n)
{
	const struct tls_report *r = &n->report;
	json_t *object = jnode_object(), *policies = jnode_list(), *odd = jnode_list();

	for (size_t i = 0; i < r->count; i++)
		jnode_add(policies, policy_node(t, &r->policies[i]));
	for (size_t i = 0; i < report_oddity_count; i++)
		if (r->odd[i])
			jnode_add(odd, jnode_word(report_oddity_words((enum report_oddity)i)));
	jnode_set(object, "file", jnode_text(n->file));
	jnode_set(object, "organization", jnode_text_or_null(r->organization));
	jnode_set(object, "contact", jnode_text_or_null(r->contact));
	jnode_set(object, "id", jnode_text_or_null(r->id));
	jnode_set(object, "begin", r->begin_s >= 0 ? jnode_time_s(r->begin_s) : jnode_null());
	jnode_set(object, "end", r->end_s >= 0 ? jnode_time_s(r->end_s) : jnode_null());
	jnode_set(object, "policies", policies);
	jnode_set(object, "deviations", odd);
	jnode_set(object, "left_out", jnode_int((int64_t)r->dropped));
	return object;
}

static json_t *
sum_node(const struct report_sum *s)
{
	json_t *object = jnode_object();

	jnode_set(object, "organization", jnode_text_or_null(s->organization));
	jnode_set(object, "domain", jnode_text_or_null(s->domain));
	jnode_set(object, "host", jnode_text_or_null(s->host));
	jnode_set(object, "result_type", jnode_text_or_null(s->result));
	jnode_set(object, "sessions", jnode_int(s->sessions));
	jnode_set(object, "reason", jnode_text_or_null(s->reason));
	jnode_set(object, "means", jnode_word(report_result_words(s->result)));
	return object;
}

static void
add_finding(json_t *list, enum finding_id id, const struct named_report *n)
{
	json_t *object = jnode_object();

	jnode_set(object, "id", jnode_word(finding_type(id)->name));
	jnode_set(object, "severity", jnode_word(finding_type(id)->severity));
	jnode_set(object, "file", jnode_text(n->file));
	jnode_add(list, object);
}

static json_t *
findings_node(const struct report_totals *t)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < t->report_count; i++) {
		const struct named_report *n = &t->reports[i];
		bool is_stale = false;

		for (size_t k = 0; k < n->report.count; k++)
			is_stale |= report_policy_differs(t, &n->report.policies[k]) > 0;
		if (tls_report_is_odd(&n->report))
			add_finding(list, FINDING_TLSRPT_REPORT_MALFORMED, n);
		if (is_stale)
			add_finding(list, FINDING_TLSRPT_REPORT_STALE_POLICY, n);
	}
	return list;
}

void
render_tlsrpt_json(const struct report_totals *t, struct buf *out)
{
	json_t *object = jnode_object(), *reports = jnode_list(), *sums = jnode_list();

	for (size_t i = 0; i < t->report_count; i++)
		jnode_add(reports, report_node(t, &t->reports[i]));
	for (size_t i = 0; i < t->count; i++)
		jnode_add(sums, sum_node(&t->sums[i]));
	jnode_set(object, "format", jnode_word("stswalk-tlsrpt"));
	jnode_set(object, "version", jnode_int(1));
	jnode_set(object, "successful", jnode_int(t->ok));
	jnode_set(object, "failed", jnode_int(t->failed));
	jnode_set(object, "reports", reports);
	jnode_set(object, "failures", sums);
	jnode_set(object, "findings", findings_node(t));
	jnode_write(object, out);
}
