/* Every step stalled in turn: cancel ends the walk there, and leaves neither descriptor nor thread. */
#include "tests/support/check.h"

#include <string.h>

#include "core/finding.h"
#include "tests/support/lab_walk.h"
#include "tests/support/own_things.h"

#define HEAD "title t\ndomain stall.test\n[dns]\n"
#define RECORD "_mta-sts TXT \"v=STSv1; id=1;\"\n"
#define POLICY "[policy]\nversion: STSv1\nmode: enforce\nmax_age: 604800\nmx: mail.stall.test\n"

struct stall {
	const char *name;
	const char *text; /* the scenario */
	/* The event that shows that the step has begun. */
	enum event_kind kind;
	const char *job; /* how its job begins */
	const char *says; /* part of an smtp-line, NULL for any */
};

static const struct stall stalls[] = {
	{ "dns txt", HEAD "_mta-sts TXT !drop\n", EV_DNS_QUESTION, "dns:TXT:_mta-sts", NULL },
	{ "dns mx", HEAD RECORD "@ MX !drop\n", EV_DNS_QUESTION, "dns:MX:", NULL },
	{ "dns mx host", HEAD RECORD "mail A !drop\n[mx 10 mail]\n", EV_DNS_QUESTION, "dns:A:mail",
		NULL },
	{ "dns over tcp", HEAD "_mta-sts TXT !truncate\n_mta-sts TXT !delay 600000\n",
		EV_DNS_QUESTION, "dns:TXT:_mta-sts", NULL },
	{ "https hello", HEAD RECORD "[https]\ntls stall\n", EV_TLS_START, "https:", NULL },
	{ "https accepted only", HEAD RECORD "[https]\nconnect stall\n", EV_TLS_START,
		"https:", NULL },
	{ "https answer", HEAD RECORD POLICY "[https]\nanswer stall\n", EV_HTTP_REQUEST,
		"https:", NULL },
	{ "https body",
		HEAD RECORD "[https]\nanswer say HTTP/1.1 200 OK\\r\\nContent-Length: 99\\r\\n\n"
			    "answer say version: STSv1\nanswer stall\n",
		EV_HTTP_HEADER, "https:", NULL },
	{ "smtp banner", HEAD "[mx 10 mail]\nbanner stall\n", EV_CONNECT, "smtp:", NULL },
	{ "smtp half a banner", HEAD "[mx 10 mail]\nbanner say 220-mail\nbanner stall\n",
		EV_SMTP_LINE, "smtp:", "220-mail" },
	{ "smtp ehlo", HEAD "[mx 10 mail]\nehlo stall\n", EV_SMTP_LINE, "smtp:", "EHLO" },
	{ "smtp half an ehlo reply", HEAD "[mx 10 mail]\nehlo say 250-mail\nehlo stall\n",
		EV_SMTP_LINE, "smtp:", "250-mail" },
	{ "smtp starttls", HEAD "[mx 10 mail]\nstarttls stall\n", EV_SMTP_LINE,
		"smtp:", "STARTTLS" },
	{ "smtp hello", HEAD "[mx 10 mail]\ntls stall\n", EV_TLS_START, "smtp:", NULL },
	{ "smtp ehlo in tls", HEAD RECORD "[https]\nanswer stall\n[mx 10 mail]\nehlo-tls stall\n",
		EV_CERT_VERDICT, "smtp:", NULL },
	{ "smtp quit", HEAD RECORD "[https]\nanswer stall\n[mx 10 mail]\nquit stall\n",
		EV_SMTP_LINE, "smtp:", "QUIT" },
};

static bool
has_begun(const struct event *e, void *arg)
{
	const struct stall *stall = arg;
	const struct ev_smtp_line *line = e->payload;

	if (e->kind != stall->kind || !str_starts(e->job, str_of(stall->job)))
		return false;
	return stall->says == NULL || str_find_str(line->text, str_of(stall->says)) < line->text.n;
}

/* What the operator cut short is laid neither on the domain nor on this side. */
static void
check_judgement(const char *row, const struct session *s)
{
	struct judgement j;

	judge(s, NULL, &j);
	for (size_t i = 0; i < j.count; i++) {
		const struct finding *f = &j.findings[i];

		if (f->severity == SEVERITY_INCONCLUSIVE ||
			str_find_str(f->detail, STR("cancelled")) < f->detail.n ||
			str_find_str(f->detail, STR("not asked")) < f->detail.n)
			fail_msg("%s: %s: %.*s", row, f->type->name, STR_ARG(f->detail));
	}
	judgement_release(&j);
}

static void
walk_and_cancel(const struct stall *row)
{
	struct stall stall = *row;
	struct arena a = { 0 };
	struct scenario scenario;
	struct walk_options options;
	struct session s;
	struct lab *lab = NULL;
	struct walk *w;
	struct err err = { 0 };

	session_init(&s);
	if (scenario_parse(STR("stall"), str_of(row->text), &a, &scenario, &err) != RESULT_OK ||
		lab_start(&lab, &scenario, NULL, &err) != RESULT_OK)
		fail_msg("%s: %s", row->name, err.text);
	lab_walk_options(lab, &options);
	if (walk_start(&w, &options, &err) != RESULT_OK)
		fail_msg("%s: %s", row->name, err.text);
	check_true(row->name, "the step begins", lab_walk_until(w, &s, has_begun, &stall));
	walk_cancel(w);
	lab_walk_until(w, &s, NULL, NULL);
	check_int(row->name, "how it ends", s.end_reason, END_CANCELLED);
	check_judgement(row->name, &s);
	walk_free(w);
	lab_stop(lab);
	session_release(&s);
	arena_release(&a);
}

/* The same steps, where only the probe is stopped: the walk ends by itself, and well. */
static void
walk_and_stop(const struct stall *row)
{
	struct stall stall = *row;
	const bool is_https = str_starts(str_of(row->job), STR("https:"));
	const struct attempt *t;
	struct arena a = { 0 };
	struct scenario scenario;
	struct walk_options options;
	struct session s;
	struct lab *lab = NULL;
	struct walk *w;
	struct err err = { 0 };

	session_init(&s);
	if (scenario_parse(STR("stall"), str_of(row->text), &a, &scenario, &err) != RESULT_OK ||
		lab_start(&lab, &scenario, NULL, &err) != RESULT_OK)
		fail_msg("%s: %s", row->name, err.text);
	lab_walk_options(lab, &options);
	if (walk_start(&w, &options, &err) != RESULT_OK)
		fail_msg("%s: %s", row->name, err.text);
	check_true(row->name, "the step begins", lab_walk_until(w, &s, has_begun, &stall));
	check_int(row->name, "probes",
		walk_stop(w, is_https ? ATTEMPT_HTTPS : ATTEMPT_SMTP,
			is_https ? STR("mta-sts.stall.test") : STR("mail.stall.test"), STR_EMPTY),
		1);
	lab_walk_until(w, &s, NULL, NULL);
	check_int(row->name, "how it ends", s.end_reason, END_DONE);
	t = is_https ? s.https[0] : s.hosts[0]->addresses[0];
	check_int(row->name, "how the probe ends", t->end_outcome, OUTCOME_STOPPED);
	check_judgement(row->name, &s);
	walk_free(w);
	lab_stop(lab);
	session_release(&s);
	arena_release(&a);
}

static void
check_nothing_left(const char *row, struct own_things before)
{
	struct own_things after = own_things_settled(before);

	check_int(row, "descriptors", after.descriptors, before.descriptors);
	check_int(row, "threads", after.threads, before.threads);
}

static void
test_every_stalled_step(void **state)
{
	struct own_things before;

	(void)state;
	walk_and_cancel(&stalls[0]); /* what libraries open once is not left behind */
	walk_and_cancel(&stalls[6]);
	before = own_things();
	for (size_t i = 0; i < ROWS(stalls); i++) {
		walk_and_cancel(&stalls[i]);
		check_nothing_left(stalls[i].name, before);
	}
}

static void
test_every_stopped_probe(void **state)
{
	struct own_things before = own_things();

	(void)state;
	for (size_t i = 0; i < ROWS(stalls); i++) {
		/* Lookups are not stopped; and where the walk has a second stall, it would not end. */
		if (str_starts(str_of(stalls[i].job), STR("dns:")) ||
			strstr(stalls[i].text, "answer stall\n[mx") != NULL)
			continue;
		walk_and_stop(&stalls[i]);
		check_nothing_left(stalls[i].name, before);
	}
}

/* The lab alone may go while a walk is at it: the peers are gone then, and that is data. */
static void
test_free_without_end(void **state)
{
	struct own_things before = own_things();

	(void)state;
	for (size_t i = 0; i < ROWS(stalls); i++) {
		struct arena a = { 0 };
		struct scenario scenario;
		struct walk_options options;
		struct lab *lab = NULL;
		struct walk *w;
		struct err err = { 0 };

		if (scenario_parse(STR("stall"), str_of(stalls[i].text), &a, &scenario, &err) !=
				RESULT_OK ||
			lab_start(&lab, &scenario, NULL, &err) != RESULT_OK)
			fail_msg("%s: %s", stalls[i].name, err.text);
		lab_walk_options(lab, &options);
		if (walk_start(&w, &options, &err) != RESULT_OK)
			fail_msg("%s: %s", stalls[i].name, err.text);
		walk_free(w);
		lab_stop(lab);
		arena_release(&a);
		check_nothing_left(stalls[i].name, before);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_stalled_step),
		cmocka_unit_test(test_every_stopped_probe),
		cmocka_unit_test(test_free_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
