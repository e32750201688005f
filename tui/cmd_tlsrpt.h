/*
 * cmd_tlsrpt: files that o names, told apart by what is in them: the only place that unpacks gzip.
 */
#ifndef STS_CMD_TLSRPT_H
#define STS_CMD_TLSRPT_H

#include "tui/reports.h"

/*
 * console_options' read_file. Fails, with the name of the file in err, for what is no session, no
 * report and no policy; a session is only recognised, not read.
 */
enum result
opened_read(void *context, struct arena *a, const char *path, struct opened *out, struct err *err);

#endif
