/*
 * screen_lesson: a lesson, one page before and one after each step. Space or Enter goes on with the
 * selected answer, Backspace goes back; other keys look at the evidence of the act that is told.
 */
#include "tui/screen_lesson.h"

/* Leave for a lesson of the course. */
static void
go_lesson(struct console *c, size_t index)
{
	buf_clear(&c->next);
	buf_add_text(&c->next, course_scenario(index));
	c->next_kind = NEXT_LESSON;
	c->is_leaving = true;
}

static bool
is_open(const struct console *c)
{
	const struct lesson_place *at = &c->lesson;

	return lesson_is_open(c->options->lesson, at->step, at->is_after);
}

bool
lesson_is_shown(const struct console *c)
{
	return c->stack[c->depth - 1].kind == SCREEN_LESSON;
}

/* What is told before its turn would spoil the question. */
bool
lesson_hides_verdict(const struct console *c)
{
	const struct lesson *l = c->options->lesson;

	if (l == NULL)
		return false;
	if (!is_open(c))
		return true;
	return lesson_is_shown(c) && (c->lesson.step < 4 || !c->lesson.is_after);
}

bool
lesson_is_closed(const struct console *c)
{
	return c->options->lesson != NULL && !is_open(c);
}

bool
lesson_has_told(const struct console *c, enum stage stage)
{
	const struct lesson_place *at = &c->lesson;
	const struct lesson *l = c->options->lesson;
	struct lesson_question q;

	if (l == NULL || stage == STAGE_ENV || (is_open(c) && !lesson_is_shown(c)))
		return true;
	lesson_question(l, at->step, &q);
	if (q.kind == LESSON_ACT)
		return at->is_after;
	for (size_t i = 0; i < at->step + at->is_after; i++) {
		lesson_question(l, i, &q);
		if (q.kind == LESSON_STAGE && q.stage == stage)
			return true;
	}
	return false;
}

/* "lesson 9 of 24   answered 3 of 3 right   act 1 of 2": which lesson is no secret but in a quiz. */
struct safe
lesson_counter(const struct console *c, struct arena *a)
{
	const struct lesson_place *at = &c->lesson;
	const struct lesson *l = c->options->lesson;
	const struct pane *pane = &c->stack[c->depth - 1].pane;
	const size_t asked = at->step + at->is_after;
	const bool is_wide = c->columns >= 80;
	struct safe words = safe_literal("");
	struct lesson_question q;
	size_t right = 0, line, lines;

	for (size_t i = 0; i < asked; i++) {
		lesson_question(l, i, &q);
		right += at->answers[i] == q.right;
	}
	lesson_question(l, at->step, &q);
	if (l->number > 0 && is_open(c) && is_wide)
		words = safe_printf(a, "lesson %zu of %zu   ", l->number, course_count());
	words = safe_printf(a, "%.*sanswered %zu of %zu right", SAFE_ARG(words), right, asked);
	if (l->act_count > 1 && is_open(c) && is_wide)
		words = safe_printf(
			a, "%.*s   act %zu of %zu", SAFE_ARG(words), q.act + 1, l->act_count);
	pane_place(pane, &line, &lines);
	if (!at->is_after)
		words = safe_printf(a, "%.*s   choice %zu of %zu", SAFE_ARG(words), line, lines);
	else if (lines > (size_t)pane->height)
		words = safe_printf(a, "%.*s   line %zu of %zu", SAFE_ARG(words), line, lines);
	return words;
}

struct safe
lesson_crumb(const struct console *c, struct arena *a)
{
	const struct lesson_place *at = &c->lesson;
	const struct lesson *l = c->options->lesson;
	const struct safe title = safe_text(a, lesson_title(l, is_open(c), a), 0);

	return safe_printf(
		a, "%.*s  step %zu of %zu", SAFE_ARG(title), at->step + 1, lesson_step_count(l));
}

void
lesson_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct lesson_place *at = &c->lesson;

	(void)s;
	if (!at->is_after) {
		view_lesson_before(c->options->lesson, at->step,
			at->has_wrong ? at->wrong : LESSON_NO_ANSWER, out);
		return;
	}
	view_lesson_after(c->options->lesson, at->step, at->answers[at->step], out);
	/* To be read: without rows to select, the page scrolls line by line. */
	for (size_t i = 0; i < out->count; i++)
		out->rows[i].id = STR_EMPTY;
}

/* The session of the act that is told is what all screens show. */
static void
show_page(struct console *c)
{
	const struct lesson *l = c->options->lesson;
	struct screen *s = console_top(c);
	struct lesson_question q;

	lesson_question(l, c->lesson.step, &q);
	if (c->session != &c->options->lesson_sessions[q.act]) {
		c->session = &c->options->lesson_sessions[q.act];
		c->is_stale = true;
	}
	buf_clear(&s->pane.selected);
	s->pane.top = 0;
	console_changed(c);
}

static size_t
chosen(const struct console *c)
{
	const struct row *row = pane_row(&c->stack[c->depth - 1].pane);
	uint64_t index;

	if (row == NULL || !str_starts(row->id, STR("choice:")) ||
		!str_to_u64(str_skip(row->id, 7), LESSON_MAX_CHOICES, &index))
		return LESSON_NO_ANSWER;
	return (size_t)index;
}

static void
answer(struct console *c)
{
	struct lesson_place *at = &c->lesson;
	struct lesson_question q;
	const size_t index = chosen(c);

	lesson_question(c->options->lesson, at->step, &q);
	at->has_wrong = q.kind == LESSON_NAME && index != q.right;
	if (at->has_wrong) {
		at->wrong = index;
		console_changed(c);
		console_say(c, "that is not it: look at the evidence again (e, c, X)");
		return;
	}
	at->answers[at->step] = index;
	at->is_after = true;
	show_page(c);
}

/* Behind the last page. Once it was said, the same key begins the next lesson of the course. */
static void
lesson_over(struct console *c)
{
	const struct lesson *l = c->options->lesson;
	const bool has_next = l->number > 0 && l->number < course_count() && !l->is_quiz;

	if (c->lesson.is_over && has_next) {
		go_lesson(c, l->number);
		return;
	}
	c->lesson.is_over = true;
	if (has_next)
		console_say(c, "the lesson is over: Space begins lesson %zu, L lists all, q leaves",
			l->number + 1);
	else
		console_say(c, "the lesson is over: L lists all, q leaves");
}

void
lesson_next(struct console *c)
{
	struct lesson_place *at = &c->lesson;

	if (!at->is_after) {
		answer(c);
	} else if (at->step + 1 < lesson_step_count(c->options->lesson)) {
		at->step++;
		at->is_after = false;
		show_page(c);
	} else {
		lesson_over(c);
	}
}

static void
lesson_back(struct console *c)
{
	struct lesson_place *at = &c->lesson;

	if (at->is_after) {
		at->is_after = false;
	} else if (at->step > 0) {
		at->step--;
		at->is_after = true;
	} else {
		console_say(c, "this is the first step");
		return;
	}
	show_page(c);
}

static bool
is_among(enum action action, const enum action *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i] == action)
			return true;
	}
	return false;
}

/* What would leave the act. */
static bool
is_never(enum action action)
{
	static const enum action never[] = { ACTION_HOLD, ACTION_AGAIN, ACTION_AGAIN_THIS,
		ACTION_STOP_PROBE, ACTION_WATCH, ACTION_SNI, ACTION_DIFF, ACTION_REPLAY_NEXT,
		ACTION_REPLAY_BACK };

	return is_among(action, never, sizeof(never) / sizeof(never[0]));
}

/* What would say the verdict or name the fault. */
static bool
is_spoiler(enum action action)
{
	static const enum action spoilers[] = { ACTION_FINDINGS, ACTION_OVERVIEW, ACTION_SAVE,
		ACTION_SIMULATE, ACTION_BOUNCE, ACTION_POLICY, ACTION_STAGE_0, ACTION_STAGE_1,
		ACTION_STAGE_2, ACTION_STAGE_3, ACTION_STAGE_4, ACTION_STAGE_5, ACTION_COPY };

	return is_among(action, spoilers, sizeof(spoilers) / sizeof(spoilers[0]));
}

bool
lesson_refuses(const struct console *c, enum action action)
{
	return c->options->lesson != NULL &&
	       (is_never(action) || (!is_open(c) && is_spoiler(action)));
}

static bool
is_refused(struct console *c, enum action action)
{
	if (!lesson_refuses(c, action))
		return false;
	console_say(c, is_never(action)
			       ? "not in a lesson: Space goes on, Backspace goes back"
			       : "shown once the fault is named; e, c and X show the evidence");
	return true;
}

bool
lesson_key(struct console *c, uint32_t key)
{
	const enum action action = key_action(key);
	const bool is_here = console_top(c)->kind == SCREEN_LESSON;

	if (c->options->lesson == NULL)
		return false;
	/* Space reads a long page to its end first. */
	if (is_here && key == ' ' && c->lesson.is_after &&
		pane_move(&console_top(c)->pane, console_top(c)->pane.height - 1)) {
		console_changed(c);
		return true;
	}
	if (is_here && (key == ' ' || action == ACTION_OPEN)) {
		lesson_next(c);
		return true;
	}
	if (is_here && action == ACTION_LESSON_BACK) {
		lesson_back(c);
		return true;
	}
	return is_refused(c, action);
}

/* The list of the course: L, from any screen. */

void
lessons_view(const struct console *c, const struct screen *s, struct doc *out)
{
	static const struct column columns[] = {
		{ .title = "Done", .min = 4 },
		{ .title = "Nr", .min = 2, .is_right = true },
		{ .title = "Lesson", .min = 20, .is_flex = true },
		{ .title = "Scenario", .min = 12, .is_middle_cut = true },
	};
	const bool *done = c->options->lessons_done;
	size_t table;

	(void)s;
	doc_init(out);
	table = doc_table(out, columns, 4);
	doc_table_head(out, table, 3);
	for (size_t i = 0; i < course_count(); i++) {
		struct row *r = doc_table_row(out, table, 3);

		row_id(out, r, "lesson:%zu", i);
		row_cell(out, r);
		if (done != NULL && done[i])
			row_glyph(out, r, ROLE_STATE_OK, GLYPH_OK);
		row_cell(out, r);
		row_text(out, r, ROLE_TEXT, "%zu", i + 1);
		row_cell(out, r);
		row_text(out, r, ROLE_TEXT, "%s", course_about(i));
		row_cell(out, r);
		row_text(out, r, ROLE_DIM, "%s", course_scenario(i));
	}
}

void
lessons_open(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);
	uint64_t index;

	if (row != NULL && str_starts(row->id, STR("lesson:")) &&
		str_to_u64(str_skip(row->id, 7), course_count() - 1, &index))
		go_lesson(c, (size_t)index);
}
