/*
 * txt: the MTA-STS TXT record, and which of several counts (RFC 8461 section 3.1).
 *
 * txt_parse() accepts any bytes (the strings of one record joined without spaces) and notes every
 * oddity with its byte. txt_choose() applies the rule for several records. Text in the results
 * points into the records, which must outlive them.
 */
#ifndef STS_TXT_H
#define STS_TXT_H

#include "core/arena.h"
#include "core/str.h"

/* In the order in which one of them is "the" error of a bad record. */
enum txt_fault {
	TXT_FAULT_NONE,
	TXT_FAULT_LITERAL_QUOTES, /* quotes or backslashes stored as data */
	TXT_FAULT_NON_ASCII, /* a byte above 0x7e, or a control other than TAB */
	TXT_FAULT_VERSION, /* does not begin with exactly v=STSv1 */
	TXT_FAULT_SYNTAX, /* a later byte fits no production */
	TXT_FAULT_ID_MISSING,
	TXT_FAULT_ID_BAD, /* empty, or a byte outside A-Z a-z 0-9 */
	TXT_FAULT_ID_LONG, /* over 32 characters */
};

struct txt_field {
	struct str name;
	struct str value;
	size_t at; /* byte of the name in the record */
};

struct txt_record {
	struct str text;
	bool is_near; /* looks like one that was meant: see findings, "Candidates" */
	bool has_prefix; /* begins with the 8 bytes v=STSv1; */
	bool is_valid; /* the grammar of RFC 8461 3.1, id included */
	bool has_space_before_semicolon; /* v=STSv1 then WSP then ; (erratum 6285) */
	enum txt_fault fault;
	size_t fault_at; /* byte offset of the fault */
	struct str fault_seen; /* the bytes at fault */
	struct str id; /* of the first id field, also when it is bad */
	unsigned id_count;
	struct txt_field *fields; /* behind the version, unknown ones too */
	size_t field_count;
};

enum txt_verdict {
	TXT_VERDICT_NONE, /* no candidate at all */
	TXT_VERDICT_VALID,
	TXT_VERDICT_INVALID, /* one candidate, and it is bad */
	TXT_VERDICT_MULTIPLE, /* two or more begin v=STSv1; */
};

struct txt_set {
	struct txt_record *records;
	size_t count;
	unsigned candidates; /* with the prefix; or 1 for a single near record */
	enum txt_verdict verdict;
	const struct txt_record *chosen; /* the one that counts, valid or not; NULL otherwise */
};

void txt_parse(struct arena *a, struct str record, struct txt_record *out);
void txt_choose(struct arena *a, struct strs records, struct txt_set *out);

#endif
