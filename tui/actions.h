/*
 * actions: what keys do (private to actions.c, moves.c and finds.c). Each is given the key itself.
 */
#ifndef STS_ACTIONS_H
#define STS_ACTIONS_H

#include "tui/screen.h"

void do_stage(struct console *c, uint32_t key);
void do_policy(struct console *c, uint32_t key);
void do_move(struct console *c, uint32_t key);
void do_sideways(struct console *c, uint32_t key);
void do_sibling(struct console *c, uint32_t key);
void do_problem(struct console *c, uint32_t key);
void do_overview(struct console *c, uint32_t key);
void do_search(struct console *c, uint32_t key);
void do_match(struct console *c, uint32_t key);
void do_filter(struct console *c, uint32_t key);
void do_severity(struct console *c, uint32_t key);
void do_sort(struct console *c, uint32_t key);
void do_follow(struct console *c, uint32_t key);
void do_times(struct console *c, uint32_t key);
/* The selection moved. */
void move_done(struct console *c);

/* A page of a stage or a host begins at its worst row. */
void stage_begin(struct console *c);

#endif
