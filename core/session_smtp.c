/* The SMTP dialogue of one attempt: its lines, told apart by phase, and what each phase came to. */
#include "core/session_fold.h"

static struct attempt *
smtp_of(const struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	return t != NULL && t->role == ATTEMPT_SMTP ? t : NULL;
}

static const struct {
	const char *command;
	enum smtp_phase clear, tls;
} commands[] = {
	{ "EHLO", SMTP_EHLO, SMTP_EHLO_TLS },
	{ "HELO", SMTP_EHLO, SMTP_EHLO_TLS },
	{ "QUIT", SMTP_QUIT, SMTP_QUIT },
	{ "STARTTLS", SMTP_STARTTLS, smtp_phase_count },
};

/* smtp_phase_count for what belongs to none. */
static enum smtp_phase
client_phase(const struct ev_smtp_line *line)
{
	const struct str word = str_sub(line->text, 0, str_find(line->text, ' '));

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (str_is_nocase(word, commands[i].command))
			return line->is_tls ? commands[i].tls : commands[i].clear;
	}
	return smtp_phase_count;
}

/*
 * A reply belongs to the earliest command that has not been answered: QUIT may have been written
 * behind an EHLO whose reply is still to come.
 */
static enum smtp_phase
server_phase(const struct attempt *t, bool is_tls)
{
	static const enum smtp_phase clear[] = { SMTP_EHLO, SMTP_STARTTLS };

	if (is_tls)
		return t->steps[SMTP_EHLO_TLS].is_done ? SMTP_QUIT : SMTP_EHLO_TLS;
	if (!t->steps[SMTP_BANNER].is_done && !t->has_sent[SMTP_EHLO])
		return SMTP_BANNER;
	for (size_t i = 0; i < sizeof(clear) / sizeof(clear[0]); i++) {
		if (t->has_sent[clear[i]] && !t->steps[clear[i]].is_done)
			return clear[i];
	}
	return t->has_sent[SMTP_QUIT] ? SMTP_QUIT : smtp_phase_count;
}

static struct strs *
phase_lines(struct attempt *t, enum smtp_phase phase)
{
	switch (phase) {
	case SMTP_BANNER:
		return &t->banner;
	case SMTP_EHLO:
		return &t->ehlo_lines;
	case SMTP_EHLO_TLS:
		return &t->ehlo_tls_lines;
	case SMTP_STARTTLS:
	case SMTP_QUIT:
	case smtp_phase_count:
		break;
	}
	return NULL;
}

static void
client_said(struct attempt *t, enum smtp_phase phase)
{
	struct strs *lines = phase_lines(t, phase);

	if (phase == smtp_phase_count || t->steps[phase].is_done)
		return;
	t->has_sent[phase] = true;
	/* HELO behind a refused EHLO: the last reply is the one that counts. */
	if (lines != NULL)
		*lines = (struct strs){ 0 };
}

static void
server_said(struct session *s, struct attempt *t, enum smtp_phase phase, struct str text)
{
	struct strs *lines = phase_lines(t, phase);

	if (lines == NULL)
		return;
	if (lines->n >= LIMIT_SMTP_REPLY_LINES)
		s->over_limit++;
	else
		arena_push(&s->arena, lines, text);
}

/* What follows TLS in a dialogue, and the farewell, hold no verdict up. */
static bool
phase_counts(enum smtp_phase phase)
{
	return phase != SMTP_EHLO_TLS && phase != SMTP_QUIT;
}

bool
fold_smtp_line(struct session *s, const struct event *event)
{
	const struct ev_smtp_line *line = event->payload;
	struct attempt *t = smtp_of(s, event);
	enum smtp_phase phase;

	if (t == NULL)
		return false;
	t->dialogue = array_open(
		&s->arena, t->dialogue, t->dialogue_count, t->dialogue_count, sizeof(*t->dialogue));
	t->dialogue[t->dialogue_count++] = (struct dialogue_line){
		.us = event->us,
		.seq = event->seq,
		.from = line->from,
		.is_tls = line->is_tls,
		.text = line->text,
		.left_out_bytes = line->left_out_bytes,
	};
	if (line->from == SPEAKER_CLIENT) {
		phase = client_phase(line);
		client_said(t, phase);
	} else {
		phase = server_phase(t, line->is_tls);
		server_said(s, t, phase, line->text);
	}
	return !line->is_tls && phase_counts(phase);
}

static void
parse_ehlo(struct session *s, struct attempt *t)
{
	struct reply reply = { 0 };

	for (size_t i = 0; i < t->ehlo_lines.n && reply.state == REPLY_MORE; i++)
		reply_add(&s->arena, &reply, t->ehlo_lines.v[i], true);
	ehlo_parse(&s->arena, &reply, &t->ehlo);
}

bool
fold_smtp_step(struct session *s, const struct event *event)
{
	const struct ev_smtp_step *step = event->payload;
	struct attempt *t = smtp_of(s, event);
	struct smtp_step_seen *seen;

	if (t == NULL || t->steps[step->phase].is_done)
		return false;
	seen = &t->steps[step->phase];
	seen->is_done = true;
	seen->outcome = step->outcome;
	/* A reply code has three digits (RFC 5321 section 4.2); a session file may hold anything. */
	seen->code = step->code > 0 && step->code <= 999 ? (int)step->code : 0;
	seen->end_us = event->us;
	seen->seq = event->seq;
	seen->error = step->error;
	if (step->phase == SMTP_EHLO)
		parse_ehlo(s, t);
	if (step->phase == SMTP_STARTTLS)
		t->extra_bytes = step->extra_bytes;
	return phase_counts(step->phase);
}
