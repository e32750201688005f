/* Stage 4: every MX host and address, step by step; and one host. */
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column matrix_columns[] = {
	{ "Pref", 4, 0, false, true, false },
	{ "Host, its addresses", 24, 0, true, false, true },
	{ "25", 2, 0, false, false, false },
	{ "TLS", 3, 0, false, false, false },
	{ "Cert", 4, 0, false, false, false },
	{ "Name", 4, 0, false, false, false },
	{ "Pattern", 7, 0, false, false, false },
	{ "DANE", 4, 0, false, false, false },
	{ "Time", 4, 0, false, false, false },
};

enum mark { MARK_NONE, MARK_OPEN, MARK_UNTESTED, MARK_BAD, MARK_MIXED, MARK_GOOD };
enum step { STEP_PORT, STEP_TLS, STEP_CERT, STEP_NAME, step_count };

static const struct {
	enum role role;
	enum glyph glyph;
} marks[] = {
	[MARK_NONE] = { ROLE_TEXT, GLYPH_NOT_REACHED },
	[MARK_OPEN] = { ROLE_STATE_RUN, GLYPH_RUN },
	[MARK_UNTESTED] = { ROLE_STATE_UNKNOWN, GLYPH_UNKNOWN },
	[MARK_BAD] = { ROLE_STATE_FAIL, GLYPH_FAIL },
	[MARK_MIXED] = { ROLE_STATE_WARN, GLYPH_WARN },
	[MARK_GOOD] = { ROLE_STATE_OK, GLYPH_OK },
};

static bool
is_refused_before_tls(const struct attempt *t)
{
	static const enum smtp_phase order[] = { SMTP_BANNER, SMTP_EHLO, SMTP_STARTTLS };
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (t->steps[order[i]].is_done && t->steps[order[i]].outcome != OUTCOME_OK)
			return true;
	return false;
}

static enum mark
port_mark(const struct attempt *t)
{
	if (t->skip != SKIP_NONE)
		return MARK_UNTESTED;
	if (attempt_has_ehlo(t))
		return MARK_GOOD;
	if (attempt_is_running(t) && !t->connect)
		return MARK_OPEN;
	if (t->connect && t->connect->outcome == OUTCOME_OK && !t->is_ended)
		return MARK_OPEN;
	return t->is_ended ? MARK_BAD : MARK_NONE;
}

static enum mark
attempt_mark(const struct attempt *t, enum step step)
{
	const struct tls_seen *tls = &t->tls;

	switch (step) {
	case STEP_PORT:
		return port_mark(t);
	case STEP_TLS:
		if (tls->done && tls->done->version.n > 0)
			return MARK_GOOD;
		if (tls->is_done || (attempt_has_ehlo(t) && is_refused_before_tls(t)))
			return MARK_BAD;
		return tls->is_started && !t->is_ended ? MARK_OPEN : MARK_NONE;
	case STEP_CERT:
		return !tls->verdict ? MARK_NONE : tls->verdict->is_trusted ? MARK_GOOD : MARK_BAD;
	case STEP_NAME:
		return !tls->verdict ? MARK_NONE : tls->verdict->is_name_ok ? MARK_GOOD : MARK_BAD;
	case step_count:
		break;
	}
	return MARK_NONE;
}

static enum mark
host_mark(const struct mx_host *host, enum step step)
{
	enum mark all = MARK_NONE;
	size_t i;

	for (i = 0; i < host->address_count; i++) {
		enum mark one = attempt_mark(host->addresses[i], step);

		if (one == MARK_NONE || one == MARK_UNTESTED) {
			all = all == MARK_NONE ? one : all;
			continue;
		}
		if (all == MARK_NONE || all == MARK_UNTESTED)
			all = one;
		else if (all != one)
			all = MARK_MIXED;
	}
	return all;
}

static void
mark_cell(struct doc *d, struct row *r, enum mark mark)
{
	row_cell(d, r);
	row_glyph(d, r, marks[mark].role, marks[mark].glyph);
}

/* "1.3" of "TLSv1.3". */
static void
tls_cell(struct doc *d, struct row *r, enum mark mark, const struct attempt *t)
{
	if (mark != MARK_GOOD || !t) {
		mark_cell(d, r, mark);
		return;
	}
	row_cell(d, r);
	if (str_starts(t->tls.done->version, STR("TLSv")))
		row_bytes(d, r, ROLE_STATE_OK, str_skip(t->tls.done->version, 4));
	else
		row_bytes(d, r, ROLE_STATE_OK, t->tls.done->version);
}

/* The address that stands for the others in the TLS column. */
static const struct attempt *
with_tls(const struct mx_host *host)
{
	size_t i;

	for (i = 0; i < host->address_count; i++)
		if (attempt_mark(host->addresses[i], STEP_TLS) == MARK_GOOD)
			return host->addresses[i];
	return NULL;
}

static void
pattern_cell(struct doc *d, struct row *r, const struct mx_host *host)
{
	row_cell(d, r);
	if (!host->has_match) {
		row_glyph(d, r, ROLE_DIM, GLYPH_NOT_REACHED);
		return;
	}
	part_ok(d, r, host->match.is_match);
	if (host->match.is_match)
		row_text(d, r, ROLE_TEXT, " %zu", host->match.pattern + 1);
	else
		row_text(d, r, ROLE_STATE_FAIL, " none");
}

/* Not judged and looked up in vain look alike here; the host's own page says which. */
static enum mark
dane_mark(enum dane_verdict verdict)
{
	switch (verdict) {
	case DANE_OK:
		return MARK_GOOD;
	case DANE_FAIL:
		return MARK_BAD;
	case DANE_UNUSABLE:
		return MARK_MIXED;
	case DANE_LOOKUP_FAILED:
		return MARK_UNTESTED;
	case DANE_NOT_JUDGED:
	case DANE_NONE:
	case DANE_INSECURE:
		break;
	}
	return MARK_NONE;
}

static enum mark
host_dane_mark(const struct host_judgement *h)
{
	enum mark all = MARK_NONE;
	size_t i;

	for (i = 0; i < h->address_count; i++) {
		enum mark one = dane_mark(h->addresses[i].dane);

		if (all == MARK_NONE)
			all = one;
		else if (one != MARK_NONE && one != all)
			all = MARK_MIXED;
	}
	return all;
}

static int64_t
attempt_us(const struct view_input *in, const struct attempt *t)
{
	if (!t->is_started)
		return -1;
	if (t->tls.is_judged)
		return t->tls.judged_us - t->start_us;
	return (attempt_is_running(t) ? in->now_us : t->end_us) - t->start_us;
}

/* "0.42", "10.0": the column is narrow, the head says what it is. */
static void
time_cell(struct doc *d, struct row *r, int64_t us)
{
	struct str words = str_of(part_seconds(d, us));

	row_cell(d, r);
	if (words.n > 1)
		words.n--;
	row_bytes(d, r, ROLE_TEXT, words);
}

static void
address_row(struct doc *d, size_t table, const struct view_input *in, const struct attempt *t,
	enum dane_verdict dane)
{
	struct row *r = doc_table_row(d, table, 0);
	enum step step;

	row_id(d, r, "addr:%s/%s%s", doc_shown(d, t->host), doc_shown(d, t->address),
		in->session->takes_planned ? "?planned" : "");
	r->target = (struct target){ .kind = TARGET_ADDRESS,
		.stage = STAGE_MX,
		.host = arena_str(&d->arena, t->host),
		.address = arena_str(&d->arena, t->address) };
	r->severity = attempt_is_good(t) || !t->is_ended ? SEVERITY_OK : SEVERITY_WARNING;
	row_cell(d, r);
	row_cell(d, r);
	row_text(d, r, ROLE_TEXT, " ");
	row_bytes(d, r, ROLE_TEXT, t->address);
	for (step = STEP_PORT; step < step_count; step++)
		if (step == STEP_TLS)
			tls_cell(d, r, attempt_mark(t, step), t);
		else
			mark_cell(d, r, attempt_mark(t, step));
	row_cell(d, r);
	mark_cell(d, r, dane_mark(dane));
	time_cell(d, r, attempt_us(in, t));
}

static void
host_row(struct doc *d, size_t table, const struct view_input *in, const struct host_judgement *h)
{
	const struct mx_host *host = h->host;
	struct row *r = doc_table_row(d, table, 0);
	int64_t us = -1;
	enum step step;
	size_t i;

	row_id(d, r, "host:%s%s", doc_shown(d, host->name),
		in->session->takes_planned ? "?planned" : "");
	r->target = (struct target){
		.kind = TARGET_HOST, .stage = STAGE_MX, .host = arena_str(&d->arena, host->name)
	};
	r->severity = state_severity(h->state);
	if (host->is_planned)
		part_cell(d, r, ROLE_STATE_WARN, "plan");
	else
		part_cell(d, r, ROLE_TEXT, "%" PRId64, host->preference);
	row_cell(d, r);
	row_bytes(d, r, ROLE_HEADER, host->name);
	for (step = STEP_PORT; step < step_count; step++)
		if (step == STEP_TLS)
			tls_cell(d, r, host_mark(host, step), with_tls(host));
		else
			mark_cell(d, r, host_mark(host, step));
	pattern_cell(d, r, host);
	mark_cell(d, r, host_dane_mark(h));
	for (i = 0; i < host->address_count; i++)
		if (attempt_us(in, host->addresses[i]) > us)
			us = attempt_us(in, host->addresses[i]);
	time_cell(d, r, us);
	for (i = 0; i < host->address_count; i++)
		address_row(d, table, in, host->addresses[i],
			i < h->address_count ? h->addresses[i].dane : DANE_NOT_JUDGED);
}

static void
pattern_rows(struct doc *d, const struct session *s)
{
	size_t i, k;

	if (s->policy.mx_count == 0)
		return;
	doc_heading(d, "Patterns of the policy");
	for (i = 0; i < s->policy.mx_count; i++) {
		const struct policy_pattern *p = &s->policy.mx[i];
		size_t used = 0;

		for (k = 0; k < s->host_count; k++)
			used += s->hosts[k]->has_match && s->hosts[k]->match.is_match &&
						s->hosts[k]->match.pattern == i
					? 1
					: 0;
		doc_fieldf(d, 1, TEXT(d, "%zu", i + 1), ROLE_POLICY_VALUE, "%s   %s",
			doc_shown(d, p->text),
			!p->is_valid ? "malformed: matches nothing"
			: used == 0  ? "matches no host that needed it"
				     : part_count(d, used, "host"));
	}
}

/* Marks keep their colours where the name is selected. */
static size_t
matrix(struct doc *d)
{
	size_t table = doc_table(d, matrix_columns, 9);

	d->tables[table].named = 2;
	return table;
}

/* Why a host matches no pattern, drawn label by label against the nearest. */
static void
near_miss(struct doc *d, const struct session *s, const struct mx_host *host)
{
	const struct policy_pattern *p;

	if (!host->has_match || host->match.is_match || host->match.nearest >= s->policy.mx_count)
		return;
	p = &s->policy.mx[host->match.nearest];
	doc_heading(d, "%s is not in the policy", doc_shown(d, host->name));
	part_labels(d, 3, "pattern", p->text, "MX name", host->name, host->match.near);
}

static void
mx_lookup_row(struct doc *d, const struct session *s)
{
	const struct lookup *l = s->mx_lookup;

	if (s->is_null_mx)
		doc_text(d, 1, ROLE_TEXT,
			"null MX: the domain says that it takes no mail at all (RFC 7505)");
	else if (!l || !l->is_done)
		doc_text(d, 1, ROLE_DIM, "the MX records are being asked for");
	else if (s->host_count == 0)
		doc_text(d, 1, ROLE_TEXT, "no MX host: %s", part_lookup_words(l->status));
	else if (s->has_implicit_mx)
		doc_text(d, 1, ROLE_TEXT,
			"no MX record: the domain itself is the MX (RFC 5321 5.1)");
	if (l && l->answer && l->answer->ttl_s >= 0)
		doc_text(d, 1, ROLE_DIM, "MX records from %s, TTL %s",
			l->answer->resolver.n > 0 ? doc_shown(d, l->answer->resolver) : "nobody",
			part_span(d, (uint64_t)l->answer->ttl_s));
	if (s->hosts_left_out.n > 0)
		doc_text(d, 1, ROLE_STATE_UNKNOWN, "left out, over the limit of %d hosts: %s",
			LIMIT_MX_HOSTS, part_list(d, s->hosts_left_out, ", "));
}

void
part_mx(struct doc *d, const struct view_input *in)
{
	size_t table = matrix(d), i;
	struct view_input planned;

	d->tables[table].gap = 1;
	if (in->judgement->host_count > 0)
		doc_table_head(d, table, 0);
	for (i = 0; i < in->judgement->host_count; i++)
		host_row(d, table, in, &in->judgement->hosts[i]);
	for (i = 0; planned_input(in, &planned) && i < planned.judgement->host_count; i++)
		if (planned.judgement->hosts[i].host->is_planned)
			host_row(d, table, &planned, &planned.judgement->hosts[i]);
	part_planned(d, in, 1);
	mx_lookup_row(d, in->session);
	pattern_rows(d, in->session);
	for (i = 0; i < in->session->host_count; i++)
		near_miss(d, in->session, in->session->hosts[i]);
}

static void
address_summary(struct doc *d, const struct view_input *in, const struct attempt *t,
	const struct address_judgement *judged_as)
{
	const struct tls_seen *tls = &t->tls;

	doc_heading(d, "%s", doc_shown(d, t->address));
	if (t->skip != SKIP_NONE) {
		doc_fieldf(d, 1, "State", ROLE_STATE_UNKNOWN, "untested: %s", skip_words(t->skip));
		return;
	}
	doc_fieldf(d, 1, "State", attempt_is_good(t) ? ROLE_STATE_OK : ROLE_TEXT, "%s, %s",
		attempt_words(d, t), part_seconds(d, attempt_us(in, t)));
	if (t->banner.n > 0)
		doc_field(d, 1, "Greets", ROLE_SERVER, t->banner.v[0]);
	if (t->ehlo.keywords.n > 0)
		doc_fieldf(d, 1, "EHLO", ROLE_SERVER, "%s", part_list(d, t->ehlo.keywords, ", "));
	if (tls->done && tls->done->version.n > 0)
		doc_fieldf(d, 1, "TLS", ROLE_TLS, "%s %s", doc_shown(d, tls->done->version),
			doc_shown(d, tls->done->cipher));
	if (judged_as && judged_as->dane != DANE_NONE && judged_as->dane != DANE_NOT_JUDGED)
		doc_fieldf(d, 1, "DANE", ROLE_TEXT, "%s%s%s", dane_verdict_name(judged_as->dane),
			judged_as->dane_matched.n > 0 ? ": " : "",
			doc_shown(d, judged_as->dane_matched));
	if (judged_as && judged_as->result_type)
		doc_fieldf(d, 1, "Report", ROLE_TEXT, "a reporting sender likely says %s",
			judged_as->result_type);
	if (tls->chain_count > 0)
		doc_fieldf(d, 1, "Cert", ROLE_TEXT, "%s, to %s, SAN %s",
			doc_shown(d, tls->chain[0]->subject),
			part_date(d, tls->chain[0]->not_after_s),
			tls->chain[0]->sans.n > 0 ? part_list(d, tls->chain[0]->sans, " ")
						  : "none");
}

static void
tlsa_rows(struct doc *d, const struct mx_host *host)
{
	size_t i;

	if (!host->tlsa || !host->tlsa->is_done)
		return;
	if (host->tlsa->count == 0) {
		doc_fieldf(d, 1, "TLSA", ROLE_DIM, "%s", part_lookup_words(host->tlsa->status));
		return;
	}
	for (i = 0; i < host->tlsa->count; i++)
		doc_field(d, 1, i == 0 ? "TLSA" : "", ROLE_TEXT, host->tlsa->records[i]->data);
}

static const struct host_judgement *
judged(const struct judgement *j, const struct mx_host *host)
{
	size_t i;

	for (i = 0; i < j->host_count; i++)
		if (j->hosts[i].host == host)
			return &j->hosts[i];
	return NULL;
}

void
view_host(const struct view_input *walk, struct str name, struct doc *out)
{
	const struct view_input of_host = planned_for(walk, name), *in = &of_host;
	const struct mx_host *host = session_host(in->session, name);
	const struct host_judgement *h = host ? judged(in->judgement, host) : NULL;
	size_t table, i;

	doc_init(out);
	out->title = safe_text(&out->arena, name, 0);
	if (!h) {
		doc_text(out, 1, ROLE_DIM, "no such MX host in this walk");
		return;
	}
	table = matrix(out);
	out->tables[table].gap = 1;
	doc_table_head(out, table, 0);
	host_row(out, table, in, h);
	doc_blank(out);
	doc_fieldf(out, 1, "Decision", ROLE_TEXT, "%s", decision_words(h->decision));
	for (i = 0; host->a && i < 2; i++) {
		const struct lookup *l = i == 0 ? host->a : host->aaaa;

		if (l && l->is_done && l->count == 0)
			doc_fieldf(out, 1, i == 0 ? "A" : "AAAA", ROLE_DIM, "%s",
				part_lookup_words(l->status));
	}
	if (host->match.is_match && host->match.pattern < in->session->policy.mx_count)
		doc_fieldf(out, 1, "Pattern", ROLE_POLICY_VALUE, "%zu: %s", host->match.pattern + 1,
			doc_shown(out, in->session->policy.mx[host->match.pattern].text));
	tlsa_rows(out, host);
	near_miss(out, in->session, host);
	for (i = 0; i < host->address_count; i++)
		address_summary(out, in, host->addresses[i],
			i < h->address_count ? &h->addresses[i] : NULL);
}
