/*
 * cmd_console: the console over a walk that is set up.
 */
#ifndef STS_CMD_CONSOLE_H
#define STS_CMD_CONSOLE_H

#include "tui/cmd_walk.h"
#include "tui/console.h"

/*
 * Whether standard output is a terminal that can show it, and nothing else was asked for. A
 * terminal that cannot is told on standard error: the text report takes its place.
 */
bool console_is_wanted(const struct options *o);
/* Walk setup->options.domain on the screen. The exit status. */
int console_walk(struct options *o, struct walk_setup *setup);
/* A lesson that was walked, told on the screen. The exit status. */
int console_lesson(struct options *o, const struct walk_setup *setup, const struct lesson *lesson,
	struct session *sessions);
/* A session that was opened, or is followed by its feed; then what was asked for there. */
int
console_session(struct options *o, struct session *session, struct feed feed, const char *notice);
/* A walk that ended enters the state folder, unless --no-history was given or it was the lab's. */
void console_remember(
	const struct options *o, const struct walk_setup *setup, const struct session *session);
/* What options and configuration say about every console: looks, files, lists of the prompt. */
void console_setup(struct options *o, struct console_options *out);

#endif
