/* The Why box: who must act, what was seen, what it means, what to do, and the same by hand. */
#include "core/differs.h"
#include "core/view_parts.h"

#include <inttypes.h>

static bool
same_host(const struct finding *f, const struct target *target)
{
	return f->host && name_eq(f->host->name, target->host);
}

bool
finding_belongs(const struct finding *f, const struct target *target)
{
	switch (target->kind) {
	case TARGET_NONE:
		return true;
	case TARGET_STAGE:
		if (target->stage == STAGE_VERDICT)
			return true;
		if (target->stage == STAGE_TXT && f->stage == STAGE_TLSRPT)
			return true;
		return f->stage == target->stage;
	case TARGET_HOST:
		return same_host(f, target);
	case TARGET_ADDRESS:
		if (!f->attempt)
			return same_host(f, target);
		return name_eq(f->attempt->host, target->host) &&
		       str_eq(f->attempt->address, target->address);
	case TARGET_FINDING:
		return false;
	case TARGET_LINE:
		return f->stage == STAGE_POLICY && f->line == target->index && f->line > 0;
	}
	return false;
}

size_t
target_findings(const struct judgement *j, const struct target *target)
{
	size_t i, n = 0;

	if (target->kind == TARGET_FINDING)
		return target->index < j->count ? 1 : 0;
	for (i = 0; i < j->count; i++)
		n += finding_belongs(&j->findings[i], target) ? 1 : 0;
	return n;
}

size_t
target_finding_place(const struct judgement *j, const struct target *target, size_t finding)
{
	size_t i, n = 0;

	for (i = 0; i < finding && i < j->count; i++)
		n += finding_belongs(&j->findings[i], target) ? 1 : 0;
	return n;
}

static bool
is_about_certs(const struct finding *f)
{
	static const char *const begins[] = { "tls-cert-", "tls-chain-", "https-cert-" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (str_starts(str_of(f->type->name), str_of(begins[i])))
			return true;
	}
	return false;
}

static const struct finding *
pick(const struct judgement *j, const struct target *target, size_t nth)
{
	size_t i, n = target_findings(j, target);

	if (n == 0)
		return NULL;
	if (target->kind == TARGET_FINDING)
		return &j->findings[target->index];
	nth %= n;
	/* Twice: first those that come first. */
	for (i = 0; i < 2 * j->count; i++) {
		const struct finding *f = &j->findings[i % j->count];
		const bool is_first = target->is_of_certs && is_about_certs(f);

		if (finding_belongs(f, target) && is_first == (i < j->count) && nth-- == 0)
			return f;
	}
	return NULL;
}

static void
who_row(struct doc *d, const struct finding *f, unsigned indent)
{
	struct row *r = doc_row(d, ROW_FIELD, indent);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Who");
	row_cell(d, r);
	if (f->blame == BLAME_NOBODY)
		row_text(d, r, ROLE_STATE_OK, "nobody has to act");
	else if (f->blame != BLAME_UNKNOWN || f->who.n == 0)
		row_text(d, r, severity_role(f->severity), "%s%s", blame_name(f->blame),
			f->who.n > 0 ? ": " : "");
	if (f->blame != BLAME_NOBODY)
		row_bytes(d, r, ROLE_TEXT, f->who);
	row_cell(d, r);
	row_text(d, r, ROLE_DIM, "%s", f->type->name);
	r->severity = f->severity;
}

/* An info asks nobody to act now: "When convenient: publish ...". */
static struct str
fix_words(struct doc *d, const struct finding *f)
{
	struct str rest = f->fix;
	char first;

	if (f->severity != SEVERITY_INFO || f->blame == BLAME_NOBODY || rest.n == 0 ||
		str_starts(rest, STR("Nothing")) || str_starts(rest, STR("To ")))
		return f->fix;
	first = rest.p[0];
	/* "Publish" and "A max_age", but neither a name nor an abbreviation. */
	if (rest.n < 2 || first < 'A' || first > 'Z' || (rest.p[1] >= 'A' && rest.p[1] <= 'Z'))
		return arena_printf(&d->arena, "When convenient: %.*s", STR_ARG(rest));
	rest = str_skip(rest, 1);
	return arena_printf(&d->arena, "When convenient: %c%.*s", first - 'A' + 'a', STR_ARG(rest));
}

/* In a box that is too low, rows from here on give way: who must act, and what to do, stay. */
static void
can_spare(struct doc *d, size_t from, unsigned spare)
{
	for (; from < d->count; from++)
		d->rows[from].spare = spare;
}

void
part_finding(struct doc *d, const struct finding *f, unsigned indent, bool is_whole)
{
	size_t at;

	who_row(d, f, indent);
	at = d->count;
	doc_field(d, indent, "Seen", ROLE_TEXT, f->detail);
	can_spare(d, at, 1);
	at = d->count;
	doc_field(d, indent, "Means", ROLE_TEXT, f->means);
	can_spare(d, at, 2);
	doc_field(d, indent, "Do", ROLE_TEXT, fix_words(d, f));
	at = d->count;
	doc_command(d, indent, "Hand", f->by_hand);
	can_spare(d, at, 3);
	if (!is_whole)
		return;
	if (!str_is(str_of(f->type->rfc), "-"))
		doc_field(d, indent, "Rule", ROLE_TEXT, str_of(f->type->rfc));
	if (f->result_type.n > 0)
		doc_fieldf(d, indent, "Report", ROLE_TEXT, "a reporting sender likely says %s",
			doc_shown(d, f->result_type));
	doc_field(d, indent, "Differ", ROLE_TEXT, finding_differs(&d->arena, f->type->name));
}

void
part_finding_alike(
	struct doc *d, const struct finding *f, const struct finding *first, unsigned indent)
{
	who_row(d, f, indent);
	doc_field(d, indent, "Seen", ROLE_TEXT, f->detail);
	doc_fieldf(d, indent, "Means", ROLE_DIM, "and what to do: as for %s above",
		doc_shown(d, first->subject));
	doc_command(d, indent, "Hand", f->by_hand);
}

/* Which addresses nobody tried, and why, at most a few. */
static void
cover_rows(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct judgement *j = in->judgement;
	size_t i, k;

	if (j->tested == j->addresses)
		return;
	for (i = 0; i < s->host_count; i++)
		for (k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (t->skip == SKIP_NONE)
				continue;
			doc_fieldf(d, 1, "Cover", ROLE_TEXT, "%s (%s: %s)", part_coverage(d, j),
				doc_shown(d, t->address), skip_words(t->skip));
			return;
		}
	doc_fieldf(d, 1, "Cover", ROLE_TEXT, "%s", part_coverage(d, j));
}

static void
means_row(struct doc *d, const struct view_input *in)
{
	if (in->judgement->mail_why.n > 0)
		doc_field(d, 1, "Means", ROLE_TEXT, in->judgement->mail_why);
	else if (in->judgement->fresh == MAIL_DELIVERED_VALIDATED)
		doc_fieldf(d, 1, "Means", ROLE_TEXT,
			"a sender that knows MTA-STS delivers only over verified TLS");
}

static void
stage_seen_row(struct doc *d, const struct view_input *in, enum stage stage)
{
	static const char *const means[stage_count] = {
		[STAGE_ENV] = "what is seen of the domain does not come from this side",
		[STAGE_TXT] = "senders know of a policy, and fetch it anew when the id changes",
		[STAGE_HTTPS] = "senders can fetch the policy over verified TLS",
		[STAGE_POLICY] = "senders know which hosts may get the mail, and for how long",
		[STAGE_MX] = "a sender finds what the policy promises on every host",
	};
	struct row *r = doc_row(d, ROW_FIELD, 1);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Seen");
	row_cell(d, r);
	part_stage_seen(d, r, in, stage);
	if (means[stage] && part_stage_state(in->judgement, stage) == STATE_OK &&
		(stage == STAGE_ENV || session_policy_is_usable(in->session)))
		doc_fieldf(d, 1, "Means", ROLE_TEXT, "%s", means[stage]);
}

static void
host_seen_row(struct doc *d, const struct view_input *in, struct str name)
{
	const struct mx_host *host = session_host(in->session, name);
	struct row *r;

	if (!host)
		return;
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Seen");
	row_cell(d, r);
	part_host_seen(d, r, in, host, STATE_OK);
	if (host->has_match && host->match.is_match)
		doc_fieldf(d, 1, "Means", ROLE_TEXT,
			"the name matches pattern %zu of the policy: mail may go here over "
			"verified TLS",
			host->match.pattern + 1);
}

/* Which MX hosts the pattern of a policy line covers, and how near it comes where it covers none. */
static void
line_hosts(struct doc *d, const struct session *s, size_t line)
{
	const struct policy_pattern *pattern = NULL;
	bool has_match = false;
	struct row *r;

	for (size_t i = 0; i < s->policy.mx_count; i++) {
		if (s->policy.mx[i].line == line && s->policy.mx[i].is_valid)
			pattern = &s->policy.mx[i];
	}
	if (pattern == NULL || s->host_count == 0)
		return;
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Hosts");
	row_cell(d, r);
	for (size_t i = 0; i < s->host_count; i++) {
		const bool is_match = match_name(pattern->text, s->hosts[i]->name).miss ==
				      MATCH_MISS_NONE;

		has_match = has_match || is_match;
		row_text(d, r, ROLE_TEXT, "%s%s ", i > 0 ? "   " : "",
			part_short_host(d, s, s->hosts[i]->name));
		part_ok(d, r, is_match);
	}
	if (!has_match)
		doc_field(d, 1, "Near", ROLE_TEXT,
			match_explain(&d->arena, pattern->text, s->hosts[0]->name,
				match_name(pattern->text, s->hosts[0]->name)));
}

/* No finding, and yet not everything could be told. */
static bool
is_for_us(const struct judgement *j)
{
	return j->is_final && j->severity == SEVERITY_INCONCLUSIVE &&
	       j->session->end_reason != END_CANCELLED;
}

/* Well is what is selected, not the walk: who must act there is said in the same breath. */
static void
healthy_who(struct doc *d, const struct judgement *j, bool is_all)
{
	const struct finding *f = j->count > 0 ? &j->findings[0] : NULL;
	const char *so_far = j->is_final ? "" : " so far";

	if (is_all && is_for_us(j))
		doc_fieldf(d, 1, "Who", ROLE_STATE_UNKNOWN, "local: you, at this host");
	else if (is_all || f == NULL || f->severity <= SEVERITY_INFO || f->blame == BLAME_NOBODY)
		doc_fieldf(d, 1, "Who", ROLE_STATE_OK, "nobody has to act%s", so_far);
	else
		doc_fieldf(d, 1, "Who", ROLE_TEXT, "nobody here%s; elsewhere %s%s%s", so_far,
			f->blame == BLAME_UNKNOWN ? "" : blame_name(f->blame),
			f->blame == BLAME_UNKNOWN || f->who.n == 0 ? "" : ": ",
			doc_shown(d, f->who));
}

/* What is worst in the walk, where the box has room after what is selected. */
static void
worst_row(struct doc *d, const struct judgement *j)
{
	const struct finding *f = j->count > 0 ? &j->findings[0] : NULL;
	struct row *r;

	if (f == NULL || f->severity <= SEVERITY_INFO)
		return;
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Worst");
	row_cell(d, r);
	row_text(d, r, severity_role(f->severity), "%s: %s", f->type->title,
		doc_shown(d, f->subject));
	r->spare = 1;
}

/* Nothing was found wrong, and not everything was looked at: stopped, or out of time. */
static bool
is_unsure(const struct judgement *j, const struct target *target, bool is_all)
{
	if (!j->is_final)
		return false;
	if (is_all || target->kind == TARGET_STAGE)
		return part_stage_state(j, is_all ? STAGE_VERDICT : target->stage) ==
		       STATE_INCONCLUSIVE;
	for (size_t i = 0; target->kind == TARGET_HOST && i < j->host_count; i++)
		if (name_eq(j->hosts[i].host->name, target->host))
			return j->hosts[i].state == STATE_INCONCLUSIVE;
	return false;
}

static void
healthy(struct doc *d, const struct view_input *in, const struct target *target)
{
	bool is_all = target->kind == TARGET_NONE || target->kind == TARGET_FINDING ||
		      (target->kind == TARGET_STAGE && target->stage == STAGE_VERDICT);
	bool unsure;

	if (target->kind == TARGET_STAGE &&
		part_stage_state(in->judgement, target->stage) <= STATE_RUNNING) {
		doc_fieldf(d, 1, "Who", ROLE_DIM, "not known yet");
		stage_seen_row(d, in, target->stage);
		return;
	}
	unsure = is_unsure(in->judgement, target, is_all);
	if (unsure)
		doc_fieldf(d, 1, "Who", ROLE_STATE_UNKNOWN, "not known: not everything was tested");
	else
		healthy_who(d, in->judgement, is_all);
	if (target->kind == TARGET_HOST || target->kind == TARGET_ADDRESS)
		host_seen_row(d, in, target->host);
	else if (target->kind == TARGET_STAGE && !is_all)
		stage_seen_row(d, in, target->stage);
	else if (target->kind == TARGET_LINE)
		doc_fieldf(d, 1, "Seen", ROLE_TEXT, "line %zu says what the rules ask for",
			target->index);
	if (target->kind == TARGET_LINE)
		line_hosts(d, in->session, target->index);
	if (!is_all) {
		if (target->kind == TARGET_STAGE &&
			(target->stage == STAGE_MX || target->stage == STAGE_ENV))
			cover_rows(d, in);
		worst_row(d, in->judgement);
		return;
	}
	doc_field(d, 1, "Seen", ROLE_TEXT, in->judgement->headline);
	means_row(d, in);
	cover_rows(d, in);
	if (in->judgement->is_final)
		doc_fieldf(d, 1, "Next", ROLE_TEXT, "%s",
			unsure ? "walk again: what was not tested is not judged"
			       : "leave it; `stswalk check` suits cron and tells when this "
				 "changes");
}

void
view_why(const struct view_input *in, const struct target *target, size_t nth, struct doc *out)
{
	const struct finding *f = pick(in->judgement, target, nth);
	bool is_verdict = target->kind == TARGET_NONE ||
			  (target->kind == TARGET_STAGE && target->stage == STAGE_VERDICT);

	doc_init(out);
	out->title = safe_literal("Why");
	if (!f || (is_verdict && nth == 0 && f->severity <= SEVERITY_INFO)) {
		healthy(out, in, target);
		return;
	}
	part_finding(out, f, 1, false);
	if (target->kind == TARGET_LINE)
		line_hosts(out, in->session, target->index);
	if (target->kind == TARGET_STAGE &&
		(target->stage == STAGE_MX || target->stage == STAGE_ENV ||
			target->stage == STAGE_VERDICT))
		cover_rows(out, in);
}
