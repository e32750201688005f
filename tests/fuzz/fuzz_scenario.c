/* Any bytes as a scenario: read or refused with a line, never more. */
#include <stdlib.h>
#include <string.h>

#include "net/lab/lab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };

	if (scenario_parse(STR("fuzz"), (struct str){ (const char *)data, size }, &a, &s, &err) !=
			RESULT_OK &&
		(err.exit != 65 || strncmp(err.text, "fuzz.lab:", 9) != 0))
		abort();
	arena_release(&a);
	return 0;
}
