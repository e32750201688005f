/*
 * view_parts: what several views say in the same words: times, states, one address in a few words,
 * certificate chains. Text comes from the document's arena and may be shown as it is.
 */
#ifndef STS_VIEW_PARTS_H
#define STS_VIEW_PARTS_H

#include "core/buf.h"
#include "core/view.h"

/* Our own words, or what doc_shown() gave, in the document's arena. */
#define TEXT(d, ...) (arena_printf(&(d)->arena, __VA_ARGS__).p)

struct stage_words {
	const char *number; /* as on the screens: TLSRPT stands under 1 */
	const char *title, *brief;
	const char *waits; /* what it needs before it can begin */
};
const struct stage_words *stage_words(enum stage stage);
/* State and time as on the screens: stage 1 holds both records. */
enum state part_stage_state(const struct judgement *j, enum stage stage);
int64_t part_stage_us(const struct view_input *in, enum stage stage);

const char *part_seconds(struct doc *d, int64_t us); /* "0.04s" "12.3s", "-" below 0 */
const char *part_ms(struct doc *d, int64_t us); /* "12 ms", "-" below 0 */
const char *part_offset(struct doc *d, int64_t us); /* "+0.118" */
const char *part_date(struct doc *d, int64_t unix_s); /* "2026-12-06" */
const char *part_stamp(struct doc *d, int64_t unix_s); /* "2026-12-06 08:11:02Z" */
/* "09:00Z" on the day of near_s, "21 Nov 19:10Z" in the half year around it, else the date. */
const char *part_moment(struct doc *d, int64_t unix_s, int64_t near_s);
const char *part_day(struct doc *d, int64_t unix_s, int64_t near_s); /* "21 Nov", or the date */
const char *part_span(struct doc *d, uint64_t seconds); /* "1 day" "90 minutes" */
const char *part_count(struct doc *d, size_t n, const char *noun); /* "1 host" "2 hosts" */
const char *part_counts(struct doc *d, const struct judgement *j); /* "3 findings: 1 error ..." */
const char *part_coverage(struct doc *d, const struct judgement *j); /* "7 of 7 addresses tested" */
/* The sentence under "Who must act" where no finding stands: also why it is this side, if it is. */
const char *part_nobody(struct doc *d, const struct judgement *j);
const char *part_list(struct doc *d, struct strs list, const char *between);
/* A host without the walk's domain behind it: "mx1". */
const char *part_short_host(struct doc *d, const struct session *s, struct str host);

/* What was walked again after the walk, and when: a row each, none for most walks. */
void part_rounds(struct doc *d, const struct session *s);

/* Glyph and word into the row's last cell. */
void part_state(struct doc *d, struct row *r, enum state state);
void part_severity(struct doc *d, struct row *r, enum severity severity);
void part_ok(struct doc *d, struct row *r, bool is_ok); /* the glyph alone */
/* The next cell with our own words. */
void part_cell(struct doc *d, struct row *r, enum role role, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

const char *part_lookup_words(enum lookup_status status); /* "no such name (NXDOMAIN)" */
const char *skip_words(enum skip_reason reason);
const char *decision_words(enum decision decision);
const char *end_words(enum end_reason reason);

/* One address in a few words: "ok", "expired certificate", "no answer on port 25". */
bool attempt_is_good(const struct attempt *t);
const char *http_words(struct doc *d, const struct attempt *t); /* of one with http done */
const char *attempt_words(struct doc *d, const struct attempt *t);
/* What is wrong with a certificate, empty when nothing is. */
const char *cert_words(struct doc *d, const struct tls_seen *tls);
/* The step that is running with a bar of its limit, into the last cell. */
void part_progress(struct doc *d, struct row *r, const struct attempt *t, int64_t now_us);
/* All addresses of a host folded: "2 of 2 addresses  TLSv1.3". */
void part_host_seen(struct doc *d, struct row *r, const struct view_input *in,
	const struct mx_host *host, enum state state);
/* What was seen in a stage, in one line. */
void part_stage_seen(struct doc *d, struct row *r, const struct view_input *in, enum stage stage);

/* What happens to mail now: glyph, words and host; and the two rows that begin every first page. */
void part_mail(struct doc *d, struct row *r, const struct judgement *j);
void part_mail_now(struct doc *d, const struct judgement *j, unsigned indent);
/* Pattern and name label under label, and a mark under the first that differs. */
void part_labels(struct doc *d, unsigned indent, const char *pattern_label, struct str pattern,
	const char *name_label, struct str name, struct match_pair pair);
/* Each SAN of a certificate, with the label where it leaves the wanted name. */
void
part_cert_names(struct doc *d, const struct tls_seen *tls, const struct ev_cert *c, size_t most);
/* From when to when, and how long that is from the walk. */
void part_cert_valid(struct doc *d, const struct session *s, const struct ev_cert *c);
/* The chain, then the facts of the first certificate. */
void part_chain(struct doc *d, const struct session *s, const struct attempt *t);
/* Who, Seen, Means, Do, Hand of one finding, and more of it when is_whole. */
void part_finding(struct doc *d, const struct finding *f, unsigned indent, bool is_whole);
/* What stands in it of its own, where first says the same of another host. */
void part_finding_alike(
	struct doc *d, const struct finding *f, const struct finding *first, unsigned indent);
/* One event in one line, into a new cell. */
void part_event(struct doc *d, struct row *r, const struct event *e);
/* The documents of stages 1, 2 and 4; the steps of one HTTPS address; one SMTP dialogue. */
void part_txt(struct doc *d, const struct view_input *in);
void part_https(struct doc *d, const struct view_input *in);
void part_steps(struct doc *d, const struct session *s, const struct attempt *t);
void part_mx(struct doc *d, const struct view_input *in);
bool finding_belongs(const struct finding *f, const struct target *target);

/* view_planned.c: a line for each planned MX host; the walk with them among its MX hosts, if any. */
void part_planned(struct doc *d, const struct view_input *in, unsigned indent);
bool planned_input(const struct view_input *in, struct view_input *out);
/* The same for a host that is planned and no MX host of today, else the walk. */
struct view_input planned_for(const struct view_input *in, struct str host);

/* view_extras.c: other looks at the same address, with a heading; nothing where there were none. */
void part_extras(struct doc *d, const struct session *s, const struct attempt *plain);
/* What control hosts showed, in one line; NULL when none were tried. */
const char *part_controls(struct doc *d, const struct session *s);

#endif
