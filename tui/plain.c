#include "tui/plain.h"

#include <poll.h>
#include <string.h>

#include "core/view.h"
#include "tui/cmd_console.h"

/* "stage 4 of 5: MX and STARTTLS" and "fail". */
struct fact {
	struct str name, value;
};

struct facts {
	struct fact *v;
	size_t n, cap;
	bool is_over; /* the walk has ended: all there is is settled */
	bool is_ascii;
	struct arena arena;
};

struct plain {
	const struct options *options;
	const struct judge_options *how;
	struct facts told;
	struct output out;
	struct err err; /* of the first write that failed */
	bool has_failed;
};

static const struct {
	enum stage stage;
	const char *name;
} stages[] = {
	{ STAGE_ENV, "here" },
	{ STAGE_TXT, "DNS records" },
	{ STAGE_HTTPS, "HTTPS policy" },
	{ STAGE_POLICY, "policy" },
	{ STAGE_MX, "MX and STARTTLS" },
	{ STAGE_VERDICT, "verdict" },
};

static void
facts_release(struct facts *f)
{
	arena_release(&f->arena);
	*f = (struct facts){ 0 };
}

static void
put(struct facts *f, struct str name, struct str value)
{
	if (f->n == f->cap) {
		struct fact *grown;

		f->cap = f->cap > 0 ? 2 * f->cap : 64;
		grown = arena_array(&f->arena, f->cap, sizeof(*grown));
		for (size_t i = 0; i < f->n; i++)
			grown[i] = f->v[i];
		f->v = grown;
	}
	f->v[f->n++] = (struct fact){ name, value };
}

/* Foreign text in one line of ours. */
static const char *
shown(struct facts *f, struct str bytes)
{
	struct safe text = safe_text(&f->arena, bytes, 0);

	if (f->is_ascii)
		text = safe_ascii(&f->arena, text);
	return arena_str(&f->arena, text.text).p;
}

/* Foreign text is a fact where it is not empty. */
static void
put_text(struct facts *f, struct str name, struct str bytes)
{
	if (bytes.n > 0)
		put(f, name, str_of(shown(f, bytes)));
}

static void
put_state(struct facts *f, struct str name, enum state state, bool is_told_running)
{
	if (f->is_over || (state != STATE_WAITING && (is_told_running || state != STATE_RUNNING)))
		put(f, name, str_of(state_name(state)));
}

static void
host_facts(struct facts *f, const struct judgement *j)
{
	for (size_t h = 0; h < j->host_count; h++) {
		const struct host_judgement *host = &j->hosts[h];
		const char *name = shown(f, host->host->name);

		put_state(f,
			arena_printf(&f->arena, "host %zu of %zu: %s", h + 1, j->host_count, name),
			host->state, false);
		for (size_t i = 0; i < host->address_count; i++)
			put_state(f,
				arena_printf(&f->arena, "address %s of %s",
					shown(f, host->addresses[i].attempt->address), name),
				host->addresses[i].state, false);
	}
}

static void
finding_facts(struct facts *f, const struct judgement *j)
{
	struct arena *a = &f->arena;

	for (size_t i = 0; i < j->count; i++) {
		const struct finding *x = &j->findings[i];
		const size_t n = i + 1;

		put(f, arena_printf(a, "finding %zu of %zu", n, j->count),
			arena_printf(a, "%s: %s: %s: %s", severity_name(x->severity), x->type->name,
				shown(f, x->subject), x->type->title));
		put_text(f, arena_printf(a, "finding %zu who", n), x->who);
		put_text(f, arena_printf(a, "finding %zu seen", n), x->detail);
		put_text(f, arena_printf(a, "finding %zu means", n), x->means);
		put_text(f, arena_printf(a, "finding %zu do", n), x->fix);
	}
}

/* All that is settled, in its order. */
static void
facts_of(const struct session *s, const struct judgement *j, struct facts *f)
{
	struct arena *a = &f->arena;

	if (s->start != NULL)
		put_text(f, STR("domain"), session_domain(s));
	if (f->is_over || j->fresh != MAIL_NOT_KNOWN_YET)
		put(f, f->is_over ? STR("mail now") : STR("mail now so far"),
			str_of(mail_outcome_words(j->fresh)));
	if (f->is_over)
		put_text(f, STR("at risk"), j->at_risk);
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		put_state(f, arena_printf(a, "stage %zu of 5: %s", i, stages[i].name),
			j->stages[stages[i].stage], true);
	host_facts(f, j);
	if (!f->is_over)
		return;
	put(f, STR("addresses tested"), arena_printf(a, "%zu of %zu", j->tested, j->addresses));
	finding_facts(f, j);
	if (s->end_reason != END_DONE)
		put(f, STR("ended"), str_of(end_reason_name(s->end_reason)));
	put_text(f, STR("summary"), j->headline);
	put(f, STR("check would exit"), arena_printf(a, "%d", j->exit));
}

static bool
is_told(const struct facts *told, const struct fact *fact)
{
	for (size_t i = told->n; i-- > 0;) {
		if (str_eq(told->v[i].name, fact->name))
			return str_eq(told->v[i].value, fact->value);
	}
	return false;
}

static void
tell(struct plain *p, const struct fact *fact)
{
	struct buf line = BUF_INIT(0);
	struct arena *a = &p->told.arena;

	buf_addf(&line, "%.*s: %.*s\n", STR_ARG(fact->name), STR_ARG(fact->value));
	p->has_failed = output_write(&p->out, buf_str(&line), &p->err) != RESULT_OK;
	put(&p->told, arena_str(a, fact->name), arena_str(a, fact->value));
	buf_release(&line);
}

/* Write what is settled now and was not told, or not like this. */
static void
plain_update(struct plain *p, const struct session *s)
{
	struct facts now = { .is_over = s->is_ended, .is_ascii = cmd_is_ascii(p->options) };
	struct judgement j;

	judge(s, p->how, &j);
	facts_of(s, &j, &now);
	for (size_t i = 0; i < now.n && !p->has_failed; i++) {
		if (!is_told(&p->told, &now.v[i]))
			tell(p, &now.v[i]);
	}
	facts_release(&now);
	judgement_release(&j);
}

static enum result
plain_open(struct plain *p, const struct options *o, const struct judge_options *how)
{
	const bool is_taken = o->save != NULL && strcmp(o->save, "-") == 0;

	*p = (struct plain){ .options = o, .how = how, .err = { .exit = EXIT_OUTPUT } };
	/* The events have standard output: the lines go to the other one. */
	return output_open(&p->out,
		o->output != NULL ? o->output
		: is_taken        ? "/dev/stderr"
				  : "-",
		o->is_forced, &p->err);
}

/* The exit status, once all was said. */
static int
plain_close(struct plain *p)
{
	int status = 0;

	if (p->has_failed || output_commit(&p->out, &p->err) != RESULT_OK)
		status = cmd_complain(&p->err);
	output_release(&p->out);
	facts_release(&p->told);
	return status;
}

int
plain_session(const struct options *o, const struct judge_options *how, const struct session *s)
{
	struct plain p;

	if (plain_open(&p, o, how) != RESULT_OK)
		return cmd_complain(&p.err);
	plain_update(&p, s);
	return plain_close(&p);
}

/* Between events. False: nobody reads any more. */
static bool
plain_watch(void *context, const struct session *s)
{
	struct plain *p = context;

	plain_update(p, s);
	return !p->has_failed;
}

static int
walk_told(struct plain *p, struct walk_setup *setup, struct recorder *recorder)
{
	struct interrupts interrupts;
	struct session session;
	struct err err = { .text = "" };
	int status = 0;

	session_init(&session);
	if (interrupts_begin(&interrupts, &err) != RESULT_OK ||
		walk_follow_with(setup, &session, recorder, &interrupts, plain_watch, p, &err) !=
			RESULT_OK)
		status = cmd_complain(&err);
	else if (interrupts.number != 0)
		status = interrupts_exit(&interrupts);
	else
		console_remember(p->options, setup, &session);
	interrupts_end(&interrupts);
	session_release(&session);
	return status;
}

int
plain_walk(const struct options *o, struct walk_setup *setup)
{
	struct recorder recorder;
	struct plain p;
	int status, closed;

	if (recorder_open(&recorder, o, &p.err) != RESULT_OK)
		return cmd_complain(&p.err);
	if (plain_open(&p, o, &setup->judge) != RESULT_OK) {
		recorder_close(&recorder);
		return cmd_complain(&p.err);
	}
	status = walk_told(&p, setup, &recorder);
	closed = plain_close(&p);
	if (status == 0)
		status = closed;
	if (recorder_close(&recorder) != RESULT_OK)
		status = cmd_complain(&recorder.err);
	return status;
}

int
plain_follow(const struct options *o, const struct judge_options *how, struct session *s,
	struct live_input *in)
{
	const struct feed feed = live_input_feed(in);
	struct interrupts interrupts;
	struct plain p;
	int status;

	if (plain_open(&p, o, how) != RESULT_OK)
		return cmd_complain(&p.err);
	if (interrupts_begin(&interrupts, &p.err) != RESULT_OK) {
		p.has_failed = true;
		return plain_close(&p);
	}
	do {
		struct pollfd fds[2] = { { .fd = feed.fd, .events = POLLIN },
			{ .fd = interrupts.fd, .events = POLLIN } };
		const struct event *event;

		poll(fds, 2, -1);
		if (fds[1].revents != 0)
			feed.cancel(feed.context);
		while (feed.take(feed.context, &event))
			session_apply(s, event);
		if (s->start != NULL)
			plain_update(&p, s);
	} while (!s->is_ended && !in->is_over && !p.has_failed);
	interrupts_end(&interrupts);
	status = plain_close(&p);
	return interrupts.number != 0 ? interrupts_exit(&interrupts) : status;
}
