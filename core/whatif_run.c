#include "core/whatif_run.h"

#include "core/buf.h"

#define PREFIX_MAX 4096
#define WHYS_OF_MAIL 4

/* TLSA records go on as walked: a certificate that is renewed for the same key still matches. */
static void
set_address(struct sim_address *at, int choice)
{
	static const struct {
		enum trouble trouble;
		enum sim_cert cert;
	} rows[] = {
		[WHATIF_HOST_OK] = { TROUBLE_NONE, SIM_CERT_OK },
		[WHATIF_HOST_EXPIRED] = { TROUBLE_CERT, SIM_CERT_EXPIRED },
		[WHATIF_HOST_NAME] = { TROUBLE_CERT, SIM_CERT_NAME },
		[WHATIF_HOST_UNTRUSTED] = { TROUBLE_CERT, SIM_CERT_UNTRUSTED },
		[WHATIF_HOST_NO_STARTTLS] = { TROUBLE_STARTTLS, SIM_CERT_OK },
		[WHATIF_HOST_NO_ANSWER] = { TROUBLE_CONN, SIM_CERT_OK },
		[WHATIF_HOST_REMOVED] = { TROUBLE_CONN, SIM_CERT_OK },
	};
	const bool had_tls = at->trouble != TROUBLE_STARTTLS && at->trouble != TROUBLE_HANDSHAKE;

	if (choice == WHATIF_HOST_NO_STARTTLS)
		sim_break_dane(at, false);
	else if (!had_tls && at->dane == DANE_FAIL)
		at->dane = DANE_OK; /* it failed for want of TLS alone */
	at->trouble = rows[choice].trouble;
	at->cert = rows[choice].cert;
	at->is_unsure = at->is_out_of_reach = false;
}

static void
set_host(struct arena *a, struct sim_host *h, int choice)
{
	h->is_settled = true;
	h->is_dead = false;
	if (h->count == 0) {
		h->addresses = arena_new(a, struct sim_address);
		h->addresses->dane = DANE_NONE;
		h->count = 1;
	}
	for (size_t i = 0; i < h->count; i++)
		set_address(&h->addresses[i], choice);
}

/* In the order tried: preference, then name. */
static void
insert_host(struct sim_scene *scene, struct sim_host host)
{
	size_t at = scene->host_count++;

	while (at > 0 && (scene->hosts[at - 1].preference > host.preference ||
				 (scene->hosts[at - 1].preference == host.preference &&
					 str_cmp(scene->hosts[at - 1].name, host.name) > 0))) {
		scene->hosts[at] = scene->hosts[at - 1];
		at--;
	}
	scene->hosts[at] = host;
}

static size_t
count_planned(const struct whatif_plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->host_count; i++)
		n += plan->hosts[i].walked == NULL && plan->hosts[i].is_usable ? 1 : 0;
	return n;
}

/* With MX records the domain itself is no longer an MX host (RFC 5321 section 5.1). */
static void
edit_hosts(struct arena *a, const struct whatif_plan *plan, struct sim_scene *scene)
{
	const struct sim_host *walked = scene->hosts;
	const bool has_planned = count_planned(plan) > 0;
	const bool is_implicit_gone = has_planned && scene->mx == SIM_MX_IS_IMPLICIT;
	bool is_edited = false;

	scene->hosts = arena_array(a, plan->host_count + 1, sizeof(struct sim_host));
	scene->host_count = 0;
	for (size_t i = 0; i < plan->host_count; i++) {
		const struct whatif_planned *p = &plan->hosts[i];
		struct sim_host host = { .name = p->name, .preference = p->preference };

		is_edited |= p->choice != WHATIF_AS_WALKED;
		if (!p->is_usable || (is_implicit_gone && p->walked != NULL))
			continue;
		if (p->walked != NULL)
			host = walked[i];
		if (p->choice != WHATIF_AS_WALKED)
			set_host(a, &host, p->choice);
		if (p->walked != NULL)
			scene->hosts[scene->host_count++] = host;
		else
			insert_host(scene, host);
	}
	if (has_planned && scene->mx != SIM_MX_IS_FAILING && scene->mx != SIM_MX_IS_UNKNOWN)
		scene->mx = SIM_MX_IS_LIST;
	/* Then the domain itself would be the MX host, and nobody has asked for its address. */
	else if (is_edited && scene->host_count == 0)
		scene->mx = SIM_MX_IS_UNKNOWN;
}

/* What the list says is published: the file with its record (RFC 8461 section 3.3). */
static void
edit_policy(const struct whatif_plan *plan, struct sim_scene *scene)
{
	const bool is_fetch_ok = plan->fetch == WHATIF_FETCH_OK;

	if (!plan->is_policy_new && !plan->is_id_new && is_fetch_ok)
		return;
	scene->policy = is_fetch_ok ? plan->parsed : scene->policy;
	scene->is_fetch_ok = is_fetch_ok;
	if (plan->is_id_new) {
		scene->id = plan->id;
		scene->is_txt_usable = plan->is_id_ok;
	}
	scene->is_mode_known = true;
	scene->is_policy_usable = is_fetch_ok && scene->is_txt_usable && plan->is_valid &&
				  !plan->parsed->looks_like_html;
	scene->mode = scene->is_policy_usable ? plan->parsed->mode : POLICY_MODE_NONE;
}

static void
run_fresh(struct arena *a, const struct sim_scene *scene, struct sim_result *out)
{
	struct sim_sender sender = { .is_mode_known = scene->is_mode_known, .mode = scene->mode };

	if (scene->is_policy_usable && scene->policy->mx_count > 0)
		sender.is_listed = sim_listed(
			a, scene, scene->policy->mx, scene->policy->mx_count, false);
	simulate(a, scene, &sender, false, out);
}

static struct whatif_mail
mail_of(const struct sim_scene *scene, const struct sim_result *r)
{
	return (struct whatif_mail){ .is_there = true,
		.outcome = r->outcome,
		.host = r->host != SIM_NOWHERE ? scene->hosts[r->host].name : STR_EMPTY,
		.heals_s = -1 };
}

/* Of those that hold an earlier policy the worst off. */
static struct whatif_mail
mail_of_worst(const struct outlook *o)
{
	struct whatif_mail mail = { .heals_s = -1 };

	if (o->worst == NULL)
		return mail;
	mail = mail_of(o->scene, &o->worst->now);
	mail.heals_s = o->worst->heals_s;
	return mail;
}

/* Who fetched the policy just before the change holds it, and reads the record again in a TTL. */
static struct whatif_mail
mail_of_holder(struct arena *a, const struct judgement *j, const struct whatif_result *r)
{
	const struct sim_scene *walked = j->scene, *scene = r->scene;
	struct sim_sender sender = { .is_mode_known = true, .mode = walked->mode };
	struct sim_result result;
	struct whatif_mail mail;

	if (!walked->is_policy_usable || j->session->rehearsed != NULL)
		return (struct whatif_mail){ .heals_s = -1 };
	if (walked->policy->mx_count > 0)
		sender.is_listed = sim_listed(
			a, scene, walked->policy->mx, walked->policy->mx_count, false);
	simulate(a, scene, &sender, false, &result);
	mail = mail_of(scene, &result);
	if (!outcome_is_worse(result.outcome, r->is.outcome))
		return mail;
	mail.heals_s = walked->as_of_s + (int64_t)walked->policy->max_age_s;
	if (scene->is_policy_usable && !str_eq(scene->id, walked->id) && walked->txt_ttl_s >= 0 &&
		walked->txt_ttl_s < (int64_t)walked->policy->max_age_s)
		mail.heals_s = walked->as_of_s + walked->txt_ttl_s;
	return mail;
}

static struct whatif_mail
worse_mail(struct whatif_mail a, struct whatif_mail b)
{
	if (!a.is_there || (b.is_there && outcome_badness(b.outcome) > outcome_badness(a.outcome)))
		return b;
	return a;
}

static size_t
find_host(const struct sim_scene *scene, struct str name)
{
	size_t i = 0;

	while (i < scene->host_count && !name_eq(scene->hosts[i].name, name))
		i++;
	return i;
}

static size_t
count_refused(const struct sim_host *h, const struct sim_host_result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += r->addresses[i] == DECISION_SKIP ? 1 : 0;
	return n;
}

/* In what people see of it: that nothing more is asked of a good host is no change. */
static bool
is_other(const struct whatif_change *c)
{
	if (c->before == NULL || c->after == NULL)
		return true;
	if (c->was->decision != c->is->decision ||
		sim_reason_is_well(c->was->reason) != sim_reason_is_well(c->is->reason) ||
		count_refused(c->before, c->was) != count_refused(c->after, c->is))
		return true;
	return !sim_reason_is_well(c->is->reason) && c->was->reason != c->is->reason;
}

static void
find_changes(struct arena *a, const struct judgement *j, struct whatif_result *out)
{
	const struct sim_scene *before = j->scene, *after = out->scene;

	out->hosts = arena_array(
		a, before->host_count + after->host_count + 1, sizeof(*out->hosts));
	for (size_t i = 0; i < after->host_count; i++) {
		const size_t k = find_host(before, after->hosts[i].name);
		struct whatif_change *c = &out->hosts[out->host_count++];

		*c = (struct whatif_change){ .name = after->hosts[i].name,
			.after = &after->hosts[i],
			.is = &out->is.hosts[i] };
		if (k < before->host_count) {
			c->before = &before->hosts[k];
			c->was = &out->was.hosts[k];
		}
	}
	for (size_t i = 0; i < before->host_count; i++) {
		if (find_host(after, before->hosts[i].name) == after->host_count)
			out->hosts[out->host_count++] = (struct whatif_change){
				.name = before->hosts[i].name,
				.before = &before->hosts[i],
				.was = &out->was.hosts[i]
			};
	}
	for (size_t i = 0; i < out->host_count; i++) {
		out->hosts[i].is_changed = is_other(&out->hosts[i]);
		out->changed += out->hosts[i].is_changed ? 1 : 0;
	}
}

static const struct whatif_planned *
planned_of(const struct whatif_plan *plan, struct str name)
{
	for (size_t i = 0; i < plan->host_count; i++) {
		if (plan->hosts[i].is_usable && name_eq(plan->hosts[i].name, name))
			return &plan->hosts[i];
	}
	return NULL;
}

/* The pattern that lists a host; empty: none does, or there are none. */
static struct str
pattern_of(const struct sim_scene *scene, struct str host)
{
	struct match_result m;

	if (!scene->is_policy_usable || scene->policy->mx_count == 0)
		return STR_EMPTY;
	match_patterns(scene->policy->mx, scene->policy->mx_count, host, &m);
	return m.is_match ? scene->policy->mx[m.pattern].text : STR_EMPTY;
}

static void
add_cause(struct buf *out, struct str words)
{
	buf_addf(out, "%s%.*s", out->n > 0 ? ", " : "", STR_ARG(words));
}

/* What was edited that is about this host. */
static void
find_causes(struct arena *a, const struct judgement *j, const struct whatif_plan *plan,
	const struct whatif_result *r, const struct whatif_change *c, struct buf *out)
{
	const struct whatif_planned *p = planned_of(plan, c->name);
	const struct str was = pattern_of(j->scene, c->name), is = pattern_of(r->scene, c->name);

	if (p != NULL && p->walked == NULL)
		add_cause(
			out, arena_printf(a, "planned, taken as %s", whatif_host_words(p->choice)));
	else if (p != NULL && p->choice != WHATIF_AS_WALKED)
		add_cause(out, arena_printf(a, "taken as %s", whatif_host_words(p->choice)));
	if (is.n > 0 && was.n == 0)
		add_cause(out, arena_printf(a, "listed by %.*s", STR_ARG(is)));
	else if (was.n > 0 && is.n == 0 && r->scene->is_policy_usable)
		add_cause(out, STR("no longer listed"));
	if (r->scene->is_policy_usable != j->scene->is_policy_usable)
		add_cause(out, r->scene->is_policy_usable ? STR("a policy applies")
							  : STR("no policy applies"));
	if (r->scene->is_policy_usable && r->scene->mode != j->scene->mode)
		add_cause(out, arena_printf(a, "mode %s", policy_mode_name(r->scene->mode)));
}

/* "mode enforce; passed over: the certificate has expired (RFC 8461 4.2)" */
static struct str
why_host(struct arena *a, const struct judgement *j, const struct whatif_plan *plan,
	const struct whatif_result *r, const struct whatif_change *c)
{
	static const char *const decisions[] = {
		[DECISION_USE] = "used, validated",
		[DECISION_USE_UNVALIDATED] = "used, unvalidated",
		[DECISION_SKIP] = "passed over",
		[DECISION_UNREACHABLE] = "unreachable",
		[DECISION_UNKNOWN] = "not known",
	};
	struct buf causes = BUF_INIT(PREFIX_MAX);
	struct str text;

	if (c->after == NULL)
		return STR("no MX host any more: nobody tries it");
	find_causes(a, j, plan, r, c, &causes);
	text = arena_printf(a, "%.*s%s%s: %s (%s)", STR_ARG(buf_str(&causes)),
		causes.n > 0 ? "; " : "", decisions[c->is->decision],
		sim_reason_words(c->is->reason), sim_reason_rfc(c->is->reason));
	buf_release(&causes);
	return text;
}

/* Hosts of which the same is to be said share a sentence. */
static void
why_hosts(struct arena *a, const struct judgement *j, const struct whatif_plan *plan,
	struct whatif_result *r)
{
	for (size_t i = 0; i < r->host_count; i++) {
		struct str text;
		size_t k = 0;

		if (!r->hosts[i].is_changed)
			continue;
		text = why_host(a, j, plan, r, &r->hosts[i]);
		while (k < r->why_count &&
			(r->why[k].hosts.n == 0 || !str_eq(r->why[k].text, text)))
			k++;
		if (k == r->why_count)
			r->why[r->why_count++].text = text;
		arena_push(a, &r->why[k].hosts, r->hosts[i].name);
	}
}

static void
add_why(struct whatif_result *r, struct str text)
{
	r->why[r->why_count++].text = text;
}

static void
why_mail(struct arena *a, const struct whatif_plan *plan, struct whatif_result *r)
{
	if (plan->is_policy_new && !plan->is_valid)
		add_why(r, arena_printf(a,
				   "the policy would not be valid (%s): senders do as without one "
				   "(RFC 8461 3.3)",
				   plan->fault != NULL ? plan->fault : "its grammar"));
	if (plan->is_id_new && !plan->is_id_ok)
		add_why(r, STR("the record would not be valid: senders do as without one "
			       "(RFC 8461 3.1)"));
	if (plan->fetch != WHATIF_FETCH_OK)
		add_why(r,
			arena_printf(a,
				"the policy cannot be fetched (%s): a fresh sender does as without "
				"one, who holds one goes on with it (RFC 8461 3.3)",
				whatif_fetch_words(plan->fetch)));
	if (r->scene->mx == SIM_MX_IS_UNKNOWN && r->scene->host_count == 0 && plan->host_count > 0)
		add_why(r, STR("without any MX record the domain's own address is the MX host, if "
			       "it has one (RFC 5321 5.1)"));
	else if (r->was.outcome != r->is.outcome && r->is.host == SIM_NOWHERE)
		add_why(r, arena_printf(a, "%s (%s)", sim_reason_words(r->is.reason),
				   sim_reason_rfc(r->is.reason)));
}

static void
add_todo(struct whatif_result *r, enum whatif_task task, const struct whatif_planned *host)
{
	r->todo[r->todo_count++] = (struct whatif_todo){ task, host };
}

/*
 * A new policy must not refuse what senders will meet, and an old one goes on to be held: hosts are
 * mended and leave the MX records before the file, and come into them when it is known (RFC 8461 8.1).
 */
static void
find_todo(struct arena *a, const struct whatif_plan *plan, struct whatif_result *r)
{
	r->todo = arena_array(a, plan->host_count + 3, sizeof(*r->todo));
	for (size_t i = 0; i < plan->host_count; i++) {
		const struct whatif_planned *h = &plan->hosts[i];

		if (h->walked != NULL && h->choice == WHATIF_HOST_OK &&
			whatif_same(h->walked) != WHATIF_HOST_OK)
			add_todo(r, WHATIF_TASK_CERT, h);
		else if (h->walked != NULL && h->choice == WHATIF_HOST_REMOVED)
			add_todo(r, WHATIF_TASK_UNLINK, h);
	}
	if (plan->is_policy_new && plan->is_valid)
		add_todo(r, WHATIF_TASK_FILE, NULL);
	if ((plan->is_policy_new ? plan->is_valid : plan->is_id_new) && plan->is_id_ok) {
		add_todo(r, WHATIF_TASK_TXT, NULL);
		add_todo(r, WHATIF_TASK_WAIT, NULL);
	}
	for (size_t i = 0; i < plan->host_count; i++) {
		if (plan->hosts[i].walked == NULL && plan->hosts[i].is_usable)
			add_todo(r, WHATIF_TASK_MX, &plan->hosts[i]);
	}
}

void
whatif_run(struct arena *a, const struct judgement *j, const struct whatif_plan *plan,
	struct whatif_result *out)
{
	struct sim_scene *scene = sim_scene_copy(a, j->scene);
	struct outlook *o = arena_new(a, struct outlook);

	*out = (struct whatif_result){ .scene = scene, .outlook = o };
	edit_hosts(a, plan, scene);
	edit_policy(plan, scene);
	outlook_make(a, j->session, scene, false, o);
	run_fresh(a, j->scene, &out->was);
	run_fresh(a, scene, &out->is);
	out->fresh_was = mail_of(j->scene, &out->was);
	out->fresh_is = mail_of(scene, &out->is);
	out->cached_was = mail_of_worst(j->outlook);
	out->cached_is = worse_mail(mail_of_worst(o), mail_of_holder(a, j, out));
	/* Who holds the policy that is published does now as a fresh one. */
	if (!out->cached_was.is_there && out->cached_is.is_there)
		out->cached_was = out->fresh_was;
	find_changes(a, j, out);
	out->why = arena_array(a, out->host_count + WHYS_OF_MAIL, sizeof(*out->why));
	why_mail(a, plan, out);
	why_hosts(a, j, plan, out);
	find_todo(a, plan, out);
}
