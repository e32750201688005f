/* vantage.controls: the control hosts that were tried, and what they showed. */
#include "core/json_parts.h"

static const struct attempt *
control_at(const struct session *s, struct str host)
{
	for (size_t i = 0; i < s->extra_count; i++) {
		if (s->extras[i]->variant == VARIANT_CONTROL && name_eq(s->extras[i]->host, host))
			return s->extras[i];
	}
	return NULL;
}

/* The best MX host of a control domain, as the walk chose it; empty when it did not resolve. */
static struct str
control_host(const struct session *s, struct str domain)
{
	const struct lookup *mx = session_lookup(s, LOOKUP_CONTROL, RRTYPE_MX, domain);

	for (size_t i = 0; mx != NULL && i < mx->count; i++) {
		if (control_at(s, mx->records[i]->data) != NULL)
			return mx->records[i]->data;
	}
	return mx != NULL && mx->count > 0 ? mx->records[0]->data : STR_EMPTY;
}

static json_t *
control_node(const struct session *s, struct str domain)
{
	const struct str host = control_host(s, domain);
	const struct attempt *t = host.n > 0 ? control_at(s, host) : NULL;
	json_t *object = jnode_object();

	jnode_set(object, "domain", jnode_text(domain));
	jnode_set(object, "host", jnode_text_or_null(host));
	jnode_set(object, "address", t != NULL ? jnode_text(t->address) : jnode_null());
	jnode_set(object, "outcome",
		t != NULL && t->connect != NULL ? jnode_word(outcome_name(t->connect->outcome))
						: jnode_null());
	jnode_set(object, "banner",
		t != NULL && t->banner.n > 0 ? jnode_text(t->banner.v[0]) : jnode_null());
	return object;
}

json_t *
json_controls(const struct session *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; s->controls != NULL && i < s->controls->domains.n; i++)
		jnode_add(list, control_node(s, s->controls->domains.v[i]));
	return list;
}
