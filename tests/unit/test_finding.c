/* The catalogue: as agreed, whole, and every row of it raised by a test of its predicate. */
#include "tests/support/judge_case.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"

static void
read_file(const char *path, struct buf *out)
{
	char room[4096];
	size_t n;
	FILE *file = fopen(path, "rb");

	if (file == NULL)
		fail_msg("%s cannot be opened", path);
	while ((n = fread(room, 1, sizeof(room), file)) > 0)
		buf_add(out, (struct str){ room, n });
	fclose(file);
}

/* The rows that have landed, as they were agreed. */
static void
test_agreed(void **state)
{
	struct buf table = BUF_INIT(0);
	struct str rest, line;
	size_t n = 0;

	(void)state;
	read_file(TEST_DIR "/vectors/findings.tsv", &table);
	rest = buf_str(&table);
	str_split(&rest, '\n', &line);
	while (str_split(&rest, '\n', &line)) {
		const struct finding_type *type = finding_type((enum finding_id)n);
		const char *const wanted[] = { type->name, type->severity, type->effect,
			type->result, type->rfc, type->title };
		struct str cell;

		if (line.n == 0)
			continue;
		assert_true(n < finding_count);
		for (size_t i = 0; i < ROWS(wanted); i++) {
			assert_true(str_split(&line, '\t', &cell));
			check_text(type->name, "cell", cell, wanted[i]);
		}
		n++;
	}
	assert_int_equal(n, finding_count);
	buf_release(&table);
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((*text < ' ' && *text != '\n') || *text > '~')
			return false;
	}
	return true;
}

static void
check_template(const char *row, const char *text)
{
	for (const char *p = strchr(text, '{'); p != NULL; p = strchr(p + 1, '{')) {
		if (p[1] != '\0' && p[2] == '}')
			check_true(row, "template letter", strchr("DHAPNX", p[1]) != NULL);
	}
}

static void
test_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < finding_count; i++) {
		const struct finding_type *t = finding_type((enum finding_id)i);
		const char *const texts[] = { t->means, t->fix, t->hand, t->title };

		check_int(t->name, "id", t->id, (long long)i);
		for (size_t k = 0; k < ROWS(texts); k++) {
			check_true(t->name, "text", texts[k][0] != '\0');
			check_true(t->name, "ASCII", is_ascii(texts[k]));
			check_template(t->name, texts[k]);
		}
	}
}

static void
test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < finding_count; i++) {
		const struct finding_type *t = finding_type((enum finding_id)i);

		assert_ptr_equal(finding_by_name(str_of(t->name)), t);
		if (t->alias[0] != '\0')
			assert_ptr_equal(finding_by_name(str_of(t->alias)), t);
	}
	assert_int_equal(finding_by_name(STR("mtasts_no_id"))->id, FINDING_TXT_ID_MISSING);
	assert_int_equal(finding_by_name(STR("TLS-Cert-Expired"))->id, FINDING_TLS_CERT_EXPIRED);
	assert_null(finding_by_name(STR("tls-cert")));
	assert_null(finding_by_name(STR("")));
}

static bool
is_raised_in(struct str sources, const struct finding_type *t)
{
	struct arena a = { 0 };
	bool is_raised = false;

	for (int s = SEVERITY_INFO; s <= SEVERITY_ERROR && !is_raised; s++) {
		const struct str row = arena_printf(
			&a, "%s %s ", severity_name((enum severity)s), t->name);

		is_raised = str_find_str(sources, row) < sources.n;
	}
	arena_release(&a);
	return is_raised;
}

/* About a report that is read, or an attack that is tried: no predicate raises these. */
static bool
is_of_no_walk(const struct finding_type *t)
{
	return str_starts(str_of(t->name), STR("tlsrpt-report-")) ||
	       t->id == FINDING_CACHE_FIRST_CONTACT;
}

/* Tests of rules name what they raise as "severity id subject". */
static void
test_every_row_is_raised(void **state)
{
	struct buf sources = BUF_INIT(0);
	size_t missing = 0;
	glob_t files;

	(void)state;
	assert_int_equal(glob(TEST_DIR "/unit/test_rules_*.c", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		read_file(files.gl_pathv[i], &sources);
	globfree(&files);
	for (size_t i = 0; i < finding_count; i++) {
		const struct finding_type *t = finding_type((enum finding_id)i);

		if (is_raised_in(buf_str(&sources), t) || is_of_no_walk(t))
			continue;
		print_error("%s is raised by no test\n", t->name);
		missing++;
	}
	assert_int_equal(missing, 0);
	buf_release(&sources);
}

struct hand_row {
	const char *row, *template, *host, *address, *wanted;
};

static const struct hand_row hands[] = {
	{ "smtp", "SMTPS", "mx1.example.com", "192.0.2.25",
		"openssl s_client -starttls smtp -connect 192.0.2.25:25 -servername "
		"mx1.example.com -verify_hostname mx1.example.com </dev/null" },
	{ "IPv6 in brackets", "SMTPS -showcerts", "mx1.example.com", "2001:db8::25",
		"openssl s_client -starttls smtp -connect [2001:db8::25]:25 -servername "
		"mx1.example.com -verify_hostname mx1.example.com -showcerts </dev/null" },
	{ "nc takes it bare", "TALK", "mx1.example.com", "2001:db8::25",
		"nc 2001:db8::25 25  # wait for the 220, then type: EHLO ops1.example.net, "
		"STARTTLS, QUIT" },
	{ "fetch", "FETCH", NULL, NULL,
		"curl -sv --resolve mta-sts.example.com:443:192.0.2.80 "
		"https://mta-sts.example.com/.well-known/mta-sts.txt" },
	{ "with options", "FETCH -m 60", NULL, NULL,
		"curl -sv --resolve mta-sts.example.com:443:192.0.2.80 -m 60 "
		"https://mta-sts.example.com/.well-known/mta-sts.txt" },
	{ "bytes", "BYTES", NULL, NULL,
		"curl -s https://mta-sts.example.com/.well-known/mta-sts.txt | od -c | head -40" },
	{ "https", "HTTPS", NULL, NULL,
		"openssl s_client -connect 192.0.2.80:443 -servername mta-sts.example.com "
		"-verify_hostname mta-sts.example.com </dev/null" },
	{ "tlsa", "TLSA", "mx1.example.com", NULL, "dig +dnssec TLSA _25._tcp.mx1.example.com" },
	{ "each", "EACH TALK", "mx2.example.com", NULL,
		"nc 192.0.2.26 25  # wait for the 220, then type: EHLO ops1.example.net, STARTTLS, "
		"QUIT\n"
		"nc 2001:db8::26 25  # wait for the 220, then type: EHLO ops1.example.net, "
		"STARTTLS, QUIT" },
	{ "two lines", "dig MX {D}\ndig A {H}", "mx1.example.com", NULL,
		"dig MX example.com\ndig A mx1.example.com" },
	{ "no word of the catalogue", "TALKING {N} {X} {Z} {", NULL, NULL,
		"TALKING note line {Z} {" },
};

static void
test_by_hand(void **state)
{
	struct arena a = { 0 };
	struct session s;
	struct build b;

	(void)state;
	build_good(&b, &s, "enforce");
	for (size_t i = 0; i < ROWS(hands); i++) {
		const struct hand_row *h = &hands[i];
		const struct mx_host *host = h->host != NULL ? session_host(&s, str_of(h->host))
							     : NULL;
		const struct attempt *attempt = NULL;

		for (size_t k = 0; h->address != NULL && k < host->address_count; k++) {
			if (str_is(host->addresses[k]->address, h->address))
				attempt = host->addresses[k];
		}
		check_text(h->row, "command",
			by_hand_expand(
				&a, h->template, &s, host, attempt, STR("note"), STR("line")),
			h->wanted);
	}
	session_release(&s);
	arena_release(&a);
}

/* Other ports than the usual ones, and a resolver that dig must be told of. */
static void
test_by_hand_rehearsal(void **state)
{
	struct str resolvers[] = { STR("[::1]:5353") };
	struct ev_walk_start start = build_walk_start("example.com");
	struct arena a = { 0 };
	struct session s;
	struct build b;

	(void)state;
	start.https_port = 8443;
	start.smtp_port = 2525;
	start.resolvers = (struct strs){ resolvers, 1 };
	build_begin(&b, &s);
	add_event(&b, "walk", EV_WALK_START, &start);
	add_mx(&b, "10 mx1.example.com");
	check_text("ports", "fetch",
		by_hand_expand(&a, "FETCH", &s, NULL, NULL, STR_EMPTY, STR_EMPTY),
		"curl -sv https://mta-sts.example.com:8443/.well-known/mta-sts.txt");
	check_text("ports", "smtp",
		by_hand_expand(&a, "SMTPS", &s, s.hosts[0], NULL, STR_EMPTY, STR_EMPTY),
		"openssl s_client -starttls smtp -connect mx1.example.com:2525 -servername "
		"mx1.example.com -verify_hostname mx1.example.com </dev/null");
	check_text("resolver", "dig",
		by_hand_expand(
			&a, "dig MX {D}\ndig +trace MX {D}", &s, NULL, NULL, STR_EMPTY, STR_EMPTY),
		"dig @::1 -p 5353 MX example.com\ndig +trace MX example.com");
	check_text("resolver", "tlsa",
		by_hand_expand(&a, "TLSA", &s, s.hosts[0], NULL, STR_EMPTY, STR_EMPTY),
		"dig @::1 -p 5353 +dnssec TLSA _25._tcp.mx1.example.com");
	session_release(&s);
	resolvers[0] = STR("192.0.2.53:53");
	start.names_resolver = true;
	build_begin(&b, &s);
	add_event(&b, "walk", EV_WALK_START, &start);
	check_text("resolver", "the one of --resolver on the usual port",
		by_hand_expand(
			&a, "dig MX {D}\ndig +trace MX {D}", &s, NULL, NULL, STR_EMPTY, STR_EMPTY),
		"dig @192.0.2.53 MX example.com\ndig +trace MX example.com");
	session_release(&s);
	arena_release(&a);
}

/* A name from DNS that would be a command goes to the shell as one quoted word. */
static void
test_by_hand_hostile(void **state)
{
	struct arena a = { 0 };
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_mx(&b, "10 x$(reboot)'.example.com");
	check_text("hostile", "dig",
		by_hand_expand(&a, "dig A {H}", &s, s.hosts[0], NULL, STR_EMPTY, STR_EMPTY),
		"dig A 'x$(reboot)'\\''.example.com'");
	session_release(&s);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agreed),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_row_is_raised),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_by_hand_rehearsal),
		cmocka_unit_test(test_by_hand_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
