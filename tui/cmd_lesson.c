#include "tui/cmd_lesson.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/render.h"
#include "tui/recent.h"

_Static_assert(LESSON_MAX_ACTS >= 8, "as many acts as a scenario may have");

enum result
lesson_find(struct str word, bool is_quiz, struct arena *a, struct scenario *out, struct err *err)
{
	uint64_t number = 1;

	if (word.n == 0 && is_quiz)
		number = 1 + (uint64_t)time(NULL) % course_count();
	else if (word.n > 0 && !str_to_u64(word, course_count(), &number))
		return scenario_find(word, a, out, err);
	if (number == 0)
		return err_set(err, EXIT_USAGE, "lesson 0: there are %zu", course_count());
	return scenario_find(str_of(course_scenario(number - 1)), a, out, err);
}

enum result
lesson_hide(struct arena *a, struct scenario *scenario, struct err *err)
{
	struct str rest = scenario->text;
	struct buf text = BUF_INIT(0);
	size_t at;

	while ((at = str_find_str(rest, scenario->domain)) < rest.n) {
		buf_add(&text, str_sub(rest, 0, at));
		buf_add_text(&text, "quiz.test");
		rest = str_skip(rest, at + scenario->domain.n);
	}
	buf_add(&text, rest);
	rest = arena_str(a, buf_str(&text));
	buf_release(&text);
	return scenario_parse(STR("quiz"), rest, a, scenario, err);
}

static enum result
walk_act(struct lesson_walk *w, struct walk_setup *setup, struct interrupts *interrupts,
	struct err *err)
{
	struct recorder none = { .output = { .fd = -1, .signal_fd = -1 } };
	struct session *s = &w->sessions[w->count];

	if (lab_act(setup->lab, w->count, err) != RESULT_OK)
		return RESULT_FAILED;
	lab_apply(setup->lab, &setup->options);
	session_init(s);
	if (walk_follow(setup, s, &none, interrupts, err) != RESULT_OK) {
		session_release(s);
		return RESULT_FAILED;
	}
	judge(s, &setup->judge, &w->judgements[w->count]);
	w->count++;
	if (interrupts->number != 0)
		return err_set(err, interrupts_exit(interrupts), "interrupted");
	return RESULT_OK;
}

static enum result
tell_act(struct lesson_walk *w, size_t act, const struct scenario *scenario, struct err *err)
{
	struct lesson_act *out = &w->lesson.acts[act];
	struct scenario told;

	if (scenario_act(scenario, act, &w->arena, &told, err) != RESULT_OK)
		return RESULT_FAILED;
	*out = (struct lesson_act){ told.acts.v[act], told.note, told.sender, told.owner,
		&w->sessions[act], &w->judgements[act] };
	return RESULT_OK;
}

enum result
lesson_walk(struct lesson_walk *w, struct walk_setup *setup, const struct scenario *scenario,
	bool is_quiz, struct err *err)
{
	struct interrupts interrupts;
	enum result rc;

	*w = (struct lesson_walk){ 0 };
	w->lesson = (struct lesson){ .name = scenario->name,
		.title = scenario->title,
		.broken = scenario->broken,
		.fix = scenario->fix,
		.reading = scenario->reading,
		.is_quiz = is_quiz,
		.act_count = scenario->acts.n };
	rc = interrupts_begin(&interrupts, err);
	for (size_t act = 0; rc == RESULT_OK && act < scenario->acts.n; act++) {
		rc = walk_act(w, setup, &interrupts, err);
		if (rc == RESULT_OK)
			rc = tell_act(w, act, scenario, err);
	}
	interrupts_end(&interrupts);
	return rc;
}

void
lesson_number(struct lesson *l, struct str scenario)
{
	const size_t place = course_find(scenario);

	l->name = scenario;
	l->number = place < course_count() ? place + 1 : 0;
	l->about = place < course_count() ? course_about(place) : NULL;
}

void
lesson_walk_release(struct lesson_walk *w)
{
	for (size_t i = 0; i < w->count; i++) {
		judgement_release(&w->judgements[i]);
		session_release(&w->sessions[i]);
	}
	arena_release(&w->arena);
	*w = (struct lesson_walk){ 0 };
}

/* Steps as text. */

struct teller {
	const struct options *options;
	const struct lesson *lesson;
	struct buf text;
	bool asks; /* somebody can answer */
	int status;
};

static void
tell(struct teller *t, struct doc *d)
{
	const struct render_options look = { .columns = 78, .is_ascii = cmd_is_ascii(t->options) };

	render_text(d, &look, &t->text);
	buf_add_char(&t->text, '\n');
	doc_release(d);
}

static void
flush(struct teller *t)
{
	t->status = cmd_print(t->options, buf_str(&t->text), 0);
	buf_clear(&t->text);
}

/* A letter of a choice; LESSON_NO_ANSWER at the end of input or for anything else. */
static size_t
ask(struct teller *t, size_t count)
{
	char *line = NULL;
	size_t size = 0, answer = LESSON_NO_ANSWER;
	ssize_t n;

	if (!t->asks)
		return answer;
	buf_add_text(&t->text, "Your answer: ");
	flush(t);
	n = getline(&line, &size, stdin);
	if (n < 0)
		t->asks = false;
	if (n > 0 && line[0] >= 'a' && line[0] < (char)('a' + count))
		answer = (size_t)(line[0] - 'a');
	free(line);
	buf_add_char(&t->text, '\n');
	return answer;
}

static void
tell_step(struct teller *t, size_t step)
{
	const struct lesson *l = t->lesson;
	struct lesson_question q;
	struct doc doc;
	size_t answer;

	lesson_question(l, step, &q);
	buf_addf(&t->text, "Step %zu of %zu: %s\n\n", step + 1, lesson_step_count(l),
		q.kind == LESSON_ACT ? "the next act" : q.title);
	view_lesson_before(l, step, LESSON_NO_ANSWER, &doc);
	tell(t, &doc);
	answer = ask(t, q.count);
	while (q.kind == LESSON_NAME && answer != q.right && t->asks) {
		view_lesson_wrong(&q, answer, &doc);
		tell(t, &doc);
		answer = ask(t, q.count);
	}
	view_lesson_after(l, step, answer, &doc);
	tell(t, &doc);
}

int
lesson_text(const struct options *o, const struct lesson *l)
{
	struct teller t = { .options = o,
		.lesson = l,
		.asks = o->output == NULL && (!isatty(STDIN_FILENO) || isatty(STDOUT_FILENO)) };
	struct arena a = { 0 };

	buf_addf(&t.text, "%.*s\n\n",
		SAFE_ARG(safe_text(&a, lesson_title(l, lesson_is_open(l, 0, false), &a), 0)));
	for (size_t step = 0; t.status == 0 && step < lesson_step_count(l); step++)
		tell_step(&t, step);
	if (t.status == 0)
		flush(&t);
	/* Told to somebody who answered to the end. */
	if (t.status == 0 && t.asks && !o->has_no_history)
		lessons_add(l->name);
	buf_release(&t.text);
	arena_release(&a);
	return t.status;
}

/* The servers left up. */

static enum result
write_ca(const struct lab *lab, char *path, struct err *err)
{
	const struct str pem = lab_ca_pem(lab);
	const int fd = mkstemps(path, 4);
	bool is_written;

	if (fd < 0)
		return err_set(err, EXIT_OUTPUT, "%s: %s", path, strerror(errno));
	is_written = write(fd, pem.p, pem.n) == (ssize_t)pem.n;
	if (close(fd) == 0 && is_written)
		return RESULT_OK;
	unlink(path);
	return err_set(err, EXIT_OUTPUT, "%s: cannot be written", path);
}

static int
print_served(const struct options *o, const struct lab *lab, const char *ca, bool has_key)
{
	const struct scenario *s = lab_scenario(lab);
	struct arena a = { 0 };
	struct buf text = BUF_INIT(0);
	int status;

	buf_addf(&text, "# %.*s: %.*s\n", SAFE_ARG(safe_text(&a, s->name, 0)),
		SAFE_ARG(safe_text(&a, s->title, 0)));
	if (s->acts.n > 1)
		buf_addf(&text, "# act %zu of %zu, %.*s%s%.*s\n", s->act + 1, s->acts.n,
			SAFE_ARG(safe_text(&a, s->acts.v[s->act], 0)), s->note.n > 0 ? ": " : "",
			SAFE_ARG(safe_text(&a, s->note, 0)));
	lab_commands(lab, str_of(ca), &text);
	buf_addf(&text, "# on loopback until ^C%s\n", has_key ? "; Enter: the next act" : "");
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	arena_release(&a);
	return status;
}

static int
serve_acts(const struct options *o, struct lab *lab, const char *ca, struct interrupts *interrupts)
{
	const size_t acts = lab_scenario(lab)->acts.n;
	const bool has_key = acts > 1 && isatty(STDIN_FILENO);
	struct err err = { .text = "" };
	char typed[256];
	int status = print_served(o, lab, ca, has_key);

	while (status == 0) {
		struct pollfd fds[2] = { { .fd = interrupts->fd, .events = POLLIN },
			{ .fd = has_key ? STDIN_FILENO : -1, .events = POLLIN } };

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents != 0)
			break;
		if (fds[1].revents == 0)
			continue;
		if (read(STDIN_FILENO, typed, sizeof(typed)) <= 0)
			break;
		if (lab_act(lab, (lab_scenario(lab)->act + 1) % acts, &err) != RESULT_OK)
			return cmd_complain(&err);
		status = print_served(o, lab, ca, has_key);
	}
	return status;
}

int
lab_serve(const struct options *o, struct lab *lab)
{
	const char *folder = getenv("TMPDIR");
	struct interrupts interrupts;
	struct err err = { .text = "" };
	char ca[4096];
	int status;

	snprintf(ca, sizeof(ca), "%s/stswalk-ca-XXXXXX.pem",
		folder != NULL && folder[0] != '\0' ? folder : "/tmp");
	if (interrupts_begin(&interrupts, &err) != RESULT_OK)
		return cmd_complain(&err);
	if (write_ca(lab, ca, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else {
		status = serve_acts(o, lab, ca, &interrupts);
		unlink(ca);
	}
	interrupts_end(&interrupts);
	return status;
}
