#include "tui/options_table.h"

#include <string.h>

#include "core/render.h"

const char *
command_name(enum command command)
{
	return command_types[command].name ? command_types[command].name : "the console";
}

const char *
near_word(struct str word, const char *const *words, size_t count)
{
	const char *best = NULL;
	unsigned least = word.n < 5 ? 2 : 3; /* first distance that is too far */

	for (size_t i = 0; i < count; i++) {
		const struct str other = str_of(words[i]);
		const unsigned distance = str_distance(word, other);
		const bool is_begin = word.n >= 3 && str_starts_nocase(other, word);

		if (distance < least || (best == NULL && is_begin)) {
			best = words[i];
			least = distance < least ? distance : least;
		}
	}
	return best;
}

/* The row for this command; else any row of that name, for a better error. */
static const struct option_type *
find_name(enum command command, struct str name)
{
	const struct option_type *any = NULL;

	for (size_t i = 0; i < option_type_count; i++) {
		if (option_types[i].kind == KIND_GROUP || !str_is(name, option_types[i].name))
			continue;
		if (option_types[i].commands & 1U << command)
			return &option_types[i];
		any = &option_types[i];
	}
	return any;
}

static const struct option_type *
find_letter(enum command command, char letter)
{
	const struct option_type *any = NULL;

	for (size_t i = 0; i < option_type_count; i++) {
		if (option_types[i].kind == KIND_GROUP || option_types[i].letter != letter)
			continue;
		if (option_types[i].commands & 1U << command)
			return &option_types[i];
		any = &option_types[i];
	}
	return any;
}

/* "check and demo": which commands have the option. */
static const char *
commands_of(struct options *o, const struct option_type *type)
{
	struct buf text = BUF_INIT(0);
	unsigned commands = 0;
	const char *result;

	for (size_t i = 0; i < option_type_count; i++)
		if (option_types[i].kind != KIND_GROUP &&
			strcmp(option_types[i].name, type->name) == 0)
			commands |= option_types[i].commands;
	for (unsigned i = 0; i < command_count; i++) {
		if (!(commands & 1U << i))
			continue;
		if (text.n > 0)
			buf_add_text(&text, commands >> (i + 1) ? ", " : " and ");
		buf_add_text(&text, command_name(i));
	}
	result = arena_str(&o->arena, buf_str(&text)).p;
	buf_release(&text);
	return result;
}

static enum result
unknown_option(struct options *o, const char *word, struct str name, struct err *err)
{
	const char **names = arena_array(&o->arena, option_type_count, sizeof(*names));
	size_t count = 0;
	const char *near;

	for (size_t i = 0; i < option_type_count; i++)
		if (option_types[i].kind == KIND_OPTION &&
			option_types[i].commands & 1U << o->command)
			names[count++] = option_types[i].name;
	near = near_word(name, names, count);
	if (near != NULL)
		return err_set(err, EXIT_USAGE, "'%s': no such option; did you mean --%s?",
			options_quote(o, word), near);
	return err_set(err, EXIT_USAGE, "'%s': no such option; `stswalk %s%s--help` lists them",
		options_quote(o, word),
		command_types[o->command].name ? command_types[o->command].name : "",
		command_types[o->command].name ? " " : "");
}

/* Whether the command of this line may use the option. */
static enum result
check_option(struct options *o, const struct option_type *type, struct err *err)
{
	if (!(type->commands & 1U << o->command))
		return err_set(err, EXIT_USAGE, "--%s is for %s, not for %s", type->name,
			commands_of(o, type), command_name(o->command));
	if (type->kind == KIND_LATER)
		return err_set(
			err, EXIT_USAGE, "--%s: this version does not have it yet", type->name);
	return RESULT_OK;
}

/* A cursor over argv. */
struct words {
	char **v;
	int n, at;
};

static enum result
set_option(struct options *o, const struct option_type *type, const char *value,
	struct words *words, struct err *err)
{
	if (check_option(o, type, err) != RESULT_OK)
		return RESULT_FAILED;
	if (type->argument == NULL && value != NULL)
		return err_set(err, EXIT_USAGE, "--%s takes no value, but '%s' was given",
			type->name, options_quote(o, value));
	/* "[=CLASSES]" may go without, and never takes the next word. */
	if (type->argument != NULL && value == NULL && type->argument[0] != '[') {
		if (words->at == words->n)
			return err_set(err, EXIT_USAGE, "--%s: expected %s behind it", type->name,
				type->argument);
		value = words->v[words->at++];
	}
	return type->set(o, type, value, err);
}

static enum result
parse_long(struct options *o, const char *word, struct words *words, struct err *err)
{
	const char *equals = strchr(word, '=');
	const struct str name = { word + 2,
		equals ? (size_t)(equals - word - 2) : strlen(word + 2) };
	const struct option_type *type = find_name(o->command, name);

	if (type == NULL)
		return unknown_option(o, word, name, err);
	return set_option(o, type, equals ? equals + 1 : NULL, words, err);
}

/* "-4", "-fjson", "-f json", and several switches in one word. */
static enum result
parse_letters(struct options *o, const char *word, struct words *words, struct err *err)
{
	for (const char *p = word + 1; *p != '\0'; p++) {
		const struct option_type *type = find_letter(o->command, *p);
		const bool has_rest = p[1] != '\0';
		enum result rc;

		if (type == NULL)
			return unknown_option(o, word, str_of(word + 1), err);
		if (type->argument != NULL && has_rest)
			return set_option(o, type, p + 1, words, err);
		if ((rc = set_option(o, type, NULL, words, err)) != RESULT_OK)
			return rc;
		if (type->argument != NULL)
			break;
	}
	return RESULT_OK;
}

static enum result
parse_command(struct options *o, struct words *words, struct err *err)
{
	if (words->n < 2)
		return RESULT_OK;
	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].name == NULL ||
			strcmp(words->v[1], command_types[i].name) != 0)
			continue;
		if (command_types[i].is_later)
			return err_set(err, EXIT_USAGE, "%s: this version does not have it yet",
				command_types[i].name);
		o->command = i;
		words->at++;
	}
	return RESULT_OK;
}

/* A command that was probably meant by the first operand, NULL if none. */
static const char *
meant_command(const struct options *o)
{
	const char *names[command_count];
	size_t count = 0;

	for (unsigned i = 0; i < command_count; i++)
		if (command_types[i].name != NULL && !command_types[i].is_later)
			names[count++] = command_types[i].name;
	return near_word(o->operands.v[0], names, count);
}

/* Two words for the console: a command was probably meant, or was not put first. */
static enum result
console_operands(struct options *o, struct err *err)
{
	const char *first = o->operands.v[0].p, *near = meant_command(o);

	if (near != NULL && strcmp(near, first) == 0)
		return err_set(err, EXIT_USAGE, "'%s': the command comes first: `stswalk %s ...`",
			near, near);
	if (near != NULL)
		return err_set(err, EXIT_USAGE, "'%s': no such command; did you mean %s?",
			options_quote(o, first), near);
	return err_set(err, EXIT_USAGE, "'%s': expected one DOMAIN; `stswalk check` walks several",
		options_quote(o, o->operands.v[1].p));
}

/* One word without a dot that is nearly a command: a slip sooner than a top-level domain. */
static enum result
lone_operand(struct options *o, struct err *err)
{
	struct str word = o->operands.v[0];
	const char *near = str_find(word, '.') == word.n ? meant_command(o) : NULL;

	if (near == NULL)
		return RESULT_OK;
	return err_set(err, EXIT_USAGE,
		"'%s': no such command; did you mean %s? (to walk that name, write '%s.')",
		options_quote(o, word.p), near, options_quote(o, word.p));
}

static enum result
check_operands(struct options *o, struct err *err)
{
	const struct command_type *type = &command_types[o->command];

	if (o->operands.n < type->least)
		return err_set(err, EXIT_USAGE, "%s: expected %s behind it%s", type->name,
			type->operands,
			o->command == COMMAND_CHECK ? ", as `stswalk check example.com`" : "");
	if (o->command == COMMAND_CONSOLE && o->operands.n == 1)
		return lone_operand(o, err);
	if (o->operands.n <= type->most)
		return RESULT_OK;
	if (o->command == COMMAND_CONSOLE)
		return console_operands(o, err);
	if (type->most == 0)
		return err_set(err, EXIT_USAGE, "'%s': %s takes options only",
			options_quote(o, o->operands.v[0].p), type->name);
	return err_set(err, EXIT_USAGE, "'%s': %s takes one word only",
		options_quote(o, o->operands.v[type->most].p), type->name);
}

/* What the format cannot give. */
static enum result
check_format(const struct options *o, struct err *err)
{
	const struct report_format *format = o->format;

	if ((o->command == COMMAND_LINT || o->command == COMMAND_DIFF ||
		    o->command == COMMAND_TLSRPT) &&
		format != NULL && format->kind != FORMAT_TEXT && format->kind != FORMAT_JSON)
		return err_set(err, EXIT_USAGE, "--format %s: %s has text and json only",
			format->name, command_name(o->command));
	if (format != NULL && !format->is_document && (o->is_brief || o->is_full || o->scope))
		return err_set(err, EXIT_USAGE,
			"--%s: %s is always whole; it is for text, markdown and html",
			o->is_brief  ? "brief"
			: o->is_full ? "full"
				     : "scope",
			format->name);
	if (o->is_brief && o->is_full)
		return err_set(err, EXIT_USAGE, "--brief and --full: expected one of them");
	return RESULT_OK;
}

/* What no single option can see. */
static enum result
check_together(const struct options *o, struct err *err)
{
	const bool saves_stream = o->save != NULL && strcmp(o->save, "-") == 0;
	const bool writes_stream = o->output != NULL && strcmp(o->output, "-") == 0;

	if (check_format(o, err) != RESULT_OK)
		return RESULT_FAILED;
	if (o->only_ipv4 && o->only_ipv6)
		return err_set(err, EXIT_USAGE,
			"-4 and -6: expected one of them; both together leave no family");
	if (o->save != NULL && o->command == COMMAND_CHECK && o->operands.n > 1)
		return err_set(err, EXIT_USAGE,
			"--save: a session file holds one domain, but %zu were given",
			o->operands.n);
	if (saves_stream && writes_stream)
		return err_set(err, EXIT_USAGE,
			"--save - and --output -: only one of them can have standard output");
	if (o->command == COMMAND_LINT && o->policy == NULL &&
		o->txt.n + o->tlsrpt.n + o->mx.n + o->patterns.n == 0)
		return err_set(err, EXIT_USAGE,
			"lint: expected something to judge: --txt, --tlsrpt, --policy, --mx or "
			"--pattern");
	return RESULT_OK;
}

enum result
options_parse(struct options *o, int argc, char **argv, struct err *err)
{
	struct words words = { argv, argc, 1 };
	bool has_ended = false;
	enum result rc;

	*o = (struct options){ .command = COMMAND_CONSOLE };
	if ((rc = parse_command(o, &words, err)) != RESULT_OK)
		return rc;
	while (words.at < words.n) {
		const char *word = words.v[words.at++];

		if (has_ended || word[0] != '-' || word[1] == '\0')
			arena_push(&o->arena, &o->operands, str_of(word));
		else if (strcmp(word, "--") == 0)
			has_ended = true;
		else if (word[1] == '-')
			rc = parse_long(o, word, &words, err);
		else
			rc = parse_letters(o, word, &words, err);
		if (rc != RESULT_OK || o->wants_help || o->wants_version)
			return rc;
	}
	/* Settings are printed with what the other options say of them. */
	if (o->prints_config || o->prints_keys || o->dump_theme != NULL)
		return RESULT_OK;
	if ((rc = check_operands(o, err)) != RESULT_OK)
		return rc;
	return check_together(o, err);
}

bool
options_want_report(const struct options *o)
{
	return o->format != NULL || o->output != NULL || o->is_brief || o->is_full ||
	       o->scope != NULL || o->redact != 0;
}

bool
options_format_is(const struct options *o, const char *name)
{
	return strcmp(o->format != NULL ? o->format->name : "text", name) == 0;
}

void
options_release(struct options *o)
{
	arena_release(&o->arena);
	*o = (struct options){ 0 };
}
