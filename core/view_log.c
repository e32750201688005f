/* The log: every event of the walk, one line each. */
#include "core/again.h"
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column log_columns[] = {
	{ "Time", 8, 0, false, true, false },
	{ "", 6, 0, false, false, false },
	{ "Event", 20, 0, true, false, false },
};

/* The same with a finding that leans on the event at its right. */
static const struct column noted_columns[] = {
	{ "Time", 8, 0, false, true, false },
	{ "", 6, 0, false, false, false },
	{ "Event", 20, 0, true, false, false },
	{ "Finding", 0, 28, false, false, false },
};

/* What a job works at, for the second column, and its address, for the third. */
static const char *
job_word(struct str job)
{
	static const char *const kinds[] = { "dns", "https", "smtp", "walk" };
	struct str word = str_sub(job, 0, str_find(job, ':'));
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_is(word, kinds[i]))
			return kinds[i];
	return "note";
}

static void
say(struct doc *d, struct row *r, const char *before, struct str bytes)
{
	row_text(d, r, ROLE_TEXT, "%s", before);
	row_bytes(d, r, ROLE_TEXT, bytes);
}

static void
outcome_words(
	struct doc *d, struct row *r, const char *what, enum outcome outcome, struct str error)
{
	row_text(d, r, outcome == OUTCOME_OK ? ROLE_TEXT : ROLE_STATE_FAIL, "%s %s", what,
		outcome_name(outcome));
	if (error.n > 0)
		say(d, r, ": ", error);
}

static void
walk_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_walk_start *start = e->payload;
	const struct ev_walk_again *again = e->payload;

	if (e->kind == EV_WALK_AGAIN) {
		say(d, r, "again ", again_words(&d->arena, again));
		row_text(d, r, ROLE_TEXT, " %s%s", part_stamp(d, again->at_ms / 1000),
			again->reason == AGAIN_WATCH ? ", by the watch" : "");
		return;
	}
	say(d, r, "start ", start->domain);
	row_text(d, r, ROLE_TEXT, " %s, resolver %s", part_stamp(d, start->started_ms / 1000),
		part_list(d, start->resolvers, " "));
}

static void
dns_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_dns_question *q = e->payload;
	const struct ev_dns_record *record = e->payload;
	const struct ev_dns_answer *answer = e->payload;

	if (e->kind == EV_DNS_QUESTION) {
		row_text(d, r, ROLE_TEXT, "Q %s ", rrtype_name(q->type));
		row_bytes(d, r, ROLE_TEXT, q->name);
		return;
	}
	if (e->kind == EV_DNS_RECORD) {
		row_text(d, r, ROLE_TEXT, "R ");
		row_bytes(d, r, ROLE_TEXT, record->owner);
		row_text(d, r, ROLE_TEXT, " %s ", rrtype_name(record->type));
		if (record->preference >= 0)
			row_text(d, r, ROLE_TEXT, "%" PRId64 " ", record->preference);
		row_bytes(d, r, ROLE_TEXT, record->data);
		row_text(d, r, ROLE_DIM, "  ttl %" PRId64, record->ttl_s);
		return;
	}
	row_text(d, r, ROLE_TEXT, "A ");
	row_bytes(d, r, ROLE_TEXT, str_skip(e->job, str_find(e->job, ':') + 1));
	row_text(d, r, ROLE_TEXT, " %s", lookup_status_name(answer->status));
	if (answer->cname.n > 0)
		row_text(d, r, ROLE_TEXT, " by way of %s", part_list(d, answer->cname, ", "));
	row_text(d, r, ROLE_DIM, "  %s%s%s%s", doc_shown(d, answer->resolver),
		answer->is_ad ? " AD" : "", answer->is_tcp ? " TCP" : "",
		answer->tries > 1 ? TEXT(d, ", %" PRId64 " tries", answer->tries) : "");
	if (answer->error.n > 0)
		say(d, r, ": ", answer->error);
}

static void
tls_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_tls_start *start = e->payload;
	const struct ev_tls_done *done = e->payload;
	const struct ev_cert *cert = e->payload;
	const struct ev_cert_error *error = e->payload;
	const struct ev_cert_verdict *verdict = e->payload;
	bool is_good;

	if (e->kind == EV_TLS_START) {
		say(d, r, "ClientHello, SNI ", start->sni);
	} else if (e->kind == EV_TLS_DONE) {
		outcome_words(d, r, "TLS", done->outcome, done->error);
		say(d, r, " ", done->version);
		say(d, r, " ", done->cipher);
	} else if (e->kind == EV_CERT) {
		row_text(d, r, ROLE_TEXT, "certificate %" PRId64 " ", cert->depth);
		row_bytes(d, r, ROLE_TEXT, cert->subject);
		row_text(d, r, ROLE_DIM, " to %s%s", part_date(d, cert->not_after_s),
			cert->is_anchor ? ", trust anchor"
			: cert->is_sent ? ""
					: ", not sent");
	} else if (e->kind == EV_CERT_ERROR) {
		row_text(d, r, ROLE_CERT_BAD, "depth %" PRId64 ": ", error->depth);
		row_bytes(d, r, ROLE_CERT_BAD, error->text);
	} else {
		is_good = verdict->is_trusted && verdict->is_name_ok;
		row_text(d, r, is_good ? ROLE_CERT_OK : ROLE_CERT_BAD, "verify: %s, name %s",
			verdict->is_trusted ? "trusted" : "not trusted",
			verdict->is_name_ok ? "right" : "wrong");
	}
}

static void
http_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_http_request *request = e->payload;
	const struct ev_http_header *header = e->payload;
	const struct ev_http_done *done = e->payload;

	if (e->kind == EV_HTTP_REQUEST) {
		row_text(d, r, ROLE_CLIENT, "> ");
		row_bytes(d, r, ROLE_CLIENT, request->line);
	} else if (e->kind == EV_HTTP_HEADER) {
		row_text(d, r, ROLE_SERVER, "< ");
		row_bytes(d, r, ROLE_SERVER, header->line);
	} else {
		outcome_words(d, r, "reply", done->outcome, done->error);
		row_text(d, r, ROLE_TEXT, ", status %" PRId64 ", %" PRId64 " bytes", done->status,
			done->body_bytes);
	}
}

static void
smtp_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_smtp_line *line = e->payload;
	const struct ev_smtp_step *step = e->payload;

	if (e->kind == EV_SMTP_LINE) {
		enum role role = line->is_tls                   ? ROLE_TLS
				 : line->from == SPEAKER_CLIENT ? ROLE_CLIENT
								: ROLE_SERVER;

		row_text(d, r, role, "%s%s ",
			line->from == SPEAKER_CLIENT ? "C:" : "S:", line->is_tls ? " (TLS)" : "");
		row_bytes(d, r, role, line->text);
		if (line->left_out_bytes > 0)
			row_text(d, r, ROLE_DIM, " (%" PRId64 " bytes left out)",
				line->left_out_bytes);
		return;
	}
	outcome_words(d, r, smtp_phase_name(step->phase), step->outcome, step->error);
	if (step->code > 0)
		row_text(d, r, ROLE_TEXT, " (%" PRId64 ")", step->code);
}

static void
attempt_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_attempt_start *start = e->payload;
	const struct ev_attempt_skip *skip = e->payload;
	const struct ev_connect *connect = e->payload;
	const struct ev_attempt_end *end = e->payload;

	if (e->kind == EV_ATTEMPT_START) {
		row_text(d, r, ROLE_TEXT, "connect to port %" PRId64, start->port);
	} else if (e->kind == EV_ATTEMPT_SKIP) {
		row_text(d, r, ROLE_STATE_SKIP, "untested: %s", skip_words(skip->reason));
	} else if (e->kind == EV_CONNECT) {
		outcome_words(d, r, "connection", connect->outcome, connect->error);
		if (connect->source.n > 0)
			say(d, r, " from ", connect->source);
	} else {
		outcome_words(d, r, "end:", end->outcome, end->error);
	}
}

static void
other_event(struct doc *d, struct row *r, const struct event *e)
{
	const struct ev_policy_rehearsed *rehearsed = e->payload;
	const struct ev_policy_cached *cached = e->payload;
	const struct ev_route *route = e->payload;
	const struct ev_hosts_left_out *left = e->payload;
	const struct ev_local_fault *fault = e->payload;
	const struct ev_end *end = e->payload;
	const struct ev_hosts_file *line = e->payload;
	const struct ev_controls *controls = e->payload;
	const struct ev_last_walk *last = e->payload;
	const struct ev_mx_planned *planned = e->payload;
	const struct ev_note *note = e->payload;

	if (e->kind == EV_FOREIGN) {
		say(d, r, "of another version: ", ((const struct ev_foreign *)e->payload)->word);
	} else if (e->kind == EV_NOTE) {
		row_text(d, r, ROLE_TEXT, "%s ", part_stamp(d, note->at_ms / 1000));
		say(d, r, "note: ", note->text);
	} else if (e->kind == EV_HOSTS_FILE) {
		say(d, r, "the hosts file, which the walk does not use, has ", line->address);
		say(d, r, " for ", line->name);
	} else if (e->kind == EV_CONTROLS) {
		say(d, r, "every SMTP connection failed alike, ", controls->reason);
		row_text(d, r, ROLE_TEXT, "; control hosts are tried: %s",
			part_list(d, controls->domains, ", "));
	} else if (e->kind == EV_ROUTE) {
		row_text(d, r, ROLE_TEXT, "%s %s", family_name(route->family),
			route->has_route ? "has a route" : "has no route");
		if (route->address.n > 0)
			say(d, r, " to ", route->address);
	} else if (e->kind == EV_HOSTS_LEFT_OUT) {
		row_text(d, r, ROLE_TEXT, "hosts left out: %s", part_list(d, left->hosts, ", "));
	} else if (e->kind == EV_POLICY_REHEARSED) {
		say(d, r, "a policy to rehearse, from ", rehearsed->source);
	} else if (e->kind == EV_POLICY_CACHED) {
		say(d, r, "a policy that senders may hold, id ", cached->id);
		say(d, r, ", from ", cached->source);
	} else if (e->kind == EV_LAST_WALK) {
		row_text(d, r, ROLE_TEXT, "the last walk was at %s",
			part_stamp(d, last->started_ms / 1000));
	} else if (e->kind == EV_MX_PLANNED) {
		say(d, r, "a planned MX host: ", planned->host);
		if (planned->address.n > 0)
			say(d, r, " at ", planned->address);
	} else if (e->kind == EV_LOCAL_FAULT) {
		say(d, r, "a fault of this side: ", fault->what);
		say(d, r, ": ", fault->error);
	} else {
		row_text(d, r, ROLE_TEXT, "end: %s", end_words(end->reason));
	}
}

void
part_event(struct doc *d, struct row *r, const struct event *e)
{
	switch (e->kind) {
	case EV_WALK_START:
	case EV_WALK_AGAIN:
		walk_event(d, r, e);
		break;
	case EV_DNS_QUESTION:
	case EV_DNS_RECORD:
	case EV_DNS_ANSWER:
		dns_event(d, r, e);
		break;
	case EV_ATTEMPT_START:
	case EV_ATTEMPT_SKIP:
	case EV_CONNECT:
	case EV_ATTEMPT_END:
		attempt_event(d, r, e);
		break;
	case EV_TLS_START:
	case EV_TLS_DONE:
	case EV_CERT:
	case EV_CERT_ERROR:
	case EV_CERT_VERDICT:
		tls_event(d, r, e);
		break;
	case EV_SMTP_LINE:
	case EV_SMTP_STEP:
		smtp_event(d, r, e);
		break;
	case EV_HTTP_REQUEST:
	case EV_HTTP_HEADER:
	case EV_HTTP_DONE:
		http_event(d, r, e);
		break;
	case EV_POLICY_REHEARSED:
	case EV_POLICY_CACHED:
	case EV_LAST_WALK:
	case EV_MX_PLANNED:
	case EV_ROUTE:
	case EV_HOSTS_LEFT_OUT:
	case EV_HOSTS_FILE:
	case EV_CONTROLS:
	case EV_LOCAL_FAULT:
	case EV_NOTE:
	case EV_FOREIGN:
	case EV_END:
		other_event(d, r, e);
		break;
	case event_kind_count:
		break;
	}
}

/* By place in the log, the worst finding that leans on the event; one place more, for none. */
static const struct finding **
findings_by_event(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct judgement *j = in->judgement;
	const struct finding **by_event;
	size_t i, k;

	by_event = arena_array(&d->arena, s->event_count + 1, sizeof(*by_event));
	for (i = j->count; i-- > 0;)
		for (k = 0; k < j->findings[i].evidence_count; k++)
			by_event[session_event_at(s, j->findings[i].evidence[k])] = &j->findings[i];
	return by_event;
}

void
view_log(const struct view_input *in, struct doc *out)
{
	const struct session *s = in->session;
	const struct finding **by_event;
	size_t table, noted, i;

	doc_init(out);
	out->title = safe_literal("Log");
	table = doc_table(out, log_columns, 3);
	noted = doc_table(out, noted_columns, 4);
	out->tables[table].gap = 1;
	out->tables[noted].gap = 1;
	by_event = findings_by_event(out, in);
	for (i = 0; i < s->event_count; i++) {
		const struct event *e = s->events[i];
		const struct finding *f = by_event[i];
		struct row *r = doc_table_row(out, f ? noted : table, 1);
		size_t colon = str_find(e->job, ':');

		row_id(out, r, "event:%" PRIu32, e->seq);
		part_cell(out, r, ROLE_DIM, "%s", part_offset(out, e->us));
		part_cell(out, r, ROLE_DIM, "%s", job_word(e->job));
		row_cell(out, r);
		if (colon < e->job.n && !str_starts(e->job, STR("dns:"))) {
			row_bytes(out, r, ROLE_DIM, str_skip(e->job, colon + 1));
			row_text(out, r, ROLE_DIM, " ");
		}
		part_event(out, r, e);
		if (!f)
			continue;
		r->severity = f->severity;
		r->target = (struct target){ .kind = TARGET_FINDING,
			.stage = f->stage,
			.index = (size_t)(f - in->judgement->findings) };
		part_cell(out, r, severity_role(f->severity), "%s", f->type->name);
	}
}
