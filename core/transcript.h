/*
 * transcript: a walk as evidence for a ticket: a first page for whoever must act, then everything
 * that was said, so that nobody has to ask back.
 *
 * view_first_page() makes at most FIRST_PAGE_LINES lines of text of 78 columns: mail now, who must
 * act, what is asked of them, how to verify it, what to expect. view_transcript() goes on with the
 * findings and their evidence, every record, every connection word for word, every certificate with
 * its PEM, the view from here, and the commands to repeat each step by hand.
 */
#ifndef STS_TRANSCRIPT_H
#define STS_TRANSCRIPT_H

#include "core/view.h"

#define FIRST_PAGE_LINES 30

struct transcript {
	const struct view_input *in;
	struct str scope; /* only what belongs to this MX host; empty: all */
	const char *sha256; /* of the session file, hex; NULL: not told */
};

void view_first_page(const struct transcript *t, struct doc *out);
void view_transcript(const struct transcript *t, struct doc *out);

/* The parts. */
/* A heading with a blank line before it. */
void part_section(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void part_first_page(struct doc *d, const struct transcript *t, size_t findings_most);
void part_connections(struct doc *d, const struct transcript *t);
void part_pem(struct doc *d, const struct transcript *t);
bool transcript_has_host(const struct transcript *t, struct str host);
bool transcript_has_finding(const struct transcript *t, const struct finding *f);

#endif
