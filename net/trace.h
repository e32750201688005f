/*
 * trace: --trace FILE: every fact as one line the moment it is noted, before it waits in the queue:
 *
 *	0.004210 dns:MX:example.com dns-answer status=ok rcode=0 is_ad=false ...
 *
 * Seconds since the walk began, job, kind, fields. Text is in quotes, bytes that are not printable
 * ASCII are \xNN, long text is cut. Lines are appended to the file.
 */
#ifndef STS_TRACE_H
#define STS_TRACE_H

#include "core/err.h"
#include "core/event.h"

struct trace;

/* What is emitted into trace_sink() is traced and goes on to next. Errors: the file, exit 73. */
enum result trace_open(
	struct trace **out, const char *path, int64_t epoch_ns, struct sink *next, struct err *err);
void trace_free(struct trace *t);
struct sink *trace_sink(struct trace *t);

#endif
