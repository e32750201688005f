/*
 * queue: the bounded queue that carries events from probes to the main thread. Its fd is readable
 * while events wait. A probe that finds it full waits until the main thread has taken some: facts
 * are never dropped.
 */
#ifndef STS_QUEUE_H
#define STS_QUEUE_H

#include "core/event.h"

struct queue;

/* epoch_ns: the walk's begin, subtracted from every event's time. NULL when descriptors ran out. */
struct queue *queue_new(int64_t epoch_ns, size_t capacity);
void queue_free(struct queue *q);
int queue_fd(const struct queue *q);
struct sink *queue_sink(struct queue *q);
/*
 * Take the next event, seq and us filled in; false when there is none. The event is valid until
 * the next call.
 */
bool queue_take(struct queue *q, const struct event **event);
void queue_close(struct queue *q); /* emitters no longer wait; what they emit is still kept */

#endif
