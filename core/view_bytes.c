/* The exact bytes that were seen, in hex. */
#include "core/view_bytes.h"

#include <inttypes.h>

#include "core/base64.h"
#include "core/view_parts.h"

enum { PER_ROW = 16, SHOWN_BYTES = 65536 };

static void
hex_row(struct doc *d, struct str bytes, size_t at)
{
	struct row *r = doc_row(d, ROW_VERBATIM, 1);
	char hex[PER_ROW * 3 + 2], plain[PER_ROW + 1];
	size_t n = 0, i;

	for (i = 0; i < PER_ROW; i++) {
		static const char digits[] = "0123456789abcdef";
		bool is_there = at + i < bytes.n;
		unsigned char c = is_there ? (unsigned char)bytes.p[at + i] : 0;

		hex[n++] = is_there ? digits[c >> 4] : ' ';
		hex[n++] = is_there ? digits[c & 15] : ' ';
		hex[n++] = ' ';
		if (i == PER_ROW / 2 - 1)
			hex[n++] = ' ';
		plain[i] = is_there ? (c >= 0x20 && c < 0x7f ? (char)c : '.') : '\0';
	}
	hex[n] = '\0';
	plain[PER_ROW] = '\0';
	row_text(d, r, ROLE_DIM, "%06zx  ", at);
	row_text(d, r, ROLE_TEXT, "%s", hex);
	row_glyph(d, r, ROLE_RULE, GLYPH_VERTICAL);
	row_text(d, r, ROLE_TEXT, "%s", plain);
}

static void
hex_block(struct doc *d, const char *name, struct str bytes)
{
	struct row *r = doc_row(d, ROW_TEXT, 1);
	size_t at;

	row_text(d, r, ROLE_HEADER, "%s", name);
	row_text(d, r, ROLE_DIM, "  %s", part_count(d, bytes.n, "byte"));
	for (at = 0; at < bytes.n && at < SHOWN_BYTES; at += PER_ROW)
		hex_row(d, bytes, at);
	if (bytes.n > SHOWN_BYTES)
		doc_text(d, 1, ROLE_DIM, "and %zu bytes more", bytes.n - SHOWN_BYTES);
}

static void
field_blocks(struct doc *d, const struct event *e, const struct field *f)
{
	const struct str *text = FIELD_IN(e->payload, f);
	const struct strs *list = FIELD_IN(e->payload, f);
	struct str der;
	size_t i;

	if (f->type == FIELD_TEXT && e->kind == EV_CERT && str_is(str_of(f->name), "pem")) {
		if (pem_decode(&d->arena, *text, &der))
			hex_block(d, "DER", der);
	} else if (f->type == FIELD_TEXT && text->n > 0) {
		hex_block(d, f->name, *text);
	} else if (f->type == FIELD_LIST) {
		for (i = 0; i < list->n; i++)
			hex_block(d, TEXT(d, "%s %zu", f->name, i + 1), list->v[i]);
	}
}

static void
event_blocks(struct doc *d, const struct event *e)
{
	const struct event_type *type = event_type(e->kind);
	size_t i;

	doc_heading(d, "event %" PRIu32 ", %s %s, %s", e->seq, part_offset(d, e->us), type->name,
		doc_shown(d, e->job));
	for (i = 0; i < type->field_count; i++) {
		/* Of a certificate only the bytes themselves: the rest is read from them. */
		if (e->kind != EV_CERT || str_is(str_of(type->fields[i].name), "pem"))
			field_blocks(d, e, &type->fields[i]);
	}
}

static bool
is_wanted(const struct bytes_of *what, const struct event *e)
{
	size_t i;

	if (what->job.n > 0 && !str_eq(e->job, what->job))
		return false;
	if (what->kinds != 0 && !(what->kinds >> e->kind & 1))
		return false;
	for (i = 0; i < what->seq_count && what->seqs[i] != e->seq; i++)
		;
	return what->seq_count == 0 || i < what->seq_count;
}

void
view_bytes(const struct view_input *in, const struct bytes_of *what, struct doc *out)
{
	const struct session *s = in->session;
	size_t i, n = 0;

	doc_init(out);
	out->title = safe_literal("Bytes");
	for (i = 0; i < s->event_count; i++) {
		if (!is_wanted(what, s->events[i]))
			continue;
		event_blocks(out, s->events[i]);
		n++;
	}
	if (n == 0)
		doc_text(out, 1, ROLE_DIM, "no bytes were seen here");
}

void
view_bytes_of(const char *name, struct str bytes, struct doc *out)
{
	doc_init(out);
	out->title = safe_literal("Bytes");
	hex_block(out, name, bytes);
}
