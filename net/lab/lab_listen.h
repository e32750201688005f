/*
 * lab_listen: sockets on several loopback addresses that share one port, found by trial.
 */
#ifndef STS_LAB_LISTEN_H
#define STS_LAB_LISTEN_H

#include "core/err.h"
#include "net/addr.h"

struct lab_place {
	struct str address; /* in */
	bool refuses; /* in: the port is taken, nobody listens */
	int fd; /* out, -1 when refused by wish: see holder */
	int holder; /* out: keeps the port of a refusing place; -1 */
};

/* The same free port at every place; *port is 0 before. */
enum result lab_listen(struct lab_place *places, size_t count, unsigned *port, struct err *err);
/* Begin or cease to listen, at the same port; false with errno. */
bool lab_place_set(struct lab_place *place, bool refuses);
/* One port for datagrams and connections at an address. */
enum result
lab_listen_dns(const char *address, int *udp_fd, int *tcp_fd, unsigned *port, struct err *err);
/* Datagrams at another address and the port that is known; -1 when it is taken. */
int lab_listen_udp(struct str address, unsigned port);
void lab_places_close(struct lab_place *places, size_t count);

#endif
