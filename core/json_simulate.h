/*
 * json_simulate: the simulator's part of the report's JSON; docs/internals/commands.md says what
 * each field means.
 */
#ifndef STS_JSON_SIMULATE_H
#define STS_JSON_SIMULATE_H

#include "core/jnode.h"
#include "core/outlook.h"

json_t *json_simulate(const struct judgement *j, const struct outlook *o);
json_t *json_cache(const struct session *s);
json_t *json_ready(enum ready ready);

#endif
