/* Attacks: what becomes of the message while somebody on the way interferes. */
#include "core/attack.h"
#include "core/view_sim.h"

static const struct column attack_columns[] = {
	{ "Attack", 28, 0, true, false, false },
	{ "no MTA-STS", 10, 0, false, false, false },
	{ "first time", 10, 0, false, false, false },
	{ "cached", 9, 0, false, false, false },
};

static void
fate_cell(struct doc *d, struct row *r, enum attack_fate fate)
{
	static const enum state looks[] = {
		[FATE_SAFE] = STATE_OK,
		[FATE_OPEN] = STATE_WARN,
		[FATE_WAITS] = STATE_WARN,
		[FATE_RETURNED] = STATE_FAIL,
		[FATE_LEAKS] = STATE_FAIL,
		[FATE_UNKNOWN] = STATE_INCONCLUSIVE,
	};

	row_cell(d, r);
	row_glyph(d, r, state_role(looks[fate]), state_glyph(looks[fate]));
	row_text(d, r, state_role(looks[fate]), " %s", attack_fate_name(fate));
}

static void
fate_cells(struct doc *d, struct row *r, const struct judgement *j, unsigned set)
{
	for (int victim = 0; victim < attack_victim_count; victim++) {
		struct attack_outcome o;

		attack_try(&d->arena, j, set, (enum attack_victim)victim, &o);
		fate_cell(d, r, o.fate);
	}
}

static void
attack_rows(struct doc *d, const struct judgement *j, unsigned set)
{
	const size_t table = doc_table(d, attack_columns, 4);
	unsigned on = 0;
	struct row *r;

	doc_table_head(d, table, 1);
	for (int i = 0; i < attack_count; i++) {
		const unsigned bit = ATTACK_BIT(i);

		on += (set & bit) != 0 ? 1 : 0;
		r = doc_table_row(d, table, 1);
		row_id(d, r, "attack:%s", attack_type((enum attack)i)->id);
		part_cell(d, r, ROLE_TEXT, "[%c] %s", (set & bit) != 0 ? 'x' : ' ',
			attack_type((enum attack)i)->words);
		fate_cells(d, r, j, bit);
	}
	if (on < 2)
		return;
	r = doc_table_row(d, table, 1);
	part_cell(d, r, ROLE_HEADER, "    %s together", on == 2 ? "both" : "all");
	fate_cells(d, r, j, set);
}

static void
step_rows(struct doc *d, const struct judgement *j, unsigned set)
{
	struct attack_outcome o;

	attack_try(&d->arena, j, set, VICTIM_FRESH, &o);
	doc_heading(d, "What happens to the message (first time: no policy cached)");
	if (set & ATTACK_BIT(ATTACK_DROP))
		doc_text(d, 1, ROLE_TEXT,
			"no answer for the TXT record: nothing tells the sender that a policy "
			"exists (RFC 8461 10.2)");
	else if (set & ATTACK_BIT(ATTACK_BLOCK))
		doc_text(d, 1, ROLE_TEXT,
			"the policy cannot be fetched: as without MTA-STS (RFC 8461 3.3)");
	for (size_t i = 0; i < o.result.step_count; i++) {
		struct row *r = doc_row(d, ROW_TEXT, 1);

		r->hang = 2;
		row_bytes(d, r, ROLE_TEXT, sim_step_text(&d->arena, o.scene, &o.result.steps[i]));
	}
}

static void
guard_rows(struct doc *d, const struct judgement *j, unsigned set)
{
	const struct policy *p = j->scene->policy;

	doc_heading(d, "What guards");
	if (!j->scene->is_policy_usable) {
		doc_text(d, 1, ROLE_TEXT,
			"There is no usable policy, so nothing tells a sender what to expect.");
		return;
	}
	if (j->scene->mode != POLICY_MODE_ENFORCE)
		doc_text(d, 1, ROLE_TEXT,
			"The policy is in mode %s: it guards nothing, whatever is cached.",
			policy_mode_name(j->scene->mode));
	if (attack_shows_first_contact(&d->arena, j, set))
		doc_text(d, 1, ROLE_TEXT,
			"cache-first-contact: a sender that fetched the policy before keeps it for "
			"max_age (%s here) and waits in place of leaking. RFC 8461 10.2 asks for "
			"as long a max_age as is practical.",
			part_span(d, p->max_age_s));
	if (!j->scene->has_dane)
		doc_text(d, 1, ROLE_DIM,
			"DANE has no such gap: that a record is missing cannot be forged in a "
			"signed zone.");
}

void
part_attacks(struct doc *out, const struct view_input *in, unsigned set)
{
	attack_rows(out, in->judgement, set);
	step_rows(out, in->judgement, set);
	guard_rows(out, in->judgement, set);
	doc_text(out, 1, ROLE_DIM,
		"safe: validated  open: unvalidated, unread  waits: queued, tried again  LEAKS: "
		"read");
}
