/*
 * json_parts: the parts of a report as JSON, shared by the report and by lint.
 *
 * Their fields are public interface: docs/internals/commands.md says what each means. Every field is
 * always there; absent facts are null, empty sets [].
 */
#ifndef STS_JSON_PARTS_H
#define STS_JSON_PARTS_H

#include "core/diff.h"
#include "core/finding.h"
#include "core/jnode.h"
#include "core/view.h"

json_t *json_tool(struct str version); /* {"name":"stswalk","version":...} */
json_t *json_finding(const struct finding *f);
json_t *json_findings(const struct finding *findings, size_t count);
/* version, mode, max_age, mx, body where it is wanted, and lines; what is not well-formed is null or left out. */
void json_set_policy(json_t *object, const struct policy *p, bool has_body);
json_t *json_rua(const struct tlsrpt *t);
/* {"ok","pattern","near_miss"} put into object. */
void json_set_match(json_t *object, const struct policy_pattern *patterns, size_t count,
	struct str host, const struct match_result *match);
json_t *json_id(const struct txt_set *set); /* of the record that counts, null unless valid */

/* Addresses of the policy host and of an MX host. */
json_t *
json_https_attempt(const struct session *s, const struct judgement *j, const struct attempt *t);
json_t *json_smtp_attempt(const struct session *s, const struct address_judgement *aj);
/* Why an address was not tested, in words; for coverage and "error". */
json_t *json_untested_reason(const struct attempt *t);
json_t *json_diff(const struct diff *diff); /* as `stswalk diff` prints it; diff.c */
/* What was walked again, and when: the later it was, the newer is what is told of it. */
json_t *json_again(const struct session *s);
/* What changed since the walk of the domain before this one; null where there was none. */
json_t *json_last_walk(const struct view_input *in);
json_t *json_controls(const struct session *s); /* json_controls.c */

#endif
