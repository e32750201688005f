/*
 * screen: what is shown: a stack of screens, each a view of core in a pane. Enter pushes, q pops.
 */
#ifndef STS_SCREEN_H
#define STS_SCREEN_H

#include "core/view.h"
#include "tui/console.h"
#include "tui/keys.h"
#include "tui/pane.h"

enum screen_kind {
	SCREEN_OVERVIEW,
	SCREEN_STAGE,
	SCREEN_HOST,
	SCREEN_ADDRESS,
	SCREEN_FINDINGS,
	SCREEN_FINDING,
	SCREEN_LOG,
	SCREEN_HELP,
};

struct screen {
	enum screen_kind kind;
	struct target target; /* text owned by text */
	struct buf host, address;
	struct pane pane;
	size_t nth; /* which finding of the selection the Why box shows */
};

#define SCREENS_MAX 16

struct console {
	const struct console_options *options;
	struct term *term;
	struct painter *painter;
	struct arena arena; /* of theme and the like */
	struct theme theme;
	struct session *session;
	struct judgement judgement;
	bool has_judgement;
	int rows, columns;
	struct screen stack[SCREENS_MAX];
	size_t depth; /* screens on the stack, at least 1 */
	struct buf status;
	bool is_dirty; /* the picture must be drawn again */
	bool is_stale; /* the judgement must be made again */
	bool is_stopping; /* ^C was pressed while the walk ran */
	bool is_leaving;
	int64_t now_us;
};

/* One kind of screen: how to make its document, and what it is called. */
struct screen_ops {
	const char *crumb;
	void (*view)(const struct console *c, const struct screen *s, struct doc *out);
	bool has_why; /* a Why box under the list */
};

const struct screen_ops *screen_ops(enum screen_kind kind);
struct screen *console_top(struct console *c);
void console_push(struct console *c, enum screen_kind kind, const struct target *target);
bool console_pop(struct console *c); /* false at the overview */
void console_say(struct console *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* React to one key. */
void console_key(struct console *c, uint32_t key);
/* Draw the whole picture. */
void console_draw(struct console *c);
struct view_input console_input(const struct console *c);
/* The help document, from the key table. */
void screen_help(const struct console *c, struct doc *out);

#endif
