/* Profiles of senders: the table names things that exist, and rows do what they say. */
#include "tests/support/judge_case.h"

#include "core/senders.h"

static void
test_points(void **state)
{
	size_t count;
	const struct habit *habits = sender_habits(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct str point = str_of(habits[i].point);

		if (!str_is(point, "always") && !str_is(point, "cached") &&
			finding_by_name(point) == NULL)
			fail_msg("%s is no point", habits[i].point);
		assert_true(habits[i].note[0] != '\0');
	}
	for (int i = 0; i < sender_count; i++) {
		const struct sender_type *t = sender_type((enum sender_id)i);

		assert_ptr_equal(sender_by_name(str_of(t->id)), t);
	}
	assert_null(sender_by_name(STR("nobody")));
}

static void
hold_old_host(struct build *b)
{
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"), .first_s = -1,
		.fetched_s = BUILD_AS_OF_S - BUILD_DAY_S, .id = STR("1"),
		.body = STR(
			"version: STSv1\nmode: enforce\nmx: old.example.com\nmax_age: 864000\n"));
}

#define MX1 "mx1.example.com"
#define DEEP "eu1.in.example.com"
#define BODY(text) .body = BYTES_OF(text)
#define BYTES_OF(text) \
	{ \
		text, sizeof(text) - 1 \
	}
#define STARTTLS_NONE \
	{ \
		.host = MX1, .address = "192.0.2.25", .ehlo = "250 " MX1 \
	}
#define STARTTLS_MASKED \
	{ \
		.host = MX1, .address = "192.0.2.25", .ehlo = "250-" MX1 "\n250 XXXXXXXA" \
	}

static const struct {
	const char *row;
	struct walk walk;
	enum sender_id sender;
	enum mail_outcome outcome;
} rows[] = {
	{ "good", { 0 }, SENDER_RFC8461, MAIL_DELIVERED_VALIDATED },
	{ "good, too", { 0 }, SENDER_GMAIL, MAIL_DELIVERED_VALIDATED },
	{ "content type", { .https = { .content_type = "text/html" } }, SENDER_CHASQUID,
		MAIL_DELIVERED_UNVALIDATED },
	{ "content type, ignored", { .https = { .content_type = "text/html" } }, SENDER_MOX,
		MAIL_DELIVERED_VALIDATED },
	{ "content type, nobody knows", { .https = { .content_type = "text/html" } },
		SENDER_EXCHANGE_ONLINE, MAIL_UNKNOWN },
	{ "two records", { .txt = "v=STSv1; id=1;\nv=STSv1; id=2;" }, SENDER_RFC8461,
		MAIL_DELIVERED_UNVALIDATED },
	{ "two records, one is enough", { .txt = "v=STSv1; id=1;\nv=STSv1; id=2;" },
		SENDER_CHASQUID, MAIL_DELIVERED_VALIDATED },
	{ "id with dashes", { .txt = "v=STSv1; id=2026-01-01;" }, SENDER_RFC8461,
		MAIL_DELIVERED_UNVALIDATED },
	{ "id with dashes, not read", { .txt = "v=STSv1; id=2026-01-01;" }, SENDER_CHASQUID,
		MAIL_DELIVERED_VALIDATED },
	{ "TXT lookup fails", { .txt_status = LOOKUP_SERVFAIL }, SENDER_RFC8461,
		MAIL_DELIVERED_UNVALIDATED },
	{ "TXT lookup fails, deferred", { .txt_status = LOOKUP_SERVFAIL }, SENDER_MOX,
		MAIL_DEFERRED },
	{ "a foreign record", { .txt = "v=STSv1; id=1;\nother" }, SENDER_MADDY,
		MAIL_DELIVERED_UNVALIDATED },
	{ "a wildcard of one label",
		{ .mx = "10 " DEEP,
			BODY("version: STSv1\nmode: enforce\n"
			     "mx: *.example.com\nmax_age: 1209600\n") },
		SENDER_RFC8461, MAIL_DEFERRED },
	{ "a wildcard of any depth",
		{ .mx = "10 " DEEP,
			BODY("version: STSv1\nmode: enforce\n"
			     "mx: *.example.com\nmax_age: 1209600\n") },
		SENDER_ZONEMTA, MAIL_DELIVERED_VALIDATED },
	{ "none listed", { .mx = "10 mx2.example.com" }, SENDER_RFC8461, MAIL_DEFERRED },
	{ "none listed, returned", { .mx = "10 mx2.example.com" }, SENDER_STALWART,
		MAIL_UNDELIVERABLE },
	{ "no STARTTLS", { .smtp = { STARTTLS_NONE } }, SENDER_RFC8461, MAIL_DEFERRED },
	{ "no STARTTLS, returned", { .smtp = { STARTTLS_NONE } }, SENDER_STALWART,
		MAIL_UNDELIVERABLE },
	{ "an empty field", { .txt = "v=STSv1;; id=1;" }, SENDER_RFC8461,
		MAIL_DELIVERED_UNVALIDATED },
	{ "an empty field, not read", { .txt = "v=STSv1;; id=1;" }, SENDER_CHASQUID,
		MAIL_DELIVERED_VALIDATED },
	{ "an empty field, taken", { .txt = "v=STSv1;; id=1;" }, SENDER_ZONEMTA,
		MAIL_DELIVERED_VALIDATED },
	{ "an empty field, refused", { .txt = "v=STSv1;; id=1;" }, SENDER_MOX,
		MAIL_DELIVERED_UNVALIDATED },
	{ "max_age above a year",
		{ BODY("version: STSv1\nmode: enforce\nmx: " MX1 "\nmax_age: 99999999\n") },
		SENDER_RFC8461, MAIL_DELIVERED_UNVALIDATED },
	{ "max_age above a year, taken",
		{ BODY("version: STSv1\nmode: enforce\nmx: " MX1 "\nmax_age: 99999999\n") },
		SENDER_STALWART, MAIL_DELIVERED_VALIDATED },
	{ "max_age missing, a day", { BODY("version: STSv1\nmode: enforce\nmx: " MX1 "\n") },
		SENDER_STALWART, MAIL_DELIVERED_VALIDATED },
	{ "a pattern that is none",
		{ BODY("version: STSv1\nmode: enforce\nmx: *.a.*.test\nmx: " MX1
		       "\nmax_age: 604800\n") },
		SENDER_MOX, MAIL_DELIVERED_UNVALIDATED },
	{ "a pattern that is none, not looked at",
		{ BODY("version: STSv1\nmode: enforce\nmx: *.a.*.test\nmx: " MX1
		       "\nmax_age: 604800\n") },
		SENDER_MADDY, MAIL_DELIVERED_VALIDATED },
	{ "a line without a colon",
		{ BODY("version: STSv1\nmode: enforce\nwhat\nmx: " MX1 "\nmax_age: 604800\n") },
		SENDER_POSTFIX_TLSPOL, MAIL_DELIVERED_UNVALIDATED },
	{ "a line without a colon, passed over",
		{ BODY("version: STSv1\nmode: enforce\nwhat\nmx: " MX1 "\nmax_age: 604800\n") },
		SENDER_CHASQUID, MAIL_DELIVERED_VALIDATED },
	{ "STARTTLS masked by a firewall", { .smtp = { STARTTLS_MASKED } }, SENDER_RFC8461,
		MAIL_DEFERRED },
	{ "STARTTLS masked by a firewall, returned", { .smtp = { STARTTLS_MASKED } },
		SENDER_STALWART, MAIL_UNDELIVERABLE },
	{ "null MX", { .mx = "0 ." }, SENDER_RFC8461, MAIL_UNDELIVERABLE },
	{ "null MX, of which nothing was read", { .mx = "0 ." }, SENDER_CHASQUID, MAIL_UNKNOWN },
	{ "a key with a capital",
		{ BODY("version: STSv1\nMode: enforce\nmx: " MX1 "\nmax_age: 604800\n") },
		SENDER_RFC8461, MAIL_DELIVERED_UNVALIDATED },
	{ "a key with a capital, taken",
		{ BODY("version: STSv1\nMode: enforce\nmx: " MX1 "\nmax_age: 604800\n") },
		SENDER_ZONEMTA, MAIL_DELIVERED_VALIDATED },
	{ "no STARTTLS under testing", { .mode = "testing", .smtp = { STARTTLS_NONE } },
		SENDER_CHASQUID, MAIL_DELIVERED_UNVALIDATED },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct sender_outlook all[sender_count];
		struct arena a = { 0 };
		struct session s;
		struct build b;
		struct judgement j;

		walk_build(&b, &s, &rows[i].walk);
		judge(&s, NULL, &j);
		senders_make(&a, &j, all);
		check_text(rows[i].row, "outcome",
			str_of(mail_outcome_name(all[rows[i].sender].now.outcome)),
			mail_outcome_name(rows[i].outcome));
		assert_int_equal(all[SENDER_RFC8461].now.outcome, j.fresh);
		arena_release(&a);
		judgement_release(&j);
		session_release(&s);
	}
}

/* Who reads the record again heals after its TTL, who does not when the copy ends. */
static void
test_healing(void **state)
{
	const struct walk w = { .before = hold_old_host };
	struct sender_outlook all[sender_count];
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	senders_make(&a, &j, all);
	assert_int_equal(all[SENDER_MOX].heals_s, BUILD_AS_OF_S + 300);
	assert_int_equal(all[SENDER_CHASQUID].heals_s, BUILD_AS_OF_S + 600);
	assert_int_equal(all[SENDER_POSTFIX_TLSPOL].heals_s, BUILD_AS_OF_S - BUILD_DAY_S + 864000);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

/* Who refuses what is published cannot leave its copy behind for it. */
static void
test_healing_refused(void **state)
{
	const struct walk w = { .before = hold_old_host, .https = { .content_type = "text/html" } };
	static const struct {
		enum sender_id sender;
		int64_t heals_s;
	} expected[] = {
		{ SENDER_RFC8461, BUILD_AS_OF_S + 300 },
		{ SENDER_CHASQUID, BUILD_AS_OF_S - BUILD_DAY_S + 864000 },
		{ SENDER_MADDY, BUILD_AS_OF_S - BUILD_DAY_S + 864000 },
		{ SENDER_POSTFIX_RESOLVER, BUILD_AS_OF_S - BUILD_DAY_S + 864000 },
	};
	struct sender_outlook all[sender_count];
	struct arena a = { 0 };
	struct session s;
	struct build b;
	struct judgement j;

	(void)state;
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	senders_make(&a, &j, all);
	for (size_t i = 0; i < ROWS(expected); i++)
		assert_int_equal(all[expected[i].sender].heals_s, expected[i].heals_s);
	arena_release(&a);
	judgement_release(&j);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_healing),
		cmocka_unit_test(test_healing_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
