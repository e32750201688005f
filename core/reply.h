/*
 * reply: one SMTP reply of one or more lines (RFC 5321 section 4.2).
 *
 * reply_add() takes lines as they arrive, without their line end, and says when the reply is
 * complete. Any bytes are accepted; a line that is no reply line makes the reply bad, and is kept.
 */
#ifndef STS_REPLY_H
#define STS_REPLY_H

#include "core/arena.h"
#include "core/str.h"

enum reply_state { REPLY_MORE, REPLY_DONE, REPLY_BAD };

/* Oddities that leave the reply usable. */
enum { REPLY_ODD_LONG_LINE = 1, REPLY_ODD_BARE_LF = 2, REPLY_ODD_NON_ASCII = 4 };

struct reply {
	int code; /* 0 until known */
	struct strs lines; /* whole lines as received */
	struct strs texts; /* behind code and separator */
	enum reply_state state;
	unsigned oddities;
	struct str enhanced; /* 5.7.1 of the first line, empty if none */
	size_t bytes;
};

enum reply_state reply_add(struct arena *a, struct reply *r, struct str line, bool had_cr);

/* What an EHLO reply offers. */
struct ehlo {
	struct strs keywords; /* without the first line (the greeting) */
	bool has_starttls;
	struct str masked; /* XXXXXXXA and the like in place of STARTTLS, empty if none */
};
void ehlo_parse(struct arena *a, const struct reply *r, struct ehlo *out);

#endif
