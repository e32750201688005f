/* Topics: sorted, whole, and about findings that there are; every one can be shown. */
#include "tests/support/check.h"

#include <string.h>

#include "core/buf.h"
#include "core/differs.h"
#include "core/finding.h"
#include "core/render.h"
#include "core/topics.h"
#include "core/view.h"

static const char *const wanted[] = { "ca-restrictions", "dane", "ids", "max_age", "modes", "order",
	"ports", "redirects", "removal", "rollout", "threat-model", "wildcards" };

static void
test_table(void **state)
{
	(void)state;
	assert_int_equal(topic_count(), ROWS(wanted));
	for (size_t i = 0; i < topic_count(); i++) {
		const struct topic *t = topic_at(i);
		struct str rest = str_of(t->findings), id;

		check_text("topic", "name", str_of(t->name), wanted[i]);
		check_true(t->name, "source", strstr(t->sources, "RFC ") != NULL);
		for (const char *p = t->text; *p != '\0'; p++)
			check_true(t->name, "ASCII", *p == '\n' || (*p >= ' ' && *p < 0x7f));
		while (rest.n > 0 && str_split(&rest, ' ', &id))
			check_true(t->name, "a finding", finding_by_name(id) != NULL);
	}
}

static void
test_names(void **state)
{
	(void)state;
	assert_ptr_equal(topic_by_name(STR("Max-Age")), topic_by_name(STR("max_age")));
	assert_non_null(topic_by_name(STR("THREAT_MODEL")));
	assert_null(topic_by_name(STR("max_ag")));
	assert_null(topic_by_name(STR("max_agee")));
	assert_null(topic_by_name(STR("")));
	for (size_t i = 0; i < topic_count(); i++)
		assert_null(finding_by_name(str_of(topic_at(i)->name)));
}

static void
test_shown(void **state)
{
	const struct render_options options = { .columns = 78, .is_ascii = true };

	(void)state;
	for (size_t i = 0; i < topic_count(); i++) {
		struct buf text = BUF_INIT(0);
		struct str rest, line;
		struct doc doc;

		view_topic(topic_at(i), &doc);
		render_text(&doc, &options, &text);
		rest = buf_str(&text);
		check_true(topic_at(i)->name, "long enough", rest.n > 400);
		while (rest.n > 0 && str_split(&rest, '\n', &line))
			check_true(topic_at(i)->name, "fits", line.n <= 78);
		buf_release(&text);
		doc_release(&doc);
	}
}

static void
test_differs(void **state)
{
	struct arena a = { 0 };
	struct str text = finding_differs(&a, "policy-blank-line");

	(void)state;
	assert_true(
		str_find_str(text, STR(": refuses a policy with a blank line (as read")) < text.n);
	assert_true(str_find_str(text, STR("0.0.17")) < text.n);
	assert_int_equal(finding_differs(&a, "domain-nxdomain").n, 0);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
