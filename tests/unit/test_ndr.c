/* Bounces and log lines: what is understood, and that the table names things that exist. */
#include "tests/support/check.h"

#include "core/buf.h"
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
	{ "a code of two senders", "4.7.5", "Exchange Online", "4.7.5", false, 2 },
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
	{ "a success before the trouble", "250 2.0.0 ok; 450 4.4.8 failed MTA-STS validation",
		"Exchange Online", "4.4.8", true, 1 },
	{ "Status stands over what comes first", "x 4.4.1\nStatus: 5.7.5\n", "Exchange Online",
		"5.7.5", false, 1 },
	{ "bytes", "\xff\x01\x1b[31m", NULL, "", false, 0 },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct ndr n;

		ndr_read(&a, str_of(rows[i].text), &n);
		check_text(rows[i].row, "code", n.code, rows[i].code);
		check_int(rows[i].row, "matches", (long long)n.count, (long long)rows[i].count);
		if (rows[i].sender != NULL) {
			check_text(rows[i].row, "sender", str_of(n.matches[0].type->sender),
				rows[i].sender);
			check_int(rows[i].row, "certain", n.matches[0].is_certain,
				rows[i].is_certain);
		}
		arena_release(&a);
	}
}

static const struct {
	const char *line;
	bool is_bounce;
} typed[] = {
	{ "example.com", false },
	{ "user@example.com", false },
	{ "example.com example.org", false },
	{ "demo good", false },
	{ "", false },
	{ "5.7.5", true },
	{ "450", true },
	{ "450 4.4.8 MX hosts of example.com failed MTA-STS validation.", true },
	{ "postfix/smtp[1]: 4F: to=<a@example.com>, status=deferred (x)", true },
	{ "Final-Recipient: rfc822; a@example.com", true },
	{ "Server certificate not verified", true },
};

static void
test_typed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(typed); i++)
		check_int(typed[i].line, "is a bounce", ndr_is_bounce(str_of(typed[i].line)),
			typed[i].is_bounce);
}

/* What is said of whom is taken only when it is a name, whatever stands there. */
static const struct {
	const char *text, *domain, *host, *address;
} odd[] = {
	{ "to=<a@b@example.com>", "", "", "" },
	{ "to=<>, relay=none, delay=1", "", "", "" },
	{ "to=<a@example.com.>", "example.com", "", "" },
	{ "to=<a@exa\x1b[31mmple.com>", "", "", "" },
	{ "relay=mx.example.com[2001:db8::25]:25", "", "mx.example.com", "2001:db8::25" },
	{ "relay=192.0.2.1[192.0.2.1]:25", "", "", "" },
	{ "relay=mx.example.com[no address]:25", "", "mx.example.com", "" },
	{ "relay=mx.example.com[", "", "mx.example.com", "" },
	{ "Remote-MTA: dns; MX.example.com", "", "MX.example.com", "" },
	{ "Remote-MTA:", "", "", "" },
	{ "ato=<a@example.com>", "", "", "" },
};

static void
test_odd(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(odd); i++) {
		struct arena a = { 0 };
		struct ndr n;

		ndr_read(&a, str_of(odd[i].text), &n);
		check_text(odd[i].text, "domain", n.domain, odd[i].domain);
		check_text(odd[i].text, "host", n.host, odd[i].host);
		check_text(odd[i].text, "address", n.address, odd[i].address);
		arena_release(&a);
	}
}

/* A text without end is read to the limit, and that is told. */
static void
test_long(void **state)
{
	struct buf text = BUF_INIT(0);
	struct arena a = { 0 };
	struct ndr n;

	(void)state;
	while (text.n <= NDR_MAX_BYTES)
		buf_add_text(&text, "to=<a@example.com> 4.7.5 Server certificate\n not verified\n");
	ndr_read(&a, buf_str(&text), &n);
	assert_true(n.is_cut);
	assert_true(n.understood > 100 && n.understood <= n.lines);
	arena_release(&a);
	buf_release(&text);
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
		struct arena a = { 0 };
		struct ndr n;

		while (str_split(&rest, ' ', &id)) {
			if (finding_by_name(id) == NULL)
				fail_msg("%s: %.*s is no finding", types[i].text, STR_ARG(id));
		}
		ndr_read(&a, str_of(types[i].text), &n);
		check_true(types[i].text, "found by its own words",
			n.count > 0 && n.matches[0].is_certain);
		arena_release(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
