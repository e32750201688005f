/*
 * A document as HTML: one file with its own few lines of style, no script, nothing from elsewhere.
 * Light or dark as the reader's system is. Every tag is closed, so that it is well-formed XML too.
 */
#include "core/render.h"

#include <string.h>

/* Whatever a peer sends: nothing may be loaded or run, even if the escaper were wrong. */
static const char head[] =
	"<!DOCTYPE html>\n"
	"<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
	"<meta charset=\"utf-8\" />\n"
	"<meta http-equiv=\"Content-Security-Policy\" "
	"content=\"default-src 'none'; style-src 'unsafe-inline'\" />\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
	"<meta name=\"referrer\" content=\"no-referrer\" />\n";

static const char style[] =
	"<style>\n"
	":root { color-scheme: light dark; --fg: #1c1e21; --bg: #ffffff; --dim: #5b6168;\n"
	"  --rule: #d5d9dd; --ok: #14702a; --warn: #7f5200; --fail: #b3141f; --info: #1f5a9e;\n"
	"  --code: #f3f5f7; }\n"
	"@media (prefers-color-scheme: dark) { :root { --fg: #e3e6e9; --bg: #15171a;\n"
	"  --dim: #9aa2ab; --rule: #3a4048; --ok: #63c77b; --warn: #e0b04c; --fail: #ff8a8a;\n"
	"  --info: #7db4f2; --code: #1f2328; } }\n"
	"body { color: var(--fg); background: var(--bg); margin: 2rem auto; padding: 0 1rem;\n"
	"  max-width: 62rem; font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }\n"
	"h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; border-bottom: 1px solid var(--rule);\n"
	"  margin-top: 2rem; }\n"
	"p { margin: .3rem 0; } p.in { margin-left: 1.5rem; }\n"
	"table { border-collapse: collapse; margin: .6rem 0; }\n"
	"th, td { text-align: left; vertical-align: top; padding: .1rem .9rem .1rem 0; }\n"
	"th { white-space: nowrap; } td.note { color: var(--dim); overflow-wrap: normal; }\n"
	"td.right, th.right { text-align: right; }\n"
	"pre { background: var(--code); padding: .6rem; overflow-x: auto; font-size: .85rem;\n"
	"  overflow-wrap: normal; margin: .4rem 0; }\n"
	"td pre { white-space: pre-wrap; margin: 0; padding: .2rem .4rem; }\n"
	".report + .report { border-top: 3px double var(--rule); margin-top: 3rem; }\n"
	".text-dim { color: var(--dim); } .header { font-weight: 600; }\n"
	".state-ok, .cert-ok, .title-verdict-ok { color: var(--ok); }\n"
	".state-warn, .sev-warning, .diff-changed { color: var(--warn); }\n"
	".state-fail, .sev-error, .cert-bad { color: var(--fail); }\n"
	".state-unknown, .sev-info { color: var(--info); }\n"
	"@media print { body { max-width: none; } pre { white-space: pre-wrap; } }\n"
	"</style>\n";

enum block { BLOCK_NONE, BLOCK_FIELDS, BLOCK_TABLE, BLOCK_PRE };

struct html {
	struct buf *out;
	const struct doc *d;
	bool is_ascii;
	struct arena a;
	enum block block;
	size_t table;
};

static void
add_escaped(struct buf *out, struct str text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
		{ '\'', "&#39;" } };

	for (size_t i = 0; i < text.n; i++) {
		const char *entity = NULL;

		for (size_t k = 0; k < sizeof(entities) / sizeof(entities[0]); k++)
			if (text.p[i] == entities[k].c)
				entity = entities[k].entity;
		if (entity != NULL)
			buf_add_text(out, entity);
		else
			buf_add_char(out, text.p[i]);
	}
}

/* "state.ok" is the class state-ok; plain text needs none. */
static void
add_span(struct html *h, const struct span *s)
{
	struct safe text = s->text;

	if (s->glyph != GLYPH_NONE)
		text = safe_literal(glyph_text(s->glyph, h->is_ascii));
	else if (h->is_ascii)
		text = safe_ascii(&h->a, text);
	if (s->role == ROLE_TEXT || s->role == ROLE_TITLE) {
		add_escaped(h->out, text.text);
		return;
	}
	buf_add_text(h->out, "<span class=\"");
	for (const char *p = role_name(s->role); *p != '\0'; p++)
		buf_add_char(h->out, *p == '.' ? '-' : *p);
	buf_add_text(h->out, "\">");
	add_escaped(h->out, text.text);
	buf_add_text(h->out, "</span>");
}

static void
add_cell(struct html *h, const struct row *r, size_t at)
{
	if (at >= r->count)
		return;
	for (size_t i = 0; i < r->cells[at].count; i++)
		add_span(h, &r->cells[at].spans[i]);
}

static void
add_cells(struct html *h, const struct row *r)
{
	for (size_t i = 0; i < r->count; i++)
		add_cell(h, r, i);
}

static void
set_block(struct html *h, enum block block)
{
	static const char *const begins[] = { [BLOCK_NONE] = "",
		[BLOCK_FIELDS] = "<table>\n",
		[BLOCK_TABLE] = "<table>\n",
		[BLOCK_PRE] = "<pre>" };
	static const char *const ends[] = { [BLOCK_NONE] = "",
		[BLOCK_FIELDS] = "</table>\n",
		[BLOCK_TABLE] = "</table>\n",
		[BLOCK_PRE] = "</pre>\n" };

	if (h->block == block)
		return;
	buf_add_text(h->out, ends[h->block]);
	buf_add_text(h->out, begins[block]);
	h->block = block;
}

static bool
is_title(const struct row *r)
{
	return r->count > 0 && r->cells[0].count > 0 && r->cells[0].spans[0].role == ROLE_TITLE;
}

static void
add_text(struct html *h, const struct row *r)
{
	const bool is_head = is_title(r);

	set_block(h, BLOCK_NONE);
	buf_add_text(h->out, is_head ? "<h1>" : r->indent > 0 ? "<p class=\"in\">" : "<p>");
	add_cells(h, r);
	buf_add_text(h->out, is_head ? "</h1>\n" : "</p>\n");
}

static void
add_heading(struct html *h, const struct row *r)
{
	set_block(h, BLOCK_NONE);
	buf_add_text(h->out, "<h2>");
	for (size_t i = 0; i < r->count; i++) {
		if (i > 0)
			buf_add_char(h->out, ' ');
		add_cell(h, r, i);
	}
	buf_add_text(h->out, "</h2>\n");
}

static void
add_field(struct html *h, const struct row *r)
{
	const bool is_command = r->kind == ROW_COMMAND;

	set_block(h, BLOCK_FIELDS);
	buf_add_text(h->out, "<tr><th>");
	if (r->count > 1)
		add_cell(h, r, 0);
	buf_add_text(h->out, is_command ? "</th><td><pre>" : "</th><td>");
	add_cell(h, r, r->count > 1 ? 1 : 0);
	buf_add_text(
		h->out, is_command ? "</pre></td><td class=\"note\">" : "</td><td class=\"note\">");
	add_cell(h, r, 2);
	buf_add_text(h->out, "</td></tr>\n");
}

static void
add_table_row(struct html *h, const struct row *r)
{
	const struct table *table = &h->d->tables[r->table];
	const char *tag = r->kind == ROW_TABLE_HEAD ? "th" : "td";

	if (h->block == BLOCK_TABLE && (h->table != r->table || r->kind == ROW_TABLE_HEAD))
		set_block(h, BLOCK_NONE);
	set_block(h, BLOCK_TABLE);
	h->table = r->table;
	buf_add_text(h->out, "<tr>");
	for (size_t i = 0; i < table->count; i++) {
		buf_addf(h->out, "<%s%s>", tag,
			table->columns[i].is_right ? " class=\"right\"" : "");
		add_cell(h, r, i);
		buf_addf(h->out, "</%s>", tag);
	}
	buf_add_text(h->out, "</tr>\n");
}

static void
add_row(struct html *h, const struct row *r)
{
	switch (r->kind) {
	case ROW_TEXT:
		add_text(h, r);
		break;
	case ROW_FIELD:
	case ROW_COMMAND:
		add_field(h, r);
		break;
	case ROW_TABLE:
	case ROW_TABLE_HEAD:
		add_table_row(h, r);
		break;
	case ROW_HEADING:
		add_heading(h, r);
		break;
	case ROW_VERBATIM:
		set_block(h, BLOCK_PRE);
		add_cells(h, r);
		buf_add_char(h->out, '\n');
		break;
	case ROW_BLANK:
		set_block(h, BLOCK_NONE);
		break;
	}
}

void
render_html(const struct doc *d, const struct render_options *options, struct buf *out)
{
	struct html h = { .out = out, .d = d, .is_ascii = options->is_ascii };

	buf_add_text(out, "<div class=\"report\">\n");
	for (size_t i = 0; i < d->count; i++)
		add_row(&h, &d->rows[i]);
	set_block(&h, BLOCK_NONE);
	buf_add_text(out, "</div>\n");
	arena_release(&h.a);
}

void
html_page_begin(const char *title, struct buf *out)
{
	struct arena a = { 0 };

	buf_add_text(out, head);
	buf_add_text(out, "<title>");
	add_escaped(out, safe_text(&a, str_of(title), 200).text);
	buf_add_text(out, "</title>\n");
	buf_add_text(out, style);
	buf_add_text(out, "</head>\n<body>\n");
	arena_release(&a);
}

void
html_page_end(struct buf *out)
{
	buf_add_text(out, "</body>\n</html>\n");
}
