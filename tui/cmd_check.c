#include "tui/cmd_check.h"

#include <string.h>
#include <unistd.h>

#include "tui/cmd_report.h"
#include "tui/history.h"
#include "tui/known.h"

/* One run of the command. */
struct check {
	const struct options *options;
	const struct walk_setup *setup;
	struct output report;
	struct recorder recorder;
	struct interrupts interrupts;
	int exit; /* of the domains so far */
	size_t reports;
};

/* Of several domains the worst counts: error, could not tell, warning, nothing. */
static int
worse(int a, int b)
{
	static const int rank[] = { 0, 1, 3, 2 };

	return rank[a & 3] >= rank[b & 3] ? a : b;
}

static enum result
report(struct check *c, const struct session *session, struct err *err)
{
	struct buf text = BUF_INIT(0);
	int status = 0;
	enum result rc;

	rc = report_session(c->options, &c->setup->judge, session, c->reports, &text, &status, err);
	if (rc == RESULT_OK) {
		c->exit = worse(c->exit, status);
		c->reports++;
		rc = output_write(&c->report, buf_str(&text), err);
	}
	buf_release(&text);
	return rc;
}

/* What closes a page of several reports. */
static enum result
close_report(struct check *c, struct err *err)
{
	struct buf text = BUF_INIT(0);
	enum result rc = RESULT_OK;

	report_end(c->options, &text);
	if (c->reports > 0 && text.n > 0)
		rc = output_write(&c->report, buf_str(&text), err);
	if (rc == RESULT_OK)
		rc = output_commit(&c->report, err);
	buf_release(&text);
	return rc;
}

static enum result
check_one(struct check *c, const struct domain *domain, struct err *err)
{
	struct walk_setup setup = *c->setup; /* the domain differs; nothing of it is owned here */
	struct session session;
	enum result rc;

	if (domain != NULL)
		setup.options.domain = *domain;
	session_init(&session);
	rc = walk_follow(&setup, &session, &c->recorder, &c->interrupts, err);
	if (rc == RESULT_OK)
		rc = report(c, &session, err);
	if (rc == RESULT_OK && !c->options->has_no_history && setup.lab == NULL) {
		history_keep(&session);
		known_keep(&session);
	}
	session_release(&session);
	return rc;
}

/* Every place that is written to, before anything is walked. */
static enum result
open_outputs(struct check *c, struct err *err)
{
	const struct options *o = c->options;

	if (recorder_open(&c->recorder, o, err) != RESULT_OK)
		return RESULT_FAILED;
	if (o->output != NULL)
		return output_open(&c->report, o->output, o->is_forced, err);
	if (c->recorder.is_stream)
		output_open_fd(&c->report, STDERR_FILENO, "standard error");
	else
		output_open_fd(&c->report, STDOUT_FILENO, "standard output");
	return RESULT_OK;
}

/* Bad outputs count more than any verdict, and an interrupt more than these. */
static int
finish(struct check *c, enum result rc, struct err *err)
{
	int status = c->exit;

	if (rc == RESULT_OK)
		rc = close_report(c, err);
	if (recorder_close(&c->recorder) != RESULT_OK)
		status = cmd_complain(&c->recorder.err);
	if (rc != RESULT_OK && c->interrupts.number == 0) {
		err->exit = err->exit != 0 ? err->exit : EXIT_OUTPUT;
		status = cmd_complain(err);
	}
	interrupts_end(&c->interrupts);
	if (c->interrupts.number != 0)
		status = interrupts_exit(&c->interrupts);
	return status;
}

int
check_domains(const struct options *o, struct walk_setup *setup, const struct domain *domains,
	size_t count)
{
	struct check c = { .options = o,
		.setup = setup,
		.report = { .fd = -1, .signal_fd = -1 },
		.interrupts = { .fd = -1 } };
	struct err err = { .text = "" };
	enum result rc = interrupts_begin(&c.interrupts, &err);
	int status;

	if (rc == RESULT_OK)
		rc = open_outputs(&c, &err);
	c.report.signal_fd = c.interrupts.fd;
	for (size_t i = 0; rc == RESULT_OK && i < count && c.interrupts.number == 0; i++)
		rc = check_one(&c, setup->lab != NULL ? NULL : &domains[i], &err);
	status = finish(&c, rc, &err);
	output_release(&c.report);
	return status;
}

enum result
check_operands(struct options *o, struct arena *a, struct domain **domains, struct err *err)
{
	*domains = arena_array(a, o->operands.n, sizeof(**domains));
	for (size_t i = 0; i < o->operands.n; i++)
		if (domain_parse(a, o->operands.v[i], &(*domains)[i], err) != RESULT_OK)
			return RESULT_FAILED;
	return RESULT_OK;
}

int
cmd_check(struct options *o)
{
	struct walk_setup setup = { 0 };
	struct domain *domains = NULL;
	struct err err = { .text = "" };
	int status;

	if (check_operands(o, &o->arena, &domains, &err) != RESULT_OK ||
		walk_setup_open(&setup, o, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else
		status = check_domains(o, &setup, domains, o->operands.n);
	walk_setup_release(&setup);
	return status;
}
