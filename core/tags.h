/*
 * tags: what the TXT records of MTA-STS (RFC 8461 section 3.1) and TLSRPT (RFC 8460 section 3)
 * have in common: a version, then fields "name=value" between semicolons.
 *
 * A record is scanned field by field; each comes with its place in the record and with the first
 * thing that fits no production of an extension field. A field with a rule of its own (id, rua) is
 * judged by its own parser, which then overlooks TAG_FAULT_VALUE.
 */
#ifndef STS_TAGS_H
#define STS_TAGS_H

#include "core/str.h"

#define TAG_NAME_BYTES 32

enum tag_fault {
	TAG_FAULT_NONE,
	TAG_FAULT_EMPTY, /* nothing between two semicolons */
	TAG_FAULT_NO_EQUALS,
	TAG_FAULT_NAME,
	TAG_FAULT_VALUE, /* empty, or a byte that no extension value may have */
};

struct tag {
	struct str text; /* without blanks around it */
	struct str name, value; /* empty without "=" */
	size_t at; /* byte of text in the record */
	enum tag_fault fault;
	size_t fault_at; /* byte in the record */
	bool is_last; /* no semicolon behind it */
	size_t blanks_at; /* if last: where blanks follow that no semicolon ends; else 0 */
};

struct tag_scan {
	struct str record;
	size_t at; /* where the next field begins */
	bool is_done;
};

/*
 * Begin behind the version, at byte from: *WSP ";" must follow. False when it does not, and *at is
 * the byte where the semicolon should be. An end without semicolon is at the record's length.
 */
bool tag_scan_begin(struct tag_scan *scan, struct str record, size_t from, size_t *at);
/* The next field; false at the end. A semicolon at the very end leaves no empty field. */
bool tag_next(struct tag_scan *scan, struct tag *out);
/*
 * Whether the record looks as if it was meant to begin "v=" word: behind SP, TAB, quotes,
 * backslashes, U+FEFF and U+00A0, in any case, with blanks around "=".
 */
bool tag_is_near(struct str record, struct str word);
/* The first byte that is no printable US-ASCII, SP or TAB; the length when there is none. */
size_t tag_non_ascii(struct str record);

#endif
