/*
 * lab_tls: the server's side of TLS over memory: bytes in, bytes out, no socket.
 */
#ifndef STS_LAB_TLS_H
#define STS_LAB_TLS_H

#include "core/buf.h"
#include "net/lab/lab_ca.h"

struct lab_tls_context;
struct lab_tls;

enum lab_tls_state { LAB_TLS_SHAKING, LAB_TLS_OPEN, LAB_TLS_OVER };

/* versions as in lab_server; alert: sent in answer to every hello, 0 for none. */
/* other: the second identity of the server, count 0 for none. */
struct lab_tls_context *lab_tls_context_new(const struct lab_server *server,
	const struct lab_identity *id, const struct lab_identity *other);
void lab_tls_context_free(struct lab_tls_context *c);

struct lab_tls *lab_tls_new(struct lab_tls_context *c);
void lab_tls_free(struct lab_tls *t);
/* Take bytes of the peer; what they say is added to plain, what must be sent to out. */
enum lab_tls_state
lab_tls_feed(struct lab_tls *t, struct str bytes, struct buf *plain, struct buf *out);
void lab_tls_write(struct lab_tls *t, struct str plain, struct buf *out);
void lab_tls_close(struct lab_tls *t, struct buf *out); /* close_notify */
void lab_tls_thread_end(void); /* frees what the library keeps for this thread */

#endif
