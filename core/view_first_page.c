/* The first page of a transcript: what a vendor reads before anything else. */
#include "core/transcript.h"
#include "core/view_parts.h"

#include <inttypes.h>
#include <stdarg.h>

bool
transcript_has_host(const struct transcript *t, struct str host)
{
	return t->scope.n == 0 || name_eq(host, t->scope);
}

bool
transcript_has_finding(const struct transcript *t, const struct finding *f)
{
	if (t->scope.n == 0)
		return true;
	if (f->host != NULL)
		return name_eq(f->host->name, t->scope);
	return f->attempt != NULL && name_eq(f->attempt->host, t->scope);
}

static bool
is_serious(const struct transcript *t, const struct finding *f)
{
	return f->severity > SEVERITY_INFO && transcript_has_finding(t, f);
}

void
part_section(struct doc *d, const char *format, ...)
{
	va_list args;
	struct row *r;

	if (d->count > 0 && d->rows[d->count - 1].kind != ROW_BLANK)
		doc_blank(d);
	r = doc_row(d, ROW_HEADING, 0);
	row_cell(d, r);
	va_start(args, format);
	row_vtext(d, r, ROLE_HEADER, format, args);
	va_end(args);
}

/* "a time to live", in words, of a lookup that may not have been answered. */
static const char *
ttl_words(struct doc *d, const struct lookup *l)
{
	if (l == NULL || l->answer == NULL || l->answer->ttl_s < 0)
		return "its TTL";
	return TEXT(d, "its TTL of %s", part_span(d, (uint64_t)l->answer->ttl_s));
}

static const char *
policy_expect(struct doc *d, const struct session *s)
{
	const char *ttl = ttl_words(d, s->txt_lookup);

	if (!s->has_policy || !s->policy.is_max_age_ok)
		return TEXT(d, "senders fetch it anew once the record has a new id and %s is over",
			ttl);
	return TEXT(d,
		"senders fetch it anew once the record has a new id and %s is over; one that "
		"never asks again keeps the old policy for %s at most",
		ttl, part_span(d, s->policy.max_age_s));
}

/* The MX stage tells of three things: the policy, records in DNS, and servers. */
static const char *
mx_expect(struct doc *d, const struct session *s, const struct finding *f)
{
	const struct str id = str_of(f->type->name);

	if (f->type->id == FINDING_MX_NOT_IN_POLICY || f->type->id == FINDING_MX_NONE_IN_POLICY)
		return policy_expect(d, s);
	if (f->attempt == NULL && f->blame != BLAME_DNS &&
		f->type->id != FINDING_MX_ALL_UNREACHABLE &&
		f->type->id != FINDING_MX_BACKUP_AT_RISK &&
		(str_starts(id, STR("mx-")) || str_starts(id, STR("domain-"))))
		return TEXT(d, "senders see the new records once %s is over",
			ttl_words(d, s->mx_lookup));
	return "the next connection sees it; mail that waits goes out when the sender tries again";
}

/* What happens after the fix, and when. */
static const char *
expect_words(struct doc *d, const struct session *s, const struct finding *f)
{
	static const char from_here[] = "the next walk from here tells more";

	if (f->severity == SEVERITY_INCONCLUSIVE || f->blame == BLAME_LOCAL ||
		f->blame == BLAME_NETWORK)
		return from_here;
	switch (f->stage) {
	case STAGE_ENV:
		return from_here;
	case STAGE_TXT:
		return TEXT(d, "senders see the new record once %s is over",
			ttl_words(d, s->txt_lookup));
	case STAGE_HTTPS:
		return "senders see it at their next fetch; those that hold a policy go on with it "
		       "until then";
	case STAGE_POLICY:
		return policy_expect(d, s);
	case STAGE_MX:
		return mx_expect(d, s, f);
	case STAGE_TLSRPT:
		return TEXT(d, "reports of the next day, once %s is over",
			ttl_words(d, s->tlsrpt_lookup));
	case STAGE_VERDICT:
	case stage_count:
		break;
	}
	return "the next walk shows it";
}

static void
title_rows(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;
	struct row *r = doc_row(d, ROW_TEXT, 0);

	row_bytes(d, r, ROLE_TITLE, session_domain(s));
	if (s->start != NULL && !str_eq(s->start->domain_unicode, s->start->domain))
		row_text(d, r, ROLE_TITLE, " (%s)", doc_shown(d, s->start->domain_unicode));
	row_text(d, r, ROLE_TITLE, ": ");
	row_bytes(d, r, ROLE_TITLE, t->in->judgement->headline);
	r->severity = t->in->judgement->severity;
	if (t->scope.n > 0)
		doc_text(d, 0, ROLE_TEXT, "this is the part of %s only", doc_shown(d, t->scope));
	if (s->start == NULL)
		return;
	doc_text(d, 0, ROLE_DIM, "as of %s, from %s, %s%s", part_stamp(d, session_as_of_s(s)),
		doc_shown(d, s->start->host),
		s->start->resolvers.n > 0 ? "resolver " : "no resolver",
		part_list(d, s->start->resolvers, " "));
	part_rounds(d, s);
	if (s->start->rehearsal.n > 0)
		doc_text(d, 0, ROLE_STATE_WARN, "a rehearsal (%s): not what senders see",
			part_list(d, s->start->rehearsal, " "));
	part_planned(d, t->in, 0);
	if (s->start->redacted.n > 0)
		doc_text(d, 0, ROLE_STATE_WARN, "redacted: %s",
			part_list(d, s->start->redacted, ", "));
}

/* The first of its commands, enough to see whether it is well again. */
static struct str
first_command(const struct finding *f)
{
	struct str rest = f->by_hand, line = STR_EMPTY;

	str_split(&rest, '\n', &line);
	return line;
}

static void
finding_rows(struct doc *d, const struct transcript *t, const struct finding *f)
{
	struct row *r = doc_row(d, ROW_TEXT, 0);

	r->hang = 2;
	part_severity(d, r, f->severity);
	row_text(d, r, ROLE_TEXT, "  %s%s", f->type->title, f->subject.n > 0 ? ": " : "");
	row_bytes(d, r, ROLE_HEADER, f->subject);
	doc_fieldf(d, 2, "Who", ROLE_TEXT, "%s%s%s", blame_name(f->blame), f->who.n > 0 ? ": " : "",
		f->who.n > 0 ? doc_shown(d, f->who) : "");
	doc_field(d, 2, "Do", ROLE_TEXT, f->fix);
	doc_command(d, 2, "Verify", first_command(f));
	doc_fieldf(d, 2, "Expect", ROLE_TEXT, "%s", expect_words(d, t->in->session, f));
}

static void
act_rows(struct doc *d, const struct transcript *t, size_t most)
{
	const struct judgement *j = t->in->judgement;
	size_t serious = 0, shown = 0, i;

	for (i = 0; i < j->count; i++)
		serious += is_serious(t, &j->findings[i]) ? 1 : 0;
	part_section(d, "Who must act");
	if (serious == 0)
		doc_text(d, 0, ROLE_TEXT, "%s", part_nobody(d, j));
	for (i = 0; i < j->count && shown < most; i++) {
		if (!is_serious(t, &j->findings[i]))
			continue;
		finding_rows(d, t, &j->findings[i]);
		shown++;
	}
	if (serious > shown)
		doc_text(d, 0, ROLE_DIM, "%s%s: in the whole report", shown > 0 ? "and " : "",
			shown > 0 ? TEXT(d, "%zu more", serious - shown)
				  : part_count(d, serious, "finding"));
}

void
part_first_page(struct doc *d, const struct transcript *t, size_t findings_most)
{
	title_rows(d, t);
	doc_blank(d);
	part_mail_now(d, t->in->judgement, 0);
	act_rows(d, t, findings_most);
	doc_blank(d);
	doc_fieldf(d, 0, "Cover", ROLE_TEXT, "%s", part_coverage(d, t->in->judgement));
	doc_fieldf(d, 0, "Found", ROLE_TEXT, "%s", part_counts(d, t->in->judgement));
}

static size_t
line_count(const struct doc *d)
{
	const struct layout_options options = { .columns = 78 };
	struct layout l;
	size_t n;

	doc_layout(d, &options, &l);
	n = l.count;
	layout_release(&l);
	return n;
}

/* As many findings as there is room for; the page of none always fits. */
void
view_first_page(const struct transcript *t, struct doc *out)
{
	size_t most = FIRST_PAGE_LINES / 5;

	for (;; most--) {
		doc_init(out);
		out->title = safe_text(&out->arena, session_domain(t->in->session), 0);
		part_first_page(out, t, most);
		if (most == 0 || line_count(out) <= FIRST_PAGE_LINES)
			return;
		doc_release(out);
	}
}
