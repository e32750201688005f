/*
 * session_fold: the parts of the reducer, private to core/session*.c.
 *
 * A fold_* function takes one kind of event and says whether the verdict needs that event. Events
 * that make no sense where they stand change nothing.
 */
#ifndef STS_SESSION_FOLD_H
#define STS_SESSION_FOLD_H

#include "core/session.h"

/*
 * Open a gap at an index of an array that lives in the arena, count items of size bytes each, and
 * return the array's place. Room doubles, so that filling an array is linear.
 */
void *array_open(struct arena *a, void *array, size_t count, size_t at, size_t size);

/* session_dns.c */
bool fold_dns_question(struct session *s, const struct event *event);
bool fold_dns_record(struct session *s, const struct event *event);
bool fold_dns_answer(struct session *s, const struct event *event);

/* session_hosts.c */
bool fold_hosts_left_out(struct session *s, const struct event *event);
bool fold_mx_planned(struct session *s, const struct event *event);
void hosts_from_mx(struct session *s); /* the MX lookup is done */
void hosts_try_implicit(struct session *s);
void hosts_offer_lookup(struct session *s, const struct lookup *l);
void hosts_add_attempt(struct session *s, struct attempt *t);
void hosts_match(struct session *s);

/* session_attempt.c */
bool fold_attempt_start(struct session *s, const struct event *event);
bool fold_attempt_skip(struct session *s, const struct event *event);
bool fold_connect(struct session *s, const struct event *event);
bool fold_http_request(struct session *s, const struct event *event);
bool fold_http_header(struct session *s, const struct event *event);
bool fold_http_done(struct session *s, const struct event *event);
bool fold_attempt_end(struct session *s, const struct event *event);
/* The attempt of the event's job that still runs, or NULL. */
struct attempt *attempt_of(const struct session *s, const struct event *event);
struct attempt *attempt_known(const struct session *s, struct str job); /* or NULL */
/* Let a good attempt of the policy host be chosen if it is the best so far. */
void attempt_offer(struct session *s, const struct attempt *t);
/* Into a list in canonical order: IPv4 first, then address, then job. */
void attempt_insert(struct arena *a, struct attempt ***list, size_t *count, struct attempt *t);

/* session_tls.c */
bool fold_tls_start(struct session *s, const struct event *event);
bool fold_tls_done(struct session *s, const struct event *event);
bool fold_cert(struct session *s, const struct event *event);
bool fold_cert_error(struct session *s, const struct event *event);
bool fold_cert_verdict(struct session *s, const struct event *event);

/* session_smtp.c */
bool fold_smtp_line(struct session *s, const struct event *event);
bool fold_smtp_step(struct session *s, const struct event *event);

#endif
