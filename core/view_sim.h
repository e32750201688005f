/*
 * view_sim: the simulator's documents: hosts by mode, senders, what if, attacks, rollout. Pure, as
 * every view; nothing here needs the network.
 */
#ifndef STS_VIEW_SIM_H
#define STS_VIEW_SIM_H

#include "core/outlook.h"
#include "core/view_parts.h"

/* Hosts by mode, the message, and who holds an earlier policy. */
void view_sim_columns(const struct view_input *in, struct doc *out);
/* One host under every mode: decision, reason, likely report, what to do. */
void view_sim_host(const struct view_input *in, struct str host, struct doc *out);

/* What each real sender does; one of them with all its habits that count here. */
void view_sim_senders(const struct view_input *in, struct doc *out);
void view_sim_sender(const struct view_input *in, struct str id, struct doc *out);

/* A bounce, a log line or a code; in may be NULL: no walk to ask. */
void view_ndr(const struct view_input *in, struct str text, struct doc *out);

/* The step towards enforce, what blocks the next, what to publish; ways out where mail waits. */
void view_rollout(const struct view_input *in, struct doc *out);
void part_ways_out(struct doc *d, const struct view_input *in); /* nothing where none waits */

/* set: ATTACK_BIT()s of attack.h that are switched on. */
void view_sim_attacks(const struct view_input *in, unsigned set, struct doc *out);

/* The same as a part of a report. */
void part_columns(struct doc *d, const struct view_input *in, unsigned indent);
/* is_short leaves those out that do as the RFC says. */
void part_senders(struct doc *d, const struct view_input *in, bool is_short, unsigned indent);
bool senders_differ(struct arena *a, const struct judgement *j); /* in what becomes of the mail */
const char *sim_mail_words(enum mail_outcome outcome); /* "validated" "waits" */
enum state sim_mail_state(enum mail_outcome outcome);

#endif
