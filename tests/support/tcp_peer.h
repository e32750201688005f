/*
 * tcp_peer: a TCP server on loopback that plays a script, in clear or inside TLS, in a thread of
 * its own. It serves one connection after another until it is stopped.
 *
 *	static const struct peer_step script[] = {
 *		{ PEER_SEND, STR("220 mx ESMTP\r\n") }, { PEER_LINE }, { PEER_HOLD }, { PEER_END } };
 *	tcp_peer_start(&peer, script);
 *	... connect to peer.address ...
 *	tcp_peer_stop(&peer);
 *	assert_string_equal(peer.heard, "EHLO x\n");
 *
 * SIGPIPE is blocked in the peer's thread only: a client that raises it dies.
 */
#ifndef STS_TEST_TCP_PEER_H
#define STS_TEST_TCP_PEER_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#include "net/addr.h"

#define PEER_HEARD_MAX 4096
#define PEER_FLOOD_MAX 4096 /* times */

enum peer_op {
	PEER_END, /* close */
	PEER_SEND,
	PEER_TRICKLE, /* one byte per segment */
	PEER_FLOOD, /* send again and again until the client is gone */
	PEER_LINE, /* hear one line */
	PEER_HEAD, /* hear lines up to an empty one; only the first is kept */
	PEER_BYTES, /* hear something, whatever it is */
	PEER_TLS, /* shake hands */
	PEER_HOLD, /* signal, then wait until the client is gone */
	PEER_SIGNAL,
	PEER_GONE, /* wait until the client is gone */
	PEER_FIN, /* say no more, but go on hearing */
	PEER_RESET, /* close with a RST */
	PEER_BYE, /* close_notify */
};

struct peer_step {
	enum peer_op op;
	struct str text;
};

/* STR() is no constant expression for static tables. */
#define PEER_TEXT(literal) \
	{ \
		literal, sizeof(literal) - 1 \
	}

struct tcp_peer {
	const struct peer_step *script;
	SSL_CTX *ctx; /* for PEER_TLS */
	int signal_fd; /* eventfd, -1: none */
	struct addr address;
	unsigned connections;
	char heard[PEER_HEARD_MAX];
	size_t heard_n;
	int listener, fd;
	SSL *ssl;
	pthread_t thread;
};

static inline bool
peer_write(struct tcp_peer *p, struct str bytes)
{
	if (p->ssl != NULL)
		return SSL_write(p->ssl, bytes.p, (int)bytes.n) == (int)bytes.n;
	while (bytes.n > 0) {
		ssize_t n = send(p->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		bytes = str_skip(bytes, (size_t)n);
	}
	return true;
}

static inline int
peer_read(struct tcp_peer *p, char *bytes, int room)
{
	return p->ssl != NULL ? SSL_read(p->ssl, bytes, room)
			      : (int)recv(p->fd, bytes, (size_t)room, 0);
}

/* One line without CR LF; false at the end of input. */
static inline bool
peer_line(struct tcp_peer *p, bool is_kept, size_t *length)
{
	char c;

	*length = 0;
	while (peer_read(p, &c, 1) == 1) {
		if (c == '\r')
			continue;
		if (is_kept && p->heard_n + 1 < sizeof(p->heard))
			p->heard[p->heard_n++] = c;
		if (c == '\n')
			return true;
		++*length;
	}
	return false;
}

static inline bool
peer_head(struct tcp_peer *p)
{
	size_t length;

	if (!peer_line(p, true, &length))
		return false;
	while (length > 0)
		if (!peer_line(p, false, &length))
			return false;
	return true;
}

static inline bool
peer_trickle(struct tcp_peer *p, struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (!peer_write(p, str_sub(bytes, i, 1)))
			return false;
	return true;
}

static inline bool
peer_flood(struct tcp_peer *p, struct str bytes)
{
	for (unsigned i = 0; i < PEER_FLOOD_MAX; i++)
		if (!peer_write(p, bytes))
			return false;
	return true;
}

static inline void
peer_gone(struct tcp_peer *p)
{
	char bytes[4096];

	while (recv(p->fd, bytes, sizeof(bytes), 0) > 0)
		continue;
}

static inline void
peer_signal(struct tcp_peer *p)
{
	const uint64_t one = 1;

	if (p->signal_fd >= 0)
		(void)!write(p->signal_fd, &one, sizeof(one));
}

static inline bool
peer_tls(struct tcp_peer *p)
{
	p->ssl = SSL_new(p->ctx);
	SSL_set_fd(p->ssl, p->fd);
	if (SSL_accept(p->ssl) == 1)
		return true;
	/* A close over unread bytes would be a reset, and could take the alert away. */
	peer_gone(p);
	return false;
}

static inline bool
peer_step_run(struct tcp_peer *p, const struct peer_step *step)
{
	const struct linger at_once = { 1, 0 };
	char bytes[4096];
	size_t length;

	switch (step->op) {
	case PEER_END:
		return false;
	case PEER_SEND:
		return peer_write(p, step->text);
	case PEER_TRICKLE:
		return peer_trickle(p, step->text);
	case PEER_FLOOD:
		return peer_flood(p, step->text);
	case PEER_LINE:
		return peer_line(p, true, &length);
	case PEER_HEAD:
		return peer_head(p);
	case PEER_BYTES:
		return peer_read(p, bytes, sizeof(bytes)) > 0;
	case PEER_TLS:
		return peer_tls(p);
	case PEER_HOLD:
		peer_signal(p);
		peer_gone(p);
		return true;
	case PEER_SIGNAL:
		peer_signal(p);
		return true;
	case PEER_GONE:
		peer_gone(p);
		return true;
	case PEER_FIN:
		return shutdown(p->fd, SHUT_WR) == 0;
	case PEER_RESET:
		setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		return false;
	case PEER_BYE:
		return SSL_shutdown(p->ssl) >= 0;
	}
	return false;
}

static inline void *
tcp_peer_run(void *arg)
{
	struct tcp_peer *p = arg;
	const int on = 1;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	while ((p->fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		const struct peer_step *step = p->script;

		p->connections++;
		setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		while (peer_step_run(p, step))
			step++;
		SSL_free(p->ssl);
		p->ssl = NULL;
		close(p->fd);
	}
	return NULL;
}

static inline void
tcp_peer_bind(struct tcp_peer *p)
{
	(void)addr_make(STR("127.0.0.1"), 0, &p->address);
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)!bind(p->listener, (struct sockaddr *)&p->address.sa, p->address.len);
	(void)!getsockname(p->listener, (struct sockaddr *)&p->address.sa, &p->address.len);
}

/* ctx and signal_fd are set by the caller before. */
static inline void
tcp_peer_start(struct tcp_peer *p, const struct peer_step *script)
{
	p->script = script;
	tcp_peer_bind(p);
	(void)!listen(p->listener, 16);
	pthread_create(&p->thread, NULL, tcp_peer_run, p);
}

static inline void
tcp_peer_stop(struct tcp_peer *p)
{
	shutdown(p->listener, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->listener);
	p->heard[p->heard_n < sizeof(p->heard) ? p->heard_n : sizeof(p->heard) - 1] = '\0';
}

/* An address where nobody listens: bound, so that nobody else does either. */
static inline int
tcp_nobody(struct addr *address)
{
	struct tcp_peer p = { .signal_fd = -1 };

	tcp_peer_bind(&p);
	*address = p.address;
	return p.listener;
}

/* An address where a connection is never accepted nor refused: its queue is full. */
struct tcp_stuck {
	struct addr address;
	int listener, waiting[2];
};

static inline void
tcp_stuck_start(struct tcp_stuck *stuck)
{
	stuck->listener = tcp_nobody(&stuck->address);
	(void)!listen(stuck->listener, 0);
	for (size_t i = 0; i < 2; i++) {
		stuck->waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)!connect(stuck->waiting[i], (const struct sockaddr *)&stuck->address.sa,
			stuck->address.len);
	}
}

static inline void
tcp_stuck_stop(struct tcp_stuck *stuck)
{
	for (size_t i = 0; i < 2; i++)
		close(stuck->waiting[i]);
	close(stuck->listener);
}

#endif
