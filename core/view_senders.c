/* Senders: what each program does on this evidence, and where it leaves the RFC. */
#include "core/senders.h"
#include "core/view_sim.h"

static const struct column sender_columns[] = {
	{ "Sender", 20, 0, false, false, false },
	{ "Fresh", 12, 0, false, false, false },
	{ "Where it differs", 20, 0, true, false, false },
};

static void
sender_row(struct doc *d, size_t table, const struct view_input *in, const struct sender_outlook *s,
	unsigned indent)
{
	const enum state state = sim_mail_state(s->now.outcome);
	struct row *r = doc_table_row(d, table, indent);
	const char *between = "";

	row_id(d, r, "sender:%s", s->type->id);
	part_cell(d, r, ROLE_TEXT, "%s%s%s", s->type->name, s->type->version[0] ? " " : "",
		s->type->version);
	row_cell(d, r);
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, ROLE_TEXT, " %s", part_sim_mail(d, in, s->now.outcome, s->now.host));
	r->severity = state_severity(state);
	row_cell(d, r);
	if (s->type->basis == BASIS_VENDOR) {
		row_text(d, r, ROLE_DIM, "vendor documentation");
		between = "; ";
	}
	for (size_t i = 0; i < s->habit_count; i++) {
		row_text(d, r, ROLE_TEXT, "%s%s", between, s->habits[i]->note);
		between = "; ";
	}
	if (s->heals_s >= 0)
		row_text(d, r, ROLE_TEXT, "%sa cached one heals %s", between,
			part_stamp(d, s->heals_s));
}

void
part_senders(struct doc *d, const struct view_input *in, bool is_short, unsigned indent)
{
	struct sender_outlook all[sender_count];
	const size_t table = doc_table(d, sender_columns, 3);

	senders_make(&d->arena, in->judgement, all);
	doc_table_head(d, table, indent);
	for (size_t i = 0; i < sender_count; i++) {
		const bool is_alike = all[i].now.outcome == all[0].now.outcome &&
				      all[i].habit_count == 0;

		if (i == 0 || !is_short || !is_alike)
			sender_row(d, table, in, &all[i], indent);
	}
}

bool
senders_differ(struct arena *a, const struct judgement *j)
{
	struct sender_outlook all[sender_count];

	senders_make(a, j, all);
	for (size_t i = 1; i < sender_count; i++) {
		if (all[i].now.outcome != all[0].now.outcome)
			return true;
	}
	return false;
}

/* With the worst cached policy: what it does meanwhile, and how it leaves it behind. */
static void
copy_field(struct doc *d, const struct view_input *in, const struct sender_outlook *s)
{
	const struct judgement *j = in->judgement;
	struct sender_cached copy;

	if (j->outlook->worst == NULL)
		return;
	sender_with_copy(&d->arena, j, s, j->outlook->worst, &copy);
	doc_fieldf(d, 1, "Cached", ROLE_TEXT, "%s; %s%s%s%s", mail_outcome_words(copy.now.outcome),
		copy.is_untold ? "when it looks again is not documented; at the latest " : "until ",
		copy.until_s >= 0 ? part_stamp(d, copy.until_s) : "a new id is published",
		copy.until_s >= 0 ? ": " : "", copy.until_s >= 0 ? cache_way_words(copy.way) : "");
}

void
view_sim_sender(const struct view_input *in, struct str id, struct doc *out)
{
	struct sender_outlook all[sender_count];

	doc_init(out);
	out->title = safe_literal("Sender");
	senders_make(&out->arena, in->judgement, all);
	for (size_t i = 0; i < sender_count; i++) {
		const struct sender_outlook *s = &all[i];

		if (!str_is(id, s->type->id))
			continue;
		doc_heading(
			out, "%s, %s", s->type->name, sender_basis_text(&out->arena, s->type).p);
		doc_fieldf(out, 1, "Mail", ROLE_TEXT, "%s", mail_outcome_words(s->now.outcome));
		copy_field(out, in, s);
		for (size_t k = 0; k < s->habit_count; k++)
			doc_fieldf(out, 1, k == 0 ? "Habits" : "", ROLE_TEXT, "%s (%s)",
				s->habits[k]->note, s->habits[k]->point);
		if (s->habit_count == 0)
			doc_fieldf(out, 1, "Habits", ROLE_DIM, "none that matters here");
	}
}
