/*
 * cmocka_all: cmocka with the headers that it wants before it.
 */
#ifndef STS_TEST_CMOCKA_ALL_H
#define STS_TEST_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/str.h"

/* Compare a str with a literal; shows both. */
#define assert_str(s, literal) assert_str_at((s), (literal), __FILE__, __LINE__)

static inline void
assert_str_at(struct str s, const char *wanted, const char *file, int line)
{
	if (str_is(s, wanted))
		return;
	print_error("got \"%.*s\", wanted \"%s\"\n", STR_ARG(s), wanted);
	_fail(file, line);
}

#endif
