#include "core/report.h"

#include <string.h>

#include "core/redact.h"
#include "core/sessfile.h"

/* What changed since the baseline; both sides lose the same classes. */
struct comparison {
	struct session base;
	struct judgement judgement;
	struct diff diff;
};

static void
comparison_begin(
	struct comparison *c, const struct report_request *request, const struct view_input *now)
{
	const struct session *base = request->baseline;

	if (request->redact != 0) {
		session_redact(base, request->redact, &c->base, NULL);
		base = &c->base;
	}
	judge(base, request->judge, &c->judgement);
	diff_sessions(&(struct view_input){ base, &c->judgement, base->last_us }, now, &c->diff);
}

static void
comparison_release(struct comparison *c)
{
	diff_release(&c->diff);
	judgement_release(&c->judgement);
	session_release(&c->base);
}

/* A page of one report is called as the report is: whose mail, and what happens to it. */
static void
begin(const struct report_request *request, const struct session *s, const struct judgement *j,
	struct buf *out)
{
	const struct report_format *format = request->format;
	struct arena a = { 0 };
	struct str title = arena_printf(
		&a, "%.*s: %.*s", STR_ARG(session_domain(s)), STR_ARG(j->headline));

	if (request->before > 0)
		buf_add_text(out, format->between);
	else if (format->begin != NULL && request->of > 1)
		format->begin(arena_printf(&a, "stswalk: %zu domains", request->of).p, out);
	else if (format->begin != NULL)
		format->begin(title.p, out);
	arena_release(&a);
}

static void
render(const struct session *s, const struct report_request *request, struct buf *out,
	struct report_made *made)
{
	const struct report_format *format = request->format;
	struct comparison comparison = { .base = { .verdict_us = -1 } };
	struct judgement judgement;
	struct buf file = BUF_INIT(0);
	char digest[REPORT_DIGEST_SIZE] = "";
	struct report_input report = { .is_brief = request->is_brief,
		.is_full = request->is_full,
		.scope = request->scope,
		.look = request->look };

	judge(s, request->judge, &judgement);
	report.view = (struct view_input){ s, &judgement, s->last_us };
	if (format->is_document && !request->is_brief && request->digest != NULL) {
		sessfile_write(&file, s);
		request->digest(buf_str(&file), digest);
		report.sha256 = digest[0] != '\0' ? digest : NULL;
	}
	if (request->baseline != NULL) {
		comparison_begin(&comparison, request, &report.view);
		report.changes = &comparison.diff;
	}
	begin(request, s, &judgement, out);
	format->render(&report, out);
	made->exit = diff_exit(&comparison.diff, judgement.exit);
	memcpy(made->changes, comparison.diff.counts, sizeof(made->changes));
	if (request->baseline != NULL)
		comparison_release(&comparison);
	buf_release(&file);
	judgement_release(&judgement);
}

void
report_make(const struct session *s, const struct report_request *request, struct buf *out,
	struct report_made *made)
{
	struct session redacted;

	*made = (struct report_made){ 0 };
	if (request->redact == 0) {
		render(s, request, out, made);
		return;
	}
	session_redact(s, request->redact, &redacted, &made->places);
	render(&redacted, request, out, made);
	session_release(&redacted);
}
