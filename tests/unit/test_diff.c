/* The laws of a diff: nothing from itself, mirrored when turned round; and what changes are told. */
#include <string.h>

#include "core/diff.h"
#include "support/golden.h"
#include "support/story_reports.h"

struct half {
	struct session s;
	struct judgement j;
	struct build b;
	struct view_input in;
};

static void
half_make(struct half *h, void (*build)(struct build *b, struct session *s))
{
	build(&h->b, &h->s);
	judge(&h->s, NULL, &h->j);
	h->in = (struct view_input){ &h->s, &h->j, h->s.last_us };
}

static void
half_free(struct half *h)
{
	judgement_release(&h->j);
	session_release(&h->s);
}

static void
test_self(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++) {
		struct half h, other;
		struct diff d;

		half_make(&h, stories[i].build);
		half_make(&other, stories[i].build);
		diff_sessions(&h.in, &h.in, &d);
		check_int(stories[i].name, "changes from itself", (long long)d.count, 0);
		check_true(stories[i].name, "facts in common", d.same[DIFF_FACTS] > 0);
		diff_release(&d);
		diff_sessions(&h.in, &other.in, &d);
		check_int(stories[i].name, "changes from a copy", (long long)d.count, 0);
		diff_release(&d);
		half_free(&h);
		half_free(&other);
	}
}

static enum diff_change
turned(enum diff_change change)
{
	static const enum diff_change other[] = {
		[DIFF_NEW] = DIFF_GONE, [DIFF_GONE] = DIFF_NEW, [DIFF_CHANGED] = DIFF_CHANGED
	};

	return other[change];
}

static void
check_mirror(const char *name, const struct diff *there, const struct diff *back)
{
	check_int(name, "rows", (long long)back->count, (long long)there->count);
	for (size_t i = 0; i < there->count; i++) {
		const struct diff_row *a = &there->rows[i], *b = &back->rows[i];

		check_str(name, "what", b->what, a->what);
		check_int(name, "part", b->part, a->part);
		check_int(name, "change", b->change, turned(a->change));
		check_str(name, "old", b->old, a->new);
		check_str(name, "new", b->new, a->old);
	}
	for (unsigned i = 0; i < diff_part_count; i++)
		check_int(name, "same", (long long)back->same[i], (long long)there->same[i]);
}

static void
test_mirror(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(stories); i++)
		for (size_t k = 0; k < ROWS(stories); k++) {
			struct half a, b;
			struct diff there, back;

			half_make(&a, stories[i].build);
			half_make(&b, stories[k].build);
			diff_sessions(&a.in, &b.in, &there);
			diff_sessions(&b.in, &a.in, &back);
			check_mirror(stories[k].name, &there, &back);
			check_int(stories[k].name, "is the same", there.count == 0, i == k);
			diff_release(&there);
			diff_release(&back);
			half_free(&a);
			half_free(&b);
		}
}

/* What every walk has otherwise, and says nothing of the domain. */
static void
story_later(struct build *b, struct session *s)
{
	static struct str resolvers[] = { BYTES("192.0.2.53:53") };
	struct session first;
	struct build from;

	story_failing(&from, &first);
	build_begin(b, s);
	for (size_t i = 0; i < first.event_count; i++) {
		struct event *e = event_copy(&s->arena, first.events[i]);
		struct ev_walk_start *start = (void *)(uintptr_t)e->payload;
		struct ev_connect *connect = (void *)(uintptr_t)e->payload;

		e->us *= 3;
		if (e->kind == EV_WALK_START) {
			start->started_ms += 3600000;
			start->resolvers = (struct strs){ resolvers, 1 };
			start->host = STR("other.example.net");
		} else if (e->kind == EV_CONNECT && connect->source.n > 0) {
			connect->source = STR("198.51.100.99:1");
		}
		session_fold(s, e);
	}
	session_settle(s);
	session_release(&first);
}

static void
test_noise(void **state)
{
	struct half a, b;
	struct diff d;

	(void)state;
	half_make(&a, story_failing);
	half_make(&b, story_later);
	diff_sessions(&a.in, &b.in, &d);
	for (size_t i = 0; i < d.count; i++)
		print_message("%.*s: \"%.*s\" \"%.*s\"\n", STR_ARG(d.rows[i].what),
			STR_ARG(d.rows[i].old), STR_ARG(d.rows[i].new));
	check_int("another walk", "changes", (long long)d.count, 0);
	diff_release(&d);
	half_free(&a);
	half_free(&b);
}

/* Two MX records in place of one, a certificate renewed, a mode turned. */
static void
story_before(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_txt(b, "v=STSv1; id=1;");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80",
		"version: STSv1\nmode: testing\nmx: mx1.example.com\nmax_age: 86400\n");
	add_mx(b, "10 mx1.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	add_smtp(b, (struct build_smtp){ .host = "mx1.example.com",
			    .address = "192.0.2.25",
			    .tls = { .days_left = 3 } });
	add_end(b, END_DONE);
}

static void
story_after(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_txt(b, "v=STSv1; id=2;");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80",
		"version: STSv1\nmode: enforce\nmx: mx1.example.com\nmx: mx2.example.com\n"
		"max_age: 86400\n");
	add_mx(b, "10 mx1.example.com\n20 mx2.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	add_addresses(b, "mx2.example.com", "192.0.2.26");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "192.0.2.26",
			    .ehlo = "250-mx2.example.com\n250 SIZE 1000" });
	add_end(b, END_DONE);
}

/* A note is told on both sides, and is no change. */
static void
test_notes(void **state)
{
	const struct render_options options = { .columns = 78, .is_ascii = true };
	struct half a, b;
	struct buf text = BUF_INIT(0), json = BUF_INIT(0);
	struct diff d;
	struct doc doc;

	(void)state;
	half_make(&a, story_before);
	half_make(&b, story_before);
	session_add_note(&a.s, STR("ticket 4711"), INT64_C(1795334460000));
	session_add_note(&b.s, STR("called again"), INT64_C(1795338060000));
	diff_sessions(&a.in, &b.in, &d);
	check_int("notes", "changes", (long long)d.count, 0);
	view_diff(&d, &doc);
	render_text(&doc, &options, &text);
	assert_non_null(strstr(buf_text(&text), "note of 2026-11-22 08:01Z: ticket 4711"));
	assert_non_null(strstr(buf_text(&text), "note of 2026-11-22 09:01Z: called again"));
	render_diff_json(&d, &json);
	assert_non_null(strstr(buf_text(&json),
		"\"notes\":[{\"at\":\"2026-11-22T08:01:00.000Z\",\"text\":\"ticket 4711\"}]"));
	doc_release(&doc);
	buf_release(&text);
	buf_release(&json);
	diff_release(&d);
	half_free(&a);
	half_free(&b);
}

static const struct {
	const char *what;
	enum diff_change change;
	const char *old, *new;
} expected[] = {
	{ "TXT _mta-sts.example.com", DIFF_CHANGED, "v=STSv1; id=1;", "v=STSv1; id=2;" },
	{ "MX example.com", DIFF_NEW, "", "20 mx2.example.com" },
	{ "policy mode", DIFF_CHANGED, "testing", "enforce" },
	{ "policy mx", DIFF_NEW, "", "mx2.example.com" },
	{ "mx2.example.com 192.0.2.26 EHLO", DIFF_NEW, "", "SIZE 1000" },
	{ "smtp-starttls-absent mx2.example.com", DIFF_NEW, "", "error" },
};

static void
test_changes(void **state)
{
	const struct render_options options = { .columns = 78 };
	struct half a, b;
	struct buf text = BUF_INIT(0), json = BUF_INIT(0);
	struct diff d;
	struct doc doc;

	(void)state;
	half_make(&a, story_before);
	half_make(&b, story_after);
	diff_sessions(&a.in, &b.in, &d);
	view_diff(&d, &doc);
	render_text(&doc, &options, &text);
	check_golden_file("diff/changes.txt", buf_str(&text));
	render_diff_json(&d, &json);
	check_golden_file("diff/changes.json", buf_str(&json));
	for (size_t i = 0; i < ROWS(expected); i++) {
		const struct diff_row *row = NULL;

		for (size_t k = 0; k < d.count; k++)
			if (str_is(d.rows[k].what, expected[i].what))
				row = &d.rows[k];
		check_true(expected[i].what, "is told", row != NULL);
		check_int(expected[i].what, "change", row->change, expected[i].change);
		check_text(expected[i].what, "old", row->old, expected[i].old);
		check_text(expected[i].what, "new", row->new, expected[i].new);
	}
	doc_release(&doc);
	buf_release(&text);
	buf_release(&json);
	diff_release(&d);
	half_free(&a);
	half_free(&b);
}

/* Any text from peers on both sides: nothing falls over, rows are in order of the parts. */
static void
test_hostile(void **state)
{
	(void)state;
	for (size_t k = 0; k < ROWS(hostile); k++) {
		const struct render_options options = { .columns = 78, .is_ascii = true };
		struct half a, b;
		struct session bad;
		struct judgement j;
		struct buf text = BUF_INIT(0);
		struct diff d;
		struct doc doc;

		half_make(&a, story_failing);
		half_make(&b, story_good);
		story_with_text(&b.s, hostile[k].text, &bad);
		judge(&bad, NULL, &j);
		diff_sessions(&a.in, &(struct view_input){ &bad, &j, bad.last_us }, &d);
		for (size_t i = 1; i < d.count; i++)
			check_true(hostile[k].name, "order", d.rows[i - 1].part <= d.rows[i].part);
		view_diff(&d, &doc);
		render_text(&doc, &options, &text);
		for (size_t i = 0; i < text.n; i++)
			check_true(hostile[k].name, "plain",
				text.p[i] == '\n' || (text.p[i] >= 0x20 && text.p[i] < 0x7f));
		doc_release(&doc);
		buf_release(&text);
		diff_release(&d);
		judgement_release(&j);
		session_release(&bad);
		half_free(&a);
		half_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_self),
		cmocka_unit_test(test_mirror),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
