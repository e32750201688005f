/*
 * addr: numeric socket addresses. Names are never resolved here.
 */
#ifndef STS_ADDR_H
#define STS_ADDR_H

#include <sys/socket.h>

#include "core/arena.h"
#include "core/vocab.h"

struct addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

/* "192.0.2.1" or "2001:db8::1" and a port; false when it is no address. */
bool addr_make(struct str text, unsigned port, struct addr *out);
/* "ADDR", "ADDR:PORT", "[ADDR]:PORT"; default_port where none is given. */
bool addr_parse(struct str text, unsigned default_port, struct addr *out);
enum family addr_family(const struct addr *a);
unsigned addr_port(const struct addr *a);
struct str addr_text(struct arena *arena, const struct addr *a); /* without port */
struct str addr_text_port(struct arena *arena, const struct addr *a); /* [..]:port for IPv6 */
bool addr_is_loopback(const struct addr *a);
/* Whether this host has a route there: connects an unsent UDP socket. True when we cannot ask. */
bool addr_has_route(const struct addr *a);

#endif
