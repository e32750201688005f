#include <openssl/ocsp.h>

#include "core/limits.h"
#include "net/tls_judge.h"
#include "support/check.h"
#include "support/cmocka_all.h"
#include "support/event_story.h"
#include "support/test_cert.h"

#define NAME "mx.example.com"
#define SECURITY_LEVEL 2

/* Certificates by name; the comment says what is wrong with each. */
enum which {
	NONE,
	ROOT, /* in the store */
	STRANGER, /* a root that is not */
	MIDDLE,
	OLD_MIDDLE, /* expired */
	NO_CA, /* "issues" without being a CA */
	STRANGE_MIDDLE,
	GOOD, /* all by MIDDLE, until said otherwise */
	WILDCARD,
	EXPIRED,
	FUTURE,
	OTHER_NAME,
	CN_ONLY,
	PARTIAL_WILDCARD,
	DEEP_WILDCARD,
	NUL_NAME,
	CLIENT_ONLY,
	WEAK,
	BY_ROOT,
	BY_OLD,
	BY_NO_CA,
	BY_STRANGER,
	BY_STRANGE_MIDDLE,
	SELF_SIGNED,
	THREE_FAULTS,
	WHICH_COUNT
};

static const struct str nul_name[] = { { NAME "\0.evil.example",
	sizeof(NAME "\0.evil.example") - 1 } };

static const struct {
	struct cert_spec spec;
	enum which issuer;
} made_as[WHICH_COUNT] = {
	[ROOT] = { { .cn = "Root", .is_ca = true }, NONE },
	[STRANGER] = { { .cn = "Stranger", .is_ca = true }, NONE },
	[MIDDLE] = { { .cn = "Middle", .is_ca = true }, ROOT },
	[OLD_MIDDLE] = { { .cn = "Old", .is_ca = true, .from_days = -9, .to_days = -1 }, ROOT },
	[NO_CA] = { { .cn = "No CA" }, ROOT },
	[STRANGE_MIDDLE] = { { .cn = "Strange middle", .is_ca = true }, STRANGER },
	[GOOD] = { { .cn = "x", .sans = "DNS:a.example,DNS:MX.example.com" }, MIDDLE },
	[WILDCARD] = { { .cn = "x", .sans = "DNS:*.example.com" }, MIDDLE },
	[EXPIRED] = { { .cn = "x", .sans = "DNS:" NAME, .from_days = -9, .to_days = -1 }, MIDDLE },
	[FUTURE] = { { .cn = "x", .sans = "DNS:" NAME, .from_days = 9, .to_days = 99 }, MIDDLE },
	[OTHER_NAME] = { { .cn = NAME, .sans = "DNS:example.com" }, MIDDLE },
	[CN_ONLY] = { { .cn = NAME }, MIDDLE },
	[PARTIAL_WILDCARD] = { { .cn = "x", .sans = "DNS:m*.example.com" }, MIDDLE },
	[DEEP_WILDCARD] = { { .cn = "x", .sans = "DNS:*.com" }, MIDDLE },
	[NUL_NAME] = { { .cn = "x", .raw_sans = nul_name, .raw_count = 1 }, MIDDLE },
	[CLIENT_ONLY] = { { .cn = "x", .sans = "DNS:" NAME, .usage = "clientAuth" }, MIDDLE },
	[WEAK] = { { .cn = "x", .sans = "DNS:" NAME, .rsa_bits = 1024 }, MIDDLE },
	[BY_ROOT] = { { .cn = "x", .sans = "DNS:" NAME }, ROOT },
	[BY_OLD] = { { .cn = "x", .sans = "DNS:" NAME }, OLD_MIDDLE },
	[BY_NO_CA] = { { .cn = "x", .sans = "DNS:" NAME }, NO_CA },
	[BY_STRANGER] = { { .cn = "x", .sans = "DNS:" NAME }, STRANGER },
	[BY_STRANGE_MIDDLE] = { { .cn = "x", .sans = "DNS:" NAME }, STRANGE_MIDDLE },
	[SELF_SIGNED] = { { .cn = "x", .sans = "DNS:" NAME }, NONE },
	[THREE_FAULTS] = { { .cn = "x", .sans = "DNS:y", .from_days = -9, .to_days = -1 }, NONE },
};

struct world {
	struct test_cert certs[WHICH_COUNT];
	struct trust *trust;
};

static int
set_up(void **state)
{
	static struct world w;
	char pem[4096];
	struct err err;

	for (enum which i = ROOT; i < WHICH_COUNT; i++) {
		struct cert_spec spec = made_as[i].spec;

		if (made_as[i].issuer != NONE)
			spec.issuer = &w.certs[made_as[i].issuer];
		w.certs[i] = test_cert_make(&spec);
	}
	*state = &w;
	return trust_open_pem(&w.trust, test_cert_pem(&w.certs[ROOT], pem, sizeof(pem)), &err) ==
			       RESULT_OK
		       ? 0
		       : -1;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	trust_free(w->trust);
	for (enum which i = ROOT; i < WHICH_COUNT; i++)
		test_cert_free(&w->certs[i]);
	return 0;
}

static int
judge(struct world *w, struct tls_judgement *j, const enum which *chain)
{
	STACK_OF(X509) *sent = sk_X509_new_null();
	int code;

	for (size_t i = 0; chain[i] != NONE; i++)
		sk_X509_push(sent, w->certs[chain[i]].cert);
	code = tls_judge(j, w->trust, sent, SECURITY_LEVEL);
	sk_X509_free(sent);
	return code;
}

static const struct {
	const char *name;
	enum which chain[5];
	const char *story;
} rows[] = {
	{ "good", { GOOD, MIDDLE }, "verdict trusted name" },
	{ "good with root", { GOOD, MIDDLE, ROOT }, "verdict trusted name" },
	{ "by the root", { BY_ROOT }, "verdict trusted name" },
	{ "wrong order", { GOOD, ROOT, MIDDLE }, "verdict trusted name" },
	{ "one too many", { GOOD, MIDDLE, STRANGER }, "verdict trusted name" },
	{ "wildcard", { WILDCARD, MIDDLE }, "verdict trusted name" },
	{ "expired", { EXPIRED, MIDDLE }, "error 10@0|verdict untrusted name" },
	{ "not yet", { FUTURE, MIDDLE }, "error 9@0|verdict untrusted name" },
	{ "expired above", { BY_OLD, OLD_MIDDLE }, "error 10@1|verdict untrusted name" },
	{ "other name", { OTHER_NAME, MIDDLE }, "error 62@0|verdict trusted no-name" },
	{ "CN only", { CN_ONLY, MIDDLE }, "error 62@0|verdict trusted no-name" },
	{ "partial wildcard", { PARTIAL_WILDCARD, MIDDLE }, "error 62@0|verdict trusted no-name" },
	{ "wildcard over two", { DEEP_WILDCARD, MIDDLE }, "error 62@0|verdict trusted no-name" },
	{ "NUL in the name", { NUL_NAME, MIDDLE }, "error 62@0|verdict trusted no-name" },
	{ "self-signed", { SELF_SIGNED }, "error 18@0|verdict untrusted name" },
	{ "unknown root, sent", { BY_STRANGER, STRANGER }, "error 19@1|verdict untrusted name" },
	{ "unknown root, not sent", { BY_STRANGE_MIDDLE, STRANGE_MIDDLE },
		"error 20@1|verdict untrusted name" },
	{ "chain incomplete", { GOOD }, "error 20@0|error 21@0|verdict untrusted name" },
	{ "purpose", { CLIENT_ONLY, MIDDLE }, "error 26@0|verdict untrusted name" },
	{ "weak key", { WEAK, MIDDLE }, "error 66@0|verdict untrusted name" },
	{ "three faults", { THREE_FAULTS },
		"error 18@0|error 62@0|error 10@0|verdict untrusted no-name" },
};

static void
verdicts(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct tls_judgement j = { .name = STR(NAME) };
		struct event_log log;
		struct buf text = BUF_INIT(0);
		int code = judge(w, &j, rows[i].chain);

		event_log_init(&log);
		tls_judge_emit(&j, &log.sink, STR("job"));
		if (strcmp(event_story(&log, &text), rows[i].story) != 0)
			fail_msg("%s:\n got    %s\n wanted %s", rows[i].name, buf_text(&text),
				rows[i].story);
		/* What libcurl goes by: OK only when there is nothing to tell. */
		check_true(rows[i].name, "code",
			(code == X509_V_OK) ==
				(strcmp(rows[i].story, "verdict trusted name") == 0));
		buf_release(&text);
		event_log_release(&log);
		tls_judge_release(&j);
	}
}

/* An issuer that is no CA fails in more ways than one; which, is up to OpenSSL. */
static void
issuer_that_is_no_ca(void **state)
{
	static const enum which chain[] = { BY_NO_CA, NO_CA, NONE };
	struct tls_judgement j = { .name = STR(NAME) };

	assert_int_not_equal(judge(*state, &j, chain), X509_V_OK);
	assert_false(j.is_trusted);
	assert_true(j.is_name_ok);
	tls_judge_release(&j);
}

/* Names that mean something else to OpenSSL, or nothing, never match. */
static void
reference_names(void **state)
{
	static const enum which chain[] = { GOOD, MIDDLE, NONE };
	static const struct {
		const char *name;
		struct str wanted;
		bool is_ok;
	} names[] = {
		{ "the name", { NAME, sizeof(NAME) - 1 }, true },
		{ "its case", { "mX.Example.COM", 14 }, true },
		{ "empty", { "", 0 }, false },
		{ "leading dot", { ".example.com", 12 }, false },
		{ "NUL", { NAME "\0x", sizeof(NAME) + 1 }, false },
		{ "parent", { "example.com", 11 }, false },
		{ "the wildcard itself", { "*.example.com", 13 }, false },
	};

	for (size_t i = 0; i < ROWS(names); i++) {
		struct tls_judgement j = { .name = names[i].wanted };

		check_int(names[i].name, "code OK", judge(*state, &j, chain) == X509_V_OK,
			names[i].is_ok);
		check_int(names[i].name, "name", j.is_name_ok, names[i].is_ok);
		check_true(names[i].name, "trusted", j.is_trusted);
		tls_judge_release(&j);
	}
}

/* RFC 6125 6.4.3: the whole left-most label, whatever it is made of. */
static void
wildcard_names(void **state)
{
	static const enum which chain[] = { WILDCARD, MIDDLE, NONE };
	static const struct {
		const char *wanted;
		bool is_ok;
	} names[] = {
		{ "a.example.com", true },
		{ "mx_1.example.com", true },
		{ "xn--bcher-kva.EXAMPLE.com", true },
		{ "example.com", false },
		{ "a.b.example.com", false },
		{ "a.example.com.", false },
		{ "*.example.com", false },
	};

	for (size_t i = 0; i < ROWS(names); i++) {
		struct tls_judgement j = { .name = str_of(names[i].wanted) };

		check_int(names[i].wanted, "code OK", judge(*state, &j, chain) == X509_V_OK,
			names[i].is_ok);
		check_int(names[i].wanted, "name", j.is_name_ok, names[i].is_ok);
		tls_judge_release(&j);
	}
}

static const struct ev_cert *
nth(const struct event_log *log, size_t n)
{
	return event_log_nth(log, EV_CERT, NULL, n);
}

/* What was sent, in its order, then what the path added; each with its place. */
static void
chain_as_events(void **state)
{
	static const enum which chain[] = { GOOD, STRANGER, MIDDLE, NONE };
	struct tls_judgement j = { .name = STR(NAME) };
	struct event_log log;

	event_log_init(&log);
	(void)judge(*state, &j, chain);
	tls_judge_emit(&j, &log.sink, STR("job"));
	assert_int_equal(event_log_count(&log, EV_CERT, NULL), 4);
	assert_str(nth(&log, 0)->subject, "CN=x");
	assert_true(nth(&log, 0)->is_sent && nth(&log, 0)->is_on_path && !nth(&log, 0)->is_anchor);
	assert_str(nth(&log, 1)->subject, "CN=Stranger");
	assert_true(nth(&log, 1)->is_sent && !nth(&log, 1)->is_on_path);
	assert_int_equal(nth(&log, 1)->depth, 1);
	assert_str(nth(&log, 2)->subject, "CN=Middle");
	assert_true(nth(&log, 2)->is_on_path && !nth(&log, 2)->is_anchor);
	assert_int_equal(nth(&log, 2)->depth, 2);
	assert_str(nth(&log, 3)->subject, "CN=Root");
	assert_true(!nth(&log, 3)->is_sent && nth(&log, 3)->is_on_path && nth(&log, 3)->is_anchor);
	assert_int_equal(nth(&log, 3)->depth, 2);
	event_log_release(&log);
	tls_judge_release(&j);
}

/* Far too many, and one far too big: counted, not kept. */
static void
chains_have_limits(void **state)
{
	static char huge[LIMIT_CERT_BYTES];
	struct world *w = *state;
	struct str name = { huge, sizeof(huge) };
	struct test_cert big;
	STACK_OF(X509) *sent = sk_X509_new_null();
	struct tls_judgement j = { .name = STR(NAME) };
	const struct ev_cert_verdict *verdict;
	struct event_log log;

	memset(huge, 'x', sizeof(huge));
	big = test_cert_make(&(struct cert_spec){ .cn = "big", .raw_sans = &name, .raw_count = 1 });
	sk_X509_push(sent, w->certs[GOOD].cert);
	sk_X509_push(sent, w->certs[MIDDLE].cert);
	sk_X509_push(sent, big.cert);
	for (int i = 3; i < LIMIT_CHAIN_CERTS + 10; i++)
		sk_X509_push(sent, w->certs[STRANGER].cert);
	assert_int_equal(tls_judge(&j, w->trust, sent, SECURITY_LEVEL), X509_V_OK);
	event_log_init(&log);
	tls_judge_emit(&j, &log.sink, STR("job"));
	verdict = event_log_last(&log, EV_CERT_VERDICT, NULL);
	/* The root that the path added is the one more. */
	assert_int_equal(event_log_count(&log, EV_CERT, NULL), LIMIT_CHAIN_CERTS - 1 + 1);
	assert_int_equal(verdict->certs_left_out, 10 + 1);
	assert_true(verdict->is_trusted);
	event_log_release(&log);
	tls_judge_release(&j);
	sk_X509_free(sent);
	test_cert_free(&big);
}

static void
no_chain_is_no_verdict(void **state)
{
	static const enum which none[] = { NONE };
	struct tls_judgement j = { .name = STR(NAME) };
	struct event_log log;

	event_log_init(&log);
	assert_int_not_equal(judge(*state, &j, none), X509_V_OK);
	tls_judge_emit(&j, &log.sink, STR("job"));
	tls_judge_staple(&j, ((struct world *)*state)->trust, (const unsigned char *)"x", 1);
	assert_int_equal(log.count, 0);
	assert_null(j.ocsp);
	event_log_release(&log);
	tls_judge_release(&j);
}

/* An OCSP response by MIDDLE for one certificate; the caller frees *der. */
static int
staple(struct world *w, enum which about, int status, long age_s, unsigned char **der)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(
		EVP_sha256(), w->certs[about].cert, w->certs[MIDDLE].cert);
	ASN1_TIME *then = X509_gmtime_adj(NULL, -age_s);
	ASN1_TIME *until = X509_gmtime_adj(NULL, 3600 - age_s);
	OCSP_RESPONSE *response;
	int n;

	OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_NOSTATUS,
		status == V_OCSP_CERTSTATUS_REVOKED ? then : NULL, then, until);
	OCSP_basic_sign(basic, w->certs[MIDDLE].cert, w->certs[MIDDLE].key, EVP_sha256(), NULL,
		OCSP_NOCERTS);
	response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	n = i2d_OCSP_RESPONSE(response, der);
	OCSP_RESPONSE_free(response);
	OCSP_BASICRESP_free(basic);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(then);
	ASN1_TIME_free(until);
	return n;
}

static void
staples(void **state)
{
	static const enum which chain[] = { GOOD, MIDDLE, NONE };
	static const struct {
		const char *name;
		enum which about;
		int status;
		long age_s;
		const char *word;
	} cases[] = {
		{ "good", GOOD, V_OCSP_CERTSTATUS_GOOD, 60, "good" },
		{ "revoked", GOOD, V_OCSP_CERTSTATUS_REVOKED, 60, "revoked" },
		{ "unknown", GOOD, V_OCSP_CERTSTATUS_UNKNOWN, 60, "unknown" },
		{ "stale", GOOD, V_OCSP_CERTSTATUS_GOOD, 86400, "invalid" },
		{ "another's", EXPIRED, V_OCSP_CERTSTATUS_GOOD, 60, "invalid" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ROWS(cases); i++) {
		struct tls_judgement j = { .name = STR(NAME) };
		unsigned char *der = NULL;
		int n = staple(w, cases[i].about, cases[i].status, cases[i].age_s, &der);

		(void)judge(w, &j, chain);
		tls_judge_staple(&j, w->trust, der, (size_t)n);
		check_text(cases[i].name, "ocsp", str_of(j.ocsp), cases[i].word);
		/* Checking is a MAY: the verdict stays as it is. */
		check_true(cases[i].name, "trusted", j.is_trusted);
		/* The signature stands last. */
		der[n - 1] ^= 1;
		tls_judge_staple(&j, w->trust, der, (size_t)n);
		check_text(cases[i].name, "spoilt", str_of(j.ocsp), "invalid");
		OPENSSL_free(der);
		tls_judge_release(&j);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(issuer_that_is_no_ca),
		cmocka_unit_test(reference_names),
		cmocka_unit_test(wildcard_names),
		cmocka_unit_test(chain_as_events),
		cmocka_unit_test(chains_have_limits),
		cmocka_unit_test(no_chain_is_no_verdict),
		cmocka_unit_test(staples),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
