/*
 * Golden documents: every view of a few sessions, as the console and the report show them.
 * UPDATE_GOLDEN=1 in the environment rewrites them; what changed is then for review.
 */
#include "core/render.h"
#include "core/view_sim.h"
#include "tests/support/build_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef void (*story_fn)(struct build *b, struct session *s);
typedef void (*view_fn)(const struct view_input *in, struct doc *out);

#define STAGE_VIEW(name, stage) \
	static void name(const struct view_input *in, struct doc *out) \
	{ \
		view_stage(in, stage, out); \
	}
STAGE_VIEW(stage_env, STAGE_ENV)
STAGE_VIEW(stage_txt, STAGE_TXT)
STAGE_VIEW(stage_https, STAGE_HTTPS)
STAGE_VIEW(stage_mx, STAGE_MX)
STAGE_VIEW(stage_verdict, STAGE_VERDICT)

static void
why_all(const struct view_input *in, struct doc *out)
{
	const struct target all = { .kind = TARGET_STAGE, .stage = STAGE_VERDICT };

	view_why(in, &all, 0, out);
}

static void
why_txt(const struct view_input *in, struct doc *out)
{
	const struct target txt = { .kind = TARGET_STAGE, .stage = STAGE_TXT };

	view_why(in, &txt, 0, out);
}

static void
last_host(const struct view_input *in, struct doc *out)
{
	view_host(in, STR("backup.example.net"), out);
}

static void
last_address(const struct view_input *in, struct doc *out)
{
	view_address(in, STR("backup.example.net"), STR("198.51.100.7"), out);
}

static void
refused_address(const struct view_input *in, struct doc *out)
{
	view_address(in, STR("eu1.in.mail.example.com"), STR("192.0.2.25"), out);
}

static void
no_starttls(const struct view_input *in, struct doc *out)
{
	view_address(in, STR("mx2.example.com"), STR("192.0.2.26"), out);
}

static void
first_finding(const struct view_input *in, struct doc *out)
{
	view_finding(in, 0, out);
}

/* Edits of the What-if tab: a mode, a pattern that is wrong, a host whose certificate is renewed. */
static void
whatif_with(const struct view_input *in, const struct whatif_edit *edits, size_t count,
	const struct whatif_edit *draft, struct doc *out)
{
	struct whatif w = { 0 };
	const struct sim_choice choice = { .whatif = &w, .draft = draft };

	for (size_t i = 0; i < count; i++)
		whatif_append(&w, edits[i]);
	view_simulate(in, SIM_TAB_WHATIF, &choice, out);
	whatif_reset(&w);
}

static void
whatif_unedited(const struct view_input *in, struct doc *out)
{
	whatif_with(in, NULL, 0, NULL, out);
}

static void
whatif_edited(const struct view_input *in, struct doc *out)
{
	static const struct whatif_edit edits[] = {
		{ .kind = WHATIF_MODE, .choice = POLICY_MODE_TESTING },
		{ .kind = WHATIF_HOST, .index = 2, .choice = WHATIF_HOST_OK },
		{ .kind = WHATIF_HOST,
			.index = 3,
			.text = { "15 mx3.example.com", sizeof("15 mx3.example.com") - 1 } },
	};

	whatif_with(in, edits, 3, NULL, out);
}

static void
whatif_typing(const struct view_input *in, struct doc *out)
{
	static const struct whatif_edit draft = { .kind = WHATIF_PATTERN,
		.index = 1,
		.text = { "*.example\x1b[1m", sizeof("*.example\x1b[1m") - 1 } };

	whatif_with(in, NULL, 0, &draft, out);
}

static const struct {
	const char *name;
	story_fn story;
	view_fn view;
	bool is_report; /* 78 columns, nothing clipped; else as on a screen of 80 */
	bool is_ascii;
} goldens[] = {
	{ "good-report", story_good, view_report, true, false },
	{ "good-overview", story_good, view_overview, false, false },
	{ "good-why", story_good, why_all, false, false },
	{ "good-why-txt", story_good, why_txt, false, false },
	{ "good-env", story_good, stage_env, false, false },
	{ "good-log", story_good, view_log, false, false },
	{ "gap-report", story_gap, view_report, true, false },
	{ "gap-why", story_gap, why_all, false, false },
	{ "absent-report", story_absent, view_report, true, false },
	{ "absent-why-txt", story_absent, why_txt, false, false },
	{ "failing-report", story_failing, view_report, true, false },
	{ "failing-report-ascii", story_failing, view_report, true, true },
	{ "failing-overview", story_failing, view_overview, false, false },
	{ "failing-overview-ascii", story_failing, view_overview, false, true },
	{ "failing-why", story_failing, why_all, false, false },
	{ "failing-txt", story_failing, stage_txt, false, false },
	{ "failing-https", story_failing, stage_https, false, false },
	{ "failing-policy", story_failing, view_policy, false, false },
	{ "failing-mx", story_failing, stage_mx, false, false },
	{ "failing-verdict", story_failing, stage_verdict, false, false },
	{ "failing-host", story_failing, last_host, false, false },
	{ "failing-address", story_failing, last_address, false, false },
	{ "failing-address-ascii", story_failing, last_address, false, true },
	{ "failing-findings", story_failing, view_findings, false, false },
	{ "failing-finding", story_failing, first_finding, false, false },
	{ "failing-log", story_failing, view_log, false, false },
	{ "running-overview", story_running, view_overview, false, false },
	{ "running-overview-ascii", story_running, view_overview, false, true },
	{ "running-report", story_running, view_report, true, false },
	{ "failing-whatif", story_failing, whatif_edited, false, false },
	{ "failing-whatif-typing", story_failing, whatif_typing, false, false },
	{ "failing-whatif-ascii", story_failing, whatif_typing, false, true },
	{ "absent-whatif", story_absent, whatif_unedited, false, false },
	{ "broken-whatif", story_broken, whatif_edited, false, false },
	{ "running-whatif", story_running, whatif_edited, false, false },
	{ "broken-report", story_broken, view_report, true, false },
	{ "broken-report-ascii", story_broken, view_report, true, true },
	{ "broken-txt", story_broken, stage_txt, false, false },
	{ "broken-policy", story_broken, view_policy, false, false },
	{ "broken-mx", story_broken, stage_mx, false, false },
	{ "broken-address", story_broken, refused_address, false, false },
	{ "broken-no-starttls", story_broken, no_starttls, false, false },
};

static void
add_clipped(const struct doc *d, bool is_ascii, struct buf *out)
{
	const struct layout_options options = {
		.columns = 80, .is_ascii = is_ascii, .clips = true
	};
	struct layout l;
	size_t i, k;

	doc_layout(d, &options, &l);
	for (i = 0; i < l.count; i++) {
		const struct line *line = &l.lines[i];

		assert_true(line->width <= 80);
		for (k = 0; line->count > 0 && k < line->indent; k++)
			buf_add_char(out, ' ');
		for (k = 0; k < line->count; k++) {
			buf_add_text(out, glyph_text(line->spans[k].glyph, is_ascii));
			buf_add(out, line->spans[k].text.text);
		}
		while (out->n > 0 && out->p[out->n - 1] == ' ')
			out->n--;
		buf_add_char(out, '\n');
	}
	layout_release(&l);
}

static void
check_golden(const char *name, struct str got)
{
	char path[512], *want;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/golden/documents/%s.txt", TEST_DIR, name);
	if (getenv("UPDATE_GOLDEN")) {
		file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(got.p, 1, got.n, file), got.n);
		fclose(file);
		return;
	}
	file = fopen(path, "rb");
	assert_non_null(file);
	want = mem_alloc(got.n + 65536);
	n = fread(want, 1, got.n + 65535, file);
	want[n] = '\0';
	fclose(file);
	if (!str_eq(got, (struct str){ want, n }))
		print_message("golden document %s:\n", name);
	assert_string_equal(got.p, want);
	free(want);
}

static void
test_goldens(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
		struct buf out = BUF_INIT(0);
		struct judgement j = { 0 };
		struct view_input in = { 0 };
		struct session s;
		struct build b;
		struct doc d;

		goldens[i].story(&b, &s);
		judge(&s, NULL, &j);
		in = (struct view_input){ &s, &j, s.last_us };
		if (!s.is_ended)
			in.now_us += 1800000;
		goldens[i].view(&in, &d);
		if (goldens[i].is_report)
			render_text(&d, &(struct render_options){ 78, goldens[i].is_ascii }, &out);
		else
			add_clipped(&d, goldens[i].is_ascii, &out);
		for (k = 0; goldens[i].is_ascii && k < out.n; k++)
			assert_true(out.p[k] == '\n' || (out.p[k] >= 0x20 && out.p[k] <= 0x7e));
		assert_true(utf8_is_valid(buf_str(&out)));
		check_golden(goldens[i].name, buf_str(&out));
		buf_release(&out);
		doc_release(&d);
		judgement_release(&j);
		session_release(&s);
	}
}

/* Every view of every story at every width: nothing is wider, ids are unique. */
static void
check_view(const struct doc *d)
{
	unsigned columns;
	size_t i, k;

	for (i = 0; i < d->count; i++)
		for (k = 0; d->rows[i].id.n > 0 && k < i; k++)
			if (str_eq(d->rows[i].id, d->rows[k].id))
				fail_msg("row id twice: %.*s", STR_ARG(d->rows[i].id));
	for (columns = 1; columns <= 200; columns += columns < 100 ? 1 : 17) {
		const struct layout_options options = {
			.columns = columns, .is_ascii = columns % 2 == 0, .clips = true
		};
		struct layout l;

		doc_layout(d, &options, &l);
		for (i = 0; i < l.count; i++)
			assert_true(l.lines[i].width <= columns);
		layout_release(&l);
	}
}

static void
test_every_width(void **state)
{
	static const view_fn views[] = { view_overview, why_all, why_txt, stage_env, stage_txt,
		stage_https, view_policy, stage_mx, stage_verdict, last_host, last_address,
		refused_address, no_starttls, view_findings, first_finding, view_log, view_report,
		whatif_unedited, whatif_edited, whatif_typing };
	static const story_fn stories[] = { story_good, story_gap, story_absent, story_failing,
		story_running, story_broken };
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		struct judgement j = { 0 };
		struct view_input in = { 0 };
		struct session s;
		struct build b;

		stories[i](&b, &s);
		judge(&s, NULL, &j);
		in = (struct view_input){ &s, &j, s.last_us };
		for (k = 0; k < sizeof(views) / sizeof(views[0]); k++) {
			struct doc d;

			views[k](&in, &d);
			check_view(&d);
			doc_release(&d);
		}
		judgement_release(&j);
		session_release(&s);
	}
}

/* No view may fall over at a walk of which nothing, or only a part, is known yet. */
static void
test_every_prefix(void **state)
{
	struct session whole, s;
	struct build b;
	size_t i, k;

	(void)state;
	story_failing(&b, &whole);
	session_init(&s);
	for (i = 0; i <= whole.event_count; i++) {
		struct judgement j = { 0 };
		struct view_input in = { 0 };

		judge(&s, NULL, &j);
		in = (struct view_input){ &s, &j, s.last_us };
		for (k = 0; k < sizeof(goldens) / sizeof(goldens[0]); k++) {
			struct doc d;

			goldens[k].view(&in, &d);
			doc_release(&d);
		}
		judgement_release(&j);
		if (i < whole.event_count)
			session_apply(&s, whole.events[i]);
	}
	session_release(&s);
	session_release(&whole);
}

static void
test_explain(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < finding_count; i++) {
		struct buf out = BUF_INIT(0);
		struct doc d;

		view_explain(finding_type((enum finding_id)i), &d);
		render_text(&d, &(struct render_options){ 78, true }, &out);
		assert_true(str_find_str(buf_str(&out), STR("Means")) < out.n);
		assert_true(str_find_str(buf_str(&out), STR("{D}")) == out.n);
		assert_true(str_find_str(buf_str(&out), STR("{N}")) == out.n);
		buf_release(&out);
		doc_release(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_explain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
