/*
 * tls: what a TLS handshake shows, and TLS over a stream.
 *
 * A tls_watch takes the facts of one handshake out of OpenSSL's callbacks and emits them as they
 * become known: tls-start, tls-done, then the chain and its verdict (tls_judge.h). It serves SMTP
 * and, through tls_watch_attach(), the context that libcurl makes for HTTPS.
 *
 * The handshake never stops at a bad certificate, but its verify result (SSL_get_verify_result())
 * is an error then, which is how libcurl knows that it must not send the request. TLS 1.2 is the
 * oldest version that is spoken.
 */
#ifndef STS_TLS_H
#define STS_TLS_H

#include "core/event.h"
#include "net/stream.h"
#include "net/tls_judge.h"
#include "net/trust.h"

struct tls_watch {
	struct sink *sink;
	struct str job;
	const struct trust *trust;
	struct str sni; /* the reference name unless set otherwise; empty: none is sent */
	bool is_old; /* TLS 1.0 and 1.1 with anything they can do, no later version; tls_connect() only */
	void (*begun)(void *arg); /* NULL, or called before tls-start: TCP is connected */
	void *arg;
	/* Seen so far. */
	bool is_begun, is_done;
	bool has_hello; /* the server has spoken TLS */
	int version; /* on the wire: 0x0303 is TLS 1.2; 0 unknown */
	int alert_in, alert_out; /* fatal alerts, -1: none */
	bool is_eof, is_broken; /* of the connection below; libcurl's only */
	struct tls_judgement judgement;
};

/* name: the reference name, also the SNI. All is borrowed. sni and is_old may be set behind it. */
void tls_watch_init(struct tls_watch *w, struct sink *sink, struct str job,
	const struct trust *trust, struct str name);
/* ssl_ctx: SSL_CTX * that serves this one connection; store, checks and callbacks are set. */
bool tls_watch_attach(struct tls_watch *w, void *ssl_ctx);
/*
 * Why a handshake failed, as far as it was the peer or the protocol: alert, garbage, closed,
 * reset; or a local fault, when this process lacked what it takes to judge the chain. library: OpenSSL's words or NULL. text gets the words for people.
 */
enum outcome tls_watch_why(const struct tls_watch *w, const char *library, char *text, size_t room);
/* The handshake ended without success: tls-done, and the chain if it came. Once; later ones are
 * ignored, also after success. */
void tls_watch_fail(struct tls_watch *w, enum outcome outcome, const char *error);
void tls_watch_release(struct tls_watch *w);

/* An SSL_CTX * for SMTP that many threads share (trust_tls_client()); NULL if none can be made. */
void *tls_client_new(void *x509_store);

struct tls;

/* A handshake as client over s, which must outlive *out. Any chain is accepted; see the watch.
 * *out is NULL unless it is OUTCOME_OK. */
enum outcome tls_connect(struct tls **out, struct stream *s, struct tls_watch *w, deadline step);
/* As stream_recv() and stream_send(); the words are in the stream's error. */
enum outcome tls_recv(struct tls *t, deadline step, char *p, size_t room, size_t *got);
enum outcome tls_send(struct tls *t, deadline step, struct str bytes);
void tls_send_now(struct tls *t, struct str bytes);
void tls_free(struct tls *t); /* says goodbye (close_notify) without waiting */

#endif
