/* demo: the built-in lab, walked by the console or into a report. */
#include <string.h>

#include "core/render.h"
#include "tui/cmd_check.h"
#include "tui/cmd_console.h"
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
	const struct str word = o->operands.n > 0 ? o->operands.v[0] : STR("good");
	struct str text;

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

int
cmd_demo(struct options *o)
{
	struct walk_setup setup = { 0 };
	struct scenario scenario;
	struct err err = { .text = "" };
	int status;

	if (o->lists)
		return list_scenarios(o);
	if (find_scenario(o, &scenario, &err) != RESULT_OK ||
		walk_setup_open(&setup, o, &err) != RESULT_OK ||
		walk_setup_lab(&setup, &scenario, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else if (o->is_plain)
		status = plain_walk(o, &setup);
	else if (console_is_wanted(o))
		status = console_walk(o, &setup);
	else
		status = check_domains(o, &setup, NULL, 1);
	walk_setup_release(&setup);
	return status;
}
