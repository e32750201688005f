/*
 * dump_session: all facts of a session as text, a line each, so that two sessions can be compared.
 * Sequence numbers are left out: they tell the order in which facts were seen, which is no fact.
 */
#ifndef STS_TEST_DUMP_SESSION_H
#define STS_TEST_DUMP_SESSION_H

#include <inttypes.h>

#include "core/buf.h"
#include "core/sessfile.h"

static inline void
dump_texts(struct buf *out, const char *what, struct strs list)
{
	for (size_t i = 0; i < list.n; i++)
		buf_addf(out, " %s=%.*s", what, STR_ARG(list.v[i]));
}

static inline void
dump_payload(struct buf *out, enum event_kind kind, const void *payload)
{
	const struct event event = { .kind = kind, .payload = payload };

	if (payload != NULL)
		sessfile_write_event(out, &event);
}

static inline void
dump_lookup(struct buf *out, const char *slot, const struct lookup *l)
{
	if (l == NULL)
		return;
	buf_addf(out, "%s %.*s %s %.*s %s %d %s %" PRId64 " %" PRId64 "\n", slot, STR_ARG(l->job),
		lookup_role_name(l->role), STR_ARG(l->name), rrtype_name(l->type), l->is_done,
		lookup_status_name(l->status), l->start_us, l->end_us);
	for (size_t i = 0; i < l->count; i++)
		dump_payload(out, EV_DNS_RECORD, l->records[i]);
	dump_payload(out, EV_DNS_ANSWER, l->answer);
}

static inline void
dump_tls(struct buf *out, const struct tls_seen *tls)
{
	buf_addf(out, "tls %d %d %d %.*s %" PRId64 " %" PRId64 " %" PRId64 "\n", tls->is_started,
		tls->is_done, tls->is_judged, STR_ARG(tls->sni), tls->start_us, tls->end_us,
		tls->judged_us);
	dump_payload(out, EV_TLS_DONE, tls->done);
	for (size_t i = 0; i < tls->chain_count; i++)
		dump_payload(out, EV_CERT, tls->chain[i]);
	for (size_t i = 0; i < tls->added_count; i++)
		dump_payload(out, EV_CERT, tls->added[i]);
	for (size_t i = 0; i < tls->error_count; i++)
		dump_payload(out, EV_CERT_ERROR, tls->errors[i]);
	dump_payload(out, EV_CERT_VERDICT, tls->verdict);
}

static inline void
dump_smtp(struct buf *out, const struct attempt *t)
{
	for (size_t i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];

		buf_addf(out, "%" PRId64 " %s %d %.*s\n", line->us, speaker_name(line->from),
			line->is_tls, STR_ARG(line->text));
	}
	for (size_t i = 0; i < smtp_phase_count; i++) {
		const struct smtp_step_seen *step = &t->steps[i];

		buf_addf(out, "%s %d %s %d %" PRId64 " %.*s\n", smtp_phase_name((enum smtp_phase)i),
			step->is_done, outcome_name(step->outcome), step->code, step->end_us,
			STR_ARG(step->error));
	}
	dump_texts(out, "banner", t->banner);
	dump_texts(out, "ehlo", t->ehlo_lines);
	dump_texts(out, "keyword", t->ehlo.keywords);
	dump_texts(out, "ehlo-tls", t->ehlo_tls_lines);
	buf_addf(out, " %d %" PRId64 "\n", t->ehlo.has_starttls, t->extra_bytes);
}

static inline void
dump_attempt(struct buf *out, const struct attempt *t)
{
	int64_t since_us, limit_ms;
	const char *waits = attempt_waits_for(t, &since_us, &limit_ms);

	buf_addf(out, "%.*s %s %.*s %.*s %s %" PRId64 " %s %d %d %" PRId64 " %" PRId64 " %s %.*s\n",
		STR_ARG(t->job), attempt_role_name(t->role), STR_ARG(t->host), STR_ARG(t->address),
		family_name(t->family), t->port, skip_reason_name(t->skip), t->is_started,
		t->is_ended, t->start_us, t->end_us, outcome_name(t->end_outcome),
		STR_ARG(t->end_error));
	buf_addf(out, "tested %d cut %d ok %d waits %s %" PRId64 "\n", attempt_is_tested(t),
		attempt_was_cut(t), attempt_tls_is_ok(t), waits != NULL ? waits : "-", since_us);
	dump_payload(out, EV_CONNECT, t->connect);
	dump_tls(out, &t->tls);
	buf_addf(out, "http %.*s %" PRId64 " %" PRId64, STR_ARG(t->request), t->request_us,
		t->http_us);
	dump_texts(out, "header", t->headers);
	buf_add_char(out, '\n');
	dump_payload(out, EV_HTTP_DONE, t->http);
	dump_smtp(out, t);
}

static inline void
dump_host(struct buf *out, const struct mx_host *host)
{
	buf_addf(out, "host %" PRId64 " %.*s implicit %d left out %d match %d %d %zu %zu %d %u\n",
		host->preference, STR_ARG(host->name), host->is_implicit, host->is_left_out,
		host->has_match, host->match.is_match, host->match.pattern, host->match.nearest,
		(int)host->match.near.miss, host->match.near.label_from_right);
	dump_lookup(out, "a", host->a);
	dump_lookup(out, "aaaa", host->aaaa);
	dump_lookup(out, "tlsa", host->tlsa);
	for (size_t i = 0; i < host->address_count; i++)
		dump_attempt(out, host->addresses[i]);
}

static inline void
dump_policy(struct buf *out, const struct session *s)
{
	buf_addf(out, "txt %d %u %zu tlsrpt %d %zu\n", (int)s->txt.verdict, s->txt.candidates,
		s->txt.count, s->tlsrpt.is_valid, s->tlsrpt.rua_count);
	if (s->txt.chosen != NULL)
		buf_addf(out, "txt %.*s id %.*s\n", STR_ARG(s->txt.chosen->text),
			STR_ARG(s->txt.chosen->id));
	if (s->chosen != NULL)
		buf_addf(out, "chosen %.*s policy %d %d %d %zu\n%.*s\n", STR_ARG(s->chosen->job),
			s->has_policy, s->policy.is_valid, (int)s->policy.mode, s->policy.mx_count,
			STR_ARG(s->policy.body));
	buf_addf(out, "usable %d %d %d mode %d\n", session_txt_is_usable(s), session_fetch_is_ok(s),
		session_policy_is_usable(s), (int)session_mode(s));
}

static inline void
dump_session(struct buf *out, const struct session *s)
{
	buf_addf(out, "events %zu last %" PRId64 " verdict %" PRId64 " over %" PRIu64 "\n",
		s->event_count, s->last_us, s->verdict_us, s->over_limit);
	dump_payload(out, EV_WALK_START, s->start);
	buf_addf(out, "ended %d %s by %.*s null mx %d implicit %d\n", s->is_ended,
		end_reason_name(s->end_reason), STR_ARG(s->recorded_by), s->is_null_mx,
		s->has_implicit_mx);
	for (size_t i = 0; i < family_count; i++)
		buf_addf(out, "route %d %d\n", s->is_route_known[i], s->has_route[i]);
	dump_texts(out, "left-out", s->hosts_left_out);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < s->fault_count; i++)
		dump_payload(out, EV_LOCAL_FAULT, s->faults[i]);
	dump_lookup(out, "txt", s->txt_lookup);
	dump_lookup(out, "tlsrpt", s->tlsrpt_lookup);
	dump_lookup(out, "mx", s->mx_lookup);
	dump_lookup(out, "policy a", s->policy_a);
	dump_lookup(out, "policy aaaa", s->policy_aaaa);
	for (size_t i = 0; i < s->lookup_count; i++)
		dump_lookup(out, "lookup", s->lookups[i]);
	dump_policy(out, s);
	for (size_t i = 0; i < s->attempt_count; i++)
		dump_attempt(out, s->attempts[i]);
	for (size_t i = 0; i < s->https_count; i++)
		dump_attempt(out, s->https[i]);
	for (size_t i = 0; i < s->host_count; i++)
		dump_host(out, s->hosts[i]);
}

#endif
