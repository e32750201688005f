/* explain: an entry of the catalogue, or the list of all. */
#include <string.h>

#include "core/render.h"
#include "tui/cmd.h"

static int
print_doc(const struct options *o, struct doc *doc)
{
	const struct render_options options = { .columns = 78, .is_ascii = cmd_is_ascii(o) };
	struct buf text = BUF_INIT(0);
	int status;

	render_text(doc, &options, &text);
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

/* A reply code or a bounce is read by a later version; any other word is misspelt. */
static int
unknown(struct options *o, struct str word)
{
	const char *names[finding_count];
	const char *near;
	struct err err;

	if (word.n > 0 && (ascii_is_digit(word.p[0]) || word.p[0] == '-')) {
		err_set(&err, EXIT_USAGE,
			"explain '%.*s': this version does not read replies and bounces yet",
			SAFE_ARG(safe_text(&o->arena, word, 80)));
		return cmd_complain(&err);
	}
	for (unsigned i = 0; i < finding_count; i++)
		names[i] = finding_type(i)->name;
	near = near_word(word, names, finding_count);
	err_set(&err, EXIT_USAGE, "explain '%.*s': no such finding; %s%s%s",
		SAFE_ARG(safe_text(&o->arena, word, 80)), near ? "did you mean " : "",
		near ? near : "`stswalk explain` lists them", near ? "?" : "");
	return cmd_complain(&err);
}

int
cmd_explain(struct options *o)
{
	const struct finding_type *type = NULL;
	struct doc doc;
	int status;

	if (o->operands.n > 0) {
		type = finding_by_name(o->operands.v[0]);
		if (type == NULL)
			return unknown(o, o->operands.v[0]);
	}
	doc_init(&doc);
	if (type != NULL)
		view_explain(type, &doc);
	else
		view_explain_list(&doc);
	status = print_doc(o, &doc);
	doc_release(&doc);
	return status;
}
