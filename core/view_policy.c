/* Stage 3: the policy file, line by line, with what each line means (RFC 8461 3.2). */
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column line_columns[] = {
	{ "Ln", 3, 0, false, true, false },
	{ "Policy text as received", 28, 0, true, false, false },
	{ "Meaning", 24, 0, true, false, false },
};

static const char *const note_words[] = {
	[POLICY_NOTE_NONE] = "",
	[POLICY_NOTE_SYNTAX] = "not \"key: value\"",
	[POLICY_NOTE_BLANK] = "blank: some senders refuse it",
	[POLICY_NOTE_VERSION_BAD] = "the only version is STSv1",
	[POLICY_NOTE_MODE_UNKNOWN] = "enforce, testing or none",
	[POLICY_NOTE_MAX_AGE_BAD] = "a number of seconds, digits only",
	[POLICY_NOTE_MAX_AGE_OVER] = "more than a year; at most 31557600",
	[POLICY_NOTE_MX_BAD] = "no host name",
	[POLICY_NOTE_MX_SEVERAL] = "one name a line",
	[POLICY_NOTE_KEY_CASE] = "keys are lower case",
	[POLICY_NOTE_KEY_UNKNOWN] = "ignored by rule",
	[POLICY_NOTE_KEY_DUPLICATE] = "only the first counts",
};

static bool
is_harmless(enum policy_note note)
{
	return note == POLICY_NOTE_NONE || note == POLICY_NOTE_KEY_UNKNOWN ||
	       note == POLICY_NOTE_KEY_DUPLICATE;
}

static size_t
hosts_matched(const struct session *s, unsigned line)
{
	size_t i, k, n = 0;

	for (k = 0; k < s->policy.mx_count; k++) {
		if (s->policy.mx[k].line != line || !s->policy.mx[k].is_valid)
			continue;
		for (i = 0; i < s->host_count; i++)
			n += match_name(s->policy.mx[k].text, s->hosts[i]->name).miss ==
					     MATCH_MISS_NONE
				     ? 1
				     : 0;
	}
	return n;
}

/* What a good line tells a sender. */
static const char *
meaning(struct doc *d, const struct session *s, const struct policy_line *l, bool is_brief)
{
	static const char *const modes[] = {
		[POLICY_MODE_UNKNOWN] = "no mode that senders know",
		[POLICY_MODE_NONE] = "no policy applies: the way out of MTA-STS",
		[POLICY_MODE_TESTING] = "failures are reported, mail is delivered",
		[POLICY_MODE_ENFORCE] = "failing hosts are passed over",
	};

	if (str_is(l->key, "version"))
		return "required, exact, on any line";
	if (str_is(l->key, "mode"))
		return modes[s->policy.mode];
	if (str_is(l->key, "max_age"))
		return TEXT(d, "%s%s", is_brief ? "" : "senders keep this for ",
			part_span(d, s->policy.max_age_s));
	if (str_is(l->key, "mx"))
		return s->host_count == 0 ? "a pattern for MX hosts"
					  : TEXT(d, "%s%zu of %s", is_brief ? "" : "matches ",
						    hosts_matched(s, l->number),
						    part_count(d, s->host_count, "MX host"));
	return "";
}

static const struct finding *
finding_of(const struct judgement *j, unsigned line)
{
	size_t i;

	for (i = 0; i < j->count; i++)
		if (j->findings[i].stage == STAGE_POLICY && j->findings[i].line == line)
			return &j->findings[i];
	return NULL;
}

static void
key_value(struct doc *d, struct row *r, const struct policy_line *l)
{
	size_t behind = l->key.n;

	if (l->key.n == 0 || !str_starts(l->text, l->key)) {
		row_bytes(d, r, ROLE_STATE_FAIL, l->text);
		return;
	}
	row_bytes(d, r, ROLE_POLICY_KEY, l->key);
	row_bytes(d, r, ROLE_POLICY_VALUE, str_skip(l->text, behind));
}

static void
caret_row(struct doc *d, size_t table, const struct policy_line *l)
{
	struct row *r = doc_table_row(d, table, 1);
	unsigned before = safe_text(&d->arena, str_sub(l->text, 0, l->note_at), 0).width;

	row_cell(d, r);
	part_cell(d, r, ROLE_STATE_FAIL, "%*s^", (int)before, "");
	row_cell(d, r);
	if (l->mx_fault != MX_FAULT_NONE)
		row_text(d, r, ROLE_STATE_FAIL, "%s", mx_fault_text(l->mx_fault));
	if (l->meant.n > 0)
		row_text(d, r, ROLE_TEXT, "%sprobably %s", l->mx_fault != MX_FAULT_NONE ? "; " : "",
			doc_shown(d, l->meant));
}

static void
line_row(struct doc *d, size_t table, const struct view_input *in, const struct policy_line *l)
{
	const struct finding *f = finding_of(in->judgement, l->number);
	enum severity severity = f                      ? f->severity
				 : is_harmless(l->note) ? SEVERITY_OK
							: SEVERITY_WARNING;
	struct row *r = doc_table_row(d, table, 1);

	row_id(d, r, "line:%u", l->number);
	r->target = (struct target){
		.kind = TARGET_LINE, .stage = STAGE_POLICY, .index = l->number
	};
	r->severity = severity;
	part_cell(d, r, ROLE_DIM, "%u", l->number);
	row_cell(d, r);
	key_value(d, r, l);
	row_cell(d, r);
	row_glyph(d, r, severity_role(severity), severity_glyph(severity));
	if (f)
		row_text(d, r, severity_role(severity), " %s", f->type->name);
	row_text(d, r, ROLE_TEXT, "%s%s", f ? ", " : " ",
		l->note == POLICY_NOTE_NONE ? meaning(d, in->session, l, f != NULL)
					    : note_words[l->note]);
	if (!is_harmless(l->note) && l->note != POLICY_NOTE_BLANK)
		caret_row(d, table, l);
}

static void
end_row(struct doc *d, size_t table, const struct policy *p)
{
	enum policy_eol eol = p->line_count > 0 ? p->lines[p->line_count - 1].eol : POLICY_EOL_NONE;
	struct row *r = doc_table_row(d, table, 1);

	row_id(d, r, "line:end");
	part_cell(d, r, ROLE_DIM, "-");
	part_cell(d, r, ROLE_DIM, "(end, %s, %zu bytes)",
		p->has_lf && p->has_crlf ? "LF and CRLF mixed"
		: p->has_crlf            ? "CRLF"
		: p->has_lf              ? "LF"
					 : "no line end",
		p->body.n);
	part_cell(d, r, ROLE_TEXT, "%s",
		eol == POLICY_EOL_NONE ? "the last line has no line end" : "ends with a line end");
}

/* What is odd about the body as a whole. */
static void
body_rows(struct doc *d, const struct policy *p)
{
	const struct {
		bool is_so;
		const char *words;
	} oddities[] = {
		{ p->is_empty, "the body is empty" },
		{ p->looks_like_html, "this is a web page, not a policy" },
		{ p->has_bom, "it begins with a byte order mark, which belongs to no key" },
		{ p->is_utf16, "it is UTF-16; the policy is ASCII text" },
		{ p->has_nul, "it holds NUL bytes" },
		{ p->has_bare_cr, "lines end with CR alone" },
		{ !p->is_empty && p->version_line == 0, "no version line" },
		{ !p->is_empty && p->mode_line == 0, "no mode line" },
		{ !p->is_empty && p->max_age_line == 0, "no max_age line" },
		{ !p->is_empty && p->mx_count == 0 && p->mode != POLICY_MODE_NONE, "no mx line" },
		{ p->total_lines > p->line_count, "lines over the limit are left out" },
	};
	size_t i;

	for (i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++) {
		struct row *r;

		if (!oddities[i].is_so)
			continue;
		r = doc_row(d, ROW_TEXT, 1);
		row_glyph(d, r, ROLE_STATE_FAIL, GLYPH_FAIL);
		row_text(d, r, ROLE_STATE_FAIL, " %s", oddities[i].words);
		r->severity = SEVERITY_ERROR;
	}
}

/* Each pattern against each host, where none matches. */
static void
host_rows(struct doc *d, const struct session *s)
{
	size_t i;

	for (i = 0; i < s->host_count; i++) {
		const struct mx_host *host = s->hosts[i];

		if (!host->has_match || host->match.is_match ||
			host->match.nearest >= s->policy.mx_count)
			continue;
		doc_heading(d, "%s matches no line", doc_shown(d, host->name));
		part_labels(d, 3, "mx:", s->policy.mx[host->match.nearest].text, "MX name",
			host->name, host->match.near);
	}
}

void
view_policy(const struct view_input *in, struct doc *out)
{
	const struct policy *p = &in->session->policy;
	size_t table, i;

	doc_init(out);
	out->title = safe_literal("3 Policy");
	if (!in->session->has_policy) {
		doc_text(out, 1, ROLE_DIM, "no policy was fetched%s",
			in->judgement->is_final ? ": see stage 2" : " so far");
		return;
	}
	body_rows(out, p);
	table = doc_table(out, line_columns, 3);
	doc_table_head(out, table, 1);
	for (i = 0; i < p->line_count; i++)
		line_row(out, table, in, &p->lines[i]);
	end_row(out, table, p);
	doc_blank(out);
	doc_text(out, 1, p->is_valid ? ROLE_STATE_OK : ROLE_STATE_FAIL, "%s",
		!p->is_valid ? "not a valid policy: senders act as without one, or by the "
			       "one they still hold"
		: session_txt_is_usable(in->session)
			? "a valid policy"
			: "a valid policy, but no usable TXT record announces it");
	host_rows(out, in->session);
}
