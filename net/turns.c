#include "net/turns.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/arena.h"

struct task {
	struct task *next; /* that waits for the same key */
	struct turns *turns;
	struct key *key;
	struct pool *pool;
	void (*run)(void *arg);
	void *arg;
};

struct key {
	struct key *next;
	struct str text;
	bool is_taken;
	struct task *first, **end; /* waiting */
};

struct turns {
	pthread_mutex_t lock; /* of all that follows */
	struct arena arena;
	struct key *keys;
};

static struct key *
find(struct turns *t, struct str text)
{
	struct key *key;

	for (key = t->keys; key != NULL; key = key->next) {
		if (str_eq(key->text, text))
			return key;
	}
	key = arena_new(&t->arena, struct key);
	key->text = arena_str(&t->arena, text);
	key->end = &key->first;
	key->next = t->keys;
	t->keys = key;
	return key;
}

/* The task whose turn comes next; NULL leaves the key free. */
static struct task *
pass_on(struct turns *t, struct key *key)
{
	struct task *next;

	pthread_mutex_lock(&t->lock);
	next = key->first;
	if (next == NULL) {
		key->is_taken = false;
	} else {
		key->first = next->next;
		if (key->first == NULL)
			key->end = &key->first;
	}
	pthread_mutex_unlock(&t->lock);
	return next;
}

static void
take_turn(void *arg)
{
	struct task *task = arg;
	struct task *next;

	task->run(task->arg);
	next = pass_on(task->turns, task->key);
	if (next != NULL)
		pool_run(next->pool, take_turn, next);
	free(task);
}

struct turns *
turns_new(void)
{
	struct turns *t = mem_alloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
turns_run(struct turns *t, struct pool *pool, struct str key, void (*run)(void *arg), void *arg)
{
	struct task *task = mem_alloc(sizeof(*task));
	bool is_free;

	task->turns = t;
	task->pool = pool;
	task->run = run;
	task->arg = arg;
	pthread_mutex_lock(&t->lock);
	task->key = find(t, key);
	is_free = !task->key->is_taken;
	if (is_free) {
		task->key->is_taken = true;
	} else {
		*task->key->end = task;
		task->key->end = &task->next;
	}
	pthread_mutex_unlock(&t->lock);
	if (is_free)
		pool_run(pool, take_turn, task);
}

void
turns_free(struct turns *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	arena_release(&t->arena);
	free(t);
}
