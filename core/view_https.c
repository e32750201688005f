/* Stage 2: the policy host, address by address and step by step (RFC 8461 3.3). */
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column step_columns[] = {
	{ "Step", 18, 0, false, false, false },
	{ "State", 6, 0, false, false, false },
	{ "Time", 6, 0, false, true, false },
	{ "Detail", 12, 0, true, false, false },
};

/* Begins a step's row; its detail goes into the last cell. */
static struct row *
step(struct doc *d, size_t table, const struct attempt *t, const char *name, enum state state,
	int64_t us)
{
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "step:%s/%s", doc_shown(d, t->address), name);
	r->target = (struct target){ .kind = TARGET_STAGE, .stage = STAGE_HTTPS };
	part_cell(d, r, ROLE_TEXT, "%s", name);
	row_cell(d, r);
	part_state(d, r, state);
	part_cell(d, r, ROLE_TEXT, "%s", part_ms(d, us));
	row_cell(d, r);
	return r;
}

/* Of a step of which is known whether it began, ended, and how. */
static enum state
step_state(const struct attempt *t, bool is_done, bool is_ok, bool was_begun)
{
	if (is_done)
		return is_ok ? STATE_OK : STATE_FAIL;
	if (t->is_ended)
		return was_begun ? STATE_FAIL : STATE_NOT_REACHED;
	return was_begun ? STATE_RUNNING : STATE_WAITING;
}

static void
connect_step(struct doc *d, size_t table, const struct attempt *t)
{
	bool is_ok = t->connect && t->connect->outcome == OUTCOME_OK;
	enum state state = t->skip != SKIP_NONE ? STATE_SKIPPED
						: step_state(t, t->connect, is_ok, t->is_started);
	struct row *r = step(
		d, table, t, "connect", state, t->connect ? t->connect_us - t->start_us : -1);

	if (t->skip != SKIP_NONE)
		row_text(d, r, ROLE_TEXT, "%s", skip_words(t->skip));
	else if (t->connect && !is_ok)
		row_text(d, r, ROLE_TEXT, "%s", attempt_words(d, t));
	else
		row_text(d, r, ROLE_TEXT, "port %" PRId64 "%s%s", t->port,
			is_ok && t->connect->source.n > 0 ? " from " : "",
			is_ok ? doc_shown(d, t->connect->source) : "");
}

static void
tls_steps(struct doc *d, size_t table, const struct attempt *t)
{
	const struct tls_seen *tls = &t->tls;
	/* A chain that was judged means that the handshake got far enough. */
	bool is_ok = tls->done &&
		     (tls->done->outcome == OUTCOME_OK || tls->done->outcome == OUTCOME_UNTRUSTED);
	bool is_cert_ok = tls->verdict && tls->verdict->is_trusted && tls->verdict->is_name_ok;
	struct row *r = step(d, table, t, "TLS handshake",
		step_state(t, tls->is_done, is_ok, tls->is_started),
		tls->is_done ? tls->end_us - tls->start_us : -1);

	if (is_ok)
		row_text(d, r, ROLE_TEXT, "%s %s", doc_shown(d, tls->done->version),
			doc_shown(d, tls->done->cipher));
	else if (tls->is_done)
		row_text(d, r, ROLE_TEXT, "%s", attempt_words(d, t));
	r = step(d, table, t, "certificate",
		step_state(t, tls->is_judged && tls->verdict, is_cert_ok, false),
		tls->is_judged ? tls->judged_us - tls->end_us : -1);
	if (tls->verdict && !is_cert_ok)
		row_text(d, r, ROLE_TEXT, "%s", cert_words(d, tls));
	else if (tls->verdict)
		row_text(d, r, ROLE_TEXT, "trusted, name matches");
}

static bool
is_text_plain(struct str type)
{
	return str_starts_nocase(type, STR("text/plain")) &&
	       (type.n == 10 || type.p[10] == ';' || ascii_is_wsp(type.p[10]));
}

static void
http_steps(struct doc *d, size_t table, const struct attempt *t)
{
	const struct ev_http_done *h = t->http;
	bool has_status = h && h->status > 0;
	bool is_body_ok = h && h->outcome == OUTCOME_OK;
	struct row *r = step(
		d, table, t, "request", step_state(t, t->request.n > 0, true, false), -1);

	row_bytes(d, r, ROLE_TEXT, t->request);
	r = step(d, table, t, "status",
		step_state(t, has_status, has_status && h->status == 200, t->request.n > 0),
		has_status && t->http_us >= 0 ? t->http_us - t->request_us : -1);
	if (has_status && h->redirect.n > 0)
		row_text(d, r, ROLE_TEXT,
			"%" PRId64 ", redirect to %s: not followed (RFC 8461 3.3)", h->status,
			doc_shown(d, h->redirect));
	else if (has_status)
		row_text(d, r, ROLE_TEXT, "%" PRId64 "%s", h->status,
			h->status == 200 ? ", no redirect" : ": only 200 gives a policy");
	else if (h)
		row_text(d, r, ROLE_TEXT, "%s", http_words(d, t));
	r = step(d, table, t, "content type",
		!has_status                      ? step_state(t, false, false, false)
		: is_text_plain(h->content_type) ? STATE_OK
						 : STATE_WARN,
		-1);
	if (has_status && !h->has_content_type)
		row_text(d, r, ROLE_TEXT, "none (text/plain is a SHOULD)");
	else if (has_status)
		row_text(d, r, ROLE_TEXT, "%s%s", doc_shown(d, h->content_type),
			is_text_plain(h->content_type) ? "" : " (text/plain is a SHOULD)");
	r = step(d, table, t, "body",
		step_state(t, has_status, is_body_ok || (has_status && h->status != 200), false),
		-1);
	if (has_status)
		row_text(d, r, ROLE_TEXT, "%" PRId64 " bytes of at most %d%s", h->body_bytes,
			LIMIT_POLICY_BYTES,
			h->outcome == OUTCOME_TRUNCATED ? ", cut short"
			: h->outcome == OUTCOME_TOO_BIG ? ", too big"
							: "");
}

void
part_steps(struct doc *d, const struct session *s, const struct attempt *t)
{
	size_t table = doc_table(d, step_columns, 4), i;

	doc_heading(d, "%s%s", doc_shown(d, t->address),
		t == s->chosen ? ", the policy is taken from here" : "");
	doc_table_head(d, table, 3);
	connect_step(d, table, t);
	tls_steps(d, table, t);
	http_steps(d, table, t);
	if (t->headers.n == 0)
		return;
	doc_heading(d, "Response headers, %s", doc_shown(d, t->address));
	for (i = 0; i < t->headers.n; i++)
		row_bytes(d, doc_row(d, ROW_VERBATIM, 1), ROLE_SERVER, t->headers.v[i]);
}

static void
resolve_rows(struct doc *d, const struct session *s)
{
	const struct lookup *both[] = { s->policy_a, s->policy_aaaa };
	size_t i, k;

	for (i = 0; i < 2; i++) {
		const struct lookup *l = both[i];
		struct buf all = BUF_INIT(0);

		if (!l || !l->is_done) {
			doc_fieldf(d, 1, i == 0 ? "A" : "AAAA", ROLE_DIM, "not here yet");
			continue;
		}
		for (k = 0; k < l->count; k++) {
			buf_add(&all, l->records[k]->data);
			buf_add_text(&all, "  ");
		}
		doc_fieldf(d, 1, i == 0 ? "A" : "AAAA", ROLE_TEXT, "%s%s",
			l->count > 0 ? doc_shown(d, buf_str(&all)) : part_lookup_words(l->status),
			l->answer && l->answer->cname.n > 0
				? TEXT(d, " (CNAME %s)", part_list(d, l->answer->cname, ", "))
				: "");
		buf_release(&all);
	}
}

void
part_https(struct doc *d, const struct view_input *in)
{
	const struct session *s = in->session;
	const struct attempt *shown = s->chosen;
	size_t i;

	doc_heading(
		d, "https://mta-sts.%s/.well-known/mta-sts.txt", doc_shown(d, session_domain(s)));
	resolve_rows(d, s);
	if (shown)
		part_steps(d, s, shown);
	for (i = 0; i < s->https_count; i++)
		if (s->https[i] != s->chosen)
			part_steps(d, s, s->https[i]);
	for (i = 0; !shown && i < s->https_count; i++)
		if (s->https[i]->tls.chain_count > 0)
			shown = s->https[i];
	if (shown)
		part_chain(d, s, shown);
}
