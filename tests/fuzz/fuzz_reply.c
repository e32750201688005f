/* Any lines as an SMTP reply, and as one to EHLO. */
#include "tests/fuzz/fuzz.h"

#include "core/reply.h"

static void
check_ehlo(struct arena *a, const struct reply *r)
{
	struct ehlo e;

	ehlo_parse(a, r, &e);
	REQUIRE(e.keywords.n == (r->texts.n != 0 ? r->texts.n - 1 : 0));
	REQUIRE(!(e.has_starttls && e.masked.n != 0));
	REQUIRE(e.masked.n == 0 || e.masked.n == 8);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct reply r = { 0 };
	struct str rest = fuzz_input(data, size);
	struct str line;

	while (r.state == REPLY_MORE && str_split(&rest, '\n', &line)) {
		const bool had_cr = line.n != 0 && line.p[line.n - 1] == '\r';

		reply_add(&a, &r, str_sub(line, 0, line.n - had_cr), had_cr);
		REQUIRE(r.lines.v[r.lines.n - 1].n == line.n - had_cr);
	}
	REQUIRE(r.code == 0 || (r.code >= 200 && r.code <= 599));
	REQUIRE(r.lines.n == r.texts.n + (r.state == REPLY_BAD));
	REQUIRE(r.state != REPLY_DONE || r.code != 0);
	REQUIRE(r.enhanced.n == 0 || fuzz_is_inside(r.enhanced, r.texts.v[0]));
	check_ehlo(&a, &r);
	arena_release(&a);
	return 0;
}
