/*
 * options_table: the rows behind the command line; shared by parser (options.c), setters and rows
 * (options_table.c) and help (options_help.c).
 */
#ifndef STS_OPTIONS_TABLE_H
#define STS_OPTIONS_TABLE_H

#include "tui/options.h"

enum option_kind { KIND_GROUP, KIND_OPTION, KIND_LATER };

struct option_type {
	enum option_kind kind;
	const char *name; /* title of a group */
	char letter; /* 0: none */
	const char *argument; /* NULL: a switch */
	unsigned commands; /* IN_* */
	enum result (*set)(struct options *o, const struct option_type *type, const char *value,
		struct err *err);
	size_t offset; /* of its member in struct options */
	int64_t low, high;
	const char *help;
};

struct command_type {
	const char *name; /* NULL for the console, which has none */
	const char *operands;
	size_t least, most;
	bool is_later; /* not in this version */
	const char *help;
};

extern const struct option_type option_types[];
extern const size_t option_type_count;
extern const struct command_type command_types[command_count];

/* A word of the user, made visible, for an error. */
const char *options_quote(struct options *o, const char *word);

#endif
