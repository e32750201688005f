/* A session as keys with values: what of it is compared. */
#include <inttypes.h>

#include "core/diff.h"
#include "core/outlook.h"
#include "core/senders.h"
#include "core/view_parts.h"

static void
add(struct diff_facts *f, enum diff_part part, unsigned rank, struct str key, struct str value,
	enum severity severity)
{
	if (f->n == f->cap) {
		const size_t more = f->cap > 0 ? 2 * f->cap : 64;

		f->v = arena_grow(f->arena, f->v, f->n, more, sizeof(*f->v));
		f->cap = more;
	}
	f->v[f->n++] = (struct diff_fact){ part, rank, key, value, severity, false };
}

/*
 * Which fields of which kind are facts. Fields that name the thing come before the bar, fields that
 * are its value behind it. A kind that is not listed is of the walk: when, from where, how long.
 */
static const struct {
	enum event_kind kind;
	const char *label;
	const char *names; /* "depth|subject issuer" */
	bool is_detail; /* follows from other facts */
} rules[] = {
	{ EV_DNS_RECORD, "", "type owner|preference data", false },
	{ EV_DNS_ANSWER, "lookup", "|status is_ad cname", true },
	{ EV_ROUTE, "route", "family|has_route", false },
	{ EV_HOSTS_LEFT_OUT, "hosts left out", "|hosts", false },
	{ EV_ATTEMPT_SKIP, "untested", "|reason", false },
	{ EV_CONNECT, "connection", "|outcome", true },
	{ EV_TLS_DONE, "TLS", "|outcome version cipher group", false },
	{ EV_CERT, "certificate", "depth|not_after_s subject is_sent sha256", false },
	{ EV_CERT_ERROR, "certificate error", "depth|code text", true },
	{ EV_CERT_VERDICT, "verified", "|is_trusted is_name_ok wanted ocsp", false },
	{ EV_SMTP_STEP, "", "phase|outcome code", false },
	{ EV_HTTP_DONE, "reply", "|outcome status content_type redirect", false },
};

static void
add_separated(struct buf *out, struct str text)
{
	if (out->n > 0 && text.n > 0)
		buf_add_char(out, ' ');
	buf_add(out, text);
}

/* A field as text; what is absent or plain adds nothing. */
static void
add_field(struct buf *out, struct arena *a, const struct field *field, const void *payload)
{
	const void *member = FIELD_IN(payload, field);
	const struct strs *list = member;
	struct doc d = { 0 };
	int64_t number;

	switch (field->type) {
	case FIELD_INT:
		number = *(const int64_t *)member;
		if (str_ends_nocase(str_of(field->name), STR("_after_s")))
			add_separated(out, arena_printf(a, "to %s", part_date(&d, number)));
		else if (number >= 0)
			add_separated(out, arena_printf(a, "%" PRId64, number));
		doc_release(&d);
		break;
	case FIELD_BOOL:
		add_separated(out, arena_printf(a, "%s%s", *(const bool *)member ? "" : "not ",
					   str_skip(str_of(field->name),
						   str_find(str_of(field->name), '_') + 1)
						   .p));
		break;
	case FIELD_ENUM:
		add_separated(out, str_of(field->vocab->words[*(const unsigned *)member]));
		break;
	case FIELD_TEXT:
		/* The begin of a digest tells it from others. */
		add_separated(out, str_sub(*(const struct str *)member, 0,
					   str_is(str_of(field->name), "sha256") ? 16 : SIZE_MAX));
		break;
	case FIELD_LIST:
		for (size_t i = 0; i < list->n; i++)
			add_separated(out, list->v[i]);
		break;
	}
}

/* The fields that a list names, in its order. */
static struct str
fields_text(struct arena *a, const struct event *e, struct str names)
{
	const struct event_type *type = event_type(e->kind);
	struct buf out = BUF_INIT(0);
	struct str name, result;

	while (str_split(&names, ' ', &name))
		for (size_t i = 0; i < type->field_count; i++)
			if (str_is(name, type->fields[i].name))
				add_field(&out, a, &type->fields[i], e->payload);
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

/* Whose fact it is: "mx1.example.com 192.0.2.25" of a connection, "TXT name" of a lookup. */
static struct str
job_text(struct arena *a, struct str job)
{
	char *text;
	struct str rest = str_skip(job, str_find(job, ':') + 1), kept;

	if (str_find(job, ':') == job.n)
		return STR_EMPTY;
	kept = arena_str(a, rest);
	text = (char *)(uintptr_t)kept.p;
	for (size_t i = 0; i < kept.n; i++)
		if (text[i] == '/' || (str_starts(job, STR("dns:")) && text[i] == ':'))
			text[i] = ' ';
	return kept;
}

/* Of this side, or of a name that no other walk asks for. Lookups are sorted by their jobs. */
static bool
is_of_env(const struct session *s, struct str job)
{
	size_t low = 0, high = s->lookup_count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (str_cmp(s->lookups[middle]->job, job) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->lookup_count && str_eq(s->lookups[low]->job, job) &&
	       (s->lookups[low]->role == LOOKUP_ENV_INVALID ||
		       s->lookups[low]->role == LOOKUP_ENV_ROOT ||
		       (s->lookups[low]->role == LOOKUP_AUX &&
			       name_is_made_up(s->lookups[low]->name)));
}

/* What depends on chance: names made up for a walk, the goodbye, what nobody waited for. */
static bool
is_chance(const struct session *s, const struct event *e)
{
	const struct ev_smtp_step *step = e->payload;
	const struct ev_cert *cert = e->payload;

	if (e->kind == EV_SMTP_STEP)
		return step->phase == SMTP_QUIT || step->phase == SMTP_EHLO_TLS;
	if (e->kind == EV_CERT)
		return cert->is_anchor;
	if (str_starts(e->job, STR("dns:")))
		return is_of_env(s, e->job);
	return false;
}

static void
event_fact(struct diff_facts *f, const struct session *s, const struct event *e)
{
	for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct str names = str_of(rules[i].names);
		const size_t bar = str_find(names, '|');
		struct buf key = BUF_INIT(0);

		if (rules[i].kind != e->kind || is_chance(s, e))
			continue;
		if (e->kind != EV_DNS_RECORD)
			buf_add(&key, job_text(f->arena, e->job));
		add_separated(&key, str_of(rules[i].label));
		add_separated(&key, fields_text(f->arena, e, str_sub(names, 0, bar)));
		add(f, DIFF_FACTS, i, arena_str(f->arena, buf_str(&key)),
			fields_text(f->arena, e, str_skip(names, bar + 1)), SEVERITY_OK);
		f->v[f->n - 1].is_detail = rules[i].is_detail;
		buf_release(&key);
	}
}

static void
policy_facts(struct diff_facts *f, const struct session *s)
{
	enum { RANK = 100 };

	if (!s->has_policy)
		return;
	for (size_t i = 0; i < s->policy.line_count; i++) {
		const struct policy_line *line = &s->policy.lines[i];
		const struct str key = line->key.n > 0 ? arena_printf(f->arena, "policy %.*s",
								 STR_ARG(line->key))
						       : STR("policy line");

		add(f, DIFF_FACTS, RANK, key, line->key.n > 0 ? line->value : line->text,
			SEVERITY_OK);
	}
}

/* The first word of an EHLO line is the keyword; the first line is a greeting. */
static void
ehlo_facts(struct diff_facts *f, const struct session *s)
{
	enum { RANK = 101 };

	for (size_t i = 0; i < s->attempt_count; i++) {
		const struct attempt *t = s->attempts[i];

		for (size_t k = 1; k < t->ehlo_lines.n; k++)
			add(f, DIFF_FACTS, RANK,
				arena_printf(
					f->arena, "%.*s EHLO", STR_ARG(job_text(f->arena, t->job))),
				str_skip(t->ehlo_lines.v[k], 4), SEVERITY_OK);
	}
}

static void
finding_facts(struct diff_facts *f, const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *found = &j->findings[i];

		add(f, DIFF_FINDINGS, 0,
			arena_printf(f->arena, "%s%s%.*s", found->type->name,
				found->subject.n > 0 ? " " : "", STR_ARG(found->subject)),
			str_of(severity_name(found->severity)), found->severity);
	}
}

static void
outcome(struct diff_facts *f, unsigned rank, const char *key, struct str value)
{
	add(f, DIFF_OUTCOMES, rank, str_of(key), value, SEVERITY_OK);
}

static const char *
ready_words(enum ready ready)
{
	return ready == READY_YES ? "yes" : ready == READY_NO ? "no" : "cannot be told";
}

/* What each program does with a message; most do the same. */
static void
sender_facts(struct diff_facts *f, const struct judgement *j)
{
	struct sender_outlook all[sender_count];
	enum { RANK = 9 };

	senders_make(f->arena, j, all);
	for (size_t i = 0; i < sender_count; i++)
		outcome(f, RANK, arena_printf(f->arena, DIFF_SENDER "%s", all[i].type->name).p,
			str_of(mail_outcome_words(all[i].now.outcome)));
}

static void
outcome_facts(struct diff_facts *f, const struct judgement *j)
{
	const struct cached_outlook *held = j->outlook->worst;

	outcome(f, 0, "mail now", str_of(mail_outcome_words(j->fresh)));
	outcome(f, 1, "first host that takes it",
		j->mail_host != NULL ? j->mail_host->name : STR("none"));
	if (j->has_dane)
		outcome(f, 2, "mail now by DANE", str_of(mail_outcome_words(j->dane)));
	if (held != NULL)
		outcome(f, 3, "mail by a held policy",
			arena_printf(f->arena, "%s%s", mail_outcome_words(held->now.outcome),
				!held->is_worse      ? ""
				: held->heals_by_txt ? " to a new id"
						     : " to its end"));
	outcome(f, 4, "at risk", j->at_risk.n > 0 ? j->at_risk : STR("nothing"));
	outcome(f, 5, "coverage", arena_printf(f->arena, "%zu of %zu", j->tested, j->addresses));
	for (unsigned i = 0; i < j->host_count; i++)
		add(f, DIFF_OUTCOMES, 6,
			arena_printf(f->arena, "host %.*s", STR_ARG(j->hosts[i].host->name)),
			str_of(decision_words(j->hosts[i].decision)), SEVERITY_OK);
	outcome(f, 7, "ready for enforce", str_of(ready_words(j->outlook->ready)));
	outcome(f, 8, "exit", arena_printf(f->arena, "%d", j->exit));
	sender_facts(f, j);
}

void
diff_collect(const struct view_input *in, struct diff_facts *out)
{
	const struct session *s = in->session;

	if (s->start != NULL)
		add(out, DIFF_FACTS, 0, STR("domain"), s->start->domain, SEVERITY_OK);
	for (size_t i = 0; i < s->event_count; i++)
		event_fact(out, s, s->events[i]);
	policy_facts(out, s);
	ehlo_facts(out, s);
	finding_facts(out, in->judgement);
	outcome_facts(out, in->judgement);
}
