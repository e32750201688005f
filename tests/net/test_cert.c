#include "core/limits.h"
#include "net/cert.h"
#include "support/check.h"
#include "support/cmocka_all.h"
#include "support/test_cert.h"

static const struct {
	const char *name;
	struct cert_spec spec;
	const char *subject, *common_name, *key, *signature;
} rows[] = {
	{ "P-256", { .cn = "mx1.example.com" }, "CN=mx1.example.com", "mx1.example.com", "EC P-256",
		"ecdsa-with-SHA256" },
	{ "P-384", { .cn = "a", .curve = "P-384" }, "CN=a", "a", "EC P-384", "ecdsa-with-SHA256" },
	{ "a curve without an NIST name", { .cn = "a", .curve = "brainpoolP256r1" }, "CN=a", "a",
		"EC brainpoolP256r1", "ecdsa-with-SHA256" },
	{ "RSA", { .cn = "a", .rsa_bits = 1024 }, "CN=a", "a", "RSA 1024",
		"sha256WithRSAEncryption" },
	{ "Ed25519", { .cn = "a", .is_ed25519 = true }, "CN=a", "a", "Ed25519", "ED25519" },
	{ "no subject", { .cn = NULL }, "", "", "EC P-256", "ecdsa-with-SHA256" },
	{ "UTF-8", { .cn = "M\xc3\xbcller" }, "CN=M\xc3\xbcller", "M\xc3\xbcller", "EC P-256",
		"ecdsa-with-SHA256" },
	{ "what RFC 2253 escapes", { .cn = "a,b+c" }, "CN=a\\,b\\+c", "a,b+c", "EC P-256",
		"ecdsa-with-SHA256" },
};

static void
keys_and_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct test_cert made = test_cert_make(&rows[i].spec);
		struct arena a = { 0 };
		struct ev_cert facts;

		cert_facts(&a, made.cert, &facts);
		check_text(rows[i].name, "subject", facts.subject, rows[i].subject);
		check_text(rows[i].name, "issuer", facts.issuer, rows[i].subject);
		check_text(rows[i].name, "CN", facts.common_name, rows[i].common_name);
		check_text(rows[i].name, "key", facts.key, rows[i].key);
		check_text(rows[i].name, "signature", facts.signature, rows[i].signature);
		check_int(rows[i].name, "sha256", (long long)facts.sha256.n, 64);
		check_int(rows[i].name, "spki", (long long)facts.spki_sha256.n, 64);
		check_true(rows[i].name, "self-issued", facts.is_self_issued);
		check_true(rows[i].name, "PEM",
			str_starts(facts.pem, STR("-----BEGIN CERTIFICATE-----\n")));
		check_true(rows[i].name, "size",
			cert_bytes(made.cert) > 100 && cert_bytes(made.cert) < 4096);
		arena_release(&a);
		test_cert_free(&made);
	}
}

static void
the_rest(void **state)
{
	struct test_cert ca = test_cert_make(&(struct cert_spec){ .cn = "CA", .is_ca = true });
	struct test_cert made = test_cert_make(&(struct cert_spec){
		.cn = "a",
		.sans = "DNS:a.example,DNS:*.b.example,IP:192.0.2.1,email:x@a.example",
		.aia = "OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/ca.der",
		.serial = 0x04c1a0,
		.from_days = -1,
		.to_days = 30,
		.issuer = &ca,
	});
	struct arena a = { 0 };
	struct ev_cert facts;

	(void)state;
	cert_facts(&a, made.cert, &facts);
	assert_int_equal(facts.sans.n, 2);
	assert_str(facts.sans.v[0], "a.example");
	assert_str(facts.sans.v[1], "*.b.example");
	assert_int_equal(facts.sans_left_out, 0);
	assert_str(facts.aia, "http://ca.example/ca.der");
	assert_str(facts.serial, "04:c1:a0");
	assert_str(facts.issuer, "CN=CA");
	assert_false(facts.is_self_issued);
	/* 31 days and the minute that test_cert dates back. */
	assert_int_equal(facts.not_after_s - facts.not_before_s, 31 * 86400 + 60);
	arena_release(&a);
	test_cert_free(&made);
	test_cert_free(&ca);
}

static void
negative_serial(void **state)
{
	struct test_cert made = test_cert_make(&(struct cert_spec){ .cn = "a", .serial = -0x0102 });
	struct arena a = { 0 };
	struct ev_cert facts;

	(void)state;
	cert_facts(&a, made.cert, &facts);
	assert_str(facts.serial, "-01:02");
	arena_release(&a);
	test_cert_free(&made);
}

/* Raw bytes, also NUL; far more entries than are kept; entries far longer than names can be. */
static void
hostile_names(void **state)
{
	enum { MANY = 3000 };
	static struct str names[MANY];
	static char huge[40000];
	struct test_cert made;
	struct arena a = { 0 };
	struct ev_cert facts;

	(void)state;
	memset(huge, 'x', sizeof(huge));
	names[0] = STR("good.example\0.evil.example");
	names[1] = STR("\x1b[2J\xff");
	names[2] = (struct str){ huge, sizeof(huge) };
	for (size_t i = 3; i < MANY; i++)
		names[i] = STR("n.example");
	made = test_cert_make(
		&(struct cert_spec){ .cn = "a", .raw_sans = names, .raw_count = MANY });
	cert_facts(&a, made.cert, &facts);
	assert_int_equal(facts.sans.n, LIMIT_SANS);
	assert_int_equal(facts.sans_left_out, MANY - LIMIT_SANS);
	for (size_t i = 0; i < 3; i++)
		assert_true(str_eq(facts.sans.v[i], names[i]));
	assert_true(cert_bytes(made.cert) > LIMIT_CERT_BYTES);
	arena_release(&a);
	test_cert_free(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_names),
		cmocka_unit_test(the_rest),
		cmocka_unit_test(negative_serial),
		cmocka_unit_test(hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
