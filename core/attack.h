/*
 * attack: what becomes of the message while somebody on the way interferes (RFC 8461 section 10):
 * for teaching, on the evidence of a walk, as an overlay of the scene. Nothing is ever attacked.
 */
#ifndef STS_ATTACK_H
#define STS_ATTACK_H

#include "core/outlook.h"

enum attack {
#define ATTACK(constant, id, words, rfc) ATTACK_##constant,
#include "core/attack.def"
#undef ATTACK
	attack_count
};
#define ATTACK_BIT(attack) (1U << (attack))

struct attack_type {
	const char *id, *words, *rfc;
};
const struct attack_type *attack_type(enum attack attack);

enum attack_victim {
	VICTIM_PLAIN, /* knows neither MTA-STS nor DANE */
	VICTIM_FRESH, /* does both, and never fetched the policy */
	VICTIM_CACHED, /* does both, and holds the policy that is published, else a known copy */
	attack_victim_count
};

enum attack_fate {
	FATE_SAFE, /* delivered, validated */
	FATE_OPEN, /* delivered, unvalidated; the attacker does not read it */
	FATE_WAITS,
	FATE_RETURNED, /* nothing takes mail, attack or not */
	FATE_LEAKS, /* delivered to whoever attacks, or under his eyes */
	FATE_UNKNOWN,
};
const char *attack_fate_name(enum attack_fate fate); /* "safe" "LEAKS" ... */

struct attack_outcome {
	enum attack_fate fate;
	const struct sim_scene *scene; /* as this victim sees it */
	struct sim_result result; /* with steps */
};

/* set: ATTACK_BIT()s of all that go on at once; 0 for none. */
void attack_try(struct arena *a, const struct judgement *j, unsigned set, enum attack_victim victim,
	struct attack_outcome *out);
/* cache-first-contact: discovery is suppressed and a first message leaks. */
bool attack_shows_first_contact(struct arena *a, const struct judgement *j, unsigned set);

#endif
