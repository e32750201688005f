/* check and demo as processes: the report, where it goes, and what ends a walk early. */
#include "cli/program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "support/report_fields.h"

static json_t *
parse(const struct buf *text)
{
	json_error_t error;
	json_t *json = json_loadb(text->p, text->n, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL)
		fail_msg("no JSON: %s: %s", error.text, buf_text(text));
	return json;
}

static void
test_demo_json(void **state)
{
	struct program p = { 0 };
	json_t *json;

	(void)state;
	RUN(&p, "demo", "good", "--format", "json");
	assert_int_equal(p.exit, 0);
	assert_int_equal(p.err.n, 0);
	assert_int_equal(line_count(&p.out), 1);
	json = parse(&p.out);
	check_report_fields("demo good", json);
	assert_string_equal(json_text_at(json, "format"), "stswalk-report");
	assert_string_equal(json_text_at(json, "verdict.mail_now.fresh"), "delivered-validated");
	assert_string_equal(json_text_at(json, "policy.mode"), "enforce");
	assert_int_equal(json_array_size(json_at(json, "findings")), 0);
	assert_true(json_array_size(json_at(json, "rehearsal")) > 0);
	json_decref(json);
	program_release(&p);
}

static void
test_demo_text(void **state)
{
	struct program p = { 0 }, again = { 0 };

	(void)state;
	RUN(&p, "demo");
	assert_int_equal(p.exit, 0);
	check_has("report", &p.out, "good.test");
	RUN(&again, "demo", "good", "-f", "text");
	assert_int_equal(again.exit, 0);
	RUN(&p, "demo", "--list");
	assert_int_equal(p.exit, 0);
	check_has("list", &p.out, "good ");
	program_release(&p);
	program_release(&again);
}

static void
test_output_file(void **state)
{
	struct program p = { 0 };
	struct folder f = { 0 };
	struct buf text;
	json_t *json;
	const char *file;

	(void)state;
	folder_make(&f);
	file = folder_file(&f, 0, "report.json");
	RUN(&p, "demo", "-f", "json", "-o", file);
	assert_int_equal(p.exit, 0);
	assert_int_equal(p.out.n, 0);
	text = file_text(file);
	json = parse(&text);
	json_decref(json);
	buf_release(&text);

	RUN(&p, "demo", "-o", file);
	assert_int_equal(p.exit, 73);
	check_has("exists", &p.err, "--force");
	RUN(&p, "demo", "-o", file, "--force");
	assert_int_equal(p.exit, 0);
	assert_int_not_equal(access(folder_file(&f, 1, "report.json.part"), F_OK), 0);

	RUN(&p, "demo", "-o", f.path);
	assert_int_equal(p.exit, 73);
	assert_int_equal(line_count(&p.err), 1);
	RUN(&p, "demo", "-o", "/nonexistent/report");
	assert_int_equal(p.exit, 73);
	assert_int_equal(p.out.n, 0);
	folder_remove(&f);
	program_release(&p);
}

static void
test_full_disk(void **state)
{
	struct program p = { .stdout_path = "/dev/full" };

	(void)state;
	RUN(&p, "demo");
	assert_int_equal(p.exit, 73);
	check_has("full", &p.err, "standard output");
	program_release(&p);
}

/* A reader that went away is no error message. */
static void
test_closed_pipe(void **state)
{
	struct program p = { .closes_stdout = true };

	(void)state;
	RUN(&p, "demo");
	assert_int_equal(p.exit, 73);
	assert_int_equal(p.err.n, 0);
	program_release(&p);
}

/* No socket takes the place of standard output, and a report that goes nowhere is not written. */
static void
test_missing_stdout(void **state)
{
	struct program p = { .lacks_stdout = true };

	(void)state;
	RUN(&p, "demo");
	assert_int_equal(p.exit, 73);
	check_has("missing", &p.err, "standard output");
	program_release(&p);
}

/* A port that nobody listens on is no silence, and nobody else has to repair anything for it. */
static void
test_resolver_refuses_connection(void **state)
{
	struct program p = { 0 };

	(void)state;
	RUN(&p, "check", "--resolver", "127.0.0.9:9", "example.com");
	assert_int_equal(p.exit, 3);
	check_has("resolver", &p.out, "no resolver can be reached");
	check_has("resolver", &p.out, "Connection refused");
	check_has("resolver", &p.out, "Walk again once this side is in order");
	program_release(&p);
}

static void
test_save(void **state)
{
	struct program p = { 0 };
	struct folder f = { 0 };
	struct buf text;
	const char *file;

	(void)state;
	folder_make(&f);
	file = folder_file(&f, 0, "good.stswalk");
	RUN(&p, "demo", "--save", file);
	assert_int_equal(p.exit, 0);
	assert_true(p.out.n > 0);
	text = file_text(file);
	check_true("session", "header",
		str_starts(buf_str(&text), STR("{\"format\":\"stswalk-session\"")));
	check_has("session", &text, "\"kind\":\"end\"");
	buf_release(&text);
	assert_int_not_equal(access(folder_file(&f, 1, "good.stswalk.part"), F_OK), 0);
	RUN(&p, "demo", "--save", file);
	assert_int_equal(p.exit, 73);

	/* No walk, no session: nothing is left behind when the report has no place. */
	file = folder_file(&f, 2, "never.stswalk");
	RUN(&p, "demo", "--save", file, "-o", "/nonexistent/report");
	assert_int_equal(p.exit, 73);
	assert_int_equal(line_count(&p.err), 1);
	assert_int_not_equal(access(file, F_OK), 0);
	folder_remove(&f);
	program_release(&p);
}

/* --save -: events on standard output, the report on the other side. */
static void
test_stream(void **state)
{
	struct program p = { 0 };
	struct str rest, line;
	size_t lines = 0;

	(void)state;
	RUN(&p, "demo", "--save", "-", "-f", "json");
	assert_int_equal(p.exit, 0);
	rest = buf_str(&p.out);
	while (str_split(&rest, '\n', &line)) {
		const struct buf one = { .p = (char *)(uintptr_t)line.p, .n = line.n };

		if (line.n == 0)
			continue;
		json_decref(parse(&one));
		lines++;
	}
	assert_true(lines > 10);
	json_decref(parse(&p.err));
	program_release(&p);
}

/* A resolver that never answers: a walk that goes on until it is told to stop. */
static int
silent_resolver(char *text, size_t size)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sa, &len), 0);
	snprintf(text, size, "127.0.0.1:%u", ntohs(sa.sin_port));
	return fd;
}

/* What is known is still reported, the stream is completed. */
static void
test_interrupt(void **state)
{
	static const struct {
		const char *name;
		int signal, exit;
	} rows[] = { { "SIGINT", SIGINT, 130 }, { "SIGTERM", SIGTERM, 143 },
		{ "SIGHUP", SIGHUP, 129 } };
	char resolver[32];
	const int fd = silent_resolver(resolver, sizeof(resolver));
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *json;

		p.signal = rows[i].signal;
		RUN(&p, "check", "--save", "-", "-f", "json", "--resolver", resolver,
			"example.test");
		check_int(rows[i].name, "exit", p.exit, rows[i].exit);
		check_has(rows[i].name, &p.out, "\"reason\":\"cancelled\"");
		json = parse(&p.err);
		check_report_fields(rows[i].name, json);
		json_decref(json);
	}
	close(fd);
	program_release(&p);
}

static void
test_bad_inputs(void **state)
{
	static const struct {
		const char *name;
		const char *words[PROGRAM_WORDS];
		int exit;
		const char *says;
	} rows[] = {
		{ "CA file missing", { "check", "--ca-file", "/nonexistent.pem", "example.test" },
			65, "/nonexistent.pem" },
		{ "CA file is a folder", { "check", "--ca-file", "/", "example.test" }, 65, "/" },
		{ "trace", { "check", "--trace", "/nonexistent/trace", "example.test" }, 73,
			"/nonexistent/trace" },
		{ "save", { "check", "--save", "/nonexistent/s", "example.test" }, 73,
			"/nonexistent/s" },
		{ "scenario file", { "demo", "/nonexistent/x.lab" }, 65, "/nonexistent/x.lab" },
	};
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		program_run(&p, rows[i].words);
		check_int(rows[i].name, "exit", p.exit, rows[i].exit);
		check_int(rows[i].name, "bytes of output", (long long)p.out.n, 0);
		check_int(rows[i].name, "lines of error", (long long)line_count(&p.err), 1);
		check_has(rows[i].name, &p.err, rows[i].says);
	}
	program_release(&p);
}

/* A resolver that refuses at once: the fault is on this side, and each domain gets its line. */
static void
test_no_resolver(void **state)
{
	struct program p = { 0 };

	(void)state;
	RUN(&p, "check", "--resolver", "127.0.0.1:1", "-f", "json", "a.test", "user@b.test.");
	assert_int_equal(p.exit, 3);
	assert_int_equal(line_count(&p.out), 2);
	check_has("first", &p.out, "\"domain\":\"a.test\"");
	check_has("second", &p.out, "\"domain\":\"b.test\"");
	check_has("second", &p.out, "\"input\":\"user@b.test.\"");
	program_release(&p);
}

/* Without a terminal the console is the report. */
static void
test_console_without_terminal(void **state)
{
	struct program p = { 0 };

	(void)state;
	RUN(&p, "--resolver", "127.0.0.1:1", "a.test");
	assert_int_equal(p.exit, 3);
	check_has("report", &p.out, "a.test");
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_demo_json),
		cmocka_unit_test(test_demo_text),
		cmocka_unit_test(test_output_file),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_missing_stdout),
		cmocka_unit_test(test_resolver_refuses_connection),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_stream),
		cmocka_unit_test(test_interrupt),
		cmocka_unit_test(test_bad_inputs),
		cmocka_unit_test(test_no_resolver),
		cmocka_unit_test(test_console_without_terminal),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
