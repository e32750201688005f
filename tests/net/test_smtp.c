#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/limits.h"
#include "net/smtp.h"
#include "support/check.h"
#include "support/cmocka_all.h"
#include "support/event_story.h"
#include "support/tcp_peer.h"
#include "support/test_cert.h"

#define MX "mx.example.com"
#define LONG_MS 20000

#define SAY(text) \
	{ \
		PEER_SEND, PEER_TEXT(text) \
	}
#define HEAR \
	{ \
		PEER_LINE \
	}
#define GREET SAY("220 " MX " ESMTP\r\n")
#define OFFER SAY("250-" MX "\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
#define GO SAY("220 go ahead\r\n")
#define EHLO_OK SAY("250 " MX "\r\n")
#define BYE SAY("221 bye\r\n")
#define UNTIL_TLS GREET, HEAR, OFFER, HEAR, GO
#define HEARD_CLEAR "EHLO ops.example.net\nSTARTTLS\n"

#define TO_BANNER "start|connect ok|banner ok 220|"
#define TO_EHLO TO_BANNER "ehlo ok 250|"
#define TO_STARTTLS TO_EHLO "starttls ok 220|"
#define TO_VERDICT TO_STARTTLS "tls ok|verdict trusted name|tail|"

/* What all tests of this file share: a CA, a good certificate, servers of both kinds. */
struct world {
	struct test_cert ca, leaf;
	struct trust *trust;
	SSL_CTX *server, *only_tls10, *only_tls12, *wants_client;
};

static SSL_CTX *
server_new(const struct world *w, int min, int max)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, min);
	SSL_CTX_set_max_proto_version(ctx, max);
	SSL_CTX_set_cipher_list(ctx, "ALL:@SECLEVEL=0");
	SSL_CTX_use_certificate(ctx, w->leaf.cert);
	SSL_CTX_use_PrivateKey(ctx, w->leaf.key);
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
		&(struct cert_spec){ .cn = "mail", .sans = "DNS:" MX, .issuer = &w.ca });
	if (trust_open_pem(&w.trust, test_cert_pem(&w.ca, pem, sizeof(pem)), &err) != RESULT_OK)
		return -1;
	w.server = server_new(&w, TLS1_2_VERSION, TLS1_3_VERSION);
	w.only_tls10 = server_new(&w, TLS1_VERSION, TLS1_VERSION);
	w.only_tls12 = server_new(&w, TLS1_2_VERSION, TLS1_2_VERSION);
	w.wants_client = server_new(&w, TLS1_3_VERSION, TLS1_3_VERSION);
	SSL_CTX_set_verify(w.wants_client, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	SSL_CTX_free(w->server);
	SSL_CTX_free(w->only_tls10);
	SSL_CTX_free(w->only_tls12);
	SSL_CTX_free(w->wants_client);
	trust_free(w->trust);
	test_cert_free(&w->leaf);
	test_cert_free(&w->ca);
	return 0;
}

/* One probe of one scripted server. */
struct run {
	struct event_log log;
	struct tcp_peer peer;
	struct probe_context context;
	struct buf text;
	const char *ehlo;
};

static void
run_init(struct run *r, const struct world *w, SSL_CTX *ctx)
{
	*r = (struct run){ .peer = { .ctx = ctx, .signal_fd = -1 }, .ehlo = "ops.example.net" };
	event_log_init(&r->log);
	r->context = (struct probe_context){ .waiter = { eventfd(0, EFD_CLOEXEC),
						     eventfd(0, EFD_CLOEXEC) },
		.limit = deadline_in_ms(LONG_MS),
		.sink = &r->log.sink,
		.trust = w->trust };
}

static void
run_probe(struct run *r, const struct addr *address)
{
	smtp_probe(&r->context, STR("smtp:" MX "/127.0.0.1"), STR(MX "."), address, r->ehlo,
		event_story_tail, &r->log);
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
	close(r->context.waiter.tail_fd);
	event_log_release(&r->log);
}

static void
check_run(struct run *r, const char *name, const char *story, const char *heard)
{
	const char *got = event_story(&r->log, &r->text);

	if (strcmp(got, story) != 0)
		fail_msg("%s:\n got    %s\n wanted %s", name, got, story);
	if (heard != NULL && strcmp(r->peer.heard, heard) != 0)
		fail_msg("%s: heard \"%s\", not \"%s\"", name, r->peer.heard, heard);
}

struct row {
	const char *name;
	struct peer_step script[16];
	const char *story;
	const char *heard; /* NULL: not compared */
	const char *or_story; /* where the order of two facts is the kernel's; NULL: only one */
};

static const struct row good_rows[] = {
	{ "all well",
		{ UNTIL_TLS, { PEER_TLS }, HEAR, EHLO_OK, HEAR, BYE, { PEER_GONE }, { PEER_END } },
		TO_VERDICT "ehlo-tls ok 250|quit ok 221|end ok",
		HEARD_CLEAR "EHLO ops.example.net\nQUIT\n" },
	{ "byte by byte",
		{ { PEER_TRICKLE, PEER_TEXT("220-hello\r\n220 " MX "\r\n") }, HEAR,
			{ PEER_TRICKLE, PEER_TEXT("250-" MX "\r\n250 starttls\r\n") }, HEAR,
			{ PEER_TRICKLE, PEER_TEXT("220 go\r\n") }, { PEER_TLS }, HEAR,
			{ PEER_TRICKLE, PEER_TEXT("250 x\r\n") }, HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		TO_VERDICT "ehlo-tls ok 250|quit ok 221|end ok",
		HEARD_CLEAR "EHLO ops.example.net\nQUIT\n" },
	{ "bare LF",
		{ SAY("220 x\n"), HEAR, SAY("250-x\n250 STARTTLS\n"), HEAR, SAY("220 x\n"),
			{ PEER_TLS }, HEAR, EHLO_OK, HEAR, BYE, { PEER_GONE }, { PEER_END } },
		TO_VERDICT "ehlo-tls ok 250|quit ok 221|end ok", NULL },
	{ "EHLO refused inside TLS",
		{ UNTIL_TLS, { PEER_TLS }, HEAR, SAY("454 later\r\n"), HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		TO_VERDICT "ehlo-tls reply 454|quit ok 221|end ok", NULL },
	{ "closed in answer to QUIT",
		{ UNTIL_TLS, { PEER_TLS }, HEAR, EHLO_OK, HEAR, { PEER_BYE }, { PEER_END } },
		TO_VERDICT "ehlo-tls ok 250|quit closed|end ok", NULL },
	{ "closed inside TLS", { UNTIL_TLS, { PEER_TLS }, HEAR, { PEER_BYE }, { PEER_END } },
		TO_VERDICT "ehlo-tls closed|end closed", NULL },
	{ "clear text behind the 220",
		{ GREET, HEAR, OFFER, HEAR, SAY("220 go\r\n250 injected\r\n"), { PEER_TLS }, HEAR,
			EHLO_OK, HEAR, BYE, { PEER_GONE }, { PEER_END } },
		TO_EHLO "starttls ok 220 +14|tls ok|verdict trusted name|tail|"
			"ehlo-tls ok 250|quit ok 221|end ok",
		HEARD_CLEAR "EHLO ops.example.net\nQUIT\n" },
};

static const struct row refusal_rows[] = {
	{ "421 in the banner", { SAY("421 too busy\r\n"), HEAR, BYE, { PEER_GONE }, { PEER_END } },
		"start|connect ok|banner reply 421|tail|quit ok 221|end reply", "QUIT\n" },
	{ "421 and closed", { SAY("421 too busy\r\n"), HEAR, { PEER_END } },
		"start|connect ok|banner reply 421|tail|quit closed|end reply", "QUIT\n" },
	{ "554 in lines",
		{ SAY("554-no\r\n554-not you\r\n554 5.7.1 bye\r\n"), HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		"start|connect ok|banner reply 554|tail|quit ok 221|end reply", "QUIT\n" },
	{ "EHLO 550", { GREET, HEAR, SAY("550 no\r\n"), HEAR, BYE, { PEER_GONE }, { PEER_END } },
		TO_BANNER "ehlo reply 550|tail|quit ok 221|end reply",
		"EHLO ops.example.net\nQUIT\n" },
	{ "EHLO 502 of old",
		{ GREET, HEAR, SAY("502 ?\r\n"), HEAR, BYE, { PEER_GONE }, { PEER_END } },
		TO_BANNER "ehlo reply 502|tail|quit ok 221|end reply", NULL },
	{ "no STARTTLS",
		{ GREET, HEAR, SAY("250-x\r\n250 SIZE\r\n"), HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		TO_EHLO "starttls not-offered|tail|quit ok 221|end not-offered",
		"EHLO ops.example.net\nQUIT\n" },
	{ "STARTTLS masked",
		{ GREET, HEAR, SAY("250-x\r\n250 XXXXXXXA\r\n"), HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		TO_EHLO "starttls not-offered|tail|quit ok 221|end not-offered", NULL },
	{ "STARTTLS 454",
		{ GREET, HEAR, OFFER, HEAR, SAY("454 no key\r\n"), HEAR, BYE, { PEER_GONE },
			{ PEER_END } },
		TO_EHLO "starttls reply 454|tail|quit ok 221|end reply", HEARD_CLEAR "QUIT\n" },
};

static const struct row broken_rows[] = {
	{ "closed at once", { { PEER_END } }, "start|connect ok|banner closed|tail|end closed",
		"" },
	/* The kernel may have the reset before we have looked at the connection. */
	{ "reset at once", { { PEER_RESET } }, "start|connect ok|banner reset|tail|end reset", "",
		"start|connect reset|tail|end reset" },
	{ "half a banner", { SAY("220 mx"), { PEER_END } },
		"start|connect ok|banner closed|tail|end closed", "" },
	{ "another protocol", { SAY("SSH-2.0-OpenSSH_9.2\r\n"), { PEER_GONE }, { PEER_END } },
		"start|connect ok|banner bad-reply|tail|end bad-reply", "" },
	{ "codes that differ", { SAY("220-a\r\n250 b\r\n"), { PEER_GONE }, { PEER_END } },
		"start|connect ok|banner bad-reply|tail|end bad-reply", "" },
	{ "endless lines",
		{ { PEER_FLOOD, PEER_TEXT("220-and one more line of this banner\r\n") },
			{ PEER_END } },
		"start|connect ok|banner bad-reply|tail|end bad-reply", "" },
	{ "endless line",
		{ { PEER_FLOOD, PEER_TEXT("220 a line that will not end, ever, since ") },
			{ PEER_END } },
		"start|connect ok|banner bad-reply|tail|end bad-reply", "" },
	{ "closed at EHLO", { GREET, HEAR, { PEER_END } }, TO_BANNER "ehlo closed|tail|end closed",
		"EHLO ops.example.net\n" },
	{ "closed in the EHLO reply", { GREET, HEAR, SAY("250-x\r\n"), { PEER_END } },
		TO_BANNER "ehlo closed|tail|end closed", NULL },
	{ "reset at STARTTLS", { GREET, HEAR, OFFER, HEAR, { PEER_RESET } },
		TO_EHLO "starttls reset|tail|end reset", HEARD_CLEAR },
	{ "closed in the handshake", { UNTIL_TLS, { PEER_BYTES }, { PEER_END } },
		TO_STARTTLS "tls closed|tail|end closed", NULL },
	{ "reset in the handshake", { UNTIL_TLS, { PEER_BYTES }, { PEER_RESET } },
		TO_STARTTLS "tls reset|tail|end reset", NULL },
	{ "alert in the handshake",
		{ UNTIL_TLS, { PEER_BYTES }, SAY("\x15\x03\x03\x00\x02\x02\x28"), { PEER_GONE },
			{ PEER_END } },
		TO_STARTTLS "tls alert|tail|end alert", NULL },
	{ "no TLS in the handshake",
		{ UNTIL_TLS, { PEER_BYTES }, SAY("500 what is this? I do not know that\r\n"),
			{ PEER_GONE }, { PEER_END } },
		TO_STARTTLS "tls garbage|tail|end garbage", NULL },
};

static void
play(const struct world *w, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct run r;

		run_init(&r, w, w->server);
		run_script(&r, rows[i].script);
		check_run(&r, rows[i].name,
			rows[i].or_story != NULL &&
					strcmp(event_story(&r.log, &r.text), rows[i].or_story) == 0
				? rows[i].or_story
				: rows[i].story,
			rows[i].heard);
		run_release(&r);
	}
}

static void
good_dialogues(void **state)
{
	play(*state, good_rows, ROWS(good_rows));
}

static void
refusals_are_answered_with_quit(void **state)
{
	play(*state, refusal_rows, ROWS(refusal_rows));
}

static void
broken_servers(void **state)
{
	play(*state, broken_rows, ROWS(broken_rows));
}

static void
nobody_listens(void **state)
{
	struct addr address;
	int fd = tcp_nobody(&address);
	struct run r;

	run_init(&r, *state, NULL);
	run_probe(&r, &address);
	check_run(&r, "refused", "start|connect refused|tail|end refused", NULL);
	run_release(&r);
	close(fd);
}

/* A version that the client refuses, and one that it takes. */
static void
versions(void **state)
{
	static const struct peer_step full[] = { UNTIL_TLS, { PEER_TLS }, HEAR, EHLO_OK, HEAR, BYE,
		{ PEER_GONE }, { PEER_END } };
	const struct world *w = *state;
	const struct {
		const char *name;
		SSL_CTX *ctx;
		const char *story;
		const char *version;
	} rows[] = {
		{ "1.0 only", w->only_tls10, TO_STARTTLS "tls alert|tail|end alert", NULL },
		{ "1.2 only", w->only_tls12, TO_VERDICT "ehlo-tls ok 250|quit ok 221|end ok",
			"TLSv1.2" },
		{ "any", w->server, TO_VERDICT "ehlo-tls ok 250|quit ok 221|end ok", "TLSv1.3" },
		{ "client certificate wanted", w->wants_client,
			TO_VERDICT "ehlo-tls alert|end alert", "TLSv1.3" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct ev_tls_done *done;
		struct run r;

		run_init(&r, w, rows[i].ctx);
		run_script(&r, full);
		check_run(&r, rows[i].name, rows[i].story, NULL);
		done = event_log_last(&r.log, EV_TLS_DONE, NULL);
		if (rows[i].version != NULL) {
			check_text(rows[i].name, "version", done->version, rows[i].version);
			check_text(rows[i].name, "signature", done->signature, "ecdsa-sha256");
			check_text(rows[i].name, "group", done->group, "X25519");
		} else {
			check_true(rows[i].name, "error has words", done->error.n > 0);
		}
		run_release(&r);
	}
}

/* The server's own version is told even though it was refused. */
static void
old_version_is_named(void **state)
{
	/* ServerHello of TLS 1.0: record, handshake header, version, random, no session id, cipher. */
	static const struct peer_step script[] = { UNTIL_TLS, { PEER_BYTES },
		SAY("\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01"
		    "0123456789abcdef0123456789abcdef"
		    "\x00\x00\x2f\x00"),
		{ PEER_GONE }, { PEER_END } };
	const struct ev_tls_done *done;
	struct run r;

	run_init(&r, *state, NULL);
	run_script(&r, script);
	check_run(&r, "1.0", TO_STARTTLS "tls alert|tail|end alert", NULL);
	done = event_log_last(&r.log, EV_TLS_DONE, NULL);
	assert_str(done->version, "TLSv1");
	assert_str(done->error, "unsupported protocol, refused with alert protocol version (70)");
	run_release(&r);
}

static void
lines_are_evidence(void **state)
{
	static const struct peer_step script[] = { SAY("220-a\0b\xff\r\n220 c\r\n"), HEAR,
		SAY("250-" MX "\r\n250-"), { PEER_FLOOD, PEER_TEXT("x") }, SAY("y\r\n250 z\r\n"),
		HEAR, BYE, { PEER_GONE }, { PEER_END } };
	static const struct {
		enum speaker from;
		struct str text;
		int64_t left_out;
	} want[] = {
		{ SPEAKER_SERVER, PEER_TEXT("220-a\0b\xff"), 0 },
		{ SPEAKER_SERVER, PEER_TEXT("220 c"), 0 },
		{ SPEAKER_CLIENT, PEER_TEXT("EHLO ops.example.net"), 0 },
		{ SPEAKER_SERVER, PEER_TEXT("250-" MX), 0 },
		/* "250-", the flood and "y" with its CR, of which the limit is kept. */
		{ SPEAKER_SERVER, { NULL, 0 }, 4 + PEER_FLOOD_MAX + 2 - LIMIT_SMTP_LINE_BYTES },
		{ SPEAKER_SERVER, PEER_TEXT("250 z"), 0 },
		{ SPEAKER_CLIENT, PEER_TEXT("QUIT"), 0 },
		{ SPEAKER_SERVER, PEER_TEXT("221 bye"), 0 },
	};
	struct run r;

	run_init(&r, *state, NULL);
	run_script(&r, script);
	assert_int_equal(event_log_count(&r.log, EV_SMTP_LINE, NULL), ROWS(want));
	for (size_t i = 0; i < ROWS(want); i++) {
		const struct ev_smtp_line *line = event_log_nth(&r.log, EV_SMTP_LINE, NULL, i);

		assert_int_equal(line->from, want[i].from);
		assert_int_equal(line->left_out_bytes, want[i].left_out);
		if (want[i].text.p != NULL)
			check_str("line", "text", line->text, want[i].text);
		else
			assert_int_equal(line->text.n, LIMIT_SMTP_LINE_BYTES);
	}
	run_release(&r);
}

/* Without a name, or with one that is no single word, our own address is said. */
static void
ehlo_names(void **state)
{
	static const struct peer_step script[] = { GREET, HEAR, SAY("550 no\r\n"), HEAR, BYE,
		{ PEER_GONE }, { PEER_END } };
	static const struct {
		const char *name, *ehlo, *heard;
	} rows[] = {
		{ "a name", "ops.example.net", "EHLO ops.example.net\nQUIT\n" },
		{ "a literal", "[192.0.2.1]", "EHLO [192.0.2.1]\nQUIT\n" },
		{ "none", NULL, "EHLO [127.0.0.1]\nQUIT\n" },
		{ "empty", "", "EHLO [127.0.0.1]\nQUIT\n" },
		{ "two lines", "a\r\nMAIL FROM:<>", "EHLO [127.0.0.1]\nQUIT\n" },
		{ "not ASCII", "\xc3\xbc.example", "EHLO [127.0.0.1]\nQUIT\n" },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct run r;

		run_init(&r, *state, NULL);
		r.ehlo = rows[i].ehlo;
		run_script(&r, script);
		if (strcmp(r.peer.heard, rows[i].heard) != 0)
			fail_msg("%s: heard \"%s\"", rows[i].name, r.peer.heard);
		run_release(&r);
	}
}

/* Where a server can fall silent: the story so far, and how it goes on. */
static const struct {
	const char *name;
	struct peer_step script[14];
	const char *before, *step, *after_cancel, *after_tail;
} stalls[] = {
	{ "banner", { { PEER_HOLD }, { PEER_END } }, "start|connect ok|", "banner",
		"|tail|end cancelled", NULL },
	{ "half a banner", { SAY("220-x\r\n220"), { PEER_HOLD }, { PEER_END } },
		"start|connect ok|", "banner", "|tail|end cancelled", NULL },
	{ "EHLO", { GREET, HEAR, { PEER_HOLD }, { PEER_END } }, TO_BANNER, "ehlo",
		"|tail|end cancelled", NULL },
	{ "STARTTLS", { GREET, HEAR, OFFER, HEAR, { PEER_HOLD }, { PEER_END } }, TO_EHLO,
		"starttls", "|tail|end cancelled", NULL },
	{ "TLS", { UNTIL_TLS, { PEER_BYTES }, { PEER_HOLD }, { PEER_END } }, TO_STARTTLS, "tls",
		"|tail|end cancelled", NULL },
	{ "EHLO inside TLS", { UNTIL_TLS, { PEER_TLS }, HEAR, { PEER_HOLD }, { PEER_END } },
		TO_VERDICT, "ehlo-tls", "|end ok", "|quit unread|end ok" },
	{ "QUIT inside TLS",
		{ UNTIL_TLS, { PEER_TLS }, HEAR, EHLO_OK, HEAR, { PEER_HOLD }, { PEER_END } },
		TO_VERDICT "ehlo-tls ok 250|", "quit", "|end ok", "|end ok" },
	{ "QUIT in clear", { SAY("554 no\r\n"), HEAR, { PEER_HOLD }, { PEER_END } },
		"start|connect ok|banner reply 554|tail|", "quit", "|end reply", "|end reply" },
};

/* The peer's kernel accepts before the probe has noticed: on a busy machine the signal is first. */
static bool
was_before_the_banner(struct run *r, const char *step)
{
	return strcmp(step, "banner") == 0 &&
	       strcmp(event_story(&r->log, &r->text),
		       "start|connect cancelled|tail|end cancelled") == 0;
}

static void
check_stall(struct run *r, const char *name, const char *before, const char *step,
	const char *outcome, const char *after)
{
	struct arena a = { 0 };

	if (was_before_the_banner(r, step))
		return;
	check_run(r, name, arena_printf(&a, "%s%s %s%s", before, step, outcome, after).p, NULL);
	arena_release(&a);
}

static void
cancel_at_every_stall(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(stalls); i++) {
		struct run r;

		run_init(&r, w, w->server);
		r.peer.signal_fd = r.context.waiter.cancel_fd;
		run_script(&r, stalls[i].script);
		check_stall(&r, stalls[i].name, stalls[i].before, stalls[i].step, "cancelled",
			stalls[i].after_cancel);
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
		/* Enough to get there; a slower machine shows an earlier stall, still a budget. */
		r.context.limit = deadline_in_ms(300);
		run_script(&r, stalls[i].script);
		(void)event_story(&r.log, &r.text);
		check_true(stalls[i].name, "budget", strstr(r.text.p, " budget") != NULL);
		run_release(&r);
	}
}

/* What nobody waits for any more: QUIT is written behind the EHLO, both are unread. */
static void
tail_at_every_stall(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ROWS(stalls); i++) {
		struct run r;

		if (stalls[i].after_tail == NULL)
			continue;
		run_init(&r, w, w->server);
		r.peer.signal_fd = r.context.waiter.tail_fd;
		run_script(&r, stalls[i].script);
		check_stall(&r, stalls[i].name, stalls[i].before, stalls[i].step, "unread",
			stalls[i].after_tail);
		run_release(&r);
	}
}

/* Tail was there all the time: it must not shorten anything that the verdict needs. */
static void
tail_does_not_cut_the_verdict(void **state)
{
	static const struct peer_step script[] = { { PEER_SIGNAL }, UNTIL_TLS, { PEER_TLS }, HEAR,
		HEAR, { PEER_GONE }, { PEER_END } };
	const struct world *w = *state;
	struct run r;

	run_init(&r, w, w->server);
	r.peer.signal_fd = r.context.waiter.tail_fd;
	run_script(&r, script);
	check_run(&r, "tail", TO_VERDICT "ehlo-tls unread|quit unread|end ok",
		HEARD_CLEAR "EHLO ops.example.net\nQUIT\n");
	run_release(&r);
}

/* A certificate that is wrong in three ways: TLS goes on, every fault is told. */
static void
bad_certificate(void **state)
{
	static const struct peer_step script[] = { UNTIL_TLS, { PEER_TLS }, HEAR, EHLO_OK, HEAR,
		BYE, { PEER_GONE }, { PEER_END } };
	struct test_cert bad = test_cert_make(&(struct cert_spec){
		.cn = MX, .sans = "DNS:other.example", .from_days = -30, .to_days = -1 });
	const struct world *w = *state;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	const struct ev_cert *cert;
	struct run r;

	SSL_CTX_use_certificate(ctx, bad.cert);
	SSL_CTX_use_PrivateKey(ctx, bad.key);
	run_init(&r, w, ctx);
	run_script(&r, script);
	check_run(&r, "bad",
		TO_STARTTLS
		"tls ok|error 18@0|error 62@0|error 10@0|verdict untrusted no-name|tail|"
		"ehlo-tls ok 250|quit ok 221|end ok",
		NULL);
	cert = event_log_last(&r.log, EV_CERT, NULL);
	assert_str(cert->subject, "CN=" MX);
	assert_true(cert->is_sent);
	assert_false(cert->is_anchor);
	run_release(&r);
	SSL_CTX_free(ctx);
	test_cert_free(&bad);
}

static int
open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void
nothing_is_left_open(void **state)
{
	int before = open_fds();

	play(*state, good_rows, 1);
	play(*state, broken_rows, ROWS(broken_rows));
	assert_int_equal(open_fds(), before);
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
			arena_printf(&a, "start|connect %s|tail|end %s", cases[i].outcome,
				cases[i].outcome)
				.p,
			NULL);
		run_release(&r);
		arena_release(&a);
	}
	tcp_stuck_stop(&stuck);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_dialogues),
		cmocka_unit_test(refusals_are_answered_with_quit),
		cmocka_unit_test(broken_servers),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(stuck_in_connect),
		cmocka_unit_test(versions),
		cmocka_unit_test(old_version_is_named),
		cmocka_unit_test(lines_are_evidence),
		cmocka_unit_test(ehlo_names),
		cmocka_unit_test(cancel_at_every_stall),
		cmocka_unit_test(budget_at_every_stall),
		cmocka_unit_test(tail_at_every_stall),
		cmocka_unit_test(tail_does_not_cut_the_verdict),
		cmocka_unit_test(bad_certificate),
		cmocka_unit_test(nothing_is_left_open),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
