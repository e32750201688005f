#include "core/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arena.h"

enum { BUF_FIRST_BYTES = 64 };

static size_t
maximum(const struct buf *b)
{
	return b->max != 0 ? b->max : BUF_MAX_DEFAULT;
}

/* Room for count more bytes and the NUL; returns how many of them fit. */
static size_t
make_room(struct buf *b, size_t count)
{
	const size_t max = maximum(b);
	size_t cap = b->cap != 0 ? b->cap : BUF_FIRST_BYTES;

	assert(b->n <= max);
	if (count > max - b->n) {
		count = max - b->n;
		b->is_cut = true;
	}
	if (b->p != NULL && b->cap > b->n + count)
		return count;
	while (cap <= b->n + count)
		cap *= 2;
	if (cap > max + 1)
		cap = max + 1;
	b->p = mem_grow(b->p, cap);
	b->cap = cap;
	b->p[b->n] = '\0';
	return count;
}

void
buf_release(struct buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = BUF_INIT(b->max);
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->is_cut = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_add(struct buf *b, struct str s)
{
	const size_t fits = make_room(b, s.n);

	if (fits != 0)
		memcpy(b->p + b->n, s.p, fits);
	b->n += fits;
	b->p[b->n] = '\0';
}

void
buf_add_char(struct buf *b, char c)
{
	buf_add(b, (struct str){ &c, 1 });
}

void
buf_add_text(struct buf *b, const char *terminated)
{
	buf_add(b, str_of(terminated));
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;
	int n;
	size_t fits;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		abort();
	fits = make_room(b, (size_t)n);
	va_start(args, format);
	vsnprintf(b->p + b->n, fits + 1, format, args);
	va_end(args);
	b->n += fits;
}

void
buf_drop_front(struct buf *b, size_t count)
{
	assert(count <= b->n);
	if (count == 0)
		return;
	b->n -= count;
	memmove(b->p, b->p + count, b->n + 1);
}

struct str
buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

const char *
buf_text(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}
