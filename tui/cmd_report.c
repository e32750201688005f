#include "tui/cmd_report.h"

#include <string.h>

#include "core/report.h"
#include "net/tls_digest.h"
#include "tui/history.h"
#include "tui/session_input.h"

const struct report_format *
report_format_of(const struct options *o)
{
	return o->format != NULL ? o->format : &report_formats[FORMAT_TEXT];
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
	if (*has && !name_eq(session_domain(base), s->start->domain)) {
		struct arena a = { 0 };

		cmd_note("--baseline %s: a walk of %.*s, not of %.*s", o->baseline,
			SAFE_ARG(safe_text(&a, session_domain(base), 100)),
			SAFE_ARG(safe_text(&a, s->start->domain, 100)));
		arena_release(&a);
	}
	return *has ? RESULT_OK : RESULT_FAILED;
}

static void
tell_changes(const struct report_made *made)
{
	const size_t *n = made->changes;

	if (n[DIFF_FACTS] + n[DIFF_FINDINGS] + n[DIFF_OUTCOMES] > 0)
		cmd_note("changed since the baseline: %zu facts, %zu findings, %zu outcomes",
			n[DIFF_FACTS], n[DIFF_FINDINGS], n[DIFF_OUTCOMES]);
}

enum result
report_session(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, size_t before, struct buf *out, int *exit, struct err *err)
{
	struct report_request request = { .format = report_format_of(o),
		.before = before,
		.of = o->operands.n,
		.is_brief = o->is_brief,
		.is_full = o->is_full,
		.scope = str_of(o->scope),
		.redact = o->redact,
		.judge = judge_options,
		.look = { .columns = 78, .is_ascii = cmd_is_ascii(o) },
		.digest = sha256_hex };
	struct report_made made;
	struct session base;
	bool has_base;
	enum result rc = check_scope(o, session, err);

	if (rc != RESULT_OK)
		return rc;
	rc = open_baseline(o, session, &base, &has_base, err);
	if (rc == RESULT_OK) {
		request.baseline = has_base ? &base : NULL;
		report_make(session, &request, out, &made);
		tell_changes(&made);
		*exit = made.exit;
	}
	session_release(&base);
	return rc;
}
