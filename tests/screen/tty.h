/*
 * tty: the program on a pseudo-terminal with a real terminal emulator behind it.
 *
 * Nothing sleeps: the harness waits for frames (a byte on STSWALK_TEST_FD after each one) and for
 * text to appear, and gives up only when nothing has moved for long.
 */
#ifndef TEST_TTY_H
#define TEST_TTY_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>
#include <vterm.h>

/* Milliseconds without any output before the harness gives up: a hang, not a slow machine. */
#define TTY_PATIENCE_MS 60000

struct tty {
	VTerm *vt;
	VTermScreen *screen;
	int fd; /* of the terminal */
	int frames_fd; /* a byte per frame */
	pid_t pid;
	int rows, columns;
	unsigned long frames;
	size_t bytes; /* written by the program so far */
	bool has_high; /* a byte above 0x7e was written */
	bool has_color; /* a colour was chosen (SGR 30-49, 90-107) */
	bool is_alt; /* the alternate screen is shown */
	bool is_gone, has_frames_ended;
	bool has_unknown; /* a sequence that the emulator does not know */
	char csi[64]; /* parameters of the sequence that is being read */
	size_t csi_n;
	int csi_state;
	int status;
	char tail[16384]; /* the last output, for what stays in the scrollback */
	size_t tail_n;
};

static inline void
tty_answer(const char *bytes, size_t n, void *user)
{
	struct tty *t = user;
	ssize_t done = write(t->fd, bytes, n);

	(void)done;
}

static inline int
tty_prop(VTermProp prop, VTermValue *value, void *user)
{
	struct tty *t = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		t->is_alt = value->boolean;
	return 1;
}

static inline int
tty_unknown_csi(const char *leader, const long args[], int count, const char *intermed,
	char command, void *user)
{
	struct tty *t = user;

	(void)args;
	(void)count;
	/* Title stack of xterm, cursor shape of linux, colours of the linux console. */
	if (command == 't' || (leader != NULL && leader[0] == '?' && command == 'c') ||
		(intermed != NULL && intermed[0] != '\0'))
		return 1;
	t->has_unknown = true;
	return 1;
}

static inline int
tty_unknown_osc(const char *command, size_t n, void *user)
{
	struct tty *t = user;

	size_t i;

	/* The clipboard is asked for with y only; long texts come in pieces of base64. */
	if (n >= 3 && memcmp(command, "52;", 3) == 0)
		return 1;
	for (i = 0; i < n; i++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=",
			    command[i]) == NULL)
			t->has_unknown = true;
	}
	return 1;
}

static inline int
tty_unknown_dcs(const char *command, size_t n, void *user)
{
	struct tty *t = user;

	(void)command;
	(void)n;
	t->has_unknown = true;
	return 1;
}

static inline void
tty_emulator(struct tty *t)
{
	static const VTermScreenCallbacks callbacks = { .settermprop = tty_prop };
	static const VTermParserCallbacks fallbacks = {
		.csi = tty_unknown_csi, .osc = tty_unknown_osc, .dcs = tty_unknown_dcs
	};

	t->vt = vterm_new(t->rows, t->columns);
	vterm_set_utf8(t->vt, 1);
	vterm_output_set_callback(t->vt, tty_answer, t);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_set_unrecognised_fallbacks(t->screen, &fallbacks, t);
	vterm_screen_reset(t->screen, 1);
}

/* Where the program runs: nothing that it writes stays. */
static char tty_folder[] = "/tmp/stswalk-tty-XXXXXX";
static bool tty_has_folder;

static inline void
tty_empty_folder(void)
{
	struct dirent *entry;
	DIR *open = opendir(tty_folder);

	while (open != NULL && (entry = readdir(open)) != NULL)
		unlinkat(dirfd(open), entry->d_name, 0);
	if (open != NULL)
		closedir(open);
}

static inline void
tty_drop_folder(void)
{
	tty_empty_folder();
	rmdir(tty_folder);
}

static inline void
tty_make_folder(void)
{
	if (tty_has_folder)
		tty_empty_folder();
	else if (mkdtemp(tty_folder) == NULL || atexit(tty_drop_folder) != 0)
		fail_msg("no folder for the program to run in: %s", strerror(errno));
	tty_has_folder = true;
}

/* env: "NAME=VALUE" strings ended by NULL, beside a clean environment. */
static inline void
tty_start(struct tty *t, int rows, int columns, const char *const *env, const char *const *argv)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };
	int frames[2];
	char number[32];

	memset(t, 0, sizeof(*t));
	t->rows = rows;
	t->columns = columns;
	tty_emulator(t);
	tty_make_folder();
	assert_int_equal(pipe(frames), 0);
	t->pid = forkpty(&t->fd, NULL, NULL, &size);
	assert_true(t->pid >= 0);
	if (t->pid == 0) {
		close(frames[0]);
		if (chdir(tty_folder) != 0)
			_exit(127);
		clearenv();
		setenv("TERM", "screen-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("TZ", "UTC", 1);
		setenv("HOME", "/nonexistent", 1);
		/* Nothing of the tests is kept, and nothing of the user is read. */
		setenv("XDG_CONFIG_HOME", "/dev/null/none", 1);
		setenv("XDG_CONFIG_DIRS", "/dev/null/none", 1);
		setenv("XDG_STATE_HOME", "/dev/null/none", 1);
		setenv("PATH", "/usr/bin:/bin", 1);
		/* What curses keeps for its whole life is no leak of ours. */
		setenv("LSAN_OPTIONS",
			"suppressions=" TEST_DIR "/screen/lsan.supp:print_suppressions=0", 1);
		snprintf(number, sizeof(number), "%d", frames[1]);
		setenv("STSWALK_TEST_FD", number, 1);
		for (; env != NULL && *env != NULL; env++)
			putenv((char *)(uintptr_t)*env);
		execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(frames[1]);
	t->frames_fd = frames[0];
	fcntl(t->fd, F_SETFL, O_NONBLOCK);
	fcntl(t->frames_fd, F_SETFL, O_NONBLOCK);
}

/* Colours of SGR: 30 to 49 and 90 to 107, wherever they stand among the parameters; 39 and 49 are
 * the terminal's own. */
static inline void
tty_sgr(struct tty *t)
{
	const char *at = t->csi;
	int number;

	while (*at != '\0') {
		for (number = 0; *at >= '0' && *at <= '9'; at++)
			number = number < 1000 ? number * 10 + (*at - '0') : number;
		if (number == 39 || number == 49)
			number = 0;
		if ((number >= 30 && number <= 49) || (number >= 90 && number <= 107))
			t->has_color = true;
		if (*at != '\0')
			at++;
	}
}

/* Follow control sequences over the borders of reads. */
static inline void
tty_follow(struct tty *t, char c)
{
	if (c == '\033') {
		t->csi_state = 1;
	} else if (t->csi_state == 1) {
		t->csi_state = c == '[' ? 2 : 0;
		t->csi_n = 0;
	} else if (t->csi_state == 2 && c >= 0x20 && c < 0x40) {
		if (t->csi_n + 1 < sizeof(t->csi))
			t->csi[t->csi_n++] = c;
	} else if (t->csi_state == 2) {
		t->csi[t->csi_n] = '\0';
		t->csi_state = 0;
		if (c == 'm')
			tty_sgr(t);
	}
}

static inline void
tty_notice(struct tty *t, const char *bytes, size_t n)
{
	size_t i, keep = n < sizeof(t->tail) ? n : sizeof(t->tail);

	for (i = 0; i < n; i++) {
		t->has_high = t->has_high || (unsigned char)bytes[i] > 0x7e;
		tty_follow(t, bytes[i]);
	}
	if (t->tail_n + keep > sizeof(t->tail)) {
		size_t drop = t->tail_n + keep - sizeof(t->tail);

		memmove(t->tail, t->tail + drop, t->tail_n - drop);
		t->tail_n -= drop;
	}
	memcpy(t->tail + t->tail_n, bytes + n - keep, keep);
	t->tail_n += keep;
}

/* Take what is there; false when nothing came within the time. */
static inline bool
tty_pump(struct tty *t, int timeout_ms)
{
	struct pollfd fds[2] = { { .fd = t->fd, .events = POLLIN },
		{ .fd = t->has_frames_ended ? -1 : t->frames_fd, .events = POLLIN } };
	char bytes[8192];
	bool moved = false;
	ssize_t n;

	if (poll(fds, 2, timeout_ms) <= 0)
		return false;
	while ((n = read(t->frames_fd, bytes, sizeof(bytes))) > 0) {
		t->frames += (unsigned long)n;
		moved = true;
	}
	/* The program has closed it: the terminal follows. */
	if (n == 0 && !t->has_frames_ended)
		moved = t->has_frames_ended = true;
	while ((n = read(t->fd, bytes, sizeof(bytes))) > 0) {
		vterm_input_write(t->vt, bytes, (size_t)n);
		tty_notice(t, bytes, (size_t)n);
		t->bytes += (size_t)n;
		moved = true;
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK))
		t->is_gone = true;
	vterm_screen_flush_damage(t->screen);
	return moved;
}

/* One row as UTF-8 text without blanks at its end. */
static inline const char *
tty_row(struct tty *t, int row, char *out, size_t size)
{
	size_t used = 0;
	int column;

	for (column = 0; column < t->columns && used + 8 < size;) {
		VTermScreenCell cell;
		VTermPos at = { .row = row, .col = column };
		uint32_t c;

		vterm_screen_get_cell(t->screen, at, &cell);
		c = cell.chars[0] == 0 ? ' ' : cell.chars[0];
		if (c == (uint32_t)-1) {
			column++;
			continue;
		}
		if (c < 0x80) {
			out[used++] = (char)c;
		} else if (c < 0x800) {
			out[used++] = (char)(0xc0 | (c >> 6));
			out[used++] = (char)(0x80 | (c & 0x3f));
		} else {
			out[used++] = (char)(0xe0 | ((c >> 12) & 0x0f));
			out[used++] = (char)(0x80 | ((c >> 6) & 0x3f));
			out[used++] = (char)(0x80 | (c & 0x3f));
		}
		column += cell.width > 0 ? cell.width : 1;
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	return out;
}

static inline bool
tty_shows(struct tty *t, const char *text)
{
	char row[2048];
	int i;

	for (i = 0; i < t->rows; i++) {
		if (strstr(tty_row(t, i, row, sizeof(row)), text) != NULL)
			return true;
	}
	return false;
}

static inline void
tty_dump(struct tty *t)
{
	char row[2048];
	int i;

	for (i = 0; i < t->rows; i++)
		fprintf(stderr, "%2d|%s\n", i, tty_row(t, i, row, sizeof(row)));
}

/* Wait until the text stands on the screen. */
static inline void
tty_until(struct tty *t, const char *text)
{
	while (!tty_shows(t, text)) {
		if (!tty_pump(t, TTY_PATIENCE_MS) || (t->is_gone && !tty_shows(t, text))) {
			tty_dump(t);
			fail_msg("\"%s\" never appeared", text);
		}
	}
	/* The rest of the same frame. */
	while (tty_pump(t, 5))
		;
}

static inline void
tty_type(struct tty *t, const char *keys, size_t n)
{
	assert_int_equal(write(t->fd, keys, n), (ssize_t)n);
}

/* Send keys and wait for the frame that answers them. */
static inline void
tty_keys(struct tty *t, const char *keys)
{
	unsigned long before = t->frames;

	tty_type(t, keys, strlen(keys));
	while (t->frames == before && !t->is_gone) {
		if (!tty_pump(t, TTY_PATIENCE_MS)) {
			tty_dump(t);
			fail_msg("no frame after keys");
		}
	}
	while (tty_pump(t, 5))
		;
}

static inline void
tty_resize(struct tty *t, int rows, int columns)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };
	unsigned long before = t->frames;

	/* Nobody is told of a size that stays. */
	if (rows == t->rows && columns == t->columns)
		return;
	/* libvterm 0.1.4 does not survive a scroll region beyond its rows: nothing of the old size
	 * may be on its way. */
	while (tty_pump(t, 2))
		;
	vterm_input_write(t->vt, "\033[r", 3);
	t->rows = rows;
	t->columns = columns;
	/* Nor does it survive one row or column: it keeps two, which nobody looks at. */
	vterm_set_size(t->vt, rows > 1 ? rows : 2, columns > 1 ? columns : 2);
	ioctl(t->fd, TIOCSWINSZ, &size);
	while (t->frames == before && !t->is_gone) {
		if (!tty_pump(t, TTY_PATIENCE_MS))
			fail_msg("no frame after a resize to %dx%d", columns, rows);
	}
	while (tty_pump(t, 5))
		;
}

/* From the bytes: the emulator restores the cursor of another time with the main screen. */
static inline bool
tty_cursor_visible(const struct tty *t)
{
	bool is_visible = true;
	size_t i;

	for (i = 0; i + 3 < t->tail_n; i++) {
		if (memcmp(t->tail + i, "?25", 3) == 0)
			is_visible = t->tail[i + 3] == 'h';
	}
	return is_visible;
}

/* Wait for the end of the program; returns its wait status. */
static inline int
tty_end(struct tty *t)
{
	while (!t->is_gone) {
		if (!tty_pump(t, TTY_PATIENCE_MS) && !t->is_gone) {
			tty_dump(t);
			kill(t->pid, SIGKILL);
			fail_msg("the program does not end");
		}
	}
	waitpid(t->pid, &t->status, 0);
	close(t->fd);
	close(t->frames_fd);
	vterm_free(t->vt);
	return t->status;
}

#endif
