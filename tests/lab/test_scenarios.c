/*
 * Every shipped scenario, walked over real sockets, raises exactly what it expects. Some are walked
 * at once, the slow ones first. STSWALK_LONG=1 walks those too that take a step's whole limit.
 */
#include "tests/support/check.h"

#include <pthread.h>
#include <stdlib.h>

#include <jansson.h>

#include "core/buf.h"
#include "core/finding.h"
#include "core/render.h"
#include "tests/support/lab_walk.h"

#define WORKERS 6
#define LONG_S 15 /* longer scenarios are for STSWALK_LONG */

struct outcome_of {
	struct arena arena;
	struct scenario scenario;
	const char *skipped; /* why, NULL when walked */
	struct buf trouble; /* empty when all is as expected */
};

struct hall {
	struct outcome_of *all;
	size_t count;
	struct outcome_of **order;
	_Atomic size_t next;
};

/* "ID" is any subject, "ID SUBJECT" that one. */
static bool
is_expected_by(struct str expect, const struct finding *f)
{
	struct str rest = expect, id;

	str_split(&rest, ' ', &id);
	if (!str_is(id, f->type->name))
		return false;
	return rest.n == 0 || str_eq(str_trim(rest), f->subject);
}

static void
compare_findings(const struct scenario *sc, const struct judgement *j, struct buf *trouble)
{
	bool *is_met = mem_alloc(sc->expect.n);

	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		size_t k = 0;

		while (k < sc->expect.n && (is_met[k] || !is_expected_by(sc->expect.v[k], f)))
			k++;
		if (k < sc->expect.n)
			is_met[k] = true;
		else
			buf_addf(trouble, "\n  raised, not expected: %s %.*s (%s) %.*s",
				f->type->name, STR_ARG(f->subject), severity_name(f->severity),
				STR_ARG(f->detail));
	}
	for (size_t k = 0; k < sc->expect.n; k++) {
		if (!is_met[k])
			buf_addf(trouble, "\n  expected, not raised: %.*s",
				STR_ARG(sc->expect.v[k]));
	}
	free(is_met);
}

/* "mx.0.host" leads through objects and lists. */
static json_t *
json_at(json_t *root, struct str path)
{
	struct str step;
	uint64_t index;

	while (root != NULL && str_split(&path, '.', &step)) {
		if (json_is_array(root) && str_to_u64(step, 10000, &index))
			root = json_array_get(root, (size_t)index);
		else
			root = json_object_getn(root, step.p, step.n);
	}
	return root;
}

static void
compare_json(const struct scenario *sc, const struct session *s, const struct judgement *j,
	struct buf *trouble)
{
	struct view_input in = { s, j, s->last_us };
	struct buf report = { 0 };
	json_t *root;

	render_json(&in, &report);
	root = json_loadb(report.p, report.n, 0, NULL);
	if (root == NULL)
		buf_addf(trouble, "\n  the report is no JSON");
	for (size_t i = 0; root != NULL && i < sc->expect_json.n; i++) {
		struct str want = sc->expect_json.v[i], path;
		char *got;

		str_split(&want, '=', &path);
		got = json_dumps(json_at(root, path), JSON_ENCODE_ANY | JSON_COMPACT);
		if (got == NULL || !str_is(want, got))
			buf_addf(trouble, "\n  %.*s is %s, not %.*s", STR_ARG(path),
				got != NULL ? got : "missing", STR_ARG(want));
		free(got);
	}
	json_decref(root);
	buf_release(&report);
}

static bool
walk_act(struct lab *lab, struct session *s, struct err *err)
{
	struct walk_options options;
	struct walk *w;

	lab_walk_options(lab, &options);
	if (walk_start(&w, &options, err) != RESULT_OK)
		return false;
	lab_walk_until(w, s, NULL, NULL);
	walk_free(w);
	return true;
}

static bool
compare_act(struct outcome_of *o, struct lab *lab, size_t act, struct err *err)
{
	struct buf trouble = { 0 };
	struct scenario sc;
	struct session s;
	struct judgement j;
	bool is_walked;

	session_init(&s);
	is_walked = scenario_act(&o->scenario, act, &o->arena, &sc, err) == RESULT_OK &&
		    lab_act(lab, act, err) == RESULT_OK && walk_act(lab, &s, err);
	if (is_walked) {
		judge(&s, NULL, &j);
		compare_findings(&sc, &j, &trouble);
		compare_json(&sc, &s, &j, &trouble);
		judgement_release(&j);
	}
	if (trouble.n > 0 && sc.acts.n > 1)
		buf_addf(&o->trouble, "\n act %.*s:", STR_ARG(sc.acts.v[act]));
	buf_add(&o->trouble, buf_str(&trouble));
	buf_release(&trouble);
	session_release(&s);
	return is_walked;
}

/* Every act, one after the other, at the same servers. */
static void
walk_one(struct outcome_of *o)
{
	struct err err = { 0 };
	struct lab *lab;
	bool goes_on = lab_start(&lab, &o->scenario, NULL, &err) == RESULT_OK;

	for (size_t act = 0; goes_on && act < o->scenario.acts.n; act++)
		goes_on = compare_act(o, lab, act, &err);
	if (!goes_on)
		buf_addf(&o->trouble, "\n  %s", err.text);
	lab_stop(lab);
}

static void *
work(void *arg)
{
	struct hall *hall = arg;
	size_t i;

	while ((i = hall->next++) < hall->count) {
		if (hall->order[i]->skipped == NULL)
			walk_one(hall->order[i]);
	}
	return NULL;
}

static int
slow_first(const void *a, const void *b)
{
	const struct outcome_of *const *x = a, *const *y = b;

	if ((*x)->scenario.takes_s != (*y)->scenario.takes_s)
		return (*x)->scenario.takes_s < (*y)->scenario.takes_s ? 1 : -1;
	return str_cmp((*x)->scenario.name, (*y)->scenario.name);
}

static void
walk_all(struct hall *hall)
{
	pthread_t threads[WORKERS];
	bool is_long = getenv("STSWALK_LONG") != NULL;

	for (size_t i = 0; i < hall->count; i++) {
		struct outcome_of *o = &hall->all[i];
		struct err err = { 0 };

		hall->order[i] = o;
		if (scenario_shipped(i, &o->arena, &o->scenario, &err) != RESULT_OK)
			buf_addf(&o->trouble, "\n  %s", err.text);
		else if (o->scenario.needs_ipv6 && !has_ipv6_loopback())
			o->skipped = "no ::1 here";
		else if (o->scenario.takes_s > LONG_S && !is_long)
			o->skipped = "takes long: STSWALK_LONG=1";
	}
	qsort(hall->order, hall->count, sizeof(*hall->order), slow_first);
	for (size_t i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, hall), 0);
	for (size_t i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
}

static void
test_one(void **state)
{
	struct outcome_of *o = *state;

	if (o->skipped != NULL) {
		print_message("%.*s: %s\n", STR_ARG(o->scenario.name), o->skipped);
		skip();
	}
	if (o->trouble.n > 0)
		fail_msg("%.*s:%s", STR_ARG(o->scenario.name), buf_text(&o->trouble));
}

int
main(void)
{
	struct hall hall = { .count = scenario_count() };
	struct CMUnitTest *tests = mem_alloc(hall.count * sizeof(*tests));
	int failed;

	hall.all = mem_alloc(hall.count * sizeof(*hall.all));
	hall.order = mem_alloc(hall.count * sizeof(*hall.order));
	walk_all(&hall);
	for (size_t i = 0; i < hall.count; i++) {
		struct outcome_of *o = &hall.all[i];

		tests[i] = (struct CMUnitTest){ .test_func = test_one,
			.initial_state = o,
			.name = arena_str(&o->arena, o->scenario.name).p };
	}
	failed = _cmocka_run_group_tests("scenarios", tests, hall.count, NULL, NULL);
	for (size_t i = 0; i < hall.count; i++) {
		buf_release(&hall.all[i].trouble);
		arena_release(&hall.all[i].arena);
	}
	free(hall.all);
	free(hall.order);
	free(tests);
	return failed;
}
