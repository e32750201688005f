/*
 * libs: which libraries this program runs with, for --version. The versions are those loaded, not
 * those that it was built with.
 */
#ifndef STS_LIBS_H
#define STS_LIBS_H

#include "core/buf.h"

void libs_describe(struct buf *out); /* one line each: "libcurl      7.88.1" */

#endif
