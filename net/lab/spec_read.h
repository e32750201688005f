/*
 * spec_read: what the files of the scenario reader share; others use spec.h.
 */
#ifndef STS_LAB_SPEC_READ_H
#define STS_LAB_SPEC_READ_H

#include "core/buf.h"
#include "net/lab/spec.h"

struct spec_reader {
	struct arena *a;
	struct lab_spec *spec;
	struct err *err;
	struct str name;
	unsigned line;
	struct lab_server *server; /* of the section being read */
	struct lab_zone *zone; /* of the [dns] section being read */
	struct str *text; /* that a continuation line adds to */
	struct buf *body; /* of the policy section */
	bool has_policy, ends_crlf, is_utf16, ends_open;
};
/* Sets the err and returns false, so that "return spec_wrong(...)" reads well. */
bool
spec_wrong(struct spec_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* \n \r \t \0 \\ \" \xHH become bytes; false for another escape. */
bool spec_unescape(struct arena *a, struct str text, struct str *out);
bool spec_name(struct spec_reader *r, struct str word, struct str *out); /* made absolute */
bool spec_number(struct spec_reader *r, struct str word, uint64_t max, uint64_t *out);
bool spec_server_begin(struct spec_reader *r, bool is_https, struct str args);
bool spec_server_line(struct spec_reader *r, struct str line);
/* A section of a name server of its own: HOST ADDRESS. */
bool spec_dns_secondary(struct spec_reader *r, struct str args);
bool spec_dns_line(struct spec_reader *r, struct str line);
/* Records that the servers imply (an MX and its address, the policy host) and the outer world. */
bool spec_dns_finish(struct spec_reader *r);

#endif
