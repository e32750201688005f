/*
 * screen_tlsrpt: what o opens beside sessions: TLSRPT reports joined with the walk, or before one, and
 * a policy file that is rehearsed over the walk that is shown.
 */
#ifndef STS_SCREEN_TLSRPT_H
#define STS_SCREEN_TLSRPT_H

#include "tui/screen.h"

void tlsrpt_view(const struct console *c, const struct screen *s, struct doc *out);
void tlsrpt_box(const struct console *c, const struct screen *s, struct doc *out);
void tlsrpt_policy_view(const struct console *c, const struct screen *s, struct doc *out);
void tlsrpt_bytes_view(const struct console *c, const struct screen *s, struct doc *out);
void tlsrpt_open(struct console *c);
bool tlsrpt_key(struct console *c, enum action action);
void tlsrpt_show(struct console *c);
struct safe tlsrpt_place(const struct console *c, struct arena *a, struct safe words);
/* A policy file over the walk that has ended; end is false when there is none. */
void rehearse_begin(struct console *c, struct str path, struct str body);
bool rehearse_end(struct console *c);
void rehearse_release(struct console *c);

#endif
