/*
 * policy: the body of an MTA-STS policy file (RFC 8461 section 3.2).
 *
 * policy_parse() accepts any bytes: it fills what it can and notes every oddity with its line and
 * byte, because showing oddities is what this program is for. Text in the result points into body,
 * which must outlive the policy. Lines beyond LIMIT_POLICY_LINES are counted, not kept. Time and
 * memory are linear in the size of the body.
 */
#ifndef STS_POLICY_H
#define STS_POLICY_H

#include "core/arena.h"
#include "core/str.h"

enum policy_mode {
	POLICY_MODE_UNKNOWN,
	POLICY_MODE_NONE,
	POLICY_MODE_TESTING,
	POLICY_MODE_ENFORCE
};

enum policy_eol { POLICY_EOL_NONE, POLICY_EOL_LF, POLICY_EOL_CRLF, POLICY_EOL_CR };

/* What is odd about one line, in order of severity. */
enum policy_note {
	POLICY_NOTE_NONE,
	POLICY_NOTE_SYNTAX, /* no "key: value" at all */
	POLICY_NOTE_BLANK, /* empty, or only SP and TAB */
	POLICY_NOTE_VERSION_BAD,
	POLICY_NOTE_MODE_UNKNOWN,
	POLICY_NOTE_MAX_AGE_BAD,
	POLICY_NOTE_MAX_AGE_OVER, /* above 31557600 */
	POLICY_NOTE_MX_BAD,
	POLICY_NOTE_MX_SEVERAL, /* splits at SP, TAB, ',' or ';' in two or more names */
	POLICY_NOTE_KEY_CASE, /* a known key but for case: an unknown field */
	POLICY_NOTE_KEY_UNKNOWN,
	POLICY_NOTE_KEY_DUPLICATE, /* second or later version, mode, max_age or extension key */
};

/* Why an mx value is not ["*."] Domain. */
enum mx_fault {
	MX_FAULT_NONE,
	MX_FAULT_EMPTY,
	MX_FAULT_WILDCARD_ALONE, /* "*" */
	MX_FAULT_WILDCARD_INSIDE, /* mx.*.example, or *.*.example */
	MX_FAULT_WILDCARD_PARTIAL, /* mx*.example */
	MX_FAULT_LEADING_DOT, /* .example */
	MX_FAULT_TRAILING_DOT,
	MX_FAULT_URL,
	MX_FAULT_PORT,
	MX_FAULT_PREFERENCE, /* "10 mx.example.com" */
	MX_FAULT_ADDRESS, /* an IPv4 or IPv6 address, in brackets or not */
	MX_FAULT_UNDERSCORE,
	MX_FAULT_U_LABEL, /* not ASCII: A-label needed */
	MX_FAULT_COMMENT, /* text behind the name */
	MX_FAULT_SYNTAX, /* anything else outside LDH, over-long labels, ... */
};

struct policy_line {
	unsigned number; /* from 1 */
	size_t at; /* byte offset in the body */
	struct str text; /* without its line end */
	enum policy_eol eol;
	struct str key; /* empty when there is none */
	struct str value; /* trailing WSP dropped */
	enum policy_note note;
	size_t note_at; /* byte offset in text where it goes wrong */
	enum mx_fault mx_fault; /* with POLICY_NOTE_MX_BAD */
	struct str meant; /* key or mode that was probably meant, empty if none is near */
};

struct policy_pattern {
	struct str text; /* as published, any case */
	unsigned line;
	bool is_valid; /* ["*."] Domain; a malformed one matches nothing */
};

struct policy {
	struct str body;
	struct policy_line *lines;
	size_t line_count; /* kept */
	size_t total_lines; /* seen */
	/* Whole-body conditions; the first five leave no usable line. */
	bool is_empty; /* 0 bytes or only blank lines */
	bool has_bom;
	bool has_nul;
	bool is_utf16;
	bool has_bare_cr;
	bool looks_like_html; /* first byte after white space is '<' */
	bool has_lf, has_crlf;
	bool has_blank_lines;
	bool has_syntax_error; /* any line with POLICY_NOTE_SYNTAX */
	/* First of each field: 0 when absent, else its line number. */
	unsigned version_line, mode_line, max_age_line;
	bool is_version_ok, is_max_age_ok, is_max_age_over;
	struct str version, mode_text, max_age_text;
	enum policy_mode mode;
	uint64_t max_age_s; /* valid if is_max_age_ok or is_max_age_over */
	struct policy_pattern *mx;
	size_t mx_count;
	bool has_bad_mx;
	/*
	 * The grammar, blank lines excepted: they are outside it too, but senders are split, so
	 * they warn and leave the policy usable. looks_like_html alone does not make it invalid.
	 */
	bool is_valid;
};

#define POLICY_MAX_AGE_MAX_S 31557600U

void policy_parse(struct arena *a, struct str body, struct policy *out);
const char *policy_mode_name(enum policy_mode mode); /* "enforce"; "unknown" */
const char *policy_eol_name(enum policy_eol eol); /* "lf" "crlf" "cr" "none" */
const char *
policy_note_name(enum policy_note note); /* stable, for JSON: the finding's id; NULL for none */
const char *mx_fault_text(enum mx_fault fault); /* "'*' may only be the whole left-most label" */
enum mx_fault mx_pattern_check(struct str value, size_t *at);
/* What a policy can list a host as: its name, or the wildcard above a label such as mx_1; or nothing. */
struct str mx_pattern_for(struct arena *a, struct str host);
/* The well-formed value that was meant, without what stands around the name; empty if unclear. */
struct str mx_pattern_meant(struct arena *a, struct str value, enum mx_fault fault);

#endif
