/*
 * match: MX host names against the mx patterns of a policy (RFC 8461 section 4.1), and names
 * against the SAN of a certificate (RFC 6125 6.4.3, DNS-ID only): the same rule. "*" stands for exactly one
 * left-most label.
 *
 * Names are compared as ASCII, case ignored, one trailing dot of either side dropped; U-labels of
 * either side are converted for the comparison (a policy that needs this is invalid all the same).
 * Any other malformed pattern of a policy matches nothing.
 */
#ifndef STS_MATCH_H
#define STS_MATCH_H

#include "core/arena.h"
#include "core/policy.h"
#include "core/str.h"

/* Why one pattern does not match one name. */
enum match_miss {
	MATCH_MISS_NONE, /* it matches */
	MATCH_MISS_MALFORMED, /* the pattern matches nothing */
	MATCH_MISS_LABEL, /* a label differs */
	MATCH_MISS_WILDCARD_DEEP, /* *.x and the name has two or more labels before .x */
	MATCH_MISS_WILDCARD_BARE, /* *.x and the name is x */
	MATCH_MISS_SHORTER, /* the name has fewer labels, those equal */
	MATCH_MISS_LONGER, /* the name has more labels, the pattern's are equal */
	MATCH_MISS_WILDCARD_PARTIAL, /* mx*.x would match if '*' could be part of a label (SAN) */
};

struct match_pair {
	enum match_miss miss;
	unsigned label_from_right; /* first label that differs, from 1 at the right; 0 if none */
};

struct match_result {
	bool is_match;
	size_t pattern; /* index of the first that matches */
	size_t nearest; /* else index of the nearest miss; SIZE_MAX when there are no patterns */
	struct match_pair near;
};

struct match_pair match_name(struct str pattern, struct str name);
void match_patterns(const struct policy_pattern *patterns, size_t count, struct str host,
	struct match_result *out);
/* One line for people: "*.a.example covers one label, eu1.in.a.example has 2 before a.example". It
 * quotes pattern and name as they are: foreign bytes, still to be made safe. */
struct str
match_explain(struct arena *a, struct str pattern, struct str name, struct match_pair pair);

#endif
