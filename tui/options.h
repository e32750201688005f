/*
 * options: the command line: what may be said (options.def) and what was said.
 *
 * options_parse() knows every command and option, also those of other commands and those that this
 * version does not have yet, and says so. It checks words, not the world: files, resolvers and
 * domains are looked at by the commands. Text points into argv or lives in the options' arena.
 */
#ifndef STS_OPTIONS_H
#define STS_OPTIONS_H

#include "core/arena.h"
#include "core/buf.h"
#include "core/err.h"

/* What sysexits(3) calls usage, data, software and can't create. */
enum {
	EXIT_USAGE = 64,
	EXIT_INPUT = 65,
	EXIT_FAULT = 70,
	EXIT_OUTPUT = 73,
	EXIT_INTERRUPTED = 130
};

enum command {
	COMMAND_CONSOLE,
	COMMAND_CHECK,
	COMMAND_LINT,
	COMMAND_DEMO,
	COMMAND_EXPLAIN,
	COMMAND_OPEN,
	COMMAND_DIFF,
	COMMAND_TLSRPT,
	command_count
};

enum {
	IN_CONSOLE = 1 << COMMAND_CONSOLE,
	IN_CHECK = 1 << COMMAND_CHECK,
	IN_LINT = 1 << COMMAND_LINT,
	IN_DEMO = 1 << COMMAND_DEMO,
	IN_EXPLAIN = 1 << COMMAND_EXPLAIN,
	IN_OPEN = 1 << COMMAND_OPEN,
	IN_DIFF = 1 << COMMAND_DIFF,
	IN_TLSRPT = 1 << COMMAND_TLSRPT,
	IN_REPORT = IN_CHECK | IN_DEMO | IN_OPEN,
	IN_REAL_WALK = IN_CONSOLE | IN_CHECK, /* the lab sets these itself */
	IN_WALK = IN_REAL_WALK | IN_DEMO,
	IN_ALL = IN_WALK | IN_LINT | IN_EXPLAIN | IN_OPEN | IN_DIFF | IN_TLSRPT
};

struct report_format; /* core/render.h */

struct options {
	struct arena arena;
	enum command command;
	struct strs operands; /* terminated, as typed */

	const struct report_format *format; /* NULL: not given */
	const char *output, *save; /* NULL: not given; "-": standard output */
	bool is_forced, is_ascii;
	bool is_brief, is_full;
	const char *scope, *baseline;
	unsigned redact; /* REDACT_*; 0: nothing is taken out */
	int64_t watch_s; /* of the configuration only */
	int64_t warn_days; /* numbers are 0 when not given */
	const char *require;

	struct strs resolvers; /* terminated, as typed */
	int64_t https_port, smtp_port, timeout_s;
	const char *ca_file, *ca_dir, *ehlo, *trace;
	struct strs resolve; /* terminated, as typed */
	int64_t repeat;
	bool probes_sni, asks_authority;
	bool trusts_ad, only_ipv4, only_ipv6, has_no_history, has_no_controls;

	struct strs txt, tlsrpt, mx, patterns;
	const char *policy; /* of lint: to be judged; of walks: to be rehearsed */
	struct strs cached; /* terminated, as typed */

	bool lists, serves, steps, is_quiz;
	bool wants_help, wants_version;

	const char *theme, *theme_file, *color, *dump_theme;
	bool is_plain, has_no_summary, prints_config, prints_keys;
};

/* Errors: exit 64, one line that quotes the word and says what was expected. */
enum result options_parse(struct options *o, int argc, char **argv, struct err *err);
void options_release(struct options *o);
/* Something was asked for that only a report can give, so no console. */
bool options_want_report(const struct options *o);
/* "json": the format of -f, text without it. */
bool options_format_is(const struct options *o, const char *name);

/* --help: of one command, or of the whole program for COMMAND_CONSOLE. */
void options_help(enum command command, struct buf *out);
const char *command_name(enum command command);
/* The near word among count words, NULL when none is near. For "did you mean". */
const char *near_word(struct str word, const char *const *words, size_t count);

#endif
