/*
 * event_story: what a probe emitted as one short text, to be compared whole:
 *
 *	"start|connect ok|banner reply 421|tail|quit ok 221|end reply"
 *
 * in_tail is noted by event_story_tail(), given to smtp_probe() with the log.
 */
#ifndef STS_TEST_EVENT_STORY_H
#define STS_TEST_EVENT_STORY_H

#include "core/buf.h"
#include "support/event_log.h"

/* An event of a kind that no probe emits stands for the call. */
static inline void
event_story_tail(void *arg)
{
	struct event_log *log = arg;

	EMIT(&log->sink, STR("test"), ROUTE, route, .has_route = true);
}

static inline void
story_verdict(struct buf *out, const struct ev_cert_verdict *v)
{
	buf_addf(out, "verdict %s %s", v->is_trusted ? "trusted" : "untrusted",
		v->is_name_ok ? "name" : "no-name");
	if (v->ocsp.n > 0)
		buf_addf(out, " %.*s", STR_ARG(v->ocsp));
}

static inline void
story_step(struct buf *out, const struct ev_smtp_step *s)
{
	buf_addf(out, "%s %s", smtp_phase_name(s->phase), outcome_name(s->outcome));
	if (s->code != 0)
		buf_addf(out, " %d", (int)s->code);
	if (s->extra_bytes != 0)
		buf_addf(out, " +%d", (int)s->extra_bytes);
}

static inline void
story_http(struct buf *out, const struct ev_http_done *h)
{
	buf_addf(out, "http %s %d, %d bytes", outcome_name(h->outcome), (int)h->status,
		(int)h->body_bytes);
}

static inline bool
story_event(struct buf *out, const struct event *e)
{
	const struct ev_cert_error *error = e->payload;

	switch ((int)e->kind) {
	case EV_ATTEMPT_START:
		buf_add_text(out, "start");
		return true;
	case EV_CONNECT:
		buf_addf(out, "connect %s",
			outcome_name(((const struct ev_connect *)e->payload)->outcome));
		return true;
	case EV_TLS_DONE:
		buf_addf(out, "tls %s",
			outcome_name(((const struct ev_tls_done *)e->payload)->outcome));
		return true;
	case EV_CERT_ERROR:
		buf_addf(out, "error %d@%d", (int)error->code, (int)error->depth);
		return true;
	case EV_CERT_VERDICT:
		story_verdict(out, e->payload);
		return true;
	case EV_SMTP_STEP:
		story_step(out, e->payload);
		return true;
	case EV_HTTP_REQUEST:
		buf_add_text(out, "request");
		return true;
	case EV_HTTP_DONE:
		story_http(out, e->payload);
		return true;
	case EV_LOCAL_FAULT:
		buf_add_text(out, "fault");
		return true;
	case EV_ATTEMPT_END:
		buf_addf(out, "end %s",
			outcome_name(((const struct ev_attempt_end *)e->payload)->outcome));
		return true;
	case EV_ROUTE:
		buf_add_text(out, "tail");
		return true;
	}
	return false;
}

/* out: zeroed, or from an earlier call; release it with buf_release(). */
static inline const char *
event_story(const struct event_log *log, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < log->count; i++)
		if (story_event(out, log->events[i]))
			buf_add_char(out, '|');
	if (out->n > 0)
		out->p[--out->n] = '\0';
	return buf_text(out);
}

#endif
