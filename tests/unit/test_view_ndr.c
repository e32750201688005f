/* Bounces and logs as they come, beside a walk and without one. */
#include "tests/support/build_story.h"
#include "tests/support/golden.h"

#include <stdio.h>

#include "core/ndr.h"
#include "core/render.h"
#include "core/view_sim.h"

enum { FILE_MAX_BYTES = 8192 };

static struct str
read_text(struct arena *a, const char *name)
{
	char path[512], *bytes = arena_alloc(a, FILE_MAX_BYTES);
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/vectors/bounces/%s", TEST_DIR, name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("no %s", path);
	n = fread(bytes, 1, FILE_MAX_BYTES, file);
	fclose(file);
	return (struct str){ bytes, n };
}

static const struct {
	const char *file, *sender, *code, *domain, *host, *address;
	enum ndr_state state;
	size_t understood, lines;
} files[] = {
	{ "dsn.eml", "Exchange Online", "5.7.5", "example.com", "backup.example.net", "",
		NDR_RETURNED, 7, 24 },
	{ "postfix.log", "Postfix", "4.7.5", "example.com", "backup.example.net", "198.51.100.7",
		NDR_DELAYED, 2, 3 },
	{ "exim.log", NULL, "", "example.com", "backup.example.net", "198.51.100.7", NDR_DELAYED, 1,
		1 },
	{ "mox.log", "mox", "", "", "backup.example.net", "", NDR_UNKNOWN, 1, 1 },
	{ "stalwart.log", "Stalwart", "", "", "backup.example.net", "", NDR_UNKNOWN, 1, 1 },
	{ "chasquid.log", "chasquid", "", "", "backup.example.net", "", NDR_UNKNOWN, 1, 1 },
	{ "zonemta.log", "ZoneMTA (mx-connect)", "", "example.com", "backup.example.net",
		"198.51.100.7", NDR_UNKNOWN, 1, 1 },
};

static void
test_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(files); i++) {
		const char *row = files[i].file;
		struct arena a = { 0 };
		struct ndr n;

		ndr_read(&a, read_text(&a, row), &n);
		check_text(row, "code", n.code, files[i].code);
		check_text(row, "domain", n.domain, files[i].domain);
		check_text(row, "host", n.host, files[i].host);
		check_text(row, "address", n.address, files[i].address);
		check_int(row, "state", n.state, files[i].state);
		check_int(row, "lines", (long long)n.lines, (long long)files[i].lines);
		check_int(
			row, "understood", (long long)n.understood, (long long)files[i].understood);
		check_int(row, "known", n.count > 0, files[i].sender != NULL);
		if (files[i].sender != NULL)
			check_text(
				row, "sender", str_of(n.matches[0].type->sender), files[i].sender);
		check_true(row, "is a bounce", ndr_is_bounce(read_text(&a, row)));
		arena_release(&a);
	}
}

static void
add_view(struct buf *out, const char *title, const struct view_input *in, struct str text)
{
	struct doc d;

	buf_addf(out, "== %s\n", title);
	view_ndr(in, text, &d);
	render_text(&d, &(struct render_options){ 80, false }, out);
	doc_release(&d);
}

static void
test_golden(void **state)
{
	struct buf out = BUF_INIT(0);
	struct arena a = { 0 };
	struct judgement j;
	struct view_input in;
	struct session s;
	struct build b;

	(void)state;
	story_failing(&b, &s);
	judge(&s, NULL, &j);
	in = (struct view_input){ &s, &j, s.last_us };
	for (size_t i = 0; i < ROWS(files); i++)
		add_view(&out, files[i].file, &in, read_text(&a, files[i].file));
	add_view(&out, "a code", &in, STR("5.4.8"));
	add_view(&out, "of another domain", &in,
		STR("450 4.4.8 MX hosts of example.org failed MTA-STS validation."));
	add_view(&out, "nothing", &in, STR("550 5.1.1 no such user"));
	add_view(&out, "without a walk", NULL,
		STR("450 4.4.8 MX hosts of example.org failed MTA-STS validation."));
	add_view(&out, "a fault of theirs", NULL,
		STR("status=deferred (client TLS configuration problem)"));
	judgement_release(&j);
	session_release(&s);
	check_golden_file("documents/failing-bounces.txt", buf_str(&out));
	buf_release(&out);
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
