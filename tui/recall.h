/*
 * recall: ^R at a prompt: what is typed is looked for in what was typed before, newest first.
 *
 * While it is on, letters belong to the needle and the prompt shows what was found; ^R goes to an
 * older one. Esc gives the prompt back as it was; any other key keeps what was found.
 */
#ifndef STS_RECALL_H
#define STS_RECALL_H

#include "tui/console.h"
#include "tui/prompt.h"

struct recall {
	bool is_on;
	bool has_failed; /* nothing (older) holds the needle: the last match still stands */
	struct buf needle, before; /* before: the prompt as it was */
	size_t at; /* index of the match; count of the history: none yet */
};

void recall_begin(struct recall *r, const struct prompt *p, const struct offers *history);
/* True when it took the key. Enter is never taken: the prompt accepts what was found. */
bool recall_key(struct recall *r, struct prompt *p, const struct offers *history, uint32_t key);
void recall_release(struct recall *r);

#endif
