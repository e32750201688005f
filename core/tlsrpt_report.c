#include "core/tlsrpt_report.h"

#include <string.h>

#include <jansson.h>

#include "core/buf.h"
#include "core/dates.h"
#include "core/limits.h"

static const struct {
	const char *name, *words;
} results[] = {
	{ "starttls-not-supported", "it did not offer STARTTLS" },
	{ "certificate-host-mismatch", "its certificate is for other names" },
	{ "certificate-expired", "its certificate had expired" },
	{ "certificate-not-trusted",
		"its certificate does not lead to an authority that the sender trusts" },
	{ "validation-failure", "something failed that has no type of its own: often a host that "
				"no mx line lists" },
	{ "tlsa-invalid", "none of its TLSA records fits what it presented" },
	{ "dnssec-invalid", "its DNS answers did not validate (DNSSEC)" },
	{ "dane-required", "the sender insists on DANE, and it has no secure TLSA records" },
	{ "sts-policy-fetch-error", "the policy file could not be fetched" },
	{ "sts-policy-invalid", "the policy file is not valid" },
	{ "sts-webpki-invalid", "the certificate of the policy host could not be verified" },
};

const char *
report_result_words(struct str result)
{
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (str_is(result, results[i].name))
			return results[i].words;
	return NULL;
}

const char *
report_oddity_words(enum report_oddity o)
{
	static const char *const words[] = {
#define ODDITY(constant, text) [REPORT_##constant] = text,
#include "core/tlsrpt_report.def"
#undef ODDITY
	};

	return words[o];
}

/* One reading. */
struct reading {
	struct arena *arena;
	struct tls_report *report;
	size_t failures; /* kept so far */
};

static void
odd(struct reading *r, enum report_oddity o)
{
	r->report->odd[o] = true;
}

static struct str
copy(struct reading *r, const json_t *string)
{
	return arena_str(
		r->arena, (struct str){ json_string_value(string), json_string_length(string) });
}

/* Text; of a list its first. missing is what to say when there is none. */
static struct str
text(struct reading *r, const json_t *object, const char *key, enum report_oddity missing)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_array(value)) {
		odd(r, REPORT_ODD_KIND);
		value = json_array_get(value, 0);
	}
	if (json_is_string(value) && json_string_length(value) > 0)
		return copy(r, value);
	if (value != NULL && !json_is_null(value) && !json_is_string(value))
		odd(r, REPORT_ODD_KIND);
	if (missing != report_oddity_count)
		odd(r, missing);
	return STR_EMPTY;
}

static struct str
optional(struct reading *r, const json_t *object, const char *key)
{
	return text(r, object, key, report_oddity_count);
}

static int64_t
date(struct reading *r, const json_t *range, const char *key)
{
	const struct str value = text(r, range, key, REPORT_ODD_RANGE);
	bool has_zone = true;
	int64_t s = -1;

	if (value.n > 0 && !date_of_report(value, &s, &has_zone)) {
		odd(r, REPORT_ODD_RANGE);
		return -1;
	}
	if (!has_zone)
		odd(r, REPORT_ODD_ZONE);
	return s;
}

static int64_t
count(struct reading *r, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	uint64_t n;

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		if (json_integer_value(value) <= LIMIT_REPORT_SESSIONS)
			return json_integer_value(value);
		odd(r, REPORT_ODD_TOO_MUCH);
		return LIMIT_REPORT_SESSIONS;
	}
	odd(r, REPORT_ODD_COUNT);
	if (json_is_string(value) &&
		str_to_u64(str_of(json_string_value(value)), LIMIT_REPORT_SESSIONS, &n))
		return (int64_t)n;
	return 0;
}

static void
add_strings(struct reading *r, const json_t *list, struct strs *out)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (!json_is_string(item))
			odd(r, REPORT_ODD_KIND);
		else if (out->n >= LIMIT_REPORT_STRINGS)
			odd(r, REPORT_ODD_TOO_MUCH);
		else
			arena_push(r->arena, out, copy(r, item));
	}
}

/* One string in place of a list: lines, or JSON once more in the string. */
static void
add_string(struct reading *r, const json_t *value, struct strs *out)
{
	struct str rest = copy(r, value), line;
	json_t *inner = json_loadb(rest.p, rest.n, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_array(inner)) {
		add_strings(r, inner, out);
	} else {
		while (str_split(&rest, '\n', &line)) {
			line = str_trim(line);
			if (line.n > 0 && out->n >= LIMIT_REPORT_STRINGS)
				odd(r, REPORT_ODD_TOO_MUCH);
			else if (line.n > 0)
				arena_push(r->arena, out, line);
		}
	}
	json_decref(inner);
}

static struct strs
strings(struct reading *r, const json_t *object, const char *key, enum report_oddity one)
{
	const json_t *value = json_object_get(object, key);
	struct strs list = { 0 };

	if (json_is_array(value)) {
		add_strings(r, value, &list);
	} else if (json_is_string(value)) {
		odd(r, one);
		add_string(r, value, &list);
	} else if (value != NULL && !json_is_null(value)) {
		odd(r, REPORT_ODD_KIND);
	}
	return list;
}

static void
read_failure(struct reading *r, const json_t *object, struct report_failure *out)
{
	*out = (struct report_failure){
		.result = text(r, object, "result-type", REPORT_ODD_RESULT),
		.sending_ip = text(r, object, "sending-mta-ip", REPORT_ODD_SENDING_IP),
		.mx_host = optional(r, object, "receiving-mx-hostname"),
		.receiving_ip = optional(r, object, "receiving-ip"),
		.helo = optional(r, object, "receiving-mx-helo"),
		.reason = optional(r, object, "failure-reason-code"),
		.information = optional(r, object, "additional-information"),
		.sessions = count(r, object, "failed-session-count"),
	};
	if (out->result.n > 0 && report_result_words(out->result) == NULL)
		odd(r, REPORT_ODD_RESULT_NAME);
}

static void
read_failures(struct reading *r, const json_t *list, struct report_policy *out)
{
	const size_t there = json_array_size(list);
	const size_t room = LIMIT_REPORT_FAILURES - r->failures;
	const size_t kept = there < room ? there : room;

	if (list != NULL && !json_is_array(list) && !json_is_null(list))
		odd(r, REPORT_ODD_DETAILS);
	if (kept < there)
		odd(r, REPORT_ODD_TOO_MUCH);
	r->report->dropped += there - kept;
	out->failures = arena_array(r->arena, kept + 1, sizeof(*out->failures));
	for (size_t i = 0; i < kept; i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_object(item))
			read_failure(r, item, &out->failures[out->count++]);
		else
			odd(r, REPORT_ODD_KIND);
	}
	r->failures += out->count;
}

static void
read_policy(struct reading *r, const json_t *object, struct report_policy *out)
{
	const json_t *policy = json_object_get(object, "policy");
	const json_t *summary = json_object_get(object, "summary");

	*out = (struct report_policy){
		.type = text(r, policy, "policy-type", REPORT_ODD_POLICY_TYPE),
		.domain = text(r, policy, "policy-domain", REPORT_ODD_POLICY_DOMAIN),
		.lines = strings(r, policy, "policy-string", REPORT_ODD_POLICY_STRING),
		.mx = strings(r, policy, "mx-host", REPORT_ODD_MX_HOST),
	};
	if (!str_is(out->type, "sts") && !str_is(out->type, "tlsa") &&
		!str_is(out->type, "no-policy-found"))
		odd(r, REPORT_ODD_POLICY_TYPE);
	if (json_is_object(summary)) {
		out->ok = count(r, summary, "total-successful-session-count");
		out->failed = count(r, summary, "total-failure-session-count");
	} else {
		odd(r, REPORT_ODD_SUMMARY);
	}
	read_failures(r, json_object_get(object, "failure-details"), out);
	/* Without a summary the details are all that counts. */
	for (size_t i = 0; !json_is_object(summary) && i < out->count; i++)
		out->failed += out->failures[i].sessions;
}

static void
read_policies(struct reading *r, const json_t *value)
{
	const bool is_list = json_is_array(value);
	const size_t there = is_list ? json_array_size(value) : json_is_object(value);
	const size_t kept = there < LIMIT_REPORT_POLICIES ? there : LIMIT_REPORT_POLICIES;
	struct tls_report *out = r->report;

	if (!is_list && value != NULL)
		odd(r, REPORT_ODD_POLICIES);
	if (kept < there)
		odd(r, REPORT_ODD_TOO_MUCH);
	out->dropped += there - kept;
	out->policies = arena_array(r->arena, kept + 1, sizeof(*out->policies));
	for (size_t i = 0; i < kept; i++) {
		const json_t *item = is_list ? json_array_get(value, i) : value;

		if (json_is_object(item))
			read_policy(r, item, &out->policies[out->count++]);
		else
			odd(r, REPORT_ODD_KIND);
	}
	if (out->count == 0)
		odd(r, REPORT_ODD_NO_POLICY);
}

static void
read_report(struct reading *r, const json_t *root)
{
	const json_t *range = json_object_get(root, "date-range");
	struct tls_report *out = r->report;

	out->organization = text(r, root, "organization-name", REPORT_ODD_ORGANIZATION);
	out->contact = text(r, root, "contact-info", REPORT_ODD_CONTACT);
	out->id = text(r, root, "report-id", REPORT_ODD_ID);
	out->begin_s = date(r, range, "start-datetime");
	out->end_s = date(r, range, "end-datetime");
	read_policies(r, json_object_get(root, "policies"));
}

enum result
tls_report_read(struct arena *a, struct str json, struct tls_report *out, struct err *err)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct reading r = { .arena = a, .report = out };
	enum result rc = RESULT_OK;
	json_error_t at;
	json_t *root;

	*out = (struct tls_report){ .begin_s = -1, .end_s = -1 };
	if (json.n > LIMIT_REPORT_JSON_BYTES)
		return err_set(err, 0, "a report longer than %d bytes", LIMIT_REPORT_JSON_BYTES);
	if (str_starts(json, str_of(bom))) {
		odd(&r, REPORT_ODD_BOM);
		json = str_skip(json, strlen(bom));
	}
	root = json_loadb(json.n > 0 ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &at);
	if (root == NULL)
		return err_set(err, 0, "no JSON: line %d, column %d", at.line, at.column);
	if (json_object_get(root, "policies") == NULL &&
		json_object_get(root, "organization-name") == NULL &&
		json_object_get(root, "report-id") == NULL)
		rc = err_set(err, 0, "JSON, but no TLSRPT report");
	else
		read_report(&r, root);
	json_decref(root);
	return rc;
}

bool
tls_report_is_odd(const struct tls_report *r)
{
	for (size_t i = 0; i < report_oddity_count; i++)
		if (r->odd[i])
			return true;
	return false;
}

bool
tls_report_is_same(const struct tls_report *a, const struct tls_report *b)
{
	return a->id.n > 0 && str_eq(a->id, b->id) && str_eq(a->organization, b->organization) &&
	       a->begin_s == b->begin_s && a->end_s == b->end_s;
}

struct str
tls_report_oddities(struct arena *a, const struct tls_report *r)
{
	struct buf text_of = BUF_INIT(0);
	struct str copied;
	size_t left = 0, told = 0;

	for (size_t i = 0; i < report_oddity_count; i++)
		left += r->odd[i];
	for (size_t i = 0; i < report_oddity_count; i++) {
		if (!r->odd[i])
			continue;
		left--;
		if (told++ > 0)
			buf_add_text(&text_of, left > 0 ? "; " : "; and ");
		buf_add_text(&text_of, report_oddity_words((enum report_oddity)i));
	}
	copied = arena_str(a, buf_str(&text_of));
	buf_release(&text_of);
	return copied;
}

struct str
report_policy_value(const struct report_policy *p, const char *key)
{
	for (size_t i = 0; i < p->lines.n; i++) {
		struct str rest = p->lines.v[i], name;

		if (str_split(&rest, ':', &name) && str_is(str_trim_wsp(name), key))
			return str_trim(rest);
	}
	return STR_EMPTY;
}
