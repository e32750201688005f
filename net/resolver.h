/*
 * resolver: one question put to the configured resolvers until one of them answers it.
 *
 * In their order, over connected UDP sockets of our own (so a datagram from elsewhere never gets in)
 * with a random id each; a resolver that is silent is not given up, its late answer still counts.
 * Servers are asked again in rounds of growing patience until the limit. TC is followed by TCP,
 * FORMERR by the question without EDNS. SERVFAIL, REFUSED and garbage move on to the next resolver.
 */
#ifndef STS_RESOLVER_H
#define STS_RESOLVER_H

#include "net/dns.h"
#include "net/dnswire.h"

struct resolver_question {
	struct str job; /* for local faults */
	struct str name; /* as dnswire_name() gives it */
	enum rrtype type;
	bool wants_cd;
	deadline limit;
};

enum resolver_cut { RESOLVER_NOT_CUT, RESOLVER_CANCELLED, RESOLVER_PAST_LIMIT };

struct resolver_reply {
	/* ok: NOERROR, with or without records; nxdomain; else the most telling failure of all */
	enum lookup_status status;
	bool has_packet; /* one that answers the question, whatever its RCODE */
	struct dnswire_packet packet;
	struct str resolver; /* whose packet */
	bool is_tcp;
	unsigned tries; /* datagrams and TCP questions sent */
	struct str
		error; /* what went wrong at each resolver, empty when status is ok or nxdomain */
	enum resolver_cut cut; /* why it ended before every resolver had failed */
};

void resolver_ask(const struct dns_context *c, struct arena *a,
	const struct resolver_question *question, struct resolver_reply *out);

#endif
