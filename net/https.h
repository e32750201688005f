/*
 * https: one fetch of a policy from one address of the policy host (RFC 8461 section 3.3).
 *
 * GET https://HOST/.well-known/mta-sts.txt over a connection to exactly the given address and port:
 * no redirect is followed, no proxy, cookie, cache or netrc is looked at. The certificate must be
 * valid for HOST by DNS-ID, else the request is never sent; all that is wrong with it is noted. At
 * most LIMIT_POLICY_BYTES of the body are kept.
 *
 * The only file that sees <curl/curl.h> is https.c.
 */
#ifndef STS_HTTPS_H
#define STS_HTTPS_H

#include "core/err.h"
#include "net/probe.h"

/*
 * Once per process, before any thread is started: libcurl's global set-up is not thread-safe.
 * https_probe() does it too, so that a single thread may leave it out.
 */
enum result https_setup(struct err *err);

/*
 * host: lower case, no trailing dot. Emits attempt-start, connect, tls-start, tls-done, cert...,
 * cert-error..., cert-verdict, http-request, http-header..., http-done, attempt-end under job, as
 * far as it gets.
 */
void https_probe(
	const struct probe_context *c, struct str job, struct str host, const struct addr *address);

/* "libcurl/7.88.1 OpenSSL/3.0.17 ..." for --version. */
const char *https_library(void);

#endif
