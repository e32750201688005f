/*
 * sessfile: the session file, JSON lines: a header, an event per line, the
 * event of kind "end" last. Bytes that are not valid UTF-8 or hold NUL are {"b64":"..."}.
 *
 * Writing appends to a buf, so that the caller owns the file. Reading trusts nothing: lengths,
 * depth and counts are limited, and what is wrong is refused with its line number. A torn last line
 * is tolerated and said. Unknown kinds and fields are kept, and written again as they came.
 */
#ifndef STS_SESSFILE_H
#define STS_SESSFILE_H

#include "core/buf.h"
#include "core/err.h"
#include "core/session.h"

#define SESSFILE_FORMAT "stswalk-session"
#define SESSFILE_VERSION 1
/* A walk lasts minutes; ten years is what a double still holds to the microsecond with ease. */
#define SESSFILE_LONGEST_MS INT64_C(316224000000)

/* The header line, from the walk-start event (which follows it as a line of its own). */
void sessfile_write_header(struct buf *out, const struct ev_walk_start *start);
void sessfile_write_event(struct buf *out, const struct event *event);
/* The whole of a session; nothing before its walk-start event came. */
void sessfile_write(struct buf *out, const struct session *s);

struct sessfile_reader {
	struct arena *arena;
	unsigned line; /* lines seen */
	bool has_header, has_end;
	struct str recorded_by; /* tool version of the header */
	struct str header_members; /* that are unknown */
	uint64_t foreign; /* lines of unknown kinds, or with unknown words: kept */
	uint64_t foreign_fields; /* unknown fields of known kinds: kept */
	uint32_t last_seq;
	int64_t last_us;
};

/*
 * One line without its line end. RESULT_OK with *event set (in the reader's arena), or *event NULL
 * for the header and for empty lines; RESULT_FAILED with err naming the line, exit 65.
 */
enum result sessfile_read_line(
	struct sessfile_reader *r, struct str line, struct event **event, struct err *err);
/*
 * A whole file into a fresh session. warning (may be NULL) says what is odd: a torn last line, a
 * missing end, for which one of reason "cancelled" is put, kinds of another version; empty when
 * nothing is. After a failure the session is empty.
 */
enum result sessfile_read(struct str file, struct session *s, struct str *warning, struct err *err);

#endif
