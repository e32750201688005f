/*
 * The report that a sender would file for this walk (RFC 8460 section 4.4): one that does MTA-STS and
 * not DANE, as if it had opened one session to every address that was tested. No mail was sent, so
 * the report says that it is synthetic wherever a reader may look: in the name, the id, and a
 * member of its own.
 */
#include "core/jnode.h"
#include "core/outlook.h"
#include "core/render.h"

/* What one policy saw. */
struct tally {
	json_t *failures;
	int64_t ok, failed;
};

/* Our end of the connection. The field is not optional (RFC 8460 section 4.4) and an address, so
 * where none is known, or it was redacted, it is the one that is nobody's. */
static struct str
sender_of(const struct attempt *attempt)
{
	const struct str source = attempt != NULL && attempt->connect != NULL
					  ? source_address(attempt->connect->source)
					  : STR_EMPTY;

	return name_is_ipv4(source) || name_is_ipv6(source) ? source : STR("0.0.0.0");
}

static void
add_failure(struct tally *t, const char *type, const struct attempt *attempt,
	const struct sim_host *host, const struct sim_address *address)
{
	json_t *object = jnode_object();

	jnode_set(object, "result-type", jnode_word(type));
	jnode_set(object, "sending-mta-ip", jnode_text(sender_of(attempt)));
	if (host != NULL)
		jnode_set(object, "receiving-mx-hostname", jnode_text(host->name));
	if (address != NULL)
		jnode_set(object, "receiving-ip", jnode_text(address->text));
	jnode_set(object, "failed-session-count", jnode_int(1));
	jnode_add(t->failures, object);
	t->failed++;
}

/* Without a policy nobody looks at names, so a certificate fails nothing (RFC 7435). */
static const char *
type_without_policy(const struct sim_address *address)
{
	return address->trouble == TROUBLE_CERT ? NULL : sim_result_type(true, address);
}

/* Transient failures are not reported (RFC 8460 section 4.3.4), and what was not seen neither. */
static bool
has_session(const struct sim_address *address)
{
	return address->trouble != TROUBLE_PENDING && address->trouble != TROUBLE_UNTESTED &&
	       address->trouble != TROUBLE_CONN && !address->is_unsure;
}

static void
tally_hosts(const struct report_input *r, bool has_policy, struct tally *t)
{
	const struct sim_scene *scene = r->view.judgement->scene;
	const bool *is_listed = r->view.judgement->outlook->is_listed;

	for (size_t i = 0; i < scene->host_count; i++) {
		const struct sim_host *host = &scene->hosts[i];
		const bool is_in = !has_policy || is_listed == NULL || is_listed[i];

		for (size_t k = 0; k < host->count; k++) {
			const struct sim_address *address = &host->addresses[k];
			const char *type = has_policy ? sim_result_type(is_in, address)
						      : type_without_policy(address);

			if (!has_session(address))
				continue;
			if (type != NULL)
				add_failure(t, type, address->attempt, host, address);
			else
				t->ok++;
		}
	}
}

/* Why the policy could not be had: of type "sts-policy-fetch-error" and its like; NULL for none. */
static const struct finding *
policy_fault(const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];

		if (f->effect == EFFECT_SKIP && str_starts(f->result_type, STR("sts-")))
			return f;
	}
	return NULL;
}

static json_t *
policy_lines(const struct policy *policy)
{
	struct str rest = policy->body, line;
	json_t *list = jnode_list();

	while (str_split(&rest, '\n', &line))
		if (str_trim(line).n > 0)
			jnode_add(list, jnode_text(str_trim(line)));
	return list;
}

static json_t *
patterns(const struct policy *policy)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < policy->mx_count; i++)
		jnode_add(list, jnode_text(policy->mx[i].text));
	return list;
}

static json_t *
summary(const struct tally *t)
{
	json_t *object = jnode_object();

	jnode_set(object, "total-successful-session-count", jnode_int(t->ok));
	jnode_set(object, "total-failure-session-count", jnode_int(t->failed));
	return object;
}

static json_t *
policies(const struct report_input *r)
{
	const struct session *s = r->view.session;
	const struct judgement *j = r->view.judgement;
	const bool has_policy = j->scene->is_policy_usable;
	const struct finding *fault = has_policy ? NULL : policy_fault(j);
	json_t *list = jnode_list(), *item = jnode_object(), *policy = jnode_object();
	struct tally t = { .failures = jnode_list() };

	/* Mode none is as without an active policy (RFC 8461 section 5). */
	tally_hosts(r, has_policy && j->scene->mode != POLICY_MODE_NONE, &t);
	if (fault != NULL)
		add_failure(&t, fault->type->result, fault->attempt, NULL, NULL);
	jnode_set(policy, "policy-type",
		jnode_word(has_policy || fault != NULL ? "sts" : "no-policy-found"));
	if (has_policy) {
		jnode_set(policy, "policy-string", policy_lines(j->scene->policy));
		jnode_set(policy, "mx-host", patterns(j->scene->policy));
	}
	jnode_set(policy, "policy-domain", jnode_text(session_domain(s)));
	jnode_set(item, "policy", policy);
	jnode_set(item, "summary", summary(&t));
	jnode_set(item, "failure-details", t.failures);
	jnode_add(list, item);
	return list;
}

void
render_tlsrpt(const struct report_input *r, struct buf *out)
{
	const struct session *s = r->view.session;
	const int64_t begin_ms = s->start != NULL ? s->start->started_ms : 0;
	const int64_t end_ms = begin_ms < INT64_MAX / 2 ? session_wall_ms(s, s->last_us) : begin_ms;
	json_t *object = jnode_object(), *range = jnode_object();
	struct arena a = { 0 };

	jnode_set(range, "start-datetime", jnode_time_ms(begin_ms));
	jnode_set(range, "end-datetime", jnode_time_ms(end_ms));
	jnode_set(object, "organization-name", jnode_word("stswalk (synthetic: no mail was sent)"));
	jnode_set(object, "date-range", range);
	jnode_set(object, "contact-info", jnode_word("nobody@stswalk.invalid"));
	jnode_set(object, "report-id",
		jnode_text(arena_printf(&a, "synthetic-%lld-%.*s", (long long)begin_ms,
			STR_ARG(session_domain(s)))));
	jnode_set(object, "synthetic", jnode_bool(true));
	jnode_set(object, "policies", policies(r));
	jnode_write(object, out);
	arena_release(&a);
}
