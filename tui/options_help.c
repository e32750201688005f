#include "tui/options_table.h"

#include <string.h>

static const char *const examples[][2] = {
	{ "stswalk example.com", "the console" },
	{ "stswalk demo", "the same on a lab" },
	{ "stswalk check example.com", "a report" },
	{ "stswalk check -f json -o r.json example.com", "for scripts" },
	{ "stswalk check --brief -f markdown example.com", "for a ticket" },
	{ "stswalk lint --policy mta-sts.txt --mx mx1.example.com", "before you publish" },
	{ "stswalk explain tls-cert-expired", "what it means" },
};

static void
help_option(const struct option_type *type, struct buf *out)
{
	char letter[8] = "    ";
	struct buf left = BUF_INIT(0);

	if (type->letter != 0)
		memcpy(letter, (char[]){ '-', type->letter, ',', ' ', '\0' }, 5);
	buf_addf(&left, "  %s--%s%s%s", letter, type->name,
		type->argument && type->argument[0] != '[' ? " " : "",
		type->argument ? type->argument : "");
	buf_addf(out, "%-29s %s\n", buf_text(&left), type->help);
	buf_release(&left);
}

/* An option that means something else to another command has two rows: the first one tells. */
static bool
is_told(size_t i, unsigned mask)
{
	return i > 0 && option_types[i - 1].kind == KIND_OPTION &&
	       (option_types[i - 1].commands & mask) &&
	       strcmp(option_types[i - 1].name, option_types[i].name) == 0;
}

/* Every option of the commands in mask, under the heads of their groups. */
static void
help_options(unsigned mask, struct buf *out)
{
	const char *title = NULL;

	for (size_t i = 0; i < option_type_count; i++) {
		if (option_types[i].kind == KIND_GROUP)
			title = option_types[i].name;
		if (option_types[i].kind != KIND_OPTION || !(option_types[i].commands & mask) ||
			is_told(i, mask))
			continue;
		if (title != NULL)
			buf_addf(out, "\n%s:\n", title);
		title = NULL;
		help_option(&option_types[i], out);
	}
}

static void
help_command(enum command command, struct buf *out)
{
	const struct command_type *type = &command_types[command];

	buf_addf(out, "stswalk %s: %s\n\nUsage: stswalk %s [OPTIONS]%s%s\n", type->name, type->help,
		type->name, type->operands[0] ? " " : "", type->operands);
	help_options(1U << command, out);
}

void
options_help(enum command command, struct buf *out)
{
	if (command != COMMAND_CONSOLE) {
		help_command(command, out);
		return;
	}
	buf_add_text(out, "stswalk walks what a sending mail server does with a domain under "
			  "MTA-STS.\n\nExamples:\n");
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		buf_addf(out, "  %-55s %s\n", examples[i][0], examples[i][1]);
	buf_add_text(out, "\nCommands:\n");
	for (unsigned i = 0; i < command_count; i++) {
		struct buf left = BUF_INIT(0);

		if (command_types[i].is_later)
			continue;
		buf_addf(&left, "  stswalk %s%s%s",
			command_types[i].name ? command_types[i].name : "",
			command_types[i].name && command_types[i].operands[0] ? " " : "",
			command_types[i].operands);
		buf_addf(out, "%-35s%s\n", buf_text(&left), command_types[i].help);
		buf_release(&left);
	}
	help_options(IN_ALL, out);
	buf_add_text(out,
		"\nExit status: 0 nothing wrong, 1 warnings, 2 errors, 3 could not tell,\n"
		"64 usage, 65 bad input file, 70 own fault, 73 output not written,\n"
		"130 interrupted.\n");
}
