/*
 * topics: pages of `stswalk explain` about things rather than findings (topics.def).
 */
#ifndef STS_TOPICS_H
#define STS_TOPICS_H

#include "core/str.h"

struct topic {
	const char *name, *title, *sources;
	const char *findings; /* ids, joined by blanks */
	const char *text; /* paragraphs; lines that begin with a blank stand as they are */
};

size_t topic_count(void);
const struct topic *topic_at(size_t index); /* sorted by name */
/* Case, "-" and "_" are alike; NULL if there is none of that name. */
const struct topic *topic_by_name(struct str name);

#endif
