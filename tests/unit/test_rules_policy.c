/* Findings about the policy body, its lines and patterns. */
#include "tests/support/judge_case.h"

#include "core/buf.h"

#define V "version: STSv1\n"
#define M "mode: enforce\n"
#define X "mx: mx1.example.com\n"
#define A "max_age: 1209600\n"
#define BODY(text) \
	{ \
		.body = { text, sizeof(text) - 1 } \
	}

static const struct walk_row rows[] = {
	{ "LF", BODY(V M X A), "" },
	{ "no last line end", BODY(V M X "max_age: 1209600"), "" },
	{ "CRLF",
		BODY("version: STSv1\r\nmode: enforce\r\nmx: mx1.example.com\r\nmax_age: "
		     "1209600\r\n"),
		"" },
	{ "both line ends", BODY("version: STSv1\r\n" M X A), "info policy-eol-mixed policy" },
	{ "CR alone", BODY("version: STSv1\rmode: enforce\r"), "error policy-bare-cr policy" },
	{ "empty", BODY(""), "error policy-empty policy" },
	{ "blank lines only", BODY("\n \n"), "error policy-empty policy" },
	{ "byte order mark", BODY("\xef\xbb\xbf" V M X A), "error policy-bom policy" },
	{ "NUL", BODY(V M "mx: mx1.example.com\0\n" A), "error policy-nul policy" },
	{ "UTF-16",
		BODY("\xff\xfev\0e\0r\0s\0i\0o\0n\0:\0 \0S\0T\0S\0v\0"
		     "1\0\n\0"),
		"error policy-utf16 policy" },
	{ "blank line", BODY(V M X "\n" A), "warning policy-blank-line policy" },
	{ "blank last line", BODY(V M X A "\n"), "warning policy-blank-line policy" },
	{ "no version", BODY(M X A), "error policy-version-missing version" },
	{ "version 2", BODY("version: STSv2\n" M X A), "error policy-version-bad version" },
	{ "version last", BODY(M X A V), "info policy-version-not-first version" },
	{ "no mode", BODY(V X A), "error policy-mode-missing mode" },
	{ "mode enforced", BODY(V "mode: enforced\n" X A), "error policy-mode-unknown mode" },
	{ "mode Enforce", BODY(V "mode: Enforce\n" X A), "error policy-mode-unknown mode" },
	{ "testing", BODY(V "mode: testing\n" X A), "info policy-mode-testing mode" },
	{ "none", BODY(V "mode: none\n" X A),
		"info policy-mode-none mode\ninfo rollout-none-max-age-long example.com" },
	{ "none, no mx", BODY(V "mode: none\n" A),
		"info policy-mode-none mode\ninfo rollout-none-max-age-long example.com" },
	{ "no max_age", BODY(V M X), "error policy-max-age-missing max_age" },
	{ "7d", BODY(V M X "max_age: 7d\n"), "error policy-max-age-bad max_age" },
	{ "eleven digits", BODY(V M X "max_age: 12096000000\n"),
		"error policy-max-age-bad max_age" },
	{ "over a year", BODY(V M X "max_age: 31557601\n"), "error policy-max-age-over max_age" },
	{ "a year", BODY(V M X "max_age: 31557600\n"), "" },
	{ "zero", BODY(V M X "max_age: 0\n"), "warning policy-max-age-zero max_age" },
	{ "zero under none", BODY(V "mode: none\n" X "max_age: 0\n"),
		"info policy-max-age-zero max_age\ninfo policy-mode-none mode" },
	{ "an hour", BODY(V M X "max_age: 3600\n"), "warning policy-max-age-short max_age" },
	{ "a day", BODY(V M X "max_age: 86400\n"), "info policy-max-age-short max_age" },
	{ "a week", BODY(V M X "max_age: 604800\n"), "" },
	{ "no mx", BODY(V M A), "error policy-mx-missing mx" },
	{ "star alone", BODY(V M "mx: *\n" A), "error policy-mx-bad mx: *" },
	{ "one good, one bad mx", BODY(V M X "mx: 192.0.2.1\n" A),
		"error policy-mx-bad mx: 192.0.2.1" },
	{ "two on a line", BODY(V M "mx: mx1.example.com, mx2.example.com\n" A),
		"error policy-mx-several mx: mx1.example.com, mx2.example.com" },
	{ "broad", BODY(V M "mx: *.example.com\n" A), "warning policy-mx-broad mx: *.example.com" },
	{ "wildcard below is not broad", BODY(V M X "mx: *.mail.example.com\n" A),
		"info policy-mx-unused mx: *.mail.example.com" },
	{ "unused", BODY(V M X "mx: old.example.com\n" A),
		"info policy-mx-unused mx: old.example.com" },
	{ "two modes, the first counts", BODY(V M "mode: none\n" X A),
		"warning policy-key-duplicate mode" },
	{ "unknown key", BODY(V M X A "contact: x\n"), "info policy-key-unknown contact" },
	{ "key near", BODY(V M X "maxage: 1\n" A), "info policy-key-unknown maxage" },
	{ "key case, exact one there", BODY(V M X A "Mode: none\n"),
		"warning policy-key-case Mode" },
	{ "key case in its place", BODY(V "Mode: enforce\n" X A), "error policy-key-case Mode" },
	{ "mx in another case", BODY(V M "MX: mx1.example.com\n" A), "error policy-key-case MX" },
	{ "comment", BODY("# MTA-STS\n" V M X A), "error policy-line-syntax line 1" },
	{ "no colon", BODY(V M X A "hello\n"), "error policy-line-syntax line 5" },
};

static void
test_rows(void **state)
{
	(void)state;
	check_rows(rows, ROWS(rows));
}

static void
judged(const struct walk *w, struct session *s, struct judgement *j)
{
	struct build b;

	walk_build(&b, s, w);
	judge(s, NULL, j);
}

static bool
says(struct str text, const char *part)
{
	return str_find_str(text, str_of(part)) < text.n;
}

static void
test_meant(void **state)
{
	const struct walk w = BODY(V "mode: enforced\n" X "maxage: 1\nmx: *mail.example.com\n");
	struct session s;
	struct judgement j;
	const struct finding *f;

	(void)state;
	judged(&w, &s, &j);
	f = finding_of(&j, FINDING_POLICY_MODE_UNKNOWN);
	check_true("mode", "nearest word", says(f->detail, "probably meant: enforce"));
	check_true("mode", "the line", says(f->fix, "mode: enforce"));
	check_int("mode", "line", f->line, 2);
	f = finding_of(&j, FINDING_POLICY_KEY_UNKNOWN);
	check_true("key", "nearest key", says(f->means, "max_age"));
	f = finding_of(&j, FINDING_POLICY_MX_BAD);
	check_true("mx", "the value", says(f->detail, "*mail.example.com"));
	judgement_release(&j);
	session_release(&s);
}

/* The line that a text tells to publish has to be good. */
static const struct {
	const char *name;
	struct walk walk;
	enum finding_id id;
	const char *fix;
} repairs[] = {
	{ "mode in another case twice", BODY(V "Mode: Enforce\n" X A), FINDING_POLICY_KEY_CASE,
		"Write mode: enforce" },
	{ "mode that is none", BODY(V "MODE: soft\n" X A), FINDING_POLICY_KEY_CASE,
		"Write mode: testing" },
	{ "version in another case twice", BODY("Version: stsv1\n" M X A), FINDING_POLICY_KEY_CASE,
		"Write version: STSv1" },
	{ "max_age with unit", BODY(V M X "Max_age: 7d\n"), FINDING_POLICY_KEY_CASE,
		"Write max_age: 604800" },
	{ "max_age as it is", BODY(V M X "Max_age: 86400\n"), FINDING_POLICY_KEY_CASE,
		"Write max_age: 86400" },
	{ "MX with a dot", BODY(V M "MX: mx1.example.com.\n" A), FINDING_POLICY_KEY_CASE,
		"Write mx: mx1.example.com" },
	{ "two names with dots", BODY(V M "mx: a.example.com. *.b.test.\n" A),
		FINDING_POLICY_MX_SEVERAL, "mx: a.example.com\nmx: *.b.test" },
	{ "URL", BODY(V M "mx: https://a.example.com:443/x\n" A), FINDING_POLICY_MX_BAD,
		"mx: a.example.com" },
	{ "URL without slashes", BODY(V M "mx: smtp:a.example.com\n" A), FINDING_POLICY_MX_BAD,
		"mx: a.example.com" },
	{ "preference", BODY(V M "mx: 10 a.example.com.\n" A), FINDING_POLICY_MX_BAD,
		"mx: a.example.com" },
	{ "comment", BODY(V M "mx: *.a.example.com # all\n" A), FINDING_POLICY_MX_BAD,
		"mx: *.a.example.com" },
	{ "comma", BODY(V M "mx: a.example.com,\n" A), FINDING_POLICY_MX_BAD, "mx: a.example.com" },
};

static void
test_repairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		struct session s;
		struct judgement j;
		const struct finding *f;

		judged(&repairs[i].walk, &s, &j);
		f = finding_of(&j, repairs[i].id);
		check_true(repairs[i].name, "raised", f != NULL);
		check_true(repairs[i].name, "the line",
			str_ends_nocase(f->fix, str_of(repairs[i].fix)));
		judgement_release(&j);
		session_release(&s);
	}
}

/* The depth is explained label by label; it adds no effect of its own. */
static void
test_wildcard_depth(void **state)
{
	const struct walk w = { .body = STR(V M "mx: *.mail.example.com\n" A),
		.mx = "10 eu1.in.mail.example.com" };
	struct session s;
	struct judgement j;
	const struct finding *f;

	(void)state;
	judged(&w, &s, &j);
	check_raised("depth", &j,
		"error mx-none-in-policy example.com\n"
		"warning policy-mx-wildcard-depth eu1.in.mail.example.com\n"
		"info policy-mx-unused mx: *.mail.example.com");
	f = finding_of(&j, FINDING_POLICY_MX_WILDCARD_DEPTH);
	check_int("depth", "effect", f->effect, EFFECT_NONE);
	check_true("depth", "pattern", says(f->detail, "*.mail.example.com"));
	check_true("depth", "line to add", says(f->fix, "mx: *.in.mail.example.com"));
	check_int("depth", "mail", j.fresh, MAIL_DEFERRED);
	judgement_release(&j);
	session_release(&s);
}

/* Thousands of bad lines are some findings, not thousands. */
static void
test_hostile(void **state)
{
	struct buf body = BUF_INIT(LIMIT_POLICY_BYTES);
	struct walk w = { 0 };
	struct session s;
	struct judgement j;
	int more = 0;

	(void)state;
	for (int i = 0; i < 4000; i++)
		buf_addf(&body, "k%d=%d\n", i, i);
	w.body = buf_str(&body);
	judged(&w, &s, &j);
	check_true("hostile", "bounded", j.count < 40);
	for (size_t i = 0; i < j.count; i++)
		more += says(j.findings[i].detail, "(and 3984 more like this)") ? 1 : 0;
	check_int("hostile", "the rest is counted", more, 1);
	judgement_release(&j);
	session_release(&s);
	buf_release(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_meant),
		cmocka_unit_test(test_repairs),
		cmocka_unit_test(test_wildcard_depth),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
