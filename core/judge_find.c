/* From what was raised to findings in words: folding, severity, who must act, what to do. */
#include <stdlib.h>

#include "core/buf.h"
#include "core/planned.h"
#include "core/rules.h"

#define LISTED_MAX 8 /* addresses quoted in one finding */
#define DETAIL_MAX 4096

/* Raised for one host by one rule, an address each: they become one finding. */
struct group {
	const struct raised **v;
	size_t n;
	size_t total; /* addresses that were looked at */
};

/* What else is known of the host that a by-mode finding is about some addresses of. */
enum fold { FOLD_NONE, FOLD_OPEN, FOLD_GOOD };

/* Whom the mail goes to instead, as far as that is known. */
static const char *
passed_over_words(const struct judging *j)
{
	const enum mail_outcome fresh = j->fresh.outcome;

	if (fresh == MAIL_DEFERRED)
		return " The mode is enforce: senders pass this host over, no other is left, and "
		       "mail waits now.";
	if (fresh != MAIL_DELIVERED_VALIDATED || j->fresh.host == SIM_NOWHERE)
		return " The mode is enforce: senders pass this host over now, and mail waits if "
		       "no other is left.";
	return arena_printf(j->a,
		" The mode is enforce: senders pass this host over now; mail goes to %.*s.",
		STR_ARG(j->hosts[j->fresh.host].host->name))
		.p;
}

static const char *
mode_words(const struct judging *j, enum effect effect, enum fold fold)
{
	if (!j->is_mode_known)
		return " Which policy applies is not known, so it is not told what this does.";
	if (fold == FOLD_GOOD)
		return " Another address of this host passes, so senders go on to that.";
	if (fold == FOLD_OPEN)
		return " Other addresses of this host are still being tested.";
	if (j->mode == POLICY_MODE_ENFORCE && effect == EFFECT_ALL)
		return " The mode is enforce: mail waits now.";
	if (j->mode == POLICY_MODE_ENFORCE)
		return passed_over_words(j);
	if (j->mode == POLICY_MODE_TESTING)
		return " The mode is testing: mail is delivered all the same and the failure is "
		       "likely reported; under enforce this host would be passed over.";
	return " No policy asks for it now, mail goes there all the same; under enforce this host "
	       "would be passed over.";
}

static struct str
new_id(const struct judging *j)
{
	const int64_t day_s = ((j->as_of_s % 86400) + 86400) % 86400;
	const struct str date = date_text(j->a, j->as_of_s);

	return arena_printf(j->a, "%.*s%.*s%.*sT%02d%02d%02d", STR_ARG(str_sub(date, 0, 4)),
		STR_ARG(str_sub(date, 5, 2)), STR_ARG(str_sub(date, 8, 2)), (int)(day_s / 3600),
		(int)(day_s / 60 % 60), (int)(day_s % 60));
}

/* The literal record where the predicate has no better line. */
static struct str
publish_line(const struct judging *j, const struct raised *r)
{
	if (r->found.publish.n > 0)
		return r->found.publish;
	if (r->found.stage == STAGE_TXT)
		return arena_printf(j->a, "_mta-sts.%.*s. IN TXT \"v=STSv1; id=%.*s;\"",
			STR_ARG(j->domain), STR_ARG(new_id(j)));
	if (r->found.stage == STAGE_TLSRPT)
		return arena_printf(j->a,
			"_smtp._tls.%.*s. IN TXT \"v=TLSRPTv1; rua=mailto:tlsrpt@%.*s\"",
			STR_ARG(j->domain), STR_ARG(j->domain));
	return STR_EMPTY;
}

static const struct attempt *
attempt_about(const struct judging *j, const struct raised *r)
{
	if (r->at.address != NULL)
		return r->at.address->attempt;
	return r->found.stage == STAGE_HTTPS || r->found.stage == STAGE_POLICY ? j->fetch : NULL;
}

static struct str
port_text(const struct judging *j, enum stage stage)
{
	const struct ev_walk_start *start = j->s->start;
	const bool is_https = stage == STAGE_HTTPS || stage == STAGE_POLICY;

	if (start == NULL)
		return is_https ? STR("443") : STR("25");
	return arena_printf(
		j->a, "%lld", (long long)(is_https ? start->https_port : start->smtp_port));
}

static struct str
who_text(const struct judging *j, const struct finding *f)
{
	const struct lookup *l = f->stage == STAGE_TXT ? j->s->txt_lookup : j->s->policy_a;
	struct str end = STR("elsewhere");

	switch (f->blame) {
	case BLAME_NOBODY:
		return STR("nobody has to act");
	case BLAME_DOMAIN:
		return arena_printf(j->a, "whoever runs %.*s", STR_ARG(j->domain));
	case BLAME_MX_OPERATOR:
		return arena_printf(j->a, "whoever runs %.*s",
			STR_ARG(f->host != NULL ? f->host->name : j->domain));
	case BLAME_POLICY_OPERATOR:
		if (l != NULL && l->answer != NULL && l->answer->cname.n > 0)
			end = l->answer->cname.v[l->answer->cname.n - 1];
		return arena_printf(j->a, "whoever serves MTA-STS for %.*s at %.*s",
			STR_ARG(j->domain), STR_ARG(end));
	case BLAME_DNS:
		return arena_printf(j->a, "whoever runs the name servers of %.*s",
			STR_ARG(f->host != NULL ? f->host->name : j->domain));
	case BLAME_LOCAL:
		return STR("you, at this host");
	case BLAME_NETWORK:
		return STR("the network that this host stands in");
	case BLAME_UNKNOWN:
		break;
	}
	return STR("not known: they, or the network between");
}

static void
fill_texts(struct judging *j, const struct raised *r, enum fold fold, struct finding *f)
{
	const bool is_by_mode = str_is(str_of(r->type->severity), "by-mode");
	const struct attempt *attempt = f->attempt;
	const struct mx_host *host = f->host;
	const struct ev_local_fault *fault = j->s->fault_count > 0 ? j->s->faults[0] : NULL;
	struct words w = { .domain = j->domain,
		.host = host != NULL ? host->name : j->policy_host,
		.note = r->found.note,
		.publish = publish_line(j, r) };

	if (attempt == NULL)
		attempt = attempt_about(j, r);
	w.address = attempt != NULL ? attempt->address : w.host;
	w.port = port_text(j, f->stage);
	f->who = who_text(j, f);
	f->means = words_expand(j->a, r->found.means != NULL ? r->found.means : r->type->means, &w);
	if (is_by_mode)
		f->means = arena_printf(
			j->a, "%.*s%s", STR_ARG(f->means), mode_words(j, f->effect, fold));
	f->fix = words_expand(j->a, r->found.fix != NULL ? r->found.fix : r->type->fix, &w);
	if (r->found.advice.n > 0)
		f->fix = arena_printf(
			j->a, "%.*s\n%.*s", STR_ARG(f->fix), STR_ARG(r->found.advice));
	/* Nobody else is to repair what this side may have caused. */
	if (f->severity == SEVERITY_INCONCLUSIVE && f->stage != STAGE_ENV) {
		f->means = fault == NULL
				   ? STR("Not judged: this side may be the cause.")
				   : arena_printf(j->a,
					     "Not judged: this side may be the cause. %.*s: %.*s.",
					     STR_ARG(fault->what), STR_ARG(fault->error));
		f->fix = arena_printf(j->a,
			"Walk again once this side is in order. What it means if it is the same "
			"then: stswalk explain %s",
			r->type->name);
	}
	f->by_hand = by_hand_expand(j->a, r->found.hand != NULL ? r->found.hand : r->type->hand,
		j->s, host, attempt, r->found.note, w.publish);
	if (r->type->result[0] != '-' && f->severity != SEVERITY_INCONCLUSIVE)
		f->result_type = str_of(r->type->result);
}

/* Said once when all say the same, else address by address. */
static struct str
group_detail(struct judging *j, const struct group *g)
{
	struct buf out = BUF_INIT(DETAIL_MAX);
	struct str result;
	bool is_same = true;

	for (size_t i = 1; i < g->n; i++)
		is_same &= str_eq(g->v[0]->found.detail, g->v[i]->found.detail);
	if (g->n == 1) {
		buf_release(&out);
		return g->v[0]->found.detail;
	}
	if (is_same)
		buf_addf(&out, "%.*s (", STR_ARG(g->v[0]->found.detail));
	for (size_t i = 0; i < g->n && i < LISTED_MAX; i++) {
		if (i > 0)
			buf_add_text(&out, is_same ? ", " : "; ");
		buf_add(&out, g->v[i]->at.address->attempt->address);
		if (!is_same)
			buf_addf(&out, ": %.*s", STR_ARG(g->v[i]->found.detail));
	}
	if (g->n > LISTED_MAX)
		buf_addf(&out, " and %zu more", g->n - LISTED_MAX);
	if (is_same)
		buf_add_text(&out, ")");
	if (g->n < g->total)
		buf_addf(&out, "; %zu of %zu addresses", g->n, g->total);
	result = arena_str(j->a, buf_str(&out));
	buf_release(&out);
	return result;
}

static void
add_evidence(struct finding *f, const struct found *from)
{
	const size_t most = sizeof(f->evidence) / sizeof(f->evidence[0]);

	for (size_t i = 0; i < from->evidence_count && f->evidence_count < most; i++)
		f->evidence[f->evidence_count++] = from->evidence[i];
}

static struct finding *
finding_new(struct judging *j, const struct raised *r)
{
	struct finding *f = &j->out->findings[j->out->count++];

	*f = (struct finding){ .type = r->type,
		.severity = r->found.severity,
		.effect = r->found.effect,
		.stage = r->found.stage,
		.blame = r->found.blame,
		.line = r->found.line,
		.subject = r->found.subject,
		.detail = r->found.detail };
	if (r->at.host != NULL)
		f->host = r->at.host->host;
	return f;
}

static void
mark_worst(enum severity *worst, enum severity severity)
{
	if (severity > *worst)
		*worst = severity;
}

/* Nobody else is named while the fault may be ours. */
static void
mark_unsure(const struct judging *j, const struct raised *r, struct finding *f)
{
	const enum blame by = raised_unsure_by(j, r);

	if (by != BLAME_NOBODY)
		f->severity = SEVERITY_INCONCLUSIVE;
	if (f->severity == SEVERITY_INCONCLUSIVE && f->stage != STAGE_ENV)
		f->blame = by != BLAME_NOBODY ? by : BLAME_LOCAL;
}

static struct host_facts *
facts_of(struct judging *j, const struct raised *r)
{
	return r->at.host != NULL ? &j->hosts[r->at.host - j->hosts] : NULL;
}

/* A host is good if one of its addresses is: senders go on to the next one (RFC 8461 5.1). */
static enum fold
fold_of(const struct judging *j, const struct host_facts *h, const struct group *g)
{
	if (!str_is(str_of(g->v[0]->type->severity), "by-mode"))
		return FOLD_NONE;
	if (h->is_good && g->n < g->total)
		return FOLD_GOOD;
	return j->is_running && !h->is_settled && h->is_listed ? FOLD_OPEN : FOLD_NONE;
}

static void
find_group(struct judging *j, const struct group *g)
{
	const struct raised *first = g->v[0];
	struct host_facts *h = facts_of(j, first);
	struct finding *f = finding_new(j, first);
	const enum fold fold = fold_of(j, h, g);

	for (size_t i = 0; i < g->n; i++)
		mark_unsure(j, g->v[i], f);
	if (fold != FOLD_NONE && f->severity == SEVERITY_ERROR)
		f->severity = SEVERITY_WARNING;
	if (g->n == 1)
		f->attempt = first->at.address->attempt;
	if (g->n == 1 && g->total > 1)
		f->subject = arena_printf(
			j->a, "%.*s %.*s", STR_ARG(h->host->name), STR_ARG(f->attempt->address));
	f->detail = group_detail(j, g);
	for (size_t i = 0; i < g->n; i++) {
		const size_t k = (size_t)(g->v[i]->at.address - h->addresses);

		mark_worst(&h->addresses[k].worst, f->severity);
		add_evidence(f, &g->v[i]->found);
	}
	mark_worst(&h->worst, f->severity);
	fill_texts(j, first, fold, f);
}

static void
find_single(struct judging *j, const struct raised *r, bool is_last)
{
	struct finding *f = finding_new(j, r);
	struct host_facts *h = facts_of(j, r);
	const size_t more = j->left_out[r->type->id];

	mark_unsure(j, r, f);
	if (is_last && more > 0)
		f->detail = arena_printf(
			j->a, "%.*s (and %zu more like this)", STR_ARG(f->detail), more);
	add_evidence(f, &r->found);
	if (h != NULL)
		mark_worst(&h->worst, f->severity);
	fill_texts(j, r, FOLD_NONE, f);
}

static size_t
count_started(const struct host_facts *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		n += h->addresses[i].attempt->is_started ? 1 : 0;
	return n;
}

/* Raised from index at on, by the same rule and about the same host. */
static size_t
gather(struct judging *j, size_t at, struct group *g)
{
	const struct raised *first = &j->raised[at];

	g->n = 0;
	g->total = count_started(first->at.host);
	for (; at < j->raised_count; at++) {
		const struct raised *r = &j->raised[at];

		if (r->rule != first->rule || r->at.host != first->at.host)
			break;
		if (!r->is_stopped)
			g->v[g->n++] = r;
	}
	return at;
}

static int
finding_order(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order = (int)b->severity - (int)a->severity;

	if (order == 0)
		order = (int)a->stage - (int)b->stage;
	if (order == 0)
		order = str_cmp(a->subject, b->subject);
	return order != 0 ? order : (int)a->type->id - (int)b->type->id;
}

void
judge_find(struct judging *j)
{
	struct judgement *out = j->out;
	struct finding *planned = NULL;
	struct group g;
	size_t at = 0, planned_count = 0;

	if (out->planned != NULL)
		planned = planned_findings(j->a, out->planned, &planned_count);
	out->findings = arena_array(
		j->a, j->raised_count + planned_count + 1, sizeof(struct finding));
	g.v = arena_array(j->a, j->raised_count + 1, sizeof(*g.v));
	while (at < j->raised_count) {
		const struct raised *r = &j->raised[at];

		if (r->rule->about == ABOUT_ADDRESS) {
			at = gather(j, at, &g);
			if (g.n > 0)
				find_group(j, &g);
			continue;
		}
		at++;
		if (!r->is_stopped)
			find_single(j, r, at == j->raised_count || j->raised[at].rule != r->rule);
	}
	for (size_t i = 0; i < planned_count; i++)
		out->findings[out->count++] = planned[i];
	qsort(out->findings, out->count, sizeof(struct finding), finding_order);
	for (size_t i = 0; i < out->count; i++)
		out->counts[out->findings[i].severity]++;
}
