/*
 * copy: y: the command by hand of a finding, the selected row or the page, to the clipboard.
 */
#include "core/render.h"
#include "tui/screen.h"
#include "tui/term.h"

/* The command by hand of the worst finding of the selection, else the text of the row. */
static struct str
copied(struct console *c)
{
	struct screen *top = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	struct buf text = BUF_INIT(0);
	struct str out;
	size_t i, k;

	if (row != NULL && row->target.kind == TARGET_FINDING &&
		row->target.index < c->judgement.count && top->kind == SCREEN_FINDINGS)
		return c->judgement.findings[row->target.index].by_hand;
	if (top->kind == SCREEN_FINDING && top->target.index < c->judgement.count)
		return c->judgement.findings[top->target.index].by_hand;
	if (row != NULL && top->kind == SCREEN_SIMULATE && c->has_judgement) {
		const struct view_input in = console_input(c);

		out = sim_publish_text(&c->arena, &in, row->id);
		if (out.n > 0)
			return out;
	}
	if (row == NULL) {
		struct render_options options = { 78, c->is_ascii };

		render_text(&top->pane.doc, &options, &text);
	}
	for (i = 0; row != NULL && i < row->count; i++) {
		for (k = 0; k < row->cells[i].count; k++)
			buf_add(&text, row->cells[i].spans[k].text.text);
		if (i + 1 < row->count)
			buf_add_char(&text, ' ');
	}
	out = arena_str(&c->arena, str_trim(buf_str(&text)));
	buf_release(&text);
	return out;
}

void
copy_begin(struct console *c)
{
	struct str text = copied(c);

	if (c->options->has_no_clipboard)
		console_say(c, "the clipboard is off in the configuration; w saves");
	else if (text.n == 0)
		console_say(c, "nothing to copy here");
	else if (!term_copy(c->term, text))
		console_say(c, "too much for the clipboard; w saves");
	else
		console_say(c, "copied %zu bytes to the clipboard (OSC 52)", text.n);
}
