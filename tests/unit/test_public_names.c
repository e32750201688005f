/* Names under which anybody registers, by their shape. */
#include "tests/support/check.h"

#include "core/public_names.h"

static const struct {
	const char *name;
	bool is_public;
} rows[] = {
	{ "", true },
	{ "com", true },
	{ "co.uk", true },
	{ "Com.AU", true },
	{ "example.com", false },
	{ "example.co.uk", false },
	{ "co.example", false },
	{ "example.uk", false },
	{ "net.example.uk", false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_true(rows[i].name, "as wanted",
			name_is_public(str_of(rows[i].name)) == rows[i].is_public);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
