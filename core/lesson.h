/*
 * lesson: a walk told stage by stage: what a sender does next, what do you expect, what happened.
 *
 * A lesson is the sessions of a scenario's acts with its words. Its steps are the stages of the
 * first act, under --quiz the question for the name of the fault, then one step for each later act,
 * with the difference. The right answer of every question follows from the judgement. Pure.
 */
#ifndef STS_LESSON_H
#define STS_LESSON_H

#include "core/view.h"

#define LESSON_MAX_ACTS 8
#define LESSON_MAX_CHOICES 5
#define LESSON_NO_ANSWER SIZE_MAX

struct lesson_act {
	struct str name, note, sender, owner;
	const struct session *session;
	const struct judgement *judgement;
};

struct lesson {
	struct str name, title, broken, fix, reading; /* of the scenario */
	size_t number; /* in the course, from 1; 0: not part of it */
	const char *about; /* of the course, NULL */
	bool is_quiz;
	struct lesson_act acts[LESSON_MAX_ACTS];
	size_t act_count; /* at least 1 */
};

enum lesson_kind { LESSON_STAGE, LESSON_NAME, LESSON_ACT };

struct lesson_question {
	enum lesson_kind kind;
	enum stage stage; /* of LESSON_STAGE */
	size_t act;
	const char *title, *next; /* "3 Policy"; what a sender does, with its RFC section */
	const char *choices[LESSON_MAX_CHOICES];
	const char
		*whys[LESSON_MAX_CHOICES]; /* when each would be right, for who chose it wrongly */
	size_t count, right;
};

/* The course. */
size_t course_count(void);
const char *course_scenario(size_t index);
const char *course_about(size_t index);
/* The index of a scenario, course_count() when it is no lesson of the course. */
size_t course_find(struct str scenario);

size_t lesson_step_count(const struct lesson *l);
void lesson_question(const struct lesson *l, size_t step, struct lesson_question *out);
/* Whether name and findings may be shown: always, but in a quiz only once the fault was named. */
bool lesson_is_open(const struct lesson *l, size_t step, bool is_after);
/* What stands in title bars: the lesson's number and words, or that it is a quiz. */
struct str lesson_title(const struct lesson *l, bool is_open, struct arena *a);

/*
 * Before a step: choices are rows of id "choice:0" and so on. wrong is a name that was chosen in a
 * quiz and is not it, which is told what it would mean; LESSON_NO_ANSWER where there is none.
 */
void view_lesson_before(const struct lesson *l, size_t step, size_t wrong, struct doc *out);
/* After it; answer is the index of what was expected, or LESSON_NO_ANSWER. */
void view_lesson_after(const struct lesson *l, size_t step, size_t answer, struct doc *out);
/* To a wrong name in a quiz: what it would mean. The answer may be LESSON_NO_ANSWER. */
void view_lesson_wrong(const struct lesson_question *q, size_t answer, struct doc *out);
/* The list of the course. */
void view_course(struct doc *out);

#endif
