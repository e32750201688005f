/*
 * pattern: what is searched for or filtered by: a POSIX extended regular expression with smart case
 * (without a capital letter it matches both cases).
 */
#ifndef STS_PATTERN_H
#define STS_PATTERN_H

#include <regex.h>

#include "core/buf.h"
#include "core/doc.h"

struct pattern {
	bool is_set;
	struct buf text;
	regex_t regex;
};

/* NULL when it is set (or cleared, for empty text), else what is wrong; then nothing changes. */
const char *pattern_set(struct pattern *p, struct str text, char *why, size_t size);
void pattern_release(struct pattern *p);
/* The first match in terminated text; false when there is none, or no pattern. */
bool pattern_find(const struct pattern *p, const char *text, size_t *from, size_t *to);
/* Whether a row of a document matches, over all its cells. */
bool pattern_has_row(const struct pattern *p, const struct row *row, struct buf *scratch);

#endif
