#include "net/tls_judge.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "net/cert.h"

#define OCSP_CLOCK_SKEW_S 300
/* DNS-ID: the subject's CN never counts, "*" only as the whole left-most label. */
#define NAME_FLAGS (X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)

static void
add_error(struct tls_judgement *j, int depth, int code)
{
	for (size_t i = 0; i < j->error_count; i++)
		if (j->errors[i].depth == depth && j->errors[i].code == code)
			return;
	if (j->error_count == LIMIT_CERT_ERRORS)
		return;
	j->errors[j->error_count].depth = depth;
	j->errors[j->error_count].code = code;
	j->error_count++;
}

/* Going on after a fault is what makes the list complete; the verdict is taken from the list. */
static int
record(int ok, X509_STORE_CTX *ctx)
{
	struct tls_judgement *j = X509_STORE_CTX_get_app_data(ctx);

	if (ok == 0)
		add_error(j, X509_STORE_CTX_get_error_depth(ctx), X509_STORE_CTX_get_error(ctx));
	return 1;
}

/* To OpenSSL a leading dot asks for any name below, and an empty name for no check at all. */
static bool
is_reference_name(struct str name)
{
	return name.n > 0 && name.p[0] != '.' && memchr(name.p, '\0', name.n) == NULL;
}

/* A dNSName as a DNS-ID: the name itself, or "*" for the whole left-most label. */
static bool
is_dns_id(struct str id, struct str name)
{
	const size_t dot = str_find(name, '.');

	if (str_eq_nocase(id, name))
		return true;
	return str_starts(id, STR("*.")) && dot > 0 && dot < name.n &&
	       str_eq_nocase(str_skip(id, 1), str_skip(name, dot));
}

/*
 * RFC 6125 section 6.4 by the letter. X509_check_host() asks for more: no "_" where a wildcard
 * stands, two labels behind it.
 */
static bool
has_dns_id(const X509 *cert, struct str name)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool is_there = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !is_there; i++) {
		const GENERAL_NAME *id = sk_GENERAL_NAME_value(names, i);

		if (id->type == GEN_DNS)
			is_there = is_dns_id(
				(struct str){ (const char *)ASN1_STRING_get0_data(id->d.dNSName),
					(size_t)ASN1_STRING_length(id->d.dNSName) },
				name);
	}
	GENERAL_NAMES_free(names);
	return is_there;
}

/* The errors without the one about the name. */
static void
forget_mismatch(struct tls_judgement *j)
{
	size_t kept = 0;

	for (size_t i = 0; i < j->error_count; i++)
		if (j->errors[i].code != X509_V_ERR_HOSTNAME_MISMATCH)
			j->errors[kept++] = j->errors[i];
	j->error_count = kept;
}

static bool
set_param(X509_STORE_CTX *ctx, struct str name, int security_level)
{
	X509_VERIFY_PARAM *param;

	if (X509_STORE_CTX_set_default(ctx, "ssl_server") != 1)
		return false;
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_auth_level(param, security_level);
	X509_VERIFY_PARAM_set_hostflags(param, NAME_FLAGS);
	return !is_reference_name(name) || X509_VERIFY_PARAM_set1_host(param, name.p, name.n) == 1;
}

/* False when the verification itself could not be done. */
static bool
verify(struct tls_judgement *j, const struct trust *trust, int security_level)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool is_done = false;

	if (ctx == NULL)
		return false;
	if (X509_STORE_CTX_init(ctx, trust_x509_store(trust), sk_X509_value(j->sent, 0), j->sent) ==
			1 &&
		set_param(ctx, j->name, security_level)) {
		X509_STORE_CTX_set_app_data(ctx, j);
		X509_STORE_CTX_set_verify_cb(ctx, record);
		is_done = X509_verify_cert(ctx) > 0;
		if (!is_done || (X509_STORE_CTX_get_error(ctx) != X509_V_OK && j->error_count == 0))
			add_error(j, X509_STORE_CTX_get_error_depth(ctx),
				X509_STORE_CTX_get_error(ctx));
		j->path = X509_STORE_CTX_get1_chain(ctx);
		j->untrusted = (size_t)X509_STORE_CTX_get_num_untrusted(ctx);
	}
	X509_STORE_CTX_free(ctx);
	return is_done;
}

static bool
is_anchor_missing(const struct tls_judgement *j)
{
	for (size_t i = 0; i < j->error_count; i++)
		switch (j->errors[i].code) {
		case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
		case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
		case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
		case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
			return true;
		}
	return false;
}

static void
forget_path(struct tls_judgement *j)
{
	sk_X509_pop_free(j->path, X509_free);
	j->path = NULL;
	j->untrusted = 0;
	j->error_count = 0;
}

/* A path, dates, purpose, name: false when it could not be gone through to its end. */
static bool
look(struct tls_judgement *j, const struct trust *trust, int security_level)
{
	bool is_done = verify(j, trust, security_level);

	if (is_anchor_missing(j) && trust_read_rest(trust)) {
		forget_path(j);
		is_done = verify(j, trust, security_level);
	}
	j->is_name_ok = is_reference_name(j->name) && str_find(j->name, '*') == j->name.n &&
			has_dns_id(sk_X509_value(j->sent, 0), j->name);
	return is_done;
}

int
tls_judge(struct tls_judgement *j, const struct trust *trust, struct stack_st_X509 *chain,
	int security_level)
{
	bool is_done;

	if (sk_X509_num(chain) < 1 || j->is_judged || j->shortage != NULL)
		return X509_V_ERR_APPLICATION_VERIFICATION;
	ERR_clear_error();
	j->sent = X509_chain_up_ref(chain);
	is_done = j->sent != NULL && look(j, trust, security_level);
	if ((j->shortage = trust_shortage()) != NULL || j->sent == NULL) {
		forget_path(j);
		return X509_V_ERR_APPLICATION_VERIFICATION;
	}
	if (j->is_name_ok)
		forget_mismatch(j);
	else
		add_error(j, 0, X509_V_ERR_HOSTNAME_MISMATCH);
	j->is_trusted = is_done;
	for (size_t i = 0; i < j->error_count; i++)
		if (j->errors[i].code != X509_V_ERR_HOSTNAME_MISMATCH)
			j->is_trusted = false;
	j->is_judged = true;
	if (j->is_trusted && j->is_name_ok && j->error_count == 0)
		return X509_V_OK;
	return j->error_count > 0 ? j->errors[0].code : X509_V_ERR_APPLICATION_VERIFICATION;
}

/* The answer for the leaf among those of the response, whatever digest its id uses. */
static OCSP_SINGLERESP *
find_answer(OCSP_BASICRESP *basic, const X509 *leaf, const X509 *issuer)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
		const OCSP_CERTID *id = OCSP_SINGLERESP_get0_id(single);
		ASN1_OBJECT *digest = NULL;
		OCSP_CERTID *own;
		bool is_it;

		OCSP_id_get0_info(NULL, &digest, NULL, NULL, (OCSP_CERTID *)id);
		own = OCSP_cert_to_id(EVP_get_digestbyobj(digest), leaf, issuer);
		is_it = own != NULL && OCSP_id_cmp(own, id) == 0;
		OCSP_CERTID_free(own);
		if (is_it)
			return single;
	}
	return NULL;
}

static const char *
answer_word(OCSP_SINGLERESP *answer)
{
	ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;
	int reason = 0;
	int status;

	if (answer == NULL)
		return "invalid";
	status = OCSP_single_get0_status(answer, &reason, &revoked, &this_update, &next_update);
	if (OCSP_check_validity(this_update, next_update, OCSP_CLOCK_SKEW_S, -1) != 1)
		return "invalid";
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		return "good";
	case V_OCSP_CERTSTATUS_REVOKED:
		return "revoked";
	default:
		return "unknown";
	}
}

void
tls_judge_staple(
	struct tls_judgement *j, const struct trust *trust, const unsigned char *der, size_t n)
{
	OCSP_RESPONSE *response;
	OCSP_BASICRESP *basic = NULL;
	const X509 *leaf, *issuer;

	if (!j->is_judged)
		return;
	j->ocsp = "invalid";
	leaf = sk_X509_value(j->sent, 0);
	issuer = sk_X509_num(j->path) > 1 ? sk_X509_value(j->path, 1) : leaf;
	response = d2i_OCSP_RESPONSE(NULL, &der, (long)n);
	if (response != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	if (basic != NULL && OCSP_basic_verify(basic, j->path, trust_x509_store(trust), 0) > 0)
		j->ocsp = answer_word(find_answer(basic, leaf, issuer));
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
}

/* Index of cert in the list, -1 when it is not there. */
static int
find_cert(const struct stack_st_X509 *list, const X509 *cert)
{
	for (int i = 0; i < sk_X509_num(list); i++)
		if (X509_cmp(sk_X509_value(list, i), cert) == 0)
			return i;
	return -1;
}

static bool
emit_cert(const struct tls_judgement *j, struct sink *sink, struct str job, X509 *cert, int depth,
	bool is_sent)
{
	int at = find_cert(j->path, cert);
	struct arena arena = { 0 };
	struct ev_cert facts;

	if (cert_bytes(cert) > LIMIT_CERT_BYTES)
		return false;
	cert_facts(&arena, cert, &facts);
	facts.depth = depth;
	facts.is_sent = is_sent;
	facts.is_on_path = at >= 0;
	facts.is_anchor = at >= 0 && (size_t)at >= j->untrusted;
	sink_emit(sink, job, EV_CERT, &facts);
	arena_release(&arena);
	return true;
}

void
tls_judge_emit(const struct tls_judgement *j, struct sink *sink, struct str job)
{
	int left_out = 0;

	if (!j->is_judged)
		return;
	for (int i = 0; i < sk_X509_num(j->sent); i++)
		if (i >= LIMIT_CHAIN_CERTS ||
			!emit_cert(j, sink, job, sk_X509_value(j->sent, i), i, true))
			left_out++;
	for (int i = 0; i < sk_X509_num(j->path); i++) {
		X509 *cert = sk_X509_value(j->path, i);

		if (find_cert(j->sent, cert) < 0 &&
			(i >= LIMIT_CHAIN_CERTS || !emit_cert(j, sink, job, cert, i, false)))
			left_out++;
	}
	for (size_t i = 0; i < j->error_count; i++)
		EMIT(sink, job, CERT_ERROR, cert_error, .depth = j->errors[i].depth,
			.code = j->errors[i].code,
			.text = str_of(X509_verify_cert_error_string(j->errors[i].code)));
	EMIT(sink, job, CERT_VERDICT, cert_verdict, .is_trusted = j->is_trusted,
		.is_name_ok = j->is_name_ok, .wanted = j->name, .ocsp = str_of(j->ocsp),
		.certs_left_out = left_out);
}

void
tls_judge_failure(const struct tls_judgement *j, char *text, size_t room)
{
	struct arena a = { 0 };
	struct ev_cert leaf = { 0 };

	text[0] = '\0';
	if (!j->is_judged || j->is_trusted || sk_X509_num(j->sent) < 1)
		return;
	cert_facts(&a, sk_X509_value(j->sent, 0), &leaf);
	snprintf(text, room, "certificate %.*s", STR_ARG(leaf.sha256));
	arena_release(&a);
}

void
tls_judge_release(struct tls_judgement *j)
{
	sk_X509_pop_free(j->sent, X509_free);
	sk_X509_pop_free(j->path, X509_free);
	*j = (struct tls_judgement){ .name = j->name };
}
