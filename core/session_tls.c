/* TLS of one attempt: handshake, certificates, every error of the verification, the verdict. */
#include "core/session_fold.h"

bool
fold_tls_start(struct session *s, const struct event *event)
{
	const struct ev_tls_start *start = event->payload;
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->tls.is_started)
		return false;
	t->tls.is_started = true;
	t->tls.sni = start->sni;
	t->tls.start_us = event->us;
	return true;
}

bool
fold_tls_done(struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->tls.is_done)
		return false;
	t->tls.is_done = true;
	t->tls.done = event->payload;
	t->tls.end_us = event->us;
	t->tls.seq = event->seq;
	return true;
}

/* The trust anchor stays the last of what the path added, whenever it is told. */
static void
add_to_path(struct tls_seen *tls, const struct ev_cert *cert)
{
	size_t at = tls->added_count++;

	while (!cert->is_anchor && at > 0 && tls->added[at - 1]->is_anchor) {
		tls->added[at] = tls->added[at - 1];
		at--;
	}
	tls->added[at] = cert;
}

bool
fold_cert(struct session *s, const struct event *event)
{
	const struct ev_cert *cert = event->payload;
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->tls.is_judged)
		return false;
	if ((cert->is_sent ? t->tls.chain_count : t->tls.added_count) >= LIMIT_CHAIN_CERTS) {
		s->over_limit++;
		return false;
	}
	if (cert->is_sent)
		t->tls.chain[t->tls.chain_count++] = cert;
	else
		add_to_path(&t->tls, cert);
	return true;
}

bool
fold_cert_error(struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->tls.is_judged)
		return false;
	if (t->tls.error_count >= LIMIT_CERT_ERRORS) {
		s->over_limit++;
		return false;
	}
	t->tls.errors[t->tls.error_count++] = event->payload;
	return true;
}

bool
fold_cert_verdict(struct session *s, const struct event *event)
{
	struct attempt *t = attempt_of(s, event);

	if (t == NULL || t->tls.is_judged)
		return false;
	t->tls.is_judged = true;
	t->tls.verdict = event->payload;
	t->tls.judged_us = event->us;
	t->tls.verdict_seq = event->seq;
	attempt_offer(s, t);
	return true;
}
