/* Domain names: what users type, what DNS carries, what RFC 5321 calls a Domain. */
#include "core/name.h"

#include <string.h>

#include "support/check.h"

#define LABEL63 "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0"
#define NAME253 \
	LABEL63 "." LABEL63 "." LABEL63 "." \
		"abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxy"

static const struct {
	const char *input;
	const char *ascii;
	const char *unicode;
} good[] = {
	{ "example.com", "example.com", "example.com" },
	{ "Example.COM.", "example.com", "example.com" },
	{ "user@example.com", "example.com", "example.com" },
	{ "a@b@example.com", "example.com", "example.com" },
	{ "localhost", "localhost", "localhost" },
	{ "_dmarc.example.com", "_dmarc.example.com", "_dmarc.example.com" },
	{ "r3---sn.example.com", "r3---sn.example.com", "r3---sn.example.com" },
	{ "B\xc3\xbc"
	  "cher.example",
		"xn--bcher-kva.example",
		"b\xc3\xbc"
		"cher.example" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example",
		"b\xc3\xbc"
		"cher.example" },
	{ "xn--0.example", "xn--0.example", "xn--0.example" },
	{ "fa\xc3\x9f.example", "xn--fa-hia.example", "fa\xc3\x9f.example" },
	{ LABEL63 ".example", LABEL63 ".example", LABEL63 ".example" },
	{ NAME253, NAME253, NAME253 },
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		struct arena a = { 0 };
		struct err err = { 0 };
		struct domain domain;

		if (domain_parse(&a, str_of(good[i].input), &domain, &err) != RESULT_OK)
			fail_msg("%s: %s", good[i].input, err.text);
		check_text(good[i].input, "A-labels", domain.ascii, good[i].ascii);
		check_text(good[i].input, "U-labels", domain.unicode, good[i].unicode);
		check_text(good[i].input, "input", domain.input, good[i].input);
		arena_release(&a);
	}
}

static const struct {
	struct str input;
	const char *message; /* its start */
} bad[] = {
	{ BYTES(""), "\"\" is empty" },
	{ BYTES("user@"), "\"user@\" is empty" },
	{ BYTES("."), "\".\" is empty" },
	{ BYTES(".."), "\"..\" has an empty label" },
	{ BYTES("a..example"), "\"a..example\" has an empty label" },
	{ BYTES(".example"), "\".example\" has an empty label" },
	{ BYTES("example.com.."), "\"example.com..\" has an empty label" },
	{ BYTES("example .com"), "\"example .com\" has a blank" },
	{ BYTES("example.com\n"), "\"example.com\\n\" has a blank" },
	{ BYTES("https://example.com"), "\"https://example.com\" looks like a URL" },
	{ BYTES("https://user@example.com/"), "\"https://user@example.com/\" looks like a URL" },
	{ BYTES("example.com/x"), "\"example.com/x\" looks like a URL" },
	{ BYTES("*.example.com"), "\"*.example.com\" has a '*'" },
	{ BYTES("example.com:25"), "\"example.com:25\" has a ':'" },
	{ BYTES("192.0.2.1"), "\"192.0.2.1\" is an IP address" },
	/* U+034F maps to nothing. */
	{ BYTES("192.\xcd\x8f"
		"0.2.1"),
		"\"192.<U+034F>0.2.1\" is an IP address" },
	{ BYTES("user@[192.0.2.1]"), "\"user@[192.0.2.1]\" is an IP address" },
	{ BYTES("2001:db8::1"), "\"2001:db8::1\" is an IP address" },
	{ BYTES("a" LABEL63 ".example"), "\"aabc" },
	{ BYTES(NAME253 "x"), "\"abc" },
	{ BYTES("ex!ample.com"), "\"ex!ample.com\" has other bytes" },
	{ BYTES("ex\0ample.com"), "\"ex\\x00ample.com\" has other bytes" },
	{ BYTES("\x1b[2J.example"), "\"\\x1b[2J.example\" has other bytes" },
	{ BYTES("\xff.example"), "\"\\xff.example\" is no internationalised" },
	{ BYTES("\xe2\x80\xae.example"), "\"<U+202E>.example\" is no internationalised" },
	{ BYTES("a\xe3\x80\x82\xe3\x80\x82"
		"b\xc3\xbc"),
		"\"a" },
};

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct arena a = { 0 };
		struct err err = { 0 };
		struct domain domain;

		check_int(bad[i].message, "result", domain_parse(&a, bad[i].input, &domain, &err),
			RESULT_FAILED);
		check_int(bad[i].message, "exit", err.exit, 64);
		check_text(bad[i].message, "message",
			str_sub(str_of(err.text), 0, strlen(bad[i].message)), bad[i].message);
		assert_int_equal(domain_parse(&a, bad[i].input, &domain, NULL), RESULT_FAILED);
		arena_release(&a);
	}
}

static void
test_relations(void **state)
{
	(void)state;
	assert_true(name_eq(STR("A.example."), STR("a.EXAMPLE")));
	assert_false(name_eq(STR("a.example"), STR("b.example")));
	assert_true(name_is_under(STR("mx.Example.com."), STR("example.com")));
	assert_true(name_is_under(STR("example.com"), STR("example.com.")));
	assert_false(name_is_under(STR("badexample.com"), STR("example.com")));
	assert_false(name_is_under(STR("com"), STR("example.com")));
	check_text("parent", "of two", name_parent(STR("example.com")), "com");
	check_text("parent", "of one", name_parent(STR("com")), "");
	check_text("top", "of three", name_top(STR("mx.example.com")), "com");
	check_text("top", "of two", name_top(STR("example.com.")), "com");
	check_text("top", "of one", name_top(STR("com")), "");
	check_text("top", "of none", name_top(STR("")), "");
	assert_true(name_is_made_up(STR("x0123456789abcdef.com")));
	assert_false(name_is_made_up(STR("x0123456789abcde.com")));
	assert_false(name_is_made_up(STR("x0123456789abcdeg.com")));
	assert_false(name_is_made_up(STR("mail.example.com")));
	assert_int_equal(name_label_count(STR("")), 0);
	assert_int_equal(name_label_count(STR(".")), 0);
	assert_int_equal(name_label_count(STR("com")), 1);
	assert_int_equal(name_label_count(STR("a.b.c.")), 3);
	assert_int_equal(name_label_count(STR("a..c")), 3);
	check_text("no dot", "one only", name_no_dot(STR("a..")), "a.");
}

static const struct {
	const char *name;
	bool is_domain;
} domains[] = {
	{ "example.com", true },
	{ "a", true },
	{ "0.1a", true },
	{ "xn--a", true },
	{ LABEL63, true },
	{ NAME253, true },
	{ NAME253 "a", false },
	{ LABEL63 "a", false },
	{ "", false },
	{ ".", false },
	{ "a.", false },
	{ ".a", false },
	{ "a..b", false },
	{ "-a", false },
	{ "a-", false },
	{ "a-.b", false },
	{ "a_b", false },
	{ "*.a", false },
	{ "a b", false },
	{ "\xc3\xbc", false },
};

static void
test_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(domains); i++)
		check_int(domains[i].name, "being a Domain",
			name_is_rfc5321_domain(str_of(domains[i].name)), domains[i].is_domain);
}

static const struct {
	const char *text;
	bool is_ipv4, is_ipv6, is_private;
} addresses[] = {
	{ "192.0.2.1", true, false, false },
	{ "0.0.0.0", true, false, false },
	{ "255.255.255.255", true, false, false },
	{ "256.0.0.1", false, false, false },
	{ "1.2.3", false, false, false },
	{ "1.2.3.4.", false, false, false },
	{ "1.2.3.4.5", false, false, false },
	{ "01.2.3.4", false, false, false },
	{ "1.2..4", false, false, false },
	{ "", false, false, false },
	{ "::", false, true, false },
	{ "::1", false, true, true },
	{ "2001:db8::1", false, true, false },
	{ "2001:DB8:0:0:0:0:0:1", false, true, false },
	{ "1:2:3:4:5:6:7:8", false, true, false },
	{ "1:2:3:4:5:6:7", false, false, false },
	{ "1:2:3:4:5:6:7:8:9", false, false, false },
	{ "1::2:3:4:5:6:7:8", false, false, false },
	{ "1::2:3:4:5:6:7", false, true, false },
	{ "1::2::3", false, false, false },
	{ ":::", false, false, false },
	{ "1:", false, false, false },
	{ ":1", false, false, false },
	{ "12345::", false, false, false },
	{ "g::", false, false, false },
	{ "::ffff:192.0.2.1", false, true, false },
	{ "1:2:3:4:5:6:192.0.2.1", false, true, false },
	{ "1:2:3:4:5:6:7:192.0.2.1", false, false, false },
	{ "192.0.2.1::", false, false, false },
	{ "fe80::1%eth0", false, false, false },
	{ "10.1.2.3", true, false, true },
	{ "172.15.0.1", true, false, false },
	{ "172.16.0.1", true, false, true },
	{ "172.31.255.255", true, false, true },
	{ "172.32.0.1", true, false, false },
	{ "192.168.0.1", true, false, true },
	{ "127.255.0.1", true, false, true },
	{ "169.254.1.1", true, false, true },
	{ "100.64.0.1", true, false, false },
	{ "198.18.0.1", true, false, false },
	{ "203.0.113.5", true, false, false },
	{ "fe80::1", false, true, true },
	{ "febf::1", false, true, true },
	{ "fec0::1", false, true, false },
	{ "fd00::1", false, true, true },
	{ "fc00::1", false, true, true },
	{ "fe00::1", false, true, false },
};

static void
test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(addresses); i++) {
		const struct str text = str_of(addresses[i].text);

		check_int(text.p, "being IPv4", name_is_ipv4(text), addresses[i].is_ipv4);
		check_int(text.p, "being IPv6", name_is_ipv6(text), addresses[i].is_ipv6);
		check_int(
			text.p, "being private", address_is_private(text), addresses[i].is_private);
	}
}

static void
test_idna(void **state)
{
	struct arena a = { 0 };
	struct str out;

	(void)state;
	assert_true(name_to_ascii(&a, STR("_A.Example."), &out));
	check_text("ASCII", "folded only", out, "_a.example");
	assert_false(name_to_ascii(&a, STR("\xc3.example"), &out));
	assert_false(name_to_ascii(&a, STR("\xc3\xbc\0.example"), &out));
	check_text("unicode", "mixed labels",
		name_to_unicode(&a, STR("mx.xn--bcher-kva.xn--0.example.")),
		"mx.b\xc3\xbc"
		"cher.xn--0.example.");
	check_text("unicode", "upper case", name_to_unicode(&a, STR("XN--BCHER-KVA")),
		"b\xc3\xbc"
		"cher");
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_relations),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_idna),
	};

	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
