#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/buf.h"
#include "tests/support/build_session.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct mx_host *
host(const struct session *s, const char *name)
{
	const struct mx_host *found = session_host(s, str_of(name));

	if (found == NULL)
		fail_msg("no host %s", name);
	return found;
}

static void
test_before_anything(void **state)
{
	struct session s;

	(void)state;
	session_init(&s);
	assert_false(session_is_running(&s));
	assert_int_equal(session_domain(&s).n, 0);
	assert_int_equal(session_as_of_s(&s), 0);
	assert_false(session_txt_is_usable(&s));
	assert_false(session_policy_is_usable(&s));
	assert_int_equal(session_mode(&s), POLICY_MODE_NONE);
	assert_null(session_host(&s, STR("mx1.example.com")));
	assert_null(session_lookup(&s, LOOKUP_MX, RRTYPE_MX, STR_EMPTY));
	assert_null(session_event(&s, 1));
	assert_int_equal(session_ehlo(&s).n, 0);
	assert_int_equal(s.verdict_us, -1);
	session_release(&s);
	session_release(NULL);
}

static void
test_good_walk(void **state)
{
	struct session s;
	struct build b;

	(void)state;
	build_good_open(&b, &s, "enforce");
	assert_true(session_is_running(&s));
	add_end(&b, END_DONE);
	assert_false(session_is_running(&s));
	assert_true(str_is(session_domain(&s), "example.com"));
	assert_true(str_is(session_ehlo(&s), "ops1.example.net"));
	assert_int_equal(session_as_of_s(&s), BUILD_AS_OF_S);
	assert_true(s.has_route[FAMILY_IPV6] && s.is_route_known[FAMILY_IPV6]);
	assert_true(session_txt_is_usable(&s));
	assert_true(str_is(s.txt.chosen->id, "20260101T000000"));
	assert_true(s.tlsrpt.is_valid);
	assert_true(session_fetch_is_ok(&s));
	assert_true(session_policy_is_usable(&s));
	assert_int_equal(session_mode(&s), POLICY_MODE_ENFORCE);
	assert_int_equal(s.policy_a->count, 1);
	assert_int_equal(s.policy_aaaa->status, LOOKUP_NODATA);
	assert_int_equal(s.host_count, 2);
	assert_true(str_is(s.hosts[0]->name, "mx1.example.com"));
	assert_int_equal(s.hosts[1]->preference, 20);
	for (size_t i = 0; i < s.host_count; i++) {
		assert_true(s.hosts[i]->has_match && s.hosts[i]->match.is_match);
		assert_int_equal(s.hosts[i]->match.pattern, i);
		assert_int_equal(s.hosts[i]->address_count, 2);
		assert_int_equal(s.hosts[i]->addresses[0]->family, FAMILY_IPV4);
		assert_int_equal(s.hosts[i]->addresses[1]->family, FAMILY_IPV6);
		assert_int_equal(s.hosts[i]->a->count, 1);
		assert_int_equal(s.hosts[i]->aaaa->count, 1);
		assert_int_equal(s.hosts[i]->tlsa->status, LOOKUP_NODATA);
	}
	session_release(&s);
}

/* Who has no name says an address literal, which the walk does not know before it connects. */
static void
test_ehlo_without_name(void **state)
{
	const char *job = "smtp:mx1.example.com/192.0.2.25";
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	add_mx(&b, "10 mx1.example.com");
	ADD(&b, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_SMTP,
		.host = STR("mx1.example.com"), .address = STR("192.0.2.25"), .port = 25);
	add_line(&b, job, SPEAKER_CLIENT, false, STR("EHLO [192.0.2.9]"));
	assert_true(str_is(session_ehlo(&s), "[192.0.2.9]"));
	session_release(&s);
}

/* ---- hosts ---- */

static void
mx_null(struct build *b)
{
	add_mx(b, "0 .");
}

static void
mx_null_elsewhere(struct build *b)
{
	add_mx(b, "10 .");
}

static void
mx_null_beside_others(struct build *b)
{
	add_mx(b, "0 .\n10 mx1.example.com");
}

static void
mx_sorted(struct build *b)
{
	add_mx(b, "20 a.example.com\n10 z.example.com\n10 B.example.com\n5 mx.example.net");
}

static void
mx_twice(struct build *b)
{
	add_mx(b, "30 mx1.example.com\n10 MX1.example.com\n20 mx2.example.com");
}

static void
mx_implicit(struct build *b)
{
	add_mx(b, NULL);
	add_addresses(b, "example.com", "192.0.2.1");
}

static void
mx_implicit_address_first(struct build *b)
{
	add_addresses(b, "example.com", "2001:db8::1");
	add_mx(b, NULL);
}

static void
mx_implicit_by_attempt(struct build *b)
{
	add_smtp_ok(b, "example.com", "192.0.2.1");
	add_mx(b, NULL);
}

static void
mx_none(struct build *b)
{
	add_mx(b, NULL);
	add_addresses(b, "example.com", NULL);
}

static void
mx_nxdomain(struct build *b)
{
	add_lookup(b, LOOKUP_MX, RRTYPE_MX, "example.com", LOOKUP_NXDOMAIN, NULL);
	add_addresses(b, "example.com", "192.0.2.1");
}

static void
mx_servfail(struct build *b)
{
	add_lookup(b, LOOKUP_MX, RRTYPE_MX, "example.com", LOOKUP_SERVFAIL, NULL);
	add_addresses(b, "example.com", "192.0.2.1");
}

static void
mx_after_attempts(struct build *b)
{
	add_smtp_ok(b, "mx2.example.com", "192.0.2.26");
	add_smtp_ok(b, "MX1.example.com", "192.0.2.25");
	add_smtp_ok(b, "planned.example.com", "192.0.2.27");
	add_mx(b, "10 mx1.example.com\n5 mx2.example.com");
}

static const struct {
	const char *name;
	void (*build)(struct build *b);
	bool is_null, is_implicit;
	const char *hosts; /* with preference */
	size_t records;
} mx_rows[] = {
	{ "null MX", mx_null, true, false, "", 1 },
	{ "the root with another preference", mx_null_elsewhere, false, false, "", 1 },
	{ "null MX beside others", mx_null_beside_others, false, false, "10 mx1.example.com;", 2 },
	{ "sorted", mx_sorted, false, false,
		"5 mx.example.net;10 b.example.com;10 z.example.com;20 a.example.com;", 4 },
	{ "listed twice", mx_twice, false, false, "10 mx1.example.com;20 mx2.example.com;", 3 },
	{ "implicit", mx_implicit, false, true, "0 example.com;", 0 },
	{ "implicit, address first", mx_implicit_address_first, false, true, "0 example.com;", 0 },
	{ "implicit, by attempt", mx_implicit_by_attempt, false, true, "0 example.com;", 0 },
	{ "neither MX nor address", mx_none, false, false, "", 0 },
	{ "no such domain", mx_nxdomain, false, false, "", 0 },
	{ "MX lookup fails", mx_servfail, false, false, "", 0 },
	{ "attempts first", mx_after_attempts, false, false,
		"5 mx2.example.com;10 mx1.example.com;-1 planned.example.com;", 2 },
};

static void
test_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mx_rows); i++) {
		struct session s;
		struct build b;
		struct buf hosts = { 0 };

		build_begin(&b, &s);
		add_walk_start(&b, "example.com");
		mx_rows[i].build(&b);
		for (size_t k = 0; k < s.host_count; k++)
			buf_addf(&hosts, "%d %.*s;", (int)s.hosts[k]->preference,
				STR_ARG(s.hosts[k]->name));
		if (!str_is(buf_str(&hosts), mx_rows[i].hosts))
			fail_msg("%s: %s", mx_rows[i].name, buf_text(&hosts));
		assert_int_equal(s.is_null_mx, mx_rows[i].is_null);
		assert_int_equal(s.has_implicit_mx, mx_rows[i].is_implicit);
		assert_int_equal(s.mx_lookup->count, mx_rows[i].records);
		for (size_t k = 0; k < s.host_count; k++)
			assert_int_equal(s.hosts[k]->is_implicit, mx_rows[i].is_implicit);
		buf_release(&hosts);
		session_release(&s);
	}
}

static void
test_pointers_stay(void **state)
{
	struct session s;
	struct build b;
	const struct mx_host *first;
	const struct attempt *address;

	(void)state;
	build_begin(&b, &s);
	add_smtp_ok(&b, "mx9.example.com", "192.0.2.99");
	first = host(&s, "MX9.example.com.");
	address = first->addresses[0];
	for (int i = 0; i < 100; i++)
		add_smtp_ok(&b, build_text(&b, "mx%d.example.com", i % 10),
			build_text(&b, "192.0.2.%d", i));
	assert_ptr_equal(first, host(&s, "mx9.example.com"));
	assert_ptr_equal(address, first->addresses[first->address_count - 1]);
	assert_int_equal(s.host_count, 10);
	session_release(&s);
}

static void
test_left_out(void **state)
{
	static struct str names[] = { { "MX2.example.com", 15 }, { "other.example.com", 17 } };

	(void)state;
	for (int before = 0; before < 2; before++) {
		struct session s;
		struct build b;

		build_begin(&b, &s);
		if (before == 1)
			ADD(&b, "walk", HOSTS_LEFT_OUT, hosts_left_out, .hosts = { names, 2 });
		add_mx(&b, "10 mx1.example.com\n20 mx2.example.com");
		if (before == 0)
			ADD(&b, "walk", HOSTS_LEFT_OUT, hosts_left_out, .hosts = { names, 2 });
		assert_false(host(&s, "mx1.example.com")->is_left_out);
		assert_true(host(&s, "mx2.example.com")->is_left_out);
		assert_int_equal(s.host_count, 2);
		assert_int_equal(s.hosts_left_out.n, 2);
		session_release(&s);
	}
}

/* A lookup in the host's own role is preferred, another serves; linked in any order. */
static void
test_host_lookups(void **state)
{
	struct session s;
	struct build b;
	const struct mx_host *found;

	(void)state;
	build_begin(&b, &s);
	add_lookup(&b, LOOKUP_POLICY_HOST, RRTYPE_A, "mta-sts.example.com", LOOKUP_OK, "192.0.2.1");
	add_lookup(&b, LOOKUP_TLSA, RRTYPE_TLSA, "_2525._tcp.MTA-STS.example.com", LOOKUP_OK,
		"3 1 1 00");
	add_mx(&b, "10 mta-sts.example.com");
	found = host(&s, "mta-sts.example.com");
	assert_int_equal(found->a->role, LOOKUP_POLICY_HOST);
	assert_int_equal(found->tlsa->count, 1);
	assert_null(found->aaaa);
	add_lookup(&b, LOOKUP_MX_HOST, RRTYPE_A, "mta-sts.example.com", LOOKUP_OK,
		"192.0.2.9\n192.0.2.10\n192.0.2.1");
	assert_int_equal(found->a->role, LOOKUP_MX_HOST);
	assert_int_equal(found->a->count, 3);
	assert_true(str_is(found->a->records[0]->data, "192.0.2.1"));
	assert_int_equal(s.policy_a->count, 1);
	assert_ptr_equal(s.policy_a,
		session_lookup(&s, LOOKUP_POLICY_HOST, RRTYPE_A, STR("MTA-STS.example.com.")));
	assert_ptr_equal(found->a, session_lookup(&s, LOOKUP_MX_HOST, RRTYPE_A, STR_EMPTY));
	assert_null(session_lookup(&s, LOOKUP_AUX, RRTYPE_A, STR_EMPTY));
	session_release(&s);
}

/* ---- policy ---- */

static void
test_chosen(void **state)
{
	static const struct {
		const char *name;
		int64_t step_us;
		const char *first, *second, *chosen;
	} rows[] = {
		{ "earlier one", 1000, "192.0.2.81", "192.0.2.80", "192.0.2.81" },
		{ "same time: by address", 0, "192.0.2.81", "192.0.2.80", "192.0.2.80" },
		{ "same time: IPv4 first", 0, "2001:db8::80", "192.0.2.80", "192.0.2.80" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct session s;
		struct build b;

		build_begin(&b, &s);
		b.step_us = rows[i].step_us;
		add_mx(&b, "10 mx1.example.com");
		add_https_ok(
			&b, rows[i].first, "version: STSv1\nmode: none\nmax_age: 1\nmx: a.test\n");
		assert_false(host(&s, "mx1.example.com")->match.is_match);
		add_https_ok(
			&b, rows[i].second, rows[i].step_us == 0 ? BUILD_POLICY("testing") : "");
		if (!str_is(s.chosen->address, rows[i].chosen))
			fail_msg("%s: %.*s", rows[i].name, STR_ARG(s.chosen->address));
		assert_int_equal(host(&s, "mx1.example.com")->match.is_match, rows[i].step_us == 0);
		assert_int_equal(s.https_count, 2);
		session_release(&s);
	}
}

static const struct {
	const char *name;
	struct build_https https;
	bool is_ok;
} fetches[] = {
	{ "well", { .body = { "x", 1 } }, true },
	{ "empty body", { .body = { "", 0 } }, true },
	{ "other type", { .content_type = "text/html" }, true },
	{ "404", { .status = 404, .outcome = OUTCOME_STATUS }, false },
	{ "204 as ok", { .status = 204 }, false },
	{ "redirect", { .status = 301, .outcome = OUTCOME_REDIRECT }, false },
	{ "untrusted", { .tls = { .is_untrusted = true } }, false },
	{ "wrong name", { .tls = { .is_name_wrong = true } }, false },
	{ "handshake fails", { .tls = { .outcome = OUTCOME_ALERT } }, false },
	{ "refused", { .connect = OUTCOME_REFUSED }, false },
	{ "too big", { .outcome = OUTCOME_TOO_BIG }, false },
};

static void
test_fetch(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fetches); i++) {
		struct session s;
		struct build b;

		build_begin(&b, &s);
		add_https(&b, fetches[i].https);
		if (session_fetch_is_ok(&s) != fetches[i].is_ok)
			fail_msg("%s", fetches[i].name);
		assert_int_equal(s.has_policy, fetches[i].is_ok);
		assert_int_equal(attempt_http_is_ok(s.https[0]), fetches[i].is_ok);
		session_release(&s);
	}
}

static const struct {
	const char *name, *txt, *body;
	bool is_usable, has_match, is_match;
	enum policy_mode mode;
} policies[] = {
	{ "all well", "v=STSv1; id=1;", BUILD_POLICY("testing"), true, true, true,
		POLICY_MODE_TESTING },
	{ "no record", NULL, BUILD_POLICY("enforce"), false, true, true, POLICY_MODE_NONE },
	{ "bad record", "v=STSv1; id=;", BUILD_POLICY("enforce"), false, true, true,
		POLICY_MODE_NONE },
	{ "invalid policy with patterns", "v=STSv1; id=1;", "mx: *.example.com\nmx: *\n", false,
		true, true, POLICY_MODE_NONE },
	{ "malformed pattern matches nothing", "v=STSv1; id=1;", "mx: mx1*.example.com\n", false,
		true, false, POLICY_MODE_NONE },
	{ "no patterns", "v=STSv1; id=1;", "version: STSv1\nmode: none\nmax_age: 86400\n", true,
		false, false, POLICY_MODE_NONE },
	{ "web page", "v=STSv1; id=1;", "<html>", false, false, false, POLICY_MODE_NONE },
	{ "nothing fetched", "v=STSv1; id=1;", NULL, false, false, false, POLICY_MODE_NONE },
};

static void
test_policy(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(policies); i++) {
		for (int hosts_first = 0; hosts_first < 2; hosts_first++) {
			struct session s;
			struct build b;

			build_begin(&b, &s);
			add_txt(&b, policies[i].txt);
			if (hosts_first == 1)
				add_mx(&b, "10 mx1.example.com");
			if (policies[i].body != NULL)
				add_https_ok(&b, "192.0.2.80", policies[i].body);
			if (hosts_first == 0)
				add_mx(&b, "10 mx1.example.com");
			if (session_policy_is_usable(&s) != policies[i].is_usable ||
				s.hosts[0]->has_match != policies[i].has_match ||
				s.hosts[0]->match.is_match != policies[i].is_match ||
				session_mode(&s) != policies[i].mode)
				fail_msg("%s", policies[i].name);
			session_release(&s);
		}
	}
}

static void
test_failures(void **state)
{
	static const unsigned wanted[lookup_status_count] = { [LOOKUP_SERVFAIL] = 1,
		[LOOKUP_BOGUS] = 1,
		[LOOKUP_REFUSED] = 1,
		[LOOKUP_TIMEOUT] = 1,
		[LOOKUP_MALFORMED] = 1 };

	(void)state;
	for (size_t i = 0; i < lookup_status_count; i++)
		assert_int_equal(lookup_is_failure((enum lookup_status)i), wanted[i]);
}

static void
test_numbers_grow(void **state)
{
	static const uint32_t given[] = { 5, 0, 5, 9, 8, UINT32_MAX, 7 };
	static const uint32_t kept[] = { 5, 6, 7, 9, 10, UINT32_MAX };
	const struct ev_end payload = { .reason = END_TIMEOUT };
	struct session s;

	(void)state;
	session_init(&s);
	for (size_t i = 0; i < COUNT(given); i++) {
		const struct event event = {
			.seq = given[i], .job = STR("walk"), .kind = EV_END, .payload = &payload
		};

		session_apply(&s, &event);
	}
	assert_int_equal(s.event_count, COUNT(kept));
	for (size_t i = 0; i < COUNT(kept); i++) {
		assert_int_equal(s.events[i]->seq, kept[i]);
		assert_ptr_equal(session_event(&s, kept[i]), s.events[i]);
	}
	assert_null(session_event(&s, 8));
	assert_int_equal(s.over_limit, 1);
	session_release(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_anything),
		cmocka_unit_test(test_good_walk),
		cmocka_unit_test(test_ehlo_without_name),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_pointers_stay),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_host_lookups),
		cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_numbers_grow),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
