/*
 * trust: the trust store, opened once per process and shared by every TLS context. A hashed
 * directory is read lazily: only the anchors that a chain asks for. So is the bundle of a system
 * that also has the directory: reading it whole costs more than a walk. One that lies inside the
 * hashed directory holds the same certificates and is never read.
 *
 * Safe to share between threads once it is open.
 */
#ifndef STS_TRUST_H
#define STS_TRUST_H

#include "core/arena.h"
#include "core/err.h"

struct trust;

/* ca_file and ca_dir replace the system store (either may be NULL). Errors: missing, unreadable,
 * no certificate in it; exit 65. The system store missing is no error: it is an empty store.
 * The system store is OpenSSL's: SSL_CERT_FILE and SSL_CERT_DIR, else what it was built with. */
enum result
trust_open(struct trust **out, const char *ca_file, const char *ca_dir, struct err *err);
void trust_free(struct trust *t);
/* A store that holds just these PEM certificates (the lab's own). */
enum result trust_open_pem(struct trust **out, struct str pem, struct err *err);
const char *trust_path(const struct trust *t); /* "" when none was found, "memory" for PEM */
long
trust_anchors(const struct trust *t); /* count; certificates of a file, hashed files of a dir */
int64_t trust_newest_s(const struct trust *t); /* mtime of its newest file, -1 unknown */
void *trust_x509_store(const struct trust *t); /* X509_STORE *, borrowed; for tls.c and https.c */
/* Read what was left for later into the store. True if that added something to look through. */
bool trust_read_rest(const struct trust *t);
/*
 * What this process ran out of in OpenSSL's calls of this thread since ERR_clear_error(), in the
 * system's words: descriptors (a hashed directory is read file by file) or memory. NULL: nothing.
 * Empties OpenSSL's queue of errors.
 */
const char *trust_shortage(void);
/* The TLS client context of all SMTP probes (tls.h), made with the store: SSL_CTX *, borrowed. */
void *trust_tls_client(const struct trust *t);

#endif
