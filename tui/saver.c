#include "tui/saver.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/redact.h"
#include "core/sessfile.h"
#include "tui/options.h"

/* Up to so many events are made within a key's time. */
#define EVENTS_AT_ONCE 400

struct saver {
	enum saver_state state;
	bool has_thread;
	bool is_over; /* of a job without a thread */
	pthread_t thread;
	int fd;
	/* Of the job: the thread's alone while it runs. */
	struct arena arena;
	struct save_order order;
	struct str recorded_by, header_members;
	const struct event **events; /* shared with the session */
	size_t event_count;
	struct doc screen;
	struct str path, bytes;
	save_writer writer;
	void *context;
	struct save_made made;
	enum result rc;
	struct err err;
};

struct saver *
saver_new(void)
{
	struct saver *s = mem_alloc(sizeof(*s));

	memset(s, 0, sizeof(*s));
	s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->fd >= 0)
		return s;
	free(s);
	return NULL;
}

int
saver_fd(const struct saver *s)
{
	return s->fd;
}

enum saver_state
saver_state(const struct saver *s)
{
	return s->state;
}

static void
make_screen(struct saver *s, struct buf *out)
{
	const struct report_format *format = &report_formats[s->order.format];

	if (format->begin != NULL)
		format->begin(s->screen.title.text.n > 0 ? s->screen.title.text.p : "stswalk", out);
	if (s->order.format == FORMAT_MARKDOWN)
		render_markdown(&s->screen, &s->order.look, out);
	else if (s->order.format == FORMAT_HTML)
		render_html(&s->screen, &s->order.look, out);
	else
		render_text(&s->screen, &s->order.look, out);
	if (format->end != NULL)
		format->end(out);
}

static void
make_report(struct saver *s, const struct session *session, struct buf *out)
{
	const struct save_order *order = &s->order;
	const struct report_request request = { .format = &report_formats[order->format],
		.is_brief = order->what == SAVE_FIRST_PAGE,
		.is_full = true,
		.scope = order->scope,
		.redact = order->redact,
		.judge = order->judge,
		.look = order->look,
		.digest = order->digest };
	struct report_made made;

	report_make(session, &request, out, &made);
	if (request.format->end != NULL)
		request.format->end(out);
	s->made.places = made.places;
}

static void
make_session(struct saver *s, const struct session *session, struct buf *out)
{
	struct session redacted;

	if (s->order.redact == 0) {
		sessfile_write(out, session);
		return;
	}
	session_redact(session, s->order.redact, &redacted, &s->made.places);
	sessfile_write(out, &redacted);
	session_release(&redacted);
}

static size_t
count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_split(&text, '\n', &line))
		n++;
	return n;
}

/* Folding wants events of its own; they are copied here, for it takes longer than a key may. */
static void
fold_own(struct saver *s, struct session *own)
{
	struct event *events = arena_array(&s->arena, s->event_count, sizeof(*events));

	session_init(own);
	for (size_t i = 0; i < s->event_count; i++) {
		events[i] = *s->events[i];
		session_fold(own, &events[i]);
	}
	session_settle(own);
	own->recorded_by = s->recorded_by;
	own->header_members = s->header_members;
}

static void
make(struct saver *s)
{
	struct buf *out = &s->made.bytes;
	struct session own;

	if (s->order.what == SAVE_SCREEN) {
		make_screen(s, out);
	} else {
		fold_own(s, &own);
		if (s->order.what == SAVE_SESSION)
			make_session(s, &own, out);
		else
			make_report(s, &own, out);
		session_release(&own);
	}
	s->made.lines = count_lines(buf_str(out));
	s->rc = RESULT_OK;
	if (out->is_cut)
		s->rc = err_set(&s->err, EXIT_OUTPUT,
			"more than %lu MB: choose the session, or the first page",
			BUF_MAX_DEFAULT / 1024 / 1024);
}

static void
work(struct saver *s)
{
	s->err.text[0] = '\0';
	if (s->state == SAVER_MAKING)
		make(s);
	else
		s->rc = s->writer(s->context, s->path.p, s->bytes, &s->err);
}

static void *
run(void *context)
{
	static const uint64_t one = 1;
	struct saver *s = context;
	ssize_t done;

	work(s);
	done = write(s->fd, &one, sizeof(one));
	(void)done;
	return NULL;
}

/* Signals are the main thread's. Without a thread the work is done here and now. */
static void
begin(struct saver *s)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	s->has_thread = pthread_create(&s->thread, NULL, run, s) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (s->has_thread)
		return;
	work(s);
	s->is_over = true;
}

bool
saver_make(struct saver *s, const struct save_order *order)
{
	const struct session *session = order->session;

	s->state = SAVER_MAKING;
	s->order = *order;
	s->order.scope = arena_str(&s->arena, order->scope);
	s->made = (struct save_made){ .bytes = BUF_INIT(0) };
	if (order->what == SAVE_SCREEN) {
		s->screen = *order->screen;
		*order->screen = (struct doc){ 0 };
	} else {
		s->event_count = session->event_count;
		s->events = arena_array(&s->arena, s->event_count, sizeof(*s->events));
		for (size_t i = 0; i < s->event_count; i++)
			s->events[i] = session->events[i];
		s->recorded_by = arena_str(&s->arena, session->recorded_by);
		s->header_members = arena_str(&s->arena, session->header_members);
	}
	if (session->event_count > EVENTS_AT_ONCE) {
		begin(s);
	} else {
		work(s);
		s->is_over = true;
	}
	return s->is_over;
}

bool
saver_write(struct saver *s, const char *path, struct str bytes, save_writer writer, void *context)
{
	s->state = SAVER_WRITING;
	s->path = arena_str(&s->arena, str_of(path));
	s->bytes = bytes;
	s->writer = writer;
	s->context = context;
	begin(s);
	return s->is_over;
}

void
saver_wait(struct saver *s)
{
	if (s == NULL || !s->has_thread)
		return;
	pthread_join(s->thread, NULL);
	s->has_thread = false;
	s->is_over = true;
}

/* The descriptor is readable once the thread has nothing left to do. */
static void
notice_end(struct saver *s)
{
	uint64_t count;

	if (s->has_thread && read(s->fd, &count, sizeof(count)) == sizeof(count))
		saver_wait(s);
}

enum saver_state
saver_take(struct saver *s, struct save_made *made, enum result *rc, struct err *err)
{
	const enum saver_state was = s->state;
	uint64_t count;

	notice_end(s);
	if (!s->is_over)
		return SAVER_IDLE;
	if (read(s->fd, &count, sizeof(count)) < 0)
		count = 0; /* it was read before */
	*rc = s->rc;
	*err = s->err;
	if (was == SAVER_MAKING)
		*made = s->made;
	s->made = (struct save_made){ .bytes = BUF_INIT(0) };
	doc_release(&s->screen);
	arena_release(&s->arena);
	s->state = SAVER_IDLE;
	s->is_over = false;
	return was;
}

void
saver_free(struct saver *s)
{
	if (s == NULL)
		return;
	saver_wait(s);
	buf_release(&s->made.bytes);
	doc_release(&s->screen);
	arena_release(&s->arena);
	close(s->fd);
	free(s);
}
