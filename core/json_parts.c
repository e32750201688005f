#include "core/json_parts.h"

#include <string.h>

#include "core/since.h"

json_t *
json_tool(struct str version)
{
	json_t *object = jnode_object();

	jnode_set(object, "name", jnode_word("stswalk"));
	jnode_set(object, "version", jnode_text(version));
	return object;
}

/* "MTASTS_A MTASTS_B" as a list. */
static json_t *
aliases(const char *text)
{
	json_t *list = jnode_list();
	struct str rest = str_of(text), part;

	while (str_split(&rest, ' ', &part))
		if (part.n > 0)
			jnode_add(list, jnode_text(part));
	return list;
}

static json_t *
evidence(const struct finding *f)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < f->evidence_count; i++)
		jnode_add(list, jnode_int(f->evidence[i]));
	return list;
}

json_t *
json_finding(const struct finding *f)
{
	/* The report's set of who may be to blame is closed and has no "nobody". */
	const enum blame blame = f->blame == BLAME_NOBODY ? BLAME_UNKNOWN : f->blame;
	json_t *object = jnode_object();

	jnode_set(object, "id", jnode_word(f->type->name));
	jnode_set(object, "alias", aliases(f->type->alias));
	jnode_set(object, "severity", jnode_word(severity_name(f->severity)));
	jnode_set(object, "effect", jnode_word(effect_name(f->effect)));
	jnode_set(object, "stage", jnode_word(stage_name(f->stage)));
	jnode_set(object, "subject", jnode_text(f->subject));
	jnode_set(object, "blame", jnode_word(blame_name(blame)));
	jnode_set(object, "result_type", jnode_text_or_null(f->result_type));
	jnode_set(object, "rfc", jnode_text(str_of(f->type->rfc)));
	jnode_set(object, "title", jnode_text(str_of(f->type->title)));
	jnode_set(object, "detail", jnode_text(f->detail));
	jnode_set(object, "fix", jnode_block(f->fix));
	jnode_set(object, "by_hand", jnode_block(f->by_hand));
	jnode_set(object, "evidence", evidence(f));
	return object;
}

json_t *
json_findings(const struct finding *findings, size_t count)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < count; i++)
		jnode_add(list, json_finding(&findings[i]));
	return list;
}

static json_t *
policy_line(const struct policy_line *line)
{
	json_t *object = jnode_object();

	jnode_set(object, "n", jnode_int(line->number));
	jnode_set(object, "text", jnode_text(line->text));
	jnode_set(object, "eol", jnode_word(policy_eol_name(line->eol)));
	jnode_set(object, "key", jnode_text_or_null(line->key));
	jnode_set(object, "note", jnode_word(policy_note_name(line->note)));
	return object;
}

void
json_set_policy(json_t *object, const struct policy *p, bool has_body)
{
	const bool has_mode = p->mode != POLICY_MODE_UNKNOWN;
	json_t *mx = jnode_list(), *lines = jnode_list();

	for (size_t i = 0; i < p->mx_count; i++)
		if (p->mx[i].is_valid)
			jnode_add(mx, jnode_text(p->mx[i].text));
	for (size_t i = 0; i < p->line_count; i++)
		jnode_add(lines, policy_line(&p->lines[i]));
	jnode_set(object, "valid", jnode_bool(p->is_valid));
	jnode_set(object, "version", p->is_version_ok ? jnode_text(p->version) : jnode_null());
	jnode_set(object, "mode", jnode_word(has_mode ? policy_mode_name(p->mode) : NULL));
	jnode_set(object, "max_age",
		p->is_max_age_ok ? jnode_int((int64_t)p->max_age_s) : jnode_null());
	jnode_set(object, "mx", mx);
	if (has_body)
		jnode_set(object, "body", jnode_block(p->body));
	jnode_set(object, "lines", lines);
}

json_t *
json_rua(const struct tlsrpt *t)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < t->rua_count; i++)
		jnode_add(list, jnode_text(t->rua[i].uri));
	return list;
}

void
json_set_match(json_t *object, const struct policy_pattern *patterns, size_t count, struct str host,
	const struct match_result *match)
{
	struct arena a = { 0 };
	json_t *pattern = jnode_null(), *near_miss = jnode_null();

	if (match->is_match && match->pattern < count)
		pattern = jnode_text(patterns[match->pattern].text);
	else if (!match->is_match && match->nearest < count)
		near_miss = jnode_text(
			match_explain(&a, patterns[match->nearest].text, host, match->near));
	jnode_set(object, "ok", jnode_bool(match->is_match));
	jnode_set(object, "pattern", pattern);
	jnode_set(object, "near_miss", near_miss);
	arena_release(&a);
}

json_t *
json_id(const struct txt_set *set)
{
	return set->verdict == TXT_VERDICT_VALID ? jnode_text(set->chosen->id) : jnode_null();
}

json_t *
json_again(const struct session *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < s->round_count; i++) {
		const struct ev_walk_again *again = s->rounds[i]->payload;
		json_t *item = jnode_object();

		jnode_set(item, "at", jnode_time_ms(again->at_ms));
		jnode_set(item, "reason", jnode_word(again_reason_name(again->reason)));
		jnode_set(item, "parts", jnode_texts(again->parts));
		jnode_set(item, "hosts", jnode_texts(again->hosts));
		jnode_add(list, item);
	}
	return list;
}

json_t *
json_last_walk(const struct view_input *in)
{
	const struct ev_last_walk *last = in->session->last_walk;
	struct arena a = { 0 };
	struct since since;
	json_t *object;

	if (last == NULL)
		return jnode_null();
	since_compare(&a, in, &since);
	object = jnode_object();
	jnode_set(object, "started",
		last->started_ms < 0 ? jnode_null() : jnode_time_ms(last->started_ms));
	jnode_set(object, "walks", jnode_int_or_null(last->walks));
	jnode_set(object, "compared", jnode_bool(since.is_known));
	jnode_set(object, "changes", jnode_texts(since.changes));
	jnode_set(object, "findings_gone", jnode_int((int64_t)since.findings_gone));
	jnode_set(object, "findings_new", jnode_int((int64_t)since.findings_new));
	arena_release(&a);
	return object;
}
