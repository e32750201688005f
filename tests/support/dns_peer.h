/*
 * dns_peer: a DNS server on loopback, UDP and TCP on one port, in a thread of its own. What it
 * answers is up to a function; dns_peer_zone() is one that answers from zone-file lines.
 */
#ifndef STS_TEST_DNS_PEER_H
#define STS_TEST_DNS_PEER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/addr.h"
#include "net/dnswire.h"
#include "net/sock.h"

#define DNS_PEER_LIMIT_MS 20000

struct dns_peer_question {
	struct arena *a; /* for the answer */
	struct dnswire_packet query;
	struct str bytes; /* the query as it came */
	bool is_tcp;
	unsigned nth; /* question of this server, from 0 */
	struct sockaddr_storage from; /* UDP */
	socklen_t from_len;
};

/* The bytes to send back; empty: say nothing (TCP: close). */
typedef struct str dns_peer_answer(void *arg, const struct dns_peer_question *q);

struct dns_peer {
	int udp, tcp, stop;
	unsigned port, asked;
	struct addr address;
	dns_peer_answer *answer;
	void *arg;
	pthread_t thread;
};

static inline struct str
dns_peer_ask(struct dns_peer *peer, struct arena *a, struct str bytes, struct dns_peer_question *q)
{
	q->a = a;
	q->bytes = bytes;
	q->nth = peer->asked++;
	if (!dnswire_parse(a, bytes, &q->query))
		return STR_EMPTY;
	return peer->answer(peer->arg, q);
}

static inline void
dns_peer_udp(struct dns_peer *peer)
{
	struct dns_peer_question q = { .from_len = sizeof(q.from) };
	struct arena a = { NULL, 0 };
	char bytes[4096];
	ssize_t n = recvfrom(
		peer->udp, bytes, sizeof(bytes), 0, (struct sockaddr *)&q.from, &q.from_len);
	struct str answer;

	if (n < 0)
		return;
	answer = dns_peer_ask(peer, &a, (struct str){ bytes, (size_t)n }, &q);
	if (answer.n > 0)
		(void)!sendto(
			peer->udp, answer.p, answer.n, 0, (struct sockaddr *)&q.from, q.from_len);
	arena_release(&a);
}

static inline void
dns_peer_tcp(struct dns_peer *peer)
{
	const struct waiter w = { .cancel_fd = peer->stop, .tail_fd = -1 };
	deadline limit = deadline_in_ms(DNS_PEER_LIMIT_MS);
	struct dns_peer_question q = { .is_tcp = true };
	struct arena a = { NULL, 0 };
	int fd = accept4(peer->tcp, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	unsigned char head[2];
	struct str answer = STR_EMPTY;
	char *bytes;

	if (fd < 0)
		return;
	if (sock_receive(fd, (char *)head, 2, limit, &w) == WAIT_READY) {
		size_t n = (size_t)head[0] << 8 | head[1];

		bytes = arena_alloc(&a, n + 1);
		if (sock_receive(fd, bytes, n, limit, &w) == WAIT_READY)
			answer = dns_peer_ask(peer, &a, (struct str){ bytes, n }, &q);
	}
	if (answer.n > 0) {
		head[0] = (unsigned char)(answer.n >> 8);
		head[1] = (unsigned char)answer.n;
		(void)sock_send(fd, (struct str){ (char *)head, 2 }, limit, &w);
		(void)sock_send(fd, answer, limit, &w);
	}
	close(fd);
	arena_release(&a);
}

static inline void *
dns_peer_run(void *arg)
{
	struct dns_peer *peer = arg;
	struct pollfd fds[] = {
		{ .fd = peer->stop, .events = POLLIN },
		{ .fd = peer->udp, .events = POLLIN },
		{ .fd = peer->tcp, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents != 0)
			return NULL;
		if (fds[1].revents != 0)
			dns_peer_udp(peer);
		if (fds[2].revents != 0)
			dns_peer_tcp(peer);
	}
}

/* The TCP port is any; UDP must get the same, so try until both are free. */
static inline bool
dns_peer_bind(struct dns_peer *peer)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t n = sizeof(in);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	peer->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(peer->tcp, (struct sockaddr *)&in, sizeof(in)) == 0 &&
		listen(peer->tcp, 16) == 0 &&
		getsockname(peer->tcp, (struct sockaddr *)&in, &n) == 0 &&
		bind(peer->udp, (struct sockaddr *)&in, sizeof(in)) == 0) {
		peer->port = ntohs(in.sin_port);
		return true;
	}
	close(peer->tcp);
	close(peer->udp);
	return false;
}

static inline void
dns_peer_start(struct dns_peer *peer, dns_peer_answer *answer, void *arg)
{
	*peer = (struct dns_peer){ .answer = answer, .arg = arg };
	while (!dns_peer_bind(peer))
		continue;
	(void)addr_make(STR("127.0.0.1"), peer->port, &peer->address);
	peer->stop = eventfd(0, EFD_CLOEXEC);
	pthread_create(&peer->thread, NULL, dns_peer_run, peer);
}

static inline void
dns_peer_stop(struct dns_peer *peer)
{
	const uint64_t one = 1;

	(void)!write(peer->stop, &one, sizeof(one));
	pthread_join(peer->thread, NULL);
	close(peer->stop);
	close(peer->udp);
	close(peer->tcp);
}

/* An answer with these zone-file lines (a line each) and RCODE. */
static inline struct str
dns_peer_reply(const struct dns_peer_question *q, int rcode, const char *lines)
{
	struct dnswire_reply reply = {
		.query = &q->query,
		.rcode = rcode,
		.is_recursive = true,
		.ede_code = -1,
	};
	struct dnswire_record *records = arena_array(q->a, 512, sizeof(*records));
	struct str rest = str_of(lines), line, bytes = STR_EMPTY, why;

	while (str_split(&rest, '\n', &line)) {
		if (line.n > 0 &&
			dnswire_line(q->a, line, STR("."), &records[reply.answer_count], &why))
			reply.answer_count++;
	}
	reply.answers = records;
	reply.max_bytes = q->is_tcp ? 0 : q->query.edns_bytes;
	(void)dnswire_reply_build(q->a, &reply, &bytes);
	return bytes;
}

/*
 * arg: lines as for dns_peer_reply(). "NAME SERVFAIL", "NAME SILENT" and the like stand for names
 * that answer nothing good; a name that is not there is NXDOMAIN.
 */
static inline struct str
dns_peer_zone(void *arg, const struct dns_peer_question *q)
{
	struct str rest = str_of(arg), line, why, found = STR_EMPTY;
	bool has_name = false;

	while (str_split(&rest, '\n', &line)) {
		struct str name = str_sub(line, 0, str_find(line, ' '));
		struct dnswire_record record;

		if (!str_eq_nocase(name, q->query.name))
			continue;
		has_name = true;
		if (str_ends_nocase(line, STR(" SERVFAIL")))
			return dns_peer_reply(q, DNSWIRE_SERVFAIL, "");
		if (str_ends_nocase(line, STR(" SILENT")))
			return STR_EMPTY;
		if (dnswire_line(q->a, line, STR("."), &record, &why) &&
			record.type_code == q->query.type_code)
			found = arena_printf(q->a, "%.*s%.*s\n", STR_ARG(found), STR_ARG(line));
	}
	if (!has_name)
		return dns_peer_reply(q, DNSWIRE_NXDOMAIN, "");
	return dns_peer_reply(q, DNSWIRE_NOERROR, found.n > 0 ? found.p : "");
}

#endif
