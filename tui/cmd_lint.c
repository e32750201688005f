/* lint: what is given on the command line and in a policy file, judged offline. */
#include <time.h>

#include "core/limits.h"
#include "core/render.h"
#include "tui/cmd.h"

/* Far over what a sender reads, so that "too big" is a finding and no error. */
enum { LINT_FILE_BYTES_MAX = 16 * 1024 * 1024 };

int
cmd_lint(struct options *o)
{
	const struct render_options options = { .columns = 78, .is_ascii = cmd_is_ascii(o) };
	struct lint_input in = { .txt = o->txt,
		.has_txt = o->txt.n > 0,
		.tlsrpt = o->tlsrpt,
		.has_tlsrpt = o->tlsrpt.n > 0,
		.has_policy = o->policy != NULL,
		.mx = o->mx,
		.patterns = o->patterns,
		.now_s = (int64_t)time(NULL) };
	struct buf text = BUF_INIT(0), json = BUF_INIT(0);
	struct err err = { .text = "" };
	struct doc doc;
	int status;

	if (o->policy != NULL && input_read(&o->arena, o->policy, LINT_FILE_BYTES_MAX, &in.policy,
					 &err) != RESULT_OK)
		return cmd_complain(&err);
	doc_init(&doc);
	status = lint_judge(&in, &doc, &json);
	if (!options_format_is(o, "json"))
		render_text(&doc, &options, &text);
	status = cmd_print(o, buf_str(options_format_is(o, "json") ? &json : &text), status);
	doc_release(&doc);
	buf_release(&text);
	buf_release(&json);
	return status;
}
