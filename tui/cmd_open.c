/* open: a saved session again, in the console or as the report that the walk gave. */
#include <string.h>
#include <unistd.h>

#include "core/redact.h"
#include "core/render.h"
#include "tui/cmd_console.h"
#include "tui/cmd_report.h"
#include "tui/known.h"
#include "tui/plain.h"
#include "tui/session_input.h"

static struct judge_options
judge_options_of(const struct options *o)
{
	return (struct judge_options){ .warn_days = o->warn_days, .require = o->require };
}

/* What is odd about the file, and who wrote it when it was not this version; empty when nothing is. */
static const char *
notice_of(struct options *o, const struct session *s, struct str warning)
{
	struct arena *a = &o->arena;

	if (str_is(s->recorded_by, STSWALK_VERSION))
		return arena_printf(a, "%.*s", STR_ARG(warning)).p;
	return arena_printf(a, "%.*s%srecorded by stswalk %.*s, judged anew by %s",
		STR_ARG(warning), warning.n > 0 ? "; " : "",
		SAFE_ARG(safe_text(a, s->recorded_by, 40)), STSWALK_VERSION)
		.p;
}

/* --save of an opened session: a copy, perhaps a redacted one. */
static enum result
save(const struct options *o, const struct session *s, struct err *err)
{
	struct buf file = BUF_INIT(0);
	struct output out;
	enum result rc;

	if (o->save == NULL)
		return RESULT_OK;
	session_redact_write(s, o->redact, &file);
	rc = output_open(&out, o->save, o->is_forced, err);
	if (rc == RESULT_OK)
		rc = output_write(&out, buf_str(&file), err);
	if (rc == RESULT_OK)
		rc = output_commit(&out, err);
	output_release(&out);
	buf_release(&file);
	return rc;
}

static int
print_report(const struct options *o, const struct session *s)
{
	const struct judge_options judge_options = judge_options_of(o);
	struct options printed = *o;
	struct buf text = BUF_INIT(0);
	struct err err = { .text = "" };
	int status = 0;

	/* As for a walk: the session has standard output, the report goes to the other one. */
	if (o->save != NULL && strcmp(o->save, "-") == 0 && o->output == NULL)
		printed.output = "/dev/stderr";
	if (report_session(o, &judge_options, s, 0, &text, &status, &err) != RESULT_OK ||
		save(o, s, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else {
		report_end(o, &text);
		status = cmd_print(&printed, buf_str(&text), status);
	}
	buf_release(&text);
	return status;
}

/* A walk on another host as it goes on: its events come over standard input. */
static int
follow(struct options *o)
{
	const struct judge_options judge_options = judge_options_of(o);
	struct live_input in;
	struct session session;
	int status;

	session_init(&session);
	live_input_open(&in, STDIN_FILENO);
	status = o->is_plain ? plain_follow(o, &judge_options, &session, &in)
			     : console_session(o, &session, live_input_feed(&in), NULL);
	if (in.problem.text[0] != '\0')
		status = cmd_complain(&in.problem);
	live_input_release(&in);
	session_release(&session);
	return status;
}

static int
show(struct options *o, struct session *s, bool is_console, const char *notice)
{
	const struct judge_options judge_options = judge_options_of(o);

	if (o->redact == 0 && o->is_plain)
		return plain_session(o, &judge_options, s);
	if (is_console)
		return console_session(o, s, (struct feed){ .fd = -1 }, notice);
	return print_report(o, s);
}

int
cmd_open(struct options *o)
{
	const char *path = o->operands.v[0].p;
	const bool is_stdin = strcmp(path, "-") == 0;
	const bool is_console = o->redact == 0 && !o->is_plain && console_is_wanted(o);
	struct err err = { .text = "" };
	struct str warning = STR_EMPTY;
	struct session session;
	struct known known;
	const char *notice;
	int status;

	if (known_read(&o->arena, o, &known, &err) != RESULT_OK)
		return cmd_complain(&err);
	if (is_stdin && (is_console || (o->is_plain && o->redact == 0)) && !isatty(STDIN_FILENO))
		return follow(o);
	if (session_load(path, &session, &warning, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else {
		notice = notice_of(o, &session, warning);
		if (notice[0] != '\0')
			cmd_note("%s", notice);
		known_apply(&known, &session);
		status = show(o, &session, is_console, notice);
	}
	session_release(&session);
	return status;
}
