#include "tui/terminfo.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

static const char *
capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (char *)-1 ? NULL : value;
}

const char *
terminfo_why_not(void)
{
	const char *name = getenv("TERM");
	const char *why = NULL;
	int status = 0;

	if (!isatty(STDOUT_FILENO))
		return "standard output is no terminal";
	if (name == NULL || *name == '\0')
		return "TERM is not set";
	if (setupterm(name, STDOUT_FILENO, &status) != 0)
		return "TERM names a terminal that this host does not know";
	/* TERM=dumb passes initscr() and paints garbage: ask for what is really needed. */
	if (capability("cup") == NULL)
		why = "this terminal cannot place its cursor";
	del_curterm(cur_term);
	return why;
}

size_t
terminfo_restore(char *out, size_t size)
{
	static const char *const names[] = { "sgr0", "rmkx", "rmcup", "cnorm" };
	size_t used = 0, i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = capability(names[i]);
		size_t n = value == NULL ? 0 : strlen(value);

		if (n == 0 || used + n > size)
			continue;
		memcpy(out + used, value, n);
		used += n;
	}
	return used;
}
