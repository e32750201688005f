/*
 * stream: one TCP connection, non-blocking, with a deadline on every step.
 *
 * Whatever goes wrong with the peer is an outcome, with the system's words in error. Nothing here
 * raises SIGPIPE. A step ends at its own limit ("timeout") or at that of the walk ("budget"),
 * whichever is earlier.
 */
#ifndef STS_STREAM_H
#define STS_STREAM_H

#include "core/str.h"
#include "core/vocab.h"
#include "net/addr.h"
#include "net/wait.h"

struct stream {
	int fd; /* -1: closed */
	struct waiter waiter;
	deadline limit; /* of the whole walk */
	char error[128]; /* of the last outcome that was not ok; "" if there are no words for it */
};

void stream_init(struct stream *s, const struct waiter *waiter, deadline limit);
/* Nothing is left open unless it is OUTCOME_OK. */
enum outcome stream_connect(struct stream *s, const struct addr *to, deadline step);
/* At least one byte, or an outcome that is not ok: OUTCOME_CLOSED at the end of input. */
enum outcome stream_recv(struct stream *s, deadline step, char *p, size_t room, size_t *got);
/* What is there already, without waiting; 0 for nothing or any trouble. */
size_t stream_recv_now(struct stream *s, char *p, size_t room);
enum outcome stream_send(struct stream *s, deadline step, struct str bytes);
/* As much as the kernel takes at once: for last words. */
void stream_send_now(struct stream *s, struct str bytes);
bool stream_local(const struct stream *s, struct addr *out); /* this end's address */
void stream_close(struct stream *s);

/* What an errno of connect(), send() or recv() says of the peer. */
enum outcome outcome_of_errno(int code);
/* True for what ended because of us, not of the peer: budget, cancelled, local fault, unread. */
bool outcome_is_ours(enum outcome outcome);

#endif
