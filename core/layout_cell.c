/* Cells to pieces of lines: wrapping, clipping, and shell commands. */
#include "core/layout_cell.h"

#include <assert.h>

static unsigned
span_width(const struct span *s)
{
	return s->glyph != GLYPH_NONE ? 1 : s->text.width;
}

unsigned
cell_width(const struct cell *c)
{
	unsigned width = 0;
	size_t i;

	for (i = 0; i < c->count; i++)
		width += span_width(&c->spans[i]);
	return width;
}

static struct piece *
block_line(struct arena *a, struct block *b)
{
	if (b->count == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 1;

		b->pieces = arena_grow(a, b->pieces, b->count, cap, sizeof(*b->pieces));
		b->cap = cap;
	}
	b->pieces[b->count] = (struct piece){ 0 };
	return &b->pieces[b->count++];
}

void
piece_add(struct arena *a, struct piece *p, struct span span)
{
	if (span.glyph == GLYPH_NONE && span.text.text.n == 0)
		return;
	if (p->count == p->cap) {
		size_t cap = p->cap ? p->cap * 2 : 4;

		p->spans = arena_grow(a, p->spans, p->count, cap, sizeof(*p->spans));
		p->cap = cap;
	}
	p->spans[p->count++] = span;
	p->width += span_width(&span);
}

void
piece_room(struct arena *a, struct piece *p, size_t spans)
{
	p->spans = arena_grow(a, p->spans, p->count, p->count + spans, sizeof(*p->spans));
	p->cap = p->count + spans;
}

void
piece_blanks(struct arena *a, struct piece *p, unsigned cells)
{
	static const char blanks[] =
		"                                                                ";

	while (cells > 0) {
		unsigned n = cells < sizeof(blanks) - 1 ? cells : sizeof(blanks) - 1;

		piece_add(a, p,
			(struct span){
				.role = ROLE_TEXT, .text = { .text = { blanks, n }, .width = n } });
		cells -= n;
	}
}

void
piece_glyphs(struct arena *a, struct piece *p, enum role role, enum glyph glyph, unsigned cells)
{
	while (cells-- > 0)
		piece_add(a, p, (struct span){ .role = role, .glyph = glyph });
}

static struct safe
skip_blanks(struct safe s)
{
	while (s.text.n > 0 && s.text.p[0] == ' ') {
		s.text = str_skip(s.text, 1);
		s.width--;
	}
	return s;
}

/* Text behind what the piece holds; words go whole to the next line where they can. */
static struct piece *
wrap_text(struct arena *a, struct block *b, struct piece *p, unsigned width, const struct span *s)
{
	struct safe rest = s->text, head, after;
	bool cuts_word;

	while (rest.text.n > 0) {
		unsigned room = width - (b->count > 1 ? b->hang : 0) - p->width;

		if (rest.width <= room) {
			piece_add(a, p, (struct span){ .role = s->role, .text = rest });
			break;
		}
		head = safe_wrap(rest, room, &after);
		cuts_word = head.text.n < rest.text.n && rest.text.p[head.text.n] != ' ';
		if (p->width > 0 && (head.width > room || cuts_word)) {
			p = block_line(a, b);
			rest = skip_blanks(rest);
			continue;
		}
		/* safe_wrap() gives one character at least, be it too wide for the column. */
		if (head.width > room)
			head = safe_literal("?");
		piece_add(a, p, (struct span){ .role = s->role, .text = head });
		rest = after;
		if (rest.text.n > 0)
			p = block_line(a, b);
	}
	return p;
}

void
wrap_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b)
{
	struct piece *p = block_line(a, b);
	size_t i;

	assert(width > b->hang);
	for (i = 0; i < c->count; i++) {
		const struct span *s = &c->spans[i];

		if (s->glyph == GLYPH_NONE) {
			p = wrap_text(a, b, p, width, s);
			continue;
		}
		if (p->width + (b->count > 1 ? b->hang : 0) >= width)
			p = block_line(a, b);
		piece_add(a, p, *s);
	}
}

/* As much of the spans as there is room for. */
static void
clip_spans(struct arena *a, const struct span *spans, size_t count, unsigned limit, struct piece *p)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const struct span *s = &spans[i];
		struct span cut = *s;

		if (p->width >= limit)
			return;
		if (s->glyph == GLYPH_NONE)
			cut.text = safe_clip(s->text, limit - p->width);
		piece_add(a, p, cut);
		if (s->glyph == GLYPH_NONE && cut.text.text.n < s->text.text.n)
			return;
	}
}

void
clip_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b)
{
	struct piece *p = block_line(a, b);
	bool has_dots = width > 6;
	/* The end of a filled cell, an arrow's head, stays. */
	unsigned end = c->fill != GLYPH_NONE && c->count > 1 ? span_width(&c->spans[c->count - 1])
							     : 0;
	bool has_end = end > 0 && width > end && width - end > 8;
	size_t count = has_end ? c->count - 1 : c->count;

	/* What fits is borrowed as it is: no room of its own, so adding to it would copy it. */
	if (cell_width(c) <= width) {
		*p = (struct piece){ c->spans, c->count, c->count, cell_width(c) };
		return;
	}
	clip_spans(a, c->spans, count, width - (has_end ? end : 0) - (has_dots ? 3 : 0), p);
	if (has_dots)
		piece_add(a, p, (struct span){ .role = ROLE_DIM, .text = safe_literal("...") });
	if (has_end)
		piece_add(a, p, c->spans[count]);
}

/* A name: leading blanks stay, the rest is shortened in the middle. */
void
shorten_cell(struct arena *a, const struct cell *c, unsigned width, struct block *b)
{
	struct span *s = c->count > 0 ? &c->spans[c->count - 1] : NULL;
	unsigned before;
	size_t i;
	struct piece *p;

	before = s ? cell_width(c) - span_width(s) : 0;
	if (!s || s->glyph != GLYPH_NONE || before + 8 > width || cell_width(c) <= width) {
		clip_cell(a, c, width, b);
		return;
	}
	p = block_line(a, b);
	for (i = 0; i + 1 < c->count; i++)
		piece_add(a, p, c->spans[i]);
	piece_add(a, p,
		(struct span){ .role = s->role, .text = safe_shorten(a, s->text, width - before) });
}

/* The next word of a shell command: blanks inside quotes belong to it. */
static size_t
word_end(struct str s)
{
	char quote = 0;
	size_t i;

	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (quote ? c == quote : (c == '\'' || c == '"'))
			quote = quote ? 0 : c;
		else if (c == '\\' && quote != '\'' && i + 1 < s.n)
			i++;
		else if (c == ' ' && !quote)
			break;
	}
	return i;
}

/* Where a comment of the shell begins, else the length. */
static size_t
comment_at(struct str s)
{
	size_t at = 0;

	while (at < s.n && s.p[at] != '#')
		at += word_end(str_skip(s, at)) + 1;
	return at < s.n ? at : s.n;
}

/* The bytes from..to of s; widths add up because s is cut at blanks only. */
static struct safe
safe_part(struct arena *a, struct safe s, size_t from, size_t to)
{
	struct str part = str_sub(s.text, from, to - from);

	while (part.n > 0 && part.p[part.n - 1] == ' ')
		part.n--;
	return safe_printf(a, "%.*s", STR_ARG(part));
}

void
wrap_command(struct arena *a, const struct cell *c, unsigned width, bool clips, struct block *b)
{
	struct safe text = c->count == 1 ? c->spans[0].text : safe_literal("");
	const size_t comment = comment_at(text.text);
	size_t from = 0, end = 0;
	struct safe before = safe_literal("");

	if (c->count != 1 || text.width <= width) {
		if (clips)
			clip_cell(a, c, width, b);
		else
			wrap_cell(a, c, cell_width(c) + 1, b);
		return;
	}
	while (from < text.text.n) {
		struct cell line = { 0 };
		struct span *spans = arena_array(a, 3, sizeof(*spans));
		struct safe part;

		/*
		 * As many words as fit with " \" behind them, at least one. A backslash
		 * does not continue a comment: each line of it is one.
		 */
		end = from + word_end(str_skip(text.text, from));
		while (end < text.text.n) {
			size_t next = end + 1 + word_end(str_skip(text.text, end + 1));
			unsigned behind = next < comment ? 2 : 0;

			if (end + 1 == comment && next < text.text.n) /* no lone # */
				next += 1 + word_end(str_skip(text.text, next + 1));
			part = safe_part(a, text, from, next);
			if (before.width + part.width + behind > width)
				break;
			end = next;
		}
		part = safe_part(a, text, from, end);
		spans[line.count++] = (struct span){ .text = before };
		spans[line.count++] = (struct span){ .role = c->spans[0].role, .text = part };
		if (end < text.text.n && end + 1 < comment)
			spans[line.count++] = (struct span){ .text = safe_literal(" \\") };
		line.spans = spans;
		if (clips)
			clip_cell(a, &line, width, b);
		else
			wrap_cell(a, &line, cell_width(&line) + 1, b);
		from = end < text.text.n ? end + 1 : end;
		before = safe_literal(from > comment ? " # " : " ");
	}
}
