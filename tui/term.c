#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "core/arena.h"
#include "core/base64.h"
#include "core/doc.h"
#include "tui/keys.h"
#include "tui/terminfo.h"

struct term {
	SCREEN *screen;
	FILE *in, *out;
	bool is_ascii;
	int colors;
	int frame_fd; /* of the test harness, -1 otherwise */
	bool is_gone; /* the terminal hung up */
	struct sigaction old[NSIG];
};

/*
 * What signal handlers need: the only state outside of struct term, because a handler is given
 * nothing else. Written before the handlers are installed.
 */
static struct {
	int pipe_write, pipe_read;
	int fd;
	volatile sig_atomic_t is_active;
	struct termios saved;
	char restore[128];
	size_t restore_n;
} shared = { -1, -1, -1, 0, { 0 }, "", 0 };

static const int told[] = { SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP };
/* Crashes, and what a shell, a limit or a scheduler may send to end a program. */
static const int fatal[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGQUIT, SIGUSR1,
	SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXCPU };

static void
on_told(int number)
{
	int saved = errno;
	unsigned char byte = (unsigned char)number;
	ssize_t done = write(shared.pipe_write, &byte, 1);

	(void)done;
	errno = saved;
}

/* Async-safe writes only: leave the alternate screen, show the cursor, put the line mode back. */
static void
on_fatal(int number)
{
	if (shared.is_active) {
		ssize_t done = write(shared.fd, shared.restore, shared.restore_n);

		(void)done;
		shared.is_active = 0;
		tcsetattr(shared.fd, TCSANOW, &shared.saved);
	}
	signal(number, SIG_DFL);
	raise(number);
}

static void
install_handlers(struct term *t)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	action.sa_handler = on_told;
	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		sigaction(told[i], &action, &t->old[told[i]]);
	action.sa_handler = on_fatal;
	action.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &action, &t->old[fatal[i]]);
}

static void
remove_handlers(struct term *t)
{
	size_t i;

	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		sigaction(told[i], &t->old[told[i]], NULL);
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaction(fatal[i], &t->old[fatal[i]], NULL);
}

/* Every glyph of the UTF-8 set must be one cell wide here, or the whole set falls to ASCII. */
static bool
glyphs_fit(void)
{
	int g;

	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return false;
	for (g = GLYPH_NONE + 1; g < glyph_count; g++) {
		wchar_t wide[4];
		mbstate_t state;
		const char *text = glyph_text((enum glyph)g, false);
		size_t n;

		memset(&state, 0, sizeof(state));
		n = mbsrtowcs(wide, &text, 4, &state);
		if (n != 1 || wcwidth(wide[0]) != 1)
			return false;
	}
	return true;
}

/* The harness's descriptor: only a number that is really open. */
static int
harness_fd(void)
{
	const char *text = getenv("STSWALK_TEST_FD");
	uint64_t number;

	if (text == NULL || !str_to_u64(str_of(text), 1023, &number) || number < 3)
		return -1;
	return fcntl((int)number, F_GETFD) == -1 ? -1 : (int)number;
}

static void
enter(struct term *t, const struct term_options *options)
{
	raw();
	noecho();
	nonl();
	nodelay(stdscr, TRUE);
	keypad(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	t->is_ascii = options->is_ascii || !glyphs_fit();
	if (!options->has_no_color && has_colors()) {
		start_color();
		t->colors = COLORS;
	}
}

enum result
term_open(struct term **out, const struct term_options *options, struct err *err)
{
	struct term *t;
	int fds[2];

	*out = NULL;
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
		return err_set(err, 70, "no pipe for signals: %s", strerror(errno));
	t = mem_alloc(sizeof(*t));
	memset(t, 0, sizeof(*t));
	shared.pipe_read = fds[0];
	shared.pipe_write = fds[1];
	t->frame_fd = harness_fd();
	t->out = stdout;
	/* Keys come from the terminal even when standard input is a file. */
	t->in = isatty(STDIN_FILENO) ? stdin : fopen("/dev/tty", "re");
	if (t->in == NULL)
		t->in = stdin;
	shared.fd = STDOUT_FILENO;
	tcgetattr(fileno(t->in), &shared.saved);
	/* The size comes from the terminal, never from LINES and COLUMNS. */
	use_env(FALSE);
	use_tioctl(TRUE);
	install_handlers(t);
	if (getenv("ESCDELAY") == NULL)
		set_escdelay(25);
	t->screen = newterm(NULL, t->out, t->in);
	if (t->screen == NULL) {
		remove_handlers(t);
		close(fds[0]);
		close(fds[1]);
		free(t);
		return err_set(err, 70, "the terminal could not be opened");
	}
	shared.restore_n = terminfo_restore(shared.restore, sizeof(shared.restore));
	shared.is_active = 1;
	enter(t, options);
	*out = t;
	return RESULT_OK;
}

void
term_close(struct term *t)
{
	if (t == NULL)
		return;
	if (!t->is_gone)
		endwin();
	shared.is_active = 0;
	remove_handlers(t);
	delscreen(t->screen);
	if (t->in != stdin)
		fclose(t->in);
	close(shared.pipe_read);
	close(shared.pipe_write);
	free(t);
}

bool
term_is_ascii(const struct term *t)
{
	return t->is_ascii;
}

int
term_colors(const struct term *t)
{
	return t->colors;
}

void
term_size(const struct term *t, int *rows, int *columns)
{
	(void)t;
	*rows = LINES;
	*columns = COLS;
}

const char *
term_why_not(void)
{
	return terminfo_why_not();
}

static void
take_size(void)
{
	struct winsize size;

	if (ioctl(shared.fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
}

static uint32_t
named(int code)
{
	static const struct {
		int code;
		uint32_t key;
	} map[] = {
		{ KEY_UP, NAMED_UP },
		{ KEY_DOWN, NAMED_DOWN },
		{ KEY_LEFT, NAMED_LEFT },
		{ KEY_RIGHT, NAMED_RIGHT },
		{ KEY_HOME, NAMED_HOME },
		{ KEY_END, NAMED_END },
		{ KEY_PPAGE, NAMED_PGUP },
		{ KEY_NPAGE, NAMED_PGDN },
		{ KEY_BTAB, NAMED_BACKTAB },
		{ KEY_BACKSPACE, NAMED_BACKSPACE },
		{ KEY_ENTER, '\r' },
	};
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
		if (map[i].code == code)
			return map[i].key;
	}
	if (code >= KEY_F(1) && code <= KEY_F(10))
		return NAMED_F1 + (uint32_t)(code - KEY_F(1));
	return 0;
}

/* The next key that means something to us; false when none waits. */
static bool
take_key(uint32_t *key)
{
	wint_t code;
	int kind;

	while ((kind = get_wch(&code)) != ERR) {
		*key = kind == KEY_CODE_YES ? named((int)code) : (uint32_t)code;
		if (*key == 127 || *key == 8)
			*key = NAMED_BACKSPACE;
		if (*key != 0)
			return true;
	}
	return false;
}

static enum term_event
take_signal(struct term *t, uint32_t *key)
{
	unsigned char number;

	if (read(shared.pipe_read, &number, 1) != 1)
		return TERM_NONE;
	switch (number) {
	case SIGWINCH:
		take_size();
		return TERM_RESIZE;
	case SIGINT:
		*key = 3;
		return TERM_KEY;
	case SIGTSTP:
		term_suspend(t);
		return TERM_RESIZE;
	/* Told to go: the terminal may still be there and is put right; if not, nobody sees it. */
	case SIGHUP:
	case SIGTERM:
		return TERM_END;
	default:
		return TERM_NONE;
	}
}

enum term_event
term_wait(struct term *t, int feed_fd, int aside_fd, int timeout_ms, uint32_t *key)
{
	struct pollfd fds[4] = {
		{ .fd = shared.pipe_read, .events = POLLIN },
		{ .fd = fileno(t->in), .events = POLLIN },
		{ .fd = feed_fd, .events = POLLIN },
		{ .fd = aside_fd, .events = POLLIN },
	};

	if (take_key(key))
		return TERM_KEY;
	if (poll(fds, 4, timeout_ms) <= 0)
		return TERM_NONE;
	if (fds[0].revents & POLLIN)
		return take_signal(t, key);
	if (fds[1].revents & POLLIN && take_key(key))
		return TERM_KEY;
	if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
		t->is_gone = true;
		return TERM_END;
	}
	if (fds[3].revents)
		return TERM_ASIDE;
	if (fds[2].revents)
		return TERM_FEED;
	return TERM_NONE;
}

bool
term_has_input(struct term *t)
{
	struct pollfd fds[2] = {
		{ .fd = fileno(t->in), .events = POLLIN },
		{ .fd = shared.pipe_read, .events = POLLIN },
	};

	return poll(fds, 2, 0) > 0;
}

void
term_suspend(struct term *t)
{
	struct sigaction dfl, own;
	sigset_t mask, old;

	(void)t;
	endwin();
	shared.is_active = 0;
	memset(&dfl, 0, sizeof(dfl));
	sigemptyset(&dfl.sa_mask);
	dfl.sa_handler = SIG_DFL;
	sigaction(SIGTSTP, &dfl, &own);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &mask, &old);
	kill(0, SIGTSTP);
	/* Here again after SIGCONT. */
	sigprocmask(SIG_SETMASK, &old, NULL);
	sigaction(SIGTSTP, &own, NULL);
	shared.is_active = 1;
	take_size();
	clearok(curscr, TRUE);
	refresh();
}

/* Beyond this xterm drops the whole sequence. */
#define COPY_MAX 74994

void
term_bell(struct term *t)
{
	(void)t;
	beep();
}

bool
term_copy(struct term *t, struct str text)
{
	bool is_tmux = getenv("TMUX") != NULL;
	struct buf code = BUF_INIT(COPY_MAX), all = BUF_INIT(0);
	bool fits;

	base64_encode(&code, text);
	fits = !code.is_cut;
	/* tmux passes on what stands in its own envelope, with ESC doubled. */
	buf_addf(&all, "%s]52;c;%s%s", is_tmux ? "\033Ptmux;\033\033" : "\033", buf_text(&code),
		is_tmux ? "\033\033\\\033\\" : "\033\\");
	if (fits) {
		fflush(t->out);
		fits = write(fileno(t->out), all.p, all.n) == (ssize_t)all.n;
	}
	buf_release(&all);
	buf_release(&code);
	return fits;
}

void
term_redraw(struct term *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

void
term_frame_done(struct term *t)
{
	if (t->frame_fd >= 0 && !term_has_input(t)) {
		ssize_t done = write(t->frame_fd, ".", 1);

		(void)done;
	}
}
