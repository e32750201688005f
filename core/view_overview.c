/* The home screen: what happens to mail now, the stages, the MX hosts. */
#include "core/since.h"
#include "core/view_sim.h"

static const struct column stage_columns[] = {
	{ "Stage", 17, 0, false, false, false },
	{ "State", 8, 0, false, false, false },
	{ "Time", 6, 0, false, false, false },
	{ "What was seen", 8, 0, true, false, false },
};

enum { TIME_COLUMN = 2, TIME_FROM = 72 };

static const struct column host_columns[] = {
	{ "", 20, 32, false, false, true },
	{ "", 7, 0, false, false, false },
	{ "", 5, 0, false, false, false },
	{ "", 8, 0, true, false, false },
};

/* Unvalidated delivery is well where nothing else was asked for. */
static bool
is_policy_lost(const struct judgement *j)
{
	size_t i;

	for (i = 0; i < j->count; i++)
		if (j->findings[i].severity >= SEVERITY_WARNING &&
			j->findings[i].effect == EFFECT_SKIP)
			return true;
	return false;
}

void
part_mail(struct doc *d, struct row *r, const struct judgement *j)
{
	static const enum state looks[] = {
		[MAIL_NOT_KNOWN_YET] = STATE_RUNNING,
		[MAIL_DELIVERED_VALIDATED] = STATE_OK,
		[MAIL_DELIVERED_UNVALIDATED] = STATE_OK,
		[MAIL_DEFERRED] = STATE_FAIL,
		[MAIL_UNDELIVERABLE] = STATE_FAIL,
		[MAIL_UNKNOWN] = STATE_INCONCLUSIVE,
	};
	enum state look = looks[j->fresh];

	if (j->fresh == MAIL_DELIVERED_UNVALIDATED && is_policy_lost(j))
		look = STATE_WARN;
	/* A null MX says that no mail is wanted. */
	if (j->fresh == MAIL_UNDELIVERABLE && j->severity <= SEVERITY_INFO)
		look = STATE_SKIPPED;
	row_glyph(d, r, state_role(look), state_glyph(look));
	row_text(d, r, state_role(look), " %s", mail_outcome_words(j->fresh));
	if (j->mail_host)
		row_text(d, r, ROLE_TEXT, " (%s)",
			part_short_host(d, j->session, j->mail_host->name));
	r->severity = state_severity(look);
}

/* Hosts are named where some are at risk and others are not. */
static const char *
risk_words(struct doc *d, const struct judgement *j)
{
	const bool is_lost = j->fresh == MAIL_DEFERRED || j->fresh == MAIL_UNDELIVERABLE;

	if (j->at_risk.n > 0)
		return doc_shown(d, j->at_risk);
	if (is_lost && j->severity == SEVERITY_ERROR)
		return "all mail";
	return j->fresh == MAIL_UNKNOWN ? "not known" : "nothing seen";
}

static void
mail_row(struct doc *d, const struct judgement *j, unsigned indent)
{
	struct row *r = doc_row(d, ROW_FIELD, indent);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Mail now");
	row_cell(d, r);
	part_mail(d, r, j);
	row_cell(d, r);
	row_text(d, r, j->at_risk.n > 0 ? ROLE_TEXT : ROLE_DIM, "at risk%s: %s",
		j->is_final ? "" : " so far", risk_words(d, j));
	r->severity = j->severity;
}

/* Whoever holds an earlier policy, and whoever does DANE alone, if it fares otherwise. */
static void
other_row(struct doc *d, unsigned indent, const char *label, enum mail_outcome outcome,
	const char *note)
{
	const enum state look = sim_mail_state(outcome);
	struct row *r = doc_row(d, ROW_FIELD, indent);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "%s", label);
	row_cell(d, r);
	row_glyph(d, r, state_role(look), state_glyph(look));
	row_text(d, r, state_role(look), " %s", mail_outcome_words(outcome));
	row_text(d, r, ROLE_TEXT, "%s", note);
	r->severity = state_severity(look);
}

static void
other_rows(struct doc *d, const struct judgement *j, unsigned indent)
{
	const struct cached_outlook *worst = j->outlook->worst;

	if (worst != NULL && worst->now.outcome != j->fresh)
		other_row(d, indent, "Cached", worst->now.outcome,
			worst->is_worse
				? TEXT(d, " until %s, for senders that hold an earlier policy",
					  part_stamp(d, worst->heals_s))
				: ", for senders that hold an earlier policy");
	if (j->has_dane && j->dane != j->fresh)
		other_row(d, indent, "DANE", j->dane, ", for senders that do DANE and no MTA-STS");
}

void
part_mail_now(struct doc *d, const struct judgement *j, unsigned indent)
{
	struct row *r;

	mail_row(d, j, indent);
	r = doc_row(d, ROW_FIELD, indent);
	row_cell(d, r);
	row_cell(d, r);
	row_bytes(d, r, ROLE_DIM, j->mail_why.n > 0 ? j->mail_why : j->headline);
	other_rows(d, j, indent);
}

/* In place of the reason, where all is well: who delivers validated, in one line. */
static void
senders_row(struct doc *d, const struct judgement *j)
{
	struct row *r = doc_row(d, ROW_FIELD, 1);
	bool is_ok = j->dane == MAIL_DELIVERED_VALIDATED;

	row_cell(d, r);
	row_cell(d, r);
	row_text(
		d, r, ROLE_TEXT, "mode %s      fresh ", policy_mode_name(session_mode(j->session)));
	row_glyph(d, r, ROLE_STATE_OK, GLYPH_OK);
	if (j->mail_host)
		row_text(
			d, r, ROLE_TEXT, " %s", part_short_host(d, j->session, j->mail_host->name));
	row_text(d, r, ROLE_TEXT, "      DANE ");
	if (!j->has_dane) {
		row_glyph(d, r, ROLE_DIM, GLYPH_NOT_REACHED);
		row_text(d, r, ROLE_DIM, " no TLSA");
		return;
	}
	part_ok(d, r, is_ok);
	row_text(d, r, ROLE_TEXT, " %s", mail_outcome_words(j->dane));
}

static void
stage_row(struct doc *d, size_t table, const struct view_input *in, enum stage stage)
{
	const struct stage_words *words = stage_words(stage);
	struct row *r = doc_table_row(d, table, 1);

	row_id(d, r, "stage:%s", stage_name(stage));
	r->target = (struct target){ .kind = TARGET_STAGE, .stage = stage };
	part_cell(d, r, ROLE_TEXT, "%s %s", words->number, words->title);
	row_cell(d, r);
	part_state(d, r, part_stage_state(in->judgement, stage));
	part_cell(d, r, ROLE_TEXT, "%s", part_seconds(d, part_stage_us(in, stage)));
	row_cell(d, r);
	part_stage_seen(d, r, in, stage);
}

/* From the first address that began to the last that ended, or to now. */
static int64_t
host_us(const struct view_input *in, const struct mx_host *host)
{
	int64_t first = -1, last = -1;
	size_t i;

	for (i = 0; i < host->address_count; i++) {
		const struct attempt *t = host->addresses[i];
		int64_t end = attempt_is_running(t) ? in->now_us : t->end_us;

		if (!t->is_started)
			continue;
		if (!attempt_is_running(t) && t->tls.judged_us >= 0 && t->tls.is_judged)
			end = t->tls.judged_us;
		if (first < 0 || t->start_us < first)
			first = t->start_us;
		last = end > last ? end : last;
	}
	return first < 0 || last < first ? -1 : last - first;
}

static void
host_row(struct doc *d, size_t table, const struct view_input *in, const struct host_judgement *h)
{
	struct row *r = doc_table_row(d, table, 5);

	row_id(d, r, "host:%s", doc_shown(d, h->host->name));
	r->target = (struct target){
		.kind = TARGET_HOST, .stage = STAGE_MX, .host = arena_str(&d->arena, h->host->name)
	};
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, h->host->name);
	row_cell(d, r);
	part_state(d, r, h->state);
	part_cell(d, r, ROLE_TEXT, "%s", part_seconds(d, host_us(in, h->host)));
	row_cell(d, r);
	part_host_seen(d, r, in, h->host, h->state);
}

void
view_overview(const struct view_input *in, struct doc *out)
{
	static const enum stage order[] = { STAGE_ENV, STAGE_TXT, STAGE_HTTPS, STAGE_POLICY,
		STAGE_MX, STAGE_VERDICT };
	size_t stage_table, host_table, i, k;

	doc_init(out);
	out->title = safe_literal("Walk");
	if (in->judgement->fresh == MAIL_DELIVERED_VALIDATED) {
		mail_row(out, in->judgement, 1);
		senders_row(out, in->judgement);
	} else {
		part_mail_now(out, in->judgement, 1);
	}
	part_since_row(out, in);
	stage_table = doc_table(out, stage_columns, 4);
	host_table = doc_table(out, host_columns, 4);
	/* In less the room is for what was seen. */
	out->tables[stage_table].spare = out->tables[host_table].spare = TIME_COLUMN;
	out->tables[stage_table].spare_from = out->tables[host_table].spare_from = TIME_FROM;
	doc_table_head(out, stage_table, 1);
	out->rows[out->count - 1].cells[0].fill = GLYPH_RULE;
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		stage_row(out, stage_table, in, order[i]);
		for (k = 0; order[i] == STAGE_MX && k < in->judgement->host_count; k++)
			host_row(out, host_table, in, &in->judgement->hosts[k]);
	}
}
