#include "core/attack.h"

#define READING (ATTACK_BIT(ATTACK_STRIP) | ATTACK_BIT(ATTACK_SWAP) | ATTACK_BIT(ATTACK_FORGE))
#define HIDING (ATTACK_BIT(ATTACK_BLOCK) | ATTACK_BIT(ATTACK_DROP))

static const struct attack_type types[] = {
#define ATTACK(constant, id, words, rfc) { id, words, rfc },
#include "core/attack.def"
#undef ATTACK
};

const struct attack_type *
attack_type(enum attack attack)
{
	return &types[attack];
}

const char *
attack_fate_name(enum attack_fate fate)
{
	static const char *const names[] = {
		[FATE_SAFE] = "safe",
		[FATE_OPEN] = "open",
		[FATE_WAITS] = "waits",
		[FATE_RETURNED] = "returned",
		[FATE_LEAKS] = "LEAKS",
		[FATE_UNKNOWN] = "unknown",
	};

	return names[fate];
}

static void
strip(struct sim_address *a)
{
	if (a->trouble <= TROUBLE_CONN && a->trouble != TROUBLE_NONE)
		return;
	a->trouble = TROUBLE_STARTTLS;
	a->is_unsure = false;
	sim_break_dane(a, false);
}

static void
swap(struct sim_address *a)
{
	if (a->trouble != TROUBLE_NONE && a->trouble != TROUBLE_CERT)
		return;
	a->trouble = TROUBLE_CERT;
	a->cert = SIM_CERT_UNTRUSTED;
	a->is_unsure = false;
	sim_break_dane(a, true);
}

/*
 * One host of the attacker, with a certificate that is right for its own name. Whatever the true
 * answer is, also that nobody takes mail, another one stands in its place.
 */
static void
forge(struct arena *a, struct sim_scene *scene, enum attack_victim victim)
{
	if (scene->mx == SIM_MX_IS_PENDING || scene->mx == SIM_MX_IS_UNKNOWN)
		return;
	/* Signed MX records cannot be forged for whoever checks signatures, as DANE does. */
	if (scene->has_dane && victim != VICTIM_PLAIN) {
		scene->mx = SIM_MX_IS_FAILING;
		return;
	}
	scene->mx = SIM_MX_IS_LIST;
	scene->host_count = 1;
	scene->hosts = arena_new(a, struct sim_host);
	scene->hosts->name = STR("mx.attacker.example");
	scene->hosts->is_settled = true;
	scene->hosts->count = 1;
	scene->hosts->addresses = arena_new(a, struct sim_address);
	scene->hosts->addresses->text = STR("192.0.2.66");
	scene->hosts->addresses->trouble = TROUBLE_NONE;
	scene->hosts->addresses->dane = DANE_NONE;
}

static struct sim_scene *
overlay(struct arena *a, const struct judgement *j, unsigned set, enum attack_victim victim)
{
	struct sim_scene *scene = sim_scene_copy(a, j->scene);

	if (set & ATTACK_BIT(ATTACK_FORGE))
		forge(a, scene, victim);
	for (size_t i = 0; i < scene->host_count; i++) {
		for (size_t k = 0; k < scene->hosts[i].count; k++) {
			struct sim_address *at = &scene->hosts[i].addresses[k];

			if (set & ATTACK_BIT(ATTACK_SWAP))
				swap(at);
			if (set & ATTACK_BIT(ATTACK_STRIP))
				strip(at);
		}
	}
	return scene;
}

static enum attack_fate
fate_of(unsigned set, enum mail_outcome outcome)
{
	switch (outcome) {
	case MAIL_DELIVERED_VALIDATED:
		return FATE_SAFE;
	case MAIL_DELIVERED_UNVALIDATED:
		return set & READING ? FATE_LEAKS : FATE_OPEN;
	case MAIL_DEFERRED:
		return FATE_WAITS;
	case MAIL_UNDELIVERABLE:
		return FATE_RETURNED;
	case MAIL_NOT_KNOWN_YET:
	case MAIL_UNKNOWN:
		break;
	}
	return FATE_UNKNOWN;
}

/* Where nothing usable is published any more, copies of before go on binding (RFC 8461 5.1, 8.3). */
static const struct policy *
policy_of(const struct judgement *j, enum attack_victim victim)
{
	if (j->scene->is_policy_usable)
		return j->scene->policy;
	if (victim == VICTIM_CACHED && j->outlook->worst != NULL)
		return &j->outlook->worst->cached->policy;
	return NULL;
}

void
attack_try(struct arena *a, const struct judgement *j, unsigned set, enum attack_victim victim,
	struct attack_outcome *out)
{
	struct sim_scene *scene = overlay(a, j, set, victim);
	struct sim_sender sender = { .is_mode_known = scene->is_mode_known, .mode = scene->mode };
	const bool is_hidden = (set & HIDING) != 0 && victim == VICTIM_FRESH;
	const struct policy *policy;

	sender.ignores_sts = sender.ignores_dane = victim == VICTIM_PLAIN;
	if (is_hidden) {
		sender.is_mode_known = true;
		sender.mode = POLICY_MODE_NONE;
	}
	policy = is_hidden ? NULL : policy_of(j, victim);
	if (policy != NULL) {
		sender.is_mode_known = true;
		sender.mode = policy->mode;
		if (policy->mx_count > 0)
			sender.is_listed = sim_listed(
				a, scene, policy->mx, policy->mx_count, false);
	}
	out->scene = scene;
	simulate(a, scene, &sender, true, &out->result);
	out->fate = fate_of(set, out->result.outcome);
}

bool
attack_shows_first_contact(struct arena *a, const struct judgement *j, unsigned set)
{
	struct attack_outcome fresh;

	if ((set & HIDING) == 0 || !j->scene->is_policy_usable)
		return false;
	attack_try(a, j, set, VICTIM_FRESH, &fresh);
	return fresh.fate == FATE_LEAKS;
}
