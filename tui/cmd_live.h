/*
 * cmd_live: the walk behind a console: its events as a feed, parts of it walked again, one probe
 * stopped, and the session file that comes out of all of it.
 */
#ifndef STS_CMD_LIVE_H
#define STS_CMD_LIVE_H

#include "tui/cmd_walk.h"
#include "tui/console.h"

struct live {
	struct walk_setup *setup;
	struct session *session; /* of the caller; made anew when a part is walked again */
	struct recorder *recorder;
	struct walk *walk;
};

/* Begin the walk. All that is given is borrowed until live_end(). */
enum result live_start(struct live *l, struct walk_setup *setup, struct session *session,
	struct recorder *recorder, struct err *err);
struct feed live_feed(struct live *l);
/* Left, perhaps early: the rest of the events still completes session and session file. */
void live_end(struct live *l);

#endif
