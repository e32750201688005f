/*
 * build_story: the sessions that golden documents are made from. example.com under enforce with a
 * fault of nearly every kind, a domain that is well, one without MTA-STS, one with its files
 * broken, a walk that is still running.
 */
#ifndef STS_TEST_BUILD_STORY_H
#define STS_TEST_BUILD_STORY_H

#include "tests/support/build_session.h"

static inline void
story_failing_mx(struct build *b)
{
	const struct build_tls other = { .is_name_wrong = true,
		.sans = "mail.hoster.test\nsmtp.hoster.test",
		.version = "TLSv1.2" };

	add_mx(b, "10 mx1.example.com\n10 mx2.example.com\n20 backup.example.net\n"
		  "90 mx9.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25\n2001:db8:25::1");
	add_addresses(b, "mx2.example.com", "192.0.2.26\n2001:db8:26::1");
	add_addresses(
		b, "backup.example.net", "198.51.100.7\n2001:db8:1000:2000:3000:4000:5000:6007");
	add_addresses(b, "mx9.example.com", "203.0.113.9");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_smtp_ok(b, "mx1.example.com", "2001:db8:25::1");
	add_smtp_ok(b, "mx2.example.com", "192.0.2.26");
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "2001:db8:26::1",
			    .tls = { .is_untrusted = true,
				    .code = 10,
				    .error = "certificate has expired",
				    .days_left = -4 } });
	add_smtp(
		b, (struct build_smtp){
			   .host = "backup.example.net", .address = "198.51.100.7", .tls = other });
	add_smtp(b, (struct build_smtp){ .host = "backup.example.net",
			    .address = "2001:db8:1000:2000:3000:4000:5000:6007",
			    .tls = other });
}

static inline void
story_failing_open(struct build *b, struct session *s)
{
	static const char policy[] = "version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\n"
				     "mx: mail.example.org\r\nmax_age: 86400\r\n"
				     "contact: postmaster@example.com\r\n";

	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, true);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, "v=STSv1; id=20261104T0900;");
	add_tlsrpt(b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(b, "192.0.2.80\n2001:db8::80");
	add_https(b, (struct build_https){ .address = "192.0.2.80",
			     .body = STR(policy),
			     .content_type = "text/html" });
	add_https(b, (struct build_https){ .address = "2001:db8::80",
			     .body = STR(policy),
			     .content_type = "text/html" });
	story_failing_mx(b);
}

/* 1.8 s into the last connection. */
static inline void
story_running(struct build *b, struct session *s)
{
	story_failing_open(b, s);
	ADD(b, "smtp:mx9.example.com/203.0.113.9", ATTEMPT_START, attempt_start,
		.role = ATTEMPT_SMTP, .host = STR("mx9.example.com"), .address = STR("203.0.113.9"),
		.port = 25);
}

static inline void
story_failing(struct build *b, struct session *s)
{
	story_running(b, s);
	b->us += 10000000;
	ADD(b, "smtp:mx9.example.com/203.0.113.9", CONNECT, connect, .outcome = OUTCOME_TIMEOUT);
	add_attempt_end(b, "smtp:mx9.example.com/203.0.113.9", OUTCOME_TIMEOUT);
	add_end(b, END_DONE);
}

static inline void
story_good(struct build *b, struct session *s)
{
	build_good(b, s, "enforce");
}

/* Healthy, but this side has no IPv6. */
static inline void
story_gap(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, false);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80",
		"version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: 604800\r\n");
	add_mx(b, "10 mx1.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25\n2001:db8::25");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_smtp_skip(b, "mx1.example.com", "2001:db8::25", SKIP_NO_ROUTE);
	add_end(b, END_DONE);
}

/* A domain that never heard of MTA-STS. */
static inline void
story_absent(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, true);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, NULL);
	add_tlsrpt(b, NULL);
	add_policy_host(b, NULL);
	add_mx(b, "10 mx1.example.com");
	add_addresses(b, "mx1.example.com", "192.0.2.25");
	add_smtp_ok(b, "mx1.example.com", "192.0.2.25");
	add_end(b, END_DONE);
}

/* Record, policy and dialogue broken, with hostile bytes in each. */
static inline void
story_broken(struct build *b, struct session *s)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_route(b, FAMILY_IPV4, true);
	add_route(b, FAMILY_IPV6, true);
	add_lookup(b, LOOKUP_ENV_ROOT, RRTYPE_NS, ".", LOOKUP_OK, "a.root-servers.example");
	add_txt(b, "v=STSv1; id=2026-01-01\xe2\x80\xae;\nunrelated=1");
	add_tlsrpt(b, "v=TLSRPTv1; rua=tls@example.com");
	add_policy_host(b, "192.0.2.80");
	add_https_ok(b, "192.0.2.80",
		"version: STSv1\nmode: Enforce\nmx: mx*.example.com\n"
		"mx: *.mail.example.com\nmax-age: 86400\n\nmx: 10 mx1.example.com\x1b[31m\n");
	add_mx(b, "10 eu1.in.mail.example.com\n20 mx2.example.com");
	add_addresses(b, "eu1.in.mail.example.com", "192.0.2.25");
	add_addresses(b, "mx2.example.com", "192.0.2.26");
	add_smtp(b, (struct build_smtp){ .host = "eu1.in.mail.example.com",
			    .address = "192.0.2.25",
			    .banner = "554 \x1b]0;go away\x07 not today" });
	add_smtp(b, (struct build_smtp){ .host = "mx2.example.com",
			    .address = "192.0.2.26",
			    .ehlo = "250-mx2.example.com\n250 SIZE 1000" });
	add_end(b, END_DONE);
}

#endif
