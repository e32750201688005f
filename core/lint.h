/*
 * lint: what lint_judge() (render.h) is made of: the state of one run, the walks that are made up
 * for it, and its text.
 *
 * Each kind of input is put into a walk of its own in which everything else is right: one fault
 * hides no other, and the rules are those that judge a real walk.
 */
#ifndef STS_LINT_H
#define STS_LINT_H

#include "core/finding.h"
#include "core/render.h"

/* What is put into a made-up walk; empty members are filled with what is right. */
struct lint_facts {
	struct strs txt, tlsrpt;
	struct str policy;
	struct strs mx; /* host names; none: MX is not even asked for */
	int64_t now_s;
};

struct lint_walk {
	struct session session;
	struct judgement judgement;
	int64_t us;
};
void lint_walk_run(struct lint_walk *w, const struct lint_facts *facts);
void lint_walk_release(struct lint_walk *w);

struct lint_mx {
	struct str host; /* as given */
	bool is_name; /* a host name at all */
	struct match_result match;
};

enum { LINT_WALKS = 5 };

struct lint {
	struct arena arena;
	const struct lint_input *in;
	struct txt_set txt;
	struct tlsrpt tlsrpt;
	struct policy policy;
	bool is_policy_valid; /* the grammar, and not over the limit of RFC 8461 3.3 */
	struct policy_pattern *patterns; /* of the policy, then those given */
	size_t pattern_count;
	struct lint_mx *mx;
	struct lint_walk walks[LINT_WALKS];
	size_t walk_count;
	struct finding *findings; /* worst first */
	size_t count;
	bool is_invalid; /* something given is not valid, found or not */
	enum severity severity; /* ok, warning or error */
};

/* What is worst in a policy, warnings at least, and whether it is valid; NULL: nothing is wrong. */
const struct finding_type *lint_policy_worst(struct str body, int64_t now_s, bool *is_valid);
void lint_report(const struct lint *l, struct doc *report);

#endif
