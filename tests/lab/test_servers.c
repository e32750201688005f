/* The lab's servers speak as they should, by raw sockets and OpenSSL, not by the walk's own code. */
#include "tests/support/check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/buf.h"
#include "net/lab/lab_dns.h"
#include "tests/support/lab_walk.h"
#include "tests/support/own_things.h"

#define HEAD "title t\ndomain a.test\n"

struct bench {
	struct arena arena;
	struct scenario scenario;
	struct lab *lab;
};

static void
bench_open(struct bench *b, const char *text)
{
	struct err err = { 0 };

	*b = (struct bench){ 0 };
	if (scenario_parse(STR("x"), str_of(text), &b->arena, &b->scenario, &err) != RESULT_OK ||
		lab_start(&b->lab, &b->scenario, NULL, &err) != RESULT_OK)
		fail_msg("%s", err.text);
}

static void
bench_close(struct bench *b)
{
	lab_stop(b->lab);
	arena_release(&b->arena);
}

static int
dial(const char *address, unsigned port, int type)
{
	struct timeval patience = { .tv_sec = 20 };
	struct addr to;
	int fd;

	assert_true(addr_make(str_of(address), port, &to));
	fd = socket(to.sa.ss_family, type | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&to.sa, to.len) == 0)
		return fd;
	close(fd);
	return -1;
}

/* Read until the text has come, or the end. */
static bool
reads(int fd, struct buf *in, const char *text)
{
	char chunk[4096];
	ssize_t n;

	while (str_find_str(buf_str(in), str_of(text)) == in->n) {
		if ((n = recv(fd, chunk, sizeof(chunk), 0)) <= 0)
			return false;
		buf_add(in, (struct str){ chunk, (size_t)n });
	}
	return true;
}

static void
say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Scenario texts that are wrong: the line and what is said of it. */
static void
test_wrong_scenarios(void **state)
{
	static const struct {
		const char *name, *text, *says;
	} rows[] = {
		{ "nothing", "", "x.lab:0: the scenario names no domain" },
		{ "no title", "domain a.test\n", "no title" },
		{ "unknown word", "titel x\n", "x.lab:1: \"titel\"" },
		{ "continuation of nothing", " x\n", "x.lab:1: nothing to continue" },
		{ "given twice", "title a\ntitle b\n", "x.lab:2: title is given twice" },
		{ "no domain yet", "[dns]\n", "x.lab:1: domain must stand before" },
		{ "open section", HEAD "[dns\n", "x.lab:3: a section ends in ]" },
		{ "unknown section", HEAD "[ftp]\n", "x.lab:3: [ftp] is no section; they are" },
		{ "empty label", HEAD "[dns]\na..b A 127.0.0.1\n", "x.lab:4: \"a..b\"" },
		{ "unknown type", HEAD "[dns]\n@ LOC here\n", "\"LOC\" is no record type" },
		{ "bad address", HEAD "[dns]\n@ A 1.2.3\n", "no address of this type" },
		{ "bad preference", HEAD "[dns]\n@ MX 65536 mail\n", "up to 65535" },
		{ "no quotes", HEAD "[dns]\n@ TXT v=STSv1\n", "\"quotes\"" },
		{ "open quote", HEAD "[dns]\n@ TXT \"v\\\"\n", "not closed" },
		{ "bad escape", HEAD "[dns]\n@ TXT \"\\q\"\n", "an escape is" },
		{ "bad hex", HEAD "[dns]\n@ TLSA 3 1 1 0g\n", "not in hex" },
		{ "unknown fault", HEAD "[dns]\n@ A !wrong\n", "\"!wrong\" is no fault" },
		{ "any with data", HEAD "[dns]\n@ ANY x\n", "ANY takes a fault" },
		{ "bad server address", HEAD "[https 192.0.2.1]\n", "neither 127.x.y.z nor ::1" },
		{ "server twice", HEAD "[https 127.1.1.1]\n[https 127.1.1.1]\n", "server already" },
		{ "unknown certificate", HEAD "[https]\ncertificate fine\n", "no kind of" },
		{ "step of the other", HEAD "[https]\nbanner stall\n", "no word of this section" },
		{ "refuse too late", HEAD "[mx 1 m]\nehlo refuse\n", "nothing that this step" },
		{ "too long a delay", HEAD "[mx 1 m]\nehlo delay 600001\n", "up to 600000" },
		{ "bad versions", HEAD "[https]\ntls-versions 1.3-1.2\n", "not 1.0 to 1.3" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct arena a = { 0 };
		struct scenario s;
		struct err err = { 0 };

		check_int(rows[i].name, "result",
			scenario_parse(STR("x"), str_of(rows[i].text), &a, &s, &err),
			RESULT_FAILED);
		check_int(rows[i].name, "exit", err.exit, 65);
		if (strstr(err.text, rows[i].says) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", rows[i].name, err.text,
				rows[i].says);
		arena_release(&a);
	}
}

static void
test_unknown_name_lists_near_ones(void **state)
{
	struct arena a = { 0 };
	struct scenario s;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(scenario_find(STR("goood"), &a, &s, &err), RESULT_FAILED);
	assert_int_equal(err.exit, 64);
	assert_non_null(strstr(err.text, "good"));
	assert_int_equal(scenario_find(STR("good"), &a, &s, &err), RESULT_OK);
	arena_release(&a);
}

/* A question with EDNS, ID 0x1234; flags are those of the second 16 bits. */
static struct str
question(struct arena *a, const char *name, unsigned type, unsigned flags)
{
	struct buf q = { 0 };
	struct str rest = str_of(name), label, copy;

	const unsigned head[] = { 0x1234, flags, 1, 0, 0, 1 };

	for (size_t i = 0; i < ROWS(head); i++) {
		buf_add_char(&q, (char)(head[i] >> 8));
		buf_add_char(&q, (char)head[i]);
	}
	while (rest.n > 0 && str_split(&rest, '.', &label)) {
		buf_add_char(&q, (char)label.n);
		buf_add(&q, label);
	}
	buf_add(&q, (struct str){ (const char[]){ 0, 0, (char)type, 0, 1 }, 5 });
	buf_add(&q, (struct str){ "\0\0\x29\x04\xd0\0\0\0\0\0\0", 11 });
	copy = arena_str(a, buf_str(&q));
	buf_release(&q);
	return copy;
}

static unsigned
u16_at(struct str s, size_t at)
{
	return (unsigned)(unsigned char)s.p[at] << 8 | (unsigned char)s.p[at + 1];
}

enum { RD = 0x0100, AD = 0x0020, CD = 0x0010 };

static void
test_dns_answers(void **state)
{
	static const char zone[] = HEAD
		"[dns]\n@ MX 10 mail\nmail A 127.0.1.25\nmail A 127.0.1.26\n"
		"alias CNAME mail\ndangling CNAME gone\nloop CNAME loop\n"
		"deep.sub TXT \"x\"\n*.wild TXT \"w\"\nbad TXT \"b\"\nbad TXT !bogus\n"
		"fail A !servfail\nlie ANY !nxdomain\nplain A 127.0.0.1\nplain A !no-ad\n"
		"long TXT \"x\"\nlong TXT !truncate\n";
	static const struct {
		const char *name, *ask;
		unsigned type, flags;
		unsigned rcode, answers;
		bool is_ad, is_tcp, is_cut;
	} rows[] = {
		{ "mx", "a.test", 15, RD | AD, 0, 1, true, false, false },
		{ "upper case", "MAIL.A.TEST", 1, RD | AD, 0, 2, true, false, false },
		{ "no ad asked", "mail.a.test", 1, RD, 0, 2, false, false, false },
		{ "cname", "alias.a.test", 1, RD, 0, 3, false, false, false },
		{ "cname to nothing", "dangling.a.test", 1, RD, 3, 1, false, false, false },
		{ "cname loop", "loop.a.test", 1, RD, 0, 16, false, false, false },
		{ "no such type", "mail.a.test", 28, RD, 0, 0, false, false, false },
		{ "empty non-terminal", "sub.a.test", 16, RD, 0, 0, false, false, false },
		{ "no such name", "x.a.test", 1, RD | AD, 3, 0, true, false, false },
		{ "wildcard", "one.two.wild.a.test", 16, RD, 0, 1, false, false, false },
		{ "bogus", "bad.a.test", 16, RD | AD, 2, 0, false, false, false },
		{ "bogus with cd", "bad.a.test", 16, RD | AD | CD, 0, 1, false, false, false },
		{ "servfail", "fail.a.test", 1, RD | AD, 2, 0, false, false, false },
		{ "servfail of A only", "fail.a.test", 28, RD, 0, 0, false, false, false },
		{ "nxdomain of any type", "lie.a.test", 16, RD, 3, 0, false, false, false },
		{ "insecure", "plain.a.test", 1, RD | AD, 0, 1, false, false, false },
		{ "truncated", "long.a.test", 16, RD, 0, 0, false, false, true },
		{ "whole over tcp", "long.a.test", 16, RD, 0, 1, false, true, false },
		{ "the root", "", 2, RD | AD, 0, 1, true, false, false },
	};
	struct arena a = { 0 };
	struct lab_spec *spec;
	struct err err = { 0 };

	(void)state;
	if (spec_parse(STR("x"), str_of(zone), &a, &spec, &err) != RESULT_OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = BUF_INIT(LAB_DNS_MESSAGE_BYTES);
		struct str q = question(&a, rows[i].ask, rows[i].type, rows[i].flags), r;
		int64_t delay;

		check_true(rows[i].name, "an answer",
			lab_dns_answer(&spec->zone, q, rows[i].is_tcp, &out, &delay));
		r = buf_str(&out);
		check_int(rows[i].name, "id", u16_at(r, 0), 0x1234);
		check_int(rows[i].name, "rcode", u16_at(r, 2) & 15, rows[i].rcode);
		check_int(rows[i].name, "answers", u16_at(r, 6), rows[i].answers);
		check_int(rows[i].name, "ad", (u16_at(r, 2) & AD) != 0, rows[i].is_ad);
		check_int(rows[i].name, "tc", (u16_at(r, 2) & 0x0200) != 0, rows[i].is_cut);
		buf_release(&out);
	}
	arena_release(&a);
}

/* Every prefix and every changed byte of a question: an answer or none, no more. */
static void
test_dns_takes_any_bytes(void **state)
{
	struct arena a = { 0 };
	struct lab_spec *spec;
	struct str q;
	int64_t delay;

	(void)state;
	assert_int_equal(
		spec_parse(STR("x"), STR(HEAD "[mx 10 mail]\n"), &a, &spec, NULL), RESULT_OK);
	q = question(&a, "mail.a.test", 1, RD);
	for (size_t n = 0; n < q.n; n++) {
		struct buf out = BUF_INIT(LAB_DNS_MESSAGE_BYTES);
		char *changed = malloc(n + 1);

		memcpy(changed, q.p, n + 1);
		lab_dns_answer(&spec->zone, (struct str){ changed, n }, false, &out, &delay);
		changed[n] = (char)~changed[n];
		buf_clear(&out);
		lab_dns_answer(&spec->zone, (struct str){ changed, n + 1 }, false, &out, &delay);
		free(changed);
		buf_release(&out);
	}
	arena_release(&a);
}

static void
test_dns_over_sockets(void **state)
{
	struct bench b;
	struct str q;
	char reply[512], length[2];
	int fd;
	ssize_t n;

	(void)state;
	bench_open(&b, HEAD "[mx 10 mail]\n");
	q = question(&b.arena, "mail.a.test", 1, RD);
	fd = dial(lab_dns_address(b.lab), lab_dns_port(b.lab), SOCK_DGRAM);
	assert_int_equal(send(fd, q.p, q.n, 0), q.n);
	n = recv(fd, reply, sizeof(reply), 0);
	assert_true(n > 12);
	assert_int_equal(u16_at((struct str){ reply, (size_t)n }, 6), 1);
	close(fd);
	/* Over TCP, the length apart from the question, byte for byte. */
	fd = dial(lab_dns_address(b.lab), lab_dns_port(b.lab), SOCK_STREAM);
	length[0] = 0;
	length[1] = (char)q.n;
	assert_int_equal(send(fd, length, 1, 0), 1);
	assert_int_equal(send(fd, length + 1, 1, 0), 1);
	assert_int_equal(send(fd, q.p, q.n, 0), q.n);
	n = recv(fd, reply, sizeof(reply), 0);
	assert_true(n > 2);
	assert_int_equal(u16_at((struct str){ reply, (size_t)n }, 0), n - 2);
	close(fd);
	assert_int_equal(lab_counts(b.lab).dns, 2);
	bench_close(&b);
}

static void
test_smtp_dialogue(void **state)
{
	struct bench b;
	struct buf in = { 0 };
	int fd;

	(void)state;
	bench_open(&b, HEAD "[mx 10 mail]\nbanner say 220-one\nbanner say 220 two\n");
	fd = dial("127.0.1.25", lab_smtp_port(b.lab), SOCK_STREAM);
	assert_true(reads(fd, &in, "220-one\r\n220 two\r\n"));
	say(fd, "HELO x\r\nNOOP\r\nMAIL FROM:<>\r\nWHAT\r\n");
	assert_true(reads(fd, &in, "250 mail.a.test\r\n250 2.0.0 OK\r\n550 "));
	assert_true(reads(fd, &in, "500 "));
	say(fd, "EHLO x\r\n");
	assert_true(reads(fd, &in, "250-STARTTLS\r\n250 8BITMIME\r\n"));
	say(fd, "QUIT\r\n");
	assert_true(reads(fd, &in, "221 "));
	assert_false(reads(fd, &in, "never"));
	close(fd);
	buf_release(&in);
	bench_close(&b);
}

/* Many peers at once, none of which has the others wait. */
static void
test_many_at_once(void **state)
{
	struct bench b;
	int fds[64];

	(void)state;
	bench_open(&b, HEAD "[mx 10 mail]\n");
	for (size_t i = 0; i < ROWS(fds); i++) {
		fds[i] = dial("127.0.1.25", lab_smtp_port(b.lab), SOCK_STREAM);
		assert_true(fds[i] >= 0);
	}
	for (size_t i = ROWS(fds); i-- > 0;) {
		struct buf in = { 0 };

		say(fds[i], "EHLO x\r\n");
		assert_true(reads(fds[i], &in, "250 8BITMIME\r\n"));
		buf_release(&in);
	}
	for (size_t i = 0; i < ROWS(fds); i++)
		close(fds[i]);
	bench_close(&b);
}

static void
test_deeds(void **state)
{
	struct bench b;
	struct buf in = { 0 };
	unsigned port;
	int fd;

	(void)state;
	bench_open(&b,
		HEAD "[mx 10 a]\nconnect refuse\n[mx 10 b]\nbanner close\n[mx 10 c]\nehlo reset\n"
		     "[mx 10 d]\nbanner say 554 no\n");
	port = lab_smtp_port(b.lab);
	assert_int_equal(dial("127.0.1.25", port, SOCK_STREAM), -1);
	assert_int_equal(errno, ECONNREFUSED);
	fd = dial("127.0.1.26", port, SOCK_STREAM);
	assert_int_equal(recv(fd, &port, 1, 0), 0);
	close(fd);
	port = lab_smtp_port(b.lab);
	fd = dial("127.0.1.27", port, SOCK_STREAM);
	assert_true(reads(fd, &in, "220 c.a.test"));
	say(fd, "EHLO x\r\n");
	assert_false(reads(fd, &in, "never"));
	assert_int_equal(errno, ECONNRESET);
	close(fd);
	buf_clear(&in);
	fd = dial("127.0.1.28", port, SOCK_STREAM);
	assert_true(reads(fd, &in, "554 no\r\n"));
	say(fd, "EHLO x\r\nQUIT\r\n");
	assert_true(reads(fd, &in, "503 5.5.1 Not now\r\n221 "));
	close(fd);
	buf_release(&in);
	bench_close(&b);
}

/* A client that trusts the lab's root and notes what is wrong. */
static SSL_CTX *
client_for(const struct lab *lab)
{
	struct str pem = lab_ca_pem(lab);
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	assert_int_equal(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), root), 1);
	X509_free(root);
	BIO_free(bio);
	return ctx;
}

static long
verify_result(const struct lab *lab, const char *address, const char *host)
{
	SSL_CTX *ctx = client_for(lab);
	SSL *ssl = SSL_new(ctx);
	int fd = dial(address, lab_https_port(lab), SOCK_STREAM);
	long result = -1;

	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, host);
	SSL_set1_host(ssl, host);
	SSL_set_hostflags(
		ssl, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (SSL_connect(ssl) == 1)
		result = SSL_get_verify_result(ssl);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
	close(fd);
	return result;
}

static void
test_certificates(void **state)
{
	static const struct {
		const char *kind;
		long result;
	} rows[] = {
		{ "good", X509_V_OK },
		{ "client-only", X509_V_ERR_INVALID_PURPOSE },
		{ "cn-only", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "expired", X509_V_ERR_CERT_HAS_EXPIRED },
		{ "expired-intermediate", X509_V_ERR_CERT_HAS_EXPIRED },
		{ "expiring", X509_V_OK },
		{ "extra", X509_V_OK },
		{ "no-intermediate", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "no-name", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "not-yet-valid", X509_V_ERR_CERT_NOT_YET_VALID },
		{ "revoked", X509_V_OK },
		{ "self-signed", X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
		{ "untrusted", X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "weak-key", X509_V_ERR_EE_KEY_TOO_SMALL },
		{ "wildcard", X509_V_OK },
		{ "wildcard-high", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "wildcard-part", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "wrong-name", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "good\nkey rsa2048", X509_V_OK },
		{ "good\nkey ec384", X509_V_OK },
		{ "good\nkey ed25519", X509_V_OK },
		{ "good www other", X509_V_ERR_HOSTNAME_MISMATCH },
		{ "good www mta-sts", X509_V_OK },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[256];
		struct bench b;

		snprintf(text, sizeof(text), HEAD "[https]\ncertificate %s\n", rows[i].kind);
		bench_open(&b, text);
		check_int(rows[i].kind, "result of verification",
			verify_result(b.lab, "127.0.1.180", "mta-sts.a.test"), rows[i].result);
		bench_close(&b);
	}
}

static void
test_https_answers(void **state)
{
	static const struct {
		const char *name, *lines, *says;
	} rows[] = {
		{ "policy", "", "Content-Length: 15\r\n\r\nversion: STSv1\n" },
		{ "status", "status 404 Not Found\nbody gone\n", "HTTP/1.1 404 Not Found\r\n" },
		{ "type", "type text/html\n", "Content-Type: text/html\r\n" },
		{ "header", "header Age: 1\nheader X: y\n", "Age: 1\r\nX: y\r\n\r\n" },
		{ "chunked", "chunked\n", "\r\nf\r\nversion: STSv1\n\r\n0\r\n\r\n" },
		{ "fill", "fill 100\n", "Content-Length: 100\r\n" },
		{ "cut", "cut 7\n", "Content-Length: 15\r\n\r\nversion" },
		{ "words of its own", "answer say HELLO\n", "HELLO\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[256], got[4096];
		struct bench b;
		struct buf in = { 0 };
		SSL_CTX *ctx;
		SSL *ssl;
		int fd, n;

		snprintf(text, sizeof(text), HEAD "[policy]\nversion: STSv1\n[https]\n%s",
			rows[i].lines);
		bench_open(&b, text);
		ctx = client_for(b.lab);
		ssl = SSL_new(ctx);
		fd = dial("127.0.1.180", lab_https_port(b.lab), SOCK_STREAM);
		SSL_set_fd(ssl, fd);
		check_int(rows[i].name, "handshake", SSL_connect(ssl), 1);
		SSL_write(ssl, "GET /.well-known/mta-sts.txt HTTP/1.1\r\n\r\n", 41);
		while (str_find_str(buf_str(&in), str_of(rows[i].says)) == in.n &&
			(n = SSL_read(ssl, got, sizeof(got))) > 0)
			buf_add(&in, (struct str){ got, (size_t)n });
		if (str_find_str(buf_str(&in), str_of(rows[i].says)) == in.n)
			fail_msg("%s: %.*s", rows[i].name, STR_ARG(buf_str(&in)));
		SSL_free(ssl);
		SSL_CTX_free(ctx);
		close(fd);
		buf_release(&in);
		bench_close(&b);
	}
}

static void
test_nothing_is_left(void **state)
{
	static const char text[] = HEAD "[https]\ncertificate revoked\n[mx 10 a]\n[mx 10 b]\n"
					"certificate untrusted\n[mx 10 c]\nbanner stall\n";
	struct own_things before, after;
	struct bench b;
	int fd;

	(void)state;
	bench_open(&b, text); /* libraries open what they keep */
	bench_close(&b);
	before = own_things();
	for (int i = 0; i < 10; i++) {
		bench_open(&b, text);
		fd = dial("127.0.1.27", lab_smtp_port(b.lab), SOCK_STREAM);
		bench_close(&b);
		close(fd);
	}
	after = own_things_settled(before);
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(after.threads, before.threads);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_scenarios),
		cmocka_unit_test(test_unknown_name_lists_near_ones),
		cmocka_unit_test(test_dns_answers),
		cmocka_unit_test(test_dns_takes_any_bytes),
		cmocka_unit_test(test_dns_over_sockets),
		cmocka_unit_test(test_smtp_dialogue),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_deeds),
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_https_answers),
		cmocka_unit_test(test_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
