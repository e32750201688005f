/*
 * report_fields: the public shape of the JSON report: every field by its path, what kinds of value it
 * may have, and a way to find one.
 */
#ifndef STS_TEST_REPORT_FIELDS_H
#define STS_TEST_REPORT_FIELDS_H

#include <jansson.h>
#include <string.h>

#include "support/check.h"

/* s string, n number, i integer, b boolean, l list, o object, 0 null. */
struct report_field {
	const char *path; /* under its parent, "[]" is each item of a list */
	const char *kinds;
};

static const struct report_field report_fields[] = {
	{ "format", "s" },
	{ "version", "i" },
	{ "tool.name", "s" },
	{ "tool.version", "s" },
	{ "recorded_by.name", "s" },
	{ "recorded_by.version", "s" },
	{ "domain", "s" },
	{ "domain_unicode", "s" },
	{ "input", "s" },
	{ "as_of", "s0" },
	{ "duration_ms", "n" },
	{ "rehearsal", "l0" },
	{ "redacted", "l0" },
	{ "vantage.host", "s0" },
	{ "vantage.resolvers", "l" },
	{ "vantage.ad_usable", "b0" },
	{ "vantage.ehlo", "s0" },
	{ "vantage.seen_as", "l" },
	{ "vantage.trust_store.path", "s0" },
	{ "vantage.trust_store.anchors", "i0" },
	{ "vantage.ipv4", "b0" },
	{ "vantage.ipv6", "b0" },
	{ "vantage.clock_offset_s", "n0" },
	{ "vantage.controls", "l" },
	{ "coverage.addresses", "i" },
	{ "coverage.tested", "i" },
	{ "coverage.untested[].address", "s0" },
	{ "coverage.untested[].host", "s" },
	{ "coverage.untested[].reason", "s" },
	{ "coverage.again[].at", "s0" },
	{ "coverage.again[].reason", "s" },
	{ "coverage.again[].parts", "l" },
	{ "coverage.again[].hosts", "l" },
	{ "stages[].id", "s" },
	{ "stages[].state", "s" },
	{ "stages[].ms", "n0" },
	{ "txt.name", "s" },
	{ "txt.status", "s" },
	{ "txt.cname", "l" },
	{ "txt.ttl", "i0" },
	{ "txt.ad", "b0" },
	{ "txt.ede", "o0" },
	{ "txt.records[].text", "s" },
	{ "txt.records[].strings", "i" },
	{ "txt.records[].candidate", "b" },
	{ "txt.valid", "b" },
	{ "txt.id", "s0" },
	{ "policy_host.name", "s" },
	{ "policy_host.status", "s" },
	{ "policy_host.cname", "l" },
	{ "policy_host.addresses", "l" },
	{ "https.url", "s" },
	{ "https.ok", "b" },
	{ "https.chosen", "s0" },
	{ "https.attempts[].address", "s" },
	{ "https.attempts[].port", "i" },
	{ "https.attempts[].source", "s0" },
	{ "https.attempts[].started", "s0" },
	{ "https.attempts[].state", "s" },
	{ "https.attempts[].error", "s0" },
	{ "https.attempts[].tls.version", "s0" },
	{ "https.attempts[].tls.cipher", "s0" },
	{ "https.attempts[].tls.group", "s0" },
	{ "https.attempts[].tls.sni", "s0" },
	{ "https.attempts[].tls.trusted", "b0" },
	{ "https.attempts[].tls.name_ok", "b0" },
	{ "https.attempts[].tls.errors[].depth", "i" },
	{ "https.attempts[].tls.errors[].code", "i" },
	{ "https.attempts[].tls.errors[].text", "s" },
	{ "https.attempts[].tls.chain[].depth", "i" },
	{ "https.attempts[].tls.chain[].subject", "s" },
	{ "https.attempts[].tls.chain[].issuer", "s" },
	{ "https.attempts[].tls.chain[].serial", "s" },
	{ "https.attempts[].tls.chain[].sans", "l" },
	{ "https.attempts[].tls.chain[].not_before", "s" },
	{ "https.attempts[].tls.chain[].not_after", "s" },
	{ "https.attempts[].tls.chain[].days_left", "i" },
	{ "https.attempts[].tls.chain[].key", "s" },
	{ "https.attempts[].tls.chain[].signature", "s" },
	{ "https.attempts[].tls.chain[].sha256", "s" },
	{ "https.attempts[].status", "i0" },
	{ "https.attempts[].content_type", "s0" },
	{ "https.attempts[].headers", "l" },
	{ "https.attempts[].body_bytes", "i0" },
	{ "https.attempts[].truncated", "b" },
	{ "https.attempts[].ms.connect", "n0" },
	{ "https.attempts[].ms.tls", "n0" },
	{ "https.attempts[].ms.total", "n0" },
	{ "policy.source", "s" },
	{ "policy.valid", "b" },
	{ "policy.version", "s0" },
	{ "policy.mode", "s0" },
	{ "policy.max_age", "i0" },
	{ "policy.mx", "l" },
	{ "policy.body", "s" },
	{ "policy.lines[].n", "i" },
	{ "policy.lines[].text", "s" },
	{ "policy.lines[].eol", "s" },
	{ "policy.lines[].key", "s0" },
	{ "policy.lines[].note", "s0" },
	{ "mx_status", "s" },
	{ "null_mx", "b" },
	{ "mx[].host", "s" },
	{ "mx[].preference", "i0" },
	{ "mx[].implicit", "b" },
	{ "mx[].planned", "b" },
	{ "mx[].status", "s" },
	{ "mx[].cname", "l" },
	{ "mx[].match.ok", "b" },
	{ "mx[].match.pattern", "s0" },
	{ "mx[].match.near_miss", "s0" },
	{ "mx[].tlsa.status", "s" },
	{ "mx[].tlsa.ad", "b" },
	{ "mx[].tlsa.records", "l" },
	{ "mx[].addresses[].address", "s" },
	{ "mx[].addresses[].port", "i" },
	{ "mx[].addresses[].source", "s0" },
	{ "mx[].addresses[].started", "s0" },
	{ "mx[].addresses[].state", "s" },
	{ "mx[].addresses[].decision", "s" },
	{ "mx[].addresses[].starttls", "b0" },
	{ "mx[].addresses[].ok", "b" },
	{ "mx[].addresses[].result_type", "s0" },
	{ "mx[].addresses[].error", "s0" },
	{ "mx[].addresses[].banner", "s0" },
	{ "mx[].addresses[].ehlo", "l" },
	{ "mx[].addresses[].dialogue[].ms", "n" },
	{ "mx[].addresses[].dialogue[].from", "s" },
	{ "mx[].addresses[].dialogue[].tls", "b" },
	{ "mx[].addresses[].dialogue[].text", "s" },
	{ "mx[].addresses[].tls.chain[].subject", "s" },
	{ "mx[].addresses[].dane.verdict", "s" },
	{ "mx[].addresses[].dane.result_type", "s0" },
	{ "mx[].addresses[].dane.matched", "s0" },
	{ "mx[].addresses[].ms.connect", "n0" },
	{ "mx[].addresses[].ms.banner", "n0" },
	{ "mx[].addresses[].ms.tls", "n0" },
	{ "mx[].addresses[].ms.total", "n0" },
	{ "tlsrpt.status", "s" },
	{ "tlsrpt.valid", "b" },
	{ "tlsrpt.rua", "l" },
	{ "tlsrpt.records", "l" },
	{ "cache", "l" },
	{ "last_walk", "o0" },
	{ "findings[].id", "s" },
	{ "findings[].alias", "l" },
	{ "findings[].severity", "s" },
	{ "findings[].effect", "s" },
	{ "findings[].stage", "s" },
	{ "findings[].subject", "s" },
	{ "findings[].blame", "s" },
	{ "findings[].result_type", "s0" },
	{ "findings[].rfc", "s" },
	{ "findings[].title", "s" },
	{ "findings[].detail", "s" },
	{ "findings[].fix", "s" },
	{ "findings[].by_hand", "s" },
	{ "findings[].evidence", "l" },
	{ "simulate.published_mode", "s0" },
	{ "simulate.modes.none.outcome", "s" },
	{ "simulate.modes.none.host", "s0" },
	{ "simulate.modes.none.address", "s0" },
	{ "simulate.modes.none.hosts[].host", "s" },
	{ "simulate.modes.none.hosts[].preference", "i0" },
	{ "simulate.modes.none.hosts[].decision", "s" },
	{ "simulate.modes.none.hosts[].reason", "s0" },
	{ "simulate.modes.none.hosts[].result_type", "s0" },
	{ "simulate.modes.none.steps", "l" },
	{ "simulate.modes.testing", "o0" },
	{ "simulate.modes.enforce", "o0" },
	{ "simulate.cached", "l" },
	{ "simulate.senders[].id", "s" },
	{ "simulate.senders[].outcome", "s" },
	{ "simulate.senders[].differs", "l" },
	{ "simulate.planned", "l" },
	{ "verdict.severity", "s" },
	{ "verdict.exit", "i" },
	{ "verdict.at_ms", "n0" },
	{ "verdict.ready_for_enforce", "b0" },
	{ "verdict.mail_now.fresh", "s" },
	{ "verdict.mail_now.cached", "s0" },
	{ "verdict.mail_now.dane", "s0" },
	{ "verdict.headline", "s" },
	{ "baseline", "o0" },
};

static inline bool
json_is_kind(const json_t *value, char kind)
{
	switch (kind) {
	case 's':
		return json_is_string(value);
	case 'n':
		return json_is_number(value);
	case 'i':
		return json_is_integer(value);
	case 'b':
		return json_is_boolean(value);
	case 'l':
		return json_is_array(value);
	case 'o':
		return json_is_object(value);
	default:
		return json_is_null(value);
	}
}

/* The value at "a.b[0].c" or "a.b.0.c"; NULL when there is none. */
static inline const json_t *
json_at(const json_t *value, const char *path)
{
	while (value != NULL && *path != '\0') {
		char step[64];
		const size_t n = strcspn(path, ".[]");

		snprintf(step, sizeof(step), "%.*s", (int)n, path);
		path += n + strspn(path + n, ".[]");
		if (n == 0)
			continue;
		if (json_is_array(value))
			value = json_array_get(value, (size_t)strtoul(step, NULL, 10));
		else
			value = json_object_get(value, step);
	}
	return value;
}

static inline const char *
json_text_at(const json_t *value, const char *path)
{
	const char *text = json_string_value(json_at(value, path));

	return text != NULL ? text : "(no string)";
}

/* Nothing behind a null object or an empty list can be missing. */
static inline void
check_field(
	const char *row, const json_t *value, const struct report_field *field, const char *path)
{
	const size_t n = strcspn(path, ".[");
	char step[64];
	const json_t *next, *item;
	size_t i;

	snprintf(step, sizeof(step), "%.*s", (int)n, path);
	next = json_object_get(value, step);
	if (next == NULL)
		fail_msg("%s: %s is missing", row, field->path);
	path += n;
	if (*path == '\0') {
		for (const char *kind = field->kinds; *kind != '\0'; kind++)
			if (json_is_kind(next, *kind))
				return;
		fail_msg("%s: %s is of another kind than '%s'", row, field->path, field->kinds);
	}
	if (json_is_null(next))
		return;
	if (*path == '.') {
		check_field(row, next, field, path + 1);
		return;
	}
	check_true(row, field->path, json_is_array(next));
	json_array_foreach(next, i, item) check_field(row, item, field, path + 3);
}

static inline void
check_report_fields(const char *row, const json_t *report)
{
	for (size_t i = 0; i < ROWS(report_fields); i++)
		check_field(row, report, &report_fields[i], report_fields[i].path);
}

#endif
