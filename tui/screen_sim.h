/*
 * screen_sim: the tabs of simulate (screen_sim.c), and What if among them (screen_whatif.c), for the
 * table of screens, the keys and the frame.
 */
#ifndef STS_SCREEN_SIM_H
#define STS_SCREEN_SIM_H

#include "tui/screen.h"

void simulate_view(const struct console *c, const struct screen *s, struct doc *out);
void simulate_begin(struct console *c);
void simulate_open(struct console *c);
void simulate_sibling(struct console *c, struct screen *s, int step);
bool simulate_move(struct console *c, enum action action);
bool simulate_key(struct console *c, enum action action);
bool simulate_saves_policy(struct console *c); /* w writes a policy file on this tab */
/* A policy file; next says what to do with it. */
void simulate_write(struct console *c, struct str path, struct str policy, const char *next);
void simulate_undo(struct console *c);
void simulate_undo_all(struct console *c);
bool simulate_is_whatif(const struct screen *s);

/* The What-if tab (screen_whatif.c). */
void whatif_open(struct console *c);
void whatif_sideways(struct console *c, int step);
bool whatif_save(struct console *c);
struct safe whatif_title(const struct console *c, struct arena *a); /* "no network used  2 edits" */
struct safe whatif_place(struct console *c, struct arena *a); /* "setting 3 of 7   lint: valid" */
bool whatif_is_new(const struct console *c); /* there is a policy file to save */
/* Keys of the time slider; false when it is not shown. */
bool simulate_moment(struct console *c, int step);
bool simulate_times(struct console *c);
bool simulate_wants_key(struct console *c, enum action action); /* in the bar of its tab */

#endif
