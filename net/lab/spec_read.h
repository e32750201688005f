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
	unsigned act, want_act; /* being read; the last that counts */
	unsigned policy_act, cached_act, hosts_act; /* that spoke of it last */
	bool is_implied; /* records of the lab's own making */
	bool has_policy, ends_crlf, is_utf16, ends_open;
};
/* A line behind [act NAME]: note, expect and texts of the lesson. */
bool spec_act_begin(struct spec_reader *r, struct str name);
/* [without mx HOST], [without dns NAME TYPE], [without https|policy|cached|hosts] */
bool spec_without(struct spec_reader *r, struct str args);
/* The act that is being read speaks of something for the first time: what stood before is gone. */
bool spec_is_new_act(const struct spec_reader *r, unsigned *spoken);
/* The place of a server that this act tells anew, NULL where there is none. */
struct lab_server *
spec_server_of_before(struct spec_reader *r, bool is_https, struct str host, struct str address);
/* Records and faults of earlier acts that one of this act stands in place of. */
void spec_dns_forget(struct spec_reader *r, struct str name, unsigned type);
void spec_dns_forget_faults(struct spec_reader *r, struct str name, unsigned type);
bool spec_rrtype(struct str word, unsigned *type);
/* Sets the err and returns false, so that "return spec_wrong(...)" reads well. */
bool
spec_wrong(struct spec_reader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* \n \r \t \0 \\ \" \xHH become bytes; false for another escape. */
bool spec_unescape(struct arena *a, struct str text, struct str *out);
bool spec_name_has_shape(struct str name);
struct str spec_lower(struct arena *a, struct str s);
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
