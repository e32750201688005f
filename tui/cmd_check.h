/*
 * cmd_check: walks without a screen: one after the other, a report of each, the exit status by the
 * verdict.
 */
#ifndef STS_CMD_CHECK_H
#define STS_CMD_CHECK_H

#include "tui/cmd_walk.h"

/* Walk each domain with a setup that is open (and may play a lab). The exit status. */
int check_domains(const struct options *o, struct walk_setup *setup, const struct domain *domains,
	size_t count);
/* The operands as domains, all of them before anything is walked. Errors: exit 64. */
enum result
check_operands(struct options *o, struct arena *a, struct domain **domains, struct err *err);

#endif
