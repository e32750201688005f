/*
 * rules: what the predicates of the catalogue share, private to judge*.c, rules_*.c and verdict.c.
 *
 * judge() works in four steps: facts that follow from the session (judge_facts.c), every predicate
 * over its subjects (judge_raise.c), the stop rules (rules_stop.c), and then the findings in words
 * (judge_find.c) and the verdict (verdict.c). A predicate looks at the session and at the facts,
 * never at other findings.
 */
#ifndef STS_RULES_H
#define STS_RULES_H

#include "core/judging.h"

enum about_kind {
	ABOUT_WALK,
	ABOUT_LOOKUP,
	ABOUT_TXT,
	ABOUT_LINE,
	ABOUT_PATTERN,
	ABOUT_HOST,
	ABOUT_ADDRESS,
	ABOUT_RUA,
};

/* The subject of a predicate: what its kind says is set, with host for an address. */
struct about {
	enum about_kind kind;
	const struct lookup *lookup;
	const struct txt_record *txt;
	const struct ev_dns_record *record; /* of txt */
	const struct policy_line *line;
	const struct policy_pattern *pattern;
	const struct host_facts *host;
	const struct address_facts *address;
	const struct tlsrpt_rua *rua;
};

/* What a predicate says of its subject; severity and effect are preset with the row's first. */
struct found {
	enum severity severity;
	enum effect effect;
	enum stage stage; /* preset by the id */
	enum blame blame; /* preset by the row */
	unsigned line;
	struct str subject; /* preset for hosts and addresses, else the domain or its part */
	struct str detail, note, publish;
	struct str advice; /* behind the fix; empty for none */
	const char *means, *fix, *hand; /* in place of the catalogue's, NULL for those */
	uint32_t evidence[16];
	size_t evidence_count;
};

enum blame_rule {
	BY_DOMAIN,
	BY_TXT_OWNER,
	BY_POLICY_HOST,
	BY_MX_HOST,
	BY_DNS,
	BY_LOCAL,
	BY_NETWORK,
	BY_UNKNOWN
};

struct rule {
	enum finding_id id;
	enum about_kind about;
	enum blame_rule blame;
	bool (*is_true)(const struct judging *j, const struct about *at, struct found *f);
};

/* One list per file, ended by a row without a predicate. */
extern const struct rule rules_domain[], rules_txt[], rules_host[], rules_https[], rules_policy[],
	rules_policy_body[], rules_mx[], rules_smtp[], rules_tls[], rules_dane[], rules_tlsrpt[],
	rules_env[], rules_reach[], rules_absence[], rules_reports[], rules_here[],
	rules_deep_txt[], rules_deep_https[], rules_deep_mx[], rules_rollout[];

struct raised {
	const struct rule *rule;
	const struct finding_type *type;
	struct about at;
	struct found found;
	bool is_stopped;
};

/* judge_raise.c, rules_stop.c, judge_find.c, verdict.c */
void judge_raise(struct judging *j);
bool rules_apply(const struct judging *j, const struct rule *list); /* the gate of a list */
void judge_stop(struct judging *j);
/* The evidence behind it may be a fault of this side, local or network: inconclusive; else nobody. */
enum blame raised_unsure_by(const struct judging *j, const struct raised *r);
void judge_find(struct judging *j);
void judge_verdict(struct judging *j);
void judge_stages(struct judging *j); /* verdict_stages.c */
void judge_words(struct judging *j); /* verdict_words.c */

/* Helpers of predicates. */
void found_seq(struct found *f, uint32_t seq); /* evidence; 0 adds nothing */
void found_lookup(struct found *f, const struct lookup *l);
const char *lookup_words(const struct lookup *l); /* "NXDOMAIN", "no answer in time" */
const char *outcome_words(enum outcome outcome); /* "connection refused" */
bool outcome_was_cut(enum outcome outcome); /* budget, cancelled, local fault */
struct str date_text(struct arena *a, int64_t s); /* "2027-02-04" */
struct str strs_join(struct arena *a, struct strs list, const char *between, size_t most);
struct str shell_word(struct arena *a, struct str s);
/* Bytes of a text around one of them, for quoting. */
struct str quote_at(struct arena *a, struct str text, size_t at);

bool txt_is_absent(const struct judging *j); /* rules_txt.c: no record that was meant for MTA-STS */
bool is_random_label(const struct judging *j, const struct lookup *l); /* rules_absence.c */
struct str controls_text(const struct judging *j, struct found *f); /* judge_controls.c */

/* Of certificates (rules_cert.c). */
bool cert_is_expiring(const struct judging *j, const struct ev_cert *cert);
struct str days_left_text(const struct judging *j, const struct ev_cert *cert);
struct str expiry_text(const struct judging *j, const struct cert_faults *c);
struct str early_text(const struct judging *j, const struct cert_faults *c);
/* The SANs, the wanted name, and why the nearest of them does not match. */
struct str cert_names_text(struct arena *a, const struct ev_cert *leaf, struct str wanted);
struct str trust_note(struct arena *a, const struct cert_faults *c); /* the error alone */
struct str trust_text(struct arena *a, const struct tls_seen *tls, const struct cert_faults *c);

/* Expand {D} and the like. */
struct words {
	struct str domain, host, address, port, note, publish;
};
struct str words_expand(struct arena *a, const char *template, const struct words *w);

#endif
