#include "core/since.h"

#include <string.h>

#include "core/view_parts.h"

/* Changes that are named in one line; more are counted. */
enum { NAMED_MOST = 3 };

static const enum stage compared[] = { STAGE_ENV, STAGE_TXT, STAGE_HTTPS, STAGE_POLICY,
	STAGE_TLSRPT, STAGE_VERDICT };
enum { COMPARED = sizeof(compared) / sizeof(compared[0]) };

static struct str
finding_key(struct arena *a, const struct finding *f)
{
	return arena_printf(
		a, "%s%s%.*s", f->type->name, f->subject.n > 0 ? " " : "", STR_ARG(f->subject));
}

struct ev_last_walk *
since_event(struct arena *a, const struct session *s, const struct judgement *j, int64_t walks)
{
	struct ev_last_walk *last = arena_new(a, struct ev_last_walk);

	last->started_ms = s->start != NULL ? s->start->started_ms : -1;
	last->walks = walks;
	for (size_t i = 0; i < COMPARED; i++)
		arena_push(a, &last->stages,
			arena_printf(a, "%s %s", stage_name(compared[i]),
				state_name(j->stages[compared[i]])));
	for (size_t i = 0; i < j->host_count; i++)
		arena_push(a, &last->hosts,
			arena_printf(a, "%.*s %s", STR_ARG(j->hosts[i].host->name),
				state_name(j->hosts[i].state)));
	for (size_t i = 0; i < j->count; i++)
		arena_push(a, &last->findings, finding_key(a, &j->findings[i]));
	return last;
}

static bool
state_of_name(struct str name, enum state *out)
{
	for (unsigned i = 0; i <= STATE_NOT_REACHED; i++) {
		if (!str_is(name, state_name((enum state)i)))
			continue;
		*out = (enum state)i;
		return true;
	}
	return false;
}

/* "NAME STATE", the name without a blank. */
static bool
split_state(struct str line, struct str *name, enum state *state)
{
	const size_t blank = str_find(line, ' ');

	*name = str_sub(line, 0, blank);
	return state_of_name(str_skip(line, blank + 1), state);
}

static bool
state_then(const struct strs *list, struct str wanted, enum state *state)
{
	struct str name;

	for (size_t i = 0; i < list->n; i++)
		if (split_state(list->v[i], &name, state) && str_eq_nocase(name, wanted))
			return true;
	return false;
}

static bool
can_compare(const struct session *s)
{
	return s->last_walk != NULL && s->is_ended && s->end_reason != END_CANCELLED;
}

bool
since_stage_changed(const struct view_input *in, enum stage stage)
{
	const struct session *s = in->session;
	enum state then;

	return can_compare(s) &&
	       state_then(&s->last_walk->stages, str_of(stage_name(stage)), &then) &&
	       then != in->judgement->stages[stage];
}

bool
since_host_changed(const struct view_input *in, const struct host_judgement *host)
{
	const struct session *s = in->session;
	enum state then;

	if (!can_compare(s))
		return false;
	return !state_then(&s->last_walk->hosts, host->host->name, &then) || then != host->state;
}

static void
compare_stages(struct arena *a, const struct view_input *in, struct since *out)
{
	for (size_t i = COMPARED; i-- > 0;) {
		const enum stage stage = compared[i];
		enum state then;

		if (!since_stage_changed(in, stage))
			continue;
		state_then(&in->session->last_walk->stages, str_of(stage_name(stage)), &then);
		arena_push(a, &out->changes,
			arena_printf(a, "%s %s to %s", stage_words(stage)->title, state_word(then),
				state_word(in->judgement->stages[stage])));
	}
}

static void
compare_hosts(struct arena *a, const struct view_input *in, struct since *out)
{
	const struct judgement *j = in->judgement;
	const struct strs *before = &in->session->last_walk->hosts;
	enum state then;
	struct str name;

	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_judgement *h = &j->hosts[i];

		if (!since_host_changed(in, h))
			continue;
		if (state_then(before, h->host->name, &then))
			arena_push(a, &out->changes,
				arena_printf(a, "%.*s %s to %s", STR_ARG(h->host->name),
					state_word(then), state_word(h->state)));
		else
			arena_push(a, &out->changes,
				arena_printf(a, "%.*s is new", STR_ARG(h->host->name)));
	}
	for (size_t i = 0; i < before->n; i++)
		if (split_state(before->v[i], &name, &then) &&
			session_host(in->session, name) == NULL)
			arena_push(
				a, &out->changes, arena_printf(a, "%.*s is gone", STR_ARG(name)));
}

static bool
strs_have(const struct strs *list, struct str wanted)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], wanted))
			return true;
	return false;
}

static void
compare_findings(struct arena *a, const struct view_input *in, struct since *out)
{
	const struct judgement *j = in->judgement;
	const struct strs *before = &in->session->last_walk->findings;
	struct strs now = { 0 };

	for (size_t i = 0; i < j->count; i++)
		arena_push(a, &now, finding_key(a, &j->findings[i]));
	for (size_t i = 0; i < now.n; i++)
		out->findings_new += !strs_have(before, now.v[i]);
	for (size_t i = 0; i < before->n; i++)
		out->findings_gone += !strs_have(&now, before->v[i]);
}

void
since_compare(struct arena *a, const struct view_input *in, struct since *out)
{
	*out = (struct since){ 0 };
	if (!can_compare(in->session))
		return;
	out->is_known = true;
	compare_stages(a, in, out);
	compare_hosts(a, in, out);
	compare_findings(a, in, out);
}

/* "08:00Z" of the same day, else with the date. */
static const char *
when_words(struct doc *d, const struct session *s)
{
	const int64_t day_s = 86400, then_s = s->last_walk->started_ms / 1000;
	const struct str stamp = str_of(part_stamp(d, then_s));
	const bool is_today = then_s / day_s == session_as_of_s(s) / day_s;

	if (stamp.n < 16)
		return "at an unknown time";
	return TEXT(d, "%.*sZ", STR_ARG(str_sub(stamp, is_today ? 11 : 0, is_today ? 5 : 16)));
}

static const char *
change_words(struct doc *d, const struct session *s, struct str change)
{
	const struct str host = str_sub(change, 0, str_find(change, ' '));

	if (session_host(s, host) == NULL)
		return doc_shown(d, change);
	return TEXT(d, "%s%s", part_short_host(d, s, host), doc_shown(d, str_skip(change, host.n)));
}

static void
add_part(struct buf *out, const char *text)
{
	if (out->n > 0)
		buf_add(out, STR(", "));
	buf_add_text(out, text);
}

static const char *
changes_words(struct doc *d, const struct session *s, const struct since *since)
{
	struct buf out = BUF_INIT(0);
	const char *text;

	for (size_t i = 0; i < since->changes.n && i < NAMED_MOST; i++)
		add_part(&out, change_words(d, s, since->changes.v[i]));
	if (since->changes.n > NAMED_MOST)
		add_part(&out, part_count(d, since->changes.n - NAMED_MOST, "more change"));
	if (since->findings_gone > 0)
		add_part(&out, TEXT(d, "%s gone", part_count(d, since->findings_gone, "finding")));
	if (since->findings_new > 0)
		add_part(&out, TEXT(d, "%s new", part_count(d, since->findings_new, "finding")));
	text = TEXT(d, "%s", buf_text(&out));
	buf_release(&out);
	return text;
}

/* What changed, or why that is not said; *is_change: it did. */
static const char *
since_words(struct doc *d, const struct view_input *in, bool *is_change)
{
	const struct session *s = in->session;
	struct since since;

	since_compare(&d->arena, in, &since);
	*is_change = since.changes.n + since.findings_gone + since.findings_new > 0;
	if (since.is_known)
		return *is_change ? changes_words(d, s, &since) : "no change";
	return s->is_ended ? "this one was stopped: not compared" : "told when this one is done";
}

static const char *
label_words(struct doc *d, const struct session *s)
{
	return TEXT(d, "%s, %s", when_words(d, s),
		part_count(d, (size_t)(s->last_walk->walks > 0 ? s->last_walk->walks : 1), "walk"));
}

void
part_since_row(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	struct row *r;
	const char *words, *label;
	bool is_change;

	if (s->last_walk == NULL)
		return;
	label = label_words(d, s);
	words = since_words(d, in, &is_change);
	r = doc_row(d, ROW_VERBATIM, 1);
	row_text(d, r, ROLE_HEADER, "Since last walk");
	row_text(d, r, ROLE_DIM, " (%s): ", label);
	row_text(d, r, is_change ? ROLE_CHANGED : ROLE_DIM, "%s%s", is_change ? "* " : "", words);
}

void
part_since_field(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	bool is_change;

	if (s->last_walk != NULL)
		doc_fieldf(d, 0, "Since", ROLE_TEXT, "the last walk (%s): %s", label_words(d, s),
			since_words(d, in, &is_change));
}
