/*
 * program: the program as a process: its words, its bytes, its exit status. Nothing waits for a
 * time: the program is read until it is gone.
 */
#ifndef STS_TEST_PROGRAM_H
#define STS_TEST_PROGRAM_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/buf.h"
#include "support/check.h"

enum { PROGRAM_WORDS = 16 };

struct program {
	const char *input; /* of standard input, NULL: none */
	const char *locale; /* LC_ALL, NULL: C.UTF-8 */
	const char *state; /* XDG_STATE_HOME, NULL: one that cannot be */
	const char *home; /* HOME, with no XDG_STATE_HOME; NULL: as the test has it */
	const char *stdout_path; /* in place of a pipe */
	int signal; /* sent when the first byte of standard output has come, 0: none */
	bool closes_stdout; /* nobody reads it */
	bool lacks_stdout; /* the descriptor is not open at all */

	pid_t pid;
	int exit; /* 128 + number after a signal */
	struct buf out, err;
};

static inline void
program_child(const struct program *p, const char *const *words, int in, int out, int err)
{
	char *argv[PROGRAM_WORDS + 2] = { (char *)(uintptr_t)TEST_PROGRAM };
	int file;

	for (size_t i = 0; i < PROGRAM_WORDS && words[i] != NULL; i++)
		argv[i + 1] = (char *)(uintptr_t)words[i];
	setenv("LC_ALL", p->locale != NULL ? p->locale : "C.UTF-8", 1);
	setenv("TERM", "dumb", 1);
	setenv("XDG_STATE_HOME", p->state != NULL ? p->state : "/dev/null/none", 1);
	if (p->home != NULL) {
		unsetenv("XDG_STATE_HOME");
		setenv("HOME", p->home, 1);
	}
	setenv("TZ", "UTC", 1);
	if (p->stdout_path != NULL && (file = open(p->stdout_path, O_WRONLY)) >= 0)
		out = file;
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
		close(fd);
	if (p->lacks_stdout)
		close(STDOUT_FILENO);
	signal(SIGPIPE, SIG_DFL);
	execv(TEST_PROGRAM, argv);
	_exit(127);
}

static inline bool
program_read(int fd, struct buf *into)
{
	char chunk[4096];
	const ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n > 0)
		buf_add(into, (struct str){ chunk, (size_t)n });
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Both streams until their ends. */
static inline void
program_collect(struct program *p, int out, int err)
{
	struct pollfd fds[2] = { { .fd = out, .events = POLLIN }, { .fd = err, .events = POLLIN } };

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents != 0 && !program_read(out, &p->out))
			fds[0].fd = -1;
		if (fds[1].revents != 0 && !program_read(err, &p->err))
			fds[1].fd = -1;
		if (p->signal != 0 && p->out.n > 0) {
			kill(p->pid, p->signal);
			p->signal = 0;
		}
	}
}

static inline void
program_run(struct program *p, const char *const *words)
{
	int in[2], out[2], err[2], status;

	buf_clear(&p->out);
	buf_clear(&p->err);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(err), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0)
		program_child(p, words, in[0], out[1], err[1]);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	if (p->input != NULL)
		assert_true(write(in[1], p->input, strlen(p->input)) >= 0);
	close(in[1]);
	if (p->closes_stdout)
		close(out[0]);
	program_collect(p, p->closes_stdout ? -1 : out[0], err[0]);
	if (!p->closes_stdout)
		close(out[0]);
	close(err[0]);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	p->exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define RUN(p, ...) program_run((p), (const char *const[PROGRAM_WORDS]){ __VA_ARGS__ })

static inline void
program_release(struct program *p)
{
	buf_release(&p->out);
	buf_release(&p->err);
}

static inline bool
text_has(const struct buf *text, const char *part)
{
	return str_find_str(buf_str(text), str_of(part)) < text->n;
}

static inline void
check_has(const char *row, const struct buf *text, const char *part)
{
	if (!text_has(text, part))
		fail_msg("%s: no \"%s\" in \"%s\"", row, part, buf_text(text));
}

static inline size_t
line_count(const struct buf *text)
{
	size_t n = 0;

	for (size_t i = 0; i < text->n; i++)
		n += text->p[i] == '\n';
	return n;
}

/* A folder of this test's own, gone at the end. */
struct folder {
	char path[64];
	char file[8][128];
};

static inline void
folder_make(struct folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/stswalk-test-XXXXXX");
	assert_non_null(mkdtemp(f->path));
}

/* "PATH/NAME"; number is the slot that holds it. */
static inline const char *
folder_file(struct folder *f, size_t number, const char *name)
{
	snprintf(f->file[number], sizeof(f->file[number]), "%s/%s", f->path, name);
	return f->file[number];
}

static inline void
folder_remove(struct folder *f)
{
	for (size_t i = 0; i < ROWS(f->file); i++)
		if (f->file[i][0] != '\0' && unlink(f->file[i]) != 0)
			rmdir(f->file[i]);
	assert_int_equal(rmdir(f->path), 0);
}

static inline void
write_file(const char *path, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static inline struct buf
file_text(const char *path)
{
	struct buf text = { 0 };
	const int fd = open(path, O_RDONLY);

	if (fd < 0)
		fail_msg("%s cannot be opened", path);
	while (program_read(fd, &text))
		;
	close(fd);
	return text;
}

#endif
