/*
 * story_reports: the sessions of build_story.h as reports in any format, and sessions in which every
 * text is hostile.
 */
#ifndef STS_TEST_STORY_REPORTS_H
#define STS_TEST_STORY_REPORTS_H

#include "core/render.h"
#include "support/build_story.h"
#include "support/check.h"

struct story {
	const char *name;
	void (*build)(struct build *b, struct session *s);
};

static const struct story stories[] = {
	{ "good", story_good },
	{ "gap", story_gap },
	{ "absent", story_absent },
	{ "failing", story_failing },
	{ "running", story_running },
	{ "broken", story_broken },
};

/* The session as a report; how may be NULL. */
static inline struct buf
report_of(const struct session *s, enum format_kind kind, const struct report_input *how)
{
	struct buf out = BUF_INIT(0);
	struct judgement j;
	struct report_input report = { .look.columns = 78 };

	judge(s, NULL, &j);
	if (how != NULL)
		report = *how;
	report.view = (struct view_input){ s, &j, s->last_us };
	if (report_formats[kind].begin != NULL)
		report_formats[kind].begin("stswalk", &out);
	report_formats[kind].render(&report, &out);
	if (report_formats[kind].end != NULL)
		report_formats[kind].end(&out);
	judgement_release(&j);
	return out;
}

/* A copy of the session in which text stands in every text of every event from a peer. */
static inline void
story_with_text(const struct session *s, struct str text, struct session *out)
{
	session_init(out);
	for (size_t i = 0; i < s->event_count; i++) {
		struct event *copy = event_copy(&out->arena, s->events[i]);
		const struct event_type *type = event_type(copy->kind);
		/* The copy is ours. */
		void *payload = (void *)(uintptr_t)copy->payload;

		for (size_t k = 0; k < type->field_count && copy->kind != EV_WALK_START; k++) {
			const struct field *field = &type->fields[k];
			struct strs *list = FIELD_OF(payload, field);

			if (field->type == FIELD_TEXT)
				*(struct str *)FIELD_OF(payload, field) = text;
			for (size_t n = 0; field->type == FIELD_LIST && n < list->n; n++)
				list->v[n] = text;
		}
		session_fold(out, copy);
	}
	session_settle(out);
}

/* What must do nothing, in whatever format it comes out. */
static const struct {
	const char *name;
	struct str text;
} hostile[] = {
	{ "script", BYTES("<script>alert(1)</script>") },
	{ "attribute", BYTES("\" onmouseover=\"alert(1)' x='") },
	{ "entity", BYTES("&lt;b&gt;&#60;&amp;") },
	{ "close", BYTES("</pre></td></table></div><h1>x</h1><!-- ]]> -->") },
	{ "image", BYTES("![x](https://evil.example/x.png) [a](javascript:alert(1))") },
	{ "mention", BYTES("@team #123 !4 GH-5 ~label owner/repo#6 :+1:") },
	{ "fence", BYTES("``` ~~~ ````\n```\n# heading\n- [ ] task") },
	{ "table", BYTES("a | b | c \\| d") },
	{ "markup", BYTES("**b** __b__ _i_ ~~s~~ > q\n> q\n1. one\n+ two\n--- \n===") },
	{ "link", BYTES("https://evil.example/ www.evil.example mailto:a@evil.example "
			"<a@b.example>") },
	{ "controls", BYTES("\x1b[31m\x07\x9b\xc2\x9b\x00\x7f\r\n\t") },
	{ "bidi", BYTES("\xe2\x80\xae\xe2\x81\xa6\xef\xbb\xbf\xe2\x80\x8b") },
	{ "not UTF-8", BYTES("\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80") },
	{ "bar", BYTES("| time=0 ;;; \n STSWALK OK - x") },
};

#endif
