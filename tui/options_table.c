#include "tui/options_table.h"

#include <string.h>

#include "core/name.h"
#include "core/redact.h"
#include "core/render.h"
#include "core/safe.h"

const struct command_type command_types[command_count] = {
	[COMMAND_CONSOLE] = { NULL, "[DOMAIN]", 0, 1, false,
		"the console; asks for a domain if need be" },
	[COMMAND_CHECK] = { "check", "DOMAIN...", 1, SIZE_MAX, false,
		"walk, print a report, exit by verdict" },
	[COMMAND_LINT] = { "lint", "", 0, 0, false,
		"judge records, a policy and MX names, offline" },
	[COMMAND_DEMO] = { "demo", "[SCENARIO|FILE.lab]", 0, 1, false,
		"walk the built-in lab; --list names scenarios" },
	[COMMAND_EXPLAIN] = { "explain", "[FINDING|CODE|-]", 0, 1, false,
		"what a finding, a topic or a code means" },
	[COMMAND_OPEN] = { "open", "SESSION|-", 1, 1, false,
		"reopen a saved session; - follows a walk" },
	[COMMAND_DIFF] = { "diff", "OLD NEW", 2, 2, false, "what changed between two sessions" },
	[COMMAND_TLSRPT] = { "tlsrpt", "FILE...", 1, SIZE_MAX, false,
		"what TLSRPT reports say: JSON, gzip or mail" },
};

const char *
options_quote(struct options *o, const char *word)
{
	return safe_text(&o->arena, str_of(word), 80).text.p;
}

static void *
field(struct options *o, const struct option_type *type)
{
	return (char *)o + type->offset;
}

static enum result
set_switch(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	(void)value;
	(void)err;
	*(bool *)field(o, type) = true;
	return RESULT_OK;
}

static enum result
set_file(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	if (value[0] == '\0')
		return err_set(err, EXIT_USAGE, "--%s '': expected %s, not an empty word",
			type->name, type->argument);
	*(const char **)field(o, type) = value;
	return RESULT_OK;
}

static enum result
set_list(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	(void)err;
	arena_push(&o->arena, field(o, type), str_of(value));
	return RESULT_OK;
}

static enum result
set_number(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	uint64_t number;

	if (!str_to_u64(str_of(value), (uint64_t)type->high, &number) ||
		(int64_t)number < type->low)
		return err_set(err, EXIT_USAGE, "--%s '%s': expected a number from %lld to %lld",
			type->name, options_quote(o, value), (long long)type->low,
			(long long)type->high);
	*(int64_t *)field(o, type) = (int64_t)number;
	return RESULT_OK;
}

static enum result
set_format(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	(void)type;
	o->format = report_format_find(str_of(value));
	if (o->format != NULL)
		return RESULT_OK;
	return err_set(err, EXIT_USAGE,
		"--format '%s': expected text, json, markdown, html, oneline or tlsrpt",
		options_quote(o, value));
}

static enum result
set_redact(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	(void)type;
	if (value == NULL) {
		o->redact = REDACT_ALL;
		return RESULT_OK;
	}
	return redact_classes(str_of(value), &o->redact, err);
}

static enum result
set_require(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	static const char *const levels[] = { "policy", "testing", "enforce" };

	(void)type;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(value, levels[i]) == 0) {
			o->require = levels[i];
			return RESULT_OK;
		}
	}
	return err_set(err, EXIT_USAGE, "--require '%s': expected policy, testing or enforce",
		options_quote(o, value));
}

static enum result
set_color(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	static const char *const words[] = { "auto", "always", "never" };

	(void)type;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			o->color = words[i];
			return RESULT_OK;
		}
	}
	return err_set(err, EXIT_USAGE, "--color '%s': expected auto, always or never",
		options_quote(o, value));
}

/* What may be said in EHLO: a domain, or an address literal (RFC 5321 4.1.1.1, 4.1.3). */
static bool
is_ehlo_name(struct str name)
{
	const struct str inside = str_sub(name, 1, name.n - 2);

	if (name.n < 3 || name.p[0] != '[' || name.p[name.n - 1] != ']')
		return name_is_rfc5321_domain(name);
	if (str_starts_nocase(inside, STR("IPv6:")))
		return name_is_ipv6(str_skip(inside, 5));
	return name_is_ipv4(inside);
}

static enum result
set_ehlo(struct options *o, const struct option_type *type, const char *value, struct err *err)
{
	(void)type;
	if (!is_ehlo_name(str_of(value)))
		return err_set(err, EXIT_USAGE,
			"--ehlo '%s': expected a host name, as mail.example.com, or an address "
			"literal, as [192.0.2.1]",
			options_quote(o, value));
	o->ehlo = value;
	return RESULT_OK;
}

const struct option_type option_types[] = {
#define GROUP(title) { KIND_GROUP, title, 0, NULL, 0, NULL, 0, 0, 0, NULL },
#define OPTION(name, letter, argument, in, set, member, low, high, help) \
	{ KIND_OPTION, name, letter, argument, in, set, offsetof(struct options, member), low, \
		high, help },
#define LATER(name, argument, in) { KIND_LATER, name, 0, argument, in, NULL, 0, 0, 0, NULL },
#include "tui/options.def"
#undef GROUP
#undef OPTION
#undef LATER
};
const size_t option_type_count = sizeof(option_types) / sizeof(option_types[0]);
