/*
 * screen_home: the domain prompt and the demo's scenarios as lists that lead to walks.
 */
#ifndef STS_SCREEN_HOME_H
#define STS_SCREEN_HOME_H

#include "tui/screen.h"

void home_view(const struct console *c, const struct screen *s, struct doc *out);
void home_open(struct console *c); /* a row of the domain prompt or of the demo's list */
void home_begin(struct console *c);
/* A domain is being typed: it stands in its row, not in the status line. */
bool home_is_typing(const struct console *c);
int home_cursor(const struct console *c, struct arena *a); /* its column then */
struct safe home_hint(const struct console *c, struct arena *a);
void demos_view(const struct console *c, const struct screen *s, struct doc *out);

#endif
