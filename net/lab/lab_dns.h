/*
 * lab_dns: answers of a scenario's zone to DNS questions, bytes to bytes (RFC 1035, RFC 6891).
 *
 * It plays a validating resolver: CNAME chains are followed, AD is set for who asks for it, "bogus"
 * names answer SERVFAIL unless the question has CD. Any bytes are accepted as a question.
 */
#ifndef STS_LAB_DNS_H
#define STS_LAB_DNS_H

#include "core/buf.h"
#include "net/lab/spec.h"

#define LAB_DNS_MESSAGE_BYTES 65535 /* RFC 1035 section 4.2.2: the length is 16 bits */

/* False when nothing is to be answered. delay_ms is what the scenario asks for. */
bool lab_dns_answer(const struct lab_zone *zone, struct str query, bool is_tcp, struct buf *out,
	int64_t *delay_ms);

#endif
