/*
 * rows: what a screen does to a document before it is laid out: fewer rows (filter, severity) and
 * another order (sort). Headings and heads of tables stay; hosts keep their addresses.
 */
#ifndef STS_ROWS_H
#define STS_ROWS_H

#include "tui/pattern.h"

void rows_filter(struct doc *d, const struct pattern *pattern);
void rows_least(struct doc *d, enum severity least);
/* Sort the rows that can be selected by a cell, 1 for the first; negative: backwards. */
void rows_sort(struct doc *d, int column);
/* The title of a column of the first table, "" when there is none. */
const char *rows_column(const struct doc *d, int column);

#endif
