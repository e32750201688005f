#include "tui/cmd_console.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/render.h"
#include "tui/cmd_check.h"
#include "tui/console.h"
#include "tui/term.h"

bool
console_is_wanted(const struct options *o)
{
	const char *why;

	if (o->format != FORMAT_UNSET || o->output != NULL || !isatty(STDOUT_FILENO))
		return false;
	if (o->save != NULL && strcmp(o->save, "-") == 0)
		return false;
	why = term_why_not();
	if (why != NULL)
		cmd_note("%s; here is the report instead", why);
	return why == NULL;
}

/* The console's feed is the walk. */
static bool
feed_take(void *context, const struct event **event)
{
	return walk_take(context, event);
}

static void
feed_cancel(void *context)
{
	walk_cancel(context);
}

static int64_t
feed_now_us(void *context)
{
	return walk_now_us(context);
}

static void
feed_keep(void *context, const struct event *event)
{
	recorder_add(context, event);
}

/* Left early: the rest of the events still completes the session file. */
static void
drain(struct walk *walk, struct session *session, struct recorder *recorder)
{
	walk_cancel(walk);
	while (!session->is_ended) {
		const struct event *event;
		struct pollfd fd = { .fd = walk_fd(walk), .events = POLLIN };

		while (walk_take(walk, &event)) {
			session_apply(session, event);
			recorder_add(recorder, event);
		}
		if (!session->is_ended)
			poll(&fd, 1, -1);
	}
}

/* What stays in the scrollback. */
static void
print_summary(
	const struct options *o, const struct walk_setup *setup, const struct session *session)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(0);
	struct judgement j;
	struct safe headline;

	judge(session, &setup->judge, &j);
	headline = safe_text(&a, j.headline, 0);
	if (cmd_is_ascii(o))
		headline = safe_ascii(&a, headline);
	buf_addf(&text, "%.*s: %.*s\n", STR_ARG(session_domain(session)), SAFE_ARG(headline));
	buf_addf(&text, "%zu errors, %zu warnings; %zu of %zu addresses tested\n",
		j.counts[SEVERITY_ERROR], j.counts[SEVERITY_WARNING], j.tested, j.addresses);
	buf_addf(&text, "`stswalk check` would exit %d\n", j.exit);
	if (o->save != NULL)
		buf_addf(&text, "saved: %.*s\n", SAFE_ARG(safe_text(&a, str_of(o->save), 200)));
	cmd_print(&(struct options){ 0 }, buf_str(&text), 0);
	buf_release(&text);
	judgement_release(&j);
	arena_release(&a);
}

static enum result
run(const struct options *o, struct walk_setup *setup, struct session *session,
	struct recorder *recorder, bool *was_killed, struct err *err)
{
	const char *no_color = getenv("NO_COLOR");
	struct walk *walk;
	struct console_options options = { .session = session,
		.keep = feed_keep,
		.keep_context = recorder,
		.judge = &setup->judge,
		.title = setup->options.scenario,
		.is_ascii = o->is_ascii,
		.has_no_color = no_color != NULL && no_color[0] != '\0' };
	enum result rc;

	if (walk_start(&walk, &setup->options, err) != RESULT_OK)
		return RESULT_FAILED;
	options.feed = (struct feed){ walk_fd(walk), feed_take, feed_cancel, feed_now_us, walk };
	rc = console_run(&options, was_killed, err);
	drain(walk, session, recorder);
	walk_free(walk);
	return rc;
}

int
console_walk(const struct options *o, struct walk_setup *setup)
{
	struct recorder recorder;
	struct session session;
	struct err err = { .text = "" };
	bool was_killed = false;
	int status = 0;

	if (recorder_open(&recorder, o, &err) != RESULT_OK)
		return cmd_complain(&err);
	session_init(&session);
	if (run(o, setup, &session, &recorder, &was_killed, &err) != RESULT_OK)
		status = cmd_complain(&err);
	if (recorder_close(&recorder) != RESULT_OK)
		status = cmd_complain(&recorder.err);
	if (status == 0 && was_killed)
		status = EXIT_INTERRUPTED;
	else if (status == 0)
		print_summary(o, setup, &session);
	session_release(&session);
	return status;
}

/* The domain by a plain prompt, when none was given and somebody is there to ask. */
static enum result
ask_domain(struct options *o, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, EXIT_USAGE,
			"expected a DOMAIN, as `stswalk example.com`; `stswalk --help` says more");
	fputs("Domain: ", stdout);
	fflush(stdout);
	n = getline(&line, &size, stdin);
	if (n > 0)
		arena_push(&o->arena, &o->operands,
			arena_str(&o->arena, str_trim((struct str){ line, (size_t)n })));
	free(line);
	return n > 0 ? RESULT_OK
		     : err_set(err, EXIT_USAGE, "expected a DOMAIN, but none was typed");
}

int
cmd_console(struct options *o)
{
	struct walk_setup setup = { 0 };
	struct domain *domains = NULL;
	struct err err = { .text = "" };
	int status;

	if ((o->operands.n == 0 && ask_domain(o, &err) != RESULT_OK) ||
		check_operands(o, &o->arena, &domains, &err) != RESULT_OK ||
		walk_setup_open(&setup, o, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else if (console_is_wanted(o)) {
		setup.options.domain = domains[0];
		status = console_walk(o, &setup);
	} else {
		status = check_domains(o, &setup, domains, 1);
	}
	walk_setup_release(&setup);
	return status;
}
