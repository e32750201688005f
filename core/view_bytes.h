/*
 * view_bytes: documents below the views: exact bytes of events, and the certificates of an address.
 */
#ifndef STS_VIEW_BYTES_H
#define STS_VIEW_BYTES_H

#include "core/view.h"

/* Which events: of a job (empty: any), of these numbers (none: any), of kinds (bits 1 << EV_*; 0:
 * any). */
struct bytes_of {
	struct str job;
	uint32_t seqs[16];
	size_t seq_count;
	uint64_t kinds;
};

/* Every text of the events as offset, hex and characters; certificates as DER. */
void view_bytes(const struct view_input *in, const struct bytes_of *what, struct doc *out);
/* Bytes that are of no event, under a name of ours. */
void view_bytes_of(const char *name, struct str bytes, struct doc *out);
/*
 * The chain of one address of an MX or policy host (address empty: the first that has one), then
 * the certificate with this row id (empty: the first) as facts, or as PEM.
 */
void view_certs(const struct view_input *in, struct str host, struct str address, struct str id,
	bool as_pem, struct doc *out);
/* The attempt that view_certs() shows, NULL when no certificate was seen. */
const struct attempt *certs_attempt(const struct session *s, struct str host, struct str address);

#endif
