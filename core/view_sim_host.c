/* Simulate, one host: who must act, why it is what it is under enforce, what senders say of it. */
#include "core/ndr.h"
#include "core/view_sim.h"

/* Whose findings about the host count, and which: "domain, mx-operator   mx-not-in-policy ...". */
static void
who_field(struct doc *d, const struct judgement *j, const struct finding **list, size_t count)
{
	bool is_named[BLAME_UNKNOWN + 1] = { false };
	struct row *r = doc_row(d, ROW_FIELD, 1);
	const char *between = "";

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Who");
	row_cell(d, r);
	if (count == 0)
		row_text(d, r, ROLE_STATE_OK, "nobody has to act%s", j->is_final ? "" : " so far");
	for (size_t i = 0; i < count; i++) {
		if (is_named[list[i]->blame])
			continue;
		is_named[list[i]->blame] = true;
		row_text(d, r, severity_role(list[i]->severity), "%s%s", between,
			blame_name(list[i]->blame));
		between = ", ";
	}
	row_cell(d, r);
	for (size_t i = 0; i < count; i++)
		row_text(d, r, ROLE_DIM, "%s%s", i > 0 ? " " : "", list[i]->type->name);
}

/* The decision under enforce; where the name decides, what would come of it besides. */
static void
why_field(struct doc *d, const struct outlook *o, size_t index)
{
	const struct sim_host_result *r =
		&o->modes[o->has_patterns ? POLICY_MODE_ENFORCE : POLICY_MODE_NONE].hosts[index];
	const enum sim_reason reason = o->has_patterns ? sim_host_reason(&d->arena, o->scene, index,
								 o->is_listed)
						       : r->reason;
	enum sim_reason also = SIM_WELL;

	if (reason == SIM_HOST_NOT_LISTED)
		also = sim_host_reason(&d->arena, o->scene, index, NULL);
	doc_fieldf(d, 1, o->has_patterns ? "Enforce" : "None", ROLE_TEXT, "%s: %s (%s)%s%s",
		decision_words(r->decision), sim_reason_words(reason), sim_reason_rfc(reason),
		sim_reason_is_well(also) ? "" : "; and besides: ",
		sim_reason_is_well(also) ? "" : sim_reason_words(also));
}

static void
report_field(struct doc *d, const struct outlook *o, size_t index)
{
	const char *testing = o->modes[POLICY_MODE_TESTING].hosts[index].result_type;
	const char *enforce = o->modes[POLICY_MODE_ENFORCE].hosts[index].result_type;

	if (testing == NULL && enforce == NULL)
		return;
	if (testing != NULL && enforce != NULL && str_is(str_of(testing), enforce))
		doc_fieldf(d, 1, "Report", ROLE_TEXT, "testing and enforce: %s (likely)", enforce);
	else
		doc_fieldf(d, 1, "Report", ROLE_TEXT, "testing: %s; enforce: %s (likely)",
			testing != NULL ? testing : "nothing",
			enforce != NULL ? enforce : "nothing");
}

static bool
names_one(const char *ids, const struct finding **list, size_t count)
{
	struct str rest = str_of(ids), word;

	while (str_split(&rest, ' ', &word)) {
		for (size_t i = 0; i < count; i++) {
			if (str_is(word, list[i]->type->name))
				return true;
		}
	}
	return false;
}

/* What a sender that passes the host over writes into a bounce or its log, the first of each. */
static void
words_field(struct doc *d, const struct finding **list, size_t count)
{
	const char *between = "", *sender = "";
	struct row *r = NULL;
	size_t types;
	const struct ndr_type *type = ndr_types(&types);

	for (size_t i = 0; i < types; i++) {
		if (str_is(str_of(sender), type[i].sender) ||
			!names_one(type[i].findings, list, count))
			continue;
		sender = type[i].sender;
		if (r == NULL) {
			r = doc_row(d, ROW_FIELD, 1);
			row_cell(d, r);
			row_text(d, r, ROLE_HEADER, "Words");
			row_cell(d, r);
		}
		row_text(d, r, ROLE_TEXT, "%s%s%s%.*s \"%s\"", between, type[i].sender,
			type[i].codes[0] != '\0' ? " " : "",
			(int)str_find(str_of(type[i].codes), ' '), type[i].codes, type[i].text);
		between = "; ";
	}
}

/* Those that decide: where it is the name, nothing else is looked at. */
static size_t
deciding(struct arena *a, const struct finding **list, size_t count, bool is_by_name,
	const struct finding ***out)
{
	size_t n = 0;

	*out = arena_array(a, count + 1, sizeof(**out));
	for (size_t i = 0; i < count; i++) {
		if (!is_by_name || str_starts(str_of(list[i]->type->name), STR("mx-")))
			(*out)[n++] = list[i];
	}
	return n;
}

static void
host_fields(struct doc *d, const struct outlook *o, size_t index, const struct finding **list,
	size_t count)
{
	const struct sim_host_result *enforce = &o->modes[POLICY_MODE_ENFORCE].hosts[index];
	const struct finding **those;
	size_t n;

	why_field(d, o, index);
	for (size_t i = 0; i < count; i++)
		doc_field(d, 1, i == 0 ? "Do" : "", ROLE_TEXT, list[i]->fix);
	if (!o->has_patterns)
		return;
	report_field(d, o, index);
	if (enforce->decision != DECISION_SKIP)
		return;
	n = deciding(&d->arena, list, count, enforce->reason == SIM_HOST_NOT_LISTED, &those);
	words_field(d, those, n);
}

void
view_sim_host(const struct view_input *walk, struct str host, struct doc *out)
{
	const struct view_input of_host = planned_for(walk, host), *in = &of_host;
	const struct judgement *j = in->judgement;
	const struct outlook *o = j->outlook;
	const struct target target = { .kind = TARGET_HOST, .stage = STAGE_MX, .host = host };
	const struct finding **list;
	size_t count = 0;

	doc_init(out);
	out->title = safe_literal("Simulate");
	list = arena_array(&out->arena, j->count + 1, sizeof(*list));
	for (size_t i = 0; i < j->count; i++) {
		if (j->findings[i].severity > SEVERITY_INFO &&
			finding_belongs(&j->findings[i], &target))
			list[count++] = &j->findings[i];
	}
	who_field(out, j, list, count);
	for (size_t i = 0; i < o->scene->host_count; i++) {
		if (name_eq(o->scene->hosts[i].name, host))
			host_fields(out, o, i, list, count);
	}
}
