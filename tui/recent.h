/*
 * recent: domains that were walked, newest first: $XDG_STATE_HOME/stswalk/recent (~/.local/state).
 */
#ifndef STS_RECENT_H
#define STS_RECENT_H

#include "tui/console.h"

#define RECENT_MAX 20

/* Nothing when there is no such file. */
void recent_read(struct arena *a, struct offers *out);
/* Put a domain first; about is what stands beside it. Failures are silent: it is only a help. */
void recent_add(struct str domain, struct str about);

#endif
