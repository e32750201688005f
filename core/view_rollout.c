/* The rollout card: the step that the domain is on, what blocks the next, what to publish. */
#include "core/buf.h"
#include "core/rollout.h"
#include "core/view_sim.h"

static const struct column step_columns[] = {
	{ "Step", 18, 0, false, false, false },
	{ "State", 7, 0, false, false, false },
	{ "Since", 10, 0, false, false, false },
	{ "What it needs", 16, 0, true, false, false },
};

/* Where reports go says more than that they are needed. */
static const char *
needs_words(struct doc *d, const struct tlsrpt *reports, enum rollout_step step)
{
	if (step != ROLLOUT_TLSRPT || !reports->is_valid)
		return rollout_step_needs(step);
	return TEXT(d, "%s%s", doc_shown(d, reports->rua[0].uri),
		reports->rua_count > 1 ? TEXT(d, " and %zu more", reports->rua_count - 1) : "");
}

static void
step_rows(struct doc *d, const struct view_input *in, const struct rollout *r)
{
	static const enum state looks[] = {
		[ROLLOUT_DONE] = STATE_OK,
		[ROLLOUT_HERE] = STATE_WARN,
		[ROLLOUT_NEXT] = STATE_WAITING,
		[ROLLOUT_LATER] = STATE_WAITING,
		[ROLLOUT_OPEN] = STATE_NOT_REACHED,
	};
	const size_t table = doc_table(d, step_columns, 4);

	doc_table_head(d, table, 1);
	for (int i = 0; i < rollout_step_count; i++) {
		struct row *row = doc_table_row(d, table, 1);
		const enum state look = looks[r->states[i]];

		row_id(d, row, "step:%d", i);
		part_cell(d, row, ROLE_TEXT, "%d %s", i + 1,
			rollout_step_title((enum rollout_step)i));
		row_cell(d, row);
		row_glyph(d, row, state_role(look), state_glyph(look));
		row_text(d, row, ROLE_TEXT, " %s", rollout_state_name(r->states[i]));
		part_cell(d, row, ROLE_DIM, "%s",
			r->states[i] <= ROLLOUT_HERE && r->since_s[i] >= 0
				? part_date(d, r->since_s[i])
				: "-");
		part_cell(d, row, ROLE_TEXT, "%s",
			needs_words(d, &in->session->tlsrpt, (enum rollout_step)i));
	}
}

/* Each line can be selected: y copies the whole text. */
static void
literal_rows(struct doc *d, const char *id, struct str text, unsigned indent)
{
	struct str line;

	for (size_t i = 0; str_split(&text, '\n', &line); i++) {
		struct row *r = doc_row(d, ROW_VERBATIM, indent);

		row_id(d, r, "%s:%zu", id, i);
		row_cell(d, r);
		row_bytes(d, r, ROLE_POLICY_VALUE, line);
	}
}

static void
way_rows(struct doc *d, const struct rollout *r)
{
	if (!r->is_waiting)
		return;
	doc_heading(d, "Fastest way out: mail waits now");
	for (size_t i = 0; i < r->way_count; i++) {
		const struct way_out *w = &r->ways[i];

		doc_text(d, 1, ROLE_HEADER, "%zu %s: %s", i + 1, doc_shown(d, w->what),
			w->after_s <= 0 ? "at once"
					: TEXT(d, "after %s", part_span(d, (uint64_t)w->after_s)));
		literal_rows(d, TEXT(d, "publish-way:%zu", i), w->publish, 5);
		if (w->others.n > 0)
			doc_text(d, 3, ROLE_DIM, "%s", doc_shown(d, w->others));
	}
}

static void
block_rows(struct doc *d, const struct view_input *in, const struct rollout *r)
{
	if (r->next == rollout_step_count && r->block_count == 0)
		return;
	if (r->next == rollout_step_count)
		doc_heading(d, "What does not hold at step %d", (int)r->here + 1);
	else
		doc_heading(d, "What blocks step %d", (int)r->next + 1);
	if (r->has_no_host)
		doc_text(d, 1, ROLE_TEXT, "%s",
			in->judgement->scene->mx == SIM_MX_IS_NULL
				? "The domain takes no mail (null MX): there is nothing to protect."
				: "No MX host is known, and a policy needs an mx line (RFC 8461 "
				  "3.2).");
	else if (r->block_count == 0)
		doc_text(d, 1, ROLE_TEXT, "Nothing that this walk has seen.");
	for (size_t i = 0; i < r->block_count; i++) {
		const struct finding *f = r->blocks[i];
		struct row *row = doc_row(d, ROW_TEXT, 1);

		row_id(d, row, "finding:%zu", (size_t)(f - in->judgement->findings));
		row->target = (struct target){ .kind = TARGET_FINDING,
			.stage = f->stage,
			.index = (size_t)(f - in->judgement->findings) };
		row->severity = f->severity;
		row->hang = 2;
		row_glyph(d, row, severity_role(f->severity), severity_glyph(f->severity));
		row_text(d, row, ROLE_TEXT, " %s  %s  ", blame_name(f->blame), f->type->name);
		row_bytes(d, row, ROLE_HEADER, f->subject);
	}
}

/* Whether it lists every host that the walk saw. */
static void
match_row(struct doc *d, const struct judgement *j, const struct rollout *r)
{
	const struct sim_scene *scene = j->scene;
	struct policy p;
	const bool *is_listed;
	size_t n = 0;

	if (scene->host_count == 0)
		return;
	policy_parse(&d->arena, r->policy, &p);
	is_listed = sim_listed(&d->arena, scene, p.mx, p.mx_count, false);
	for (size_t i = 0; i < scene->host_count; i++)
		n += is_listed[i] ? 1 : 0;
	doc_text(d, 1, ROLE_DIM, "Its mx lines match %zu of %s.", n,
		part_count(d, scene->host_count, "MX host"));
}

static void
publish_rows(struct doc *d, const struct view_input *in, const struct rollout *r)
{
	if (r->tlsrpt.n > 0) {
		doc_heading(d, "For reports");
		literal_rows(d, "publish-tlsrpt", r->tlsrpt, 3);
	}
	if (r->policy.n == 0)
		return;
	doc_heading(d, "Publish for step %d, in this order", (int)r->next + 1);
	doc_text(d, 1, ROLE_TEXT, "1 https://mta-sts.%s/.well-known/mta-sts.txt",
		doc_shown(d, session_domain(in->session)));
	literal_rows(d, "publish-policy", r->policy, 5);
	doc_text(d, 1, ROLE_TEXT, "2 the TXT record, with a new id");
	literal_rows(d, "publish-record", r->record, 5);
	match_row(d, in->judgement, r);
	doc_text(d, 1, ROLE_DIM,
		"Publish 2 when 1 answers 200 on every address; who reads the record again has "
		"seen it after %s.",
		part_span(d, (uint64_t)r->wait_s));
}

/* Mode none first, then the old max_age, then the record, then the file (RFC 8461 8.3). */
static void
removal_rows(struct doc *d, const struct view_input *in, const struct rollout *r)
{
	const struct policy *p = in->judgement->scene->policy;
	int64_t until_s = in->judgement->scene->as_of_s;

	if (r->here != ROLLOUT_REMOVAL)
		return;
	doc_heading(d, "Removal");
	for (size_t i = 0; i < in->session->cached_count; i++) {
		if (in->session->cached[i].expires_s > until_s &&
			in->session->cached[i].policy.mode != POLICY_MODE_NONE)
			until_s = in->session->cached[i].expires_s;
	}
	if (until_s > in->judgement->scene->as_of_s)
		doc_text(d, 1, ROLE_TEXT, "Senders may hold an earlier policy until %s.",
			part_stamp(d, until_s));
	doc_text(d, 1, ROLE_TEXT,
		"When the max_age of the last policy that was not mode none has passed, remove the "
		"record, and the file %s later.",
		part_span(d, p != NULL ? p->max_age_s : 86400));
}

void
part_rollout(struct doc *out, const struct view_input *in)
{
	struct rollout r;

	rollout_make(&out->arena, in->judgement, &r);
	way_rows(out, &r);
	step_rows(out, in, &r);
	block_rows(out, in, &r);
	publish_rows(out, in, &r);
	removal_rows(out, in, &r);
}

void
part_ways_out(struct doc *d, const struct view_input *in)
{
	struct rollout r;

	rollout_make(&d->arena, in->judgement, &r);
	if (!r.is_waiting)
		return;
	way_rows(d, &r);
	doc_blank(d);
}

struct str
sim_publish_text(struct arena *a, const struct view_input *in, struct str row_id)
{
	struct str kind = row_id, rest = row_id;
	struct rollout r;
	uint64_t way;

	if (!str_starts(row_id, STR("publish-")))
		return STR_EMPTY;
	rollout_make(a, in->judgement, &r);
	str_split(&rest, ':', &kind);
	if (str_is(kind, "publish-tlsrpt"))
		return r.tlsrpt;
	if (str_is(kind, "publish-policy"))
		return r.policy;
	if (str_is(kind, "publish-record"))
		return r.record;
	kind = rest;
	str_split(&rest, ':', &kind);
	return str_to_u64(kind, ROLLOUT_WAYS_MAX, &way) && way < r.way_count ? r.ways[way].publish
									     : STR_EMPTY;
}

/* The lines before those of the TXT record, each with its end. */
static struct str
file_of(struct arena *a, struct str publish)
{
	struct buf out = BUF_INIT(0);
	struct str line, file;

	while (str_starts(publish, STR("version: ")) || out.n > 0) {
		if (!str_split(&publish, '\n', &line) || str_starts(line, STR("_mta-sts.")))
			break;
		if (line.n > 0)
			buf_addf(&out, "%.*s\n", STR_ARG(line));
	}
	file = arena_str(a, buf_str(&out));
	buf_release(&out);
	return file;
}

struct str
sim_publish_file(struct arena *a, const struct view_input *in, struct str row_id)
{
	struct str file = file_of(a, sim_publish_text(a, in, row_id));
	struct rollout r;

	rollout_make(a, in->judgement, &r);
	if (file.n == 0)
		file = r.policy;
	for (size_t i = 0; file.n == 0 && i < r.way_count; i++)
		file = file_of(a, r.ways[i].publish);
	return file;
}
