#include "tui/cmd_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/redact.h"
#include "core/safe.h"
#include "core/sessfile.h"
#include "tui/history.h"
#include "tui/known.h"

#define RESOLV_CONF "/etc/resolv.conf"

static enum result
add_resolver(struct walk_setup *s, struct str word, struct err *err)
{
	struct resolver_config *config = &s->resolvers;
	const struct safe shown = safe_text(&s->arena, word, 80);

	if (config->count == LIMIT_RESOLVERS)
		return err_set(err, EXIT_USAGE, "--resolver '%.*s': at most %d resolvers are asked",
			SAFE_ARG(shown), LIMIT_RESOLVERS);
	if (!addr_parse(word, 53, &config->servers[config->count]))
		return err_set(err, EXIT_USAGE,
			"--resolver '%.*s': expected an address, as 192.0.2.53, 192.0.2.53:5353, "
			"2001:db8::53 or [2001:db8::53]:5353",
			SAFE_ARG(shown));
	config->count++;
	return RESULT_OK;
}

static enum result
set_resolvers(struct walk_setup *s, const struct options *o, struct err *err)
{
	struct resolver_config *config = &s->resolvers;
	bool is_local = true;

	/* The search domain is wanted for the EHLO name, whoever answers. */
	resolver_config_read(&s->arena, RESOLV_CONF, config);
	if (o->resolvers.n > 0) {
		config->count = 0;
		config->trusts_ad = false;
	}
	for (size_t i = 0; i < o->resolvers.n; i++)
		if (add_resolver(s, o->resolvers.v[i], err) != RESULT_OK)
			return RESULT_FAILED;
	for (size_t i = 0; i < config->count; i++)
		is_local = is_local && addr_is_loopback(&config->servers[i]);
	s->options.resolvers = config;
	s->options.names_resolver = o->resolvers.n > 0;
	s->options.is_ad_trusted = o->trusts_ad || config->trusts_ad ||
				   (config->count > 0 && is_local);
	return RESULT_OK;
}

/* Which options make this walk not the real one. */
static void
set_rehearsal(struct walk_setup *s, const struct options *o)
{
	const struct {
		bool is_given;
		const char *name;
	} rows[] = {
		{ o->ca_file != NULL, "--ca-file" },
		{ o->ca_dir != NULL, "--ca-dir" },
		{ s->options.https_port != 443, "--https-port" },
		{ s->options.smtp_port != 25, "--smtp-port" },
		{ o->policy != NULL, "--policy" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].is_given)
			arena_push(&s->arena, &s->options.rehearsal, str_of(rows[i].name));
}

static void
set_names(struct walk_setup *s, const struct options *o)
{
	char *name = arena_alloc(&s->arena, 257);

	if (gethostname(name, 256) != 0)
		name[0] = '\0';
	s->options.host = name;
	s->options.ehlo = o->ehlo != NULL ? o->ehlo
					  : walk_default_ehlo(&s->arena, &s->resolvers, name);
}

/* The walk appends to it later; here only whether it can. */
static enum result
check_trace(struct walk_setup *s, const char *path, struct err *err)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		return err_set(err, EXIT_OUTPUT, "--trace %.*s: cannot be written: %s",
			SAFE_ARG(safe_text(&s->arena, str_of(path), 200)), strerror(errno));
	close(fd);
	return RESULT_OK;
}

static enum result
set_known(struct walk_setup *s, const struct options *o, struct err *err)
{
	struct known known;

	if (known_read(&s->arena, o, &known, err) != RESULT_OK)
		return RESULT_FAILED;
	s->options.rehearsed = known.rehearsed;
	s->options.cached = known.cached;
	s->options.cached_count = known.cached_count;
	return RESULT_OK;
}

struct walk_options
walk_setup_recall(const struct walk_setup *s, struct arena *a)
{
	struct walk_options options = s->options;
	struct known known = { .cached_count = options.cached_count };

	if (s->has_no_history || s->lab != NULL)
		return options;
	known.cached = arena_array(a, options.cached_count + 1, sizeof(*known.cached));
	for (size_t i = 0; i < options.cached_count; i++)
		known.cached[i] = options.cached[i];
	known_recall(a, options.domain.ascii, (int64_t)time(NULL), &known);
	options.cached = known.cached;
	options.cached_count = known.cached_count;
	/* A rehearsal differs because of what is rehearsed. */
	if (options.rehearsal.n == 0)
		options.last_walk = history_recall(a, options.domain.ascii, &s->judge);
	return options;
}

enum result
walk_setup_open(struct walk_setup *s, const struct options *o, struct err *err)
{
	*s = (struct walk_setup){ 0 };
	s->options.https_port = o->https_port > 0 ? (unsigned)o->https_port : 443;
	s->options.smtp_port = o->smtp_port > 0 ? (unsigned)o->smtp_port : 25;
	s->options.wants_ipv4 = !o->only_ipv6;
	s->options.wants_ipv6 = !o->only_ipv4;
	s->options.budget_ms = o->timeout_s > 0 ? o->timeout_s * 1000 : LIMIT_WALK_MS;
	s->options.trace_path = o->trace;
	s->has_no_history = o->has_no_history;
	s->judge.warn_days = o->warn_days;
	s->judge.require = o->require;
	if (set_resolvers(s, o, err) != RESULT_OK)
		return RESULT_FAILED;
	set_names(s, o);
	set_rehearsal(s, o);
	if (walk_setup_deep(s, o, err) != RESULT_OK || set_known(s, o, err) != RESULT_OK)
		return RESULT_FAILED;
	if (o->trace != NULL && check_trace(s, o->trace, err) != RESULT_OK)
		return RESULT_FAILED;
	if (trust_open(&s->trust, o->ca_file, o->ca_dir, err) != RESULT_OK)
		return RESULT_FAILED;
	s->options.trust = s->trust;
	return RESULT_OK;
}

enum result
walk_setup_lab(struct walk_setup *s, const struct scenario *scenario, struct err *err)
{
	const struct lab_options options = { 0 };
	bool is_listed = false;

	if (lab_start(&s->lab, scenario, &options, err) != RESULT_OK)
		return RESULT_FAILED;
	lab_apply(s->lab, &s->options);
	if (s->has_no_controls)
		s->options.controls = (struct strs){ 0 };
	for (size_t i = 0; i < s->options.rehearsal.n; i++)
		is_listed = is_listed || str_is(s->options.rehearsal.v[i], "lab");
	if (!is_listed)
		arena_push(&s->arena, &s->options.rehearsal, STR("lab"));
	return RESULT_OK;
}

void
walk_setup_release(struct walk_setup *s)
{
	lab_stop(s->lab);
	trust_free(s->trust);
	arena_release(&s->arena);
	*s = (struct walk_setup){ 0 };
}

enum result
recorder_open(struct recorder *r, const struct options *o, struct err *err)
{
	*r = (struct recorder){ .output = { .fd = -1, .signal_fd = -1 } };
	if (o->save == NULL)
		return RESULT_OK;
	r->is_stream = strcmp(o->save, "-") == 0;
	if (output_open(&r->output, o->save, o->is_forced, err) != RESULT_OK) {
		output_release(&r->output);
		return RESULT_FAILED;
	}
	r->is_open = true;
	r->redact = o->redact;
	session_init(&r->held);
	return RESULT_OK;
}

/* The bytes that an event adds to the file. */
static void
write_event(struct recorder *r, const struct event *event)
{
	if (r->redact != 0) {
		session_apply(&r->held, event);
		if (event->kind == EV_END)
			session_redact_write(&r->held, r->redact, &r->line);
		return;
	}
	if (event->kind == EV_WALK_START)
		sessfile_write_header(&r->line, event->payload);
	sessfile_write_event(&r->line, event);
}

void
recorder_add(struct recorder *r, const struct event *event)
{
	if (!r->is_open || r->has_failed || r->is_whole)
		return;
	buf_clear(&r->line);
	write_event(r, event);
	if (output_write(&r->output, buf_str(&r->line), &r->err) != RESULT_OK)
		r->has_failed = true;
	r->has_end = event->kind == EV_END;
}

enum result
recorder_restart(struct recorder *r, struct err *err)
{
	if (r->is_open && !output_is_file(&r->output))
		return err_set(err, EXIT_OUTPUT,
			"--save goes to a pipe, which has the walk already: w saves to a file, "
			"r walks anew");
	r->is_whole = r->is_open;
	return RESULT_OK;
}

void
recorder_finish(struct recorder *r, const struct session *s)
{
	if (!r->is_whole || r->has_failed)
		return;
	buf_clear(&r->line);
	session_redact_write(s, r->redact, &r->line);
	if (output_restart(&r->output, &r->err) != RESULT_OK ||
		output_write(&r->output, buf_str(&r->line), &r->err) != RESULT_OK)
		r->has_failed = true;
	r->has_end = s->is_ended;
}

enum result
recorder_close(struct recorder *r)
{
	enum result rc = RESULT_OK;

	if (r->is_open && r->has_end && !r->has_failed)
		r->has_failed = output_commit(&r->output, &r->err) != RESULT_OK;
	if (r->has_failed) {
		r->err.exit = EXIT_OUTPUT;
		rc = RESULT_FAILED;
	}
	output_release(&r->output);
	buf_release(&r->line);
	session_release(&r->held);
	r->is_open = false;
	return rc;
}

static void
interrupt_set(sigset_t *set)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction action;

		if (sigaction(numbers[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(set, numbers[i]);
	}
}

enum result
interrupts_begin(struct interrupts *i, struct err *err)
{
	*i = (struct interrupts){ .fd = -1 };
	interrupt_set(&i->set);
	i->fd = signalfd(-1, &i->set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (i->fd < 0)
		return err_set(
			err, EXIT_FAULT, "signals cannot be waited for: %s", strerror(errno));
	/* Threads of the walk inherit the mask, so that every signal comes to the descriptor. */
	sigprocmask(SIG_BLOCK, &i->set, NULL);
	return RESULT_OK;
}

static void
interrupts_take(struct interrupts *i)
{
	struct signalfd_siginfo info;

	while (read(i->fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		i->number = (int)info.ssi_signo;
}

void
interrupts_end(struct interrupts *i)
{
	if (i->fd < 0)
		return;
	interrupts_take(i);
	close(i->fd);
	i->fd = -1;
	sigprocmask(SIG_UNBLOCK, &i->set, NULL);
}

int
interrupts_exit(const struct interrupts *i)
{
	return i->number == SIGINT ? EXIT_INTERRUPTED : 128 + i->number;
}

/* Fold and record what waits; true once the last event has come. */
static bool
take_events(struct walk *walk, struct session *session, struct recorder *recorder)
{
	const struct event *event;

	while (walk_take(walk, &event)) {
		const bool is_end = event->kind == EV_END;

		session_apply(session, event);
		recorder_add(recorder, event);
		if (is_end)
			return true;
	}
	return false;
}

enum result
walk_follow_with(const struct walk_setup *s, struct session *session, struct recorder *recorder,
	struct interrupts *interrupts, bool (*watch)(void *context, const struct session *s),
	void *context, struct err *err)
{
	struct arena a = { 0 };
	const struct walk_options options = walk_setup_recall(s, &a);
	struct walk *walk;
	enum result rc = walk_start(&walk, &options, err);
	bool is_over = false;

	arena_release(&a);
	if (rc != RESULT_OK)
		return RESULT_FAILED;
	recorder->output.signal_fd = interrupts->fd;
	do {
		struct pollfd fds[2] = { { .fd = walk_fd(walk), .events = POLLIN },
			{ .fd = interrupts->fd, .events = POLLIN } };

		/* A reader of the stream that went away: nobody waits for the rest. */
		if (recorder->is_stream && recorder->has_failed)
			walk_cancel(walk);
		poll(fds, 2, -1);
		if (fds[1].revents != 0) {
			interrupts_take(interrupts);
			walk_cancel(walk);
		}
		is_over = take_events(walk, session, recorder);
		if (watch != NULL && !watch(context, session))
			walk_cancel(walk);
	} while (!is_over);
	walk_free(walk);
	return RESULT_OK;
}

enum result
walk_follow(const struct walk_setup *s, struct session *session, struct recorder *recorder,
	struct interrupts *interrupts, struct err *err)
{
	return walk_follow_with(s, session, recorder, interrupts, NULL, NULL, err);
}
