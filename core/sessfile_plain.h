/*
 * sessfile_plain: a line of a session exactly as this version writes it, read without a JSON tree.
 *
 * Most lines of a large session are so: every member in the order of the table, texts of printable
 * ASCII without an escape. Whatever differs in any byte is left to the reader of sessfile.c, which
 * also says what is wrong; what is taken here it would take alike. A header and the end of a walk
 * are not taken.
 */
#ifndef STS_SESSFILE_PLAIN_H
#define STS_SESSFILE_PLAIN_H

#include "core/sessfile.h"

/* An event in the reader's arena; NULL, with the reader and its arena untouched. */
struct event *sessfile_read_plain(struct sessfile_reader *r, struct str line);

#endif
