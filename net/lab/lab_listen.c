#include "net/lab/lab_listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define TRIALS 64 /* of ports; each is free on the first address and may be taken on another */
#define BACKLOG 128

/* A bound socket, -1 with errno otherwise. Stream sockets listen unless told not to. */
static int
bind_at(struct str address, unsigned port, int type, bool listens)
{
	struct addr at;
	int fd, saved, on = 1;

	errno = EINVAL;
	if (!addr_make(address, port, &at))
		return -1;
	fd = socket(at.sa.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	/* Bound as the only one; only then an act may listen again beside connections that linger. */
	if (bind(fd, (const struct sockaddr *)&at.sa, at.len) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
		(!listens || listen(fd, BACKLOG) == 0))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static unsigned
port_of(int fd)
{
	struct addr at = { .len = sizeof(at.sa) };

	if (getsockname(fd, (struct sockaddr *)&at.sa, &at.len) != 0)
		return 0;
	if (at.sa.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&at.sa)->sin6_port);
	return ntohs(((const struct sockaddr_in *)&at.sa)->sin_port);
}

void
lab_places_close(struct lab_place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].fd >= 0)
			close(places[i].fd);
		if (places[i].holder >= 0)
			close(places[i].holder);
		places[i].fd = places[i].holder = -1;
	}
}

bool
lab_place_set(struct lab_place *p, bool refuses)
{
	if (refuses && p->fd >= 0) {
		/* Out of the listening state; the port, asked for by number, stays bound. */
		if (shutdown(p->fd, SHUT_RDWR) != 0)
			return false;
		p->holder = p->fd;
		p->fd = -1;
	} else if (!refuses && p->fd < 0) {
		if (listen(p->holder, BACKLOG) != 0)
			return false;
		p->fd = p->holder;
		p->holder = -1;
	}
	p->refuses = refuses;
	return true;
}

/* A port that is free at an address just now; 0 for none. It is bound again by its number. */
static unsigned
free_port(struct str address)
{
	int fd = bind_at(address, 0, SOCK_STREAM, false), saved = errno;
	unsigned port = fd >= 0 ? port_of(fd) : 0;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return port;
}

/* Binds all or none; *bad is the place that failed. */
static bool
try_port(struct lab_place *places, size_t count, unsigned *port, size_t *bad)
{
	int saved;

	*bad = 0;
	if ((*port = free_port(places[0].address)) == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		struct lab_place *p = &places[i];
		int fd = bind_at(p->address, *port, SOCK_STREAM, !p->refuses);

		if (fd < 0) {
			saved = errno;
			lab_places_close(places, i);
			errno = saved;
			*bad = i;
			return false;
		}
		*(p->refuses ? &p->holder : &p->fd) = fd;
	}
	return true;
}

enum result
lab_listen(struct lab_place *places, size_t count, unsigned *port, struct err *err)
{
	size_t bad = 0;

	for (size_t i = 0; i < count; i++)
		places[i].fd = places[i].holder = -1;
	for (int trial = 0; trial < TRIALS; trial++) {
		if (try_port(places, count, port, &bad))
			return RESULT_OK;
		if (errno != EADDRINUSE)
			break;
	}
	return err_set(
		err, 70, "lab server on %.*s: %s", STR_ARG(places[bad].address), strerror(errno));
}

enum result
lab_listen_dns(const char *address, int *udp_fd, int *tcp_fd, unsigned *port, struct err *err)
{
	for (int trial = 0; trial < TRIALS; trial++) {
		int saved;

		*udp_fd = bind_at(str_of(address), 0, SOCK_DGRAM, false);
		if (*udp_fd < 0)
			break;
		*port = port_of(*udp_fd);
		*tcp_fd = bind_at(str_of(address), *port, SOCK_STREAM, true);
		if (*tcp_fd >= 0)
			return RESULT_OK;
		saved = errno;
		close(*udp_fd);
		*udp_fd = -1;
		errno = saved;
		if (saved != EADDRINUSE)
			break;
	}
	return err_set(err, 70, "lab resolver on %s: %s", address, strerror(errno));
}

int
lab_listen_udp(struct str address, unsigned port)
{
	return bind_at(address, port, SOCK_DGRAM, false);
}
