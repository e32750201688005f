/* One address, of the policy host or of an MX host, as JSON (json_parts.h). */
#include "core/json_parts.h"

static struct str
untested_words(struct arena *a, const struct attempt *t)
{
	const char *family = t->family == FAMILY_IPV6 ? "IPv6" : "IPv4";

	switch (t->skip) {
	case SKIP_NONE:
		break;
	case SKIP_FAMILY_OFF:
		return arena_printf(a, "%s was switched off", family);
	case SKIP_NO_ROUTE:
		return arena_printf(a, "no %s route", family);
	case SKIP_OVER_LIMIT:
		return arena_printf(a, "more than %d addresses",
			t->role == ATTEMPT_HTTPS ? LIMIT_POLICY_HOST_ADDRESSES
						 : LIMIT_SMTP_ADDRESSES);
	case SKIP_BUDGET:
		return STR("the time of the walk ran out");
	case SKIP_CANCELLED:
		return STR("cancelled");
	case SKIP_LOCAL_FAULT:
		return STR("a fault on this side");
	case SKIP_STOPPED:
		return STR("stopped by the operator");
	case skip_reason_count:
		break;
	}
	if (t->is_ended && t->end_outcome == OUTCOME_BUDGET)
		return STR("the time of the walk ran out");
	if (t->is_ended && t->end_outcome == OUTCOME_LOCAL_FAULT)
		return STR("a fault on this side");
	if (t->is_ended && t->end_outcome == OUTCOME_STOPPED)
		return STR("stopped by the operator");
	return STR("cancelled");
}

json_t *
json_untested_reason(const struct attempt *t)
{
	struct arena a = { 0 };
	json_t *value = jnode_text(untested_words(&a, t));

	arena_release(&a);
	return value;
}

/* "timeout: system text", or the first alone where there is no text. */
static json_t *
outcome_text(const char *step, enum outcome outcome, struct str text)
{
	struct arena a = { 0 };
	struct str line = arena_printf(&a, "%s: %s%s%.*s", step, outcome_name(outcome),
		text.n > 0 ? ": " : "", STR_ARG(text));
	json_t *value = jnode_text(line);

	arena_release(&a);
	return value;
}

static json_t *
certificate_error(const struct tls_seen *tls)
{
	if (tls->error_count > 0)
		return jnode_text(tls->errors[0]->text);
	if (tls->verdict == NULL)
		return jnode_word("no certificate was seen");
	return jnode_word(tls->verdict->is_trusted ? "the certificate is for another name"
						   : "the certificate is not trusted");
}

/* The last line of the server that the step had seen when it ended. */
static struct str
reply_of(const struct attempt *t, const struct smtp_step_seen *step)
{
	struct str last = STR_EMPTY;

	for (size_t i = 0; i < t->dialogue_count; i++)
		if (t->dialogue[i].from == SPEAKER_SERVER && t->dialogue[i].seq < step->seq)
			last = t->dialogue[i].text;
	return last;
}

static json_t *
http_error(const struct ev_http_done *http)
{
	struct arena a = { 0 };
	json_t *value;

	if (http->outcome == OUTCOME_STATUS)
		value = jnode_text(arena_printf(&a, "HTTP: status %lld", (long long)http->status));
	else if (http->outcome == OUTCOME_REDIRECT)
		value = outcome_text("HTTP", http->outcome, http->redirect);
	else
		value = outcome_text("HTTP", http->outcome, http->error);
	arena_release(&a);
	return value;
}

/* The first step that went wrong, null when none did. */
static json_t *
attempt_error(const struct attempt *t)
{
	const struct tls_seen *tls = &t->tls;

	if (!attempt_is_tested(t))
		return json_untested_reason(t);
	if (t->connect != NULL && t->connect->outcome != OUTCOME_OK)
		return outcome_text("connect", t->connect->outcome, t->connect->error);
	for (unsigned i = SMTP_BANNER; i <= SMTP_STARTTLS; i++) {
		const struct smtp_step_seen *step = &t->steps[i];

		if (!step->is_done || step->outcome == OUTCOME_OK)
			continue;
		if (step->outcome == OUTCOME_REPLY)
			return outcome_text(smtp_phase_name(i), step->outcome, reply_of(t, step));
		return outcome_text(smtp_phase_name(i), step->outcome, step->error);
	}
	if (tls->is_done && tls->done->outcome != OUTCOME_OK)
		return outcome_text("TLS", tls->done->outcome, tls->done->error);
	if (tls->is_done && !attempt_tls_is_ok(t))
		return certificate_error(tls);
	if (t->http != NULL && t->http->outcome != OUTCOME_OK)
		return http_error(t->http);
	if (t->end_outcome != OUTCOME_OK)
		return outcome_text("end", t->end_outcome, t->end_error);
	return jnode_null();
}

static json_t *
certificate(const struct ev_cert *cert, int64_t as_of_s)
{
	json_t *object = jnode_object();

	jnode_set(object, "depth", jnode_int(cert->depth));
	jnode_set(object, "subject", jnode_text(cert->subject));
	jnode_set(object, "issuer", jnode_text(cert->issuer));
	jnode_set(object, "serial", jnode_text(cert->serial));
	jnode_set(object, "sans", jnode_texts(cert->sans));
	jnode_set(object, "not_before", jnode_time_s(cert->not_before_s));
	jnode_set(object, "not_after", jnode_time_s(cert->not_after_s));
	jnode_set(object, "days_left", jnode_int(cert_days_left(cert, as_of_s)));
	jnode_set(object, "key", jnode_text(cert->key));
	jnode_set(object, "signature", jnode_text(cert->signature));
	jnode_set(object, "sha256", jnode_text(cert->sha256));
	return object;
}

static json_t *
tls_facts(const struct session *s, const struct tls_seen *tls)
{
	const struct ev_tls_done *done = tls->done;
	const struct ev_cert_verdict *verdict = tls->verdict;
	json_t *object, *errors, *chain;

	if (!tls->is_started)
		return jnode_null();
	object = jnode_object();
	errors = jnode_list();
	chain = jnode_list();
	for (size_t i = 0; i < tls->error_count; i++) {
		json_t *error = jnode_object();

		jnode_set(error, "depth", jnode_int(tls->errors[i]->depth));
		jnode_set(error, "code", jnode_int(tls->errors[i]->code));
		jnode_set(error, "text", jnode_text(tls->errors[i]->text));
		jnode_add(errors, error);
	}
	for (size_t i = 0; i < tls->chain_count; i++)
		jnode_add(chain, certificate(tls->chain[i], session_as_of_s(s)));
	jnode_set(object, "version", jnode_text_or_null(done ? done->version : STR_EMPTY));
	jnode_set(object, "cipher", jnode_text_or_null(done ? done->cipher : STR_EMPTY));
	jnode_set(object, "group", jnode_text_or_null(done ? done->group : STR_EMPTY));
	jnode_set(object, "sni", jnode_text_or_null(tls->sni));
	jnode_set(object, "trusted", verdict ? jnode_bool(verdict->is_trusted) : jnode_null());
	jnode_set(object, "name_ok", verdict ? jnode_bool(verdict->is_name_ok) : jnode_null());
	jnode_set(object, "errors", errors);
	jnode_set(object, "chain", chain);
	return object;
}

/* The wall clock at the attempt's start. A session file may claim any time, also an absurd one. */
static json_t *
started(const struct session *s, const struct attempt *t)
{
	if (s->start == NULL || !t->is_started || s->start->started_ms > INT64_MAX / 2)
		return jnode_null();
	return jnode_time_ms(session_wall_ms(s, t->start_us));
}

/* address to error: what both kinds of attempt begin with. */
static void
set_head(json_t *object, const struct session *s, const struct attempt *t, enum state state)
{
	jnode_set(object, "address", jnode_text(t->address));
	jnode_set(object, "port", jnode_int(t->port));
	jnode_set(
		object, "source", jnode_text_or_null(t->connect ? t->connect->source : STR_EMPTY));
	jnode_set(object, "started", started(s, t));
	jnode_set(object, "state", jnode_word(state_name(state)));
	jnode_set(object, "error", attempt_error(t));
}

/* The policy host's addresses have no judgement of their own: the worst of their findings. */
static enum state
https_state(const struct session *s, const struct judgement *j, const struct attempt *t)
{
	if (t->skip == SKIP_FAMILY_OFF || t->skip == SKIP_OVER_LIMIT)
		return STATE_SKIPPED;
	if (!attempt_is_tested(t))
		return STATE_INCONCLUSIVE;
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];

		if (f->attempt == t && f->severity == SEVERITY_INCONCLUSIVE)
			return STATE_INCONCLUSIVE;
		if (f->attempt == t && f->severity == SEVERITY_WARNING)
			return STATE_WARN;
	}
	if (attempt_http_is_ok(t))
		return STATE_OK;
	/* Nobody fetches without a record, and one good address is enough. */
	return session_txt_is_usable(s) && !session_fetch_is_ok(s) ? STATE_FAIL : STATE_WARN;
}

static json_t *
https_times(const struct attempt *t)
{
	json_t *object = jnode_object();

	jnode_set(object, "connect", jnode_span(t->start_us, t->connect_us));
	jnode_set(object, "tls", jnode_span(t->tls.start_us, t->tls.end_us));
	jnode_set(object, "total", jnode_span(t->start_us, t->end_us));
	return object;
}

json_t *
json_https_attempt(const struct session *s, const struct judgement *j, const struct attempt *t)
{
	const struct ev_http_done *http = t->http;
	const bool has_status = http != NULL && http->status > 0;
	const bool has_type = http != NULL && http->has_content_type;
	json_t *object = jnode_object();

	set_head(object, s, t, https_state(s, j, t));
	jnode_set(object, "tls", tls_facts(s, &t->tls));
	jnode_set(object, "status", has_status ? jnode_int(http->status) : jnode_null());
	jnode_set(object, "content_type", has_type ? jnode_text(http->content_type) : jnode_null());
	jnode_set(object, "headers", jnode_texts(t->headers));
	jnode_set(object, "body_bytes", http ? jnode_int_or_null(http->body_bytes) : jnode_null());
	jnode_set(object, "truncated",
		jnode_bool(http != NULL && (http->outcome == OUTCOME_TRUNCATED ||
						   http->outcome == OUTCOME_TOO_BIG)));
	jnode_set(object, "ms", https_times(t));
	return object;
}

static json_t *
dialogue(const struct attempt *t)
{
	json_t *list = jnode_list();

	for (size_t i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];
		json_t *object = jnode_object();

		jnode_set(object, "ms", jnode_ms(line->us));
		jnode_set(object, "from", jnode_word(speaker_name(line->from)));
		jnode_set(object, "tls", jnode_bool(line->is_tls));
		jnode_set(object, "text", jnode_text(line->text));
		jnode_add(list, object);
	}
	return list;
}

static json_t *
smtp_times(const struct attempt *t)
{
	const struct smtp_step_seen *banner = &t->steps[SMTP_BANNER];
	json_t *object = jnode_object();

	jnode_set(object, "connect", jnode_span(t->start_us, t->connect_us));
	jnode_set(
		object, "banner", jnode_span(t->connect_us, banner->is_done ? banner->end_us : -1));
	jnode_set(object, "tls", jnode_span(t->tls.start_us, t->tls.end_us));
	jnode_set(object, "total", jnode_span(t->start_us, t->end_us));
	return object;
}

static json_t *
dane(const struct address_judgement *aj)
{
	json_t *object = jnode_object();

	jnode_set(object, "verdict", jnode_word(dane_verdict_name(aj->dane)));
	jnode_set(object, "result_type", jnode_word(aj->dane_result_type));
	jnode_set(object, "matched", jnode_text_or_null(aj->dane_matched));
	return object;
}

json_t *
json_smtp_attempt(const struct session *s, const struct address_judgement *aj)
{
	const struct attempt *t = aj->attempt;
	json_t *object = jnode_object();

	set_head(object, s, t, aj->state);
	jnode_set(object, "decision", jnode_word(decision_name(aj->decision)));
	jnode_set(object, "starttls",
		attempt_has_ehlo(t) ? jnode_bool(attempt_offers_starttls(t)) : jnode_null());
	jnode_set(object, "ok", jnode_bool(attempt_tls_is_ok(t)));
	jnode_set(object, "result_type", jnode_word(aj->result_type));
	jnode_set(object, "banner", t->banner.n > 0 ? jnode_text(t->banner.v[0]) : jnode_null());
	jnode_set(object, "ehlo", jnode_texts(t->ehlo.keywords));
	jnode_set(object, "dialogue", dialogue(t));
	jnode_set(object, "tls", tls_facts(s, &t->tls));
	jnode_set(object, "dane", dane(aj));
	jnode_set(object, "ms", smtp_times(t));
	return object;
}
