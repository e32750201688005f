/* Dates round a policy: ids, Last-Modified, reports; what is no date is none. */
#include "tests/support/check.h"

#include "core/dates.h"

#define DAY INT64_C(1795305600) /* 2026-11-22T00:00:00Z */
#define NONE INT64_C(-1)

static const struct {
	const char *text;
	int64_t id, http, report;
	bool has_zone;
} rows[] = {
	{ "20261122", DAY + 86399, NONE, NONE, false },
	{ "20261122T0800", DAY + 8 * 3600, NONE, NONE, false },
	{ "20261122080001", DAY + 8 * 3600 + 1, NONE, NONE, false },
	{ "20261122T080001Z", DAY + 8 * 3600 + 1, NONE, NONE, false },
	{ "20261322", NONE, NONE, NONE, false },
	{ "20260229", NONE, NONE, NONE, false },
	{ "20280229T0000", INT64_C(1835395200), NONE, NONE, false },
	{ "20261122T08", NONE, NONE, NONE, false },
	{ "20261122T2460", NONE, NONE, NONE, false },
	{ "1", NONE, NONE, NONE, false },
	{ "", NONE, NONE, NONE, false },
	{ "Sun, 22 Nov 2026 08:00:00 GMT", NONE, DAY + 8 * 3600, NONE, false },
	{ "Sun, 22 Nov 2026 08:00:00 CET", NONE, NONE, NONE, false },
	{ "Sun, 22 Foo 2026 08:00:00 GMT", NONE, NONE, NONE, false },
	{ "2026-11-22T08:00:00Z", NONE, NONE, DAY + 8 * 3600, true },
	{ "2026-11-22T08:00:00.250Z", NONE, NONE, DAY + 8 * 3600, true },
	{ "2026-11-22T09:00:00+01:00", NONE, NONE, DAY + 8 * 3600, true },
	{ "2026-11-22T07:30:00-00:30", NONE, NONE, DAY + 8 * 3600, true },
	{ "2026-11-22T08:00:00", NONE, NONE, DAY + 8 * 3600, false },
	{ "2026-11-22", NONE, NONE, NONE, false },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct str text = str_of(rows[i].text);
		int64_t s = NONE;
		bool has_zone = false;

		check_int(rows[i].text, "id", date_of_id(text, &s) ? s : NONE, rows[i].id);
		s = NONE;
		check_int(rows[i].text, "http", date_of_http(text, &s) ? s : NONE, rows[i].http);
		s = NONE;
		check_int(rows[i].text, "report", date_of_report(text, &s, &has_zone) ? s : NONE,
			rows[i].report);
		if (rows[i].report != NONE)
			check_int(rows[i].text, "zone", has_zone, rows[i].has_zone);
	}
}

/* An id that is proposed reads as the date it was made of, and is an id. */
static void
test_today(void **state)
{
	static const int64_t times[] = { 0, 1, DAY, DAY + 86399, INT64_C(1835395200),
		INT64_C(4102444799) };

	(void)state;
	for (size_t i = 0; i < ROWS(times); i++) {
		struct arena a = { 0 };
		const struct str id = id_of_today(&a, times[i]);
		int64_t s = NONE;

		check_true(id.p, "reads back", date_of_id(id, &s) && s == times[i]);
		check_true(id.p, "short enough", id.n <= 32);
		arena_release(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_today),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
