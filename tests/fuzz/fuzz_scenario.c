/* Any bytes as a scenario: read, or refused with a line; and its zone answers any question. */
#include <string.h>

#include "fuzz.h"
#include "net/lab/lab_dns.h"

#define QUERY_BYTES 64 /* of the input's end, asked as a question too */

static void
ask(const struct lab_spec *spec, struct str input)
{
	struct buf out = BUF_INIT(LAB_DNS_MESSAGE_BYTES);
	size_t from = input.n > QUERY_BYTES ? input.n - QUERY_BYTES : 0;
	int64_t delay_ms;

	if (lab_dns_answer(&spec->zone, str_skip(input, from), false, &out, &delay_ms))
		REQUIRE(out.n >= 12 && delay_ms >= 0);
	buf_release(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = fuzz_input(data, size);
	struct arena a = { 0 };
	struct lab_spec *spec;
	struct err err = { 0 };

	if (spec_parse(STR("fuzz"), input, &a, &spec, &err) == RESULT_OK)
		ask(spec, input);
	else
		REQUIRE(err.exit == 65 && strncmp(err.text, "fuzz.lab:", 9) == 0);
	arena_release(&a);
	return 0;
}
