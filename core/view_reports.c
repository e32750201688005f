/* TLSRPT reports beside a walk: the list, what its selected row means, the policy that was applied. */
#include "core/tlsrpt_join.h"
#include "core/view_parts.h"

enum { CAUSES_SHOWN = 4 };

static const char *
named(struct doc *d, struct str text, const char *none)
{
	return text.n > 0 ? doc_shown(d, text) : none;
}

static long long
sessions(const struct report_totals *t)
{
	return t->ok > INT64_MAX - t->failed ? INT64_MAX : t->ok + t->failed;
}

/* "Reports of 2026-11-21 (UTC)", or from the first to the last day. */
static void
head_row(struct doc *d, const struct report_totals *t)
{
	struct row *r = doc_row(d, ROW_TEXT, 1);
	int64_t first = -1, last = -1;
	const char *from, *to;

	for (size_t i = 0; i < t->report_count; i++) {
		const struct tls_report *report = &t->reports[i].report;

		if (report->begin_s >= 0 && (first < 0 || report->begin_s < first))
			first = report->begin_s;
		if (report->end_s > last)
			last = report->end_s;
	}
	from = first >= 0 ? part_date(d, first) : "an unknown day";
	to = last >= 0 ? part_date(d, last) : from;
	row_text(d, r, ROLE_TEXT, "%s of %s", t->report_count == 1 ? "Report" : "Reports", from);
	if (!str_eq(str_of(from), str_of(to)))
		row_text(d, r, ROLE_TEXT, " to %s", to);
	row_text(d, r, ROLE_TEXT, " (UTC)   ");
	row_text(d, r, t->failed > 0 ? ROLE_HEADER : ROLE_TEXT, "failed %lld of %lld session%s",
		(long long)t->failed, sessions(t), sessions(t) == 1 ? "" : "s");
}

static void
cell(struct doc *d, struct row *r, struct str text, const char *none)
{
	row_cell(d, r);
	row_text(d, r, ROLE_TEXT, "%s", named(d, text, none));
}

static void
failure_row(struct doc *d, size_t table, const struct report_join *j, size_t i)
{
	const struct report_sum *s = &j->totals->sums[i];
	const struct report_joined *joined = &j->rows[i];
	const enum state now = report_now_state(joined->now);
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "sum:%zu", i);
	r->severity = state_severity(now);
	if (joined->count > 0) {
		const struct finding *f = &j->judgement->findings[joined->findings[0]];

		r->target = (struct target){
			.kind = TARGET_FINDING, .stage = f->stage, .index = joined->findings[0]
		};
	}
	cell(d, r, s->organization, "(no name)");
	cell(d, r, s->result, "(no type)");
	cell(d, r, s->host, "-");
	part_cell(d, r, ROLE_TEXT, "%lld", (long long)s->sessions);
	row_cell(d, r);
	row_glyph(d, r, state_role(now), state_glyph(now));
}

static void
well_row(struct doc *d, size_t table, const struct report_well *w, size_t i)
{
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "well:%zu", i);
	cell(d, r, w->organization, "(no name)");
	part_cell(d, r, ROLE_DIM, "(successful)");
	part_cell(d, r, ROLE_TEXT, "-");
	part_cell(d, r, ROLE_TEXT, "%lld", (long long)w->sessions);
	part_cell(d, r, ROLE_TEXT, " ");
}

void
view_report_list(const struct report_join *j, struct doc *out)
{
	static const struct column columns[] = { { "Reporter", 8, 24, true, false, false },
		{ "Result", 8, 26, false, false, false }, { "MX host", 8, 40, true, false, true },
		{ "Count", 5, 14, false, true, false }, { "Now", 3, 3, false, true, false } };
	size_t table;

	doc_init(out);
	out->title = safe_literal("TLSRPT");
	head_row(out, j->totals);
	table = doc_table(out, columns, sizeof(columns) / sizeof(columns[0]));
	out->tables[table].gap = 1;
	doc_table_head(out, table, 3);
	for (size_t i = 0; i < j->totals->count; i++)
		failure_row(out, table, j, i);
	for (size_t i = 0; i < j->well_count; i++)
		well_row(out, table, &j->wells[i], i);
}

/* "sum:3" -> 3; false for every other row. */
static bool
sum_of_id(const struct report_join *j, struct str id, size_t *out)
{
	uint64_t n;

	if (!str_starts(id, STR("sum:")) || !str_to_u64(str_skip(id, 4), SIZE_MAX, &n) ||
		n >= j->totals->count)
		return false;
	*out = (size_t)n;
	return true;
}

struct str
report_join_domain(const struct report_join *j, struct str id)
{
	const struct report_policy *p;
	size_t i;

	if (!sum_of_id(j, id, &i))
		return j->domain;
	p = j->totals->sums[i].policy;
	return p->domain.n > 0 && !str_is(p->type, "tlsa") ? p->domain : j->domain;
}

struct row *
part_report_words(struct doc *d, const struct report_sum *s)
{
	const char *words = report_sum_words(s);
	const bool is_policy = str_starts(s->result, STR("sts-"));
	struct row *r = doc_row(d, ROW_TEXT, 1);

	if (s->sessions == 1)
		row_text(d, r, ROLE_TEXT, "Once ");
	else
		row_text(d, r, ROLE_TEXT, "%lld times ", (long long)s->sessions);
	row_text(d, r, ROLE_TEXT, "%s %s ", named(d, s->organization, "somebody without a name"),
		is_policy ? "could not use the policy of" : "could not validate");
	row_text(d, r, ROLE_HEADER, "%s",
		is_policy ? named(d, s->domain, "the domain")
			  : named(d, s->host, "an MX host that it does not name"));
	if (s->receiving_ip.n > 0)
		row_text(d, r, ROLE_TEXT, " [%s]", doc_shown(d, s->receiving_ip));
	if (words != NULL)
		row_text(d, r, ROLE_TEXT, " because %s.", words);
	else
		row_text(d, r, ROLE_TEXT, ": \"%s\", a type of its own.", named(d, s->result, ""));
	if (str_is(s->mode, "enforce") && !is_policy)
		row_text(d, r, ROLE_TEXT, " Under enforce it got no mail on these.");
	if (str_is(s->mode, "testing"))
		row_text(d, r, ROLE_TEXT, " Under testing the mail went all the same.");
	if (s->sending_ip.n > 0)
		row_text(d, r, ROLE_DIM, " Sent from %s.", doc_shown(d, s->sending_ip));
	if (s->reason.n > 0)
		row_text(d, r, ROLE_DIM, " Reason code: %s.", doc_shown(d, s->reason));
	return r;
}

static void
finding_row(struct doc *d, const struct report_join *j, const struct report_joined *joined)
{
	const struct finding *f = &j->judgement->findings[joined->findings[0]];
	struct row *r = doc_row(d, ROW_FIELD, 1);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "finding");
	row_cell(d, r);
	row_glyph(d, r, severity_role(f->severity), severity_glyph(f->severity));
	row_text(d, r, severity_role(f->severity), " %s", f->type->name);
	row_text(d, r, ROLE_TEXT, ", %s   who: %s", report_now_words(joined->now),
		blame_name(f->blame));
	if (joined->alias != NULL)
		doc_fieldf(d, 1, "type", ROLE_DIM, "%s to RFC 8460; %s", f->type->result,
			joined->alias);
	for (size_t i = 1; i < joined->count; i++)
		doc_fieldf(d, 1, "or", ROLE_DIM, "%s",
			j->judgement->findings[joined->findings[i]].type->name);
}

/* Not seen: why that is so. */
static void
absence_row(struct doc *d, const struct report_sum *s, const struct report_joined *joined)
{
	const char *label = report_now_is_true(joined->now) ? "seen" : "not seen";
	const bool is_host = s->host.n > 0 && !str_starts(s->result, STR("sts-"));
	const char *what = is_host ? doc_shown(d, s->host) : named(d, s->domain, "the domain");

	if (joined->addresses > 0)
		doc_fieldf(d, 1, label, ROLE_TEXT, "%s: %s; %zu of %s looked at", what,
			report_now_words(joined->now), joined->tested,
			part_count(d, joined->addresses, "address"));
	else if (joined->now == REPORT_NOW_NO_HOST || joined->now == REPORT_NOW_ELSEWHERE)
		doc_fieldf(d, 1, label, ROLE_TEXT, "%s %s", what, report_now_words(joined->now));
	else
		doc_fieldf(d, 1, label, ROLE_TEXT, "%s: %s", what, report_now_words(joined->now));
}

const char *
part_report_change(struct doc *d, const struct report_change *c)
{
	const char *key = doc_shown(d, c->key);

	if (c->there.n == 0)
		return TEXT(d, "%s %s only now", key, doc_shown(d, c->now));
	if (c->now.n == 0)
		return TEXT(d, "%s %s only there", key, doc_shown(d, c->there));
	return TEXT(d, "%s %s there, %s now", key, doc_shown(d, c->there), doc_shown(d, c->now));
}

static void
policy_row(struct doc *d, const struct report_join *j, const struct report_policy *p)
{
	struct report_change *changes;
	size_t count;
	struct row *r;

	if (p == NULL || p->lines.n == 0 || !str_is(p->type, "sts") || !j->totals->has_published)
		return;
	count = report_policy_changes(&d->arena, j->totals, p, &changes);
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "policy");
	row_cell(d, r);
	if (count == 0)
		row_text(d, r, ROLE_TEXT, "the reporter applied the one of now");
	for (size_t i = 0; i < count; i++)
		row_text(d, r, ROLE_TEXT, "%s%s", i > 0 ? "; " : "",
			part_report_change(d, &changes[i]));
}

static void
joined_rows(struct doc *d, const struct report_join *j, const struct view_input *in, struct str id,
	size_t i)
{
	const struct report_joined *joined = &j->rows[i];
	const struct report_sum *s = &j->totals->sums[i];

	if (in == NULL) {
		doc_heading(d, "No walk yet");
		doc_text(d, 1, ROLE_TEXT,
			"A walk of %s would look at this now, and say which finding it is, who "
			"has to act, and whether the policy is still the one of the report.",
			named(d, report_join_domain(j, id), "the domain"));
		return;
	}
	doc_heading(d, "Joined with the walk of %s", part_stamp(d, session_as_of_s(in->session)));
	if (joined->count > 0)
		finding_row(d, j, joined);
	else
		absence_row(d, s, joined);
	policy_row(d, j, s->policy);
}

static void
cause_row(struct doc *d, const struct report_join *j, const struct report_cause *c)
{
	const struct finding *f = &j->judgement->findings[c->finding];
	struct row *r = doc_row(d, ROW_TEXT, 1);

	r->hang = 2;
	row_text(d, r, ROLE_HEADER, "%lld of %lld", (long long)c->sessions, (long long)j->told);
	row_text(d, r, ROLE_TEXT, " who: %s  ", blame_name(f->blame));
	row_glyph(d, r, severity_role(f->severity), severity_glyph(f->severity));
	row_text(d, r, ROLE_TEXT, " %s, ", f->type->name);
	row_bytes(d, r, ROLE_TEXT, f->subject);
}

static void
rest_row(struct doc *d, int64_t count, int64_t told, const char *words)
{
	if (count > 0)
		doc_text(d, 1, ROLE_TEXT, "%lld of %lld: %s", (long long)count, (long long)told,
			words);
}

static void
advice_rows(struct doc *d, const struct report_join *j, const struct view_input *in, struct str id)
{
	const int64_t left = j->totals->failed - j->told;
	int64_t shown = 0;
	size_t i;

	doc_heading(d, "What to do with this");
	if (j->told == 0 && left <= 0) {
		doc_text(d, 1, ROLE_TEXT, "Nothing: no failure was reported.");
		return;
	}
	for (i = 0; i < j->cause_count && i < CAUSES_SHOWN; i++) {
		cause_row(d, j, &j->causes[i]);
		shown += j->causes[i].sessions;
	}
	if (in == NULL)
		doc_text(d, 1, ROLE_TEXT,
			"Enter or r walks %s and joins the %lld failures with it.",
			named(d, report_join_domain(j, id), "the domain"), (long long)j->told);
	else
		rest_row(d, j->open, j->told, "not explained: this walk cannot tell");
	if (i < j->cause_count)
		rest_row(d, j->seen - shown, j->told, "other findings (f)");
	rest_row(d, j->elsewhere, j->told, "about another domain than this walk");
	rest_row(d, j->mended, j->told, "not seen now; it is over, or it comes and goes");
	if (left > 0)
		doc_text(d, 1, ROLE_DIM, "%lld more failed without any detail", (long long)left);
}

void
part_report_row(
	struct doc *d, const struct report_join *j, const struct view_input *in, struct str id)
{
	size_t i = 0;

	if (sum_of_id(j, id, &i)) {
		doc_heading(d, "In plain words");
		part_report_words(d, &j->totals->sums[i]);
		joined_rows(d, j, in, id, i);
	}
	advice_rows(d, j, in, id);
}

void
view_report_row(
	const struct report_join *j, const struct view_input *in, struct str id, struct doc *out)
{
	doc_init(out);
	part_report_row(out, j, in, id);
}

static void
policy_lines(struct doc *d, const struct report_policy *p)
{
	for (size_t i = 0; i < p->lines.n; i++) {
		struct row *r = doc_row(d, ROW_VERBATIM, 1);

		row_text(d, r, ROLE_DIM, "%3zu  ", i + 1);
		row_bytes(d, r, ROLE_TEXT, p->lines.v[i]);
	}
}

void
view_report_policy(const struct report_join *j, struct str id, struct doc *out)
{
	const struct report_policy *p = NULL;
	struct report_change *changes;
	size_t i = 0, count;

	doc_init(out);
	out->title = safe_literal("Policy of the report");
	if (sum_of_id(j, id, &i))
		p = j->totals->sums[i].policy;
	if (p == NULL || p->lines.n == 0) {
		doc_text(out, 1, ROLE_TEXT, "The reporter tells no policy-string here.");
		return;
	}
	doc_text(out, 1, ROLE_TEXT, "What %s applied: %s for %s",
		named(out, j->totals->sums[i].organization, "the reporter"),
		named(out, p->type, "?"), named(out, p->domain, "(no domain)"));
	doc_heading(out, "policy-string");
	policy_lines(out, p);
	if (!j->totals->has_published || !str_is(p->type, "sts"))
		return;
	count = report_policy_changes(&out->arena, j->totals, p, &changes);
	doc_heading(out, "Against the policy of the walk");
	if (count == 0)
		doc_text(out, 1, ROLE_TEXT, "The same, line by line.");
	for (size_t k = 0; k < count; k++)
		doc_text(out, 1, ROLE_TEXT, "%s", part_report_change(out, &changes[k]));
}
