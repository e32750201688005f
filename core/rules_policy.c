/* The policy line by line (RFC 8461 section 3.2). */
#include "core/rules.h"

#define MAX_AGE_DAY_S 86400
#define MAX_AGE_WEEK_S 604800
#define LINES_LISTED 12

static const struct policy *
policy_of(const struct judging *j)
{
	return &j->s->policy;
}

static const struct policy_line *
line_number(const struct policy *p, unsigned number)
{
	/* Lines are kept from the first on, each with its number. */
	return number > 0 && number <= p->line_count ? &p->lines[number - 1] : NULL;
}

static bool
note_line(const struct judging *j, struct found *f, unsigned number)
{
	const struct policy_line *line = line_number(policy_of(j), number);

	f->line = number;
	if (line != NULL)
		f->detail = arena_printf(
			j->a, "line %u: %.*s", number, STR_ARG(quote_at(j->a, line->text, 0)));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

/* Which key is missing is noted, so that a line with the key in another case can stand for it. */
static bool
is_missing(const struct judging *j, struct found *f, const char *key, unsigned line)
{
	if (line != 0)
		return false;
	f->subject = f->note = str_of(key);
	f->detail = arena_printf(j->a, "no %s in %zu lines", key, policy_of(j)->total_lines);
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
policy_version_missing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return is_missing(j, f, "version", policy_of(j)->version_line);
}

static bool
policy_version_bad(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	if (p->version_line == 0 || p->is_version_ok)
		return false;
	f->subject = STR("version");
	return note_line(j, f, p->version_line);
}

static bool
policy_version_not_first(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	if (p->version_line == 0 || !p->is_version_ok)
		return false;
	f->subject = STR("version");
	for (size_t i = 0; i < p->line_count; i++) {
		if (p->lines[i].key.n > 0)
			return p->lines[i].number != p->version_line &&
			       note_line(j, f, p->version_line);
	}
	return false;
}

static bool
policy_mode_missing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return is_missing(j, f, "mode", policy_of(j)->mode_line);
}

static bool
policy_mode_unknown(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);
	const struct policy_line *line = line_number(p, p->mode_line);
	struct str meant = STR_EMPTY;

	(void)at;
	if (p->mode_line == 0 || p->mode != POLICY_MODE_UNKNOWN)
		return false;
	if (line != NULL)
		meant = line->meant;
	f->subject = STR("mode");
	note_line(j, f, p->mode_line);
	if (meant.n > 0)
		f->detail = arena_printf(
			j->a, "%.*s; probably meant: %.*s", STR_ARG(f->detail), STR_ARG(meant));
	f->publish = arena_printf(
		j->a, "mode: %.*s", STR_ARG(meant.n > 0 ? meant : STR("testing")));
	return true;
}

static bool
has_mode(const struct judging *j, struct found *f, enum policy_mode mode)
{
	const struct policy *p = policy_of(j);

	if (!j->is_policy_usable || p->mode != mode)
		return false;
	f->subject = STR("mode");
	return note_line(j, f, p->mode_line);
}

static bool
policy_mode_testing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_mode(j, f, POLICY_MODE_TESTING);
}

static bool
policy_mode_none(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return has_mode(j, f, POLICY_MODE_NONE);
}

static bool
policy_max_age_missing(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return is_missing(j, f, "max_age", policy_of(j)->max_age_line);
}

static bool
note_max_age(const struct judging *j, struct found *f)
{
	f->subject = STR("max_age");
	return note_line(j, f, policy_of(j)->max_age_line);
}

static bool
policy_max_age_bad(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	return p->max_age_line != 0 && !p->is_max_age_ok && !p->is_max_age_over &&
	       note_max_age(j, f);
}

static bool
policy_max_age_over(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	return policy_of(j)->is_max_age_over && note_max_age(j, f);
}

static bool
policy_max_age_zero(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	if (!p->is_max_age_ok || p->max_age_s != 0)
		return false;
	f->severity = p->mode == POLICY_MODE_NONE ? SEVERITY_INFO : SEVERITY_WARNING;
	return note_max_age(j, f);
}

static struct str
duration(const struct judging *j, uint64_t s)
{
	if (s >= 2 * (uint64_t)MAX_AGE_DAY_S)
		return arena_printf(j->a, "%llu days", (unsigned long long)(s / MAX_AGE_DAY_S));
	if (s >= 7200)
		return arena_printf(j->a, "%llu hours", (unsigned long long)(s / 3600));
	if (s >= 120)
		return arena_printf(j->a, "%llu minutes", (unsigned long long)(s / 60));
	return s == 1 ? STR("a second") : arena_printf(j->a, "%llu seconds", (unsigned long long)s);
}

static bool
policy_max_age_short(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	if (!p->is_max_age_ok || p->max_age_s == 0 || p->max_age_s >= MAX_AGE_WEEK_S ||
		p->mode == POLICY_MODE_NONE)
		return false;
	f->severity = p->max_age_s < MAX_AGE_DAY_S ? SEVERITY_WARNING : SEVERITY_INFO;
	f->note = duration(j, p->max_age_s);
	note_max_age(j, f);
	f->detail = arena_printf(j->a, "%.*s, %.*s", STR_ARG(f->detail), STR_ARG(f->note));
	return true;
}

static struct str
mx_lines(const struct judging *j)
{
	struct strs lines = { 0 };

	for (size_t i = 0; i < j->host_count && i < LINES_LISTED; i++) {
		const struct str pattern = mx_pattern_for(j->a, j->hosts[i].host->name);

		if (pattern.n > 0)
			arena_push(j->a, &lines, arena_printf(j->a, "mx: %.*s", STR_ARG(pattern)));
	}
	if (lines.n == 0)
		arena_push(j->a, &lines, arena_printf(j->a, "mx: mail.%.*s", STR_ARG(j->domain)));
	return strs_join(j->a, lines, "\n", LINES_LISTED);
}

static bool
policy_mx_missing(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);

	(void)at;
	if (p->mode != POLICY_MODE_ENFORCE && p->mode != POLICY_MODE_TESTING)
		return false;
	if (!is_missing(j, f, "mx", p->mx_count > 0 ? 1 : 0))
		return false;
	f->publish = mx_lines(j);
	return true;
}

static struct str
mx_subject(const struct judging *j, const struct policy_line *line)
{
	return arena_printf(j->a, "mx: %.*s", STR_ARG(str_sub(line->value, 0, 120)));
}

static bool
policy_mx_bad(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_line *line = at->line;
	struct str meant;

	if (line->note != POLICY_NOTE_MX_BAD)
		return false;
	meant = mx_pattern_meant(j->a, line->value, line->mx_fault);
	f->subject = mx_subject(j, line);
	f->note = str_of(mx_fault_text(line->mx_fault));
	f->publish = meant.n > 0 ? arena_printf(j->a, "mx: %.*s", STR_ARG(meant)) : mx_lines(j);
	note_line(j, f, line->number);
	f->detail = arena_printf(j->a, "%.*s: %.*s (byte %zu)", STR_ARG(f->detail),
		STR_ARG(f->note), line->note_at + 1);
	return true;
}

static bool
is_between(char c)
{
	return ascii_is_wsp(c) || c == ',' || c == ';';
}

static bool
policy_mx_several(const struct judging *j, const struct about *at, struct found *f)
{
	struct strs lines = { 0 };
	struct str rest = at->line->value;

	if (at->line->note != POLICY_NOTE_MX_SEVERAL)
		return false;
	while (rest.n > 0 && lines.n < LINES_LISTED) {
		size_t end = 0;

		while (end < rest.n && !is_between(rest.p[end]))
			end++;
		if (end > 0)
			arena_push(j->a, &lines,
				arena_printf(j->a, "mx: %.*s",
					STR_ARG(name_no_dot(str_sub(rest, 0, end)))));
		rest = str_skip(rest, end + 1);
	}
	f->subject = mx_subject(j, at->line);
	f->publish = strs_join(j->a, lines, "\n", LINES_LISTED);
	return note_line(j, f, at->line->number);
}

static bool
policy_mx_broad(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_pattern *p = at->pattern;

	if (!j->is_policy_usable || !p->is_valid || !str_starts(p->text, STR("*.")) ||
		!name_eq(str_skip(p->text, 2), j->domain))
		return false;
	f->subject = arena_printf(j->a, "mx: %.*s", STR_ARG(p->text));
	f->publish = mx_lines(j);
	return note_line(j, f, p->line);
}

static bool
policy_mx_unused(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_pattern *p = at->pattern;
	const struct lookup *mx = j->s->mx_lookup;

	if (!j->is_policy_usable || !p->is_valid || mx == NULL || j->s->is_null_mx ||
		j->host_count == 0 || (mx->status != LOOKUP_OK && !j->s->has_implicit_mx))
		return false;
	if (str_starts(p->text, STR("*.")) ? index_has(&j->parents, str_skip(p->text, 2))
					   : index_has(&j->names, p->text))
		return false;
	f->subject = arena_printf(j->a, "mx: %.*s", STR_ARG(p->text));
	found_lookup(f, mx);
	return note_line(j, f, p->line);
}

static bool
policy_key_duplicate(const struct judging *j, const struct about *at, struct found *f)
{
	if (at->line->note != POLICY_NOTE_KEY_DUPLICATE)
		return false;
	f->subject = f->note = at->line->key;
	return note_line(j, f, at->line->number);
}

static bool
policy_key_unknown(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_line *line = at->line;

	if (line->note != POLICY_NOTE_KEY_UNKNOWN)
		return false;
	f->subject = line->key;
	if (line->meant.n > 0)
		f->note = arena_printf(
			j->a, " Was %.*s meant by %.*s?", STR_ARG(line->meant), STR_ARG(line->key));
	return note_line(j, f, line->number);
}

static bool
has_key(const struct policy *p, struct str key)
{
	if (str_is(key, "version"))
		return p->version_line != 0;
	if (str_is(key, "mode"))
		return p->mode_line != 0;
	if (str_is(key, "max_age"))
		return p->max_age_line != 0;
	/* Without mx a policy of mode none is whole. */
	return p->mx_count > 0 || p->mode == POLICY_MODE_NONE;
}

/* The line as it should be: the key in lower case, and a value that can stand behind it. */
static struct str
line_meant(const struct judging *j, struct str key, struct str value)
{
	const struct str text = arena_printf(j->a, "%.*s: %.*s", STR_ARG(key), STR_ARG(value));
	struct policy alone;
	struct str meant;

	policy_parse(j->a, text, &alone);
	if (alone.line_count != 1 || alone.lines[0].note == POLICY_NOTE_NONE)
		return text;
	if (str_is(key, "version"))
		return STR("version: STSv1");
	if (str_is(key, "max_age"))
		return STR("max_age: 604800");
	if (str_is(key, "mode"))
		return arena_printf(j->a, "mode: %.*s",
			STR_ARG(alone.lines[0].meant.n > 0 ? alone.lines[0].meant
							   : STR("testing")));
	meant = mx_pattern_meant(j->a, value, alone.lines[0].mx_fault);
	return meant.n > 0 ? arena_printf(j->a, "mx: %.*s", STR_ARG(meant)) : mx_lines(j);
}

static bool
policy_key_case(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_line *line = at->line;

	if (line->note != POLICY_NOTE_KEY_CASE)
		return false;
	f->subject = line->key;
	f->note = line->meant;
	f->severity = SEVERITY_ERROR;
	f->effect = EFFECT_SKIP;
	if (has_key(policy_of(j), line->meant)) {
		f->severity = SEVERITY_WARNING;
		f->effect = EFFECT_NONE;
	}
	f->publish = line_meant(j, line->meant, line->value);
	return note_line(j, f, line->number);
}

static bool
policy_line_syntax(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy_line *line = at->line;

	if (line->note != POLICY_NOTE_SYNTAX)
		return false;
	f->subject = arena_printf(j->a, "line %u", line->number);
	f->line = line->number;
	f->detail = arena_printf(j->a, "line %u, byte %zu: %.*s", line->number, line->note_at + 1,
		STR_ARG(quote_at(j->a, line->text, line->note_at)));
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
policy_blank_line(const struct judging *j, const struct about *at, struct found *f)
{
	const struct policy *p = policy_of(j);
	struct strs numbers = { 0 };

	(void)at;
	if (!p->has_blank_lines || p->is_empty)
		return false;
	for (size_t i = 0; i < p->line_count; i++) {
		if (p->lines[i].note != POLICY_NOTE_BLANK)
			continue;
		if (f->line == 0)
			f->line = p->lines[i].number;
		if (numbers.n <= LINES_LISTED)
			arena_push(j->a, &numbers, arena_printf(j->a, "%u", p->lines[i].number));
	}
	f->detail = arena_printf(j->a, "line %.*s of %zu",
		STR_ARG(strs_join(j->a, numbers, ", ", LINES_LISTED)), p->total_lines);
	found_seq(f, session_policy_seq(j->s));
	return true;
}

static bool
policy_eol_mixed(const struct judging *j, const struct about *at, struct found *f)
{
	(void)at;
	if (!policy_of(j)->has_lf || !policy_of(j)->has_crlf)
		return false;
	f->detail = STR("LF and CRLF");
	found_seq(f, session_policy_seq(j->s));
	return true;
}

const struct rule rules_policy[] = {
	{ FINDING_POLICY_VERSION_MISSING, ABOUT_WALK, BY_POLICY_HOST, policy_version_missing },
	{ FINDING_POLICY_VERSION_BAD, ABOUT_WALK, BY_POLICY_HOST, policy_version_bad },
	{ FINDING_POLICY_VERSION_NOT_FIRST, ABOUT_WALK, BY_POLICY_HOST, policy_version_not_first },
	{ FINDING_POLICY_MODE_MISSING, ABOUT_WALK, BY_POLICY_HOST, policy_mode_missing },
	{ FINDING_POLICY_MODE_UNKNOWN, ABOUT_WALK, BY_POLICY_HOST, policy_mode_unknown },
	{ FINDING_POLICY_MODE_TESTING, ABOUT_WALK, BY_DOMAIN, policy_mode_testing },
	{ FINDING_POLICY_MODE_NONE, ABOUT_WALK, BY_DOMAIN, policy_mode_none },
	{ FINDING_POLICY_MAX_AGE_MISSING, ABOUT_WALK, BY_POLICY_HOST, policy_max_age_missing },
	{ FINDING_POLICY_MAX_AGE_BAD, ABOUT_WALK, BY_POLICY_HOST, policy_max_age_bad },
	{ FINDING_POLICY_MAX_AGE_OVER, ABOUT_WALK, BY_POLICY_HOST, policy_max_age_over },
	{ FINDING_POLICY_MAX_AGE_ZERO, ABOUT_WALK, BY_DOMAIN, policy_max_age_zero },
	{ FINDING_POLICY_MAX_AGE_SHORT, ABOUT_WALK, BY_DOMAIN, policy_max_age_short },
	{ FINDING_POLICY_MX_MISSING, ABOUT_WALK, BY_POLICY_HOST, policy_mx_missing },
	{ FINDING_POLICY_MX_BAD, ABOUT_LINE, BY_POLICY_HOST, policy_mx_bad },
	{ FINDING_POLICY_MX_SEVERAL, ABOUT_LINE, BY_POLICY_HOST, policy_mx_several },
	{ FINDING_POLICY_MX_BROAD, ABOUT_PATTERN, BY_DOMAIN, policy_mx_broad },
	{ FINDING_POLICY_MX_UNUSED, ABOUT_PATTERN, BY_DOMAIN, policy_mx_unused },
	{ FINDING_POLICY_KEY_DUPLICATE, ABOUT_LINE, BY_POLICY_HOST, policy_key_duplicate },
	{ FINDING_POLICY_KEY_UNKNOWN, ABOUT_LINE, BY_POLICY_HOST, policy_key_unknown },
	{ FINDING_POLICY_KEY_CASE, ABOUT_LINE, BY_POLICY_HOST, policy_key_case },
	{ FINDING_POLICY_LINE_SYNTAX, ABOUT_LINE, BY_POLICY_HOST, policy_line_syntax },
	{ FINDING_POLICY_BLANK_LINE, ABOUT_WALK, BY_POLICY_HOST, policy_blank_line },
	{ FINDING_POLICY_EOL_MIXED, ABOUT_WALK, BY_POLICY_HOST, policy_eol_mixed },
	{ 0 },
};
