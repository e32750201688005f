/*
 * walk: one walk of one domain, in threads of its own; facts come out as events.
 *
 * Everything that can start, starts; the order of a sender is restored by the session. The caller
 * polls walk_fd() and takes events until one of kind "end" has come. walk_cancel() ends every wait;
 * the "end" event still comes. No mail is ever sent: a dialogue ends with QUIT after EHLO.
 */
#ifndef STS_WALK_H
#define STS_WALK_H

#include "core/again.h"
#include "core/event.h"
#include "core/name.h"
#include "net/dns.h"
#include "net/trust.h"

/* --resolve: the address that stands for a name, in place of its A and AAAA records. */
struct walk_address {
	struct str name, address;
};

struct walk_options {
	struct domain domain;
	const struct resolver_config *resolvers;
	bool names_resolver; /* --resolver, in place of those of resolv.conf */
	bool is_ad_trusted; /* --trust-ad; loopback resolvers and "options trust-ad" count anyway */
	const struct trust *trust;
	unsigned https_port, smtp_port; /* 443, 25 */
	bool wants_ipv4, wants_ipv6;
	const char *ehlo; /* name; NULL: the address literal of each connection */
	const char *host; /* this host's name, for the record */
	int64_t budget_ms; /* LIMIT_WALK_MS */
	struct strs rehearsal;
	const struct walk_address *addresses; /* --resolve */
	size_t address_count;
	bool probes_sni; /* --sni-probe */
	unsigned repeat; /* --repeat: dialogues with each MX address, 0 and 1 for one */
	bool asks_authority; /* --authoritative */
	unsigned dns_port; /* of name servers then, 0 for 53 */
	struct strs controls; /* domains to try when all SMTP fails alike; none: never */
	struct str hosts_text; /* in place of /etc/hosts unless p is NULL */
	const struct ev_policy_rehearsed *rehearsed; /* --policy; NULL without */
	const struct ev_policy_cached *cached; /* what senders may still hold */
	size_t cached_count;
	const struct ev_last_walk *last_walk; /* how the one before came out; NULL: none is known */
	const struct walk_address *planned; /* --mx; an empty address: those of DNS */
	size_t planned_count;
	const char *scenario; /* of the lab, NULL otherwise */
	const char *trace_path; /* --trace, NULL otherwise */
	/*
	 * Only these parts of a walk that ended before, whose clock goes on (walk_begin() of it); NULL:
	 * a whole walk. The first event is walk-again in place of walk-start.
	 */
	const struct again *again;
	enum again_reason again_reason;
	deadline begin; /* 0: when it is started */
};

struct walk;

/*
 * RESULT_FAILED only when no walk could be begun at all: no thread or descriptor (exit 70), or a
 * trace that cannot be written (73). The options are copied, the trust store is borrowed.
 */
enum result walk_start(struct walk **out, const struct walk_options *options, struct err *err);
int walk_fd(const struct walk *w); /* readable while events wait */
bool walk_take(struct walk *w, const struct event **event); /* valid until the next call */
void walk_cancel(struct walk *w);
/*
 * End the probes of an address, or of all addresses of a host (address empty), and nothing else. How
 * many there were; those are inconclusive with outcome or reason "stopped".
 */
unsigned walk_stop(struct walk *w, enum attempt_role role, struct str host, struct str address);
deadline walk_begin(const struct walk *w);
int64_t walk_now_us(const struct walk *w); /* since it began */
void walk_free(struct walk *w); /* cancels, joins every thread */

/* The EHLO name by default (RFC 5321 4.1.4), from host name, hosts file and search domain.
 * The address literal of a connection is used where this gives NULL. */
const char *
walk_default_ehlo(struct arena *a, const struct resolver_config *resolvers, const char *host_name);
/* The same with another hosts file. */
const char *walk_ehlo_by(struct arena *a, const struct resolver_config *resolvers,
	const char *host_name, const char *hosts_path);

#endif
