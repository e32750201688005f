/*
 * vectors: the cases of tests/vectors as borrowed bytes.
 */
#ifndef STS_TEST_VECTORS_H
#define STS_TEST_VECTORS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/arena.h"
#include "support/check.h"

static inline json_t *
vectors_load(const char *path)
{
	json_error_t error;
	json_t *root = json_load_file(path, JSON_ALLOW_NUL, &error);

	if (root == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return root;
}

static inline struct str
vector_str(const json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

/* One string, or a list of them. */
static inline struct strs
vector_strs(struct arena *a, json_t *value)
{
	struct strs list = { 0 };
	json_t *item;
	size_t i;

	if (json_is_string(value))
		arena_push(a, &list, vector_str(value));
	json_array_foreach(value, i, item) arena_push(a, &list, vector_str(item));
	return list;
}

/* The exact bytes of a case: input_hex where it is given. */
static inline struct str
vector_bytes(struct arena *a, const json_t *vector)
{
	const struct str hex = vector_str(json_object_get(vector, "input_hex"));
	char *p;

	if (hex.n == 0)
		return vector_str(json_object_get(vector, "input"));
	p = arena_alloc(a, hex.n / 2 + 1);
	for (size_t i = 0; i < hex.n / 2; i++) {
		char digits[3] = { hex.p[2 * i], hex.p[2 * i + 1], '\0' };

		p[i] = (char)strtoul(digits, NULL, 16);
	}
	return (struct str){ p, hex.n / 2 };
}

/* "txt vector 35: WSP before the first semicolon", for messages. */
static inline const char *
vector_name(struct arena *a, const char *kind, const json_t *vector)
{
	const json_int_t id = json_integer_value(json_object_get(vector, "id"));
	const struct str note = vector_str(json_object_get(vector, "note"));

	return arena_printf(a, "%s vector %lld: %.*s", kind, (long long)id, STR_ARG(note)).p;
}

static inline bool
vector_expects(const json_t *vector, const char *what)
{
	return json_is_true(json_object_get(json_object_get(vector, "expect"), what));
}

static inline struct str
vectors_read_file(struct arena *a, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *p;
	size_t n;
	const size_t room = 1024 * 1024;

	if (file == NULL)
		fail_msg("%s cannot be opened", path);
	p = arena_alloc(a, room);
	n = fread(p, 1, room, file);
	fclose(file);
	return (struct str){ p, n };
}

#endif
