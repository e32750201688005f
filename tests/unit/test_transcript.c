/* The first page fits, the transcript holds all the evidence, the scope keeps others out. */
#include "core/sessfile.h"
#include "core/transcript.h"
#include "support/gen_event.h"
#include "support/golden.h"
#include "support/story_reports.h"

static size_t
lines(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

static bool
has(const struct buf *text, const char *part)
{
	return str_find_str(buf_str(text), str_of(part)) < text->n;
}

static void
test_first_page(void **state)
{
	const struct report_input brief = { .is_brief = true, .look.columns = 78 };

	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++) {
		char name[64];
		struct session s;
		struct build b;
		struct buf out;

		stories[i].build(&b, &s);
		out = report_of(&s, FORMAT_TEXT, &brief);
		check_true(stories[i].name, "at most 30 lines", lines(buf_str(&out)) <= 30);
		check_true(stories[i].name, "mail now", has(&out, "Mail now"));
		check_true(stories[i].name, "who", has(&out, "Who must act"));
		snprintf(name, sizeof(name), "transcript/%s-brief.txt", stories[i].name);
		check_golden_file(name, buf_str(&out));
		buf_release(&out);
		session_release(&s);
	}
}

static void
test_first_page_of_hostile_sessions(void **state)
{
	const struct report_input brief = { .is_brief = true, .look.columns = 78 };

	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++)
		for (size_t k = 0; k < ROWS(hostile); k++) {
			struct session s, bad;
			struct build b;
			struct buf out;

			stories[i].build(&b, &s);
			story_with_text(&s, hostile[k].text, &bad);
			out = report_of(&bad, FORMAT_TEXT, &brief);
			check_true(hostile[k].name, "at most 30 lines", lines(buf_str(&out)) <= 30);
			buf_release(&out);
			session_release(&bad);
			session_release(&s);
		}
}

static void
test_whole(void **state)
{
	const struct report_input full = { .is_full = true,
		.sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		.look.columns = 78 };
	struct session s;
	struct build b;
	struct buf out;

	(void)state;
	story_failing(&b, &s);
	out = report_of(&s, FORMAT_TEXT, &full);
	check_golden_file("transcript/failing.txt", buf_str(&out));
	for (size_t i = 0; i < s.event_count; i++) {
		const struct ev_smtp_line *line = s.events[i]->payload;

		if (s.events[i]->kind == EV_SMTP_LINE)
			check_true("dialogue", buf_text(&out),
				str_find_str(buf_str(&out), line->text) < out.n);
	}
	buf_release(&out);
	session_release(&s);
}

static void
test_scope(void **state)
{
	const struct report_input scope = { .scope = STR("mx2.example.com"), .look.columns = 78 };
	struct session s;
	struct build b;
	struct buf out;

	(void)state;
	story_failing(&b, &s);
	out = report_of(&s, FORMAT_TEXT, &scope);
	check_golden_file("transcript/failing-scope.txt", buf_str(&out));
	check_true("scope", "the host's dialogue", has(&out, "SMTP mx2.example.com"));
	check_true("scope", "no dialogue of another host", !has(&out, "SMTP mx1.example.com"));
	check_true("scope", "no policy fetch", !has(&out, "HTTPS mta-sts"));
	check_true("scope", "no finding of another host", !has(&out, "tls-cert-host-mismatch"));
	buf_release(&out);
	session_release(&s);
}

/* Two of the same session are the same bytes, and nothing falls over at any prefix of a walk. */
static void
test_every_prefix(void **state)
{
	static const struct report_input kinds[] = { { .is_brief = true, .look.columns = 78 },
		{ .is_full = true, .look.columns = 78 } };
	struct session whole, s;
	struct build b;

	(void)state;
	story_failing(&b, &whole);
	session_init(&s);
	for (size_t i = 0; i <= whole.event_count; i++) {
		for (size_t k = 0; k < ROWS(kinds); k++) {
			struct buf one = report_of(&s, FORMAT_TEXT, &kinds[k]);
			struct buf two = report_of(&s, FORMAT_TEXT, &kinds[k]);

			check_str("prefix", "report", buf_str(&one), buf_str(&two));
			buf_release(&one);
			buf_release(&two);
		}
		if (i < whole.event_count)
			session_apply(&s, whole.events[i]);
	}
	session_release(&s);
	session_release(&whole);
}

/* Any bytes in any field of any event: every format takes it, and the bytes are UTF-8. */
static void
test_any_events(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct gen g = { seed * UINT64_C(0x9e3779b97f4a7c15) };
		struct arena a = { 0 };
		struct session s;
		struct build b;

		stories[seed % ROWS(stories)].build(&b, &s);
		for (size_t i = 0; i < 60; i++) {
			const enum event_kind kind = (enum event_kind)gen_below(
				&g, event_kind_count);
			const struct event *other = s.events[gen_below(&g, s.event_count)];
			const struct event e = { .us = b.us++,
				.job = other->job,
				.kind = kind,
				.payload = gen_payload(&g, &a, kind) };

			session_apply(&s, &e);
		}
		for (unsigned k = 0; k < format_count; k++) {
			struct buf out = report_of(&s, (enum format_kind)k, NULL);

			check_true(report_formats[k].name, "UTF-8", utf8_is_valid(buf_str(&out)));
			buf_release(&out);
		}
		session_release(&s);
		arena_release(&a);
	}
}

/* Notes come out with their time, and the session stays one whose end is last. */
static void
test_notes(void **state)
{
	const struct report_input full = { .is_full = true, .look.columns = 78 };
	struct buf file = BUF_INIT(0), out;
	struct session s, read;
	struct build b;

	(void)state;
	story_good(&b, &s);
	session_add_note(&s, STR("called \x1b[31mthe hoster"), BUILD_AS_OF_S * 1000);
	session_add_note(&s, STR("called again"), BUILD_AS_OF_S * 1000 + 60000);
	assert_int_equal(s.events[s.event_count - 1]->kind, EV_END);
	out = report_of(&s, FORMAT_TEXT, &full);
	check_true("notes", "the first", has(&out, "2026-11-22 08:00:00Z  called \\x1b[31mthe"));
	check_true("notes", "the second", has(&out, "2026-11-22 08:01:00Z  called again"));
	sessfile_write(&file, &s);
	session_init(&read);
	assert_int_equal(sessfile_read(buf_str(&file), &read, NULL, NULL), RESULT_OK);
	assert_int_equal(read.event_count, s.event_count);
	assert_true(read.is_ended);
	session_release(&read);
	buf_release(&file);
	buf_release(&out);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_page),
		cmocka_unit_test(test_first_page_of_hostile_sessions),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_any_events),
		cmocka_unit_test(test_notes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
