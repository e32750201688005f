/* stswalk: from the words of the command line to one of the commands. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "tui/cmd.h"

/*
 * Whoever started us may have closed the standard descriptors; a socket must not take their place.
 * What stands there then fails: a report that goes nowhere is not written, an input is not empty.
 */
static void
keep_standard_descriptors(void)
{
	static const int modes[] = {
		[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDWR
	};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", modes[fd]); /* takes the lowest number: this */
	}
}

static int
run(struct options *o)
{
	static int (*const run_command[command_count])(struct options * o) = {
		[COMMAND_CONSOLE] = cmd_console,
		[COMMAND_CHECK] = cmd_check,
		[COMMAND_LINT] = cmd_lint,
		[COMMAND_DEMO] = cmd_demo,
		[COMMAND_EXPLAIN] = cmd_explain,
		[COMMAND_OPEN] = cmd_open,
		[COMMAND_DIFF] = cmd_diff,
		[COMMAND_TLSRPT] = cmd_tlsrpt,
	};

	if (o->wants_help)
		return cmd_help(o);
	if (o->wants_version)
		return cmd_version(o);
	cmd_settings(o);
	if (o->prints_config || o->prints_keys || o->dump_theme != NULL)
		return cmd_print_settings(o);
	return run_command[o->command](o);
}

int
main(int argc, char **argv)
{
	struct options options;
	struct err err = { .text = "" };
	int status;

	keep_standard_descriptors();
	/* Characters follow the locale, numbers and sorting never do. */
	setlocale(LC_CTYPE, "");
	/* A reader that went away is seen where it is written to. */
	signal(SIGPIPE, SIG_IGN);
	/* So is a file that may not grow any more. */
	signal(SIGXFSZ, SIG_IGN);
	if (options_parse(&options, argc, argv, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else
		status = run(&options);
	options_release(&options);
	return status;
}
