/*
 * sock: non-blocking sockets with net_wait() around them, for our own small protocols.
 *
 * Every call ends with a wait_result: READY means done; FAILED leaves the reason in errno (a peer
 * that closes early is ECONNRESET).
 */
#ifndef STS_SOCK_H
#define STS_SOCK_H

#include <stddef.h>

#include "net/addr.h"
#include "net/wait.h"

#define SOCK_ERROR_MAX 128

/* A socket whose connect() has begun (UDP: is done); -1 with errno. type: SOCK_STREAM, SOCK_DGRAM. */
int sock_open(const struct addr *peer, int type);
enum wait_result sock_connected(int fd, deadline limit, const struct waiter *w);
enum wait_result sock_send(int fd, struct str bytes, deadline limit, const struct waiter *w);
/* Exactly n bytes. */
enum wait_result
sock_receive(int fd, char *bytes, size_t n, deadline limit, const struct waiter *w);

/* The system's words for an errno, in text (SOCK_ERROR_MAX bytes), which is returned. */
const char *sock_error(int error, char *text);
/* Descriptors or memory ran out: nobody else's fault. */
bool sock_is_local_fault(int error);

#endif
