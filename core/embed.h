/*
 * embed: files compiled into the program (cmake/embed.cmake). Arrays end with a row of NULL name.
 */
#ifndef STS_EMBED_H
#define STS_EMBED_H

#include <stddef.h>

struct embedded {
	const char *name; /* file name without its extension */
	const char *text; /* NUL behind, not counted */
	size_t size;
};

extern const struct embedded shipped_scenarios[];
extern const struct embedded shipped_themes[];

#endif
