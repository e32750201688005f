#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/limits.h"
#include "net/https.h"
#include "support/check.h"
#include "support/cmocka_all.h"
#include "support/event_story.h"
#include "support/tcp_peer.h"
#include "support/test_cert.h"

#define HOST "mta-sts.example.com"
#define REQUEST "GET /.well-known/mta-sts.txt HTTP/1.1\n"
#define LONG_MS 20000
#define POLICY "version: STSv1\nmode: none\nmax_age: 60\n"

#define SAY(text) \
	{ \
		PEER_SEND, PEER_TEXT(text) \
	}
#define HEAD \
	{ PEER_TLS, PEER_TEXT("") }, \
	{ \
		PEER_HEAD, PEER_TEXT("") \
	}
#define CLOSE \
	{ PEER_BYE, PEER_TEXT("") }, { PEER_GONE, PEER_TEXT("") }, \
	{ \
		PEER_END, PEER_TEXT("") \
	}
#define HTTP_200 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

#define TO_TLS "start|connect ok|"
#define TO_VERDICT TO_TLS "tls ok|verdict trusted name|"
#define TO_REQUEST TO_VERDICT "request|"

struct world {
	struct test_cert ca, leaf, expired, other_name, cn_only, stranger;
	struct trust *trust;
	SSL_CTX *server;
};

static SSL_CTX *
server_new(const struct test_cert *leaf)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(ctx, leaf->cert);
	SSL_CTX_use_PrivateKey(ctx, leaf->key);
	return ctx;
}

static int
set_up(void **state)
{
	static struct world w;
	char pem[4096];
	struct err err;

	w.ca = test_cert_make(&(struct cert_spec){ .cn = "Test CA", .is_ca = true });
	w.leaf = test_cert_make(
		&(struct cert_spec){ .cn = "web", .sans = "DNS:" HOST, .issuer = &w.ca });
	w.expired = test_cert_make(&(struct cert_spec){ .cn = "web",
		.sans = "DNS:" HOST,
		.from_days = -30,
		.to_days = -1,
		.issuer = &w.ca });
	w.other_name = test_cert_make(
		&(struct cert_spec){ .cn = HOST, .sans = "DNS:www.example.com", .issuer = &w.ca });
	w.cn_only = test_cert_make(&(struct cert_spec){ .cn = HOST, .issuer = &w.ca });
	w.stranger = test_cert_make(&(struct cert_spec){ .cn = "x", .sans = "DNS:" HOST });
	if (trust_open_pem(&w.trust, test_cert_pem(&w.ca, pem, sizeof(pem)), &err) != RESULT_OK ||
		https_setup(&err) != RESULT_OK)
		return -1;
	w.server = server_new(&w.leaf);
	/* None of these may have any effect. */
	setenv("https_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "socks5://127.0.0.1:1", 1);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	SSL_CTX_free(w->server);
	trust_free(w->trust);
	test_cert_free(&w->leaf);
	test_cert_free(&w->expired);
	test_cert_free(&w->other_name);
	test_cert_free(&w->cn_only);
	test_cert_free(&w->stranger);
	test_cert_free(&w->ca);
	return 0;
}

struct run {
	struct event_log log;
	struct tcp_peer peer;
	struct probe_context context;
	struct buf text;
};

static void
run_init(struct run *r, const struct world *w, SSL_CTX *ctx)
{
	*r = (struct run){ .peer = { .ctx = ctx, .signal_fd = -1 } };
	event_log_init(&r->log);
	r->context = (struct probe_context){ .waiter = { eventfd(0, EFD_CLOEXEC), -1 },
		.limit = deadline_in_ms(LONG_MS),
		.sink = &r->log.sink,
		.trust = w->trust };
}

static void
run_probe(struct run *r, const struct addr *address)
{
	https_probe(&r->context, STR("https:" HOST "/127.0.0.1"), STR(HOST), address);
}

static void
run_script(struct run *r, const struct peer_step *script)
{
	tcp_peer_start(&r->peer, script);
	run_probe(r, &r->peer.address);
	tcp_peer_stop(&r->peer);
}

static void
run_release(struct run *r)
{
	buf_release(&r->text);
	close(r->context.waiter.cancel_fd);
	event_log_release(&r->log);
}

static void
check_run(struct run *r, const char *name, const char *story)
{
	const char *got = event_story(&r->log, &r->text);

	if (strcmp(got, story) != 0)
		fail_msg("%s:\n got    %s\n wanted %s", name, got, story);
}

static const struct {
	const char *name;
	struct peer_step script[8];
	const char *story;
	const char *body; /* NULL: not compared */
} rows[] = {
	{ "Content-Length", { HEAD, SAY(HTTP_200 "Content-Length: 6\r\n\r\npolicy"), CLOSE },
		TO_REQUEST "http ok 200, 6 bytes|end ok", "policy" },
	{ "chunks",
		{ HEAD,
			SAY(HTTP_200 "Transfer-Encoding: chunked\r\n\r\n"
				     "3\r\npol\r\n3\r\nicy\r\n0\r\n\r\n"),
			CLOSE },
		TO_REQUEST "http ok 200, 6 bytes|end ok", "policy" },
	{ "byte by byte",
		{ HEAD, { PEER_TRICKLE, PEER_TEXT(HTTP_200 "Content-Length: 6\r\n\r\npolicy") },
			CLOSE },
		TO_REQUEST "http ok 200, 6 bytes|end ok", "policy" },
	{ "until closed", { HEAD, SAY(HTTP_200 "\r\npolicy"), CLOSE },
		TO_REQUEST "http ok 200, 6 bytes|end ok", "policy" },
	{ "empty", { HEAD, SAY(HTTP_200 "Content-Length: 0\r\n\r\n"), CLOSE },
		TO_REQUEST "http ok 200, 0 bytes|end ok", "" },
	{ "hints before",
		{ HEAD,
			SAY("HTTP/1.1 103 Early Hints\r\nContent-Type: x/y\r\n\r\n" HTTP_200
			    "Content-Length: 6\r\n\r\npolicy"),
			CLOSE },
		TO_REQUEST "http ok 200, 6 bytes|end ok", "policy" },
	/* No length to compare with, and senders do not insist on close_notify. */
	{ "closed without goodbye", { HEAD, SAY(HTTP_200 "\r\npol"), { PEER_END } },
		TO_REQUEST "http ok 200, 3 bytes|end ok", "pol" },
	{ "short of its length", { HEAD, SAY(HTTP_200 "Content-Length: 60\r\n\r\npol"), CLOSE },
		TO_REQUEST "http truncated 200, 3 bytes|end truncated", "pol" },
	{ "reset in the body",
		{ HEAD, SAY(HTTP_200 "Content-Length: 60\r\n\r\npol"), { PEER_RESET } },
		TO_REQUEST "http truncated 200, 3 bytes|end truncated", NULL },
	{ "a chunk short",
		{ HEAD, SAY(HTTP_200 "Transfer-Encoding: chunked\r\n\r\n3\r\npol\r\n"), CLOSE },
		TO_REQUEST "http truncated 200, 3 bytes|end truncated", "pol" },
	{ "a chunk that is none",
		{ HEAD, SAY(HTTP_200 "Transfer-Encoding: chunked\r\n\r\n3\r\npol\r\nzz\r\n"),
			CLOSE },
		TO_REQUEST "http truncated 200, 3 bytes|end truncated", "pol" },
	{ "not found",
		{ HEAD, SAY("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"), CLOSE },
		TO_REQUEST "http status 404, 4 bytes|end status", "gone" },
	{ "not found, and cut",
		{ HEAD, SAY("HTTP/1.1 404 Not Found\r\nContent-Length: 40\r\n\r\ngone"),
			{ PEER_END } },
		TO_REQUEST "http status 404, 4 bytes|end status", "gone" },
	{ "no content", { HEAD, SAY("HTTP/1.1 204 None\r\n\r\n"), CLOSE },
		TO_REQUEST "http status 204, 0 bytes|end status", "" },
	{ "moved",
		{ HEAD, SAY("HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
			CLOSE },
		TO_REQUEST "http redirect 301, 0 bytes|end redirect", "" },
	{ "not modified", { HEAD, SAY("HTTP/1.1 304 Same\r\n\r\n"), CLOSE },
		TO_REQUEST "http redirect 304, 0 bytes|end redirect", "" },
	{ "no HTTP", { HEAD, SAY(POLICY), CLOSE }, TO_REQUEST "http garbage 0, 0 bytes|end garbage",
		"" },
	{ "closed for an answer", { HEAD, CLOSE }, TO_REQUEST "http closed 0, 0 bytes|end closed",
		"" },
	{ "cut for an answer", { HEAD, { PEER_END } },
		TO_REQUEST "http closed 0, 0 bytes|end closed", "" },
	{ "reset for an answer", { HEAD, { PEER_RESET } },
		TO_REQUEST "http reset 0, 0 bytes|end reset", "" },
	{ "half a header", { HEAD, SAY("HTTP/1.1 200 OK\r\nContent-"), CLOSE },
		TO_REQUEST "http closed 200, 0 bytes|end closed", "" },
	{ "endless header",
		{ HEAD, SAY("HTTP/1.1 200 OK\r\n"), { PEER_FLOOD, PEER_TEXT("X-More: 1\r\n") },
			{ PEER_END } },
		TO_REQUEST "http garbage 200, 0 bytes|end garbage", "" },
	{ "closed at once", { { PEER_FIN }, { PEER_GONE }, { PEER_END } },
		TO_TLS "tls closed|end closed", NULL },
	{ "closed in the handshake", { { PEER_BYTES }, { PEER_END } },
		TO_TLS "tls closed|end closed", NULL },
	{ "reset in the handshake", { { PEER_BYTES }, { PEER_RESET } },
		TO_TLS "tls reset|end reset", NULL },
	{ "alert in the handshake",
		{ { PEER_BYTES }, SAY("\x15\x03\x03\x00\x02\x02\x70"), { PEER_GONE },
			{ PEER_END } },
		TO_TLS "tls alert|end alert", NULL },
	{ "HTTP in the handshake",
		{ { PEER_BYTES }, SAY("HTTP/1.1 400 Bad Request\r\n\r\n"), { PEER_GONE },
			{ PEER_END } },
		TO_TLS "tls garbage|end garbage", NULL },
};

static void
answers(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct ev_http_done *done;
		struct run r;

		run_init(&r, w, w->server);
		run_script(&r, rows[i].script);
		check_run(&r, rows[i].name, rows[i].story);
		done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
		if (rows[i].body != NULL)
			check_text(rows[i].name, "body", done->body, rows[i].body);
		if (done != NULL && strcmp(r.peer.heard, REQUEST) != 0)
			fail_msg("%s: heard \"%s\"", rows[i].name, r.peer.heard);
		check_int(rows[i].name, "connections", r.peer.connections, 1);
		run_release(&r);
	}
}

/* One byte decides. The peer sends a multiple of 16. */
static void
too_big(void **state)
{
	static const struct peer_step fits[] = { HEAD,
		SAY(HTTP_200 "Content-Length: 65536\r\n\r\n"),
		{ PEER_FLOOD, PEER_TEXT("0123456789abcdef") }, CLOSE };
	static const struct peer_step over[] = { HEAD,
		SAY(HTTP_200 "Content-Length: 65537\r\n\r\n"),
		{ PEER_FLOOD, PEER_TEXT("0123456789abcdef") }, SAY("!"), CLOSE };
	static const struct peer_step endless[] = { HEAD, SAY(HTTP_200 "\r\n"),
		{ PEER_FLOOD, PEER_TEXT("0123456789abcdef0123456789abcdef") }, CLOSE };
	static const struct {
		const char *name;
		const struct peer_step *script;
		enum outcome outcome;
	} cases[] = {
		{ "fits", fits, OUTCOME_OK },
		{ "one over", over, OUTCOME_TOO_BIG },
		{ "endless", endless, OUTCOME_TOO_BIG },
	};
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct ev_http_done *done;
		struct run r;

		run_init(&r, w, w->server);
		run_script(&r, cases[i].script);
		done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
		check_int(cases[i].name, "outcome", done->outcome, cases[i].outcome);
		check_int(cases[i].name, "kept", (long long)done->body.n, LIMIT_POLICY_BYTES);
		check_true(cases[i].name, "seen",
			(done->body_bytes > LIMIT_POLICY_BYTES) ==
				(cases[i].outcome != OUTCOME_OK));
		run_release(&r);
	}
}

static void
header_facts(void **state)
{
	static const struct peer_step script[] = { HEAD,
		SAY("HTTP/1.1 301 Moved\r\nDate: Thu, 01 Jan 1970 00:00:10 GMT\r\n"
		    "content-type:  text/html; charset=utf-8 \r\nLocation: ../x\r\nAge: 7\r\n"
		    "Content-Length: 0\r\n\r\n"),
		CLOSE };
	const struct world *w = *state;
	const struct ev_http_done *done;
	const struct ev_http_request *request;
	const struct ev_http_header *first;
	const struct ev_connect *connected;
	const struct ev_tls_done *tls;
	struct timespec now;
	struct run r;

	run_init(&r, w, w->server);
	clock_gettime(CLOCK_REALTIME, &now);
	run_script(&r, script);
	done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
	assert_true(done->has_content_type);
	assert_str(done->content_type, "text/html; charset=utf-8");
	assert_true(done->has_date);
	assert_true(done->date_offset_ms <= 10500 - (int64_t)now.tv_sec * 1000);
	assert_true(str_ends_nocase(done->redirect, STR("/x")));
	assert_true(str_starts(done->redirect, STR("https://" HOST ":")));
	request = event_log_last(&r.log, EV_HTTP_REQUEST, NULL);
	assert_str(request->line, "GET /.well-known/mta-sts.txt HTTP/1.1");
	assert_int_equal(event_log_count(&r.log, EV_HTTP_HEADER, NULL), 6);
	first = event_log_nth(&r.log, EV_HTTP_HEADER, NULL, 0);
	assert_str(first->line, "HTTP/1.1 301 Moved");
	connected = event_log_last(&r.log, EV_CONNECT, NULL);
	assert_true(str_starts(connected->source, STR("127.0.0.1:")));
	tls = event_log_last(&r.log, EV_TLS_DONE, NULL);
	assert_str(tls->version, "TLSv1.3");
	assert_str(tls->signature, "ecdsa-sha256");
	assert_str(((const struct ev_tls_start *)event_log_last(&r.log, EV_TLS_START, NULL))->sni,
		HOST);
	run_release(&r);
}

/* The field of a 1xx response or of a trailer is not that of the answer. */
static void
only_the_answers_own_fields(void **state)
{
	static const struct peer_step script[] = { HEAD,
		SAY("HTTP/1.1 103 Early Hints\r\nContent-Type: a/b\r\n\r\n"
		    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		    "1\r\nx\r\n0\r\nContent-Type: c/d\r\n\r\n"),
		CLOSE };
	const struct world *w = *state;
	const struct ev_http_done *done;
	struct run r;

	run_init(&r, w, w->server);
	run_script(&r, script);
	done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
	assert_int_equal(done->outcome, OUTCOME_OK);
	assert_false(done->has_content_type);
	assert_false(done->has_date);
	assert_int_equal(done->content_type.n, 0);
	run_release(&r);
}

static void
long_header_line(void **state)
{
	static const struct peer_step script[] = { HEAD, SAY("HTTP/1.1 200 OK\r\nX-Long: "),
		{ PEER_FLOOD, PEER_TEXT("abc") }, SAY("\r\nContent-Length: 1\r\n\r\nx"), CLOSE };
	const struct world *w = *state;
	const struct ev_http_header *header;
	const struct ev_http_done *done;
	struct run r;

	run_init(&r, w, w->server);
	run_script(&r, script);
	header = event_log_nth(&r.log, EV_HTTP_HEADER, NULL, 1);
	assert_int_equal(header->line.n, LIMIT_HEADER_LINE_BYTES);
	done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
	assert_int_equal(done->outcome, OUTCOME_OK);
	assert_str(done->error, "a header line over 8192 bytes was cut");
	run_release(&r);
}

/* What the server announces counts, also where it never comes; and a fault of it is none of ours. */
static void
announced(void **state)
{
	static const struct peer_step big[] = { HEAD,
		SAY(HTTP_200 "Content-Length: 65537\r\n\r\nversion: STSv1\n"), CLOSE };
	static const struct peer_step line[] = { HEAD, SAY("HTTP/1.1 200 OK\r\nX-Long: "),
		{ PEER_FLOOD, PEER_TEXT("0123456789abcdef0123456789abcdef") },
		SAY("\r\nContent-Length: 1\r\n\r\nx"), CLOSE };
	const struct world *w = *state;
	const struct ev_http_done *done;
	struct run r;

	run_init(&r, w, w->server);
	run_script(&r, big);
	done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
	assert_int_equal(done->outcome, OUTCOME_TOO_BIG);
	assert_int_equal(done->body_bytes, 15);
	assert_str(done->error, "Content-Length is over 65536");
	run_release(&r);

	run_init(&r, w, w->server);
	run_script(&r, line);
	done = event_log_last(&r.log, EV_HTTP_DONE, NULL);
	assert_int_equal(done->outcome, OUTCOME_GARBAGE);
	assert_null(event_log_last(&r.log, EV_LOCAL_FAULT, NULL));
	run_release(&r);
}

/* The request must never be sent, and every fault be told. */
static void
bad_certificates(void **state)
{
	static const struct peer_step script[] = { { PEER_TLS }, { PEER_HEAD },
		SAY(HTTP_200 "\r\n"), { PEER_END } };
	const struct world *w = *state;
	const struct {
		const char *name;
		const struct test_cert *cert;
		const char *story;
	} cases[] = {
		{ "expired", &w->expired, "error 10@0|verdict untrusted name|" },
		{ "other name", &w->other_name, "error 62@0|verdict trusted no-name|" },
		{ "CN only", &w->cn_only, "error 62@0|verdict trusted no-name|" },
		{ "self-signed", &w->stranger, "error 18@0|verdict untrusted name|" },
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		SSL_CTX *ctx = server_new(cases[i].cert);
		struct arena a = { 0 };
		struct run r;

		run_init(&r, w, ctx);
		run_script(&r, script);
		check_run(&r, cases[i].name,
			arena_printf(&a, TO_TLS "tls ok|%send untrusted", cases[i].story).p);
		check_int(cases[i].name, "bytes heard", (long long)r.peer.heard_n, 0);
		check_int(cases[i].name, "certificates",
			(long long)event_log_count(&r.log, EV_CERT, NULL),
			cases[i].cert == &w->stranger ? 1 : 2);
		run_release(&r);
		arena_release(&a);
		SSL_CTX_free(ctx);
	}
}

static void
nobody_listens(void **state)
{
	struct addr address;
	int fd = tcp_nobody(&address);
	struct run r;

	run_init(&r, *state, NULL);
	run_probe(&r, &address);
	check_run(&r, "refused", "start|connect refused|end refused");
	run_release(&r);
	close(fd);
}

static const struct {
	const char *name;
	struct peer_step script[6];
	const char *cancelled;
} stalls[] = {
	{ "TLS", { { PEER_BYTES }, { PEER_HOLD }, { PEER_END } },
		TO_TLS "tls cancelled|end cancelled" },
	{ "answer", { HEAD, { PEER_HOLD }, { PEER_END } },
		TO_REQUEST "http cancelled 0, 0 bytes|end cancelled" },
	{ "body", { HEAD, SAY(HTTP_200 "Content-Length: 9\r\n\r\n"), { PEER_HOLD }, { PEER_END } },
		NULL },
};

static void
cancel_at_every_stall(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(stalls); i++) {
		struct run r;

		run_init(&r, w, w->server);
		r.peer.signal_fd = r.context.waiter.cancel_fd;
		run_script(&r, stalls[i].script);
		(void)event_story(&r.log, &r.text);
		if (stalls[i].cancelled != NULL)
			check_run(&r, stalls[i].name, stalls[i].cancelled);
		else
			check_true(
				stalls[i].name, "end", strstr(r.text.p, "end cancelled") != NULL);
		run_release(&r);
	}
}

static void
budget_at_every_stall(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(stalls); i++) {
		struct run r;

		run_init(&r, w, w->server);
		r.context.limit = deadline_in_ms(300);
		run_script(&r, stalls[i].script);
		(void)event_story(&r.log, &r.text);
		check_true(stalls[i].name, "end", strstr(r.text.p, "end budget") != NULL);
		run_release(&r);
	}
}

static void
stuck_in_connect(void **state)
{
	static const struct {
		const char *outcome;
		int64_t limit_ms;
		bool is_cancelled;
	} cases[] = { { "budget", 100, false }, { "cancelled", LONG_MS, true } };
	struct tcp_stuck stuck;

	tcp_stuck_start(&stuck);
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct arena a = { 0 };
		struct run r;

		run_init(&r, *state, NULL);
		r.context.limit = deadline_in_ms(cases[i].limit_ms);
		if (cases[i].is_cancelled)
			assert_int_equal(eventfd_write(r.context.waiter.cancel_fd, 1), 0);
		run_probe(&r, &stuck.address);
		check_run(&r, "connect",
			arena_printf(
				&a, "start|connect %s|end %s", cases[i].outcome, cases[i].outcome)
				.p);
		run_release(&r);
		arena_release(&a);
	}
	tcp_stuck_stop(&stuck);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(too_big),
		cmocka_unit_test(header_facts),
		cmocka_unit_test(only_the_answers_own_fields),
		cmocka_unit_test(long_header_line),
		cmocka_unit_test(announced),
		cmocka_unit_test(bad_certificates),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(stuck_in_connect),
		cmocka_unit_test(cancel_at_every_stall),
		cmocka_unit_test(budget_at_every_stall),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
