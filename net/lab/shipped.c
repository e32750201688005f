/* The scenarios that are compiled in, and scenarios of any other origin read for their head. */
#include "net/lab/spec.h"

#include <string.h>

#include "core/buf.h"
#include "core/embed.h"
#include "core/safe.h"

#define NEAR_NAMES 5 /* shown when a name is unknown */

size_t
scenario_count(void)
{
	size_t n = 0;

	while (shipped_scenarios[n].name != NULL)
		n++;
	return n;
}

/* The index-th by name: files come in the order of the build's list, with their extension. */
static const struct embedded *
shipped_by_rank(size_t index)
{
	for (const struct embedded *e = shipped_scenarios; e->name != NULL; e++) {
		size_t rank = 0;

		for (const struct embedded *o = shipped_scenarios; o->name != NULL; o++)
			rank += strcmp(o->name, e->name) < 0;
		if (rank == index)
			return e;
	}
	return NULL;
}

enum result
scenario_parse(
	struct str name, struct str text, struct arena *a, struct scenario *out, struct err *err)
{
	struct lab_spec *spec, *later;

	if (spec_parse(name, text, a, &spec, err) != RESULT_OK)
		return RESULT_FAILED;
	*out = spec->head;
	for (size_t i = 1; i < spec->head.acts.n; i++) {
		if (spec_parse_act(name, text, i, a, &later, err) != RESULT_OK)
			return RESULT_FAILED;
	}
	return RESULT_OK;
}

enum result
scenario_act(const struct scenario *scenario, size_t act, struct arena *a, struct scenario *out,
	struct err *err)
{
	struct lab_spec *spec;
	enum result rc = spec_parse_act(scenario->name, scenario->text, act, a, &spec, err);

	if (rc == RESULT_OK)
		*out = spec->head;
	return rc;
}

static enum result
read_shipped(const struct embedded *e, struct arena *a, struct scenario *out, struct err *err)
{
	return scenario_parse(str_of(e->name), (struct str){ e->text, e->size }, a, out, err);
}

enum result
scenario_shipped(size_t index, struct arena *a, struct scenario *out, struct err *err)
{
	const struct embedded *e = shipped_by_rank(index);

	if (e == NULL)
		return err_set(err, 64, "scenario %zu: there are %zu", index, scenario_count());
	return read_shipped(e, a, out, err);
}

/* Names that hold the word, or are few edits away. */
static void
add_near_names(struct str name, struct buf *out)
{
	size_t count = scenario_count(), found = 0;

	for (size_t i = 0; i < count && found < NEAR_NAMES; i++) {
		struct str other = str_of(shipped_by_rank(i)->name);
		bool is_part = name.n > 2 && str_find_str(other, name) < other.n;

		if (!is_part && str_distance(other, name) > 3)
			continue;
		buf_addf(out, "%s%.*s", found++ > 0 ? ", " : "", STR_ARG(other));
	}
}

enum result
scenario_find(struct str name, struct arena *a, struct scenario *out, struct err *err)
{
	struct buf near = BUF_INIT(256);

	for (const struct embedded *e = shipped_scenarios; e->name != NULL; e++) {
		if (str_is(name, e->name))
			return read_shipped(e, a, out, err);
	}
	add_near_names(name, &near);
	err_set(err, 64, "scenario \"%.*s\": not known; %s%s", SAFE_ARG(safe_text(a, name, 60)),
		near.n > 0 ? "near: " : "stswalk demo --list names all", buf_text(&near));
	buf_release(&near);
	return RESULT_FAILED;
}

/* The place of a finding among those that a scenario raises; their count when it does not. */
static size_t
place_of(const struct scenario *s, const char *id)
{
	size_t i = 0;

	for (; i < s->expect.n; i++) {
		struct str rest = s->expect.v[i], word;

		if (str_split(&rest, ' ', &word) && str_is(word, id))
			break;
	}
	return i;
}

/* The first scenario that is about it, which names it first; else any that raises it. */
const char *
scenario_for_finding(struct arena *a, const char *id)
{
	struct err err = { .text = "" };
	const char *found = NULL;

	for (size_t i = 0; i < scenario_count(); i++) {
		struct scenario s;
		size_t place;

		if (scenario_shipped(i, a, &s, &err) != RESULT_OK)
			continue;
		place = place_of(&s, id);
		if (place == 0 && s.expect.n > 0)
			return s.name.p;
		if (found == NULL && place < s.expect.n)
			found = s.name.p;
	}
	return found;
}
