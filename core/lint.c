#include "core/lint.h"

#include <string.h>

#include "core/json_parts.h"

static bool
is_one_of(const struct finding *f, const enum finding_id *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (f->type->id == ids[i])
			return true;
	return false;
}

#define IS_ONE_OF(f, ids) is_one_of((f), (ids), sizeof(ids) / sizeof((ids)[0]))

/* How MX names and patterns meet. */
static bool
is_about_match(const struct finding *f)
{
	static const enum finding_id ids[] = { FINDING_MX_NOT_IN_POLICY, FINDING_MX_NONE_IN_POLICY,
		FINDING_POLICY_MX_WILDCARD_DEPTH, FINDING_POLICY_MX_UNUSED };

	return IS_ONE_OF(f, ids);
}

static bool
is_about_txt(const struct finding *f)
{
	return f->stage == STAGE_TXT && f->type->id != FINDING_TXT_ORPHAN_POLICY;
}

static bool
is_about_tlsrpt(const struct finding *f)
{
	return f->stage == STAGE_TLSRPT;
}

static bool
is_about_policy(const struct finding *f)
{
	return (f->stage == STAGE_POLICY && !is_about_match(f)) ||
	       f->type->id == FINDING_HTTPS_BODY_HTML || f->type->id == FINDING_HTTPS_TOO_BIG;
}

static bool
is_about_pattern(const struct finding *f)
{
	return f->type->id == FINDING_POLICY_MX_BAD || f->type->id == FINDING_POLICY_MX_SEVERAL;
}

/* Judge the facts and keep the findings that are about them. Gives the first that was kept. */
static size_t
run_walk(struct lint *l, struct lint_facts facts, bool (*is_about)(const struct finding *f))
{
	struct lint_walk *w = &l->walks[l->walk_count++];
	const size_t first = l->count;

	facts.now_s = l->in->now_s;
	lint_walk_run(w, &facts);
	l->findings = arena_grow(&l->arena, l->findings, l->count, l->count + w->judgement.count,
		sizeof(*l->findings));
	for (size_t i = 0; i < w->judgement.count; i++) {
		if (!is_about(&w->judgement.findings[i]))
			continue;
		l->findings[l->count] = w->judgement.findings[i];
		/* Numbers of events that nobody can look up. */
		l->findings[l->count++].evidence_count = 0;
	}
	return first;
}

/*
 * What is not valid is an error here, also where a walk would only tell it by the way: a record
 * that is no MTA-STS record at all, say. The worst of its findings carries that.
 */
static void
mark_invalid(struct lint *l, size_t first)
{
	struct finding *worst = NULL;

	l->is_invalid = true;
	for (size_t i = first; i < l->count; i++)
		if (worst == NULL || l->findings[i].severity > worst->severity)
			worst = &l->findings[i];
	if (worst != NULL)
		worst->severity = SEVERITY_ERROR;
}

static void
lint_txt(struct lint *l)
{
	const struct lint_facts facts = { .txt = l->in->txt };
	size_t first;

	if (!l->in->has_txt)
		return;
	txt_choose(&l->arena, l->in->txt, &l->txt);
	first = run_walk(l, facts, is_about_txt);
	if (l->txt.verdict != TXT_VERDICT_VALID)
		mark_invalid(l, first);
}

static void
lint_tlsrpt(struct lint *l)
{
	const struct lint_facts facts = { .tlsrpt = l->in->tlsrpt };
	size_t first;

	if (!l->in->has_tlsrpt)
		return;
	tlsrpt_parse(&l->arena, l->in->tlsrpt, &l->tlsrpt);
	first = run_walk(l, facts, is_about_tlsrpt);
	if (!l->tlsrpt.is_valid)
		mark_invalid(l, first);
}

static void
lint_policy(struct lint *l)
{
	/* An empty file is a policy too; the pointer tells that it was given. */
	const struct str body = l->in->policy.p != NULL ? l->in->policy : STR("");
	const struct lint_facts facts = { .policy = body };
	size_t first;

	if (!l->in->has_policy)
		return;
	policy_parse(&l->arena, body, &l->policy);
	l->is_policy_valid = l->policy.is_valid && body.n <= LIMIT_POLICY_BYTES;
	first = run_walk(l, facts, is_about_policy);
	if (!l->is_policy_valid)
		mark_invalid(l, first);
}

/* Worst first; the order of the parts stays. */
static void
sort_findings(struct lint *l)
{
	for (size_t i = 1; i < l->count; i++) {
		const struct finding f = l->findings[i];
		size_t at = i;

		for (; at > 0 && l->findings[at - 1].severity < f.severity; at--)
			l->findings[at] = l->findings[at - 1];
		l->findings[at] = f;
	}
}

const struct finding_type *
lint_policy_worst(struct str body, int64_t now_s, bool *is_valid)
{
	const struct lint_input in = { .has_policy = true, .policy = body, .now_s = now_s };
	struct lint l = { .in = &in };
	const struct finding_type *worst = NULL;

	lint_policy(&l);
	sort_findings(&l);
	*is_valid = l.is_policy_valid;
	if (l.count > 0 && l.findings[0].severity >= SEVERITY_WARNING)
		worst = l.findings[0].type;
	lint_walk_release(&l.walks[0]);
	arena_release(&l.arena);
	return worst;
}

/* Those of the policy, then those given by hand. */
static void
collect_patterns(struct lint *l)
{
	const struct strs given = l->in->patterns;

	l->pattern_count = l->policy.mx_count + given.n;
	l->patterns = arena_array(&l->arena, l->pattern_count, sizeof(*l->patterns));
	for (size_t i = 0; i < l->policy.mx_count; i++)
		l->patterns[i] = l->policy.mx[i];
	for (size_t i = 0; i < given.n; i++) {
		size_t at;

		l->patterns[l->policy.mx_count + i] = (struct policy_pattern){
			.text = given.v[i],
			.is_valid = mx_pattern_check(given.v[i], &at) == MX_FAULT_NONE,
		};
	}
}

/* One "mx:" line; a line end inside would make two of it, and is wrong there anyway. */
static void
add_mx_line(struct buf *body, struct str pattern)
{
	buf_add_text(body, "mx: ");
	for (size_t i = 0; i < pattern.n; i++)
		buf_add_char(
			body, pattern.p[i] == '\n' || pattern.p[i] == '\r' ? '?' : pattern.p[i]);
	buf_add_char(body, '\n');
}

/* A pattern given by hand is judged like a line of a policy: line n is the n-th of them. */
static void
lint_patterns(struct lint *l)
{
	const struct strs given = l->in->patterns;
	struct buf body = BUF_INIT(0);
	bool is_bad = false;

	for (size_t i = 0; i < given.n; i++) {
		add_mx_line(&body, given.v[i]);
		is_bad = is_bad || !l->patterns[l->policy.mx_count + i].is_valid;
	}
	buf_add_text(&body, "version: STSv1\nmode: enforce\nmax_age: 604800\n");
	if (is_bad) {
		const struct lint_facts facts = { .policy = arena_str(&l->arena, buf_str(&body)) };

		mark_invalid(l, run_walk(l, facts, is_about_pattern));
	}
	buf_release(&body);
}

/* The mode that the match is judged under: without one, as if it counted. */
static enum policy_mode
match_mode(const struct lint *l)
{
	return l->policy.mode != POLICY_MODE_UNKNOWN ? l->policy.mode : POLICY_MODE_ENFORCE;
}

static void
match_hosts(struct lint *l)
{
	const struct strs hosts = l->in->mx;

	l->mx = arena_array(&l->arena, hosts.n, sizeof(*l->mx));
	for (size_t i = 0; i < hosts.n; i++) {
		struct lint_mx *mx = &l->mx[i];

		mx->host = hosts.v[i];
		mx->is_name = name_is_host(&l->arena, mx->host);
		mx->match.nearest = SIZE_MAX;
		if (mx->is_name)
			match_patterns(l->patterns, l->pattern_count, mx->host, &mx->match);
	}
}

/*
 * The policy as it is and the well-formed patterns behind it, and the hosts that can be matched with
 * them. Lines keep their numbers; without a policy, line n is the n-th pattern.
 */
static bool
match_facts(struct lint *l, struct lint_facts *facts)
{
	const struct str policy = l->in->policy;
	struct buf body = BUF_INIT(0);
	size_t patterns = 0;

	if (l->is_policy_valid) {
		buf_add(&body, policy);
		if (policy.n > 0 && policy.p[policy.n - 1] != '\n')
			buf_add_char(&body, '\n');
	}
	for (size_t i = 0; i < l->pattern_count; i++) {
		if (!l->patterns[i].is_valid)
			continue;
		if (!l->is_policy_valid || i >= l->policy.mx_count)
			add_mx_line(&body, l->patterns[i].text);
		patterns++;
	}
	if (!l->is_policy_valid)
		buf_addf(&body, "version: STSv1\nmode: %s\nmax_age: 604800\n",
			policy_mode_name(match_mode(l)));
	*facts = (struct lint_facts){ .policy = arena_str(&l->arena, buf_str(&body)) };
	for (size_t i = 0; i < l->in->mx.n; i++) {
		const struct lint_mx *mx = &l->mx[i];
		struct str name;

		if (mx->match.is_match && !l->patterns[mx->match.pattern].is_valid)
			continue;
		if (mx->is_name && name_to_ascii(&l->arena, mx->host, &name))
			arena_push(&l->arena, &facts->mx, name_no_dot(name));
	}
	buf_release(&body);
	return patterns > 0 && facts->mx.n > 0;
}

static void
lint_mx(struct lint *l)
{
	struct lint_facts facts;
	size_t first = l->count, misses = 0;

	if (l->in->mx.n == 0)
		return;
	match_hosts(l);
	/* Nobody matches anything with a policy that is not valid: its own faults come first. */
	if (match_facts(l, &facts) && (!l->in->has_policy || l->is_policy_valid))
		first = run_walk(l, facts, is_about_match);
	for (size_t i = 0; i < l->in->mx.n; i++)
		misses += !l->mx[i].match.is_match;
	/* Under testing a miss is reported, under none it does not matter (RFC 8461 5). */
	if (misses > 0 && match_mode(l) == POLICY_MODE_ENFORCE)
		mark_invalid(l, first);
}

static void
set_severity(struct lint *l)
{
	l->severity = l->is_invalid ? SEVERITY_ERROR : SEVERITY_OK;
	if (l->count > 0 && l->findings[0].severity > l->severity)
		l->severity = l->findings[0].severity;
	if (l->severity == SEVERITY_INFO)
		l->severity = SEVERITY_OK;
}

static json_t *
txt_node(const struct lint *l)
{
	json_t *object;

	if (!l->in->has_txt)
		return jnode_null();
	object = jnode_object();
	jnode_set(object, "candidates", jnode_int(l->txt.candidates));
	jnode_set(object, "valid", jnode_bool(l->txt.verdict == TXT_VERDICT_VALID));
	jnode_set(object, "id", json_id(&l->txt));
	return object;
}

static json_t *
tlsrpt_node(const struct lint *l)
{
	json_t *object;

	if (!l->in->has_tlsrpt)
		return jnode_null();
	object = jnode_object();
	jnode_set(object, "valid", jnode_bool(l->tlsrpt.is_valid));
	jnode_set(object, "rua", json_rua(&l->tlsrpt));
	return object;
}

static json_t *
policy_node(const struct lint *l)
{
	json_t *object;

	if (!l->in->has_policy)
		return jnode_null();
	object = jnode_object();
	json_set_policy(object, &l->policy, false);
	jnode_set(object, "valid", jnode_bool(l->is_policy_valid));
	return object;
}

static json_t *
mx_nodes(const struct lint *l)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < l->in->mx.n; i++) {
		json_t *object = jnode_object();

		jnode_set(object, "host", jnode_text(l->mx[i].host));
		json_set_match(
			object, l->patterns, l->pattern_count, l->mx[i].host, &l->mx[i].match);
		jnode_add(list, object);
	}
	return list;
}

static void
write_json(const struct lint *l, int exit, struct buf *json)
{
	json_t *object = jnode_object(), *verdict = jnode_object();

	jnode_set(verdict, "severity", jnode_word(severity_name(l->severity)));
	jnode_set(verdict, "exit", jnode_int(exit));
	jnode_set(object, "format", jnode_word("stswalk-lint"));
	jnode_set(object, "version", jnode_int(1));
	jnode_set(object, "txt", txt_node(l));
	jnode_set(object, "tlsrpt", tlsrpt_node(l));
	jnode_set(object, "policy", policy_node(l));
	jnode_set(object, "mx", mx_nodes(l));
	jnode_set(object, "findings", json_findings(l->findings, l->count));
	jnode_set(object, "verdict", verdict);
	jnode_write(object, json);
}

int
lint_judge(const struct lint_input *in, struct doc *report, struct buf *json)
{
	struct lint l = { .in = in };
	int exit = 0;

	lint_txt(&l);
	lint_policy(&l);
	collect_patterns(&l);
	lint_patterns(&l);
	lint_mx(&l);
	lint_tlsrpt(&l);
	sort_findings(&l);
	set_severity(&l);
	if (l.severity == SEVERITY_WARNING)
		exit = 1;
	else if (l.severity > SEVERITY_WARNING)
		exit = 2;
	if (json != NULL)
		write_json(&l, exit, json);
	if (report != NULL)
		lint_report(&l, report);
	for (size_t i = 0; i < l.walk_count; i++)
		lint_walk_release(&l.walks[i]);
	arena_release(&l.arena);
	return exit;
}
