/*
 * Redaction: whatever tells who walked is in no format and not in the session file; what was walked
 * stays; the judgement stays; what is replaced is replaced consistently.
 */
#include "core/redact.h"
#include "core/sessfile.h"
#include "support/gen_event.h"
#include "support/story_reports.h"

/* A walk from a host whose every secret is echoed by servers in the ways that they have. */
static void
story_echo(struct build *b, struct session *s)
{
	static struct str resolvers[] = { BYTES("198.51.100.53:53"),
		BYTES("[2001:db8:53::1]:5353") };
	struct ev_walk_start start = build_walk_start("example.com");

	build_begin(b, s);
	start.input = STR("alice.jones@example.com");
	start.host = STR("ops1.corp.example");
	start.ehlo = STR("out7.corp.example");
	start.resolvers = (struct strs){ resolvers, 2 };
	start.trust_store = STR("/home/ajones/ca.pem");
	add_event(b, "walk", EV_WALK_START, &start);
	add_route(b, FAMILY_IPV4, true);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80", BUILD_POLICY("enforce"));
	add_mx(b, "10 mx1.example.com\n20 mx2.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	ADD(b, "smtp:mx1.example.com/192.0.2.25", SMTP_LINE, smtp_line, .from = SPEAKER_CLIENT,
		.text = STR("EHLO out7.corp.example"));
	add_addresses(b, "mx2.example.com", "192.0.2.26\n2001:db8::26");
	add_smtp(b, (struct build_smtp){ .host = "mx1.example.com",
			    .address = "192.0.2.25",
			    .banner = "220-mx1.example.com ESMTP 192.0.2.25\n"
				      "220 hello 203-0-113-5.dyn.corp.example",
			    .ehlo = "250-mx1.example.com Hello nat.corp.example [203.0.113.5], "
				    "OUT7.corp.example\n250-seen [IPv6:2001:DB8:5:0::7] and "
				    "203.0.113.77\n250 STARTTLS" });
	add_smtp(
		b, (struct build_smtp){ .host = "mx2.example.com",
			   .address = "192.0.2.26",
			   .banner = "554 5.7.1 client (203.0.113.5) of out7.corp.example blocked, "
				     "see 5.113.0.203.zen.example" });
	ADD(b, "smtp:mx2.example.com/2001:db8::26", ATTEMPT_START, attempt_start,
		.role = ATTEMPT_SMTP, .host = STR("mx2.example.com"),
		.address = STR("2001:db8::26"), .port = 25);
	ADD(b, "smtp:mx2.example.com/2001:db8::26", CONNECT, connect, .outcome = OUTCOME_OK,
		.source = STR("[2001:db8:5::7]:50115"));
	ADD(b, "smtp:mx2.example.com/2001:db8::26", SMTP_LINE, smtp_line, .from = SPEAKER_SERVER,
		.text = STR("220 mx2 from 2001:db8:5:0::7 via 2001:db8:0:0::26"));
	ADD(b, "smtp:mx2.example.com/2001:db8::26", SMTP_STEP, smtp_step, .phase = SMTP_BANNER,
		.outcome = OUTCOME_OK, .code = 220);
	ADD(b, "walk", LOCAL_FAULT, local_fault, .what = STR("trust"),
		.error = STR("/home/ajones/x and /home/bsmith/y: not there"));
	add_attempt_end(b, "smtp:mx2.example.com/2001:db8::26", OUTCOME_CANCELLED);
	add_end(b, END_DONE);
}

static const struct {
	const char *name;
	unsigned classes;
	const char *gone[16];
} classes[] = {
	{ "host", REDACT_HOST, { "ops1.corp.example", "nat.corp.example" } },
	{ "source", REDACT_SOURCE,
		{ "203.0.113.5", "203-0-113-5", "5.113.0.203", "2001:db8:5::7", "2001:db8:5:0::7",
			"2001:DB8:5:0::7", "203.0.113.77" } },
	{ "resolver", REDACT_RESOLVER, { "198.51.100.53", "2001:db8:53::1" } },
	{ "ehlo", REDACT_EHLO, { "out7" } },
	{ "user", REDACT_USER, { "alice", "jones", "bsmith" } },
};

/* What was walked is still there. */
static const char *const kept[] = { "192.0.2.25", "192.0.2.26", "2001:db8::26", "2001:db8:0:0::26",
	"mx1.example.com", "mx2.example.com", "192.0.2.80" };

static bool
has_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++)
		if (str_starts_nocase(str_skip(text, i), part))
			return true;
	return false;
}

static void
check_gone(const char *name, const struct buf *text, unsigned which)
{
	for (size_t i = 0; i < ROWS(classes); i++)
		for (size_t k = 0; classes[i].classes & which && classes[i].gone[k] != NULL; k++)
			if (has_nocase(buf_str(text), str_of(classes[i].gone[k])))
				fail_msg("%s without %s: still has %s", name, classes[i].name,
					classes[i].gone[k]);
}

/* Every set of classes, every format, brief and whole, and the session file. */
static void
test_gone(void **state)
{
	static const struct report_input how[] = { { .look.columns = 78 },
		{ .is_brief = true, .look.columns = 78 }, { .is_full = true, .look.columns = 78 } };
	struct session s;
	struct build b;

	(void)state;
	story_echo(&b, &s);
	for (unsigned which = 1; which <= REDACT_ALL; which++) {
		struct buf file = BUF_INIT(0);
		struct session redacted;

		session_redact(&s, which, &redacted, NULL);
		sessfile_write(&file, &redacted);
		check_gone("session", &file, which);
		for (size_t i = 0; i < ROWS(kept); i++)
			check_true("session", kept[i],
				str_find_str(buf_str(&file), str_of(kept[i])) < file.n);
		buf_release(&file);
		for (size_t k = 0; k < format_count; k++)
			for (size_t i = 0; i < ROWS(how); i++) {
				struct buf out = report_of(&redacted, (enum format_kind)k, &how[i]);

				check_gone(report_formats[k].name, &out, which);
				buf_release(&out);
			}
		session_release(&redacted);
	}
	session_release(&s);
}

/* Whatever is of ours in a text of the walk, in every form that somebody thought of. */
static const struct {
	const char *name;
	unsigned classes;
	const char *text, *wanted;
} hidden[] = {
	{ "upper case", REDACT_ALL, "220 OUT7.CORP.EXAMPLE ok", "220 EHLO-1.invalid ok" },
	{ "of our zone", REDACT_ALL, "250 Hello vpn3.corp.example, pleased",
		"250 Hello HOST-2.invalid, pleased" },
	{ "the zone itself", REDACT_ALL, "550 mail to postmaster@corp.example",
		"550 mail to postmaster@HOST-2.invalid" },
	{ "no zone of ours", REDACT_ALL, "220 notcorp.example", "220 notcorp.example" },
	{ "host class off", REDACT_SOURCE, "220 vpn3.corp.example", "220 vpn3.corp.example" },
	{ "hex", REDACT_ALL, "220 host-cb007105.dyn", "220 host-SOURCE-1.dyn" },
	{ "hex, upper case", REDACT_ALL, "550 CB007105 listed", "550 SOURCE-1 listed" },
	{ "longer hex", REDACT_ALL, "550 acb0071050", "550 acb0071050" },
	{ "decimal", REDACT_ALL, "550 id 3405803781", "550 id SOURCE-1" },
	{ "padded", REDACT_ALL, "550 203.000.113.005", "550 SOURCE-1" },
	{ "padded, hyphens", REDACT_ALL, "220 p203-000-113-005.example", "220 pSOURCE-1.example" },
	{ "digits", REDACT_ALL, "220 ip203000113005", "220 ipSOURCE-1" },
	{ "backwards", REDACT_ALL, "554 5.113.0.203.in-addr.arpa", "554 SOURCE-1.in-addr.arpa" },
	{ "backwards, hyphens", REDACT_ALL, "220 5-113-0-203.pool", "220 SOURCE-1.pool" },
	{ "mapped", REDACT_ALL, "220 ::ffff:203.0.113.5", "220 SOURCE-1" },
	{ "mapped, hex", REDACT_ALL, "220 [::FFFF:cb00:7105]", "220 [SOURCE-1]" },
	{ "IPv6 whole", REDACT_ALL, "220 2001:0DB8:0005:0000:0000:0000:0000:0007", "220 SOURCE-2" },
	{ "IPv6, mixed", REDACT_ALL, "220 2001:db8:5::0.0.0.7", "220 SOURCE-2" },
	{ "IPv6, hyphens", REDACT_ALL, "220 ip-2001-db8-5--7.example", "220 ip-SOURCE-2.example" },
	{ "IPv6, hyphens whole", REDACT_ALL, "220 2001-0db8-0005-0000-0000-0000-0000-0007.x",
		"220 SOURCE-2.x" },
	{ "ip6.arpa", REDACT_ALL,
		"554 7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.5.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		"554 SOURCE-2.ip6.arpa" },
	{ "resolver, hex", REDACT_ALL, "250 via c6336435", "250 via RESOLVER-1" },
	{ "not UTF-8", REDACT_ALL, "220 \xff out7.corp.example", "220 \xff EHLO-1.invalid" },
	{ "walked", REDACT_ALL, "220 192.0.2.25 mx1.example.com",
		"220 192.0.2.25 mx1.example.com" },
};

/* Our own name and addresses are of the first MX dialogue: SOURCE-1, EHLO-1. */
static void
story_hidden(struct build *b, struct session *s, const char *text)
{
	static struct str resolvers[] = { BYTES("198.51.100.53:53") };
	struct ev_walk_start start = build_walk_start("example.com");

	build_begin(b, s);
	start.input = STR("al@example.com");
	start.host = STR("ops1");
	start.ehlo = STR("out7.corp.example");
	start.resolvers = (struct strs){ resolvers, 1 };
	add_event(b, "walk", EV_WALK_START, &start);
	add_mx(b, "10 mx1.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25\n2001:db8::25");
	add_smtp(b, (struct build_smtp){
			    .host = "mx1.example.com", .address = "192.0.2.25", .banner = text });
	ADD(b, "smtp:mx1.example.com/2001:db8::25", ATTEMPT_START, attempt_start,
		.role = ATTEMPT_SMTP, .host = STR("mx1.example.com"),
		.address = STR("2001:db8::25"), .port = 25);
	ADD(b, "smtp:mx1.example.com/2001:db8::25", CONNECT, connect, .outcome = OUTCOME_OK,
		.source = STR("[2001:db8:5::7]:50115"));
	add_end(b, END_DONE);
}

static void
test_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(hidden); i++) {
		struct session s, redacted;
		struct build b;

		story_hidden(&b, &s, hidden[i].text);
		session_redact(&s, hidden[i].classes, &redacted, NULL);
		check_text(hidden[i].name, "banner", redacted.hosts[0]->addresses[0]->banner.v[0],
			hidden[i].wanted);
		session_release(&redacted);
		session_release(&s);
	}
}

/* What else is of ours: notes, files, hosts of this side, the walk before, and a certificate. */
static void
test_own_texts(void **state)
{
	static const char *const gone[] = { "ops1.corp", "at ops1", "jones", "alice", "10.9.8.7",
		"203.0.113", "ajones", "cKZtb3BzMS5jb3JwLmV4YW1wbGU" };
	static const char *const there[] = { "called USER-1 at HOST-1 about SOURCE-",
		"/home/USER-2/old.policy", "mx1.example.com warn" };
	static struct str hosts[] = { BYTES("mx1.example.com warn") },
			  findings[] = { BYTES("env-x 203.0.113.5") };
	/* "p\xa6mops1.corp.example", as it would stand in the bytes of a certificate. */
	const struct ev_cert cert = { .subject = STR("CN=x"),
		.is_sent = true,
		.pem = STR("-----BEGIN CERTIFICATE-----\ncKZtb3BzMS5jb3JwLmV4YW1wbGU=\n"
			   "-----END CERTIFICATE-----\n") };
	struct buf file = BUF_INIT(0);
	struct session s;
	struct build b;

	(void)state;
	story_echo(&b, &s);
	ADD(&b, "walk", POLICY_CACHED, policy_cached, .source = STR("/home/ajones/old.policy"),
		.body = STR(""), .first_s = -1, .fetched_s = -1);
	ADD(&b, "walk", HOSTS_FILE, hosts_file, .name = STR("mx1.example.com"),
		.address = STR("10.9.8.7"));
	ADD(&b, "walk", LAST_WALK, last_walk, .hosts = { hosts, 1 }, .findings = { findings, 1 });
	add_event(&b, "smtp:mx1.example.com/192.0.2.25", EV_CERT, &cert);
	session_add_note(
		&s, STR("called alice.jones at ops1 about 10.20.30.40, ops1.corp.example"), 0);
	session_redact_write(&s, REDACT_ALL, &file);
	for (size_t i = 0; i < ROWS(gone); i++)
		if (has_nocase(buf_str(&file), str_of(gone[i])))
			fail_msg("%s is still there", gone[i]);
	for (size_t i = 0; i < ROWS(there); i++)
		check_true(there[i], "is there",
			str_find_str(buf_str(&file), str_of(there[i])) < file.n);
	buf_release(&file);
	session_release(&s);
}

/* The same thing has the same label everywhere, and another one another. */
static void
test_consistent(void **state)
{
	static const char *const parts[] = {
		"EHLO EHLO-1.invalid\"",
		"\"host\":\"HOST-1.invalid\"",
		"\"input\":\"USER-1@example.com\"",
		"Hello HOST-2.invalid [SOURCE-1], EHLO-1.invalid",
		"seen [IPv6:SOURCE-2] and SOURCE-3",
		"(SOURCE-1) of EHLO-1.invalid blocked",
		"\"resolvers\":[\"RESOLVER-1\",\"RESOLVER-2\"]",
		"from SOURCE-2 via 2001:db8:0:0::26",
		"/home/USER-2/x and /home/USER-3/y",
		"\"redacted\":[\"host\",\"source\",\"resolver\",\"ehlo\",\"user\"]",
	};
	struct buf file = BUF_INIT(0);
	struct session s;
	struct build b;

	(void)state;
	story_echo(&b, &s);
	session_redact_write(&s, REDACT_ALL, &file);
	for (size_t i = 0; i < ROWS(parts); i++)
		check_true("all classes", parts[i],
			str_find_str(buf_str(&file), str_of(parts[i])) < file.n);
	buf_release(&file);
	session_release(&s);
}

/* Evidence stays evidence: the findings and the verdict are the same. */
static void
test_same_judgement(void **state)
{
	(void)state;
	for (size_t i = 0; i <= ROWS(stories); i++) {
		struct session s, redacted;
		struct judgement before, after;
		struct build b;

		if (i < ROWS(stories))
			stories[i].build(&b, &s);
		else
			story_echo(&b, &s);
		session_redact(&s, REDACT_ALL, &redacted, NULL);
		judge(&s, NULL, &before);
		judge(&redacted, NULL, &after);
		check_int("redacted", "findings", (long long)after.count, (long long)before.count);
		for (size_t k = 0; k < before.count; k++)
			check_text("redacted", "finding", str_of(after.findings[k].type->name),
				before.findings[k].type->name);
		check_int("redacted", "exit", after.exit, before.exit);
		check_int("redacted", "mail", after.fresh, before.fresh);
		judgement_release(&before);
		judgement_release(&after);
		session_release(&redacted);
		session_release(&s);
	}
}

/* Redacting twice changes nothing more, and a redacted file opens as it is. */
static void
test_again(void **state)
{
	struct buf once = BUF_INIT(0), twice = BUF_INIT(0), reread = BUF_INIT(0);
	struct session s, redacted, read;
	struct build b;

	(void)state;
	story_echo(&b, &s);
	session_redact(&s, REDACT_ALL, &redacted, NULL);
	sessfile_write(&once, &redacted);
	session_redact_write(&redacted, REDACT_ALL, &twice);
	check_str("twice", "session", buf_str(&twice), buf_str(&once));
	session_init(&read);
	assert_int_equal(sessfile_read(buf_str(&once), &read, NULL, NULL), RESULT_OK);
	sessfile_write(&reread, &read);
	check_str("read", "session", buf_str(&reread), buf_str(&once));
	buf_release(&once);
	buf_release(&twice);
	buf_release(&reread);
	session_release(&read);
	session_release(&redacted);
	session_release(&s);
}

/* Where this host is walked itself, the evidence keeps its name: it is what the session is about. */
static void
test_walked_itself(void **state)
{
	struct buf file = BUF_INIT(0);
	struct ev_walk_start start = build_walk_start("example.com");
	struct session s;
	struct build b;

	(void)state;
	build_begin(&b, &s);
	start.host = start.ehlo = STR("mx1.example.com");
	add_event(&b, "walk", EV_WALK_START, &start);
	ADD(&b, "smtp:mx1.example.com/192.0.2.25", SMTP_LINE, smtp_line, .from = SPEAKER_CLIENT,
		.text = STR("EHLO mx1.example.com"));
	add_mx(&b, "10 mx1.example.com");
	add_addresses(&b, "mx1.example.com", "192.0.2.25");
	add_smtp_ok(&b, "mx1.example.com", "192.0.2.25");
	add_end(&b, END_DONE);
	session_redact_write(&s, REDACT_ALL, &file);
	assert_true(str_find_str(buf_str(&file), STR("\"host\":\"HOST-0.invalid\"")) < file.n);
	assert_true(str_find_str(buf_str(&file), STR("EHLO EHLO-0.invalid")) < file.n);
	assert_true(str_find_str(buf_str(&file), STR("smtp:mx1.example.com/192.0.2.25")) < file.n);
	buf_release(&file);
	session_release(&s);
}

/* Any bytes in any field: nothing falls over, nothing of the source addresses is left. */
static void
test_any_events(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct gen g = { seed * UINT64_C(0x9e3779b97f4a7c15) };
		struct arena a = { 0 };
		struct session s, redacted;
		struct build b;

		story_echo(&b, &s);
		for (size_t i = 0; i < 40; i++) {
			const struct event e = { .us = b.us++,
				.job = STR("walk"),
				.kind = (enum event_kind)gen_below(&g, event_kind_count),
				.payload = NULL };
			struct event made = e;

			made.payload = gen_payload(&g, &a, made.kind);
			session_apply(&s, &made);
		}
		session_redact(&s, REDACT_ALL, &redacted, NULL);
		assert_int_equal(redacted.event_count, s.event_count);
		session_release(&redacted);
		session_release(&s);
		arena_release(&a);
	}
}

static const struct {
	const char *name;
	struct str text, canonical;
} addresses[] = {
	{ "IPv4", BYTES("192.0.2.1"), BYTES("c0000201") },
	{ "IPv6", BYTES("2001:db8::1"), BYTES("20010db8000000000000000000000001") },
	{ "IPv6 long", BYTES("2001:0DB8:0:0:0:0:0:1"), BYTES("20010db8000000000000000000000001") },
	{ "mapped", BYTES("::ffff:192.0.2.1"), BYTES("c0000201") },
	{ "any", BYTES("::"), BYTES("00000000000000000000000000000000") },
	{ "gap at the end", BYTES("2001:db8::"), BYTES("20010db8000000000000000000000000") },
	{ "none", BYTES("mx1.example.com"), BYTES("") },
	{ "version", BYTES("3.7.11"), BYTES("") },
};

static void
test_canonical(void **state)
{
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(addresses); i++)
		check_str(addresses[i].name, "canonical", address_canonical(&a, addresses[i].text),
			addresses[i].canonical);
	arena_release(&a);
}

static const struct {
	const char *list;
	unsigned classes; /* 0: refused */
} lists[] = {
	{ "host", REDACT_HOST },
	{ "source,user", REDACT_SOURCE | REDACT_USER },
	{ "host,source,resolver,ehlo,user", REDACT_ALL },
	{ "host,host", REDACT_HOST },
	{ "", 0 },
	{ "Host", 0 },
	{ "host,", REDACT_HOST },
	{ "host source", 0 },
};

static void
test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(lists); i++) {
		struct err err = { .text = "" };
		unsigned got = 0;
		const enum result rc = redact_classes(str_of(lists[i].list), &got, &err);

		check_int(lists[i].list, "result", rc,
			lists[i].classes != 0 ? RESULT_OK : RESULT_FAILED);
		if (lists[i].classes != 0)
			check_int(lists[i].list, "classes", got, lists[i].classes);
		else
			check_int(lists[i].list, "exit", err.exit, 64);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_own_texts),
		cmocka_unit_test(test_consistent),
		cmocka_unit_test(test_same_judgement),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_walked_itself),
		cmocka_unit_test(test_any_events),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
