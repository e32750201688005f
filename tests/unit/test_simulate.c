/* The sender's algorithm: a decision table as data, and what must hold for any evidence. */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "core/simulate.h"
#include "tests/support/vectors.h"

struct address_word {
	const char *word;
	enum trouble trouble;
	enum sim_cert cert;
	bool is_unsure;
};

static const struct address_word address_words[] = {
	{ "ok", TROUBLE_NONE, SIM_CERT_OK, false },
	{ "conn", TROUBLE_CONN, SIM_CERT_OK, false },
	{ "nostarttls", TROUBLE_STARTTLS, SIM_CERT_OK, false },
	{ "handshake", TROUBLE_HANDSHAKE, SIM_CERT_OK, false },
	{ "expired", TROUBLE_CERT, SIM_CERT_EXPIRED, false },
	{ "untrusted", TROUBLE_CERT, SIM_CERT_UNTRUSTED, false },
	{ "name", TROUBLE_CERT, SIM_CERT_NAME, false },
	{ "unsure", TROUBLE_CERT, SIM_CERT_UNTRUSTED, true },
	{ "untested", TROUBLE_UNTESTED, SIM_CERT_OK, false },
};

static const struct {
	const char *word;
	enum dane_verdict dane;
} dane_words[] = {
	{ "", DANE_NONE },
	{ "ok", DANE_OK },
	{ "fail", DANE_FAIL },
	{ "err", DANE_LOOKUP_FAILED },
	{ "unusable", DANE_UNUSABLE },
	{ "insecure", DANE_INSECURE },
};

static const struct {
	const char *word;
	enum sim_mx mx;
} mx_words[] = {
	{ "list", SIM_MX_IS_LIST },
	{ "implicit", SIM_MX_IS_IMPLICIT },
	{ "null", SIM_MX_IS_NULL },
	{ "none", SIM_MX_IS_NONE },
	{ "nodomain", SIM_MX_IS_NO_DOMAIN },
	{ "failing", SIM_MX_IS_FAILING },
	{ "unknown", SIM_MX_IS_UNKNOWN },
};

#define HOSTS_MAX 8

static struct sim_address
read_address(struct str word)
{
	struct sim_address a = { .text = STR("192.0.2.25") };
	struct str state;
	bool is_known = false;

	str_split(&word, '+', &state);
	for (size_t i = 0; i < ROWS(address_words); i++) {
		if (!str_is(state, address_words[i].word))
			continue;
		a.trouble = address_words[i].trouble;
		a.cert = address_words[i].cert;
		a.is_unsure = address_words[i].is_unsure;
		is_known = true;
	}
	for (size_t i = 0; i < ROWS(dane_words); i++) {
		if (str_is(word, dane_words[i].word))
			a.dane = dane_words[i].dane;
	}
	if (!is_known)
		fail_msg("no such address: %.*s", STR_ARG(state));
	return a;
}

static void
read_host(struct arena *a, struct str word, struct sim_host *h)
{
	struct str name, part;

	str_split(&word, '=', &name);
	h->name = str_is(name, "@") ? STR("example.com")
				    : arena_printf(a, "%.*s.example.com", STR_ARG(name));
	h->is_settled = true;
	h->is_dead = str_is(word, "dead");
	h->addresses = arena_array(a, HOSTS_MAX, sizeof(struct sim_address));
	while (!h->is_dead && str_split(&word, '|', &part))
		h->addresses[h->count++] = read_address(part);
}

static void
read_scene(struct arena *a, struct str mx, struct str hosts, struct sim_scene *scene)
{
	struct str part;

	*scene = (struct sim_scene){ .mx = SIM_MX_IS_PENDING };
	scene->hosts = arena_array(a, HOSTS_MAX, sizeof(struct sim_host));
	for (size_t i = 0; i < ROWS(mx_words); i++) {
		if (str_is(mx, mx_words[i].word))
			scene->mx = mx_words[i].mx;
	}
	while (!str_is(hosts, "-") && str_split(&hosts, ',', &part))
		read_host(a, part, &scene->hosts[scene->host_count++]);
}

static void
read_sender(struct arena *a, const struct sim_scene *scene, struct str mode, struct str pattern,
	struct sim_sender *sender)
{
	struct policy_pattern p = { .text = pattern, .is_valid = true };

	*sender = (struct sim_sender){ .is_mode_known = !str_is(mode, "unknown"),
		.mode = POLICY_MODE_NONE };
	for (int m = POLICY_MODE_NONE; m <= POLICY_MODE_ENFORCE; m++) {
		if (str_is(mode, policy_mode_name((enum policy_mode)m)))
			sender->mode = (enum policy_mode)m;
	}
	if (pattern.n > 0 && !str_is(pattern, "-"))
		sender->is_listed = sim_listed(a, scene, &p, 1, false);
}

/* What decides: the reason of the host that gets the mail, or that of the message. */
static const char *
section_of(const struct sim_result *r)
{
	return sim_reason_rfc(r->host != SIM_NOWHERE ? r->hosts[r->host].reason : r->reason);
}

static void
check_row(struct str line, unsigned number)
{
	enum { MX, HOSTS, MODE, PATTERNS, CACHED, OUTCOME, HOST, SECTION, COLUMNS };
	struct str column[COLUMNS] = { { 0 } }, mode, pattern;
	struct arena a = { 0 };
	struct sim_scene scene;
	struct sim_sender sender;
	struct sim_result r;
	char row[32];

	snprintf(row, sizeof(row), "line %u", number);
	for (size_t i = 0; i < COLUMNS; i++)
		check_true(row, "a column", str_split(&line, '\t', &column[i]));
	mode = column[MODE];
	pattern = column[PATTERNS];
	if (!str_is(column[CACHED], "-")) {
		pattern = column[CACHED];
		str_split(&pattern, ' ', &mode);
	}
	read_scene(&a, column[MX], column[HOSTS], &scene);
	read_sender(&a, &scene, mode, pattern, &sender);
	simulate(&a, &scene, &sender, true, &r);
	check_text(row, "outcome", column[OUTCOME], mail_outcome_name(r.outcome));
	check_str(row, "host", r.host != SIM_NOWHERE ? scene.hosts[r.host].name : STR("-"),
		column[HOST]);
	check_text(row, "section", column[SECTION], section_of(&r));
	check_true(row, "steps", r.step_count > 0);
	arena_release(&a);
}

static void
test_table(void **state)
{
	struct arena a = { 0 };
	struct str text = vectors_read_file(&a, TEST_DIR "/vectors/simulate.tsv"), line;
	unsigned number = 0;

	(void)state;
	while (str_split(&text, '\n', &line)) {
		if (number++ > 0 && line.n > 0)
			check_row(line, number);
	}
	assert_true(number > 200);
	arena_release(&a);
}

/* Made-up evidence, the same in every run. */
struct dice {
	uint32_t state;
};

static unsigned
roll(struct dice *d, unsigned sides)
{
	d->state = d->state * 1664525U + 1013904223U;
	return (d->state >> 16) % sides;
}

struct made {
	struct sim_scene scene;
	bool is_listed[HOSTS_MAX + 1];
};

static void
make_scene(struct arena *a, struct dice *d, struct made *m)
{
	*m = (struct made){ .scene = { .mx = SIM_MX_IS_LIST } };
	m->scene.host_count = 1 + roll(d, HOSTS_MAX - 1);
	m->scene.hosts = arena_array(a, HOSTS_MAX + 1, sizeof(struct sim_host));
	for (size_t i = 0; i < m->scene.host_count; i++) {
		struct sim_host *h = &m->scene.hosts[i];

		h->is_settled = true;
		h->count = roll(d, 4);
		h->is_dead = h->count == 0;
		h->addresses = arena_array(a, 5, sizeof(struct sim_address));
		m->is_listed[i] = roll(d, 3) > 0;
		for (size_t k = 0; k < h->count; k++) {
			const struct address_word *w = &address_words[roll(d, ROWS(address_words))];

			h->addresses[k] = (struct sim_address){ .trouble = w->trouble,
				.cert = w->cert,
				.is_unsure = w->is_unsure,
				.dane = roll(d, 4) == 0 ? dane_words[roll(d, ROWS(dane_words))].dane
							: DANE_NONE };
		}
	}
}

static struct sim_result
run_made(struct arena *a, const struct made *m, enum policy_mode mode)
{
	const struct sim_sender sender = {
		.is_mode_known = true, .mode = mode, .is_listed = m->is_listed
	};
	struct sim_result r;

	simulate(a, &m->scene, &sender, false, &r);
	return r;
}

static bool
is_delivered(const struct sim_result *r)
{
	return r->outcome == MAIL_DELIVERED_VALIDATED || r->outcome == MAIL_DELIVERED_UNVALIDATED;
}

/* Testing and none never defer what is otherwise delivered, and treat every host alike. */
static void
check_lenient(struct arena *a, const struct made *m)
{
	const struct sim_result none = run_made(a, m, POLICY_MODE_NONE);
	const struct sim_result testing = run_made(a, m, POLICY_MODE_TESTING);
	const struct sim_result enforce = run_made(a, m, POLICY_MODE_ENFORCE);

	assert_int_equal(none.outcome, testing.outcome);
	assert_int_equal(none.host, testing.host);
	if (is_delivered(&enforce))
		assert_true(is_delivered(&none));
	for (size_t i = 0; i < m->scene.host_count; i++)
		assert_int_equal(none.hosts[i].decision, testing.hosts[i].decision);
}

static void
check_strict(struct arena *a, const struct made *m)
{
	const struct sim_result r = run_made(a, m, POLICY_MODE_ENFORCE);
	const struct sim_address *at;

	assert_int_not_equal(r.outcome, MAIL_DELIVERED_UNVALIDATED);
	if (r.host == SIM_NOWHERE)
		return;
	at = &m->scene.hosts[r.host].addresses[r.address];
	assert_true(m->is_listed[r.host]);
	assert_int_equal(at->trouble, TROUBLE_NONE);
	assert_true(at->dane != DANE_FAIL && at->dane != DANE_LOOKUP_FAILED);
}

/* A good MX anywhere in the list never makes an outcome worse. */
static void
check_one_more(struct arena *a, const struct made *m, size_t at)
{
	static struct sim_address good = { .trouble = TROUBLE_NONE, .dane = DANE_NONE };
	struct made more = *m;

	more.scene.hosts = arena_array(a, HOSTS_MAX + 1, sizeof(struct sim_host));
	for (size_t i = 0, k = 0; i <= m->scene.host_count; i++) {
		more.is_listed[i] = i == at ? true : m->is_listed[k];
		if (i == at)
			more.scene.hosts[i] = (struct sim_host){
				.is_settled = true, .addresses = &good, .count = 1
			};
		else
			more.scene.hosts[i] = m->scene.hosts[k++];
	}
	more.scene.host_count++;
	for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
		const struct sim_result r = run_made(a, &more, (enum policy_mode)mode);

		assert_true(is_delivered(&r));
		if (mode == POLICY_MODE_ENFORCE)
			assert_int_equal(r.outcome, MAIL_DELIVERED_VALIDATED);
	}
}

/* In which order a host's addresses are tried changes the address, not the outcome. */
static void
check_order(struct arena *a, const struct made *m)
{
	struct made turned = *m;

	turned.scene = *sim_scene_copy(a, &m->scene);
	for (size_t i = 0; i < m->scene.host_count; i++) {
		const struct sim_host *h = &m->scene.hosts[i];

		for (size_t k = 0; k < h->count; k++)
			turned.scene.hosts[i].addresses[k] = h->addresses[h->count - 1 - k];
	}
	for (int mode = POLICY_MODE_TESTING; mode <= POLICY_MODE_ENFORCE; mode++) {
		const struct sim_result x = run_made(a, m, (enum policy_mode)mode);
		const struct sim_result y = run_made(a, &turned, (enum policy_mode)mode);

		assert_int_equal(is_delivered(&x), is_delivered(&y));
		assert_int_equal(x.host, y.host);
	}
}

static void
test_properties(void **state)
{
	struct dice d = { 20261122 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct arena a = { 0 };
		struct made m;

		make_scene(&a, &d, &m);
		check_lenient(&a, &m);
		check_strict(&a, &m);
		check_one_more(&a, &m, roll(&d, (unsigned)m.scene.host_count + 1));
		check_order(&a, &m);
		arena_release(&a);
	}
}

/* The list comes from names and patterns alone; how deep a wildcard goes is the sender's. */
static void
test_listed(void **state)
{
	struct sim_host hosts[] = { { .name = STR("mx1.example.com") },
		{ .name = STR("eu1.in.example.com") }, { .name = STR("example.com") } };
	const struct sim_scene scene = { .hosts = hosts, .host_count = ROWS(hosts) };
	const struct policy_pattern wild = { .text = STR("*.example.com"), .is_valid = true };
	struct arena a = { 0 };
	const bool *strict = sim_listed(&a, &scene, &wild, 1, false);
	const bool *deep = sim_listed(&a, &scene, &wild, 1, true);

	(void)state;
	assert_true(strict[0] && !strict[1] && !strict[2]);
	assert_true(deep[0] && deep[1] && !deep[2]);
	arena_release(&a);
}

/* It is the matching of everybody else, whatever stands there. */
static void
test_same_match(void **state)
{
	static const char *const patterns[] = { "mx1.example.com", "*.example.com",
		"MX1.Example.COM", "*.in.example.com", "*", "*.*.example.com", "mx*.example.com",
		".example.com", "example.com", "*.com", "mx1.example.com.", "xn--bcher-kva.example",
		"*.xn--bcher-kva.example",
		("b\xc3\xbc"
		 "cher.example"),
		"" };
	static const char *const names[] = { "mx1.example.com", "mx1.example.com.", "example.com",
		"a.b.example.com", "x.in.example.com", "*.example.com", ".example.com", "com", "",
		"xn--bcher-kva.example", "mx.xn--bcher-kva.example",
		("b\xc3\xbc"
		 "cher.example"),
		"evilmx1.example.com" };

	(void)state;
	for (size_t i = 0; i < ROWS(patterns) * ROWS(names); i++) {
		const struct str text = str_of(patterns[i / ROWS(names)]);
		struct sim_host host = { .name = str_of(names[i % ROWS(names)]) };
		const struct sim_scene scene = { .hosts = &host, .host_count = 1 };
		size_t at;
		const struct policy_pattern p = { .text = text,
			.is_valid = mx_pattern_check(text, &at) == MX_FAULT_NONE };
		struct arena a = { 0 };
		struct match_result m;

		match_patterns(&p, 1, host.name, &m);
		if (sim_listed(&a, &scene, &p, 1, false)[0] != m.is_match)
			fail_msg("\"%s\" and \"%s\"", text.p, host.name.p);
		arena_release(&a);
	}
}

/* Every step says what and where it is written. */
static void
test_reasons(void **state)
{
	(void)state;
	for (int i = 0; i < sim_reason_count; i++) {
		const enum sim_reason r = (enum sim_reason)i;

		check_true(sim_reason_name(r), "a section",
			strncmp(sim_reason_rfc(r), "RFC ", 4) == 0);
		check_true(sim_reason_name(r), "words", sim_reason_words(r)[0] != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_listed),
		cmocka_unit_test(test_same_match),
		cmocka_unit_test(test_reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
