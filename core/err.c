#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/str.h"

/* Drop a character that was cut in its middle at the end of text. */
static void
drop_broken_tail(char *text)
{
	size_t start = strlen(text);
	const size_t end = start;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
		start--;
	if (utf8_sequence((struct str){ text + start, end - start }, NULL) != end - start)
		text[start] = '\0';
}

enum result
err_set(struct err *err, int exit, const char *format, ...)
{
	va_list args;
	int n;

	if (err == NULL)
		return RESULT_FAILED;
	err->exit = exit;
	va_start(args, format);
	n = vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	if (n < 0)
		err->text[0] = '\0';
	else if ((size_t)n >= sizeof(err->text))
		drop_broken_tail(err->text);
	return RESULT_FAILED;
}
