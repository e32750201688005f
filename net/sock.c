#include "net/sock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
sock_open(const struct addr *peer, int type)
{
	int fd = socket(peer->sa.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&peer->sa, peer->len) == 0 || errno == EINPROGRESS)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

enum wait_result
sock_connected(int fd, deadline limit, const struct waiter *w)
{
	enum wait_result wait = net_wait(fd, POLLOUT, limit, w);
	socklen_t n = sizeof(int);
	int error = 0;

	if (wait != WAIT_READY)
		return wait;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 && error == 0)
		return WAIT_READY;
	if (error != 0)
		errno = error;
	return WAIT_FAILED;
}

static bool
is_again(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

enum wait_result
sock_send(int fd, struct str bytes, deadline limit, const struct waiter *w)
{
	while (bytes.n > 0) {
		enum wait_result wait = net_wait(fd, POLLOUT, limit, w);
		ssize_t n;

		if (wait != WAIT_READY)
			return wait;
		n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n < 0 && !is_again())
			return WAIT_FAILED;
		if (n > 0)
			bytes = str_skip(bytes, (size_t)n);
	}
	return WAIT_READY;
}

enum wait_result
sock_receive(int fd, char *bytes, size_t n, deadline limit, const struct waiter *w)
{
	while (n > 0) {
		enum wait_result wait = net_wait(fd, POLLIN, limit, w);
		ssize_t got;

		if (wait != WAIT_READY)
			return wait;
		got = recv(fd, bytes, n, 0);
		if (got == 0) {
			errno = ECONNRESET;
			return WAIT_FAILED;
		}
		if (got < 0 && !is_again())
			return WAIT_FAILED;
		if (got > 0) {
			bytes += got;
			n -= (size_t)got;
		}
	}
	return WAIT_READY;
}

const char *
sock_error(int error, char *text)
{
	char room[SOCK_ERROR_MAX];

	/* The GNU form: it may return its own text in place of filling room. */
	(void)snprintf(text, SOCK_ERROR_MAX, "%s", strerror_r(error, room, sizeof(room)));
	return text;
}

bool
sock_is_local_fault(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}
