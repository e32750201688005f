/* What changed since the walk before: in words, for rows, and in a session that was saved. */
#include <string.h>

#include "core/render.h"
#include "core/sessfile.h"
#include "core/since.h"
#include "support/build_session.h"
#include "support/check.h"

static void
all_well(struct build *b, struct session *s)
{
	build_good(b, s, "enforce");
}

/* mx2 over one address with a certificate that is over. */
static void
mx2_expired(struct build *b, struct session *s)
{
	build_good_open(b, s, "enforce");
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "192.0.2.99",
			    .tls = { .is_untrusted = true,
				    .code = 10,
				    .error = "certificate has expired",
				    .days_left = -3 } });
	add_end(b, END_DONE);
}

static void
stopped(struct build *b, struct session *s)
{
	build_good_open(b, s, "enforce");
	add_end(b, END_CANCELLED);
}

static void
still_running(struct build *b, struct session *s)
{
	build_good_open(b, s, "enforce");
}

static const struct {
	const char *name;
	void (*before)(struct build *b, struct session *s),
		(*now)(struct build *b, struct session *s);
	int64_t ago_s;
	const char *says;
	const char *opened; /* NULL: the same */
} rows[] = {
	{ "same", all_well, all_well, 3600, "(07:00Z, 12 walks): no change" },
	{ "better", mx2_expired, all_well, 3600, "(07:00Z, 12 walks): * " },
	{ "mended", mx2_expired, all_well, 3600, "mx2 WARN to OK" },
	{ "gone", mx2_expired, all_well, 3600, " gone" },
	{ "worse", all_well, mx2_expired, 3600, "mx2 OK to WARN" },
	{ "new", all_well, mx2_expired, 3600, " new" },
	{ "another day", all_well, all_well, 86400, "(2026-11-21 08:00Z, 12 walks)" },
	{ "stopped", all_well, stopped, 3600, "this one was stopped: not compared" },
	{ "running", all_well, still_running, 3600, "told when this one is done",
		"this one was stopped: not compared" },
};

static void
tell_before(struct arena *a, void (*build)(struct build *b, struct session *s), int64_t ago_s,
	struct ev_last_walk **out)
{
	struct judgement j;
	struct session s;
	struct build b;

	build(&b, &s);
	judge(&s, NULL, &j);
	*out = since_event(a, &s, &j, 12);
	(*out)->started_ms -= ago_s * 1000;
	judgement_release(&j);
	session_release(&s);
}

static void
overview_text(const struct session *s, struct buf *out)
{
	struct judgement j;
	struct view_input in = { s, &j, s->last_us };
	struct doc d;

	judge(s, NULL, &j);
	view_overview(&in, &d);
	render_text(&d, &(struct render_options){ 120, true }, out);
	doc_release(&d);
	judgement_release(&j);
}

static void
test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena a = { 0 };
		struct buf text = BUF_INIT(0), file = BUF_INIT(0), again = BUF_INIT(0);
		struct event event = { .job = STR("walk"), .kind = EV_LAST_WALK };
		struct session s, opened;
		struct build b;
		struct ev_last_walk *last;

		tell_before(&a, rows[i].before, rows[i].ago_s, &last);
		event.payload = last;
		rows[i].now(&b, &s);
		session_apply(&s, &event);
		overview_text(&s, &text);
		if (strstr(buf_text(&text), rows[i].says) == NULL)
			fail_msg("%s: no \"%s\" in\n%s", rows[i].name, rows[i].says,
				buf_text(&text));
		sessfile_write(&file, &s);
		session_init(&opened);
		assert_int_equal(sessfile_read(buf_str(&file), &opened, NULL, NULL), RESULT_OK);
		overview_text(&opened, &again);
		/* A file without the walk's end is of one that was cut. */
		if (rows[i].opened == NULL)
			check_str(rows[i].name, "opened", buf_str(&again), buf_str(&text));
		else
			assert_non_null(strstr(buf_text(&again), rows[i].opened));
		session_release(&opened);
		session_release(&s);
		buf_release(&text);
		buf_release(&file);
		buf_release(&again);
		arena_release(&a);
	}
}

/* Without a walk before there is no row, and nothing has changed. */
static void
test_none(void **state)
{
	struct buf text = BUF_INIT(0);
	struct judgement j;
	struct session s;
	struct build b;

	(void)state;
	all_well(&b, &s);
	overview_text(&s, &text);
	assert_null(strstr(buf_text(&text), "Since"));
	judge(&s, NULL, &j);
	for (size_t i = 0; i < j.host_count; i++)
		assert_false(
			since_host_changed(&(struct view_input){ &s, &j, s.last_us }, &j.hosts[i]));
	judgement_release(&j);
	session_release(&s);
	buf_release(&text);
}

/* Whatever a file says of the walk before: no crash, and no word of it unescaped. */
static void
test_hostile(void **state)
{
	static const char *const lines[] = { "", " ", "ok", " ok", "x", "mx ok ok", "mx  ok",
		"\x1b[31m ok", "verdict running", "policy \xff" };
	struct ev_last_walk last = { .started_ms = INT64_MAX, .walks = INT64_MIN };
	struct event event = { .job = STR("walk"), .kind = EV_LAST_WALK, .payload = &last };
	struct str items[sizeof(lines) / sizeof(lines[0])];
	struct buf text = BUF_INIT(0);
	struct session s;
	struct build b;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		items[i] = str_of(lines[i]);
	last.stages = last.hosts = last.findings = (struct strs){ items,
		sizeof(lines) / sizeof(lines[0]) };
	all_well(&b, &s);
	session_apply(&s, &event);
	overview_text(&s, &text);
	assert_null(strchr(buf_text(&text), '\x1b'));
	session_release(&s);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
