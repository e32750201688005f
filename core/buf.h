/*
 * buf: owned bytes with a declared maximum.
 *
 * Adding past the maximum keeps what fits and sets is_cut; nothing else fails (out of memory
 * aborts). The bytes are always followed by a NUL that is not counted.
 */
#ifndef STS_BUF_H
#define STS_BUF_H

#include "core/str.h"

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max; /* bytes; 0 means BUF_MAX_DEFAULT */
	bool is_cut; /* something did not fit */
};

#define BUF_MAX_DEFAULT (64UL * 1024 * 1024)
#define BUF_INIT(maximum) ((struct buf){ .max = (maximum) })

void buf_release(struct buf *b); /* keeps max */
void buf_clear(struct buf *b); /* empty, memory kept */
void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_add_text(struct buf *b, const char *terminated);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_drop_front(struct buf *b, size_t count);
struct str buf_str(const struct buf *b);
const char *buf_text(const struct buf *b); /* terminated, never NULL */

#endif
