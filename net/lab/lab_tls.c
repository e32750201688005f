#include "net/lab/lab_tls.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

struct lab_tls_context {
	SSL_CTX *ctx;
	SSL_CTX *other; /* NULL without a second identity */
	const struct lab_server *server;
	unsigned turns;
	unsigned alert;
	struct str staple; /* of the identity */
};

struct lab_tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
};

static int
on_hello(SSL *ssl, int *alert, void *arg)
{
	const struct lab_tls_context *c = arg;

	(void)ssl;
	*alert = (int)c->alert;
	return SSL_CLIENT_HELLO_ERROR;
}

static int
on_status(SSL *ssl, void *arg)
{
	const struct lab_tls_context *c = arg;
	unsigned char *copy = OPENSSL_memdup(c->staple.p, c->staple.n);

	if (copy == NULL)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)c->staple.n);
	return SSL_TLSEXT_ERR_OK;
}

/* Who asks for the host, and in its turn, gets the server's own certificate. */
static int
on_name(SSL *ssl, int *alert, void *arg)
{
	struct lab_tls_context *c = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	bool is_known = name != NULL && str_is_nocase(c->server->host, name);

	if (name != NULL && !is_known && c->server->unknown_sni_alert != 0) {
		*alert = (int)c->server->unknown_sni_alert;
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	}
	if (c->server->alternates)
		is_known = c->turns % 2 == 1;
	if (!is_known && c->other != NULL)
		SSL_set_SSL_CTX(ssl, c->other);
	return SSL_TLSEXT_ERR_OK;
}

static bool
use_identity(SSL_CTX *ctx, const struct lab_identity *id)
{
	if (SSL_CTX_use_certificate(ctx, id->chain[0]) != 1 ||
		SSL_CTX_use_PrivateKey(ctx, id->key) != 1)
		return false;
	for (size_t i = 1; i < id->count; i++) {
		if (SSL_CTX_add1_chain_cert(ctx, id->chain[i]) != 1)
			return false;
	}
	return true;
}

static SSL_CTX *
context_new(const struct lab_server *server, const struct lab_identity *id)
{
	static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
		TLS1_3_VERSION };
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL)
		return NULL;
	/* Weak keys and old versions are things to show here: the lowest level lets them. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	if (SSL_CTX_set_min_proto_version(ctx, versions[server->tls_min]) != 1 ||
		SSL_CTX_set_max_proto_version(ctx, versions[server->tls_max]) != 1 ||
		SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0") != 1 || !use_identity(ctx, id)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

struct lab_tls_context *
lab_tls_context_new(const struct lab_server *server, const struct lab_identity *id,
	const struct lab_identity *other)
{
	struct lab_tls_context *c = mem_alloc(sizeof(*c));
	const struct lab_action *act = &server->steps[LAB_TLS];

	*c = (struct lab_tls_context){ .ctx = context_new(server, id),
		.server = server,
		.alert = act->deed == LAB_ALERT ? act->alert : 0,
		.staple = id->staple };
	if (c->ctx != NULL && other->count > 0)
		c->other = context_new(server, other);
	if (c->ctx == NULL || (other->count > 0 && c->other == NULL)) {
		lab_tls_context_free(c);
		return NULL;
	}
	if (c->alert != 0)
		SSL_CTX_set_client_hello_cb(c->ctx, on_hello, c);
	SSL_CTX_set_tlsext_servername_callback(c->ctx, on_name);
	SSL_CTX_set_tlsext_servername_arg(c->ctx, c);
	if (c->staple.n > 0) {
		SSL_CTX_set_tlsext_status_cb(c->ctx, on_status);
		SSL_CTX_set_tlsext_status_arg(c->ctx, c);
	}
	return c;
}

void
lab_tls_context_free(struct lab_tls_context *c)
{
	if (c == NULL)
		return;
	SSL_CTX_free(c->ctx);
	SSL_CTX_free(c->other);
	ERR_clear_error();
	free(c);
}

struct lab_tls *
lab_tls_new(struct lab_tls_context *c)
{
	struct lab_tls *t = mem_alloc(sizeof(*t));

	c->turns++;
	*t = (struct lab_tls){
		.ssl = SSL_new(c->ctx), .in = BIO_new(BIO_s_mem()), .out = BIO_new(BIO_s_mem())
	};
	if (t->ssl == NULL || t->in == NULL || t->out == NULL) {
		SSL_free(t->ssl);
		BIO_free(t->in);
		BIO_free(t->out);
		free(t);
		return NULL;
	}
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_accept_state(t->ssl);
	return t;
}

void
lab_tls_free(struct lab_tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	ERR_clear_error();
	free(t);
}

static void
drain(struct lab_tls *t, struct buf *out)
{
	char *p;
	long n = BIO_get_mem_data(t->out, &p);

	if (n <= 0)
		return;
	buf_add(out, (struct str){ p, (size_t)n });
	(void)BIO_reset(t->out);
}

enum lab_tls_state
lab_tls_feed(struct lab_tls *t, struct str bytes, struct buf *plain, struct buf *out)
{
	char chunk[4096];
	int n, why = SSL_ERROR_WANT_READ;

	if (bytes.n > 0 && bytes.n <= INT_MAX)
		BIO_write(t->in, bytes.p, (int)bytes.n);
	ERR_clear_error();
	while ((n = SSL_read(t->ssl, chunk, sizeof(chunk))) > 0)
		buf_add(plain, (struct str){ chunk, (size_t)n });
	why = SSL_get_error(t->ssl, n);
	ERR_clear_error();
	drain(t, out);
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		return LAB_TLS_OVER;
	return SSL_is_init_finished(t->ssl) ? LAB_TLS_OPEN : LAB_TLS_SHAKING;
}

void
lab_tls_write(struct lab_tls *t, struct str plain, struct buf *out)
{
	while (plain.n > 0) {
		int part = plain.n > INT_MAX ? INT_MAX : (int)plain.n;
		int n = SSL_write(t->ssl, plain.p, part);

		if (n <= 0)
			break;
		plain = str_skip(plain, (size_t)n);
	}
	ERR_clear_error();
	drain(t, out);
}

void
lab_tls_close(struct lab_tls *t, struct buf *out)
{
	if (SSL_is_init_finished(t->ssl))
		SSL_shutdown(t->ssl);
	ERR_clear_error();
	drain(t, out);
}

void
lab_tls_thread_end(void)
{
	OPENSSL_thread_stop();
}
