#include "tui/cmd.h"

#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/safe.h"

static bool
is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool
cmd_is_ascii(const struct options *o)
{
	return o->is_ascii || !is_utf8();
}

/* One line, whatever it quotes, and whatever becomes of standard error. */
static void
say(const char *text)
{
	struct arena a = { 0 };
	struct safe line = safe_text(&a, str_of(text), 0);

	if (!is_utf8())
		line = safe_ascii(&a, line);
	dprintf(STDERR_FILENO, "stswalk: %.*s\n", SAFE_ARG(line));
	arena_release(&a);
}

int
cmd_complain(const struct err *err)
{
	if (err->text[0] != '\0')
		say(err->text);
	return err->exit != 0 ? err->exit : EXIT_FAULT;
}

void
cmd_note(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say(text);
}

int
cmd_print(const struct options *o, struct str text, int status)
{
	struct output out;
	struct err err = { .exit = EXIT_OUTPUT };

	if (output_open(&out, o->output ? o->output : "-", o->is_forced, &err) != RESULT_OK ||
		output_write(&out, text, &err) != RESULT_OK ||
		output_commit(&out, &err) != RESULT_OK)
		status = cmd_complain(&err);
	output_release(&out);
	return status;
}
