#include "core/match.h"

#include "core/name.h"

/* Edit distances cost more than the rest; a policy with more patterns than this is hostile. */
enum { DISTANCES_MAX = 64 };

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	}
	return true;
}

/* One trailing dot dropped, U-labels converted; false when there is no such name. */
static bool
prepare(struct arena *a, struct str s, struct str *out)
{
	*out = name_no_dot(s);
	return is_ascii(*out) || name_to_ascii(a, *out, out);
}

/*
 * What no pattern of a policy and no DNS-ID may look like. Partial wildcards in the left-most label
 * pass here, because why they do not match is worth saying; "_" does occur in names of hosts.
 */
static bool
is_malformed(struct str pattern)
{
	struct str rest = pattern;
	struct str label;
	bool is_first = true;

	if (pattern.n == 0 || pattern.p[pattern.n - 1] == '.' || str_is(pattern, "*"))
		return true;
	while (str_split(&rest, '.', &label)) {
		if (label.n == 0)
			return true;
		for (size_t i = 0; i < label.n; i++) {
			const char c = label.p[i];
			const bool is_star = c == '*' && is_first;

			if (!ascii_is_alnum(c) && c != '-' && c != '_' && !is_star)
				return true;
		}
		is_first = false;
	}
	return false;
}

/* The right-most label is cut off *rest; *has_more says whether a dot stood before it. */
static struct str
cut_label(struct str *rest, bool *has_more)
{
	size_t start = rest->n;
	struct str label;

	while (start > 0 && rest->p[start - 1] != '.')
		start--;
	label = str_skip(*rest, start);
	*has_more = start > 0;
	*rest = str_sub(*rest, 0, start > 0 ? start - 1 : 0);
	return label;
}

/* One '*' inside a label, as some match it although RFC 8461 4.1 does not. */
static bool
is_partial_match(struct str pattern, struct str label)
{
	const size_t star = str_find(pattern, '*');
	const struct str tail = str_skip(pattern, star + 1);

	return star < pattern.n && label.n + 1 >= pattern.n &&
	       str_starts_nocase(label, str_sub(pattern, 0, star)) && str_ends_nocase(label, tail);
}

static enum match_miss
compare_label(struct str pattern, bool pattern_has_more, struct str label, bool name_has_more)
{
	if (str_is(pattern, "*") && !pattern_has_more) {
		if (label.n == 0 || str_find(label, '*') < label.n)
			return MATCH_MISS_LABEL;
		return name_has_more ? MATCH_MISS_WILDCARD_DEEP : MATCH_MISS_NONE;
	}
	/* A host that is called "mx*" matches nothing. */
	if (str_find(pattern, '*') < pattern.n)
		return is_partial_match(pattern, label) ? MATCH_MISS_WILDCARD_PARTIAL
							: MATCH_MISS_LABEL;
	return str_eq_nocase(pattern, label) ? MATCH_MISS_NONE : MATCH_MISS_LABEL;
}

static struct match_pair
compare(struct str pattern, struct str name)
{
	struct match_pair pair = { MATCH_MISS_NONE, 0 };
	bool pattern_has_more = true;
	bool name_has_more = true;

	while (pattern_has_more && name_has_more) {
		const struct str wanted = cut_label(&pattern, &pattern_has_more);
		const struct str label = cut_label(&name, &name_has_more);

		pair.label_from_right++;
		pair.miss = compare_label(wanted, pattern_has_more, label, name_has_more);
		if (pair.miss != MATCH_MISS_NONE)
			return pair;
	}
	pair.label_from_right++;
	if (pattern_has_more)
		pair.miss = str_is(pattern, "*") ? MATCH_MISS_WILDCARD_BARE : MATCH_MISS_SHORTER;
	else if (name_has_more)
		pair.miss = MATCH_MISS_LONGER;
	else
		pair.label_from_right = 0;
	return pair;
}

struct match_pair
match_name(struct str pattern, struct str name)
{
	struct arena scratch = { 0 };
	struct match_pair pair = { MATCH_MISS_MALFORMED, 0 };
	struct str wanted, host;

	if (prepare(&scratch, pattern, &wanted) && !is_malformed(wanted)) {
		/* A name that IDNA refuses is compared as it is; it matches no ASCII label. */
		(void)prepare(&scratch, name, &host);
		pair = compare(wanted, host);
	}
	arena_release(&scratch);
	return pair;
}

/* Whether it is a pattern once the trailing dot is gone and the U-labels are converted. */
static bool
is_clear(struct str pattern)
{
	struct arena scratch = { 0 };
	struct str wanted;
	size_t at;
	const bool is_pattern = prepare(&scratch, pattern, &wanted) &&
				mx_pattern_check(wanted, &at) == MX_FAULT_NONE;

	arena_release(&scratch);
	return is_pattern;
}

/*
 * A malformed pattern matches nothing, but for a trailing dot and U-labels, which leave no doubt
 * about the name that is meant.
 */
static struct match_pair
match_pattern(const struct policy_pattern *pattern, struct str host)
{
	size_t at;
	enum mx_fault fault = MX_FAULT_NONE;

	if (!pattern->is_valid)
		fault = mx_pattern_check(pattern->text, &at);
	switch (fault) {
	case MX_FAULT_NONE:
		return match_name(pattern->text, host);
	case MX_FAULT_TRAILING_DOT:
	case MX_FAULT_U_LABEL:
		if (is_clear(pattern->text))
			return match_name(pattern->text, host);
		break;
	case MX_FAULT_EMPTY:
	case MX_FAULT_WILDCARD_ALONE:
	case MX_FAULT_WILDCARD_INSIDE:
	case MX_FAULT_WILDCARD_PARTIAL:
	case MX_FAULT_LEADING_DOT:
	case MX_FAULT_URL:
	case MX_FAULT_PORT:
	case MX_FAULT_PREFERENCE:
	case MX_FAULT_ADDRESS:
	case MX_FAULT_UNDERSCORE:
	case MX_FAULT_COMMENT:
	case MX_FAULT_SYNTAX:
		break;
	}
	return (struct match_pair){ MATCH_MISS_MALFORMED, 0 };
}

struct nearness {
	unsigned labels; /* equal ones at the right end, and one more where only '*' is short */
	unsigned distance;
};

static struct nearness
nearness(const struct policy_pattern *pattern, struct str host, struct match_pair pair,
	bool is_measured)
{
	struct nearness n = { 0, 0 };

	if (pair.label_from_right != 0)
		n.labels = pair.label_from_right - 1;
	if (pair.miss == MATCH_MISS_WILDCARD_DEEP || pair.miss == MATCH_MISS_WILDCARD_BARE ||
		pair.miss == MATCH_MISS_WILDCARD_PARTIAL)
		n.labels++;
	if (is_measured)
		n.distance = str_distance(pattern->text, host);
	return n;
}

static bool
is_nearer(struct nearness a, struct nearness b)
{
	return a.labels != b.labels ? a.labels > b.labels : a.distance < b.distance;
}

void
match_patterns(const struct policy_pattern *patterns, size_t count, struct str host,
	struct match_result *out)
{
	struct nearness best = { 0, 0 };

	*out = (struct match_result){ .nearest = SIZE_MAX };
	for (size_t i = 0; i < count; i++) {
		const struct match_pair pair = match_pattern(&patterns[i], host);
		struct nearness near;

		if (pair.miss == MATCH_MISS_NONE) {
			out->is_match = true;
			out->pattern = i;
			out->near = pair;
			return;
		}
		near = nearness(&patterns[i], host, pair, i < DISTANCES_MAX);
		if (i == 0 ||
			(i < DISTANCES_MAX ? is_nearer(near, best) : near.labels > best.labels)) {
			best = near;
			out->nearest = i;
			out->near = pair;
		}
	}
}

static struct str
label_at(struct str name, unsigned from_right)
{
	struct str label = STR_EMPTY;
	bool has_more = true;

	for (unsigned i = 0; i < from_right && has_more; i++)
		label = cut_label(&name, &has_more);
	return label;
}

/* Why a pattern is malformed, in the words of the policy parser where it agrees. */
static const char *
malformed_text(struct str pattern)
{
	size_t at;
	const enum mx_fault fault = mx_pattern_check(pattern, &at);

	return mx_fault_text(fault != MX_FAULT_NONE ? fault : MX_FAULT_SYNTAX);
}

struct str
match_explain(struct arena *a, struct str pattern, struct str name, struct match_pair pair)
{
	const struct str p = name_no_dot(pattern);
	const struct str n = name_no_dot(name);
	const unsigned p_labels = name_label_count(p);
	const unsigned n_labels = name_label_count(n);
	const struct str base = name_parent(p); /* of a wildcard */

	switch (pair.miss) {
	case MATCH_MISS_NONE:
		return arena_printf(a, "%.*s matches %.*s", STR_ARG(p), STR_ARG(n));
	case MATCH_MISS_MALFORMED:
		return arena_printf(a, "%.*s is malformed and matches nothing: %s",
			STR_ARG(pattern), malformed_text(pattern));
	case MATCH_MISS_LABEL: {
		const struct str wanted = label_at(p, pair.label_from_right);
		const struct str seen = label_at(n, pair.label_from_right);

		return arena_printf(a,
			"label %u from the right differs: %.*s in %.*s, %.*s in %.*s",
			pair.label_from_right, STR_ARG(wanted), STR_ARG(p), STR_ARG(seen),
			STR_ARG(n));
	}
	case MATCH_MISS_WILDCARD_DEEP:
		return arena_printf(a, "%.*s covers one label, %.*s has %u before %.*s", STR_ARG(p),
			STR_ARG(n), n_labels - p_labels + 1, STR_ARG(base));
	case MATCH_MISS_WILDCARD_BARE:
		return arena_printf(a, "%.*s covers one label before %.*s, but not %.*s itself",
			STR_ARG(p), STR_ARG(base), STR_ARG(base));
	case MATCH_MISS_SHORTER:
		return arena_printf(a, "%.*s has %u labels, %.*s only %u", STR_ARG(p), p_labels,
			STR_ARG(n), n_labels);
	case MATCH_MISS_LONGER:
		return arena_printf(a, "%.*s is one name and no suffix, %.*s has %u more %s",
			STR_ARG(p), STR_ARG(n), n_labels - p_labels,
			n_labels - p_labels == 1 ? "label" : "labels");
	case MATCH_MISS_WILDCARD_PARTIAL:
		return arena_printf(a,
			"%.*s: '*' may only be the whole left-most label (RFC 8461 4.1)",
			STR_ARG(p));
	}
	return STR_EMPTY;
}
