/*
 * frame: what surrounds every screen: title, strip of stages, counter, status, key bar.
 */
#ifndef STS_FRAME_H
#define STS_FRAME_H

#include "tui/screen.h"

#define FRAME_FULL_ROWS 16
#define FRAME_FULL_COLUMNS 60 /* below these one column without boxes; never a gate */

void frame_title(struct console *c);
void frame_strip(struct console *c, int row);
void frame_counter(struct console *c, int row);
/* Status or prompt; returns the column of the prompt's cursor, -1 when there is none. */
int frame_status(struct console *c, int row);
void frame_keys(struct console *c, int row);
/* The part of the prompt's text around its cursor that fits in room cells; *column is the cursor's
 * place in it. */
struct safe frame_typed(const struct console *c, struct arena *a, int room, int *column);
/* "2 error 5 warning 4 info"; kinds that did not occur are left out. */
struct safe frame_counts(const struct console *c, struct arena *a);
/* "0.04s", "12.3s" */
void frame_seconds(char *out, size_t size, int64_t us);
enum state frame_verdict(const struct console *c);

#endif
