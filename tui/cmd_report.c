#include "tui/cmd_report.h"

#include "core/redact.h"
#include "core/render.h"
#include "core/sessfile.h"
#include "net/tls_digest.h"

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

static void
render(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, struct buf *out, int *exit)
{
	const struct report_format *format = report_format_of(o);
	struct judgement judgement;
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
	format->render(&report, out);
	*exit = judgement.exit;
	buf_release(&file);
	judgement_release(&judgement);
}

enum result
report_session(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, struct buf *out, int *exit, struct err *err)
{
	struct session redacted;

	if (check_scope(o, session, err) != RESULT_OK)
		return RESULT_FAILED;
	if (o->redact == 0) {
		render(o, judge_options, session, out, exit);
		return RESULT_OK;
	}
	session_redact(session, o->redact, &redacted, NULL);
	render(o, judge_options, &redacted, out, exit);
	session_release(&redacted);
	return RESULT_OK;
}
