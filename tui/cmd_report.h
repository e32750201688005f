/*
 * cmd_report: a session that is there, walked or opened, as the report that was asked for.
 */
#ifndef STS_CMD_REPORT_H
#define STS_CMD_REPORT_H

#include "core/finding.h"
#include "tui/cmd.h"

/* Behind the last report, where the format has such. */
void report_end(const struct options *o, struct buf *out);
/*
 * Judge and render, behind so many reports. *exit is that of the verdict. Errors: exit 64 for a --scope that is no host of
 * this walk.
 */
enum result report_session(const struct options *o, const struct judge_options *judge_options,
	const struct session *session, size_t before, struct buf *out, int *exit, struct err *err);
/* The format of -f, text without it. */
const struct report_format *report_format_of(const struct options *o);

#endif
