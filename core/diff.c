#include "core/diff.h"

#include <stdlib.h>

#include "core/json_parts.h"

static int
by_key(const struct diff_fact *a, const struct diff_fact *b)
{
	int order;

	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if ((order = str_cmp(a->key, b->key)) != 0)
		return order;
	return 0;
}

static int
by_all(const void *left, const void *right)
{
	const struct diff_fact *a = left, *b = right;
	const int order = by_key(a, b);

	return order != 0 ? order : str_cmp(a->value, b->value);
}

/* One sorted side, and how far it was read. */
struct side {
	struct diff_facts facts;
	size_t at;
};

static void
side_make(struct side *side, struct arena *a, const struct view_input *in)
{
	*side = (struct side){ .facts = { .arena = a } };
	diff_collect(in, &side->facts);
	if (side->facts.n > 0)
		qsort(side->facts.v, side->facts.n, sizeof(*side->facts.v), by_all);
}

static const struct diff_fact *
side_next(const struct side *side)
{
	return side->at < side->facts.n ? &side->facts.v[side->at] : NULL;
}

static void
add_row(struct diff *d, const struct diff_fact *old, const struct diff_fact *new)
{
	const struct diff_fact *any = old != NULL ? old : new;
	struct diff_row row = { .part = any->part,
		.what = any->key,
		.severity = any->severity,
		.is_detail = any->is_detail };

	row.change = old == NULL ? DIFF_NEW : new == NULL ? DIFF_GONE : DIFF_CHANGED;
	if (old != NULL)
		row.old = old->value;
	if (new != NULL)
		row.new = new->value;
	if (new != NULL &&new->severity > row.severity)
		row.severity = new->severity;
	if ((d->count & (d->count - 1)) == 0)
		d->rows = arena_grow(&d->arena, d->rows, d->count, d->count > 0 ? 2 * d->count : 1,
			sizeof(*d->rows));
	d->rows[d->count++] = row;
	d->counts[row.part]++;
}

/* The values of one key that only one side has; both lists are sorted. */
struct rest {
	const struct diff_fact **v;
	size_t n;
};

static void
rest_add(struct diff *d, struct rest *rest, const struct diff_fact *fact)
{
	if ((rest->n & (rest->n - 1)) == 0)
		rest->v = arena_grow(&d->arena, rest->v, rest->n, rest->n > 0 ? 2 * rest->n : 1,
			sizeof(const void *));
	rest->v[rest->n++] = fact;
}

/* One against one is a change; else each value went or came, in the order of the values. */
static void
add_rests(struct diff *d, const struct rest *old, const struct rest *new)
{
	size_t i = 0, k = 0;

	if (old->n == 1 && new->n == 1) {
		add_row(d, old->v[0], new->v[0]);
		return;
	}
	while (i < old->n || k < new->n) {
		const bool is_old = k == new->n ||
				    (i < old->n && str_cmp(old->v[i]->value, new->v[k]->value) < 0);

		if (is_old)
			add_row(d, old->v[i++], NULL);
		else
			add_row(d, NULL, new->v[k++]);
	}
}

/* Everything of the next key, on both sides. */
static void
compare_key(struct diff *d, struct side *old, struct side *new)
{
	const struct diff_fact *a = side_next(old), *b = side_next(new);
	const struct diff_fact *key = a == NULL || (b != NULL && by_key(b, a) < 0) ? b : a;
	struct rest olds = { 0 }, news = { 0 };

	for (;;) {
		a = side_next(old);
		b = side_next(new);
		if (a != NULL && by_key(a, key) != 0)
			a = NULL;
		if (b != NULL && by_key(b, key) != 0)
			b = NULL;
		if (a == NULL && b == NULL)
			break;
		if (a != NULL && b != NULL && str_eq(a->value, b->value)) {
			d->same[key->part]++;
			old->at++;
			new->at++;
		} else if (b == NULL || (a != NULL && str_cmp(a->value, b->value) < 0)) {
			rest_add(d, &olds, a);
			old->at++;
		} else {
			rest_add(d, &news, b);
			new->at++;
		}
	}
	add_rests(d, &olds, &news);
}

void
diff_sessions(const struct view_input *old, const struct view_input *new, struct diff *out)
{
	struct side left, right;

	*out = (struct diff){ .old = *old, .new = *new };
	side_make(&left, &out->arena, old);
	side_make(&right, &out->arena, new);
	while (side_next(&left) != NULL || side_next(&right) != NULL)
		compare_key(out, &left, &right);
}

void
diff_release(struct diff *d)
{
	if (d == NULL)
		return;
	arena_release(&d->arena);
	*d = (struct diff){ 0 };
}

int
diff_exit(const struct diff *d, int exit)
{
	return exit == 0 && d != NULL && d->count > 0 ? 1 : exit;
}

const char *
diff_change_name(enum diff_change change)
{
	static const char *const names[] = {
		[DIFF_NEW] = "new", [DIFF_GONE] = "gone", [DIFF_CHANGED] = "changed"
	};

	return names[change];
}

const char *
diff_part_name(enum diff_part part)
{
	static const char *const names[] = {
		[DIFF_FACTS] = "facts", [DIFF_FINDINGS] = "findings", [DIFF_OUTCOMES] = "outcomes"
	};

	return names[part];
}

static json_t *
notes_node(const struct session *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < s->event_count; i++) {
		const struct ev_note *note = s->events[i]->payload;
		json_t *object;

		if (s->events[i]->kind != EV_NOTE)
			continue;
		object = jnode_object();
		jnode_set(object, "at", jnode_time_ms(note->at_ms));
		jnode_set(object, "text", jnode_text(note->text));
		jnode_add(list, object);
	}
	return list;
}

static json_t *
side_node(const struct view_input *in)
{
	const struct session *s = in->session;
	json_t *object = jnode_object();

	jnode_set(object, "domain", jnode_text(session_domain(s)));
	jnode_set(object, "as_of",
		s->start != NULL ? jnode_time_ms(session_as_of_ms(s)) : jnode_null());
	jnode_set(object, "host",
		s->start != NULL ? jnode_text_or_null(s->start->host) : jnode_null());
	jnode_set(object, "recorded_by", json_tool(s->recorded_by));
	jnode_set(object, "notes", notes_node(s));
	jnode_set(object, "addresses", jnode_int((int64_t)in->judgement->addresses));
	jnode_set(object, "tested", jnode_int((int64_t)in->judgement->tested));
	return object;
}

static json_t *
part_node(const struct diff *diff, enum diff_part part)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < diff->count; i++) {
		const struct diff_row *row = &diff->rows[i];
		json_t *object;

		if (row->part != part)
			continue;
		object = jnode_object();
		jnode_set(object, "change", jnode_word(diff_change_name(row->change)));
		jnode_set(object, "what", jnode_text(row->what));
		jnode_set(object, "old",
			row->change == DIFF_NEW ? jnode_null() : jnode_text(row->old));
		jnode_set(object, "new",
			row->change == DIFF_GONE ? jnode_null() : jnode_text(row->new));
		jnode_add(list, object);
	}
	return list;
}

json_t *
json_diff(const struct diff *diff)
{
	json_t *object = jnode_object(), *same = jnode_object();

	jnode_set(object, "format", jnode_word("stswalk-diff"));
	jnode_set(object, "version", jnode_int(1));
	jnode_set(object, "tool", json_tool(str_of(STSWALK_VERSION)));
	jnode_set(object, "old", side_node(&diff->old));
	jnode_set(object, "new", side_node(&diff->new));
	jnode_set(object, "same", jnode_bool(diff->count == 0));
	for (unsigned i = 0; i < diff_part_count; i++)
		jnode_set(object, diff_part_name((enum diff_part)i),
			part_node(diff, (enum diff_part)i));
	for (unsigned i = 0; i < diff_part_count; i++)
		jnode_set(
			same, diff_part_name((enum diff_part)i), jnode_int((int64_t)diff->same[i]));
	jnode_set(object, "unchanged", same);
	return object;
}

void
render_diff_json(const struct diff *diff, struct buf *out)
{
	jnode_write(json_diff(diff), out);
}
