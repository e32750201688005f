#include "net/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define PORT_MAX 65535
#define ADDR_TEXT_MAX (INET6_ADDRSTRLEN + IF_NAMESIZE + 1)

/* text as a terminated string; false when it is too long or holds a NUL. */
static bool
terminated(struct str text, char *out, size_t room)
{
	if (text.n == 0 || text.n >= room || memchr(text.p, '\0', text.n) != NULL)
		return false;
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
	return true;
}

static bool
make_ipv4(const char *text, unsigned port, struct addr *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	if (inet_pton(AF_INET, text, &in.sin_addr) != 1)
		return false;
	memcpy(&out->sa, &in, sizeof(in));
	out->len = sizeof(in);
	return true;
}

/* A zone ("fe80::1%eth0") may stand in resolv.conf: resolvers learned by router advertisement. */
static bool
make_ipv6(const char *text, unsigned port, struct addr *out)
{
	struct sockaddr_in6 in = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	char bare[ADDR_TEXT_MAX];
	size_t length = strcspn(text, "%");

	memcpy(bare, text, length);
	bare[length] = '\0';
	if (inet_pton(AF_INET6, bare, &in.sin6_addr) != 1)
		return false;
	if (text[length] == '%') {
		in.sin6_scope_id = if_nametoindex(text + length + 1);
		if (in.sin6_scope_id == 0)
			return false;
	}
	memcpy(&out->sa, &in, sizeof(in));
	out->len = sizeof(in);
	return true;
}

bool
addr_make(struct str text, unsigned port, struct addr *out)
{
	char buf[ADDR_TEXT_MAX];

	memset(out, 0, sizeof(*out));
	if (port > PORT_MAX || !terminated(text, buf, sizeof(buf)))
		return false;
	return make_ipv4(buf, port, out) || make_ipv6(buf, port, out);
}

bool
addr_parse(struct str text, unsigned default_port, struct addr *out)
{
	struct str address = text, port_text = STR_EMPTY;
	uint64_t port = default_port;
	size_t colon = str_find(text, ':');
	size_t end;

	if (text.n > 0 && text.p[0] == '[') {
		end = str_find(text, ']');
		if (end == text.n)
			return false;
		address = str_sub(text, 1, end - 1);
		port_text = str_skip(text, end + 1);
		/* Brackets are for IPv6 alone. */
		if (str_find(address, ':') == address.n)
			return false;
	} else if (colon < text.n &&
		   str_find(str_skip(text, colon + 1), ':') == text.n - colon - 1) {
		/* One colon: ADDR:PORT. Several: an IPv6 address as it is. */
		address = str_sub(text, 0, colon);
		port_text = str_skip(text, colon);
	}
	if (port_text.n > 0) {
		if (port_text.p[0] != ':' || !str_to_u64(str_skip(port_text, 1), PORT_MAX, &port) ||
			port == 0)
			return false;
	}
	return addr_make(address, (unsigned)port, out);
}

enum family
addr_family(const struct addr *a)
{
	return a->sa.ss_family == AF_INET6 ? FAMILY_IPV6 : FAMILY_IPV4;
}

struct str
addr_text(struct arena *arena, const struct addr *a)
{
	char text[INET6_ADDRSTRLEN] = "";
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (a->sa.ss_family == AF_INET6) {
		memcpy(&in6, &a->sa, sizeof(in6));
		(void)inet_ntop(AF_INET6, &in6.sin6_addr, text, sizeof(text));
	} else if (a->sa.ss_family == AF_INET) {
		memcpy(&in, &a->sa, sizeof(in));
		(void)inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
	}
	return arena_str(arena, str_of(text));
}

struct str
addr_text_port(struct arena *arena, const struct addr *a)
{
	struct str text = addr_text(arena, a);

	if (a->sa.ss_family == AF_INET6)
		return arena_printf(arena, "[%.*s]:%u", STR_ARG(text), addr_port(a));
	return arena_printf(arena, "%.*s:%u", STR_ARG(text), addr_port(a));
}

unsigned
addr_port(const struct addr *a)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (a->sa.ss_family == AF_INET6) {
		memcpy(&in6, &a->sa, sizeof(in6));
		return ntohs(in6.sin6_port);
	}
	if (a->sa.ss_family != AF_INET)
		return 0;
	memcpy(&in, &a->sa, sizeof(in));
	return ntohs(in.sin_port);
}

bool
addr_is_loopback(const struct addr *a)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	if (a->sa.ss_family == AF_INET6) {
		memcpy(&in6, &a->sa, sizeof(in6));
		return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
	}
	if (a->sa.ss_family != AF_INET)
		return false;
	memcpy(&in, &a->sa, sizeof(in));
	return ntohl(in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

bool
addr_has_route(const struct addr *a)
{
	int fd = socket(a->sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool has_route;

	if (fd < 0)
		return errno != EAFNOSUPPORT;
	has_route = connect(fd, (const struct sockaddr *)&a->sa, a->len) == 0;
	close(fd);
	return has_route;
}
