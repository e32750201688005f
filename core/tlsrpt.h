/*
 * tlsrpt: the TLSRPT record at _smtp._tls.D (RFC 8460 section 3).
 *
 * Any bytes are accepted. Several rua fields and several URIs in one are all kept.
 */
#ifndef STS_TLSRPT_H
#define STS_TLSRPT_H

#include "core/arena.h"
#include "core/str.h"

enum tlsrpt_fault {
	TLSRPT_FAULT_NONE,
	TLSRPT_FAULT_ABSENT, /* nothing at the name begins v=TLSRPTv1 in any case or spacing */
	TLSRPT_FAULT_MULTIPLE, /* two or more begin v=TLSRPTv1; */
	TLSRPT_FAULT_VERSION, /* begins v=tlsrpt in any case or spacing, not exactly v=TLSRPTv1 */
	TLSRPT_FAULT_SYNTAX,
	TLSRPT_FAULT_RUA_MISSING,
};

enum rua_fault {
	RUA_FAULT_NONE,
	RUA_FAULT_SCHEME,
	RUA_FAULT_RAW_EXCLAMATION,
	RUA_FAULT_EMPTY /* no URI, or one without host */
};

struct tlsrpt_rua {
	struct str uri;
	enum rua_fault fault;
	struct str host; /* of an https URI, or behind the @ of a mailto */
	bool is_mailto;
};

struct tlsrpt {
	struct strs records; /* all at the name */
	struct str chosen; /* the one that counts, empty if none */
	enum tlsrpt_fault fault;
	size_t fault_at; /* byte in chosen */
	struct tlsrpt_rua *rua;
	size_t rua_count;
	/* One record, the grammar, at least one rua, each mailto: or https: without raw '!'. */
	bool is_valid;
};

void tlsrpt_parse(struct arena *a, struct strs records, struct tlsrpt *out);

#endif
