#include "tui/cmd_report.h"

#include <string.h>

#include "core/diff.h"
#include "core/redact.h"
#include "core/render.h"
#include "core/sessfile.h"
#include "net/tls_digest.h"
#include "tui/history.h"
#include "tui/session_input.h"

const struct report_format *
report_format_of(const struct options *o)
{
	return o->format != NULL ? o->format : &report_formats[FORMAT_TEXT];
}

void
report_begin(const struct options *o, size_t reports, struct buf *out)
{
	const struct report_format *format = report_format_of(o);

	if (reports > 0)
		buf_add_text(out, format->between);
	else if (format->begin != NULL)
		format->begin("stswalk", out);
}

void
report_end(const struct options *o, struct buf *out)
{
	const struct report_format *format = report_format_of(o);

	if (format->end != NULL)
		format->end(out);
}

static enum result
check_scope(const struct options *o, const struct session *s, struct err *err)
{
	struct arena a = { 0 };
	struct buf names = BUF_INIT(300);

	if (o->scope == NULL || session_host(s, str_of(o->scope)) != NULL)
		return RESULT_OK;
	for (size_t i = 0; i < s->host_count; i++)
		buf_addf(&names, "%s%.*s", i > 0 ? ", " : "",
			SAFE_ARG(safe_text(&a, s->hosts[i]->name, 100)));
	err_set(err, EXIT_USAGE, "--scope '%.*s': no MX host of this walk%s%s",
		SAFE_ARG(safe_text(&a, str_of(o->scope), 100)), names.n > 0 ? "; it has " : "",
		buf_text(&names));
	buf_release(&names);
	arena_release(&a);
	return RESULT_FAILED;
}

/* The session that --baseline names; false without one, which is told. */
static enum result
open_baseline(const struct options *o, const struct session *s, struct session *base, bool *has,
	struct err *err)
{
	struct str warning = STR_EMPTY;

	*has = false;
	session_init(base);
	if (o->baseline == NULL || s->start == NULL)
		return RESULT_OK;
	if (strcmp(o->baseline, "last") == 0) {
		*has = history_last(s->start->domain, s->start->started_ms, base);
		if (!*has)
			cmd_note("--baseline last: no earlier walk of %.*s is kept",
				STR_ARG(s->start->domain));
		return RESULT_OK;
	}
	*has = session_load(o->baseline, base, &warning, err) == RESULT_OK;
	return *has ? RESULT_OK : RESULT_FAILED;
}

/* What changed since the baseline: into the report, and one line on standard error. */
static void
compare(const struct judge_options *judge_options, const struct session *base,
	struct report_input *report, struct judgement *judgement, struct diff *diff)
{
	judge(base, judge_options, judgement);
	diff_sessions(&(struct view_input){ base, judgement, base->last_us }, &report->view, diff);
	report->changes = diff;
	if (diff->count > 0)
		cmd_note("changed since the baseline: %zu facts, %zu findings, %zu outcomes",
			diff->counts[DIFF_FACTS], diff->counts[DIFF_FINDINGS],
			diff->counts[DIFF_OUTCOMES]);
}

static void
render(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, const struct session *base, struct buf *out, int *exit)
{
	const struct report_format *format = report_format_of(o);
	struct judgement judgement, before = { 0 };
	struct diff diff = { 0 };
	struct buf file = BUF_INIT(0);
	char digest[DIGEST_HEX_SIZE] = "";
	struct report_input report = { .is_brief = o->is_brief,
		.is_full = o->is_full,
		.scope = str_of(o->scope),
		.look = { .columns = 78, .is_ascii = cmd_is_ascii(o) } };

	judge(session, judge_options, &judgement);
	report.view = (struct view_input){ session, &judgement, session->last_us };
	if (format->is_document && !o->is_brief) {
		sessfile_write(&file, session);
		sha256_hex(buf_str(&file), digest);
		report.sha256 = digest[0] != '\0' ? digest : NULL;
	}
	if (base != NULL)
		compare(judge_options, base, &report, &before, &diff);
	format->render(&report, out);
	/* A change is a warning. */
	*exit = judgement.exit == 0 && diff.count > 0 ? 1 : judgement.exit;
	diff_release(&diff);
	if (base != NULL)
		judgement_release(&before);
	buf_release(&file);
	judgement_release(&judgement);
}

enum result
report_session(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, struct buf *out, int *exit, struct err *err)
{
	struct session redacted, base;
	bool has_base;
	enum result rc = check_scope(o, session, err);

	if (rc != RESULT_OK)
		return rc;
	rc = open_baseline(o, session, &base, &has_base, err);
	if (rc == RESULT_OK && o->redact == 0) {
		render(o, judge_options, session, has_base ? &base : NULL, out, exit);
	} else if (rc == RESULT_OK) {
		session_redact(session, o->redact, &redacted, NULL);
		render(o, judge_options, &redacted, has_base ? &base : NULL, out, exit);
		session_release(&redacted);
	}
	session_release(&base);
	return rc;
}
