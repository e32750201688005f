#include "tui/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/safe.h"
#include "tui/options.h"
#include "tui/output.h"

/* Far more than is ever kept. */
enum { FILES_MAX = 4096 };

const char *
store_home(void)
{
	const char *home = getenv("HOME");
	struct stat st;

	return home != NULL && home[0] == '/' && stat(home, &st) == 0 && S_ISDIR(st.st_mode) ? home
											     : NULL;
}

static struct str
store_root(struct arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = store_home();

	if (base != NULL && base[0] == '/')
		return arena_printf(a, "%s/stswalk", base);
	if (home != NULL)
		return arena_printf(a, "%s/.local/state/stswalk", home);
	return STR_EMPTY;
}

/* A domain is a file name as it is; what could leave the folder never is one. */
static bool
is_file_name(struct str domain)
{
	return domain.n > 0 && domain.n <= 253 && domain.p[0] != '.' &&
	       str_find(domain, '/') == domain.n && str_find(domain, '\0') == domain.n;
}

static struct str
store_folder(struct arena *a, struct str domain)
{
	const struct str root = store_root(a);

	if (root.n == 0 || !is_file_name(domain))
		return STR_EMPTY;
	return arena_printf(a, "%.*s/sessions/%.*s", STR_ARG(root), STR_ARG(domain));
}

struct str
store_session_path(struct arena *a, struct str domain, int64_t started_ms)
{
	const struct str folder = store_folder(a, domain);
	const time_t seconds = (time_t)(started_ms / 1000);
	char text[32] = "";
	struct tm tm;

	if (folder.n == 0 || gmtime_r(&seconds, &tm) == NULL ||
		strftime(text, sizeof(text), "%Y%m%dT%H%M%S", &tm) == 0)
		return STR_EMPTY;
	return arena_printf(
		a, "%.*s/%s.%03dZ.stswalk", STR_ARG(folder), text, (int)(started_ms % 1000));
}

struct str
store_policy_path(struct arena *a, struct str domain)
{
	const struct str root = store_root(a);

	if (root.n == 0 || !is_file_name(domain))
		return STR_EMPTY;
	return arena_printf(a, "%.*s/policies/%.*s", STR_ARG(root), STR_ARG(domain));
}

struct str
store_path(struct arena *a, const char *name)
{
	const struct str root = store_root(a);

	return root.n > 0 ? arena_printf(a, "%.*s/%s", STR_ARG(root), name) : STR_EMPTY;
}

static int
by_name(const void *left, const void *right)
{
	return str_cmp(*(const struct str *)left, *(const struct str *)right);
}

struct strs
store_sessions(struct arena *a, struct str domain)
{
	const struct str folder = store_folder(a, domain);
	struct strs paths = { 0 };
	const struct dirent *entry;
	DIR *dir = folder.n > 0 ? opendir(folder.p) : NULL;

	while (dir != NULL && paths.n < FILES_MAX && (entry = readdir(dir)) != NULL)
		if (str_ends_nocase(str_of(entry->d_name), STR("Z.stswalk")))
			arena_push(a, &paths,
				arena_printf(a, "%.*s/%s", STR_ARG(folder), entry->d_name));
	if (dir != NULL)
		closedir(dir);
	if (paths.n > 0)
		qsort(paths.v, paths.n, sizeof(*paths.v), by_name);
	return paths;
}

void
store_make_folders(struct arena *a, struct str path)
{
	for (size_t i = 1; i < path.n; i++)
		if (path.p[i] == '/')
			mkdir(arena_str(a, str_sub(path, 0, i)).p, 0700);
}

static bool
write_all(int fd, struct str bytes)
{
	while (bytes.n > 0) {
		const ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = str_skip(bytes, (size_t)n);
	}
	return true;
}

/* Two that write the same name at once: each has its own part, the last one stays. */
enum result
store_write(struct str path, struct str bytes, struct err *err)
{
	struct arena a = { 0 };
	const struct str part = arena_printf(&a, "%.*s.%ld.part", STR_ARG(path), (long)getpid());
	const struct str whole = arena_str(&a, path);
	bool is_written = false;
	int fd, number;

	store_make_folders(&a, path);
	fd = open(part.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0) {
		is_written = write_all(fd, bytes);
		is_written = close(fd) == 0 && is_written && rename(part.p, whole.p) == 0;
	}
	number = errno;
	if (fd >= 0 && !is_written)
		unlink(part.p);
	if (!is_written)
		err_set(err, EXIT_OUTPUT, "%.*s: cannot be written: %s",
			SAFE_ARG(safe_text(&a, path, 200)), strerror(number));
	arena_release(&a);
	return is_written ? RESULT_OK : RESULT_FAILED;
}

enum result
store_read(struct arena *a, struct str path, size_t max, struct str *out)
{
	struct err err;
	struct stat st;

	if (path.n == 0 || stat(path.p, &st) != 0 || !S_ISREG(st.st_mode))
		return RESULT_FAILED;
	return input_read(a, path.p, max, out, &err);
}

void
store_remove(struct str path)
{
	unlink(path.p);
}
