/* Words of the command line: what is refused, and how. */
#include "cli/program.h"

/* Every one of these exits at once with one line that quotes the word. */
static const struct {
	const char *name;
	const char *words[PROGRAM_WORDS];
	const char *says; /* part of the line */
} refused[] = {
	{ "no domain", { "check" }, "expected DOMAIN" },
	{ "unknown option", { "check", "--fromat", "json", "example.com" },
		"did you mean --format?" },
	{ "unknown letter", { "check", "-x", "example.com" }, "'-x'" },
	{ "value missing", { "check", "example.com", "--format" }, "--format: expected FMT" },
	{ "value not wanted", { "check", "--force=yes", "example.com" }, "'yes'" },
	{ "bad format", { "check", "-f", "xml", "example.com" }, "'xml'" },
	{ "later option", { "check", "--ordered", "example.com" }, "--ordered: this version" },
	{ "format that lint has not", { "lint", "-f", "html", "--txt", "x" }, "text and json" },
	{ "first page of JSON", { "check", "-f", "json", "--brief", "example.com" },
		"--brief: json" },
	{ "brief and full", { "check", "--brief", "--full", "example.com" }, "one of them" },
	{ "class of redaction", { "check", "--redact=host,name", "example.com" }, "'name'" },
	{ "no class of redaction", { "check", "--redact=", "example.com" }, "a class" },
	{ "later option with value", { "check", "--jobs=2", "example.com" },
		"--jobs: this version" },
	{ "planned host is none", { "check", "--mx", "a b", "example.com" },
		"--mx 'a b': expected the name of an MX host" },
	{ "planned host is an address", { "check", "--mx", "192.0.2.25", "example.com" },
		"expected the name of an MX host" },
	{ "planned host without a name", { "check", "--mx", "=192.0.2.25", "example.com" },
		"expected the name of an MX host" },
	{ "planned host is a mailbox", { "check", "--mx", "user@mx.example.com", "example.com" },
		"expected the name of an MX host" },
	{ "planned address is none", { "check", "--mx", "mx.example.com=mx", "example.com" },
		"expected an address behind the =" },
	{ "planned address is missing", { "check", "--mx", "mx.example.com=", "example.com" },
		"expected an address behind the =" },
	{ "planned address with a port",
		{ "check", "--mx", "mx.example.com=192.0.2.25:25", "example.com" },
		"without a port" },
	{ "planned host twice",
		{ "check", "--mx", "mx.example.com", "--mx", "MX.example.com.", "example.com" },
		"given twice" },
	{ "planned host of the console", { "--mx", "mx.example.com", "example.com" },
		"--mx is for check and lint" },
	{ "serve and step", { "demo", "--serve", "--step" }, "one of them" },
	{ "lesson as JSON", { "demo", "--step", "-f", "json" }, "makes no report" },
	{ "lesson 0", { "demo", "--step", "0" }, "there are 24" },
	{ "option of another command", { "check", "--txt", "x", "example.com" },
		"--txt is for lint" },
	{ "option that the lab sets", { "demo", "--resolver", "192.0.2.53" }, "not for demo" },
	{ "misspelt command", { "chekc", "example.com" }, "did you mean check?" },
	{ "misspelt command alone", { "chek" }, "did you mean check?" },
	{ "format before the command", { "--format=json", "check", "a.example" },
		"--format is for check, lint, demo, open, diff and tlsrpt" },
	{ "command behind options", { "--no-history", "check", "example.com" }, "comes first" },
	{ "two domains for the console", { "example.com", "example.net" }, "'example.net'" },
	{ "both families off", { "check", "-46", "example.com" }, "-4 and -6" },
	{ "port 0", { "check", "--smtp-port", "0", "example.com" }, "1 to 65535" },
	{ "port too high", { "check", "--https-port", "65536", "example.com" }, "'65536'" },
	{ "port with letters", { "check", "--smtp-port", "25x", "example.com" }, "'25x'" },
	{ "no time", { "check", "--timeout", "0", "example.com" }, "1 to 3600" },
	{ "resolver is a name", { "check", "--resolver", "ns.example.com", "example.com" },
		"'ns.example.com'" },
	{ "resolver's port", { "check", "--resolver", "192.0.2.53:0", "example.com" },
		"'192.0.2.53:0'" },
	{ "EHLO injection", { "check", "--ehlo", "a\r\nMAIL", "example.com" }, "a\\r\\nMAIL" },
	{ "EHLO literal", { "check", "--ehlo", "[192.0.2]", "example.com" }, "'[192.0.2]'" },
	{ "require", { "check", "--require", "strict", "example.com" },
		"policy, testing or enforce" },
	{ "save of two", { "check", "--save", "x", "example.com", "example.net" }, "one domain" },
	{ "two streams", { "check", "--save", "-", "-o", "-", "example.com" }, "standard output" },
	{ "domain is a URL", { "check", "https://example.com/" }, "https://example.com/" },
	{ "domain is an address", { "check", "192.0.2.1" }, "192.0.2.1" },
	{ "domain with empty label", { "check", "a..example.com" }, "a..example.com" },
	{ "second domain bad", { "check", "example.com", "a b" }, "a b" },
	{ "domain with escapes", { "check", "ex\x1b[2Jample.com" }, "\\x1b[2J" },
	{ "lint of nothing", { "lint" }, "expected something" },
	{ "lint with a word", { "lint", "--txt", "x", "example.com" }, "'example.com'" },
	{ "lint value missing", { "lint", "--txt" }, "--txt: expected STR" },
	{ "unknown finding", { "explain", "tls-cert-expird" }, "did you mean tls-cert-expired?" },
	{ "unknown scenario", { "demo", "goood" }, "goood" },
	{ "nobody to ask for a domain", { NULL }, "expected a DOMAIN" },
};

static void
test_refused(void **state)
{
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(refused); i++) {
		program_run(&p, refused[i].words);
		check_int(refused[i].name, "exit", p.exit, 64);
		check_int(refused[i].name, "bytes of output", (long long)p.out.n, 0);
		check_int(refused[i].name, "lines of error", (long long)line_count(&p.err), 1);
		check_true(refused[i].name, "begin of the line",
			str_starts(buf_str(&p.err), STR("stswalk: ")));
		check_has(refused[i].name, &p.err, refused[i].says);
	}
	program_release(&p);
}

/* Help is made from the table: every option that is there, none that is not yet. */
static void
test_help(void **state)
{
	static const struct {
		bool is_there;
		const char *name;
	} options[] = {
#define GROUP(title)
#define OPTION(name, letter, argument, in, set, member, low, high, help) { true, "--" name },
#define LATER(name, argument, in) { false, "--" name " " },
#include "tui/options.def"
#undef GROUP
#undef OPTION
#undef LATER
	};
	struct program p = { 0 };

	(void)state;
	RUN(&p, "--help");
	assert_int_equal(p.exit, 0);
	assert_int_equal(p.err.n, 0);
	check_true("help", "examples first",
		str_find_str(buf_str(&p.out), STR("Examples:")) <
			str_find_str(buf_str(&p.out), STR("Commands:")));
	for (size_t i = 0; i < ROWS(options); i++)
		if (options[i].is_there)
			check_has("help", &p.out, options[i].name);
	assert_false(text_has(&p.out, "--ordered"));
	RUN(&p, "lint", "--help");
	assert_int_equal(p.exit, 0);
	check_has("lint help", &p.out, "--pattern");
	assert_false(text_has(&p.out, "--resolver"));
	RUN(&p, "check", "-h");
	check_has("check help", &p.out, "--resolver ADDR[:PORT]");
	program_release(&p);
}

static void
test_help_fits_a_terminal(void **state)
{
	static const char *const commands[] = { "--help", "check", "lint", "demo", "explain" };
	struct program p = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(commands); i++) {
		struct str rest, line;

		RUN(&p, commands[i], i > 0 ? "--help" : NULL);
		assert_int_equal(p.exit, 0);
		rest = buf_str(&p.out);
		while (str_split(&rest, '\n', &line))
			if (line.n > 80)
				fail_msg("%s: %.*s", commands[i], STR_ARG(line));
	}
	program_release(&p);
}

static void
test_version(void **state)
{
	static const char *const parts[] = { "stswalk " STSWALK_VERSION "\n", "libcurl", "OpenSSL",
		"ldns", "jansson", "utf8proc", "libidn2", "ncurses", "trust store" };
	struct program p = { 0 };

	(void)state;
	RUN(&p, "--version");
	assert_int_equal(p.exit, 0);
	for (size_t i = 0; i < ROWS(parts); i++)
		check_has("version", &p.out, parts[i]);
	RUN(&p, "-V");
	assert_int_equal(p.exit, 0);
	program_release(&p);
}

static void
test_explain(void **state)
{
	struct program p = { 0 };

	(void)state;
	RUN(&p, "explain");
	assert_int_equal(p.exit, 0);
	check_has("list", &p.out, "tls-cert-expired");
	RUN(&p, "explain", "tls-cert-expired");
	assert_int_equal(p.exit, 0);
	check_has("entry", &p.out, "tls-cert-expired");
	RUN(&p, "explain", "MTASTS_NO_ID");
	assert_int_equal(p.exit, 0);
	check_has("alias", &p.out, "txt-id-missing");
	program_release(&p);
}

/* LC_ALL=C and --ascii: no byte that such a terminal would spoil. */
static void
test_ascii(void **state)
{
	struct program p = { .locale = "C" };

	(void)state;
	RUN(&p, "lint", "--txt", "v=STSv1; id=\xc3\xbc", "--mx", "mx.example.com");
	assert_int_equal(p.exit, 2);
	for (size_t i = 0; i < p.out.n; i++)
		assert_true((unsigned char)p.out.p[i] < 0x7f);
	RUN(&p, "check", "b\xc3\xbc/");
	assert_int_equal(p.exit, 64);
	for (size_t i = 0; i < p.err.n; i++)
		assert_true((unsigned char)p.err.p[i] < 0x7f);
	program_release(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_fits_a_terminal),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_explain),
		cmocka_unit_test(test_ascii),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
