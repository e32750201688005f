/* From a bounce to the cause: what it says, and what a walk says about it. */
#include "core/ndr.h"
#include "core/view_sim.h"

static const char *
state_words(const struct ndr *n)
{
	if (n->code.n == 0)
		return NULL;
	return n->is_permanent ? "given up: the message was returned"
			       : "queued there, and tried again";
}

static void
finding_row(struct doc *d, const struct view_input *in, struct str id)
{
	const struct finding_type *type = finding_by_name(id);
	struct row *r;

	if (type == NULL)
		return;
	for (size_t i = 0; in != NULL && i < in->judgement->count; i++) {
		const struct finding *f = &in->judgement->findings[i];

		if (f->type != type)
			continue;
		r = doc_row(d, ROW_TEXT, 2);
		row_id(d, r, "finding:%zu", i);
		r->target = (struct target){
			.kind = TARGET_FINDING, .stage = f->stage, .index = i
		};
		r->severity = f->severity;
		row_glyph(d, r, severity_role(f->severity), severity_glyph(f->severity));
		row_text(d, r, ROLE_TEXT, " %s  ", type->name);
		row_bytes(d, r, ROLE_HEADER, f->subject);
		row_text(d, r, ROLE_TEXT, "  true now");
		return;
	}
	doc_text(d, 2, ROLE_DIM, "%s  %s%s", type->name, type->title,
		in != NULL ? ": not seen by this walk" : "");
}

static void
match_rows(struct doc *d, const struct view_input *in, const struct ndr_match *m)
{
	struct str rest = str_of(m->type->findings), id;

	doc_fieldf(d, 1, "Sender", ROLE_TEXT, "%s (%s)", m->type->sender,
		m->is_certain ? "by its own words" : "likely, by the code alone");
	doc_fieldf(d, 1, "Meaning", ROLE_TEXT, "%s", m->type->meaning);
	doc_fieldf(d, 1, "Clock", ROLE_TEXT, "%s", m->type->clock);
	if (rest.n == 0)
		return;
	doc_text(d, 1, ROLE_HEADER,
		in != NULL ? "What the walk says about it" : "What a walk would look for");
	while (str_split(&rest, ' ', &id))
		finding_row(d, in, id);
}

void
view_ndr(const struct view_input *in, struct str text, struct doc *out)
{
	struct ndr n;
	size_t known;

	doc_init(out);
	out->title = safe_literal("Bounce");
	ndr_read(text, &n);
	ndr_types(&known);
	doc_heading(out, "What it says");
	if (n.code.n > 0)
		doc_fieldf(out, 1, "Code", ROLE_TEXT, "%s: %s", doc_shown(out, n.code),
			state_words(&n));
	if (n.count == 0)
		doc_text(out, 1, ROLE_TEXT,
			"No text that is known here: of %zu texts of senders about MTA-STS and "
			"DANE none stands in it.",
			known);
	for (size_t i = 0; i < n.count; i++) {
		if (i > 0)
			doc_blank(out);
		match_rows(out, in, &n.matches[i]);
	}
	if (n.lines > 1)
		doc_fieldf(out, 1, "Read", ROLE_DIM, "understood %zu of %zu lines", n.understood,
			n.lines);
}
