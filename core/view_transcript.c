/* The transcript: the first page, then all the evidence, then how to get it again by hand. */
#include "core/transcript.h"

#include <inttypes.h>

#include "core/view_parts.h"

static void
evidence_rows(struct doc *d, const struct session *s, const struct finding *f)
{
	for (size_t i = 0; i < f->evidence_count; i++) {
		const struct event *e = session_event(s, f->evidence[i]);
		struct row *r;

		if (e == NULL)
			continue;
		r = doc_row(d, ROW_VERBATIM, 2);
		row_text(d, r, ROLE_DIM, "%6" PRIu32 " %s ", e->seq, part_offset(d, e->us));
		if (!str_starts(e->job, STR("dns:")))
			row_text(d, r, ROLE_DIM, "%s ", doc_shown(d, e->job));
		part_event(d, r, e);
	}
}

static void
finding_parts(struct doc *d, const struct transcript *t)
{
	const struct judgement *j = t->in->judgement;
	size_t shown = 0;

	part_section(d, "Findings");
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		struct row *r;

		if (!transcript_has_finding(t, f))
			continue;
		shown++;
		r = doc_row(d, ROW_TEXT, 0);
		part_severity(d, r, f->severity);
		row_text(d, r, ROLE_TEXT, "  %s%s", f->type->title, f->subject.n > 0 ? ": " : "");
		row_bytes(d, r, ROLE_HEADER, f->subject);
		part_finding(d, f, 2, true);
		evidence_rows(d, t->in->session, f);
		doc_blank(d);
	}
	if (shown == 0)
		doc_text(d, 0, ROLE_TEXT, "none");
}

static void
route_row(struct doc *d, const struct session *s, enum family family)
{
	doc_fieldf(d, 0, family == FAMILY_IPV4 ? "IPv4" : "IPv6", ROLE_TEXT, "%s",
		!s->is_route_known[family] ? "not needed"
		: s->has_route[family]     ? "has a route"
					   : "no route from here");
}

/* The addresses that the other side saw, without their ports. */
static void
source_row(struct doc *d, const struct session *s)
{
	struct strs seen = { 0 };

	for (size_t i = 0; i < s->attempt_count; i++) {
		const struct attempt *a = s->attempts[i];
		struct str source;
		size_t colon, k;

		if (a->connect == NULL || a->connect->source.n == 0)
			continue;
		source = a->connect->source;
		for (colon = source.n; colon > 0 && source.p[colon - 1] != ':'; colon--)
			;
		source = str_sub(source, 0, colon > 0 ? colon - 1 : source.n);
		for (k = 0; k < seen.n && !str_eq(seen.v[k], source); k++)
			;
		if (k == seen.n)
			arena_push(&d->arena, &seen, source);
	}
	doc_fieldf(d, 0, "Sources", ROLE_TEXT, "%s",
		seen.n > 0 ? part_list(d, seen, ", ") : "none was connected");
}

static void
vantage_rows(struct doc *d, const struct session *s)
{
	const struct ev_walk_start *start = s->start;

	if (start == NULL)
		return;
	part_section(d, "Seen from");
	doc_field(d, 0, "Host", ROLE_TEXT, start->host);
	doc_field(d, 0, "EHLO", ROLE_TEXT, start->ehlo);
	source_row(d, s);
	route_row(d, s, FAMILY_IPV4);
	route_row(d, s, FAMILY_IPV6);
	doc_fieldf(d, 0, "Resolver", ROLE_TEXT, "%s; its AD bit %s",
		start->resolvers.n > 0 ? part_list(d, start->resolvers, ", ") : "none",
		start->is_ad_trusted ? "counts" : "does not count");
	doc_fieldf(d, 0, "Trust", ROLE_TEXT, "%s, %s",
		start->trust_store.n > 0 ? doc_shown(d, start->trust_store) : "no store",
		part_count(d, (size_t)(start->anchors > 0 ? start->anchors : 0), "anchor"));
	if (part_controls(d, s) != NULL)
		doc_fieldf(d, 0, "Controls", ROLE_TEXT, "%s", part_controls(d, s));
}

static void
cover_rows(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;

	part_section(d, "Coverage");
	doc_fieldf(d, 0, "Tested", ROLE_TEXT, "%s", part_coverage(d, t->in->judgement));
	for (size_t i = 0; i < s->host_count; i++)
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *a = s->hosts[i]->addresses[k];

			if (a->skip != SKIP_NONE && transcript_has_host(t, a->host))
				doc_fieldf(d, 0, "Untested", ROLE_TEXT, "%s of %s: %s",
					doc_shown(d, a->address), doc_shown(d, a->host),
					skip_words(a->skip));
		}
	if (s->hosts_left_out.n > 0 && t->scope.n == 0)
		doc_fieldf(
			d, 0, "Left out", ROLE_TEXT, "%s", part_list(d, s->hosts_left_out, ", "));
	for (size_t i = 0; i < s->fault_count; i++)
		doc_fieldf(d, 0, "Fault here", ROLE_STATE_UNKNOWN, "%s: %s",
			doc_shown(d, s->faults[i]->what), doc_shown(d, s->faults[i]->error));
}

/* A host's own questions, and the TLSA records at its name. */
static bool
lookup_belongs(const struct transcript *t, const struct lookup *l)
{
	return t->scope.n == 0 || l->role == LOOKUP_MX || name_eq(l->name, t->scope) ||
	       name_is_under(l->name, t->scope);
}

static void
answer_row(struct doc *d, const struct lookup *l)
{
	const struct ev_dns_answer *answer = l->answer;
	struct row *r = doc_row(d, ROW_VERBATIM, 0);

	row_text(d, r, ROLE_HEADER, "; %s %s: %s", rrtype_name(l->type),
		l->name.n > 0 ? doc_shown(d, l->name) : ".", lookup_status_name(l->status));
	if (answer == NULL)
		return;
	row_text(d, r, ROLE_DIM, "%s%s, from %s, %s", answer->is_ad ? ", AD" : "",
		answer->is_tcp ? ", TCP" : "",
		answer->resolver.n > 0 ? doc_shown(d, answer->resolver) : "nobody",
		part_ms(d, l->end_us - l->start_us));
	if (answer->cname.n > 0)
		row_text(d, r, ROLE_TEXT, ", by way of %s", part_list(d, answer->cname, ", "));
	if (answer->ede_code >= 0)
		row_text(d, r, ROLE_TEXT, ", EDE %" PRId64 " %s", answer->ede_code,
			doc_shown(d, answer->ede_text));
	if (answer->error.n > 0)
		row_text(d, r, ROLE_TEXT, ", %s", doc_shown(d, answer->error));
}

static void
record_rows(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;

	part_section(d, "Records");
	for (size_t i = 0; i < s->lookup_count; i++) {
		const struct lookup *l = s->lookups[i];

		if (!lookup_belongs(t, l))
			continue;
		answer_row(d, l);
		for (size_t k = 0; k < l->count; k++) {
			const struct ev_dns_record *record = l->records[k];
			const char *quote = record->type == RRTYPE_TXT ? "\"" : "";
			struct row *r = doc_row(d, ROW_VERBATIM, 0);

			row_text(d, r, ROLE_TEXT, "%s %" PRId64 " %s ", doc_shown(d, record->owner),
				record->ttl_s, rrtype_name(record->type));
			if (record->preference >= 0)
				row_text(d, r, ROLE_TEXT, "%" PRId64 " ", record->preference);
			row_text(d, r, ROLE_TEXT, "%s%s%s", quote, doc_shown(d, record->data),
				quote);
			if (record->strings.n > 1)
				row_text(d, r, ROLE_DIM, "  ; %zu strings", record->strings.n);
		}
	}
}

static void
hands(struct doc *d, const struct transcript *t, const struct mx_host *host, const char *label,
	const char *template)
{
	doc_command(d, 0, label,
		by_hand_expand(
			&d->arena, template, t->in->session, host, NULL, STR_EMPTY, STR_EMPTY));
}

/* What to type to see each step again, without this program. */
static void
hand_rows(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;

	part_section(d, "By hand");
	if (t->scope.n == 0) {
		hands(d, t, NULL, "Records", "dig TXT _mta-sts.{D}\ndig TXT _smtp._tls.{D}");
		hands(d, t, NULL, "Policy", "dig A mta-sts.{D}\ndig AAAA mta-sts.{D}\nEACH FETCH");
	}
	hands(d, t, NULL, "MX", "dig MX {D}");
	for (size_t i = 0; i < s->host_count; i++)
		if (transcript_has_host(t, s->hosts[i]->name))
			hands(d, t, s->hosts[i], doc_shown(d, s->hosts[i]->name),
				"dig A {H}\ndig AAAA {H}\nTLSA\nEACH SMTPS");
}

static void
session_rows(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;

	part_section(d, "This session");
	doc_fieldf(d, 0, "Judged by", ROLE_TEXT, "stswalk %s", STSWALK_VERSION);
	if (s->recorded_by.n > 0)
		doc_fieldf(
			d, 0, "Recorded by", ROLE_TEXT, "stswalk %s", doc_shown(d, s->recorded_by));
	doc_fieldf(d, 0, "Events", ROLE_TEXT, "%zu in %s; %s", s->event_count,
		part_seconds(d, session_lasted_us(s)),
		s->is_ended ? end_words(s->end_reason) : "the end is missing");
	if (s->start != NULL && s->start->redacted.n > 0)
		doc_fieldf(
			d, 0, "Redacted", ROLE_TEXT, "%s", part_list(d, s->start->redacted, ", "));
	if (t->sha256 != NULL)
		doc_fieldf(d, 0, "SHA-256", ROLE_TEXT, "%s of its session file", t->sha256);
}

/* What operators wrote down, with the time. */
static void
note_rows(struct doc *d, const struct session *s)
{
	bool has_any = false;

	for (size_t i = 0; i < s->event_count; i++) {
		const struct ev_note *note = s->events[i]->payload;

		if (s->events[i]->kind != EV_NOTE)
			continue;
		if (!has_any)
			part_section(d, "Notes");
		has_any = true;
		doc_fieldf(d, 0, part_stamp(d, note->at_ms / 1000), ROLE_TEXT, "%s",
			doc_shown(d, note->text));
	}
}

void
view_transcript(const struct transcript *t, struct doc *out)
{
	view_first_page(t, out);
	note_rows(out, t->in->session);
	finding_parts(out, t);
	vantage_rows(out, t->in->session);
	cover_rows(out, t);
	record_rows(out, t);
	part_connections(out, t);
	part_pem(out, t);
	hand_rows(out, t);
	session_rows(out, t);
}
