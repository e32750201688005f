/*
 * summary: the lines that stay in the scrollback when the console was left.
 */
#ifndef STS_SUMMARY_H
#define STS_SUMMARY_H

#include "core/finding.h"
#include "tui/options.h"

void summary_print(
	const struct options *o, const struct judge_options *how, const struct session *session);

#endif
