/*
 * cmd: the commands. Each does its work and gives the exit status; what goes wrong before anything
 * was done is one line on standard error.
 */
#ifndef STS_CMD_H
#define STS_CMD_H

#include "tui/options.h"
#include "tui/output.h"

int cmd_console(struct options *o);
int cmd_check(struct options *o);
int cmd_lint(struct options *o);
int cmd_demo(struct options *o);
int cmd_explain(struct options *o);
int cmd_open(struct options *o);
int cmd_diff(struct options *o);
int cmd_tlsrpt(struct options *o);
int cmd_help(struct options *o);
int cmd_version(struct options *o);
/* The configuration file stands under the options; what is wrong in it is a note. */
void cmd_settings(struct options *o);
/* --print-config, --print-keys, --dump-theme */
int cmd_print_settings(struct options *o);

/* "stswalk: TEXT" on standard error; gives the exit status of err. */
int cmd_complain(const struct err *err);
/* A note that does not end the program. */
void cmd_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Whether what is printed must be US-ASCII: --ascii, or a locale without UTF-8. */
bool cmd_is_ascii(const struct options *o);

/* All of text to standard output, or to -o; the exit status: status, or 73. */
int cmd_print(const struct options *o, struct str text, int status);

#endif
