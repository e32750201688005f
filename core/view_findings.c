/* The list of findings, one of them whole, and the catalogue (explain). */
#include "core/differs.h"
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column finding_columns[] = {
	{ "Sev", 7, 0, false, false, false },
	{ "Stage", 8, 0, false, false, false },
	{ "Subject", 12, 18, false, false, true },
	{ "Finding", 16, 0, true, false, false },
};

static const struct column catalogue_columns[] = {
	{ "Id", 24, 0, false, false, false },
	{ "Severity", 7, 0, false, false, false },
	{ "What", 20, 0, true, false, false },
};

/* How many of the same kind and subject stand before it: rows must have different ids. */
static size_t
same_before(const struct judgement *j, size_t index)
{
	const struct finding *f = &j->findings[index];
	size_t i, n = 0;

	for (i = 0; i < index; i++)
		n += j->findings[i].type == f->type && str_eq(j->findings[i].subject, f->subject)
			     ? 1
			     : 0;
	return n;
}

/* Names under the domain by what stands before it, to leave room for what is wrong with them. */
static void
subject_cell(struct doc *d, struct row *r, const struct session *s, const struct finding *f)
{
	const struct str name = str_sub(f->subject, 0, str_find(f->subject, ' '));

	row_cell(d, r);
	row_text(d, r, ROLE_TEXT, "%s", part_short_host(d, s, name));
	row_bytes(d, r, ROLE_TEXT, str_skip(f->subject, name.n));
}

void
view_findings(const struct view_input *in, struct doc *out)
{
	const struct judgement *j = in->judgement;
	size_t table, i;

	doc_init(out);
	out->title = safe_literal("Findings");
	if (j->count == 0) {
		doc_text(out, 3, ROLE_TEXT,
			j->is_final ? "nothing was found wrong" : "nothing found so far");
		return;
	}
	table = doc_table(out, finding_columns, 4);
	out->tables[table].spare = 1; /* the stage */
	out->tables[table].spare_from = 72;
	doc_table_head(out, table, 3);
	for (i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		struct row *r = doc_table_row(out, table, 3);

		row_id(out, r, "finding:%s/%s/%zu", f->type->name, doc_shown(out, f->subject),
			same_before(j, i));
		r->target = (struct target){
			.kind = TARGET_FINDING, .stage = f->stage, .index = i
		};
		row_cell(out, r);
		part_severity(out, r, f->severity);
		part_cell(out, r, ROLE_TEXT, "%s %s", stage_words(f->stage)->number,
			stage_words(f->stage)->brief);
		subject_cell(out, r, in->session, f);
		part_cell(out, r, ROLE_TEXT, "%s", f->type->title);
	}
}

static const struct event *
event_by_seq(const struct session *s, uint32_t seq)
{
	size_t i;

	for (i = 0; i < s->event_count; i++)
		if (s->events[i]->seq == seq)
			return s->events[i];
	return NULL;
}

void
view_finding(const struct view_input *in, size_t index, struct doc *out)
{
	const struct finding *f;
	struct row *r;
	size_t i;

	doc_init(out);
	out->title = safe_literal("Finding");
	if (index >= in->judgement->count) {
		doc_text(out, 1, ROLE_DIM, "no such finding");
		return;
	}
	f = &in->judgement->findings[index];
	r = doc_row(out, ROW_TEXT, 1);
	part_severity(out, r, f->severity);
	row_text(out, r, ROLE_HEADER, "  %s: %s", f->type->title, doc_shown(out, f->subject));
	doc_blank(out);
	part_finding(out, f, 1, true);
	if (f->evidence_count == 0)
		return;
	doc_heading(out, "Evidence");
	for (i = 0; i < f->evidence_count; i++) {
		const struct event *e = event_by_seq(in->session, f->evidence[i]);

		if (!e)
			continue;
		r = doc_row(out, ROW_VERBATIM, 1);
		row_text(out, r, ROLE_DIM, "%6" PRIu32 " %s ", e->seq, part_offset(out, e->us));
		if (!str_starts(e->job, STR("dns:")))
			row_text(out, r, ROLE_DIM, "%s ", doc_shown(out, e->job));
		part_event(out, r, e);
	}
}

/* The commands of an entry for example names: those of a walk that has only just begun. */
static struct str
sample_commands(struct arena *a, const char *template)
{
	const struct ev_walk_start start = {
		.domain = STR("example.com"),
		.ehlo = STR("mail.example.net"),
		.https_port = 443,
		.smtp_port = 25,
	};
	const struct event begin = { .job = STR("walk"), .kind = EV_WALK_START, .payload = &start };
	const struct mx_host host = { .name = STR("mx1.example.com") };
	struct session s;
	struct str all;

	session_init(&s);
	session_apply(&s, &begin);
	all = by_hand_expand(a, template, &s, &host, NULL, STR("..."), STR("..."));
	session_release(&s);
	return all;
}

void
view_explain(const struct finding_type *type, struct doc *out)
{
	doc_init(out);
	out->title = safe_literal(type->name);
	doc_text(out, 0, ROLE_HEADER, "%s: %s", type->name, type->title);
	doc_blank(out);
	doc_fieldf(out, 1, "Severity", ROLE_TEXT, "%s", type->severity);
	doc_fieldf(out, 1, "Effect", ROLE_TEXT, "%s", type->effect);
	if (type->result[0] && !str_is(str_of(type->result), "-"))
		doc_fieldf(
			out, 1, "Report", ROLE_TEXT, "TLSRPT senders likely say %s", type->result);
	if (!str_is(str_of(type->rfc), "-"))
		doc_field(out, 1, "Rule", ROLE_TEXT, str_of(type->rfc));
	doc_field(out, 1, "Also", ROLE_TEXT, str_of(type->alias));
	doc_field(out, 1, "Means", ROLE_TEXT, finding_example(&out->arena, type->means));
	doc_field(out, 1, "Do", ROLE_TEXT, finding_example(&out->arena, type->fix));
	doc_field(out, 1, "Differ", ROLE_TEXT, finding_differs(&out->arena, type->name));
	doc_command(out, 1, "Hand", sample_commands(&out->arena, type->hand));
}

void
view_explain_list(struct doc *out)
{
	size_t table, i;

	doc_init(out);
	out->title = safe_literal("Catalogue of findings");
	table = doc_table(out, catalogue_columns, 3);
	doc_table_head(out, table, 0);
	for (i = 0; i < finding_count; i++) {
		const struct finding_type *type = finding_type((enum finding_id)i);
		struct row *r = doc_table_row(out, table, 0);

		row_id(out, r, "explain:%s", type->name);
		part_cell(out, r, ROLE_TEXT, "%s", type->name);
		part_cell(out, r, ROLE_DIM, "%s", type->severity);
		part_cell(out, r, ROLE_TEXT, "%s", type->title);
	}
}
