/* Owned memory: buf, arena and err. */
#include "core/buf.h"

#include <string.h>

#include "core/arena.h"
#include "core/err.h"

#include "support/check.h"

static void
test_growth(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		buf_addf(&b, "%d,", i);
	assert_int_equal(b.n, 3890);
	assert_int_equal(strlen(buf_text(&b)), b.n);
	assert_false(b.is_cut);
	buf_drop_front(&b, 3886);
	check_text("drop", "rest", buf_str(&b), "999,");
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	buf_add_text(&b, "a");
	buf_add_char(&b, '\0');
	buf_add(&b, STR_EMPTY);
	assert_int_equal(b.n, 2);
	buf_release(&b);
	buf_release(&b);
	buf_release(NULL);
}

static void
test_maximum(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	buf_add_text(&b, "abc");
	assert_false(b.is_cut);
	buf_addf(&b, "%s", "defg");
	assert_true(b.is_cut);
	assert_string_equal(buf_text(&b), "abcde");
	buf_add_char(&b, 'x');
	assert_string_equal(buf_text(&b), "abcde");
	buf_drop_front(&b, 5);
	buf_add_text(&b, "12345");
	assert_string_equal(buf_text(&b), "12345");
	buf_release(&b);
	assert_int_equal(b.max, 5);
}

static void
test_arena(void **state)
{
	struct arena a = { 0 };
	unsigned char *last = NULL;

	(void)state;
	for (size_t size = 0; size < 40000; size += 97) {
		unsigned char *p = arena_alloc(&a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
		if (last != NULL)
			assert_int_equal(*last, 0xff);
		last = size != 0 ? p : NULL;
	}
	check_text("printf", "text", arena_printf(&a, "%s-%d", "x", 7), "x-7");
	assert_int_equal(arena_str(&a, STR("abc")).p[3], '\0');
	arena_release(&a);
	assert_int_equal(a.used_bytes, 0);
	arena_release(&a);
	arena_release(NULL);
}

static void
test_lists(void **state)
{
	struct arena a = { 0 };
	struct strs list = { 0 };
	struct strs copy;

	(void)state;
	for (int i = 0; i < 100; i++)
		arena_push(&a, &list, arena_printf(&a, "%d", i));
	copy = arena_strs(&a, list);
	for (int i = 100; i < 300; i++)
		arena_push(&a, &copy, arena_printf(&a, "%d", i));
	assert_int_equal(list.n, 100);
	assert_int_equal(copy.n, 300);
	for (size_t i = 0; i < copy.n; i++) {
		uint64_t value;

		assert_true(str_to_u64(copy.v[i], 300, &value));
		assert_int_equal(value, i);
	}
	assert_ptr_not_equal(copy.v[0].p, list.v[0].p);
	/* Copies of every length have room that arena_push agrees with. */
	for (size_t n = 0; n < 20; n++) {
		copy = arena_strs(&a, (struct strs){ list.v, n });
		arena_push(&a, &copy, STR("x"));
		check_text("push", "last", copy.v[n], "x");
	}
	arena_release(&a);
}

static void
test_err(void **state)
{
	struct err err = { 0 };
	char text[600];

	(void)state;
	assert_int_equal(err_set(NULL, 64, "%d", 1), RESULT_FAILED);
	assert_int_equal(err_set(&err, 64, "%s: no %s", "FILE", "session"), RESULT_FAILED);
	assert_string_equal(err.text, "FILE: no session");
	assert_int_equal(err.exit, 64);
	/* 510 bytes, then a character of two that does not fit with its NUL. */
	memset(text, 'a', sizeof(text));
	memcpy(text + 510, "\xc3\xbc", 3);
	err_set(&err, 65, "%s", text);
	assert_int_equal(strlen(err.text), 510);
	memcpy(text + 509, "\xc3\xbc", 3);
	err_set(&err, 65, "%s", text);
	assert_int_equal(strlen(err.text), 511);
	assert_true(utf8_is_valid(str_of(err.text)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_maximum),
		cmocka_unit_test(test_arena),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_err),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
