/*
 * test_cert: certificates made in memory, good ones and broken ones.
 *
 *	struct test_cert ca = test_cert_make(&(struct cert_spec){ .cn = "CA", .is_ca = true });
 *	struct test_cert leaf = test_cert_make(&(struct cert_spec){
 *		.cn = "mx", .sans = "DNS:mx.example.com", .issuer = &ca });
 */
#ifndef STS_TEST_CERT_H
#define STS_TEST_CERT_H

#include <assert.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "core/str.h"

struct test_cert {
	X509 *cert;
	EVP_PKEY *key;
};

struct cert_spec {
	const char *cn; /* NULL: empty subject */
	const char *sans; /* as in openssl.cnf: "DNS:a.example,DNS:b.example"; NULL: none */
	const struct str *raw_sans; /* dNSNames of any bytes, in place of sans */
	size_t raw_count;
	long from_days, to_days; /* from now; to_days 0: 90 */
	bool is_ca;
	const char *usage; /* extendedKeyUsage, NULL: none */
	const char *aia; /* authorityInfoAccess */
	int rsa_bits; /* 0: P-256 */
	const char *curve; /* NULL: P-256 */
	bool is_ed25519;
	long serial; /* 0: any */
	const struct test_cert *issuer; /* NULL: its own */
};

static inline EVP_PKEY *
test_key(const struct cert_spec *spec)
{
	if (spec->is_ed25519)
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (spec->rsa_bits > 0)
		return EVP_RSA_gen((unsigned)spec->rsa_bits);
	return EVP_EC_gen(spec->curve != NULL ? spec->curve : "P-256");
}

static inline void
test_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	if (value == NULL)
		return;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert(extension != NULL);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

static inline void
test_raw_sans(X509 *cert, const struct cert_spec *spec)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	for (size_t i = 0; i < spec->raw_count; i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_IA5STRING *text = ASN1_IA5STRING_new();

		ASN1_STRING_set(text, spec->raw_sans[i].p, (int)spec->raw_sans[i].n);
		GENERAL_NAME_set0_value(name, GEN_DNS, text);
		sk_GENERAL_NAME_push(names, name);
	}
	X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND);
	GENERAL_NAMES_free(names);
}

static inline struct test_cert
test_cert_make(const struct cert_spec *spec)
{
	static long serial = 1000;
	struct test_cert made = { X509_new(), test_key(spec) };
	const struct test_cert *issuer = spec->issuer != NULL ? spec->issuer : &made;
	X509_NAME *name = X509_get_subject_name(made.cert);

	assert(made.key != NULL);
	X509_set_version(made.cert, X509_VERSION_3);
	ASN1_INTEGER_set(
		X509_get_serialNumber(made.cert), spec->serial != 0 ? spec->serial : serial++);
	X509_gmtime_adj(X509_getm_notBefore(made.cert), spec->from_days * 86400 - 60);
	X509_gmtime_adj(
		X509_getm_notAfter(made.cert), (spec->to_days != 0 ? spec->to_days : 90) * 86400);
	if (spec->cn != NULL)
		X509_NAME_add_entry_by_txt(
			name, "CN", MBSTRING_UTF8, (const unsigned char *)spec->cn, -1, -1, 0);
	X509_set_issuer_name(made.cert, X509_get_subject_name(issuer->cert));
	X509_set_pubkey(made.cert, made.key);
	test_extension(made.cert, issuer->cert, NID_basic_constraints,
		spec->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	test_extension(made.cert, issuer->cert, NID_subject_key_identifier, "hash");
	test_extension(made.cert, issuer->cert, NID_ext_key_usage, spec->usage);
	test_extension(made.cert, issuer->cert, NID_info_access, spec->aia);
	if (spec->raw_count > 0)
		test_raw_sans(made.cert, spec);
	else
		test_extension(made.cert, issuer->cert, NID_subject_alt_name, spec->sans);
	X509_sign(made.cert, issuer->key,
		EVP_PKEY_get_base_id(issuer->key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256());
	return made;
}

static inline void
test_cert_free(struct test_cert *c)
{
	X509_free(c->cert);
	EVP_PKEY_free(c->key);
	*c = (struct test_cert){ NULL, NULL };
}

/* PEM of one certificate in buf; a str of it. */
static inline struct str
test_cert_pem(const struct test_cert *c, char *buf, size_t room)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	PEM_write_bio_X509(bio, c->cert);
	n = BIO_get_mem_data(bio, &p);
	assert(n > 0 && (size_t)n <= room);
	memcpy(buf, p, (size_t)n);
	BIO_free(bio);
	return (struct str){ buf, (size_t)n };
}

#endif
