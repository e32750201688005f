/*
 * view_sim: the simulator's documents: hosts by mode, senders, attacks, rollout. Pure, as
 * every view; nothing here needs the network.
 */
#ifndef STS_VIEW_SIM_H
#define STS_VIEW_SIM_H

#include "core/outlook.h"
#include "core/view_parts.h"
#include "core/whatif.h"

enum sim_tab {
	SIM_TAB_COLUMNS, /* hosts by mode, the message, and who holds an earlier policy */
	SIM_TAB_SENDERS, /* what each real sender does, over the life of a cached policy */
	SIM_TAB_WHATIF, /* settings of policy and hosts, edited, and what comes of it */
	SIM_TAB_ATTACKS,
	SIM_TAB_ROLLOUT, /* the step towards enforce, what blocks the next, what to publish */
	sim_tab_count
};

/* The whole text to publish that a row of the rollout is a line of; empty for other rows. */
struct str sim_publish_text(struct arena *a, const struct view_input *in, struct str row_id);
/* The policy file among what is to be published: of this row, else of the next step or of the first way
 * out that has one; empty if there is none. */
struct str sim_publish_file(struct arena *a, const struct view_input *in, struct str row_id);
/* What is chosen among what a tab can show; all zero to begin with. */
struct sim_choice {
	unsigned attacks; /* ATTACK_BIT()s of attack.h that are switched on */
	size_t copy; /* which cached policy, counted from 1; 0: the one that matters most */
	int64_t moment_s; /* since 1970; 0: that of the walk */
	bool is_relative; /* times from the walk on, not UTC */
	const struct whatif *whatif; /* edits; NULL for none */
	const struct whatif_edit *draft; /* that is being typed; NULL for none */
};
void view_simulate(const struct view_input *in, enum sim_tab tab, const struct sim_choice *choice,
	struct doc *out);
/* The moment and the copy that choice is about; false without any cached policy. */
bool sim_moment(
	const struct view_input *in, const struct sim_choice *choice, int step, int64_t *moment_s);
/* One host: who must act, why it is what it is under enforce, likely report, words of senders. */
void view_sim_host(const struct view_input *in, struct str host, struct doc *out);
/* One sender with all its habits that count here, fresh and with the worst cached policy. */
void view_sim_sender(const struct view_input *in, struct str id, struct doc *out);
/* A bounce, a log line or a code; in may be NULL: no walk to ask. */
void view_ndr(const struct view_input *in, struct str text, struct doc *out);

/* Parts of a document that has begun. */
void part_attacks(struct doc *d, const struct view_input *in, unsigned set);
/* Settings first, rows whose ids begin with WHATIF_SETTING; behind them stands what comes of them. */
#define WHATIF_SETTING "set:"
void part_whatif(struct doc *d, const struct view_input *in, const struct whatif *w,
	const struct whatif_edit *draft);
/* The setting of a row's id; NULL if it is of none. */
const struct whatif_setting *whatif_setting_of(const struct whatif_plan *plan, struct str id);
void part_rollout(struct doc *d, const struct view_input *in);
void part_timeline(struct doc *d, const struct view_input *in, const struct sim_choice *choice);
void part_ways_out(struct doc *d, const struct view_input *in); /* nothing where none waits */
void part_columns(struct doc *d, const struct view_input *in, unsigned indent);
/* is_short leaves those out that do as the RFC says. */
void part_senders(struct doc *d, const struct view_input *in, bool is_short, unsigned indent);
bool senders_differ(struct arena *a, const struct judgement *j); /* in what becomes of the mail */
const char *sim_mail_words(enum mail_outcome outcome); /* "validated" "waits" */
/* The same, with the host that gets it where it is validated: "validated, mx1". */
const char *
part_sim_mail(struct doc *d, const struct view_input *in, enum mail_outcome outcome, size_t host);
/* One host under one mode, in a word or two. */
struct sim_look {
	enum state state;
	const char *words;
};
struct sim_look sim_host_look(const struct sim_host *h, const struct sim_host_result *r);
void part_look(struct doc *d, struct row *r, enum state state, const char *words); /* a cell */
enum state sim_mail_state(enum mail_outcome outcome);

#endif
