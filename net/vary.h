/*
 * vary: what a probe that is not plain does otherwise in its handshake, and the probe that is nothing
 * but a handshake.
 */
#ifndef STS_VARY_H
#define STS_VARY_H

#include "net/probe.h"
#include "net/tls.h"

#define VARY_UNKNOWN_SNI \
	"x.invalid" /* nobody can have a certificate for it (RFC 6761 section 6.4) */

/* Set SNI and versions of a watch as the variant wants them. */
void probe_vary(const struct probe_context *c, struct tls_watch *watch);
/*
 * Connect to an address of the policy host, shake hands, close. Nothing is asked for. Emits
 * attempt-start, connect, tls-start, tls-done, cert..., cert-verdict, attempt-end under job.
 */
void handshake_probe(
	const struct probe_context *c, struct str job, struct str host, const struct addr *address);

#endif
