/* Any bytes as a policy file. */
#include "tests/fuzz/fuzz.h"

#include "core/limits.h"
#include "core/policy.h"

static void
check_lines(const struct policy *p)
{
	size_t at = 0;

	for (size_t i = 0; i < p->line_count; i++) {
		const struct policy_line *line = &p->lines[i];
		static const size_t eol_bytes[] = { 0, 1, 2, 1 };

		REQUIRE(line->number == i + 1);
		REQUIRE(line->at == at && line->text.p == p->body.p + at);
		REQUIRE(line->note_at <= line->text.n);
		REQUIRE(fuzz_is_inside(line->key, line->text));
		REQUIRE(fuzz_is_inside(line->value, line->text));
		REQUIRE((line->note == POLICY_NOTE_NONE) == (policy_note_name(line->note) == NULL));
		at += line->text.n + eol_bytes[line->eol];
	}
	if (p->line_count == p->total_lines)
		REQUIRE(at == p->body.n);
	else
		REQUIRE(p->line_count == LIMIT_POLICY_LINES);
}

static void
check_fields(const struct policy *p)
{
	bool has_bad_mx = false;

	for (size_t i = 0; i < p->mx_count; i++) {
		size_t at;

		REQUIRE(p->mx[i].line >= 1 && p->mx[i].line <= p->total_lines);
		REQUIRE(p->mx[i].is_valid ==
			(mx_pattern_check(p->mx[i].text, &at) == MX_FAULT_NONE));
		REQUIRE(at <= p->mx[i].text.n);
		has_bad_mx |= !p->mx[i].is_valid;
	}
	REQUIRE(has_bad_mx == p->has_bad_mx);
	REQUIRE(!(p->is_max_age_ok && p->is_max_age_over));
	REQUIRE(!p->is_max_age_ok || p->max_age_s <= POLICY_MAX_AGE_MAX_S);
	if (!p->is_valid)
		return;
	REQUIRE(p->version_line != 0 && p->mode_line != 0 && p->max_age_line != 0);
	REQUIRE(p->is_version_ok && p->is_max_age_ok && p->mode != POLICY_MODE_UNKNOWN);
	REQUIRE(p->mode == POLICY_MODE_NONE || p->mx_count != 0);
	REQUIRE(!p->has_nul && !p->has_bom && !p->is_utf16 && !p->has_bare_cr && !p->is_empty);
}

/* A valid policy stays what it is with CRLF, tidy blanks and no blank lines. */
static void
check_rewritten(struct arena *a, const struct policy *p)
{
	struct policy again;
	char *text = arena_alloc(a, p->body.n + 4 * p->line_count + 1);
	size_t n = 0;

	if (!p->is_valid || p->line_count != p->total_lines)
		return;
	for (size_t i = 0; i < p->line_count; i++) {
		const struct policy_line *line = &p->lines[i];

		if (line->note != POLICY_NOTE_BLANK)
			n += (size_t)sprintf(text + n, "%.*s: %.*s\r\n", STR_ARG(line->key),
				STR_ARG(line->value));
	}
	policy_parse(a, (struct str){ text, n }, &again);
	REQUIRE(again.is_valid && !again.has_blank_lines && again.has_crlf && !again.has_lf);
	REQUIRE(again.mode == p->mode && again.max_age_s == p->max_age_s);
	REQUIRE(again.mx_count == p->mx_count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct policy policy;

	policy_parse(&a, fuzz_input(data, size), &policy);
	check_lines(&policy);
	check_fields(&policy);
	check_rewritten(&a, &policy);
	arena_release(&a);
	return 0;
}
