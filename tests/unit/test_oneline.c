/* The line for monitoring: one line, one bar, whatever peers say. */
#include "support/story_reports.h"

static const struct {
	const char *name;
	void (*build)(struct build *b, struct session *s);
	const char *line;
} lines[] = {
	{ "good", story_good,
		"STSWALK OK - example.com: mail delivered, validated (mx1.example.com); "
		"coverage 4/4 | time=" },
	{ "failing", story_failing,
		"STSWALK CRITICAL - example.com: mail delivered, validated (mx1.example.com); " },
	{ "absent", story_absent,
		"STSWALK OK - example.com: mail delivered, not validated (mx1.example.com); "
		"coverage 1/1 | time=" },
};

static void
test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct session s;
		struct build b;
		struct buf out;

		lines[i].build(&b, &s);
		out = report_of(&s, FORMAT_ONELINE, NULL);
		if (!str_starts(buf_str(&out), str_of(lines[i].line)))
			fail_msg("%s: %s", lines[i].name, buf_text(&out));
		buf_release(&out);
		session_release(&s);
	}
}

static size_t
count(struct str text, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == c;
	return n;
}

static void
check_line(const char *name, struct str line)
{
	check_int(name, "line ends", (long long)count(line, '\n'), 1);
	check_int(name, "bars", (long long)count(line, '|'), 1);
	check_true(name, "the line end is last", line.p[line.n - 1] == '\n');
	for (size_t i = 0; i + 1 < line.n; i++)
		check_true(name, "plain characters", line.p[i] >= 0x20 && line.p[i] < 0x7f);
}

static void
test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++) {
		struct session s, bad;
		struct build b;
		struct buf out;

		stories[i].build(&b, &s);
		out = report_of(&s, FORMAT_ONELINE, NULL);
		check_line(stories[i].name, buf_str(&out));
		buf_release(&out);
		for (size_t k = 0; k < ROWS(hostile); k++) {
			story_with_text(&s, hostile[k].text, &bad);
			out = report_of(&bad, FORMAT_ONELINE, NULL);
			check_line(hostile[k].name, buf_str(&out));
			buf_release(&out);
			session_release(&bad);
		}
		session_release(&s);
	}
}

/* The figures: the days of the policy host's certificate, and the least of the MX hosts. */
static void
test_figures(void **state)
{
	struct session s;
	struct build b;
	struct buf out;

	(void)state;
	story_failing(&b, &s);
	out = report_of(&s, FORMAT_ONELINE, NULL);
	check_true("failing", "days of the policy host",
		str_find_str(buf_str(&out), STR(" cert_days=61")) < out.n);
	check_true("failing", "least days of the MX hosts",
		str_find_str(buf_str(&out), STR(" mx_cert_days=-4")) < out.n);
	buf_release(&out);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
