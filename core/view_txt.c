/* Stage 1: the MTA-STS record (RFC 8461 3.1) and the TLSRPT record (RFC 8460 3). */
#include "core/view_parts.h"

#include <inttypes.h>

static const char *const txt_faults[] = {
	[TXT_FAULT_NONE] = "",
	[TXT_FAULT_LITERAL_QUOTES] = "quotes or backslashes are part of the data",
	[TXT_FAULT_NON_ASCII] = "not ASCII",
	[TXT_FAULT_VERSION] = "must begin with exactly v=STSv1;",
	[TXT_FAULT_SYNTAX] = "nothing may stand here",
	[TXT_FAULT_ID_MISSING] = "no id=",
	[TXT_FAULT_ID_BAD] = "id is made of A-Z a-z 0-9 only",
	[TXT_FAULT_ID_LONG] = "id is at most 32 characters",
};

static const char *const tlsrpt_faults[] = {
	[TLSRPT_FAULT_NONE] = "",
	[TLSRPT_FAULT_ABSENT] = "no TLSRPT record",
	[TLSRPT_FAULT_MULTIPLE] = "more than one record: none counts",
	[TLSRPT_FAULT_VERSION] = "must begin with exactly v=TLSRPTv1;",
	[TLSRPT_FAULT_SYNTAX] = "nothing may stand here",
	[TLSRPT_FAULT_RUA_MISSING] = "no rua=: reports have no place to go",
};

static const char *const rua_faults[] = {
	[RUA_FAULT_NONE] = "",
	[RUA_FAULT_SCHEME] = "neither mailto: nor https:",
	[RUA_FAULT_RAW_EXCLAMATION] = "'!' must be written %21",
	[RUA_FAULT_EMPTY] = "empty",
};

/* The record in quotes, and a mark under the byte where it goes wrong. */
static void
quoted(struct doc *d, struct str record, bool has_fault, size_t at, const char *fault)
{
	struct row *r = doc_row(d, ROW_VERBATIM, 1);
	unsigned before;

	row_text(d, r, ROLE_DIM, "\"");
	row_bytes(d, r, has_fault ? ROLE_STATE_FAIL : ROLE_TEXT, record);
	row_text(d, r, ROLE_DIM, "\"");
	if (!has_fault)
		return;
	r->severity = SEVERITY_ERROR;
	before = safe_text(&d->arena, str_sub(record, 0, at), 0).width + 1;
	r = doc_row(d, ROW_VERBATIM, 1);
	row_text(d, r, ROLE_STATE_FAIL, "%*s^", (int)before, "");
	doc_text(d, 1, ROLE_STATE_FAIL, "byte %zu: %s", at + 1, fault);
}

static void
lookup_rows(struct doc *d, const struct lookup *l)
{
	if (!l || !l->is_done) {
		doc_fieldf(d, 1, "Lookup", ROLE_DIM, "not here yet");
		return;
	}
	doc_fieldf(d, 1, "Lookup", ROLE_TEXT, "%s in %s", part_lookup_words(l->status),
		part_ms(d, l->end_us - l->start_us));
	if (!l->answer)
		return;
	if (l->answer->resolver.n > 0)
		doc_fieldf(d, 1, "From", ROLE_TEXT, "%s%s%s", doc_shown(d, l->answer->resolver),
			l->answer->is_tcp ? ", over TCP" : "",
			l->answer->is_ad ? ", AD bit set" : "");
	if (l->answer->ttl_s >= 0)
		doc_fieldf(d, 1, "TTL", ROLE_TEXT, "%" PRId64 " s (%s)", l->answer->ttl_s,
			part_span(d, (uint64_t)l->answer->ttl_s));
	if (l->answer->cname.n > 0)
		doc_fieldf(d, 1, "CNAME", ROLE_TEXT, "%s%s",
			part_list(d, l->answer->cname, ", then "),
			l->answer->is_cname_loop ? ", a loop" : "");
	if (l->answer->ede_code >= 0)
		doc_fieldf(d, 1, "EDE", ROLE_TEXT, "%" PRId64 " %s", l->answer->ede_code,
			doc_shown(d, l->answer->ede_text));
	doc_field(d, 1, "Error", ROLE_TEXT, l->answer->error);
}

static void
txt_record(struct doc *d, const struct txt_record *t, bool is_chosen)
{
	bool has_fault = t->is_near && !t->is_valid && t->fault != TXT_FAULT_NONE;

	quoted(d, t->text, has_fault, t->fault_at, txt_faults[t->fault]);
	if (!t->is_near)
		doc_text(d, 1, ROLE_DIM, "not about MTA-STS: left aside");
	else if (is_chosen && t->is_valid)
		doc_text(d, 1, ROLE_STATE_OK, "the record that counts");
}

static void
mta_sts_record(struct doc *d, const struct session *s)
{
	const struct txt_set *set = &s->txt;
	size_t i;

	doc_heading(d, "_mta-sts.%s TXT", doc_shown(d, session_domain(s)));
	for (i = 0; s->txt_lookup && s->txt_lookup->is_done && i < set->count; i++)
		txt_record(d, &set->records[i], &set->records[i] == set->chosen);
	if (set->verdict == TXT_VERDICT_MULTIPLE)
		doc_text(d, 1, ROLE_STATE_FAIL,
			"%u records begin with v=STSv1; and exactly one may: senders see none "
			"(RFC 8461 3.1)",
			set->candidates);
	if (set->chosen && set->chosen->is_valid)
		doc_fieldf(d, 1, "id", ROLE_TEXT,
			"%s   (senders fetch the policy again when it changes)",
			doc_shown(d, set->chosen->id));
	lookup_rows(d, s->txt_lookup);
}

static void
rua_row(struct doc *d, const struct tlsrpt_rua *rua)
{
	struct row *r = doc_row(d, ROW_FIELD, 1);
	bool is_good = rua->fault == RUA_FAULT_NONE;

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "rua");
	row_cell(d, r);
	part_ok(d, r, is_good);
	row_text(d, r, ROLE_TEXT, " ");
	row_bytes(d, r, is_good ? ROLE_TEXT : ROLE_STATE_FAIL, rua->uri);
	if (!is_good)
		row_text(d, r, ROLE_STATE_FAIL, "   %s", rua_faults[rua->fault]);
	r->severity = is_good ? SEVERITY_OK : SEVERITY_ERROR;
}

static void
tlsrpt_record(struct doc *d, const struct session *s)
{
	const struct tlsrpt *t = &s->tlsrpt;
	size_t i;

	doc_heading(d, "_smtp._tls.%s TXT", doc_shown(d, session_domain(s)));
	if (s->tlsrpt_lookup && s->tlsrpt_lookup->is_done) {
		for (i = 0; i < t->records.n; i++) {
			bool is_it = t->chosen.n > 0 && str_eq(t->records.v[i], t->chosen);

			quoted(d, t->records.v[i], is_it && t->fault != TLSRPT_FAULT_NONE,
				t->fault_at, tlsrpt_faults[t->fault]);
		}
		if (t->chosen.n == 0)
			doc_text(d, 1, ROLE_DIM, "%s: nobody reports to this domain what failed",
				tlsrpt_faults[t->fault == TLSRPT_FAULT_NONE ? TLSRPT_FAULT_ABSENT
									    : t->fault]);
		for (i = 0; i < t->rua_count; i++)
			rua_row(d, &t->rua[i]);
	}
	lookup_rows(d, s->tlsrpt_lookup);
}

void
part_txt(struct doc *d, const struct view_input *in)
{
	mta_sts_record(d, in->session);
	tlsrpt_record(d, in->session);
}
