#include "net/smtp.h"

#include <assert.h>
#include <stdio.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/reply.h"
#include "net/stream.h"
#include "net/tls.h"
#include "net/vary.h"

#define RAW_BYTES 4096
#define EHLO_NAME_MAX 255 /* RFC 5321 section 4.5.3.1.2 */
/* What a reply that nobody waits for is still given: enough on a near network. */
#define EHLO_GRACE_MS 10

struct dialogue {
	const struct probe_context *c;
	struct str job;
	struct str ehlo; /* the whole command */
	struct arena arena;
	struct stream stream;
	struct tls_watch watch;
	struct tls *tls; /* NULL: in clear */
	char raw[RAW_BYTES]; /* received, not yet part of a line */
	size_t raw_at, raw_end;
	struct buf line; /* the one that is arriving */
	int64_t left_out; /* bytes of it over the limit */
	void (*in_tail)(void *arg);
	void *arg;
	bool is_in_tail;
	const char *step; /* the one that was gone into last */
	int code; /* of its reply */
};

/* What is asked in each phase, and the one reply that lets us go on. */
static const struct {
	int code;
	int limit_ms;
} phases[smtp_phase_count] = {
	[SMTP_BANNER] = { 220, LIMIT_SMTP_GREETING_MS },
	[SMTP_EHLO] = { 250, LIMIT_SMTP_REPLY_MS },
	[SMTP_STARTTLS] = { 220, LIMIT_SMTP_REPLY_MS },
	[SMTP_EHLO_TLS] = { 250, LIMIT_SMTP_REPLY_MS },
	[SMTP_QUIT] = { 221, LIMIT_SMTP_QUIT_MS },
};

static void
emit_line(const struct dialogue *d, enum speaker from, struct str text, int64_t left_out)
{
	EMIT(d->c->sink, d->job, SMTP_LINE, smtp_line, .from = from, .is_tls = d->tls != NULL,
		.text = text, .left_out_bytes = left_out);
}

static void
emit_step(const struct dialogue *d, enum smtp_phase phase, enum outcome outcome, int code,
	size_t extra)
{
	EMIT(d->c->sink, d->job, SMTP_STEP, smtp_step, .phase = phase, .outcome = outcome,
		.code = code, .extra_bytes = (int64_t)extra, .error = str_of(d->stream.error));
}

static enum outcome
fail(struct dialogue *d, enum outcome outcome, const char *words)
{
	snprintf(d->stream.error, sizeof(d->stream.error), "%s", words);
	return outcome;
}

static enum outcome
receive(struct dialogue *d, deadline step)
{
	d->raw_at = d->raw_end = 0;
	if (d->tls != NULL)
		return tls_recv(d->tls, step, d->raw, sizeof(d->raw), &d->raw_end);
	return stream_recv(&d->stream, step, d->raw, sizeof(d->raw), &d->raw_end);
}

/* Take bytes up to and including the next LF. True when the line is whole. */
static bool
take_line(struct dialogue *d)
{
	while (d->raw_at < d->raw_end) {
		char c = d->raw[d->raw_at++];

		if (c == '\n')
			return true;
		if (d->line.n < LIMIT_SMTP_LINE_BYTES)
			buf_add_char(&d->line, c);
		else
			d->left_out++;
	}
	return false;
}

static void
end_line(struct dialogue *d)
{
	buf_clear(&d->line);
	d->left_out = 0;
}

/* One whole line of a reply, noted as evidence. seen: bytes of this reply so far. */
static enum outcome
read_line(struct dialogue *d, deadline step, size_t *seen, struct reply *reply)
{
	struct str text;
	bool had_cr;

	while (!take_line(d)) {
		enum outcome outcome = receive(d, step);

		*seen += d->raw_end;
		if (outcome == OUTCOME_OK && *seen > LIMIT_SMTP_REPLY_BYTES)
			outcome = fail(d, OUTCOME_BAD_REPLY, "a reply over 64 KiB");
		if (outcome != OUTCOME_OK) {
			/* Half a line is evidence too. */
			if (d->line.n > 0)
				emit_line(d, SPEAKER_SERVER, buf_str(&d->line), d->left_out);
			end_line(d);
			return outcome;
		}
	}
	text = buf_str(&d->line);
	had_cr = d->left_out > 0 || (text.n > 0 && text.p[text.n - 1] == '\r');
	if (had_cr && d->left_out == 0)
		text.n--;
	emit_line(d, SPEAKER_SERVER, text, d->left_out);
	(void)reply_add(&d->arena, reply, text, had_cr);
	end_line(d);
	return OUTCOME_OK;
}

static enum outcome
read_reply(struct dialogue *d, int limit_ms, struct reply *reply)
{
	deadline step = deadline_in_ms(limit_ms);
	size_t seen = d->raw_end - d->raw_at;

	*reply = (struct reply){ 0 };
	while (reply->state == REPLY_MORE) {
		enum outcome outcome = read_line(d, step, &seen, reply);

		if (outcome != OUTCOME_OK)
			return outcome;
	}
	if (reply->state == REPLY_DONE)
		return OUTCOME_OK;
	if (reply->lines.n > LIMIT_SMTP_REPLY_LINES)
		return fail(d, OUTCOME_BAD_REPLY, "a reply over 512 lines");
	return fail(d, OUTCOME_BAD_REPLY, "not a line of an SMTP reply");
}

static enum outcome
send_command(struct dialogue *d, struct str command, int limit_ms)
{
	struct str line = arena_printf(&d->arena, "%.*s\r\n", STR_ARG(command));
	deadline step = deadline_in_ms(limit_ms);
	enum outcome outcome = d->tls != NULL ? tls_send(d->tls, step, line)
					      : stream_send(&d->stream, step, line);

	if (outcome == OUTCOME_OK)
		emit_line(d, SPEAKER_CLIENT, command, 0);
	return outcome;
}

/* Say the command (none for the banner), read the reply, compare its code. */
static enum outcome
exchange(struct dialogue *d, enum smtp_phase phase, struct str command, struct reply *reply)
{
	int limit_ms = phases[phase].limit_ms;
	enum outcome outcome = OUTCOME_OK;

	*reply = (struct reply){ 0 };
	d->stream.error[0] = '\0';
	if (command.n > 0)
		outcome = send_command(d, command, limit_ms);
	if (outcome == OUTCOME_OK)
		outcome = read_reply(d, limit_ms, reply);
	/* The code of half a reply, or of none, is no code. */
	if (outcome != OUTCOME_OK)
		reply->code = 0;
	else if (reply->code != phases[phase].code)
		outcome = OUTCOME_REPLY;
	return outcome;
}

static enum outcome
ask(struct dialogue *d, enum smtp_phase phase, struct str command, struct reply *reply)
{
	enum outcome outcome;

	d->step = smtp_phase_name(phase);
	outcome = exchange(d, phase, command, reply);
	d->code = reply->code;
	emit_step(d, phase, outcome, reply->code, 0);
	return outcome;
}

/* RFC 3207 section 4.2: what came in clear behind the 220 must not be taken as said inside TLS. */
static size_t
discard_clear(struct dialogue *d)
{
	size_t extra = d->raw_end - d->raw_at;

	d->raw_at = d->raw_end = 0;
	return extra + stream_recv_now(&d->stream, d->raw, sizeof(d->raw));
}

static enum outcome
starttls(struct dialogue *d, const struct reply *ehlo_reply)
{
	struct ehlo offer;
	struct reply reply;
	enum outcome outcome;
	size_t extra = 0;

	ehlo_parse(&d->arena, ehlo_reply, &offer);
	d->step = smtp_phase_name(SMTP_STARTTLS);
	d->code = 0;
	if (!offer.has_starttls) {
		emit_step(d, SMTP_STARTTLS, OUTCOME_NOT_OFFERED, 0, 0);
		return OUTCOME_NOT_OFFERED;
	}
	outcome = exchange(d, SMTP_STARTTLS, STR("STARTTLS"), &reply);
	if (outcome == OUTCOME_OK)
		extra = discard_clear(d);
	emit_step(d, SMTP_STARTTLS, outcome, reply.code, extra);
	d->code = reply.code;
	if (outcome != OUTCOME_OK)
		return outcome;
	d->step = "TLS";
	d->code = 0;
	outcome = tls_connect(&d->tls, &d->stream, &d->watch, deadline_in_ms(LIMIT_TLS_MS));
	return outcome;
}

static enum outcome
connect_to(struct dialogue *d, const struct addr *address)
{
	enum outcome outcome = stream_connect(
		&d->stream, address, deadline_in_ms(LIMIT_CONNECT_MS));
	struct str source = STR_EMPTY;
	struct addr local;

	d->step = "connect";
	if (outcome == OUTCOME_OK && stream_local(&d->stream, &local))
		source = addr_text_port(&d->arena, &local);
	EMIT(d->c->sink, d->job, CONNECT, connect, .outcome = outcome, .source = source,
		.error = str_of(d->stream.error));
	return outcome;
}

/* The local end of the connection as an address literal (RFC 5321 sections 4.1.3 and 4.1.4). */
static struct str
literal(struct dialogue *d)
{
	struct addr local;

	if (!stream_local(&d->stream, &local))
		return STR("[127.0.0.1]");
	return arena_printf(&d->arena,
		addr_family(&local) == FAMILY_IPV6 ? "[IPv6:%.*s]" : "[%.*s]",
		STR_ARG(addr_text(&d->arena, &local)));
}

/* A command is one line of visible ASCII, whoever the name comes from. */
static bool
is_sendable(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return name.n > 0 && name.n <= EHLO_NAME_MAX;
}

/* Everything that the verdict needs. */
static enum outcome
until_verdict(struct dialogue *d, const struct addr *address, const char *ehlo)
{
	struct str name = str_of(ehlo);
	struct reply reply;
	enum outcome outcome = connect_to(d, address);

	if (outcome == OUTCOME_OK)
		outcome = ask(d, SMTP_BANNER, STR_EMPTY, &reply);
	if (outcome != OUTCOME_OK)
		return outcome;
	if (!is_sendable(name))
		name = literal(d);
	d->ehlo = arena_printf(&d->arena, "EHLO %.*s", STR_ARG(name));
	outcome = ask(d, SMTP_EHLO, d->ehlo, &reply);
	return outcome == OUTCOME_OK ? starttls(d, &reply) : outcome;
}

static void
enter_tail(struct dialogue *d)
{
	assert(!d->is_in_tail);
	d->is_in_tail = true;
	d->stream.waiter.tail_fd = d->c->waiter.tail_fd;
	if (d->in_tail != NULL)
		d->in_tail(d->arg);
}

/*
 * QUIT behind an EHLO whose reply nobody waits for any more: the one place where a command does not
 * wait for the reply before it (RFC 2920 section 3.1 would have it wait; some servers log that).
 */
static void
quit_unread(struct dialogue *d)
{
	tls_send_now(d->tls, STR("QUIT\r\n"));
	emit_line(d, SPEAKER_CLIENT, STR("QUIT"), 0);
	d->stream.error[0] = '\0';
	emit_step(d, SMTP_QUIT, OUTCOME_UNREAD, 0, 0);
}

/*
 * What politeness and curiosity want. QUIT is owed wherever the server waits for a command (RFC
 * 5321 section 4.1.1.10): after a refusal, but not while a reply is missing or was none. Returns
 * what ended the dialogue.
 */
static enum outcome
farewell(struct dialogue *d, enum outcome outcome)
{
	struct reply reply;

	if (outcome == OUTCOME_OK && d->c->variant == VARIANT_PLAIN) {
		d->stream.waiter.tail_after = deadline_in_ms(EHLO_GRACE_MS);
		outcome = ask(d, SMTP_EHLO_TLS, d->ehlo, &reply);
		d->stream.waiter.tail_after = 0;
		if (outcome == OUTCOME_UNREAD) {
			quit_unread(d);
			return OUTCOME_OK;
		}
	}
	if (outcome == OUTCOME_OK || outcome == OUTCOME_REPLY || outcome == OUTCOME_NOT_OFFERED) {
		(void)ask(d, SMTP_QUIT, STR("QUIT"), &reply);
		d->stream.error[0] = '\0';
	}
	/* All that is judged was seen before TLS was up: nothing of it was cut or refused. */
	if (d->tls != NULL && (outcome == OUTCOME_REPLY || outcome_is_ours(outcome)))
		return OUTCOME_OK;
	return outcome;
}

static void
emit_end(const struct dialogue *d, enum outcome outcome)
{
	struct str error = outcome == OUTCOME_OK ? STR_EMPTY : str_of(d->stream.error);

	if (outcome == OUTCOME_LOCAL_FAULT)
		EMIT(d->c->sink, d->job, LOCAL_FAULT, local_fault, .what = STR("SMTP connection"),
			.error = error);
	EMIT(d->c->sink, d->job, ATTEMPT_END, attempt_end, .outcome = outcome, .error = error);
}

static void
release(struct dialogue *d)
{
	tls_free(d->tls);
	stream_close(&d->stream);
	tls_watch_release(&d->watch);
	buf_release(&d->line);
	arena_release(&d->arena);
}

/* What fails alike has the same words: the step, how it ended, and which certificate was shown. */
static void
note_seen(const struct dialogue *d, enum outcome outcome)
{
	struct probe_seen *seen = d->c->seen;

	if (seen == NULL)
		return;
	*seen = (struct probe_seen){ .is_connected = d->stream.fd >= 0,
		.has_tls = d->tls != NULL,
		.is_handshake_failed = d->watch.is_done && d->tls == NULL &&
				       !outcome_is_ours(outcome),
		.is_cut = outcome_is_ours(outcome) };
	if (outcome == OUTCOME_OK)
		tls_judge_failure(&d->watch.judgement, seen->failure, sizeof(seen->failure));
	else if (d->code > 0)
		snprintf(seen->failure, sizeof(seen->failure), "%s: %s %d", d->step,
			outcome_name(outcome), d->code);
	else
		snprintf(seen->failure, sizeof(seen->failure), "%s: %s", d->step,
			outcome_name(outcome));
}

void
smtp_probe(const struct probe_context *c, struct str job, struct str mx_host,
	const struct addr *address, const char *ehlo, void (*in_tail)(void *arg), void *arg)
{
	struct waiter waiter = {
		.cancel_fd = c->waiter.cancel_fd, .tail_fd = -1, .is_stopped = c->waiter.is_stopped
	};
	struct dialogue d = { .c = c,
		.job = job,
		.in_tail = in_tail,
		.arg = arg,
		.line = BUF_INIT(LIMIT_SMTP_LINE_BYTES) };
	enum outcome outcome;

	EMIT(c->sink, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_SMTP, .host = mx_host,
		.address = addr_text(&d.arena, address), .port = addr_port(address),
		.variant = c->variant, .turn = c->turn);
	stream_init(&d.stream, &waiter, c->limit);
	tls_watch_init(&d.watch, c->sink, job, c->trust, name_no_dot(mx_host));
	probe_vary(c, &d.watch);
	outcome = until_verdict(&d, address, ehlo);
	note_seen(&d, outcome);
	enter_tail(&d);
	outcome = farewell(&d, outcome);
	emit_end(&d, outcome);
	release(&d);
}
