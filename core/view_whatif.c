/* What if: the settings of policy and hosts, edited, and what becomes of the mail then. */
#include "core/view_sim.h"
#include "core/whatif_run.h"

static const struct column setting_columns[] = {
	{ "Setting", 14, 28, false, false, true },
	{ "Walked", 12, 22, false, false, true },
	{ "What if", 20, 0, true, false, false },
	{ "Edit", 8, 0, false, false, false },
};

#define WALKED_COLUMN 1
#define WALKED_FROM 72 /* below so many cells what is edited has the room */

static const struct column result_columns[] = {
	{ "Result", 16, 34, false, false, true },
	{ "Before", 16, 24, false, false, true },
	{ "After", 16, 0, true, false, false },
};

static const char *
whatif_label(const struct whatif_setting *s)
{
	static const char *const labels[] = {
		[WHATIF_MODE] = "mode",
		[WHATIF_PATTERN] = "mx pattern",
		[WHATIF_MAX_AGE] = "max_age",
		[WHATIF_ID] = "id",
		[WHATIF_HOST] = "MX host",
		[WHATIF_FETCH] = "policy fetch",
	};

	return labels[s->kind];
}

/* "── Setting ──── Walked ──── What if ────" */
static void
ruled_head(struct doc *d, size_t table)
{
	doc_table_head(d, table, 3);
	d->rows[d->count - 1].cells[0].fill = GLYPH_RULE;
}

static const char *
setting_id(struct doc *d, const struct whatif_setting *s)
{
	return TEXT(d, WHATIF_SETTING "%d:%zu", (int)s->kind, s->index);
}

const struct whatif_setting *
whatif_setting_of(const struct whatif_plan *plan, struct str id)
{
	struct doc d = { 0 };
	const struct whatif_setting *found = NULL;

	for (size_t i = 0; found == NULL && i < plan->count; i++) {
		if (str_is(id, setting_id(&d, &plan->settings[i])))
			found = &plan->settings[i];
	}
	arena_release(&d.arena);
	return found;
}

static void
label_cell(
	struct doc *d, struct row *r, const struct view_input *in, const struct whatif_setting *s)
{
	row_cell(d, r);
	if (s->is_new && s->mark != WHATIF_TYPING)
		row_text(d, r, ROLE_DIM, "add an %s", whatif_label(s));
	else if (s->kind == WHATIF_HOST && s->name.n > 0)
		row_text(d, r, ROLE_TEXT, "MX %s", part_short_host(d, in->session, s->name));
	else if (s->kind == WHATIF_PATTERN)
		row_text(d, r, ROLE_TEXT, "%s %zu", whatif_label(s), s->index + 1);
	else
		row_text(d, r, ROLE_TEXT, "%s", whatif_label(s));
}

/* Brackets tell what is not as walked without colour. */
static void
value_cell(struct doc *d, struct row *r, const struct whatif_setting *s)
{
	const bool is_typing = s->mark == WHATIF_TYPING;
	const bool is_edited = s->mark != WHATIF_UNCHANGED && s->mark != WHATIF_PROPOSED;
	const enum role role = s->error.n > 0 ? ROLE_STATE_FAIL
			       : is_edited    ? ROLE_CHANGED
					      : ROLE_TEXT;

	row_cell(d, r);
	row_text(d, r, role, is_edited ? "[" : "");
	row_bytes(d, r, role, is_typing && s->kind == WHATIF_HOST ? s->name : s->value);
	row_text(d, r, role, is_typing ? "_]" : is_edited ? "]" : "");
}

static void
setting_row(
	struct doc *d, size_t table, const struct view_input *in, const struct whatif_setting *s)
{
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "%s", setting_id(d, s));
	r->severity = s->error.n > 0 ? SEVERITY_ERROR : SEVERITY_OK;
	label_cell(d, r, in, s);
	row_cell(d, r);
	row_bytes(d, r, ROLE_DIM, s->walked);
	value_cell(d, r, s);
	part_cell(d, r, s->error.n > 0 ? ROLE_STATE_FAIL : ROLE_DIM, "%s",
		s->error.n > 0 && s->mark != WHATIF_TYPING ? "error" : whatif_mark_words(s->mark));
	if (s->error.n == 0)
		return;
	r = doc_row(d, ROW_TEXT, 5);
	row_bytes(d, r, ROLE_STATE_FAIL, s->error);
}

/* "20:32Z" of the next day, else the date. */
static const char *
until_words(struct doc *d, const struct view_input *in, int64_t unix_s)
{
	const char *stamp = part_stamp(d, unix_s);
	enum { DAY_S = 86400, CLOCK_AT = 11, CLOCK_CELLS = 5 };

	if (unix_s - session_as_of_s(in->session) >= DAY_S)
		return part_date(d, unix_s);
	return TEXT(d, "%.*sZ", CLOCK_CELLS, stamp + CLOCK_AT);
}

static const char *
mail_words(struct doc *d, const struct view_input *in, const struct whatif_mail *mail)
{
	const char *host = "", *heals = "";

	if (mail->outcome == MAIL_DELIVERED_VALIDATED && mail->host.n > 0)
		host = TEXT(d, ", %s", part_short_host(d, in->session, mail->host));
	if (mail->heals_s >= 0)
		heals = TEXT(d, " until %s", until_words(d, in, mail->heals_s));
	return TEXT(d, "%s%s%s", sim_mail_words(mail->outcome), host, heals);
}

static void
mail_row(struct doc *d, size_t table, const struct view_input *in, const char *label,
	const struct whatif_mail *was, const struct whatif_mail *is)
{
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "%s", label);
	part_cell(d, r, ROLE_HEADER, "%s", label);
	part_look(d, r, sim_mail_state(was->outcome), mail_words(d, in, was));
	part_look(d, r, sim_mail_state(is->outcome), mail_words(d, in, is));
}

static void
host_cell(struct doc *d, struct row *r, const struct sim_host *h,
	const struct sim_host_result *result, const char *absent)
{
	const struct sim_look look = h != NULL ? sim_host_look(h, result)
					       : (struct sim_look){ STATE_NOT_REACHED, absent };

	part_look(d, r, look.state,
		look.state == STATE_OK && result->decision == DECISION_USE ? "use, validated"
									   : look.words);
}

static void
host_rows(struct doc *d, size_t table, const struct view_input *in,
	const struct whatif_result *result)
{
	for (size_t i = 0; i < result->host_count; i++) {
		const struct whatif_change *c = &result->hosts[i];
		struct row *r;

		if (!c->is_changed)
			continue;
		r = doc_table_row(d, table, 3);
		row_id(d, r, "result:%zu", i);
		if (c->before != NULL)
			r->target = (struct target){ .kind = TARGET_HOST,
				.stage = STAGE_MX,
				.host = arena_str(&d->arena, c->name) };
		part_cell(d, r, ROLE_TEXT, "%s", part_short_host(d, in->session, c->name));
		host_cell(d, r, c->before, c->was, "no MX host");
		host_cell(d, r, c->after, c->is, "no MX host");
	}
	if (result->changed == 0)
		doc_text(d, 3, ROLE_DIM, "%s as before",
			part_count(d, result->host_count, "MX host"));
}

static void
result_rows(struct doc *d, const struct view_input *in, const struct whatif_result *r)
{
	const size_t table = doc_table(d, result_columns, 3);

	ruled_head(d, table);
	mail_row(d, table, in, "message (fresh)", &r->fresh_was, &r->fresh_is);
	if (r->cached_is.is_there)
		mail_row(d, table, in, "message (cached)", &r->cached_was, &r->cached_is);
	host_rows(d, table, in, r);
}

static void
why_row(struct doc *d, const struct view_input *in, const struct whatif_why *why, size_t nth)
{
	enum { NAMES_MAX = 3 };
	struct row *r = doc_row(d, ROW_TEXT, 1);

	row_id(d, r, "why:%zu", nth);
	r->hang = 2;
	for (size_t i = 0; i < why->hosts.n && i < NAMES_MAX; i++)
		row_text(d, r, ROLE_HEADER, "%s%s", i > 0 ? ", " : "",
			part_short_host(d, in->session, why->hosts.v[i]));
	if (why->hosts.n > NAMES_MAX)
		row_text(d, r, ROLE_HEADER, " and %zu more", why->hosts.n - NAMES_MAX);
	row_text(d, r, ROLE_TEXT, why->hosts.n > 0 ? ": " : "");
	row_bytes(d, r, ROLE_TEXT, why->text);
}

static void
why_rows(struct doc *d, const struct view_input *in, const struct whatif_result *result)
{
	struct row *head;

	if (result->why_count == 0)
		return;
	doc_heading(d, "Why it changes");
	head = &d->rows[d->count - 1];
	if (result->changed > 0 && result->changed < result->host_count)
		part_cell(d, head, ROLE_DIM, "%s as before",
			part_count(d, result->host_count - result->changed, "MX host"));
	for (size_t i = 0; i < result->why_count; i++)
		why_row(d, in, &result->why[i], i);
}

static const char *
task_words(struct doc *d, const struct view_input *in, const struct whatif_plan *plan,
	const struct whatif_todo *todo)
{
	const char *host = todo->host != NULL ? doc_shown(d, todo->host->name) : "";
	const int64_t ttl_s = in->judgement->scene->txt_ttl_s;

	switch (todo->task) {
	case WHATIF_TASK_CERT:
		return TEXT(d, "let %s offer STARTTLS with a valid certificate for its name", host);
	case WHATIF_TASK_UNLINK:
		return TEXT(d, "remove the MX record of %s and wait its TTL", host);
	case WHATIF_TASK_FILE:
		return TEXT(d, "upload the policy file (w saves it) to mta-sts.%s",
			doc_shown(d, session_domain(in->session)));
	case WHATIF_TASK_TXT:
		return TEXT(d, "TXT _mta-sts.%s \"v=STSv1; id=%s;\"",
			doc_shown(d, session_domain(in->session)), doc_shown(d, plan->id));
	case WHATIF_TASK_WAIT:
		return ttl_s > 0 ? TEXT(d, "wait %s (TTL): who reads the record again has it then",
					   part_span(d, (uint64_t)ttl_s))
				 : "wait the TTL of the record: who reads it again has it then";
	case WHATIF_TASK_MX:
		return TEXT(d, "publish MX %lld %s when it passes a test",
			(long long)todo->host->preference, host);
	}
	return "";
}

static void
todo_rows(struct doc *d, const struct view_input *in, const struct whatif_plan *plan,
	const struct whatif_result *result)
{
	if (plan->changed == 0 && !plan->is_proposed)
		return;
	doc_heading(d, "To do, in this order");
	for (size_t i = 0; i < result->todo_count; i++) {
		struct row *r = doc_row(d, ROW_TEXT, 1);

		row_id(d, r, "todo:%zu", i);
		r->hang = 2;
		row_text(d, r, ROLE_TEXT, "%zu %s", i + 1,
			task_words(d, in, plan, &result->todo[i]));
	}
	if (plan->is_policy_new && !plan->is_valid)
		doc_text(d, 1, ROLE_STATE_FAIL, "The policy is to be mended first: %s.",
			plan->fault != NULL ? plan->fault : "it is not valid");
	else if (!plan->is_id_ok && (plan->is_policy_new || plan->is_id_new))
		doc_text(d, 1, ROLE_STATE_FAIL, "The id is to be mended first.");
	else if (result->todo_count == 0)
		doc_text(d, 1, ROLE_DIM, "Nothing: what is changed is taken as given.");
}

void
part_whatif(struct doc *d, const struct view_input *in, const struct whatif *w,
	const struct whatif_edit *draft)
{
	const size_t table = doc_table(d, setting_columns, 4);
	const struct whatif none = { .count = 0 };
	struct whatif_plan plan;
	struct whatif_result result;

	whatif_plan(&d->arena, in->judgement, w != NULL ? w : &none, draft, &plan);
	whatif_run(&d->arena, in->judgement, &plan, &result);
	d->tables[table].spare = WALKED_COLUMN;
	d->tables[table].spare_from = WALKED_FROM;
	ruled_head(d, table);
	for (size_t i = 0; i < plan.count; i++)
		setting_row(d, table, in, &plan.settings[i]);
	result_rows(d, in, &result);
	if (!in->judgement->is_final)
		doc_text(d, 1, ROLE_DIM, "The walk is not over: edits wait for its end.");
	else if (plan.changed == 0 && plan.is_proposed)
		doc_text(d, 1, ROLE_TEXT,
			"There is no policy to edit: this one is proposed, from the MX hosts that "
			"were walked.");
	else if (plan.changed == 0)
		doc_text(
			d, 1, ROLE_DIM, "Nothing is edited: Enter changes a setting, u undoes it.");
	why_rows(d, in, &result);
	todo_rows(d, in, &plan, &result);
}
