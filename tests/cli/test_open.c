/* open: the report of the walk again, byte for byte; what is no session is refused in one line. */
#include "cli/program.h"

static const char *const formats[] = { "text", "json", "markdown", "html", "oneline" };

static void
test_same_report(void **state)
{
	struct program walked = { 0 }, opened = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(formats); i++) {
		struct folder folder = { 0 };
		const char *file;

		folder_make(&folder);
		file = folder_file(&folder, 0, "a.stswalk");
		RUN(&walked, "demo", "mx-one-bad", "-f", formats[i], "--save", file);
		check_int(formats[i], "exit of the walk", walked.exit, 2);
		RUN(&opened, "open", file, "-f", formats[i]);
		check_int(formats[i], "exit", opened.exit, 2);
		check_str(formats[i], "report", buf_str(&opened.out), buf_str(&walked.out));
		check_int(formats[i], "bytes of error", (long long)opened.err.n, 0);
		folder_remove(&folder);
	}
	program_release(&walked);
	program_release(&opened);
}

/* The walk elsewhere streams its session; what comes is judged here. */
static void
test_stream(void **state)
{
	struct program walked = { 0 }, opened = { 0 };

	(void)state;
	RUN(&walked, "demo", "mx-one-bad", "--save", "-");
	assert_int_equal(walked.exit, 2);
	opened.input = buf_text(&walked.out);
	RUN(&opened, "open", "-");
	check_int("stream", "exit", opened.exit, 2);
	check_str("stream", "report", buf_str(&opened.out), buf_str(&walked.err));
	program_release(&walked);
	program_release(&opened);
}

#define HEAD \
	"{\"format\":\"stswalk-session\",\"version\":1,\"tool\":{\"name\":\"stswalk\"," \
	"\"version\":\"0.1.0\"},\"domain\":\"example.com\"}\n"
#define START \
	"{\"seq\":1,\"ms\":0,\"job\":\"walk\",\"kind\":\"walk-start\",\"domain\":\"example.com\"," \
	"\"started_ms\":1795334400000,\"tool\":\"0.1.0\"}\n"

/* What is no session at all. */
static const struct {
	const char *name, *text, *says;
} refused[] = {
	{ "empty", "", "empty" },
	{ "other JSON", "{\"format\":\"other\"}\n", "line 1: not a session" },
	{ "no JSON", "hello\n", "line 1" },
	{ "HTML", "<!DOCTYPE html>\n<html>\n", "line 1" },
	{ "later format", "{\"format\":\"stswalk-session\",\"version\":2}\n",
		"line 1: session format 2" },
	{ "head only", HEAD, "before the walk begins" },
	{ "wrong in the middle", HEAD START "{\"seq\":2}\n" START, "line 3" },
	{ "number as text",
		HEAD START "{\"seq\":\"2\",\"ms\":1,\"job\":\"walk\",\"kind\":\"route\"}\n"
			   "{\"kind\":\"end\",\"reason\":\"done\"}\n",
		"line 3: \"seq\"" },
	{ "sequence runs backwards",
		HEAD START "{\"seq\":1,\"ms\":1,\"job\":\"walk\",\"kind\":\"route\"}\n"
			   "{\"kind\":\"end\",\"reason\":\"done\"}\n",
		"line 3" },
	{ "controls in an error", "{\"\x1b[2J\n", "line 1" },
};

static void
test_refused(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *file;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "bad.stswalk");
	for (size_t i = 0; i < ROWS(refused); i++) {
		write_file(file, refused[i].text);
		RUN(&p, "open", file);
		check_int(refused[i].name, "exit", p.exit, 65);
		check_int(refused[i].name, "bytes of output", (long long)p.out.n, 0);
		check_int(refused[i].name, "lines of error", (long long)line_count(&p.err), 1);
		check_has(refused[i].name, &p.err, "bad.stswalk: ");
		check_has(refused[i].name, &p.err, refused[i].says);
		check_true(refused[i].name, "no escape", !text_has(&p.err, "\x1b"));
	}
	RUN(&p, "open", "/nowhere/x.stswalk");
	assert_int_equal(p.exit, 65);
	check_has("missing", &p.err, "/nowhere/x.stswalk: cannot be read");
	RUN(&p, "open", folder.path);
	assert_int_equal(p.exit, 65);
	folder_remove(&folder);
	program_release(&p);
}

/* What can be opened as far as it goes, and is said to be odd. */
static const struct {
	const char *name, *text, *says;
} odd[] = {
	{ "torn", HEAD START "{\"seq\":2,\"ms\":1,\"jo", "torn" },
	{ "no end", HEAD START, "its end is missing" },
	{ "unknown kind",
		HEAD START "{\"seq\":2,\"ms\":1,\"job\":\"walk\",\"kind\":\"later\",\"x\":[1]}\n"
			   "{\"kind\":\"end\",\"reason\":\"done\"}\n",
		"another version" },
};

static void
test_odd(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *file;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "odd.stswalk");
	for (size_t i = 0; i < ROWS(odd); i++) {
		write_file(file, odd[i].text);
		RUN(&p, "open", file);
		check_true(odd[i].name, "a verdict", p.exit <= 3);
		check_has(odd[i].name, &p.out, "example.com");
		check_int(odd[i].name, "lines of error", (long long)line_count(&p.err), 1);
		check_has(odd[i].name, &p.err, odd[i].says);
	}
	folder_remove(&folder);
	program_release(&p);
}

/* A session of another version is judged anew, and says so. */
static void
test_other_version(void **state)
{
	static const char text[] = "{\"format\":\"stswalk-session\",\"version\":1,\"tool\":{"
				   "\"version\":\"9.8.7\"}}\n" START
				   "{\"kind\":\"end\",\"reason\":\"done\"}\n";
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *file;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "other.stswalk");
	write_file(file, text);
	RUN(&p, "open", file, "-f", "json");
	check_has("other version", &p.out,
		"\"recorded_by\":{\"name\":\"stswalk\",\"version\":\"9.8.7\"}");
	check_has("other version", &p.out,
		"\"tool\":{\"name\":\"stswalk\",\"version\":\"" STSWALK_VERSION "\"}");
	check_has("other version", &p.err, "recorded by stswalk 9.8.7");
	folder_remove(&folder);
	program_release(&p);
}

/* A redacted copy of a session opens as such; nothing of this host is in it. */
static void
test_redacted_copy(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 }, again = { 0 };
	const char *file, *copy, *direct;
	struct buf text;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "a.stswalk");
	copy = folder_file(&folder, 1, "b.stswalk");
	direct = folder_file(&folder, 2, "c.stswalk");
	RUN(&p, "demo", "mx-one-bad", "--save", file, "-o", "/dev/null");
	RUN(&p, "open", file, "--redact", "--full", "--save", copy);
	check_int("copy", "exit", p.exit, 2);
	RUN(&again, "open", copy, "--full");
	check_str("copy", "report", buf_str(&again.out), buf_str(&p.out));
	check_has("copy", &again.out, "redacted: host, source, resolver, ehlo, user");
	text = file_text(copy);
	check_true("copy", "no EHLO name", !text_has(&text, "client.example.test"));
	check_has("copy", &text, "EHLO-1");
	buf_release(&text);
	RUN(&p, "demo", "good", "--redact=ehlo", "--save", direct);
	check_int("direct", "exit", p.exit, 0);
	text = file_text(direct);
	check_true("direct", "no EHLO name", !text_has(&text, "client.example.test"));
	check_has("direct", &text, "\"redacted\":[\"ehlo\"]");
	check_true(
		"direct", "whole", str_ends_nocase(buf_str(&text), STR("\"reason\":\"done\"}\n")));
	buf_release(&text);
	folder_remove(&folder);
	program_release(&p);
	program_release(&again);
}

static void
test_scope(void **state)
{
	struct folder folder = { 0 };
	struct program p = { 0 };
	const char *file;

	(void)state;
	folder_make(&folder);
	file = folder_file(&folder, 0, "a.stswalk");
	RUN(&p, "demo", "mx-one-bad", "--save", file, "-o", "/dev/null");
	RUN(&p, "open", file, "--scope", "backup.mx-one-bad.test", "-f", "markdown");
	check_int("scope", "exit", p.exit, 2);
	check_has("scope", &p.out, "SMTP backup.mx-one-bad.test");
	check_true("scope", "no other host", !text_has(&p.out, "SMTP mail.mx-one-bad.test"));
	RUN(&p, "open", file, "--scope", "mx7.example.com");
	check_int("unknown host", "exit", p.exit, 64);
	check_int("unknown host", "bytes of output", (long long)p.out.n, 0);
	check_has("unknown host", &p.err, "mail.mx-one-bad.test, backup.mx-one-bad.test");
	folder_remove(&folder);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_report),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_redacted_copy),
		cmocka_unit_test(test_scope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
