/*
 * jnode: facts as JSON values: the one way from a fact to a report's JSON.
 *
 * Text goes through safe_text(), so it is valid UTF-8 and hides nothing; durations have one decimal
 * and no locale; an absent fact is null. Every function gives a new reference; out of memory
 * aborts, as in arena.h.
 */
#ifndef STS_JNODE_H
#define STS_JNODE_H

#include <jansson.h>

#include "core/buf.h"

json_t *jnode_object(void);
json_t *jnode_list(void);
/* Both take over value. */
void jnode_set(json_t *object, const char *key, json_t *value);
void jnode_add(json_t *list, json_t *value);

json_t *jnode_null(void);
json_t *jnode_bool(bool value);
json_t *jnode_int(int64_t value);
json_t *jnode_int_or_null(int64_t value); /* null below 0 */
json_t *jnode_word(const char *literal); /* our own; NULL gives null */
json_t *jnode_text(struct str bytes); /* made visible, on one line */
json_t *jnode_text_or_null(struct str bytes); /* null when empty */
json_t *jnode_block(struct str bytes); /* made visible, line ends kept */
json_t *jnode_texts(struct strs list);
json_t *jnode_ms(int64_t us); /* milliseconds of microseconds; null below 0 */
json_t *jnode_span(int64_t from_us, int64_t to_us); /* null when either is absent */
json_t *jnode_time_ms(int64_t ms); /* since 1970: "2026-11-22T08:00:00.000Z" */
json_t *jnode_time_s(int64_t s); /* the same of seconds; null for years that nothing can count */

/* One line with its line end; drops value. */
void jnode_write(json_t *value, struct buf *out);

#endif
