/*
 * terminfo: what the terminal's description says, apart from curses: <term.h> defines short words
 * as macros and must not meet other headers.
 */
#ifndef STS_TERMINFO_H
#define STS_TERMINFO_H

#include <stddef.h>

/* NULL when a full-screen program can run on standard output, else why not. */
const char *terminfo_why_not(void);
/* The bytes that leave full-screen mode, for a crash handler; returns their number. */
size_t terminfo_restore(char *out, size_t size);

#endif
