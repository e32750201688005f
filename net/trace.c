#include "net/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/buf.h"
#include "net/sock.h"

#define EXIT_NO_OUTPUT 73
#define TEXT_MAX_BYTES 256
#define LINE_MAX_BYTES (64 * 1024)
#define US_PER_S 1000000

struct trace {
	struct sink sink; /* first: the sink is the trace */
	struct sink *next;
	int64_t epoch_ns;
	int fd;
};

static void
add_text(struct buf *b, struct str text)
{
	struct str shown = str_sub(text, 0, TEXT_MAX_BYTES);

	buf_add_char(b, '"');
	for (size_t i = 0; i < shown.n; i++) {
		unsigned char c = (unsigned char)shown.p[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			buf_addf(b, "\\x%02x", c);
		else
			buf_add_char(b, (char)c);
	}
	buf_add_char(b, '"');
	if (shown.n < text.n)
		buf_addf(b, "...%zu", text.n);
}

static void
add_list(struct buf *b, const struct strs *list)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			buf_add_char(b, ' ');
		add_text(b, list->v[i]);
	}
	buf_add_char(b, ']');
}

static void
add_field(struct buf *b, const struct field *field, const void *payload)
{
	const void *at = (const char *)payload + field->offset;
	size_t word;

	buf_addf(b, " %s=", field->name);
	switch (field->type) {
	case FIELD_INT:
		buf_addf(b, "%" PRId64, *(const int64_t *)at);
		break;
	case FIELD_BOOL:
		buf_add_text(b, *(const bool *)at ? "true" : "false");
		break;
	case FIELD_ENUM:
		word = *(const unsigned *)at;
		buf_add_text(b, word < field->vocab->count ? field->vocab->words[word] : "?");
		break;
	case FIELD_TEXT:
		add_text(b, *(const struct str *)at);
		break;
	case FIELD_LIST:
		add_list(b, at);
		break;
	}
}

static void
trace_emit(struct sink *sink, struct str job, enum event_kind kind, const void *payload)
{
	struct trace *t = (struct trace *)sink;
	const struct event_type *type = event_type(kind);
	int64_t us = (deadline_now() - t->epoch_ns) / 1000;
	struct buf line = BUF_INIT(LINE_MAX_BYTES - 1);

	buf_addf(&line, "%" PRId64 ".%06" PRId64 " %.*s %s", us / US_PER_S, us % US_PER_S,
		STR_ARG(job), type->name);
	for (size_t i = 0; i < type->field_count; i++)
		add_field(&line, &type->fields[i], payload);
	line.max = LINE_MAX_BYTES;
	buf_add_char(&line, '\n');
	/* One write per line keeps the lines of several threads apart; a full disk loses the trace. */
	(void)!write(t->fd, line.p, line.n);
	buf_release(&line);
	sink_emit(t->next, job, kind, payload);
}

enum result
trace_open(
	struct trace **out, const char *path, int64_t epoch_ns, struct sink *next, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	char reason[SOCK_ERROR_MAX];
	struct trace *t;

	*out = NULL;
	if (fd < 0)
		return err_set(
			err, EXIT_NO_OUTPUT, "--trace %s: %s", path, sock_error(errno, reason));
	t = mem_alloc(sizeof(*t));
	t->sink.emit = trace_emit;
	t->next = next;
	t->epoch_ns = epoch_ns;
	t->fd = fd;
	*out = t;
	return RESULT_OK;
}

void
trace_free(struct trace *t)
{
	if (t == NULL)
		return;
	close(t->fd);
	free(t);
}

struct sink *
trace_sink(struct trace *t)
{
	return &t->sink;
}
