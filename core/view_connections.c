/*
 * Every connection word for word: when it began (UTC), from which address and port of ours, what was
 * said. The marks are those of swaks: "->" what we sent, "<-" what came, "~" in place of "-" inside
 * TLS, "**" a reply that refuses, "===" what happened, "***" what failed.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "core/transcript.h"
#include "core/view_parts.h"

/* The events by job, in the order they came. */
static int
by_job(const void *left, const void *right)
{
	const struct event *a = *(const struct event *const *)left;
	const struct event *b = *(const struct event *const *)right;
	const int order = str_cmp(a->job, b->job);

	if (order != 0)
		return order;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

static const struct event **
sorted_events(struct doc *d, const struct session *s)
{
	const struct event **all = arena_array(&d->arena, s->event_count, sizeof(const void *));

	for (size_t i = 0; i < s->event_count; i++)
		all[i] = s->events[i];
	if (s->event_count > 0)
		qsort(all, s->event_count, sizeof(const void *), by_job);
	return all;
}

/* The first event of a job: halving. */
static size_t
first_of_job(const struct event **all, size_t count, struct str job)
{
	size_t low = 0;

	while (count > 0) {
		const size_t half = count / 2;

		if (str_cmp(all[low + half]->job, job) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

static struct row *
marked(struct doc *d, const struct attempt *t, int64_t us, enum role role, const char *mark)
{
	struct row *r = doc_row(d, ROW_VERBATIM, 1);

	row_text(d, r, ROLE_DIM, "%8s ", part_offset(d, us > t->start_us ? us - t->start_us : 0));
	row_text(d, r, role, "%s ", mark);
	return r;
}

static void
happened(struct doc *d, const struct attempt *t, int64_t us, enum outcome outcome, const char *what,
	struct str error)
{
	const bool is_ok = outcome == OUTCOME_OK || outcome == OUTCOME_NOT_OFFERED;
	struct row *r = marked(d, t, us, is_ok ? ROLE_DIM : ROLE_STATE_FAIL, is_ok ? "===" : "***");

	row_text(d, r, ROLE_TEXT, "%s", what);
	if (outcome != OUTCOME_OK)
		row_text(d, r, ROLE_STATE_FAIL, ": %s", outcome_name(outcome));
	if (error.n > 0)
		row_text(d, r, ROLE_TEXT, ": %s", doc_shown(d, error));
}

/* A reply of 4xx or 5xx is marked as one. */
static const char *
server_mark(const struct ev_smtp_line *line)
{
	const bool refuses = line->text.n > 0 && (line->text.p[0] == '4' || line->text.p[0] == '5');

	if (line->is_tls)
		return refuses ? "<~* " : "<~  ";
	return refuses ? "<** " : "<-  ";
}

static void
smtp_line(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_smtp_line *line = e->payload;
	const bool is_client = line->from == SPEAKER_CLIENT;
	const char *mark = is_client ? line->is_tls ? " ~> " : " -> " : server_mark(line);
	struct row *r = marked(d, t, e->us,
		line->is_tls ? ROLE_TLS
		: is_client  ? ROLE_CLIENT
			     : ROLE_SERVER,
		mark);

	row_bytes(d, r, ROLE_TEXT, line->text);
	if (line->left_out_bytes > 0)
		row_text(d, r, ROLE_DIM, " (%" PRId64 " bytes left out)", line->left_out_bytes);
}

static void
tls_done(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_tls_done *done = e->payload;

	if (done->version.n == 0) {
		happened(d, t, e->us, done->outcome, "TLS handshake", done->error);
		return;
	}
	happened(d, t, e->us, done->outcome,
		TEXT(d, "TLS %s, %s, %s, %s", doc_shown(d, done->version),
			doc_shown(d, done->cipher), doc_shown(d, done->group),
			doc_shown(d, done->signature)),
		done->error);
}

static void
certificate(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_cert *cert = e->payload;
	const struct ev_cert_error *error = e->payload;
	const struct ev_cert_verdict *verdict = e->payload;
	struct row *r;

	if (e->kind == EV_CERT) {
		r = marked(d, t, e->us, ROLE_DIM, "===");
		row_text(d, r, ROLE_TEXT, "certificate %" PRId64 " ", cert->depth);
		row_bytes(d, r, ROLE_TEXT, cert->subject);
		row_text(d, r, ROLE_DIM, ", %s .. %s%s", part_date(d, cert->not_before_s),
			part_date(d, cert->not_after_s),
			cert->is_anchor ? ", of the trust store"
			: cert->is_sent ? ""
					: ", not sent");
	} else if (e->kind == EV_CERT_ERROR) {
		r = marked(d, t, e->us, ROLE_STATE_FAIL, "***");
		row_text(d, r, ROLE_CERT_BAD, "certificate %" PRId64 ": ", error->depth);
		row_bytes(d, r, ROLE_CERT_BAD, error->text);
		row_text(d, r, ROLE_DIM, " (X509_V_ERR %" PRId64 ")", error->code);
	} else {
		const bool is_good = verdict->is_trusted && verdict->is_name_ok;

		r = marked(
			d, t, e->us, is_good ? ROLE_DIM : ROLE_STATE_FAIL, is_good ? "===" : "***");
		row_text(d, r, ROLE_TEXT, "chain %s; name %s for ",
			verdict->is_trusted ? "trusted" : "not trusted",
			verdict->is_name_ok ? "right" : "wrong");
		row_bytes(d, r, ROLE_TEXT, verdict->wanted);
	}
}

static void
http(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_http_request *request = e->payload;
	const struct ev_http_header *header = e->payload;
	const struct ev_http_done *done = e->payload;
	struct str rest, line;

	if (e->kind == EV_HTTP_REQUEST) {
		row_bytes(d, marked(d, t, e->us, ROLE_TLS, " ~> "), ROLE_TEXT, request->line);
		return;
	}
	if (e->kind == EV_HTTP_HEADER) {
		row_bytes(d, marked(d, t, e->us, ROLE_TLS, "<~  "), ROLE_TEXT, header->line);
		return;
	}
	if (done->body.n > 0)
		marked(d, t, e->us, ROLE_TLS, "<~  ");
	rest = done->body;
	while (str_split(&rest, '\n', &line))
		row_bytes(d, marked(d, t, e->us, ROLE_TLS, "<~  "), ROLE_TEXT, line);
	happened(d, t, e->us, done->outcome,
		TEXT(d, "status %" PRId64 ", %" PRId64 " bytes", done->status, done->body_bytes),
		done->error);
}

static void
smtp_step(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_smtp_step *step = e->payload;

	if (step->extra_bytes > 0)
		happened(d, t, e->us, OUTCOME_GARBAGE,
			TEXT(d, "%" PRId64 " bytes in clear behind the reply, discarded",
				step->extra_bytes),
			STR_EMPTY);
	if (step->outcome != OUTCOME_OK)
		happened(d, t, e->us, step->outcome, smtp_phase_name(step->phase), step->error);
}

static void
attempt_start(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_attempt_start *start = e->payload;

	happened(d, t, e->us, OUTCOME_OK,
		TEXT(d, "connecting to %s port %" PRId64, doc_shown(d, start->address),
			start->port),
		STR_EMPTY);
}

static void
connected(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_connect *connect = e->payload;
	const char *what = "connection";

	if (connect->outcome == OUTCOME_OK)
		what = TEXT(d, "connected from %s",
			connect->source.n > 0 ? doc_shown(d, connect->source) : "here");
	happened(d, t, e->us, connect->outcome, what, connect->error);
}

static void
tls_start(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_tls_start *tls = e->payload;

	happened(d, t, e->us, OUTCOME_OK,
		TEXT(d, "TLS begins, SNI %s", tls->sni.n > 0 ? doc_shown(d, tls->sni) : "none"),
		STR_EMPTY);
}

static void
attempt_over(struct doc *d, const struct attempt *t, const struct event *e)
{
	const struct ev_attempt_end *end = e->payload;

	happened(d, t, e->us, end->outcome, "connection over", end->error);
}

/* What of a connection is shown, by the kind of the event. */
static void (*const shown[event_kind_count])(
	struct doc *d, const struct attempt *t, const struct event *e) = {
	[EV_ATTEMPT_START] = attempt_start,
	[EV_CONNECT] = connected,
	[EV_TLS_START] = tls_start,
	[EV_TLS_DONE] = tls_done,
	[EV_CERT] = certificate,
	[EV_CERT_ERROR] = certificate,
	[EV_CERT_VERDICT] = certificate,
	[EV_SMTP_LINE] = smtp_line,
	[EV_SMTP_STEP] = smtp_step,
	[EV_HTTP_REQUEST] = http,
	[EV_HTTP_HEADER] = http,
	[EV_HTTP_DONE] = http,
	[EV_ATTEMPT_END] = attempt_over,
};

/* "2026-11-22 08:00:00.021Z" */
static const char *
stamp_ms(struct doc *d, const struct session *s, int64_t us)
{
	const int64_t ms = session_wall_ms(s, us);
	struct str stamp = str_of(part_stamp(d, ms / 1000));

	return TEXT(d, "%.*s.%03dZ", (int)stamp.n - 1, stamp.p, (int)(ms % 1000));
}

static void
connection(struct doc *d, const struct transcript *t, const struct attempt *a,
	const struct event **all)
{
	const struct session *s = t->in->session;
	size_t i;

	part_section(d, "%s %s, %s port %" PRId64 "%s%s",
		a->role == ATTEMPT_HTTPS ? "HTTPS" : "SMTP", doc_shown(d, a->host),
		doc_shown(d, a->address), a->port, a->variant != VARIANT_PLAIN ? ", " : "",
		a->variant != VARIANT_PLAIN ? attempt_variant_name(a->variant) : "");
	if (a->skip != SKIP_NONE) {
		doc_text(d, 1, ROLE_STATE_UNKNOWN, "untested: %s", skip_words(a->skip));
		return;
	}
	doc_fieldf(d, 1, "Began", ROLE_TEXT, "%s", stamp_ms(d, s, a->start_us));
	doc_fieldf(d, 1, "From", ROLE_TEXT, "%s",
		a->connect != NULL && a->connect->source.n > 0 ? doc_shown(d, a->connect->source)
							       : "not connected");
	doc_fieldf(d, 1, "State", attempt_is_good(a) ? ROLE_STATE_OK : ROLE_STATE_FAIL, "%s",
		attempt_words(d, a));
	for (i = first_of_job(all, s->event_count, a->job);
		i < s->event_count && str_eq(all[i]->job, a->job); i++)
		if (shown[all[i]->kind] != NULL)
			shown[all[i]->kind](d, a, all[i]);
	for (i = 0; i < a->tls.chain_count; i++)
		doc_fieldf(d, 1, i == 0 ? "Chain" : "", ROLE_TEXT, "%zu %s  SHA-256 %s", i,
			doc_shown(d, a->tls.chain[i]->subject),
			doc_shown(d, a->tls.chain[i]->sha256));
}

void
part_connections(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;
	const struct event **all = sorted_events(d, s);
	size_t i, k;

	for (i = 0; t->scope.n == 0 && i < s->https_count; i++)
		connection(d, t, s->https[i], all);
	for (i = 0; i < s->host_count; i++)
		for (k = 0;
			transcript_has_host(t, s->hosts[i]->name) && k < s->hosts[i]->address_count;
			k++)
			connection(d, t, s->hosts[i]->addresses[k], all);
	/* Other looks at the same addresses, and at control hosts. */
	for (i = 0; i < s->extra_count; i++)
		if (transcript_has_host(t, s->extras[i]->host))
			connection(d, t, s->extras[i], all);
}

static int
by_digest(const void *left, const void *right)
{
	const struct ev_cert *const *a = left, *const *b = right;

	return str_cmp((*a)->sha256, (*b)->sha256);
}

static void
one_pem(struct doc *d, const struct ev_cert *cert)
{
	struct str rest = cert->pem, line;

	doc_field(d, 1, "Subject", ROLE_TEXT, cert->subject);
	doc_field(d, 1, "SHA-256", ROLE_TEXT, cert->sha256);
	doc_fieldf(d, 1, "Valid", ROLE_TEXT, "%s .. %s", part_stamp(d, cert->not_before_s),
		part_stamp(d, cert->not_after_s));
	while (str_split(&rest, '\n', &line))
		if (line.n > 0)
			row_bytes(d, doc_row(d, ROW_VERBATIM, 0), ROLE_TEXT, line);
	doc_blank(d);
}

/* The certificates of an attempt, sent or added, behind those already listed. */
static void
add_certs(struct doc *d, const struct attempt *a, const struct ev_cert ***list, size_t *count)
{
	const size_t more = a->tls.chain_count + a->tls.added_count;

	*list = arena_grow(&d->arena, *list, *count, *count + more, sizeof(const void *));
	for (size_t i = 0; i < a->tls.chain_count; i++)
		(*list)[(*count)++] = a->tls.chain[i];
	for (size_t i = 0; i < a->tls.added_count; i++)
		(*list)[(*count)++] = a->tls.added[i];
}

/* Each certificate once, whoever sent it. */
void
part_pem(struct doc *d, const struct transcript *t)
{
	const struct session *s = t->in->session;
	const struct ev_cert **list = NULL;
	size_t count = 0, i, k;

	for (i = 0; t->scope.n == 0 && i < s->https_count; i++)
		add_certs(d, s->https[i], &list, &count);
	for (i = 0; i < s->host_count; i++)
		for (k = 0;
			transcript_has_host(t, s->hosts[i]->name) && k < s->hosts[i]->address_count;
			k++)
			add_certs(d, s->hosts[i]->addresses[k], &list, &count);
	for (i = 0; i < s->extra_count; i++)
		if (transcript_has_host(t, s->extras[i]->host))
			add_certs(d, s->extras[i], &list, &count);
	if (count == 0)
		return;
	qsort(list, count, sizeof(const void *), by_digest);
	part_section(d, "Certificates");
	for (i = 0; i < count; i++)
		if (list[i]->pem.n > 0 &&
			(i == 0 || !str_eq(list[i]->sha256, list[i - 1]->sha256) ||
				!str_eq(list[i]->pem, list[i - 1]->pem)))
			one_pem(d, list[i]);
}
