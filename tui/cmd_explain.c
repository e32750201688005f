/* explain: an entry of the catalogue, a topic, or the list of all. */
#include <string.h>
#include <unistd.h>

#include "core/ndr.h"
#include "core/render.h"
#include "core/view_sim.h"
#include "net/lab/lab.h"
#include "tui/cmd.h"

#define TOPICS_MAX 32
#define TEXT_COLUMNS 78
#define LIST_COLUMNS 240 /* for grep: every entry is one line */

static int
print_doc(const struct options *o, struct doc *doc, unsigned columns)
{
	const struct render_options options = { .columns = columns, .is_ascii = cmd_is_ascii(o) };
	struct buf text = BUF_INIT(0);
	int status;

	render_text(doc, &options, &text);
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

static void
make_finding(struct options *o, const struct finding_type *type, struct doc *doc)
{
	const char *scenario = scenario_for_finding(&o->arena, type->name);

	view_explain(type, doc);
	if (scenario != NULL)
		doc_fieldf(doc, 1, "Try", ROLE_TEXT, "stswalk demo %s", scenario);
}

static void
make_list(struct doc *doc)
{
	view_explain_list(doc);
	doc_blank(doc);
	view_topic_list(doc);
}

/* A code, or with "-" a whole bounce on standard input. */
static int
explain_bounce(struct options *o, struct str word)
{
	struct str text = word;
	struct err err = { .text = "" };
	struct doc doc;
	int status;

	if (str_is(word, "-") &&
		input_read(&o->arena, "-", NDR_MAX_BYTES, &text, &err) != RESULT_OK)
		return cmd_complain(&err);
	view_ndr(NULL, text, &doc);
	status = print_doc(o, &doc, TEXT_COLUMNS);
	doc_release(&doc);
	return status;
}

/* Any other word is misspelt. */
static int
unknown(struct options *o, struct str word)
{
	const char *names[finding_count + TOPICS_MAX];
	size_t count = 0;
	const char *near;
	struct err err;

	for (unsigned i = 0; i < finding_count; i++)
		names[count++] = finding_type(i)->name;
	for (size_t i = 0; i < topic_count() && i < TOPICS_MAX; i++)
		names[count++] = topic_at(i)->name;
	near = near_word(word, names, count);
	err_set(&err, EXIT_USAGE, "explain '%.*s': no such finding or topic; %s%s%s",
		SAFE_ARG(safe_text(&o->arena, word, 80)), near ? "did you mean " : "",
		near ? near : "`stswalk explain` lists them", near ? "?" : "");
	return cmd_complain(&err);
}

int
cmd_explain(struct options *o)
{
	const struct finding_type *type = NULL;
	const struct topic *topic = NULL;
	const bool is_list = o->operands.n == 0;
	struct doc doc;
	int status;

	if (o->operands.n > 0 && (str_is(o->operands.v[0], "-") || ndr_is_code(o->operands.v[0])))
		return explain_bounce(o, o->operands.v[0]);
	if (o->operands.n > 0) {
		type = finding_by_name(o->operands.v[0]);
		topic = topic_by_name(o->operands.v[0]);
		if (type == NULL && topic == NULL)
			return unknown(o, o->operands.v[0]);
	}
	doc_init(&doc);
	if (type != NULL)
		make_finding(o, type, &doc);
	else if (topic != NULL)
		view_topic(topic, &doc);
	else
		make_list(&doc);
	status = print_doc(
		o, &doc, is_list && !isatty(STDOUT_FILENO) ? LIST_COLUMNS : TEXT_COLUMNS);
	doc_release(&doc);
	return status;
}
