/* Walks that never took place: the facts to lint, and everything else as it should be. */
#include "core/lint.h"

#define DOMAIN "DOMAIN" /* stands in the texts where a walk has a name */
#define POLICY_ADDRESS "192.0.2.80"

static const char good_txt[] = "v=STSv1; id=1;";
static const char good_policy[] = "version: STSv1\nmode: none\nmax_age: 604800\n";

static void
add(struct lint_walk *w, const char *job, enum event_kind kind, const void *payload)
{
	const struct event event = {
		.us = ++w->us, .job = str_of(job), .kind = kind, .payload = payload
	};

	session_apply(&w->session, &event);
}

#define ADD(w, job, constant, suffix, ...) \
	add((w), (job), EV_##constant, &(struct ev_##suffix){ __VA_ARGS__ })

static void
add_start(struct lint_walk *w, int64_t now_s)
{
	ADD(w, "walk", WALK_START, walk_start, .domain = STR(DOMAIN), .domain_unicode = STR(DOMAIN),
		.input = STR(DOMAIN), .started_ms = now_s * 1000, .tool = STR(STSWALK_VERSION),
		.store_newest_s = -1, .wants_ipv4 = true, .wants_ipv6 = true, .https_port = 443,
		.smtp_port = 25, .budget_ms = LIMIT_WALK_MS);
}

static void
add_txt(struct lint_walk *w, enum lookup_role role, const char *job, const char *name,
	struct strs records)
{
	ADD(w, job, DNS_QUESTION, dns_question, .role = role, .name = str_of(name),
		.type = RRTYPE_TXT);
	for (size_t i = 0; i < records.n; i++)
		ADD(w, job, DNS_RECORD, dns_record, .owner = str_of(name), .type = RRTYPE_TXT,
			.ttl_s = 300, .preference = -1, .data = records.v[i],
			.strings = { &records.v[i], 1 });
	ADD(w, job, DNS_ANSWER, dns_answer, .status = LOOKUP_OK, .ttl_s = 300, .ede_code = -1);
}

/* A fetch that went well, but for a body over the limit (RFC 8461 3.3). */
static void
add_fetch(struct lint_walk *w, struct str body)
{
	const char *job = "https:mta-sts." DOMAIN "/" POLICY_ADDRESS;
	const bool is_too_big = body.n > LIMIT_POLICY_BYTES;

	ADD(w, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_HTTPS,
		.host = STR("mta-sts." DOMAIN), .address = STR(POLICY_ADDRESS), .port = 443);
	ADD(w, job, CONNECT, connect, .outcome = OUTCOME_OK);
	ADD(w, job, TLS_START, tls_start, .sni = STR("mta-sts." DOMAIN));
	ADD(w, job, TLS_DONE, tls_done, .outcome = OUTCOME_OK, .version = STR("TLSv1.3"));
	ADD(w, job, CERT_VERDICT, cert_verdict, .is_trusted = true, .is_name_ok = true,
		.wanted = STR("mta-sts." DOMAIN));
	ADD(w, job, HTTP_REQUEST, http_request, .line = STR("GET"));
	ADD(w, job, HTTP_HEADER, http_header, .line = STR("HTTP/1.1 200 OK"));
	ADD(w, job, HTTP_DONE, http_done, .outcome = is_too_big ? OUTCOME_TOO_BIG : OUTCOME_OK,
		.status = 200, .content_type = STR("text/plain"), .has_content_type = true,
		.body_bytes = (int64_t)body.n, .body = str_sub(body, 0, LIMIT_POLICY_BYTES),
		.date_offset_ms = -1);
	ADD(w, job, ATTEMPT_END, attempt_end, .outcome = is_too_big ? OUTCOME_TOO_BIG : OUTCOME_OK);
}

static void
add_mx(struct lint_walk *w, struct strs hosts)
{
	const char *job = "dns:MX:" DOMAIN;

	ADD(w, job, DNS_QUESTION, dns_question, .role = LOOKUP_MX, .name = STR(DOMAIN),
		.type = RRTYPE_MX);
	for (size_t i = 0; i < hosts.n; i++)
		ADD(w, job, DNS_RECORD, dns_record, .owner = STR(DOMAIN), .type = RRTYPE_MX,
			.ttl_s = 300, .preference = (int64_t)(i + 1) * 10, .data = hosts.v[i]);
	ADD(w, job, DNS_ANSWER, dns_answer, .status = LOOKUP_OK, .ttl_s = 300, .ede_code = -1);
}

void
lint_walk_run(struct lint_walk *w, const struct lint_facts *facts)
{
	struct str record = str_of(good_txt);
	const struct strs records = facts->txt.n > 0 ? facts->txt : (struct strs){ &record, 1 };

	w->us = 0;
	session_init(&w->session);
	add_start(w, facts->now_s);
	add_txt(w, LOOKUP_TXT, "dns:TXT:_mta-sts." DOMAIN, "_mta-sts." DOMAIN, records);
	if (facts->tlsrpt.n > 0)
		add_txt(w, LOOKUP_TLSRPT, "dns:TXT:_smtp._tls." DOMAIN, "_smtp._tls." DOMAIN,
			facts->tlsrpt);
	/* Records alone promise no policy file: texts may not speak of one. */
	if (facts->txt.n == 0)
		add_fetch(w, facts->policy.p != NULL ? facts->policy : str_of(good_policy));
	if (facts->mx.n > 0)
		add_mx(w, facts->mx);
	ADD(w, "walk", END, end, .reason = END_DONE);
	judge(&w->session, NULL, &w->judgement);
}

void
lint_walk_release(struct lint_walk *w)
{
	judgement_release(&w->judgement);
	session_release(&w->session);
}
