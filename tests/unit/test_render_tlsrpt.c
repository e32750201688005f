/* The report that a sender would file for a walk: whose address it was sent from, and redacted. */
#include "tests/support/story_reports.h"

#include "core/redact.h"

static size_t
count(const struct buf *text, const char *piece)
{
	const struct str wanted = str_of(piece);
	struct str rest = buf_str(text);
	size_t n = 0, at;

	while ((at = str_find_str(rest, wanted)) < rest.n) {
		rest = str_skip(rest, at + wanted.n);
		n++;
	}
	return n;
}

static void
check_sender(const char *row, const struct session *s, const char *address, size_t times)
{
	struct buf text = report_of(s, FORMAT_TLSRPT, NULL);

	check_int(row, "failures", (long long)count(&text, "\"sending-mta-ip\":"), 3);
	check_int(row, address, (long long)count(&text, address), (long long)times);
	buf_release(&text);
}

/* RFC 8460 section 4.4: the address of the sending MTA, which is ours. */
static void
test_sender(void **state)
{
	struct session s, redacted;
	struct build b;

	(void)state;
	story_failing(&b, &s);
	check_sender("as walked", &s, "\"sending-mta-ip\":\"203.0.113.5\"", 3);
	session_redact(&s, REDACT_SOURCE, &redacted, NULL);
	check_sender("redacted", &redacted, "203.0.113.5\"", 0);
	check_sender("redacted", &redacted, "\"sending-mta-ip\":\"0.0.0.0\"", 3);
	session_release(&redacted);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
