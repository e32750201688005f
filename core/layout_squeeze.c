/* layout_squeeze(): what has to be read stays when there are fewer lines than the text has. */
#include "core/doc.h"

#include <string.h>

#define GOES_ON " ..."

/* The line says that its row goes on. */
static void
mark(struct layout *l, struct line *line)
{
	const struct safe more = safe_literal(GOES_ON);
	struct span *spans = arena_array(&l->arena, line->count + 1, sizeof(*spans));
	struct span *last;

	if (line->count == 0 || line->spans[line->count - 1].glyph != GLYPH_NONE)
		return;
	memcpy(spans, line->spans, line->count * sizeof(*spans));
	last = &spans[line->count - 1];
	if (line->width + more.width > l->columns) {
		const unsigned over = line->width + more.width - l->columns;
		struct safe kept;

		if (last->text.width < over)
			return;
		kept = safe_clip(last->text, last->text.width - over);
		line->width -= last->text.width - kept.width;
		last->text = kept;
	}
	spans[line->count] = (struct span){ .role = last->role, .text = more };
	line->spans = spans;
	line->count++;
	line->width += more.width;
}

/* Take one line, the last that may go; false: there is none. */
static bool
drop(struct layout *l, const struct doc *d, unsigned spare, bool keeps_first)
{
	size_t i;

	for (i = l->count; i-- > 0;) {
		const struct line *line = &l->lines[i];
		const struct row *r = &d->rows[line->row];

		if (r->spare != spare)
			continue;
		if (line->is_first && keeps_first && r->kind != ROW_COMMAND)
			continue;
		if (!line->is_first && r->kind != ROW_COMMAND)
			mark(l, &l->lines[i - 1]);
		memmove(&l->lines[i], &l->lines[i + 1], (l->count - i - 1) * sizeof(*l->lines));
		l->count--;
		return true;
	}
	return false;
}

void
layout_squeeze(struct layout *l, const struct doc *d, size_t lines)
{
	unsigned most = 0, spare;
	size_t i;
	int pass;

	for (i = 0; i < d->count; i++)
		most = d->rows[i].spare > most ? d->rows[i].spare : most;
	for (pass = 0; pass < 2; pass++) {
		for (spare = most; spare > 0; spare--) {
			while (l->count > lines && drop(l, d, spare, pass == 0))
				;
		}
	}
}
