/*
 * pool: a lane of worker threads, made as they are needed, up to a bound; tasks beyond it wait their
 * turn. The first thread is made with the pool, so that a task always finds one.
 *
 * Every signal is blocked in the threads: signals are the main thread's, and a write to a closed
 * connection ends as EPIPE.
 */
#ifndef STS_POOL_H
#define STS_POOL_H

struct pool;

struct pool *pool_new(unsigned max_threads); /* NULL with errno: not even one thread */
/* Run run(arg) in a thread of the pool; may be called from one. */
void pool_run(struct pool *p, void (*run)(void *arg), void *arg);
void pool_free(struct pool *p); /* after every task has run, those of tasks too; joins all */

#endif
