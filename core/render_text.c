/* A document as plain text: the report on stdout, in files and in mail. */
#include "core/render.h"

static void
add_blanks(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, ' ');
}

/* Blanks are held back until something follows, so that no line ends in them. */
static void
add_line(struct buf *out, const struct line *l, bool is_ascii)
{
	size_t held = l->indent, i, n;

	for (i = 0; i < l->count; i++) {
		const struct span *s = &l->spans[i];
		struct str text = s->text.text;

		if (s->glyph != GLYPH_NONE)
			text = str_of(glyph_text(s->glyph, is_ascii));
		for (n = text.n; n > 0 && text.p[n - 1] == ' '; n--)
			;
		if (n == 0) {
			held += text.n;
			continue;
		}
		add_blanks(out, held);
		buf_add(out, str_sub(text, 0, n));
		held = text.n - n;
	}
	buf_add_char(out, '\n');
}

void
render_text(const struct doc *d, const struct render_options *options, struct buf *out)
{
	const struct layout_options layout_options = {
		.columns = options->columns > 0 ? options->columns : 78,
		.is_ascii = options->is_ascii,
	};
	struct layout l;
	size_t i;

	doc_layout(d, &layout_options, &l);
	for (i = 0; i < l.count; i++)
		add_line(out, &l.lines[i], options->is_ascii);
	layout_release(&l);
}
