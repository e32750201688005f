/* Stage 0, this side, and stage 5, the verdict; and which view shows which stage. */
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column check_columns[] = {
	{ "Check", 11, 0, false, false, false },
	{ "State", 6, 0, false, false, false },
	{ "What was seen", 12, 0, true, false, false },
	{ "What it decides", 10, 0, false, false, false },
};

static const struct column decision_columns[] = {
	{ "Pref", 4, 0, false, true, false },
	{ "Host", 12, 0, true, false, true },
	{ "State", 6, 0, false, false, false },
	{ "Decision", 12, 0, false, false, false },
	{ "Why", 8, 0, true, false, false },
};

static const char *const decisions[] = {
	[DECISION_USE] = "use",
	[DECISION_USE_UNVALIDATED] = "use, unvalidated",
	[DECISION_SKIP] = "passed over",
	[DECISION_UNREACHABLE] = "unreachable",
	[DECISION_UNKNOWN] = "not known",
};

static const char *const ends[end_reason_count] = {
	[END_DONE] = "done",
	[END_CANCELLED] = "stopped before its end",
	[END_TIMEOUT] = "ended by its time limit",
};

const char *
decision_words(enum decision decision)
{
	return decisions[decision];
}

const char *
end_words(enum end_reason reason)
{
	return ends[reason];
}

/* Begins a row of the checks; the caller adds what was seen into the third cell. */
static struct row *
check_row(struct doc *d, size_t table, const char *name, enum severity severity)
{
	static const enum state states[] = {
		[SEVERITY_OK] = STATE_OK,
		[SEVERITY_INFO] = STATE_OK,
		[SEVERITY_WARNING] = STATE_WARN,
		[SEVERITY_INCONCLUSIVE] = STATE_INCONCLUSIVE,
		[SEVERITY_ERROR] = STATE_FAIL,
	};
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "check:%s", name);
	r->target = (struct target){ .kind = TARGET_STAGE, .stage = STAGE_ENV };
	part_cell(d, r, ROLE_TEXT, "%s", name);
	row_cell(d, r);
	if (severity == SEVERITY_INFO) {
		row_glyph(d, r, ROLE_SEV_INFO, GLYPH_INFO);
		row_text(d, r, ROLE_SEV_INFO, " INFO");
	} else {
		part_state(d, r, states[severity]);
	}
	r->severity = severity;
	row_cell(d, r);
	return r;
}

static void
dns_check(struct doc *d, size_t table, const struct session *s)
{
	size_t i, asked = 0, answered = 0;
	struct row *r;

	for (i = 0; i < s->lookup_count; i++) {
		asked += s->lookups[i]->is_done ? 1 : 0;
		answered += s->lookups[i]->is_done && s->lookups[i]->answer &&
					    s->lookups[i]->answer->rcode >= 0
				    ? 1
				    : 0;
	}
	r = check_row(d, table, "DNS answers",
		asked > 0 && answered == 0 ? SEVERITY_INCONCLUSIVE : SEVERITY_OK);
	row_text(d, r, ROLE_TEXT, "%s answered %zu of %zu",
		s->start->resolvers.n > 0 ? part_list(d, s->start->resolvers, " ") : "no resolver",
		answered, asked);
	part_cell(d, r, ROLE_DIM, "records are theirs");
}

/* A resolver that invents answers speaks for nobody. */
static void
invention_check(struct doc *d, size_t table, const struct view_input *in)
{
	const struct lookup *l = session_lookup(
		in->session, LOOKUP_ENV_INVALID, RRTYPE_A, STR_EMPTY);
	const bool is_invented = l != NULL &&
				 (l->status == LOOKUP_OK || l->status == LOOKUP_NODATA);
	struct row *r;

	if (l == NULL || !l->is_done)
		return;
	r = check_row(d, table, "no invention",
		is_invented                    ? SEVERITY_INCONCLUSIVE
		: l->status == LOOKUP_NXDOMAIN ? SEVERITY_OK
					       : SEVERITY_INFO);
	row_text(d, r, ROLE_TEXT, "%s for %s",
		is_invented                    ? "an answer"
		: l->status == LOOKUP_NXDOMAIN ? "NXDOMAIN"
					       : part_lookup_words(l->status),
		doc_shown(d, l->name));
	part_cell(d, r, ROLE_DIM, "%s",
		is_invented                    ? "nothing is judged"
		: l->status == LOOKUP_NXDOMAIN ? "answers are real"
					       : "not tried whole");
}

static void
ad_check(struct doc *d, size_t table, const struct session *s)
{
	bool is_seen = false;
	struct row *r;
	size_t i;

	for (i = 0; i < s->lookup_count; i++)
		is_seen |= s->lookups[i]->answer && s->lookups[i]->answer->is_ad;
	r = check_row(d, table, "AD bit",
		s->start->is_ad_trusted && is_seen ? SEVERITY_OK : SEVERITY_INFO);
	row_text(d, r, ROLE_TEXT, "%s, AD %s",
		s->start->is_ad_trusted ? "trusted resolver" : "resolver not trusted for it",
		is_seen ? "seen" : "not seen");
	part_cell(d, r, ROLE_DIM,
		s->start->is_ad_trusted && is_seen ? "DNSSEC is seen" : "DNSSEC is not judged");
}

static void
clock_check(struct doc *d, size_t table, const struct session *s)
{
	int64_t offset_ms = 0, size_ms;
	size_t i, dates = 0;
	struct row *r;

	for (i = 0; i < s->https_count; i++)
		if (s->https[i]->http && s->https[i]->http->has_date) {
			offset_ms = s->https[i]->http->date_offset_ms;
			dates++;
		}
	size_ms = offset_ms < 0 ? -offset_ms : offset_ms;
	r = check_row(d, table, "clock",
		dates == 0        ? SEVERITY_INFO
		: size_ms > 60000 ? SEVERITY_WARNING
				  : SEVERITY_OK);
	if (dates == 0)
		row_text(d, r, ROLE_TEXT, "no HTTP Date to compare with");
	else
		row_text(d, r, ROLE_TEXT, "%s%" PRId64 ".%" PRId64 " s against %s",
			offset_ms < 0 ? "-" : "+", size_ms / 1000, size_ms / 100 % 10,
			part_count(d, dates, "HTTP Date"));
	part_cell(d, r, ROLE_DIM, "dates are judged");
}

static void
store_check(struct doc *d, size_t table, const struct session *s)
{
	bool has_store = s->start->trust_store.n > 0 && s->start->anchors > 0;
	struct row *r = check_row(
		d, table, "trust store", has_store ? SEVERITY_OK : SEVERITY_INCONCLUSIVE);

	if (has_store)
		row_text(d, r, ROLE_TEXT, "%s, %s", doc_shown(d, s->start->trust_store),
			part_count(d, (size_t)s->start->anchors, "anchor"));
	else
		row_text(d, r, ROLE_TEXT, "none found");
	part_cell(d, r, ROLE_DIM, has_store ? "distrust is theirs" : "trust is not judged");
}

/* Our own address of a family, as a connection showed it. */
static struct str
source_of(const struct session *s, enum family family)
{
	size_t i, k;

	for (i = 0; i < s->host_count; i++)
		for (k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (t->family == family && t->connect && t->connect->source.n > 0)
				return t->connect->source;
		}
	for (i = 0; i < s->https_count; i++)
		if (s->https[i]->family == family && s->https[i]->connect)
			return s->https[i]->connect->source;
	return STR_EMPTY;
}

static size_t
untested(const struct session *s, enum family family)
{
	size_t i, k, n = 0;

	for (i = 0; i < s->host_count; i++)
		for (k = 0; k < s->hosts[i]->address_count; k++)
			n += s->hosts[i]->addresses[k]->family == family &&
					     s->hosts[i]->addresses[k]->skip != SKIP_NONE
				     ? 1
				     : 0;
	return n;
}

static void
family_check(struct doc *d, size_t table, const struct session *s, enum family family)
{
	bool is_wanted = family == FAMILY_IPV4 ? s->start->wants_ipv4 : s->start->wants_ipv6;
	bool is_lost = is_wanted && s->is_route_known[family] && !s->has_route[family];
	size_t left = untested(s, family);
	struct row *r = check_row(d, table, family == FAMILY_IPV4 ? "IPv4" : "IPv6",
		is_lost || !is_wanted ? SEVERITY_INFO : SEVERITY_OK);

	if (!is_wanted)
		row_text(d, r, ROLE_TEXT, "switched off");
	else if (is_lost)
		row_text(d, r, ROLE_TEXT, "no route");
	else if (source_of(s, family).n > 0)
		row_text(d, r, ROLE_TEXT, "from %s", doc_shown(d, source_of(s, family)));
	else
		row_text(d, r, ROLE_TEXT,
			s->is_route_known[family] ? "a route exists" : "not needed so far");
	if (left > 0)
		part_cell(d, r, ROLE_DIM, "%s untested", part_count(d, left, "address"));
}

static void
ehlo_check(struct doc *d, size_t table, const struct session *s)
{
	struct str name = session_ehlo(s);
	bool is_name = str_find(name, '.') < name.n && name.n > 0 && name.p[0] != '[';
	struct row *r = check_row(d, table, "EHLO name", is_name ? SEVERITY_OK : SEVERITY_INFO);

	row_bytes(d, r, ROLE_TEXT, name.n > 0 ? name : STR("the address, as [192.0.2.1]"));
	part_cell(d, r, ROLE_DIM, is_name ? "greeting in order" : "may draw refusals");
}

/* What was seen on port 25 tells of our network, not of the hosts. */
static bool
is_port25_ours(const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const enum finding_id id = j->findings[i].type->id;

		if (id == FINDING_ENV_PORT25_BLOCKED || id == FINDING_ENV_PORT25_INTERCEPTED)
			return true;
	}
	return false;
}

static void
port_check(struct doc *d, size_t table, const struct view_input *in)
{
	const struct session *s = in->session;
	size_t i, k, tried = 0, answered = 0;
	struct row *r;

	for (i = 0; i < s->host_count; i++)
		for (k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			tried += t->connect ? 1 : 0;
			/* A refusal comes from the far end too. */
			answered += t->connect && (t->connect->outcome == OUTCOME_OK ||
							  t->connect->outcome == OUTCOME_REFUSED)
					    ? 1
					    : 0;
		}
	if (tried == 0)
		return;
	if (is_port25_ours(in->judgement))
		answered = 0;
	r = check_row(d, table, TEXT(d, "port %" PRId64, s->start->smtp_port),
		answered > 0              ? SEVERITY_OK
		: in->judgement->is_final ? SEVERITY_INCONCLUSIVE
					  : SEVERITY_INFO);
	row_text(d, r, ROLE_TEXT, "%zu of %s answered", answered, part_count(d, tried, "address"));
	part_cell(d, r, ROLE_DIM, answered > 0 ? "not blocked here" : "stage 4 is in doubt");
}

/* Only where they were tried: that takes a walk in which nothing works. */
static void
controls_check(struct doc *d, size_t table, const struct view_input *in)
{
	const char *shown = part_controls(d, in->session);
	const bool is_ours = is_port25_ours(in->judgement);
	struct row *r;

	if (shown == NULL)
		return;
	r = check_row(d, table, "control hosts", is_ours ? SEVERITY_INCONCLUSIVE : SEVERITY_OK);
	row_text(d, r, ROLE_TEXT, "%s", shown);
	part_cell(d, r, ROLE_DIM, is_ours ? "port 25 is ours" : "port 25 works here");
}

static void
view_env(const struct view_input *in, struct doc *d)
{
	const struct session *s = in->session;
	size_t table, i;

	if (!s->start) {
		doc_text(d, 1, ROLE_DIM, "the walk has not begun");
		return;
	}
	table = doc_table(d, check_columns, 4);
	doc_table_head(d, table, 3);
	dns_check(d, table, s);
	invention_check(d, table, in);
	ad_check(d, table, s);
	clock_check(d, table, s);
	store_check(d, table, s);
	family_check(d, table, s, FAMILY_IPV4);
	family_check(d, table, s, FAMILY_IPV6);
	ehlo_check(d, table, s);
	port_check(d, table, in);
	controls_check(d, table, in);
	for (i = 0; i < s->fault_count; i++) {
		struct row *r = check_row(
			d, table, TEXT(d, "our fault %zu", i + 1), SEVERITY_INCONCLUSIVE);

		row_text(d, r, ROLE_TEXT, "%s: %s", doc_shown(d, s->faults[i]->what),
			doc_shown(d, s->faults[i]->error));
	}
	doc_heading(d, "This walk");
	doc_fieldf(d, 1, "From", ROLE_TEXT, "%s", doc_shown(d, s->start->host));
	doc_fieldf(d, 1, "Begun", ROLE_TEXT, "%s", part_stamp(d, session_wall_ms(s, 0) / 1000));
	part_rounds(d, s);
	doc_fieldf(d, 1, "Limit", ROLE_TEXT, "%s s in all",
		TEXT(d, "%" PRId64, s->start->budget_ms / 1000));
	if (s->start->rehearsal.n > 0)
		doc_fieldf(d, 1, "Not real", ROLE_STATE_WARN, "a rehearsal with %s",
			part_list(d, s->start->rehearsal, " "));
	if (s->start->scenario.n > 0)
		doc_fieldf(d, 1, "Lab", ROLE_TEXT, "scenario %s, served on this machine",
			doc_shown(d, s->start->scenario));
}

/* Why a host is used or not: its worst finding's title, or that all is well. */
static void
decision_why(struct doc *d, struct row *r, const struct judgement *j, const struct mx_host *host)
{
	size_t i;

	for (i = 0; i < j->count; i++)
		if (j->findings[i].host == host && j->findings[i].severity > SEVERITY_INFO) {
			row_text(d, r, ROLE_TEXT, "%s", j->findings[i].type->title);
			return;
		}
	row_text(d, r, ROLE_DIM, "-");
}

static void
view_verdict(const struct view_input *in, struct doc *d)
{
	const struct judgement *j = in->judgement;
	size_t table = doc_table(d, decision_columns, 5), i;

	part_mail_now(d, j, 1);
	doc_heading(d, "Host by host, for a sender that asks now");
	if (j->host_count > 0)
		doc_table_head(d, table, 1);
	else
		doc_text(d, 1, ROLE_DIM, "no MX host is known");
	for (i = 0; i < j->host_count; i++) {
		const struct host_judgement *h = &j->hosts[i];
		struct row *r = doc_table_row(d, table, 1);

		row_id(d, r, "host:%s", doc_shown(d, h->host->name));
		r->target = (struct target){ .kind = TARGET_HOST,
			.stage = STAGE_MX,
			.host = arena_str(&d->arena, h->host->name) };
		part_cell(d, r, ROLE_TEXT, "%" PRId64, h->host->preference);
		row_cell(d, r);
		row_bytes(d, r, ROLE_TEXT, h->host->name);
		row_cell(d, r);
		part_state(d, r, h->state);
		part_cell(d, r, ROLE_TEXT, "%s", decision_words(h->decision));
		row_cell(d, r);
		decision_why(d, r, j, h->host);
	}
	doc_heading(d, "In short");
	doc_fieldf(d, 1, "Mode", ROLE_TEXT, "%s",
		session_policy_is_usable(in->session) ? policy_mode_name(session_mode(in->session))
						      : "no usable policy: as without MTA-STS");
	doc_fieldf(d, 1, "Cover", ROLE_TEXT, "%s", part_coverage(d, j));
	doc_fieldf(d, 1, "Found", ROLE_TEXT, "%s", part_counts(d, j));
	if (in->session->is_ended && in->session->end_reason != END_DONE)
		doc_fieldf(
			d, 1, "Walk", ROLE_STATE_UNKNOWN, "%s", end_words(in->session->end_reason));
	doc_fieldf(d, 1, "Exit", ROLE_TEXT, "`check` would exit %d%s", j->exit,
		j->is_final ? "" : " so far");
}

void
view_stage(const struct view_input *in, enum stage stage, struct doc *out)
{
	if (stage == STAGE_POLICY) {
		view_policy(in, out);
		return;
	}
	doc_init(out);
	out->title = safe_printf(
		&out->arena, "%s %s", stage_words(stage)->number, stage_words(stage)->title);
	switch (stage) {
	case STAGE_ENV:
		view_env(in, out);
		break;
	case STAGE_TXT:
	case STAGE_TLSRPT:
		part_txt(out, in);
		break;
	case STAGE_HTTPS:
		part_https(out, in);
		break;
	case STAGE_MX:
		part_mx(out, in);
		break;
	case STAGE_VERDICT:
		view_verdict(in, out);
		break;
	case STAGE_POLICY:
	case stage_count:
		break;
	}
}
