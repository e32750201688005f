#include "net/tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define RECORD_BYTES 16384

/* OpenSSL works on two memory buffers; only the stream touches the socket. */
struct tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	struct stream *stream;
	const struct tls_watch *watch;
};

static struct str
pending(const struct tls *t)
{
	char *p = NULL;
	long n = BIO_get_mem_data(t->out, &p);

	return n > 0 ? (struct str){ p, (size_t)n } : STR_EMPTY;
}

static enum outcome
flush(struct tls *t, deadline step)
{
	struct str bytes = pending(t);
	enum outcome outcome;

	if (bytes.n == 0)
		return OUTCOME_OK;
	outcome = stream_send(t->stream, step, bytes);
	(void)BIO_reset(t->out);
	return outcome;
}

static enum outcome
fill(struct tls *t, deadline step)
{
	char bytes[RECORD_BYTES];
	size_t n;
	enum outcome outcome = stream_recv(t->stream, step, bytes, sizeof(bytes), &n);

	if (outcome == OUTCOME_OK && BIO_write(t->in, bytes, (int)n) != (int)n)
		outcome = OUTCOME_LOCAL_FAULT;
	return outcome;
}

/* OpenSSL gave up: say why, and let the alert that it wrote go out. */
static enum outcome
give_up(struct tls *t)
{
	unsigned long code = ERR_peek_error();

	stream_send_now(t->stream, pending(t));
	return tls_watch_why(t->watch, code != 0 ? ERR_reason_error_string(code) : NULL,
		t->stream->error, sizeof(t->stream->error));
}

/* After a call that came back with rc: move bytes until it is worth calling again. */
static enum outcome
turn(struct tls *t, int rc, deadline step)
{
	enum outcome outcome;

	switch (SSL_get_error(t->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		outcome = flush(t, step);
		/* A peer that closed while we wrote may have left an alert that says why. */
		return outcome_is_ours(outcome) ? outcome : fill(t, step);
	case SSL_ERROR_WANT_WRITE:
		return flush(t, step);
	case SSL_ERROR_ZERO_RETURN:
		t->stream->error[0] = '\0';
		return OUTCOME_CLOSED;
	default:
		return give_up(t);
	}
}

static bool
set_sni(SSL *ssl, struct str name)
{
	char text[LIMIT_NAME_BYTES + 1];

	/* What cannot be a host name is not sent, and fails by its name later. */
	if (name.n == 0 || name.n >= sizeof(text) || memchr(name.p, '\0', name.n) != NULL)
		return true;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return SSL_set_tlsext_host_name(ssl, text) == 1;
}

/* OpenSSL speaks versions before 1.2 at its lowest level only. */
static bool
set_old(SSL *ssl)
{
	SSL_set_security_level(ssl, 0);
	return SSL_set_min_proto_version(ssl, TLS1_VERSION) == 1 &&
	       SSL_set_max_proto_version(ssl, TLS1_1_VERSION) == 1 &&
	       SSL_set_cipher_list(ssl, "ALL:@SECLEVEL=0") == 1;
}

static struct tls *
tls_new(struct stream *s, struct tls_watch *w)
{
	struct tls *t = mem_alloc(sizeof(*t));

	*t = (struct tls){ .ssl = SSL_new(trust_tls_client(w->trust)),
		.in = BIO_new(BIO_s_mem()),
		.out = BIO_new(BIO_s_mem()),
		.stream = s,
		.watch = w };
	if (t->ssl == NULL || t->in == NULL || t->out == NULL) {
		BIO_free(t->in);
		BIO_free(t->out);
		SSL_free(t->ssl);
		free(t);
		return NULL;
	}
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_app_data(t->ssl, w);
	if (!set_sni(t->ssl, w->sni) || (w->is_old && !set_old(t->ssl))) {
		tls_free(t);
		return NULL;
	}
	SSL_set_connect_state(t->ssl);
	return t;
}

enum outcome
tls_connect(struct tls **out, struct stream *s, struct tls_watch *w, deadline step)
{
	struct tls *t = tls_new(s, w);
	enum outcome outcome = OUTCOME_OK;

	*out = NULL;
	s->error[0] = '\0';
	if (t == NULL) {
		snprintf(s->error, sizeof(s->error), "OpenSSL: no connection can be made");
		outcome = OUTCOME_LOCAL_FAULT;
	}
	while (outcome == OUTCOME_OK) {
		int rc;

		ERR_clear_error();
		rc = SSL_do_handshake(t->ssl);
		if (rc == 1) {
			/* If the peer is gone by now, the next step will say so. */
			(void)flush(t, step);
			*out = t;
			return OUTCOME_OK;
		}
		outcome = turn(t, rc, step);
	}
	tls_watch_fail(w, outcome, s->error);
	tls_free(t);
	return outcome;
}

enum outcome
tls_recv(struct tls *t, deadline step, char *p, size_t room, size_t *got)
{
	enum outcome outcome = OUTCOME_OK;

	*got = 0;
	while (outcome == OUTCOME_OK) {
		int rc;

		ERR_clear_error();
		rc = SSL_read_ex(t->ssl, p, room, got);
		if (rc == 1)
			return OUTCOME_OK;
		outcome = turn(t, rc, step);
	}
	return outcome;
}

/* The memory behind takes any number of bytes, so a write is whole or has failed for good. */
static bool
encrypt(struct tls *t, struct str bytes)
{
	size_t written;

	ERR_clear_error();
	return SSL_write_ex(t->ssl, bytes.p, bytes.n, &written) == 1;
}

/* The peer is gone while we write: an alert that it left behind says more than the reset. */
static enum outcome
left_behind(struct tls *t, enum outcome outcome)
{
	char bytes[RECORD_BYTES];
	size_t n = stream_recv_now(t->stream, bytes, sizeof(bytes));

	if (n == 0 || BIO_write(t->in, bytes, (int)n) != (int)n)
		return outcome;
	(void)SSL_peek_ex(t->ssl, bytes, 1, &n);
	return t->watch->alert_in >= 0 ? give_up(t) : outcome;
}

enum outcome
tls_send(struct tls *t, deadline step, struct str bytes)
{
	enum outcome outcome;

	if (!encrypt(t, bytes))
		return give_up(t);
	outcome = flush(t, step);
	return outcome == OUTCOME_RESET || outcome == OUTCOME_CLOSED ? left_behind(t, outcome)
								     : outcome;
}

void
tls_send_now(struct tls *t, struct str bytes)
{
	if (encrypt(t, bytes))
		stream_send_now(t->stream, pending(t));
	(void)BIO_reset(t->out);
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	ERR_clear_error();
	if (SSL_is_init_finished(t->ssl) && SSL_shutdown(t->ssl) >= 0)
		stream_send_now(t->stream, pending(t));
	ERR_clear_error();
	SSL_free(t->ssl);
	free(t);
}
