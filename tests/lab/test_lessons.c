/* Every lesson of the course, walked through all its acts and told step by step. */
#include "tests/support/check.h"

#include <string.h>

#include "core/lesson.h"
#include "core/render.h"
#include "tests/support/lab_walk.h"

/* The right answers of the five stages and of the later acts, as letters. */
static const struct {
	const char *scenario, *answers;
} rows[] = {
	{ "good", "aaaaa" },
	{ "none", "bddab" },
	{ "txt-wrong-name", "bddaba" },
	{ "txt-two-records", "bddaba" },
	{ "https-wrong-name", "abdaba" },
	{ "https-page", "acdaba" },
	{ "tlsrpt-absent", "aaaaaa" },
	{ "testing", "aababa" },
	{ "wildcard-provider", "aaacca" },
	{ "mx-not-listed", "aaabaa" },
	{ "mx-wrong-name", "aaacca" },
	{ "mx-expired", "aaacca" },
	{ "cert-old-intermediate", "aaacca" },
	{ "starttls-mangled", "aaacca" },
	{ "starttls-stripped", "bddabca" },
	{ "load-balancer", "aaaaaa" },
	{ "max-age-short", "aaaaaa" },
	{ "cached-same-id", "aaaacb" },
	{ "migration", "aaaaaba" },
	{ "removed-at-once", "bddacb" },
	{ "https-cdn", "aaacca" },
	{ "secondary-stale", "aaaaaa" },
	{ "dane-mismatch", "aaacca" },
	{ "port25-blocked", "aaade" },
};

struct told {
	struct arena arena;
	struct lesson lesson;
	struct session sessions[LESSON_MAX_ACTS];
	struct judgement judgements[LESSON_MAX_ACTS];
};

static void
told_act(struct told *t, struct lab *lab, const struct scenario *scenario, size_t act)
{
	struct walk_options options;
	struct err err = { 0 };
	struct scenario sc;
	struct walk *w;

	if (lab_act(lab, act, &err) != RESULT_OK ||
		scenario_act(scenario, act, &t->arena, &sc, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	session_init(&t->sessions[act]);
	lab_walk_options(lab, &options);
	assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
	lab_walk_until(w, &t->sessions[act], NULL, NULL);
	walk_free(w);
	judge(&t->sessions[act], NULL, &t->judgements[act]);
	t->lesson.acts[act] = (struct lesson_act){ sc.acts.v[act], sc.note, sc.sender, sc.owner,
		&t->sessions[act], &t->judgements[act] };
}

static void
told_make(struct told *t, const char *name)
{
	struct scenario sc;
	struct err err = { 0 };
	struct lab *lab;

	*t = (struct told){ 0 };
	if (scenario_find(str_of(name), &t->arena, &sc, &err) != RESULT_OK ||
		lab_start(&lab, &sc, NULL, &err) != RESULT_OK)
		fail_msg("%s: %s", name, err.text);
	t->lesson = (struct lesson){ .name = sc.name,
		.title = sc.title,
		.broken = sc.broken,
		.fix = sc.fix,
		.reading = sc.reading,
		.number = 1 + course_find(sc.name),
		.about = course_about(course_find(sc.name)),
		.act_count = sc.acts.n };
	for (size_t act = 0; act < sc.acts.n; act++)
		told_act(t, lab, &sc, act);
	lab_stop(lab);
}

static void
told_release(struct told *t)
{
	for (size_t i = 0; i < t->lesson.act_count; i++) {
		judgement_release(&t->judgements[i]);
		session_release(&t->sessions[i]);
	}
	arena_release(&t->arena);
}

static void
add_text(struct doc *d, struct buf *out)
{
	const struct render_options look = { .columns = 78 };

	render_text(d, &look, out);
	doc_release(d);
}

/* The letters of the right answers; the text of all pages is added to out. */
static void
tell_all(const struct lesson *l, char *letters, struct buf *out)
{
	size_t step;

	for (step = 0; step < lesson_step_count(l); step++) {
		struct lesson_question q;
		struct doc d;

		lesson_question(l, step, &q);
		assert_true(q.count >= 3 && q.count <= LESSON_MAX_CHOICES && q.right < q.count);
		letters[step] = (char)('a' + q.right);
		view_lesson_before(l, step, LESSON_NO_ANSWER, &d);
		assert_true(doc_find(&d, STR("choice:0")) != SIZE_MAX);
		add_text(&d, out);
		view_lesson_after(l, step, q.right, &d);
		add_text(&d, out);
	}
	letters[step] = '\0';
}

static void
test_course(void **state)
{
	(void)state;
	assert_int_equal(course_count(), 24);
	assert_int_equal(ROWS(rows), course_count());
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = { 0 };
		char letters[16];
		struct told t;

		check_str(rows[i].scenario, "place", str_of(course_scenario(i)),
			str_of(rows[i].scenario));
		told_make(&t, rows[i].scenario);
		tell_all(&t.lesson, letters, &text);
		check_str(rows[i].scenario, "answers", str_of(letters), str_of(rows[i].answers));
		if (strstr(buf_text(&text), "The fix") == NULL)
			fail_msg("%s: no word of the fix", rows[i].scenario);
		if (t.lesson.act_count > 1 && strstr(buf_text(&text), "What was done") == NULL)
			fail_msg("%s: no word of the change", rows[i].scenario);
		buf_release(&text);
		told_release(&t);
	}
}

/* A quiz says neither name nor finding before the fault is named. */
static void
test_quiz(void **state)
{
	static const char *const quizzed[] = { "mx-expired", "good", "none" };

	(void)state;
	for (size_t i = 0; i < ROWS(quizzed); i++) {
		struct lesson_question q;
		struct told t;

		told_make(&t, quizzed[i]);
		t.lesson.is_quiz = true;
		assert_int_equal(lesson_step_count(&t.lesson), 5 + t.lesson.act_count);
		for (size_t step = 0; step <= 5; step++) {
			const bool is_open = lesson_is_open(&t.lesson, step, true);
			struct buf text = { 0 };
			struct doc d;

			view_lesson_after(&t.lesson, step, LESSON_NO_ANSWER, &d);
			add_text(&d, &text);
			check_int(quizzed[i], "open", is_open, step == 5);
			check_int(quizzed[i], "tells", strstr(buf_text(&text), "The fix") != NULL,
				is_open);
			if (t.judgements[0].count > 0)
				check_int(quizzed[i], "names",
					strstr(buf_text(&text),
						t.judgements[0].findings[0].type->name) != NULL,
					is_open);
			check_true(quizzed[i], "title",
				str_is(lesson_title(&t.lesson, is_open, &t.arena),
					"Quiz: what is wrong?") == !is_open);
			buf_release(&text);
		}
		lesson_question(&t.lesson, 5, &q);
		assert_int_equal(q.kind, LESSON_NAME);
		for (size_t k = 0; k < q.count; k++)
			for (size_t m = 0; m < k; m++)
				assert_string_not_equal(q.choices[k], q.choices[m]);
		told_release(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_course),
		cmocka_unit_test(test_quiz),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
