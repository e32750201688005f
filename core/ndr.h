/*
 * ndr: from the text of a bounce, a log line or a bare status code to what it means.
 *
 * ndr_read() takes any bytes. A row whose own words stand in the text is certain; a row whose code
 * alone does is likely. The text is hostile as everything from the network.
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

#define NDR_MATCHES_MAX 8

struct ndr {
	struct str code; /* "5.7.5", the first enhanced status code; empty if none */
	bool is_permanent; /* of the code */
	struct ndr_match matches[NDR_MATCHES_MAX]; /* certain ones first */
	size_t count;
	size_t lines, understood; /* lines that are not blank, and those that a row knows */
};

void ndr_read(struct str text, struct ndr *out);
const struct ndr_type *ndr_types(size_t *count);
/* Whether a word could be a code: "5.7.5", "450". */
bool ndr_is_code(struct str word);

#endif
