/* Plain text of a document: glyph sets, wrapping, no blanks at line ends; words of the views. */
#include "core/render.h"
#include "core/view_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct column columns[] = {
	{ "Host", 6, 0, false, false, false },
	{ "Time", 5, 0, false, true, false },
	{ "Seen", 8, 0, true, false, false },
};

static void
fill(struct doc *d)
{
	size_t table;
	struct row *r;

	doc_init(d);
	doc_heading(d, "Why");
	r = doc_row(d, ROW_TEXT, 1);
	row_glyph(d, r, ROLE_STATE_OK, GLYPH_OK);
	row_text(d, r, ROLE_STATE_OK, " %s", "OK");
	row_bytes(d, r, ROLE_TEXT,
		STR(" b\xc3\xbc"
		    "cher\x1b[2J  "));
	doc_field(d, 1, "Means", ROLE_TEXT, STR("one\ntwo\n"));
	doc_field(d, 1, "Empty", ROLE_TEXT, STR_EMPTY);
	table = doc_table(d, columns, 3);
	doc_table_head(d, table, 1);
	r = doc_table_row(d, table, 1);
	part_cell(d, r, ROLE_TEXT, "mx1");
	part_cell(d, r, ROLE_TEXT, "0.04s");
	part_cell(d, r, ROLE_TEXT, "all is well with this host, they say");
	doc_blank(d);
}

static const struct {
	const char *name;
	struct render_options options;
	const char *want;
} renders[] = {
	{ "UTF-8", { 44, false },
		"── Why ─────────────────────────────────────\n"
		" ✓ OK bücher\\x1b[2J\n"
		" Means  one\n"
		"        two\n"
		" Host     Time  Seen\n"
		" mx1     0.04s  all is well with this host,\n"
		"                they say\n"
		"\n" },
	{ "ASCII", { 44, true },
		"-- Why -------------------------------------\n"
		" + OK b<U+00FC>cher\\x1b[2J\n"
		" Means  one\n"
		"        two\n"
		" Host     Time  Seen\n"
		" mx1     0.04s  all is well with this host,\n"
		"                they say\n"
		"\n" },
};

static void
test_render(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(renders) / sizeof(renders[0]); i++) {
		struct buf out = BUF_INIT(0);
		struct doc d;

		print_message("%s\n", renders[i].name);
		fill(&d);
		render_text(&d, &renders[i].options, &out);
		assert_string_equal(buf_text(&out), renders[i].want);
		buf_release(&out);
		doc_release(&d);
	}
}

static const struct {
	int64_t us;
	const char *words;
} times[] = {
	{ -1, "-" },
	{ 0, "0.00s" },
	{ 4999, "0.00s" },
	{ 5000, "0.01s" },
	{ 44000, "0.04s" },
	{ 1840000, "1.84s" },
	{ 9994000, "9.99s" },
	{ 9996000, "10.0s" },
	{ 10360000, "10.4s" },
	{ 75000000, "75.0s" },
};

static const struct {
	int64_t unix_s;
	const char *words;
} stamps[] = {
	{ 0, "1970-01-01 00:00:00Z" },
	{ -1, "1969-12-31 23:59:59Z" },
	{ 951782400, "2000-02-29 00:00:00Z" },
	{ 1795334400, "2026-11-22 08:00:00Z" },
	{ 4107542399, "2100-02-28 23:59:59Z" },
	{ 4107542400, "2100-03-01 00:00:00Z" },
	{ 253402300799, "9999-12-31 23:59:59Z" },
};

static const struct {
	uint64_t seconds;
	const char *words;
} spans[] = {
	{ 0, "0 seconds" },
	{ 1, "1 second" },
	{ 300, "5 minutes" },
	{ 5400, "90 minutes" },
	{ 86400, "1 day" },
	{ 604800, "1 week" },
	{ 1209600, "2 weeks" },
	{ 31557600, "8766 hours" },
	{ 100001, "about 27 hours" },
	{ 1000001, "about 11 days" },
};

static void
test_words(void **state)
{
	struct doc d;
	size_t i;

	(void)state;
	doc_init(&d);
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		assert_string_equal(part_seconds(&d, times[i].us), times[i].words);
	for (i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++)
		assert_string_equal(part_stamp(&d, stamps[i].unix_s), stamps[i].words);
	for (i = 0; i < sizeof(spans) / sizeof(spans[0]); i++)
		assert_string_equal(part_span(&d, spans[i].seconds), spans[i].words);
	assert_string_equal(part_count(&d, 1, "address"), "1 address");
	assert_string_equal(part_count(&d, 0, "address"), "0 addresses");
	assert_string_equal(part_count(&d, 2, "host"), "2 hosts");
	doc_release(&d);
}

/* Every state and glyph has a look in both sets, one cell wide. */
static void
test_looks(void **state)
{
	size_t i;

	(void)state;
	for (i = STATE_WAITING; i <= STATE_NOT_REACHED; i++) {
		assert_true(state_word((enum state)i)[0] != '\0');
		assert_true(state_glyph((enum state)i) != GLYPH_NONE);
	}
	for (i = GLYPH_NONE + 1; i < glyph_count; i++) {
		uint32_t code_point;
		struct str utf8 = str_of(glyph_text((enum glyph)i, false));
		struct str ascii = str_of(glyph_text((enum glyph)i, true));

		assert_int_equal(ascii.n, 1);
		assert_in_range(ascii.p[0], 0x21, 0x7e);
		assert_int_equal(utf8_sequence(utf8, &code_point), utf8.n);
	}
	for (i = 0; i < role_count; i++)
		assert_true(role_name((enum role)i)[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_render),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
