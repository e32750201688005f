#include "net/walk.h"
#include "support/cmocka_all.h"
#include "support/temp_file.h"

static void
resolv_conf_rows(void **state)
{
	static const struct {
		const char *text;
		const char *servers; /* with ports, a blank between them */
		const char *search;
		bool trusts_ad;
	} rows[] = {
		{ "", "", "", false },
		{ "nameserver 192.0.2.1\n", "192.0.2.1:53", "", false },
		{ "nameserver 192.0.2.1\nnameserver 2001:db8::1", "192.0.2.1:53 [2001:db8::1]:53",
			"", false },
		{ "# nameserver 192.0.2.1\n;nameserver 192.0.2.2\n", "", "", false },
		{ "  nameserver\t192.0.2.1   # ours\r\n", "192.0.2.1:53", "", false },
		{ "nameserver\nnameserver x\nnameserver 192.0.2.300\n", "", "", false },
		{ "NAMESERVER 192.0.2.1\nnameservers 192.0.2.1\n", "", "", false },
		{ "search a.example b.example\n", "", "a.example", false },
		{ "search a.example\ndomain c.example.\n", "", "c.example", false },
		{ "domain c.example\nsearch .\n", "", "", false },
		{ "search a.example\nsearch\n", "", "", false },
		{ "options edns0 trust-ad rotate\n", "", "", true },
		{ "options edns0\noptions trust-ad\n", "", "", true },
		{ "options trust-adx\n", "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena a = { NULL, 0 };
		struct str servers = STR_EMPTY;
		struct resolver_config got;
		struct temp_file f;

		assert_true(temp_file_make(&f, rows[i].text));
		resolver_config_read(&a, f.path, &got);
		temp_file_remove(&f);
		for (size_t k = 0; k < got.count; k++)
			servers = arena_printf(&a, "%.*s%s%.*s", STR_ARG(servers), k > 0 ? " " : "",
				STR_ARG(addr_text_port(&a, &got.servers[k])));
		assert_str(servers, rows[i].servers);
		assert_str(got.search, rows[i].search);
		assert_int_equal(got.trusts_ad, rows[i].trusts_ad);
		arena_release(&a);
	}
}

static void
resolv_conf_limits(void **state)
{
	struct resolver_config got;
	struct arena a = { NULL, 0 };
	struct str text = STR_EMPTY;
	struct temp_file f;

	(void)state;
	for (int i = 0; i < LIMIT_RESOLVERS + 4; i++)
		text = arena_printf(&a, "%.*snameserver 192.0.2.%d\n", STR_ARG(text), i + 1);
	assert_true(temp_file_make(&f, text.p));
	resolver_config_read(&a, f.path, &got);
	temp_file_remove(&f);
	assert_int_equal(got.count, LIMIT_RESOLVERS);
	/* Not there any more, and a folder: no resolver, no error. */
	resolver_config_read(&a, f.path, &got);
	assert_int_equal(got.count, 0);
	resolver_config_read(&a, "/", &got);
	assert_int_equal(got.count, 0);
	arena_release(&a);
}

static void
ehlo_rows(void **state)
{
	static const struct {
		const char *name;
		const char *host, *hosts, *search;
		const char *wanted; /* NULL: the address literal */
	} rows[] = {
		{ "host name with a dot", "ops1.example.net", "", "", "ops1.example.net" },
		{ "trailing dot", "ops1.example.net.", "", "", "ops1.example.net" },
		{ "hosts file", "ops1", "192.0.2.5 ops1.example.net ops1\n", "example.com",
			"ops1.example.net" },
		{ "hosts file, name last", "ops1", "192.0.2.5 ops1 ops1.example.net\n", "",
			"ops1.example.net" },
		{ "hosts file, case", "OPS1", "192.0.2.5 ops1.example.net ops1 # OPS1\n", "",
			"ops1.example.net" },
		{ "hosts file, comment", "ops1", "# 192.0.2.5 ops1.example.net ops1\n", "", NULL },
		{ "hosts file, other host", "ops1", "192.0.2.5 ops2.example.net ops2\n", "", NULL },
		{ "localhost is nobody", "ops1", "127.0.0.1 localhost.localdomain localhost ops1\n",
			"example.net", "ops1.example.net" },
		{ "search domain", "ops1", "", "example.net", "ops1.example.net" },
		{ "nothing", "ops1", "", "", NULL },
		{ "no host name", "", "", "example.net", NULL },
		{ "underscore", "ops_1", "", "example.net", NULL },
		{ "line end", "ops1\r\nMAIL", "", "example.net", NULL },
		{ "odd search domain", "ops1", "", "exa mple", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct resolver_config config = { .search = str_of(rows[i].search) };
		struct arena a = { NULL, 0 };
		struct temp_file f;
		const char *got;

		print_message("%s\n", rows[i].name);
		assert_true(temp_file_make(&f, rows[i].hosts));
		got = walk_ehlo_by(&a, &config, rows[i].host, f.path);
		temp_file_remove(&f);
		if (rows[i].wanted == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].wanted);
		arena_release(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolv_conf_rows),
		cmocka_unit_test(resolv_conf_limits),
		cmocka_unit_test(ehlo_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
