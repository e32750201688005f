#include "net/lab/lab_ca.h"

#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "core/name.h"

#define CA_YEARS_DAYS 3650
#define CN_MAX 64 /* ub-common-name, RFC 5280 appendix A */
#define AIA_URL "http://ca.lab.test/intermediate.cer"

enum issuer { ISSUER_INTERMEDIATE, ISSUER_OLD, ISSUER_STRANGER, ISSUER_SELF, issuer_count };
enum names {
	NAMES_HOST,
	NAMES_OTHER,
	NAMES_CN,
	NAMES_NOTHING,
	NAMES_WILD,
	NAMES_WILD_HIGH,
	NAMES_WILD_PART
};
enum { TRAIT_ALONE = 1, TRAIT_EXTRA = 2, TRAIT_CLIENT = 4, TRAIT_WEAK = 8, TRAIT_REVOKED = 16 };

static const struct cert_kind {
	enum issuer issuer;
	int from_days, to_days;
	enum names names;
	unsigned traits;
} kinds[] = {
#define CERT_KIND(constant, word, issuer, from_days, to_days, names, traits) \
	{ issuer, from_days, to_days, names, traits },
#include "net/lab/certs.def"
#undef CERT_KIND
};

/* An authority: what signs. */
struct authority {
	EVP_PKEY *key;
	X509 *cert;
};

struct lab_ca {
	time_t now;
	struct authority root, stranger_root;
	struct authority by_issuer[issuer_count];
	struct buf pem;
};

struct cert_request {
	const char *cn; /* NULL: none */
	const char *san; /* as for OpenSSL's subjectAltName, NULL: none */
	const char *usage; /* extended key usage */
	int from_days, to_days;
	bool is_ca;
};

static EVP_PKEY *
make_key(enum lab_key key)
{
	switch (key) {
	case LAB_KEY_EC256:
		return EVP_EC_gen("P-256");
	case LAB_KEY_EC384:
		return EVP_EC_gen("P-384");
	case LAB_KEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case LAB_KEY_RSA2048:
		return EVP_RSA_gen(2048);
	case LAB_KEY_RSA1024:
		return EVP_RSA_gen(1024);
	}
	return NULL;
}

static bool
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool is_added;

	if (value == NULL)
		return true;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	if ((ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value)) == NULL)
		return false;
	is_added = X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return is_added;
}

static bool
set_serial(X509 *cert)
{
	unsigned char bytes[16];
	BIGNUM *number;
	bool is_set;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
	if ((number = BN_bin2bn(bytes, sizeof(bytes), NULL)) == NULL)
		return false;
	is_set = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
	BN_free(number);
	return is_set;
}

static bool
set_subject(X509 *cert, const char *cn)
{
	X509_NAME *name = X509_get_subject_name(cert);

	if (X509_NAME_add_entry_by_txt(
		    name, "O", MBSTRING_ASC, (const unsigned char *)"stswalk lab", -1, -1, 0) != 1)
		return false;
	return cn == NULL || X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
				     (const unsigned char *)cn, -1, -1, 0) == 1;
}

static bool
add_extensions(X509 *cert, X509 *issuer, const struct cert_request *q)
{
	return add_extension(cert, issuer, NID_basic_constraints,
		       q->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
	       add_extension(cert, issuer, NID_key_usage,
		       q->is_ca ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
	       add_extension(cert, issuer, NID_subject_key_identifier, "hash") &&
	       add_extension(cert, issuer, NID_authority_key_identifier,
		       issuer == cert ? NULL : "keyid") &&
	       add_extension(cert, issuer, NID_ext_key_usage, q->usage) &&
	       add_extension(cert, issuer, NID_info_access,
		       issuer == cert || q->is_ca ? NULL : "caIssuers;URI:" AIA_URL) &&
	       add_extension(cert, issuer, NID_subject_alt_name, q->san);
}

/* Signed by the authority, or by itself where by is NULL. */
static X509 *
make_cert(const struct lab_ca *ca, EVP_PKEY *key, const struct authority *by,
	const struct cert_request *q)
{
	X509 *cert = X509_new(), *issuer = by != NULL ? by->cert : cert;
	EVP_PKEY *signer = by != NULL ? by->key : key;
	time_t now = ca->now;
	/* Ed25519 has its digest built in. */
	const EVP_MD *md = EVP_PKEY_get_id(signer) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();

	if (cert == NULL)
		return NULL;
	if (X509_set_version(cert, X509_VERSION_3) != 1 || !set_serial(cert) ||
		X509_time_adj_ex(X509_getm_notBefore(cert), q->from_days, 0, &now) == NULL ||
		X509_time_adj_ex(X509_getm_notAfter(cert), q->to_days, 0, &now) == NULL ||
		!set_subject(cert, q->cn) ||
		X509_set_issuer_name(cert, X509_get_subject_name(issuer)) != 1 ||
		X509_set_pubkey(cert, key) != 1 || !add_extensions(cert, issuer, q) ||
		X509_sign(cert, signer, md) == 0) {
		X509_free(cert);
		return NULL;
	}
	return cert;
}

static bool
make_authority(const struct lab_ca *ca, struct authority *out, const struct authority *by,
	const char *cn, int to_days)
{
	struct cert_request q = {
		.cn = cn, .from_days = to_days - CA_YEARS_DAYS, .to_days = to_days, .is_ca = true
	};

	out->key = make_key(LAB_KEY_EC256);
	out->cert = out->key != NULL ? make_cert(ca, out->key, by, &q) : NULL;
	return out->cert != NULL;
}

static void
authority_release(struct authority *a)
{
	EVP_PKEY_free(a->key);
	X509_free(a->cert);
}

static bool
export_root(struct lab_ca *ca)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p;
	long n;

	if (bio == NULL)
		return false;
	if (PEM_write_bio_X509(bio, ca->root.cert) == 1 && (n = BIO_get_mem_data(bio, &p)) > 0)
		buf_add(&ca->pem, (struct str){ p, (size_t)n });
	BIO_free(bio);
	return ca->pem.n > 0;
}

struct lab_ca *
lab_ca_new(int64_t now_s)
{
	struct lab_ca *ca = mem_alloc(sizeof(*ca));

	*ca = (struct lab_ca){ .now = (time_t)now_s, .pem = BUF_INIT(65536) };
	if (make_authority(ca, &ca->root, NULL, "Lab Root", CA_YEARS_DAYS - 100) &&
		make_authority(ca, &ca->by_issuer[ISSUER_INTERMEDIATE], &ca->root,
			"Lab Intermediate", CA_YEARS_DAYS - 200) &&
		export_root(ca))
		return ca;
	lab_ca_free(ca);
	return NULL;
}

void
lab_ca_free(struct lab_ca *ca)
{
	if (ca == NULL)
		return;
	authority_release(&ca->root);
	authority_release(&ca->stranger_root);
	for (size_t i = 0; i < issuer_count; i++)
		authority_release(&ca->by_issuer[i]);
	buf_release(&ca->pem);
	free(ca);
}

struct str
lab_ca_root_pem(const struct lab_ca *ca)
{
	return buf_str(&ca->pem);
}

/* The authority of a kind, made when first asked for; NULL for none (self-signed). */
static bool
authority_for(struct lab_ca *ca, enum issuer which, const struct authority **out)
{
	struct authority *a = &ca->by_issuer[which];

	*out = which == ISSUER_SELF ? NULL : a;
	if (which == ISSUER_SELF || a->cert != NULL)
		return true;
	if (which == ISSUER_OLD)
		return make_authority(ca, a, &ca->root, "Lab Intermediate of Old", -10);
	return make_authority(ca, &ca->stranger_root, NULL, "Unknown Root", CA_YEARS_DAYS - 100) &&
	       make_authority(
		       ca, a, &ca->stranger_root, "Unknown Intermediate", CA_YEARS_DAYS - 200);
}

/* The dNSName that a kind makes of the host; empty for none. */
static struct str
kind_name(struct arena *a, enum names names, struct str host)
{
	struct str parent = name_parent(host);

	switch (names) {
	case NAMES_HOST:
		return host;
	case NAMES_OTHER:
		return STR("www.other.test");
	case NAMES_CN:
	case NAMES_NOTHING:
		return STR_EMPTY;
	case NAMES_WILD:
		return arena_printf(a, "*.%.*s", STR_ARG(parent));
	case NAMES_WILD_HIGH:
		return arena_printf(a, "*.%.*s", STR_ARG(name_parent(parent)));
	case NAMES_WILD_PART:
		return arena_printf(a, "%.1s*.%.*s", host.p, STR_ARG(parent));
	}
	return STR_EMPTY;
}

static const char *
san_text(struct arena *a, const struct lab_server *server, enum names names)
{
	struct str name = kind_name(a, names, server->host), text;

	if (server->cert_names.n == 0)
		return name.n > 0 ? arena_printf(a, "DNS:%.*s", STR_ARG(name)).p : NULL;
	text = arena_printf(a, "DNS:%.*s", STR_ARG(server->cert_names.v[0]));
	for (size_t i = 1; i < server->cert_names.n; i++)
		text = arena_printf(
			a, "%.*s,DNS:%.*s", STR_ARG(text), STR_ARG(server->cert_names.v[i]));
	return text.p;
}

static const char *
common_name(struct arena *a, const struct lab_server *server, enum names names)
{
	struct str cn = server->host;

	if (names == NAMES_NOTHING)
		return "Mail server";
	if (names == NAMES_OTHER)
		cn = STR("www.other.test");
	return cn.n <= CN_MAX ? arena_str(a, cn).p : NULL;
}

/* Only what senders look at: one certificate, revoked yesterday (RFC 6960 section 4.2.1). */
static bool
add_staple(const struct lab_ca *ca, const struct authority *by, struct lab_identity *id)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *cert_id = OCSP_cert_to_id(EVP_sha1(), id->chain[0], by->cert);
	ASN1_TIME *then = X509_time_adj_ex(NULL, -1, 0, &(time_t){ ca->now });
	ASN1_TIME *next = X509_time_adj_ex(NULL, 6, 0, &(time_t){ ca->now });
	OCSP_RESPONSE *response = NULL;
	unsigned char *der = NULL;
	int n = 0;

	if (basic != NULL && cert_id != NULL && then != NULL && next != NULL &&
		OCSP_basic_add1_status(basic, cert_id, V_OCSP_CERTSTATUS_REVOKED,
			OCSP_REVOKED_STATUS_KEYCOMPROMISE, then, then, next) != NULL &&
		OCSP_basic_sign(basic, by->cert, by->key, EVP_sha256(), NULL, 0) == 1)
		response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	if (response != NULL)
		n = i2d_OCSP_RESPONSE(response, &der);
	if (n > 0)
		id->staple = (struct str){ (char *)der, (size_t)n };
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(cert_id);
	ASN1_TIME_free(then);
	ASN1_TIME_free(next);
	return n > 0;
}

static void
send_too(struct lab_identity *id, X509 *cert)
{
	X509_up_ref(cert);
	id->chain[id->count++] = cert;
}

static bool
build_chain(struct lab_ca *ca, const struct cert_kind *kind, const struct authority *by,
	struct lab_identity *out)
{
	if (by != NULL) {
		X509_up_ref(by->cert);
		out->issuer = by->cert;
	}
	if ((kind->traits & TRAIT_ALONE) == 0)
		send_too(out, by->cert);
	if ((kind->traits & TRAIT_EXTRA) != 0) {
		const struct authority *stray;

		if (!authority_for(ca, ISSUER_STRANGER, &stray))
			return false;
		send_too(out, stray->cert);
	}
	return (kind->traits & TRAIT_REVOKED) == 0 || add_staple(ca, by, out);
}

bool
lab_ca_issue(struct lab_ca *ca, const struct lab_server *server, struct lab_identity *out)
{
	const struct cert_kind *kind = &kinds[server->cert];
	bool is_weak = (kind->traits & TRAIT_WEAK) != 0;
	struct arena a = { 0 };
	const struct authority *by;
	struct cert_request q = { .cn = common_name(&a, server, kind->names),
		.san = san_text(&a, server, kind->names),
		.usage = (kind->traits & TRAIT_CLIENT) != 0 ? "clientAuth" : "serverAuth",
		.from_days = kind->from_days,
		.to_days = kind->to_days };

	*out = (struct lab_identity){ 0 };
	if (authority_for(ca, kind->issuer, &by) &&
		(out->key = make_key(is_weak ? LAB_KEY_RSA1024 : server->key)) != NULL &&
		(out->chain[0] = make_cert(ca, out->key, by, &q)) != NULL)
		out->count = 1;
	arena_release(&a);
	if (out->count == 1 && build_chain(ca, kind, by, out))
		return true;
	lab_identity_release(out);
	return false;
}

bool
lab_identity_share(const struct lab_identity *id, struct lab_identity *out)
{
	*out = (struct lab_identity){ 0 };
	if (id->staple.n > 0) {
		out->staple.p = OPENSSL_memdup(id->staple.p, id->staple.n);
		out->staple.n = out->staple.p != NULL ? id->staple.n : 0;
		if (out->staple.p == NULL)
			return false;
	}
	if (EVP_PKEY_up_ref(id->key) == 1)
		out->key = id->key;
	for (size_t i = 0; i < id->count; i++)
		if (X509_up_ref(id->chain[i]) == 1)
			out->chain[out->count++] = id->chain[i];
	if (id->issuer != NULL && X509_up_ref(id->issuer) == 1)
		out->issuer = id->issuer;
	return out->key != NULL && out->count == id->count;
}

void
lab_identity_release(struct lab_identity *id)
{
	EVP_PKEY_free(id->key);
	for (size_t i = 0; i < id->count; i++)
		X509_free(id->chain[i]);
	X509_free(id->issuer);
	OPENSSL_free((void *)id->staple.p);
	*id = (struct lab_identity){ 0 };
}

bool
lab_ca_tlsa(const struct lab_identity *id, const unsigned char fields[3], struct buf *out)
{
	bool is_issuer = fields[0] == 0 || fields[0] == 2;
	X509 *cert = is_issuer ? id->issuer : id->chain[0];
	unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
	unsigned size = 0;
	int n;

	if (cert == NULL)
		return false;
	n = fields[1] == 1 ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der)
			   : i2d_X509(cert, &der);
	if (n <= 0)
		return false;
	if (fields[2] == 0)
		buf_add(out, (struct str){ (char *)der, (size_t)n });
	else if (EVP_Digest(der, (size_t)n, digest, &size,
			 fields[2] == 2 ? EVP_sha512() : EVP_sha256(), NULL) == 1)
		buf_add(out, (struct str){ (char *)digest, size });
	OPENSSL_free(der);
	return out->n > 0;
}
