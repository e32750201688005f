/* A topic of explain, and the list of them. */
#include "core/topics.h"
#include "core/view_parts.h"

/* Wrapped, or as it stands where it is an example. */
static void
topic_line(struct doc *out, struct str line)
{
	if (line.n == 0) {
		doc_blank(out);
	} else if (line.p[0] == ' ') {
		struct row *r = doc_row(out, ROW_VERBATIM, 1);

		row_bytes(out, r, ROLE_TEXT, str_skip(line, 1));
	} else {
		struct row *r = doc_row(out, ROW_TEXT, 1);

		row_bytes(out, r, ROLE_TEXT, line);
	}
}

void
view_topic(const struct topic *topic, struct doc *out)
{
	struct str rest = str_of(topic->text), line;

	doc_init(out);
	out->title = safe_literal(topic->name);
	doc_text(out, 0, ROLE_HEADER, "%s: %s", topic->name, topic->title);
	doc_blank(out);
	while (rest.n > 0 && str_split(&rest, '\n', &line))
		topic_line(out, line);
	doc_blank(out);
	doc_field(out, 1, "Source", ROLE_TEXT, str_of(topic->sources));
	doc_field(out, 1, "See", ROLE_TEXT, str_of(topic->findings));
}

void
view_topic_list(struct doc *out)
{
	static const struct column columns[] = {
		{ "Topic", 24, 0, false, false, false },
		{ "What", 20, 0, true, false, false },
	};
	size_t table;

	table = doc_table(out, columns, 2);
	doc_table_head(out, table, 0);
	for (size_t i = 0; i < topic_count(); i++) {
		struct row *r = doc_table_row(out, table, 0);

		row_id(out, r, "topic:%s", topic_at(i)->name);
		part_cell(out, r, ROLE_TEXT, "%s", topic_at(i)->name);
		part_cell(out, r, ROLE_TEXT, "%s", topic_at(i)->title);
	}
}
