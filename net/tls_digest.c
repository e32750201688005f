#include "net/tls_digest.h"

#include <openssl/evp.h>

void
sha256_hex(struct str bytes, char out[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	out[0] = '\0';
	if (EVP_Digest(bytes.p, bytes.n, digest, &size, EVP_sha256(), NULL) != 1)
		return;
	for (unsigned i = 0; i < size && 2 * i + 2 < DIGEST_HEX_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
		out[2 * i + 2] = '\0';
	}
}
