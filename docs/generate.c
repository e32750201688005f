/*
 * generate: writes the documentation pages that come from tables, to standard output.
 *
 * generate findings: docs/findings.md
 * generate man TEMPLATE: a manual page
 * generate completion SHELL: a completion
 */
#include <stdio.h>
#include <string.h>

#include "core/finding.h"
#include "docs/generate.h"

static void
print_findings(void)
{
	int i;

	puts("# Findings\n\n"
	     "Every finding that stswalk can raise, as `stswalk explain ID` prints it. Severity,\n"
	     "effect and TLSRPT result type with several values have their conditions in the "
	     "text;\n"
	     "`by-mode` is an error under enforce, a warning under testing, else information.\n"
	     "In the commands D is the policy domain, H an MX host, A an address.\n");
	for (i = 0; i < finding_count; i++) {
		const struct finding_type *t = finding_type((enum finding_id)i);

		printf("## %s\n\n%s%s%s%s\n\n", t->name, t->title, t->alias[0] ? " (alias " : "",
			t->alias, t->alias[0] ? ")" : "");
		printf("| severity | effect | TLSRPT | source |\n|---|---|---|---|\n");
		printf("| %s | %s | %s | %s |\n\n", t->severity, t->effect, t->result, t->rfc);
		printf("**Means** %s\n\n**Fix** %s\n\n", t->means, t->fix);
		if (t->hand[0] != '\0')
			printf("**By hand** %s\n\n", t->hand);
	}
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "findings") == 0) {
		print_findings();
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "man") == 0)
		return generate_man(argv[2]);
	if (argc == 3 && strcmp(argv[1], "completion") == 0)
		return generate_completion(argv[2]);
	fprintf(stderr, "usage: generate findings | man TEMPLATE | completion SHELL\n");
	return 64;
}
