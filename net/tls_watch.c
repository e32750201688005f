#include <stdio.h>

#include <openssl/ssl.h>

#include "net/tls.h"

/* Byte 0 of a handshake message is its type, bytes 4 and 5 of a ServerHello are its version. */
#define HELLO_VERSION_END 6

static const struct {
	int wire;
	const char *name;
} version_names[] = {
	{ SSL3_VERSION, "SSLv3" },
	{ TLS1_VERSION, "TLSv1" },
	{ TLS1_1_VERSION, "TLSv1.1" },
	{ TLS1_2_VERSION, "TLSv1.2" },
	{ TLS1_3_VERSION, "TLSv1.3" },
};

static const struct {
	int nid;
	const char *name;
} signature_names[] = {
	{ NID_rsaEncryption, "rsa" },
	{ NID_rsassaPss, "rsa-pss" },
	{ NID_X9_62_id_ecPublicKey, "ecdsa" },
	{ NID_ED25519, "ed25519" },
	{ NID_ED448, "ed448" },
	{ NID_dsa, "dsa" },
};

static const struct {
	int nid;
	const char *name;
} digest_names[] = {
	{ NID_sha1, "sha1" },
	{ NID_sha224, "sha224" },
	{ NID_sha256, "sha256" },
	{ NID_sha384, "sha384" },
	{ NID_sha512, "sha512" },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The watch of a connection: of its context (libcurl's), else its own (the shared context). */
static struct tls_watch *
watch_of(const SSL *ssl)
{
	struct tls_watch *w = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	return w != NULL ? w : SSL_get_app_data(ssl);
}

static const char *
version_name(int wire)
{
	for (size_t i = 0; i < COUNT(version_names); i++)
		if (version_names[i].wire == wire)
			return version_names[i].name;
	return NULL;
}

static void
signature_text(SSL *ssl, char *text, size_t room)
{
	const char *type = NULL, *digest = NULL;
	int nid = NID_undef;

	text[0] = '\0';
	if (SSL_get_peer_signature_type_nid(ssl, &nid) != 1)
		return;
	for (size_t i = 0; i < COUNT(signature_names); i++)
		if (signature_names[i].nid == nid)
			type = signature_names[i].name;
	if (type == NULL)
		type = OBJ_nid2sn(nid);
	if (SSL_get_peer_signature_nid(ssl, &nid) == 1)
		for (size_t i = 0; i < COUNT(digest_names); i++)
			if (digest_names[i].nid == nid)
				digest = digest_names[i].name;
	snprintf(text, room, "%s%s%s", type, digest != NULL ? "-" : "",
		digest != NULL ? digest : "");
}

/* NULL without a key exchange of its own (RSA key transport). */
static const char *
group_name(SSL *ssl)
{
	int nid = (int)SSL_get_negotiated_group(ssl);
	const char *name;

	if (nid == NID_undef)
		return NULL;
	if ((nid & TLSEXT_nid_unknown) != 0)
		return SSL_group_to_name(ssl, nid);
	name = EC_curve_nid2nist(nid);
	return name != NULL ? name : OBJ_nid2sn(nid);
}

static void
handshake_done(struct tls_watch *w, SSL *ssl)
{
	char signature[64];

	w->is_done = true;
	signature_text(ssl, signature, sizeof(signature));
	EMIT(w->sink, w->job, TLS_DONE, tls_done, .outcome = OUTCOME_OK,
		.version = str_of(SSL_get_version(ssl)), .cipher = str_of(SSL_get_cipher_name(ssl)),
		.group = str_of(group_name(ssl)), .signature = str_of(signature));
	tls_judge_emit(&w->judgement, w->sink, w->job);
}

/* What lies below libcurl's TLS: the end of input and faults of the socket are seen here only. */
static long
below(BIO *bio, int oper, const char *argp, size_t len, int argi, long argl, int ret,
	size_t *processed)
{
	struct tls_watch *w = (struct tls_watch *)BIO_get_callback_arg(bio);

	(void)argp, (void)len, (void)argi, (void)argl, (void)processed;
	if (oper == (BIO_CB_READ | BIO_CB_RETURN) && ret <= 0 && !BIO_should_retry(bio)) {
		w->is_eof = w->is_eof || ret == 0;
		w->is_broken = w->is_broken || ret < 0;
	}
	return ret;
}

static void
handshake_start(struct tls_watch *w, const SSL *ssl)
{
	BIO *bio = SSL_get_rbio(ssl);

	w->is_begun = true;
	if (SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) == w && bio != NULL) {
		BIO_set_callback_ex(bio, below);
		BIO_set_callback_arg(bio, (char *)w);
	}
	if (w->begun != NULL)
		w->begun(w->arg);
	EMIT(w->sink, w->job, TLS_START, tls_start, .sni = w->sni);
}

static void
on_info(const SSL *ssl, int where, int ret)
{
	struct tls_watch *w = watch_of(ssl);
	bool is_fatal = (where & SSL_CB_ALERT) != 0 && (ret >> 8) == SSL3_AL_FATAL;

	if (w == NULL)
		return;
	if ((where & SSL_CB_HANDSHAKE_START) != 0 && !w->is_begun)
		handshake_start(w, ssl);
	if ((where & SSL_CB_HANDSHAKE_DONE) != 0 && !w->is_done)
		handshake_done(w, (SSL *)ssl);
	if (is_fatal && (where & SSL_CB_READ) != 0)
		w->alert_in = ret & 0xff;
	if (is_fatal && (where & SSL_CB_WRITE) != 0)
		w->alert_out = ret & 0xff;
}

/* Which version the server chose, also one that is then refused. */
static void
on_message(int is_write, int version, int type, const void *bytes, size_t n, SSL *ssl, void *arg)
{
	struct tls_watch *w = watch_of(ssl);
	const unsigned char *p = bytes;

	(void)arg;
	if (w == NULL || w->is_done || is_write != 0 || type != SSL3_RT_HANDSHAKE || n < 1)
		return;
	if (p[0] == SSL3_MT_SERVER_HELLO && n >= HELLO_VERSION_END) {
		w->has_hello = true;
		w->version = p[4] << 8 | p[5];
	} else if (w->has_hello && version_name(version) != NULL) {
		w->version = version;
	}
}

/* Called in place of OpenSSL's own verification: the chain is there, whatever comes of it. */
static int
on_chain(X509_STORE_CTX *ctx, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_watch *w = ssl != NULL ? watch_of(ssl) : NULL;

	(void)arg;
	X509_STORE_CTX_set_error(ctx, X509_V_ERR_APPLICATION_VERIFICATION);
	if (w == NULL)
		return 0;
	X509_STORE_CTX_set_error(
		ctx, tls_judge(&w->judgement, w->trust, X509_STORE_CTX_get0_untrusted(ctx),
			     SSL_get_security_level(ssl)));
	/* What cannot be judged from here ends the handshake: by our fault. */
	return w->judgement.shortage == NULL;
}

static int
on_staple(SSL *ssl, void *arg)
{
	struct tls_watch *w = watch_of(ssl);
	const unsigned char *der = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(ssl, &der);

	(void)arg;
	if (w != NULL && der != NULL && n > 0)
		tls_judge_staple(&w->judgement, w->trust, der, (size_t)n);
	return 1;
}

static void
set_callbacks(SSL_CTX *ctx)
{
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, on_chain, NULL);
	SSL_CTX_set_info_callback(ctx, on_info);
	SSL_CTX_set_msg_callback(ctx, on_message);
	SSL_CTX_set_tlsext_status_type(ctx, TLSEXT_STATUSTYPE_ocsp);
	SSL_CTX_set_tlsext_status_cb(ctx, on_staple);
}

void *
tls_client_new(void *x509_store)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL)
		return NULL;
	if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set1_cert_store(ctx, x509_store);
	/* A resumed session would show no certificate. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	set_callbacks(ctx);
	return ctx;
}

void
tls_watch_init(struct tls_watch *w, struct sink *sink, struct str job, const struct trust *trust,
	struct str name)
{
	*w = (struct tls_watch){ .sink = sink,
		.job = job,
		.trust = trust,
		.sni = name,
		.alert_in = -1,
		.alert_out = -1,
		.judgement = { .name = name } };
}

bool
tls_watch_attach(struct tls_watch *w, void *ssl_ctx)
{
	if (SSL_CTX_set_app_data(ssl_ctx, w) != 1)
		return false;
	SSL_CTX_set1_cert_store(ssl_ctx, trust_x509_store(w->trust));
	set_callbacks(ssl_ctx);
	return true;
}

enum outcome
tls_watch_why(const struct tls_watch *w, const char *library, char *text, size_t room)
{
	const char *words = library != NULL ? library : "";

	text[0] = '\0';
	if (w->judgement.shortage != NULL) {
		snprintf(text, room, "%s", w->judgement.shortage);
		return OUTCOME_LOCAL_FAULT;
	}
	if (w->alert_in >= 0) {
		snprintf(text, room, "alert from the server: %s (%d)",
			SSL_alert_desc_string_long(w->alert_in), w->alert_in);
		return OUTCOME_ALERT;
	}
	if (w->is_broken)
		return OUTCOME_RESET;
	if (w->is_eof)
		return OUTCOME_CLOSED;
	if (!w->has_hello || w->alert_out < 0) {
		snprintf(text, room, "%s", words);
		return w->has_hello ? OUTCOME_ALERT : OUTCOME_GARBAGE;
	}
	/* It does speak TLS, but we cannot take what it chose: the handshake ends by our alert. */
	snprintf(text, room, "%s, refused with alert %s (%d)", words,
		SSL_alert_desc_string_long(w->alert_out), w->alert_out);
	return OUTCOME_ALERT;
}

void
tls_watch_fail(struct tls_watch *w, enum outcome outcome, const char *error)
{
	if (w->is_done)
		return;
	w->is_done = true;
	EMIT(w->sink, w->job, TLS_DONE, tls_done, .outcome = outcome,
		.version = str_of(version_name(w->version)), .error = str_of(error));
	tls_judge_emit(&w->judgement, w->sink, w->job);
}

void
tls_watch_release(struct tls_watch *w)
{
	tls_judge_release(&w->judgement);
}
