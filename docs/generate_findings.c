/* docs/findings.md: every entry and every topic as `stswalk explain` shows them. */
#include <stdio.h>

#include "core/finding.h"
#include "core/render.h"
#include "core/topics.h"
#include "core/view.h"
#include "docs/generate.h"
#include "net/lab/lab.h"

#define COLUMNS 100

static void
print_doc(struct doc *doc)
{
	const struct render_options options = { .columns = COLUMNS, .is_ascii = true };
	struct buf text = BUF_INIT(0);

	render_text(doc, &options, &text);
	printf("```\n%s```\n\n", buf_text(&text));
	buf_release(&text);
	doc_release(doc);
}

int
generate_findings(void)
{
	struct arena a = { 0 };

	puts("# Findings\n\n"
	     "Every finding that stswalk can raise, as `stswalk explain ID` shows it. Severity, "
	     "effect and\n"
	     "TLSRPT result type with several values have their conditions in the text; `by-mode` "
	     "is an\n"
	     "error under enforce, a warning under testing, else information.\n");
	for (int i = 0; i < finding_count; i++) {
		const struct finding_type *type = finding_type((enum finding_id)i);
		const char *scenario = scenario_for_finding(&a, type->name);
		struct doc doc;

		printf("## %s\n\n", type->name);
		view_explain(type, &doc);
		if (scenario != NULL)
			doc_fieldf(&doc, 1, "Try", ROLE_TEXT, "stswalk demo %s", scenario);
		print_doc(&doc);
	}
	puts("# Topics\n\nWhat `stswalk explain TOPIC` says.\n");
	for (size_t i = 0; i < topic_count(); i++) {
		struct doc doc;

		printf("## %s\n\n", topic_at(i)->name);
		view_topic(topic_at(i), &doc);
		print_doc(&doc);
	}
	arena_release(&a);
	return 0;
}
