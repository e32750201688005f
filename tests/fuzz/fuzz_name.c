/* Any bytes as the DOMAIN argument, as a name from DNS and as an address. */
#include "tests/fuzz/fuzz.h"

#include "core/limits.h"
#include "core/name.h"

static void
check_domain(struct arena *a, struct str input)
{
	struct domain domain, again;
	struct err err = { 0 };

	if (domain_parse(a, input, &domain, &err) != RESULT_OK) {
		REQUIRE(err.exit == 64 && err.text[0] == '"');
		REQUIRE(utf8_is_valid(str_of(err.text)));
		return;
	}
	REQUIRE(domain.ascii.n >= 1 && domain.ascii.n <= LIMIT_NAME_BYTES);
	for (size_t i = 0; i < domain.ascii.n; i++) {
		const char c = domain.ascii.p[i];

		REQUIRE(ascii_is_alnum(c) || c == '-' || c == '_' || c == '.');
		REQUIRE(c == ascii_lower(c));
	}
	REQUIRE(domain_parse(a, domain.ascii, &again, NULL) == RESULT_OK);
	REQUIRE(str_eq(again.ascii, domain.ascii) && str_eq(again.unicode, domain.unicode));
	REQUIRE(utf8_is_valid(domain.unicode));
}

static void
check_name(struct arena *a, struct str name)
{
	struct str ascii;

	REQUIRE(name_eq(name, name) && name_is_under(name, name));
	if (name_is_rfc5321_domain(name)) {
		REQUIRE(name_label_count(name) >= 1);
		REQUIRE(name_to_ascii(a, name, &ascii) && str_eq_nocase(ascii, name));
	}
	if (name_to_ascii(a, name, &ascii))
		(void)name_to_unicode(a, ascii);
	(void)name_to_unicode(a, name);
	REQUIRE(name_parent(name).n <= name.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const struct str input = fuzz_input(data, size);

	check_domain(&a, input);
	check_name(&a, input);
	REQUIRE(!(name_is_ipv4(input) && name_is_ipv6(input)));
	REQUIRE(!address_is_private(input) || name_is_ipv4(input) || name_is_ipv6(input));
	arena_release(&a);
	return 0;
}
