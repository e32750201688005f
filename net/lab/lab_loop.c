#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/lab/lab_conn.h"
#include "net/lab/lab_dns.h"

static void
accept_one(struct lab_loop *loop, const struct lab_listener *at)
{
	int fd = accept4(at->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
	struct lab_conn *c;

	if (fd < 0)
		return;
	/* Small answers must not wait for acknowledgements: delays are the scenario's alone. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c = lab_conn_new(loop, at, fd);
	c->next = loop->conns;
	loop->conns = c;
	loop->conn_count++;
}

static void
add_datagram(
	struct lab_loop *loop, int fd, struct buf *bytes, const struct addr *to, int64_t delay_ms)
{
	struct lab_datagram *d = mem_alloc(sizeof(*d)), **at = &loop->datagrams;

	*d = (struct lab_datagram){ .fd = fd,
		.due = deadline_in_ms(loop->delay_ms + delay_ms),
		.to = *to,
		.bytes = *bytes };
	while (*at != NULL && (*at)->due <= d->due)
		at = &(*at)->next;
	d->next = *at;
	*at = d;
}

static void
read_datagrams(struct lab_loop *loop, const struct lab_udp *at)
{
	char query[4096];
	ssize_t n;

	for (;;) {
		struct buf answer = BUF_INIT(LAB_DNS_MESSAGE_BYTES);
		struct addr from = { .len = sizeof(from.sa) };
		int64_t delay_ms;

		n = recvfrom(at->fd, query, sizeof(query), MSG_DONTWAIT,
			(struct sockaddr *)&from.sa, &from.len);
		if (n < 0)
			return;
		if (lab_dns_answer(
			    at->zone, (struct str){ query, (size_t)n }, false, &answer, &delay_ms))
			add_datagram(loop, at->fd, &answer, &from, delay_ms);
		else
			buf_release(&answer);
	}
}

static void
send_datagrams(struct lab_loop *loop)
{
	deadline now = deadline_now();
	struct lab_datagram *d;

	while ((d = loop->datagrams) != NULL && d->due <= now) {
		/* A lost datagram is a lost datagram. */
		(void)!sendto(d->fd, d->bytes.p, d->bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT,
			(const struct sockaddr *)&d->to.sa, d->to.len);
		loop->dns++;
		loop->datagrams = d->next;
		buf_release(&d->bytes);
		free(d);
	}
}

/* DNS over TCP: two bytes of length before each message (RFC 7766). */

static void
dns_begin(struct lab_conn *c)
{
	(void)c;
}

static void
dns_input(struct lab_conn *c)
{
	while (c->in.n >= 2) {
		struct str in = buf_str(&c->in), query;
		struct buf answer = BUF_INIT(LAB_DNS_MESSAGE_BYTES);
		size_t length = (size_t)(unsigned char)in.p[0] << 8 | (unsigned char)in.p[1];
		int64_t delay_ms;

		if (in.n < 2 + length)
			return;
		query = str_sub(in, 2, length);
		if (lab_dns_answer(&c->loop->spec->zone, query, true, &answer, &delay_ms)) {
			struct buf framed = BUF_INIT(LAB_DNS_MESSAGE_BYTES + 2);

			buf_add_char(&framed, (char)(answer.n >> 8));
			buf_add_char(&framed, (char)answer.n);
			buf_add(&framed, buf_str(&answer));
			conn_say(c, buf_str(&framed), delay_ms, LAB_GO_ON);
			buf_release(&framed);
			c->loop->dns++;
		}
		buf_release(&answer);
		buf_drop_front(&c->in, 2 + length);
	}
}

const struct lab_protocol lab_protocol_dns = { dns_begin, dns_input };

/* The loop. */

static void
make_room(struct lab_loop *loop)
{
	size_t want = 1 + LAB_MAX_UDP + LAB_MAX_LISTENERS + loop->conn_count;

	if (want <= loop->fd_room)
		return;
	loop->fd_room = 2 * want;
	loop->fds = mem_grow(loop->fds, loop->fd_room * sizeof(*loop->fds));
}

/* What to wait for, and until when. Order: stop, datagrams, listeners, connections as listed. */
static size_t
prepare(struct lab_loop *loop, deadline *until)
{
	size_t n = 0;

	make_room(loop);
	*until = INT64_MAX;
	if (loop->datagrams != NULL)
		*until = loop->datagrams->due;
	loop->fds[n++] = (struct pollfd){ .fd = loop->stop_fd, .events = POLLIN };
	for (size_t i = 0; i < loop->udp_count; i++)
		loop->fds[n++] = (struct pollfd){ .fd = loop->udp[i].fd, .events = POLLIN };
	for (size_t i = 0; i < loop->listener_count; i++) {
		bool is_full = loop->conn_count >= LAB_MAX_CONNECTIONS;

		loop->fds[n++] = (struct pollfd){ .fd = is_full ? -1 : loop->listeners[i].fd,
			.events = POLLIN };
	}
	for (struct lab_conn *c = loop->conns; c != NULL; c = c->next) {
		short events = c->is_peer_done ? 0 : POLLIN;

		if (c->first != NULL && c->first->due <= deadline_now())
			events |= POLLOUT;
		else if (c->first != NULL)
			*until = deadline_earlier(*until, c->first->due);
		loop->fds[n++] = (struct pollfd){ .fd = c->fd, .events = events };
	}
	return n;
}

static void
drop_finished(struct lab_loop *loop)
{
	struct lab_conn **at = &loop->conns, *c;

	while ((c = *at) != NULL) {
		if (!c->is_over) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		loop->conn_count--;
		lab_conn_free(c);
	}
}

static void
serve(struct lab_loop *loop)
{
	size_t n = 1;
	struct lab_conn *c = loop->conns; /* new ones are put before it */

	for (size_t i = 0; i < loop->udp_count; i++) {
		if (loop->fds[n++].revents != 0)
			read_datagrams(loop, &loop->udp[i]);
	}
	for (size_t i = 0; i < loop->listener_count; i++) {
		if (loop->fds[n++].revents != 0)
			accept_one(loop, &loop->listeners[i]);
	}
	for (; c != NULL; c = c->next) {
		short seen = loop->fds[n++].revents;

		if ((seen & (POLLIN | POLLHUP | POLLERR)) != 0 && !c->is_peer_done)
			lab_conn_read(c);
		else if ((seen & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			c->is_over = true;
	}
	for (c = loop->conns; c != NULL; c = c->next)
		lab_conn_write(c);
	send_datagrams(loop);
	drop_finished(loop);
}

static void
forget_revents(struct lab_loop *loop, size_t n)
{
	for (size_t i = 0; i < n; i++)
		loop->fds[i].revents = 0;
}

void
lab_loop_run(struct lab_loop *loop)
{
	deadline until;
	size_t n;
	int ready;

	for (;;) {
		n = prepare(loop, &until);
		ready = poll(loop->fds, n, until == INT64_MAX ? -1 : deadline_left_ms(until));
		if (ready < 0 && errno != EINTR && errno != ENOMEM)
			break;
		if (ready > 0 && loop->fds[0].revents != 0)
			break;
		if (ready <= 0)
			forget_revents(loop, n);
		serve(loop);
	}
	for (struct lab_conn *c = loop->conns; c != NULL; c = c->next)
		c->is_over = true;
	drop_finished(loop);
	while (loop->datagrams != NULL) {
		struct lab_datagram *d = loop->datagrams;

		loop->datagrams = d->next;
		buf_release(&d->bytes);
		free(d);
	}
	free(loop->fds);
	loop->fds = NULL; /* the next act begins afresh */
	loop->fd_room = 0;
	lab_tls_thread_end();
}
