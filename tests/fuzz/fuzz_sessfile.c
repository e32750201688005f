/* Any bytes as a session file; what could be read must be written and read again alike. */
#include <stdlib.h>

#include "core/sessfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_again(struct str first)
{
	struct session s;
	struct buf second = { 0 };

	session_init(&s);
	if (sessfile_read(first, &s, NULL, NULL) != RESULT_OK)
		abort();
	sessfile_write(&second, &s);
	if (!str_eq(first, buf_str(&second)))
		abort();
	buf_release(&second);
	session_release(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str file = { (const char *)data, size };
	struct session s;
	struct buf first = { 0 };
	struct str warning;
	struct err err;

	session_init(&s);
	if (sessfile_read(file, &s, &warning, &err) == RESULT_OK) {
		sessfile_write(&first, &s);
		check_again(buf_str(&first));
	}
	buf_release(&first);
	session_release(&s);
	return 0;
}
