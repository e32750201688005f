/*
 * screen_lesson: a lesson on the console, and the list of the course.
 */
#ifndef STS_SCREEN_LESSON_H
#define STS_SCREEN_LESSON_H

#include "tui/screen.h"

void lesson_view(const struct console *c, const struct screen *s, struct doc *out);
void lesson_next(struct console *c);
/* True when a lesson took or refused the key. */
bool lesson_key(struct console *c, uint32_t key);
bool lesson_is_shown(const struct console *c);
bool lesson_hides_verdict(const struct console *c);
struct safe lesson_crumb(const struct console *c, struct arena *a);
struct safe lesson_counter(const struct console *c, struct arena *a);
/* What the strip may say of a stage: waiting before its turn, in a quiz not how it went. */
bool lesson_has_told(const struct console *c, enum stage stage);
bool lesson_is_closed(const struct console *c);
/* Of a key: in a lesson there is no other walk, and a quiz keeps its secret. */
bool lesson_refuses(const struct console *c, enum action action);

/* The list of the course. */
void lessons_view(const struct console *c, const struct screen *s, struct doc *out);
void lessons_open(struct console *c);

#endif
