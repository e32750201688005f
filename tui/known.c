#include "tui/known.h"

#include <jansson.h>
#include <string.h>

#include "core/dates.h"
#include "core/memory.h"
#include "core/safe.h"
#include "tui/output.h"
#include "tui/session_input.h"
#include "tui/store.h"

#define FILE_MAX_BYTES (16UL * 1024 * 1024)

static enum result
wrong(struct arena *a, const char *option, const char *path, const char *what, struct err *err)
{
	return err_set(err, EXIT_INPUT, "%s %.*s: %s", option,
		SAFE_ARG(safe_text(a, str_of(path), 200)), what);
}

static bool
is_policy(struct arena *a, struct str body)
{
	struct policy policy;

	policy_parse(a, body, &policy);
	return policy.is_valid && !policy.looks_like_html;
}

/* The policy that the walk of a session fetched, with the id of then. */
static enum result
from_session(struct arena *a, const char *path, struct ev_policy_cached *out, struct err *err)
{
	struct str warning = STR_EMPTY;
	struct session s;
	enum result rc = session_load(path, &s, &warning, err);

	if (rc == RESULT_OK && !session_policy_is_usable(&s))
		rc = wrong(a, "--cached", path, "the walk of this session found no usable policy",
			err);
	if (rc == RESULT_OK) {
		out->body = arena_str(a, s.policy.body);
		out->fetched_s = session_as_of_s(&s);
		if (session_txt_is_usable(&s))
			out->id = arena_str(a, s.txt.chosen->id);
	}
	session_release(&s);
	return rc;
}

static void
join_lines(struct arena *a, const json_t *lines, struct str *out)
{
	size_t i;
	const json_t *line;

	*out = STR_EMPTY;
	json_array_foreach(lines, i, line)
	{
		const struct str text = { json_string_value(line) != NULL ? json_string_value(line)
									  : "",
			json_string_length(line) };

		*out = arena_printf(a, "%.*s%.*s\n", STR_ARG(*out), STR_ARG(text));
	}
}

static int64_t
end_of_report(const json_t *root)
{
	const json_t *end = json_object_get(json_object_get(root, "date-range"), "end-datetime");
	int64_t end_s = -1;
	bool has_zone;

	if (json_string_value(end) != NULL)
		date_of_report(str_of(json_string_value(end)), &end_s, &has_zone);
	return end_s;
}

/* RFC 8460 section 4.4: the policy that the reporter applied, line by line. */
static enum result
from_report(struct arena *a, const char *path, struct str text, struct ev_policy_cached *out,
	struct err *err)
{
	json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	const json_t *policies = json_object_get(root, "policies"), *item;
	enum result rc = RESULT_FAILED;
	size_t i;

	json_array_foreach(policies, i, item)
	{
		const json_t *policy = json_object_get(item, "policy");
		const char *type = json_string_value(json_object_get(policy, "policy-type"));

		if (rc == RESULT_OK || type == NULL || strcmp(type, "sts") != 0)
			continue;
		join_lines(a, json_object_get(policy, "policy-string"), &out->body);
		out->fetched_s = end_of_report(root);
		rc = RESULT_OK;
	}
	json_decref(root);
	if (rc != RESULT_OK)
		wrong(a, "--cached", path, "no policy, no session, and no TLSRPT report with one",
			err);
	return rc;
}

static enum result
read_cached(struct arena *a, const char *path, struct ev_policy_cached *out, struct err *err)
{
	struct str text;
	enum result rc = RESULT_OK;

	*out = (struct ev_policy_cached){ .source = str_of(path), .first_s = -1, .fetched_s = -1 };
	if (input_read(a, path, FILE_MAX_BYTES, &text, err) != RESULT_OK)
		return RESULT_FAILED;
	if (str_starts(text, STR("{\"format\":\"stswalk-session\"")))
		rc = from_session(a, path, out, err);
	else if (str_starts(str_trim(text), STR("{")))
		rc = from_report(a, path, text, out, err);
	else
		out->body = text;
	if (rc == RESULT_OK && !is_policy(a, out->body))
		return wrong(
			a, "--cached", path, "not a valid policy: `stswalk lint` says why", err);
	return rc;
}

enum result
known_read(struct arena *a, const struct options *o, struct known *out, struct err *err)
{
	*out = (struct known){ 0 };
	if (o->policy != NULL) {
		struct ev_policy_rehearsed *rehearsed = arena_new(a, struct ev_policy_rehearsed);

		rehearsed->source = str_of(o->policy);
		if (input_read(a, o->policy, LIMIT_POLICY_BYTES, &rehearsed->body, err) !=
			RESULT_OK)
			return RESULT_FAILED;
		out->rehearsed = rehearsed;
	}
	out->cached = arena_array(a, o->cached.n + 1, sizeof(*out->cached));
	for (size_t i = 0; i < o->cached.n; i++) {
		if (read_cached(a, o->cached.v[i].p, &out->cached[i], err) != RESULT_OK)
			return RESULT_FAILED;
		out->cached_count++;
	}
	return RESULT_OK;
}

void
known_recall(struct arena *a, struct str domain, int64_t now_s, struct known *known)
{
	struct ev_policy_cached *remembered, *all;
	struct str file = STR_EMPTY;
	size_t count;

	if (store_read(a, store_policy_path(a, domain), MEMORY_MAX_BYTES, &file) != RESULT_OK)
		return;
	remembered = memory_read(a, file, now_s, &count);
	all = arena_array(a, known->cached_count + count + 1, sizeof(*all));
	for (size_t i = 0; i < known->cached_count; i++)
		all[i] = known->cached[i];
	for (size_t i = 0; i < count; i++)
		all[known->cached_count + i] = remembered[i];
	known->cached = all;
	known->cached_count += count;
}

void
known_keep(const struct session *s)
{
	struct arena a = { 0 };
	const struct str path = store_policy_path(&a, session_domain(s));
	struct str file = STR_EMPTY, text;
	struct err err;

	if (store_read(&a, path, MEMORY_MAX_BYTES, &file) != RESULT_OK)
		file = STR_EMPTY;
	text = memory_add(&a, file, s);
	if (path.n > 0 && !str_eq(text, file))
		store_write(path, text, &err);
	arena_release(&a);
}

void
known_apply(const struct known *known, struct session *s)
{
	struct event e = { .job = STR("walk"), .kind = EV_POLICY_REHEARSED };

	e.payload = known->rehearsed;
	if (known->rehearsed != NULL)
		session_apply(s, &e);
	e.kind = EV_POLICY_CACHED;
	for (size_t i = 0; i < known->cached_count; i++) {
		e.payload = &known->cached[i];
		session_apply(s, &e);
	}
}
