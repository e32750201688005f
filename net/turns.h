/*
 * turns: tasks of a pool that must not run at the same time. Those with the same key run one after
 * the other, in the order given; a task that waits for its turn holds no thread.
 */
#ifndef STS_TURNS_H
#define STS_TURNS_H

#include "core/str.h"
#include "net/pool.h"

struct turns;

struct turns *turns_new(void);
void
turns_run(struct turns *t, struct pool *pool, struct str key, void (*run)(void *arg), void *arg);
void turns_free(struct turns *t); /* after the pools */

#endif
