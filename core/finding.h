/*
 * finding: the catalogue and what of it a session raises.
 *
 * findings.def holds one row per finding; rules_*.c hold the predicates; judge() runs them over a
 * session and applies the stop rules, so that one fault gives one red line. Pure: the same session
 * gives the same judgement. Text in a finding may hold bytes from the network: it goes through
 * safe_text() wherever it is shown.
 */
#ifndef STS_FINDING_H
#define STS_FINDING_H

#include "core/session.h"

enum severity {
	SEVERITY_OK,
	SEVERITY_INFO,
	SEVERITY_WARNING,
	SEVERITY_INCONCLUSIVE,
	SEVERITY_ERROR
};
enum effect { EFFECT_NONE, EFFECT_CONN, EFFECT_HOST, EFFECT_ALL, EFFECT_SKIP };
enum stage {
	STAGE_ENV,
	STAGE_TXT,
	STAGE_HTTPS,
	STAGE_POLICY,
	STAGE_MX,
	STAGE_TLSRPT,
	STAGE_VERDICT,
	stage_count
};
enum blame {
	BLAME_NOBODY,
	BLAME_DOMAIN,
	BLAME_MX_OPERATOR,
	BLAME_POLICY_OPERATOR,
	BLAME_DNS,
	BLAME_LOCAL,
	BLAME_NETWORK,
	BLAME_UNKNOWN
};
/* Of a stage or an address, for JSON and screens; running and waiting are the console's. */
enum state {
	STATE_WAITING,
	STATE_RUNNING,
	STATE_OK,
	STATE_WARN,
	STATE_FAIL,
	STATE_INCONCLUSIVE,
	STATE_SKIPPED,
	STATE_NOT_REACHED
};

const char *severity_name(enum severity s); /* "ok" "info" "warning" "inconclusive" "error" */
const char *effect_name(enum effect e);
const char *stage_name(enum stage s); /* "env" "txt" ... */
const char *blame_name(enum blame b); /* "domain" "mx-operator" ... "nobody" */
const char *state_name(enum state
		s); /* "ok" "warn" "fail" "inconclusive" "skipped" "not-reached" "waiting" "running" */

enum finding_id {
#define FINDING(constant, id, severity, effect, result, rfc, title, alias, means, fix, hand) \
	FINDING_##constant,
#include "core/findings.def"
#undef FINDING
	finding_count
};

/* One row of the catalogue. In means, fix and hand, {D} {H} {A} {P} {N} {X} stand for domain, host,
 * address, port, a note of the predicate and the literal line to publish. */
struct finding_type {
	enum finding_id id;
	const char *name; /* "tls-cert-expired" */
	const char *severity; /* as in the catalogue: "error", "warning/info", "by-mode" */
	const char *effect; /* "skip/none" */
	const char *result; /* TLSRPT result type, "-" for none */
	const char *rfc;
	const char *title;
	const char *alias; /* MTASTS_NO_ID and the like, "" for none */
	const char *means, *fix, *hand;
};

const struct finding_type *finding_type(enum finding_id id);
const struct finding_type *finding_by_name(struct str name); /* id or alias, case ignored; NULL */
/* A text of the catalogue without a walk: example names stand for the templates. */
struct str finding_example(struct arena *a, const char *template);

struct finding {
	const struct finding_type *type;
	enum severity severity;
	enum effect effect;
	enum stage stage;
	enum blame blame;
	const struct mx_host *host; /* that it is about, or NULL */
	const struct attempt *attempt; /* one address, when it is about one */
	unsigned line; /* of the policy, 0 if none */
	struct str subject; /* "mx2.example.net", "mx2.example.net 192.0.2.26", "max_age" */
	struct str who; /* who must act, in words: "whoever runs mx2.example.net" */
	struct str detail; /* what was seen, quoted */
	struct str means; /* for a sender; templates expanded, mode told */
	struct str fix; /* with the literal line */
	struct str by_hand; /* whole command(s), one a line */
	struct str result_type; /* likely TLSRPT result type, empty for none */
	uint32_t evidence[16];
	size_t evidence_count;
};

enum decision {
	DECISION_USE,
	DECISION_USE_UNVALIDATED,
	DECISION_SKIP,
	DECISION_UNREACHABLE,
	DECISION_UNKNOWN
};
enum mail_outcome {
	MAIL_NOT_KNOWN_YET,
	MAIL_DELIVERED_VALIDATED,
	MAIL_DELIVERED_UNVALIDATED,
	MAIL_DEFERRED,
	MAIL_UNDELIVERABLE,
	MAIL_UNKNOWN
};
const char *decision_name(enum decision d);
const char *
mail_outcome_name(enum mail_outcome o); /* contract words; "unknown" for not known yet */
const char *mail_outcome_words(enum mail_outcome o); /* "delivered, validated" */

/* Of the TLSA records of a host against one of its addresses (RFC 7671, RFC 7672). */
enum dane_verdict {
	DANE_NOT_JUDGED, /* the AD bit does not count, or the evidence is not there (yet) */
	DANE_NONE,
	DANE_OK,
	DANE_FAIL, /* no record matches, or TLS does not come up */
	DANE_UNUSABLE, /* secure, but no record of a kind that counts: TLS is enough */
	DANE_INSECURE, /* not signed: ignored */
	DANE_LOOKUP_FAILED,
};
const char *dane_verdict_name(enum dane_verdict v); /* contract words */

struct address_judgement {
	const struct attempt *attempt;
	enum state state;
	enum decision decision; /* as if its turn came, under the published mode */
	const char *result_type; /* RFC 8460 4.3, NULL for none */
	enum dane_verdict dane;
	const char *dane_result_type; /* NULL for none */
	struct str dane_matched; /* the record that matches, as in a zone file; empty if none */
};

struct host_judgement {
	const struct mx_host *host;
	enum state state;
	enum decision decision;
	struct address_judgement *addresses;
	size_t address_count;
};

struct sim_scene; /* simulate.h */
struct outlook; /* outlook.h */
struct planned; /* planned.h */

struct judgement {
	struct arena arena;
	const struct session *session;
	struct finding *findings; /* worst first: error, inconclusive, warning, info; then stage,
					   subject, catalogue order */
	size_t count;
	size_t counts[SEVERITY_ERROR + 1];
	enum state stages[stage_count];
	int64_t stage_us[stage_count]; /* time the stage took so far, -1 if not begun */
	struct host_judgement *hosts; /* as session->hosts */
	size_t host_count;
	const struct sim_scene *scene; /* the same, as the simulator sees it */
	const struct outlook *outlook; /* by mode and by cached policy, without steps */
	struct planned *planned; /* planned MX hosts, judged apart; NULL without */
	size_t addresses, tested; /* coverage of MX addresses */
	enum severity severity; /* the worst that counts for the exit status */
	int exit; /* 0 to 3 */
	bool is_final; /* the walk has ended */
	enum mail_outcome fresh; /* verdict.mail_now: RFC 8461 and DANE, nothing cached */
	bool has_dane; /* a host has secure TLSA records */
	enum mail_outcome dane; /* of a sender that does DANE only; valid if has_dane */
	const struct mx_host *mail_host; /* that gets it, NULL if none */
	struct str at_risk; /* "mx2 (IPv6), backup", empty when nothing was seen */
	struct str headline; /* one line: what happens to the mail, then what is wrong */
	struct str mail_why; /* one sentence: why this is what happens */
};

struct judge_options {
	int64_t warn_days; /* 0: min(14, lifetime/4) */
	const char *require; /* NULL, or "policy" "testing" "enforce" */
};

/* options may be NULL. The judgement must be released before the session it borrows from. */
void judge(const struct session *s, const struct judge_options *options, struct judgement *out);
void judgement_release(struct judgement *j);

/* explain: the catalogue's entry as text for people lives in view_explain(). */

/* The whole command of one of the catalogue's words: FETCH, BYTES, HTTPS, TALK, SMTPS, TLSA. */
struct str by_hand_expand(struct arena *a, const char *template, const struct session *s,
	const struct mx_host *host, const struct attempt *attempt, struct str note,
	struct str line);

#endif
