/* Any lines as the TXT records at _smtp._tls.D. */
#include "tests/fuzz/fuzz.h"

#include "core/tlsrpt.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const struct strs records = fuzz_lines(&a, fuzz_input(data, size));
	struct tlsrpt t;
	bool all_good = true;

	tlsrpt_parse(&a, records, &t);
	REQUIRE(t.fault_at <= t.chosen.n);
	REQUIRE((t.fault == TLSRPT_FAULT_ABSENT || t.fault == TLSRPT_FAULT_MULTIPLE) ==
		(t.chosen.n == 0));
	for (size_t i = 0; i < t.rua_count; i++) {
		REQUIRE(fuzz_is_inside(t.rua[i].uri, t.chosen));
		REQUIRE(fuzz_is_inside(t.rua[i].host, t.rua[i].uri));
		REQUIRE(t.rua[i].fault != RUA_FAULT_NONE || t.rua[i].host.n != 0);
		all_good &= t.rua[i].fault == RUA_FAULT_NONE;
	}
	REQUIRE(t.is_valid == (t.fault == TLSRPT_FAULT_NONE && all_good));
	REQUIRE(!t.is_valid || t.rua_count != 0);
	arena_release(&a);
	return 0;
}
