/* Providers by their MX names: every row covers what it names, and the advice reaches the finding. */
#include "tests/support/judge_case.h"

#include "core/match.h"
#include "core/providers.h"

static const struct {
	const char *host, *provider, *lines;
} rows[] = {
	{ "example-com.mail.protection.outlook.com", "Exchange Online",
		"mx: *.mail.protection.outlook.com" },
	{ "EXAMPLE-COM.Mail.Protection.Outlook.Com.", "Exchange Online",
		"mx: *.mail.protection.outlook.com" },
	{ "example-com.a-v1.mx.microsoft", "Exchange Online with DNSSEC",
		"mx: example-com.a-v1.mx.microsoft" },
	{ "alt3.aspmx.l.google.com", "Google Workspace",
		"mx: aspmx.l.google.com\nmx: *.aspmx.l.google.com" },
	{ "aspmx.l.google.com", "Google Workspace",
		"mx: aspmx.l.google.com\nmx: *.aspmx.l.google.com" },
	{ "smtp.google.com", "Google Workspace", "mx: smtp.google.com" },
	{ "route1.mx.cloudflare.net", "Cloudflare Email Routing", "mx: *.mx.cloudflare.net" },
	{ "mx1.example.com", NULL, NULL },
	{ "notpphosted.com", NULL, NULL },
};

/* One of the lines matches the host, by RFC 8461 section 4.1. */
static bool
covers(struct str lines, struct str host)
{
	struct str line;

	while (str_split(&lines, '\n', &line)) {
		if (match_name(str_skip(line, 4), host).miss == MATCH_MISS_NONE)
			return true;
	}
	return false;
}

static void
test_hosts(void **state)
{
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct str host = str_of(rows[i].host);
		const struct provider *p = provider_of_host(host);

		check_true(rows[i].host, "known", (p != NULL) == (rows[i].provider != NULL));
		if (p == NULL)
			continue;
		check_text(rows[i].host, "name", str_of(p->name), rows[i].provider);
		if (host.p[host.n - 1] == '.')
			continue;
		check_text(rows[i].host, "lines", provider_lines(&a, p, host), rows[i].lines);
		check_true(rows[i].host, "covered", covers(provider_lines(&a, p, host), host));
	}
	arena_release(&a);
}

static void
check_fix(const char *row, const char *mx, const char *lines, enum finding_id id, const char *has)
{
	struct walk w = { .mx = mx };
	struct session s;
	struct build b = { 0 };
	struct judgement j;
	const struct finding *f;

	w.body = str_of(lines);
	walk_build(&b, &s, &w);
	judge(&s, NULL, &j);
	f = finding_of(&j, id);
	check_true(row, "raised", f != NULL);
	if (str_find_str(f->fix, str_of(has)) == f->fix.n)
		fail_msg("%s: \"%.*s\" lacks \"%s\"", row, STR_ARG(f->fix), has);
	judgement_release(&j);
	session_release(&s);
}

#define POLICY(mx) "version: STSv1\nmode: enforce\nmax_age: 1209600\n" mx

static void
test_fix(void **state)
{
	(void)state;
	check_fix("pattern of the provider", "10 example-com.mail.protection.outlook.com",
		POLICY("mx: mx1.example.com\n"), FINDING_MX_NONE_IN_POLICY,
		"mx: *.mail.protection.outlook.com");
	check_fix("migration", "10 smtp.google.com", POLICY("mx: *.mail.protection.outlook.com\n"),
		FINDING_MX_NONE_IN_POLICY, "keep the lines of the old and the new hosts together");
	check_fix("classic mistake", "10 alt1.aspmx.l.google.com\n1 aspmx.l.google.com",
		POLICY("mx: *.aspmx.l.google.com\n"), FINDING_MX_NOT_IN_POLICY,
		"both lines are needed");
	check_fix("one's own", "10 mx1.example.com\n20 mx2.example.com",
		POLICY("mx: mx1.example.com\n"), FINDING_MX_NOT_IN_POLICY, "mx: mx2.example.com");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
