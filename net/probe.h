/*
 * probe: what every probe is given. A probe is straight-line code in a thread of its own: it talks
 * to one address and notes what it sees as events of one job, attempt-start first, attempt-end last.
 *
 * Everything here is borrowed and outlives the probe. A wrong peer is never an error of a probe,
 * only an event; so probes return nothing.
 */
#ifndef STS_PROBE_H
#define STS_PROBE_H

#include "core/event.h"
#include "net/addr.h"
#include "net/trust.h"
#include "net/wait.h"

/* What a probe found that decides whether the address is looked at once more, and how. */
struct probe_seen {
	bool is_connected;
	bool has_tls; /* the handshake came to its end */
	bool is_handshake_failed; /* by the peer's doing */
	bool is_cut; /* ended by us: says nothing of the peer */
	/* How it failed, alike for what fails in the same way: "connect: timeout"; empty if all is
	 * well. */
	char failure[128];
};

struct probe_context {
	enum attempt_variant variant; /* other than plain: no more than needs be is said */
	int64_t turn; /* of a repeat, from 2 */
	struct probe_seen *seen; /* NULL, or where to note it */
	struct waiter waiter;
	deadline limit; /* of the whole walk; a step that it cuts ends as "budget" */
	struct sink *sink;
	const struct trust *trust;
};

#endif
