/*
 * generate: writes the documentation pages that come from tables, to standard output.
 *
 * generate findings: docs/findings.md
 * generate man TEMPLATE: a manual page
 * generate completion SHELL: a completion
 */
#include <stdio.h>
#include <string.h>

#include "docs/generate.h"

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "findings") == 0) {
		return generate_findings();
	}
	if (argc == 3 && strcmp(argv[1], "man") == 0)
		return generate_man(argv[2]);
	if (argc == 3 && strcmp(argv[1], "completion") == 0)
		return generate_completion(argv[2]);
	fprintf(stderr, "usage: generate findings | man TEMPLATE | completion SHELL\n");
	return 64;
}
