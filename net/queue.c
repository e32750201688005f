#include "net/queue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/wait.h"

/* One event, in memory of its own: it goes from the emitter's thread to the taker's. */
struct item {
	struct item *next;
	struct arena arena;
	struct event *event;
};

struct queue {
	struct sink sink; /* first: the sink is the queue */
	int64_t epoch_ns;
	size_t capacity;
	int fd; /* eventfd, readable while items wait */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t has_room;
	struct item *first, **end;
	size_t count;
	bool is_closed;

	struct item *taken; /* of the taker alone */
	uint32_t taken_count;
};

static void
item_free(struct item *item)
{
	if (item == NULL)
		return;
	arena_release(&item->arena);
	free(item);
}

static void
queue_emit(struct sink *sink, struct str job, enum event_kind kind, const void *payload)
{
	struct queue *q = (struct queue *)sink;
	const uint64_t one = 1;
	struct item *item = mem_alloc(sizeof(*item));

	item->event = event_copy(
		&item->arena, &(struct event){ .job = job, .kind = kind, .payload = payload });
	pthread_mutex_lock(&q->lock);
	/* Stamped before waiting for room: when it happened, not when there was room for it. */
	item->event->us = (deadline_now() - q->epoch_ns) / 1000;
	/* The end may come from the taker's own thread, and nothing follows it. */
	while (q->count >= q->capacity && !q->is_closed && kind != EV_END)
		pthread_cond_wait(&q->has_room, &q->lock);
	*q->end = item;
	q->end = &item->next;
	if (q->count++ == 0)
		(void)!write(q->fd, &one, sizeof(one));
	pthread_mutex_unlock(&q->lock);
}

struct queue *
queue_new(int64_t epoch_ns, size_t capacity)
{
	struct queue *q;
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return NULL;
	q = mem_alloc(sizeof(*q));
	q->sink.emit = queue_emit;
	q->epoch_ns = epoch_ns;
	q->capacity = capacity > 0 ? capacity : 1;
	q->fd = fd;
	q->end = &q->first;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->has_room, NULL);
	return q;
}

void
queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	while (q->first != NULL) {
		struct item *item = q->first;

		q->first = item->next;
		item_free(item);
	}
	item_free(q->taken);
	pthread_cond_destroy(&q->has_room);
	pthread_mutex_destroy(&q->lock);
	close(q->fd);
	free(q);
}

int
queue_fd(const struct queue *q)
{
	return q->fd;
}

struct sink *
queue_sink(struct queue *q)
{
	return &q->sink;
}

/* Under the lock: the first item, or NULL. */
static struct item *
pop(struct queue *q)
{
	struct item *item = q->first;
	uint64_t ignored;

	if (item == NULL)
		return NULL;
	q->first = item->next;
	if (q->first == NULL)
		q->end = &q->first;
	if (--q->count == 0)
		(void)!read(q->fd, &ignored, sizeof(ignored));
	pthread_cond_signal(&q->has_room);
	return item;
}

bool
queue_take(struct queue *q, const struct event **event)
{
	item_free(q->taken);
	pthread_mutex_lock(&q->lock);
	q->taken = pop(q);
	pthread_mutex_unlock(&q->lock);
	if (q->taken == NULL)
		return false;
	q->taken->event->seq = ++q->taken_count;
	*event = q->taken->event;
	return true;
}

void
queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->is_closed = true;
	pthread_cond_broadcast(&q->has_room);
	pthread_mutex_unlock(&q->lock);
}
