/* diff: what changed between two saved sessions. */
#include <string.h>

#include "core/diff.h"
#include "core/render.h"
#include "tui/cmd.h"
#include "tui/session_input.h"

/* One of the two, judged. */
struct half {
	struct session session;
	struct judgement judgement;
	bool is_judged;
};

static enum result
half_open(struct half *h, const char *path, struct err *err)
{
	struct str warning = STR_EMPTY;

	if (session_load(path, &h->session, &warning, err) != RESULT_OK)
		return RESULT_FAILED;
	if (warning.n > 0)
		cmd_note("%s: %.*s", strcmp(path, "-") == 0 ? "standard input" : path,
			STR_ARG(warning));
	judge(&h->session, NULL, &h->judgement);
	h->is_judged = true;
	return RESULT_OK;
}

static void
half_release(struct half *h)
{
	if (h->is_judged)
		judgement_release(&h->judgement);
	session_release(&h->session);
}

static int
print(const struct options *o, const struct half *old, const struct half *new)
{
	const struct render_options look = { .columns = 78, .is_ascii = cmd_is_ascii(o) };
	const struct view_input left = { &old->session, &old->judgement, old->session.last_us };
	const struct view_input right = { &new->session, &new->judgement, new->session.last_us };
	struct buf text = BUF_INIT(0);
	struct diff diff;
	struct doc doc;
	int status;

	diff_sessions(&left, &right, &diff);
	if (options_format_is(o, "json")) {
		render_diff_json(&diff, &text);
	} else {
		view_diff(&diff, &doc);
		render_text(&doc, &look, &text);
		doc_release(&doc);
	}
	status = cmd_print(o, buf_str(&text), diff.count > 0 ? 1 : 0);
	diff_release(&diff);
	buf_release(&text);
	return status;
}

int
cmd_diff(struct options *o)
{
	struct half old = { .is_judged = false }, new = { .is_judged = false };
	struct err err = { .text = "" };
	int status;

	session_init(&old.session);
	session_init(&new.session);
	if (half_open(&old, o->operands.v[0].p, &err) != RESULT_OK ||
		half_open(&new, o->operands.v[1].p, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else
		status = print(o, &old, &new);
	half_release(&old);
	half_release(&new);
	return status;
}
