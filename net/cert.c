#include "net/cert.h"

#include <time.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/limits.h"

#define SHORT_TEXT 80

static struct str
bio_text(struct arena *a, BIO *bio)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	return n > 0 ? arena_str(a, (struct str){ p, (size_t)n }) : STR_EMPTY;
}

static struct str
hex(struct arena *a, const unsigned char *bytes, size_t count, bool with_colons)
{
	static const char digits[] = "0123456789abcdef";
	size_t step = with_colons ? 3 : 2;
	char *p = arena_alloc(a, count * step + 1);
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (with_colons && i > 0)
			p[n++] = ':';
		p[n++] = digits[bytes[i] >> 4];
		p[n++] = digits[bytes[i] & 15];
	}
	return (struct str){ p, n };
}

/* RFC 2253, but with characters beyond ASCII left as they are. */
static struct str
name_text(struct arena *a, const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct str text = STR_EMPTY;

	if (bio == NULL)
		return text;
	if (X509_NAME_print_ex(
		    bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0)
		text = bio_text(a, bio);
	BIO_free(bio);
	return text;
}

/* The last CN: the most specific one, and the one that legacy clients compared. */
static struct str
common_name(struct arena *a, const X509_NAME *name)
{
	int at = -1, next;
	const ASN1_STRING *value;
	unsigned char *utf8 = NULL;
	struct str text = STR_EMPTY;
	int n;

	while ((next = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
		at = next;
	if (at < 0)
		return text;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	n = ASN1_STRING_to_UTF8(&utf8, value);
	if (n >= 0)
		text = arena_str(a, (struct str){ (const char *)utf8, (size_t)n });
	OPENSSL_free(utf8);
	return text;
}

static struct str
serial_text(struct arena *a, const X509 *cert)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	struct str digits;

	if (serial == NULL)
		return STR_EMPTY;
	digits = hex(a, ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), true);
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		digits = arena_printf(a, "-%.*s", STR_ARG(digits));
	return digits;
}

static struct str
ia5_text(struct arena *a, const ASN1_STRING *s)
{
	return arena_str(a, (struct str){ (const char *)ASN1_STRING_get0_data(s),
				    (size_t)ASN1_STRING_length(s) });
}

/* dNSName entries only: the other kinds never count for a DNS-ID (RFC 6125 section 6.4). */
static void
sans(struct arena *a, const X509 *cert, struct ev_cert *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type != GEN_DNS)
			continue;
		if (out->sans.n < LIMIT_SANS)
			arena_push(a, &out->sans, ia5_text(a, name->d.dNSName));
		else
			out->sans_left_out++;
	}
	GENERAL_NAMES_free(names);
}

/* Where the issuer's certificate can be had: what repairs an incomplete chain. */
static struct str
ca_issuers(struct arena *a, const X509 *cert)
{
	AUTHORITY_INFO_ACCESS *info = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
	struct str url = STR_EMPTY;

	for (int i = 0; url.n == 0 && i < sk_ACCESS_DESCRIPTION_num(info); i++) {
		const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(info, i);

		if (OBJ_obj2nid(access->method) == NID_ad_ca_issuers &&
			access->location->type == GEN_URI)
			url = ia5_text(a, access->location->d.uniformResourceIdentifier);
	}
	AUTHORITY_INFO_ACCESS_free(info);
	return url;
}

static int64_t
seconds(const ASN1_TIME *time)
{
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return -1;
	return (int64_t)timegm(&tm);
}

/* The usual name of an algorithm, else its dotted number. */
static struct str
object_text(struct arena *a, const ASN1_OBJECT *object)
{
	char text[SHORT_TEXT];
	int nid = OBJ_obj2nid(object);
	int n;

	if (nid != NID_undef)
		return arena_str(a, str_of(OBJ_nid2ln(nid)));
	n = OBJ_obj2txt(text, sizeof(text), object, 1);
	return n > 0 ? arena_str(a, str_of(text)) : STR_EMPTY;
}

static struct str
curve_text(struct arena *a, const EVP_PKEY *key)
{
	char group[SHORT_TEXT];
	size_t n = 0;
	const char *nist;

	if (EVP_PKEY_get_group_name(key, group, sizeof(group), &n) != 1)
		return arena_str(a, STR("EC"));
	nist = EC_curve_nid2nist(OBJ_sn2nid(group));
	return arena_printf(a, "EC %s", nist != NULL ? nist : group);
}

/* "EC P-256", "RSA 2048", "Ed25519"; the algorithm's own name when the key cannot be decoded. */
static struct str
key_text(struct arena *a, X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);
	ASN1_OBJECT *algorithm = NULL;

	X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, X509_get_X509_PUBKEY(cert));
	if (key == NULL)
		return object_text(a, algorithm);
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_EC:
		return curve_text(a, key);
	case EVP_PKEY_RSA:
		return arena_printf(a, "RSA %d", EVP_PKEY_get_bits(key));
	case EVP_PKEY_RSA_PSS:
		return arena_printf(a, "RSA-PSS %d", EVP_PKEY_get_bits(key));
	case EVP_PKEY_DSA:
		return arena_printf(a, "DSA %d", EVP_PKEY_get_bits(key));
	case EVP_PKEY_ED25519:
		return arena_str(a, STR("Ed25519"));
	case EVP_PKEY_ED448:
		return arena_str(a, STR("Ed448"));
	default:
		return object_text(a, algorithm);
	}
}

static struct str
signature_text(struct arena *a, const X509 *cert)
{
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *object = NULL;

	X509_get0_signature(NULL, &algorithm, cert);
	if (algorithm == NULL)
		return STR_EMPTY;
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	return object_text(a, object);
}

static struct str
sha256(struct arena *a, const unsigned char *der, int n)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	if (n < 0 || EVP_Digest(der, (size_t)n, digest, &size, EVP_sha256(), NULL) != 1)
		return STR_EMPTY;
	return hex(a, digest, size, false);
}

static struct str
cert_sha256(struct arena *a, X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509(cert, &der);
	struct str text = sha256(a, der, n);

	OPENSSL_free(der);
	return text;
}

/* Of the whole SubjectPublicKeyInfo, as in TLSA selector 1 (RFC 6698 section 2.1.2). */
static struct str
spki_sha256(struct arena *a, X509 *cert)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	struct str text = sha256(a, der, n);

	OPENSSL_free(der);
	return text;
}

static struct str
pem_text(struct arena *a, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct str text = STR_EMPTY;

	if (bio != NULL && PEM_write_bio_X509(bio, cert) == 1)
		text = bio_text(a, bio);
	BIO_free(bio);
	return text;
}

void
cert_facts(struct arena *a, struct x509_st *cert, struct ev_cert *out)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	const X509_NAME *issuer = X509_get_issuer_name(cert);

	*out = (struct ev_cert){
		.subject = name_text(a, subject),
		.issuer = name_text(a, issuer),
		.common_name = common_name(a, subject),
		.serial = serial_text(a, cert),
		.not_before_s = seconds(X509_get0_notBefore(cert)),
		.not_after_s = seconds(X509_get0_notAfter(cert)),
		.key = key_text(a, cert),
		.signature = signature_text(a, cert),
		.sha256 = cert_sha256(a, cert),
		.spki_sha256 = spki_sha256(a, cert),
		.aia = ca_issuers(a, cert),
		.is_self_issued = X509_NAME_cmp(subject, issuer) == 0,
		.pem = pem_text(a, cert),
	};
	sans(a, cert, out);
}

size_t
cert_bytes(struct x509_st *cert)
{
	int n = i2d_X509(cert, NULL);

	return n > 0 ? (size_t)n : 0;
}
