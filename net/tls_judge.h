/*
 * tls_judge: a certificate chain as a server sent it, verified as RFC 8461 sections 3.3 and 4.2 ask:
 * a path to a trust anchor, dates, purpose, and the name by a dNSName only (RFC 6125 section 6.4).
 *
 * Verification never stops at the first fault: each is kept with its depth. What was never
 * judged, or could not be, counts as not trusted. The chain is kept beside its verdict, so that a
 * broken one can be shown whole.
 */
#ifndef STS_TLS_JUDGE_H
#define STS_TLS_JUDGE_H

#include "core/event.h"
#include "core/limits.h"
#include "net/trust.h"

struct stack_st_X509;

struct tls_judgement {
	struct str name; /* the reference name */
	bool is_judged;
	const char *shortage; /* of this process, so that nothing could be judged; NULL: none */
	bool is_trusted; /* the name aside */
	bool is_name_ok;
	const char *ocsp; /* NULL: nothing stapled */
	struct stack_st_X509 *sent; /* in the server's order, the leaf first */
	struct stack_st_X509 *path; /* as far as one could be built */
	size_t untrusted; /* certificates of path that did not come from the store */
	struct {
		int depth, code;
	} errors[LIMIT_CERT_ERRORS];
	size_t error_count;
};

/*
 * Keep chain (references are taken) and judge it; security_level is the SECLEVEL that keys and
 * signatures must have. Returns an X509_V_ code: X509_V_OK if and only if nothing at all is wrong.
 * Out of descriptors or memory nothing is judged, and shortage says so: no verdict on the server.
 */
int tls_judge(struct tls_judgement *j, const struct trust *trust, struct stack_st_X509 *chain,
	int security_level);
/* A stapled OCSP response (RFC 6066 section 8); only after tls_judge(). */
void tls_judge_staple(
	struct tls_judgement *j, const struct trust *trust, const unsigned char *der, size_t n);
/* cert..., cert-error..., cert-verdict; nothing if no chain came. */
void tls_judge_emit(const struct tls_judgement *j, struct sink *sink, struct str job);
/* "certificate SHA-256" for a chain that leads to no anchor, else empty. */
void tls_judge_failure(const struct tls_judgement *j, char *text, size_t room);
void tls_judge_release(struct tls_judgement *j);

#endif
