/*
 * A document as Markdown, to be pasted into trackers and chats.
 *
 * There is no escaping character that every reader of Markdown honours (a backslash does not keep
 * "@name" or "#123" from becoming a mention). So a word that is not plainly a word stands in a code
 * span, where markup, links, mentions and entities are inert everywhere.
 */
#include "core/render.h"

#include <string.h>

/* What a block is, so that blocks of one kind stand together and a blank line parts the others. */
enum block {
	BLOCK_NONE,
	BLOCK_TEXT,
	BLOCK_LIST,
	BLOCK_TABLE,
	BLOCK_HEADING,
	BLOCK_VERBATIM,
	BLOCK_COMMAND,
};

/* Where words stand: what begins a block, and what ends a cell, differs. */
enum place { PLACE_FIRST, PLACE_INSIDE, PLACE_CELL };

struct markdown {
	struct buf *out;
	const struct doc *d;
	bool is_ascii;
	struct arena a;
	enum block block;
	size_t table; /* of BLOCK_TABLE */
};

/* The words of a cell in one line. */
static struct str
cell_text(struct markdown *m, const struct cell *c)
{
	struct buf text = BUF_INIT(0);
	struct str kept;

	for (size_t i = 0; i < c->count; i++) {
		const struct span *s = &c->spans[i];
		struct safe part = s->text;

		if (s->glyph != GLYPH_NONE) {
			buf_add_text(&text, glyph_text(s->glyph, m->is_ascii));
			continue;
		}
		if (m->is_ascii)
			part = safe_ascii(&m->a, part);
		buf_add(&text, part.text);
	}
	kept = arena_str(&m->a, buf_str(&text));
	buf_release(&text);
	return kept;
}

/* Letters beyond US-ASCII are markup nowhere. */
static bool
is_plain_char(char c)
{
	return ascii_is_alnum(c) || (unsigned char)c >= 0x80 || memchr("-=+/,.;:()'\"%?", c, 14);
}

/* "://" and "www." become links, "!1" and the like references. */
static bool
is_plain_word(struct str word)
{
	if (str_find_str(word, STR("://")) < word.n || str_starts_nocase(word, STR("www.")))
		return false;
	if (word.n == 1 && word.p[0] == '!')
		return true;
	for (size_t i = 0; i < word.n; i++)
		if (!is_plain_char(word.p[i]))
			return false;
	return word.p[0] != '%' && word.p[0] != '=';
}

/* At the begin of a block "-", "+", "1." and "1)" would make a list, "===" a heading. */
static void
add_first_word(struct markdown *m, struct str word)
{
	size_t digits = 0;

	while (digits < word.n && ascii_is_digit(word.p[digits]))
		digits++;
	if (digits == 0 && word.n > 0 && (word.p[0] == '-' || word.p[0] == '+')) {
		buf_add_char(m->out, '\\');
	} else if (digits > 0 && digits < word.n &&
		   (word.p[digits] == '.' || word.p[digits] == ')')) {
		buf_add(m->out, str_sub(word, 0, digits));
		buf_add_char(m->out, '\\');
		word = str_skip(word, digits);
	}
	buf_add(m->out, word);
}

static size_t
longest_ticks(struct str text)
{
	size_t longest = 0, run = 0;

	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void
add_many(struct buf *out, char c, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, c);
}

/* More backticks around than inside; in a table a bar ends the cell even in code. */
static void
add_code(struct markdown *m, struct str text, enum place place)
{
	const size_t ticks = longest_ticks(text) + 1;
	const bool is_padded = text.p[0] == '`' || text.p[text.n - 1] == '`';

	add_many(m->out, '`', ticks);
	if (is_padded)
		buf_add_char(m->out, ' ');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '|' && place == PLACE_CELL)
			buf_add_char(m->out, '\\');
		buf_add_char(m->out, text.p[i]);
	}
	if (is_padded)
		buf_add_char(m->out, ' ');
	add_many(m->out, '`', ticks);
}

/* Punctuation around a name stays outside of its code. */
static void
add_word(struct markdown *m, struct str word, enum place place)
{
	size_t from = 0, to = word.n;

	if (is_plain_word(word)) {
		if (place == PLACE_FIRST)
			add_first_word(m, word);
		else
			buf_add(m->out, word);
		return;
	}
	while (from + 1 < to && (word.p[from] == '(' || word.p[from] == '"'))
		from++;
	while (to > from + 1 && memchr(",.;:)\"", word.p[to - 1], 6))
		to--;
	buf_add(m->out, str_sub(word, 0, from));
	add_code(m, str_sub(word, from, to - from), place);
	buf_add(m->out, str_skip(word, to));
}

/* Words with one blank between them. */
static void
add_words(struct markdown *m, struct str text, enum place place)
{
	struct str word;
	bool is_first = true;

	while (str_split(&text, ' ', &word)) {
		if (word.n == 0)
			continue;
		if (!is_first)
			buf_add_char(m->out, ' ');
		add_word(m, word, is_first || place != PLACE_FIRST ? place : PLACE_INSIDE);
		is_first = false;
	}
}

static void
begin_block(struct markdown *m, enum block block)
{
	if (m->block != BLOCK_NONE && (m->block != block || block == BLOCK_HEADING))
		buf_add_char(m->out, '\n');
	m->block = block;
}

static bool
is_title(const struct row *r)
{
	return r->count > 0 && r->cells[0].count > 0 && r->cells[0].spans[0].role == ROLE_TITLE;
}

static void
add_text(struct markdown *m, const struct row *r)
{
	if (is_title(r)) {
		begin_block(m, BLOCK_HEADING);
		buf_add_text(m->out, "# ");
	} else if (m->block == BLOCK_TEXT) {
		/* A line of its own in the same paragraph. */
		m->out->n--;
		buf_add_text(m->out, "\\\n");
	} else {
		begin_block(m, BLOCK_TEXT);
	}
	for (size_t i = 0; i < r->count; i++)
		add_words(m, cell_text(m, &r->cells[i]), i == 0 ? PLACE_FIRST : PLACE_INSIDE);
	buf_add_char(m->out, '\n');
}

static void
add_heading(struct markdown *m, const struct row *r)
{
	begin_block(m, BLOCK_HEADING);
	buf_add_text(m->out, "##");
	for (size_t i = 0; i < r->count; i++) {
		buf_add_char(m->out, ' ');
		add_words(m, cell_text(m, &r->cells[i]), i == 0 ? PLACE_FIRST : PLACE_INSIDE);
	}
	buf_add_char(m->out, '\n');
}

/* "Publish:" and then the very line: whoever copies it wants nothing but it. */
static bool
is_literal_line(struct markdown *m, const struct row *r)
{
	for (const struct row *before = r; before > m->d->rows; before--) {
		const struct row *first = before - 1;

		if (first->kind != ROW_FIELD || first->count < 2)
			return false;
		if (cell_text(m, &first->cells[0]).n > 0) {
			const struct str text = str_trim(cell_text(m, &first->cells[1]));

			return text.n > 0 && text.p[text.n - 1] == ':';
		}
	}
	return false;
}

/* "- **Label** value (note)"; without a label it belongs to the one before. */
static void
add_field(struct markdown *m, const struct row *r)
{
	const struct str label = r->count > 0 ? cell_text(m, &r->cells[0]) : STR_EMPTY;
	const bool is_more = label.n == 0 && m->block == BLOCK_LIST;

	begin_block(m, BLOCK_LIST);
	buf_add_text(m->out, is_more ? "  - " : "- ");
	if (label.n > 0) {
		buf_add_text(m->out, "**");
		add_words(m, str_trim_wsp(label), PLACE_INSIDE);
		buf_add_text(m->out, "** ");
	}
	if (r->count > 1 && is_more && is_literal_line(m, r))
		add_code(m, cell_text(m, &r->cells[1]), PLACE_INSIDE);
	else if (r->count > 1)
		add_words(m, cell_text(m, &r->cells[1]), label.n > 0 ? PLACE_INSIDE : PLACE_FIRST);
	if (r->count > 2) {
		buf_add_text(m->out, " (");
		add_words(m, cell_text(m, &r->cells[2]), PLACE_INSIDE);
		buf_add_char(m->out, ')');
	}
	buf_add_char(m->out, '\n');
}

static void
add_cells(struct markdown *m, const struct row *r, size_t columns)
{
	buf_add_char(m->out, '|');
	for (size_t i = 0; i < columns; i++) {
		buf_add_char(m->out, ' ');
		if (r != NULL && i < r->count)
			add_words(m, cell_text(m, &r->cells[i]), PLACE_CELL);
		buf_add_text(m->out, " |");
	}
	buf_add_char(m->out, '\n');
}

/* A table needs a head, be it an empty one. */
static void
add_table(struct markdown *m, const struct row *r)
{
	const struct table *table = &m->d->tables[r->table];
	const bool is_head = r->kind == ROW_TABLE_HEAD;

	if (m->block == BLOCK_TABLE && m->table == r->table && !is_head) {
		add_cells(m, r, table->count);
		return;
	}
	if (m->block == BLOCK_TABLE)
		buf_add_char(m->out, '\n');
	begin_block(m, BLOCK_TABLE);
	m->table = r->table;
	add_cells(m, is_head ? r : NULL, table->count);
	buf_add_char(m->out, '|');
	for (size_t i = 0; i < table->count; i++)
		buf_add_text(m->out, table->columns[i].is_right ? "---:|" : "---|");
	buf_add_char(m->out, '\n');
	if (!is_head)
		add_cells(m, r, table->count);
}

/* The rows of a run into a fence that no line inside can close. */
static void
add_fence(struct markdown *m, size_t from, size_t to, const char *language)
{
	size_t ticks = 3;

	for (size_t i = from; i < to; i++) {
		const struct row *r = &m->d->rows[i];
		const size_t inside = longest_ticks(
			r->count > 0 ? cell_text(m, &r->cells[r->count - 1]) : STR_EMPTY);

		ticks = inside >= ticks ? inside + 1 : ticks;
	}
	add_many(m->out, '`', ticks);
	buf_add_text(m->out, language);
	buf_add_char(m->out, '\n');
	for (size_t i = from; i < to; i++) {
		const struct row *r = &m->d->rows[i];
		const struct str text = r->count > 0 ? cell_text(m, &r->cells[r->count - 1])
						     : STR_EMPTY;
		size_t n = text.n;

		while (n > 0 && text.p[n - 1] == ' ')
			n--;
		buf_add(m->out, str_sub(text, 0, n));
		buf_add_char(m->out, '\n');
	}
	add_many(m->out, '`', ticks);
	buf_add_char(m->out, '\n');
}

/* The end of the rows of the same kind that stand together; a label begins anew. */
static size_t
run_end(const struct doc *d, size_t from)
{
	size_t to = from + 1;

	while (to < d->count && d->rows[to].kind == d->rows[from].kind &&
		(d->rows[to].kind != ROW_COMMAND || d->rows[to].count < 2 ||
			d->rows[to].cells[0].count == 0))
		to++;
	return to;
}

/* One command fits into the list beside it. */
static void
add_command(struct markdown *m, const struct row *r)
{
	const struct str command = cell_text(m, &r->cells[1]);

	begin_block(m, BLOCK_LIST);
	buf_add_text(m->out, "- **");
	add_words(m, str_trim_wsp(cell_text(m, &r->cells[0])), PLACE_INSIDE);
	buf_add_text(m->out, "** ");
	if (command.n > 0)
		add_code(m, command, PLACE_INSIDE);
	buf_add_char(m->out, '\n');
}

static size_t
add_run(struct markdown *m, size_t from)
{
	const struct row *r = &m->d->rows[from];
	const size_t to = run_end(m->d, from);

	if (r->kind == ROW_VERBATIM) {
		begin_block(m, BLOCK_VERBATIM);
		add_fence(m, from, to, "");
		return to;
	}
	if (to == from + 1 && r->count > 1) {
		add_command(m, r);
		return to;
	}
	if (m->block == BLOCK_COMMAND)
		buf_add_char(m->out, '\n');
	begin_block(m, BLOCK_COMMAND);
	if (r->count > 1 && r->cells[0].count > 0) {
		buf_add_text(m->out, "**");
		add_words(m, str_trim_wsp(cell_text(m, &r->cells[0])), PLACE_INSIDE);
		buf_add_text(m->out, "**\n\n");
	}
	add_fence(m, from, to, "sh");
	return to;
}

static size_t
add_row(struct markdown *m, size_t at)
{
	const struct row *r = &m->d->rows[at];

	switch (r->kind) {
	case ROW_TEXT:
		add_text(m, r);
		break;
	case ROW_FIELD:
		add_field(m, r);
		break;
	case ROW_TABLE:
	case ROW_TABLE_HEAD:
		add_table(m, r);
		break;
	case ROW_HEADING:
		add_heading(m, r);
		break;
	case ROW_VERBATIM:
	case ROW_COMMAND:
		return add_run(m, at);
	case ROW_BLANK:
		/* Ends a block; the next one writes the blank line. */
		if (m->block != BLOCK_NONE)
			m->block = BLOCK_HEADING;
		break;
	}
	return at + 1;
}

void
render_markdown(const struct doc *d, const struct render_options *options, struct buf *out)
{
	struct markdown m = { .out = out, .d = d, .is_ascii = options->is_ascii };

	for (size_t at = 0; at < d->count;)
		at = add_row(&m, at);
	arena_release(&m.a);
}
