/*
 * tls_digest: SHA-256 of bytes as lower case hex, for the transcript of a session.
 */
#ifndef STS_TLS_DIGEST_H
#define STS_TLS_DIGEST_H

#include "core/str.h"

#define DIGEST_HEX_SIZE 65 /* with the NUL */

/* Empty when OpenSSL cannot. */
void sha256_hex(struct str bytes, char out[DIGEST_HEX_SIZE]);

#endif
