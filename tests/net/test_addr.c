#include <netinet/in.h>

#include "net/addr.h"
#include "support/cmocka_all.h"

static void
parse_rows(void **state)
{
	static const struct {
		const char *text;
		const char *wanted; /* ADDR:PORT; NULL: refused */
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1:53" },
		{ "192.0.2.1:5353", "192.0.2.1:5353" },
		{ "2001:db8::1", "[2001:db8::1]:53" },
		{ "2001:DB8:0:0::1", "[2001:db8::1]:53" },
		{ "[2001:db8::1]", "[2001:db8::1]:53" },
		{ "[2001:db8::1]:65535", "[2001:db8::1]:65535" },
		{ "::1", "[::1]:53" },
		{ "::ffff:192.0.2.1", "[::ffff:192.0.2.1]:53" },
		{ "", NULL },
		{ ":53", NULL },
		{ "[", NULL },
		{ "[]", NULL },
		{ "[192.0.2.1]", NULL },
		{ "[2001:db8::1]53", NULL },
		{ "[2001:db8::1]:", NULL },
		{ "192.0.2.1:", NULL },
		{ "192.0.2.1:0", NULL },
		{ "192.0.2.1:65536", NULL },
		{ "192.0.2.1:5x", NULL },
		{ "192.0.2.1:-1", NULL },
		{ "192.0.2", NULL },
		{ "192.0.2.256", NULL },
		{ "0xc0.0.2.1", NULL },
		{ "192.0.2.1 ", NULL },
		{ "example.com", NULL },
		{ "fe80::1%no-such-device", NULL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999", NULL },
	};
	struct arena a = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct addr got;
		bool is_ok = addr_parse(str_of(rows[i].text), 53, &got);

		if (is_ok != (rows[i].wanted != NULL))
			fail_msg("\"%s\": %s", rows[i].text, is_ok ? "accepted" : "refused");
		if (is_ok)
			assert_str(addr_text_port(&a, &got), rows[i].wanted);
	}
	arena_release(&a);
}

static void
a_nul_is_no_address(void **state)
{
	struct addr got;

	(void)state;
	assert_false(addr_make(STR("192.0.2.1\0x"), 25, &got));
	assert_false(addr_make(STR("192.0.2.1"), 65536, &got));
}

static void
facts_of_an_address(void **state)
{
	static const struct {
		const char *text;
		enum family family;
		bool is_loopback;
	} rows[] = {
		{ "127.0.0.1", FAMILY_IPV4, true },
		{ "127.255.3.4", FAMILY_IPV4, true },
		{ "128.0.0.1", FAMILY_IPV4, false },
		{ "192.0.2.1", FAMILY_IPV4, false },
		{ "::1", FAMILY_IPV6, true },
		{ "::2", FAMILY_IPV6, false },
		{ "::ffff:127.0.0.1", FAMILY_IPV6, false },
	};
	struct arena a = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct addr got;

		assert_true(addr_make(str_of(rows[i].text), 25, &got));
		assert_int_equal(addr_family(&got), rows[i].family);
		assert_int_equal(addr_is_loopback(&got), rows[i].is_loopback);
		assert_int_equal(addr_port(&got), 25);
		assert_str(addr_text(&a, &got), rows[i].text);
	}
	arena_release(&a);
}

static void
loopback_has_a_route(void **state)
{
	struct addr got;

	(void)state;
	assert_true(addr_make(STR("127.0.0.1"), 25, &got));
	assert_true(addr_has_route(&got));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_rows),
		cmocka_unit_test(a_nul_is_no_address),
		cmocka_unit_test(facts_of_an_address),
		cmocka_unit_test(loopback_has_a_route),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
