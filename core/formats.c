/* The formats of a report: one row each. */
#include "core/diff.h"
#include "core/render.h"
#include "core/transcript.h"

/* The first page, or the whole transcript. */
static void
make_transcript(const struct report_input *r, struct doc *out)
{
	const struct transcript t = { .in = &r->view, .scope = r->scope, .sha256 = r->sha256 };

	if (r->is_brief)
		view_first_page(&t, out);
	else
		view_transcript(&t, out);
	if (r->changes != NULL)
		part_diff(out, r->changes);
}

static void
make_report(const struct report_input *r, struct doc *out)
{
	view_report(&r->view, out);
	if (r->changes != NULL)
		part_diff(out, r->changes);
}

/* For a terminal: what was seen, without the evidence, unless more or less was asked for. */
static void
text_report(const struct report_input *r, struct buf *out)
{
	struct doc d;

	if (r->is_brief || r->is_full || r->scope.n > 0)
		make_transcript(r, &d);
	else
		make_report(r, &d);
	render_text(&d, &r->look, out);
	doc_release(&d);
}

static void
markdown_report(const struct report_input *r, struct buf *out)
{
	struct doc d;

	make_transcript(r, &d);
	render_markdown(&d, &r->look, out);
	doc_release(&d);
}

static void
html_report(const struct report_input *r, struct buf *out)
{
	struct doc d;

	make_transcript(r, &d);
	render_html(&d, &r->look, out);
	doc_release(&d);
}

static void
json_report(const struct report_input *r, struct buf *out)
{
	render_json_since(&r->view, r->changes, out);
}

static void
oneline_report(const struct report_input *r, struct buf *out)
{
	render_oneline(&r->view, r->changes, out);
}

const struct report_format report_formats[format_count] = {
	{ FORMAT_TEXT, "text", true, "\n", text_report, NULL, NULL },
	{ FORMAT_JSON, "json", false, "", json_report, NULL, NULL },
	{ FORMAT_MARKDOWN, "markdown", true, "\n", markdown_report, NULL, NULL },
	{ FORMAT_HTML, "html", true, "", html_report, html_page_begin, html_page_end },
	{ FORMAT_ONELINE, "oneline", false, "", oneline_report, NULL, NULL },
	{ FORMAT_TLSRPT, "tlsrpt", false, "", render_tlsrpt, NULL, NULL },
};

const struct report_format *
report_format_find(struct str name)
{
	for (size_t i = 0; i < format_count; i++)
		if (str_is(name, report_formats[i].name))
			return &report_formats[i];
	return NULL;
}
