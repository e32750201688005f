/*
 * curses_version: which curses library this program runs with, for --version.
 */
#ifndef STS_CURSES_VERSION_H
#define STS_CURSES_VERSION_H

const char *curses_version_text(void); /* "ncurses 6.4.20221231" */

#endif
