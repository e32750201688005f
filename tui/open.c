/*
 * open: deeper: from a row to its page, from a finding to its evidence, from there to the bytes.
 */
#include "tui/actions.h"

#include <stdio.h>
#include <string.h>

void
stage_begin(struct console *c)
{
	struct screen *s = console_top(c);
	const struct row *row;

	if (s->kind != SCREEN_STAGE && s->kind != SCREEN_HOST)
		return;
	console_build(c);
	pane_worst(&s->pane);
	/* The host's own row leads nowhere from its own page: its addresses do. */
	row = pane_row(&s->pane);
	if (s->kind == SCREEN_HOST && row != NULL && row->target.kind == TARGET_HOST &&
		(row->severity < SEVERITY_WARNING || !pane_problem(&s->pane, true) ||
			pane_row(&s->pane)->target.kind == TARGET_HOST))
		pane_move(&s->pane, 1);
}

void
console_open_row(struct console *c)
{
	struct screen *top = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	enum screen_kind kind;

	/* A row of the detail that leads nowhere: the page of the list's row. */
	if (!screen_of_row(top, row, &kind) && top->has_detail_focus)
		row = pane_row(&top->pane);
	if (!screen_of_row(top, row, &kind))
		console_say(c, "nothing further to open here; X shows the bytes");
	else if (console_push(c, kind, &row->target) != NULL)
		stage_begin(c);
}

/* On the page of its evidence: the line that is wrong, and the box says why this one is. */
static void
show_evidence(struct console *c, struct screen *s, const struct finding *f)
{
	char id[32];

	if (s == NULL || f->severity <= SEVERITY_INFO)
		return;
	console_build(c);
	snprintf(id, sizeof(id), "line:%u", (unsigned)f->line);
	if (!pane_select(&s->pane, str_of(id)))
		pane_worst(&s->pane);
	if (s->kind == SCREEN_ADDRESS)
		s->nth = target_finding_place(
			&c->judgement, &s->target, (size_t)(f - c->judgement.findings));
}

/* The page where the evidence of a finding is seen. */
void
finding_open(struct console *c)
{
	struct screen *top = console_top(c);
	const struct finding *f;
	struct target target = { 0 };
	struct screen *page;

	if (top->target.index >= c->judgement.count)
		return;
	f = &c->judgement.findings[top->target.index];
	target.stage = f->stage;
	if (f->attempt != NULL) {
		target.kind = TARGET_ADDRESS;
		target.host = f->attempt->host;
		target.address = f->attempt->address;
		page = console_push(c, SCREEN_ADDRESS, &target);
	} else if (f->host != NULL) {
		target.kind = TARGET_HOST;
		target.host = f->host->name;
		page = console_push(c, SCREEN_HOST, &target);
	} else {
		target.kind = TARGET_STAGE;
		page = console_push(c, SCREEN_STAGE, &target);
	}
	show_evidence(c, page, f);
}

/* What the selection is about, else the screen. */
static const struct target *
selected_target(struct console *c)
{
	struct screen *top = console_top(c);
	const struct row *row = pane_row(console_pane(c));

	return row != NULL && row->target.kind != TARGET_NONE ? &row->target : &top->target;
}

/* Of a host whose addresses differ the certificates to see are those of the worst finding. */
static struct str
worst_address(const struct console *c, struct str host)
{
	size_t i;

	for (i = 0; i < c->judgement.count; i++) {
		const struct attempt *t = c->judgement.findings[i].attempt;

		if (t != NULL && str_eq(t->host, host) &&
			certs_attempt(c->session, host, t->address) != NULL)
			return t->address;
	}
	return STR_EMPTY;
}

void
certs_begin(struct console *c)
{
	struct target target = *selected_target(c);
	const struct finding *f;

	if (target.kind == TARGET_FINDING && target.index < c->judgement.count) {
		f = &c->judgement.findings[target.index];
		target.stage = f->stage;
		target.host = f->attempt != NULL ? f->attempt->host
			      : f->host != NULL  ? f->host->name
						 : STR_EMPTY;
		target.address = f->attempt != NULL ? f->attempt->address : STR_EMPTY;
	}
	/* A stage: the first host, or the policy host. */
	if (target.host.n == 0 && target.stage == STAGE_MX && c->session->host_count > 0)
		target.host = c->session->hosts[0]->name;
	if (target.host.n == 0 && c->session->https_count > 0)
		target.host = c->session->https[0]->host;
	if (target.address.n == 0)
		target.address = worst_address(c, target.host);
	target.kind = TARGET_ADDRESS;
	if (certs_attempt(c->session, target.host, target.address) == NULL)
		console_say(c, "no certificate was seen here");
	else
		console_push(c, SCREEN_CERTS, &target);
}

/* Which events a target rests on. */
static bool
bytes_of_target(const struct console *c, const struct target *target, struct bytes_of *out)
{
	static const uint64_t of_stage[stage_count] = {
		[STAGE_ENV] = 1ull << EV_WALK_START | 1ull << EV_ROUTE | 1ull << EV_LOCAL_FAULT,
		[STAGE_TXT] = 1ull << EV_DNS_RECORD,
		[STAGE_HTTPS] = 1ull << EV_HTTP_REQUEST | 1ull << EV_HTTP_HEADER |
				1ull << EV_HTTP_DONE,
		[STAGE_POLICY] = 1ull << EV_HTTP_DONE,
		[STAGE_MX] = 1ull << EV_SMTP_LINE,
		[STAGE_TLSRPT] = 1ull << EV_DNS_RECORD,
		[STAGE_VERDICT] = 1ull << EV_END,
	};
	const struct attempt *t;
	const struct finding *f;
	size_t i;

	memset(out, 0, sizeof(*out));
	switch (target->kind) {
	case TARGET_FINDING:
		if (target->index >= c->judgement.count)
			return false;
		f = &c->judgement.findings[target->index];
		for (i = 0; i < f->evidence_count && i < 16; i++)
			out->seqs[out->seq_count++] = f->evidence[i];
		return out->seq_count > 0;
	case TARGET_HOST:
	case TARGET_ADDRESS:
		t = certs_attempt(c->session, target->host, target->address);
		for (i = 0; i < c->session->attempt_count; i++) {
			const struct attempt *each = c->session->attempts[i];

			if (str_eq(each->host, target->host) &&
				(target->address.n == 0 || str_eq(each->address, target->address)))
				t = each;
		}
		if (t == NULL)
			return false;
		out->job = t->job;
		return true;
	case TARGET_NONE:
	case TARGET_STAGE:
	case TARGET_LINE:
		out->kinds = of_stage[target->kind == TARGET_LINE ? STAGE_POLICY : target->stage];
		if (c->session->chosen != NULL &&
			(target->stage == STAGE_HTTPS || target->stage == STAGE_POLICY))
			out->job = c->session->chosen->job;
		return true;
	}
	return false;
}

/* "event:12" -> 12 */
static uint32_t
event_of_row(const struct row *row)
{
	uint64_t number;

	if (row == NULL || !str_starts(row->id, STR("event:")) ||
		!str_to_u64(str_skip(row->id, 6), UINT32_MAX, &number))
		return 0;
	return (uint32_t)number;
}

/* The certificate event of a row of the chain. */
static bool
bytes_of_cert(
	struct console *c, const struct screen *s, const struct row *row, struct bytes_of *out)
{
	const struct attempt *t = certs_attempt(c->session, s->target.host, s->target.address);
	struct str id = row != NULL ? row->id : STR_EMPTY;
	bool is_sent = !str_starts(id, STR("cert:+"));
	uint64_t depth = 0;
	size_t i;

	str_to_u64(str_skip(id, is_sent ? 5 : 6), LIMIT_CHAIN_CERTS * 2, &depth);
	memset(out, 0, sizeof(*out));
	for (i = 0; t != NULL && i < c->session->event_count; i++) {
		const struct event *e = c->session->events[i];
		const struct ev_cert *cert = e->payload;

		if (e->kind != EV_CERT || !str_eq(e->job, t->job) || cert->is_sent != is_sent ||
			cert->depth != (int64_t)depth)
			continue;
		out->seqs[0] = e->seq;
		out->seq_count = 1;
		return true;
	}
	return false;
}

static bool
find_bytes(struct console *c, struct bytes_of *out)
{
	struct screen *top = console_top(c);
	const struct row *row = pane_row(console_pane(c));
	uint32_t seq = event_of_row(row);

	if (seq != 0) {
		memset(out, 0, sizeof(*out));
		out->seqs[0] = seq;
		out->seq_count = 1;
		return true;
	}
	if (top->kind == SCREEN_CERTS)
		return bytes_of_cert(c, top, row, out);
	return bytes_of_target(c, selected_target(c), out);
}

void
bytes_begin(struct console *c)
{
	struct bytes_of what;
	struct screen *s;

	if (console_top(c)->kind == SCREEN_BYTES)
		return;
	if (!find_bytes(c, &what)) {
		console_say(c, "no bytes were seen here");
		return;
	}
	s = console_push(c, SCREEN_BYTES, NULL);
	if (s == NULL)
		return;
	buf_add(&s->job, what.job);
	s->bytes = what;
	s->bytes.job = buf_str(&s->job);
}

void
log_open(struct console *c)
{
	const struct row *row = pane_row(console_pane(c));

	if (row != NULL && row->target.kind == TARGET_FINDING)
		console_push(c, SCREEN_FINDING, &row->target);
	else
		bytes_begin(c);
}
