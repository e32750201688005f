/* Markdown: golden transcripts, and that nothing a peer says is markup, a link or a mention. */
#include "support/golden.h"
#include "support/story_reports.h"

static const struct {
	const char *name;
	const char *story;
	struct report_input how;
} goldens[] = {
	{ "markdown/good.md", "good", { .look.columns = 78 } },
	{ "markdown/failing.md", "failing", { .look.columns = 78 } },
	{ "markdown/failing-brief.md", "failing", { .is_brief = true, .look.columns = 78 } },
	{ "markdown/failing-scope.md", "failing",
		{ .scope = { "backup.example.net", 18 }, .look.columns = 78 } },
	{ "markdown/broken.md", "broken", { .look.columns = 78 } },
	{ "markdown/broken-ascii.md", "broken", { .look = { 78, true } } },
};

static void
test_goldens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(goldens); i++)
		for (size_t k = 0; k < ROWS(stories); k++) {
			struct session s;
			struct build b;
			struct buf out;

			if (!str_is(str_of(goldens[i].story), stories[k].name))
				continue;
			stories[k].build(&b, &s);
			out = report_of(&s, FORMAT_MARKDOWN, &goldens[i].how);
			check_golden_file(goldens[i].name, buf_str(&out));
			buf_release(&out);
			session_release(&s);
		}
}

/* Code spans and fences taken out: what is left is read as markup. */
static void
strip_code(struct str text, struct buf *out)
{
	struct str line;
	size_t fence = 0;

	while (str_split(&text, '\n', &line)) {
		size_t ticks = 0;

		while (ticks < line.n && line.p[ticks] == '`')
			ticks++;
		if (fence > 0) {
			if (ticks >= fence && ticks == line.n)
				fence = 0;
			continue;
		}
		if (ticks >= 3) {
			fence = ticks;
			continue;
		}
		for (size_t i = 0; i < line.n;) {
			size_t run = 0, at;

			while (i + run < line.n && line.p[i + run] == '`')
				run++;
			if (run == 0) {
				buf_add_char(out, line.p[i++]);
				continue;
			}
			/* To the run of as many backticks. */
			for (at = i + run; at < line.n;) {
				size_t close = 0;

				while (at + close < line.n && line.p[at + close] == '`')
					close++;
				at += close > 0 ? close : 1;
				if (close == run)
					break;
			}
			buf_add_char(out, '%');
			i = at;
		}
		buf_add_char(out, '\n');
	}
	check_int("fences", "open at the end", (long long)fence, 0);
}

static void
check_inert(const char *name, struct str text)
{
	static const char *const never[] = { "<", "](", "![", "http", "www.", "@", "&#", "&lt",
		"_i_", "~~", "javascript", "\x1b", "\xe2\x80\xae", "#123", " !4", "\r" };
	struct buf plain = BUF_INIT(0);

	check_true(name, "UTF-8", utf8_is_valid(text));
	strip_code(text, &plain);
	for (size_t i = 0; i < ROWS(never); i++)
		if (str_find_str(buf_str(&plain), str_of(never[i])) < plain.n)
			fail_msg("%s: \"%s\" outside of code in %s", name, never[i],
				buf_text(&plain));
	buf_release(&plain);
}

static void
test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++)
		for (size_t k = 0; k < ROWS(hostile); k++) {
			struct session s, bad;
			struct build b;
			struct buf out;

			stories[i].build(&b, &s);
			story_with_text(&s, hostile[k].text, &bad);
			out = report_of(&bad, FORMAT_MARKDOWN, NULL);
			check_inert(hostile[k].name, buf_str(&out));
			buf_release(&out);
			session_release(&bad);
			session_release(&s);
		}
}

/* One row of text at a time: what comes out, exactly. */
static const struct {
	const char *name;
	struct str in;
	const char *out;
} words[] = {
	{ "plain", BYTES("mail is delivered (mx1)."), "mail is delivered (mx1).\n" },
	{ "underscore", BYTES("see _mta-sts.example.com: two"),
		"see `_mta-sts.example.com`: two\n" },
	{ "parentheses", BYTES("(*.example.com)"), "(`*.example.com`)\n" },
	{ "backtick", BYTES("a`b"), "``a`b``\n" },
	{ "only backticks", BYTES("``"), "``` `` ```\n" },
	{ "list", BYTES("- x"), "\\- x\n" },
	{ "number", BYTES("1. x"), "1\\. x\n" },
	{ "many blanks", BYTES("a    b"), "a b\n" },
	{ "bar outside of a table", BYTES("a|b"), "`a|b`\n" },
	{ "mention", BYTES("ask @team"), "ask `@team`\n" },
	{ "address", BYTES("mailto:tls@example.com"), "`mailto:tls@example.com`\n" },
	{ "nothing", BYTES("   "), "\n" },
};

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(words); i++) {
		const struct render_options options = { .columns = 78 };
		struct buf out = BUF_INIT(0);
		struct doc d;

		doc_init(&d);
		row_bytes(&d, doc_row(&d, ROW_TEXT, 0), ROLE_TEXT, words[i].in);
		render_markdown(&d, &options, &out);
		check_text(words[i].name, "Markdown", buf_str(&out), words[i].out);
		buf_release(&out);
		doc_release(&d);
	}
}

static void
test_table(void **state)
{
	static const struct column columns[] = { { .title = "Name" },
		{ .title = "Days", .is_right = true } };
	const struct render_options options = { .columns = 78 };
	struct buf out = BUF_INIT(0);
	struct row *r;
	struct doc d;
	size_t table;

	(void)state;
	doc_init(&d);
	table = doc_table(&d, columns, 2);
	doc_table_head(&d, table, 0);
	r = doc_table_row(&d, table, 0);
	row_cell(&d, r);
	row_bytes(&d, r, ROLE_TEXT, STR("a|b"));
	row_cell(&d, r);
	row_text(&d, r, ROLE_TEXT, "%d", -4);
	render_markdown(&d, &options, &out);
	assert_string_equal(buf_text(&out), "| Name | Days |\n|---|---:|\n| `a\\|b` | -4 |\n");
	buf_release(&out);
	doc_release(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
