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

#include "core/simulate.h"

/* What of a certificate is wrong: trust, dates and name each need their own repair. */
enum trust_fault { TRUST_OK, TRUST_SELF_SIGNED, TRUST_INCOMPLETE, TRUST_UNTRUSTED, TRUST_INVALID };
struct cert_faults {
	bool is_judged;
	enum trust_fault trust;
	const struct ev_cert_error *error; /* of trust, may be NULL */
	bool is_name_bad, is_expired, is_early;
	const struct ev_cert *leaf, *dated; /* dated: the one that is expired or too early */
};

struct address_facts {
	const struct attempt *attempt;
	enum trouble trouble;
	bool is_settled; /* nothing that the verdict needs is to come */
	bool is_unsure; /* the trouble may be ours */
	bool is_blocklisted; /* refused because of our own address */
	struct cert_faults cert;
	enum dane_verdict dane;
	const char *dane_result_type;
	const struct ev_dns_record *dane_match;
	enum decision decision, dane_decision; /* dane_decision: of a sender without MTA-STS */
	enum severity worst; /* of the findings about it */
};

struct host_facts {
	const struct mx_host *host;
	struct address_facts *addresses;
	size_t count, tested, settled;
	bool is_settled; /* no lookup and no address is to come */
	bool is_listed; /* a pattern matches, or there is no usable policy */
	bool has_address; /* in DNS */
	bool is_lookup_failing; /* neither A nor AAAA was answered */
	bool is_good; /* one address at least passes all that MTA-STS asks */
	enum decision decision, dane_decision;
	enum severity worst;
};

/* Names in order, ASCII case ignored, for searching. */
struct name_index {
	struct str *v;
	size_t n;
};

struct judging {
	const struct session *s;
	const struct judge_options *options;
	struct judgement *out;
	struct arena *a;
	struct str domain, policy_host;
	int64_t as_of_s;
	bool is_running;

	/* This side. */
	bool is_resolver_known; /* whether it works has been asked and answered, or will never be */
	bool is_dns_broken, is_dns_rewriting, is_ad_usable;
	bool is_store_missing, is_https_intercepted, is_captive, has_skew;
	int64_t skew_s;
	bool is_blocklisted; /* explains every MX host */

	/* The domain as a whole. */
	bool is_nxdomain, is_zone_failing, is_zone_settled;

	/* What a sender that knows nothing from earlier applies. */
	bool is_mode_known;
	bool is_txt_usable, is_fetch_settled, is_fetch_ok, is_fetch_unsure, is_policy_usable;
	enum policy_mode mode;
	const struct attempt
		*fetch; /* the attempt that tells most: the good one, or the furthest */
	struct cert_faults fetch_cert;

	struct host_facts *hosts; /* as session->hosts */
	size_t host_count;
	bool are_hosts_settled;
	const struct sim_scene *scene;
	struct sim_result fresh, dane; /* of RFC 8461 with DANE, of DANE alone; nothing cached */
	struct name_index names, parents; /* of the hosts */
	struct name_index suffixes, exacts; /* well-formed patterns, with and without "*." before */

	struct raised *raised;
	size_t raised_count, raised_cap;
	size_t left_out[finding_count]; /* more of the same, not kept */
};

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
	rules_env[];

struct raised {
	const struct rule *rule;
	const struct finding_type *type;
	struct about at;
	struct found found;
	bool is_stopped;
};

/* judge_facts.c, judge_hosts.c */
void judge_facts(struct judging *j);
void judge_hosts(struct judging *j);
void judge_decisions(struct judging *j); /* simulate_scene.c */
struct cert_faults cert_faults(const struct tls_seen *tls, int64_t as_of_s);
/* All that is wrong with it may be our own trust store or clock. */
bool cert_is_unsure(const struct judging *j, const struct cert_faults *c, bool is_https);
/* A walk that ended before this lookup came to its own limit. */
bool lookup_was_cut(const struct judging *j, const struct lookup *l);
bool lookup_is_negative(const struct lookup *l); /* done: NXDOMAIN or NODATA */
bool lookup_failed(const struct lookup *l); /* done, and no answer about the name */
bool attempt_is_refused_for_us(const struct attempt *t);
bool is_outside(const struct judging *j, struct str name); /* neither D nor below it */
bool index_has(const struct name_index *index, struct str name);

/* judge_raise.c, rules_stop.c, judge_find.c, verdict.c */
void judge_raise(struct judging *j);
bool rules_apply(const struct judging *j, const struct rule *list); /* the gate of a list */
void judge_stop(struct judging *j);
/* The evidence behind it may be a fault of this side: inconclusive. */
bool raised_is_unsure(const struct judging *j, const struct raised *r);
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
