#include "net/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	int code;
	enum outcome outcome;
} errno_table[] = {
	{ ECONNREFUSED, OUTCOME_REFUSED },
	{ ENETUNREACH, OUTCOME_UNREACHABLE },
	{ EHOSTUNREACH, OUTCOME_UNREACHABLE },
	{ ENETDOWN, OUTCOME_UNREACHABLE },
	{ EHOSTDOWN, OUTCOME_UNREACHABLE },
	{ EADDRNOTAVAIL, OUTCOME_UNREACHABLE },
	{ EAFNOSUPPORT, OUTCOME_UNREACHABLE },
	{ EACCES, OUTCOME_UNREACHABLE }, /* a packet filter on this side */
	{ EPERM, OUTCOME_UNREACHABLE },
	{ ETIMEDOUT, OUTCOME_TIMEOUT },
	{ ECONNRESET, OUTCOME_RESET },
	{ ECONNABORTED, OUTCOME_RESET },
	{ EPIPE, OUTCOME_CLOSED },
};

enum outcome
outcome_of_errno(int code)
{
	for (size_t i = 0; i < sizeof(errno_table) / sizeof(errno_table[0]); i++)
		if (errno_table[i].code == code)
			return errno_table[i].outcome;
	return OUTCOME_LOCAL_FAULT;
}

bool
outcome_is_ours(enum outcome outcome)
{
	return outcome == OUTCOME_BUDGET || outcome == OUTCOME_CANCELLED ||
	       outcome == OUTCOME_LOCAL_FAULT || outcome == OUTCOME_STOPPED ||
	       outcome == OUTCOME_UNREAD;
}

static enum outcome
fault(struct stream *s, int code)
{
	const char *text = strerrordesc_np(code);

	snprintf(s->error, sizeof(s->error), "%s", text != NULL ? text : "unknown error");
	return outcome_of_errno(code);
}

/* Wait until the socket is ready for events. */
static enum outcome
ready(struct stream *s, short events, deadline step)
{
	s->error[0] = '\0';
	switch (net_wait(s->fd, events, deadline_earlier(step, s->limit), &s->waiter)) {
	case WAIT_READY:
		return OUTCOME_OK;
	case WAIT_TIMEOUT:
		return s->limit <= step ? OUTCOME_BUDGET : OUTCOME_TIMEOUT;
	case WAIT_CANCELLED:
		return waiter_was_stopped(&s->waiter) ? OUTCOME_STOPPED : OUTCOME_CANCELLED;
	case WAIT_TAIL:
		return OUTCOME_UNREAD;
	case WAIT_FAILED:
		break;
	}
	fault(s, errno);
	return OUTCOME_LOCAL_FAULT;
}

void
stream_init(struct stream *s, const struct waiter *waiter, deadline limit)
{
	*s = (struct stream){ .fd = -1, .waiter = *waiter, .limit = limit };
}

static enum outcome
finish_connect(struct stream *s, deadline step)
{
	enum outcome outcome = ready(s, POLLOUT, step);
	int code = 0;
	socklen_t size = sizeof(code);

	if (outcome != OUTCOME_OK)
		return outcome;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
		code = errno;
	return code == 0 ? OUTCOME_OK : fault(s, code);
}

enum outcome
stream_connect(struct stream *s, const struct addr *to, deadline step)
{
	enum outcome outcome = OUTCOME_OK;
	const int on = 1;

	s->error[0] = '\0';
	s->fd = socket(to->sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return fault(s, errno);
	/* Commands are single small segments: none may wait for the ACK of the one before. */
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(s->fd, (const struct sockaddr *)&to->sa, to->len) < 0)
		outcome = errno == EINPROGRESS ? finish_connect(s, step) : fault(s, errno);
	if (outcome != OUTCOME_OK)
		stream_close(s);
	return outcome;
}

static bool
is_again(int code)
{
	return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

enum outcome
stream_recv(struct stream *s, deadline step, char *p, size_t room, size_t *got)
{
	*got = 0;
	for (;;) {
		/* Waiting comes first even if bytes are there: cancel and limits must be seen. */
		enum outcome outcome = ready(s, POLLIN, step);
		ssize_t n;

		if (outcome != OUTCOME_OK)
			return outcome;
		n = recv(s->fd, p, room, 0);
		if (n > 0) {
			*got = (size_t)n;
			return OUTCOME_OK;
		}
		if (n == 0)
			return OUTCOME_CLOSED;
		if (!is_again(errno))
			return fault(s, errno);
	}
}

size_t
stream_recv_now(struct stream *s, char *p, size_t room)
{
	ssize_t n = recv(s->fd, p, room, MSG_DONTWAIT);

	return n > 0 ? (size_t)n : 0;
}

enum outcome
stream_send(struct stream *s, deadline step, struct str bytes)
{
	const int on = 1;

	s->error[0] = '\0';
	while (bytes.n > 0) {
		ssize_t n = send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		if (n >= 0) {
			bytes = str_skip(bytes, (size_t)n);
		} else if (!is_again(errno)) {
			return fault(s, errno);
		} else {
			enum outcome outcome = ready(s, POLLOUT, step);

			if (outcome != OUTCOME_OK)
				return outcome;
		}
	}
	/*
	 * A server that sent TLS session tickets holds its reply back until they are acknowledged
	 * (Nagle), and our kernel holds that ACK back for 40 ms, unless told so after each write.
	 */
	(void)setsockopt(s->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
	return OUTCOME_OK;
}

void
stream_send_now(struct stream *s, struct str bytes)
{
	if (s->fd >= 0 && bytes.n > 0)
		(void)!send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool
stream_local(const struct stream *s, struct addr *out)
{
	*out = (struct addr){ .len = sizeof(out->sa) };
	return s->fd >= 0 && getsockname(s->fd, (struct sockaddr *)&out->sa, &out->len) == 0;
}

void
stream_close(struct stream *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}
