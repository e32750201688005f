/*
 * sha512: the digest of FIPS 180-4, for TLSA records of matching type 2 (RFC 6698 section 2.1.3).
 */
#ifndef STS_SHA512_H
#define STS_SHA512_H

#include "core/str.h"

#define SHA512_BYTES 64

void sha512(struct str bytes, unsigned char digest[SHA512_BYTES]);

#endif
