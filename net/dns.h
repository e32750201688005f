/*
 * dns: questions over our own sockets; ldns builds and reads the packets (dnswire.h).
 *
 * UDP with EDNS, retry over every resolver, TCP on truncation, CNAME chains followed in the answer
 * (and asked again where a resolver stops short), AD asked for by the AD bit, all kinds of failure
 * kept apart. SERVFAIL is asked again with CD: an answer then means "bogus". Any reply must match
 * question, id and address. Facts are emitted; the answer is also returned for what comes next.
 */
#ifndef STS_DNS_H
#define STS_DNS_H

#include "core/limits.h"
#include "core/event.h"
#include "net/addr.h"
#include "net/wait.h"

struct resolver_config {
	struct addr servers[LIMIT_RESOLVERS];
	size_t count; /* 0: none configured */
	bool trusts_ad; /* options trust-ad */
	struct str search; /* first search domain, empty if none */
};

/* Read resolv.conf(5). A file that is missing gives no resolver; that is no error. */
void resolver_config_read(struct arena *a, const char *path, struct resolver_config *out);

struct dns_context {
	const struct resolver_config *resolvers;
	struct waiter waiter;
	deadline limit; /* of the whole walk */
	int question_ms; /* of one question, 0 for LIMIT_DNS_MS */
	struct sink *sink;
};

struct dns_question {
	enum lookup_role role;
	enum rrtype type;
	struct str name;
	struct str
		server; /* "NAME ADDRESS" where that server is asked, not the resolvers; else empty */
};

struct dns_answer {
	enum lookup_status status;
	bool is_ad;
	struct strs data; /* of the type asked for, as in dns-record */
	int64_t *preferences; /* MX */
	/* Ended by cancel (status not-asked) or by the walk's budget (timeout, or what came before). */
	bool was_cut;
};

/* Emits dns-question, dns-record..., dns-answer under the job "dns:TYPE:NAME", with "@SERVER" behind
 * it where there is one. */
void dns_lookup(const struct dns_context *c, struct arena *a, const struct dns_question *question,
	struct dns_answer *out);

#endif
