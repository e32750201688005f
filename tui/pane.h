/*
 * pane: a document in a box of the screen: scrolled, with a selection that is kept by identity.
 */
#ifndef STS_PANE_H
#define STS_PANE_H

#include "core/buf.h"
#include "core/doc.h"
#include "tui/pattern.h"
#include "tui/painter.h"

struct pane {
	struct doc doc;
	struct layout layout;
	bool has_doc;
	struct buf selected; /* id of the selected row; empty: none */
	size_t selected_at; /* its line when it was chosen: where to look first */
	size_t top; /* first line shown */
	unsigned columns; /* of the layout */
	int height; /* rows of the box, from the last layout */
	size_t first; /* lines before this never scroll and are not counted */
	size_t end; /* lines from here on do not exist */
	int left; /* cells of long lines that are panned away */
	size_t match; /* row of the last match, where nothing can be selected */
};

void pane_release(struct pane *p);
/* Take over a document (its contents are moved) and lay it out. */
void pane_set(struct pane *p, struct doc *doc, unsigned columns, bool is_ascii);
/* The box has this height now: keeps the selection visible. */
void pane_fit(struct pane *p, int height);
/* A box that does not scroll: what can be spared gives way to the rest. */
void pane_squeeze(struct pane *p, int height);
/* The selected row, NULL when there is none. */
const struct row *pane_row(const struct pane *p);
bool pane_select(struct pane *p, struct str id);
/* Move by rows (by lines where nothing is selectable); true when something changed. */
bool pane_move(struct pane *p, int rows);
bool pane_edge(struct pane *p, bool is_last);
/* The next row with a problem (warning and worse, or inconclusive), wrapping. */
bool pane_problem(struct pane *p, bool forward);
void pane_worst(struct pane *p); /* the first of the worst, where any is a problem */
/* Go to the next match, wrapping; *nth of *count matches. False when there is none. */
bool
pane_search(struct pane *p, const struct pattern *pattern, int step, size_t *nth, size_t *count);
bool pane_pan(struct pane *p, int cells); /* along long lines */
/* Paint at row, column; returns the screen row of the selection, -1 when it is not visible. */
int pane_paint(const struct pane *p, struct painter *painter, int row, int column,
	enum role selection, const struct pattern *match);
/* "3 of 17" for the rule: place of the selection, or of the lines shown. */
void pane_place(const struct pane *p, size_t *at, size_t *of);

#endif
