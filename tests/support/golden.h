/*
 * golden: output against the file that holds what it should be. UPDATE_GOLDEN=1 in the environment
 * writes the files anew; what changed is then for review.
 */
#ifndef STS_TEST_GOLDEN_H
#define STS_TEST_GOLDEN_H

#include <stdlib.h>

#include "core/arena.h"
#include "support/check.h"

/* name is a path under tests/golden. */
static inline void
check_golden_file(const char *name, struct str got)
{
	char path[512], *want;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/golden/%s", TEST_DIR, name);
	if (getenv("UPDATE_GOLDEN") != NULL) {
		file = fopen(path, "wb");
		assert_non_null(file);
		assert_int_equal(fwrite(got.p, 1, got.n, file), got.n);
		fclose(file);
		return;
	}
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("no golden file %s (UPDATE_GOLDEN=1 writes it)", path);
	want = mem_alloc(got.n + 65536);
	n = fread(want, 1, got.n + 65535, file);
	fclose(file);
	if (!str_eq(got, (struct str){ want, n })) {
		size_t at = 0;

		while (at < n && at < got.n && got.p[at] == want[at])
			at++;
		fail_msg("golden/%s differs at byte %zu: \"%.*s\", not \"%.*s\"", name, at,
			STR_ARG(str_sub(got, at, 60)),
			STR_ARG(str_sub((struct str){ want, n }, at, 60)));
	}
	free(want);
}

#endif
