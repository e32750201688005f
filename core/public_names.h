/*
 * public_names: names under which anybody can register, as far as their shape tells. No list of
 * public suffixes is kept: this is for not asking there, never for a verdict.
 */
#ifndef STS_PUBLIC_NAMES_H
#define STS_PUBLIC_NAMES_H

#include "core/name.h"

/* No name at all, a single label, or one like "co.uk" and "com.au". */
bool name_is_public(struct str name);

#endif
