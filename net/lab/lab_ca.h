/*
 * lab_ca: a throw-away certificate authority in memory: a root, an intermediate, and whatever else
 * a scenario's certificates need. Nothing is ever written to a file.
 */
#ifndef STS_LAB_CA_H
#define STS_LAB_CA_H

#include "core/buf.h"
#include "net/lab/spec.h"

struct x509_st;
struct evp_pkey_st;

/* What a server shows; the chain is the leaf first, as sent. */
#define LAB_CHAIN_MAX 4
struct lab_identity {
	struct evp_pkey_st *key;
	struct x509_st *chain[LAB_CHAIN_MAX];
	size_t count;
	struct x509_st *issuer; /* of the leaf, also where it is not sent */
	struct str staple; /* OCSP response, DER; empty for none */
};

struct lab_ca;

/* now_s: the clock of the scenario, seconds since 1970. NULL when OpenSSL fails. */
struct lab_ca *lab_ca_new(int64_t now_s);
void lab_ca_free(struct lab_ca *ca);
struct str lab_ca_root_pem(const struct lab_ca *ca);
bool lab_ca_issue(struct lab_ca *ca, const struct lab_server *server, struct lab_identity *out);
/* The same key and certificates once more, released on its own; false when OpenSSL fails. */
bool lab_identity_share(const struct lab_identity *id, struct lab_identity *out);
void lab_identity_release(struct lab_identity *id);
/*
 * The association data of a TLSA record for an identity (RFC 6698 section 2.1): usage 0 and 2 mean
 * the issuer, 1 and 3 the leaf. False for a combination that has no meaning.
 */
bool lab_ca_tlsa(const struct lab_identity *id, const unsigned char fields[3], struct buf *out);

#endif
