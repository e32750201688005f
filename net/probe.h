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

struct probe_context {
	struct waiter waiter;
	deadline limit; /* of the whole walk; a step that it cuts ends as "budget" */
	struct sink *sink;
	const struct trust *trust;
};

#endif
