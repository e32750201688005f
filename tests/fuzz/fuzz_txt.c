/* Any lines as the TXT records at _mta-sts.D. */
#include "tests/fuzz/fuzz.h"

#include "core/txt.h"

static void
check_record(const struct txt_record *r)
{
	REQUIRE(r->is_valid == (r->fault == TXT_FAULT_NONE));
	REQUIRE(r->fault_at <= r->text.n);
	REQUIRE(fuzz_is_inside(r->fault_seen, r->text));
	REQUIRE(fuzz_is_inside(r->id, r->text));
	REQUIRE(!r->has_prefix || r->is_near);
	REQUIRE(!r->is_valid || r->is_near);
	for (size_t i = 0; i < r->field_count; i++) {
		REQUIRE(fuzz_is_inside(r->fields[i].name, r->text));
		REQUIRE(fuzz_is_inside(r->fields[i].value, r->text));
		REQUIRE(r->text.p + r->fields[i].at == r->fields[i].name.p);
	}
	if (!r->is_valid)
		return;
	REQUIRE(r->id_count >= 1 && r->id.n >= 1 && r->id.n <= 32);
	for (size_t i = 0; i < r->id.n; i++)
		REQUIRE(ascii_is_alnum(r->id.p[i]));
	REQUIRE(r->has_prefix != r->has_space_before_semicolon);
}

/* What the fields of a valid record say does not change when they are written out again. */
static void
check_rewritten(struct arena *a, const struct txt_record *r)
{
	struct str text = STR("v=STSv1");
	struct txt_record again;

	if (!r->is_valid || r->field_count > 1000)
		return;
	for (size_t i = 0; i < r->field_count; i++)
		text = arena_printf(a, "%.*s;%.*s=%.*s", STR_ARG(text), STR_ARG(r->fields[i].name),
			STR_ARG(r->fields[i].value));
	txt_parse(a, text, &again);
	REQUIRE(again.is_valid && again.has_prefix);
	REQUIRE(str_eq(again.id, r->id) && again.field_count == r->field_count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	const struct strs records = fuzz_lines(&a, fuzz_input(data, size));
	struct txt_set set;

	txt_choose(&a, records, &set);
	REQUIRE(set.count == records.n);
	for (size_t i = 0; i < set.count; i++) {
		check_record(&set.records[i]);
		check_rewritten(&a, &set.records[i]);
	}
	REQUIRE((set.candidates == 1) == (set.chosen != NULL));
	REQUIRE((set.verdict == TXT_VERDICT_NONE) == (set.candidates == 0));
	REQUIRE((set.verdict == TXT_VERDICT_VALID) == (set.chosen != NULL && set.chosen->is_valid));
	arena_release(&a);
	return 0;
}
