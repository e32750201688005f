/* Any bytes made visible: nothing that could move a cursor may come through. */
#include "tests/fuzz/fuzz.h"

#include "core/safe.h"

static unsigned
measure(struct arena *a, struct str text)
{
	return safe_literal(arena_str(a, text).p).width;
}

static void
check_safe(struct arena *a, struct safe s)
{
	const struct safe again = safe_text(a, s.text, 0);

	REQUIRE(utf8_is_valid(s.text));
	for (size_t i = 0; i < s.text.n; i++)
		REQUIRE((unsigned char)s.text.p[i] >= 0x20 && s.text.p[i] != 0x7f);
	REQUIRE(str_eq(again.text, s.text) && again.width == s.width);
	REQUIRE(measure(a, s.text) == s.width);
}

static void
check_cuts(struct arena *a, struct str bytes, struct safe whole, unsigned cells)
{
	const struct safe cut = safe_text(a, bytes, cells);
	const struct safe head = safe_clip(whole, cells);
	const struct safe middle = safe_shorten(a, whole, cells);

	check_safe(a, cut);
	REQUIRE(cells == 0 || cut.width <= cells);
	REQUIRE(cells == 0 || whole.width > cells || str_eq(cut.text, whole.text));
	check_safe(a, head);
	REQUIRE(head.width <= cells && str_starts(whole.text, head.text));
	check_safe(a, middle);
	REQUIRE(middle.width <= cells);
}

/* Every character but blanks comes out of wrapping, in order. */
static void
check_wrap(struct arena *a, struct safe whole, unsigned cells)
{
	struct safe rest = whole;
	struct str left = whole.text;

	while (rest.text.n != 0) {
		const struct safe line = safe_wrap(rest, cells, &rest);

		check_safe(a, line);
		REQUIRE(line.text.n != 0);
		REQUIRE(line.width <= (cells > 2 ? cells : 2));
		REQUIRE(rest.width == measure(a, rest.text));
		REQUIRE(str_starts(left, line.text));
		left = str_skip(left, line.text.n);
		while (left.n > rest.text.n) {
			REQUIRE(left.p[0] == ' ');
			left = str_skip(left, 1);
		}
	}
}

/* Safe pieces next to each other are as safe as each alone. */
static void
check_halves(struct arena *a, struct str bytes)
{
	const struct safe x = safe_text(a, str_sub(bytes, 0, bytes.n / 2), 0);
	const struct safe y = safe_text(a, str_skip(bytes, bytes.n / 2), 0);
	const struct safe both = safe_printf(a, "%.*s%.*s", SAFE_ARG(x), SAFE_ARG(y));

	REQUIRE(both.width == x.width + y.width && both.text.n == x.text.n + y.text.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const struct str bytes = fuzz_input(data, size < 2048 ? size : 2048);
	const struct safe whole = safe_text(&a, bytes, 0);
	const struct safe ascii = safe_ascii(&a, whole);
	const struct safe block = safe_block(&a, bytes);
	const unsigned cells = size != 0 ? data[0] % 40 : 0;

	check_safe(&a, whole);
	check_safe(&a, ascii);
	REQUIRE(ascii.width == ascii.text.n);
	for (struct str rest = block.text, line; str_split(&rest, '\n', &line);) {
		const struct safe s = { line, measure(&a, line) };

		check_safe(&a, s);
		REQUIRE(s.width <= block.width);
	}
	check_cuts(&a, bytes, whole, cells);
	check_wrap(&a, whole, cells);
	check_halves(&a, bytes);
	arena_release(&a);
	return 0;
}
