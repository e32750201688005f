/*
 * hostfile: the small text files of a host's resolver: lines of words, comments behind # (and ;).
 */
#ifndef STS_HOSTFILE_H
#define STS_HOSTFILE_H

#include "core/arena.h"

#define HOSTFILE_MAX_BYTES (256 * 1024) /* of such a file that are read */

/* The file, empty when it cannot be read. */
struct str hostfile_read(struct arena *a, const char *path);
/* Cut the words of the next line off *rest; false at the end. Comment characters end a line. */
bool hostfile_line(struct arena *a, struct str *rest, const char *comment, struct strs *words);
/* The name with a dot that the hosts file gives host; empty when there is none. */
struct str hostfile_full_name(struct arena *a, const char *path, struct str host);

#endif
