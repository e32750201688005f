/* Which hosts a policy lists (RFC 8461 section 4.1): matching never depends on the mode. */
#include "core/name.h"
#include "core/simulate.h"

/* match_patterns() without its reasons, for what needs no conversion: most names, very often. */
static bool
matches_ascii(struct str pattern, struct str name, bool is_deep)
{
	struct str rest;

	pattern = name_no_dot(pattern);
	if (!str_starts(pattern, STR("*.")))
		return str_eq_nocase(pattern, name);
	if (name.n < pattern.n || !str_ends_nocase(name, str_skip(pattern, 1)))
		return false;
	rest = str_sub(name, 0, name.n - (pattern.n - 1));
	return is_deep || str_find(rest, '.') == rest.n;
}

static bool
is_plain_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_' && s.p[i] != '.')
			return false;
	}
	return true;
}

static bool
lists(const struct policy_pattern *p, struct str name, bool is_deep, bool is_plain)
{
	struct match_result m;

	if (p->is_valid && is_plain)
		return matches_ascii(p->text, name, is_deep);
	match_patterns(p, 1, name, &m);
	return m.is_match || (is_deep && p->is_valid && m.near.miss == MATCH_MISS_WILDCARD_DEEP);
}

bool *
sim_listed(struct arena *a, const struct sim_scene *scene, const struct policy_pattern *p,
	size_t count, bool is_deep)
{
	bool *listed = arena_array(a, scene->host_count + 1, sizeof(bool));

	for (size_t i = 0; i < scene->host_count; i++) {
		const struct str name = name_no_dot(scene->hosts[i].name);
		const bool is_plain = is_plain_name(name);

		for (size_t k = 0; !listed[i] && k < count; k++)
			listed[i] = lists(&p[k], name, is_deep, is_plain);
	}
	return listed;
}
