/*
 * ndr: from the text of a bounce, a log line or a bare status code to what it means.
 *
 * ndr_read() takes any bytes: one line, several, or a whole delivery status notification with its
 * folded fields (RFC 3464). A row whose own words stand in the text is certain; a row whose code
 * alone does is likely. The text is hostile as everything from the network. What points into the
 * text lives as long as the arena.
 */
#ifndef STS_NDR_H
#define STS_NDR_H

#include "core/arena.h"

struct ndr_type {
	const char *sender, *codes, *text, *findings, *meaning, *clock;
};

struct ndr_match {
	const struct ndr_type *type;
	bool is_certain; /* by its words, not by its code alone */
};

/* What became of the message, as far as the text tells. */
enum ndr_state { NDR_UNKNOWN, NDR_DELIVERED, NDR_DELAYED, NDR_RETURNED };

#define NDR_MATCHES_MAX 8
#define NDR_MAX_BYTES 65536 /* of a text; a returned message may hang on it */

struct ndr {
	struct str
		code; /* "5.7.5" of Status or dsn=, else the first of class 4 or 5; empty if none */
	enum ndr_state state;
	struct str domain, host, address; /* that it is about; empty when it does not say */
	struct ndr_match matches[NDR_MATCHES_MAX]; /* certain ones first */
	size_t count;
	size_t lines, understood; /* lines that are not blank, and those that tell something here */
	bool is_cut; /* longer than NDR_MAX_BYTES: the rest was not read */
};

void ndr_read(struct arena *a, struct str text, struct ndr *out);
const struct ndr_type *ndr_types(size_t *count);
size_t ndr_senders(void); /* how many senders they are of */
/* Whether a word could be a code: "5.7.5", "450". */
bool ndr_is_code(struct str word);
/* Whether a line is more likely a bounce or a log line than a domain. */
bool ndr_is_bounce(struct str line);

#endif
