/* Whether port 25 works from here at all: what the MX hosts showed beside what control hosts did. */
#include "core/public_names.h"
#include "core/rules.h"

#define CONTROLS_MAX 16 /* that are looked at; a walk tries fewer */

static bool
is_control(const struct attempt *t)
{
	return t->variant == VARIANT_CONTROL && t->connect != NULL && !attempt_was_cut(t);
}

static bool
is_connected(const struct attempt *t)
{
	return t->connect->outcome == OUTCOME_OK;
}

/* Every address of an MX host fails at TCP, and all alike. */
static bool
all_fail_alike(const struct session *s)
{
	const struct attempt *first = NULL;

	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (!attempt_is_tested(t))
				continue;
			if (first == NULL)
				first = t;
			if (is_connected(t) || t->connect->outcome != first->connect->outcome)
				return false;
		}
	}
	return first != NULL;
}

/* Name of the one who greets: "220 NAME ...". */
static struct str
greeter(const struct attempt *t)
{
	const struct str words = t->banner.n > 0 ? str_skip(t->banner.v[0], 4) : STR_EMPTY;

	return str_sub(words, 0, str_find(words, ' '));
}

/* The name that is registered, by the shape of names alone. */
static struct str
registered(struct str name)
{
	struct str rest = name_no_dot(name), parent = name_parent(rest);

	while (!name_is_public(parent)) {
		rest = parent;
		parent = name_parent(rest);
	}
	return rest;
}

static bool
are_related(struct str a, struct str b)
{
	return name_eq(registered(a), registered(b));
}

/* Who greets for a host of somebody else, in a name that is neither's. */
static bool
greets_for_both(const struct attempt *control, const struct attempt *other)
{
	const struct str name = greeter(control);

	return str_find(name, '.') < name.n && name_eq(name, greeter(other)) &&
	       !are_related(name, control->host);
}

static bool
certifies_both(const struct attempt *control, const struct attempt *other)
{
	if (control->tls.chain_count == 0 || other->tls.chain_count == 0 ||
		control->tls.verdict == NULL || control->tls.verdict->is_name_ok)
		return false;
	return str_eq(control->tls.chain[0]->sha256, other->tls.chain[0]->sha256);
}

static bool
is_one_behind_both(const struct attempt *control, const struct attempt *other)
{
	return control != other && !are_related(control->host, other->host) &&
	       (greets_for_both(control, other) || certifies_both(control, other));
}

static bool
is_behind(const struct judging *j, const struct attempt *control)
{
	const struct session *s = j->s;

	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			if (is_one_behind_both(control, s->hosts[i]->addresses[k]))
				return true;
		}
	}
	for (size_t i = 0; i < s->extra_count; i++) {
		if (is_control(s->extras[i]) && is_one_behind_both(control, s->extras[i]))
			return true;
	}
	return false;
}

/* No address went well, and no two of them failed at TCP in different ways. */
static bool
may_be_ours(const struct session *s)
{
	const struct attempt *first = NULL;

	for (size_t i = 0; i < s->host_count; i++) {
		for (size_t k = 0; k < s->hosts[i]->address_count; k++) {
			const struct attempt *t = s->hosts[i]->addresses[k];

			if (attempt_tls_is_ok(t))
				return false;
			if (t->connect == NULL || attempt_was_cut(t))
				continue;
			if (first != NULL && t->connect->outcome != first->connect->outcome)
				return false;
			first = t;
		}
	}
	return true;
}

void
judge_controls(struct judging *j)
{
	const struct session *s = j->s;
	size_t reached = 0;

	/* Control hosts are tried last, and all of them are waited for. */
	if (j->is_running) {
		j->awaits_controls = s->start != NULL && s->start->has_controls && may_be_ours(s);
		return;
	}
	for (size_t i = 0; i < s->extra_count && j->control_count < CONTROLS_MAX; i++) {
		const struct attempt *t = s->extras[i];

		if (!is_control(t))
			continue;
		j->control_count++;
		reached += is_connected(t) ? 1 : 0;
		if (j->intercepted == NULL && is_connected(t) && is_behind(j, t))
			j->intercepted = t;
	}
	j->do_controls_answer = reached > 0;
	j->is_port25_intercepted = j->intercepted != NULL;
	j->is_port25_blocked = !j->is_port25_intercepted && j->control_count > 0 && reached == 0 &&
			       all_fail_alike(s);
}

struct str
controls_text(const struct judging *j, struct found *f)
{
	struct strs texts = { 0 };

	for (size_t i = 0; i < j->s->extra_count; i++) {
		const struct attempt *t = j->s->extras[i];
		struct str name = STR_EMPTY;

		if (!is_control(t))
			continue;
		if (is_connected(t))
			name = greeter(t);
		arena_push(j->a, &texts,
			arena_printf(j->a, "%.*s at %.*s: %s%s%.*s", STR_ARG(t->host),
				STR_ARG(t->address), outcome_words(t->connect->outcome),
				name.n > 0 ? ", greeted by " : "", STR_ARG(str_sub(name, 0, 80))));
		found_seq(f, t->connect_seq);
	}
	return strs_join(j->a, texts, "; ", 8);
}
