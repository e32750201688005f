/*
 * dnswire: DNS packets from and to plain structs (RFC 1035, EDNS by RFC 6891, EDE by RFC 8914).
 *
 * The only file that sees <ldns/ldns.h>. Nothing here waits or opens a socket; everything that comes
 * out lives in the arena given. Any bytes may be parsed. Names come out in presentation form, lower
 * case, without the trailing dot ("." for the root), odd bytes as \DDD. The walk asks and reads
 * answers; the lab reads questions and answers them from zone-file lines.
 */
#ifndef STS_DNSWIRE_H
#define STS_DNSWIRE_H

#include "core/arena.h"
#include "core/vocab.h"

#define DNSWIRE_UDP_BYTES 1232 /* of our EDNS: what fits any path without fragments */
#define DNSWIRE_MAX_BYTES 65535
#define DNSWIRE_HEADER_BYTES 12

/* RCODEs of RFC 1035 4.1.1 that somebody here tells apart. */
enum {
	DNSWIRE_NOERROR = 0,
	DNSWIRE_FORMERR = 1,
	DNSWIRE_SERVFAIL = 2,
	DNSWIRE_NXDOMAIN = 3,
	DNSWIRE_NOTIMP = 4,
	DNSWIRE_REFUSED = 5,
	DNSWIRE_NOTAUTH = 9,
};

/* A name as typed or as it came, in the form described above; false when it is no name. */
bool dnswire_name(struct arena *a, struct str text, struct str *out);

struct dnswire_query {
	uint16_t id;
	struct str name;
	enum rrtype type;
	bool has_edns;
	bool wants_cd; /* checking disabled: an answer that fails DNSSEC is given too */
};

/* A question with RD and, for the AD bit of the answer, AD (RFC 6840 5.7); false: no such name. */
bool dnswire_query_build(struct arena *a, const struct dnswire_query *query, struct str *packet);

struct dnswire_record {
	struct str owner;
	bool is_known; /* type is one of ours */
	enum rrtype type;
	uint16_t type_code;
	uint32_t ttl_s;
	int64_t preference; /* MX, else -1 */
	struct str data; /* as in the event dns-record */
	struct strs strings; /* of TXT, raw bytes */
	struct str line; /* from dnswire_line() only: what it was given, for dnswire_reply */
};

/* What a packet says, query or response. */
struct dnswire_packet {
	uint16_t id;
	bool is_response, is_truncated, is_authoritative, is_recursive; /* QR TC AA RA */
	bool has_ad, has_cd;
	int rcode; /* with the upper bits of EDNS */
	bool has_question; /* exactly one */
	struct str name;
	bool is_known; /* type is one of ours, class IN */
	enum rrtype type;
	uint16_t type_code, class_code;
	struct dnswire_record *answers; /* class IN and of a type of ours; others are passed over */
	size_t count;
	bool has_soa; /* in the authority section */
	int64_t negative_ttl_s; /* RFC 2308 section 5; -1 */
	bool is_referral; /* no answer, only name servers: nobody looked it up for us */
	bool has_edns;
	uint16_t edns_bytes; /* 512 without EDNS */
	int ede_code; /* of the first Extended DNS Error; -1 */
	struct str ede_text;
};

/* False when the bytes are no DNS packet. */
bool dnswire_parse(struct arena *a, struct str bytes, struct dnswire_packet *out);

/*
 * One zone-file line: "NAME [TTL] [IN] TYPE DATA". Names without a trailing dot are completed with
 * origin. False when it cannot be read; *why then says so.
 */
bool dnswire_line(struct arena *a, struct str line, struct str origin, struct dnswire_record *out,
	struct str *why);

/* A response in the making. The lines are from dnswire_line(). */
struct dnswire_reply {
	const struct dnswire_packet *query; /* id, question, RD and CD are taken over */
	int rcode;
	bool is_authoritative, is_recursive, has_ad, is_truncated;
	const struct dnswire_record *answers;
	size_t answer_count;
	const struct dnswire_record *authority; /* a SOA for negative answers */
	size_t authority_count;
	int ede_code; /* -1 none; needs EDNS in the query */
	struct str ede_text;
	size_t max_bytes; /* more than this: TC and no records; 0: no bound (TCP) */
};

bool dnswire_reply_build(struct arena *a, const struct dnswire_reply *reply, struct str *packet);

#endif
