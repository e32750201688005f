/*
 * outlook: what the simulator says of a judged walk: under each mode, and to a sender that still
 * holds an earlier policy. Reports, screens and the report's JSON show one and the same outlook.
 */
#ifndef STS_OUTLOOK_H
#define STS_OUTLOOK_H

#include "core/simulate.h"

enum ready {
	READY_UNKNOWN, /* something is untested or cannot be told, or there is nothing to enforce */
	READY_NO,
	READY_YES,
};

/* A sender that applies a cached policy and has not read the TXT record again. */
struct cached_outlook {
	const struct cached_policy *cached;
	const bool *is_listed; /* by its patterns */
	struct sim_result now;
	bool is_published; /* the very policy that is published now */
	bool is_worse; /* than what a fresh sender does */
	bool heals_by_txt; /* the published id differs, so reading the record again is enough */
	int64_t heals_s; /* when that is over, since 1970; -1 when it is not worse */
};

struct outlook {
	const struct sim_scene *scene;
	bool has_patterns; /* a policy with mx lines was fetched or is rehearsed */
	const bool *is_listed; /* by its patterns, NULL without */
	struct sim_result modes[POLICY_MODE_ENFORCE + 1]; /* of a fresh sender, by mode */
	enum ready ready;
	size_t lost; /* hosts that get mail without enforce and are passed over under it */
	size_t partly; /* hosts that keep it, but not on every address */
	struct cached_outlook *cached; /* as session->cached */
	size_t cached_count;
	const struct cached_outlook *worst; /* of them, NULL without */
};

void outlook_make(struct arena *a, const struct session *s, const struct sim_scene *scene,
	bool wants_steps, struct outlook *out);
/* The published mode's column; none where no policy is usable. */
const struct sim_result *outlook_now(const struct outlook *o);
int outcome_badness(enum mail_outcome outcome); /* for whoever waits for the mail: more is worse */
/* Worse for whoever waits for the mail; one that validates where another does not is no worse. */
bool outcome_is_worse(enum mail_outcome with, enum mail_outcome without);
/* "mx1.example.com 192.0.2.25: passed over: the certificate has expired (RFC 8461 4.2)" */
struct str sim_step_text(struct arena *a, const struct sim_scene *scene, const struct sim_step *s);
/* What goes wrong, or what it is that is right. */
bool sim_reason_is_well(enum sim_reason r);
/*
 * Why a host is what it is under enforce: its own reason, or that of its first address that is not as
 * good. is_listed NULL leaves its name aside.
 */
enum sim_reason sim_host_reason(
	struct arena *a, const struct sim_scene *scene, size_t index, const bool *is_listed);
/* The same scene without these hosts: as if nobody answered there. */
const struct sim_scene *
sim_scene_without(struct arena *a, const struct sim_scene *scene, const bool *is_down);

#endif
