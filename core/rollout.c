#include "core/rollout.h"

#include "core/buf.h"
#include "core/dates.h"

#define DAY_S UINT64_C(86400)
#define WEEK_S (7 * DAY_S)
#define TEXT_MAX 65536
#define NEW_RECORD_TTL_S 300

static const struct {
	const char *title, *needs;
} steps[] = {
	[ROLLOUT_TLSRPT] = { "TLSRPT",
		"a record with an address for reports, before anything else" },
	[ROLLOUT_POLICY] = { "policy, record", "the file first, then the TXT record" },
	[ROLLOUT_TESTING] = { "testing", "clean reports for two weeks" },
	[ROLLOUT_ENFORCE_SHORT] = { "enforce, 1 week", "every MX host passes; max_age 604800" },
	[ROLLOUT_ENFORCE_LONG] = { "enforce, weeks", "nothing failed for a week; max_age 2419200" },
	[ROLLOUT_REMOVAL] = { "removal",
		"mode none first, then wait the old max_age (RFC 8461 8.3)" },
};

const char *
rollout_step_title(enum rollout_step step)
{
	return steps[step].title;
}

const char *
rollout_step_needs(enum rollout_step step)
{
	return steps[step].needs;
}

const char *
rollout_state_name(enum rollout_state state)
{
	static const char *const names[] = {
		[ROLLOUT_DONE] = "done",
		[ROLLOUT_HERE] = "here",
		[ROLLOUT_NEXT] = "next",
		[ROLLOUT_LATER] = "later",
		[ROLLOUT_OPEN] = "-",
	};

	return names[state];
}

static enum rollout_step
step_of(const struct judgement *j)
{
	const struct sim_scene *scene = j->scene;

	if (!scene->is_policy_usable)
		return j->session->tlsrpt.is_valid ? ROLLOUT_POLICY : ROLLOUT_TLSRPT;
	if (scene->mode == POLICY_MODE_NONE)
		return ROLLOUT_REMOVAL;
	if (scene->mode == POLICY_MODE_TESTING)
		return ROLLOUT_TESTING;
	return scene->policy->max_age_s > WEEK_S ? ROLLOUT_ENFORCE_LONG : ROLLOUT_ENFORCE_SHORT;
}

/* Reports can be had at any step: their own row says whether they are. */
static void
find_states(const struct judgement *j, struct rollout *out)
{
	for (int i = 0; i < rollout_step_count; i++) {
		const enum rollout_step step = (enum rollout_step)i;

		out->states[i] = step < out->here    ? ROLLOUT_DONE
				 : step == out->here ? ROLLOUT_HERE
				 : step == out->next ? ROLLOUT_NEXT
						     : ROLLOUT_LATER;
	}
	out->states[ROLLOUT_REMOVAL] = out->here == ROLLOUT_REMOVAL ? ROLLOUT_HERE : ROLLOUT_OPEN;
	if (out->here == ROLLOUT_REMOVAL) {
		for (int i = ROLLOUT_TESTING; i <= ROLLOUT_ENFORCE_LONG; i++)
			out->states[i] = ROLLOUT_OPEN;
	}
	if (out->here != ROLLOUT_TLSRPT)
		out->states[ROLLOUT_TLSRPT] = j->session->tlsrpt.is_valid ? ROLLOUT_DONE
									  : ROLLOUT_NEXT;
}

/* A policy of this step, by its mode and how long it lives. */
static bool
is_of_step(const struct policy *p, enum rollout_step step)
{
	switch (step) {
	case ROLLOUT_POLICY:
		return true;
	case ROLLOUT_TESTING:
		return p->mode == POLICY_MODE_TESTING;
	case ROLLOUT_ENFORCE_SHORT:
		return p->mode == POLICY_MODE_ENFORCE;
	case ROLLOUT_ENFORCE_LONG:
		return p->mode == POLICY_MODE_ENFORCE && p->max_age_s > WEEK_S;
	case ROLLOUT_REMOVAL:
		return p->mode == POLICY_MODE_NONE;
	case ROLLOUT_TLSRPT:
	case rollout_step_count:
		break;
	}
	return false;
}

/* As far back as earlier walks remember; those that have expired are forgotten. */
static void
find_since(const struct judgement *j, struct rollout *out)
{
	for (int step = 0; step < rollout_step_count; step++) {
		out->since_s[step] = -1;
		for (size_t i = 0; i < j->session->cached_count; i++) {
			const struct cached_policy *c = &j->session->cached[i];
			int64_t *since_s = &out->since_s[step];

			if (c->event->first_s >= 0 &&
				is_of_step(&c->policy, (enum rollout_step)step) &&
				(*since_s < 0 || c->event->first_s < *since_s))
				*since_s = c->event->first_s;
		}
	}
}

static enum rollout_step
step_after(enum rollout_step here)
{
	static const enum rollout_step next[] = {
		[ROLLOUT_TLSRPT] = ROLLOUT_TESTING, /* the first policy says testing */
		[ROLLOUT_POLICY] = ROLLOUT_TESTING,
		[ROLLOUT_TESTING] = ROLLOUT_ENFORCE_SHORT,
		[ROLLOUT_ENFORCE_SHORT] = ROLLOUT_ENFORCE_LONG,
		[ROLLOUT_ENFORCE_LONG] = rollout_step_count,
		[ROLLOUT_REMOVAL] = rollout_step_count,
	};

	return next[here];
}

static bool
is_block(const struct rollout *out, const struct finding *f)
{
	if (f->type->id == FINDING_WHATIF_ENFORCE_BREAKS || f->severity < SEVERITY_WARNING)
		return false;
	if (f->effect == EFFECT_SKIP)
		return true;
	if (out->next == ROLLOUT_TESTING)
		return f->severity == SEVERITY_ERROR && f->stage <= STAGE_POLICY;
	return f->effect == EFFECT_HOST || f->effect == EFFECT_ALL;
}

static void
find_blocks(struct arena *a, const struct judgement *j, struct rollout *out)
{
	out->blocks = arena_array(a, j->count + 1, sizeof(*out->blocks));
	/* Behind the last step nothing comes: what fails there is to be mended all the same. */
	for (size_t i = 0; out->here != ROLLOUT_REMOVAL && i < j->count; i++) {
		if (is_block(out, &j->findings[i]))
			out->blocks[out->block_count++] = &j->findings[i];
	}
}

struct str
rollout_policy_text(
	struct arena *a, const struct judgement *j, enum policy_mode mode, uint64_t max_age_s)
{
	const struct sim_scene *scene = j->scene;
	const struct policy *p = scene->policy;
	struct buf out = BUF_INIT(TEXT_MAX);
	struct str text;

	buf_addf(&out, "version: STSv1\nmode: %s\nmax_age: %llu\n", policy_mode_name(mode),
		(unsigned long long)max_age_s);
	for (size_t i = 0; p != NULL && i < p->mx_count; i++) {
		if (p->mx[i].is_valid)
			buf_addf(&out, "mx: %.*s\n", STR_ARG(p->mx[i].text));
	}
	for (size_t i = 0; i < scene->host_count; i++) {
		size_t at;

		if (j->outlook->has_patterns && j->outlook->is_listed[i])
			continue;
		if (mx_pattern_check(scene->hosts[i].name, &at) == MX_FAULT_NONE)
			buf_addf(&out, "mx: %.*s\n", STR_ARG(scene->hosts[i].name));
	}
	text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return text;
}

static struct str
record_text(struct arena *a, const struct judgement *j)
{
	const struct sim_scene *scene = j->scene;
	const int64_t ttl_s = scene->is_txt_usable && scene->txt_ttl_s > 0 ? scene->txt_ttl_s
									   : NEW_RECORD_TTL_S;

	return arena_printf(a, "_mta-sts.%.*s. %lld IN TXT \"v=STSv1; id=%.*s;\"",
		STR_ARG(session_domain(j->session)), (long long)ttl_s,
		STR_ARG(id_of_today(a, scene->as_of_s)));
}

static bool
takes_mail(const struct sim_scene *scene)
{
	return scene->mx != SIM_MX_IS_NULL && scene->mx != SIM_MX_IS_NO_DOMAIN &&
	       scene->mx != SIM_MX_IS_NONE;
}

static bool
has_mx_line(const struct judgement *j)
{
	const struct policy *p = j->scene->policy;
	size_t at;

	for (size_t i = 0; p != NULL && i < p->mx_count; i++) {
		if (p->mx[i].is_valid)
			return true;
	}
	for (size_t i = 0; i < j->scene->host_count; i++) {
		if (mx_pattern_check(j->scene->hosts[i].name, &at) == MX_FAULT_NONE)
			return true;
	}
	return false;
}

static void
find_texts(struct arena *a, const struct judgement *j, struct rollout *out)
{
	const struct str domain = session_domain(j->session);

	/* An address at a domain that takes no mail is none. */
	if (!j->session->tlsrpt.is_valid && takes_mail(j->scene))
		out->tlsrpt = arena_printf(a,
			"_smtp._tls.%.*s. IN TXT \"v=TLSRPTv1; rua=mailto:tlsrpt@%.*s\"",
			STR_ARG(domain), STR_ARG(domain));
	if (out->next == rollout_step_count)
		return;
	/* RFC 8461 section 3.2: testing and enforce need an mx line. */
	out->has_no_host = !has_mx_line(j);
	if (out->has_no_host)
		return;
	if (out->next == ROLLOUT_TESTING)
		out->policy = rollout_policy_text(a, j, POLICY_MODE_TESTING, DAY_S);
	else
		out->policy = rollout_policy_text(a, j, POLICY_MODE_ENFORCE,
			out->next == ROLLOUT_ENFORCE_SHORT ? WEEK_S : 4 * WEEK_S);
	out->record = record_text(a, j);
}

static void
add_way(struct rollout *out, struct way_out way)
{
	size_t at = out->way_count;

	if (out->way_count == ROLLOUT_WAYS_MAX)
		return;
	for (; at > 0 && out->ways[at - 1].after_s > way.after_s; at--)
		out->ways[at] = out->ways[at - 1];
	out->ways[at] = way;
	out->way_count++;
}

static int64_t
mx_ttl_s(const struct judgement *j)
{
	const struct lookup *mx = j->session->mx_lookup;

	return mx != NULL && mx->answer != NULL && mx->answer->ttl_s > 0 ? mx->answer->ttl_s : 0;
}

/* A host that would be fine if only the policy listed it. */
static bool
is_only_unlisted(const struct sim_host *h)
{
	for (size_t i = 0; i < h->count; i++) {
		if (h->addresses[i].trouble == TROUBLE_NONE)
			return true;
	}
	return false;
}

static struct str
new_policy(struct arena *a, const struct judgement *j, enum policy_mode mode)
{
	const struct policy *p = j->scene->policy;
	const uint64_t max_age_s = mode == POLICY_MODE_ENFORCE && p != NULL ? p->max_age_s : DAY_S;
	const struct str file = rollout_policy_text(a, j, mode, max_age_s);

	return arena_printf(a, "%.*s\n%.*s", STR_ARG(file), STR_ARG(record_text(a, j)));
}

/* What the policy lists and is no MX host of today: a whole name, else what a wildcard stands for. */
static struct str
old_host(struct arena *a, const struct sim_scene *scene, const struct policy *p)
{
	struct str found = STR_EMPTY;

	for (size_t i = 0; i < p->mx_count && found.n == 0; i++) {
		const bool *is_listed = sim_listed(a, scene, &p->mx[i], 1, false);
		bool is_used = false;

		for (size_t k = 0; k < scene->host_count; k++)
			is_used |= is_listed[k];
		if (!is_used && p->mx[i].is_valid && !str_starts(p->mx[i].text, STR("*.")))
			found = p->mx[i].text;
	}
	return found;
}

static void
add_old_host(
	struct arena *a, const struct judgement *j, const struct policy *p, struct rollout *out)
{
	const struct str host = old_host(a, j->scene, p);
	struct way_out way = { .what = STR("have an MX host again that the policy they hold lists"),
		.after_s = mx_ttl_s(j),
		.others = STR("helps every sender, once the MX records have come through (their "
			      "TTL)") };

	if (p->mx_count == 0)
		return;
	if (host.n > 0) {
		way.what = arena_printf(a, "restore the old MX host %.*s", STR_ARG(host));
		way.publish = arena_printf(a, "%.*s. IN MX 10 %.*s.",
			STR_ARG(session_domain(j->session)), STR_ARG(host));
	}
	add_way(out, way);
}

/* What is to be mended at a host itself; nothing is published, the next try of a sender succeeds. */
static const struct {
	enum sim_reason reason;
	const char *before, *behind; /* the name of the host */
} repairs[] = {
	{ SIM_BAD_CERT_EXPIRED, "put a certificate on ", " that has not expired" },
	{ SIM_BAD_CERT_NAME, "put a certificate on ", " that names it" },
	{ SIM_BAD_CERT_UNTRUSTED, "put a certificate on ", " that leads to a public CA" },
	{ SIM_NO_STARTTLS, "offer STARTTLS on ", " again" },
	{ SIM_HANDSHAKE, "make the TLS handshake of ", " succeed" },
	{ SIM_DANE_MISMATCH, "put the certificate on ", " back that its TLSA records name" },
	{ SIM_DANE_NO_TLS, "offer STARTTLS on ", " again: its TLSA records ask for TLS" },
};

/* One host of each kind is enough for mail to go on. */
static void
add_repairs(struct arena *a, const struct judgement *j, const struct sim_result *now,
	struct rollout *out)
{
	for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		for (size_t k = 0; k < j->scene->host_count; k++) {
			if (now->hosts[k].reason != repairs[i].reason)
				continue;
			add_way(out,
				(struct way_out){
					.what = arena_printf(a, "%s%.*s%s", repairs[i].before,
						STR_ARG(j->scene->hosts[k].name),
						repairs[i].behind),
					.others = STR("nothing is to be published: the next try of "
						      "every sender succeeds") });
			break;
		}
	}
}

/* The published policy itself refuses every host. */
static void
ways_for_fresh(struct arena *a, const struct judgement *j, struct rollout *out)
{
	const struct sim_scene *scene = j->scene;
	const struct sim_result *now = &j->outlook->modes[POLICY_MODE_ENFORCE];
	bool has_unlisted = false;

	for (size_t i = 0; i < scene->host_count; i++)
		has_unlisted |= now->hosts[i].reason == SIM_HOST_NOT_LISTED &&
				is_only_unlisted(&scene->hosts[i]);
	add_repairs(a, j, now, out);
	if (has_unlisted) {
		add_way(out, (struct way_out){ .what = STR("add the mx lines, then a new id"),
				     .publish = new_policy(a, j, POLICY_MODE_ENFORCE),
				     .after_s = out->wait_s,
				     .others = STR("who does not read the record again waits for "
						   "the end of max_age") });
		add_old_host(a, j, scene->policy, out);
	}
	add_way(out, (struct way_out){ .what = STR("brake: mode testing, then a new id"),
			     .publish = new_policy(a, j, POLICY_MODE_TESTING),
			     .after_s = out->wait_s,
			     .others = STR("mail is no longer protected; who does not read the "
					   "record again waits for the end of max_age") });
}

/* Only senders that hold an earlier policy are refused. */
static void
ways_for_cached(struct arena *a, const struct judgement *j, struct rollout *out)
{
	const struct cached_outlook *worst = j->outlook->worst;
	const int64_t left_s = worst->cached->expires_s - j->scene->as_of_s;
	const bool is_gone = !j->scene->is_policy_usable;

	add_repairs(a, j, &worst->now, out);
	if (worst->heals_by_txt)
		add_way(out, (struct way_out){ .what = STR("wait: the id is new already"),
				     .after_s = worst->heals_s - j->scene->as_of_s,
				     .others = arena_printf(a,
					     "who does not read the record again waits until the "
					     "copy ends, in %lld hours",
					     (long long)(left_s / 3600)) });
	else
		add_way(out, (struct way_out){
				     .what = is_gone ? STR("publish mode none, then a new id")
						     : STR("publish a new id, so that the file is "
							   "fetched again"),
				     .publish = is_gone ? new_policy(a, j, POLICY_MODE_NONE)
							: record_text(a, j),
				     .after_s = out->wait_s,
				     .others = STR("who does not read the record again waits for "
						   "the end of the copy") });
	add_old_host(a, j, &worst->cached->policy, out);
}

/* What TLSA records refuse no policy lets through (RFC 8461 section 2). */
static void
ways_for_dane(struct arena *a, const struct judgement *j, struct rollout *out)
{
	const struct sim_result *now = outlook_now(j->outlook);

	add_repairs(a, j, now, out);
	for (size_t i = 0; i < j->scene->host_count; i++) {
		const struct sim_host *h = &j->scene->hosts[i];
		const struct attempt *t = now->hosts[i].address != SIM_NOWHERE
						  ? h->addresses[now->hosts[i].address].attempt
						  : NULL;

		if (now->hosts[i].reason != SIM_DANE_MISMATCH || t == NULL ||
			t->tls.chain_count == 0 || h->host->tlsa == NULL)
			continue;
		add_way(out,
			(struct way_out){ .what = STR("publish a TLSA record for the certificate "
						      "that is shown"),
				.publish = arena_printf(a, "%.*s. IN TLSA 3 1 1 %.*s",
					STR_ARG(h->host->tlsa->name),
					STR_ARG(t->tls.chain[0]->spki_sha256)),
				.after_s = h->host->tlsa->answer->ttl_s,
				.others = STR("helps every sender, once the records of before have "
					      "gone from caches (their TTL)") });
		return;
	}
}

static void
find_ways(struct arena *a, const struct judgement *j, struct rollout *out)
{
	const struct outlook *o = j->outlook;
	const bool is_fresh = j->scene->mode == POLICY_MODE_ENFORCE && j->fresh == MAIL_DEFERRED &&
			      outlook_now(o)->reason == SIM_NOBODY_LEFT;
	const bool is_cached = o->worst != NULL && o->worst->is_worse;
	const bool is_dane = outlook_now(o)->reason == SIM_NOBODY_BY_DANE;

	out->is_waiting = is_fresh || is_cached || is_dane;
	if (is_dane)
		ways_for_dane(a, j, out);
	else if (is_fresh)
		ways_for_fresh(a, j, out);
	else if (is_cached)
		ways_for_cached(a, j, out);
}

void
rollout_make(struct arena *a, const struct judgement *j, struct rollout *out)
{
	*out = (struct rollout){ .wait_s = NEW_RECORD_TTL_S };
	/* Where there is no record, resolvers remember that for as long (RFC 2308). */
	if (j->scene->txt_ttl_s >= 0)
		out->wait_s = j->scene->txt_ttl_s;
	out->here = step_of(j);
	out->next = step_after(out->here);
	find_states(j, out);
	find_since(j, out);
	find_blocks(a, j, out);
	find_texts(a, j, out);
	find_ways(a, j, out);
}
