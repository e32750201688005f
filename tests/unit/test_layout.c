/* Layout: nothing is wider than asked for, no character is cut, whatever the bytes. */
#include "core/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct column columns[] = {
	{ "Name", 17, 0, false, false, true },
	{ "State", 8, 0, false, false, false },
	{ "Time", 6, 0, false, true, false },
	{ "What was seen", 8, 0, true, false, false },
};

static const char *const hostile[] = {
	"plain words that have to be wrapped somewhere because they are many, many words",
	"averyveryveryveryveryveryveryveryveryveryverylongwordwithoutanyblankatall.example.com",
	"\x1b[31mred\x1b]0;title\a \x9b"
	"2J",
	"\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c \xe4\xbd\xa0\xe5\xa5\xbd wide",
	"\xe2\x80\xae"
	"bidi \xe2\x80\x8b zero \xff\xfe invalid \xc3",
	"   leading and trailing blanks   ",
	"b\xc3\xbc"
	"cher.example e\xcc\x81 \xf0\x9f\xa7\x91\xe2\x80\x8d\xf0\x9f\x92\xbb",
	"a\tb\r\nc",
	"",
};

static void
add_rows(struct doc *d, struct str bytes, size_t table)
{
	struct row *r;

	r = doc_row(d, ROW_TEXT, 3);
	r->hang = 2;
	row_bytes(d, r, ROLE_TEXT, bytes);
	row_glyph(d, r, ROLE_STATE_OK, GLYPH_OK);
	row_bytes(d, r, ROLE_DIM, bytes);
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_bytes(d, r, ROLE_HEADER, bytes);
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, bytes);
	row_cell(d, r);
	row_bytes(d, r, ROLE_DIM, bytes);
	doc_field(d, 1, "Seen", ROLE_TEXT, bytes);
	r = doc_table_row(d, table, 1);
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, bytes);
	row_cell(d, r);
	row_glyph(d, r, ROLE_STATE_FAIL, GLYPH_FAIL);
	row_text(d, r, ROLE_STATE_FAIL, " FAIL");
	row_cell(d, r);
	row_text(d, r, ROLE_TEXT, "0.04s");
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, bytes);
	r->cells[3].fill = GLYPH_RULE;
	row_glyph(d, r, ROLE_TEXT, GLYPH_VERTICAL);
	r = doc_row(d, ROW_HEADING, 0);
	row_bytes(d, r, ROLE_HEADER, bytes);
	row_cell(d, r);
	row_text(d, r, ROLE_DIM, "3 of 4");
}

static void
add_unwrapped(struct doc *d, struct str bytes)
{
	struct row *r = doc_row(d, ROW_VERBATIM, 2);

	row_bytes(d, r, ROLE_TEXT, bytes);
	doc_command(d, 1, "Hand", bytes);
}

static unsigned
measured(const struct line *l, bool is_ascii)
{
	unsigned width = l->count > 0 ? l->indent : 0;
	size_t i, k;

	for (i = 0; i < l->count; i++) {
		const struct span *s = &l->spans[i];

		if (s->glyph != GLYPH_NONE) {
			width++;
			continue;
		}
		assert_true(utf8_is_valid(s->text.text));
		width += s->text.width;
		for (k = 0; is_ascii && k < s->text.text.n; k++)
			assert_in_range(s->text.text.p[k], 0x20, 0x7e);
	}
	return width;
}

static void
check_doc(const struct doc *d, bool is_ascii, bool clips)
{
	unsigned columns_asked;
	size_t i;

	for (columns_asked = 1; columns_asked <= 200; columns_asked++) {
		struct layout_options options = { columns_asked, is_ascii, clips };
		struct layout l;
		size_t row = 0;

		doc_layout(d, &options, &l);
		for (i = 0; i < l.count; i++) {
			assert_int_equal(measured(&l.lines[i], is_ascii), l.lines[i].width);
			assert_true(l.lines[i].width <= columns_asked);
			assert_true(l.lines[i].row == row || l.lines[i].row == row + 1);
			row = l.lines[i].row;
		}
		assert_true(d->count == 0 || row == d->count - 1);
		layout_release(&l);
	}
}

static void
test_never_wider(void **state)
{
	struct doc d;
	size_t i, table;

	(void)state;
	doc_init(&d);
	table = doc_table(&d, columns, 4);
	doc_table_head(&d, table, 1);
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		add_rows(&d, str_of(hostile[i]), table);
	doc_blank(&d);
	check_doc(&d, false, false);
	check_doc(&d, true, false);
	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		add_unwrapped(&d, str_of(hostile[i]));
	check_doc(&d, false, true);
	check_doc(&d, true, true);
	doc_release(&d);
}

/* Every byte value, in every place of a short text. */
static void
test_every_byte(void **state)
{
	unsigned c;

	(void)state;
	for (c = 0; c < 256; c++) {
		char text[] = "ab cd ef";
		struct layout_options options = { 3, c % 2 == 0, true };
		struct layout l;
		struct doc d;
		size_t i;

		text[c % 8] = (char)c;
		doc_init(&d);
		add_rows(&d, (struct str){ text, 8 }, doc_table(&d, columns, 4));
		doc_layout(&d, &options, &l);
		for (i = 0; i < l.count; i++)
			assert_true(l.lines[i].width <= 3);
		layout_release(&l);
		doc_release(&d);
	}
}

static void
line_text(const struct line *l, char *out, size_t size)
{
	size_t at = 0, i;

	out[0] = '\0';
	for (i = 0; l->count > 0 && i < l->indent; i++)
		at += (size_t)snprintf(out + at, size - at, " ");
	for (i = 0; i < l->count && at < size; i++) {
		const struct span *s = &l->spans[i];

		at += (size_t)snprintf(out + at, size - at, "%.*s%s", SAFE_ARG(s->text),
			s->glyph != GLYPH_NONE ? glyph_text(s->glyph, true) : "");
	}
}

static const struct {
	const char *name;
	unsigned width;
	bool clips;
	const char *command;
	const char *lines[4];
} commands[] = {
	{ "fits", 40, false, "dig TXT example.com", { " Hand   dig TXT example.com" } },
	{ "broken between words", 30, false, "dig TXT _mta-sts.example.com @192.0.2.1",
		{ " Hand   dig TXT \\", "         _mta-sts.example.com \\",
			"         @192.0.2.1" } },
	{ "quotes stay whole", 26, false, "printf 'a b c d e' | nc x",
		{ " Hand   printf \\", "         'a b c d e' | \\", "         nc x" } },
	{ "a comment is no command on its next line", 30, false,
		"nc 192.0.2.25 25  # after the 220: EHLO example.com, QUIT",
		{ " Hand   nc 192.0.2.25 25", "         # after the 220: EHLO",
			"         # example.com, QUIT" } },
	{ "a comment may begin on the command's line", 40, false,
		"nc 192.0.2.25 25  # after the 220: EHLO example.com, QUIT",
		{ " Hand   nc 192.0.2.25 25  # after the",
			"         # 220: EHLO example.com, QUIT" } },
	{ "no comment inside quotes or a word", 30, false, "printf '# a b c' a#b | nc x y zz",
		{ " Hand   printf '# a b c' a#b \\", "         | nc x y zz" } },
	{ "a word too long stays whole", 20, false, "aaaaaaaaaaaaaaaaaaaa b",
		{ " Hand   aaaaaaaaaaaaaaaaaaaa \\", "         b" } },
	{ "clipped on screens", 20, true, "aaaaaaaaaaaaaaaaaaaa b",
		{ " Hand   aaaaaaaaa...", "         b" } },
};

static void
test_commands(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		struct layout_options options = { commands[i].width, true, commands[i].clips };
		struct layout l;
		struct doc d;

		print_message("%s\n", commands[i].name);
		doc_init(&d);
		doc_command(&d, 1, "Hand", str_of(commands[i].command));
		doc_layout(&d, &options, &l);
		for (k = 0; k < l.count; k++) {
			char text[256];

			line_text(&l.lines[k], text, sizeof(text));
			assert_non_null(commands[i].lines[k]);
			assert_string_equal(text, commands[i].lines[k]);
		}
		assert_null(commands[i].lines[k]);
		layout_release(&l);
		doc_release(&d);
	}
}

/* A selection marks what the first columns hold, as far as the first of the others. */
static void
test_named(void **state)
{
	static const struct column three[] = { { "", 4, 0, false, false, false },
		{ "", 6, 0, true, false, false }, { "", 2, 0, false, false, false } };
	struct layout_options options = { 30, false, true };
	struct layout l;
	struct doc d;
	struct row *r;
	int named;

	(void)state;
	for (named = 0; named <= 2; named++) {
		doc_init(&d);
		doc_table(&d, three, 3);
		d.tables[0].named = (size_t)named;
		r = doc_table_row(&d, 0, 1);
		row_text(&d, r, ROLE_TEXT, "10");
		row_cell(&d, r);
		row_text(&d, r, ROLE_TEXT, "mail");
		row_cell(&d, r);
		row_text(&d, r, ROLE_TEXT, "ok");
		doc_text(&d, 0, ROLE_TEXT, "no row of it");
		doc_layout(&d, &options, &l);
		/* 1 + 4 + 2, and 19 + 2 more: what is left of 30 behind 2 + 2 + 1 + 4 + 2. */
		assert_int_equal(l.lines[0].named, named == 0 ? 0 : named == 1 ? 7 : 28);
		assert_int_equal(l.lines[1].named, 0);
		layout_release(&l);
		doc_release(&d);
	}
}

static void
test_wraps_at_words(void **state)
{
	struct layout_options options = { 24, false, true };
	static const char *const want[] = { " Means  an enforcing", "        sender passes",
		"        over this host" };
	struct layout l;
	struct doc d;
	size_t i;

	(void)state;
	doc_init(&d);
	doc_field(&d, 1, "Means", ROLE_TEXT, STR("an enforcing sender passes over this host"));
	doc_layout(&d, &options, &l);
	assert_int_equal(l.count, 3);
	for (i = 0; i < l.count; i++) {
		char text[256];

		line_text(&l.lines[i], text, sizeof(text));
		assert_string_equal(text, want[i]);
	}
	layout_release(&l);
	doc_release(&d);
}

static const struct {
	size_t lines;
	const char *shown[9];
} squeezed[] = {
	{ 9, { " Who    domain", " Seen   one two three", "        four five",
		     " Means  six seven eight", "        nine ten", " Do     eleven twelve",
		     "        thirteen", " Hand   dig MX x" } },
	{ 7, { " Who    domain", " Seen   one two three", "        four five",
		     " Means  six seven eight", "        nine ten", " Do     eleven twelve",
		     "        thirteen" } },
	{ 6, { " Who    domain", " Seen   one two three", "        four five",
		     " Means  six seven e ...", " Do     eleven twelve", "        thirteen" } },
	{ 5, { " Who    domain", " Seen   one two thr ...", " Means  six seven e ...",
		     " Do     eleven twelve", "        thirteen" } },
	{ 4, { " Who    domain", " Seen   one two thr ...", " Do     eleven twelve",
		     "        thirteen" } },
	{ 1, { " Who    domain", " Do     eleven twelve", "        thirteen" } },
};

/* In a low box whoever must act and what to do outlast what was seen and what it means. */
static void
test_squeeze(void **state)
{
	struct doc d;
	size_t i, k;

	(void)state;
	doc_init(&d);
	doc_field(&d, 1, "Who", ROLE_TEXT, STR("domain"));
	doc_field(&d, 1, "Seen", ROLE_TEXT, STR("one two three four five"));
	doc_field(&d, 1, "Means", ROLE_TEXT, STR("six seven eight nine ten"));
	doc_field(&d, 1, "Do", ROLE_TEXT, STR("eleven twelve thirteen"));
	doc_command(&d, 1, "Hand", STR("dig MX x"));
	d.rows[1].spare = 1;
	d.rows[2].spare = 2;
	d.rows[4].spare = 3;
	for (i = 0; i < sizeof(squeezed) / sizeof(squeezed[0]); i++) {
		const struct layout_options options = { 23, true, true };
		struct layout l;
		char text[80];

		doc_layout(&d, &options, &l);
		layout_squeeze(&l, &d, squeezed[i].lines);
		for (k = 0; k < l.count; k++) {
			line_text(&l.lines[k], text, sizeof(text));
			assert_non_null(squeezed[i].shown[k]);
			assert_string_equal(text, squeezed[i].shown[k]);
			assert_int_equal(measured(&l.lines[k], true), l.lines[k].width);
		}
		assert_null(squeezed[i].shown[l.count]);
		layout_release(&l);
	}
	doc_release(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_squeeze),
		cmocka_unit_test(test_never_wider),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_wraps_at_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
