/* Manual pages: a template with lines that a table fills in. */
#include <stdio.h>
#include <string.h>

#include "core/embed.h"
#include "core/lesson.h"
#include "core/limits.h"
#include "core/look.h"
#include "core/topics.h"
#include "docs/generate.h"
#include "tui/keys.h"
#include "tui/options_table.h"

/* Text as roff: hyphens that can be copied, no escapes, no requests. */
static void
put(const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", stdout);
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			fputs("\\e", stdout);
		else if (*text == '-')
			fputs("\\-", stdout);
		else
			putchar(*text);
	}
}

static void
put_entry(const char *tag, const char *text)
{
	fputs(".TP\n.B ", stdout);
	put(tag);
	putchar('\n');
	put(text);
	putchar('\n');
}

static void
synopsis(void)
{
	for (unsigned i = 0; i < command_count; i++) {
		if (command_types[i].is_later)
			continue;
		printf("%s.B stswalk%s%s\n", i > 0 ? ".br\n" : "", command_types[i].name ? " " : "",
			command_types[i].name ? command_types[i].name : "");
		fputs(command_types[i].operands[0] ? "[OPTIONS] " : "[OPTIONS]", stdout);
		put(command_types[i].operands);
		putchar('\n');
	}
}

static void
commands(void)
{
	for (unsigned i = 0; i < command_count; i++) {
		char tag[128];

		if (command_types[i].is_later)
			continue;
		snprintf(tag, sizeof(tag), "stswalk%s%s%s%s", command_types[i].name ? " " : "",
			command_types[i].name ? command_types[i].name : "",
			command_types[i].operands[0] ? " " : "", command_types[i].operands);
		put_entry(tag, command_types[i].help);
	}
}

static void
option_commands(const struct option_type *type)
{
	const char *between = " (";

	if (type->commands == IN_ALL) {
		puts(" (every command).");
		return;
	}
	for (unsigned i = 0; i < command_count; i++) {
		if (!(type->commands & 1U << i) || command_types[i].is_later)
			continue;
		fputs(between, stdout);
		put(command_types[i].name ? command_types[i].name : "console");
		between = ", ";
	}
	puts(").");
}

static void
options(void)
{
	for (size_t i = 0; i < option_type_count; i++) {
		const struct option_type *type = &option_types[i];

		if (type->kind == KIND_GROUP) {
			fputs(".SS ", stdout);
			put(type->name);
			putchar('\n');
		}
		if (type->kind != KIND_OPTION)
			continue;
		fputs(".TP\n.B ", stdout);
		if (type->letter != 0)
			printf("\\-%c, ", type->letter);
		fputs("\\-\\-", stdout);
		put(type->name);
		if (type->argument != NULL && type->argument[0] != '[')
			putchar(' ');
		put(type->argument != NULL ? type->argument : "");
		putchar('\n');
		put(type->help);
		option_commands(type);
	}
}

static void
keys(void)
{
	static const char *const titles[] = {
		[KEYS_MOVING] = "Moving", [KEYS_EVERYWHERE] = "Everywhere"
	};
	int group = -1;

	for (size_t i = 0; i < key_row_count; i++) {
		char tag[64];

		if (key_rows[i].help[0] == '\0')
			continue;
		if ((int)key_rows[i].group != group)
			printf(".SS %s\n", titles[key_rows[i].group]);
		group = (int)key_rows[i].group;
		snprintf(tag, sizeof(tag), "%s%s%s", key_rows[i].key,
			key_rows[i].twins[0] ? " " : "", key_rows[i].twins);
		put_entry(tag, key_rows[i].help);
	}
}

static void
settings(void)
{
	static const struct {
		const char *name, *value, *words, *help;
	} rows[] = {
#define SETTING(constant, name, value, words, help) { name, value, words, help },
#include "tui/settings.def"
#undef SETTING
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];

		snprintf(text, sizeof(text), "%s: %s. The default is %s.", rows[i].help,
			rows[i].words, rows[i].value[0] ? rows[i].value : "empty");
		put_entry(rows[i].name, text);
	}
}

static void
roles(void)
{
#define ROLE(constant, name, purpose) put_entry(name, purpose);
#include "core/roles.def"
#undef ROLE
}

/* Words with commas between them, a full stop behind. */
static void
put_listed(const char *word, bool is_last)
{
	put(word);
	puts(is_last ? "." : ",");
}

static void
certificates(void)
{
	static const char *const words[] = {
#define CERT_KIND(constant, word, issuer, from, to, names, traits) word,
#include "net/lab/certs.def"
#undef CERT_KIND
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		put_listed(words[i], i + 1 == sizeof(words) / sizeof(words[0]));
}

static void
topics(void)
{
	for (size_t i = 0; i < topic_count(); i++)
		put_listed(topic_at(i)->name, i + 1 == topic_count());
}

static void
themes(void)
{
	for (const struct embedded *e = shipped_themes; e->name != NULL; e++)
		put_listed(e->name, e[1].name == NULL);
}

static const struct {
	const char *line;
	void (*fill)(void);
} fills[] = {
	{ "@synopsis@\n", synopsis },
	{ "@commands@\n", commands },
	{ "@options@\n", options },
	{ "@keys@\n", keys },
	{ "@settings@\n", settings },
	{ "@roles@\n", roles },
	{ "@certificates@\n", certificates },
	{ "@topics@\n", topics },
	{ "@themes@\n", themes },
};

/* What may stand anywhere in a line; at goes behind it. */
static bool
put_word(const char **at)
{
	const struct {
		const char *mark;
		const char *word; /* or */
		size_t number;
	} words[] = {
		{ "@version@", STSWALK_VERSION, 0 },
		{ "@date@", STSWALK_DATE, 0 },
		{ "@lessons@", NULL, course_count() },
		{ "@limit dns@", NULL, LIMIT_DNS_MS / 1000 },
		{ "@limit connect@", NULL, LIMIT_CONNECT_MS / 1000 },
		{ "@limit tls@", NULL, LIMIT_TLS_MS / 1000 },
		{ "@limit greeting@", NULL, LIMIT_SMTP_GREETING_MS / 1000 },
		{ "@limit reply@", NULL, LIMIT_SMTP_REPLY_MS / 1000 },
		{ "@limit https@", NULL, LIMIT_HTTPS_MS / 1000 },
		{ "@limit walk@", NULL, LIMIT_WALK_MS / 1000 },
		{ "@limit hosts@", NULL, LIMIT_MX_HOSTS },
		{ "@limit addresses@", NULL, LIMIT_SMTP_ADDRESSES },
		{ "@limit probes@", NULL, LIMIT_PROBES },
		{ "@limit policy@", NULL, LIMIT_POLICY_BYTES },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strncmp(*at, words[i].mark, strlen(words[i].mark)) != 0)
			continue;
		if (words[i].word != NULL)
			fputs(words[i].word, stdout);
		else
			printf("%zu", words[i].number);
		*at += strlen(words[i].mark);
		return true;
	}
	return false;
}

static void
put_line(const char *line)
{
	for (size_t i = 0; i < sizeof(fills) / sizeof(fills[0]); i++) {
		if (strcmp(line, fills[i].line) == 0) {
			fills[i].fill();
			return;
		}
	}
	while (*line != '\0')
		if (*line != '@' || !put_word(&line))
			putchar(*line++);
}

int
generate_man(const char *template_path)
{
	char line[1024];
	FILE *file = fopen(template_path, "r");

	if (file == NULL) {
		fprintf(stderr, "generate: %s cannot be read\n", template_path);
		return 65;
	}
	while (fgets(line, sizeof(line), file) != NULL)
		put_line(line);
	fclose(file);
	return 0;
}
