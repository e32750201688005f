/*
 * One address: the SMTP dialogue as a ladder of who said what and when, then the certificates.
 * Single lines are in clear text, double lines inside TLS.
 */
#include "core/name.h"
#include "core/view_parts.h"

#include <inttypes.h>
#include <time.h>

static const struct column ladder_columns[] = {
	{ "", 10, 0, false, false, false }, /* time */
	{ "", 1, 1, false, false, false }, { "", 36, 0, true, false, false },
	{ "", 1, 1, false, false, false }, { "", 20, 0, false, false, false }, /* what it tells */
};

/* Time, nothing, this side, the other side. */
static const struct column head_columns[] = {
	{ "", 10, 0, false, false, false },
	{ "", 1, 1, false, false, false },
	{ "", 16, 0, false, false, false },
	{ "", 20, 0, true, true, true },
};

struct ladder {
	struct doc *d;
	const struct view_input *in;
	size_t table;
	const struct attempt *t;
	int64_t last_us; /* of the rung before */
	enum smtp_phase phase; /* whose reply comes next */
	size_t rung;
};

struct safe
view_utc(struct arena *a, const struct session *s, int64_t us)
{
	const int64_t ms = s->start != NULL ? session_wall_ms(s, us) : -1;
	const time_t seconds = (time_t)(ms / 1000);
	struct tm parts;

	if (ms < 0 || gmtime_r(&seconds, &parts) == NULL)
		return safe_literal("-");
	return safe_printf(a, "%02d:%02d:%02d.%03dZ", parts.tm_hour, parts.tm_min, parts.tm_sec,
		(int)(ms % 1000));
}

static struct safe
rung_time(struct ladder *l, int64_t us)
{
	struct arena *a = &l->d->arena;
	const int64_t step = us > l->last_us ? us - l->last_us : 0;

	l->last_us = us > l->last_us ? us : l->last_us;
	switch (l->in->times) {
	case TIMES_LAST:
		return safe_printf(a, "^%d.%03d", (int)(step / 1000000), (int)(step / 1000 % 1000));
	case TIMES_UTC:
		return safe_printf(a, "%.*s ", SAFE_ARG(view_utc(a, l->in->session, us)));
	case TIMES_START:
		break;
	}
	return safe_literal(part_offset(l->d, us > l->t->start_us ? us - l->t->start_us : 0));
}

/* Begins a rung: time, the client's line, and the cell of what was said. */
static struct row *
rung(struct ladder *l, int64_t us)
{
	struct doc *d = l->d;
	struct row *r = doc_table_row(d, l->table, 3);

	row_id(d, r, "rung:%zu", l->rung++);
	row_cell(d, r);
	if (us >= 0)
		row_span(d, r, ROLE_DIM, rung_time(l, us));
	row_cell(d, r);
	row_glyph(d, r, ROLE_DIM, GLYPH_VERTICAL);
	row_cell(d, r);
	return r;
}

/* Ends it: the server's line, and the note's cell. */
static void
close_rung(struct ladder *l, struct row *r)
{
	row_cell(l->d, r);
	row_glyph(l->d, r, ROLE_DIM, GLYPH_VERTICAL);
	row_cell(l->d, r);
	row_text(l->d, r, ROLE_TEXT, "  ");
}

static void
note(struct ladder *l, struct row *r, bool is_ok, const char *words)
{
	part_ok(l->d, r, is_ok);
	row_text(l->d, r, is_ok ? ROLE_TEXT : ROLE_STATE_FAIL, " %s", words);
	r->severity = is_ok ? SEVERITY_OK : SEVERITY_ERROR;
}

static void
lines(struct doc *d, struct row *r, enum role role, enum glyph glyph, unsigned n)
{
	while (n-- > 0)
		row_glyph(d, r, role, glyph);
}

static struct row *
client_rung(struct ladder *l, int64_t us, bool is_tls, const char *words)
{
	enum role role = is_tls ? ROLE_TLS : ROLE_CLIENT;
	struct row *r = rung(l, us);

	r->cells[2].fill = is_tls ? GLYPH_DOUBLE : GLYPH_RULE;
	lines(l->d, r, role, r->cells[2].fill, 3);
	row_text(l->d, r, role, " %s ", words);
	row_text(l->d, r, role, ">");
	close_rung(l, r);
	return r;
}

static struct row *
server_rung(
	struct ladder *l, int64_t us, bool is_tls, bool is_first, bool is_last, const char *words)
{
	enum role role = is_tls ? ROLE_TLS : ROLE_SERVER;
	enum glyph glyph = is_tls ? GLYPH_DOUBLE : GLYPH_RULE;
	struct row *r = rung(l, us);

	if (is_first) {
		row_text(l->d, r, role, "<");
		lines(l->d, r, role, glyph, 2);
	} else {
		row_text(l->d, r, role, "   ");
	}
	row_text(l->d, r, role, " %s ", words);
	if (is_last) {
		r->cells[2].fill = glyph;
		row_glyph(l->d, r, role, glyph);
	}
	close_rung(l, r);
	return r;
}

/* Something that nobody said: a judgement, a silence. */
static void
silent_rung(struct ladder *l, int64_t us, const char *words, bool is_ok, const char *told)
{
	struct row *r = rung(l, us);

	row_text(l->d, r, ROLE_DIM, "    %s", words);
	close_rung(l, r);
	note(l, r, is_ok, told);
}

/* STARTTLS has no place inside TLS (RFC 3207 section 4.2). */
static bool
offers_again(const struct attempt *t)
{
	for (size_t i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];

		if (line->is_tls && line->from == SPEAKER_SERVER &&
			str_is_nocase(str_trim(str_skip(line->text, 4)), "STARTTLS"))
			return true;
	}
	return false;
}

/* What the client's line is there for. */
static void
client_note(struct ladder *l, struct row *r, const struct dialogue_line *line)
{
	if (str_is_nocase(str_trim(line->text), "QUIT"))
		row_text(l->d, r, ROLE_DIM, "no MAIL, no mail sent");
	else if (line->is_tls)
		row_text(l->d, r, ROLE_TLS, "inside TLS");
}

static void
reply_note(struct ladder *l, struct row *r)
{
	const struct attempt *t = l->t;
	const struct smtp_step_seen *step = &t->steps[l->phase];

	if (step->is_done && step->outcome != OUTCOME_OK && step->outcome != OUTCOME_NOT_OFFERED) {
		note(l, r, false,
			step->code > 0 ? TEXT(l->d, "answered %d", step->code) : "no proper reply");
		return;
	}
	switch (l->phase) {
	case SMTP_BANNER:
		note(l, r, true, "greeting");
		break;
	case SMTP_EHLO:
		note(l, r, attempt_offers_starttls(t),
			attempt_offers_starttls(t) ? "STARTTLS offered" : "no STARTTLS offered");
		break;
	case SMTP_STARTTLS:
		note(l, r, t->extra_bytes == 0,
			t->extra_bytes == 0
				? "nothing after it"
				: TEXT(l->d, "%" PRId64 " bytes after it", t->extra_bytes));
		break;
	case SMTP_EHLO_TLS:
		note(l, r, !offers_again(t),
			offers_again(t) ? "offers STARTTLS again" : "no STARTTLS again");
		break;
	case SMTP_QUIT:
		note(l, r, true, "closed in order");
		break;
	case smtp_phase_count:
		break;
	}
}

/* A reply's last line has no hyphen behind its code (RFC 5321 4.2.1). */
static bool
is_last_line(struct str line)
{
	return line.n < 4 || line.p[3] != '-';
}

static void
dialogue_rungs(struct ladder *l, bool is_tls)
{
	const struct attempt *t = l->t;
	bool is_first = true;
	size_t i;

	for (i = 0; i < t->dialogue_count; i++) {
		const struct dialogue_line *line = &t->dialogue[i];
		const char *words;
		struct row *r;

		if (line->is_tls != is_tls)
			continue;
		words = doc_shown(l->d, line->text);
		if (line->from == SPEAKER_CLIENT) {
			client_note(l, client_rung(l, line->us, is_tls, words), line);
			is_first = true;
			continue;
		}
		r = server_rung(l, line->us, is_tls, is_first, is_last_line(line->text), words);
		is_first = is_last_line(line->text);
		if (!is_first)
			continue;
		reply_note(l, r);
		if (l->phase < SMTP_QUIT)
			l->phase++;
	}
}

static void
tls_rungs(struct ladder *l)
{
	const struct tls_seen *tls = &l->t->tls;
	struct row *r;

	if (!tls->is_started)
		return;
	client_rung(l, tls->start_us, true,
		TEXT(l->d, "ClientHello SNI=%s",
			tls->sni.n > 0 ? doc_shown(l->d, tls->sni) : "none"));
	if (tls->is_done && tls->done && tls->done->version.n > 0) {
		r = server_rung(l, tls->end_us, true, true, true,
			TEXT(l->d, "%s, %s", doc_shown(l->d, tls->done->version),
				part_count(l->d, tls->chain_count, "certificate")));
		note(l, r, true, "handshake");
	} else if (tls->is_done) {
		silent_rung(l, tls->end_us, attempt_words(l->d, l->t), false, "no TLS");
		return;
	}
	if (tls->verdict)
		silent_rung(l, tls->judged_us, "verify: chain, dates, host name",
			tls->verdict->is_trusted && tls->verdict->is_name_ok,
			cert_words(l->d, tls)[0] ? cert_words(l->d, tls) : "all right");
}

/* The step at which nobody answered, after what was said. */
static void
silence(struct ladder *l)
{
	static const enum smtp_phase order[] = { SMTP_BANNER, SMTP_EHLO, SMTP_STARTTLS };
	const struct attempt *t = l->t;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const struct smtp_step_seen *step = &t->steps[order[i]];

		if (step->is_done && step->outcome != OUTCOME_OK && step->code == 0 &&
			step->outcome != OUTCOME_NOT_OFFERED) {
			silent_rung(l, step->end_us, "", false, attempt_words(l->d, t));
			return;
		}
	}
}

/* Who stands at both sides: our source port is what the other side's log has. */
static void
ladder_head(struct doc *d, const struct view_input *in, const struct attempt *t)
{
	const size_t table = doc_table(d, head_columns, 4);
	struct row *r = doc_table_row(d, table, 3);

	d->tables[table].gap = 0;
	part_cell(d, r, ROLE_HEADER, "%s", in->times == TIMES_UTC ? "Time          " : "Time");
	row_cell(d, r);
	row_cell(d, r);
	row_bytes(d, r, ROLE_HEADER,
		t->connect && t->connect->source.n > 0 ? t->connect->source : STR("here"));
	part_cell(d, r, ROLE_HEADER,
		name_is_ipv6(t->address) ? "  %s [%s]:%" PRId64 : "  %s %s:%" PRId64,
		doc_shown(d, t->host), doc_shown(d, t->address), t->port);
}

static void
dialogue(struct doc *d, const struct view_input *in, const struct attempt *t)
{
	struct ladder l = {
		.d = d, .in = in, .t = t, .phase = SMTP_BANNER, .last_us = t->start_us
	};

	if (t->skip != SKIP_NONE) {
		doc_text(d, 3, ROLE_STATE_UNKNOWN, "untested: %s", skip_words(t->skip));
		return;
	}
	ladder_head(d, in, t);
	l.table = doc_table(d, ladder_columns, 5);
	d->tables[l.table].gap = 0;
	client_rung(&l, t->start_us, false, "TCP connect");
	if (t->connect && t->connect->outcome != OUTCOME_OK)
		silent_rung(&l, t->connect_us, "", false, attempt_words(d, t));
	dialogue_rungs(&l, false);
	silence(&l);
	tls_rungs(&l);
	l.phase = SMTP_EHLO_TLS;
	dialogue_rungs(&l, true);
	if (attempt_is_running(t)) {
		struct row *r = doc_row(d, ROW_TEXT, 3);

		part_progress(d, r, t, in->now_us);
	}
}

static const struct attempt *
find_attempt(const struct session *s, struct str host, struct str address)
{
	const struct mx_host *mx = session_host(s, host);
	size_t i;

	for (i = 0; mx && i < mx->address_count; i++)
		if (str_eq(mx->addresses[i]->address, address))
			return mx->addresses[i];
	for (i = 0; i < s->https_count; i++)
		if (name_eq(s->https[i]->host, host) && str_eq(s->https[i]->address, address))
			return s->https[i];
	return session_planned_attempt(s, host, address);
}

void
view_address(const struct view_input *in, struct str host, struct str address, struct doc *out)
{
	const struct attempt *t = find_attempt(in->session, host, address);

	doc_init(out);
	out->title = safe_printf(
		&out->arena, "%s:%" PRId64, doc_shown(out, address), t ? t->port : 0);
	if (!t) {
		doc_text(out, 1, ROLE_DIM, "no such address in this walk");
		return;
	}
	if (t->role == ATTEMPT_HTTPS)
		part_steps(out, in->session, t);
	else
		dialogue(out, in, t);
	part_chain(out, in->session, t);
	part_extras(out, in->session, t);
}
