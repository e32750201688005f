/*
 * The report of check: what happens to mail and who must do what first, then every stage with what
 * was seen. A domain that is well fits on a page; every fault is explained whole.
 */
#include "core/since.h"
#include "core/view_sim.h"

#include <inttypes.h>

static void
title_rows(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct judgement *j = in->judgement;
	struct row *r = doc_row(d, ROW_TEXT, 0);

	row_bytes(d, r, ROLE_TITLE, session_domain(s));
	if (s->start && !str_eq(s->start->domain_unicode, s->start->domain))
		row_text(d, r, ROLE_TITLE, " (%s)", doc_shown(d, s->start->domain_unicode));
	row_text(d, r, ROLE_TITLE, ": ");
	row_bytes(d, r, ROLE_TITLE, j->headline);
	r->severity = j->severity;
	if (s->start)
		doc_text(d, 0, ROLE_DIM, "walked %s from %s%s%s%s",
			part_stamp(d, session_wall_ms(s, 0) / 1000), doc_shown(d, s->start->host),
			s->round_count > 0 ? "" : TEXT(d, " in %s", part_seconds(d, s->last_us)),
			s->is_ended && s->end_reason == END_DONE ? "" : ", ",
			!s->is_ended                ? "still running"
			: s->end_reason == END_DONE ? ""
						    : end_words(s->end_reason));
	part_rounds(d, s);
	if (s->start && s->start->rehearsal.n > 0)
		doc_text(d, 0, ROLE_STATE_WARN, "a rehearsal (%s): not what senders see",
			part_list(d, s->start->rehearsal, " "));
	if (s->rehearsed)
		doc_text(d, 0, ROLE_STATE_WARN, "the policy is that of %s, not the published one",
			doc_shown(d, s->rehearsed->source));
	part_planned(d, in, 0);
	doc_blank(d);
}

static void
finding_head(struct doc *d, const struct finding *f)
{
	struct row *r = doc_row(d, ROW_TEXT, 0);

	part_severity(d, r, f->severity);
	row_text(d, r, ROLE_TEXT, "  %s%s", f->type->title, f->subject.n > 0 ? ": " : "");
	row_bytes(d, r, ROLE_HEADER, f->subject);
	r->hang = 2;
}

/* The same text, but for the name of the host that it is about. */
static bool
same_but_for_host(struct str a, struct str host_a, struct str b, struct str host_b)
{
	while (host_a.n > 0 && host_b.n > 0) {
		const size_t at_a = str_find_str(a, host_a), at_b = str_find_str(b, host_b);

		if (at_a == a.n || at_a != at_b)
			break;
		if (!str_eq(str_sub(a, 0, at_a), str_sub(b, 0, at_b)))
			return false;
		a = str_skip(a, at_a + host_a.n);
		b = str_skip(b, at_b + host_b.n);
	}
	return str_eq(a, b);
}

/* One fault on several hosts is explained once. */
static bool
is_alike(const struct finding *a, const struct finding *b)
{
	if (a->type != b->type || a->severity != b->severity || a->host == NULL || b->host == NULL)
		return false;
	return same_but_for_host(a->means, a->host->name, b->means, b->host->name) &&
	       same_but_for_host(a->fix, a->host->name, b->fix, b->host->name);
}

/* Whether another finding before it has its explanation. */
static bool
is_folded(const struct judgement *j, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (is_alike(&j->findings[i], &j->findings[index]))
			return true;
	return false;
}

static void
finding_rows(struct doc *d, const struct judgement *j, size_t index)
{
	const struct finding *first = &j->findings[index];
	size_t i;

	finding_head(d, first);
	part_finding(d, first, 2, true);
	doc_blank(d);
	for (i = index + 1; i < j->count; i++) {
		if (!is_alike(first, &j->findings[i]))
			continue;
		finding_head(d, &j->findings[i]);
		part_finding_alike(d, &j->findings[i], first, 2);
		doc_blank(d);
	}
}

/* What needs nobody in one line each. */
static void
info_rows(struct doc *d, const struct judgement *j)
{
	size_t i;

	for (i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		struct row *r;

		if (f->severity != SEVERITY_INFO)
			continue;
		r = doc_row(d, ROW_FIELD, 0);
		row_cell(d, r);
		part_severity(d, r, f->severity);
		row_cell(d, r);
		row_text(d, r, ROLE_TEXT, "%s: ", f->type->title);
		row_bytes(d, r, ROLE_TEXT, f->detail.n > 0 ? f->detail : f->subject);
		row_text(d, r, ROLE_DIM, " (%s)", f->type->name);
	}
}

/* By the operator, who need not be told that this side is at fault. */
static bool
was_stopped(const struct judgement *j)
{
	return j->is_final && j->session->end_reason == END_CANCELLED;
}

static void
act_rows(struct doc *d, const struct judgement *j)
{
	size_t i, serious = j->count - j->counts[SEVERITY_INFO];

	doc_heading(d, "Who must act");
	if (serious == 0)
		doc_text(d, 0, ROLE_TEXT, "%s", part_nobody(d, j));
	for (i = 0; i < j->count; i++)
		if (j->findings[i].severity != SEVERITY_INFO && !is_folded(j, i))
			finding_rows(d, j, i);
	info_rows(d, j);
	if (serious == 0 || j->counts[SEVERITY_INFO] > 0)
		doc_blank(d);
}

/* "FAIL" is the longest word: what follows stands in one column. */
static void
padded_state(struct doc *d, struct row *r, enum state state)
{
	part_state(d, r, state);
	row_text(d, r, ROLE_TEXT, "%*s  ", (int)(4 - str_of(state_word(state)).n), "");
}

static void
stage_head(struct doc *d, const struct view_input *in, enum stage stage)
{
	struct row *r = doc_row(d, ROW_TEXT, 0);

	row_text(d, r, ROLE_HEADER, "%s %-15s", stage_words(stage)->number,
		stage_words(stage)->title);
	padded_state(d, r, part_stage_state(in->judgement, stage));
	row_text(d, r, ROLE_TEXT, "%-5s  ", part_seconds(d, part_stage_us(in, stage)));
	part_stage_seen(d, r, in, stage);
	r->hang = 3;
}

static void
env_rows(struct doc *d, const struct session *s)
{
	if (!s->start)
		return;
	doc_fieldf(d, 3, "EHLO", ROLE_TEXT, "%s",
		session_ehlo(s).n > 0 ? doc_shown(d, session_ehlo(s)) : "not said");
	doc_fieldf(d, 3, "Trust", ROLE_TEXT, "%s, %s",
		s->start->trust_store.n > 0 ? doc_shown(d, s->start->trust_store) : "no store",
		part_count(d, (size_t)(s->start->anchors > 0 ? s->start->anchors : 0), "anchor"));
	if (part_controls(d, s) != NULL)
		doc_fieldf(d, 3, "Tried", ROLE_TEXT,
			"control hosts, since every SMTP connection "
			"failed alike: %s",
			part_controls(d, s));
}

static void
record_rows(struct doc *d, const char *label, const struct lookup *l)
{
	size_t i;

	if (!l || !l->is_done)
		return;
	if (l->count == 0)
		doc_fieldf(d, 3, label, ROLE_DIM, "%s", part_lookup_words(l->status));
	for (i = 0; i < l->count; i++)
		doc_fieldf(d, 3, i == 0 ? label : "", ROLE_TEXT, "\"%s\"  TTL %" PRId64,
			doc_shown(d, l->records[i]->data), l->records[i]->ttl_s);
}

/* "CN=R11" of "CN=R11,O=...": a comma behind a backslash belongs to the value (RFC 2253). */
static struct str
first_part(struct str name)
{
	size_t i;

	for (i = 0; i < name.n && name.p[i] != ','; i++)
		if (name.p[i] == '\\')
			i++;
	return str_sub(name, 0, i);
}

/* The names of a certificate: some have hundreds. */
static const char *
san_words(struct doc *d, struct strs sans)
{
	enum { SHOWN = 4 };
	const size_t more = sans.n > SHOWN ? sans.n - SHOWN : 0;

	if (sans.n == 0)
		return "no name";
	sans.n -= more;
	if (more == 0)
		return part_list(d, sans, " ");
	return TEXT(d, "%s and %zu more", part_list(d, sans, " "), more);
}

/* Protocol, certificate and its days of one address. */
static const char *
chain_words(struct doc *d, const struct session *s, const struct tls_seen *tls)
{
	const struct ev_cert *leaf;
	int64_t left;

	if (!tls->done || tls->done->version.n == 0)
		return "";
	if (tls->chain_count == 0)
		return doc_shown(d, tls->done->version);
	leaf = tls->chain[0];
	left = cert_days_left(leaf, session_as_of_s(s));
	return TEXT(d, "%s, %sby %s, to %s%s", doc_shown(d, tls->done->version),
		!tls->verdict || tls->verdict->is_name_ok
			? ""
			: TEXT(d, "for %s, ", san_words(d, leaf->sans)),
		doc_shown(d, first_part(leaf->issuer)), part_date(d, leaf->not_after_s),
		session_as_of_s(s) <= leaf->not_after_s
			? TEXT(d, " (%s)", part_count(d, (size_t)left, "day"))
			: "");
}

static void
address_row(struct doc *d, const struct session *s, const struct attempt *t, unsigned indent)
{
	struct row *r = doc_row(d, ROW_TEXT, indent);
	bool is_good = attempt_is_good(t);
	const char *chain = chain_words(d, s, &t->tls);

	if (t->skip != SKIP_NONE || attempt_was_cut(t))
		row_glyph(d, r, ROLE_STATE_UNKNOWN, GLYPH_UNKNOWN);
	else if (attempt_is_running(t))
		row_glyph(d, r, ROLE_STATE_RUN, GLYPH_RUN);
	else
		part_ok(d, r, is_good);
	row_text(d, r, ROLE_TEXT, " ");
	row_bytes(d, r, ROLE_TEXT, t->address);
	if (!is_good)
		row_text(d, r, ROLE_TEXT, "  %s", attempt_words(d, t));
	if (t->skip != SKIP_NONE)
		row_text(d, r, ROLE_TEXT, ": %s", skip_words(t->skip));
	if (chain[0])
		row_text(
			d, r, is_good ? ROLE_TEXT : ROLE_DIM, "%s%s", is_good ? "  " : "; ", chain);
	r->hang = 2;
}

/* How far an SMTP dialogue that did not get to TLS came, in its own words; QUIT is no news. */
static void
dialogue_row(struct doc *d, const struct attempt *t, unsigned indent)
{
	enum { SHOWN_CELLS = 200 };
	const struct dialogue_line *last;
	size_t n = t->dialogue_count, i;

	if (attempt_is_good(t) || t->tls.is_judged)
		return;
	for (i = 1; i < n; i++)
		if (t->dialogue[i].from == SPEAKER_CLIENT && str_is(t->dialogue[i].text, "QUIT"))
			n = i;
	if (n == 0)
		return;
	last = &t->dialogue[n - 1];
	doc_text(d, indent, ROLE_DIM, "last: %s %s", last->from == SPEAKER_CLIENT ? "C:" : "S:",
		arena_str(&d->arena, safe_text(&d->arena, last->text, SHOWN_CELLS).text).p);
}

static void
https_rows(struct doc *d, const struct session *s)
{
	size_t i;

	for (i = 0; i < s->https_count; i++)
		address_row(d, s, s->https[i], 3);
}

static void
policy_rows(struct doc *d, const struct session *s)
{
	enum { SHOWN = 40 };
	size_t i;

	for (i = 0; s->has_policy && i < s->policy.line_count && i < SHOWN; i++) {
		const struct policy_line *l = &s->policy.lines[i];
		struct row *r = doc_row(d, ROW_TEXT, 3);

		row_text(d, r, ROLE_DIM, "%2u  ", l->number);
		row_bytes(d, r, ROLE_POLICY_VALUE, l->text);
		r->hang = 4;
	}
	if (s->has_policy && s->policy.line_count > SHOWN)
		doc_text(d, 3, ROLE_DIM, "and %s more",
			part_count(d, s->policy.line_count - SHOWN, "line"));
}

/* The host may answer well: senders that do DANE do not go there (RFC 7672 section 2.1). */
static bool
has_tlsa_failure(const struct host_judgement *h)
{
	size_t i;

	for (i = 0; h->decision == DECISION_UNREACHABLE && i < h->address_count; i++)
		if (h->addresses[i].dane == DANE_LOOKUP_FAILED &&
			attempt_is_tested(h->addresses[i].attempt))
			return true;
	return false;
}

static void
host_rows(struct doc *d, const struct view_input *in, const struct host_judgement *h)
{
	const struct mx_host *host = h->host;
	struct row *r = doc_row(d, ROW_TEXT, 3);
	size_t i;

	r->hang = 4;
	padded_state(d, r, h->state);
	if (host->is_planned)
		row_text(d, r, ROLE_STATE_WARN, "planned ");
	else
		row_text(d, r, ROLE_TEXT, "%" PRId64 " ", host->preference);
	row_bytes(d, r, ROLE_HEADER, host->name);
	row_text(d, r, ROLE_TEXT, "  %s",
		has_tlsa_failure(h) ? "put off: its TLSA records cannot be looked up"
				    : decision_words(h->decision));
	if (host->has_match && host->match.is_match)
		row_text(d, r, ROLE_DIM, ", pattern %s",
			doc_shown(d, in->session->policy.mx[host->match.pattern].text));
	else if (host->has_match)
		row_text(d, r, ROLE_STATE_FAIL, ", no pattern matches");
	if (host->tlsa && host->tlsa->is_done && host->tlsa->count > 0)
		row_text(d, r, ROLE_DIM, ", %s", part_count(d, host->tlsa->count, "TLSA record"));
	if (host->address_count == 0) {
		r = doc_row(d, ROW_TEXT, 5);
		part_host_seen(d, r, in, host, h->state);
	}
	for (i = 0; i < host->address_count; i++) {
		address_row(d, in->session, host->addresses[i], 5);
		dialogue_row(d, host->addresses[i], 7);
	}
	if (session_policy_is_usable(in->session) && host->has_match && !host->match.is_match &&
		host->match.nearest < in->session->policy.mx_count)
		part_labels(d, 5, "pattern", in->session->policy.mx[host->match.nearest].text,
			"MX name", host->name, host->match.near);
}

static void
planned_rows(struct doc *d, const struct view_input *in)
{
	struct view_input planned;

	if (!planned_input(in, &planned))
		return;
	for (size_t i = 0; i < planned.judgement->host_count; i++) {
		if (planned.judgement->hosts[i].host->is_planned)
			host_rows(d, &planned, &planned.judgement->hosts[i]);
	}
}

static void
stage_rows(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	size_t i;

	doc_heading(d, "What was seen");
	stage_head(d, in, STAGE_ENV);
	env_rows(d, s);
	stage_head(d, in, STAGE_TXT);
	record_rows(d, "MTA-STS", s->txt_lookup);
	record_rows(d, "TLSRPT", s->tlsrpt_lookup);
	stage_head(d, in, STAGE_HTTPS);
	https_rows(d, s);
	stage_head(d, in, STAGE_POLICY);
	policy_rows(d, s);
	stage_head(d, in, STAGE_MX);
	for (i = 0; i < in->judgement->host_count; i++)
		host_rows(d, in, &in->judgement->hosts[i]);
	planned_rows(d, in);
	if (s->hosts_left_out.n > 0)
		doc_text(d, 3, ROLE_STATE_UNKNOWN, "left out: %s",
			part_list(d, s->hosts_left_out, ", "));
	stage_head(d, in, STAGE_VERDICT);
	doc_blank(d);
}

/* The addresses that nobody tried, and why. */
static void
cover_rows(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	size_t i, k;

	doc_fieldf(d, 0, "Cover", ROLE_TEXT, "%s", part_coverage(d, in->judgement));
	if (s->hosts_left_out.n > 0)
		doc_fieldf(d, 0, "", ROLE_TEXT, "left out: %s, more than a walk tries",
			part_count(d, s->hosts_left_out.n, "MX host"));
	for (i = 0; i < s->host_count; i++)
		for (k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (t->skip != SKIP_NONE)
				doc_fieldf(d, 0, "", ROLE_TEXT, "untested: %s of %s (%s)",
					doc_shown(d, t->address), doc_shown(d, t->host),
					skip_words(t->skip));
		}
}

/* What the modes would do, where there is a choice to be made or somebody holds another policy. */
static void
mode_rows(struct doc *d, const struct view_input *in)
{
	const struct outlook *o = in->judgement->outlook;
	const bool is_settled = o->scene->mode == POLICY_MODE_ENFORCE && o->ready == READY_YES;
	bool has_other = false;

	if (o->scene->host_count == 0 || o->scene->mx < SIM_MX_IS_IMPLICIT)
		return;
	for (size_t i = 0; i < o->cached_count; i++)
		has_other |= !o->cached[i].is_published;
	if ((!o->has_patterns || is_settled) && !has_other)
		return;
	doc_heading(d, "What senders do by mode");
	part_columns(d, in, 0);
	doc_blank(d);
}

static void
sender_rows(struct doc *d, const struct view_input *in)
{
	if (!in->judgement->is_final || !senders_differ(&d->arena, in->judgement))
		return;
	doc_heading(d, "Senders that do otherwise");
	part_senders(d, in, true, 0);
	doc_blank(d);
}

void
view_report(const struct view_input *in, struct doc *out)
{
	static const char *const exits[] = { "nothing is wrong", "warnings only",
		"at least one error", "could not tell: the fault is on this side" };
	const struct judgement *j = in->judgement;

	doc_init(out);
	out->title = safe_text(&out->arena, session_domain(in->session), 0);
	title_rows(out, in);
	part_mail_now(out, j, 0);
	part_since_field(out, in);
	doc_blank(out);
	act_rows(out, j);
	part_ways_out(out, in);
	mode_rows(out, in);
	sender_rows(out, in);
	stage_rows(out, in);
	cover_rows(out, in);
	doc_fieldf(out, 0, "Found", ROLE_TEXT, "%s", part_counts(out, j));
	doc_fieldf(out, 0, "Exit", ROLE_TEXT, "%d, %s%s", j->exit,
		j->exit == 3 && was_stopped(j) ? "could not tell: the walk was stopped"
					       : exits[j->exit & 3],
		j->is_final ? "" : ", so far");
}
