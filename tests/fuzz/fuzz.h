/*
 * fuzz: what the targets share. One fuzz_NAME.c per parser is all it takes to add a target: it is
 * built by libFuzzer's preset, and tests/fuzz/replay.c runs it over corpus/NAME as a plain test.
 */
#ifndef STS_TEST_FUZZ_H
#define STS_TEST_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the header under test that did not hold. */
#define REQUIRE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

static inline struct str
fuzz_input(const uint8_t *data, size_t size)
{
	return (struct str){ (const char *)data, size };
}

/* The input as a list of lines, for parsers of several records. */
static inline struct strs
fuzz_lines(struct arena *a, struct str input)
{
	struct strs list = { 0 };
	struct str line;

	while (str_split(&input, '\n', &line))
		arena_push(a, &list, line);
	return list;
}

/* Whether part is borrowed from whole; an empty part may come from anywhere. */
static inline bool
fuzz_is_inside(struct str part, struct str whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

#endif
