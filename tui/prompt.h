/*
 * prompt: one line that is typed: search, filter, a path. Letters are text here.
 */
#ifndef STS_PROMPT_H
#define STS_PROMPT_H

#include "core/buf.h"

enum prompt_result { PROMPT_GOES_ON, PROMPT_ACCEPTED, PROMPT_LEFT };

struct prompt {
	bool is_open;
	const char *label; /* "/" */
	struct buf text; /* UTF-8 */
	size_t cursor; /* bytes before it */
};

#define PROMPT_MAX 4096 /* a line of a log may be as long */

void prompt_open(struct prompt *p, const char *label, struct str text);
void prompt_close(struct prompt *p); /* keeps the text until the next open */
void prompt_release(struct prompt *p);
void prompt_set(struct prompt *p, struct str text);
enum prompt_result prompt_key(struct prompt *p, uint32_t key);

#endif
