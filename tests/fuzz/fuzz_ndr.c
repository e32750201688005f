/* Any bytes as a bounce or a log; whatever is read of it is shown. */
#include "tests/fuzz/fuzz.h"

#include "core/ndr.h"
#include "core/render.h"
#include "core/view_sim.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct render_options look = { .columns = 40 };
	const struct str input = fuzz_input(data, size);
	struct buf text = BUF_INIT(0);
	struct arena a = { 0 };
	struct ndr n;
	struct doc doc;

	ndr_read(&a, input, &n);
	REQUIRE(n.count <= NDR_MATCHES_MAX);
	REQUIRE(n.understood <= n.lines);
	REQUIRE(n.code.n == 0 || ndr_is_code(n.code));
	REQUIRE(n.address.n == 0 || n.host.n > 0);
	view_ndr(NULL, input, &doc);
	render_text(&doc, &look, &text);
	REQUIRE(utf8_is_valid(buf_str(&text)));
	doc_release(&doc);
	buf_release(&text);
	arena_release(&a);
	return 0;
}
