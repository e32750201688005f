#include "tui/cmd_console.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/render.h"
#include "core/sessfile.h"
#include "net/tls_digest.h"
#include "tui/cmd_check.h"
#include "tui/cmd_lesson.h"
#include "tui/cmd_live.h"
#include "tui/cmd_tlsrpt.h"
#include "tui/config.h"
#include "tui/history.h"
#include "tui/known.h"
#include "tui/console.h"
#include "tui/plain.h"
#include "tui/summary.h"
#include "tui/recent.h"
#include "tui/term.h"

bool
console_is_wanted(const struct options *o)
{
	const char *why;

	if (options_want_report(o) || !isatty(STDOUT_FILENO))
		return false;
	if (o->save != NULL && strcmp(o->save, "-") == 0)
		return false;
	why = term_why_not();
	if (why != NULL)
		cmd_note("%s; here is the report instead", why);
	return why == NULL;
}

static void
feed_keep(void *context, const struct event *event)
{
	recorder_add(context, event);
}

/* A whole new file for w; the console never replaces one. Sessions are offered at the prompt. */
static enum result
write_file(void *context, const char *path, struct str bytes, struct err *err)
{
	struct output out = { .fd = -1, .signal_fd = -1 };
	const struct options *o = context;
	enum result rc = output_open_new(&out, path, err);

	if (rc == RESULT_OK)
		rc = output_write(&out, bytes, err);
	if (rc == RESULT_OK)
		rc = output_commit(&out, err);
	output_release(&out);
	if (rc == RESULT_OK && !o->has_no_history)
		saved_add(path);
	return rc;
}

static enum result
keep_theme(void *context, struct str name, struct err *err)
{
	(void)context;
	return config_keep(SETTING_THEME, name, err);
}

static void
read_themes(void *context, struct arena *a, struct theme_files *out)
{
	(void)context;
	config_themes(a, out);
}

static enum result
add_theme(void *context, struct arena *a, struct str name, struct str text, struct str *path,
	struct err *err)
{
	(void)context;
	return config_theme_add(a, name, text, path, err);
}

/* --color over NO_COLOR over the theme. */
static bool
has_no_color(const struct options *o)
{
	const char *no_color = getenv("NO_COLOR");

	if (o->color != NULL && strcmp(o->color, "always") == 0)
		return false;
	return (o->color != NULL && strcmp(o->color, "never") == 0) ||
	       (no_color != NULL && no_color[0] != '\0');
}

/* A theme by path; the console finds those that have a name. */
static void
set_theme(struct options *o, struct console_options *out)
{
	out->theme = o->theme;
	if (o->theme_file != NULL) {
		struct err err;

		if (input_read(&o->arena, o->theme_file, 65536, &out->theme_text, &err) !=
			RESULT_OK)
			out->notice = arena_printf(&o->arena, "%s", err.text).p;
	} else if (o->theme != NULL && strchr(o->theme, '/') != NULL) {
		out->theme_text = config_theme_text(&o->arena, str_of(o->theme));
	}
}

static void
set_demos(struct options *o, struct offers *out)
{
	struct err err;
	size_t i;

	out->v = arena_array(&o->arena, scenario_count() + 1, sizeof(*out->v));
	for (i = 0; i < scenario_count(); i++) {
		struct scenario scenario;

		if (scenario_shipped(i, &o->arena, &scenario, &err) == RESULT_OK)
			out->v[out->n++] = (struct offer){ .name = scenario.name,
				.about = scenario.title,
				.state = STATE_WAITING };
	}
}

void
console_setup(struct options *o, struct console_options *out)
{
	struct config config;

	config_read(&o->arena, &config);
	out->is_ascii = o->is_ascii;
	out->has_no_color = has_no_color(o);
	out->has_cursor = config_is(&config, SETTING_CURSOR, "visible");
	out->has_no_clipboard = config_is(&config, SETTING_CLIPBOARD, "off");
	out->write_file = write_file;
	out->has_no_history = o->has_no_history;
	out->digest = sha256_hex;
	out->read_file = opened_read;
	out->keep_theme = keep_theme;
	out->read_themes = read_themes;
	out->add_theme = add_theme;
	out->file_context = o;
	set_theme(o, out);
	set_demos(o, &out->demos);
	saved_read(&o->arena, !o->has_no_history, &out->saved);
	if (o->has_no_history)
		return;
	recent_read(&o->arena, &out->recent);
	out->lessons_done = lessons_read(&o->arena);
}

/* What is wanted after this walk, and what goes along. */
struct onward {
	struct arena arena;
	struct console_end end;
	struct reports reports;
};

static void
onward_release(struct onward *onward)
{
	reports_release(&onward->reports);
	arena_release(&onward->arena);
}

/* The servers of the lab are ours: they may be asked more often. Tests set milliseconds. */
static int64_t
watch_us(const struct options *o, const struct walk_setup *setup)
{
	const char *test = getenv("STSWALK_TEST_WATCH_MS");
	uint64_t number = 0;

	if (test != NULL && str_to_u64(str_of(test), 86400000, &number))
		return (int64_t)number * 1000;
	return (setup->lab != NULL ? 5 : o->watch_s) * INT64_C(1000000);
}

static enum result
run(struct options *o, struct walk_setup *setup, struct session *session, struct recorder *recorder,
	struct onward *onward, struct err *err)
{
	struct console_options options = { .session = session,
		.keep = feed_keep,
		.keep_context = recorder,
		.judge = &setup->judge,
		.watch_us = watch_us(o, setup),
		.title = setup->options.scenario,
		.greeting = setup->options.probes_sni ? "also without SNI and with an unknown "
							"name: f and H hold what differs"
						      : NULL,
		.reports = &onward->reports };
	struct live live;
	enum result rc = live_start(&live, setup, session, recorder, err);

	if (rc != RESULT_OK)
		return RESULT_FAILED;
	console_setup(o, &options);
	options.feed = live_feed(&live);
	rc = console_run_on(&options, &onward->arena, &onward->end, err);
	live_end(&live);
	return rc;
}

/* What stands beside the domain, the next time it is asked for. */
void
console_remember(
	const struct options *o, const struct walk_setup *setup, const struct session *session)
{
	struct judgement j;
	struct tm parts = { 0 };
	time_t when = (time_t)session_as_of_s(session);
	char stamp[32] = "";

	if (o->has_no_history || setup->lab != NULL || session->start == NULL)
		return;
	history_keep(session);
	known_keep(session);
	judge(session, &setup->judge, &j);
	if (gmtime_r(&when, &parts) != NULL)
		strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M", &parts);
	recent_add(session_domain(session), str_of(stamp), j.stages[STAGE_VERDICT], j.count);
	judgement_release(&j);
}

static int
walk_once(struct options *o, struct walk_setup *setup, struct onward *onward)
{
	struct recorder recorder;
	struct session session;
	struct err err = { .text = "" };
	int status = 0;

	if (recorder_open(&recorder, o, &err) != RESULT_OK)
		return cmd_complain(&err);
	session_init(&session);
	if (run(o, setup, &session, &recorder, onward, &err) != RESULT_OK)
		status = cmd_complain(&err);
	if (recorder_close(&recorder) != RESULT_OK)
		status = cmd_complain(&recorder.err);
	else if (o->save != NULL && !o->has_no_history)
		saved_add(o->save);
	if (status == 0 && !onward->end.was_killed && onward->end.next == NEXT_NOTHING &&
		!o->has_no_summary)
		summary_print(o, &setup->judge, &session);
	if (status == 0 && !onward->end.was_killed)
		console_remember(o, setup, &session);
	session_release(&session);
	/* The session file was of this walk; those that follow are not in it. */
	o->save = NULL;
	return status;
}

static int
walk_again(struct options *o, struct walk_setup *setup, struct onward *onward)
{
	int status;

	do {
		onward->end = (struct console_end){ 0 };
		status = walk_once(o, setup, onward);
		/* Asked for once, the SNI probe stays on for this domain. */
		if (onward->end.next == NEXT_SNI)
			setup->options.probes_sni = true;
	} while (status == 0 && (onward->end.next == NEXT_AGAIN || onward->end.next == NEXT_SNI));
	return status;
}

/* The domain prompt as a screen. */
static int
ask_on_screen(struct options *o, const char *notice, struct onward *onward)
{
	struct console_options options = { .session = NULL, .reports = &onward->reports };
	struct judge_options judge_options = { 0 };
	struct session session;
	struct err err = { .text = "" };
	int status = 0;

	session_init(&session);
	options.session = &session;
	options.feed.fd = -1;
	options.judge = &judge_options;
	options.is_home = true;
	console_setup(o, &options);
	if (notice != NULL)
		options.notice = notice;
	onward->end = (struct console_end){ 0 };
	if (console_run_on(&options, &onward->arena, &onward->end, &err) != RESULT_OK)
		status = cmd_complain(&err);
	session_release(&session);
	return status;
}

/* A session file in place of a walk. */
static int
show_file(struct options *o, struct onward *onward, struct err *problem)
{
	const struct judge_options judge_options = { .warn_days = o->warn_days };
	struct console_options options = {
		.feed = { .fd = -1 }, .judge = &judge_options, .reports = &onward->reports
	};
	struct session session;
	struct str file, warning = STR_EMPTY;
	struct err err = { .text = "" };
	int status = 0;

	if (input_read(&o->arena, onward->end.name.p, LIMIT_SESSION_BYTES, &file, problem) !=
		RESULT_OK)
		return 0;
	session_init(&session);
	options.session = &session;
	options.title = "opened";
	console_setup(o, &options);
	if (sessfile_read(file, &session, &warning, problem) == RESULT_OK) {
		if (warning.n > 0)
			options.notice = arena_str(&o->arena, warning).p;
		onward->end = (struct console_end){ 0 };
		if (console_run_on(&options, &onward->arena, &onward->end, &err) != RESULT_OK)
			status = cmd_complain(&err);
	}
	session_release(&session);
	return status;
}

static int
show_lesson(struct options *o, const struct walk_setup *setup, const struct lesson *lesson,
	struct session *sessions, struct onward *onward)
{
	struct console_options options = { .session = &sessions[0],
		.feed = { .fd = -1 },
		.reports = &onward->reports,
		.judge = &setup->judge,
		.title = "lab",
		.lesson = lesson,
		.lesson_sessions = sessions };
	struct err err = { .text = "" };

	console_setup(o, &options);
	onward->end = (struct console_end){ 0 };
	if (console_run_on(&options, &onward->arena, &onward->end, &err) != RESULT_OK)
		return cmd_complain(&err);
	if (onward->end.has_done_lesson && !o->has_no_history)
		lessons_add(lesson->name);
	return 0;
}

/* A lesson of the list: its acts are walked, then told. */
static int
walk_lesson(struct options *o, struct onward *onward, struct err *problem)
{
	struct walk_setup setup = { 0 };
	struct lesson_walk w = { 0 };
	struct scenario scenario;
	int status = 0;

	if (scenario_find(onward->end.name, &o->arena, &scenario, problem) == RESULT_OK &&
		walk_setup_open(&setup, o, problem) == RESULT_OK &&
		walk_setup_lab(&setup, &scenario, problem) == RESULT_OK &&
		lesson_walk(&w, &setup, &scenario, false, problem) == RESULT_OK) {
		lesson_number(&w.lesson, scenario.name);
		status = show_lesson(o, &setup, &w.lesson, w.sessions, onward);
	}
	lesson_walk_release(&w);
	walk_setup_release(&setup);
	return status;
}

/* One more walk or file; what cannot be done is told at the prompt, not at the shell. */
static int
go_on(struct options *o, struct onward *onward, struct err *problem)
{
	struct walk_setup setup = { 0 };
	struct domain *domains = NULL;
	struct scenario scenario;
	enum console_next next = onward->end.next;
	int status = 0;

	problem->text[0] = '\0';
	if (next == NEXT_FILE)
		return show_file(o, onward, problem);
	if (next == NEXT_LESSON)
		return walk_lesson(o, onward, problem);
	o->operands = (struct strs){ 0 };
	arena_push(&o->arena, &o->operands, arena_str(&o->arena, onward->end.name));
	if (next == NEXT_DEMO) {
		if (scenario_find(onward->end.name, &o->arena, &scenario, problem) == RESULT_OK &&
			walk_setup_open(&setup, o, problem) == RESULT_OK &&
			walk_setup_lab(&setup, &scenario, problem) == RESULT_OK)
			status = walk_again(o, &setup, onward);
	} else if (check_operands(o, &o->arena, &domains, problem) == RESULT_OK &&
		   walk_setup_open(&setup, o, problem) == RESULT_OK) {
		setup.options.domain = domains[0];
		status = walk_again(o, &setup, onward);
	}
	walk_setup_release(&setup);
	return status;
}

/* Until the user leaves. */
static int
follow_on(struct options *o, struct onward *onward)
{
	struct err problem = { .text = "" };
	int status = 0;

	while (status == 0 && onward->end.next != NEXT_NOTHING) {
		status = go_on(o, onward, &problem);
		if (status == 0 && problem.text[0] != '\0')
			status = ask_on_screen(
				o, arena_printf(&o->arena, "%s", problem.text).p, onward);
	}
	return status;
}

int
console_session(struct options *o, struct session *session, struct feed feed, const char *notice)
{
	const struct judge_options how = { .warn_days = o->warn_days, .require = o->require };
	struct onward onward = { 0 };
	struct console_options options = {
		.session = session, .feed = feed, .judge = &how, .reports = &onward.reports
	};
	struct err err = { .text = "" };
	int status = 0;

	options.title = feed.fd < 0 ? "opened" : "followed";
	console_setup(o, &options);
	if (notice != NULL && notice[0] != '\0')
		options.notice = notice;
	if (console_run_on(&options, &onward.arena, &onward.end, &err) != RESULT_OK)
		status = cmd_complain(&err);
	else if (onward.end.was_killed)
		status = EXIT_INTERRUPTED;
	else if (onward.end.next == NEXT_NOTHING && !o->has_no_summary)
		summary_print(o, &how, session);
	if (onward.end.next == NEXT_AGAIN || onward.end.next == NEXT_SNI) {
		/* Of a walk elsewhere: the next one is from here. */
		onward.end.next = NEXT_DOMAIN;
		onward.end.name = arena_str(&onward.arena, session_domain(session));
	}
	if (status == 0)
		status = follow_on(o, &onward);
	onward_release(&onward);
	return status;
}

int
console_walk(struct options *o, struct walk_setup *setup)
{
	struct onward onward = { 0 };
	int status = walk_again(o, setup, &onward);

	if (status == 0)
		status = follow_on(o, &onward);
	onward_release(&onward);
	return status;
}

int
console_lesson(struct options *o, const struct walk_setup *setup, const struct lesson *lesson,
	struct session *sessions)
{
	struct onward onward = { 0 };
	int status = show_lesson(o, setup, lesson, sessions, &onward);

	if (status == 0)
		status = follow_on(o, &onward);
	onward_release(&onward);
	return status;
}

static int
console_home(struct options *o)
{
	struct onward onward = { 0 };
	int status = ask_on_screen(o, NULL, &onward);

	if (status == 0)
		status = follow_on(o, &onward);
	onward_release(&onward);
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
	bool is_screen = !o->is_plain && console_is_wanted(o);
	int status;

	if (o->operands.n == 0 && is_screen)
		return console_home(o);
	if ((o->operands.n == 0 && ask_domain(o, &err) != RESULT_OK) ||
		check_operands(o, &o->arena, &domains, &err) != RESULT_OK ||
		walk_setup_open(&setup, o, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else if (is_screen) {
		setup.options.domain = domains[0];
		status = console_walk(o, &setup);
	} else if (o->is_plain) {
		setup.options.domain = domains[0];
		status = plain_walk(o, &setup);
	} else {
		status = check_domains(o, &setup, domains, 1);
	}
	walk_setup_release(&setup);
	return status;
}
