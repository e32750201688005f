/* Every fuzz target over its corpus, and over inputs that are hard on any parser. */
#include <dirent.h>
#include <string.h>

#include "core/arena.h"

#include "support/check.h"
#include "support/vectors.h"

#define TARGET(name) int fuzz_one_##name(const uint8_t *data, size_t size);
#include "fuzz_targets.def"
#undef TARGET

static const struct {
	const char *name;
	int (*run)(const uint8_t *data, size_t size);
} targets[] = {
#define TARGET(name) { #name, fuzz_one_##name },
#include "fuzz_targets.def"
#undef TARGET
};

/* In a block of its own size, so that a sanitizer sees the byte behind the end. */
static void
run(size_t target, struct str input)
{
	uint8_t *data = malloc(input.n != 0 ? input.n : 1);

	assert_non_null(data);
	if (input.n != 0)
		memcpy(data, input.p, input.n);
	assert_int_equal(targets[target].run(data, input.n), 0);
	free(data);
}

static void
test_corpora(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(targets); i++) {
		struct arena a = { 0 };
		const struct str folder = arena_printf(
			&a, TEST_DIR "/fuzz/corpus/%s", targets[i].name);
		DIR *dir = opendir(folder.p);
		size_t files = 0;

		for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
			const struct str path = arena_printf(&a, "%s/%s", folder.p, e->d_name);

			if (e->d_name[0] == '.')
				continue;
			run(i, vectors_read_file(&a, path.p));
			files++;
		}
		if (dir != NULL)
			closedir(dir);
		print_message("%s: %zu seeds\n", targets[i].name, files);
		arena_release(&a);
	}
}

/* What repeated to the size of a policy file shows any work that is not linear. */
static const char *const units[] = {
	"\n",
	"\r",
	"a:b\n",
	"mx: a b\n",
	"mx:a.\n",
	";",
	"; =",
	"v=STSv1; id=1;",
	"v=TLSRPTv1; rua=a,",
	"250-x\n",
	".",
	"a.",
	"xn--a.",
	" ",
	"@",
	":",
	"\x1b",
	"\xcc\x81",
	"\xe2\x80\xae",
	"\xff",
	"*.\n",
	"{\"a\":[",
};

static void
test_repeated(void **state)
{
	const size_t size = 65536;
	struct arena a = { 0 };
	char *text = arena_alloc(&a, size);

	(void)state;
	for (size_t u = 0; u < ROWS(units); u++) {
		const size_t n = strlen(units[u]);

		for (size_t i = 0; i < size; i++)
			text[i] = units[u][i % n];
		for (size_t i = 0; i < ROWS(targets); i++)
			run(i, (struct str){ text, size });
	}
	arena_release(&a);
}

static void
test_tiny(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(targets); i++) {
		run(i, STR_EMPTY);
		for (int byte = 0; byte < 256; byte++) {
			const char text[2] = { (char)byte, (char)(255 - byte) };

			run(i, (struct str){ text, 1 });
			run(i, (struct str){ text, 2 });
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corpora),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_tiny),
	};

	return cmocka_run_group_tests_name("fuzz corpora", tests, NULL, NULL);
}
