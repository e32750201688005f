/*
 * name: domain names as users type them and as DNS carries them.
 *
 * ASCII names are compared case-insensitively, without the trailing dot. U-labels are converted by
 * libidn2 (IDNA 2008 with TR46, non-transitional); nothing else is rewritten.
 */
#ifndef STS_NAME_H
#define STS_NAME_H

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

struct domain {
	struct str input; /* as typed */
	struct str ascii; /* A-labels, lower case, no trailing dot */
	struct str unicode; /* U-labels where they round-trip, else as ascii */
};

/*
 * A DOMAIN argument (contract section 1): user@DOMAIN is accepted, one label and "_" are allowed.
 * Empty labels, labels over 63, names over 253, blanks, "/", "*", ":" and IP literals fail with an
 * err of exit 64 that quotes the word and says what was expected.
 */
enum result domain_parse(struct arena *a, struct str input, struct domain *out, struct err *err);
/* Any name to A-labels (lower case, no trailing dot); ASCII is only folded. False if IDNA refuses. */
bool name_to_ascii(struct arena *a, struct str name, struct str *out);
struct str name_to_unicode(struct arena *a, struct str ascii);
struct str name_no_dot(struct str name); /* without one trailing dot */
bool name_eq(struct str a, struct str b); /* case and one trailing dot ignored */
bool name_is_under(struct str name, struct str domain); /* equal to or below */
struct str name_parent(struct str name); /* behind the first dot; empty for one label */
/* By a walk, so that nobody has it or remembers it: "x" and 16 hexadecimal digits, then the rest. */
bool name_is_made_up(struct str name);
struct str name_top(struct str name); /* the last label; empty for one label */
unsigned name_label_count(struct str name);
/* Domain of RFC 5321 4.1.2: LDH labels of 1 to 63, at least one; no trailing dot, no "_". */
bool name_is_rfc5321_domain(struct str s);
/* An MX host name as DNS and people write it: "_", U-labels and one trailing dot are fine. */
bool name_is_host(struct arena *a, struct str text);
bool name_is_ipv4(struct str s); /* dotted quad */
bool name_is_ipv6(struct str s); /* as in RFC 4291, without brackets or zone */
struct str source_address(struct str source); /* "192.0.2.5" of "192.0.2.5:40122" */
/* RFC 1918, loopback, link-local and ULA; nothing else (see findings: "Private addresses"). */
bool address_is_private(struct str address);

#endif
