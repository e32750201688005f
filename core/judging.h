/*
 * judging: what is known of a session before any finding: facts that predicates, stop rules, the
 * simulator's scene and the verdict share. Private to judge*.c, rules_*.c, verdict*.c and
 * simulate_scene.c; all of it lives in the judgement's arena.
 */
#ifndef STS_JUDGING_H
#define STS_JUDGING_H

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
	enum decision decision; /* as if its turn came, under the published mode */
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
	enum decision decision;
	enum severity worst;
};

struct outlook;

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
	const struct lookup *outside; /* that shows it, where the root is answered; else NULL */
	bool is_store_missing, is_https_intercepted, is_captive, has_skew;
	bool is_clock_known; /* no further server is to tell its time */
	bool is_before_store; /* our clock is behind a file of our own trust store */
	size_t clock_count; /* servers that told it */
	int64_t skew_s;
	bool is_blocklisted; /* explains every MX host */
	size_t control_count; /* control hosts that resolved and were tried */
	bool do_controls_answer; /* one of them at least: port 25 works from here */
	bool is_port25_blocked, is_port25_intercepted;
	bool awaits_controls; /* every connection fails so far, and control hosts may be tried yet */
	const struct attempt *intercepted; /* the control that shows it */

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
	const struct outlook *outlook;
	struct sim_result fresh, dane; /* of RFC 8461 with DANE, of DANE alone; nothing cached */
	struct name_index names, parents; /* of the hosts */
	struct name_index suffixes, exacts; /* well-formed patterns, with and without "*." before */

	struct raised *raised;
	size_t raised_count, raised_cap;
	size_t left_out[finding_count]; /* more of the same, not kept */
};

/* judge_facts.c, judge_hosts.c */
void judge_facts(struct judging *j);
void judge_resolver(struct judging *j); /* judge_resolver.c */
void judge_clock(struct judging *j); /* judge_clock.c */
void judge_controls(struct judging *j); /* judge_controls.c */
void judge_hosts(struct judging *j);
void judge_decisions(struct judging *j); /* simulate_scene.c */
struct cert_faults cert_faults(const struct tls_seen *tls, int64_t as_of_s);
/* All that is wrong with it may be our own trust store or clock. */
bool cert_is_unsure(const struct judging *j, const struct cert_faults *c, bool is_https);
/* A walk that ended before this lookup came to its own limit. */
bool lookup_was_cut(const struct judging *j, const struct lookup *l);
bool lookup_is_negative(const struct lookup *l); /* done: NXDOMAIN or NODATA */
bool lookup_says(const struct lookup *l, enum lookup_status status); /* NULL says nothing */
bool lookup_failed(const struct lookup *l); /* done, and no answer about the name */
/* Our resolver invents answers, and gives this address for a name that nobody can have, too. */
bool attempt_is_invented(const struct judging *j, const struct attempt *t);
bool attempt_is_refused_for_us(const struct attempt *t);
/* Each MX host has an address, and each address greets with a code other than 220. */
bool hosts_refuse(const struct judging *j);
bool is_outside(const struct judging *j, struct str name); /* neither D nor below it */
/* to - from, at the ends of the range where a hostile file would leave it. */
int64_t elapsed(int64_t from, int64_t to);
bool index_has(const struct name_index *index, struct str name);

#endif
