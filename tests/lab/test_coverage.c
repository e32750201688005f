/* Every finding of the catalogue is raised by a scenario, or is listed here with the reason; then a
 * recorded session raises it (tests/sessions) where a walk can at all. */
#include "tests/support/check.h"

#include <stdio.h>

#include "core/attack.h"
#include "core/buf.h"
#include "core/finding.h"
#include "core/name.h"
#include "core/render.h"
#include "core/sessfile.h"
#include "core/tlsrpt_sum.h"
#include "core/view_sim.h"
#include "net/lab/lab.h"

static bool is_told_of_attack(const char *id);
static bool is_told_of_report(const char *id);

static const struct {
	const char *id, *why;
	bool (*is_told)(
		const char *id); /* of more than a walk: what raises it, NULL for a session */
} exceptions[] = {
	{ "env-budget-spent", "needs --timeout" },
	{ "env-ca-store-missing", "the lab brings its own trust store" },
	{ "env-ca-store-old", "the age of a file of this machine" },
	{ "env-ad-untrusted", "the lab's resolver is on loopback, where AD counts" },
	{ "env-ehlo-name-weak", "depends on --ehlo, which the lab sets" },
	{ "env-ipv4-none", "depends on the routes of this machine" },
	{ "env-ipv6-none", "depends on the routes of this machine" },
	{ "host-private-address", "never raised with --https-port, which the lab uses" },
	{ "mx-private-address", "never raised with --smtp-port, which the lab uses" },
	{ "require-not-met", "needs --require" },
	{ "cache-first-contact", "told of an attack that is tried on a walk", is_told_of_attack },
	{ "tlsrpt-report-malformed", "told of a report that is read", is_told_of_report },
	{ "tlsrpt-report-stale-policy", "told of a report that is read", is_told_of_report },
};

static bool
has(struct str text, struct str needle)
{
	return str_find_str(text, needle) < text.n;
}

/* A whole file of the tests, in the arena. */
static struct str
file_text(struct arena *a, const char *name)
{
	const char *path = arena_printf(a, "%s/%s", TEST_DIR, name).p;
	const size_t most = 1 << 20;
	char *bytes = arena_array(a, most, 1);
	struct str text = { bytes, 0 };
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		fail_msg("%s: cannot be read", path);
	text.n = fread(bytes, 1, most, f);
	fclose(f);
	return text;
}

/* The recorded walk of a domain in enforce, as an attacker on the way would have it. */
static bool
is_told_of_attack(const char *id)
{
	const struct sim_choice choice = { .attacks = ATTACK_BIT(ATTACK_DROP) |
						      ATTACK_BIT(ATTACK_STRIP) };
	struct arena a = { 0 };
	struct err err = { 0 };
	struct buf shown = { 0 };
	struct session s;
	struct judgement j;
	struct doc doc;
	bool is_told;

	session_init(&s);
	if (sessfile_read(file_text(&a, "sessions/good.stswalk"), &s, NULL, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	judge(&s, NULL, &j);
	view_simulate(&(struct view_input){ &s, &j, s.last_us }, SIM_TAB_ATTACKS, &choice, &doc);
	render_text(&doc, &(struct render_options){ .columns = 200 }, &shown);
	is_told = has(buf_str(&shown), str_of(id));
	doc_release(&doc);
	buf_release(&shown);
	judgement_release(&j);
	session_release(&s);
	arena_release(&a);
	return is_told;
}

/* A report with oddities, of a sender that applied another policy than the one published. */
static bool
is_told_of_report(const char *id)
{
	static const char *const files[] = { "vectors/reports/good.json",
		"vectors/reports/odd.json" };
	struct named_report reports[ROWS(files)] = { 0 };
	struct arena a = { 0 };
	struct report_totals totals;
	struct buf json = { 0 };
	struct err err = { 0 };
	bool is_told;

	for (size_t i = 0; i < ROWS(files); i++) {
		reports[i].file = str_of(files[i]);
		if (tls_report_read(&a, file_text(&a, files[i]), &reports[i].report, &err) !=
			RESULT_OK)
			fail_msg("%s: %s", files[i], err.text);
	}
	report_totals_make(
		reports, ROWS(files), file_text(&a, "vectors/reports/policy.txt"), &totals);
	render_tlsrpt_json(&totals, &json);
	is_told = has(buf_str(&json), arena_printf(&a, "\"%s\"", id));
	report_totals_release(&totals);
	buf_release(&json);
	arena_release(&a);
	return is_told;
}

/* Whether a row of tests/sessions/expect.tsv has it. */
static bool
is_recorded(const char *id)
{
	char line[1024];
	bool is_found = false;
	FILE *f = fopen(TEST_DIR "/sessions/expect.tsv", "r");

	assert_non_null(f);
	while (!is_found && fgets(line, sizeof(line), f) != NULL) {
		struct str rest = str_of(line), column;

		while (!is_found && str_split(&rest, '\t', &column)) {
			struct str word;

			is_found = str_split(&column, ' ', &word) &&
				   str_split(&column, ' ', &word) && str_is(word, id);
		}
	}
	fclose(f);
	return is_found;
}

static bool
is_expected(const struct scenario *s, const char *id)
{
	for (size_t i = 0; i < s->expect.n; i++) {
		struct str rest = s->expect.v[i], word;

		if (str_split(&rest, ' ', &word) && str_is(word, id))
			return true;
	}
	return false;
}

static bool
is_in_a_scenario(const char *id)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };
	bool found = false;

	for (size_t i = 0; i < scenario_count() && !found; i++) {
		if (scenario_shipped(i, &a, &s, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		found = is_expected(&s, id);
	}
	arena_release(&a);
	return found;
}

static const char *
exception_for(const char *id)
{
	for (size_t i = 0; i < ROWS(exceptions); i++) {
		if (str_is(str_of(id), exceptions[i].id))
			return exceptions[i].why;
	}
	return NULL;
}

/* Whoever reads a scenario learns what is broken, what follows, what to do and where it stands. */
static void
test_every_scenario_tells_all(void **state)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };

	(void)state;
	assert_true(scenario_count() > 150);
	for (size_t i = 0; i < scenario_count(); i++) {
		if (scenario_shipped(i, &a, &s, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		const struct {
			const char *word;
			struct str text;
		} words[] = { { "title", s.title }, { "broken", s.broken }, { "sender", s.sender },
			{ "owner", s.owner }, { "fix", s.fix }, { "reading", s.reading } };

		for (size_t k = 0; k < ROWS(words); k++)
			if (words[k].text.n < 8)
				fail_msg("%.*s has no %s", STR_ARG(s.name), words[k].word);
		check_true(s.name.p, "title fits lists", s.title.n <= 54);
		for (size_t act = 1; act < s.acts.n; act++) {
			struct scenario later;

			if (scenario_act(&s, act, &a, &later, &err) != RESULT_OK)
				fail_msg("%s", err.text);
			if (later.note.n < 8)
				fail_msg(
					"%.*s: an act does not say what was done", STR_ARG(s.name));
		}
	}
	arena_release(&a);
}

static void
test_every_finding_has_a_scenario(void **state)
{
	unsigned missing = 0;

	(void)state;
	for (int i = 0; i < finding_count; i++) {
		const char *id = finding_type((enum finding_id)i)->name;
		bool is_raised = is_in_a_scenario(id);

		if (!is_raised && exception_for(id) == NULL) {
			print_error("no scenario raises %s\n", id);
			missing++;
		}
		if (is_raised && exception_for(id) != NULL)
			fail_msg("%s is raised by a scenario: no exception any more", id);
	}
	assert_int_equal(missing, 0);
}

static void
test_exceptions_are_findings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(exceptions); i++) {
		check_true(exceptions[i].id, "a finding",
			finding_by_name(str_of(exceptions[i].id)) != NULL);
		check_true(exceptions[i].id, "raised by a recorded session, attack or report",
			exceptions[i].is_told != NULL ? exceptions[i].is_told(exceptions[i].id)
						      : is_recorded(exceptions[i].id));
	}
}

static void
test_expectations_are_findings(void **state)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < scenario_count(); i++) {
		if (scenario_shipped(i, &a, &s, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		for (size_t k = 0; k < s.expect.n; k++) {
			struct str rest = s.expect.v[k], word = STR_EMPTY;

			str_split(&rest, ' ', &word);
			if (finding_by_name(word) == NULL)
				fail_msg("%.*s: \"%.*s\" is no finding", STR_ARG(s.name),
					STR_ARG(word));
		}
	}
	arena_release(&a);
}

static bool
declares(const struct scenario *s, const char *path)
{
	for (size_t i = 0; i < s->expect_json.n; i++) {
		struct str rest = s->expect_json.v[i], word = STR_EMPTY;

		str_split(&rest, '=', &word);
		if (str_is(word, path))
			return true;
	}
	return false;
}

/* What becomes of the mail stands in every act, for who holds a policy and for DANE as well. */
static void
check_outcomes(const struct scenario *s, struct str text)
{
	const char *name = s->name.p;

	check_true(name, "the outcome of fresh senders", declares(s, "verdict.mail_now.fresh"));
	if (has(text, STR("\n[cached ")) && s->act == s->acts.n - 1)
		check_true(name, "the outcome of cached senders",
			declares(s, "verdict.mail_now.cached"));
	if (has(text, STR(" TLSA ")))
		check_true(
			name, "the outcome of DANE senders", declares(s, "verdict.mail_now.dane"));
}

static void
test_outcomes_are_declared(void **state)
{
	struct arena a = { 0 };
	struct scenario s, act;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < scenario_count(); i++) {
		if (scenario_shipped(i, &a, &s, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		for (size_t k = 0; k < s.acts.n; k++) {
			if (scenario_act(&s, k, &a, &act, &err) != RESULT_OK)
				fail_msg("%s", err.text);
			check_outcomes(&act, s.text);
		}
	}
	arena_release(&a);
}

/* A lesson is worth reading only whole. */
static void
test_lessons_are_whole(void **state)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < scenario_count(); i++) {
		if (scenario_shipped(i, &a, &s, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		if (s.title.n == 0 || s.title.n > 54 || s.broken.n == 0 || s.sender.n == 0 ||
			s.owner.n == 0 || s.fix.n == 0 || s.reading.n == 0)
			fail_msg("%.*s: the lesson is not whole", STR_ARG(s.name));
		if (!name_is_under(s.domain, arena_printf(&a, "%.*s.test", STR_ARG(s.name))))
			fail_msg(
				"%.*s: the domain is not NAME.test, nor below it", STR_ARG(s.name));
	}
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_scenario_tells_all),
		cmocka_unit_test(test_every_finding_has_a_scenario),
		cmocka_unit_test(test_exceptions_are_findings),
		cmocka_unit_test(test_expectations_are_findings),
		cmocka_unit_test(test_outcomes_are_declared),
		cmocka_unit_test(test_lessons_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
