/* Simulate: what senders do with each host and with the message, under every mode. */
#include "core/view_sim.h"

#include <string.h>

static const struct column mode_columns[] = {
	{ "Pref", 4, 0, false, true, false },
	{ "Host", 16, 0, true, false, true },
	{ "none", 13, 0, false, false, false },
	{ "testing", 13, 0, false, false, false },
	{ "enforce", 16, 0, false, false, false },
};

static const enum policy_mode modes[] = { POLICY_MODE_NONE, POLICY_MODE_TESTING,
	POLICY_MODE_ENFORCE };
#define MODES (sizeof(modes) / sizeof(modes[0]))

static bool
is_used(enum decision d)
{
	return d == DECISION_USE || d == DECISION_USE_UNVALIDATED;
}

/* "use over IPv4" where only that family passes; NULL where all or a mixture do. */
static const char *
only_family(const struct sim_host *h, const struct sim_host_result *r)
{
	size_t used[family_count] = { 0 }, all[family_count] = { 0 };

	for (size_t i = 0; i < h->count; i++) {
		all[h->addresses[i].family]++;
		used[h->addresses[i].family] += is_used(r->addresses[i]) ? 1 : 0;
	}
	if (used[FAMILY_IPV6] == 0 && all[FAMILY_IPV6] > 0 && used[FAMILY_IPV4] == all[FAMILY_IPV4])
		return "use over IPv4";
	if (used[FAMILY_IPV4] == 0 && all[FAMILY_IPV4] > 0 && used[FAMILY_IPV6] == all[FAMILY_IPV6])
		return "use over IPv6";
	return NULL;
}

static bool
has_refused(const struct sim_host *h, const struct sim_host_result *r)
{
	for (size_t i = 0; i < h->count; i++) {
		if (r->addresses[i] == DECISION_SKIP)
			return true;
	}
	return false;
}

static struct sim_look
used_look(const struct sim_host *h, const struct sim_host_result *r)
{
	const char *family = has_refused(h, r) ? only_family(h, r) : NULL;

	if (family != NULL)
		return (struct sim_look){ STATE_WARN, family };
	if (has_refused(h, r))
		return (struct sim_look){ STATE_WARN, "use in part" };
	if (!sim_reason_is_well(r->reason))
		return (struct sim_look){ STATE_WARN, "use, report" };
	return (struct sim_look){ STATE_OK, "use" };
}

struct sim_look
sim_host_look(const struct sim_host *h, const struct sim_host_result *r)
{
	switch (r->decision) {
	case DECISION_USE:
	case DECISION_USE_UNVALIDATED:
		return used_look(h, r);
	case DECISION_SKIP:
		return (struct sim_look){ STATE_FAIL, "passed over" };
	case DECISION_UNREACHABLE:
		return (struct sim_look){ STATE_NOT_REACHED, "unreachable" };
	case DECISION_UNKNOWN:
		break;
	}
	return (struct sim_look){ STATE_INCONCLUSIVE, "not known" };
}

const char *
sim_mail_words(enum mail_outcome outcome)
{
	static const char *const words[] = {
		[MAIL_NOT_KNOWN_YET] = "not known yet",
		[MAIL_DELIVERED_VALIDATED] = "validated",
		[MAIL_DELIVERED_UNVALIDATED] = "unvalidated",
		[MAIL_DEFERRED] = "waits",
		[MAIL_UNDELIVERABLE] = "returned",
		[MAIL_UNKNOWN] = "not known",
	};

	return words[outcome];
}

enum state
sim_mail_state(enum mail_outcome outcome)
{
	static const enum state states[] = {
		[MAIL_NOT_KNOWN_YET] = STATE_RUNNING,
		[MAIL_DELIVERED_VALIDATED] = STATE_OK,
		[MAIL_DELIVERED_UNVALIDATED] = STATE_OK,
		[MAIL_DEFERRED] = STATE_FAIL,
		[MAIL_UNDELIVERABLE] = STATE_FAIL,
		[MAIL_UNKNOWN] = STATE_INCONCLUSIVE,
	};

	return states[outcome];
}

void
part_look(struct doc *d, struct row *r, enum state state, const char *words)
{
	row_cell(d, r);
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, ROLE_TEXT, " %s", words);
	if (state_severity(state) > r->severity)
		r->severity = state_severity(state);
}

static void
host_row(struct doc *d, size_t table, const struct outlook *o, size_t index, unsigned indent)
{
	const struct sim_host *h = &o->scene->hosts[index];
	const bool is_planned = h->host != NULL && h->host->is_planned;
	struct row *r = doc_table_row(d, table, indent);

	row_id(d, r, "host:%s%s", doc_shown(d, h->name), is_planned ? "?planned" : "");
	r->target = (struct target){
		.kind = TARGET_HOST, .stage = STAGE_MX, .host = arena_str(&d->arena, h->name)
	};
	if (is_planned)
		part_cell(d, r, ROLE_STATE_WARN, "plan");
	else
		part_cell(d, r, ROLE_DIM, "%d", h->preference < 0 ? 0 : (int)h->preference);
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, h->name);
	for (size_t i = 0; i < MODES; i++) {
		struct sim_look look;

		if (modes[i] != POLICY_MODE_NONE && !o->has_patterns)
			continue;
		look = sim_host_look(h, &o->modes[modes[i]].hosts[index]);
		part_look(d, r, look.state, look.words);
	}
}

const char *
part_sim_mail(struct doc *d, const struct view_input *in, enum mail_outcome outcome, size_t host)
{
	const struct sim_scene *scene = in->judgement->scene;

	if (outcome != MAIL_DELIVERED_VALIDATED || host == SIM_NOWHERE)
		return sim_mail_words(outcome);
	return TEXT(d, "%s, %s", sim_mail_words(outcome),
		part_short_host(d, in->session, scene->hosts[host].name));
}

/*
 * In a column, which leaves the hosts their room: under enforce the host is what the column tells, and
 * only a short name of it fits.
 */
#define MESSAGE_HOST_MAX 10
static const char *
message_words(struct doc *d, const struct view_input *in, enum policy_mode mode,
	const struct sim_result *r)
{
	const char *words = part_sim_mail(d, in, r->outcome, r->host);
	const char *alone = sim_mail_words(r->outcome);
	const bool is_short = strlen(words) <= strlen(alone) + 2 + MESSAGE_HOST_MAX;

	return mode == POLICY_MODE_ENFORCE && is_short ? words : alone;
}

static void
message_row(struct doc *d, size_t table, const struct view_input *in, const struct outlook *o,
	const struct sim_result *results, const char *label, unsigned indent)
{
	struct row *r = doc_table_row(d, table, indent);

	row_cell(d, r);
	part_cell(d, r, ROLE_HEADER, "%s", label);
	for (size_t i = 0; i < MODES; i++) {
		const struct sim_result *result = &results[modes[i]];

		if (modes[i] == POLICY_MODE_NONE || o->has_patterns)
			part_look(d, r, sim_mail_state(result->outcome),
				message_words(d, in, modes[i], result));
	}
}

/* What if those are down that would get the mail under enforce: the hosts behind them matter. */
static void
backup_row(struct doc *d, size_t table, const struct view_input *in, const struct outlook *o,
	unsigned indent)
{
	const struct sim_scene *scene = o->scene, *without;
	const struct sim_result *enforce = &o->modes[POLICY_MODE_ENFORCE];
	struct sim_result results[POLICY_MODE_ENFORCE + 1];
	bool *is_down = arena_array(&d->arena, scene->host_count + 1, sizeof(bool));
	struct strs names = { 0 };
	bool has_other = false;

	for (size_t i = 0; o->has_patterns && i < scene->host_count; i++) {
		is_down[i] = is_used(enforce->hosts[i].decision);
		if (is_down[i])
			arena_push(&d->arena, &names,
				str_of(part_short_host(d, in->session, scene->hosts[i].name)));
		else
			has_other |= is_used(o->modes[POLICY_MODE_NONE].hosts[i].decision);
	}
	if (!has_other || names.n == 0)
		return;
	without = sim_scene_without(&d->arena, scene, is_down);
	for (size_t i = 0; i < MODES; i++) {
		const struct sim_sender sender = {
			.is_mode_known = true, .mode = modes[i], .is_listed = o->is_listed
		};

		simulate(&d->arena, without, &sender, false, &results[modes[i]]);
	}
	message_row(d, table, in, o, results,
		TEXT(d, "if %s %s down", part_list(d, names, ", "), names.n == 1 ? "is" : "are"),
		indent);
}

static size_t
count_enforced(const struct outlook *o, enum decision d)
{
	size_t n = 0;

	for (size_t i = 0; i < o->scene->host_count; i++)
		n += o->modes[POLICY_MODE_ENFORCE].hosts[i].decision == d ? 1 : 0;
	return n;
}

static const char *
none_words(struct doc *d, const struct outlook *o)
{
	const size_t unknown = count_enforced(o, DECISION_UNKNOWN);

	if (unknown > 0)
		return TEXT(d, "; of %s nothing is known", part_count(d, unknown, "host"));
	return "; no host is passed over";
}

/* What the switch would do, in one sentence. */
static const char *
enforce_words(struct doc *d, const struct outlook *o)
{
	const struct sim_result *r = &o->modes[POLICY_MODE_ENFORCE];
	const size_t lost_count = count_enforced(o, DECISION_SKIP);
	const char *none = r->outcome == MAIL_DELIVERED_VALIDATED ||
					   r->outcome == MAIL_DELIVERED_UNVALIDATED
				   ? none_words(d, o)
				   : "";
	const char *lost = lost_count == 0 ? none
					   : TEXT(d, "; %s %s passed over",
						     part_count(d, lost_count, "host"),
						     lost_count == 1 ? "is" : "are");
	const char *partly = o->partly == 0 ? ""
					    : TEXT(d, ", %s on some addresses",
						      part_count(d, o->partly, "host"));
	static const char *const outcomes[] = {
		[MAIL_NOT_KNOWN_YET] = "what happens to mail is not known yet",
		[MAIL_DELIVERED_VALIDATED] = "mail goes on, validated",
		[MAIL_DELIVERED_UNVALIDATED] = "mail goes on",
		[MAIL_DEFERRED] = "mail waits: no host is left",
		[MAIL_UNDELIVERABLE] = "mail is returned, with or without MTA-STS",
		[MAIL_UNKNOWN] = "what happens to mail cannot be told from here",
	};

	return TEXT(d, "%s%s%s", outcomes[r->outcome], lost, partly);
}

static void
headline_row(struct doc *d, const struct outlook *o, unsigned indent)
{
	static const char *const ready[] = {
		[READY_UNKNOWN] = "Whether all is ready cannot be told: not every host answered.",
		[READY_NO] = "Not ready.",
		[READY_YES] = "Ready.",
	};
	const bool is_on = o->scene->is_policy_usable && o->scene->mode == POLICY_MODE_ENFORCE;
	struct row *r = doc_row(d, ROW_TEXT, indent);

	row_text(d, r, ROLE_HEADER, "%s: ",
		is_on                        ? "The policy is in mode enforce"
		: o->scene->is_policy_usable ? "If you switch to enforce today"
					     : "If the policy were usable, in mode enforce");
	row_text(d, r, ROLE_TEXT, "%s.%s%s", enforce_words(d, o), is_on ? "" : " ",
		is_on ? "" : ready[o->ready]);
	r->severity = o->ready == READY_NO ? SEVERITY_WARNING : SEVERITY_OK;
}

static const char *
until_words(struct doc *d, const struct cached_outlook *c)
{
	if (!c->is_worse)
		return "";
	return TEXT(d, "; over %s %s",
		c->heals_by_txt ? "by the next reading of the TXT record,"
				: "only when the copy ends,",
		part_stamp(d, c->heals_s));
}

static void
cached_row(struct doc *d, const struct view_input *in, const struct outlook *o, size_t index,
	unsigned indent)
{
	const struct cached_outlook *c = &o->cached[index];
	const enum state state = sim_mail_state(c->now.outcome);
	struct row *r = doc_row(d, ROW_FIELD, indent);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, index == 0 ? "Cached" : "");
	row_cell(d, r);
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, ROLE_TEXT, " %s%s (%s", part_sim_mail(d, in, c->now.outcome, c->now.host),
		until_words(d, c), policy_mode_name(c->cached->policy.mode));
	if (c->cached->event->id.n > 0)
		row_text(d, r, ROLE_TEXT, ", id %s", doc_shown(d, c->cached->event->id));
	row_text(d, r, ROLE_TEXT, ", from %s, until %s)", doc_shown(d, c->cached->event->source),
		part_stamp(d, c->cached->expires_s));
	r->severity = state_severity(state);
}

/* Each as if its turn came; the message goes where it goes today. */
static void
planned_rows(struct doc *d, size_t table, const struct view_input *in, unsigned indent)
{
	struct view_input planned;

	if (!planned_input(in, &planned))
		return;
	for (size_t i = 0; i < planned.judgement->host_count; i++) {
		if (planned.judgement->hosts[i].host->is_planned)
			host_row(d, table, planned.judgement->outlook, i, indent);
	}
}

void
part_columns(struct doc *d, const struct view_input *in, unsigned indent)
{
	const struct outlook *o = in->judgement->outlook;
	const size_t table = doc_table(d, mode_columns, o->has_patterns ? 5 : 3);

	if (o->has_patterns)
		headline_row(d, o, indent);
	else
		doc_text(d, indent, ROLE_TEXT,
			"No policy with mx lines is known, so every sender does as without "
			"MTA-STS.");
	doc_table_head(d, table, indent);
	for (size_t i = 0; i < o->scene->host_count; i++)
		host_row(d, table, o, i, indent);
	planned_rows(d, table, in, indent);
	message_row(d, table, in, o, o->modes, "the message", indent);
	backup_row(d, table, in, o, indent);
	for (size_t i = 0; i < o->cached_count; i++) {
		if (!o->cached[i].is_published)
			cached_row(d, in, o, i, indent);
	}
}

static const char *const tabs[sim_tab_count] = {
	[SIM_TAB_COLUMNS] = "Columns",
	[SIM_TAB_SENDERS] = "Senders",
	[SIM_TAB_WHATIF] = "What-if",
	[SIM_TAB_ATTACKS] = "Attacks",
	[SIM_TAB_ROLLOUT] = "Rollout",
};

/* " [Columns]  Senders   Attacks ...     published: enforce" */
static void
tab_row(struct doc *d, const struct view_input *in, enum sim_tab tab)
{
	const struct session *s = in->session;
	struct row *r = doc_row(d, ROW_TEXT, 1);

	for (int i = 0; i < sim_tab_count; i++)
		row_text(d, r, i == (int)tab ? ROLE_HEADER : ROLE_DIM,
			i == (int)tab ? "[%s] " : " %s  ", tabs[i]);
	row_text(d, r, ROLE_DIM, "  %s: %s", s->rehearsed != NULL ? "rehearsed" : "published",
		in->judgement->scene->is_policy_usable
			? policy_mode_name(in->judgement->scene->mode)
			: "no usable policy");
}

void
view_simulate(const struct view_input *in, enum sim_tab tab, const struct sim_choice *choice,
	struct doc *out)
{
	doc_init(out);
	out->title = safe_literal("Simulate");
	tab_row(out, in, tab);
	switch (tab) {
	case SIM_TAB_COLUMNS:
		part_columns(out, in, 1);
		break;
	case SIM_TAB_SENDERS:
		part_timeline(out, in, choice);
		break;
	case SIM_TAB_WHATIF:
		part_whatif(out, in, choice->whatif, choice->draft);
		break;
	case SIM_TAB_ATTACKS:
		part_attacks(out, in, choice->attacks);
		break;
	case SIM_TAB_ROLLOUT:
		part_rollout(out, in);
		break;
	case sim_tab_count:
		break;
	}
}
