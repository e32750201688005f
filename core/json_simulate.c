#include "core/json_simulate.h"

#include "core/planned.h"
#include "core/senders.h"

static json_t *
host_node(const struct sim_scene *scene, const struct sim_result *result, size_t index)
{
	const struct sim_host_result *r = &result->hosts[index];
	json_t *object = jnode_object();

	jnode_set(object, "host", jnode_text(scene->hosts[index].name));
	jnode_set(object, "preference", jnode_int_or_null(scene->hosts[index].preference));
	jnode_set(object, "decision", jnode_word(decision_name(r->decision)));
	jnode_set(object, "reason",
		jnode_word(sim_reason_is_well(r->reason) ? NULL : sim_reason_name(r->reason)));
	jnode_set(object, "result_type", jnode_word(r->result_type));
	return object;
}

static json_t *
steps_node(const struct sim_scene *scene, const struct sim_result *result)
{
	json_t *list = jnode_list();
	struct arena a = { 0 };

	for (size_t i = 0; i < result->step_count; i++)
		jnode_add(list, jnode_text(sim_step_text(&a, scene, &result->steps[i])));
	arena_release(&a);
	return list;
}

static json_t *
mode_node(const struct sim_scene *scene, const struct sim_result *result)
{
	json_t *object = jnode_object(), *hosts = jnode_list();
	const struct sim_host *host = NULL;

	if (result->host != SIM_NOWHERE)
		host = &scene->hosts[result->host];
	for (size_t i = 0; i < scene->host_count; i++)
		jnode_add(hosts, host_node(scene, result, i));
	jnode_set(object, "outcome", jnode_word(mail_outcome_name(result->outcome)));
	jnode_set(object, "host", host != NULL ? jnode_text(host->name) : jnode_null());
	jnode_set(object, "address",
		host != NULL && result->address != SIM_NOWHERE
			? jnode_text(host->addresses[result->address].text)
			: jnode_null());
	jnode_set(object, "hosts", hosts);
	jnode_set(object, "steps", steps_node(scene, result));
	return object;
}

static json_t *
modes_node(const struct outlook *o)
{
	json_t *object = jnode_object();

	for (int mode = POLICY_MODE_NONE; mode <= POLICY_MODE_ENFORCE; mode++) {
		const bool is_there = mode == POLICY_MODE_NONE || o->has_patterns;

		jnode_set(object, policy_mode_name((enum policy_mode)mode),
			is_there ? mode_node(o->scene, &o->modes[mode]) : jnode_null());
	}
	return object;
}

static json_t *
cached_node(const struct outlook *o)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < o->cached_count; i++) {
		const struct cached_outlook *c = &o->cached[i];
		json_t *object = jnode_object();

		jnode_set(object, "source", jnode_text(c->cached->event->source));
		jnode_set(object, "outcome", jnode_word(mail_outcome_name(c->now.outcome)));
		jnode_set(object, "heals_at",
			c->heals_s >= 0 ? jnode_time_s(c->heals_s) : jnode_null());
		jnode_add(list, object);
	}
	return list;
}

static json_t *
habits_node(const struct sender_outlook *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < s->habit_count; i++) {
		json_t *object = jnode_object();

		jnode_set(object, "point", jnode_word(s->habits[i]->point));
		jnode_set(object, "effect", jnode_word(habit_effect_name(s->habits[i]->effect)));
		jnode_set(object, "note", jnode_word(s->habits[i]->note));
		jnode_add(list, object);
	}
	return list;
}

static json_t *
senders_node(const struct judgement *j)
{
	struct sender_outlook all[sender_count];
	json_t *list = jnode_list();
	struct arena a = { 0 };

	senders_make(&a, j, all);
	for (size_t i = 0; i < sender_count; i++) {
		json_t *object = jnode_object();

		jnode_set(object, "id", jnode_word(all[i].type->id));
		jnode_set(object, "outcome", jnode_word(mail_outcome_name(all[i].now.outcome)));
		jnode_set(object, "differs", habits_node(&all[i]));
		jnode_add(list, object);
	}
	arena_release(&a);
	return list;
}

static json_t *
planned_node(const struct judgement *j)
{
	struct planned_host *hosts = NULL;
	json_t *list = jnode_list();
	struct arena a = { 0 };
	size_t count = 0;

	if (j->planned != NULL)
		hosts = planned_hosts(&a, j->planned, &count);
	for (size_t i = 0; i < count; i++) {
		json_t *object = jnode_object();

		jnode_set(object, "host", jnode_text(hosts[i].host->host->name));
		jnode_set(object, "ready_for_enforce", json_ready(hosts[i].ready));
		jnode_set(object, "reason",
			jnode_word(hosts[i].ready == READY_YES ? NULL
							       : sim_reason_name(hosts[i].reason)));
		jnode_set(object, "also",
			jnode_word(
				hosts[i].also == SIM_WELL ? NULL : sim_reason_name(hosts[i].also)));
		jnode_add(list, object);
	}
	arena_release(&a);
	return list;
}

json_t *
json_simulate(const struct judgement *j, const struct outlook *o)
{
	json_t *object = jnode_object();
	jnode_set(object, "published_mode",
		jnode_word(o->scene->is_policy_usable ? policy_mode_name(o->scene->mode) : NULL));
	jnode_set(object, "modes", modes_node(o));
	jnode_set(object, "cached", cached_node(o));
	jnode_set(object, "senders", senders_node(j));
	jnode_set(object, "planned", planned_node(j));
	return object;
}

json_t *
json_cache(const struct session *s)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < s->cached_count; i++) {
		const struct cached_policy *c = &s->cached[i];
		json_t *object = jnode_object();

		jnode_set(object, "source", jnode_text(c->event->source));
		jnode_set(object, "fetched", jnode_time_s(c->fetched_s));
		jnode_set(object, "expires", jnode_time_s(c->expires_s));
		jnode_set(object, "id", jnode_text_or_null(c->event->id));
		jnode_set(object, "mode", jnode_word(policy_mode_name(c->policy.mode)));
		jnode_add(list, object);
	}
	return list;
}

json_t *
json_ready(enum ready ready)
{
	return ready == READY_UNKNOWN ? jnode_null() : jnode_bool(ready == READY_YES);
}
