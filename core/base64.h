/*
 * base64: the encoding of RFC 4648 section 4, with padding, without line breaks.
 */
#ifndef STS_BASE64_H
#define STS_BASE64_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"

void base64_encode(struct buf *out, struct str bytes);
/* False for anything that base64_encode() would not have written; *out is then untouched. */
bool base64_decode(struct arena *a, struct str text, struct str *out);
/* What stands between the lines of a PEM block (RFC 7468). */
bool pem_decode(struct arena *a, struct str pem, struct str *der);

#endif
