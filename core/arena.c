#include "core/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

/*
 * Under AddressSanitizer every allocation is a block of its own, so that reading past the end of
 * one is seen in the test run and not only past the end of a block.
 */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_BLOCK_BYTES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_BLOCK_BYTES 1
#endif
#endif
#ifndef ARENA_BLOCK_BYTES
#define ARENA_BLOCK_BYTES (16 * 1024)
#endif

static size_t
round_up(size_t bytes)
{
	const size_t to = alignof(max_align_t);

	if (bytes > SIZE_MAX / 2)
		abort();
	if (ARENA_BLOCK_BYTES == 1)
		return bytes;
	return (bytes + to - 1) / to * to;
}

static size_t
product(size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
		abort();
	return count * size;
}

void *
mem_alloc(size_t bytes)
{
	void *p = calloc(1, bytes != 0 ? bytes : 1);

	if (p == NULL)
		abort();
	return p;
}

void *
mem_grow(void *old, size_t bytes)
{
	void *p = realloc(old, bytes != 0 ? bytes : 1);

	if (p == NULL)
		abort();
	return p;
}

void
arena_release(struct arena *a)
{
	struct arena_block *next;

	if (a == NULL)
		return;
	for (struct arena_block *b = a->head; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}

static struct arena_block *
block_new(size_t bytes)
{
	const size_t size = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
	struct arena_block *b = mem_alloc(sizeof(*b) + size);

	b->size = size;
	return b;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	const size_t need = round_up(bytes != 0 ? bytes : 1);
	struct arena_block *b = a->head;

	a->used_bytes += bytes;
	if (b == NULL || b->size - b->used < need) {
		struct arena_block *fresh = block_new(need);

		/* A large one goes behind the head, whose room stays in use. */
		if (b != NULL && need > ARENA_BLOCK_BYTES / 4) {
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			a->head = fresh;
		}
		b = fresh;
	}
	b->used += need;
	return b->data + b->used - need;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	return arena_alloc(a, product(count, size));
}

void *
arena_grow(struct arena *a, void *old, size_t old_count, size_t new_count, size_t size)
{
	void *p = arena_array(a, new_count, size);

	assert(new_count >= old_count);
	if (old_count != 0)
		memcpy(p, old, product(old_count, size));
	return p;
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n != 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

struct str
arena_printf(struct arena *a, const char *format, ...)
{
	char usual[256];
	va_list args;
	int n;
	char *p;

	va_start(args, format);
	n = vsnprintf(usual, sizeof(usual), format, args);
	va_end(args);
	if (n < 0)
		abort();
	p = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(usual)) {
		memcpy(p, usual, (size_t)n + 1);
	} else {
		va_start(args, format);
		vsnprintf(p, (size_t)n + 1, format, args);
		va_end(args);
	}
	return (struct str){ p, (size_t)n };
}

/* The room of a list follows from its length: 4, 8, 16 and so on. */
static size_t
list_room(size_t n)
{
	size_t room = 4;

	while (room < n)
		room *= 2;
	return room;
}

struct strs
arena_strs(struct arena *a, struct strs list)
{
	struct strs copy = { NULL, list.n };

	if (list.n == 0)
		return copy;
	copy.v = arena_array(a, list_room(list.n), sizeof(*copy.v));
	for (size_t i = 0; i < list.n; i++)
		copy.v[i] = arena_str(a, list.v[i]);
	return copy;
}

void
arena_push(struct arena *a, struct strs *list, struct str s)
{
	const size_t n = list->n;

	if (n == 0 || n == list_room(n))
		list->v = arena_grow(a, list->v, n, list_room(n + 1), sizeof(*list->v));
	list->v[list->n++] = s;
}
