/* What a walk is asked to do beyond a sender's look, and what it leaves when nobody asks. */
#include "tests/support/check.h"

#include "core/planned.h"
#include "tests/support/lab_walk.h"

static void
walk_with(const char *name, const struct walk_options *wish, struct session *s)
{
	struct arena a = { 0 };
	struct scenario scenario;
	struct walk_options options;
	struct err err = { 0 };
	struct lab *lab;
	struct walk *w;

	assert_int_equal(scenario_find(str_of(name), &a, &scenario, &err), RESULT_OK);
	assert_int_equal(lab_start(&lab, &scenario, NULL, &err), RESULT_OK);
	lab_walk_options(lab, &options);
	options.addresses = wish->addresses;
	options.address_count = wish->address_count;
	options.planned = wish->planned;
	options.planned_count = wish->planned_count;
	options.probes_sni |= wish->probes_sni;
	options.asks_authority |= wish->asks_authority;
	options.repeat = wish->repeat > 0 ? wish->repeat : options.repeat;
	if (wish->controls.n > 0)
		options.controls = wish->controls;
	session_init(s);
	assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
	lab_walk_until(w, s, NULL, NULL);
	walk_free(w);
	lab_stop(lab);
	arena_release(&a);
}

static size_t
count_variant(const struct session *s, enum attempt_variant variant)
{
	size_t n = 0;

	for (size_t i = 0; i < s->extra_count; i++)
		n += s->extras[i]->variant == variant;
	return n;
}

static const struct host_judgement *
planned_host(const struct judgement *j, const char *name)
{
	const struct judgement *all = &j->planned->judgement;

	for (size_t i = 0; i < all->host_count; i++) {
		if (str_is(all->hosts[i].host->name, name) && all->hosts[i].host->is_planned)
			return &all->hosts[i];
	}
	fail_msg("%s is not planned", name);
	return NULL;
}

/* Planned hosts are walked by their names in DNS, or at the address that was given. */
static void
test_planned(void **state)
{
	static const struct walk_address planned[] = {
		{ { "backup.mx-not-listed.test", 25 }, { NULL, 0 } },
		{ { "mx3.mx-not-listed.test", 22 }, { "127.0.1.25", 10 } },
		{ { "gone.mx-not-listed.test", 23 }, { NULL, 0 } },
	};
	const struct walk_options wish = { .planned = planned, .planned_count = 3 };
	const struct host_judgement *h;
	struct judgement j;
	struct session s;

	(void)state;
	walk_with("mx-not-listed", &wish, &s);
	judge(&s, NULL, &j);
	assert_int_equal(s.host_count, 2);
	assert_int_equal(j.fresh, MAIL_DELIVERED_VALIDATED);
	assert_int_equal(s.planned_count, 3);
	h = planned_host(&j, "backup.mx-not-listed.test");
	assert_int_equal(h->address_count, 1);
	assert_int_equal(h->decision, DECISION_SKIP);
	h = planned_host(&j, "mx3.mx-not-listed.test");
	assert_int_equal(h->address_count, 1);
	assert_true(h->addresses[0].attempt->tls.is_judged);
	assert_false(h->addresses[0].attempt->tls.verdict->is_name_ok);
	assert_null(h->host->a);
	assert_non_null(h->host->tlsa);
	h = planned_host(&j, "gone.mx-not-listed.test");
	assert_int_equal(h->address_count, 0);
	assert_int_equal(h->host->a->status, LOOKUP_NXDOMAIN);
	judgement_release(&j);
	session_release(&s);
}

/* The address stands for the name, the other family has none, and everything goes on from it. */
static void
test_resolve(void **state)
{
	static const struct walk_address addresses[] = {
		{ { "mta-sts.good.test", 17 }, { "127.0.1.180", 11 } },
		{ { "mail.good.test", 14 }, { "127.0.1.26", 10 } },
	};
	const struct walk_options wish = { .addresses = addresses, .address_count = 2 };
	struct session s;
	const struct mx_host *host;

	(void)state;
	walk_with("good", &wish, &s);
	assert_int_equal(s.policy_a->status, LOOKUP_OK);
	assert_true(str_is(s.policy_a->answer->resolver, "--resolve"));
	assert_int_equal(s.policy_aaaa->status, LOOKUP_NODATA);
	assert_non_null(s.chosen);
	host = session_host(&s, STR("mail.good.test"));
	assert_int_equal(host->address_count, 1);
	assert_true(str_is(host->addresses[0]->address, "127.0.1.26"));
	/* That is the backup, with a certificate for its own name. */
	assert_false(attempt_tls_is_ok(host->addresses[0]));
	session_release(&s);
}

/* Every MX address and the policy host, without SNI and with that of nobody; never at once. */
static void
test_sni_probe(void **state)
{
	const struct walk_options wish = { .probes_sni = true, .repeat = 3 };
	struct session s;
	struct judgement j;

	(void)state;
	walk_with("good", &wish, &s);
	assert_int_equal(count_variant(&s, VARIANT_NO_SNI), 3);
	assert_int_equal(count_variant(&s, VARIANT_UNKNOWN_SNI), 3);
	assert_int_equal(count_variant(&s, VARIANT_REPEAT), 4);
	for (size_t i = 0; i < s.extra_count; i++) {
		const struct attempt *t = s.extras[i];

		assert_true(t->is_ended);
		assert_int_equal(t->end_outcome, OUTCOME_OK);
		if (t->variant == VARIANT_NO_SNI)
			assert_int_equal(t->tls.sni.n, 0);
		for (size_t k = 0; k < i; k++)
			assert_true(!str_eq(t->address, s.extras[k]->address) ||
				    t->end_us <= s.extras[k]->start_us ||
				    s.extras[k]->end_us <= t->start_us);
	}
	judge(&s, NULL, &j);
	assert_int_equal(j.count, 0);
	judgement_release(&j);
	session_release(&s);
}

/* The verdict is not held up by what says nothing of the mail. */
static void
test_verdict_time(void **state)
{
	const struct walk_options wish = { .probes_sni = true, .repeat = 5 };
	struct session s;

	(void)state;
	walk_with("good", &wish, &s);
	for (size_t i = 0; i < s.extra_count; i++)
		assert_true(s.extras[i]->end_us >= 0);
	for (size_t i = 0; i < s.event_count; i++) {
		if (s.events[i]->us == s.verdict_us)
			assert_true(str_find(s.events[i]->job, '?') == s.events[i]->job.n);
	}
	session_release(&s);
}

static void
test_authoritative(void **state)
{
	const struct walk_options wish = { .asks_authority = true };
	struct session s;
	size_t asked = 0;

	(void)state;
	walk_with("secondary-stale", &wish, &s);
	for (size_t i = 0; i < s.lookup_count; i++)
		asked += s.lookups[i]->role == LOOKUP_AUTHORITY && s.lookups[i]->server.n > 0;
	assert_int_equal(asked, 4);
	session_release(&s);
	/* No NS records: nobody to ask. */
	walk_with("good", &wish, &s);
	for (size_t i = 0; i < s.lookup_count; i++)
		assert_true(s.lookups[i]->role != LOOKUP_AUTHORITY);
	session_release(&s);
}

/* Control hosts are for walks in which nothing works. */
static void
test_controls(void **state)
{
	static const struct {
		const char *scenario;
		bool are_tried;
	} rows[] = {
		{ "good", false },
		{ "mx-refused", false },
		{ "mx-all-down", true },
		{ "mx-no-starttls", true },
		{ "mx-self-signed", false },
		{ "null-mx", false },
	};
	struct str domain = STR("reports.test");
	const struct walk_options wish = { .controls = { &domain, 1 } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct session s;

		walk_with(rows[i].scenario, &wish, &s);
		check_int(rows[i].scenario, "tried", s.controls != NULL, rows[i].are_tried);
		check_int(rows[i].scenario, "probes", count_variant(&s, VARIANT_CONTROL),
			rows[i].are_tried);
		session_release(&s);
	}
}

/* A control host that takes the connection and says nothing. */
static const char silent[] = "title Silent controls\n"
			     "domain silent.test\n"
			     "walk controls control.test\n"
			     "[dns]\n"
			     "_mta-sts TXT \"v=STSv1; id=1;\"\n"
			     "control.test. MX 10 mx.control.test.\n"
			     "[policy]\n"
			     "version: STSv1\n"
			     "mode: enforce\n"
			     "max_age: 1209600\n"
			     "mx: mail.silent.test\n"
			     "[https]\n"
			     "[mx 10 mail]\n"
			     "connect refuse\n"
			     "[mx - mx.control.test. 127.0.1.91]\n"
			     "banner stall\n";

static bool
is_control_connected(const struct event *e, void *arg)
{
	(void)arg;
	return e->kind == EV_CONNECT && str_find(e->job, '?') < e->job.n;
}

/* Cancelled, or simply let go, while the last of a walk is under way. */
static void
test_cancel(void **state)
{
	struct arena a = { 0 };
	struct scenario scenario;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(
		scenario_parse(STR("silent"), str_of(silent), &a, &scenario, &err), RESULT_OK);
	for (int round = 0; round < 2; round++) {
		struct walk_options options;
		struct session s;
		struct lab *lab;
		struct walk *w;

		assert_int_equal(lab_start(&lab, &scenario, NULL, &err), RESULT_OK);
		lab_walk_options(lab, &options);
		session_init(&s);
		assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
		assert_true(lab_walk_until(w, &s, is_control_connected, NULL));
		if (round == 0) {
			walk_cancel(w);
			lab_walk_until(w, &s, NULL, NULL);
			assert_int_equal(s.end_reason, END_CANCELLED);
		}
		walk_free(w);
		lab_stop(lab);
		session_release(&s);
	}
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_planned),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_sni_probe),
		cmocka_unit_test(test_verdict_time),
		cmocka_unit_test(test_authoritative),
		cmocka_unit_test(test_controls),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
