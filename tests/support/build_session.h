/*
 * build_session: sessions made by hand, for tests of rules, views, renderers and the simulator.
 *
 *	struct session s;
 *	struct build b;
 *
 *	build_begin(&b, &s);
 *	add_walk_start(&b, "example.com");
 *	add_txt(&b, "v=STSv1; id=20260101T000000;");
 *	add_policy_host(&b, "192.0.2.80");
 *	add_https_ok(&b, "192.0.2.80", BUILD_POLICY("enforce"));
 *	add_mx(&b, "10 mx1.example.com");
 *	add_addresses(&b, "mx1.example.com", "192.0.2.25\n2001:db8::25");
 *	add_smtp_ok(&b, "mx1.example.com", "192.0.2.25");
 *	add_smtp(&b, (struct build_smtp){ .host = "mx1.example.com", .address = "2001:db8::25",
 *		.tls = { .error = "certificate has expired", .code = 10, .is_untrusted = true } });
 *	add_end(&b, END_DONE);
 *	...
 *	session_release(&s);
 *
 * build_good(&b, &s, "enforce") is a whole walk in which everything is right. Zero in a struct means
 * "as it is when all is well"; lists are texts with a line per item; NULL is an empty list. Every
 * event comes b.step_us after the one before. The walk begins at BUILD_AS_OF_S.
 */
#ifndef STS_TEST_BUILD_SESSION_H
#define STS_TEST_BUILD_SESSION_H

#include "core/session.h"

#define BUILD_AS_OF_S INT64_C(1795334400) /* 2026-11-22T08:00:00Z */
#define BUILD_DAY_S INT64_C(86400)
#define BUILD_POLICY(mode) \
	"version: STSv1\r\nmode: " mode "\r\nmx: mx1.example.com\r\n" \
	"mx: mx2.example.com\r\nmax_age: 604800\r\n"

struct build {
	struct session *s;
	int64_t us; /* of the next event */
	int64_t step_us; /* 1000 */
	const char *domain;
};

struct build_tls {
	enum outcome outcome; /* of the handshake; not ok: nothing else follows */
	bool is_untrusted, is_name_wrong; /* the verdict */
	int64_t code; /* X509_V_ERR_* of an error, 0 for none */
	const char *error; /* its text; of the handshake when that failed */
	int64_t depth; /* of the error */
	const char *sans; /* the host */
	int64_t days_left; /* 61 */
	int64_t lifetime_days; /* 90 */
	const char *issuer; /* "CN=Test CA" */
	const char *version; /* "TLSv1.3" */
	const char *key; /* "EC P-256" */
	const char *sha256; /* of the leaf; another one for another certificate */
};

struct build_https {
	const char *address; /* 192.0.2.80 */
	enum outcome connect;
	struct build_tls tls;
	enum outcome outcome; /* of the request */
	int status; /* 200 */
	struct str body;
	const char *content_type; /* "text/plain"; "" for no such header */
	const char *redirect;
	const char *header; /* one more */
};

struct build_smtp {
	const char *host, *address; /* must be given */
	enum outcome connect;
	const char *banner; /* reply lines; "220 HOST ESMTP" */
	const char *ehlo; /* "250-HOST", "250-PIPELINING", "250 STARTTLS" */
	const char *starttls; /* "220 2.0.0 Ready" */
	enum outcome banner_fails, ehlo_fails, starttls_fails; /* instead of a reply */
	int64_t extra_bytes; /* in clear behind the 220 */
	struct build_tls tls;
	enum attempt_variant
		variant; /* other than plain: an attempt of its own beside the plain one */
	int64_t turn;
};

/* Any event: ADD(&b, "walk", ROUTE, route, .family = FAMILY_IPV6, .has_route = true) */
#define ADD(b, job, constant, suffix, ...) \
	add_event((b), (job), EV_##constant, &(struct ev_##suffix){ __VA_ARGS__ })

static inline void
build_begin(struct build *b, struct session *s)
{
	session_init(s);
	*b = (struct build){ .s = s, .step_us = 1000, .domain = "example.com" };
}

static inline void
add_event(struct build *b, const char *job, enum event_kind kind, const void *payload)
{
	const struct event event = {
		.us = b->us, .job = str_of(job), .kind = kind, .payload = payload
	};

	session_apply(b->s, &event);
	b->us += b->step_us;
}

#define build_text(b, ...) (arena_printf(&(b)->s->arena, __VA_ARGS__).p)

static inline struct strs
build_lines(struct build *b, const char *text)
{
	struct strs lines = { 0 };
	struct str rest = str_of(text), line;

	while (rest.n > 0 && str_split(&rest, '\n', &line))
		arena_push(&b->s->arena, &lines, line);
	return lines;
}

static inline struct ev_walk_start
build_walk_start(const char *domain)
{
	static struct str resolvers[] = { { "127.0.0.1:53", 12 } };

	return (struct ev_walk_start){
		.domain = str_of(domain),
		.domain_unicode = str_of(domain),
		.input = str_of(domain),
		.started_ms = BUILD_AS_OF_S * 1000,
		.tool = str_of(STSWALK_VERSION),
		.host = STR("ops1.example.net"),
		.ehlo = STR("ops1.example.net"),
		.resolvers = { resolvers, 1 },
		.is_ad_trusted = true,
		.trust_store = STR("/etc/ssl/certs"),
		.anchors = 140,
		.store_newest_s = BUILD_AS_OF_S - 30 * BUILD_DAY_S,
		.wants_ipv4 = true,
		.wants_ipv6 = true,
		.https_port = 443,
		.smtp_port = 25,
		.budget_ms = LIMIT_WALK_MS,
	};
}

static inline void
add_walk_start(struct build *b, const char *domain)
{
	const struct ev_walk_start start = build_walk_start(domain);

	b->domain = domain;
	add_event(b, "walk", EV_WALK_START, &start);
}

static inline void
add_route(struct build *b, enum family family, bool has_route)
{
	ADD(b, "walk", ROUTE, route, .family = family, .has_route = has_route,
		.address = family == FAMILY_IPV4 ? STR("192.0.2.25") : STR("2001:db8::25"));
}

static inline const char *
build_dns_job(struct build *b, enum rrtype type, const char *name)
{
	return build_text(b, "dns:%s:%s", rrtype_name(type), name);
}

static inline void
add_question(struct build *b, enum lookup_role role, enum rrtype type, const char *name)
{
	ADD(b, build_dns_job(b, type, name), DNS_QUESTION, dns_question, .role = role,
		.name = str_of(name), .type = type);
}

/* data of an MX record is "PREFERENCE HOST", as in a zone file. */
static inline void
add_record(struct build *b, enum rrtype type, const char *name, struct str data)
{
	int64_t preference = -1;
	uint64_t number;
	struct str rest = data, word;
	struct strs strings = { 0 };

	if (type == RRTYPE_MX && str_split(&rest, ' ', &word) && str_to_u64(word, 65535, &number)) {
		preference = (int64_t)number;
		data = rest;
	}
	if (type == RRTYPE_TXT)
		arena_push(&b->s->arena, &strings, data);
	ADD(b, build_dns_job(b, type, name), DNS_RECORD, dns_record, .owner = str_of(name),
		.type = type, .ttl_s = 300, .preference = preference, .data = data,
		.strings = strings);
}

static inline void
add_answer(struct build *b, enum rrtype type, const char *name, enum lookup_status status)
{
	static const int rcodes[lookup_status_count] = { [LOOKUP_NXDOMAIN] = 3,
		[LOOKUP_SERVFAIL] = 2,
		[LOOKUP_BOGUS] = 2,
		[LOOKUP_REFUSED] = 5,
		[LOOKUP_TIMEOUT] = -1 };

	ADD(b, build_dns_job(b, type, name), DNS_ANSWER, dns_answer, .status = status,
		.rcode = rcodes[status], .ttl_s = 300, .ede_code = -1,
		.resolver = STR("127.0.0.1:53"), .tries = 1);
}

/* A whole lookup; records is a text with a line per record, or NULL. */
static inline void
add_lookup(struct build *b, enum lookup_role role, enum rrtype type, const char *name,
	enum lookup_status status, const char *records)
{
	const struct strs lines = build_lines(b, records);

	add_question(b, role, type, name);
	for (size_t i = 0; i < lines.n; i++)
		add_record(b, type, name, lines.v[i]);
	add_answer(b, type, name, status);
}

/* The lookups of a domain: NULL records make it NXDOMAIN (MX: NODATA). */
static inline void
add_txt(struct build *b, const char *records)
{
	add_lookup(b, LOOKUP_TXT, RRTYPE_TXT, build_text(b, "_mta-sts.%s", b->domain),
		records != NULL ? LOOKUP_OK : LOOKUP_NXDOMAIN, records);
}

static inline void
add_tlsrpt(struct build *b, const char *records)
{
	add_lookup(b, LOOKUP_TLSRPT, RRTYPE_TXT, build_text(b, "_smtp._tls.%s", b->domain),
		records != NULL ? LOOKUP_OK : LOOKUP_NXDOMAIN, records);
}

static inline void
add_mx(struct build *b, const char *records)
{
	add_lookup(b, LOOKUP_MX, RRTYPE_MX, b->domain, records != NULL ? LOOKUP_OK : LOOKUP_NODATA,
		records);
}

static inline void
add_family(struct build *b, enum lookup_role role, enum rrtype type, const char *host,
	const char *addresses)
{
	const struct strs lines = build_lines(b, addresses);
	enum lookup_status status = LOOKUP_NODATA;

	add_question(b, role, type, host);
	for (size_t i = 0; i < lines.n; i++) {
		const bool is_ipv6 = str_find(lines.v[i], ':') < lines.v[i].n;

		if (is_ipv6 != (type == RRTYPE_AAAA))
			continue;
		add_record(b, type, host, lines.v[i]);
		status = LOOKUP_OK;
	}
	add_answer(b, type, host, status);
}

/* A and AAAA of the policy host; a line per address of either family. */
static inline void
add_policy_host(struct build *b, const char *addresses)
{
	const char *host = build_text(b, "mta-sts.%s", b->domain);

	add_family(b, LOOKUP_POLICY_HOST, RRTYPE_A, host, addresses);
	add_family(b, LOOKUP_POLICY_HOST, RRTYPE_AAAA, host, addresses);
}

/* A, AAAA and (no) TLSA of an MX host. */
static inline void
add_addresses(struct build *b, const char *host, const char *addresses)
{
	add_family(b, LOOKUP_MX_HOST, RRTYPE_A, host, addresses);
	add_family(b, LOOKUP_MX_HOST, RRTYPE_AAAA, host, addresses);
	add_lookup(b, LOOKUP_TLSA, RRTYPE_TLSA, build_text(b, "_25._tcp.%s", host), LOOKUP_NODATA,
		NULL);
}

static inline void
add_cert(struct build *b, const char *job, const char *host, const struct build_tls *tls)
{
	const int64_t left = tls->days_left != 0 ? tls->days_left : 61;
	const int64_t life = tls->lifetime_days != 0 ? tls->lifetime_days : 90;
	const int64_t end_s = BUILD_AS_OF_S + left * BUILD_DAY_S + 3600;

	ADD(b, job, CERT, cert, .is_sent = true, .is_on_path = true,
		.subject = str_of(build_text(b, "CN=%s", host)),
		.issuer = str_of(tls->issuer != NULL ? tls->issuer : "CN=Test CA"),
		.common_name = str_of(host), .serial = STR("04:9a"),
		.sans = build_lines(b, tls->sans != NULL ? tls->sans : host),
		.not_before_s = end_s - life * BUILD_DAY_S, .not_after_s = end_s,
		.key = str_of(tls->key != NULL ? tls->key : "EC P-256"),
		.signature = STR("ecdsa-with-SHA256"),
		.sha256 =
			tls->sha256 != NULL
				? str_of(tls->sha256)
				: STR("9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b9f0b"
				      "9f0b"),
		.spki_sha256 = STR(
			"1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c1a2c"));
}

/* From tls-start to the verdict; true if the handshake was completed. */
static inline bool
add_tls(struct build *b, const char *job, const char *host, const struct build_tls *tls)
{
	const bool is_ok = tls->outcome == OUTCOME_OK;

	ADD(b, job, TLS_START, tls_start, .sni = str_of(host));
	ADD(b, job, TLS_DONE, tls_done, .outcome = tls->outcome,
		.version = is_ok ? str_of(tls->version != NULL ? tls->version : "TLSv1.3")
				 : STR_EMPTY,
		.cipher = is_ok ? STR("TLS_AES_256_GCM_SHA384") : STR_EMPTY,
		.group = is_ok ? STR("X25519") : STR_EMPTY,
		.error = is_ok ? STR_EMPTY : str_of(tls->error));
	if (!is_ok)
		return false;
	add_cert(b, job, host, tls);
	if (tls->code != 0)
		ADD(b, job, CERT_ERROR, cert_error, .depth = tls->depth, .code = tls->code,
			.text = str_of(tls->error));
	ADD(b, job, CERT_VERDICT, cert_verdict, .is_trusted = !tls->is_untrusted,
		.is_name_ok = !tls->is_name_wrong, .wanted = str_of(host));
	return true;
}

static inline void
add_attempt_end(struct build *b, const char *job, enum outcome outcome)
{
	ADD(b, job, ATTEMPT_END, attempt_end, .outcome = outcome);
}

/* attempt-start and connect; true if the connection stands. */
static inline bool
add_connect(struct build *b, const char *job, struct ev_attempt_start start, enum outcome outcome)
{
	add_event(b, job, EV_ATTEMPT_START, &start);
	ADD(b, job, CONNECT, connect, .outcome = outcome,
		.source = outcome == OUTCOME_OK ? STR("203.0.113.5:50112") : STR_EMPTY);
	if (outcome != OUTCOME_OK)
		add_attempt_end(b, job, outcome);
	return outcome == OUTCOME_OK;
}

static inline void
add_http(struct build *b, const char *job, const char *host, const struct build_https *h)
{
	const char *type = h->content_type != NULL ? h->content_type : "text/plain";
	const int status = h->status != 0 ? h->status : 200;

	ADD(b, job, HTTP_REQUEST, http_request,
		.line = STR("GET /.well-known/mta-sts.txt HTTP/1.1"),
		.url = str_of(build_text(b, "https://%s/.well-known/mta-sts.txt", host)));
	ADD(b, job, HTTP_HEADER, http_header, .line = str_of(build_text(b, "HTTP/1.1 %d", status)));
	if (type[0] != '\0')
		ADD(b, job, HTTP_HEADER, http_header,
			.line = str_of(build_text(b, "Content-Type: %s", type)));
	if (h->header != NULL)
		ADD(b, job, HTTP_HEADER, http_header, .line = str_of(h->header));
	ADD(b, job, HTTP_DONE, http_done, .outcome = h->outcome, .status = status,
		.content_type = str_of(type), .has_content_type = type[0] != '\0',
		.redirect = str_of(h->redirect), .body_bytes = (int64_t)h->body.n, .body = h->body,
		.date_offset_ms = -1);
	add_attempt_end(b, job, h->outcome);
}

static inline void
add_https(struct build *b, struct build_https h)
{
	const char *host = build_text(b, "mta-sts.%s", b->domain);
	const char *address = h.address != NULL ? h.address : "192.0.2.80";
	const char *job = build_text(b, "https:%s/%s", host, address);

	if (!add_connect(b, job,
		    (struct ev_attempt_start){ .role = ATTEMPT_HTTPS,
			    .host = str_of(host),
			    .address = str_of(address),
			    .port = 443 },
		    h.connect))
		return;
	if (!add_tls(b, job, host, &h.tls))
		add_attempt_end(b, job, h.tls.outcome);
	else if (h.tls.is_untrusted || h.tls.is_name_wrong)
		add_attempt_end(b, job, OUTCOME_UNTRUSTED);
	else
		add_http(b, job, host, &h);
}

static inline void
add_https_ok(struct build *b, const char *address, const char *body)
{
	add_https(b, (struct build_https){ .address = address, .body = str_of(body) });
}

static inline void
add_line(struct build *b, const char *job, enum speaker from, bool is_tls, struct str text)
{
	ADD(b, job, SMTP_LINE, smtp_line, .from = from, .is_tls = is_tls, .text = text);
}

/* A command (NULL: none) and its reply, or what came in place of one; true to go on. */
static inline bool
add_exchange(struct build *b, const char *job, enum smtp_phase phase, const char *command,
	const char *reply, enum outcome fails, int64_t extra_bytes)
{
	const bool is_tls = phase == SMTP_EHLO_TLS || phase == SMTP_QUIT;
	const struct strs lines = build_lines(b, fails == OUTCOME_OK ? reply : NULL);
	const char wanted = '2';
	uint64_t code = 0;

	if (command != NULL)
		add_line(b, job, SPEAKER_CLIENT, is_tls, str_of(command));
	for (size_t i = 0; i < lines.n; i++)
		add_line(b, job, SPEAKER_SERVER, is_tls, lines.v[i]);
	if (lines.n > 0) {
		str_to_u64(str_sub(lines.v[lines.n - 1], 0, 3), 999, &code);
		if (lines.v[lines.n - 1].p[0] != wanted)
			fails = OUTCOME_REPLY;
	}
	ADD(b, job, SMTP_STEP, smtp_step, .phase = phase, .outcome = fails, .code = (int64_t)code,
		.extra_bytes = extra_bytes);
	return fails == OUTCOME_OK;
}

static inline const char *
build_or(const char *given, const char *usual)
{
	return given != NULL ? given : usual;
}

/* The dialogue in clear, up to the reply to STARTTLS; how it ended. */
static inline enum outcome
add_dialogue(struct build *b, const char *job, const struct build_smtp *m)
{
	const char *banner = build_text(b, "220 %s ESMTP", m->host);
	const char *ehlo = build_text(b, "250-%s\n250-PIPELINING\n250 STARTTLS", m->host);
	const struct mx_host *host;

	if (!add_exchange(
		    b, job, SMTP_BANNER, NULL, build_or(m->banner, banner), m->banner_fails, 0))
		return m->banner_fails != OUTCOME_OK ? m->banner_fails : OUTCOME_REPLY;
	if (!add_exchange(b, job, SMTP_EHLO, "EHLO ops1.example.net", build_or(m->ehlo, ehlo),
		    m->ehlo_fails, 0))
		return m->ehlo_fails != OUTCOME_OK ? m->ehlo_fails : OUTCOME_REPLY;
	host = session_host(b->s, str_of(m->host));
	for (size_t i = 0; host != NULL && i < host->address_count; i++) {
		if (str_is(host->addresses[i]->job, job) &&
			!attempt_offers_starttls(host->addresses[i])) {
			ADD(b, job, SMTP_STEP, smtp_step, .phase = SMTP_STARTTLS,
				.outcome = OUTCOME_NOT_OFFERED);
			return OUTCOME_NOT_OFFERED;
		}
	}
	if (!add_exchange(b, job, SMTP_STARTTLS, "STARTTLS",
		    build_or(m->starttls, "220 2.0.0 Ready"), m->starttls_fails, m->extra_bytes))
		return m->starttls_fails != OUTCOME_OK ? m->starttls_fails : OUTCOME_REPLY;
	return OUTCOME_OK;
}

static inline void
add_smtp(struct build *b, struct build_smtp m)
{
	const char *job = build_text(b, "smtp:%s/%s", m.host, m.address);
	enum outcome outcome;

	if (m.variant != VARIANT_PLAIN)
		job = build_text(b, "%s?%s-%d", job, attempt_variant_name(m.variant), (int)m.turn);

	if (!add_connect(b, job,
		    (struct ev_attempt_start){ .role = ATTEMPT_SMTP,
			    .host = str_of(m.host),
			    .address = str_of(m.address),
			    .port = 25,
			    .variant = m.variant,
			    .turn = m.turn },
		    m.connect))
		return;
	outcome = add_dialogue(b, job, &m);
	if (outcome == OUTCOME_OK && !add_tls(b, job, m.host, &m.tls)) {
		outcome = m.tls.outcome;
	} else if (outcome == OUTCOME_OK) {
		add_exchange(b, job, SMTP_EHLO_TLS, "EHLO ops1.example.net",
			build_text(b, "250 %s", m.host), OUTCOME_OK, 0);
		add_exchange(b, job, SMTP_QUIT, "QUIT", "221 2.0.0 Bye", OUTCOME_OK, 0);
	}
	add_attempt_end(b, job, outcome);
}

static inline void
add_smtp_ok(struct build *b, const char *host, const char *address)
{
	add_smtp(b, (struct build_smtp){ .host = host, .address = address });
}

/* refused, unreachable, timeout, ... */
static inline void
add_smtp_connect_fails(struct build *b, const char *host, const char *address, enum outcome outcome)
{
	add_smtp(b, (struct build_smtp){ .host = host, .address = address, .connect = outcome });
}

static inline void
add_smtp_skip(struct build *b, const char *host, const char *address, enum skip_reason reason)
{
	ADD(b, build_text(b, "smtp:%s/%s", host, address), ATTEMPT_SKIP, attempt_skip,
		.role = ATTEMPT_SMTP, .host = str_of(host), .address = str_of(address), .port = 25,
		.reason = reason);
}

static inline void
add_end(struct build *b, enum end_reason reason)
{
	ADD(b, "walk", END, end, .reason = reason);
}

/* A walk of example.com in which everything is right, up to but without its end. */
static inline void
build_good_open(struct build *b, struct session *s, const char *mode)
{
	static const char *const hosts[][3] = {
		{ "mx1.example.com", "192.0.2.25", "2001:db8::25" },
		{ "mx2.example.com", "192.0.2.26", "2001:db8::26" },
	};
	const char *body;

	build_begin(b, s);
	body = build_text(b,
		"version: STSv1\r\nmode: %s\r\nmx: mx1.example.com\r\n"
		"mx: mx2.example.com\r\nmax_age: 604800\r\n",
		mode);
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, true);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80", body);
	add_mx(b, "10 mx1.example.com\n20 mx2.example.com");
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		add_addresses(b, hosts[i][0], build_text(b, "%s\n%s", hosts[i][1], hosts[i][2]));
		add_smtp_ok(b, hosts[i][0], hosts[i][1]);
		add_smtp_ok(b, hosts[i][0], hosts[i][2]);
	}
}

static inline void
build_good(struct build *b, struct session *s, const char *mode)
{
	build_good_open(b, s, mode);
	add_end(b, END_DONE);
}

#endif
