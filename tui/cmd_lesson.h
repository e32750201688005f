/*
 * cmd_lesson: a scenario as a lesson: every act walked, then told step by step, on the console or as
 * text; and the lab left up to be explored.
 */
#ifndef STS_CMD_LESSON_H
#define STS_CMD_LESSON_H

#include "core/lesson.h"
#include "tui/cmd_walk.h"

/* A lesson with all that it borrows from. */
struct lesson_walk {
	struct lesson lesson;
	struct arena arena;
	struct session sessions[LESSON_MAX_ACTS];
	struct judgement judgements[LESSON_MAX_ACTS];
	size_t count; /* of those that are judged */
};

/* The scenario that a word names: a number of the course, or empty: the first, or any in a quiz. */
enum result
lesson_find(struct str word, bool is_quiz, struct arena *a, struct scenario *out, struct err *err);
/* Walk every act of the lab that setup plays. */
enum result lesson_walk(struct lesson_walk *w, struct walk_setup *setup,
	const struct scenario *scenario, bool is_quiz, struct err *err);
/* Its place in the course, by the name that a quiz hides. */
void lesson_number(struct lesson *l, struct str scenario);
void lesson_walk_release(struct lesson_walk *w);
/* The same scenario under a domain that says nothing of it. */
enum result lesson_hide(struct arena *a, struct scenario *scenario, struct err *err);
/* All steps as text; answers are lines of standard input, where somebody can give them. */
int lesson_text(const struct options *o, const struct lesson *l);
/* Print how to reach the servers and keep them up until an interrupt; Enter goes to the next act. */
int lab_serve(const struct options *o, struct lab *lab);

#endif
