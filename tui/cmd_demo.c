/* demo: the built-in lab, walked by the console or into a report. */
#include <string.h>

#include "core/render.h"
#include "tui/cmd_check.h"
#include "tui/cmd_console.h"
#include "tui/cmd_lesson.h"
#include "tui/plain.h"

static int
list_scenarios(const struct options *o)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(0);
	struct err err = { .text = "" };
	int status = 0;

	for (size_t i = 0; status == 0 && i < scenario_count(); i++) {
		struct scenario scenario;

		if (scenario_shipped(i, &a, &scenario, &err) != RESULT_OK)
			status = cmd_complain(&err);
		else
			buf_addf(&text, "%-24.*s %.*s\n", STR_ARG(scenario.name),
				STR_ARG(scenario.title));
	}
	if (status == 0)
		status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	arena_release(&a);
	return status;
}

/* "dir/x.lab" is a file of the user, any other word names a shipped scenario. */
static enum result
find_scenario(struct options *o, struct scenario *out, struct err *err)
{
	enum { SCENARIO_BYTES_MAX = 1024 * 1024 };
	const bool is_lesson = o->steps || o->is_quiz;
	const struct str none = is_lesson ? STR_EMPTY : STR("good");
	const struct str word = o->operands.n > 0 ? o->operands.v[0] : none;
	struct str text;

	if (is_lesson && !str_ends_nocase(word, STR(".lab")))
		return lesson_find(word, o->is_quiz, &o->arena, out, err);
	if (!str_ends_nocase(word, STR(".lab")))
		return scenario_find(word, &o->arena, out, err);
	if (input_read(&o->arena, word.p, SCENARIO_BYTES_MAX, &text, err) != RESULT_OK)
		return RESULT_FAILED;
	/* Faults are told as NAME.lab:LINE. */
	if (scenario_parse(str_sub(word, 0, word.n - 4), text, &o->arena, out, err) != RESULT_OK) {
		err->exit = EXIT_INPUT;
		return RESULT_FAILED;
	}
	return RESULT_OK;
}

static int
list_course(const struct options *o)
{
	const struct render_options look = { .columns = 78, .is_ascii = cmd_is_ascii(o) };
	struct buf text = BUF_INIT(0);
	struct doc doc;
	int status;

	view_course(&doc);
	render_text(&doc, &look, &text);
	doc_release(&doc);
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

static int
run_lesson(struct options *o, struct walk_setup *setup, struct scenario *scenario)
{
	const struct scenario known = *scenario;
	struct lesson_walk w = { 0 };
	struct err err = { .text = "" };
	int status;

	if ((o->is_quiz && lesson_hide(&o->arena, scenario, &err) != RESULT_OK) ||
		walk_setup_lab(setup, scenario, &err) != RESULT_OK ||
		lesson_walk(&w, setup, scenario, o->is_quiz, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else {
		lesson_number(&w.lesson, known.name);
		status = !o->is_plain && console_is_wanted(o)
				 ? console_lesson(o, setup, &w.lesson, w.sessions)
				 : lesson_text(o, &w.lesson);
	}
	lesson_walk_release(&w);
	return status;
}

/* What is played for whom, once the words are understood. */
static int
play(struct options *o, struct walk_setup *setup, struct scenario *scenario)
{
	struct err err = { .text = "" };

	if (o->steps || o->is_quiz)
		return run_lesson(o, setup, scenario);
	if (walk_setup_lab(setup, scenario, &err) != RESULT_OK)
		return cmd_complain(&err);
	if (o->serves)
		return lab_serve(o, setup->lab);
	if (o->is_plain)
		return plain_walk(o, setup);
	if (console_is_wanted(o))
		return console_walk(o, setup);
	return check_domains(o, setup, NULL, 1);
}

/* A lesson is told, and servers are left up, without a report. */
static enum result
check_words(const struct options *o, struct err *err)
{
	const char *word = o->is_quiz ? "--quiz" : o->steps ? "--step" : "--serve";

	if (!o->steps && !o->is_quiz && !o->serves)
		return RESULT_OK;
	if (o->serves && (o->steps || o->is_quiz))
		return err_set(err, EXIT_USAGE, "%s and --serve: one of them", word);
	if (o->format != NULL || o->save != NULL || o->is_brief || o->is_full || o->scope != NULL)
		return err_set(err, EXIT_USAGE,
			"%s makes no report: no --format, --save, --brief, "
			"--full or --scope with it",
			word);
	return RESULT_OK;
}

int
cmd_demo(struct options *o)
{
	struct walk_setup setup = { 0 };
	struct scenario scenario;
	struct err err = { .text = "" };
	int status;

	if (o->lists)
		return o->steps ? list_course(o) : list_scenarios(o);
	if (check_words(o, &err) != RESULT_OK || find_scenario(o, &scenario, &err) != RESULT_OK ||
		walk_setup_open(&setup, o, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else
		status = play(o, &setup, &scenario);
	walk_setup_release(&setup);
	return status;
}
