/* The first line is a name, the others are the patterns of a policy. */
#include "tests/fuzz/fuzz.h"

#include "core/match.h"
#include "core/name.h"

static struct str
upper(struct arena *a, struct str s)
{
	const struct str copy = arena_str(a, s);
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(copy.p[i] >= 'a' && copy.p[i] <= 'z' ? copy.p[i] - 'a' + 'A'
								   : copy.p[i]);
	return (struct str){ p, s.n };
}

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

static void
check_pair(struct arena *a, struct str pattern, struct str name)
{
	const struct match_pair pair = match_name(pattern, name);
	const struct match_pair shouted = match_name(upper(a, pattern), upper(a, name));

	REQUIRE(match_explain(a, pattern, name, pair).n != 0);
	if (!is_ascii(pattern) || !is_ascii(name))
		return;
	REQUIRE(pair.miss == shouted.miss && pair.label_from_right == shouted.label_from_right);
	REQUIRE((pair.miss == MATCH_MISS_NONE || pair.miss == MATCH_MISS_MALFORMED) ==
		(pair.label_from_right == 0));
	if (pair.miss == MATCH_MISS_NONE)
		REQUIRE(name_label_count(pattern) == name_label_count(name));
	if (name_is_rfc5321_domain(name))
		REQUIRE(match_name(name, name).miss == MATCH_MISS_NONE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const struct strs lines = fuzz_lines(&a, fuzz_input(data, size));
	const struct str name = lines.n != 0 ? lines.v[0] : STR_EMPTY;
	const size_t count = lines.n != 0 ? lines.n - 1 : 0;
	struct policy_pattern *patterns = arena_array(&a, count, sizeof(*patterns));
	struct match_result result;
	size_t at;

	for (size_t i = 0; i < count; i++) {
		patterns[i].text = lines.v[i + 1];
		patterns[i].is_valid = mx_pattern_check(patterns[i].text, &at) == MX_FAULT_NONE;
		check_pair(&a, patterns[i].text, name);
	}
	match_patterns(patterns, count, name, &result);
	if (result.is_match)
		REQUIRE(match_name(patterns[result.pattern].text, name).miss == MATCH_MISS_NONE);
	else
		REQUIRE(result.nearest == SIZE_MAX ? count == 0 : result.nearest < count);
	for (size_t i = 0; i < count && !result.is_match; i++)
		REQUIRE(!patterns[i].is_valid ||
			match_name(patterns[i].text, name).miss != MATCH_MISS_NONE);
	arena_release(&a);
	return 0;
}
