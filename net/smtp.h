/*
 * smtp: one dialogue with one address of an MX host, up to and including TLS; never any mail
 * (RFC 5321, STARTTLS by RFC 3207).
 *
 * Banner, EHLO, STARTTLS, TLS, EHLO, QUIT, in lockstep: a command is only sent when the reply to
 * the one before is complete. The handshake does not stop at a bad certificate: the chain is taken
 * and then verified as a whole (tls.h). Nothing that a peer sent ever becomes part of a command.
 */
#ifndef STS_SMTP_H
#define STS_SMTP_H

#include "net/probe.h"

/*
 * mx_host: as in the MX record, a trailing dot is left out for SNI and DNS-ID. ehlo: NULL for the
 * address literal of this end of the connection (RFC 5321 section 4.1.4).
 *
 * in_tail(arg), which may be NULL, is called exactly once: when what follows no longer matters for
 * the verdict (the EHLO inside TLS, QUIT), at the latest before attempt-end. From then on
 * waiter.tail_fd ends the waits too: what is owed is written, the connection is closed, and what
 * was not waited for ends as "unread".
 */
void smtp_probe(const struct probe_context *c, struct str job, struct str mx_host,
	const struct addr *address, const char *ehlo, void (*in_tail)(void *arg), void *arg);

#endif
