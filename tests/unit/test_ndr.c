/* Bounces and log lines: what is understood, and that the table names things that exist. */
#include "tests/support/check.h"

#include "core/finding.h"
#include "core/ndr.h"

static const struct {
	const char *row, *text, *sender, *code;
	bool is_certain;
	size_t count;
} rows[] = {
	{ "Exchange Online", "450 4.4.8 MX hosts of example.com failed MTA-STS validation.",
		"Exchange Online", "4.4.8", true, 1 },
	{ "the same given up", "550 5.4.8 MX hosts of example.com failed MTA-STS validation",
		"Exchange Online", "5.4.8", true, 1 },
	{ "folded", "550 5.7.5 Remote certificate\r\n   failed MTA-STS validation. Reason: x",
		"Exchange Online", "5.7.5", true, 1 },
	{ "any case", "remote CERTIFICATE failed mta-sts validation", "Exchange Online", "", true,
		1 },
	{ "a code alone", "5.7.5", "Exchange Online", "5.7.5", false, 1 },
	{ "a code of two senders", "4.7.5", "Exchange Online", "4.7.5", false, 8 },
	{ "Postfix log",
		"postfix/smtp[1]: 4F: to=<a@example.com>, dsn=4.7.5, status=deferred (Server "
		"certificate not verified)",
		"Postfix", "4.7.5", true, 1 },
	{ "mox", "mx host mx.example.com does not match enforced mta-sts policy with hosts a, b",
		"mox", "", true, 1 },
	{ "chasquid", "\"mx.example.com\" skipped as per MTA-STA policy", "chasquid", "", true, 1 },
	{ "nothing", "550 5.1.1 no such user", NULL, "5.1.1", false, 0 },
	{ "empty", "", NULL, "", false, 0 },
	{ "no code: a version", "stswalk 4.7.5.1", NULL, "", false, 0 },
	{ "no code: an address", "192.0.2.25 14.7.5", NULL, "", false, 0 },
	{ "bytes", "\xff\x01\x1b[31m", NULL, "", false, 0 },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ndr n;

		ndr_read(str_of(rows[i].text), &n);
		check_text(rows[i].row, "code", n.code, rows[i].code);
		check_int(rows[i].row, "matches", (long long)n.count, (long long)rows[i].count);
		if (rows[i].sender == NULL)
			continue;
		check_text(
			rows[i].row, "sender", str_of(n.matches[0].type->sender), rows[i].sender);
		check_int(rows[i].row, "certain", n.matches[0].is_certain, rows[i].is_certain);
	}
}

static void
test_codes(void **state)
{
	(void)state;
	assert_true(ndr_is_code(STR("5.7.5")));
	assert_true(ndr_is_code(STR("450")));
	assert_false(ndr_is_code(STR("250")));
	assert_false(ndr_is_code(STR("5.7")));
	assert_false(ndr_is_code(STR("txt-absent")));
	assert_false(ndr_is_code(STR("")));
}

static void
test_table(void **state)
{
	size_t count;
	const struct ndr_type *types = ndr_types(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct str rest = str_of(types[i].findings), id;
		struct ndr n;

		while (str_split(&rest, ' ', &id)) {
			if (finding_by_name(id) == NULL)
				fail_msg("%s: %.*s is no finding", types[i].text, STR_ARG(id));
		}
		ndr_read(str_of(types[i].text), &n);
		check_true(types[i].text, "found by its own words",
			n.count > 0 && n.matches[0].is_certain);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
