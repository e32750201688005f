/*
 * render: documents and sessions as bytes.
 *
 * Each renderer of a document has its own escaper; a document holds only safe text, so none of them
 * meets a control character. The same document gives the same bytes, whatever the locale.
 */
#ifndef STS_RENDER_H
#define STS_RENDER_H

#include "core/buf.h"
#include "core/view.h"

struct diff;

struct render_options {
	unsigned columns; /* 78 */
	bool is_ascii;
};

void render_text(const struct doc *d, const struct render_options *options, struct buf *out);
/* Markdown as trackers and chats read it (CommonMark, tables of GitHub). Whatever could be markup,
 * a link or a mention stands in code. */
void render_markdown(const struct doc *d, const struct render_options *options, struct buf *out);
/* One article of a page; page_begin and page_end make the file whole. It is well-formed XML too. */
void render_html(const struct doc *d, const struct render_options *options, struct buf *out);
void html_page_begin(const char *title, struct buf *out);
void html_page_end(struct buf *out);
/* The JSON report: one object, one line, with its line end. */
void render_json(const struct view_input *in, struct buf *out);
/* With what changed since a baseline, NULL without one. */
void render_json_since(const struct view_input *in, const struct diff *changes, struct buf *out);
/* One line for monitoring: state, what happens to mail, the worst findings, how much changed since a
 * baseline (NULL: none) | figures. */
void render_oneline(const struct view_input *in, const struct diff *changes, struct buf *out);

/* What a report is made of, whatever its format. */
struct report_input {
	struct view_input view;
	const char *sha256; /* of the session file, hex; NULL: not told */
	struct str scope; /* only this MX host; empty: all */
	const struct diff *changes; /* since a baseline, core/diff.h; NULL: none to compare with */
	bool is_brief; /* the first page only */
	bool is_full; /* of text: the transcript in place of the report */
	struct render_options look;
};

enum format_kind {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_MARKDOWN,
	FORMAT_HTML,
	FORMAT_ONELINE,
	FORMAT_TLSRPT,
	format_count
};

struct report_format {
	enum format_kind kind;
	const char *name;
	bool is_document; /* has a first page and parts: knows is_brief and scope */
	const char *between; /* reports of several domains */
	void (*render)(const struct report_input *report, struct buf *out);
	void (*begin)(
		const char *title, struct buf *out); /* before the first report; may be NULL */
	void (*end)(struct buf *out); /* behind the last; may be NULL */
};

/* The report of RFC 8460 that a sender would file for this walk: one line, marked as synthetic. */
void render_tlsrpt(const struct report_input *report, struct buf *out);

extern const struct report_format report_formats[format_count];
const struct report_format *report_format_find(struct str name); /* NULL when there is none */

/* Lint: records, a policy and MX names as they are given. */
struct lint_input {
	struct strs txt, tlsrpt; /* TXT records at the two names; n 0: not given */
	bool has_txt, has_tlsrpt, has_policy;
	struct str policy;
	struct strs mx, patterns;
	int64_t now_s; /* since 1970, for the ids that texts propose */
};
/* Fills a report document and a JSON line from what was given; returns the exit status 0 to 2. */
int lint_judge(const struct lint_input *in, struct doc *report, struct buf *json);

#endif
