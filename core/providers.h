/*
 * providers: what is known of mail providers by the names of their MX hosts (providers.def).
 */
#ifndef STS_PROVIDERS_H
#define STS_PROVIDERS_H

#include "core/arena.h"
#include "core/name.h"

struct provider {
	const char *suffix, *name, *patterns, *source, *looked_at, *mistake;
};

/* Whose host it is; NULL if nobody's that is known. */
const struct provider *provider_of_host(struct str host);
/* Whose hosts a pattern of a policy speaks of, "*." or not. */
const struct provider *provider_of_pattern(struct str pattern);
/* The policy lines for a host: "mx: PATTERN" a line each; the host's own name where the provider has
 * no fixed names. */
struct str provider_lines(struct arena *a, const struct provider *p, struct str host);
/* "Exchange Online: ... (documented at ..., looked at 2026-11)". */
struct str provider_advice(struct arena *a, const struct provider *p);

#endif
