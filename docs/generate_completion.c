/* Completions for the three shells, from the tables of commands, options, formats and findings. */
#include <stdio.h>
#include <string.h>

#include "core/embed.h"
#include "core/finding.h"
#include "core/render.h"
#include "core/topics.h"
#include "docs/generate.h"
#include "tui/options_table.h"

/* What a value may be, for completing it. */
enum value {
	VALUE_NONE,
	VALUE_ANY,
	VALUE_FILE,
	VALUE_FOLDER,
	VALUE_REPORT, /* from here on: one of some words */
	VALUE_DATA,
	VALUE_LEVEL,
	VALUE_COLOR,
	VALUE_THEME,
};

static enum value
value_of(const struct option_type *type)
{
	static const struct {
		const char *name;
		enum value value;
	} named[] = { { "require", VALUE_LEVEL }, { "color", VALUE_COLOR },
		{ "theme", VALUE_THEME }, { "dump-theme", VALUE_THEME } };

	if (type->argument == NULL || type->argument[0] == '[')
		return VALUE_NONE;
	if (strcmp(type->name, "format") == 0)
		return type->commands & IN_CHECK ? VALUE_REPORT : VALUE_DATA;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(type->name, named[i].name) == 0)
			return named[i].value;
	if (strncmp(type->argument, "FILE", 4) == 0)
		return VALUE_FILE;
	return strcmp(type->argument, "DIR") == 0 ? VALUE_FOLDER : VALUE_ANY;
}

/* The words of those that have some. */
static void
put_words(enum value value)
{
	switch (value) {
	case VALUE_NONE:
	case VALUE_ANY:
	case VALUE_FILE:
	case VALUE_FOLDER:
		break;
	case VALUE_REPORT:
		for (size_t i = 0; i < format_count; i++)
			printf("%s%s", i > 0 ? " " : "", report_formats[i].name);
		break;
	case VALUE_DATA:
		fputs("text json", stdout);
		break;
	case VALUE_LEVEL:
		fputs("policy testing enforce", stdout);
		break;
	case VALUE_COLOR:
		fputs("auto always never", stdout);
		break;
	case VALUE_THEME:
		for (const struct embedded *e = shipped_themes; e->name != NULL; e++)
			printf("%s%s", e != shipped_themes ? " " : "", e->name);
		break;
	}
}

static void
put_commands(const char *between)
{
	bool is_first = true;

	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].name == NULL || command_types[i].is_later)
			continue;
		printf("%s%s", is_first ? "" : between, command_types[i].name);
		is_first = false;
	}
}

static bool
is_for(const struct option_type *type, unsigned command)
{
	return type->kind == KIND_OPTION && type->commands & 1U << command;
}

static void
put_options(unsigned command)
{
	for (size_t i = 0; i < option_type_count; i++)
		if (is_for(&option_types[i], command))
			printf("--%s ", option_types[i].name);
}

/* What explain knows. */
static void
put_explained(void)
{
	for (int i = 0; i < finding_count; i++)
		printf("%s ", finding_type((enum finding_id)i)->name);
	for (size_t i = 0; i < topic_count(); i++)
		printf("%s ", topic_at(i)->name);
}

#define SCENARIOS "stswalk demo --list 2>/dev/null"

/* The shell's case of one option: "check:--format|check:-f"; any command where all rows agree. */
static void
bash_case(const struct option_type *type, const char **between)
{
	bool has_other = false;

	for (size_t i = 0; i < option_type_count; i++)
		has_other = has_other || (option_types[i].kind == KIND_OPTION &&
						 strcmp(option_types[i].name, type->name) == 0 &&
						 value_of(&option_types[i]) != value_of(type));
	for (unsigned i = 0; i < command_count; i++) {
		const char *command = has_other ? command_types[i].name : "*";

		if (!is_for(type, i) || command == NULL)
			continue;
		printf("%s%s:--%s", *between, command, type->name);
		*between = "|";
		if (type->letter != 0)
			printf("|%s:-%c", command, type->letter);
		if (!has_other)
			break;
	}
}

static void
bash_values(void)
{
	puts("\tcase $command:$prev in");
	for (int value = VALUE_ANY; value <= VALUE_THEME; value++) {
		const char *between = "\t";

		for (size_t i = 0; i < option_type_count; i++)
			if (option_types[i].kind == KIND_OPTION &&
				value_of(&option_types[i]) == (enum value)value)
				bash_case(&option_types[i], &between);
		if (value == VALUE_ANY) {
			puts(") return ;;");
		} else if (value == VALUE_FILE || value == VALUE_FOLDER) {
			printf(") _stswalk_files -%c; return ;;\n",
				value == VALUE_FILE ? 'f' : 'd');
		} else {
			fputs(") COMPREPLY=($(compgen -W \"", stdout);
			put_words((enum value)value);
			puts("\" -- \"$cur\")); return ;;");
		}
	}
	puts("\tesac");
}

static void
bash_options(void)
{
	puts("\tif [[ $cur == -* ]]; then\n\t\tcase $command in");
	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].is_later)
			continue;
		printf("\t\t%s) words=\"",
			command_types[i].name ? command_types[i].name : "console");
		put_options(i);
		puts("\" ;;");
	}
	puts("\t\tesac\n\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n\t\treturn\n\tfi");
}

static void
bash(void)
{
	fputs("# Completion of stswalk for bash.\n"
	      "_stswalk_files()\n{\n"
	      "\tcompopt -o filenames 2>/dev/null\n"
	      "\tmapfile -t COMPREPLY < <(compgen \"$@\" -- \"$cur\")\n}\n"
	      "_stswalk()\n{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal words= command=console\n"
	      "\tCOMPREPLY=()\n"
	      "\tif ((COMP_CWORD > 1)); then\n"
	      "\t\tcase ${COMP_WORDS[1]} in\n\t\t",
		stdout);
	put_commands("|");
	puts(") command=${COMP_WORDS[1]} ;;\n\t\tesac\n\tfi");
	bash_values();
	bash_options();
	fputs("\tcase $command in\n"
	      "\topen|diff|tlsrpt) _stswalk_files -f ;;\n"
	      "\tdemo)\n"
	      "\t\t_stswalk_files -f -X '!*.lab'\n"
	      "\t\tCOMPREPLY+=($(compgen -W \"$(" SCENARIOS " | cut -d' ' -f1)\" -- \"$cur\"))\n"
	      "\t\t;;\n"
	      "\texplain) COMPREPLY=($(compgen -W \"",
		stdout);
	put_explained();
	fputs("\" -- \"$cur\")) ;;\n"
	      "\tconsole) ((COMP_CWORD > 1)) || COMPREPLY=($(compgen -W \"",
		stdout);
	put_commands(" ");
	puts("\" -- \"$cur\")) ;;\n\tesac\n}\ncomplete -F _stswalk stswalk");
}

/* Brackets and quotes mean something in a specification of zsh; help texts have few of them. */
static void
put_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (strchr("[]':\"\\`$", *text) == NULL)
			putchar(*text);
}

static void
zsh_option(const struct option_type *type, const char *name)
{
	const enum value value = value_of(type);

	printf("\t\t\t'*%s%s[", name, value != VALUE_NONE && name[1] == '-' ? "=" : "");
	put_plain(type->help);
	putchar(']');
	if (value == VALUE_ANY) {
		fputs(":value:", stdout);
	} else if (value == VALUE_FILE) {
		fputs(":file:_files", stdout);
	} else if (value == VALUE_FOLDER) {
		fputs(":folder:_files -/", stdout);
	} else if (value != VALUE_NONE) {
		printf(":%s:(", type->name);
		put_words(value);
		putchar(')');
	}
	puts("' \\");
}

static void
zsh_options(unsigned command)
{
	for (size_t i = 0; i < option_type_count; i++) {
		const struct option_type *type = &option_types[i];
		char name[64];

		if (!is_for(type, command))
			continue;
		snprintf(name, sizeof(name), "--%s", type->name);
		zsh_option(type, name);
		snprintf(name, sizeof(name), "-%c", type->letter);
		if (type->letter != 0)
			zsh_option(type, name);
	}
}

static void
zsh_operands(unsigned command)
{
	switch ((enum command)command) {
	case COMMAND_CONSOLE:
		fputs("\t\t\t'1:command:(", stdout);
		put_commands(" ");
		puts(")'");
		break;
	case COMMAND_EXPLAIN:
		fputs("\t\t\t'*:finding, topic or code:(", stdout);
		put_explained();
		puts(")'");
		break;
	case COMMAND_DEMO:
		puts("\t\t\t'*:scenario:_stswalk_scenarios'");
		break;
	case COMMAND_CHECK:
		puts("\t\t\t'*:domain:'");
		break;
	case COMMAND_LINT:
		puts("\t\t\t':nothing:'");
		break;
	case COMMAND_OPEN:
	case COMMAND_DIFF:
	case COMMAND_TLSRPT:
	case command_count:
		puts("\t\t\t'*:file:_files'");
		break;
	}
}

static void
zsh(void)
{
	puts("#compdef stswalk\n"
	     "_stswalk_scenarios()\n{\n"
	     "\tlocal -a names\n"
	     "\tnames=(${${(f)\"$(" SCENARIOS ")\"}%% *})\n"
	     "\t_alternative 'scenarios:scenario:compadd -a names' 'files:file:_files -g "
	     "\"*.lab\"'\n"
	     "}\n"
	     "_stswalk()\n{\n\tlocal command=console\n\tif ((CURRENT > 2)); then\n"
	     "\t\tcommand=${words[2]}\n"
	     "\t\tshift words\n\t\t((CURRENT--))\n\tfi\n\tcase $command in");
	for (unsigned i = 0; i <= command_count; i++) {
		const unsigned command = i % command_count;
		const char *name = command_types[command].name;

		/* The console comes last: it takes every other word. */
		if ((i == 0 && name == NULL) || command_types[command].is_later ||
			(i == command_count && name != NULL))
			continue;
		printf("\t%s)\n\t\t_arguments \\\n", name != NULL ? name : "*");
		zsh_options(command);
		zsh_operands(command);
		puts("\t\t;;");
	}
	puts("\tesac\n}\n_stswalk \"$@\"");
}

static void
fish_option(const struct option_type *type, unsigned command)
{
	const enum value value = value_of(type);

	if (command_types[command].name != NULL) {
		printf("complete -c stswalk -n '__fish_seen_subcommand_from %s'",
			command_types[command].name);
	} else {
		fputs("complete -c stswalk -n 'not __fish_seen_subcommand_from ", stdout);
		put_commands(" ");
		putchar('\'');
	}
	printf(" -l %s", type->name);
	if (type->letter != 0)
		printf(" -s %c", type->letter);
	if (value == VALUE_FILE) {
		fputs(" -r -F", stdout);
	} else if (value == VALUE_FOLDER) {
		fputs(" -x -a '(__fish_complete_directories)'", stdout);
	} else if (value == VALUE_ANY) {
		fputs(" -x", stdout);
	} else if (value != VALUE_NONE) {
		fputs(" -x -a '", stdout);
		put_words(value);
		putchar('\'');
	}
	fputs(" -d '", stdout);
	put_plain(type->help);
	puts("'");
}

static void
fish(void)
{
	puts("# Completion of stswalk for fish.\ncomplete -c stswalk -f");
	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].is_later)
			continue;
		if (command_types[i].name != NULL) {
			printf("complete -c stswalk -n '__fish_use_subcommand' -a %s -d '",
				command_types[i].name);
			put_plain(command_types[i].help);
			puts("'");
		}
		for (size_t k = 0; k < option_type_count; k++)
			if (is_for(&option_types[k], i))
				fish_option(&option_types[k], i);
	}
	puts("complete -c stswalk -n '__fish_seen_subcommand_from open diff tlsrpt' -F");
	puts("complete -c stswalk -n '__fish_seen_subcommand_from demo' "
	     "-a '(" SCENARIOS " | string replace -r \" .*\" \"\"; __fish_complete_suffix .lab)'");
	fputs("complete -c stswalk -n '__fish_seen_subcommand_from explain' -a '", stdout);
	put_explained();
	puts("'");
}

int
generate_completion(const char *shell)
{
	static const struct {
		const char *name;
		void (*write)(void);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shell, shells[i].name) == 0) {
			shells[i].write();
			return 0;
		}
	}
	fprintf(stderr, "generate: '%s': expected bash, zsh or fish\n", shell);
	return 64;
}
