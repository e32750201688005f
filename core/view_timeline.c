/* Senders over the life of a cached policy: who does what at a moment, who notices a change when. */
#include "core/timeline.h"
#include "core/view_sim.h"

#define BAR_CELLS 18
#define FAR_S (2 * 86400)

static const struct column columns[] = {
	{ "Sender", 20, 0, false, false, false },
	{ "Fresh", 13, 0, false, false, false },
	{ "With the copy", 13, 0, false, false, false },
	{ "Notices", 8, 0, false, false, false },
	{ "Where it differs", 12, 0, true, false, false },
};

static const char *
when(struct doc *d, const struct timeline *t, const struct sim_choice *choice, int64_t at_s)
{
	if (!choice->is_relative)
		return part_moment(d, at_s, t->as_of_s);
	if (at_s == t->as_of_s)
		return "the walk";
	return TEXT(d, "%c%s", at_s < t->as_of_s ? '-' : '+',
		part_span(
			d, (uint64_t)(at_s < t->as_of_s ? t->as_of_s - at_s : at_s - t->as_of_s)));
}

/* The same in a narrow column: far away the day is enough. */
static const char *
when_about(struct doc *d, const struct timeline *t, const struct sim_choice *choice, int64_t at_s)
{
	const bool is_far = at_s > t->as_of_s + FAR_S || at_s < t->as_of_s - FAR_S;

	return is_far && !choice->is_relative ? part_day(d, at_s, t->as_of_s)
					      : when(d, t, choice, at_s);
}

static void
mail_cell(struct doc *d, struct row *r, enum mail_outcome outcome)
{
	const enum state state = sim_mail_state(outcome);

	row_cell(d, r);
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, ROLE_TEXT, " %s", sim_mail_words(outcome));
	if (state_severity(state) > r->severity)
		r->severity = state_severity(state);
}

static const char *
notices_words(struct doc *d, const struct timeline *t, const struct sim_choice *choice,
	const struct timeline_sender *s)
{
	if (s->copy.way == CACHE_BY_NOTHING)
		return "never";
	if (s->copy.until_s < t->as_of_s)
		return "has";
	return TEXT(d, "%s%s", s->copy.is_untold ? "by " : "",
		when_about(d, t, choice, s->copy.until_s));
}

static void
sender_row(struct doc *d, size_t table, const struct timeline *t, const struct sim_choice *choice,
	const struct timeline_sender *s)
{
	const struct sender_type *type = s->fresh.type;
	struct row *r = doc_table_row(d, table, 1);
	const char *between = "";

	row_id(d, r, "sender:%s", type->id);
	part_cell(
		d, r, ROLE_TEXT, "%s%s%s", type->name, type->version[0] ? " " : "", type->version);
	mail_cell(d, r, s->fresh.now.outcome);
	mail_cell(d, r, s->outcome);
	part_cell(d, r, s->holds ? ROLE_TEXT : ROLE_DIM, "%s", notices_words(d, t, choice, s));
	row_cell(d, r);
	if (type->basis == BASIS_VENDOR) {
		row_text(d, r, ROLE_DIM, "vendor documentation");
		between = "; ";
	}
	for (size_t i = 0; i < s->fresh.habit_count; i++) {
		row_text(d, r, ROLE_TEXT, "%s%s", between, s->fresh.habits[i]->note);
		between = "; ";
	}
}

/* "[x] id 20261101T000000  enforce  mx: old.example.org  until 22 Nov 19:10Z (history)" */
static void
copy_row(struct doc *d, const struct view_input *in, size_t index, bool is_chosen)
{
	const struct cached_outlook *c = &in->judgement->outlook->cached[index];
	const struct policy *p = &c->cached->policy;
	struct row *r = doc_row(d, ROW_FIELD, 1);

	if (in->judgement->outlook->cached_count > 1)
		row_id(d, r, "copy:%zu", index + 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, index == 0 ? "copy" : "");
	row_cell(d, r);
	if (in->judgement->outlook->cached_count > 1)
		row_text(d, r, ROLE_TEXT, "[%c] ", is_chosen ? 'x' : ' ');
	if (c->cached->event->id.n > 0)
		row_text(d, r, ROLE_TEXT, "id %s  ", doc_shown(d, c->cached->event->id));
	row_text(d, r, ROLE_TEXT, "%s", policy_mode_name(p->mode));
	if (p->mx_count > 0)
		row_text(d, r, ROLE_TEXT, "  mx: %s%s", doc_shown(d, p->mx[0].text),
			p->mx_count > 1 ? TEXT(d, " and %zu more", p->mx_count - 1) : "");
	row_text(d, r, ROLE_DIM, "  (%s%s)", doc_shown(d, c->cached->event->source),
		c->is_published ? ", as published" : "");
}

static void
bar_row(struct doc *d, const struct timeline *t, const struct sim_choice *choice)
{
	const int64_t life_s = t->end_s > t->first_s ? t->end_s - t->first_s : 1;
	const int64_t done = (t->moment_s - t->first_s) * BAR_CELLS / life_s;
	struct row *r = doc_row(d, ROW_FIELD, 1);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "time");
	row_cell(d, r);
	row_text(d, r, ROLE_TEXT, "%s ", when(d, t, choice, t->first_s));
	row_glyph(d, r, ROLE_DIM, GLYPH_BAR_LEFT);
	for (int64_t i = 0; i < BAR_CELLS; i++) {
		if (i < done)
			row_glyph(d, r, ROLE_STATE_RUN, GLYPH_BAR);
		else
			row_text(d, r, ROLE_DIM, " ");
	}
	row_glyph(d, r, ROLE_DIM, GLYPH_BAR_RIGHT);
	row_text(d, r, ROLE_TEXT, " %s", when(d, t, choice, t->end_s));
	row_text(d, r, ROLE_HEADER, "   at %s", when(d, t, choice, t->moment_s));
	if (t->moment_s == t->as_of_s && !choice->is_relative)
		row_text(d, r, ROLE_DIM, ", the walk");
}

static void
mail_row(struct doc *d, const struct view_input *in, const char *label, enum mail_outcome outcome,
	size_t host, const char *note)
{
	const enum state state = sim_mail_state(outcome);
	struct row *r = doc_row(d, ROW_FIELD, 1);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "%s", label);
	row_cell(d, r);
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, ROLE_TEXT, " %s", mail_outcome_words(outcome));
	if (host != SIM_NOWHERE)
		row_text(d, r, ROLE_TEXT, " (%s)",
			part_short_host(d, in->session, in->judgement->scene->hosts[host].name));
	row_text(d, r, ROLE_TEXT, "%s", note);
	r->severity = state_severity(state);
}

/* What the strict sender does with the copy at the moment. */
static void
strict_row(struct doc *d, const struct view_input *in, const struct timeline *t,
	const struct sim_choice *choice)
{
	const struct timeline_sender *s = &t->senders[SENDER_RFC8461];
	const char *note = "";

	if (t->moment_s < t->as_of_s)
		note = ": before the walk nobody looked at the hosts";
	else if (!s->holds)
		note = TEXT(d, ": as a fresh one since %s", when(d, t, choice, s->copy.until_s));
	else if (s->copy.is_worse)
		note = TEXT(d, "   heals %s (%s)%s%s", when(d, t, choice, s->copy.until_s),
			cache_way_words(s->copy.way),
			s->copy.way == CACHE_BY_TXT ? ", at the latest " : "",
			s->copy.way == CACHE_BY_TXT ? when_about(d, t, choice, t->end_s) : "");
	mail_row(d, in, "cached", s->outcome, s->host, note);
}

/* A sentence that can be selected, so that the list scrolls to it. */
static struct row *
sentence(struct doc *d, const char *id)
{
	struct row *r = doc_row(d, ROW_TEXT, 1);

	row_id(d, r, "%s", id);
	r->hang = 2;
	return r;
}

static void
mx_rows(struct doc *d, const struct timeline_end *end)
{
	if (end->mx_count == 0)
		row_text(d, sentence(d, "mx"), ROLE_TEXT,
			"No copy that is known of needs an MX host of before, or one of today "
			"alone.");
	for (size_t i = 0; i < end->mx_count; i++) {
		const struct timeline_mx *mx = &end->mx[i];
		const char *copy = mx->id.n > 0 ? TEXT(d, "the copy of id %s", doc_shown(d, mx->id))
						: "a copy";

		row_text(d, sentence(d, TEXT(d, "mx:%zu", i)), ROLE_TEXT,
			"Keep %s up until %s: %s lists no %sMX host of today.",
			doc_shown(d, mx->host), part_stamp(d, mx->until_s), copy,
			mx->is_today ? "other " : "");
	}
}

/* RFC 8461 section 8.3: mode none and a new id first, then the life of all that was served. */
static void
end_rows(struct doc *d, const struct view_input *in)
{
	struct timeline_end end;

	timeline_end(in->judgement, &end);
	if (!end.has_policy)
		return;
	doc_heading(d, "What may go, and when");
	mx_rows(d, &end);
	row_text(d, sentence(d, "removal"), ROLE_TEXT,
		"TXT record and policy: %s; they may go from %s on (RFC 8461 8.3).",
		end.is_none ? "mode none is published" : "publish mode none and a new id first",
		part_stamp(d, end.removal_s));
}

static void
table_rows(struct doc *d, const struct timeline *t, const struct sim_choice *choice)
{
	const size_t table = doc_table(d, columns, 5);

	d->tables[table].spare = 4;
	d->tables[table].spare_from = 96;
	doc_table_head(d, table, 1);
	for (size_t i = 0; i < sender_count; i++)
		sender_row(d, table, t, choice, &t->senders[i]);
}

static size_t
chosen_copy(const struct outlook *o, const struct sim_choice *choice)
{
	return choice->copy > 0 && choice->copy <= o->cached_count ? choice->copy - 1
								   : timeline_choice(o);
}

static void
make(struct arena *a, const struct view_input *in, const struct sim_choice *choice,
	struct timeline *out)
{
	const struct judgement *j = in->judgement;

	timeline_make(a, j, chosen_copy(j->outlook, choice),
		choice->moment_s > 0 ? choice->moment_s : j->scene->as_of_s, out);
}

bool
sim_moment(
	const struct view_input *in, const struct sim_choice *choice, int step, int64_t *moment_s)
{
	struct arena a = { 0 };
	struct timeline t;

	if (in->judgement->outlook->cached_count == 0)
		return false;
	make(&a, in, choice, &t);
	*moment_s = timeline_next(&t, step);
	arena_release(&a);
	return true;
}

void
part_timeline(struct doc *d, const struct view_input *in, const struct sim_choice *choice)
{
	const struct outlook *o = in->judgement->outlook;
	const struct sim_result *fresh = outlook_now(o);
	struct timeline t;

	mail_row(d, in, "fresh", in->judgement->fresh, fresh->host, "");
	if (o->cached_count == 0) {
		doc_fieldf(d, 1, "cached", ROLE_DIM,
			"no cached policy is known: --cached FILE (a policy, session or TLSRPT "
			"report) or an earlier walk that is kept makes one");
		part_senders(d, in, false, 1);
		end_rows(d, in);
		return;
	}
	make(&d->arena, in, choice, &t);
	strict_row(d, in, &t, choice);
	for (size_t i = 0; i < o->cached_count; i++)
		copy_row(d, in, i, &o->cached[i] == t.copy);
	bar_row(d, &t, choice);
	table_rows(d, &t, choice);
	end_rows(d, in);
}
