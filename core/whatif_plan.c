/* The settings of a walk with their edits, and the policy file that comes of them. */
#include "core/whatif.h"

#include "core/buf.h"
#include "core/dates.h"
#include "core/lint.h"
#include "core/rollout.h"

#define PROPOSED_MAX_AGE_S 86400
#define TEXT_MAX (2 * LIMIT_POLICY_BYTES)
#define ID_MAX 32
#define PREFERENCE_MAX 65535

struct entry {
	struct str walked; /* empty: nothing was */
	struct str base; /* what is edited: as walked, or proposed */
	struct str value;
};

struct maker {
	struct arena *a;
	const struct judgement *j;
	const struct whatif_edit *draft;
	struct policy base;
	struct entry mode, max_age, *patterns;
	size_t pattern_count, base_patterns;
	struct str typed_id; /* empty: as published, or proposed */
	size_t walked_hosts;
	struct whatif_plan *out;
};

/* Whether there is anything of a policy that could be edited. */
static bool
is_editable(const struct policy *p)
{
	return p != NULL && (p->mode_line > 0 || p->mx_count > 0);
}

static struct entry
field_of(const struct maker *m, struct str value)
{
	return (struct entry){ m->out->is_proposed ? STR_EMPTY : value, value, value };
}

static void
begin_policy(struct maker *m)
{
	const struct judgement *j = m->j;

	m->out->is_proposed = !is_editable(j->scene->policy);
	if (m->out->is_proposed)
		policy_parse(m->a,
			rollout_policy_text(m->a, j, POLICY_MODE_TESTING, PROPOSED_MAX_AGE_S),
			&m->base);
	else
		m->base = *j->scene->policy;
	m->mode = field_of(m, m->base.mode_text);
	m->max_age = field_of(m, m->base.max_age_text);
	m->base_patterns = m->pattern_count = m->base.mx_count;
	m->patterns = arena_array(m->a, m->pattern_count + 1, sizeof(*m->patterns));
	for (size_t i = 0; i < m->pattern_count; i++)
		m->patterns[i] = field_of(m, m->base.mx[i].text);
}

static void
begin_hosts(struct maker *m)
{
	const struct sim_scene *scene = m->j->scene;

	m->walked_hosts = m->out->host_count = scene->host_count;
	m->out->hosts = arena_array(m->a, scene->host_count + 1, sizeof(*m->out->hosts));
	for (size_t i = 0; i < scene->host_count; i++)
		m->out->hosts[i] = (struct whatif_planned){ .name = scene->hosts[i].name,
			.preference = scene->hosts[i].preference,
			.walked = &scene->hosts[i],
			.choice = WHATIF_AS_WALKED };
}

static void
set_pattern(struct maker *m, size_t index, struct str text)
{
	if (index >= m->pattern_count) {
		if (text.n == 0)
			return;
		index = m->pattern_count;
		m->patterns = arena_grow(m->a, m->patterns, index, index + 1, sizeof(*m->patterns));
		m->patterns[m->pattern_count++] = (struct entry){ 0 };
	}
	m->patterns[index].value = text;
}

/* Behind all others, unless it is typed as in a zone: "5 mx3.example.com". */
static void
name_host(struct maker *m, struct whatif_planned *h, struct str text)
{
	const size_t blank = str_find(text, ' ');
	struct str name;
	uint64_t preference;

	h->preference = 0;
	for (size_t i = 0; i < m->out->host_count; i++) {
		const struct whatif_planned *other = &m->out->hosts[i];

		if (other != h && other->preference + 10 > h->preference)
			h->preference = other->preference + 10;
	}
	if (blank < text.n && str_to_u64(str_sub(text, 0, blank), PREFERENCE_MAX, &preference)) {
		h->preference = (int64_t)preference;
		text = str_trim(str_skip(text, blank));
	}
	if (h->preference > PREFERENCE_MAX)
		h->preference = PREFERENCE_MAX;
	h->name = text;
	if (name_to_ascii(m->a, text, &name) && name.n > 0)
		h->name = name_no_dot(name);
}

static void
set_host(struct maker *m, const struct whatif_edit *edit, struct str text)
{
	struct whatif_plan *out = m->out;
	size_t index = edit->index;

	if (index >= out->host_count) {
		if (text.n == 0)
			return;
		index = out->host_count;
		out->hosts = arena_grow(m->a, out->hosts, index, index + 1, sizeof(*out->hosts));
		out->hosts[out->host_count++] = (struct whatif_planned){ 0 };
	}
	if (text.n == 0)
		out->hosts[index].choice = edit->choice;
	else if (index >= m->walked_hosts)
		name_host(m, &out->hosts[index], text);
}

static void
apply(struct maker *m, const struct whatif_edit *edit)
{
	const struct str text = str_trim(edit->text);

	switch (edit->kind) {
	case WHATIF_MODE:
		m->mode.value = str_of(policy_mode_name((enum policy_mode)edit->choice));
		break;
	case WHATIF_PATTERN:
		set_pattern(m, edit->index, text);
		break;
	case WHATIF_MAX_AGE:
		m->max_age.value = text;
		break;
	case WHATIF_ID:
		m->typed_id = text;
		break;
	case WHATIF_HOST:
		set_host(m, edit, text);
		break;
	case WHATIF_FETCH:
		m->out->fetch = edit->choice;
		break;
	}
}

/* A value is one line, whatever bytes it is made of; an empty one is none. */
static void
add_line(struct buf *out, const char *key, struct str value)
{
	if (value.n == 0)
		return;
	buf_addf(out, "%s: ", key);
	for (size_t i = 0; i < value.n; i++)
		buf_add_char(out, value.p[i] == '\r' || value.p[i] == '\n' ? '?' : value.p[i]);
	buf_add_text(out, "\r\n");
}

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	}
	return true;
}

/* Fields that this program does not know are kept, where they are plain text. */
static void
add_extensions(const struct maker *m, struct buf *out)
{
	for (size_t i = 0; i < m->base.line_count; i++) {
		const struct policy_line *line = &m->base.lines[i];

		if (line->note != POLICY_NOTE_KEY_UNKNOWN || !is_printable(line->text))
			continue;
		buf_add(out, line->text);
		buf_add_text(out, "\r\n");
	}
}

static bool
is_other_policy(const struct maker *m)
{
	bool is_other = m->out->is_proposed || !str_eq(m->mode.value, m->mode.base) ||
			!str_eq(m->max_age.value, m->max_age.base);

	for (size_t i = 0; i < m->pattern_count; i++)
		is_other |= !str_eq(m->patterns[i].value, m->patterns[i].base);
	return is_other;
}

static void
make_policy(struct maker *m)
{
	struct whatif_plan *out = m->out;
	struct buf text = BUF_INIT(TEXT_MAX);
	struct policy *parsed = arena_new(m->a, struct policy);
	const struct finding_type *worst;

	out->is_policy_new = is_other_policy(m);
	out->policy = out->is_proposed ? STR_EMPTY : m->base.body;
	out->parsed = m->j->scene->policy;
	if (out->is_policy_new) {
		buf_add_text(&text, "version: STSv1\r\n");
		add_line(&text, "mode", m->mode.value);
		for (size_t i = 0; i < m->pattern_count; i++)
			add_line(&text, "mx", m->patterns[i].value);
		add_line(&text, "max_age", m->max_age.value);
		add_extensions(m, &text);
		out->policy = arena_str(m->a, buf_str(&text));
		policy_parse(m->a, out->policy, parsed);
		out->parsed = parsed;
	}
	buf_release(&text);
	worst = lint_policy_worst(out->policy, m->j->scene->as_of_s, &out->is_valid);
	out->fault = worst != NULL ? worst->name : NULL;
}

static bool
is_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (!ascii_is_alnum(id.p[i]))
			return false;
	}
	return id.n > 0 && id.n <= ID_MAX;
}

static void
make_id(struct maker *m)
{
	const struct sim_scene *scene = m->j->scene;
	struct whatif_plan *out = m->out;

	out->id = scene->id;
	if (m->typed_id.n > 0)
		out->id = m->typed_id;
	else if (out->is_policy_new)
		out->id = id_of_today(m->a, scene->as_of_s);
	if (m->typed_id.n == 0 && out->is_policy_new && str_eq(out->id, scene->id))
		out->id = id_of_today(m->a, scene->as_of_s + 1);
	out->is_id_new = !str_eq(out->id, scene->id);
	out->is_id_ok = is_id(out->id) && (out->is_id_new || !out->is_policy_new);
}

static struct whatif_setting *
add_setting(struct maker *m, enum whatif_kind kind, size_t index)
{
	struct whatif_setting *s = &m->out->settings[m->out->count++];

	*s = (struct whatif_setting){ .kind = kind, .index = index, .same = WHATIF_AS_WALKED };
	return s;
}

static bool
is_typed(const struct maker *m, const struct whatif_setting *s)
{
	return m->draft != NULL && m->draft->kind == s->kind && m->draft->index == s->index;
}

/* is_edited: the value is not the one that the edits began with. */
static void
mark(struct maker *m, struct whatif_setting *s, bool is_edited)
{
	m->out->changed += is_edited ? 1 : 0;
	if (is_typed(m, s))
		s->mark = WHATIF_TYPING;
	else if (is_edited)
		s->mark = WHATIF_CHANGED;
	else if (m->out->is_proposed && !str_eq(s->value, s->walked))
		s->mark = WHATIF_PROPOSED;
}

static struct whatif_setting *
add_field(struct maker *m, enum whatif_kind kind, size_t index, const struct entry *f)
{
	struct whatif_setting *s = add_setting(m, kind, index);

	s->walked = f->walked;
	s->value = f->value;
	mark(m, s, !str_eq(f->value, f->base));
	return s;
}

static void
add_patterns(struct maker *m)
{
	struct whatif_setting *s;

	for (size_t i = 0; i < m->pattern_count; i++) {
		const struct entry *f = &m->patterns[i];
		size_t at;
		const enum mx_fault fault = mx_pattern_check(f->value, &at);

		s = add_field(m, WHATIF_PATTERN, i, f);
		if (f->value.n > 0 && fault != MX_FAULT_NONE)
			s->error = str_of(mx_fault_text(fault));
		else if (f->value.n == 0 && s->mark == WHATIF_CHANGED)
			s->mark = WHATIF_REMOVED;
	}
	s = add_setting(m, WHATIF_PATTERN, m->pattern_count);
	s->is_new = true;
}

static void
add_policy_settings(struct maker *m)
{
	const struct policy *p = m->out->parsed;
	struct whatif_setting *s = add_field(m, WHATIF_MODE, 0, &m->mode);

	s->is_choice = true;
	s->choice = p != NULL ? (int)p->mode : POLICY_MODE_UNKNOWN;
	if (s->choice == POLICY_MODE_UNKNOWN)
		s->error = STR("none, testing or enforce may stand here");
	add_patterns(m);
	s = add_field(m, WHATIF_MAX_AGE, 0, &m->max_age);
	if (p != NULL && p->is_max_age_over)
		s->error = STR("31557600 seconds at most (RFC 8461 3.2)");
	else if (p == NULL || !p->is_max_age_ok)
		s->error = STR("seconds, in digits only (RFC 8461 3.2)");
	s = add_setting(m, WHATIF_ID, 0);
	s->walked = m->j->scene->id;
	s->value = m->out->id;
	mark(m, s, m->typed_id.n > 0 && m->out->is_id_new);
	if (s->mark == WHATIF_UNCHANGED && m->out->is_id_new)
		s->mark = WHATIF_PROPOSED;
	if (!m->out->is_id_ok && s->value.n > 0)
		s->error = is_id(s->value)
				   ? STR("published already: nobody would fetch the new file")
				   : STR("1 to 32 letters and digits (RFC 8461 3.1)");
}

/* What is wrong with the name of a host that was typed. */
static struct str
host_error(const struct maker *m, size_t index)
{
	const struct whatif_planned *h = &m->out->hosts[index];

	if (!name_is_host(m->a, h->name) || name_is_ipv6(h->name))
		return STR("no host name: labels of letters, digits and hyphens");
	for (size_t i = 0; i < index; i++) {
		if (m->out->hosts[i].choice != WHATIF_HOST_REMOVED &&
			name_eq(m->out->hosts[i].name, h->name))
			return STR("an MX host already");
	}
	return STR_EMPTY;
}

static void
add_host(struct maker *m, size_t index)
{
	struct whatif_planned *h = &m->out->hosts[index];
	struct whatif_setting *s = add_setting(m, WHATIF_HOST, index);
	bool is_edited = h->choice != WHATIF_HOST_REMOVED;

	s->name = h->name;
	s->choice = h->choice;
	s->is_choice = true;
	if (h->walked != NULL) {
		s->walked = whatif_walked_words(m->a, h->walked);
		s->same = whatif_same(h->walked);
		s->has_walked = true;
		is_edited = h->choice != WHATIF_AS_WALKED;
	} else {
		s->error = host_error(m, index);
		s->is_choice = s->error.n == 0;
	}
	s->value = h->choice == WHATIF_AS_WALKED ? s->walked : str_of(whatif_host_words(h->choice));
	h->is_usable = s->error.n == 0 && h->choice != WHATIF_HOST_REMOVED;
	mark(m, s, is_edited);
	if (s->mark == WHATIF_PROPOSED)
		s->mark = WHATIF_UNCHANGED;
	else if (s->mark == WHATIF_CHANGED && h->choice == WHATIF_HOST_REMOVED)
		s->mark = WHATIF_REMOVED;
	else if (s->mark == WHATIF_CHANGED && h->walked == NULL)
		s->mark = WHATIF_PLANNED;
}

static void
add_fetch(struct maker *m)
{
	struct whatif_setting *s = add_setting(m, WHATIF_FETCH, 0);

	s->is_choice = true;
	s->choice = m->out->fetch;
	s->walked = whatif_walked_fetch(m->a, m->j->session);
	s->value = str_of(whatif_fetch_words(s->choice));
	mark(m, s, s->choice != WHATIF_FETCH_OK);
}

static void
make_settings(struct maker *m)
{
	const size_t room = m->pattern_count + m->out->host_count + 6;
	struct whatif_setting *s;

	m->out->settings = arena_array(m->a, room, sizeof(*m->out->settings));
	add_policy_settings(m);
	for (size_t i = 0; i < m->out->host_count; i++)
		add_host(m, i);
	s = add_setting(m, WHATIF_HOST, m->out->host_count);
	s->is_new = true;
	add_fetch(m);
}

void
whatif_plan(struct arena *a, const struct judgement *j, const struct whatif *w,
	const struct whatif_edit *draft, struct whatif_plan *out)
{
	struct maker m = { .a = a, .j = j, .draft = draft, .out = out };

	*out = (struct whatif_plan){ .fetch = WHATIF_FETCH_OK };
	begin_policy(&m);
	begin_hosts(&m);
	for (size_t i = 0; j->is_final && i < w->count; i++)
		apply(&m, &w->edits[i]);
	if (j->is_final && draft != NULL)
		apply(&m, draft);
	make_policy(&m);
	make_id(&m);
	make_settings(&m);
}
