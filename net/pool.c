#include "net/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/arena.h"

/* Measured to be enough for libcurl and OpenSSL; sanitizers make every frame larger. */
#define STACK_BYTES (256 * 1024)
#define STACK_BYTES_SANITIZED (2 * 1024 * 1024)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

struct task {
	struct task *next;
	void (*run)(void *arg);
	void *arg;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	struct task *first, **end;
	unsigned waiting; /* tasks */
	unsigned idle; /* threads */
	bool is_closing;
	unsigned max_threads, count;
	pthread_t *threads;
};

/* Under the lock: the next task; NULL when the pool closes. */
static struct task *
next_task(struct pool *p)
{
	struct task *task;

	p->idle++;
	while (p->first == NULL && !p->is_closing)
		pthread_cond_wait(&p->has_work, &p->lock);
	p->idle--;
	task = p->first;
	if (task == NULL)
		return NULL;
	p->first = task->next;
	if (p->first == NULL)
		p->end = &p->first;
	p->waiting--;
	return task;
}

static void *
work(void *arg)
{
	struct pool *p = arg;
	struct task *task;

	pthread_mutex_lock(&p->lock);
	while ((task = next_task(p)) != NULL) {
		pthread_mutex_unlock(&p->lock);
		task->run(task->arg);
		free(task);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Under the lock. 0 or an errno. */
static int
add_thread(struct pool *p)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, IS_SANITIZED ? STACK_BYTES_SANITIZED : STACK_BYTES);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&p->threads[p->count], &attr, work, p);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (error == 0)
		p->count++;
	return error;
}

struct pool *
pool_new(unsigned max_threads)
{
	struct pool *p = mem_alloc(sizeof(*p));
	int error;

	p->max_threads = max_threads > 0 ? max_threads : 1;
	p->threads = mem_alloc(p->max_threads * sizeof(*p->threads));
	p->end = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->has_work, NULL);
	pthread_mutex_lock(&p->lock);
	error = add_thread(p);
	pthread_mutex_unlock(&p->lock);
	if (error != 0) {
		pool_free(p);
		errno = error;
		return NULL;
	}
	return p;
}

void
pool_run(struct pool *p, void (*run)(void *arg), void *arg)
{
	struct task *task = mem_alloc(sizeof(*task));

	task->run = run;
	task->arg = arg;
	pthread_mutex_lock(&p->lock);
	*p->end = task;
	p->end = &task->next;
	p->waiting++;
	/* Without another thread the task waits for one that is there already. */
	if (p->waiting > p->idle && p->count < p->max_threads)
		(void)add_thread(p);
	pthread_cond_signal(&p->has_work);
	pthread_mutex_unlock(&p->lock);
}

void
pool_free(struct pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_lock(&p->lock);
	p->is_closing = true;
	pthread_cond_broadcast(&p->has_work);
	/* A task may still add a task, and that a thread: they are joined in the order made. */
	for (unsigned i = 0; i < p->count; i++) {
		pthread_t thread = p->threads[i];

		pthread_mutex_unlock(&p->lock);
		pthread_join(thread, NULL);
		pthread_mutex_lock(&p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	pthread_cond_destroy(&p->has_work);
	pthread_mutex_destroy(&p->lock);
	free(p->threads);
	free(p);
}
