/* TLSA records against certificates, and the digest that they need (RFC 6698, RFC 7671, RFC 7672). */
#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "core/dane.h"
#include "core/sha512.h"

/* A self-signed certificate of a P-256 key, and what other tools make of it. */
#define PEM \
	"-----BEGIN CERTIFICATE-----\n" \
	"MIIBiDCCAS+gAwIBAgIUKFe7cMJJG+6zfVbIc4LigLz/H6EwCgYIKoZIzj0EAwIw\n" \
	"GjEYMBYGA1UEAwwPbXgxLmV4YW1wbGUuY29tMB4XDTI2MTEyMjE0MTk0MVoXDTM2\n" \
	"MTExOTE0MTk0MVowGjEYMBYGA1UEAwwPbXgxLmV4YW1wbGUuY29tMFkwEwYHKoZI\n" \
	"zj0CAQYIKoZIzj0DAQcDQgAE4z9AoITz0grLex51me8JkQjTB6ssbAYvwyeD8/0V\n" \
	"oIIle9Kn2RHS5HQeTcBEK5CL2ZXa2XEwbL+jIxR5wlhPpKNTMFEwHQYDVR0OBBYE\n" \
	"FMCMOjj/vPm/gLENya7ftASKNhj3MB8GA1UdIwQYMBaAFMCMOjj/vPm/gLENya7f\n" \
	"tASKNhj3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgMuqQ/b2W\n" \
	"pk7XOqr+lf5eEkqdz5zaq5JNXMuYX5ANsdUCIFa5q0r+e2hyLharZc2mDaT3D4d2\n" \
	"3Te4emiAP7hJQcMC\n" \
	"-----END CERTIFICATE-----\n"
#define CERT_HEX \
	"308201883082012fa00302010202142857bb70c2491beeb37d56c87382e280bcff1fa1300a06" \
	"082a8648ce3d040302301a3118301606035504030c0f6d78312e6578616d706c652e636f6d30" \
	"1e170d3236313132323134313934315a170d3336313131393134313934315a301a3118301606" \
	"035504030c0f6d78312e6578616d706c652e636f6d3059301306072a8648ce3d020106082a86" \
	"48ce3d03010703420004e33f40a084f3d20acb7b1e7599ef099108d307ab2c6c062fc32783f3" \
	"fd15a082257bd2a7d911d2e4741e4dc0442b908bd995dad971306cbfa3231479c2584fa4a353" \
	"3051301d0603551d0e04160414c08c3a38ffbcf9bf80b10dc9aedfb4048a3618f7301f060355" \
	"1d23041830168014c08c3a38ffbcf9bf80b10dc9aedfb4048a3618f7300f0603551d130101ff" \
	"040530030101ff300a06082a8648ce3d0403020347003044022032ea90fdbd96a64ed73aaafe" \
	"95fe5e124a9dcf9cdaab924d5ccb985f900db1d5022056b9ab4afe7b68722e16ab65cda60da4" \
	"f70f8776dd37b87a68803fb84941c302"
#define SPKI_HEX \
	"3059301306072a8648ce3d020106082a8648ce3d03010703420004e33f40a084f3d20acb7b1e" \
	"7599ef099108d307ab2c6c062fc32783f3fd15a082257bd2a7d911d2e4741e4dc0442b908bd9" \
	"95dad971306cbfa3231479c2584fa4"
#define CERT_256 "2ba2117be8182d369b6faa8fb98448372c8bfb92dba05ccd4d149510b09f6d76"
#define SPKI_256 "88bfdad824b33641992ce2336b50425b64ec07b602aef19117bf4b1037ea6156"
#define CERT_512 \
	"c3bd76663331c24ede95b54907352c2a50dbba7bdb919e9497f7920e89bb430b76dc4282e162" \
	"43ccc0def7d23bf26b06994b1e236f21f78e07e3263a906c70b6"
#define SPKI_512 \
	"015ef353a6cef6db3cafc57b422a60bcdfc026577ca8a9204dfc747601668acd8899e10984aa" \
	"47de5aec885bb63017d2da7520ff4bfb6bdfccb1dda0149f67b2"
#define AS_OF_S INT64_C(1795334400)
#define DAY_S INT64_C(86400)

static const struct {
	size_t length; /* of a text of letters a */
	const char *hex;
} digests[] = {
	{ 0, "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85"
	     "f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ 3, "d6f644b19812e97b5d871658d6d3400ecd4787faeb9b8990c1e7608288664be77257104a58d0"
	     "33bcf1a0e0945ff06468ebe53e2dff36e248424c7273117dac09" },
	{ 111, "fa9121c7b32b9e01733d034cfc78cbf67f926c7ed83e82200ef86818196921760b4beff48404"
	       "df811b953828274461673c68d04e297b0eb7b2b4d60fc6b566a2" },
	{ 112, "c01d080efd492776a1c43bd23dd99d0a2e626d481e16782e75d54c2503b5dc32bd05f0f1ba33"
	       "e568b88fd2d970929b719ecbb152f58f130a407c8830604b70ca" },
	{ 127, "828613968b501dc00a97e08c73b118aa8876c26b8aac93df128502ab360f91bab50a51e08876"
	       "9a5c1eff4782ace147dce3642554199876374291f5d921629502" },
	{ 128, "b73d1929aa615934e61a871596b3f3b33359f42b8175602e89f7e06e5f658a243667807ed300"
	       "314b95cacdd579f3e33abdfbe351909519a846d465c59582f321" },
	{ 1000, "67ba5535a46e3f86dbfbed8cbbaf0125c76ed549ff8b0b9e03e0c88cf90fa634fa7b12b47d77"
		"b694de488ace8d9a65967dc96df599727d3292a8d9d447709c97" },
};

static void
test_sha512(void **state)
{
	char text[1000];
	unsigned char digest[SHA512_BYTES];
	char hex[2 * SHA512_BYTES + 1];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < ROWS(digests); i++) {
		sha512((struct str){ text, digests[i].length }, digest);
		for (size_t k = 0; k < SHA512_BYTES; k++)
			snprintf(hex + 2 * k, 3, "%02x", digest[k]);
		assert_string_equal(hex, digests[i].hex);
	}
}

static const struct {
	const char *row, *record;
	bool is_usable, matches;
} records[] = {
	{ "key, SHA-256", "3 1 1 " SPKI_256, true, true },
	{ "certificate, SHA-256", "3 0 1 " CERT_256, true, true },
	{ "key, SHA-512", "3 1 2 " SPKI_512, true, true },
	{ "certificate, SHA-512", "3 0 2 " CERT_512, true, true },
	{ "key, whole", "3 1 0 " SPKI_HEX, true, true },
	{ "certificate, whole", "3 0 0 " CERT_HEX, true, true },
	{ "certificate for a key", "3 1 0 " CERT_HEX, true, false },
	{ "digest of the other", "3 1 1 " CERT_256, true, false },
	{ "trust anchor", "2 0 1 " CERT_256, true, true },
	{ "upper case", "3 1 1 88BFDAD8", false, false },
	{ "usage 0", "0 1 1 " SPKI_256, false, false },
	{ "usage 1", "1 1 1 " SPKI_256, false, false },
	{ "usage 4", "4 1 1 " SPKI_256, false, false },
	{ "selector 2", "3 2 1 " SPKI_256, false, false },
	{ "matching 3", "3 1 3 " SPKI_256, false, false },
	{ "SHA-256 for SHA-512", "3 1 2 " SPKI_256, false, false },
	{ "no data", "3 1 0", false, false },
	{ "odd length", "3 1 0 abc", false, false },
	{ "no hex", "3 1 0 xy", false, false },
	{ "a number too large", "3 1 999999999999999999999 " SPKI_256, false, false },
	{ "empty", "", false, false },
};

static struct ev_cert
leaf_of(void)
{
	return (struct ev_cert){ .is_sent = true,
		.subject = STR("CN=mx1.example.com"),
		.issuer = STR("CN=mx1.example.com"),
		.not_before_s = AS_OF_S - DAY_S,
		.not_after_s = AS_OF_S + DAY_S,
		.sha256 = STR(CERT_256),
		.spki_sha256 = STR(SPKI_256),
		.pem = STR(PEM) };
}

static void
test_records(void **state)
{
	const struct ev_cert leaf = leaf_of();
	struct tlsa tlsa;

	(void)state;
	for (size_t i = 0; i < ROWS(records); i++) {
		tlsa_parse(str_of(records[i].record), &tlsa);
		check_int(records[i].row, "usable", tlsa.is_usable, records[i].is_usable);
		check_int(records[i].row, "matches", tlsa_matches_cert(&tlsa, &leaf),
			records[i].matches);
	}
}

/* A PEM that is cut anywhere matches nothing and is read no further than it goes. */
static void
test_torn(void **state)
{
	struct ev_cert leaf = leaf_of();
	const struct str whole = leaf.pem;
	struct tlsa spki, cert;

	(void)state;
	tlsa_parse(STR("3 1 0 " SPKI_HEX), &spki);
	tlsa_parse(STR("3 0 0 " CERT_HEX), &cert);
	for (size_t n = 0; n + 100 < whole.n; n++) {
		char *copy = mem_alloc(n + 1);

		memcpy(copy, whole.p, n);
		leaf.pem = (struct str){ copy, n };
		assert_false(tlsa_matches_cert(&cert, &leaf));
		tlsa_matches_cert(&spki, &leaf);
		free(copy);
	}
}

struct chain_row {
	const char *row, *record;
	bool is_name_bad, is_leaf_over, is_anchor_over, is_unlinked;
	bool matches;
};

/* The anchor is the second of the chain; its digest is all zeros but for the last. */
#define ANCHOR "00000000000000000000000000000000000000000000000000000000000000aa"
static const struct chain_row chains[] = {
	{ "leaf", "3 1 1 " SPKI_256, false, false, false, false, true },
	{ "leaf: neither name nor dates count", "3 1 1 " SPKI_256, true, true, true, true, true },
	{ "end entity record of the anchor", "3 1 1 " ANCHOR, false, false, false, false, false },
	{ "anchor", "2 1 1 " ANCHOR, false, false, false, false, true },
	{ "anchor, wrong name", "2 1 1 " ANCHOR, true, false, false, false, false },
	{ "anchor, leaf over", "2 1 1 " ANCHOR, false, true, false, false, false },
	{ "anchor over", "2 1 1 " ANCHOR, false, false, true, false, false },
	{ "anchor of another chain", "2 1 1 " ANCHOR, false, false, false, true, false },
};

static void
test_chains(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(chains); i++) {
		const struct chain_row *c = &chains[i];
		struct ev_cert leaf = leaf_of(), anchor = leaf_of();
		const struct ev_cert_verdict verdict = { .is_name_ok = !c->is_name_bad };
		struct tls_seen tls = {
			.verdict = &verdict, .chain = { &leaf, &anchor }, .chain_count = 2
		};
		struct tlsa tlsa;

		leaf.issuer = c->is_unlinked ? STR("CN=Other") : STR("CN=CA");
		anchor.subject = STR("CN=CA");
		anchor.spki_sha256 = STR(ANCHOR);
		leaf.not_after_s -= c->is_leaf_over ? 2 * DAY_S : 0;
		anchor.not_after_s -= c->is_anchor_over ? 2 * DAY_S : 0;
		tlsa_parse(str_of(c->record), &tlsa);
		check_int(c->row, "matches", tlsa_matches(&tlsa, &tls, AS_OF_S), c->matches);
	}
}

/* The middle one and the anchor of a chain in any order; what was not sent; the leaf itself. */
static void
test_anchors(void **state)
{
	struct ev_cert leaf = leaf_of(), middle = leaf_of(), anchor = leaf_of();
	const struct ev_cert_verdict verdict = { .is_name_ok = true };
	struct tls_seen tls = {
		.verdict = &verdict, .chain = { &leaf, &anchor, &middle }, .chain_count = 3
	};
	struct tlsa tlsa;

	(void)state;
	leaf.spki_sha256 = STR(SPKI_512);
	leaf.issuer = middle.subject = STR("CN=Middle");
	middle.issuer = anchor.subject = anchor.issuer = STR("CN=CA");
	middle.spki_sha256 = STR(CERT_256);
	anchor.spki_sha256 = STR(ANCHOR);
	tlsa_parse(STR("2 1 1 " ANCHOR), &tlsa);
	assert_true(tlsa_matches(&tlsa, &tls, AS_OF_S));
	tlsa_parse(STR("2 1 1 " CERT_256), &tlsa);
	assert_true(tlsa_matches(&tlsa, &tls, AS_OF_S));

	/* Not sent: only the whole certificate in DNS can stand for it (RFC 7671 5.2.2). */
	tls.chain[1] = &middle;
	tls.chain_count = 2;
	tls.added[tls.added_count++] = &anchor;
	tlsa_parse(STR("2 1 1 " ANCHOR), &tlsa);
	assert_false(tlsa_matches(&tlsa, &tls, AS_OF_S));
	middle.pem = STR("");
	leaf.pem = STR("");
	tlsa_parse(STR("2 0 0 " CERT_HEX), &tlsa);
	assert_true(tlsa_matches(&tlsa, &tls, AS_OF_S));

	/* The leaf is no issuer of itself. */
	leaf = leaf_of();
	tls.chain_count = 1;
	tlsa_parse(STR("2 1 1 " SPKI_256), &tlsa);
	assert_false(tlsa_matches(&tlsa, &tls, AS_OF_S));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha512),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_anchors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
