/* Acts: what a later one says stands in place of what was said, at the same addresses and ports. */
#include "tests/support/check.h"

#include <string.h>

#include "net/lab/spec.h"
#include "tests/support/lab_walk.h"

#define HEAD "title t\ndomain acts.test\nexpect one\n"
#define FIRST \
	"[dns]\n_mta-sts TXT \"v=STSv1; id=1;\"\nwww A 192.0.2.1\nwww A 192.0.2.2\n" \
	"[policy]\nversion: STSv1\nmode: enforce\nmax_age: 604800\nmx: a.acts.test\n" \
	"[cached 1 3]\nversion: STSv1\n[https]\n[mx 10 a]\n[mx 20 b]\n"

static struct arena arena;

static struct lab_spec *
parse(const char *text, size_t act)
{
	struct lab_spec *spec;
	struct err err = { 0 };

	if (spec_parse_act(STR("acts"), str_of(text), act, &arena, &spec, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	return spec;
}

static size_t
records_of(const struct lab_spec *spec, const char *name, unsigned type)
{
	size_t n = 0;

	for (size_t i = 0; i < spec->zone.record_count; i++)
		n += spec->zone.records[i].type == type && str_is(spec->zone.records[i].name, name);
	return n;
}

static void
test_sections_stand_in_place(void **state)
{
	const char *text = HEAD FIRST
		"[act later]\nnote the records were changed\nexpect two\n"
		"[dns]\nwww A 192.0.2.3\n_mta-sts TXT !servfail\n"
		"[policy]\nversion: STSv1\nmode: none\n"
		"[mx 5 b]\ncertificate expired\n[mx 30 c]\n[without mx a]\n[without cached]\n"
		"[act last]\n[dns]\n_mta-sts TXT \"v=STSv1; id=2;\"\n[without https]\n"
		"[without dns www A]\n";
	const struct lab_spec *first = parse(text, 0), *later = parse(text, 1),
			      *last = parse(text, 2);

	(void)state;
	assert_int_equal(first->head.acts.n, 3);
	assert_int_equal(first->server_count, 3);
	assert_int_equal(first->cached_count, 1);
	assert_int_equal(records_of(first, "www.acts.test", LAB_RR_A), 2);
	assert_true(str_is(first->head.expect.v[0], "one"));

	assert_true(str_is(later->head.note, "the records were changed"));
	assert_int_equal(later->head.expect.n, 1);
	assert_true(str_is(later->head.expect.v[0], "two"));
	assert_int_equal(records_of(later, "www.acts.test", LAB_RR_A), 1);
	assert_int_equal(later->zone.fault_count, 1);
	assert_true(str_is(later->policy, "version: STSv1\nmode: none\n"));
	assert_int_equal(later->cached_count, 0);
	assert_int_equal(later->server_count, 3);
	assert_true(str_is(later->servers[1].host, "b.acts.test"));
	assert_int_equal(later->servers[1].cert, LAB_CERT_EXPIRED);
	assert_int_equal(later->servers[1].preference, 5);
	assert_true(str_eq(later->servers[1].address, first->servers[2].address));
	assert_int_equal(records_of(later, "acts.test", LAB_RR_MX), 2);

	assert_int_equal(last->head.expect.n, 0);
	assert_int_equal(last->zone.fault_count, 0);
	assert_int_equal(records_of(last, "_mta-sts.acts.test", LAB_RR_TXT), 1);
	assert_int_equal(records_of(last, "www.acts.test", LAB_RR_A), 0);
	assert_int_equal(last->server_count, 2);
}

static void
test_wrong_acts(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} rows[] = {
		{ "no name", HEAD "[act]\n", "acts.lab:4: [act NAME]" },
		{ "twice", HEAD "[act x]\n[act x]\n", "acts.lab:5: there is an act" },
		{ "first again", HEAD "[act start]\n", "acts.lab:4: there is an act" },
		{ "head word", HEAD "[act x]\ntitle u\n", "acts.lab:5: \"title\" is no word" },
		{ "too many",
			HEAD "[act a]\n[act b]\n[act c]\n[act d]\n[act e]\n[act f]\n"
			     "[act g]\n[act h]\n",
			"acts.lab:11: over 8 acts" },
		{ "without before", HEAD "[without https]\n", "acts.lab:4: [without] is for" },
		{ "nothing there", HEAD "[act x]\n[without https]\n", "acts.lab:5: there is no" },
		{ "no such mx", HEAD "[act x]\n[without mx z]\n", "acts.lab:5: there is no" },
		{ "no record", HEAD "[act x]\n[without dns z A]\n", "acts.lab:5: there is no" },
		{ "no type", HEAD "[act x]\n[without dns z]\n", "acts.lab:5: [without dns" },
		{ "of what", HEAD "[act x]\n[without love]\n", "acts.lab:5: [without dns" },
		{ "new name server", HEAD "[act x]\n[dns ns1 127.0.2.1]\n",
			"acts.lab:5: name servers come" },
		{ "behind without", HEAD FIRST "[act x]\n[without https]\ntype none\n",
			"stands in no section" },
		{ "in a later act", HEAD "[act x]\n[act y]\n[mx 10]\n", "acts.lab:6:" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct scenario sc;
		struct err err = { 0 };

		check_int(rows[i].name, "result",
			scenario_parse(STR("acts"), str_of(rows[i].text), &arena, &sc, &err),
			RESULT_FAILED);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].name, err.text,
				rows[i].says);
	}
}

static void
walk(struct lab *lab, struct session *s)
{
	struct walk_options options;
	struct err err = { 0 };
	struct walk *w;

	session_init(s);
	lab_walk_options(lab, &options);
	assert_int_equal(walk_start(&w, &options, &err), RESULT_OK);
	lab_walk_until(w, s, NULL, NULL);
	walk_free(w);
}

/* Certificate of the first host's first address. */
static struct str
leaf_of(const struct session *s)
{
	return s->hosts[0]->addresses[0]->tls.chain[0]->sha256;
}

/* There and back: what one act changed is as it was in the other. */
static void
test_servers_change_in_place(void **state)
{
	const char *text = HEAD FIRST "[act refused]\n[mx 20 b]\nconnect refuse\n"
				      "[act renewed]\n[mx 10 a]\n[mx 20 b]\n"
				      "[act back]\n[mx 10 a]\nkeeps-certificate\n";
	static const struct {
		size_t act;
		enum outcome b;
		bool same_leaf; /* of a, as in the first walk */
	} rows[] = { { 0, OUTCOME_OK, true }, { 1, OUTCOME_REFUSED, true },
		{ 2, OUTCOME_OK, false }, { 1, OUTCOME_REFUSED, true }, { 0, OUTCOME_OK, true },
		{ 3, OUTCOME_OK, false } };
	struct scenario sc;
	struct err err = { 0 };
	struct lab *lab;
	struct str leaf = STR_EMPTY, renewed = STR_EMPTY;
	unsigned ports[3];

	(void)state;
	assert_int_equal(scenario_parse(STR("acts"), str_of(text), &arena, &sc, &err), RESULT_OK);
	assert_int_equal(lab_start(&lab, &sc, NULL, &err), RESULT_OK);
	ports[0] = lab_dns_port(lab);
	ports[1] = lab_https_port(lab);
	ports[2] = lab_smtp_port(lab);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct session s;

		if (lab_act(lab, rows[i].act, &err) != RESULT_OK)
			fail_msg("%s", err.text);
		walk(lab, &s);
		assert_int_equal(s.host_count, 2);
		assert_int_equal(s.hosts[1]->addresses[0]->connect->outcome, rows[i].b);
		if (leaf.n == 0)
			leaf = arena_str(&arena, leaf_of(&s));
		assert_int_equal(str_eq(leaf, leaf_of(&s)), rows[i].same_leaf);
		if (rows[i].act == 2)
			renewed = arena_str(&arena, leaf_of(&s));
		if (rows[i].act == 3)
			assert_true(str_eq(renewed, leaf_of(&s)));
		session_release(&s);
	}
	assert_int_equal(lab_act(lab, 4, &err), RESULT_FAILED);
	assert_int_equal(ports[0], lab_dns_port(lab));
	assert_int_equal(ports[1], lab_https_port(lab));
	assert_int_equal(ports[2], lab_smtp_port(lab));
	lab_stop(lab);
}

/* Thirty at once on this host, every second one going on to its other act. */
static void
test_thirty_side_by_side(void **state)
{
	enum { LABS = 30 };
	const char *text = HEAD FIRST "[act refused]\n[mx 20 b]\nconnect refuse\n";
	struct lab *labs[LABS];
	struct scenario sc;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(scenario_parse(STR("acts"), str_of(text), &arena, &sc, &err), RESULT_OK);
	for (size_t i = 0; i < LABS; i++) {
		if (lab_start(&labs[i], &sc, NULL, &err) != RESULT_OK)
			fail_msg("lab %zu: %s", i, err.text);
	}
	for (size_t i = 0; i < LABS; i++)
		assert_int_equal(lab_act(labs[i], i % 2, &err), RESULT_OK);
	for (size_t i = 0; i < LABS; i++) {
		struct session s;

		walk(labs[i], &s);
		assert_int_equal(s.host_count, 2);
		assert_int_equal(s.hosts[0]->addresses[0]->connect->outcome, OUTCOME_OK);
		assert_int_equal(s.hosts[1]->addresses[0]->connect->outcome,
			i % 2 == 0 ? OUTCOME_OK : OUTCOME_REFUSED);
		session_release(&s);
	}
	for (size_t i = 0; i < LABS; i++)
		lab_stop(labs[i]);
}

static void
test_commands(void **state)
{
	const char *text = HEAD FIRST "[mx 30 c ::1]\n";
	struct buf out = { 0 };
	struct scenario sc;
	struct err err = { 0 };
	struct lab *lab;

	(void)state;
	if (!has_ipv6_loopback())
		text = HEAD FIRST;
	assert_int_equal(scenario_parse(STR("acts"), str_of(text), &arena, &sc, &err), RESULT_OK);
	assert_int_equal(lab_start(&lab, &sc, NULL, &err), RESULT_OK);
	lab_commands(lab, STR("/tmp/it's.pem"), &out);
	assert_non_null(strstr(buf_text(&out), "dig @127.0.0.53 -p "));
	assert_non_null(strstr(buf_text(&out), " TXT _mta-sts.acts.test\n"));
	assert_non_null(strstr(buf_text(&out), "--cacert '/tmp/it'\\''s.pem' --connect-to "));
	assert_non_null(strstr(buf_text(&out), "-verify_hostname b.acts.test "));
	if (has_ipv6_loopback())
		assert_non_null(strstr(buf_text(&out), "-connect [::1]:"));
	buf_release(&out);
	lab_stop(lab);
}

static int
release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections_stand_in_place),
		cmocka_unit_test(test_wrong_acts),
		cmocka_unit_test(test_servers_change_in_place),
		cmocka_unit_test(test_thirty_side_by_side),
		cmocka_unit_test(test_commands),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
