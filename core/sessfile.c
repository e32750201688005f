/* Reading of session files. Nothing in one is trusted; writing is in sessfile_write.c. */
#include "core/sessfile.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/limits.h"
#include "core/sessfile_plain.h"

#define NO_SESSION "not a session of stswalk: --save, or w on the console, writes one"
#define EXIT_NO_INPUT 65 /* a file is not what it should be */

static enum result wrong(const struct sessfile_reader *r, struct err *err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static enum result
wrong(const struct sessfile_reader *r, struct err *err, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_set(err, EXIT_NO_INPUT, "line %u: %s", r->line, text);
}

/* The deepest line that is written is an object, a list and {"b64"}. */
static bool
is_too_deep(struct str line)
{
	size_t depth = 0;
	bool is_string = false;

	for (size_t i = 0; i < line.n; i++) {
		const char c = line.p[i];

		if (is_string && c == '\\')
			i++;
		else if (c == '"')
			is_string = !is_string;
		else if (!is_string && (c == '{' || c == '['))
			depth++;
		else if (!is_string && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > LIMIT_JSON_DEPTH)
			return true;
	}
	return false;
}

static struct str
string_of(const json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

/* "text", or {"b64":"..."} for bytes that JSON cannot hold. */
static bool
read_text(struct sessfile_reader *r, const json_t *value, struct str *out)
{
	const json_t *coded = json_object_get(value, "b64");

	if (json_is_string(value)) {
		*out = arena_str(r->arena, string_of(value));
		return true;
	}
	return json_is_string(coded) && base64_decode(r->arena, string_of(coded), out);
}

static bool
read_list(struct sessfile_reader *r, const json_t *value, struct strs *out)
{
	const size_t count = json_array_size(value);

	if (!json_is_array(value))
		return false;
	out->v = arena_array(r->arena, count, sizeof(*out->v));
	out->n = count;
	for (size_t i = 0; i < count; i++) {
		if (!read_text(r, json_array_get(value, i), &out->v[i]))
			return false;
	}
	return true;
}

static const char *
type_words(enum field_type type)
{
	switch (type) {
	case FIELD_INT:
		return "an integer";
	case FIELD_BOOL:
		return "true or false";
	case FIELD_ENUM:
		return "a word";
	case FIELD_TEXT:
		return "text or {\"b64\":...}";
	case FIELD_LIST:
		return "a list of texts";
	}
	return "";
}

enum reading { READ_OK, READ_WRONG, READ_FOREIGN };

static enum reading
read_value(struct sessfile_reader *r, const struct field *field, const json_t *value, void *member)
{
	bool is_right = false;

	switch (field->type) {
	case FIELD_INT:
		is_right = json_is_integer(value);
		*(int64_t *)member = json_integer_value(value);
		break;
	case FIELD_BOOL:
		is_right = json_is_boolean(value);
		*(bool *)member = json_is_true(value);
		break;
	case FIELD_ENUM:
		is_right = json_is_string(value);
		/* A word of a later version: the event says what this one does not know. */
		if (is_right && !vocab_find(field->vocab, string_of(value), member))
			return READ_FOREIGN;
		break;
	case FIELD_TEXT:
		is_right = read_text(r, value, member);
		break;
	case FIELD_LIST:
		is_right = read_list(r, value, member);
		break;
	}
	return is_right ? READ_OK : READ_WRONG;
}

/* What is not among the known names, as it is written again: ,"name":value. */
static struct str
unknown_members(struct sessfile_reader *r, const json_t *line, const char *const *known,
	size_t count, const struct event_type *type)
{
	const size_t flags = JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII;
	struct buf out = BUF_INIT(0);
	const char *name;
	json_t *value;
	struct str result;

	json_object_foreach((json_t *)(uintptr_t)line, name, value)
	{
		bool is_known = false;
		json_t *key = json_string(name);
		char *left, *right;

		for (size_t i = 0; i < count && !is_known; i++)
			is_known = strcmp(name, known[i]) == 0;
		for (size_t i = 0; type != NULL && i < type->field_count && !is_known; i++)
			is_known = strcmp(name, type->fields[i].name) == 0;
		left = is_known || key == NULL ? NULL : json_dumps(key, flags);
		right = left == NULL ? NULL : json_dumps(value, flags);
		if (right != NULL)
			buf_addf(&out, ",%s:%s", left, right);
		free(left);
		free(right);
		json_decref(key);
	}
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static const char *const common_names[] = { "seq", "ms", "job", "kind" };
enum { COMMON_NAMES = sizeof(common_names) / sizeof(common_names[0]) };

/* Fields that are missing were not known to the writer: absent, which is -1 for numbers. */
static enum result
read_payload(struct sessfile_reader *r, const json_t *line, struct event *event, void *payload,
	bool *is_foreign, struct err *err)
{
	const struct event_type *type = event_type(event->kind);
	size_t seen = 0;

	for (size_t i = 0; i < COMMON_NAMES; i++)
		seen += json_object_get(line, common_names[i]) != NULL;
	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *field = &type->fields[i];
		const json_t *value = json_object_get(line, field->name);
		enum reading reading = READ_OK;

		if (value != NULL) {
			reading = read_value(r, field, value, FIELD_OF(payload, field));
			seen++;
		} else if (field->type == FIELD_INT) {
			*(int64_t *)FIELD_OF(payload, field) = -1;
		}
		if (reading == READ_WRONG)
			return wrong(r, err, "\"%s\" of %s must be %s", field->name, type->name,
				type_words(field->type));
		*is_foreign = *is_foreign || reading == READ_FOREIGN;
	}
	if (json_object_size(line) > seen && !*is_foreign) {
		r->foreign_fields += json_object_size(line) - seen;
		event->members = unknown_members(r, line, common_names, COMMON_NAMES, type);
	}
	return RESULT_OK;
}

/* A line of another version: kept as it is. */
static const void *
read_foreign(struct sessfile_reader *r, const json_t *line)
{
	struct ev_foreign *foreign = arena_new(r->arena, struct ev_foreign);

	foreign->word = arena_str(r->arena, string_of(json_object_get(line, "kind")));
	foreign->members = unknown_members(r, line, common_names, COMMON_NAMES, NULL);
	r->foreign++;
	return foreign;
}

/* What every event has. Only the last may go without: its place is known. */
static enum result
read_common(struct sessfile_reader *r, const json_t *line, struct event *event, struct err *err)
{
	const bool is_end = event->kind == EV_END;
	const json_t *seq = json_object_get(line, "seq"), *ms = json_object_get(line, "ms"),
		     *job = json_object_get(line, "job");
	const double number = json_number_value(ms);

	event->us = r->last_us;
	event->seq = r->last_seq < UINT32_MAX ? r->last_seq + 1 : r->last_seq;
	event->job = STR("walk");
	if (seq != NULL || !is_end) {
		const json_int_t given = json_integer_value(seq);

		if (!json_is_integer(seq) || given <= r->last_seq || given > UINT32_MAX)
			return wrong(
				r, err, "\"seq\" must be an integer above %" PRIu32, r->last_seq);
		event->seq = (uint32_t)given;
	}
	if (ms != NULL || !is_end) {
		if (!json_is_number(ms) || !(number >= 0 && number <= (double)SESSFILE_LONGEST_MS))
			return wrong(r, err, "\"ms\" must be a number from 0 on");
		event->us = (int64_t)(number * 1000 + 0.5);
	}
	if ((job != NULL || !is_end) && !read_text(r, job, &event->job))
		return wrong(r, err, "\"job\" must be text");
	return RESULT_OK;
}

static enum result
read_event(struct sessfile_reader *r, const json_t *line, struct event **out, struct err *err)
{
	const json_t *kind = json_object_get(line, "kind");
	struct event event = { 0 };
	bool is_foreign = false;
	void *payload = NULL;
	enum result rc;

	if (!json_is_string(kind))
		return wrong(r, err, "\"kind\" must be a word");
	if (!event_kind_from_name(string_of(kind), &event.kind) || event.kind == EV_FOREIGN) {
		event.kind = EV_FOREIGN;
		is_foreign = true;
	}
	if ((rc = read_common(r, line, &event, err)) != RESULT_OK)
		return rc;
	if (!is_foreign) {
		payload = arena_alloc(r->arena, event_type(event.kind)->size);
		rc = read_payload(r, line, &event, payload, &is_foreign, err);
	}
	if (rc != RESULT_OK)
		return rc;
	r->last_seq = event.seq;
	r->last_us = event.us;
	event.payload = payload;
	if (is_foreign) {
		event.kind = EV_FOREIGN;
		event.payload = read_foreign(r, line);
	}
	r->has_end = r->has_end || event.kind == EV_END;
	*out = arena_new(r->arena, struct event);
	**out = event;
	return RESULT_OK;
}

static enum result
read_header(struct sessfile_reader *r, const json_t *line, struct err *err)
{
	static const char *const names[] = { "format", "version", "tool", "domain", "started",
		"options" };
	const json_t *format = json_object_get(line, "format"),
		     *version = json_object_get(line, "version"),
		     *tool = json_object_get(line, "tool");

	if (!json_is_string(format) || !str_is(string_of(format), SESSFILE_FORMAT))
		return wrong(r, err, NO_SESSION);
	if (!json_is_integer(version) || json_integer_value(version) != SESSFILE_VERSION)
		return wrong(r, err, "session format %" PRId64 " is not known, only %d",
			(int64_t)json_integer_value(version), SESSFILE_VERSION);
	if (json_is_object(tool))
		tool = json_object_get(tool, "version");
	if (tool != NULL && !read_text(r, tool, &r->recorded_by))
		return wrong(r, err, "\"tool\" must name a version");
	r->header_members = unknown_members(r, line, names, sizeof(names) / sizeof(names[0]), NULL);
	r->has_header = true;
	return RESULT_OK;
}

enum result
sessfile_read_line(
	struct sessfile_reader *r, struct str line, struct event **event, struct err *err)
{
	json_error_t at;
	json_t *root;
	enum result rc;

	*event = NULL;
	r->line++;
	if (line.n > LIMIT_SESSION_LINE_BYTES)
		return wrong(r, err, "longer than %d bytes", LIMIT_SESSION_LINE_BYTES);
	/* The header stands before the events, and the end may stand behind a full log. */
	if (r->line > LIMIT_EVENTS + 2)
		return wrong(r, err, "more than %d lines", LIMIT_EVENTS);
	if (r->arena->used_bytes > LIMIT_SESSION_MEMORY_BYTES)
		return wrong(r, err, "the session needs too much memory");
	if ((*event = sessfile_read_plain(r, line)) != NULL || str_trim(line).n == 0)
		return RESULT_OK;
	if (is_too_deep(line))
		return r->has_header ? wrong(r, err, "nested deeper than %d", LIMIT_JSON_DEPTH)
				     : wrong(r, err, NO_SESSION);
	root = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &at);
	if (root == NULL && r->has_header)
		return wrong(r, err, "no JSON (byte %d)", at.position);
	if (root == NULL)
		return wrong(r, err, NO_SESSION);
	if (!json_is_object(root))
		rc = r->has_header ? wrong(r, err, "no JSON object") : wrong(r, err, NO_SESSION);
	else if (!r->has_header)
		rc = read_header(r, root, err);
	else
		rc = read_event(r, root, event, err);
	json_decref(root);
	return rc;
}

static void
add_warning(struct buf *out, const char *text)
{
	if (out->n > 0)
		buf_add(out, STR("; "));
	buf_add_text(out, text);
}

static struct str
describe(const struct sessfile_reader *r, struct arena *a, bool is_torn)
{
	struct buf text = BUF_INIT(1024);
	struct str kept;

	if (is_torn)
		add_warning(&text, "the last line is torn and was left out");
	if (!r->has_end)
		add_warning(&text, "the walk was cut: its end is missing");
	if (r->foreign > 0) {
		add_warning(&text, "");
		buf_addf(&text, "%" PRIu64 " line%s of another version kept, but not understood",
			r->foreign, r->foreign == 1 ? "" : "s");
	}
	if (r->foreign_fields > 0) {
		add_warning(&text, "");
		buf_addf(&text, "%" PRIu64 " field%s of another version kept, but not understood",
			r->foreign_fields, r->foreign_fields == 1 ? "" : "s");
	}
	kept = arena_str(a, buf_str(&text));
	buf_release(&text);
	return kept;
}

/* The lines of the file into the session; a last one without its line end may be torn. */
static enum result
read_lines(struct sessfile_reader *r, struct str rest, struct session *s, bool *is_torn,
	struct err *err)
{
	while (rest.n > 0) {
		const size_t length = str_find(rest, '\n');
		const bool is_last = length == rest.n;
		struct event *event;
		enum result rc;

		rc = sessfile_read_line(r, str_sub(rest, 0, length), &event, err);
		if (rc != RESULT_OK && is_last && r->has_header) {
			*is_torn = true;
			return RESULT_OK;
		}
		if (rc != RESULT_OK)
			return rc;
		if (event != NULL)
			session_fold(s, event);
		rest = str_skip(rest, is_last ? length : length + 1);
	}
	return RESULT_OK;
}

/* A file that is torn says nothing more of what was on its way: nobody waits for it, or is blamed. */
static void
give_end(struct session *s, const struct sessfile_reader *r)
{
	const struct ev_end cut = { .reason = END_CANCELLED };
	const struct event end = { .seq = r->last_seq + 1,
		.us = r->last_us,
		.job = STR("walk"),
		.kind = EV_END,
		.payload = &cut };

	session_fold(s, event_copy(&s->arena, &end));
}

enum result
sessfile_read(struct str file, struct session *s, struct str *warning, struct err *err)
{
	struct sessfile_reader r = { .arena = &s->arena };
	struct err problem = { 0 };
	bool is_torn = false;
	enum result rc = RESULT_OK;

	if (file.n > LIMIT_SESSION_BYTES)
		rc = err_set(&problem, EXIT_NO_INPUT, "larger than %d bytes", LIMIT_SESSION_BYTES);
	else if (file.n == 0)
		rc = err_set(&problem, EXIT_NO_INPUT, "empty, not a session of stswalk");
	else
		rc = read_lines(&r, file, s, &is_torn, &problem);
	if (rc == RESULT_OK && s->start == NULL)
		rc = wrong(&r, &problem, "ends before the walk begins");
	if (rc != RESULT_OK) {
		session_release(s);
		if (err != NULL)
			*err = problem;
		return rc;
	}
	if (!r.has_end && r.last_seq < UINT32_MAX)
		give_end(s, &r);
	session_settle(s);
	if (r.recorded_by.n > 0)
		s->recorded_by = r.recorded_by;
	s->header_members = r.header_members;
	if (warning != NULL)
		*warning = describe(&r, &s->arena, is_torn);
	return RESULT_OK;
}
