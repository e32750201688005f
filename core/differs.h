/*
 * differs: which real senders treat what a finding saw otherwise than RFC 8461, from senders.def.
 */
#ifndef STS_DIFFERS_H
#define STS_DIFFERS_H

#include "core/arena.h"

/* "mox 0.0.17 refuses ...; ..." with where each was read; empty when nobody is known to. */
struct str finding_differs(struct arena *a, const char *id);

#endif
