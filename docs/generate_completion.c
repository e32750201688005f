/* Completions for the three shells, from the tables of commands, options, formats and findings. */
#include <stdio.h>
#include <string.h>

#include "core/finding.h"
#include "core/render.h"
#include "docs/generate.h"
#include "tui/options_table.h"

/* What a value may be, for completing it. */
enum value { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_FOLDER, VALUE_FORMAT, VALUE_LEVEL };

static enum value
value_of(const struct option_type *type)
{
	static const struct {
		const char *name;
		enum value value;
	} named[] = { { "format", VALUE_FORMAT }, { "require", VALUE_LEVEL } };

	if (type->argument == NULL || type->argument[0] == '[')
		return VALUE_NONE;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strcmp(type->name, named[i].name) == 0)
			return named[i].value;
	if (strncmp(type->argument, "FILE", 4) == 0)
		return VALUE_FILE;
	return strcmp(type->argument, "DIR") == 0 ? VALUE_FOLDER : VALUE_ANY;
}

static void
put_formats(void)
{
	for (size_t i = 0; i < format_count; i++)
		printf("%s%s", i > 0 ? " " : "", report_formats[i].name);
}

static void
put_commands(void)
{
	for (unsigned i = 0; i < command_count; i++)
		if (command_types[i].name != NULL && !command_types[i].is_later)
			printf("%s ", command_types[i].name);
}

/* One name may have several rows; it is offered once. */
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

static void
put_findings(void)
{
	for (int i = 0; i < finding_count; i++)
		printf("%s ", finding_type((enum finding_id)i)->name);
}

/* "--save|--output|-o" of a kind of value, for a case; false when there is none. */
static bool
put_names_of(enum value value)
{
	bool has = false;

	for (size_t i = 0; i < option_type_count; i++) {
		const struct option_type *type = &option_types[i];
		bool is_seen = false;

		if (type->kind != KIND_OPTION || value_of(type) != value)
			continue;
		for (size_t k = 0; k < i; k++)
			is_seen = is_seen || (option_types[k].kind == KIND_OPTION &&
						     strcmp(option_types[k].name, type->name) == 0);
		if (is_seen)
			continue;
		printf("%s--%s", has ? "|" : "", type->name);
		if (type->letter != 0)
			printf("|-%c", type->letter);
		has = true;
	}
	return has;
}

static void
bash_values(void)
{
	static const struct {
		enum value value;
		const char *reply;
	} rows[] = {
		{ VALUE_FILE, "$(compgen -f -- \"$cur\")" },
		{ VALUE_FOLDER, "$(compgen -d -- \"$cur\")" },
		{ VALUE_LEVEL, "$(compgen -W \"policy testing enforce\" -- \"$cur\")" },
		{ VALUE_ANY, "" },
	};

	puts("\tcase $prev in");
	fputs("\t--format|-f) COMPREPLY=($(compgen -W \"", stdout);
	put_formats();
	puts("\" -- \"$cur\")); return ;;");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		putchar('\t');
		if (!put_names_of(rows[i].value))
			fputs("--none", stdout);
		printf(") COMPREPLY=(%s); return ;;\n", rows[i].reply);
	}
	puts("\tesac");
}

static void
bash(void)
{
	puts("# Completion of stswalk for bash.\n"
	     "_stswalk()\n{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
	     "\tCOMPREPLY=()");
	bash_values();
	puts("\tcase ${COMP_WORDS[1]} in");
	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].name == NULL || command_types[i].is_later)
			continue;
		printf("\t%s) words=\"", command_types[i].name);
		put_options(i);
		puts("\" ;;");
	}
	fputs("\t*) words=\"", stdout);
	put_options(COMMAND_CONSOLE);
	puts("\" ;;\n\tesac");
	fputs("\tif [[ $cur == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\telif ((COMP_CWORD == 1)); then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"",
		stdout);
	put_commands();
	fputs("\" -- \"$cur\"))\n"
	      "\telif [[ ${COMP_WORDS[1]} == @(open|diff) ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	      "\telif [[ ${COMP_WORDS[1]} == demo ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"$(stswalk demo --list 2>/dev/null | cut -d' ' -f1)\" "
	      "-- \"$cur\") $(compgen -f -X '!*.lab' -- \"$cur\"))\n"
	      "\telif [[ ${COMP_WORDS[1]} == explain ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W \"",
		stdout);
	put_findings();
	puts("\" -- \"$cur\"))\n\tfi\n}\ncomplete -F _stswalk stswalk");
}

/* Brackets and quotes mean something in a specification of zsh; help texts have few of them. */
static void
put_plain(const char *text)
{
	for (; *text != '\0'; text++)
		if (strchr("[]':\"\\`$", *text) == NULL)
			putchar(*text);
}

static const char *
zsh_action(enum value value)
{
	switch (value) {
	case VALUE_NONE:
	case VALUE_FORMAT:
		break;
	case VALUE_ANY:
		return ":value:";
	case VALUE_FILE:
		return ":file:_files";
	case VALUE_FOLDER:
		return ":folder:_files -/";
	case VALUE_LEVEL:
		return ":level:(policy testing enforce)";
	}
	return "";
}

static void
zsh_options(unsigned command)
{
	for (size_t i = 0; i < option_type_count; i++) {
		const struct option_type *type = &option_types[i];

		if (!is_for(type, command))
			continue;
		printf("\t\t\t'*--%s[", type->name);
		put_plain(type->help);
		putchar(']');
		if (value_of(type) == VALUE_FORMAT) {
			fputs(":format:(", stdout);
			put_formats();
			putchar(')');
		}
		printf("%s' \\\n", zsh_action(value_of(type)));
	}
}

static void
zsh(void)
{
	puts("#compdef stswalk\n_stswalk()\n{\n\tcase ${words[2]} in");
	for (unsigned i = 0; i <= command_count; i++) {
		const unsigned command = i % command_count;
		const char *name = command_types[command].name;

		/* The console comes last: it takes every other word. */
		if ((i == 0 && name == NULL) || command_types[command].is_later ||
			(i == command_count && name != NULL))
			continue;
		printf("\t%s)\n\t\t_arguments \\\n", name != NULL ? name : "*");
		zsh_options(command);
		if (name == NULL) {
			fputs("\t\t\t'1:command:(", stdout);
			put_commands();
			puts(")'");
		} else if (strcmp(name, "explain") == 0) {
			fputs("\t\t\t'*:finding:(", stdout);
			put_findings();
			puts(")'");
		} else if (strcmp(name, "demo") == 0) {
			puts("\t\t\t'*:scenario:($(stswalk demo --list 2>/dev/null | cut -d\" \" "
			     "-f1))'");
		} else {
			puts("\t\t\t'*:operand:_files'");
		}
		puts("\t\t;;");
	}
	puts("\tesac\n}\n_stswalk \"$@\"");
}

static void
fish_option(const struct option_type *type, unsigned command)
{
	const char *name = command_types[command].name;

	if (name != NULL)
		printf("complete -c stswalk -n '__fish_seen_subcommand_from %s'", name);
	else
		fputs("complete -c stswalk -n '__fish_use_subcommand'", stdout);
	printf(" -l %s", type->name);
	if (type->letter != 0)
		printf(" -s %c", type->letter);
	switch (value_of(type)) {
	case VALUE_NONE:
		break;
	case VALUE_ANY:
		fputs(" -x", stdout);
		break;
	case VALUE_FILE:
		fputs(" -r -F", stdout);
		break;
	case VALUE_FOLDER:
		fputs(" -x -a '(__fish_complete_directories)'", stdout);
		break;
	case VALUE_FORMAT:
		fputs(" -x -a '", stdout);
		put_formats();
		putchar('\'');
		break;
	case VALUE_LEVEL:
		fputs(" -x -a 'policy testing enforce'", stdout);
		break;
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
	puts("complete -c stswalk -n '__fish_seen_subcommand_from open diff' -F");
	puts("complete -c stswalk -n '__fish_seen_subcommand_from demo' "
	     "-a '(stswalk demo --list 2>/dev/null | string replace -r \" .*\" \"\")'");
	fputs("complete -c stswalk -n '__fish_seen_subcommand_from explain' -a '", stdout);
	put_findings();
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
