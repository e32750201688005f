/*
 * temp_file: a file with given text for one test.
 */
#ifndef STS_TEST_TEMP_FILE_H
#define STS_TEST_TEMP_FILE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temp_file {
	char path[64];
};

static inline bool
temp_file_make(struct temp_file *f, const char *text)
{
	int fd;
	bool is_ok;

	(void)snprintf(f->path, sizeof(f->path), "%s", "/tmp/stswalk-test-XXXXXX");
	fd = mkstemp(f->path);
	if (fd < 0)
		return false;
	is_ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return is_ok;
}

static inline void
temp_file_remove(const struct temp_file *f)
{
	unlink(f->path);
}

#endif
