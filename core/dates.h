/*
 * dates: the few ways in which dates are written round a policy: ids that people make of dates,
 * HTTP dates (RFC 9110 5.6.7, the preferred form only) and dates of TLSRPT reports (RFC 3339).
 *
 * Seconds since 1970, UTC. Nothing here knows the clock.
 */
#ifndef STS_DATES_H
#define STS_DATES_H

#include "core/arena.h"

/* False when the date does not exist. */
bool date_make(int64_t year, unsigned month, unsigned day, int64_t second_of_day, int64_t *out_s);
/* YYYYMMDD, perhaps T, perhaps HHMM or HHMMSS, perhaps Z; a day alone is its end. */
bool date_of_id(struct str id, int64_t *out_s);
bool date_of_http(struct str value, int64_t *out_s); /* "Sun, 22 Nov 2026 08:00:00 GMT" */
/* "2026-11-22T08:00:00Z", with an offset or, as a known deviation, with no zone at all. */
bool date_of_report(struct str value, int64_t *out_s, bool *has_zone);
struct str id_of_today(struct arena *a, int64_t now_s); /* "20261122T080000" */

#endif
