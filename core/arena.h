/*
 * arena: memory that dies together: everything of a session, a document or a job.
 *
 * Allocation never returns NULL: out of memory aborts the process (the terminal is restored by
 * the crash handler). Memory is zeroed and aligned for any type. Not safe to share between threads.
 */
#ifndef STS_ARENA_H
#define STS_ARENA_H

#include <stddef.h>

#include "core/str.h"

struct arena {
	struct arena_block *head;
	size_t used_bytes; /* all that was asked for */
};

/* A zeroed struct arena is ready for use. */
void arena_release(struct arena *a); /* frees all; the arena is zeroed and usable again */
void *arena_alloc(struct arena *a, size_t bytes);
/* Room for count items of size bytes each; aborts on overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Grow an array that lives in the arena: returns the new place, copies old_count items. */
void *arena_grow(struct arena *a, void *old, size_t old_count, size_t new_count, size_t size);
struct str arena_str(struct arena *a, struct str s); /* a copy, NUL-terminated behind */
struct str
arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct strs arena_strs(struct arena *a, struct strs list); /* a deep copy */
/* Append to a list that is zeroed, or was made by arena_push or arena_strs; s is not copied. */
void arena_push(struct arena *a, struct strs *list, struct str s);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))

/* Heap memory for the few things that live on their own; abort when there is none. */
void *mem_alloc(size_t bytes);
void *mem_grow(void *old, size_t bytes);

#endif
