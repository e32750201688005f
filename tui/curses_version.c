/* Apart from everything else: <curses.h> defines short words as macros. */
#include "tui/curses_version.h"

#include <curses.h>

const char *
curses_version_text(void)
{
	return curses_version();
}
