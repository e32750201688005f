/* A lesson on the screen and as text: before a step and after it. */
#include "core/diff.h"
#include "core/lesson.h"
#include "core/view_parts.h"

static struct view_input
input_of(const struct lesson_act *act)
{
	return (struct view_input){ act->session, act->judgement, act->session->last_us };
}

static void
paragraph(struct doc *d, struct str text)
{
	struct row *r = doc_row(d, ROW_TEXT, 1);

	row_bytes(d, r, ROLE_TEXT, text);
}

/* One line for each stage that was told already. */
static void
so_far(struct doc *d, const struct lesson *l, size_t step)
{
	const struct view_input in = input_of(&l->acts[0]);

	for (size_t i = 0; i < step; i++) {
		struct lesson_question q;
		struct row *r;

		lesson_question(l, i, &q);
		if (q.kind != LESSON_STAGE)
			break;
		r = doc_row(d, ROW_FIELD, 1);
		row_text(d, r, ROLE_HEADER, "%s", stage_words(q.stage)->title);
		row_cell(d, r);
		part_stage_seen(d, r, &in, q.stage);
	}
	if (step == 0)
		doc_fieldf(d, 1, "Mail", ROLE_TEXT,
			"to somebody at %s, from a sender that does MTA-STS and DANE",
			doc_shown(d, session_domain(l->acts[0].session)));
}

static void
add_choices(struct doc *d, const struct lesson_question *q)
{
	doc_heading(d, "What do you expect?");
	for (size_t i = 0; i < q->count; i++) {
		struct row *r = doc_row(d, ROW_TEXT, 3);

		r->hang = 4;
		row_id(d, r, "choice:%zu", i);
		row_text(d, r, ROLE_KEY, "(%c) ", (char)('a' + i));
		row_text(d, r, ROLE_TEXT, "%s", q->choices[i]);
	}
}

/* When an answer that was given would be right. */
static void
why_row(struct doc *d, const struct lesson_question *q, size_t answer)
{
	struct row *r;

	if (q->whys[answer] == NULL)
		return;
	r = doc_row(d, ROW_TEXT, 1);
	r->hang = 4;
	row_text(d, r, ROLE_DIM, "(%c) ", (char)('a' + answer));
	row_bytes(d, r, ROLE_TEXT, finding_example(&d->arena, q->whys[answer]));
}

void
view_lesson_before(const struct lesson *l, size_t step, size_t wrong, struct doc *out)
{
	struct lesson_question q;

	doc_init(out);
	lesson_question(l, step, &q);
	out->title = safe_literal("Lesson");
	if (q.kind == LESSON_ACT) {
		doc_heading(out, "What was done");
		paragraph(out, l->acts[q.act].note);
		doc_heading(out, "What does a sender do now?");
	} else {
		doc_heading(out, "So far");
		so_far(out, l, step);
		doc_heading(out, q.kind == LESSON_NAME ? "Now" : "What does a sender do next?");
	}
	doc_text(out, 1, ROLE_TEXT, "%s", q.next);
	add_choices(out, &q);
	if (wrong < q.count) {
		doc_heading(out, "That is not it");
		why_row(out, &q, wrong);
	}
}

/* What was expected, and to whom it was not so when it would be. */
static void
said(struct doc *d, const struct lesson_question *q, size_t answer)
{
	const char right = (char)('a' + q->right);
	struct row *r = doc_row(d, ROW_TEXT, 1);

	if (answer == LESSON_NO_ANSWER) {
		row_text(d, r, ROLE_TEXT, "It is (%c): %s.", right, q->choices[q->right]);
		return;
	}
	row_text(d, r, ROLE_TEXT, "You said (%c): ", (char)('a' + answer));
	if (answer == q->right) {
		row_text(d, r, ROLE_STATE_OK, "right");
		row_text(d, r, ROLE_TEXT, ", %s.", q->choices[q->right]);
		return;
	}
	row_text(d, r, ROLE_STATE_FAIL, "not so");
	row_text(d, r, ROLE_TEXT, ". It is (%c): %s.", right, q->choices[q->right]);
	why_row(d, q, answer);
}

void
view_lesson_wrong(const struct lesson_question *q, size_t answer, struct doc *out)
{
	doc_init(out);
	out->title = safe_literal("Lesson");
	doc_text(out, 0, ROLE_STATE_FAIL, "That is not it.");
	if (answer < q->count)
		why_row(out, q, answer);
}

static void
host_rows(struct doc *d, const struct view_input *in)
{
	const struct judgement *j = in->judgement;

	for (size_t i = 0; i < j->host_count; i++) {
		const struct host_judgement *h = &j->hosts[i];
		const struct match_result *m = &h->host->match;
		struct row *r = doc_row(d, ROW_FIELD, 1);

		row_id(d, r, "host:%s", doc_shown(d, h->host->name));
		r->target = (struct target){ .kind = TARGET_HOST,
			.stage = STAGE_MX,
			.host = arena_str(&d->arena, h->host->name) };
		row_bytes(d, r, ROLE_HEADER, h->host->name);
		row_cell(d, r);
		part_state(d, r, h->state);
		row_text(d, r, ROLE_TEXT, "  %s  ", decision_words(h->decision));
		part_host_seen(d, r, in, h->host, h->state);
		if (h->host->has_match && !m->is_match && m->nearest < in->session->policy.mx_count)
			part_labels(d, 3, "pattern", in->session->policy.mx[m->nearest].text,
				"MX name", h->host->name, m->near);
	}
}

/* Findings of a stage, or of all for the verdict. */
static void
finding_rows(struct doc *d, const struct judgement *j, enum stage stage)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		struct row *r;

		if (stage != STAGE_VERDICT && f->stage != stage &&
			!(stage == STAGE_TXT && f->stage == STAGE_TLSRPT))
			continue;
		r = doc_row(d, ROW_TEXT, 1);
		r->hang = 4;
		r->severity = f->severity;
		row_id(d, r, "finding:%zu", i);
		r->target = (struct target){
			.kind = TARGET_FINDING, .stage = f->stage, .index = i
		};
		part_severity(d, r, f->severity);
		row_text(d, r, ROLE_TEXT, "  %s: %s: ", f->type->name, f->type->title);
		row_bytes(d, r, ROLE_TEXT, f->subject);
	}
}

static void
lesson_words(struct doc *d, const struct lesson *l)
{
	const struct {
		const char *title;
		struct str text;
	} rows[] = { { "What is broken", l->broken }, { "What a sender does", l->acts[0].sender },
		{ "What its owner sees", l->acts[0].owner }, { "The fix", l->fix },
		{ "More", l->reading } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].text.n == 0)
			continue;
		doc_heading(d, "%s", rows[i].title);
		paragraph(d, rows[i].text);
	}
	if (l->act_count > 1)
		doc_text(d, 1, ROLE_DIM,
			"One step more applies the next act in the lab and walks again.");
}

static void
after_stage(struct doc *d, const struct lesson *l, const struct lesson_question *q, bool is_open)
{
	const struct view_input in = input_of(&l->acts[0]);
	struct row *r;

	doc_heading(d, "What happened");
	r = doc_row(d, ROW_TEXT, 1);
	part_stage_seen(d, r, &in, q->stage);
	if (q->stage == STAGE_MX)
		host_rows(d, &in);
	if (!is_open)
		return;
	if (in.judgement->count > 0)
		doc_blank(d);
	finding_rows(d, in.judgement, q->stage);
	if (q->stage == STAGE_VERDICT) {
		doc_blank(d);
		lesson_words(d, l);
	}
}

static void
after_act(struct doc *d, const struct lesson *l, size_t act)
{
	const struct view_input old = input_of(&l->acts[act - 1]), new = input_of(&l->acts[act]);
	struct diff diff;

	doc_heading(d, "What happened");
	if (l->acts[act].sender.n > 0)
		paragraph(d, l->acts[act].sender);
	part_mail_now(d, l->acts[act].judgement, 1);
	finding_rows(d, l->acts[act].judgement, STAGE_VERDICT);
	diff_sessions(&old, &new, &diff);
	if (diff.count == 0)
		doc_text(d, 1, ROLE_DIM, "no difference to the walk before");
	part_diff_brief(d, &diff);
	diff_release(&diff);
}

void
view_lesson_after(const struct lesson *l, size_t step, size_t answer, struct doc *out)
{
	struct lesson_question q;

	doc_init(out);
	lesson_question(l, step, &q);
	out->title = safe_literal("Lesson");
	said(out, &q, answer);
	doc_blank(out);
	switch (q.kind) {
	case LESSON_STAGE:
		after_stage(out, l, &q, lesson_is_open(l, step, true));
		break;
	case LESSON_NAME:
		finding_rows(out, l->acts[0].judgement, STAGE_VERDICT);
		doc_blank(out);
		lesson_words(out, l);
		break;
	case LESSON_ACT:
		after_act(out, l, q.act);
		break;
	}
}

void
view_course(struct doc *out)
{
	static const struct column columns[] = {
		{ "Nr", 2, 0, false, true, false },
		{ "Scenario", 20, 0, false, false, false },
		{ "About", 20, 0, true, false, false },
	};
	size_t table;

	doc_init(out);
	out->title = safe_literal("Lessons");
	table = doc_table(out, columns, sizeof(columns) / sizeof(columns[0]));
	doc_table_head(out, table, 0);
	for (size_t i = 0; i < course_count(); i++) {
		struct row *r = doc_table_row(out, table, 0);

		row_id(out, r, "lesson:%s", course_scenario(i));
		part_cell(out, r, ROLE_TEXT, "%zu", i + 1);
		part_cell(out, r, ROLE_TEXT, "%s", course_scenario(i));
		part_cell(out, r, ROLE_TEXT, "%s", course_about(i));
	}
}
