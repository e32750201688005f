/*
 * judge_case: walks given by what is odd about them, and what judging them must raise.
 *
 * A zeroed struct walk is a walk of example.com under enforce in which everything is right: it
 * raises nothing at all. check_raised() compares whole sets, so that it proves the stop rules too.
 */
#ifndef STS_TEST_JUDGE_CASE_H
#define STS_TEST_JUDGE_CASE_H

#include "core/finding.h"
#include "tests/support/build_session.h"
#include "tests/support/check.h"

#define WALK_ADDRESSES 4

struct walk {
	const char *txt; /* records, a line each; "" for NXDOMAIN */
	enum lookup_status txt_status; /* in place of records; 0: as the records say */
	const char *tlsrpt;
	enum lookup_status tlsrpt_status;
	const char *hosts; /* addresses of the policy host; "" for NODATA */
	enum lookup_status host_status;
	const char *mode; /* of the usual policy */
	struct str body; /* in place of it */
	struct build_https https;
	struct build_https https2; /* another address, when it has one */
	const char *mx; /* "10 mx1.example.com" */
	enum lookup_status mx_status;
	struct build_smtp smtp[WALK_ADDRESSES]; /* a host of the MX list without one is good */
	const char *addresses; /* in DNS, of hosts without one above: more() makes the attempts */
	void (*before)(struct build *b); /* behind the walk's start, before all lookups */
	void (*more)(struct build *b); /* before the end */
	bool has_no_root, is_root_failing;
	bool is_open; /* still running */
	enum end_reason end;
	const struct ev_walk_start *start;
};

/* As add_lookup(), with the AD bit and CNAME targets (a line each). */
static inline void
add_lookup_with(struct build *b, enum lookup_role role, enum rrtype type, const char *name,
	const char *records, const char *cnames, struct ev_dns_answer answer)
{
	const struct strs lines = build_lines(b, records);

	add_question(b, role, type, name);
	for (size_t i = 0; i < lines.n; i++)
		add_record(b, type, name, lines.v[i]);
	answer.cname = build_lines(b, cnames);
	answer.ttl_s = 300;
	answer.ede_code = answer.ede_text.n > 0 ? answer.ede_code : -1;
	answer.resolver = STR("127.0.0.1:53");
	add_event(b, build_dns_job(b, type, name), EV_DNS_ANSWER, &answer);
}

static inline void
add_secure(struct build *b, enum lookup_role role, enum rrtype type, const char *name,
	const char *records)
{
	add_lookup_with(b, role, type, name, records, NULL,
		(struct ev_dns_answer){ .status = LOOKUP_OK, .is_ad = true });
}

static inline void
walk_root(struct build *b, const struct walk *w)
{
	if (w->has_no_root)
		return;
	if (w->is_root_failing)
		add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_TIMEOUT, NULL);
	else
		add_secure(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", "a.root-servers.example");
}

static inline void
walk_records(struct build *b, const struct walk *w)
{
	const char *txt = w->txt != NULL ? w->txt : "v=STSv1; id=20260101T000000;";
	const char *tlsrpt = w->tlsrpt != NULL ? w->tlsrpt
					       : "v=TLSRPTv1; rua=mailto:tls@reports.example";

	if (w->txt_status != LOOKUP_NOT_ASKED)
		add_lookup(b, LOOKUP_TXT, RRTYPE_TXT, "_mta-sts.example.com", w->txt_status, NULL);
	else
		add_txt(b, txt[0] != '\0' ? txt : NULL);
	if (w->tlsrpt_status != LOOKUP_NOT_ASKED)
		add_lookup(b, LOOKUP_TLSRPT, RRTYPE_TXT, "_smtp._tls.example.com", w->tlsrpt_status,
			NULL);
	else
		add_tlsrpt(b, tlsrpt[0] != '\0' ? tlsrpt : NULL);
}

static inline void
walk_fetch(struct build *b, const struct walk *w)
{
	const char *hosts = w->hosts != NULL ? w->hosts : "192.0.2.80";
	struct build_https h = w->https;

	if (w->host_status != LOOKUP_NOT_ASKED) {
		add_lookup(b, LOOKUP_POLICY_HOST, RRTYPE_A, "mta-sts.example.com", w->host_status,
			NULL);
		add_lookup(b, LOOKUP_POLICY_HOST, RRTYPE_AAAA, "mta-sts.example.com",
			w->host_status, NULL);
		return;
	}
	add_policy_host(b, hosts);
	if (hosts[0] == '\0')
		return;
	if (h.body.n == 0 && h.body.p == NULL)
		h.body = w->body.p != NULL
				 ? w->body
				 : str_of(build_text(b,
					   "version: STSv1\nmode: %s\nmx: mx1.example.com\n"
					   "max_age: 1209600\n",
					   w->mode != NULL ? w->mode : "enforce"));
	add_https(b, h);
	if (w->https2.address != NULL) {
		struct build_https other = w->https2;

		if (other.body.p == NULL)
			other.body = h.body;
		add_https(b, other);
	}
}

static inline void
walk_host(struct build *b, const struct walk *w, const char *host, size_t number)
{
	const char *addresses = "";
	size_t n = 0;

	for (size_t i = 0; i < WALK_ADDRESSES && w->smtp[i].host != NULL; i++) {
		if (str_is(str_of(host), w->smtp[i].host) && w->smtp[i].address != NULL)
			addresses = build_text(b, "%s%s\n", addresses, w->smtp[i].address);
		else if (str_is(str_of(host), w->smtp[i].host) && w->addresses != NULL)
			addresses = w->addresses;
		n += str_is(str_of(host), w->smtp[i].host) ? 1 : 0;
	}
	if (n == 0)
		addresses = build_text(b, "192.0.2.%zu", 25 + number);
	add_addresses(b, host, addresses);
	if (n == 0)
		add_smtp_ok(b, host, addresses);
}

static inline void
walk_mx(struct build *b, const struct walk *w)
{
	const char *mx = w->mx != NULL ? w->mx : "10 mx1.example.com";
	const struct strs lines = build_lines(b, mx);

	if (w->mx_status != LOOKUP_NOT_ASKED) {
		add_lookup(b, LOOKUP_MX, RRTYPE_MX, "example.com", w->mx_status, NULL);
		return;
	}
	add_mx(b, mx);
	for (size_t i = 0; i < lines.n; i++) {
		const struct str host = str_skip(lines.v[i], str_find(lines.v[i], ' ') + 1);

		if (!str_is(host, "."))
			walk_host(b, w, build_text(b, "%.*s", STR_ARG(host)), i);
	}
	for (size_t i = 0; i < WALK_ADDRESSES && w->smtp[i].host != NULL; i++) {
		if (w->smtp[i].address != NULL)
			add_smtp(b, w->smtp[i]);
	}
}

static inline void
walk_build(struct build *b, struct session *s, const struct walk *w)
{
	build_begin(b, s);
	if (w->start != NULL)
		add_event(b, "walk", EV_WALK_START, w->start);
	else
		add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, true);
	if (w->before != NULL)
		w->before(b);
	walk_root(b, w);
	walk_records(b, w);
	walk_fetch(b, w);
	walk_mx(b, w);
	if (w->more != NULL)
		w->more(b);
	if (!w->is_open)
		add_end(b, w->end);
}

/* "error tls-cert-expired mx1.example.com", a line each, in the judgement's order. */
static inline const char *
raised_text(struct arena *a, const struct judgement *j)
{
	struct str text = STR("");

	for (size_t i = 0; i < j->count; i++)
		text = arena_printf(a, "%.*s%s %s %.*s\n", STR_ARG(text),
			severity_name(j->findings[i].severity), j->findings[i].type->name,
			STR_ARG(j->findings[i].subject));
	return text.n > 0 ? text.p : "";
}

static inline bool
has_line(const char *text, struct str wanted)
{
	struct str rest = str_of(text), line;

	while (str_split(&rest, '\n', &line)) {
		if (line.n > 0 && str_eq(line, wanted))
			return true;
	}
	return false;
}

/* raises: lines without the last line end; "" for nothing. */
static inline void
check_raised(const char *row, const struct judgement *j, const char *raises)
{
	struct arena a = { 0 };
	const char *got = raised_text(&a, j);
	struct str rest = str_of(raises), line;
	size_t wanted = 0;
	bool is_same = true;

	while (rest.n > 0 && str_split(&rest, '\n', &line)) {
		wanted++;
		is_same &= has_line(got, line);
	}
	if (!is_same || wanted != j->count)
		fail_msg("%s raises\n%swanted\n%s", row, got, raises);
	arena_release(&a);
}

static inline const struct finding *
finding_of(const struct judgement *j, enum finding_id id)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->findings[i].type->id == id)
			return &j->findings[i];
	}
	return NULL;
}

static inline bool
has_template(struct str text)
{
	for (size_t i = 0; i + 2 < text.n; i++) {
		if (text.p[i] == '{' && text.p[i + 2] == '}')
			return true;
	}
	return false;
}

/* Every finding says who, what was seen, what it means, what to do, and on what evidence. */
static inline void
check_whole(const char *row, const struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];
		const struct {
			const char *what;
			struct str text;
		} texts[] = { { "subject", f->subject }, { "who", f->who }, { "detail", f->detail },
			{ "means", f->means }, { "fix", f->fix }, { "by hand", f->by_hand } };

		for (size_t k = 0; k < ROWS(texts); k++) {
			if (texts[k].text.n == 0 || has_template(texts[k].text))
				fail_msg("%s: %s: %s is \"%.*s\"", row, f->type->name,
					texts[k].what, STR_ARG(texts[k].text));
		}
		if (f->evidence_count == 0)
			fail_msg("%s: %s has no evidence", row, f->type->name);
	}
}

struct prefix {
	const char *row;
	struct session whole;
	struct judgement end;
};

static inline bool
is_at_end(const struct prefix *p, const struct finding *f)
{
	for (size_t i = 0; i < p->end.count; i++) {
		if (p->end.findings[i].type == f->type &&
			p->end.findings[i].severity >= f->severity)
			return true;
	}
	return false;
}

/* What is said while the walk runs is never taken back, and never worse than at the end. */
static inline void
check_prefix(const struct prefix *p, const struct judgement *j, size_t events)
{
	for (size_t i = 0; i < j->count; i++) {
		if (!is_at_end(p, &j->findings[i]))
			fail_msg("%s: %s is raised after %zu events, and not at the end", p->row,
				j->findings[i].type->name, events);
	}
	if (j->fresh != MAIL_NOT_KNOWN_YET && j->fresh != p->end.fresh)
		fail_msg("%s: mail is %s after %zu events, %s at the end", p->row,
			mail_outcome_name(j->fresh), events, mail_outcome_name(p->end.fresh));
}

static inline void
check_prefixes(const char *row, const struct walk *w, const struct judge_options *options)
{
	struct prefix p = { .row = row };
	struct session s;
	struct build b;
	struct judgement j;

	walk_build(&b, &p.whole, w);
	judge(&p.whole, options, &p.end);
	session_init(&s);
	for (size_t i = 0; i + 1 < p.whole.event_count; i++) {
		session_apply(&s, p.whole.events[i]);
		judge(&s, options, &j);
		check_prefix(&p, &j, i + 1);
		check_int(row, "final", j.is_final, false);
		judgement_release(&j);
	}
	session_release(&s);
	judgement_release(&p.end);
	session_release(&p.whole);
}

static inline void
check_walk(const char *row, const struct walk *w, const struct judge_options *options,
	const char *raises)
{
	struct session s;
	struct build b;
	struct judgement j;

	walk_build(&b, &s, w);
	judge(&s, options, &j);
	check_raised(row, &j, raises);
	check_whole(row, &j);
	judgement_release(&j);
	session_release(&s);
	check_prefixes(row, w, options);
}

/* One row of a table of walks. */
struct walk_row {
	const char *row;
	struct walk walk;
	const char *raises;
};

static inline void
check_rows(const struct walk_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_walk(rows[i].row, &rows[i].walk, NULL, rows[i].raises);
}

/* An SMTP attempt up to the handshake; certificates and verdict are the caller's. */
static inline const char *
open_smtp_tls(struct build *b, const char *host, const char *address)
{
	const char *job = build_text(b, "smtp:%s/%s", host, address);
	const struct build_smtp m = { .host = host, .address = address };

	add_connect(b, job,
		(struct ev_attempt_start){ .role = ATTEMPT_SMTP,
			.host = str_of(host),
			.address = str_of(address),
			.port = 25 },
		OUTCOME_OK);
	add_dialogue(b, job, &m);
	ADD(b, job, TLS_START, tls_start, .sni = str_of(host));
	ADD(b, job, TLS_DONE, tls_done, .outcome = OUTCOME_OK, .version = STR("TLSv1.3"));
	return job;
}

static inline const char *
open_https_tls(struct build *b, const char *address)
{
	const char *job = build_text(b, "https:mta-sts.example.com/%s", address);

	add_connect(b, job,
		(struct ev_attempt_start){ .role = ATTEMPT_HTTPS,
			.host = STR("mta-sts.example.com"),
			.address = str_of(address),
			.port = 443 },
		OUTCOME_OK);
	ADD(b, job, TLS_START, tls_start, .sni = STR("mta-sts.example.com"));
	ADD(b, job, TLS_DONE, tls_done, .outcome = OUTCOME_OK, .version = STR("TLSv1.3"));
	return job;
}

#endif
