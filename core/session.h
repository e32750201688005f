/*
 * session: what is known of one walk: the events so far, folded.
 *
 * session_apply() is a pure reducer: the same events give the same session. It may rely on the
 * order of events within a job, never between jobs. Everything lives in the session's arena. Lists
 * are kept in their canonical order (hosts by preference, then name; addresses IPv4 first, then
 * text), so any interleaving of the jobs folds to the same facts. A session belongs to one thread;
 * views, rules and renderers read it as const.
 *
 * What a hostile session file could blow up is bounded (limits.h, LIMIT_SESSION_*): events beyond
 * a limit stay in the log and are counted in over_limit.
 *
 * Times are microseconds since the walk began; -1 where something has not happened.
 */
#ifndef STS_SESSION_H
#define STS_SESSION_H

#include "core/event.h"
#include "core/limits.h"
#include "core/match.h"
#include "core/name.h"
#include "core/policy.h"
#include "core/reply.h"
#include "core/rounds.h"
#include "core/tlsrpt.h"
#include "core/txt.h"

struct lookup {
	struct str job;
	enum lookup_role role;
	struct str name;
	struct str server; /* "NAME ADDRESS" of a name server asked itself, else empty */
	enum rrtype type;
	bool is_done;
	const struct ev_dns_answer *answer; /* NULL until done */
	enum lookup_status status; /* not-asked until done */
	const struct ev_dns_record **records; /* of the type asked for, in canonical order */
	size_t count;
	int64_t start_us, end_us;
	uint32_t seq; /* of the answer; of the question while open */
};

struct tls_seen {
	bool is_started, is_done, is_judged;
	struct str sni;
	const struct ev_tls_done *done; /* NULL until done */
	const struct ev_cert_verdict *verdict; /* NULL when no certificate was judged */
	const struct ev_cert *chain[LIMIT_CHAIN_CERTS]; /* as sent */
	size_t chain_count;
	const struct ev_cert *added[LIMIT_CHAIN_CERTS]; /* not sent, on the path; the anchor last */
	size_t added_count;
	const struct ev_cert_error *errors[LIMIT_CERT_ERRORS];
	size_t error_count;
	int64_t start_us, end_us, judged_us;
	uint32_t seq; /* of tls-done */
	uint32_t verdict_seq;
};

struct smtp_step_seen {
	bool is_done;
	enum outcome outcome;
	int code;
	int64_t end_us;
	uint32_t seq;
	struct str error;
};

struct dialogue_line {
	int64_t us;
	uint32_t seq;
	enum speaker from;
	bool is_tls;
	struct str text;
	int64_t left_out_bytes;
};

/* One address of the policy host or of an MX host. */
struct attempt {
	struct str job;
	enum attempt_role role;
	enum attempt_variant variant;
	int64_t turn; /* of a repeat, from 2 */
	struct str host, address;
	enum family family;
	int64_t port;
	enum skip_reason skip; /* SKIP_NONE once started */
	bool is_started, is_ended;
	bool is_cut; /* ended with the walk: no event has said that it was over */
	int64_t start_us, end_us;
	uint32_t seq; /* of attempt-start or -skip */
	enum outcome end_outcome;
	struct str end_error;

	const struct ev_connect *connect; /* NULL until known */
	int64_t connect_us;
	uint32_t connect_seq;
	struct tls_seen tls;

	/* https */
	struct str request;
	struct strs headers;
	const struct ev_http_done *http; /* NULL until done */
	int64_t request_us, http_us;
	uint32_t http_seq;

	/* smtp */
	struct dialogue_line *dialogue;
	size_t dialogue_count;
	bool has_sent[smtp_phase_count]; /* the command of the phase */
	struct smtp_step_seen steps[smtp_phase_count];
	struct strs banner; /* lines of the greeting */
	struct strs ehlo_lines; /* server lines of the EHLO reply in clear */
	struct ehlo ehlo; /* parsed when the step is done */
	struct strs ehlo_tls_lines;
	int64_t extra_bytes; /* in clear behind the 220 to STARTTLS */
};

struct mx_host {
	struct str name; /* lower case, no trailing dot */
	int64_t preference; /* -1 unknown yet */
	bool is_implicit;
	bool is_left_out; /* over LIMIT_MX_HOSTS */
	bool is_planned; /* --mx; in a session that takes_planned only */
	const struct lookup *a, *aaaa, *tlsa; /* NULL until asked */
	struct attempt **addresses;
	size_t address_count;
	bool has_match; /* there are patterns */
	struct match_result match;
};

/* A policy that a sender may still hold. */
struct cached_policy {
	const struct ev_policy_cached *event;
	uint32_t seq;
	struct policy policy;
	int64_t fetched_s, expires_s; /* since 1970 */
};

struct session {
	struct arena arena;
	const struct event **events; /* all, by seq */
	size_t event_count;
	uint64_t over_limit; /* events that were not folded, or not even kept */
	int64_t last_us; /* 0 before the first event */
	/* Last event that the verdict needs: what follows TLS in an SMTP dialogue is not counted. */
	int64_t verdict_us;

	const struct ev_walk_start *start; /* NULL until the first event */
	struct str header_members; /* of a file, unknown to this version; as of an event */
	const struct event **rounds; /* walk-again events */
	size_t round_count;
	struct str recorded_by; /* tool version of the file; of this program live */
	bool is_ended;
	enum end_reason end_reason;

	struct lookup **lookups; /* all, sorted by job */
	size_t lookup_count;
	const struct lookup *txt_lookup, *tlsrpt_lookup, *mx_lookup;
	const struct lookup *policy_a, *policy_aaaa; /* NULL until asked */
	struct txt_set txt; /* valid once txt_lookup is done with status ok */
	struct tlsrpt tlsrpt;

	struct attempt **attempts; /* all, sorted by job */
	size_t attempt_count;
	struct attempt **https; /* addresses of the policy host */
	size_t https_count;
	struct attempt **extras; /* attempts that are not plain: in no other list but attempts */
	size_t extra_count;
	const struct attempt *chosen; /* good attempt that finished first, ties by address; NULL */
	bool has_policy; /* a body was fetched (or rehearsed) */
	struct policy policy; /* parsed; grammar of RFC 8461 3.2 */
	const struct ev_policy_rehearsed *rehearsed; /* stands in its place; NULL if none does */
	uint32_t rehearsed_seq;
	const struct ev_last_walk *last_walk; /* of this domain before; NULL: none is known */
	struct cached_policy *cached; /* valid and not expired, in the order of their events */
	size_t cached_count;

	const struct ev_mx_planned **planned; /* --mx, each host once */
	size_t planned_count;
	bool takes_planned; /* they count as MX hosts: set behind session_init() by planned.c */

	bool is_null_mx, has_implicit_mx;
	struct mx_host **hosts; /* in the order tried: preference, then name */
	size_t host_count;
	struct mx_host **hosts_by_name;
	struct strs hosts_left_out;
	bool has_route[family_count], is_route_known[family_count];
	const struct ev_local_fault **faults;
	size_t fault_count;
	const struct event **overrides; /* hosts-file events */
	size_t override_count;
	const struct ev_controls *controls; /* NULL: none were tried */
	uint32_t controls_seq;

	bool is_policy_stale; /* between session_fold() and session_settle() */
};

void session_init(struct session *s);
void session_release(struct session *s);
/* Fold one event; it is copied. Events that make no sense are kept in the log and change nothing.
 * Sequence numbers only grow: an event whose number does not gets the next one. */
void session_apply(struct session *s, const struct event *event);
/* The same in two steps, for whoever folds many: an event that lives in the session's arena is
 * kept without a copy, and the policy and the matches are worked out once, at the end. */
void session_fold(struct session *s, struct event *event);
void session_settle(struct session *s);
/* A note of the operator, before the end of the walk. */
void session_add_note(struct session *s, struct str text, int64_t at_ms);
/* The event of a sequence number (evidence of a finding), NULL if there is none. */
const struct event *session_event(const struct session *s, uint32_t seq);
size_t session_event_at(const struct session *s, uint32_t seq); /* its place; event_count: none */

/* Facts that follow from the session. */
bool session_is_running(const struct session *s); /* started and not ended */
struct str session_domain(const struct session *s); /* empty before the first event */
/* The name of the EHLO: without one, the address literal that was said first; empty before. */
struct str session_ehlo(const struct session *s);
bool session_txt_is_usable(const struct session *s); /* exactly one candidate and it is valid */
/* The event that the policy came with, 0 without one. */
uint32_t session_policy_seq(const struct session *s);
bool session_fetch_is_ok(const struct session *s); /* https.ok of the report */
/* Usable policy: usable record, fetched, body valid, not a web page. */
bool session_policy_is_usable(const struct session *s);
/* The mode that binds a fresh sender; POLICY_MODE_NONE without a usable policy. */
enum policy_mode session_mode(const struct session *s);
const struct mx_host *session_host(const struct session *s, struct str name);
const struct lookup *session_lookup(const struct session *s, enum lookup_role role,
	enum rrtype type, struct str name); /* name empty: any */
unsigned
lookup_is_failure(enum lookup_status status); /* servfail bogus refused timeout malformed */
/* Another attempt with the same address, NULL if there was none. */
const struct attempt *
session_extra(const struct session *s, const struct attempt *plain, enum attempt_variant variant);

/* The attempt with an address of a planned host, NULL if there was none; address empty: any. */
const struct attempt *
session_planned_attempt(const struct session *s, struct str host, struct str address);

/* Where in extras those with the same address stand, whatever they are. */
size_t session_extras_at(const struct session *s, const struct attempt *plain, size_t *count);

/* Facts of one address. */
/* A connection was tried to its own limit, and nothing of ours cut the attempt short. */
bool attempt_is_tested(const struct attempt *t);
bool attempt_is_running(const struct attempt *t);
/* Ended by budget, cancel, stop or a local fault before all that the verdict needs was seen. */
bool attempt_was_cut(const struct attempt *t);
bool attempt_was_stopped(const struct attempt *t); /* cut, and that by the operator alone */
bool attempt_has_ehlo(const struct attempt *t); /* EHLO in clear was answered with 250 */
bool attempt_offers_starttls(const struct attempt *t);
bool attempt_tls_is_ok(const struct attempt *t); /* handshake, chain, dates and name */
bool attempt_http_is_ok(const struct attempt *t);
/* What the address is waiting for now: "connect", "banner", "TLS", ...; limit in ms. NULL when it
 * waits for nothing. */
const char *attempt_waits_for(const struct attempt *t, int64_t *since_us, int64_t *limit_ms);
const struct ev_cert_error *
tls_error(const struct tls_seen *tls, int64_t code); /* NULL if absent */
int64_t cert_days_left(const struct ev_cert *cert, int64_t as_of_s);

#endif
