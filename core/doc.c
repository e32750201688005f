#include "core/doc.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void
doc_init(struct doc *d)
{
	*d = (struct doc){ .title = safe_literal("") };
}

void
doc_release(struct doc *d)
{
	if (!d)
		return;
	arena_release(&d->arena);
	*d = (struct doc){ 0 };
}

size_t
doc_find(const struct doc *d, struct str id)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->rows[i].id.n > 0 && str_eq(d->rows[i].id, id))
			return i;
	return SIZE_MAX;
}

/* Room for one more: lists that keep no capacity grow whenever their count is a power of two. */
static void *
grow(struct doc *d, void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return arena_grow(&d->arena, list, count, count ? count * 2 : 1, size);
}

struct row *
doc_row(struct doc *d, enum row_kind kind, unsigned indent)
{
	struct row *r;

	if (d->count == d->cap) {
		size_t cap = d->cap ? d->cap * 2 : 32;

		d->rows = arena_grow(&d->arena, d->rows, d->count, cap, sizeof(*d->rows));
		d->cap = cap;
	}
	r = &d->rows[d->count++];
	*r = (struct row){ .kind = kind, .indent = indent };
	return r;
}

size_t
doc_table(struct doc *d, const struct column *columns, size_t count)
{
	d->tables = grow(d, d->tables, d->table_count, sizeof(*d->tables));
	d->tables[d->table_count] = (struct table){ .columns = columns, .count = count, .gap = 2 };
	return d->table_count++;
}

struct row *
doc_table_row(struct doc *d, size_t table, unsigned indent)
{
	struct row *r = doc_row(d, ROW_TABLE, indent);

	assert(table < d->table_count);
	r->table = table;
	return r;
}

void
doc_table_head(struct doc *d, size_t table, unsigned indent)
{
	struct row *r = doc_table_row(d, table, indent);
	size_t i;

	r->kind = ROW_TABLE_HEAD;
	for (i = 0; i < d->tables[table].count; i++) {
		row_cell(d, r);
		row_span(d, r, ROLE_HEADER, safe_literal(d->tables[table].columns[i].title));
	}
}

void
row_id(struct doc *d, struct row *r, const char *format, ...)
{
	char text[1024]; /* names and addresses are far shorter */
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	r->id = arena_str(&d->arena, str_of(text));
}

void
row_cell(struct doc *d, struct row *r)
{
	r->cells = grow(d, r->cells, r->count, sizeof(*r->cells));
	r->cells[r->count++] = (struct cell){ 0 };
}

static void
add_span(struct doc *d, struct row *r, struct span span)
{
	struct cell *c;

	if (r->count == 0)
		row_cell(d, r);
	c = &r->cells[r->count - 1];
	c->spans = grow(d, c->spans, c->count, sizeof(*c->spans));
	c->spans[c->count++] = span;
}

void
row_span(struct doc *d, struct row *r, enum role role, struct safe text)
{
	if (text.text.n > 0)
		add_span(d, r, (struct span){ .role = role, .text = text });
}

void
row_vtext(struct doc *d, struct row *r, enum role role, const char *format, va_list args)
{
	row_span(d, r, role, safe_vprintf(&d->arena, format, args));
}

void
row_text(struct doc *d, struct row *r, enum role role, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	row_vtext(d, r, role, format, args);
	va_end(args);
}

void
row_bytes(struct doc *d, struct row *r, enum role role, struct str bytes)
{
	row_span(d, r, role, safe_text(&d->arena, bytes, 0));
}

void
row_glyph(struct doc *d, struct row *r, enum role role, enum glyph glyph)
{
	add_span(d, r, (struct span){ .role = role, .glyph = glyph });
}

const char *
doc_shown(struct doc *d, struct str bytes)
{
	struct str shown = arena_str(&d->arena, safe_text(&d->arena, bytes, 0).text);

	return shown.p ? shown.p : "";
}

void
doc_heading(struct doc *d, const char *format, ...)
{
	struct row *r = doc_row(d, ROW_HEADING, 0);
	va_list args;

	va_start(args, format);
	row_cell(d, r);
	row_vtext(d, r, ROLE_HEADER, format, args);
	va_end(args);
}

void
doc_blank(struct doc *d)
{
	doc_row(d, ROW_BLANK, 0);
}

void
doc_text(struct doc *d, unsigned indent, enum role role, const char *format, ...)
{
	struct row *r = doc_row(d, ROW_TEXT, indent);
	va_list args;

	va_start(args, format);
	row_vtext(d, r, role, format, args);
	va_end(args);
}

static struct row *
labelled(struct doc *d, enum row_kind kind, unsigned indent, const char *label)
{
	struct row *r = doc_row(d, kind, indent);

	row_cell(d, r);
	row_span(d, r, ROLE_HEADER, safe_literal(label));
	row_cell(d, r);
	return r;
}

static void
add_lines(struct doc *d, enum row_kind kind, unsigned indent, const char *label, enum role role,
	struct str value)
{
	struct str part;

	while (str_split(&value, '\n', &part)) {
		if (part.n == 0)
			continue;
		row_bytes(d, labelled(d, kind, indent, label), role, part);
		label = "";
	}
}

void
doc_field(struct doc *d, unsigned indent, const char *label, enum role role, struct str value)
{
	add_lines(d, ROW_FIELD, indent, label, role, value);
}

void
doc_fieldf(
	struct doc *d, unsigned indent, const char *label, enum role role, const char *format, ...)
{
	struct row *r = labelled(d, ROW_FIELD, indent, label);
	va_list args;

	va_start(args, format);
	row_vtext(d, r, role, format, args);
	va_end(args);
}

void
doc_command(struct doc *d, unsigned indent, const char *label, struct str commands)
{
	add_lines(d, ROW_COMMAND, indent, label, ROLE_TEXT, commands);
}
