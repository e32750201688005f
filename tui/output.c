#include "tui/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/safe.h"
#include "tui/options.h"

/* "FILE: fact", the name made visible. */
static enum result
fail(struct output *o, struct err *err, int number, const char *advice)
{
	const struct safe name = safe_text(&o->arena, o->path, 200);

	return err_set(err, EXIT_OUTPUT, "%.*s: cannot be written: %s%s", SAFE_ARG(name),
		strerror(number), advice);
}

static enum result
fail_exists(struct output *o, struct err *err, struct str file)
{
	const struct safe name = safe_text(&o->arena, file, 200);

	if (str_eq(file, o->part))
		return err_set(err, EXIT_OUTPUT,
			"%.*s exists: it is being written, or was left behind; remove it%s",
			SAFE_ARG(name), o->has_no_force ? "" : ", or add --force");
	return err_set(err, EXIT_OUTPUT, "%.*s exists: choose another name%s", SAFE_ARG(name),
		o->has_no_force ? "" : ", or add --force to replace it");
}

static enum result
open_direct(struct output *o, const char *path, struct err *err)
{
	o->owns_fd = true;
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return o->fd >= 0 ? RESULT_OK : fail(o, err, errno, "");
}

static enum result
open_part(struct output *o, struct err *err)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;

	o->owns_fd = true;
	o->fd = open(o->part.p, flags, 0666);
	if (o->fd < 0 && errno == EEXIST && o->is_forced && unlink(o->part.p) == 0)
		o->fd = open(o->part.p, flags, 0666);
	if (o->fd >= 0)
		return RESULT_OK;
	if (errno == EEXIST) {
		const enum result rc = fail_exists(o, err, o->part);

		o->part = STR_EMPTY; /* not ours: it stays */
		return rc;
	}
	o->part = STR_EMPTY;
	return fail(o, err, errno, "; choose another place");
}

void
output_open_fd(struct output *o, int fd, const char *name)
{
	*o = (struct output){ .fd = fd, .signal_fd = -1 };
	o->path = arena_str(&o->arena, str_of(name));
}

static enum result
open_path(struct output *o, const char *path, struct err *err)
{
	struct stat st;
	char real[PATH_MAX];

	o->path = arena_str(&o->arena, str_of(path));
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return fail(o, err, EISDIR, "; name a file in it");
		if (!S_ISREG(st.st_mode))
			return open_direct(o, path, err);
		if (!o->is_forced)
			return fail_exists(o, err, o->path);
		/* A link stays a link: the file that it points to is replaced. */
		if (realpath(path, real) != NULL)
			path = real;
	} else if (errno != ENOENT) {
		return fail(o, err, errno, "; choose another place");
	}
	o->target = arena_str(&o->arena, str_of(path));
	o->part = arena_printf(&o->arena, "%s.part", path);
	return open_part(o, err);
}

enum result
output_open(struct output *o, const char *path, bool is_forced, struct err *err)
{
	if (strcmp(path, "-") == 0) {
		output_open_fd(o, STDOUT_FILENO, "standard output");
		return RESULT_OK;
	}
	*o = (struct output){ .fd = -1, .signal_fd = -1, .is_forced = is_forced };
	return open_path(o, path, err);
}

enum result
output_open_new(struct output *o, const char *path, struct err *err)
{
	*o = (struct output){ .fd = -1, .signal_fd = -1, .has_no_force = true };
	return open_path(o, path, err);
}

/* Wait until the reader takes more; a signal ends the wait. */
static bool
wait_writable(struct output *o)
{
	struct pollfd fds[2] = { { .fd = o->fd, .events = POLLOUT },
		{ .fd = o->signal_fd, .events = POLLIN } };

	for (;;) {
		const int n = poll(fds, 2, -1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || fds[0].revents != 0)
			return true; /* the write will tell */
		if (fds[1].revents != 0)
			return false;
	}
}

static void
give_up(struct output *o)
{
	if (o->owns_fd && o->fd >= 0)
		close(o->fd);
	o->fd = -1;
	if (o->part.n > 0)
		unlink(o->part.p);
	o->part = STR_EMPTY;
}

enum result
output_write(struct output *o, struct str bytes, struct err *err)
{
	if (err != NULL)
		err->text[0] = '\0';
	while (o->fd >= 0 && bytes.n > 0) {
		/* A pipe that polls writable takes this much without blocking. */
		const size_t count = bytes.n < PIPE_BUF ? bytes.n : PIPE_BUF;
		ssize_t done;

		if (!wait_writable(o)) {
			give_up(o);
			return RESULT_CANCELLED;
		}
		done = write(o->fd, bytes.p, count);
		if (done >= 0) {
			bytes = str_skip(bytes, (size_t)done);
			continue;
		}
		if (errno == EINTR || errno == EAGAIN)
			continue;
		if (errno != EPIPE)
			fail(o, err, errno, "");
		give_up(o);
		return RESULT_FAILED;
	}
	return o->fd >= 0 ? RESULT_OK : RESULT_FAILED;
}

bool
output_is_file(const struct output *o)
{
	return o->part.n > 0;
}

enum result
output_restart(struct output *o, struct err *err)
{
	if (o->fd < 0)
		return RESULT_FAILED;
	if (ftruncate(o->fd, 0) == 0 && lseek(o->fd, 0, SEEK_SET) == 0)
		return RESULT_OK;
	fail(o, err, errno, "");
	give_up(o);
	return RESULT_FAILED;
}

/* link() in place of rename() refuses to replace what came to be meanwhile. */
static int
take_name(struct output *o)
{
	if (o->is_forced)
		return rename(o->part.p, o->target.p);
	if (link(o->part.p, o->target.p) == 0)
		return unlink(o->part.p);
	if (errno == EEXIST)
		return -1;
	return rename(o->part.p, o->target.p); /* a file system without links */
}

enum result
output_commit(struct output *o, struct err *err)
{
	int failed;

	if (o->fd < 0)
		return err_set(err, EXIT_OUTPUT, "%s", "");
	if (!o->owns_fd)
		return RESULT_OK;
	failed = o->part.n > 0 && fsync(o->fd) != 0;
	if (close(o->fd) != 0)
		failed = 1;
	o->fd = -1;
	if (!failed && o->part.n > 0 && take_name(o) != 0)
		failed = 1;
	if (failed) {
		if (errno == EEXIST)
			fail_exists(o, err, o->path);
		else
			fail(o, err, errno, "");
		give_up(o);
		return RESULT_FAILED;
	}
	o->part = STR_EMPTY;
	return RESULT_OK;
}

void
output_release(struct output *o)
{
	if (o->path.n > 0)
		give_up(o);
	arena_release(&o->arena);
	*o = (struct output){ .fd = -1, .signal_fd = -1 };
}

static enum result
read_all(int fd, size_t max, struct buf *out)
{
	char chunk[16384];

	while (out->n <= max) {
		const ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return RESULT_FAILED;
		if (n == 0)
			return RESULT_OK;
		buf_add(out, (struct str){ chunk, (size_t)n });
	}
	errno = EFBIG;
	return RESULT_FAILED;
}

enum result
input_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *err)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buf bytes = BUF_INIT(max + 65536);
	enum result rc = RESULT_FAILED;

	if (fd >= 0)
		rc = read_all(fd, max, &bytes);
	if (rc == RESULT_OK) {
		*out = arena_str(a, buf_str(&bytes));
	} else {
		const int number = errno;
		const struct safe name = is_stdin ? safe_literal("standard input")
						  : safe_text(a, str_of(path), 200);

		err_set(err, EXIT_INPUT, "%.*s: cannot be read: %s; name a readable file",
			SAFE_ARG(name), strerror(number));
	}
	if (fd >= 0 && !is_stdin)
		close(fd);
	buf_release(&bytes);
	return rc;
}
