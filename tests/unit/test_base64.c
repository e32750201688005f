#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/base64.h"

/* The vectors of RFC 4648 section 10, and bytes that use all of the alphabet's end. */
static const struct {
	struct str bytes;
	const char *text;
} vectors[] = {
	{ { "", 0 }, "" },
	{ { "f", 1 }, "Zg==" },
	{ { "fo", 2 }, "Zm8=" },
	{ { "foo", 3 }, "Zm9v" },
	{ { "foob", 4 }, "Zm9vYg==" },
	{ { "fooba", 5 }, "Zm9vYmE=" },
	{ { "foobar", 6 }, "Zm9vYmFy" },
	{ { "\0\0\0", 3 }, "AAAA" },
	{ { "\xff\xff\xfe", 3 }, "///+" },
};

static void
test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct arena a = { 0 };
		struct buf out = { 0 };
		struct str bytes = STR("untouched");

		base64_encode(&out, vectors[i].bytes);
		assert_string_equal(buf_text(&out), vectors[i].text);
		assert_true(base64_decode(&a, str_of(vectors[i].text), &bytes));
		assert_true(str_eq(bytes, vectors[i].bytes));
		buf_release(&out);
		arena_release(&a);
	}
}

static void
test_refused(void **state)
{
	static const char *const wrong[] = { "Zg",
		"Zg=", "Zg===", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n",
		"Zg==Zg==", "Z g=", "Zm9-", "Zm9_", "Zm\xc3\xb6" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct arena a = { 0 };
		struct str bytes = STR("untouched");

		if (base64_decode(&a, str_of(wrong[i]), &bytes))
			fail_msg("%s was accepted", wrong[i]);
		assert_true(str_is(bytes, "untouched"));
		arena_release(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
