#include <string.h>

#include "net/dnswire.h"
#include "support/cmocka_all.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz01234567890"
#define NAME_251 LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63

static void
names(void **state)
{
	static const struct {
		const char *text;
		const char *wanted; /* NULL: no name */
	} rows[] = {
		{ "Example.COM", "example.com" },
		{ "example.com.", "example.com" },
		{ ".", "." },
		{ "_25._tcp.mx1.example.com", "_25._tcp.mx1.example.com" },
		{ "a\\.b.example", "a\\.b.example" },
		{ "a\\000b.example", "a\\000b.example" },
		{ "a b.example", "a\\032b.example" },
		{ LABEL_63 ".example", LABEL_63 ".example" },
		{ LABEL_63 "1.example", NULL },
		{ NAME_251 ".example", NULL },
		{ "", NULL },
		{ "..", NULL },
		{ "a..b", NULL },
	};
	struct arena a = { NULL, 0 };
	struct str got;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool is_ok = dnswire_name(&a, str_of(rows[i].text), &got);

		if (is_ok != (rows[i].wanted != NULL))
			fail_msg("\"%s\": %s", rows[i].text, is_ok ? "accepted" : "refused");
		if (is_ok)
			assert_str(got, rows[i].wanted);
	}
	assert_false(dnswire_name(&a, STR("a\0b.example"), &got));
	arena_release(&a);
}

static void
query_round_trip(void **state)
{
	const struct dnswire_query query = {
		.id = 0xbeef,
		.name = STR("_mta-sts.Example.COM."),
		.type = RRTYPE_TXT,
		.has_edns = true,
		.wants_cd = true,
	};
	struct arena a = { NULL, 0 };
	struct dnswire_packet got;
	struct str bytes;

	(void)state;
	assert_true(dnswire_query_build(&a, &query, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_int_equal(got.id, 0xbeef);
	assert_false(got.is_response);
	assert_true(got.has_ad);
	assert_true(got.has_cd);
	assert_true(got.has_edns);
	assert_int_equal(got.edns_bytes, DNSWIRE_UDP_BYTES);
	assert_true(got.has_question && got.is_known);
	assert_str(got.name, "_mta-sts.example.com");
	assert_int_equal(got.type, RRTYPE_TXT);
	/* RD and AD of the header; no DO: the answer should stay small. */
	assert_int_equal((unsigned char)bytes.p[2], 0x01);
	assert_int_equal((unsigned char)bytes.p[3], 0x30);
	arena_release(&a);
}

static void
record_rows(void **state)
{
	static const struct {
		const char *line;
		enum rrtype type;
		const char *owner, *data;
		int64_t preference;
		size_t strings;
	} rows[] = {
		{ "@ 60 IN MX 10 MX1", RRTYPE_MX, "example.com", "mx1.example.com", 10, 0 },
		{ "@ MX 0 .", RRTYPE_MX, "example.com", ".", 0, 0 },
		{ "@ MX 5 192.0.2.1.", RRTYPE_MX, "example.com", "192.0.2.1", 5, 0 },
		{ "a A 192.0.2.1", RRTYPE_A, "a.example.com", "192.0.2.1", -1, 0 },
		{ "A. AAAA 2001:DB8::1", RRTYPE_AAAA, "a", "2001:db8::1", -1, 0 },
		{ "a CNAME B.", RRTYPE_CNAME, "a.example.com", "b", -1, 0 },
		{ ". NS A.Root.", RRTYPE_NS, ".", "a.root", -1, 0 },
		{ "a TXT \"v=1;\" \" b\"", RRTYPE_TXT, "a.example.com", "v=1; b", -1, 2 },
		{ "a TXT \"\"", RRTYPE_TXT, "a.example.com", "", -1, 1 },
		{ "a TXT \"\\255\\\"\\\\\"", RRTYPE_TXT, "a.example.com", "\xff\"\\", -1, 1 },
		{ "_25._tcp.a TLSA 3 1 1 AABBCCDD", RRTYPE_TLSA, "_25._tcp.a.example.com",
			"3 1 1 aabbccdd", -1, 0 },
		{ "a DS 12345 8 2 AABB", RRTYPE_DS, "a.example.com", "12345 8 2 aabb", -1, 0 },
	};
	struct arena a = { NULL, 0 };
	struct str why;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dnswire_record got;

		if (!dnswire_line(&a, str_of(rows[i].line), STR("example.com"), &got, &why))
			fail_msg("%s: %.*s", rows[i].line, STR_ARG(why));
		assert_true(got.is_known);
		assert_int_equal(got.type, rows[i].type);
		assert_str(got.owner, rows[i].owner);
		assert_str(got.data, rows[i].data);
		assert_true(got.preference == rows[i].preference);
		assert_int_equal(got.strings.n, rows[i].strings);
	}
	arena_release(&a);
}

static void
bad_lines(void **state)
{
	static const char *const rows[] = { "", " ", "@", "@ A", "@ A 192.0.2", "@ NOTYPE x",
		"@ MX mx1", "@ TLSA 3 1", "@ TXT", "a..b A 192.0.2.1" };
	struct arena a = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dnswire_record got;
		struct str why;

		if (dnswire_line(&a, str_of(rows[i]), STR("example.com"), &got, &why))
			fail_msg("accepted: \"%s\"", rows[i]);
		assert_true(why.n > 0);
	}
	arena_release(&a);
}

static void
parse_query(struct arena *a, enum rrtype type, bool has_edns, struct dnswire_packet *out)
{
	const struct dnswire_query query = {
		.id = 7,
		.name = STR("example.com"),
		.type = type,
		.has_edns = has_edns,
	};
	struct str bytes;

	assert_true(dnswire_query_build(a, &query, &bytes));
	assert_true(dnswire_parse(a, bytes, out));
}

static void
reply_round_trip(void **state)
{
	struct dnswire_record records[2], soa;
	struct dnswire_packet query, got;
	struct arena a = { NULL, 0 };
	struct str bytes, why;
	struct dnswire_reply reply = {
		.query = &query,
		.is_recursive = true,
		.has_ad = true,
		.answers = records,
		.answer_count = 2,
		.authority = &soa,
		.authority_count = 1,
		.ede_code = 6,
		.ede_text = STR("signature expired"),
	};

	(void)state;
	parse_query(&a, RRTYPE_MX, true, &query);
	assert_true(dnswire_line(&a, STR("@ 60 MX 10 mx1"), STR("example.com"), &records[0], &why));
	assert_true(dnswire_line(&a, STR("@ 70 MX 20 mx2"), STR("example.com"), &records[1], &why));
	assert_true(dnswire_line(
		&a, STR("@ 900 SOA a. b. 1 2 3 4 50"), STR("example.com"), &soa, &why));
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_true(got.is_response && got.is_recursive && got.has_ad);
	assert_false(got.is_truncated || got.is_referral);
	assert_int_equal(got.id, 7);
	assert_int_equal(got.count, 2);
	assert_str(got.answers[1].data, "mx2.example.com");
	assert_int_equal(got.answers[1].ttl_s, 70);
	assert_true(got.has_soa);
	assert_int_equal(got.negative_ttl_s, 50);
	assert_int_equal(got.ede_code, 6);
	assert_str(got.ede_text, "signature expired");
	/* Over the bound: TC, and nothing but the question. */
	reply.max_bytes = bytes.n - 1;
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_true(got.is_truncated);
	assert_int_equal(got.count, 0);
	arena_release(&a);
}

static void
reply_without_edns(void **state)
{
	struct dnswire_packet query, got;
	struct arena a = { NULL, 0 };
	struct str bytes;
	const struct dnswire_reply reply = {
		.query = &query,
		.rcode = DNSWIRE_NXDOMAIN,
		.ede_code = 6,
	};

	(void)state;
	parse_query(&a, RRTYPE_A, false, &query);
	assert_int_equal(query.edns_bytes, 512);
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_int_equal(got.rcode, DNSWIRE_NXDOMAIN);
	assert_false(got.has_edns);
	assert_int_equal(got.ede_code, -1);
	assert_int_equal(got.negative_ttl_s, -1);
	arena_release(&a);
}

static void
a_referral_is_told(void **state)
{
	struct dnswire_packet query, got;
	struct dnswire_record ns;
	struct arena a = { NULL, 0 };
	struct str bytes, why;
	struct dnswire_reply reply = {
		.query = &query,
		.authority = &ns,
		.authority_count = 1,
		.ede_code = -1,
	};

	(void)state;
	parse_query(&a, RRTYPE_A, true, &query);
	assert_true(dnswire_line(&a, STR("com. NS a.example."), STR("."), &ns, &why));
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_true(got.is_referral);
	reply.is_recursive = true;
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	assert_true(dnswire_parse(&a, bytes, &got));
	assert_false(got.is_referral);
	arena_release(&a);
}

/* What only a strange server sends: a TTL with the top bit set (RFC 2181 8), TLSA without data. */
static void
odd_records(void **state)
{
	static const char packet[] = "\x00\x01\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00"
				     "\x01"
				     "a\x00\x00\x34\x00\x01"
				     "\xc0\x0c\x00\x34\x00\x01\x80\x00\x00\x3c\x00\x03\x03\x01\x01"
				     "\xc0\x0c\x00\x34\x00\x01\x7f\xff\xff\xff\x00\x04\x03\x01\x01"
				     "\xaa";
	struct dnswire_packet got;
	struct arena a = { NULL, 0 };

	(void)state;
	assert_true(dnswire_parse(&a, (struct str){ packet, sizeof(packet) - 1 }, &got));
	assert_int_equal(got.count, 2);
	assert_int_equal(got.answers[0].ttl_s, 0);
	assert_str(str_trim(got.answers[0].data), "3 1 1");
	assert_int_equal(got.answers[1].ttl_s, INT32_MAX);
	assert_str(got.answers[1].data, "3 1 1 aa");
	arena_release(&a);
}

/* Every cut of a good packet, and every byte of it changed, is read or refused; never worse. */
static void
damaged_packets(void **state)
{
	static const char *const lines[] = { "@ MX 10 mx1", "@ TXT \"a\" \"b\"",
		"@ TLSA 3 1 1 aabb", "@ CNAME b", "@ AAAA 2001:db8::1" };
	struct dnswire_record records[5];
	struct dnswire_packet query, got;
	struct arena a = { NULL, 0 };
	struct str bytes, why;
	const struct dnswire_reply reply = {
		.query = &query,
		.answers = records,
		.answer_count = 5,
		.ede_code = 22,
		.ede_text = STR("x"),
	};

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_true(
			dnswire_line(&a, str_of(lines[i]), STR("example.com"), &records[i], &why));
	parse_query(&a, RRTYPE_MX, true, &query);
	assert_true(dnswire_reply_build(&a, &reply, &bytes));
	for (size_t n = 0; n < bytes.n; n++) {
		char *copy = arena_alloc(&a, bytes.n);

		memcpy(copy, bytes.p, bytes.n);
		(void)dnswire_parse(&a, (struct str){ copy, n }, &got);
		copy[n] = (char)~copy[n];
		(void)dnswire_parse(&a, (struct str){ copy, bytes.n }, &got);
	}
	assert_false(dnswire_parse(&a, STR_EMPTY, &got));
	assert_false(dnswire_parse(&a, STR("short"), &got));
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(query_round_trip),
		cmocka_unit_test(record_rows),
		cmocka_unit_test(bad_lines),
		cmocka_unit_test(reply_round_trip),
		cmocka_unit_test(reply_without_edns),
		cmocka_unit_test(a_referral_is_told),
		cmocka_unit_test(odd_records),
		cmocka_unit_test(damaged_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
