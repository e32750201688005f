/* What if: edits of a walk, what comes of them, and what must hold whatever is edited. */
#include "tests/support/judge_case.h"

#include <string.h>

#include "core/render.h"
#include "core/whatif_run.h"

#define MX1 "mx1.example.com"
#define TWO "10 mx1.example.com\n20 mx2.example.com"
#define PATTERN(i, name) \
	{ \
		WHATIF_PATTERN, i, { name, sizeof(name) - 1 }, 0 \
	}
#define TYPED(kind, i, words) \
	{ \
		WHATIF_##kind, i, { words, sizeof(words) - 1 }, 0 \
	}
#define CHOSEN(kind, i, value) \
	{ \
		WHATIF_##kind, i, { NULL, 0 }, value \
	}
#define EDITS_MAX 4

#define EXPIRED \
	{ \
		.host = MX1, .address = "192.0.2.25", \
		.tls = {.is_untrusted = true, \
			.code = 10, \
			.error = "certificate has expired" } \
	}

/* A walk with its judgement and a list of edits. */
struct bench {
	struct session s;
	struct build b;
	struct judgement j;
	struct whatif w;
	struct arena a;
	struct whatif_plan plan;
	struct whatif_result r;
};

static void
bench_begin(struct bench *x, const struct walk *w)
{
	memset(x, 0, sizeof(*x));
	walk_build(&x->b, &x->s, w);
	judge(&x->s, NULL, &x->j);
}

static void
bench_run(struct bench *x)
{
	whatif_plan(&x->a, &x->j, &x->w, NULL, &x->plan);
	whatif_run(&x->a, &x->j, &x->plan, &x->r);
}

static void
bench_end(struct bench *x)
{
	whatif_reset(&x->w);
	arena_release(&x->a);
	judgement_release(&x->j);
	session_release(&x->s);
}

static const struct {
	const char *row;
	struct walk walk;
	struct whatif_edit edits[EDITS_MAX];
	size_t edit_count, changed;
	enum mail_outcome fresh, cached; /* then */
	const char *fault; /* of lint */
	const char *todo; /* a letter each: Cert Unlink File Txt Wait Mx */
} rows[] = {
	{ "nothing", { 0 }, { { 0 } }, 0, 0, MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED,
		NULL, "" },
	{ "mode testing", { 0 }, { CHOSEN(MODE, 0, POLICY_MODE_TESTING) }, 1, 1,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "FTW" },
	{ "enforce at last", { .mode = "testing" }, { CHOSEN(MODE, 0, POLICY_MODE_ENFORCE) }, 1, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_UNVALIDATED, NULL, "FTW" },
	{ "there and back", { 0 },
		{ CHOSEN(MODE, 0, POLICY_MODE_TESTING), CHOSEN(MODE, 0, POLICY_MODE_ENFORCE) }, 2,
		0, MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "the only pattern goes", { 0 }, { PATTERN(0, "") }, 1, 1, MAIL_DELIVERED_UNVALIDATED,
		MAIL_DELIVERED_VALIDATED, "policy-mx-missing", "" },
	{ "a pattern that lists nobody", { 0 }, { PATTERN(0, "mx9.example.com") }, 1, 1,
		MAIL_DEFERRED, MAIL_DELIVERED_VALIDATED, NULL, "FTW" },
	{ "a pattern that is none", { 0 }, { PATTERN(0, "mx*.example.com") }, 1, 1,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_VALIDATED, "policy-mx-bad", "" },
	{ "one more pattern", { .mx = "10 mx2.example.com" }, { PATTERN(1, "*.example.com") }, 1, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DEFERRED, NULL, "FTW" },
	{ "an empty one more", { 0 }, { PATTERN(1, "") }, 1, 0, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "max_age", { 0 }, { TYPED(MAX_AGE, 0, "2419200") }, 1, 1, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "FTW" },
	{ "max_age of words", { 0 }, { TYPED(MAX_AGE, 0, "4 weeks") }, 1, 1,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_VALIDATED, "policy-max-age-bad", "" },
	{ "an id alone", { 0 }, { TYPED(ID, 0, "20990101") }, 1, 1, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "TW" },
	{ "an id that is none", { 0 }, { TYPED(ID, 0, "2099-01-01") }, 1, 1,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "the id of before", { 0 },
		{ TYPED(ID, 0, "20260101T000000"), TYPED(MAX_AGE, 0, "2419200") }, 2, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "F" },
	{ "the certificate ends", { 0 }, { CHOSEN(HOST, 0, WHATIF_HOST_EXPIRED) }, 1, 1,
		MAIL_DEFERRED, MAIL_DEFERRED, NULL, "" },
	{ "STARTTLS goes", { .mode = "testing" }, { CHOSEN(HOST, 0, WHATIF_HOST_NO_STARTTLS) }, 1,
		1, MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_UNVALIDATED, NULL, "" },
	{ "the certificate is renewed", { .smtp = { EXPIRED } },
		{ CHOSEN(HOST, 0, WHATIF_HOST_OK) }, 1, 1, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "C" },
	{ "nobody answers", { 0 }, { CHOSEN(HOST, 0, WHATIF_HOST_NO_ANSWER) }, 1, 1, MAIL_DEFERRED,
		MAIL_DEFERRED, NULL, "" },
	{ "the first of two goes", { .mx = TWO }, { CHOSEN(HOST, 0, WHATIF_HOST_REMOVED) }, 1, 1,
		MAIL_DEFERRED, MAIL_DEFERRED, NULL, "U" },
	{ "the only one goes", { 0 }, { CHOSEN(HOST, 0, WHATIF_HOST_REMOVED) }, 1, 1, MAIL_UNKNOWN,
		MAIL_UNKNOWN, NULL, "U" },
	{ "a host more, and its line", { .smtp = { EXPIRED } },
		{ TYPED(HOST, 1, "5 MX3.example.com."), PATTERN(1, "mx3.example.com") }, 2, 2,
		MAIL_DELIVERED_VALIDATED, MAIL_DEFERRED, NULL, "FTWM" },
	{ "a host more without a line", { 0 }, { TYPED(HOST, 1, "5 mx3.example.com") }, 1, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "M" },
	{ "a host more that is none", { 0 }, { TYPED(HOST, 1, "5 mx 3!") }, 1, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "a host that is there", { 0 }, { TYPED(HOST, 1, MX1) }, 1, 1, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "a host more, and away", { 0 },
		{ TYPED(HOST, 1, "mx3.example.com"), CHOSEN(HOST, 1, WHATIF_HOST_REMOVED) }, 2, 0,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "a host for a domain without", { .mx = "0 ." }, { TYPED(HOST, 0, MX1) }, 1, 1,
		MAIL_DELIVERED_VALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "M" },
	{ "the file is gone", { 0 }, { CHOSEN(FETCH, 0, WHATIF_FETCH_NOT_FOUND) }, 1, 1,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_VALIDATED, NULL, "" },
	{ "the file is gone, and the host", { 0 },
		{ CHOSEN(FETCH, 0, WHATIF_FETCH_CERT), CHOSEN(HOST, 0, WHATIF_HOST_NAME) }, 2, 2,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DEFERRED, NULL, "" },
	{ "nothing is published", { .txt = "", .hosts = "" }, { { 0 } }, 0, 0,
		MAIL_DELIVERED_UNVALIDATED, MAIL_DELIVERED_UNVALIDATED, NULL, "FTW" },
	{ "what is proposed, enforced", { .txt = "", .hosts = "" },
		{ CHOSEN(MODE, 0, POLICY_MODE_ENFORCE) }, 1, 1, MAIL_DELIVERED_VALIDATED,
		MAIL_DELIVERED_VALIDATED, NULL, "FTW" },
};

static void
todo_letters(const struct whatif_result *r, char *out)
{
	for (size_t i = 0; i < r->todo_count; i++)
		*out++ = "CUFTWM"[r->todo[i].task];
	*out = '\0';
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct bench x;
		char todo[32];

		bench_begin(&x, &rows[i].walk);
		for (size_t k = 0; k < rows[i].edit_count; k++)
			whatif_append(&x.w, rows[i].edits[k]);
		bench_run(&x);
		todo_letters(&x.r, todo);
		check_int(rows[i].row, "settings that differ", (long long)x.plan.changed,
			(long long)rows[i].changed);
		check_text(rows[i].row, "fresh", str_of(mail_outcome_name(x.r.is.outcome)),
			mail_outcome_name(rows[i].fresh));
		if (x.r.cached_is.is_there)
			check_text(rows[i].row, "cached",
				str_of(mail_outcome_name(x.r.cached_is.outcome)),
				mail_outcome_name(rows[i].cached));
		check_text(rows[i].row, "fault", str_of(x.plan.fault != NULL ? x.plan.fault : "-"),
			rows[i].fault != NULL ? rows[i].fault : "-");
		check_text(rows[i].row, "to do", str_of(todo), rows[i].todo);
		bench_end(&x);
	}
}

static const struct whatif_setting *
setting_of(const struct bench *x, enum whatif_kind kind, size_t index)
{
	for (size_t i = 0; i < x->plan.count; i++) {
		if (x->plan.settings[i].kind == kind && x->plan.settings[i].index == index)
			return &x->plan.settings[i];
	}
	fail_msg("no such setting");
	return NULL;
}

/* What is wrong stands at its setting, and the edit stays to be corrected. */
static void
test_errors(void **state)
{
	static const struct {
		struct whatif_edit edit;
		const char *error;
	} errors[] = {
		{ PATTERN(0, "*"), "'*' needs a domain" },
		{ PATTERN(0, "mx1.example.com."), "ends with a dot" },
		{ PATTERN(0, "192.0.2.1"), "an IP address" },
		{ PATTERN(1, "mx1.example.com:25"), "a port" },
		{ TYPED(MAX_AGE, 0, "31557601"), "31557600 seconds at most" },
		{ TYPED(MAX_AGE, 0, "1d"), "digits only" },
		{ TYPED(MAX_AGE, 0, ""), "digits only" },
		{ TYPED(ID, 0, "123456789012345678901234567890123"), "1 to 32 letters" },
		{ TYPED(ID, 0, "a b"), "1 to 32 letters" },
		{ TYPED(HOST, 1, "192.0.2.1"), "no host name" },
		{ TYPED(HOST, 1, "2001:db8::1"), "no host name" },
		{ TYPED(HOST, 1, "mx..example.com"), "no host name" },
		{ TYPED(HOST, 1, "MX1.EXAMPLE.COM."), "an MX host already" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(errors); i++) {
		const struct walk w = { 0 };
		const struct whatif_setting *s;
		struct bench x;

		bench_begin(&x, &w);
		whatif_append(&x.w, errors[i].edit);
		bench_run(&x);
		s = setting_of(&x, errors[i].edit.kind, errors[i].edit.index);
		if (str_find_str(s->error, str_of(errors[i].error)) == s->error.n)
			fail_msg("row %zu: \"%.*s\"", i, STR_ARG(s->error));
		bench_end(&x);
	}
}

/* A change needs an id that senders have not seen. */
static void
test_id(void **state)
{
	const struct walk w = { .txt = "v=STSv1; id=20261122T080000;" };
	struct bench x;

	(void)state;
	bench_begin(&x, &w);
	whatif_append(&x.w, (struct whatif_edit)CHOSEN(MODE, 0, POLICY_MODE_NONE));
	bench_run(&x);
	check_str("proposed", "id", x.plan.id, STR("20261122T080001"));
	assert_int_equal(setting_of(&x, WHATIF_ID, 0)->mark, WHATIF_PROPOSED);
	assert_true(x.plan.is_id_ok);
	whatif_append(&x.w, (struct whatif_edit)TYPED(ID, 0, "20261122T080000"));
	bench_run(&x);
	assert_false(x.plan.is_id_ok);
	assert_true(setting_of(&x, WHATIF_ID, 0)->error.n > 0);
	whatif_append(&x.w, (struct whatif_edit)TYPED(ID, 0, ""));
	bench_run(&x);
	assert_true(x.plan.is_id_ok);
	bench_end(&x);
}

/* Going round the choices of a setting ends where it began, in both directions. */
static void
test_choices(void **state)
{
	const struct walk w = { .smtp = { EXPIRED } };
	static const struct {
		enum whatif_kind kind;
		size_t index;
		int count;
	} circles[] = { { WHATIF_MODE, 0, 3 }, { WHATIF_HOST, 0, 7 }, { WHATIF_FETCH, 0, 4 } };

	(void)state;
	for (size_t i = 0; i < 2 * ROWS(circles); i++) {
		const int step = i % 2 == 0 ? 1 : -1;
		struct bench x;
		int first, n = 0;

		bench_begin(&x, &w);
		bench_run(&x);
		first = setting_of(&x, circles[i / 2].kind, 0)->choice;
		do {
			whatif_append(
				&x.w, whatif_step(setting_of(&x, circles[i / 2].kind, 0), step));
			bench_run(&x);
			n++;
			assert_true(n < 20);
		} while (setting_of(&x, circles[i / 2].kind, 0)->choice != first);
		assert_int_equal(n, circles[i / 2].count);
		bench_end(&x);
	}
}

/* Made-up edits, the same in every run. */
struct dice {
	uint32_t state;
};

static unsigned
roll(struct dice *d, unsigned sides)
{
	d->state = d->state * 1664525U + 1013904223U;
	return (d->state >> 16) % sides;
}

static struct whatif_edit
roll_edit(struct dice *d)
{
	static const char *const patterns[] = { "", MX1, "*.example.com", "mx2.example.com",
		"mx3.example.com", "*", "mx*.example.com", "x\r\nmode: none", "\x1b[31m",
		"*.in.example.com" };
	static const char *const ages[] = { "86400", "604800", "31557600", "", "never", "0" };
	static const char *const ids[] = { "", "1", "20260101T000000", "a-b" };
	static const char *const hosts[] = { "mx3.example.com", "5 mx4.example.com", "!",
		"30 a.example.com" };
	struct whatif_edit e = { .kind = (enum whatif_kind)roll(d, WHATIF_FETCH + 1) };

	switch (e.kind) {
	case WHATIF_MODE:
		e.choice = POLICY_MODE_NONE + (int)roll(d, 3);
		break;
	case WHATIF_PATTERN:
		e.index = roll(d, 4);
		e.text = str_of(patterns[roll(d, ROWS(patterns))]);
		break;
	case WHATIF_MAX_AGE:
		e.text = str_of(ages[roll(d, ROWS(ages))]);
		break;
	case WHATIF_ID:
		e.text = str_of(ids[roll(d, ROWS(ids))]);
		break;
	case WHATIF_HOST:
		e.index = roll(d, 4);
		if (roll(d, 3) == 0)
			e.text = str_of(hosts[roll(d, ROWS(hosts))]);
		else
			e.choice = (int)roll(d, whatif_host_count + 1) - 1;
		break;
	case WHATIF_FETCH:
		e.choice = (int)roll(d, whatif_fetch_count);
		break;
	}
	return e;
}

static const struct walk walks[] = {
	{ 0 },
	{ .mode = "testing", .mx = TWO },
	{ .mx = TWO, .smtp = { EXPIRED } },
	{ .mode = "none" },
	{ .txt = "", .hosts = "" },
	{ .txt = "v=STSv1; id=1-2;" },
	{ .mx = "0 ." },
	{ .smtp = { { .host = MX1, .address = "192.0.2.25", .connect = OUTCOME_REFUSED } } },
	{ .body = { "version: STSv1\nmode: enforced\nmx: a b\nmax_age: x\nnext: 1\n", 56 } },
};

static struct str
result_text(struct arena *a, const struct bench *x)
{
	struct str text = arena_printf(a, "%zu %.*s|%.*s|%s %d", x->plan.changed,
		STR_ARG(x->plan.policy), STR_ARG(x->plan.id), mail_outcome_name(x->r.is.outcome),
		(int)x->r.cached_is.outcome);

	for (size_t i = 0; i < x->r.host_count; i++) {
		const struct whatif_change *c = &x->r.hosts[i];

		text = arena_printf(a, "%.*s\n%.*s %d %d %d", STR_ARG(text), STR_ARG(c->name),
			c->is_changed, c->is != NULL ? (int)c->is->decision : -1,
			c->is != NULL ? (int)c->is->reason : -1);
	}
	for (size_t i = 0; i < x->r.why_count; i++)
		text = arena_printf(a, "%.*s\n%.*s", STR_ARG(text), STR_ARG(x->r.why[i].text));
	return text;
}

/* Each undo gives exactly what there was before. */
static void
test_undo(void **state)
{
	enum { EDITS = 12 };
	struct dice d = { 20261122 };

	(void)state;
	for (size_t i = 0; i < 15 * ROWS(walks); i++) {
		struct str texts[EDITS + 1];
		struct bench x;

		bench_begin(&x, &walks[i % ROWS(walks)]);
		for (size_t k = 0; k < EDITS; k++) {
			bench_run(&x);
			texts[k] = result_text(&x.a, &x);
			whatif_append(&x.w, roll_edit(&d));
		}
		for (size_t k = EDITS; k-- > 0;) {
			assert_true(whatif_undo(&x.w));
			bench_run(&x);
			check_str("undone", "result", result_text(&x.a, &x), texts[k]);
		}
		assert_false(whatif_undo(&x.w));
		whatif_append(&x.w, roll_edit(&d));
		whatif_reset(&x.w);
		bench_run(&x);
		check_str("reset", "result", result_text(&x.a, &x), texts[0]);
		bench_end(&x);
	}
}

static bool
is_delivered(enum mail_outcome outcome)
{
	return outcome == MAIL_DELIVERED_VALIDATED || outcome == MAIL_DELIVERED_UNVALIDATED;
}

/* The same with one edit more, and without it again. */
static struct whatif_result
with_edit(struct bench *x, struct whatif_edit e)
{
	struct whatif_plan plan;
	struct whatif_result r;

	whatif_append(&x->w, e);
	whatif_plan(&x->a, &x->j, &x->w, NULL, &plan);
	whatif_run(&x->a, &x->j, &plan, &r);
	whatif_undo(&x->w);
	return r;
}

/* Testing and none never defer what is otherwise delivered; which hosts are listed is one question. */
static void
check_modes(struct bench *x)
{
	struct whatif_result r[POLICY_MODE_ENFORCE + 1];
	const struct sim_address *at;

	for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
		r[mode] = with_edit(x, (struct whatif_edit)CHOSEN(MODE, 0, mode));
		for (size_t i = 0;
			mode > POLICY_MODE_NONE && r[mode].outlook->is_listed != NULL &&
			r[mode - 1].outlook->is_listed != NULL && i < r[mode].scene->host_count;
			i++)
			assert_int_equal(
				r[mode].outlook->is_listed[i], r[mode - 1].outlook->is_listed[i]);
	}
	assert_int_equal(r[POLICY_MODE_NONE].is.outcome, r[POLICY_MODE_TESTING].is.outcome);
	if (is_delivered(r[POLICY_MODE_ENFORCE].is.outcome))
		assert_true(is_delivered(r[POLICY_MODE_TESTING].is.outcome));
	if (r[POLICY_MODE_ENFORCE].scene->mode != POLICY_MODE_ENFORCE ||
		r[POLICY_MODE_ENFORCE].is.host == SIM_NOWHERE)
		return;
	at = &r[POLICY_MODE_ENFORCE]
		      .scene->hosts[r[POLICY_MODE_ENFORCE].is.host]
		      .addresses[r[POLICY_MODE_ENFORCE].is.address];
	assert_int_equal(at->trouble, TROUBLE_NONE);
	assert_true(r[POLICY_MODE_ENFORCE].outlook->is_listed[r[POLICY_MODE_ENFORCE].is.host]);
}

/* A good MX host that the policy lists never makes it worse. */
static void
check_one_more(struct bench *x)
{
	struct whatif_result r;

	whatif_append(&x->w, (struct whatif_edit)PATTERN(99, "good.example.net"));
	bench_run(x);
	r = with_edit(x, (struct whatif_edit)TYPED(HOST, 99, "1 good.example.net"));
	assert_true(outcome_badness(r.is.outcome) <= outcome_badness(x->r.is.outcome));
	assert_true(r.scene->mx != SIM_MX_IS_LIST || is_delivered(r.is.outcome));
	whatif_undo(&x->w);
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_split(&text, '\n', &line)) {
		check_true("a line", "CRLF", line.n > 0 && line.p[line.n - 1] == '\r');
		n++;
	}
	return n;
}

/* What is saved is what lint calls valid, byte for byte the settings that are shown. */
static void
check_file(struct bench *x)
{
	const struct lint_input in = {
		.has_policy = true, .policy = x->plan.policy, .now_s = BUILD_AS_OF_S
	};
	struct policy p;
	size_t patterns = 0;

	if (!x->plan.is_policy_new)
		return;
	policy_parse(&x->a, x->plan.policy, &p);
	for (size_t i = 0; i < x->plan.count; i++)
		patterns += x->plan.settings[i].kind == WHATIF_PATTERN &&
					    x->plan.settings[i].value.n > 0
				    ? 1
				    : 0;
	assert_int_equal(p.mx_count, patterns);
	assert_int_equal(p.total_lines, count_lines(x->plan.policy));
	assert_int_equal(p.is_valid, x->plan.is_valid);
	assert_int_equal(lint_judge(&in, NULL, NULL) < 2, x->plan.is_valid);
	check_str("the file", "mode", p.mode_text, setting_of(x, WHATIF_MODE, 0)->value);
}

/* The same as if the file were rehearsed: check --policy FILE. */
static void
check_rehearsed(struct bench *x)
{
	const struct ev_policy_rehearsed rehearsed = { .source = STR("policy"),
		.body = x->plan.policy };
	struct event e = { .job = STR("walk"), .kind = EV_POLICY_REHEARSED, .payload = &rehearsed };
	struct session s;
	struct judgement j;

	session_init(&s);
	for (size_t i = 0; i < x->s.event_count; i++) {
		session_apply(&s, x->s.events[i]);
		if (i == 0)
			session_apply(&s, &e);
	}
	judge(&s, NULL, &j);
	check_text("rehearsed", "fresh", str_of(mail_outcome_name(x->r.is.outcome)),
		mail_outcome_name(j.fresh));
	assert_int_equal(x->r.scene->host_count, j.host_count);
	for (size_t i = 0; i < j.host_count; i++) {
		assert_int_equal(x->r.is.hosts[i].decision, j.hosts[i].decision);
		for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
			if (mode > POLICY_MODE_NONE && !j.outlook->has_patterns)
				continue;
			assert_int_equal(x->r.outlook->modes[mode].hosts[i].reason,
				j.outlook->modes[mode].hosts[i].reason);
		}
	}
	assert_int_equal(x->r.outlook->ready, j.outlook->ready);
	judgement_release(&j);
	session_release(&s);
}

static bool
is_of_policy(const struct whatif *w)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->edits[i].kind == WHATIF_HOST || w->edits[i].kind == WHATIF_FETCH ||
			w->edits[i].kind == WHATIF_ID)
			return false;
	}
	return true;
}

static void
test_properties(void **state)
{
	struct dice d = { 8461 };
	size_t rehearsals = 0;

	(void)state;
	for (size_t i = 0; i < 150 * ROWS(walks); i++) {
		const size_t edits = roll(&d, 5);
		struct bench x;

		bench_begin(&x, &walks[i % ROWS(walks)]);
		for (size_t k = 0; k < edits; k++) {
			struct whatif_edit e = roll_edit(&d);

			while (i % 3 == 0 && e.kind > WHATIF_MAX_AGE)
				e = roll_edit(&d);
			whatif_append(&x.w, e);
		}
		check_modes(&x);
		check_one_more(&x);
		bench_run(&x);
		check_file(&x);
		if (x.plan.is_policy_new && x.plan.is_valid && is_of_policy(&x.w)) {
			check_rehearsed(&x);
			rehearsals++;
		}
		bench_end(&x);
	}
	assert_true(rehearsals > 100);
}

/* Whatever is typed stays one line of the file, and never counts as valid. */
static void
test_hostile(void **state)
{
	static char long_text[4097];
	const struct str texts[] = { STR("a\r\nmode: none"), STR("a\nb"), STR("\x1b]0;x\x07"),
		STR("\xe2\x80\xae"
		    "evil"),
		{ "a\0b", 3 }, { long_text, 4096 } };
	const struct walk w = { 0 };

	(void)state;
	memset(long_text, 'a', 4096);
	for (size_t i = 0; i < 4 * ROWS(texts); i++) {
		struct whatif_edit e = { .text = texts[i / 4] };
		const struct policy *p;
		struct bench x;

		e.kind = (const enum whatif_kind[]){ WHATIF_PATTERN, WHATIF_MAX_AGE, WHATIF_ID,
			WHATIF_HOST }[i % 4];
		e.index = e.kind == WHATIF_HOST ? 1 : 0;
		bench_begin(&x, &w);
		whatif_append(&x.w, e);
		bench_run(&x);
		p = x.plan.parsed;
		assert_int_equal(p->total_lines, 4);
		assert_int_equal(p->mode, POLICY_MODE_ENFORCE);
		assert_true(setting_of(&x, e.kind, e.index)->error.n > 0);
		if (e.kind == WHATIF_PATTERN || e.kind == WHATIF_MAX_AGE)
			assert_false(x.plan.is_valid);
		bench_end(&x);
	}
}

/* Fields that nobody knows are the operator's: they stay. */
static void
test_extensions(void **state)
{
	const struct walk w = { .body = STR("version: STSv1\nmode: testing\nmx: " MX1
					    "\nmax_age: 86400\ncontact: a@example.com\n") };
	struct bench x;

	(void)state;
	bench_begin(&x, &w);
	whatif_append(&x.w, (struct whatif_edit)CHOSEN(MODE, 0, POLICY_MODE_ENFORCE));
	bench_run(&x);
	check_str("kept", "policy", x.plan.policy,
		STR("version: STSv1\r\nmode: enforce\r\nmx: " MX1
		    "\r\nmax_age: 86400\r\ncontact: a@example.com\r\n"));
	bench_end(&x);
}

/* While the walk runs edits do not count. */
static void
test_running(void **state)
{
	const struct walk w = { .is_open = true };
	struct bench x;

	(void)state;
	bench_begin(&x, &w);
	whatif_append(&x.w, (struct whatif_edit)CHOSEN(MODE, 0, POLICY_MODE_NONE));
	bench_run(&x);
	assert_int_equal(x.plan.changed, 0);
	bench_end(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_running),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
