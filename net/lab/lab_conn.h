/*
 * lab_conn: what the lab's loop does with one connection; protocols use lab_serve.h.
 */
#ifndef STS_LAB_CONN_H
#define STS_LAB_CONN_H

#include "net/lab/lab_serve.h"

/* Takes the fd. The protocol begins at once. */
struct lab_conn *lab_conn_new(struct lab_loop *loop, const struct lab_listener *at, int fd);
void lab_conn_free(struct lab_conn *c);
void lab_conn_read(struct lab_conn *c); /* the fd is readable */
void lab_conn_write(struct lab_conn *c); /* send the flights that are due */

#endif
