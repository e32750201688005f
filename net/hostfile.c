#include "net/hostfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/name.h"

struct str
hostfile_read(struct arena *a, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *bytes;
	size_t n = 0;
	ssize_t got;

	if (fd < 0)
		return STR_EMPTY;
	bytes = arena_alloc(a, HOSTFILE_MAX_BYTES);
	do {
		got = read(fd, bytes + n, HOSTFILE_MAX_BYTES - n);
		if (got > 0)
			n += (size_t)got;
	} while (n < HOSTFILE_MAX_BYTES && (got > 0 || (got < 0 && errno == EINTR)));
	close(fd);
	return (struct str){ bytes, n };
}

bool
hostfile_line(struct arena *a, struct str *rest, const char *comment, struct strs *words)
{
	struct str line;

	*words = (struct strs){ NULL, 0 };
	if (!str_split(rest, '\n', &line))
		return false;
	for (const char *c = comment; *c != '\0'; c++)
		line = str_sub(line, 0, str_find(line, *c));
	for (;;) {
		size_t n = 0;

		line = str_trim(line);
		if (line.n == 0)
			return true;
		while (n < line.n && !ascii_is_wsp(line.p[n]))
			n++;
		arena_push(a, words, str_sub(line, 0, n));
		line = str_skip(line, n);
	}
}

/* "localhost.localdomain" has a dot and still names nobody. */
static bool
is_full_name(struct str name)
{
	return str_find(name, '.') < name.n && name_is_rfc5321_domain(name) &&
	       !str_starts_nocase(name, STR("localhost."));
}

static struct str
full_name(struct strs words, struct str host)
{
	struct str found = STR_EMPTY;
	bool has_host = false;

	for (size_t i = 1; i < words.n; i++) {
		has_host = has_host || str_eq_nocase(words.v[i], host);
		if (found.n == 0 && is_full_name(words.v[i]))
			found = words.v[i];
	}
	return has_host ? found : STR_EMPTY;
}

struct str
hostfile_full_name(struct arena *a, const char *path, struct str host)
{
	struct str rest = hostfile_read(a, path);
	struct strs words;

	while (hostfile_line(a, &rest, "#", &words)) {
		struct str found = full_name(words, host);

		if (found.n > 0)
			return found;
	}
	return STR_EMPTY;
}
