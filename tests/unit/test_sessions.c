/*
 * Recorded walks that raise what depends on the machine, and so cannot be a scenario: routes, the
 * age of the trust store, options. tests/sessions/expect.tsv: file, option, then what it raises as
 * "severity id subject", a column each.
 */
#include "tests/support/check.h"

#include <stdio.h>

#include "core/buf.h"
#include "core/finding.h"
#include "core/sessfile.h"

static struct str
file_text(struct arena *a, const char *path)
{
	struct buf text = BUF_INIT(0);
	char piece[4096];
	struct str kept;
	size_t n;
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		fail_msg("%s: cannot be read", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&text, (struct str){ piece, n });
	fclose(f);
	kept = arena_str(a, buf_str(&text));
	buf_release(&text);
	return kept;
}

static bool
is_wanted(struct str columns, const struct finding *f)
{
	struct arena a = { 0 };
	const struct str line = arena_printf(
		&a, "%s %s %.*s", severity_name(f->severity), f->type->name, STR_ARG(f->subject));
	bool is_found = false;
	struct str column;

	while (!is_found && str_split(&columns, '\t', &column))
		is_found = str_eq(column, line);
	arena_release(&a);
	return is_found;
}

static size_t
count_columns(struct str columns)
{
	struct str column;
	size_t n = 0;

	while (columns.n > 0 && str_split(&columns, '\t', &column))
		n++;
	return n;
}

static void
check_session(struct arena *a, struct str name, struct str option, struct str columns)
{
	const char *path = arena_printf(a, "%s/sessions/%.*s.stswalk", TEST_DIR, STR_ARG(name)).p;
	const struct judge_options options = { .require = option.n > 0 ? arena_str(a, option).p
								       : NULL };
	struct session s;
	struct judgement j;
	struct err err = { 0 };

	session_init(&s);
	if (sessfile_read(file_text(a, path), &s, NULL, &err) != RESULT_OK)
		fail_msg("%s: %s", path, err.text);
	judge(&s, &options, &j);
	for (size_t i = 0; i < j.count; i++) {
		const struct finding *f = &j.findings[i];

		if (!is_wanted(columns, f))
			fail_msg("%.*s: not expected: %s %s %.*s", STR_ARG(name),
				severity_name(f->severity), f->type->name, STR_ARG(f->subject));
		check_true(f->type->name, "detail", f->detail.n > 0);
	}
	if (j.count != count_columns(columns))
		fail_msg("%.*s: %zu findings, not %zu", STR_ARG(name), j.count,
			count_columns(columns));
	judgement_release(&j);
	session_release(&s);
}

static void
test_sessions(void **state)
{
	struct arena a = { 0 };
	struct str rest = file_text(&a, TEST_DIR "/sessions/expect.tsv"), line;
	size_t rows = 0;

	(void)state;
	while (str_split(&rest, '\n', &line)) {
		struct str name, option = STR_EMPTY;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		str_split(&line, '\t', &name);
		str_split(&line, '\t', &option);
		check_session(&a, name, str_is(option, "-") ? STR_EMPTY : option, line);
		rows++;
	}
	assert_true(rows > 8);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
