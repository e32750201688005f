/*
 * report: a session as a report that somebody asked for: redacted, judged, compared with an earlier
 * walk, rendered. The one way of `check`, `open` and the console's save.
 */
#ifndef STS_REPORT_H
#define STS_REPORT_H

#include "core/diff.h"
#include "core/render.h"

#define REPORT_DIGEST_SIZE 65 /* SHA-256 as hex, with the NUL */

struct report_request {
	const struct report_format *format;
	size_t before,
		of; /* reports that stand before this one, of so many in all; 0 of 0: of one */
	bool is_brief, is_full; /* render.h */
	struct str scope; /* only this MX host; empty: all */
	unsigned redact; /* classes of redact.h; 0: none */
	const struct judge_options *judge; /* may be NULL */
	struct render_options look;
	const struct session *baseline; /* an earlier walk; NULL: nothing to compare with */
	/* SHA-256 of bytes, which core does not compute; empty when it cannot be had. NULL: not told. */
	void (*digest)(struct str bytes, char out[REPORT_DIGEST_SIZE]);
};

struct report_made {
	int exit; /* of the verdict; a change since the baseline is a warning */
	size_t changes[diff_part_count];
	size_t places; /* redacted */
};

/* Appends one report, with what stands before it: the begin of a page, or what is between two. The
 * format's end is the caller's. */
void report_make(const struct session *s, const struct report_request *request, struct buf *out,
	struct report_made *made);

#endif
