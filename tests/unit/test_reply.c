/* SMTP replies: RFC 5321 section 4.2. */
#include "core/reply.h"

#include <string.h>

#include "core/limits.h"

#include "support/check.h"

static const struct {
	const char *name;
	struct str lines; /* separated by LF */
	enum reply_state state;
	int code;
	unsigned oddities;
	const char *enhanced;
} rows[] = {
	{ "one line", BYTES("220 mx.example.com ESMTP"), REPLY_DONE, 220, 0, "" },
	{ "code alone", BYTES("250"), REPLY_DONE, 250, 0, "" },
	{ "code and blank", BYTES("250 "), REPLY_DONE, 250, 0, "" },
	{ "several lines", BYTES("250-mx\n250-SIZE 1\n250 STARTTLS"), REPLY_DONE, 250, 0, "" },
	{ "not complete", BYTES("250-mx\n250-SIZE 1"), REPLY_MORE, 250, 0, "" },
	{ "last line is only a code", BYTES("250-mx\n250"), REPLY_DONE, 250, 0, "" },
	{ "mixed codes", BYTES("250-mx\n251 x"), REPLY_BAD, 250, 0, "" },
	{ "other protocol", BYTES("SSH-2.0-example"), REPLY_BAD, 0, 0, "" },
	{ "empty line", BYTES("\n"), REPLY_BAD, 0, 0, "" },
	{ "two digits", BYTES("25"), REPLY_BAD, 0, 0, "" },
	{ "four digits", BYTES("2500 x"), REPLY_BAD, 0, 0, "" },
	{ "first digit", BYTES("150 x"), REPLY_BAD, 0, 0, "" },
	{ "second digit is taken as sent", BYTES("571 x"), REPLY_DONE, 571, 0, "" },
	{ "other separator", BYTES("250_x"), REPLY_BAD, 0, 0, "" },
	{ "enhanced code", BYTES("550 5.7.1 refused"), REPLY_DONE, 550, 0, "5.7.1" },
	{ "enhanced code of the first line", BYTES("450-4.7.26 a\n450 4.7.27 b"), REPLY_DONE, 450,
		0, "4.7.26" },
	{ "enhanced code alone", BYTES("250 2.0.0"), REPLY_DONE, 250, 0, "2.0.0" },
	{ "class differs", BYTES("550 4.7.1 refused"), REPLY_DONE, 550, 0, "" },
	{ "address is no enhanced code", BYTES("220 2.2.2.2 ready"), REPLY_DONE, 220, 0, "" },
	{ "version is no enhanced code", BYTES("220 2.1beta"), REPLY_DONE, 220, 0, "" },
	{ "UTF-8", BYTES("250 caf\xc3\xa9"), REPLY_DONE, 250, REPLY_ODD_NON_ASCII, "" },
	{ "control", BYTES("250 \x1b[2J"), REPLY_DONE, 250, REPLY_ODD_NON_ASCII, "" },
	{ "NUL behind the code", BYTES("250\0x"), REPLY_BAD, 0, REPLY_ODD_NON_ASCII, "" },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct reply r = { 0 };
		struct str rest = rows[i].lines;
		struct str line;
		size_t n = 0;

		while (r.state == REPLY_MORE && str_split(&rest, '\n', &line)) {
			reply_add(&a, &r, line, true);
			check_str(rows[i].name, "line", r.lines.v[n++], line);
		}
		check_int(rows[i].name, "state", r.state, rows[i].state);
		check_int(rows[i].name, "code", r.code, rows[i].code);
		check_int(rows[i].name, "oddities", r.oddities, rows[i].oddities);
		check_text(rows[i].name, "enhanced code", r.enhanced, rows[i].enhanced);
		check_int(rows[i].name, "lines kept", (long long)r.lines.n, (long long)n);
		check_int(rows[i].name, "texts", (long long)r.texts.n,
			(long long)(r.state == REPLY_BAD ? n - 1 : n));
		arena_release(&a);
	}
}

static void
test_limits(void **state)
{
	struct arena a = { 0 };
	struct reply r = { 0 };
	char line[LIMIT_SMTP_LINE_BYTES + 1];
	size_t n = 0;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "250-", 4);
	assert_int_equal(reply_add(&a, &r, (struct str){ line, 510 }, true), REPLY_MORE);
	assert_int_equal(r.oddities, 0);
	assert_int_equal(reply_add(&a, &r, (struct str){ line, 511 }, false), REPLY_MORE);
	assert_int_equal(r.oddities, REPLY_ODD_LONG_LINE | REPLY_ODD_BARE_LF);
	assert_int_equal(reply_add(&a, &r, (struct str){ line, sizeof(line) }, true), REPLY_BAD);

	r = (struct reply){ 0 };
	while (reply_add(&a, &r, STR("250-x"), true) == REPLY_MORE)
		n++;
	assert_int_equal(n, LIMIT_SMTP_REPLY_LINES);

	r = (struct reply){ 0 };
	n = 0;
	while (reply_add(&a, &r, (struct str){ line, 1022 }, true) == REPLY_MORE)
		n++;
	assert_int_equal(n, LIMIT_SMTP_REPLY_BYTES / 1024);
	arena_release(&a);
}

static const struct {
	const char *name;
	const char *keyword;
	bool has_starttls;
	const char *masked;
} keywords[] = {
	{ "offered", "STARTTLS", true, "" },
	{ "lower case", "starttls", true, "" },
	{ "with blanks", "STARTTLS  ", true, "" },
	{ "with a parameter", "STARTTLS x", true, "" },
	{ "longer word", "STARTTLSX", false, "" },
	{ "parameter of another", "AUTH STARTTLS", false, "" },
	{ "masked", "XXXXXXXA", false, "XXXXXXXA" },
	{ "masked whole", "XXXXXXXX", false, "XXXXXXXX" },
	{ "another length", "XXXXXXX", false, "" },
	{ "a real keyword", "PIPELINE", false, "" },
	{ "few X", "X-EXPSXX", false, "" },
};

static void
test_ehlo(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(keywords); i++) {
		struct arena a = { 0 };
		struct reply r = { 0 };
		struct ehlo e;

		reply_add(&a, &r, STR("250-STARTTLS is only a greeting here"), true);
		reply_add(&a, &r, STR("250-SIZE 1000"), true);
		reply_add(&a, &r, arena_printf(&a, "250 %s", keywords[i].keyword), true);
		ehlo_parse(&a, &r, &e);
		check_int(keywords[i].name, "STARTTLS", e.has_starttls, keywords[i].has_starttls);
		check_text(keywords[i].name, "masked", e.masked, keywords[i].masked);
		check_int(keywords[i].name, "keywords", (long long)e.keywords.n, 2);
		check_text(keywords[i].name, "first", e.keywords.v[0], "SIZE 1000");
		arena_release(&a);
	}
}

static void
test_ehlo_masked_beside(void **state)
{
	struct arena a = { 0 };
	struct reply r = { 0 };
	struct ehlo e;

	(void)state;
	ehlo_parse(&a, &r, &e);
	assert_false(e.has_starttls);
	reply_add(&a, &r, STR("250-mx"), true);
	reply_add(&a, &r, STR("250-XXXXXXXX"), true);
	reply_add(&a, &r, STR("250 STARTTLS"), true);
	ehlo_parse(&a, &r, &e);
	assert_true(e.has_starttls);
	assert_int_equal(e.masked.n, 0);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_ehlo),
		cmocka_unit_test(test_ehlo_masked_beside),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
