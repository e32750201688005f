#include "core/memory.h"

#include "core/jnode.h"

static struct str
text_of(struct arena *a, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return STR_EMPTY;
	return arena_str(a, (struct str){ json_string_value(value), json_string_length(value) });
}

static int64_t
number_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

/* False for a line that is none of ours, and for a policy that binds nobody any more. */
static bool
read_line(struct arena *a, struct str line, int64_t as_of_s, struct ev_policy_cached *out)
{
	json_t *object = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	struct policy policy;
	int64_t ends_s;

	*out = (struct ev_policy_cached){ .source = STR("history"),
		.id = text_of(a, object, "id"),
		.first_s = number_of(object, "first_s"),
		.fetched_s = number_of(object, "last_s"),
		.body = text_of(a, object, "body") };
	json_decref(object);
	policy_parse(a, out->body, &policy);
	return policy.is_valid && out->fetched_s >= 0 && out->fetched_s <= as_of_s &&
	       !__builtin_add_overflow(out->fetched_s, (int64_t)policy.max_age_s, &ends_s) &&
	       ends_s > as_of_s;
}

struct ev_policy_cached *
memory_read(struct arena *a, struct str file, int64_t as_of_s, size_t *count)
{
	struct ev_policy_cached *all = arena_array(a, MEMORY_MAX_POLICIES, sizeof(*all));
	struct str line;

	*count = 0;
	while (*count < MEMORY_MAX_POLICIES && str_split(&file, '\n', &line)) {
		if (line.n > 0 && read_line(a, line, as_of_s, &all[*count]))
			++*count;
	}
	return all;
}

static void
write_line(struct buf *out, const struct ev_policy_cached *c)
{
	json_t *object = jnode_object();

	jnode_set(object, "id", json_stringn(c->id.p, c->id.n));
	jnode_set(object, "first_s", jnode_int(c->first_s));
	jnode_set(object, "last_s", jnode_int(c->fetched_s));
	jnode_set(object, "body", json_stringn(c->body.p, c->body.n));
	jnode_write(object, out);
}

static bool
is_worth_it(const struct session *s)
{
	return s->start != NULL && s->start->rehearsal.n == 0 && s->start->scenario.n == 0 &&
	       s->rehearsed == NULL && session_policy_is_usable(s) &&
	       utf8_is_valid(s->policy.body) && str_find(s->policy.body, '\0') == s->policy.body.n;
}

struct str
memory_add(struct arena *a, struct str file, const struct session *s)
{
	const int64_t as_of_s = session_as_of_s(s);
	struct buf out = BUF_INIT(MEMORY_MAX_BYTES);
	struct ev_policy_cached *all, now;
	struct str text;
	size_t count, from;

	if (!is_worth_it(s))
		return file;
	now = (struct ev_policy_cached){ .id = s->txt.chosen->id,
		.first_s = as_of_s,
		.fetched_s = as_of_s,
		.body = s->policy.body };
	all = memory_read(a, file, as_of_s, &count);
	/* The oldest makes room. */
	from = count == MEMORY_MAX_POLICIES ? 1 : 0;
	for (size_t i = from; i < count; i++) {
		if (!str_eq(all[i].id, now.id) || !str_eq(all[i].body, now.body))
			write_line(&out, &all[i]);
		else if (all[i].first_s >= 0)
			now.first_s = all[i].first_s;
	}
	write_line(&out, &now);
	text = arena_str(a, buf_str(&out));
	buf_release(&out);
	return text;
}
