/*
 * dane: TLSA records against a certificate chain (RFC 6698, RFC 7671; for SMTP RFC 7672).
 *
 * Only facts of the walk are used: digests that the events carry, and the certificates' own bytes.
 * Signatures within the chain are those that the PKIX verification has looked at.
 */
#ifndef STS_DANE_H
#define STS_DANE_H

#include "core/session.h"

struct tlsa {
	unsigned usage, selector, matching; /* 255 when unreadable */
	struct str data; /* hex, any case */
	bool is_usable; /* for SMTP: usage 2 or 3, known parameters, right length (RFC 7672 3.1) */
};

void tlsa_parse(struct str record, struct tlsa *out);
/* Whether the record matches the certificate itself: no dates, no names. */
bool tlsa_matches_cert(const struct tlsa *record, const struct ev_cert *cert);
/* Whether the record authenticates this chain for SMTP at a point in time (RFC 7672 3.1, 3.2). */
bool tlsa_matches(const struct tlsa *record, const struct tls_seen *tls, int64_t as_of_s);

#endif
