/*
 * check: assertions that name the row of the table they failed in.
 */
#ifndef STS_TEST_CHECK_H
#define STS_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/str.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
/* A literal with any bytes in it, also NUL. */
#define BYTES(literal) \
	{ \
		literal, sizeof(literal) - 1 \
	}

static inline void
check_str(const char *row, const char *what, struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail_msg(
			"%s: %s is \"%.*s\", not \"%.*s\"", row, what, STR_ARG(got), STR_ARG(want));
}

static inline void
check_text(const char *row, const char *what, struct str got, const char *want)
{
	check_str(row, what, got, str_of(want));
}

static inline void
check_int(const char *row, const char *what, long long got, long long want)
{
	if (got != want)
		fail_msg("%s: %s is %lld, not %lld", row, what, got, want);
}

static inline void
check_true(const char *row, const char *what, bool holds)
{
	if (!holds)
		fail_msg("%s: %s does not hold", row, what);
}

#endif
