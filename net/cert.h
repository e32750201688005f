/*
 * cert: one X.509 certificate as a fact (the payload of a "cert" event).
 *
 * Any certificate that OpenSSL could decode is accepted; what it lacks or garbles comes out empty,
 * times as -1. Text is kept as the certificate has it, NUL bytes included, names as UTF-8.
 */
#ifndef STS_CERT_H
#define STS_CERT_H

#include "core/event.h"

struct x509_st;

/* Everything but depth, is_sent, is_on_path and is_anchor. Text lives in the arena. */
void cert_facts(struct arena *a, struct x509_st *cert, struct ev_cert *out);
size_t cert_bytes(struct x509_st *cert); /* of the DER */

#endif
