/*
 * render: documents and sessions as bytes.
 */
#ifndef STS_RENDER_H
#define STS_RENDER_H

#include "core/buf.h"
#include "core/view.h"

struct render_options {
	unsigned columns; /* 78 */
	bool is_ascii;
};

void render_text(const struct doc *d, const struct render_options *options, struct buf *out);
/* The JSON report of contract.md section 3: one object, one line, with its line end. */
void render_json(const struct view_input *in, struct buf *out);

/* Lint (contract.md section 4). */
struct lint_input {
	struct strs txt, tlsrpt; /* TXT records at the two names; n 0: not given */
	bool has_txt, has_tlsrpt, has_policy;
	struct str policy;
	struct strs mx, patterns;
	int64_t now_s; /* since 1970, for the ids that texts propose */
};
/* Fills a report document and a JSON line from what was given; returns the exit status 0 to 2. */
int lint_judge(const struct lint_input *in, struct doc *report, struct buf *json);

#endif
